"""How payouts are put into words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from frontdesk.ui.tokens import Tone

# Linguist knows calls of this name.
translate = QCoreApplication.translate


def payout_status(status: str) -> tuple[str, Tone]:
    """Where a payout is, and the tone of its chip; a word of Stripe's that is new stands as it is."""
    return {
        "pending": (translate("PayoutWords", "Being sent"), Tone.INFO),
        "in_transit": (translate("PayoutWords", "On its way"), Tone.INFO),
        "paid": (translate("PayoutWords", "Paid out"), Tone.GOOD),
        "failed": (translate("PayoutWords", "Failed"), Tone.DANGER),
        "canceled": (translate("PayoutWords", "Cancelled"), Tone.NEUTRAL),
    }.get(status, (status, Tone.NEUTRAL))


def category(code: str) -> str:
    """A reporting category of Stripe's."""
    return {
        "charge": translate("PayoutWords", "Payments"),
        "refund": translate("PayoutWords", "Refunds"),
        "refund_failure": translate("PayoutWords", "Failed refunds"),
        "partial_capture_reversal": translate("PayoutWords", "Reversals"),
        "charge_failure": translate("PayoutWords", "Failed payments"),
        "dispute": translate("PayoutWords", "Disputes"),
        "dispute_reversal": translate("PayoutWords", "Disputes won"),
        "fee": translate("PayoutWords", "Fees of Stripe"),
        "tax": translate("PayoutWords", "Taxes on fees"),
        "other_adjustment": translate("PayoutWords", "Adjustments"),
        "payout_reversal": translate("PayoutWords", "Returned payouts"),
        "risk_reserved_funds": translate("PayoutWords", "Reserve"),
        "topup": translate("PayoutWords", "Top-ups"),
    }.get(code, code.replace("_", " "))


def one_of(code: str) -> str:
    """A single transaction of a category."""
    return {
        "charge": translate("PayoutWords", "Payment"),
        "refund": translate("PayoutWords", "Refund"),
        "refund_failure": translate("PayoutWords", "Refund that failed"),
        "dispute": translate("PayoutWords", "Dispute"),
        "dispute_reversal": translate("PayoutWords", "Dispute that was won"),
        "fee": translate("PayoutWords", "Fee of Stripe"),
    }.get(code) or category(code)
