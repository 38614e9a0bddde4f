"""How refunds and voids are put into words: what the button does and what follows from it (S2, S5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from frontdesk.services.drafts.sales import STRIPE_TENDERS
from frontdesk.services.views.refunds import (
    RefundLine,
    RefundPart,
    RefundPayment,
    RefundResult,
    set_aside_at_first,
)
from frontdesk.ui import client_words, money_words, sale_words

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.formats import Formats
    from frontdesk.ui.sync_board import SyncBoard

# Linguist knows calls of this name.
translate = QCoreApplication.translate


def done(formats: Formats, result: RefundResult) -> str:
    """What was done: refunded, requested of Stripe, or to be paid out by bank transfer."""
    if result.requested is not None:
        words = translate("RefundWords", "{amount} go back as soon as Stripe is reached, {credits} set aside")
        amount, credits = result.requested, result.credits_set_aside
    else:
        words = translate("RefundWords", "{amount} refunded, {credits} voided")
        if result.pending:
            words = translate(
                "RefundWords", "{amount} wait to be paid out by bank transfer, {credits} voided"
            )
        amount, credits = result.amount, result.credits_voided
    return words.format(amount=formats.money(amount), credits=client_words.credits(formats, credits))


def button(formats: Formats, amount: int, credits: int) -> str:
    """What the red button says: "Refund 54.00 USD and void 8 credits"."""
    money, told = formats.money(amount), client_words.credits(formats, credits)
    if amount and credits:
        return translate("RefundWords", "Refund {amount} and void {credits}").format(
            amount=money, credits=told
        )
    if credits:
        return translate("RefundWords", "Void {credits}").format(credits=told)
    if not amount:
        return translate("RefundWords", "Refund")
    return translate("RefundWords", "Refund {amount}").format(amount=money)


def consequence(
    formats: Formats, line: RefundLine, parts: Iterable[RefundPart], credits: int, instead: str = ""
) -> str:
    """What happens, in sentences."""
    listed = [replace(one, tender=instead or one.tender) for one in parts]
    told = money_back(formats, listed)
    if any(one.tender == "bank_transfer" for one in listed):
        told.append(translate("RefundWords", "The transfer waits until you mark it as paid out."))
    told.append(voided(formats, credits, line.most_credits - credits, set_aside_at_first(listed, credits)))
    if line.left_elsewhere and credits > line.left:
        told.append(_elsewhere(formats, line))
    held = sum(lot.held for lot in line.lots)
    if held and credits:
        words = translate("RefundWords", "Frozen or disputed at the moment: {credits}.")
        told.append(words.format(credits=client_words.credits(formats, held)))
    if line.used:
        told.append(stays_used(formats, line.used))
    return " ".join(told)


def money_back(formats: Formats, parts: Iterable[RefundPart]) -> list[str]:
    """By which ways the money goes: what the desk gives, and what Stripe does."""
    listed = list(parts)
    at_the_desk = [(one.tender, one.amount.amount) for one in listed if one.tender not in STRIPE_TENDERS]
    by_stripe = sum(one.amount.amount for one in listed if one.tender in STRIPE_TENDERS)
    told = []
    money = sale_words.parts(formats, at_the_desk)
    if money:
        told.append(translate("RefundWords", "Back to the client: {money}.").format(money=money))
    if by_stripe:
        words = translate("RefundWords", "{amount} go back to the card by Stripe.")
        told.append(words.format(amount=formats.money(by_stripe)))
    return told


def waits_for_network(context: UiContext, parts: Iterable[RefundPart]) -> bool:
    """Whether a part goes back by Stripe while Stripe is not reached."""
    board: SyncBoard | None = context.ask("sync") if "sync" in context.services else None
    offline = board is not None and board.status.online is False
    return offline and any(one.tender in STRIPE_TENDERS for one in parts)


def queued() -> str:
    """That there is no network at the moment."""
    return translate("RefundWords", "Stripe is not reached now; the request waits for it.")


def disputed() -> str:
    """That Stripe will hardly refund a payment that is disputed."""
    return translate(
        "RefundWords", "This payment is disputed: Stripe may refuse to refund it until the bank has decided."
    )


def asked_about() -> str:
    """That a bank asks about a payment of which it has taken nothing yet."""
    return translate(
        "RefundWords",
        "The client's bank asks about this payment. Stripe still refunds it, which can settle the question.",
    )


def money_facts(formats: Formats, line: RefundLine, most: int) -> list[tuple[str, str]]:
    """What became of a line's money, for the dialog: received, each way it went, and what can go back."""
    amount, way = formats.amount, line.under_way.amount
    rows = [
        (
            translate("RefundWords", "Received, {currency}").format(currency=line.received.currency),
            amount(line.received),
        ),
        (translate("RefundWords", "Refunded so far"), amount(line.refunded.amount - way)),
    ]
    if way:
        rows.append((translate("RefundWords", "Requested or on its way"), amount(way)))
    if line.lost.amount:
        rows.append((translate("RefundWords", "Lost by a dispute"), amount(line.lost)))
    return [*rows, (translate("RefundWords", "Can be refunded now"), amount(most))]


