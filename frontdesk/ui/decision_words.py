"""How the tasks of "needs a decision" are put into words: what happened, and what each way out means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from frontdesk.services.views.refunds import DecisionRow, UsedCredits
from frontdesk.ui import client_words, money_words
from frontdesk.ui.tokens import Tone

if TYPE_CHECKING:
    from frontdesk.ui.formats import Formats

# Linguist knows calls of this name.
translate = QCoreApplication.translate

_TITLES: Final[dict[str, Any]] = {
    "refund_failed": QT_TRANSLATE_NOOP("Decisions", "Refund failed"),
    "refund_held": QT_TRANSLATE_NOOP("Decisions", "Refund not sent"),
    "refund_exceeds": QT_TRANSLATE_NOOP("Decisions", "Refunded too much"),
    "dashboard_refund": QT_TRANSLATE_NOOP("Decisions", "Refund in Stripe"),
    "dispute_opened": QT_TRANSLATE_NOOP("Decisions", "Disputed"),
    "dispute_lost": QT_TRANSLATE_NOOP("Decisions", "Dispute lost"),
    "paid_late": QT_TRANSLATE_NOOP("Decisions", "Paid late"),
    "paid_twice": QT_TRANSLATE_NOOP("Decisions", "Paid twice"),
    "limit_broken": QT_TRANSLATE_NOOP("Decisions", "Beyond the limit"),
    "client_gone": QT_TRANSLATE_NOOP("Decisions", "Archived client"),
    "client_unsure": QT_TRANSLATE_NOOP("Decisions", "Whose purchase?"),
}
_STORIES: Final[dict[str, Any]] = {
    "refund_failed": QT_TRANSLATE_NOOP(
        "Decisions",
        "{amount} by {tender} did not reach {client}. The money counts as received again, and {credits} came "
        "back. Pay the client another way, or agree on something else and close the task.",
    ),
    "refund_held": QT_TRANSLATE_NOOP(
        "Decisions",
        "This refund waited more than 15 minutes for the network, so it was not sent. Send it now, or take "
        "it back: then its credits are {client}'s again.",
    ),
    "refund_exceeds": QT_TRANSLATE_NOOP(
        "Decisions",
        "Stripe refunded {amount} to {client}, but only {stored} of that payment were left here. The books "
        "hold as much as they can. Look at the payment in Stripe's dashboard, then close the task.",
    ),
    "dashboard_refund": QT_TRANSLATE_NOOP(
        "Decisions",
        "{amount} went back to {client} by a refund in Stripe's dashboard. By the rules, this costs them "
        "{credits}: set aside until you decide.",
    ),
    "dispute_opened": QT_TRANSLATE_NOOP(
        "Decisions",
        "{client} or the bank disputes a payment of {amount}. Set aside meanwhile: {credits}. Answer in "
        "Stripe's dashboard; this task closes by itself when the bank has decided.",
    ),
    "dispute_lost": QT_TRANSLATE_NOOP(
        "Decisions",
        "The dispute of {amount} by {client} is lost: the bank took the money back. Voided for it, of what "
        "was unused: {credits}.",
    ),
    "paid_late": QT_TRANSLATE_NOOP(
        "Decisions",
        "{client} paid {amount} after the sale was cancelled or had lapsed. It is a sale now, with "
        "{credits}. Keep it, or refund it.",
    ),
    "paid_twice": QT_TRANSLATE_NOOP(
        "Decisions",
        "{client} paid {amount} a second time for the same sale. Credits were given once. Refund the second "
        "payment in Stripe's dashboard, then close the task.",
    ),
    "limit_broken": QT_TRANSLATE_NOOP(
        "Decisions",
        "{client} bought for {amount} what nobody may buy that often. The credits are there: {credits}. Keep "
        "the sale, or refund it.",
    ),
    "client_gone": QT_TRANSLATE_NOOP(
        "Decisions",
        "{client} was archived before {amount} were paid. The sale is made, with {credits}. Keep it, or "
        "refund it.",
    ),
    "client_unsure": QT_TRANSLATE_NOOP(
        "Decisions",
        "{client} bought online for {amount}, and several cards have that e-mail address. The sale is on a "
        "new card, with {credits}. Merge it with the right one, or keep it.",
    ),
}
_OUTCOMES: Final[dict[str, Any]] = {
    "card_kept": QT_TRANSLATE_NOOP("Decisions", "The new card stays"),
    "cards_merged": QT_TRANSLATE_NOOP("Decisions", "The cards are merged"),
    "credits_kept": QT_TRANSLATE_NOOP("Decisions", "The client keeps the credits instead"),
    "settled_outside": QT_TRANSLATE_NOOP("Decisions", "Settled outside this program"),
    "void_credits": QT_TRANSLATE_NOOP("Decisions", "Void the credits that are set aside"),
    "keep_credits": QT_TRANSLATE_NOOP("Decisions", "The client keeps the credits"),
    "noted": QT_TRANSLATE_NOOP("Decisions", "I have taken note of it"),
    "sale_kept": QT_TRANSLATE_NOOP("Decisions", "Keep the sale"),
    "money_returned": QT_TRANSLATE_NOOP("Decisions", "The money went back"),
}
_ACTS: Final[dict[str, Any]] = {
    "credits_kept": QT_TRANSLATE_NOOP("Decisions", "Leave the credits to the client"),
    "settled_outside": QT_TRANSLATE_NOOP("Decisions", "Close: settled outside"),
    "keep_credits": QT_TRANSLATE_NOOP("Decisions", "Keep the credits"),
    "noted": QT_TRANSLATE_NOOP("Decisions", "Noted: close the task"),
    "sale_kept": QT_TRANSLATE_NOOP("Decisions", "Keep the sale"),
    "money_returned": QT_TRANSLATE_NOOP("Decisions", "Close: the money went back"),
    "": QT_TRANSLATE_NOOP("Decisions", "Close the task"),
}
_MEANINGS: Final[dict[str, Any]] = {
    "credits_kept": QT_TRANSLATE_NOOP("Decisions", "The studio keeps the money; the credits stay usable."),
    "settled_outside": QT_TRANSLATE_NOOP(
        "Decisions", "Nothing changes in the books. The money counts as received."
    ),
    "void_credits": QT_TRANSLATE_NOOP("Decisions", "They are gone, as with a refund from here."),
    "keep_credits": QT_TRANSLATE_NOOP("Decisions", "They are usable again at once."),
    "noted": QT_TRANSLATE_NOOP("Decisions", "Nothing changes in the books."),
    "sale_kept": QT_TRANSLATE_NOOP("Decisions", "Nothing changes; the credits stay usable."),
    "money_returned": QT_TRANSLATE_NOOP(
        "Decisions", "You refunded it. A refund from here closes the task by itself."
    ),
}
_REASONS: Final[dict[str, Any]] = {
    "charge_disputed": QT_TRANSLATE_NOOP("Decisions", "the payment is disputed"),
    "charge_already_refunded": QT_TRANSLATE_NOOP("Decisions", "it was refunded already"),
    "balance_insufficient": QT_TRANSLATE_NOOP("Decisions", "the Stripe balance is too low"),
    "insufficient_funds": QT_TRANSLATE_NOOP("Decisions", "the Stripe balance is too low"),
    "charge_for_pending_refund_disputed": QT_TRANSLATE_NOOP("Decisions", "the payment is disputed"),
    "declined": QT_TRANSLATE_NOOP("Decisions", "the bank declined it"),
    "expired_or_canceled_card": QT_TRANSLATE_NOOP("Decisions", "the card has expired or was cancelled"),
    "lost_or_stolen_card": QT_TRANSLATE_NOOP("Decisions", "the card was lost or stolen"),
    "merchant_request": QT_TRANSLATE_NOOP("Decisions", "it was called off at Stripe"),
    "cancelled": QT_TRANSLATE_NOOP("Decisions", "it was called off"),
    "failed": QT_TRANSLATE_NOOP("Decisions", "the bank sent it back"),
    "fraudulent": QT_TRANSLATE_NOOP("Decisions", "the cardholder says they did not pay"),
    "duplicate": QT_TRANSLATE_NOOP("Decisions", "paid twice"),
    "product_not_received": QT_TRANSLATE_NOOP("Decisions", "nothing received for it"),
    "product_unacceptable": QT_TRANSLATE_NOOP("Decisions", "not as described"),
    "credit_not_processed": QT_TRANSLATE_NOOP("Decisions", "a promised refund is missing"),
    "subscription_canceled": QT_TRANSLATE_NOOP("Decisions", "cancelled before"),
    "unrecognized": QT_TRANSLATE_NOOP("Decisions", "the cardholder does not recognise it"),
    "general": QT_TRANSLATE_NOOP("Decisions", "no reason given"),
}


def title(row: DecisionRow) -> str:
    """A task's kind in two words."""
    return translate("Decisions", _TITLES.get(row.kind, row.kind))


