"""How tenders, the states of sales and transactions are put into words, the same on every screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from frontdesk.ui.tokens import Tone

if TYPE_CHECKING:
    from frontdesk.services.views.revenue import Disputed
    from frontdesk.ui.formats import Formats

# Linguist knows calls of this name.
translate = QCoreApplication.translate


def tender(code: str, at_desk: bool | None = None) -> str:
    """A way to pay, within a line: "cash", "card terminal".

    Of a page of Stripe's `at_desk` tells whether its sale began at a desk, where it was shown as a QR code;
    without it both ways are named.
    """
    if code == "stripe_checkout" and at_desk is not None:
        return translate("MoneyWords", "QR code") if at_desk else translate("MoneyWords", "online link")
    return {
        "cash": translate("MoneyWords", "cash"),
        "external_card": translate("MoneyWords", "card terminal"),
        "bank_transfer": translate("MoneyWords", "bank transfer"),
        "free": translate("MoneyWords", "free"),
        "stripe_checkout": translate("MoneyWords", "QR code or online link"),
        "stripe_reader": translate("MoneyWords", "card reader"),
    }.get(code, code)


def tender_name(code: str, at_desk: bool | None = None) -> str:
    """The same as a choice or a title: "Cash", "Card terminal"."""
    if code == "stripe_checkout" and at_desk is not None:
        return translate("MoneyWords", "QR code") if at_desk else translate("MoneyWords", "Online link")
    return {
        "cash": translate("MoneyWords", "Cash"),
        "external_card": translate("MoneyWords", "Card terminal"),
        "bank_transfer": translate("MoneyWords", "Bank transfer"),
        "free": translate("MoneyWords", "Free"),
        "stripe_checkout": translate("MoneyWords", "QR code or online link"),
        "stripe_reader": translate("MoneyWords", "Card reader"),
    }.get(code, code)


def tenders(codes: Iterable[str], at_desk: bool | None = None) -> str:
    """Several of them: "cash + card terminal"."""
    return " + ".join(tender(code, at_desk) for code in dict.fromkeys(codes))


def standing(code: str) -> tuple[str, Tone]:
    """Where money stands and the tone of its chip, from `frontdesk.services.views.standings` (S6, S8)."""
    return {
        "paid": (translate("MoneyWords", "Paid"), Tone.GOOD),
        "disputed": (translate("MoneyWords", "Disputed"), Tone.WARNING),
        "dispute_lost": (translate("MoneyWords", "Dispute lost"), Tone.DANGER),
        "refund_requested": (translate("MoneyWords", "Refund requested"), Tone.INFO),
        "refund_unclear": (translate("MoneyWords", "Unknown, checking"), Tone.WARNING),
        "refund_held": (translate("MoneyWords", "Not sent"), Tone.WARNING),
        "refund_pending": (translate("MoneyWords", "Refund on its way"), Tone.INFO),
        "to_be_paid_out": (translate("MoneyWords", "To be paid out"), Tone.WARNING),
        "partly_refunded": (translate("MoneyWords", "Partly refunded"), Tone.WARNING),
        "refunded": (translate("MoneyWords", "Refunded"), Tone.NEUTRAL),
        "voided": (translate("MoneyWords", "Voided"), Tone.NEUTRAL),
        "refund_failed": (translate("MoneyWords", "Refund failed"), Tone.DANGER),
        "refund_cancelled": (translate("MoneyWords", "Refund cancelled"), Tone.NEUTRAL),
    }.get(code, (code, Tone.NEUTRAL))


def not_taken_off(disputed: Disputed, formats: Formats) -> str:
    """What disputes took, or may yet take, of money that is shown in full; "" where there are none (S8)."""
    if not (disputed.open or disputed.lost):
        return ""
    words = translate(
        "MoneyWords", "Not taken off: {open} is disputed at Stripe and not decided, {lost} was lost."
    )
    if not disputed.lost:
        words = translate("MoneyWords", "Not taken off: {open} is disputed at Stripe and not decided.")
    elif not disputed.open:
        words = translate("MoneyWords", "Not taken off: {lost} of disputes at Stripe that were lost.")
    return words.format(open=formats.money(disputed.open), lost=formats.money(disputed.lost))


def package_credits(credits: int, bonus: int) -> str:
    """Bonus credits beside the bought ones: "10 + 2" (P3)."""
    return f"{credits} + {bonus}" if bonus else str(credits)
