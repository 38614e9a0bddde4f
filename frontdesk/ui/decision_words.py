"""How the tasks of "needs a decision" are put into words: what happened, and what each button does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from frontdesk.services.views.refunds import DecisionRow, OtherCard, UsedCredits
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
#: By kind; with ":0" where there are no credits to tell of.
_STORIES: Final[dict[str, Any]] = {
    "refund_failed": QT_TRANSLATE_NOOP(
        "Decisions",
        "{amount} by {tender} did not reach {client}. The money counts as received again, and {credits} came "
        "back. {client} still waits for the money.",
    ),
    "refund_failed:0": QT_TRANSLATE_NOOP(
        "Decisions",
        "{amount} by {tender} did not reach {client}. The money counts as received again, and {client} still "
        "waits for it.",
    ),
    "refund_held": QT_TRANSLATE_NOOP(
        "Decisions",
        "A refund of {amount} to {client} waited more than 15 minutes for the network. Nothing was sent, and "
        "nothing is without your word, in case the money went back another way meanwhile.",
    ),
    "refund_exceeds": QT_TRANSLATE_NOOP(
        "Decisions",
        "Stripe refunded {amount} to {client}, but only {stored} of that payment were left here. The books "
        "hold {stored}, and the rest is told by this task alone. Look at the payment in Stripe first.",
    ),
    "dashboard_refund": QT_TRANSLATE_NOOP(
        "Decisions",
        "{amount} went back to {client} by a refund in Stripe's dashboard. By the rules, this costs them "
        "{credits}: set aside until you decide.",
    ),
    "dashboard_refund:0": QT_TRANSLATE_NOOP(
        "Decisions",
        "{amount} went back to {client} by a refund in Stripe's dashboard. None of the sale's credits are "
        "left for it: they were used, or are another refund's.",
    ),
    "dispute_opened": QT_TRANSLATE_NOOP(
        "Decisions",
        "{client} or the bank disputes a payment of {amount}. Set aside meanwhile: {credits}. Without an "
        "answer the bank takes the money back.",
    ),
    "dispute_opened:0": QT_TRANSLATE_NOOP(
        "Decisions",
        "{client} or the bank disputes a payment of {amount}, of which no credits are left. Without an "
        "answer the bank takes the money back.",
    ),
    "dispute_lost:0": QT_TRANSLATE_NOOP(
        "Decisions",
        "The dispute of {amount} by {client} is lost: the bank took the money back. None of its "
        "credits were left to be voided.",
    ),
    "dispute_lost": QT_TRANSLATE_NOOP(
        "Decisions",
        "The dispute of {amount} by {client} is lost: the bank took the money back. Voided for it, of what "
        "was unused: {credits}.",
    ),
    "paid_late": QT_TRANSLATE_NOOP(
        "Decisions",
        "{client} paid {amount} after the sale was cancelled or had lapsed. It is a sale now, with "
        "{credits}. If they paid another way meanwhile, one of the two has to go back.",
    ),
    "paid_twice": QT_TRANSLATE_NOOP(
        "Decisions",
        "{client} paid {amount} for what was paid already. Stripe has the money, so it is a sale of its own, "
        "with {credits}: set aside until you decide.",
    ),
    "limit_broken": QT_TRANSLATE_NOOP(
        "Decisions",
        "{client} bought for {amount} what nobody may buy that often. The sale is made, with {credits}.",
    ),
    "client_gone": QT_TRANSLATE_NOOP(
        "Decisions",
        "{client} was archived before {amount} were paid. The sale is made, with {credits}.",
    ),
    "client_unsure": QT_TRANSLATE_NOOP(
        "Decisions",
        "{client} bought online for {amount}, with an e-mail address that several cards have. So the sale "
        "is on a new card of that name, with {credits}.",
    ),
}
#: What each button does, by kind and act or by act alone: its words, and what follows.
_ACTS: Final[dict[tuple[str, str], tuple[Any, Any]]] = {
    ("refund_failed", "refund"): (
        QT_TRANSLATE_NOOP("Decisions", "Pay back {amount} another way…"),
        QT_TRANSLATE_NOOP("Decisions", "Opens the refund, in cash or by bank transfer. It closes the task."),
    ),
    ("", "refund"): (
        QT_TRANSLATE_NOOP("Decisions", "Refund {amount}…"),
        QT_TRANSLATE_NOOP(
            "Decisions", "Opens the refund with its money and its credits. It closes the task."
        ),
    ),
    ("", "send"): (
        QT_TRANSLATE_NOOP("Decisions", "Refund {amount} at Stripe"),
        QT_TRANSLATE_NOOP("Decisions", "The money goes back as soon as Stripe is reached."),
    ),
    ("", "take_back"): (
        QT_TRANSLATE_NOOP("Decisions", "Do not refund"),
        QT_TRANSLATE_NOOP(
            "Decisions", "No money moves. The credits that were set aside for it can be used again."
        ),
    ),
    ("refund_exceeds", "stripe"): (
        QT_TRANSLATE_NOOP("Decisions", "Look at the payment in Stripe"),
        QT_TRANSLATE_NOOP("Decisions", "Opens Stripe's dashboard. The task stays open."),
    ),
    ("dispute_opened", "stripe"): (
        QT_TRANSLATE_NOOP("Decisions", "Answer the dispute in Stripe"),
        QT_TRANSLATE_NOOP(
            "Decisions",
            "Opens Stripe's dashboard. The task closes by itself once the bank has decided: won, the credits "
            "are free again; lost, what is unused of them is voided, and a task tells you so.",
        ),
    ),
    ("dispute_lost", "stripe"): (
        QT_TRANSLATE_NOOP("Decisions", "Look at the dispute in Stripe"),
        QT_TRANSLATE_NOOP("Decisions", "Opens Stripe's dashboard. The task stays open."),
    ),
    ("paid_twice", "stripe"): (
        QT_TRANSLATE_NOOP("Decisions", "Look at the payment in Stripe"),
        QT_TRANSLATE_NOOP("Decisions", "Opens Stripe's dashboard. The task stays open."),
    ),
    ("", "merge"): (
        QT_TRANSLATE_NOOP("Decisions", "Merge with {other}…"),
        QT_TRANSLATE_NOOP(
            "Decisions",
            "On the list since {day}. Shows both cards first, and can be undone.",
        ),
    ),
    ("", "card_kept"): (
        QT_TRANSLATE_NOOP("Decisions", "Keep the new card"),
        QT_TRANSLATE_NOOP("Decisions", "It is somebody else with the same address. Nothing changes."),
    ),
    ("refund_failed", "credits_kept"): (
        QT_TRANSLATE_NOOP("Decisions", "Let the client keep {credits}"),
        QT_TRANSLATE_NOOP("Decisions", "Instead of the money, which stays with the studio. Nothing changes."),
    ),
    ("refund_failed:0", "credits_kept"): (
        QT_TRANSLATE_NOOP("Decisions", "Let the studio keep {amount}"),
        QT_TRANSLATE_NOOP("Decisions", "The client has agreed to that. Nothing changes."),
    ),
    ("refund_failed", "settled_outside"): (
        QT_TRANSLATE_NOOP("Decisions", "Close: settled outside Frontdesk"),
        QT_TRANSLATE_NOOP("Decisions", "In the books, the money stays received and the credits usable."),
    ),
    ("", "given_back"): (
        QT_TRANSLATE_NOOP("Decisions", "Refund {amount} at Stripe"),
        QT_TRANSLATE_NOOP(
            "Decisions", "It goes back to who paid it, as soon as Stripe is reached. Its credits go."
        ),
    ),
    ("", "kept_as_sale"): (
        QT_TRANSLATE_NOOP("Decisions", "Keep it as a sale"),
        QT_TRANSLATE_NOOP(
            "Decisions", "The studio keeps {amount}, and the client can use {credits} more at once."
        ),
    ),
    ("", "void_credits"): (
        QT_TRANSLATE_NOOP("Decisions", "Void {credits}"),
        QT_TRANSLATE_NOOP("Decisions", "They are gone for good, as with a refund made here."),
    ),
    ("", "keep_credits"): (
        QT_TRANSLATE_NOOP("Decisions", "Let the client keep {credits}"),
        QT_TRANSLATE_NOOP("Decisions", "They can be used again at once, although the money went back."),
    ),
    ("dashboard_refund:0", "void_credits"): (
        QT_TRANSLATE_NOOP("Decisions", "Close the task"),
        QT_TRANSLATE_NOOP("Decisions", "Should the other refund fail, its share of the credits is voided."),
    ),
    ("dashboard_refund:0", "keep_credits"): (
        QT_TRANSLATE_NOOP("Decisions", "Ask for no credits"),
        QT_TRANSLATE_NOOP("Decisions", "Should the other refund fail, the client keeps the credits."),
    ),
    ("refund_exceeds", "noted"): (
        QT_TRANSLATE_NOOP("Decisions", "Leave the books as they are"),
        QT_TRANSLATE_NOOP("Decisions", "Closes the task. The books go on holding {stored} of it."),
    ),
    ("dispute_lost", "noted"): (
        QT_TRANSLATE_NOOP("Decisions", "Close the task"),
        QT_TRANSLATE_NOOP("Decisions", "You have seen it. Money and credits stay as they are told above."),
    ),
    ("", "sale_kept"): (
        QT_TRANSLATE_NOOP("Decisions", "Keep the sale"),
        QT_TRANSLATE_NOOP("Decisions", "The studio keeps {amount}, the client {credits}. Nothing changes."),
    ),
    ("", "money_returned"): (
        QT_TRANSLATE_NOOP("Decisions", "Close: {amount} went back"),
        QT_TRANSLATE_NOOP(
            "Decisions", "You have paid it back another way already. Nothing changes in the books."
        ),
    ),
}
#: By kind, the acts in their order: the first is what is suggested. A merge has its place by the names.
_ORDER: Final[dict[str, tuple[str, ...]]] = {
    "refund_failed": ("refund", "credits_kept", "settled_outside"),
    "refund_held": ("send", "take_back"),
    "refund_exceeds": ("noted", "stripe"),
    "dashboard_refund": ("void_credits", "keep_credits"),
    "dispute_opened": ("stripe",),
    "dispute_lost": ("noted", "stripe"),
    "paid_late": ("sale_kept", "refund", "money_returned"),
    "paid_twice": ("given_back", "kept_as_sale", "stripe"),
    "limit_broken": ("sale_kept", "refund", "money_returned"),
    "client_gone": ("sale_kept", "refund", "money_returned"),
    "client_unsure": ("card_kept",),
}
#: What was done, for the toast.
_DONE: Final[dict[str, Any]] = {
    "card_kept": QT_TRANSLATE_NOOP("Decisions", "The new card of {client} stays"),
    "credits_kept": QT_TRANSLATE_NOOP("Decisions", "The studio keeps {amount} of {client}"),
    "settled_outside": QT_TRANSLATE_NOOP("Decisions", "Closed: {client} is settled outside Frontdesk"),
    "void_credits": QT_TRANSLATE_NOOP("Decisions", "Voided: {credits} of {client}"),
    "keep_credits": QT_TRANSLATE_NOOP("Decisions", "{client} keeps {credits}"),
    "noted": QT_TRANSLATE_NOOP("Decisions", "The task of {client} is closed"),
    "sale_kept": QT_TRANSLATE_NOOP("Decisions", "The sale to {client} stays"),
    "money_returned": QT_TRANSLATE_NOOP("Decisions", "Closed: {amount} went back to {client}"),
    "send": QT_TRANSLATE_NOOP("Decisions", "{amount} go back to {client} as soon as Stripe is reached"),
    "given_back": QT_TRANSLATE_NOOP("Decisions", "{amount} go back to {client} as soon as Stripe is reached"),
    "kept_as_sale": QT_TRANSLATE_NOOP("Decisions", "{client} can use {credits} more"),
    "take_back": QT_TRANSLATE_NOOP(
        "Decisions", "{amount} are not refunded, and the credits are usable again"
    ),
}
_FINAL: Final = frozenset({"void_credits", "keep_credits", "given_back", "kept_as_sale", "send", "take_back"})
_NAME_LETTERS: Final = 28
#: Which acts take something away for good.
_TAKES_AWAY: Final = frozenset({"void_credits"})
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
    """What happened, to whom, and how things stand."""
    words = (not row.credits and _STORIES.get(f"{row.kind}:0")) or _STORIES.get(row.kind, "")
    return translate("Decisions", words).format_map(_told(formats, row))


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


@dataclass(frozen=True, slots=True)
class Act:
    """A way to settle a task: an outcome, or refund, send, take_back, stripe, merge; ``text`` is its button.

    ``means`` is what follows, in a sentence. ``other`` is whom to merge with.
    """

    code: str
    text: str
    means: str
    other: int = 0
    takes_away: bool = False


def asks_how_many(row: DecisionRow) -> bool:
    """Whether a person may choose how many of the credits that are set aside are voided (S7)."""
    return "void_credits" in row.outcomes and row.credits > 1


def void_some(formats: Formats, row: DecisionRow, credits: int | None) -> tuple[str, str]:
    """The words of the button that voids so many of a task's credits, and what follows; None: unreadable."""
    if credits is None:
        return translate("Decisions", "Void credits"), ""
    if credits == row.credits:
        text, means = _words(row, "void_credits")
    elif credits:
        text = translate("Decisions", "Void {credits}")
        means = translate("Decisions", "They are gone for good. The client keeps {rest}, usable at once.")
    else:
        text = translate("Decisions", "Void none")
        means = translate(
            "Decisions", "The client keeps {rest}, usable at once, although the money went back."
        )
    told = {
        "credits": client_words.credits(formats, credits),
        "rest": client_words.credits(formats, row.credits - credits),
    }
    return text.format_map(told), means.format_map(told)


