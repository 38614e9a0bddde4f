"""Writing a refund into the books: its rows, receipt number and credits, and what Stripe is asked (S5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import NotFound
from frontdesk.models.calendar import local_day
from frontdesk.models.money import Money
from frontdesk.models.sale import money_transaction, refund, refund_line
from frontdesk.models.sync import stripe_transaction
from frontdesk.models.text import LINE_LIMIT, tidy
from frontdesk.services.changes import Topic
from frontdesk.services.drafts.sales import REFERENCE_LIMIT, STRIPE_TENDERS
from frontdesk.services.ledger_writer import add_note
from frontdesk.services.lots import sweep_clients
from frontdesk.services.receipt_numbers import next_number, receipt_number
from frontdesk.services.refund_credits import Because, read_sale, settle_sale, standing_of
from frontdesk.services.sale_facts import LineState, SaleFacts, read_sales
from frontdesk.services.stripe.amounts import to_stripe
from frontdesk.services.stripe.outbox import NewOp, enqueue
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.views.refunds import RefundPart, RefundResult

#: A refund by one of these has reached the client when it is written down; a transfer takes days (S6).
DONE_AT_ONCE = ("cash", "external_card", "free")
#: The kind of operation that asks Stripe for a refund.
REFUND_CREATE = "refund.create"

_ADD_REFUND = sa.insert(refund)
_ADD_LINE = sa.insert(refund_line)
_ADD_PART = sa.insert(money_transaction)
_INTENT = sa.select(stripe_transaction.c.stripe_id).where(
    stripe_transaction.c.transaction_id == sa.bindparam("payment_id")
)


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """What goes back for one line, in minor units, and how many credits it loses."""

    line: LineState
    amount: int
    credits: int


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """What goes back by one payment, in minor units, and by which tender: mostly the payment's own."""

    payment_id: int
    tender: str
    amount: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """A refund that was checked. ``kind`` is refund, or void for a whole sale of today (S2).

    ``at`` is when Stripe made it, for one that nobody asked for here; None means now.
    """

    kind: str
    sale: SaleFacts
    lines: tuple[PlannedLine, ...]
    parts: tuple[PlannedPart, ...]
    reason_code: str
    text: str
    at: datetime | None = None


def lock_sale(work: UnitOfWork, sale_id: int) -> SaleFacts:
    """Lock and sweep everyone who has credits of the sale, and read it.

    Raises:
        NotFound: sales.unknown.
    """
    locked: set[int] = set()
    while True:
        found = read_sales(work, [sale_id]).get(sale_id)
        if found is None:
            raise NotFound("sales.unknown")
        # Until the lock is held, another desk may pass credits on to somebody else.
        if found.client_ids <= locked:
            break
        locked |= found.client_ids
        work.lock_clients(locked)
    if sweep_clients(work, sorted(locked)):
        found = read_sales(work, [sale_id])[sale_id]
    return found


def write_refund(work: UnitOfWork, plan: RefundPlan) -> RefundResult:
    """Write the refund and void its credits; those of what Stripe is asked for are set aside (S6).

    Raises:
        NotFound: desk.unknown. Refused: stripe.not_connected, stripe.amount_not_whole.
    """
    text = tidy(plan.text, LINE_LIMIT)
    kept_note = add_note(work, text) if text else None
    row, parts = write_rows(work, plan, kept_note)
    for part in parts:
        if part["status"] == "requested":
            _ask_stripe(work, part, plan.sale.row.currency)
    facts = read_sale(work, row["sale_id"])
    settle_sale(work, facts, row["id"], Because(plan.reason_code, kept_note, own=True))
    voided, set_aside = standing_of(work, facts, facts.refund(row["id"]))
    code = plan.sale.row.currency
    requested = sum(-one["amount"] for one in parts if one["status"] == "requested")
    return RefundResult(
        refund_id=row["id"],
        receipt=receipt_number(row["series"], row["number"]),
        amount=Money(row["amount"], code),
        credits_voided=voided,
        parts=tuple(_made_part(one, code) for one in parts),
        pending=any(one["status"] == "pending" for one in parts),
        requested=Money(requested, code) if requested else None,
        credits_set_aside=set_aside,
    )


