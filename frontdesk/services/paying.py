"""Which lots pay for a class, and writing it down: an operation for each client of the group (C6, C12)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models.base import Instant
from frontdesk.models.calendar import local_day, start_of_day
from frontdesk.models.ledger import ledger_entry, ledger_op, lot_hold
from frontdesk.models.order_of_use import PassedOver, Shortage, Take, UsableLot, choose
from frontdesk.models.studio import staff
from frontdesk.services.first_class import start_terms
from frontdesk.services.ledger_writer import Move, NewVisit, Operation, Posted, VisitEvent, post
from frontdesk.services.locked_credits import LockedCredits, last_day_of
from frontdesk.services.lots import LotState
from frontdesk.services.refunded_lots import wholly_refunded
from frontdesk.services.unit_of_work import Reading, UnitOfWork

#: Far more than a client can have: asking for it tells what there is.
_EVERYTHING = 10**12

_LATE_EXPIRES = (
    sa.select(ledger_entry.c.lot_id, ledger_entry.c.delta, ledger_entry.c.effective_at)
    .where(
        ledger_entry.c.lot_id.in_(sa.bindparam("lot_ids", expanding=True)),
        (ledger_entry.c.type == "expire") | (ledger_entry.c.undoes == "expired"),
    )
    .order_by(ledger_entry.c.id)
)
_ended = lot_hold.alias("ended")
#: Freezes that had begun, with when each was ended by hand; one that ended by its own date stays open.
_FREEZES = (
    sa.select(lot_hold.c.lot_id, lot_hold.c.ends_at, _ended.c.starts_at.label("ended_at"))
    .outerjoin(_ended, _ended.c.closes_hold_id == lot_hold.c.id)
    .where(
        lot_hold.c.lot_id.in_(sa.bindparam("lot_ids", expanding=True)),
        lot_hold.c.kind == "freeze",
        lot_hold.c.closes_hold_id.is_(None),
        lot_hold.c.starts_at <= sa.bindparam("class_at", type_=Instant()),
    )
)
_LAST_TAKEN = (
    sa.select(staff.c.name, ledger_op.c.recorded_at)
    .select_from(ledger_entry)
    .join(ledger_op, ledger_op.c.id == ledger_entry.c.op_id)
    .join(staff, staff.c.id == ledger_op.c.staff_id)
    .where(
        ledger_entry.c.client_id.in_(sa.bindparam("client_ids", expanding=True)),
        ledger_entry.c.type == "redeem",
    )
    .order_by(ledger_entry.c.effective_at.desc(), ledger_entry.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Class:
    """What is to be paid: ``cost`` credits for a class at ``class_at``.

    ``settling`` lets a lot pay that was bought after the class (C12).
    """

    class_at: datetime
    cost: int
    class_type_id: int | None = None
    settling: bool = False


def payable(reading: Reading, lots: Iterable[LotState], wanted: Class) -> tuple[UsableLot, ...]:
    """The lots as they may pay for the class, judged at its time and not at the moment of recording.

    A lot that ran out after the class pays with what expired then. A lot bought later on the day of the class
    pays too: the client came first and paid afterwards. A freeze at either moment bars the lot, also one that
    is over: its days have moved the last day (C11).
    """
    lots = tuple(lots)
    lapsed = [lot.lot_id for lot in lots if lot.expired and _lapsed_after(lot, wanted.class_at)]
    if lapsed:
        # What expired and was refunded afterwards pays for nothing any more.
        refunded = wholly_refunded(reading, lapsed)
        lapsed = [lot_id for lot_id in lapsed if lot_id not in refunded]
    expired = _expired_at_its_end(reading, lots, lapsed) if lapsed else {}
    able = [lot.lot_id for lot in lots if lot.remaining or expired.get(lot.lot_id)]
    frozen = _frozen_at(reading, able, wanted.class_at) if able else frozenset()
    return tuple(
        _payable(reading, lot, wanted, expired.get(lot.lot_id, 0), frozen=lot.lot_id in frozen)
        for lot in lots
    )


def _frozen_at(reading: Reading, lot_ids: list[int], class_at: datetime) -> frozenset[int]:
    """The lots that were frozen then; the day on which a freeze is ended by hand counts as free already."""
    zone = reading.studio.zone
    frozen = set()
    for row in reading.connection.execute(_FREEZES, {"lot_ids": lot_ids, "class_at": class_at}):
        ends = [] if row.ends_at is None else [row.ends_at]
        if row.ended_at is not None:
            ends.append(start_of_day(local_day(row.ended_at, zone), zone))
        if not ends or class_at < min(ends):
            frozen.add(row.lot_id)
    return frozenset(frozen)


def _lapsed_after(lot: LotState, class_at: datetime) -> bool:
    return lot.is_expired and lot.expires_at is not None and class_at < lot.expires_at


def _expired_at_its_end(reading: Reading, lots: Sequence[LotState], lot_ids: list[int]) -> dict[int, int]:
    """What each lot lost when its present term ended, not at the end of an earlier one."""
    ends = {lot.lot_id: lot for lot in lots}
    found = dict.fromkeys(lot_ids, 0)
    for row in reading.connection.execute(_LATE_EXPIRES, {"lot_ids": lot_ids}):
        end = ends[row.lot_id].expires_at
        if end is not None and row.effective_at >= end:
            found[row.lot_id] -= row.delta
    return {lot_id: min(max(credits, 0), ends[lot_id].expired) for lot_id, credits in found.items()}


def _payable(reading: Reading, lot: LotState, wanted: Class, expired: int, *, frozen: bool) -> UsableLot:
    seen = lot.for_order()
    if frozen:
        return replace(seen, available=0, held=lot.remaining + expired)
    zone = reading.studio.zone
    starts = lot.effective_at
    if wanted.class_at < starts and local_day(starts, zone) == local_day(wanted.class_at, zone):
        starts = wanted.class_at
    return replace(seen, available=lot.available + expired, effective_at=starts)


def choose_lots(
    reading: Reading, credits: LockedCredits, wanted: Class, picked_lot_id: int | None = None
) -> tuple[Take, ...]:
    """The lots that pay, in the order of use or the picked one first: the whole cost or nothing (C6).

    Raises:
        Refused: visits.… with what is there, and for the last credit who took it and when (C14).
    """
    found = choose(
        payable(reading, credits.lots, wanted),
        wanted.cost,
        class_at=wanted.class_at,
        class_type_id=wanted.class_type_id,
        picked_lot_id=picked_lot_id,
        settling=wanted.settling,
    )
    if isinstance(found, Shortage):
        raise _not_enough(reading, credits, found)
    if isinstance(found, PassedOver):
        title = credits.lot(found.lot_id).title
        raise Refused(f"visits.lot_{found.why_not}", title=title, credits=found.credits)
    return found


def what_there_is(reading: Reading, credits: LockedCredits, wanted: Class) -> Shortage:
    """What could pay for such a class altogether, and every lot that could not."""
    found = choose(
        payable(reading, credits.lots, wanted),
        _EVERYTHING,
        class_at=wanted.class_at,
        class_type_id=wanted.class_type_id,
        settling=wanted.settling,
    )
    assert isinstance(found, Shortage)
    return found


def _not_enough(reading: Reading, credits: LockedCredits, short: Shortage) -> Refused:
    if short.usable:
        return Refused("visits.not_enough", cost=short.cost, usable=short.usable)
    there = max((one for one in short.passed_over if one.credits), key=lambda one: one.credits, default=None)
    if there is not None and there.why_not in ("held", "not_eligible", "not_started"):
        title = credits.lot(there.lot_id).title
        return Refused(f"visits.only_{there.why_not}", credits=there.credits, title=title)
    taken = reading.connection.execute(_LAST_TAKEN, {"client_ids": list(credits.group)}).first()
    lapsed = max((lot for lot in credits.lots if lot.is_expired and _lost(lot)), key=_end, default=None)
    if lapsed is not None and (taken is None or taken.recorded_at < _end(lapsed)):
        facts = {"credits": _lost(lapsed), "title": lapsed.title, "last_day": last_day_of(reading, lapsed)}
        return Refused("visits.only_expired", **facts)
    if taken is not None:
        return Refused("visits.none_left_taken", staff=taken.name, at=taken.recorded_at)
    return Refused("visits.none_left")


def _lost(lot: LotState) -> int:
    """What expired, written down or not."""
    return lot.expired + lot.remaining


def _end(lot: LotState) -> datetime:
    assert lot.expires_at is not None
    return lot.expires_at


def post_payment(
    work: UnitOfWork,
    credits: LockedCredits,
    takes: Sequence[Take],
    wanted: Class,
    operation: Operation,
    *,
    visit: NewVisit | None = None,
    event: VisitEvent | None = None,
) -> Posted:
    """Write down what the lots pay, under the operation's kind, id and words; returns the first operation.

    The visit or event stands in the first operation. Where lots of merged clients pay together, each client
    has an operation of its own under the same command (D4).
    """
    taken = [credits.lot(take.lot_id) for take in takes]
    terms = start_terms(work, taken, credits.lots, wanted.class_at)
    posted: list[Posted] = []
    for client_id in dict.fromkeys(lot.client_id for lot in taken) or {credits.root: None}:
        mine = [(credits.lot(take.lot_id), take) for take in takes]
        mine = [(lot, take) for lot, take in mine if lot.client_id == client_id]
        first = not posted
        posted.append(
            post(
                work,
                replace(
                    operation,
                    client_id=client_id,
                    kind=_kind(mine, wanted, operation.kind),
                    class_at=wanted.class_at,
                    class_type_id=wanted.class_type_id,
                    moves=tuple(move for lot, take in mine for move in _moves(lot, take)),
                    terms=tuple(term for term in terms.values() if _owned(credits, term.lot_id, client_id)),
                    visit=visit if first else None,
                    visit_events=(event,) if first and event else (),
                ),
            )
        )
    return posted[0]


def _kind(mine: Sequence[tuple[LotState, Take]], wanted: Class, kind: str) -> str:
    """Only settling may take from a lot that began after the class, and the database holds everyone to it."""
    return "settle_visit" if any(lot.effective_at > wanted.class_at for lot, _ in mine) else kind


def _owned(credits: LockedCredits, lot_id: int, client_id: int) -> bool:
    return credits.lot(lot_id).client_id == client_id


def _moves(lot: LotState, take: Take) -> Iterable[Move]:
    """The redemption, after the lot got back what it had lost by expiring since the class."""
    lacking = take.credits - lot.available
    if lacking > 0:
        yield Move(lot.lot_id, "reinstate", lacking, "expired")
    yield Move(lot.lot_id, "redeem", -take.credits)
