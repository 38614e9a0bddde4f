"""What becomes of a refund later: accepted, arrived, or money that did not reach the client (S6, S7)."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import NotFound, Refused
from frontdesk.models.money import Money
from frontdesk.models.sale import VOID_STATUSES, money_transaction, transaction_state
from frontdesk.models.text import LINE_LIMIT, tidy
from frontdesk.services.changes import Topic
from frontdesk.services.decisions import (
    DASHBOARD_REFUND,
    REFUND_FAILED,
    close_by_itself,
    decision_of_refund,
    open_failed_refund,
)
from frontdesk.services.drafts.checks import line_problems, refuse
from frontdesk.services.failed_refunds import settle_failed
from frontdesk.services.ledger_writer import add_note
from frontdesk.services.refund_credits import Because, give_back_returned, read_sale, settle_sale
from frontdesk.services.refund_writer import lock_sale
from frontdesk.services.sale_facts import RefundFacts, SaleFacts
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.views.refunds import RefundFailed

#: Refunds that may turn out not to have reached the client, as a person finds out; Stripe tells of its own.
MAY_FAIL = ("external_card", "bank_transfer")

#: Who writes what Stripe has given back, too, and there was no room for. It calls what stands here.
_LOOKS_AGAIN = "frontdesk.services.stripe.refunding"

_FIND = sa.select(money_transaction.c.sale_id).where(
    money_transaction.c.id == sa.bindparam("transaction_id"), money_transaction.c.kind == "refund"
)
_ADD_STATE = sa.insert(transaction_state)


def mark_transfer_done(work: UnitOfWork, transaction_id: int) -> None:
    """Note that a refund by bank transfer was sent and has arrived (S6).

    Raises:
        NotFound: transaction.unknown. Refused: refunds.not_pending.
    """
    _, _, part = locked_part(work, transaction_id)
    if not waits_for_transfer(part):
        raise Refused("refunds.not_pending")
    add_state(work, part.id, part.sale_id, "succeeded")


def mark_failed(work: UnitOfWork, transaction_id: int, text: str = "") -> RefundFailed:
    """Note that a refund did not reach the client, also after it had succeeded (S6).

    The money counts as received again, the credits it voided come back to their lots until max(old last day,
    today + 14 days), and a task to pay the client another way is opened.

    Raises:
        InvalidDraft: what is wrong with the text. NotFound: transaction.unknown.
        Refused: refunds.cannot_fail.
    """
    refuse(line_problems("text", text, LINE_LIMIT))
    _, refunded, part = locked_part(work, transaction_id)
    if not may_fail(part):
        raise Refused("refunds.cannot_fail")
    tidied = tidy(text, LINE_LIMIT)
    kept_note = add_note(work, tidied) if tidied else None
    failed = fail_part(work, refunded, part, "failed", {}, Because("refund_failed", kept_note, own=True))
    import_module(_LOOKS_AGAIN).look_again(work, part.sale_id)
    return failed


def may_fail(transaction: sa.Row[Any]) -> bool:
    """Whether a transaction is a refund of which a person may find out that it did not reach the client."""
    made = transaction.kind == "refund" and transaction.status in ("pending", "succeeded")
    return made and transaction.tender in MAY_FAIL


def waits_for_transfer(transaction: sa.Row[Any]) -> bool:
    """Whether a transaction is a refund that somebody has to pay out by bank transfer."""
    return bool(transaction.kind == "refund" and transaction.status == "pending") and (
        transaction.tender == "bank_transfer"
    )


def locked_part(work: UnitOfWork, transaction_id: int) -> tuple[SaleFacts, RefundFacts, sa.Row[Any]]:
    """The sale, the refund and its part, with everyone it concerns locked.

    Raises:
        NotFound: transaction.unknown.
    """
    sale_id = work.connection.execute(_FIND, {"transaction_id": transaction_id}).scalar()
    if sale_id is None:
        raise NotFound("transaction.unknown")
    facts = lock_sale(work, sale_id)
    return next(
        (facts, one, part) for one in facts.refunds for part in one.parts if part.id == transaction_id
    )


def accept_part(work: UnitOfWork, refunded: RefundFacts, part: sa.Row[Any], status: str) -> None:
    """Note that Stripe has accepted a part (pending), or that it is done (succeeded); its credits go (S6)."""
    add_state(work, part.id, part.sale_id, status)
    facts = read_sale(work, refunded.row.sale_id)
    settle_sale(work, facts, refunded.row.id, Because(refunded.row.reason_code))


def fail_part(
    work: UnitOfWork,
    refunded: RefundFacts,
    part: sa.Row[Any],
    status: str,
    why: Mapping[str, str],
    because: Because | None = None,
) -> RefundFailed:
    """Note that a part did not reach the client: its credits come back, and a task opens (S6)."""
    credits = call_off(work, refunded, part, status, because)
    line_id = refunded.lines[0].sale_line_id if len(refunded.lines) == 1 else None
    decision_id = open_failed_refund(work, refunded.row, part, line_id, credits, why)
    settle_failed(work, read_sale(work, part.sale_id))
    return RefundFailed(decision_id, Money(-part.amount, work.studio.currency), credits)


def call_off(
    work: UnitOfWork, refunded: RefundFacts, part: sa.Row[Any], status: str, because: Because | None = None
) -> int:
    """The same without a task; how many credits came back."""
    add_state(work, part.id, part.sale_id, status)
    waiting = decision_of_refund(work, DASHBOARD_REFUND, refunded.row.id)
    if waiting is not None and waiting.closed_at is None:
        close_by_itself(work, waiting.id, REFUND_FAILED)
    facts = read_sale(work, refunded.row.sale_id)
    credits = settle_sale(work, facts, refunded.row.id, because or Because("refund_failed"))
    return credits + give_back_returned(work, facts)


def add_state(work: UnitOfWork, transaction_id: int, sale_id: int, status: str) -> None:
    """Write down the next state of a transaction."""
    row = {
        "transaction_id": transaction_id,
        "status": status,
        "staff_id": work.actor.staff_id,
        "desk_id": work.actor.desk_id,
        "recorded_at": work.now,
    }
    work.connection.execute(_ADD_STATE, row)
    work.changed(Topic.PAYMENTS, transaction_id)
    work.changed(Topic.SALES, sale_id)


def is_over(part: sa.Row[Any]) -> bool:
    """Whether a part has come to an end without money for the client."""
    return part.status in VOID_STATUSES
