"""What becomes of a refund later: a transfer that arrived, or money that did not reach the client (S6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import NotFound, Refused
from frontdesk.models import chain
from frontdesk.models.ledger import ledger_entry, ledger_op
from frontdesk.models.money import Money
from frontdesk.models.sale import money_transaction, transaction_state
from frontdesk.models.text import LINE_LIMIT, tidy
from frontdesk.services.changes import Topic
from frontdesk.services.decisions import open_failed_refund
from frontdesk.services.drafts.checks import line_problems, refuse
from frontdesk.services.ledger_writer import Move, NewTerm, Operation, add_note, post
from frontdesk.services.lots import LotState, lots_by_id
from frontdesk.services.refund_writer import lock_sale
from frontdesk.services.refunded_lots import wholly_refunded
from frontdesk.services.reviving import coming_back
from frontdesk.services.sale_facts import RefundFacts, SaleFacts
from frontdesk.services.subjects import refund_subject_rows
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.views.refunds import RefundFailed

#: Refunds that may turn out not to have reached the client; cash was handed over.
MAY_FAIL = ("external_card", "bank_transfer")

_FIND = sa.select(money_transaction.c.sale_id).where(
    money_transaction.c.id == sa.bindparam("transaction_id"), money_transaction.c.kind == "refund"
)
_ADD_STATE = sa.insert(transaction_state)
_VOIDED = (
    sa.select(ledger_entry.c.lot_id, ledger_entry.c.type, ledger_entry.c.delta)
    .join(ledger_op, ledger_op.c.id == ledger_entry.c.op_id)
    .where(ledger_op.c.refund_id == sa.bindparam("refund_id"), ledger_entry.c.type.in_(("void", "reinstate")))
    .order_by(ledger_entry.c.id)
)
#: Credits of these lots that came back by an undone visit and were voided at once, less what was given back.
_VOIDED_AT_ONCE = (
    sa.select(ledger_entry.c.lot_id, (-sa.func.sum(ledger_entry.c.delta)).label("credits"))
    .join(ledger_op, ledger_op.c.id == ledger_entry.c.op_id)
    .where(
        ledger_entry.c.lot_id.in_(sa.bindparam("lot_ids", expanding=True)),
        ledger_entry.c.type.in_(("void", "reinstate")),
        ledger_op.c.kind.in_(("undo_visit", "reinstate")),
        ledger_op.c.refund_id.is_(None),
    )
    .where((ledger_entry.c.type == "void") | (ledger_entry.c.undoes == "voided"))
    .group_by(ledger_entry.c.lot_id)
    .order_by(ledger_entry.c.lot_id)
)


def mark_transfer_done(work: UnitOfWork, transaction_id: int) -> None:
    """Note that a refund by bank transfer was sent and has arrived (S6).

    Raises:
        NotFound: transaction.unknown. Refused: refunds.not_pending.
    """
    _, _, part = _locked_part(work, transaction_id)
    if part.status != "pending":
        raise Refused("refunds.not_pending")
    _add_state(work, part, "succeeded")


def mark_failed(work: UnitOfWork, transaction_id: int, text: str = "") -> RefundFailed:
    """Note that a refund did not reach the client, also after it had succeeded (S6).

    The money counts as received again, the credits it voided come back to their lots until max(old last day,
    today + 14 days), and a task to pay the client another way is opened.

    Raises:
        InvalidDraft: what is wrong with the text. NotFound: transaction.unknown.
        Refused: refunds.cannot_fail.
    """
    refuse(line_problems("text", text, LINE_LIMIT))
    facts, refunded, part = _locked_part(work, transaction_id)
    if not may_fail(part):
        raise Refused("refunds.cannot_fail")
    _add_state(work, part, "failed")
    back = _coming_back(work, refunded, part)
    _reinstate(work, refunded, part, back, tidy(text, LINE_LIMIT))
    returned = _returned_meanwhile(work, facts)
    _give_back(work, part.sale_id, returned)
    credits = sum(count for _, count in (*back, *returned))
    line_id = refunded.lines[0].sale_line_id if len(refunded.lines) == 1 else None
    decision_id = open_failed_refund(work, refunded.row, part, line_id, credits)
    return RefundFailed(decision_id, Money(-part.amount, work.studio.currency), credits)


def may_fail(transaction: sa.Row[Any]) -> bool:
    """Whether a transaction is a refund that may turn out not to have reached the client."""
    made = transaction.kind == "refund" and transaction.status in ("pending", "succeeded")
    return made and transaction.tender in MAY_FAIL


def _locked_part(work: UnitOfWork, transaction_id: int) -> tuple[SaleFacts, RefundFacts, sa.Row[Any]]:
    """The sale, the refund and its part, with everyone it concerns locked."""
    sale_id = work.connection.execute(_FIND, {"transaction_id": transaction_id}).scalar()
    if sale_id is None:
        raise NotFound("transaction.unknown")
    facts = lock_sale(work, sale_id)
    return next(
        (facts, one, part) for one in facts.refunds for part in one.parts if part.id == transaction_id
    )


def _add_state(work: UnitOfWork, part: sa.Row[Any], status: str) -> None:
    row = {
        "transaction_id": part.id,
        "status": status,
        "staff_id": work.actor.staff_id,
        "desk_id": work.actor.desk_id,
        "recorded_at": work.now,
    }
    work.connection.execute(_ADD_STATE, row)
    work.changed(Topic.PAYMENTS, part.id)
    work.changed(Topic.SALES, part.sale_id)


def _coming_back(
    work: UnitOfWork, refunded: RefundFacts, part: sa.Row[Any]
) -> tuple[tuple[LotState, int], ...]:
    """Which lots get credits back: this part's share, such that all parts together give all back."""
    out: dict[int, int] = {}
    for row in work.connection.execute(_VOIDED, {"refund_id": refunded.row.id}):
        out[row.lot_id] = out.get(row.lot_id, 0) - row.delta
    failed = -sum(one.amount for one in refunded.parts if one.status == "failed" or one.id == part.id)
    # Rounded down, so that nobody has a credit for money that did reach them.
    due = refunded.credits_voided * failed // refunded.row.amount if refunded.row.amount else 0
    share = due - (refunded.credits_voided - sum(out.values()))
    return tuple(_taken_back(lots_by_id(work, out), out, share))


