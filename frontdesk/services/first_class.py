"""Validity that starts at the first class attended: the last day moves with the first redemption (P1, C4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from frontdesk.models.calendar import Validity, expiry_instant, last_day, local_day
from frontdesk.models.ledger import ledger_entry, ledger_op, lot_term
from frontdesk.models.sale import sale, sale_line
from frontdesk.services.ledger_writer import NewTerm
from frontdesk.services.lot_origins import sale_lines_of
from frontdesk.services.lots import LotState, lots_by_id
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.visit_records import Payment

_LINES = (
    sa.select(sale_line.c.id, sale_line.c.validity, sale.c.sold_at)
    .join(sale, sale.c.id == sale_line.c.sale_id)
    .where(sale_line.c.id.in_(sa.bindparam("line_ids", expanding=True)))
)
_STARTS = (
    sa.select(lot_term.c.reason, lot_term.c.op_id)
    .where(
        lot_term.c.lot_id == sa.bindparam("lot_id"),
        lot_term.c.reason.in_(("first_class", "undo_first_class")),
    )
    .order_by(lot_term.c.seq)
)
_before = lot_term.alias("before")
#: By how much starting, and taking that back, has moved the last day so far.
_MOVES = (
    sa.select(lot_term.c.reason, lot_term.c.expires_at, _before.c.expires_at.label("old_end"))
    .join(_before, (_before.c.lot_id == lot_term.c.lot_id) & (_before.c.seq == lot_term.c.seq - 1))
    .where(
        lot_term.c.lot_id == sa.bindparam("lot_id"),
        lot_term.c.reason.in_(("first_class", "undo_first_class")),
    )
    .order_by(lot_term.c.seq)
)
_undoing, _given_back = ledger_op.alias("undoing"), ledger_entry.alias("given_back")
#: Classes that were paid from these lots and not taken back.
_ATTENDED = (
    sa.select(ledger_op.c.id, sa.func.coalesce(ledger_op.c.class_at, ledger_op.c.effective_at).label("at"))
    .join(ledger_entry, ledger_entry.c.op_id == ledger_op.c.id)
    .where(
        ledger_entry.c.lot_id.in_(sa.bindparam("lot_ids", expanding=True)),
        ledger_entry.c.type == "redeem",
        ~sa.exists().where(
            _undoing.c.reverses_op_id == ledger_op.c.id,
            _given_back.c.op_id == _undoing.c.id,
            _given_back.c.lot_id == ledger_entry.c.lot_id,
            _given_back.c.type == "return",
        ),
    )
)


def waiting_for_first_class(
    reading: Reading, lots: Iterable[LotState]
) -> dict[int, tuple[Validity, datetime]]:
    """Of these lots, those whose validity waits for a first class: their validity and time of sale."""
    by_id = {lot.lot_id: lot for lot in lots}
    found = _first_class_terms(reading, by_id)
    return {lot_id: one for lot_id, one in found.items() if not _started(reading, by_id[lot_id])}


def _first_class_terms(reading: Reading, lot_ids: Iterable[int]) -> dict[int, tuple[Validity, datetime]]:
    """Of these lots, those that are valid from a first class: their validity and time of sale."""
    line_of = sale_lines_of(reading, lot_ids)
    if not line_of:
        return {}
    rows = reading.connection.execute(_LINES, {"line_ids": sorted(set(line_of.values()))})
    lines = {row.id: (Validity(**row.validity), row.sold_at) for row in rows}
    return {lot_id: lines[line] for lot_id, line in line_of.items() if lines[line][0].starts == "first_class"}


def start_terms(
    work: UnitOfWork, taken: Sequence[LotState], lots: Sequence[LotState], class_at: datetime
) -> dict[int, NewTerm]:
    """New terms by lot id, where the class is the first that one of the ``taken`` lots pays for.

    The bonus starts with its purchase, whichever of them pays. Days by which a freeze or a person moved the
    last day stay added to it.
    """
    lines = {lot.sale_line_id for lot in taken if lot.sale_line_id is not None}
    starting = [lot for lot in lots if lot.sale_line_id in lines]
    starting += [lot for lot in taken if lot.sale_line_id is None and lot.origin_lot_id is not None]
    waiting = waiting_for_first_class(work, starting)
    found = {}
    for lot in starting:
        if lot.lot_id in waiting and lot.expires_at is not None:
            validity, sold_at = waiting[lot.lot_id]
            day = _started_last_day(work, lot, validity, sold_at, class_at)
            ends = expiry_instant(day, work.studio.zone)
            if ends != lot.expires_at:
                found[lot.lot_id] = NewTerm(lot.lot_id, "first_class", lot.effective_at, ends)
    return found


def unstart_terms(
    reading: Reading, lots: Sequence[LotState], taken_back: Sequence[Payment]
) -> dict[int, NewTerm]:
    """New terms by lot id, where a class is taken back that one of the lots counts from (C9).

    The lots count from the first class that remains, or wait for one again. What moved the last day since
    stays added to it.
    """
    validities = _first_class_terms(reading, {payment.lot_id for payment in taken_back})
    undone = {payment.op_id for payment in taken_back}
    found = {}
    for together in _started_together([lot for lot in lots if lot.lot_id in validities], lots):
        validity, sold_at = next(validities[lot.lot_id] for lot in together if lot.lot_id in validities)
        attended = _attended(reading, together, undone)
        purchase = local_day(sold_at, reading.studio.zone)
        granted, wanted = validity.last_day(purchase), validity.last_day(purchase, *attended[:1])
        assert granted is not None and wanted is not None
        terms = (_counted_anew(reading, lot, wanted - granted, attended) for lot in together)
        found.update({term.lot_id: term for term in terms if term is not None})
    return found


def _attended(reading: Reading, lots: Iterable[LotState], undone: Collection[int]) -> list[date]:
    """The days of the classes that these lots still pay for, in order."""
    rows = reading.connection.execute(_ATTENDED, {"lot_ids": [lot.lot_id for lot in lots]})
    return sorted(local_day(row.at, reading.studio.zone) for row in rows if row.id not in undone)


def _counted_anew(
    reading: Reading, lot: LotState, wanted: timedelta, attended: Sequence[date]
) -> NewTerm | None:
    """The lot's term if starting moves its last day by ``wanted``; None where it does so already."""
    moved = _moved_by_starting(reading, lot)
    if moved is None or lot.expires_at is None or (attended and moved == wanted):
        return None
    zone = reading.studio.zone
    day = last_day(lot.expires_at, zone) + wanted - moved
    day = max(day, local_day(lot.effective_at, zone), *attended[-1:])
    reason = "first_class" if attended else "undo_first_class"
    return NewTerm(lot.lot_id, reason, lot.effective_at, expiry_instant(day, zone))


