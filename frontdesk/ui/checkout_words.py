"""How a sale that waits for Stripe stands, in words: what the desk, the client or the bank does next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from frontdesk.services.views.checkouts import CheckoutRow, CheckoutView
from frontdesk.ui.tokens import Tone

if TYPE_CHECKING:
    from datetime import datetime

    from frontdesk.ui.formats import Formats

# Linguist knows calls of this name.
translate = QCoreApplication.translate

_BY_READER = "stripe_reader"


def tender(row: CheckoutRow) -> str:
    """What the client pays by, as it is chosen when selling."""
    by_reader = row.tender == _BY_READER
    return translate("CheckoutWords", "Card reader") if by_reader else translate("CheckoutWords", "QR code")


def standing(row: CheckoutRow) -> tuple[str, Tone]:
    """In two words, for a chip."""
    known = {
        "preparing": (translate("CheckoutWords", "Being prepared"), Tone.INFO),
        "unclear": (translate("CheckoutWords", "Unknown, checking"), Tone.WARNING),
        "dark": (translate("CheckoutWords", "No network"), Tone.WARNING),
        "offline": (translate("CheckoutWords", "No network"), Tone.WARNING),
        "refused_now": (translate("CheckoutWords", "Stripe is busy"), Tone.WARNING),
        "ready": (translate("CheckoutWords", "Waiting for the client"), Tone.INFO),
        "sending": (translate("CheckoutWords", "On its way to the reader"), Tone.INFO),
        "on_reader": (translate("CheckoutWords", "Waiting for the card"), Tone.INFO),
        "stopped": (translate("CheckoutWords", "Not paid yet"), Tone.WARNING),
        "under_way": (translate("CheckoutWords", "Waiting for the bank"), Tone.INFO),
        "closing": (translate("CheckoutWords", "Being cancelled"), Tone.INFO),
        "closing_offline": (translate("CheckoutWords", "Not cancelled yet"), Tone.WARNING),
        "closing_unseen": (translate("CheckoutWords", "Being cancelled"), Tone.INFO),
        "paid": (translate("CheckoutWords", "Paid"), Tone.GOOD),
        "cancelled": (translate("CheckoutWords", "Cancelled"), Tone.NEUTRAL),
        "lapsed": (translate("CheckoutWords", "Time ran out"), Tone.NEUTRAL),
        "failed": (translate("CheckoutWords", "Failed"), Tone.DANGER),
    }
    return known.get(row.standing, (row.standing, Tone.NEUTRAL))


def story(row: CheckoutRow, reader: str) -> str:
    """In a sentence: what goes on, and the next step."""
    by_reader = row.tender == _BY_READER
    if by_reader and row.standing == "closing_offline":
        return translate(
            "CheckoutWords",
            "It is cancelled as soon as there is a network. The client may already have paid: look at the "
            "reader before you take money another way.",
        )
    if row.standing == "stopped":
        return stopped(row.word, reader)
    if row.standing == "failed":
        return _failed(row.word)
    told = {
        "preparing": translate("CheckoutWords", "Asking Stripe. This takes a moment."),
        "unclear": translate(
            "CheckoutWords",
            "Stripe has not answered, so it is unknown whether this got through. It is being checked.",
        ),
        "offline": translate(
            "CheckoutWords",
            "No network at this desk. Nobody was shown how to pay yet: it goes on by itself once there is a "
            "network, or cancel the payment and take the money another way.",
        ),
        "dark": translate(
            "CheckoutWords", "No network at this desk: whether it was paid shows once it is back."
        ),
        "refused_now": translate(
            "CheckoutWords", "Stripe cannot take this just now. It is tried again by itself."
        ),
        "ready": translate(
            "CheckoutWords",
            "The client scans the code with their phone and pays there. You need not do anything.",
        ),
        "sending": translate("CheckoutWords", "The payment is on its way to {reader}.").format(reader=reader),
        "on_reader": translate(
            "CheckoutWords", "{reader} asks for the card. The client holds it there."
        ).format(reader=reader),
        "under_way": translate(
            "CheckoutWords",
            "The client chose a way to pay that takes days. The credits come by themselves once their bank "
            "has paid.",
        ),
        "closing": translate(
            "CheckoutWords", "Stripe is being asked to end it. If it was paid in this moment, it is a sale."
        ),
        "closing_offline": translate(
            "CheckoutWords",
            "It is cancelled as soon as there is a network. The client may already have paid: look at their "
            "phone before you take money another way.",
        ),
        "closing_unseen": translate(
            "CheckoutWords",
            "Nobody was shown how to pay it, so the money can be taken another way. At Stripe it is ended by "
            "itself.",
        ),
        "cancelled": translate("CheckoutWords", "Nobody can pay it any more. Nothing was booked."),
        "lapsed": translate(
            "CheckoutWords", "It was not paid in time, and nobody can pay it any more. Nothing was booked."
        ),
    }
    if by_reader and row.standing == "cancelled":
        return translate("CheckoutWords", "The reader asks no longer. Nothing was booked.")
    return told.get(row.standing, "")


def stopped(word: str, reader: str) -> str:
    """Why a reader does not ask for the card any more, and what to do; ``word`` is Stripe's code."""
    told = {
        "terminal_reader_offline": translate(
            "CheckoutWords", "{reader} is offline. See that it is on and has a network, then send it again."
        ),
        "terminal_reader_busy": translate(
            "CheckoutWords",
            "{reader} is busy with another payment. Wait until it is free, then send it again.",
        ),
        "customer_canceled": translate("CheckoutWords", "The client cancelled on {reader}. Send it again?"),
        "insufficient_funds": translate(
            "CheckoutWords", "The card was declined: there is not enough on it. Try another card."
        ),
        "expired_card": translate("CheckoutWords", "The card has expired. Try another card."),
        "incorrect_pin": translate("CheckoutWords", "The PIN was wrong. Send it again."),
    }
    unknown = translate(
        "CheckoutWords", "The card was declined ({code}). Send it again, or try another card."
    )
    return told.get(word, unknown).format(reader=reader, code=word)


def _failed(word: str) -> str:
    return translate(
        "CheckoutWords", "Stripe did not take it ({code}). Nothing was booked. Take the money another way."
    ).format(code=word)


def ended(formats: Formats, view: CheckoutView) -> str:
    """What became of it, for whoever does not look at it; "" where the desk itself ended it."""
    row = view.row
    told = {
        "paid": translate("CheckoutWords", "{client} paid {amount} · receipt {receipt}"),
        "lapsed": translate("CheckoutWords", "{client}: {amount} was not paid in time"),
        "failed": translate("CheckoutWords", "{client}: {amount} could not be paid"),
    }.get(row.standing, "")
    receipt = view.result.receipt if view.result is not None else ""
    return told.format(client=row.client, amount=formats.money(row.amount), receipt=receipt)


def copied(formats: Formats, until: datetime | None) -> str:
    """That the link of a page is on the clipboard, and how long it is good."""
    if until is None:
        return translate("CheckoutWords", "The link is copied")
    return translate("CheckoutWords", "The link is copied, valid until {time}").format(
        time=formats.time(until)
    )


def still_waits(formats: Formats, row: CheckoutRow) -> str:
    """That a client is asked to pay already: "90.00 USD by QR code still waits"."""
    words = translate("CheckoutWords", "{amount} by QR code still waits")
    if row.tender == _BY_READER:
        words = translate("CheckoutWords", "{amount} on the card reader still waits")
    return words.format(amount=formats.money(row.amount))
