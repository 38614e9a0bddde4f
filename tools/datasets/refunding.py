"""Refunds of a generated studio: what the rules suggest, or a part of it, back by the payments it came by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from frontdesk.models import chain
from frontdesk.models.base import from_micros
from frontdesk.models.refund_math import (
    LineFacts,
    PaymentFacts,
    VoidableLot,
    credits_to_void,
    lots_to_void,
    split_over_payments,
)
from frontdesk.services.desks import REFUND_SUFFIX
from frontdesk.services.receipt_numbers import receipt_number
from frontdesk.services.subjects import refund_subject
from tools.datasets import catalogue
from tools.datasets.books import Act, Books, Lot, Who

_DAY: Final = 24 * 60 * 60_000_000
_REASONS: Final = (
    ("client_request", ""),
    ("illness", "doctor's note shown"),
    ("moved_away", ""),
    ("studio_cancelled", "course did not take place"),
    ("goodwill", ""),
    ("other", "bought the wrong pack for a friend"),
)


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A sale line with its lots, the purchased one first; money in minor units."""

    id: int
    total: int
    credits: int
    bonus: int
    lots: list[Lot]


@dataclass(frozen=True, slots=True)
class SoldSale:
    """A sale that is going to be refunded; ``payments`` are its rows."""

    id: int
    client: int
    lines: list[SoldLine]
    payments: list[dict[str, Any]]


class Refunding:
    """Writes refunds into the books."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.rng = books.rng

    def refund(self, at: int, day: str, sold: SoldSale, who: Who, later: Callable[..., None]) -> None:
        """Refund the first line of a sale, once; nothing where no money is left to suggest."""
        line = sold.lines[0]
        facts = _facts(line)
        amount = facts.suggested
        if self.rng.random() < 0.15:
            amount = amount // 2
        if amount <= 0 or any(lot.hold for lot in line.lots):
            return
        books, command = self.books, self.books.new_command()
        series = catalogue.DESKS[who.desk - 1][1] + REFUND_SUFFIX
        number = books.number(series)
        code, text = self.rng.choice(_REASONS)
        note = books.note(text, at) if text else None
        voids = self._voids(line, credits_to_void(facts, amount))
        refund: dict[str, Any] = {
            "id": books.new_id("refund"),
            "command_id": command,
            "kind": "refund",
            "sale_id": sold.id,
            "client_id": sold.client,
            "desk_id": who.desk,
            "staff_id": who.staff,
            "requested_at": at,
            "business_day": day,
            "series": series,
            "number": number,
            "amount": amount,
            "reason_code": code,
            "note_id": note[0] if note else None,
        }
        books.sink.add("refund", tuple(refund.values()))
        refund_line = {
            "id": books.new_id("refund_line"),
            "refund_id": refund["id"],
            "sale_line_id": line.id,
            "amount": amount,
            "credits_voided": sum(credits for _, credits in voids),
        }
        books.sink.add("refund_line", tuple(refund_line.values()))
        parts = self._parts(refund, sold.payments, receipt_number(series, number), later)
        subject = chain.subject_hash(refund_subject(refund, [refund_line], parts))
        act = Act(
            sold.client, "refund", at, who, command, moves=[(lot, "void", -credits) for lot, credits in voids]
        )
        act.sale, act.refund, act.subject, act.reason, act.kept = sold.id, refund["id"], subject, code, note
        books.post(act)
        result = {
            "refund_id": refund["id"],
            "receipt": receipt_number(series, number),
            "amount": {"amount": amount, "currency": catalogue.CURRENCY},
            "credits_voided": refund_line["credits_voided"],
            "parts": [],
            "pending": any(part["status"] == "pending" for part in parts),
        }
        books.command(command, "refunds.request_refund", result, who, at)

    def _voids(self, line: SoldLine, credits: int) -> list[tuple[Lot, int]]:
        voidable = [
            VoidableLot(
                lot.id,
                lot.remaining,
                lot is not line.lots[0],
                None if lot.expires_at is None else from_micros(lot.expires_at),
            )
            for lot in line.lots
        ]
        by_id = {lot.id: lot for lot in line.lots}
        return [(by_id[lot_id], taken) for lot_id, taken in lots_to_void(voidable, credits)]

    def _parts(
        self,
        refund: dict[str, Any],
        payments: Sequence[dict[str, Any]],
        receipt: str,
        later: Callable[..., None],
    ) -> list[dict[str, Any]]:
        facts = [PaymentFacts(one["id"], one["tender"], one["amount"]) for one in payments]
        tenders = {one["id"]: one["tender"] for one in payments}
        return [
            self._part(refund, payment, tenders[payment], share, receipt, later)
            for payment, share in split_over_payments(refund["amount"], facts)
        ]

    def _part(
        self,
        refund: dict[str, Any],
        payment: int,
        tender: str,
        amount: int,
        receipt: str,
        later: Callable[..., None],
    ) -> dict[str, Any]:
        at, who = refund["requested_at"], Who(refund["staff_id"], refund["desk_id"])
        pending = tender == "bank_transfer"
        row = {
            "id": self.books.new_id("money_transaction"),
            "kind": "refund",
            "sale_id": refund["sale_id"],
            "client_id": refund["client_id"],
            "refund_id": refund["id"],
            "payment_id": payment,
            "tender": tender,
            "amount": -amount,
            "at": at,
            "business_day": refund["business_day"],
            "staff_id": who.staff,
            "desk_id": who.desk,
            "receipt": receipt,
            "reference": f"R{self.rng.randrange(1, 10**7):07d}" if tender == "external_card" else "",
            "cash_given": None,
            "cash_change": None,
            "status": "pending" if pending else "succeeded",
        }
        self.books.sink.add("money_transaction", tuple(row.values()))
        if pending:
            later(at + int(self.rng.uniform(1, 3) * _DAY), self._settle, row["id"], who)
        return row

    def _settle(self, at: int, transaction: int, who: Who) -> None:
        self.books.add("transaction_state", transaction, "succeeded", who.staff, who.desk, at)
        self.books.sink.settled(transaction, "succeeded")
        self.books.command(self.books.new_command(), "refunds.mark_refund_done", None, who, at)


def _facts(line: SoldLine) -> LineFacts:
    return LineFacts(
        received=line.total,
        purchased=line.credits,
        bonus=line.bonus,
        used=sum(lot.used for lot in line.lots),
        expired=sum(lot.expired for lot in line.lots),
        adjusted_out=sum(lot.removed for lot in line.lots),
        transferred_away=sum(lot.moved for lot in line.lots),
        voided=sum(lot.voided for lot in line.lots),
    )
