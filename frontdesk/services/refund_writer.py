"""Writing a refund into the books: its rows, its receipt number and the void of credits (S5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import NotFound
from frontdesk.models import chain
from frontdesk.models.calendar import local_day
from frontdesk.models.money import Money
from frontdesk.models.refund_math import VoidableLot, lots_to_void
from frontdesk.models.sale import money_transaction, refund, refund_line
from frontdesk.models.text import LINE_LIMIT, tidy
from frontdesk.services.changes import Topic
from frontdesk.services.drafts.sales import REFERENCE_LIMIT
from frontdesk.services.ledger_writer import Move, Operation, add_note, post
from frontdesk.services.lots import LotState, sweep_clients
from frontdesk.services.receipt_numbers import next_number, receipt_number
from frontdesk.services.sale_facts import LineState, SaleFacts, read_sales, to_void
from frontdesk.services.subjects import refund_subject
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.views.refunds import RefundPart, RefundResult

#: A refund by one of these has reached the client when it is written down; a transfer takes days (S6).
DONE_AT_ONCE = ("cash", "external_card", "free")

_ADD_REFUND = sa.insert(refund)
_ADD_LINE = sa.insert(refund_line)
_ADD_PART = sa.insert(money_transaction)


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
    """A refund that was checked. ``kind`` is refund, or void for a whole sale of today (S2)."""

    kind: str
    sale: SaleFacts
    lines: tuple[PlannedLine, ...]
    parts: tuple[PlannedPart, ...]
    reason_code: str
    text: str


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
    """Write the refund and void its credits, all in this transaction.

    Raises:
        NotFound: desk.unknown.
    """
    series, number = next_number(work, "refund")
    text = tidy(plan.text, LINE_LIMIT)
    kept_note = add_note(work, text) if text else None
    receipt = receipt_number(series, number)
    row = _inserted(work, _ADD_REFUND, _refund_row(work, plan, series, number, kept_note))
    lines = [_add_line(work, row["id"], one) for one in plan.lines]
    parts = [_add_part(work, row, one, receipt) for one in plan.parts]
    subject_hash = chain.subject_hash(refund_subject(row, lines, parts))
    _void(work, plan, row, kept_note, subject_hash)
    work.changed(Topic.SALES, row["sale_id"])
    work.changed(Topic.PAYMENTS, *(one["id"] for one in parts))
    return RefundResult(
        refund_id=row["id"],
        receipt=receipt,
        amount=Money(row["amount"], plan.sale.row.currency),
        credits_voided=sum(one.credits for one in plan.lines),
        parts=tuple(_made_part(one, plan.sale.row.currency) for one in parts),
        pending=any(one["status"] == "pending" for one in parts),
    )


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
        "requested_at": work.now,
        "business_day": local_day(work.now, work.studio.zone, work.studio.day_starts_hour),
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
        "at": work.now,
        "business_day": refund_row["business_day"],
        "staff_id": work.actor.staff_id,
        "desk_id": work.actor.desk_id,
        "receipt": receipt,
        "reference": tidy(part.reference, REFERENCE_LIMIT),
        "cash_given": None,
        "cash_change": None,
        "status": "succeeded" if part.tender in DONE_AT_ONCE else "pending",
    }
    return _inserted(work, _ADD_PART, row)


def _void(
    work: UnitOfWork,
    plan: RefundPlan,
    refund_row: dict[str, Any],
    kept_note: tuple[int, str] | None,
    subject_hash: str,
) -> None:
    """One operation for the sale's client, and one for everyone else who loses credits of it."""
    buyer = plan.sale.row.client_id
    moves: dict[int, list[Move]] = defaultdict(list, {buyer: []})
    for planned in plan.lines:
        for lot, credits in voids(planned.line, planned.credits):
            moves[lot.client_id].append(Move(lot.lot_id, "void", -credits))
    for client_id, listed in moves.items():
        post(
            work,
            Operation(
                client_id=client_id,
                kind="refund",
                moves=tuple(listed),
                command_id=None if client_id == buyer else work.derived_id(f"void:{client_id}"),
                reason_code=plan.reason_code,
                kept_note=kept_note,
                peer_client_id=None if client_id == buyer else buyer,
                sale_id=plan.sale.row.id,
                refund_id=refund_row["id"],
                subject_hash=subject_hash,
            ),
        )


def voids(line: LineState, credits: int) -> tuple[tuple[LotState, int], ...]:
    """Which lots lose how many: the line's own first, bonus before purchased, then those elsewhere."""
    taken = _taken(line.own, credits)
    rest = credits - sum(count for _, count in taken)
    return (*taken, *_taken(line.elsewhere, rest))


def _taken(lots: Sequence[LotState], credits: int) -> tuple[tuple[LotState, int], ...]:
    by_id = {lot.lot_id: lot for lot in lots}
    order = lots_to_void(_voidable(lots), credits)
    return tuple((by_id[lot_id], count) for lot_id, count in order)


def _voidable(lots: Iterable[LotState]) -> Iterable[VoidableLot]:
    return (VoidableLot(lot.lot_id, to_void(lot), lot.complimentary, lot.expires_at) for lot in lots)


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