def _taken_back(lots: Iterable[LotState], out: dict[int, int], share: int) -> Iterable[tuple[LotState, int]]:
    """In the reverse order of the void: what was taken last comes back first."""
    by_id = {lot.lot_id: lot for lot in lots}
    for lot_id in reversed(out):
        count = min(out[lot_id], share)
        if count > 0:
            yield by_id[lot_id], count
            share -= count


def _reinstate(
    work: UnitOfWork,
    refunded: RefundFacts,
    part: sa.Row[Any],
    back: Iterable[tuple[LotState, int]],
    text: str,
) -> None:
    """One operation for each client who gets credits back, and one for the buyer in any case."""
    buyer = refunded.row.client_id
    kept_note = add_note(work, text) if text else None
    subject_hash = chain.subject_hash(refund_subject_rows(work.connection, refunded.row.id))
    for client_id, (terms, moves) in ({buyer: ((), ())} | _by_client(work, back)).items():
        post(
            work,
            Operation(
                client_id=client_id,
                kind="reinstate",
                terms=terms,
                moves=moves,
                command_id=None if client_id == buyer else work.derived_id(f"reinstate:{client_id}"),
                reason_code="refund_failed",
                kept_note=kept_note,
                peer_client_id=None if client_id == buyer else buyer,
                sale_id=part.sale_id,
                refund_id=refunded.row.id,
                subject_hash=subject_hash,
            ),
        )


def _returned_meanwhile(work: UnitOfWork, facts: SaleFacts) -> tuple[tuple[LotState, int], ...]:
    """Credits of visits undone after the refund: with the money here again, they are the client's."""
    lots = [lot.lot_id for line in facts.lines for lot in (*line.own, *line.elsewhere)]
    rows = work.connection.execute(_VOIDED_AT_ONCE, {"lot_ids": lots})
    voided = {row.lot_id: int(row.credits) for row in rows if row.credits}
    gone = wholly_refunded(work, voided)
    # Read anew: what the refund itself had voided may have given the lot a later last day.
    return tuple((lot, voided[lot.lot_id]) for lot in lots_by_id(work, set(voided) - gone))


def _give_back(work: UnitOfWork, sale_id: int, returned: Iterable[tuple[LotState, int]]) -> None:
    """One operation for each client, apart from those that name the refund."""
    for client_id, (terms, moves) in _by_client(work, returned).items():
        post(
            work,
            Operation(
                client_id=client_id,
                kind="reinstate",
                terms=terms,
                moves=moves,
                command_id=work.derived_id(f"returned:{client_id}"),
                reason_code="refund_failed",
                sale_id=sale_id,
            ),
        )


def _by_client(
    work: UnitOfWork, back: Iterable[tuple[LotState, int]]
) -> dict[int, tuple[tuple[NewTerm, ...], tuple[Move, ...]]]:
    """What gives voided credits back to the lots of each client: later last days, and entries."""
    found: dict[int, tuple[tuple[NewTerm, ...], tuple[Move, ...]]] = {}
    for lot, count in back:
        term, move = coming_back(work, lot, count, "voided")
        terms, moves = found.get(lot.client_id, ((), ()))
        found[lot.client_id] = (terms if term is None else (*terms, term), (*moves, move))
    return found
