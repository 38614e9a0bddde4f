"""Payments as the buyer's side moves them: a payment intent succeeds, is declined, or takes days."""

from typing import Any

from tests.stripe_double import shapes
from tests.stripe_double.account import Account
from tests.stripe_double.errors import StripeError
from tests.stripe_double.money import book_charge
from tests.stripe_double.types import Obj

_DELAYED = ("sepa_debit", "us_bank_account", "bacs_debit")


def make_intent(account: Account, amount: int, currency: str, **fields: Any) -> Obj:
    """A new payment intent, told by its event."""
    intent = shapes.payment_intent(account, account.new_id("pi_3"), amount, currency)
    intent.update(fields)
    account.payment_intents.add(intent)
    account.emit("payment_intent.created", intent)
    return intent


def _make_charge(account: Account, intent: Obj, details: Obj, billing: Obj, **fields: Any) -> Obj:
    charge = shapes.charge(account, account.new_id("ch_3"), intent["amount"], intent["currency"])
    charge.update(
        payment_intent=intent["id"],
        customer=intent["customer"],
        description=intent["description"],
        metadata=dict(intent["metadata"]),
        payment_method=account.new_id("pm_1"),
        payment_method_details=details,
        receipt_email=intent["receipt_email"],
        billing_details={**charge["billing_details"], **billing},
    )
    charge.update(fields)
    return account.charges.add(charge)


def details_of(method: str) -> Obj:
    """`payment_method_details` of a method's name."""
    if method == "sepa_debit":
        return shapes.sepa_details()
    if method in ("mastercard", "pm_card_mastercard"):
        return shapes.card_details("4444", "mastercard")
    return shapes.card_details()


def succeed(account: Account, intent_id: str, details: Obj, billing: Obj | None = None) -> Obj:
    """The buyer pays at once; with `capture_method` manual the money is only held. Returns the charge."""
    intent = account.payment_intents.get(intent_id)
    held = intent["capture_method"] == "manual"
    charge = _make_charge(account, intent, details, billing or {})
    if held:
        account.charges.update(charge["id"], captured=False, amount_captured=0)
    account.payment_intents.update(
        intent_id,
        status="requires_capture" if held else "succeeded",
        latest_charge=charge["id"],
        payment_method=charge["payment_method"],
        amount_received=0 if held else intent["amount"],
        amount_capturable=intent["amount"] if held else 0,
        last_payment_error=None,
    )
    if held:
        account.emit("payment_intent.amount_capturable_updated", intent)
        return charge
    _settle(account, charge["id"])
    return account.charges.get(charge["id"])


def _settle(account: Account, charge_id: str) -> None:
    charge = account.charges.get(charge_id)
    book_charge(account, charge)
    account.emit("charge.succeeded", account.charges.get(charge_id))
    account.emit("payment_intent.succeeded", account.payment_intents.get(charge["payment_intent"]))


def begin_delayed(account: Account, intent_id: str, details: Obj, billing: Obj | None = None) -> Obj:
    """The buyer orders a payment that takes days. Returns the pending charge."""
    intent = account.payment_intents.get(intent_id)
    charge = _make_charge(
        account, intent, details, billing or {}, status="pending", paid=False, amount_captured=0
    )
    account.payment_intents.update(
        intent_id,
        status="processing",
        latest_charge=charge["id"],
        payment_method=charge["payment_method"],
    )
    account.emit("charge.pending", charge)
    account.emit("payment_intent.processing", intent)
    return charge


def settle_delayed(account: Account, intent_id: str, ok: bool) -> Obj:
    """The bank answers after days. Returns the charge."""
    intent = account.payment_intents.get(intent_id)
    assert intent["status"] == "processing", f"{intent_id} is {intent['status']}"
    charge_id = intent["latest_charge"]
    if ok:
        account.charges.update(charge_id, status="succeeded", paid=True, amount_captured=intent["amount"])
        account.payment_intents.update(intent_id, status="succeeded", amount_received=intent["amount"])
        _settle(account, charge_id)
        return account.charges.get(charge_id)
    account.charges.update(charge_id, **_failed("debit_not_authorized"))
    _show_failure(account, intent_id, charge_id, "debit_not_authorized")
    return account.charges.get(charge_id)


def _failed(decline: str) -> Obj:
    return {
        "status": "failed",
        "paid": False,
        "captured": False,
        "amount_captured": 0,
        "failure_code": "card_declined",
        "failure_message": "Your card was declined.",
        "outcome": shapes.outcome(decline),
        "receipt_url": None,
    }


def _show_failure(account: Account, intent_id: str, charge_id: str, decline: str) -> None:
    error = {
        "charge": charge_id,
        "code": "card_declined",
        "decline_code": decline,
        "doc_url": "https://stripe.com/docs/error-codes/card-declined",
        "message": "Your card was declined.",
        "type": "card_error",
    }
    intent = account.payment_intents.update(
        intent_id,
        status="requires_payment_method",
        latest_charge=charge_id,
        payment_method=None,
        last_payment_error=error,
    )
    account.emit("charge.failed", account.charges.get(charge_id))
    account.emit("payment_intent.payment_failed", intent)


def decline(account: Account, intent_id: str, details: Obj, code: str, billing: Obj | None = None) -> Obj:
    """The bank says no. Returns the failed charge; the intent may be tried again."""
    intent = account.payment_intents.get(intent_id)
    charge = _make_charge(account, intent, details, billing or {}, **_failed(code))
    _show_failure(account, intent_id, charge["id"], code)
    return charge


def card_error(account: Account, intent_id: str) -> StripeError:
    """The 402 of a payment that was declined while a request waited."""
    intent = account.payment_intents.get(intent_id)
    error = intent["last_payment_error"]
    return StripeError(
        402,
        error["message"],
        type="card_error",
        code=error["code"],
        decline_code=error["decline_code"],
        charge=error["charge"],
        payment_intent=intent,
    )


def is_delayed(method: str) -> bool:
    """Whether a method's money takes days."""
    return method in _DELAYED


def capture(account: Account, intent_id: str, amount: int | None) -> Obj:
    """Takes held money, all or less. Returns the intent."""
    intent = account.payment_intents.get(intent_id)
    taken = intent["amount"] if amount is None else amount
    account.charges.update(
        intent["latest_charge"],
        captured=True,
        amount_captured=taken,
        amount_refunded=intent["amount"] - taken,
    )
    account.payment_intents.update(intent_id, status="succeeded", amount_received=taken, amount_capturable=0)
    _settle(account, intent["latest_charge"])
    account.emit("charge.captured", account.charges.get(intent["latest_charge"]))
    return account.payment_intents.get(intent_id)


def cancel(account: Account, intent_id: str, reason: str | None) -> Obj:
    """Cancels a payment that nobody paid; held money is let go."""
    intent = account.payment_intents.get(intent_id)
    if intent["status"] == "requires_capture":
        charge = account.charges.get(intent["latest_charge"])
        account.charges.update(charge["id"], refunded=True, amount_refunded=charge["amount"])
    account.payment_intents.update(
        intent_id,
        status="canceled",
        canceled_at=account.now(),
        cancellation_reason=reason,
        amount_capturable=0,
    )
    account.emit("payment_intent.canceled", intent)
    return intent


def charge_alone(account: Account, amount: int, currency: str, **fields: Any) -> Obj:
    """A charge without a payment intent, as old programs make them."""
    charge = shapes.charge(account, account.new_id("ch_3"), amount, currency)
    charge.update(fields)
    account.charges.add(charge)
    book_charge(account, charge)
    account.emit("charge.succeeded", charge)
    return charge
