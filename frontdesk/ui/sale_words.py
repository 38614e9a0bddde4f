"""How sales are put into words: what a line grants and until when, and what the button takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from frontdesk.services.drafts.sales import STRIPE_TENDERS, PaymentDraft
from frontdesk.ui import client_words, money_words

if TYPE_CHECKING:
    from frontdesk.ui.formats import Formats

# Linguist knows calls of this name.
translate = QCoreApplication.translate

#: By currency: a unit of its notes in minor units, and the notes.
_NOTES = {
    "AUD": (100, (5, 10, 20, 50, 100)),
    "CAD": (100, (5, 10, 20, 50, 100)),
    "CHF": (100, (10, 20, 50, 100, 200)),
    "CZK": (100, (100, 200, 500, 1000, 2000)),
    "DKK": (100, (50, 100, 200, 500)),
    "EUR": (100, (5, 10, 20, 50, 100, 200)),
    "GBP": (100, (5, 10, 20, 50)),
    "JPY": (1, (1000, 5000, 10_000)),
    "NOK": (100, (50, 100, 200, 500)),
    "NZD": (100, (5, 10, 20, 50, 100)),
    "PLN": (100, (10, 20, 50, 100, 200)),
    "SEK": (100, (20, 50, 100, 200, 500)),
    "USD": (100, (1, 5, 10, 20, 50, 100)),
}
_MOST_NOTES = 20


def granted(formats: Formats, credits: int, bonus: int) -> str:
    """What a package gives: "10 + 2 credits", "1 credit" (P3)."""
    if not bonus:
        return client_words.credits(formats, credits)
    return translate("SaleWords", "{plus} credits").format(plus=money_words.package_credits(credits, bonus))


def until(formats: Formats, last_day: date | None, starts_with_first_class: bool = False) -> str:
    """Until when they may be used, shown before paying (C4): "use until 20 Feb 2027"."""
    if last_day is None:
        return translate("SaleWords", "no end date")
    day = formats.date(last_day)
    if starts_with_first_class:
        return translate("SaleWords", "counted from the first class, until {day} at the latest").format(
            day=day
        )
    return translate("SaleWords", "use until {day}").format(day=day)


def take(formats: Formats, payments: Sequence[PaymentDraft]) -> str:
    """What the button says: "Take 90.00 USD cash"."""
    if not payments:
        return translate("SaleWords", "Take payment")
    by_stripe = next((one for one in payments if one.tender in STRIPE_TENDERS), None)
    if by_stripe is not None:
        words = {
            "stripe_checkout": translate("SaleWords", "Show QR code for {amount}"),
            "stripe_reader": translate("SaleWords", "Take {amount} on the card reader"),
        }
        return words[by_stripe.tender].format(amount=formats.money(by_stripe.amount))
    if len(payments) > 1:
        total = sum(one.amount.amount for one in payments)
        parts = translate("SaleWords", "Take {amount} in {count} payments")
        return parts.format(amount=formats.money(total), count=formats.number(len(payments)))
    words = {
        "cash": translate("SaleWords", "Take {amount} cash"),
        "external_card": translate("SaleWords", "Take {amount} by card terminal"),
        "bank_transfer": translate("SaleWords", "Take {amount} by bank transfer"),
    }
    return words[payments[0].tender].format(amount=formats.money(payments[0].amount))


def parts(formats: Formats, tenders: Iterable[tuple[str, int]]) -> str:
    """Money by tender within a sentence: "54.00 USD in cash and 36.00 USD on the card terminal"."""
    words = {
        "cash": translate("SaleWords", "{amount} in cash"),
        "external_card": translate("SaleWords", "{amount} on the card terminal"),
        "bank_transfer": translate("SaleWords", "{amount} by bank transfer"),
        "stripe_checkout": translate("SaleWords", "{amount} by QR code or online link"),
        "stripe_reader": translate("SaleWords", "{amount} on the card reader"),
    }
    told = [
        words.get(tender, "{amount}").format(amount=formats.money(amount))
        for tender, amount in tenders
        if amount
    ]
    return formats.locale.createSeparatedList(told)


def quick_amounts(due: int, currency: str = "") -> tuple[int, ...]:
    """Amounts that a client may hand over in notes for what is due, in minor units, the least first.

    Notes that hardly anybody carries are left out. Of a currency whose notes are not known here, amounts are
    only round.
    """
    if currency in _NOTES:
        unit, notes = _NOTES[currency]
        # Nobody counts out more than so many notes of a kind, if there are larger ones.
        sizes = [unit * note for note in notes if unit * note * _MOST_NOTES >= due or note == notes[-1]]
    else:
        sizes = [step * 10**power for power in range(len(str(due)) + 1) for step in (1, 2, 5)]
        sizes = [size for size in sizes if size * 20 >= due and size <= due * 5]
    found = {-(-due // size) * size for size in sizes}
    return tuple(sorted(one for one in found if one > due)[:3])
