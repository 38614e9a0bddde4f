"""Validity that starts at the first class attended: the last day moves with the first redemption (P1, C4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from frontdesk.models.calendar import Validity, expiry_instant, last_day, local_day
from frontdesk.models.ledger import ledger_op, lot_term
from frontdesk.models.sale import sale, sale_line
from frontdesk.services.ledger_writer import NewTerm
from frontdesk.services.lot_origins import sale_lines_of
from frontdesk.services.lots import LotState, lots_by_id
from frontdesk.services.unit_of_work import Reading, UnitOfWork

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
#: The terms that starting wrote by all operations of a command, with what went before each.
_before = lot_term.alias("before")
_STARTED_BY = (
    sa.select(lot_term, _before.c.effective_at.label("old_start"), _before.c.expires_at.label("old_end"))
    .join(_before, (_before.c.lot_id == lot_term.c.lot_id) & (_before.c.seq == lot_term.c.seq - 1))
    .join(ledger_op, ledger_op.c.id == lot_term.c.op_id)
    .where(ledger_op.c.command_id == sa.bindparam("command_id"), lot_term.c.reason == "first_class")
)


def waiting_for_first_class(
    reading: Reading, lots: Iterable[LotState]
) -> dict[int, tuple[Validity, datetime]]:
    """Of these lots, those whose validity waits for a first class: their validity and time of sale."""
    by_id = {lot.lot_id: lot for lot in lots}
    line_of = sale_lines_of(reading, by_id)
    if not line_of:
        return {}
    rows = reading.connection.execute(_LINES, {"line_ids": sorted(set(line_of.values()))})
    lines = {row.id: (Validity(**row.validity), row.sold_at) for row in rows}
    found = {
        lot_id: lines[line] for lot_id, line in line_of.items() if lines[line][0].starts == "first_class"
    }
    return {lot_id: one for lot_id, one in found.items() if not _started(reading, by_id[lot_id])}


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
    reading: Reading, command_id: str, lots: Sequence[LotState], returned: dict[int, int]
) -> dict[int, NewTerm]:
    """Terms that take back what the command's visit started, where no other class was paid from those lots.

    ``returned`` is what goes back to each lot now.
    """
    rows = reading.connection.execute(_STARTED_BY, {"command_id": command_id}).all()
    by_id = {lot.lot_id: lot for lot in lots}
    still_used = {lot_id for lot_id, lot in by_id.items() if lot.used > returned.get(lot_id, 0)}
    if any(row.lot_id in still_used for row in rows):
        return {}
    return {
        row.lot_id: NewTerm(row.lot_id, "undo_first_class", row.old_start, row.old_end)
        for row in rows
        if by_id[row.lot_id].term_seq == row.seq
    }


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