def acts(formats: Formats, row: DecisionRow) -> tuple[Act, ...]:
    """All ways to settle a task; the first is what the rules suggest, or what most will do."""
    possible = {
        *row.outcomes,
        *(("refund",) if row.can_be_refunded and row.sale_id is not None else ()),
        *(("send", "take_back") if row.outbox_id is not None else ()),
        *(("stripe",) if row.stripe_page else ()),
    }
    told = _told(formats, row)
    found: list[Act] = []
    for code in _ORDER.get(row.kind, row.outcomes):
        if code in possible:
            text, means = _words(row, code)
            takes_away = code in _TAKES_AWAY and row.credits > 0
            found.append(Act(code, text.format_map(told), means.format_map(told), takes_away=takes_away))
    merges = [(_is_called(card, row.client), _merge(formats, row, card)) for card in row.others]
    # A card of another name is more likely somebody else, at the same address.
    return (*(act for same, act in merges if same), *found, *(act for same, act in merges if not same))


def done(formats: Formats, row: DecisionRow, code: str, credits: int | None = None) -> str:
    """What an act did, for the toast; `credits` is how many were voided, if not all."""
    if row.kind == "dashboard_refund" and not row.credits:
        code = "noted"
    told = _told(formats, row)
    if credits:
        told["credits"] = client_words.credits(formats, credits)
    elif credits == 0:
        code = "keep_credits"
    return translate("Decisions", _DONE[code]).format_map(told)