def ways(
    formats: Formats, payments: Sequence[RefundPayment], parts: Sequence[RefundPart], instead: str = ""
) -> list[tuple[str, str]]:
    """By which payments the money goes, and how much of each can go back; nothing where there is only one.

    Paid another way (``instead``), only what goes is told.
    """
    by = translate("RefundWords", "by {tender}")
    if instead:
        told = [(by.format(tender=money_words.tender(instead)), formats.amount(one.amount)) for one in parts]
        return told if len(told) > 1 else []
    words = translate("RefundWords", "{amount} of {most}")
    going = {one.payment_id: one.amount.amount for one in parts}
    paid = [one for one in payments if one.received.amount]
    return [
        (
            by.format(tender=money_words.tender(one.tender)),
            words.format(
                amount=formats.amount(going.get(one.payment_id, 0)), most=formats.amount(one.refundable)
            ),
        )
        for one in (paid if len(paid) > 1 else ())
    ]


def undecided(formats: Formats, payments: Iterable[RefundPayment]) -> str:
    """By which payments nothing goes back while the bank has their money."""
    words = translate(
        "RefundWords",
        "{amount} of the payment by Stripe are disputed. The bank has them until it has decided; Stripe "
        "refunds nothing of this payment before.",
    )
    return " ".join(
        words.format(amount=formats.money(one.undecided)) for one in payments if one.undecided.amount
    )


def only_these(formats: Formats, beside: Sequence[int]) -> str:
    """What Stripe can refund instead of what is typed; "" where it can refund that."""
    if not beside:
        return ""
    if len(beside) == 1:
        words = translate("RefundWords", "Stripe cannot refund this fraction. Possible: {below}.")
        return words.format(below=formats.money(beside[0]))
    words = translate("RefundWords", "Stripe cannot refund this fraction. Possible: {below} or {above}.")
    return words.format(below=formats.money(beside[0]), above=formats.money(beside[1]))


def voided(formats: Formats, credits: int, left: int, set_aside: int = 0) -> str:
    """ "Voided: 8 credits, none stay."; of them so many only once Stripe has accepted the refund."""
    gone = client_words.credits(formats, credits)
    if set_aside:
        words = translate("RefundWords", "Set aside now, voided once Stripe has accepted it: {credits}.")
        waiting = words.format(credits=client_words.credits(formats, set_aside))
        if set_aside == credits:
            stay = (
                translate("RefundWords", "{left} stay.") if left else translate("RefundWords", "None stay.")
            )
            return f"{waiting} {stay.format(left=formats.number(left))}"
        return f"{waiting} {voided(formats, credits - set_aside, left)}"
    if not credits:
        words = translate("RefundWords", "No credits are voided, {left} stay.")
        return words.format(left=formats.number(left))
    if not left:
        return translate("RefundWords", "Voided: {credits}, none stay.").format(credits=gone)
    words = translate("RefundWords", "Voided: {credits}, {left} stay.")
    return words.format(credits=gone, left=formats.number(left))


def stays_used(formats: Formats, credits: int) -> str:
    """ "Used already, and staying so: 4 credits." """
    used = client_words.credits(formats, credits)
    return translate("RefundWords", "Used already, and staying so: {credits}.").format(credits=used)


def credit_facts(formats: Formats, line: RefundLine) -> list[tuple[str, str]]:
    """What became of a line's credits, for the dialog: what was bought, each way they went, and the rest."""
    gone = (
        (translate("RefundWords", "Used"), line.used),
        (translate("RefundWords", "Expired"), line.expired),
        (translate("RefundWords", "Taken away by hand"), line.adjusted_out),
        (translate("RefundWords", "Transferred away"), line.transferred),
        (translate("RefundWords", "Voided so far"), line.voided),
        (translate("RefundWords", "Set aside for a refund"), line.set_aside),
    )
    return [
        (translate("RefundWords", "Bought"), money_words.package_credits(line.credits, line.bonus)),
        *((name, formats.number(count)) for at, (name, count) in enumerate(gone) if count or not at),
        (translate("RefundWords", "Left"), formats.number(line.left)),
    ]


def _elsewhere(formats: Formats, line: RefundLine) -> str:
    names = tuple(dict.fromkeys(lot.client for lot in line.lots if lot.transferred and lot.left))
    return translate("RefundWords", "Among them are {credits} that were transferred to {names}.").format(
        credits=client_words.credits(formats, line.left_elsewhere), names=formats.value(names)
    )
