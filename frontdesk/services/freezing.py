"""Freezing a client's lots, from now or between dates, and ending it: the last day moves by the days (C11).

A freeze with a known end moves the last days at once; an open-ended one when it ends. Ending one early, or
cancelling one that lies ahead, puts the last days to the days that were really frozen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import InvalidDraft, NotFound, Problem, Refused
from frontdesk.models.calendar import (
    LAST_DATE,
    days_between,
    expiry_instant,
    last_day,
    local_day,
    start_of_day,
)
from frontdesk.models.ledger import ledger_op, lot_hold, lot_term
from frontdesk.models.text import tidy_lines
from frontdesk.services.credits import check_last_day
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.credits import EndFreezeDraft, FreezeDraft
from frontdesk.services.ledger_writer import NewHold, NewTerm, Operation, post
from frontdesk.services.locked_credits import (
    LockedCredits,
    last_day_of,
    lock_credits,
    lock_lots,
    read_credits,
    today,
    usable_now,
)
from frontdesk.services.lots import LotState, lots_by_id, sweep_clients
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.credit_acts import FreezePreview, Frozen, FrozenLot, Unfrozen

_closing = lot_hold.alias("closing")
_first = ledger_op.alias("first")
_OWNER = sa.select(ledger_op.c.client_id).where(
    ledger_op.c.id == sa.bindparam("op_id"), ledger_op.c.kind == "freeze"
)
#: The holds of a freeze, of all operations of its command, with the op that closed each.
_HOLDS = (
    sa.select(
        lot_hold.c.id,
        lot_hold.c.lot_id,
        lot_hold.c.client_id,
        lot_hold.c.op_id,
        lot_hold.c.starts_at,
        lot_hold.c.ends_at,
        _closing.c.id.label("closed_by"),
        lot_term.c.seq.label("moved"),
    )
    .join(ledger_op, ledger_op.c.id == lot_hold.c.op_id)
    .join(_first, (_first.c.command_id == ledger_op.c.command_id) & (_first.c.kind == ledger_op.c.kind))
    .outerjoin(_closing, _closing.c.closes_hold_id == lot_hold.c.id)
    .outerjoin(lot_term, (lot_term.c.op_id == lot_hold.c.op_id) & (lot_term.c.lot_id == lot_hold.c.lot_id))
    .where(_first.c.id == sa.bindparam("op_id"), lot_hold.c.kind == "freeze")
    .order_by(lot_hold.c.id)
)


@dataclass(frozen=True, slots=True)
class _Span:
    """The time of a freeze; ``days`` None while its end is open."""

    starts_at: datetime
    ends_at: datetime | None
    days: int | None


def preview_freeze(reading: Reading, draft: FreezeDraft) -> FreezePreview:
    """What a freeze would do to each lot; raises as ``freeze`` does, but for the reason."""
    span = _span(reading, draft)
    lots = _lots_to_freeze(reading, read_credits(reading, draft.client_id), span)
    return FreezePreview(span.days, tuple(_frozen_lot(reading, lot, span) for lot in lots))


def freeze(work: UnitOfWork, draft: FreezeDraft) -> Frozen:
    """Set all live lots aside, from now or between dates; the last day moves by the local days frozen (C11).

    A lot that runs out before the freeze starts is left alone.

    Raises:
        InvalidDraft: a field is wrong. Refused: credits.nothing_to_freeze, credits.already_frozen.
    """
    refuse(draft.problems())
    locked = lock_credits(work, draft.client_id)
    span = _span(work, draft)
    lots = _lots_to_freeze(work, locked, span)
    op_ids = []
    for client_id in dict.fromkeys(lot.client_id for lot in lots):
        mine = [lot for lot in lots if lot.client_id == client_id]
        posted = post(
            work,
            Operation(
                client_id=client_id,
                kind="freeze",
                terms=tuple(_moved(work, mine, span.days, "freeze")),
                holds=tuple(NewHold(lot.lot_id, "freeze", span.starts_at, span.ends_at) for lot in mine),
                reason_code=draft.reason_code,
                note=tidy_lines(draft.note),
            ),
        )
        op_ids.append(posted.op_id)
    views = tuple(_frozen_lot(work, lot, span) for lot in lots)
    return Frozen(op_ids[0], span.days, views, usable_now(work, locked.group))


def end_freeze(work: UnitOfWork, draft: EndFreezeDraft) -> Unfrozen:
    """End a freeze now, or cancel one that lies ahead; last days count the local days really frozen (C11).

    Raises:
        InvalidDraft: a field is wrong. NotFound: credits.freeze_unknown. Refused: credits.freeze_over.
    """
    refuse(draft.problems())
    owner = work.connection.execute(_OWNER, {"op_id": draft.freeze_id}).scalar()
    if owner is None:
        raise NotFound("credits.freeze_unknown")
    ids = [hold.lot_id for hold in work.connection.execute(_HOLDS, {"op_id": draft.freeze_id})]
    locked = lock_lots(work, owner, ids)
    holds = work.connection.execute(_HOLDS, {"op_id": draft.freeze_id}).all()
    if all(hold.closed_by is not None or not _ahead(hold.ends_at, work.now) for hold in holds):
        raise Refused("credits.freeze_over")
    before = {lot.lot_id: last_day_of(work, lot) for lot in locked.lots}
    for op_id in dict.fromkeys(hold.op_id for hold in holds):
        _close(work, locked, [hold for hold in holds if hold.op_id == op_id], draft.note)
    # Ended early, a lot may have reached its last day already.
    sweep_clients(work, sorted({hold.client_id for hold in holds}))
    views = tuple(
        FrozenLot(lot.lot_id, lot.title, lot.remaining, before[lot.lot_id], last_day_of(work, lot))
        for lot in lots_by_id(work, ids)
    )
    return Unfrozen(_really_frozen(work, holds[0].starts_at), views, usable_now(work, locked.group))


def _span(reading: Reading, draft: FreezeDraft) -> _Span:
    zone, now = reading.studio.zone, reading.now
    check_last_day(reading, "first_day", draft.first_day)
    check_last_day(reading, "last_day", draft.last_day, earliest=draft.first_day)
    begins_now = draft.first_day is None or draft.first_day == today(reading)
    starts_at = now if begins_now or draft.first_day is None else start_of_day(draft.first_day, zone)
    if draft.last_day is None:
        return _Span(starts_at, None, None)
    ends_at = expiry_instant(draft.last_day, zone)
    if (ends_at - now) > timedelta(days=3_660):
        raise InvalidDraft([Problem("last_day", "credits.freeze_too_long")])
    return _Span(starts_at, ends_at, days_between(starts_at, ends_at, zone))


def _lots_to_freeze(reading: Reading, credits: LockedCredits, span: _Span) -> tuple[LotState, ...]:
    lots = tuple(
        lot
        for lot in credits.lots
        if lot.remaining
        and not lot.is_expired
        and (lot.expires_at is None or lot.expires_at > span.starts_at)
    )
    if not lots:
        raise Refused("credits.nothing_to_freeze")
    for lot in lots:
        for hold in lot.holds:
            if hold.kind == "freeze" and _overlaps(span, hold.starts_at, hold.ends_at):
                raise _already(reading, hold.starts_at, hold.ends_at)
    return lots


def _overlaps(span: _Span, starts_at: datetime, ends_at: datetime | None) -> bool:
    return (ends_at is None or span.starts_at < ends_at) and (
        span.ends_at is None or starts_at < span.ends_at
    )


def _already(reading: Reading, starts_at: datetime, ends_at: datetime | None) -> Refused:
    zone = reading.studio.zone
    first = local_day(starts_at, zone)
    if ends_at is None:
        return Refused("credits.already_frozen_openly", first_day=first)
    return Refused("credits.already_frozen", first_day=first, last_day=last_day(ends_at, zone))


def _frozen_lot(reading: Reading, lot: LotState, span: _Span) -> FrozenLot:
    before = last_day_of(reading, lot)
    after = None if before is None or span.days is None else _moved_by(before, span.days)
    return FrozenLot(lot.lot_id, lot.title, lot.remaining, before, after)


def _moved(work: UnitOfWork, lots: Iterable[LotState], days: int | None, reason: str) -> Iterable[NewTerm]:
    """The term of each lot with its last day moved by so many days; none for lots that never expire."""
    for lot in lots:
        before = last_day_of(work, lot)
        if before is None or not days:
            continue
        # Shortened meanwhile, a lot keeps its first day at least.
        day: date = max(_moved_by(before, days), local_day(lot.effective_at, work.studio.zone))
        yield NewTerm(lot.lot_id, reason, lot.effective_at, expiry_instant(day, work.studio.zone))


def _moved_by(day: date, days: int) -> date:
    """No further than the calendar goes."""
    return min(day + timedelta(days=days), LAST_DATE)


def _close(work: UnitOfWork, locked: LockedCredits, holds: Sequence[Any], note: str) -> None:
    terms: list[NewTerm] = []
    for hold in holds:
        really = _really_frozen(work, hold.starts_at)
        counted = 0
        if hold.moved is not None and hold.ends_at is not None:
            counted = days_between(hold.starts_at, hold.ends_at, work.studio.zone)
        # An open-ended freeze has counted nothing yet; one with an end leaves alone what it did not move.
        if hold.ends_at is None or hold.moved is not None:
            terms += _moved(work, [locked.lot(hold.lot_id)], really - counted, "unfreeze")
    post(
        work,
        Operation(
            client_id=holds[0].client_id,
            kind="unfreeze",
            terms=tuple(terms),
            closes=tuple(hold.id for hold in holds),
            reverses_op_id=holds[0].op_id,
            note=tidy_lines(note),
        ),
    )


def _really_frozen(work: UnitOfWork, starts_at: datetime) -> int:
    return 0 if starts_at > work.now else days_between(starts_at, work.now, work.studio.zone)


def _ahead(ends_at: datetime | None, now: datetime) -> bool:
    return ends_at is None or ends_at > now
