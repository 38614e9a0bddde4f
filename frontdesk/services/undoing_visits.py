"""Taking back a visit that was recorded by mistake: its credits go to the very lots they came from (C9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from frontdesk.errors import Refused
from frontdesk.models.text import tidy_lines
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.credits import UndoVisitDraft
from frontdesk.services.first_class import unstart_terms
from frontdesk.services.ledger_writer import Move, NewTerm, Operation, VisitEvent, post
from frontdesk.services.locked_credits import LockedCredits, lock_lots, usable_now
from frontdesk.services.lots import HoldState, open_holds, sweep_clients
from frontdesk.services.refunded_lots import wholly_refunded
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.views.visits import UndoneVisit
from frontdesk.services.visit_records import Payment, VisitRecord, payments_of, visit_by_id


def undo_visit(work: UnitOfWork, draft: UndoVisitDraft) -> UndoneVisit:
    """Take a visit back, paid or not. What returns to a lot that has run out expires at once (C9).

    What returns to a lot that was refunded as a whole is voided at once (S5).

    The answer says how much of it could be revived.

    Raises:
        InvalidDraft: a field is wrong. NotFound: visits.unknown. Refused: visits.already_undone.
    """
    refuse(draft.problems())
    locked, record = lock_visit(work, draft.visit_id)
    return take_back(work, locked, record, draft.note, work.command_id)


def lock_visit(work: UnitOfWork, visit_id: int) -> tuple[LockedCredits, VisitRecord]:
    """The visit, with its client and everybody whose lots paid for it locked.

    Raises:
        NotFound: visits.unknown.
    """
    record = visit_by_id(work, visit_id)
    while True:
        paid_from = {payment.lot_id for payment in payments_of(work, record)}
        locked = lock_lots(work, record.client_id, paid_from)
        # Until the lock is held, another desk may settle it.
        record = visit_by_id(work, visit_id)
        if paid_from >= {payment.lot_id for payment in payments_of(work, record)}:
            return locked, record


def take_back(
    work: UnitOfWork, locked: LockedCredits, record: VisitRecord, note: str, command_id: UUID
) -> UndoneVisit:
    """The same under an id of its own, for a command that does more than this."""
    if record.undone:
        raise Refused("visits.already_undone")
    payments = payments_of(work, record)
    returned = {payment.lot_id: payment.credits for payment in payments}
    terms = unstart_terms(work, locked.lots, payments)
    ends = {lot.lot_id: lot.expires_at for lot in locked.lots}
    ends |= {term.lot_id: term.expires_at for term in terms.values()}
    holds = open_holds(work, list(returned))
    expiring = {lot_id for lot_id in returned if _runs_out(work.now, ends[lot_id], holds.get(lot_id, ()))}
    # Whose money went back as a whole, nobody may have a credit of.
    gone = wholly_refunded(work, {*returned, *terms})
    moves = [*_returns(payments, expiring, gone - expiring), *_lapsed_by_mistake(work, locked, terms, gone)]
    op_ids: list[int] = []
    # A visit that took nothing, unpaid or free, is taken back all the same.
    owners = list(dict.fromkeys(payment.client_id for payment in payments)) or [record.client_id]
    for client_id in owners:
        mine = [payment for payment in payments if payment.client_id == client_id]
        operation = Operation(
            client_id=client_id,
            kind="undo_visit",
            command_id=command_id,
            moves=tuple(move for move in moves if locked.lot(move.lot_id).client_id == client_id),
            terms=tuple(term for term in terms.values() if locked.lot(term.lot_id).client_id == client_id),
            visit_events=() if op_ids else (VisitEvent(record.visit_id, "undone"),),
            reverses_op_id=mine[0].op_id if mine else record.op_id,
            class_type_id=record.class_type_id,
            class_at=record.class_at,
            note=tidy_lines(note),
        )
        op_ids.append(post(work, operation).op_id)
    # What counts from another first class may have run out by now.
    sweep_clients(work, owners)
    return UndoneVisit(
        visit_id=record.visit_id,
        op_id=op_ids[0],
        returned=sum(returned.values()),
        revivable=sum(returned[lot_id] for lot_id in expiring - gone),
        usable=usable_now(work, locked.group),
    )


def _runs_out(now: datetime, ends: datetime | None, holds: Sequence[HoldState]) -> bool:
    """Whether what comes back expires at once; held credits do not expire."""
    whole = any(hold.credits is None and hold.in_force(now) for hold in holds)
    return ends is not None and ends <= now and not whole


def _returns(payments: Sequence[Payment], expiring: set[int], refunded: frozenset[int]) -> Iterator[Move]:
    """Last taken, first back."""
    for payment in reversed(payments):
        yield Move(payment.lot_id, "return", payment.credits)
        if payment.lot_id in expiring:
            yield Move(payment.lot_id, "expire", -payment.credits)
        if payment.lot_id in refunded:
            yield Move(payment.lot_id, "void", -payment.credits)


def _lapsed_by_mistake(
    work: UnitOfWork, locked: LockedCredits, terms: Mapping[int, NewTerm], refunded: frozenset[int]
) -> Iterator[Move]:
    """What had run out only because the class taken back had started the validity."""
    for term in terms.values():
        lot = locked.lot(term.lot_id)
        usable_again = term.expires_at is None or term.expires_at > work.now
        if lot.expired and usable_again and lot.lot_id not in refunded:
            yield Move(lot.lot_id, "reinstate", lot.expired, "expired")
