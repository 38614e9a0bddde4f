"""Recording that a client attended a class, and which lots pay for it (C6, C7, C12, C13, C14)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from frontdesk.errors import InvalidDraft, Problem, Refused
from frontdesk.models.calendar import day_span, start_of_day
from frontdesk.models.order_of_use import Shortage, Take, in_order
from frontdesk.models.studio import class_type
from frontdesk.models.text import tidy
from frontdesk.services.credits import take_view
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.credits import VISIT_DAYS_BACK, VisitDraft
from frontdesk.services.ledger_writer import NewVisit, Operation, post
from frontdesk.services.locked_credits import (
    LockedCredits,
    last_day_of,
    lock_credits,
    read_credits,
    today,
    usable_now,
)
from frontdesk.services.paying import Class, choose_lots, payable, post_payment, what_there_is
from frontdesk.services.undoing_visits import lock_visit, take_back
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.visits import PassedOverLot, PayingLot, RecordedVisit, VisitPreview
from frontdesk.services.visit_records import payments_of

_TYPE = sa.select(class_type.c.id).where(class_type.c.id == sa.bindparam("class_type_id"))


def preview_visit(reading: Reading, draft: VisitDraft) -> VisitPreview:
    """Which lots would pay and why, which others could, and which cannot (C6). Writes nothing.

    Raises:
        NotFound: client.unknown.
    """
    credits = read_credits(reading, draft.client_id)
    wanted = Class(draft.class_at, draft.credits, draft.class_type_id)
    there = what_there_is(reading, credits, wanted)
    takes: tuple[Take, ...] = ()
    refused: Refused | None = None
    try:
        takes = choose_lots(reading, credits, wanted, draft.lot_id)
    except Refused as error:
        refused = error
    return VisitPreview(
        cost=draft.credits,
        enough=refused is None,
        usable=there.usable,
        left_after=there.usable - sum(take.credits for take in takes),
        takes=tuple(take_view(reading, credits.lot(take.lot_id), take) for take in takes),
        choices=_choices(reading, credits, wanted, there),
        passed_over=_passed_over(reading, credits, there),
        refusal=None if refused is None else refused.code,
        refusal_params=() if refused is None else tuple(refused.params.items()),
    )


def record_visit(work: UnitOfWork, draft: VisitDraft) -> RecordedVisit:
    """Record a class attended and take its credits: the whole cost, or nothing (C7, C14).

    The class may be up to 7 local days back, and not after today. Where credits are lacking the visit is
    refused, or recorded as unpaid if the draft says so (C12). A visit that costs nothing takes nothing (C13).

    Raises:
        InvalidDraft: a field is wrong. NotFound: client.unknown, credits.lot_unknown. Refused:
            visits.not_enough, visits.none_left, visits.none_left_taken, visits.only_…, visits.lot_….
    """
    refuse(draft.problems())
    locked = lock_credits(work, draft.client_id)
    _check_class(work, draft)
    wanted = Class(draft.class_at, draft.credits, draft.class_type_id)
    try:
        takes = choose_lots(work, locked, wanted, draft.lot_id)
    except Refused:
        if draft.when_short == "refuse" or draft.lot_id is not None:
            raise
        return _record_unpaid(work, locked, wanted, tidy(draft.title))
    return _record(work, locked, takes, wanted, tidy(draft.title), work.command_id)


def change_lot(work: UnitOfWork, visit_id: int, lot_id: int) -> RecordedVisit:
    """Let another lot pay for a visit that is recorded already (C6): it is taken back and recorded anew.

    Raises:
        NotFound: visits.unknown, credits.lot_unknown. Refused: visits.already_undone, visits.unpaid,
            visits.same_lot, visits.not_enough, visits.lot_….
    """
    locked, record = lock_visit(work, visit_id)
    payments = payments_of(work, record)
    if record.undone:
        raise Refused("visits.already_undone")
    if not payments:
        raise Refused("visits.unpaid")
    if [payment.lot_id for payment in payments] == [lot_id]:
        raise Refused("visits.same_lot", title=locked.lot(lot_id).title)
    take_back(work, locked, record, "", work.derived_id("undo"))
    credits = read_credits(work, locked.root)
    settling = any(payment.kind == "settle_visit" for payment in payments)
    wanted = Class(record.class_at, record.cost, record.class_type_id, settling)
    takes = choose_lots(work, credits, wanted, lot_id)
    return _record(work, credits, takes, wanted, record.title, work.derived_id("visit"))


def _check_class(work: UnitOfWork, draft: VisitDraft) -> None:
    zone, now_day = work.studio.zone, today(work)
    earliest = now_day - timedelta(days=VISIT_DAYS_BACK)
    if draft.class_at < start_of_day(earliest, zone):
        raise InvalidDraft([Problem("class_at", "visits.too_long_ago", {"earliest": earliest})])
    if draft.class_at >= day_span(now_day, zone)[1]:
        raise InvalidDraft([Problem("class_at", "visits.in_future", {"latest": now_day})])
    known = (
        draft.class_type_id is None
        or work.connection.execute(_TYPE, {"class_type_id": draft.class_type_id}).first()
    )
    if not known:
        raise InvalidDraft([Problem("class_type_id", "credits.class_type_unknown")])


def _record(
    work: UnitOfWork,
    credits: LockedCredits,
    takes: tuple[Take, ...],
    wanted: Class,
    title: str,
    command_id: UUID,
) -> RecordedVisit:
    operation = Operation(client_id=credits.root, kind="visit", command_id=command_id, note=title)
    visit = NewVisit(wanted.class_at, wanted.cost, paid=True, class_type_id=wanted.class_type_id)
    posted = post_payment(work, credits, takes, wanted, operation, visit=visit)
    assert posted.visit_id is not None
    views = tuple(take_view(work, credits.lot(take.lot_id), take) for take in takes)
    return RecordedVisit(posted.visit_id, True, wanted.cost, views, usable_now(work, credits.group))


def _record_unpaid(work: UnitOfWork, credits: LockedCredits, wanted: Class, title: str) -> RecordedVisit:
    posted = post(
        work,
        Operation(
            client_id=credits.root,
            kind="unpaid_visit",
            class_at=wanted.class_at,
            class_type_id=wanted.class_type_id,
            note=title,
            visit=NewVisit(wanted.class_at, wanted.cost, paid=False, class_type_id=wanted.class_type_id),
        ),
    )
    assert posted.visit_id is not None
    return RecordedVisit(posted.visit_id, False, wanted.cost, (), usable_now(work, credits.group))


def _choices(
    reading: Reading, credits: LockedCredits, wanted: Class, there: Shortage
) -> tuple[PayingLot, ...]:
    barred = {one.lot_id for one in there.passed_over}
    able = (one for one in in_order(payable(reading, credits.lots, wanted)) if one.lot_id not in barred)
    return tuple(
        PayingLot(lot.lot_id, lot.title, lot.kind, one.available, last_day_of(reading, lot))
        for one in able
        for lot in [credits.lot(one.lot_id)]
    )


def _passed_over(reading: Reading, credits: LockedCredits, there: Shortage) -> tuple[PassedOverLot, ...]:
    """Lots with something in them that cannot pay all the same; spent ones are of no interest."""
    return tuple(
        PassedOverLot(lot.lot_id, lot.title, one.credits, one.why_not, last_day_of(reading, lot))
        for one in there.passed_over
        if one.credits and one.why_not != "used_up"
        for lot in [credits.lot(one.lot_id)]
    )
