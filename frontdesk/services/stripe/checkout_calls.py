"""What is asked of Stripe for a sale that waits for it: a page to pay on, a payment by card, their ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from frontdesk import messages
from frontdesk.errors import Refused
from frontdesk.models.base import to_micros
from frontdesk.services.pricing import PricedLine
from frontdesk.services.stripe.amounts import to_stripe
from frontdesk.services.stripe.outbox import NewOp
from frontdesk.services.stripe.wire import StripeCall

CREATE_SESSION: Final = "checkout.create"
EXPIRE_SESSION: Final = "checkout.expire"
CREATE_PAYMENT: Final = "reader.payment"
PROCESS_PAYMENT: Final = "reader.process"
CANCEL_ACTION: Final = "reader.cancel_action"
CANCEL_PAYMENT: Final = "reader.cancel_payment"

SESSIONS: Final = "/v1/checkout/sessions"
PAYMENTS: Final = "/v1/payment_intents"
READERS: Final = "/v1/terminal/readers"
#: Stripe takes nothing below 30 minutes by its own clock, which is not this computer's.
OPEN_FOR: Final = timedelta(minutes=31)
#: When the money came in stands on the charge, and for methods that take days on what it brought.
_OF_PAYMENT: Final = "latest_charge.balance_transaction"
#: Where the buyer's browser goes afterwards: a desk has no page of its own.
_AFTERWARDS: Final = "https://stripe.com"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of the buyer: Stripe's customer, else an e-mail; whether Stripe mails its receipt."""

    customer: str = ""
    email: str = ""
    email_receipt: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What Stripe collects of a sale: ``amount`` in minor units of ``total``."""

    uid: str
    checkout_id: int
    amount: int
    total: int
    currency: str
    lines: Sequence[PricedLine]


def create_session(part: Part, asked: Asked, now: datetime) -> NewOp:
    """A page on which the sale can be paid once; open for half an hour."""
    payment: dict[str, Any] = {"metadata": {"sale_uid": part.uid}}
    if asked.email_receipt and asked.email:
        payment["receipt_email"] = asked.email
    params: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": part.uid,
        "metadata": {"sale_uid": part.uid},
        "payment_intent_data": payment,
        "line_items": _line_items(part),
        "expires_at": to_micros(now + OPEN_FOR) // 1_000_000,
        "success_url": _AFTERWARDS,
    }
    if asked.customer:
        params["customer"] = asked.customer
    elif asked.email:
        params["customer_email"] = asked.email
    return NewOp(CREATE_SESSION, SESSIONS, params, checkout_id=part.checkout_id)


def create_session_again(checkout_id: int, params: Mapping[str, Any], without: str) -> NewOp:
    """The same page without what Stripe did not take."""
    left = {name: value for name, value in params.items() if name != without}
    left["metadata"] = {"sale_uid": left["metadata"]["sale_uid"]}
    return NewOp(CREATE_SESSION, SESSIONS, left, checkout_id=checkout_id)


def expire_session(checkout_id: int, session_id: str) -> NewOp:
    """Nobody can pay on the page any more."""
    return NewOp(EXPIRE_SESSION, f"{SESSIONS}/{session_id}/expire", stamped=False, checkout_id=checkout_id)


def create_payment(part: Part, asked: Asked) -> NewOp:
    """A payment by a card that is held to a reader."""
    params: dict[str, Any] = {
        "amount": to_stripe(part.amount, part.currency),
        "currency": part.currency.lower(),
        "payment_method_types": ["card_present"],
        "capture_method": "automatic",
        "description": _named(part.lines),
        "metadata": {"sale_uid": part.uid},
    }
    if asked.customer:
        params["customer"] = asked.customer
    if asked.email_receipt and asked.email:
        params["receipt_email"] = asked.email
    return NewOp(CREATE_PAYMENT, PAYMENTS, params, checkout_id=part.checkout_id)


def process_payment(checkout_id: int, reader_id: str, payment_intent: str) -> NewOp:
    """The reader asks for the card; always for the same payment, however often (S4)."""
    path = f"{READERS}/{reader_id}/process_payment_intent"
    params = {"payment_intent": payment_intent}
    return NewOp(PROCESS_PAYMENT, path, params, stamped=False, checkout_id=checkout_id)


def cancel_action(checkout_id: int, reader_id: str) -> NewOp:
    """The reader asks no longer."""
    path = f"{READERS}/{reader_id}/cancel_action"
    return NewOp(CANCEL_ACTION, path, stamped=False, checkout_id=checkout_id)


def cancel_payment(checkout_id: int, payment_intent: str) -> NewOp:
    """Nobody can pay it any more."""
    path = f"{PAYMENTS}/{payment_intent}/cancel"
    return NewOp(CANCEL_PAYMENT, path, stamped=False, checkout_id=checkout_id)


def look_at_session(session_id: str) -> StripeCall:
    """Its state, with all that its sale needs."""
    return StripeCall("get", f"{SESSIONS}/{session_id}", {"expand": [f"payment_intent.{_OF_PAYMENT}"]})


def look_at_payment(payment_intent: str) -> StripeCall:
    """Its state, with all that its sale needs."""
    return StripeCall("get", f"{PAYMENTS}/{payment_intent}", {"expand": [_OF_PAYMENT]})


def look_at_reader(reader_id: str) -> StripeCall:
    """What the reader is doing."""
    return StripeCall("get", f"{READERS}/{reader_id}")


def _line_items(part: Part) -> list[dict[str, Any]]:
    """What the buyer sees; together it is exactly what Stripe is to collect."""
    if part.amount != part.total:
        template = messages.template("checkout.part_of") or "{names}"
        return [_item(template.format(names=_named(part.lines)), part.amount, part.currency)]
    try:
        return [_item(one.terms.name, one.total, part.currency) for one in part.lines if one.total]
    except Refused:
        # Stripe charges whole tens of some currencies: the sale may be one where its lines are not.
        return [_item(_named(part.lines), part.total, part.currency)]


def _item(name: str, amount: int, currency: str) -> dict[str, Any]:
    price = {
        "currency": currency.lower(),
        "unit_amount": to_stripe(amount, currency),
        "product_data": {"name": name},
    }
    return {"quantity": 1, "price_data": price}


def _named(lines: Sequence[PricedLine]) -> str:
    return ", ".join(dict.fromkeys(one.terms.name for one in lines if one.total))
