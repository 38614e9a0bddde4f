"""Words for the codes that views of credits carry: reasons, states of lots, holds, and why a lot pays or not."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

#: Looks a text up in the reader's language; the ui gives its own.
Translate = Callable[[str], str]

MESSAGES: dict[str, str] = {
    "reason.goodwill": "Goodwill",
    "reason.correction": "Correction",
    "reason.first_visit": "First-visit gift",
    "reason.event": "Event",
    "reason.illness": "Illness or injury",
    "reason.holiday": "Holiday",
    "reason.closure": "Studio closed",
    "reason.client_request": "Client's request",
    "reason.moved_away": "Moved away",
    "reason.studio_cancelled": "Cancelled by the studio",
    "reason.wrong_client": "Wrong client",
    "reason.wrong_package": "Wrong package",
    "reason.wrong_tender": "Wrong way of paying",
    "reason.entered_twice": "Entered twice",
    "reason.loyalty": "Loyalty",
    "reason.promotion": "Promotion",
    "reason.concession": "Concession",
    "reason.staff": "Staff discount",
    "reason.refund_failed": "Refund did not arrive",
    "reason.refund_cancelled": "Refund taken back before it was sent",
    "reason.made_in_stripe": "Refunded in Stripe's dashboard",
    "reason.dispute_opened": "The bank was asked to take the payment back",
    "reason.dispute_won": "Dispute ended in the studio's favour",
    "reason.dispute_lost": "Dispute lost",
    "reason.dispute_lost_in_part": "Dispute of a part of the payment lost",
    "reason.paid_twice": "Stripe was paid for what was paid already",
    "reason.kept_as_sale": "It is a purchase of its own",
    "reason.other": "Other",
    "lot_state.usable": "Usable",
    "lot_state.frozen": "Frozen",
    "lot_state.held": "Set aside",
    "lot_state.not_started": "Not started",
    "lot_state.expired": "Expired",
    "lot_state.used_up": "Used up",
    "lot_state.voided": "Voided",
    "lot_kind.purchased": "Bought",
    "lot_kind.bonus": "Bonus",
    "lot_kind.manual": "Added by hand",
    "lot_kind.imported": "Brought over",
    "lot_kind.transferred": "Transferred",
    "hold.checkout": "paid twice",
    "hold.refund": "refund requested",
    "hold.dispute": "payment disputed",
    "hold.freeze": "frozen",
    "standing.usable": "usable now",
    "standing.frozen": "All credits are frozen.",
    "standing.held": "All credits are set aside.",
    "standing.not_started": "The credits are not usable yet.",
    "standing.expired": "All credits have expired.",
    "standing.used_up": "No credits left.",
    "standing.nothing_yet": "There are no credits yet.",
    "why.picked": "picked by hand",
    "why.expires_first": "expires first",
    "why.narrower": "fits fewer classes",
    "why.complimentary": "free credits go first",
    "why.oldest": "came in first",
    "why.first_recorded": "recorded first",
    "why.last_left": "the rest comes from here",
    "why.only_one": "the only one that fits",
    "why_not.not_eligible": "not for this class type",
    "why_not.not_started": "not started at the class's time",
    "why_not.expired": "expired before the class",
    "why_not.held": "frozen or set aside",
    "why_not.used_up": "used up",
    "why_not.not_there": "not this client's",
}

ENGLISH_REASONS = MappingProxyType(
    {code.removeprefix("reason."): text for code, text in MESSAGES.items() if code.startswith("reason.")}
)


def same(text: str) -> str:
    """English stays as it is: the translation for readers that bring none."""
    return text


def words(kind: str, code: str, translate: Translate = same) -> str:
    """The words for a code of a kind: ("reason", "goodwill") is "Goodwill"; an unknown code is itself."""
    return translate(MESSAGES.get(f"{kind}.{code}", code))
