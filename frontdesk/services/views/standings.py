"""Where money stands, in one word: the same of a payment, its sale, a refund and in the history (S6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from frontdesk.services.drafts.sales import STRIPE_TENDERS

#: What a refund is until its money has gone: Stripe has yet to accept it, or to send it, or somebody has to.
UNDER_WAY: Final = ("refund_requested", "refund_pending", "to_be_paid_out")
#: What counts against what was received.
LIVE: Final = (*UNDER_WAY, "refunded")
#: Of several parts, the first of these says how a refund stands: one that failed only where all did.
_ORDER: Final = (*LIVE, "refund_failed", "refund_cancelled")
_ENDED: Final = {"succeeded": "refunded", "failed": "refund_failed", "cancelled": "refund_cancelled"}
#: How far the request for a refund by Stripe has come: without an answer nobody knows (Y4).
_NOT_KNOWN: Final = {"sending": "refund_unclear", "unknown": "refund_unclear", "held": "refund_held"}


@dataclass(frozen=True, slots=True)
class Back:
    """Money on its way back: minor units (not negative), and whether all of the sale was taken back by it."""

    status: str
    tender: str
    amount: int
    void: bool = False


def standing_of_part(status: str, tender: str, sync: str = "") -> str:
    """One of ``UNDER_WAY``, refunded, refund_failed, refund_cancelled, refund_unclear or refund_held.

    ``sync`` is the state of what has to be sent to Stripe, as far as that is known.
    """
    if status == "requested":
        return _NOT_KNOWN.get(sync, "refund_requested")
    if status == "pending":
        return "refund_pending" if tender in STRIPE_TENDERS else "to_be_paid_out"
    return _ENDED[status]


def standing_of_refund(parts: Iterable[Back]) -> str:
    """The same for a refund as a whole, which is only done when all of it is."""
    found = {standing_of_part(one.status, one.tender) for one in parts}
    return next(one for one in _ORDER if one in found)


def with_lost(standing: str, *, lost: bool) -> str:
    """The same of money of which a dispute took some for good: dispute_lost, unless a refund of the rest is
    under way or has gone (S8).
    """
    return "dispute_lost" if lost and standing in ("paid", "partly_refunded") else standing


def standing_of_money(received: int, backs: Iterable[Back]) -> str:
    """Of a payment, or of all that was paid for a sale: paid, voided, refunded, partly_refunded, or, while a
    refund of it is under way, how that one stands. ``received`` in minor units.
    """
    live = [one for one in backs if standing_of_part(one.status, one.tender) in LIVE]
    if not live:
        return "paid"
    standing = standing_of_refund(live)
    if standing in UNDER_WAY:
        return standing
    if any(one.void for one in live):
        return "voided"
    amount = sum(one.amount for one in live)
    if not amount:
        return "paid"
    return "refunded" if amount >= received else "partly_refunded"
