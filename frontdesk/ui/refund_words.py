"""How refunds and voids are put into words: what the button does and what follows from it (S2, S5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from frontdesk.services.views.refunds import RefundLine, RefundPart
from frontdesk.ui import client_words, money_words, sale_words

if TYPE_CHECKING:
    from frontdesk.ui.formats import Formats

# Linguist knows calls of this name.
translate = QCoreApplication.translate


def button(formats: Formats, amount: int, credits: int) -> str:
    """What the red button says: "Refund 54.00 USD and void 8 credits"."""
    money, told = formats.money(amount), client_words.credits(formats, credits)
    if amount and credits:
        return translate("RefundWords", "Refund {amount} and void {credits}").format(
            amount=money, credits=told
        )
    if credits:
        return translate("RefundWords", "Void {credits}").format(credits=told)
    return translate("RefundWords", "Refund {amount}").format(amount=money)


def consequence(
    formats: Formats, line: RefundLine, parts: Iterable[RefundPart], credits: int, instead: str = ""
) -> str:
    """What happens, in sentences."""
    listed = list(parts)
    told = []
    money = sale_words.parts(formats, [(instead or one.tender, one.amount.amount) for one in listed])
    if money:
        told.append(translate("RefundWords", "Back to the client: {money}.").format(money=money))
    if any((instead or one.tender) == "bank_transfer" for one in listed):
        told.append(translate("RefundWords", "The transfer waits until you mark it as paid out."))
    told.append(voided(formats, credits, line.most_credits - credits))
    if line.left_elsewhere and credits > line.left:
        told.append(_elsewhere(formats, line))
    held = sum(lot.held for lot in line.lots)
    if held and credits:
        words = translate("RefundWords", "Set aside at the moment: {credits}.")
        told.append(words.format(credits=client_words.credits(formats, held)))
    if line.used:
        told.append(stays_used(formats, line.used))
    return " ".join(told)


def voided(formats: Formats, credits: int, left: int) -> str:
    """ "Voided: 8 credits, none stay." """
    gone = client_words.credits(formats, credits)
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