def write_rows(
    work: UnitOfWork, plan: RefundPlan, kept_note: tuple[int, str] | None = None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Write a refund with its lines and parts under its receipt number; no credit moves by that alone.

    Raises:
        NotFound: desk.unknown.
    """
    series, number = next_number(work, "refund")
    row = _inserted(work, _ADD_REFUND, _refund_row(work, plan, series, number, kept_note))
    for one in plan.lines:
        _add_line(work, row["id"], one)
    parts = [_add_part(work, row, one, receipt_number(series, number)) for one in plan.parts]
    work.changed(Topic.SALES, row["sale_id"])
    work.changed(Topic.PAYMENTS, *(one["id"] for one in parts))
    return row, parts


def _ask_stripe(work: UnitOfWork, part: dict[str, Any], code: str) -> None:
    """Put the request into the outbox, to be sent once this transaction is through (Y4)."""
    intent = work.connection.execute(_INTENT, {"payment_id": part["payment_id"]}).scalar_one()
    params = {"payment_intent": intent, "amount": to_stripe(-part["amount"], code)}
    enqueue(work, NewOp(REFUND_CREATE, "/v1/refunds", params, moves_money=True, transaction_id=part["id"]))


def _refund_row(
    work: UnitOfWork, plan: RefundPlan, series: str, number: int, kept_note: tuple[int, str] | None
) -> dict[str, Any]:
    return {
        "command_id": work.command_id.hex,
        "kind": plan.kind,
        "sale_id": plan.sale.row.id,
        "client_id": plan.sale.row.client_id,
        "desk_id": work.actor.desk_id,
        "staff_id": work.actor.staff_id,
        "requested_at": plan.at or work.now,
        "business_day": local_day(plan.at or work.now, work.studio.zone, work.studio.day_starts_hour),
        "series": series,
        "number": number,
        "amount": sum(one.amount for one in plan.lines),
        "reason_code": plan.reason_code,
        "note_id": kept_note[0] if kept_note else None,
    }


def _add_line(work: UnitOfWork, refund_id: int, planned: PlannedLine) -> dict[str, Any]:
    row = {
        "refund_id": refund_id,
        "sale_line_id": planned.line.row.id,
        "amount": planned.amount,
        "credits_voided": planned.credits,
    }
    return _inserted(work, _ADD_LINE, row)


def _add_part(
    work: UnitOfWork, refund_row: dict[str, Any], part: PlannedPart, receipt: str
) -> dict[str, Any]:
    row = {
        "kind": "refund",
        "sale_id": refund_row["sale_id"],
        "client_id": refund_row["client_id"],
        "refund_id": refund_row["id"],
        "payment_id": part.payment_id,
        "tender": part.tender,
        "amount": -part.amount,
        "at": refund_row["requested_at"],
        "business_day": refund_row["business_day"],
        "staff_id": work.actor.staff_id,
        "desk_id": work.actor.desk_id,
        "receipt": receipt,
        "reference": tidy(part.reference, REFERENCE_LIMIT),
        "cash_given": None,
        "cash_change": None,
        "status": first_status(part.tender),
    }
    return _inserted(work, _ADD_PART, row)


def first_status(tender: str) -> str:
    """What a part of a refund begins as: only Stripe has to accept it first (S6)."""
    if tender in STRIPE_TENDERS:
        return "requested"
    return "succeeded" if tender in DONE_AT_ONCE else "pending"


def _made_part(row: dict[str, Any], code: str) -> RefundPart:
    return RefundPart(
        payment_id=row["payment_id"],
        tender=row["tender"],
        amount=Money(-row["amount"], code),
        needs_reference=row["tender"] == "external_card",
        reference=row["reference"],
        status=row["status"],
        transaction_id=row["id"],
    )


def _inserted(work: UnitOfWork, statement: sa.Insert, row: dict[str, Any]) -> dict[str, Any]:
    """The row with the id it got."""
    key = work.connection.execute(statement, row).inserted_primary_key
    assert key is not None
    return {"id": int(key[0]), **row}