def can_be_undone(code: str) -> bool:
    """Whether the task can be opened again after this act: it changed nothing else in the books."""
    return code not in _FINAL


def _merge(formats: Formats, row: DecisionRow, card: OtherCard) -> Act:
    text, means = _words(row, "merge")
    since = formats.date(formats.local_day(card.created_at))
    return Act("merge", text.format(other=_short(card.name)), means.format(day=since), other=card.client_id)


def _is_called(card: OtherCard, name: str) -> bool:
    return sorted(card.name.casefold().split()) == sorted(name.casefold().split())


def _words(row: DecisionRow, code: str) -> tuple[str, str]:
    bare = _ACTS.get((f"{row.kind}:0", code)) if not row.credits else None
    text, means = bare or _ACTS.get((row.kind, code)) or _ACTS["", code]
    return translate("Decisions", text), translate("Decisions", means)


def _told(formats: Formats, row: DecisionRow) -> dict[str, str]:
    return {
        "amount": formats.money(row.amount),
        "tender": money_words.tender(row.tender),
        "client": row.client,
        "credits": client_words.credits(formats, row.credits),
        "stored": formats.money(row.stored or 0),
    }


def _short(name: str) -> str:
    """A name as a button can hold it, before the dots that say that it asks first."""
    return name if len(name) <= _NAME_LETTERS else name[:_NAME_LETTERS].rstrip()


def reason(stripe_code: str) -> str:
    """Stripe's code for why money did not move, or why somebody wants it back, in words."""
    known = _REASONS.get(stripe_code)
    return translate("Decisions", known) if known else stripe_code.replace("_", " ")
