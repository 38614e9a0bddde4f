"""Wording for what is asked of Stripe: kinds and states of operations, on screen and on the command line."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "operation.catalogue.create_product": "Put a package on sale online",
    "operation.catalogue.change_product": "Change a package online",
    "operation.catalogue.create_price": "Set a price online",
    "operation.catalogue.change_price": "Change a price online",
    "operation.catalogue.create_link": "Make a payment link",
    "operation.catalogue.change_link": "Change a payment link",
    "operation.checkout.create": "Make a QR code",
    "operation.checkout.expire": "End a QR code",
    "operation.reader.payment": "Open a card payment",
    "operation.reader.process": "Ask for the card on the reader",
    "operation.reader.cancel_action": "Stop the reader",
    "operation.reader.cancel_payment": "Cancel a card payment",
    "operation.reader.place": "Note where readers stand",
    "operation.reader.register": "Register a reader",
    "operation.reader.present": "Hold a test card to the reader",
    "operation.refund.create": "Pay a refund",
    # Where it stands
    "operation_state.new": "It is sent at the next sync.",
    "operation_state.sending": "It is on its way.",
    "operation_state.unknown": "Stripe has not answered, so it is not known whether it was done. Stripe is asked again at the next sync; do nothing twice.",
    "operation_state.waiting": "It is tried again at the next sync.",
    "operation_state.held": "It moves money and waited long for the network, so it is not sent without your word. Send it or take it back in the window, under Payments, Sync.",
}
