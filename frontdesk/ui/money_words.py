"""How tenders, the states of sales and transactions are put into words, the same on every screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from frontdesk.ui.tokens import Tone

if TYPE_CHECKING:
    from frontdesk.services.views.transactions import TransactionRow

# Linguist knows calls of this name.
translate = QCoreApplication.translate


def tender(code: str) -> str:
    """A way to pay, within a line: "cash", "card terminal"."""
    return {
        "cash": translate("MoneyWords", "cash"),
        "external_card": translate("MoneyWords", "card terminal"),
        "bank_transfer": translate("MoneyWords", "bank transfer"),
        "free": translate("MoneyWords", "free"),
        "stripe_checkout": translate("MoneyWords", "Stripe online"),
        "stripe_reader": translate("MoneyWords", "card reader"),
    }.get(code, code)


def tender_name(code: str) -> str:
    """The same as a choice or a title: "Cash", "Card terminal"."""
    return {
        "cash": translate("MoneyWords", "Cash"),
        "external_card": translate("MoneyWords", "Card terminal"),
        "bank_transfer": translate("MoneyWords", "Bank transfer"),
        "free": translate("MoneyWords", "Free"),
        "stripe_checkout": translate("MoneyWords", "Stripe online"),
        "stripe_reader": translate("MoneyWords", "Card reader"),
    }.get(code, code)


def tenders(codes: Iterable[str]) -> str:
    """Several of them: "cash + card terminal"."""
    return " + ".join(tender(code) for code in dict.fromkeys(codes))


def sale_status(status: str) -> tuple[str, Tone]:
    """What became of a sale's money, and the tone of its chip."""
    return {
        "paid": (translate("MoneyWords", "Paid"), Tone.GOOD),
        "refund_requested": (translate("MoneyWords", "Refund requested"), Tone.INFO),
        "partly_refunded": (translate("MoneyWords", "Partly refunded"), Tone.WARNING),
        "refunded": (translate("MoneyWords", "Refunded"), Tone.NEUTRAL),
        "voided": (translate("MoneyWords", "Voided"), Tone.NEUTRAL),
    }.get(status, (status, Tone.NEUTRAL))


def transaction_status(kind: str, status: str, tender: str = "", sync: str = "") -> tuple[str, Tone]:
    """Where a payment or a refund stands, and the tone of its chip (S6).

    ``sync`` is how far the request for a refund by Stripe has come: without an answer nobody knows (Y4).
    """
    if sync in ("sending", "unknown"):
        return translate("MoneyWords", "Unknown, checking"), Tone.WARNING
    if sync == "held":
        return translate("MoneyWords", "Not sent"), Tone.WARNING
    if status == "pending" and tender in ("stripe_checkout", "stripe_reader"):
        return translate("MoneyWords", "On its way"), Tone.INFO
    if status == "succeeded":
        if kind == "payment":
            return translate("MoneyWords", "Received"), Tone.GOOD
        return translate("MoneyWords", "Refunded"), Tone.NEUTRAL
    return {
        "requested": (translate("MoneyWords", "Requested"), Tone.INFO),
        "pending": (translate("MoneyWords", "To be paid out"), Tone.WARNING),
        "failed": (translate("MoneyWords", "Failed"), Tone.DANGER),
        "cancelled": (translate("MoneyWords", "Cancelled"), Tone.NEUTRAL),
    }.get(status, (status, Tone.NEUTRAL))


def payment_status(row: TransactionRow) -> tuple[str, Tone]:
    """Where a payment stands: disputed, gone back in whole or part, asked back, or received (S6, S8)."""
    if row.disputed:
        return translate("MoneyWords", "Disputed"), Tone.WARNING
    if row.requested:
        return sale_status("refund_requested")
    if row.refunded:
        return sale_status("refunded" if row.refunded >= row.amount.amount else "partly_refunded")
    return transaction_status(row.kind, row.status, row.tender)


def package_credits(credits: int, bonus: int) -> str:
    """Bonus credits beside the bought ones: "10 + 2" (P3)."""
    return f"{credits} + {bonus}" if bonus else str(credits)