def tone(row: DecisionRow) -> Tone:
    """What its chip looks like."""
    return Tone.DANGER if row.kind in ("dispute_lost", "refund_exceeds") else Tone.WARNING


def story(formats: Formats, row: DecisionRow) -> str:
    """What happened, and what can be done."""
    return translate("Decisions", _STORIES.get(row.kind, "")).format(
        amount=formats.money(row.amount),
        tender=money_words.tender(row.tender),
        client=row.client,
        credits=client_words.credits(formats, row.credits),
        stored=formats.money(row.stored or 0),
    )


def facts(formats: Formats, row: DecisionRow) -> list[tuple[str, str]]:
    """The facts beneath the story."""
    told = []
    if row.receipt:
        name = translate("Decisions", "Refund") if row.refund_id else translate("Decisions", "Receipt")
        told.append((name, row.receipt))
    told.append((translate("Decisions", "Since"), formats.instant(row.opened_at)))
    if row.due_at is not None:
        told.append((translate("Decisions", "Answer by"), formats.instant(row.due_at)))
    if row.stripe_code:
        told.append((translate("Decisions", "Reason"), reason(row.stripe_code)))
    if row.said:
        told.append((translate("Decisions", "Stripe says"), row.said))
    if row.kind == "refund_failed":
        told.append((translate("Decisions", "Credits back"), formats.number(row.credits)))
    for place, one in enumerate(row.used):
        told.append(("" if place else translate("Decisions", "Used, and staying so"), used(formats, one)))
    return told


