"""Taking back a visit that was recorded by mistake: its credits go to the very lots they came from (C9)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from frontdesk.errors import Refused
from frontdesk.models.text import tidy_lines
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.credits import UndoVisitDraft
from frontdesk.services.first_class import unstart_terms
from frontdesk.services.ledger_writer import Move, Operation, VisitEvent, post
from frontdesk.services.locked_credits import LockedCredits, lock_credits, usable_now
from frontdesk.services.lots import LotState
from frontdesk.services.refunded_lots import wholly_refunded
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.views.credits import UndoneVisit
from frontdesk.services.visit_records import Payment, VisitRecord, payments_of, visit_by_id


def undo_visit(work: UnitOfWork, draft: UndoVisitDraft) -> UndoneVisit:
    """Take a visit back, paid or not. What returns to a lot that has run out expires at once (C9).

    What returns to a lot that was refunded as a whole is voided at once (S5).

    The answer says how much of it could be revived.

    Raises:
        InvalidDraft: a field is wrong. NotFound: visits.unknown. Refused: visits.already_undone.
    """
    refuse(draft.problems())
    record = visit_by_id(work, draft.visit_id)
    locked = lock_credits(work, record.client_id)
    return take_back(work, locked, visit_by_id(work, draft.visit_id), draft.note, work.command_id)


def take_back(
    work: UnitOfWork, locked: LockedCredits, record: VisitRecord, note: str, command_id: UUID
) -> UndoneVisit:
    """The same under an id of its own, for a command that does more than this."""
    if record.undone:
        raise Refused("visits.already_undone")
    payments = payments_of(work, record)
    returned = {payment.lot_id: payment.credits for payment in payments}
    expiring = {payment.lot_id for payment in payments if _runs_out(locked.lot(payment.lot_id))}
    # Whose money went back as a whole, nobody may have a credit of.
    refunded = wholly_refunded(work, returned) - expiring
    terms = {}
    if record.paid_by is not None:
        terms = unstart_terms(work, record.paid_by, locked.lots, returned)
    op_ids: list[int] = []
    # A visit that took nothing, unpaid or free, is taken back all the same.
    owners = list(dict.fromkeys(payment.client_id for payment in payments)) or [record.client_id]
    for client_id in owners:
        mine = [payment for payment in payments if payment.client_id == client_id]
        operation = Operation(
            client_id=client_id,
            kind="undo_visit",
            command_id=command_id,
            moves=_moves(mine, expiring, refunded),
            terms=tuple(term for term in terms.values() if locked.lot(term.lot_id).client_id == client_id),
            visit_events=() if op_ids else (VisitEvent(record.visit_id, "undone"),),
            reverses_op_id=mine[0].op_id if mine else record.op_id,
            class_type_id=record.class_type_id,
            class_at=record.class_at,
            note=tidy_lines(note),
        )
        op_ids.append(post(work, operation).op_id)
    return UndoneVisit(
        visit_id=record.visit_id,
        op_id=op_ids[0],
        returned=sum(returned.values()),
        revivable=sum(returned[lot_id] for lot_id in expiring),
        usable=usable_now(work, locked.group),
    )


def _runs_out(lot: LotState) -> bool:
    """Whether what comes back expires at once; held credits do not expire."""
    whole = any(hold.credits is None and hold.in_force(lot.at) for hold in lot.holds)
    return lot.is_expired and not whole


def _moves(payments: Sequence[Payment], expiring: set[int], refunded: frozenset[int]) -> tuple[Move, ...]:
    """Last taken, first back."""
    moves: list[Move] = []
    for payment in reversed(payments):
        moves.append(Move(payment.lot_id, "return", payment.credits))
        if payment.lot_id in expiring:
            moves.append(Move(payment.lot_id, "expire", -payment.credits))
        if payment.lot_id in refunded:
            moves.append(Move(payment.lot_id, "void", -payment.credits))
    return tuple(moves)