def _started_together(
    returned: Sequence[LotState], lots: Sequence[LotState]
) -> Iterable[tuple[LotState, ...]]:
    """The lots of each sale line together; one that was transferred counts by itself."""
    for line in dict.fromkeys(lot.sale_line_id for lot in returned if lot.sale_line_id is not None):
        yield tuple(lot for lot in lots if lot.sale_line_id == line)
    for lot in returned:
        if lot.sale_line_id is None:
            yield (lot,)


def _moved_by_starting(reading: Reading, lot: LotState) -> timedelta | None:
    """By how much starting has moved the lot's last day; None if no class has started it."""
    rows = reading.connection.execute(_MOVES, {"lot_id": lot.lot_id}).all()
    if not rows or rows[-1].reason != "first_class":
        return None
    zone = reading.studio.zone
    moves = (last_day(row.expires_at, zone) - last_day(row.old_end, zone) for row in rows)
    return sum(moves, timedelta())


def _started_last_day(
    work: UnitOfWork, lot: LotState, validity: Validity, sold_at: datetime, class_at: datetime
) -> date:
    zone = work.studio.zone
    purchase, attended = local_day(sold_at, zone), local_day(class_at, zone)
    granted, started = validity.last_day(purchase), validity.last_day(purchase, attended)
    assert granted is not None and started is not None and lot.expires_at is not None
    moved = last_day(lot.expires_at, zone) - granted
    return max(started + moved, attended)


def _started(reading: Reading, lot: LotState) -> bool:
    """Whether a class has started the lot, or its origin before the transfer."""
    before: int | None = None
    while True:
        if _newest_start(reading, lot.lot_id, before) == "first_class":
            return True
        if lot.origin_lot_id is None:
            return False
        before = lot.op_id
        (lot,) = lots_by_id(reading, [lot.origin_lot_id])


def _newest_start(reading: Reading, lot_id: int, before_op: int | None) -> str | None:
    rows = reading.connection.execute(_STARTS, {"lot_id": lot_id}).all()
    reasons = [row.reason for row in rows if before_op is None or row.op_id < before_op]
    return reasons[-1] if reasons else None
