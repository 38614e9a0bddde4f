"""How tenders and the states of sales are put into words, the same on every screen."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from frontdesk.ui.tokens import Tone


def _tr(text: str) -> str:
    return QCoreApplication.translate("MoneyWords", text)


def tender(code: str) -> str:
    """A way to pay, within a line: "cash", "card terminal"."""
    return {
        "cash": _tr("cash"),
        "external_card": _tr("card terminal"),
        "bank_transfer": _tr("bank transfer"),
        "free": _tr("free"),
    }.get(code, code)


def tenders(codes: Iterable[str]) -> str:
    """Several of them: "cash + card terminal"."""
    return " + ".join(tender(code) for code in dict.fromkeys(codes))


def sale_status(status: str) -> tuple[str, Tone]:
    """What became of a sale's money, and the tone of its chip."""
    return {
        "paid": (_tr("Paid"), Tone.GOOD),
        "partly_refunded": (_tr("Partly refunded"), Tone.WARNING),
        "refunded": (_tr("Refunded"), Tone.NEUTRAL),
        "voided": (_tr("Voided"), Tone.NEUTRAL),
    }.get(status, (status, Tone.NEUTRAL))


def package_credits(credits: int, bonus: int) -> str:
    """Bonus credits beside the bought ones: "10 + 2" (P3)."""
    return f"{credits} + {bonus}" if bonus else str(credits)