def used(formats: Formats, one: UsedCredits) -> str:
    """What credits were used for: "3 credits on 4 Jan 2027, 18:00 (Yoga), Mira Okafor"."""
    words = translate("Decisions", "{credits} on {day} ({what}), {client}")
    return words.format(
        client=one.client,
        credits=client_words.credits(formats, one.credits),
        day=formats.instant(one.at),
        what=one.class_type or translate("Decisions", "any class"),
    )


def outcome(code: str) -> str:
    """A way to close a task."""
    return translate("Decisions", _OUTCOMES.get(code, code))


def meaning(code: str) -> str:
    """What that way means; nothing where none is chosen."""
    return translate("Decisions", _MEANINGS[code]) if code in _MEANINGS else ""


def act(formats: Formats, row: DecisionRow, code: str) -> str:
    """What the button does that closes a task in this way."""
    if code == "void_credits":
        words = translate("Decisions", "Void {credits}")
        return words.format(credits=client_words.credits(formats, row.credits))
    return translate("Decisions", _ACTS.get(code, "Close the task"))


def reason(stripe_code: str) -> str:
    """Stripe's code for why money did not move, or why somebody wants it back, in words."""
    known = _REASONS.get(stripe_code)
    return translate("Decisions", known) if known else stripe_code.replace("_", " ")
