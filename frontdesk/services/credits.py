"""Adjusting credits: plus as a lot of its own, minus from the lots; with a reason, never with money (C10)."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from frontdesk.errors import InvalidDraft, Problem, Refused
from frontdesk.messages.credit_words import ENGLISH_REASONS
from frontdesk.models.calendar import LAST_DATE, expiry_instant
from frontdesk.models.order_of_use import Shortage, Take, choose
from frontdesk.models.studio import class_type
from frontdesk.models.text import tidy, tidy_lines
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.credits import AdjustDraft
from frontdesk.services.ledger_writer import Move, NewLot, Operation, post
from frontdesk.services.locked_credits import (
    LockedCredits,
    last_day_of,
    listed,
    lock_credits,
    read_credits,
    today,
    usable_now,
)
from frontdesk.services.lots import LotState
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.credit_acts import Adjusted, AdjustPreview
from frontdesk.services.views.visits import TakeView

_KNOWN_TYPES = sa.select(class_type.c.id).where(class_type.c.id.in_(sa.bindparam("ids", expanding=True)))


def adjust(work: UnitOfWork, draft: AdjustDraft) -> Adjusted:
    """Add or take credits (C10): all of them or, where there are fewer, none.

    Raises:
        InvalidDraft: a field is wrong. Refused: credits.too_few, credits.too_few_in_lot, credits.lot_expired.
    """
    refuse(draft.problems())
    locked = lock_credits(work, draft.client_id)
    op_id, lot_id = _add(work, locked, draft) if draft.change > 0 else _remove(work, locked, draft)
    return Adjusted(op_id, draft.change, lot_id, usable_now(work, locked.group))


def preview_removal(reading: Reading, draft: AdjustDraft) -> AdjustPreview:
    """Which lots a minus would take from; takes nothing where there is less than asked for."""
    credits = read_credits(reading, draft.client_id)
    usable = sum(lot.usable for lot in credits.lots)
    try:
        takes = _takes(reading, credits, draft)
    except Refused:
        return AdjustPreview(False, usable, usable, ())
    views = tuple(take_view(reading, credits.lot(take.lot_id), take) for take in takes)
    # A named lot may lie ahead: what it gives was no part of the balance.
    counted = sum(take.credits for take in takes if credits.lot(take.lot_id).usable)
    return AdjustPreview(True, usable, usable - counted, views)


def take_view(reading: Reading, lot: LotState, take: Take) -> TakeView:
    """A take as screens show it."""
    return TakeView(lot.lot_id, lot.title, lot.kind, take.credits, last_day_of(reading, lot), take.why)


def check_last_day(reading: Reading, field: str, day: date | None, earliest: date | None = None) -> None:
    """A new last day of use is neither past nor beyond all calendars.

    Raises:
        InvalidDraft: field.date_too_early or field.date_too_late on ``field``.
    """
    if day is None:
        return
    earliest = max(today(reading), earliest or date.min)
    if day < earliest:
        raise InvalidDraft([Problem(field, "field.date_too_early", {"earliest": earliest})])
    if day >= LAST_DATE:
        raise InvalidDraft([Problem(field, "field.date_too_late", {"latest": LAST_DATE.replace(day=30)})])


def _add(work: UnitOfWork, locked: LockedCredits, draft: AdjustDraft) -> tuple[int, int | None]:
    check_last_day(work, "last_day", draft.last_day)
    eligible = _known_types(work, draft.eligible)
    zone = work.studio.zone
    lot = NewLot(
        kind="manual",
        title=tidy(draft.title) or ENGLISH_REASONS[draft.reason_code],
        credits=draft.change,
        effective_at=work.now,
        expires_at=None if draft.last_day is None else expiry_instant(draft.last_day, zone),
        complimentary=True,
        eligible=eligible,
    )
    operation = Operation(
        client_id=locked.root,
        kind="adjust_plus",
        lots=(lot,),
        reason_code=draft.reason_code,
        note=tidy_lines(draft.note),
    )
    posted = post(work, operation)
    return posted.op_id, posted.lot_ids[0]


def _known_types(reading: Reading, ids: tuple[int, ...] | None) -> tuple[int, ...] | None:
    if ids is None:
        return None
    known = reading.connection.execute(_KNOWN_TYPES, {"ids": list(ids)}).scalars().all()
    if set(known) != set(ids):
        raise InvalidDraft([Problem("eligible", "credits.class_type_unknown")])
    return tuple(sorted(set(ids)))


def _remove(work: UnitOfWork, locked: LockedCredits, draft: AdjustDraft) -> tuple[int, None]:
    takes = _takes(work, locked, draft)
    moves: dict[int, list[Move]] = {}
    for take in takes:
        owner = locked.lot(take.lot_id).client_id
        moves.setdefault(owner, []).append(Move(take.lot_id, "adjust_out", -take.credits))
    op_ids = [
        post(
            work,
            Operation(
                client_id=client_id,
                kind="adjust_minus",
                moves=tuple(each),
                reason_code=draft.reason_code,
                note=tidy_lines(draft.note),
            ),
        ).op_id
        for client_id, each in moves.items()
    ]
    return op_ids[0], None


def _takes(reading: Reading, credits: LockedCredits, draft: AdjustDraft) -> tuple[Take, ...]:
    asked = -draft.change
    if draft.lot_id is not None:
        return (_take_from(credits.lot(draft.lot_id), asked),)
    found = choose((lot.for_order() for lot in credits.lots), asked, class_at=reading.now)
    if isinstance(found, tuple):
        return found
    assert isinstance(found, Shortage)
    there = listed(lot for lot in credits.lots if lot.usable)
    if not there:
        raise Refused("credits.none_there", asked=asked)
    raise Refused("credits.too_few", asked=asked, there=found.usable, lots=there)


def _take_from(lot: LotState, asked: int) -> Take:
    if lot.is_expired:
        raise Refused("credits.lot_expired", title=lot.title)
    if lot.available < asked:
        code = "credits.too_few_in_lot" if not lot.held else "credits.too_few_held"
        raise Refused(code, asked=asked, there=lot.available, title=lot.title, held=lot.held)
    return Take(lot.lot_id, asked, "picked")
