"""Endpoints for payments, refunds, disputes, customers, payouts, events and the account."""

from tests.stripe_double import money, payments, payouts, refunding, shapes_money
from tests.stripe_double.errors import StripeError, invalid
from tests.stripe_double.listing import page
from tests.stripe_double.routing import Call, Page, endpoint
from tests.stripe_double.types import Obj

# --- Account, balance and events -------------------------------------------------------------------


@endpoint("GET", "/v1/account")
def get_account(call: Call) -> Obj:
    return shapes_money.account(call.account)


@endpoint("GET", "/v1/balance")
def get_balance(call: Call) -> Obj:
    return money.balance(call.account)


@endpoint("GET", "/v1/balance_transactions")
def list_balance_transactions(call: Call) -> Page:
    """Filtered by `payout` too, once the payout is an automatic one."""
    among = None
    if "payout" in call.params:
        call.find(call.account.payouts, call.params["payout"], "payout", 400)
        among = payouts.itemised(call.account, call.params["payout"])
    return page(call, call.account.balance_transactions, ("source", "type", "currency"), among=among)


@endpoint("GET", "/v1/balance_transactions/{id}")
def get_balance_transaction(call: Call) -> Obj:
    return call.find(call.account.balance_transactions, call.subject)


@endpoint("GET", "/v1/events")
def list_events(call: Call) -> Page:
    """At most 20 `types`; what is older than 30 days is not there."""
    account, params = call.account, call.params
    types = params.get("types")
    if types is not None and len(types) > 20:
        raise invalid("You can pass at most 20 types.", "types", "parameter_invalid")
    if types is not None and "type" in params:
        raise invalid("You may pass either `type` or `types`.", "types", "parameter_invalid")

    def is_wanted(name: str) -> bool:
        if not account.is_listed(name):
            return False
        seen = account.events.peek(name)["type"]
        return _is_type(seen, params.get("type")) and (types is None or seen in types)

    return page(call, account.events, accepts=is_wanted)


def _is_type(seen: str, wanted: str | None) -> bool:
    if wanted is None or seen == wanted:
        return True
    return wanted.endswith(".*") and seen.startswith(wanted[:-1])


@endpoint("GET", "/v1/events/{id}")
def get_event(call: Call) -> Obj:
    event = call.find(call.account.events, call.subject)
    if not call.account.is_listed(event["id"]):
        raise StripeError(404, f"No such event: '{event['id']}'", code="resource_missing", param="id")
    return event


# --- Payment intents -------------------------------------------------------------------------------

_INTENT_FIELDS = (
    "capture_method",
    "description",
    "payment_method_types",
    "receipt_email",
    "statement_descriptor",
)


@endpoint("GET", "/v1/payment_intents")
def list_intents(call: Call) -> Page:
    return page(call, call.account.payment_intents, ("customer",))


@endpoint("GET", "/v1/payment_intents/{intent}")
def get_intent(call: Call) -> Obj:
    return call.find(call.account.payment_intents, call.subject, "intent")


@endpoint("POST", "/v1/payment_intents")
def create_intent(call: Call) -> Obj:
    """With `confirm` it is paid at once; a payment method that ends in `chargeDeclined` is a 402."""
    account, params = call.account, call.params
    currency = params["currency"].lower()
    money.check_amount(params["amount"], currency)
    fields = call.pick(*_INTENT_FIELDS)
    fields["metadata"] = call.metadata()
    if params.get("automatic_payment_methods"):
        fields["automatic_payment_methods"] = {
            "allow_redirects": "always",
            **params["automatic_payment_methods"],
        }
    if "customer" in params:
        fields["customer"] = call.find(account.customers, params["customer"], "customer", 400)["id"]
    intent = payments.make_intent(account, params["amount"], currency, **fields)
    return _confirm(call, intent) if params.get("confirm") else intent


def _confirm(call: Call, intent: Obj) -> Obj:
    method = call.params.get("payment_method")
    if method is None:
        raise invalid("You cannot confirm this PaymentIntent because it's missing a payment method.")
    if method.endswith("chargeDeclined"):
        payments.decline(call.account, intent["id"], payments.details_of("card"), "generic_decline")
        raise payments.card_error(call.account, intent["id"])
    payments.succeed(call.account, intent["id"], payments.details_of(method))
    return intent


@endpoint("POST", "/v1/payment_intents/{intent}")
def update_intent(call: Call) -> Obj:
    account, params = call.account, call.params
    intent = call.find(account.payment_intents, call.subject, "intent")
    changes = call.pick(*_INTENT_FIELDS)
    if "amount" in params and params["amount"] != intent["amount"]:
        if intent["status"] in ("succeeded", "canceled", "processing", "requires_capture"):
            raise unexpected_state(intent, "updated")
        money.check_amount(params["amount"], intent["currency"])
        changes["amount"] = params["amount"]
    return account.payment_intents.update(intent["id"], **changes, metadata=call.metadata(intent["metadata"]))


def unexpected_state(intent: Obj, verb: str) -> StripeError:
    """The payment is too far gone for that."""
    return invalid(
        f"This PaymentIntent's could not be {verb} because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        payment_intent=intent,
    )


@endpoint("POST", "/v1/payment_intents/{intent}/cancel")
def cancel_intent(call: Call) -> Obj:
    """The payment of an open session cannot be cancelled; the session has to be expired."""
    account = call.account
    intent = call.find(account.payment_intents, call.subject, "intent")
    held = account.sessions.with_value("payment_intent", intent["id"])
    if any(account.sessions.peek(name)["status"] == "open" for name in held):
        raise invalid(
            "You cannot cancel PaymentIntents created by Checkout Sessions. Instead, expire the session.",
            code="payment_intent_unexpected_state",
        )
    if intent["status"] in ("succeeded", "canceled", "processing"):
        raise unexpected_state(intent, "canceled")
    return payments.cancel(account, intent["id"], call.params.get("cancellation_reason"))


@endpoint("POST", "/v1/payment_intents/{intent}/capture")
def capture_intent(call: Call) -> Obj:
    intent = call.find(call.account.payment_intents, call.subject, "intent")
    if intent["status"] != "requires_capture":
        raise unexpected_state(intent, "captured")
    amount = call.params.get("amount_to_capture")
    if amount is not None and amount > intent["amount_capturable"]:
        raise invalid("The amount to capture is more than what is held.", "amount_to_capture")
    return payments.capture(call.account, intent["id"], amount)


# --- Charges ---------------------------------------------------------------------------------------


@endpoint("GET", "/v1/charges")
def list_charges(call: Call) -> Page:
    return page(call, call.account.charges, ("payment_intent", "customer"))


@endpoint("GET", "/v1/charges/{charge}")
def get_charge(call: Call) -> Obj:
    return call.find(call.account.charges, call.subject, "charge")


@endpoint("POST", "/v1/charges")
def create_charge(call: Call) -> Obj:
    """The old way of charging: a source, and no payment intent left behind."""
    account, params = call.account, call.params
    for name in ("amount", "currency"):
        if name not in params:
            raise invalid(f"Missing required param: {name}.", name, "parameter_missing")
    if "source" not in params and "customer" not in params:
        raise invalid("Must provide source or customer.", "source", "parameter_missing")
    money.check_amount(params["amount"], params["currency"].lower())
    return payments.charge_alone(
        account,
        params["amount"],
        params["currency"].lower(),
        metadata=call.metadata(),
        **call.pick("description", "customer", "receipt_email"),
    )


@endpoint("POST", "/v1/charges/{charge}")
def update_charge(call: Call) -> Obj:
    account = call.account
    charge = call.find(account.charges, call.subject, "charge")
    changes = call.pick("description", "receipt_email", "customer", "transfer_group")
    changes["metadata"] = call.metadata(charge["metadata"])
    previous = {name: charge[name] for name, value in changes.items() if charge[name] != value}
    if previous:
        account.charges.update(charge["id"], **changes)
        account.emit("charge.updated", charge, previous)
    return charge


# --- Refunds ---------------------------------------------------------------------------------------


@endpoint("GET", "/v1/refunds")
def list_refunds(call: Call) -> Page:
    return page(call, call.account.refunds, ("payment_intent", "charge"))


@endpoint("GET", "/v1/refunds/{refund}")
def get_refund(call: Call) -> Obj:
    return call.find(call.account.refunds, call.subject, "refund")


@endpoint("POST", "/v1/refunds")
def create_refund(call: Call) -> Obj:
    """Never more than what is left, and not of a charge that is charged back."""
    charge = _charge_to_refund(call)
    amount = refunding.check(call.account, charge, call.params.get("amount"))
    return refunding.refund(
        call.account, charge["id"], amount, metadata=call.metadata(), **call.pick("reason")
    )


def _charge_to_refund(call: Call) -> Obj:
    account, params = call.account, call.params
    if "charge" in params:
        return call.find(account.charges, params["charge"], "charge")
    if "payment_intent" not in params:
        raise invalid(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    intent = call.find(account.payment_intents, params["payment_intent"], "payment_intent")
    try:
        return account.charges.get(refunding.charge_of(account, intent["id"]))
    except KeyError:
        raise refunding.no_charge(intent["id"]) from None


@endpoint("POST", "/v1/refunds/{refund}")
def update_refund(call: Call) -> Obj:
    refund = call.find(call.account.refunds, call.subject, "refund")
    previous = {"metadata": refund["metadata"]}
    call.account.refunds.update(refund["id"], metadata=call.metadata(refund["metadata"]))
    if refund["metadata"] != previous["metadata"]:
        call.account.emit("refund.updated", refund, previous)
    return refund


@endpoint("POST", "/v1/refunds/{refund}/cancel")
def cancel_refund(call: Call) -> Obj:
    refund = call.find(call.account.refunds, call.subject, "refund")
    return refunding.cancel(call.account, refund["id"])


# --- Disputes --------------------------------------------------------------------------------------


@endpoint("GET", "/v1/disputes")
def list_disputes(call: Call) -> Page:
    return page(call, call.account.disputes, ("payment_intent", "charge"))


@endpoint("GET", "/v1/disputes/{dispute}")
def get_dispute(call: Call) -> Obj:
    return call.find(call.account.disputes, call.subject, "dispute")


@endpoint("POST", "/v1/disputes/{dispute}")
def update_dispute(call: Call) -> Obj:
    """Evidence counts once; with `submit` the bank looks at it."""
    account = call.account
    dispute = call.find(account.disputes, call.subject, "dispute")
    if dispute["status"] in ("won", "lost", "prevented", "warning_closed"):
        raise invalid("This dispute is already closed.", code="dispute_closed")
    evidence = call.params.get("evidence") or {}
    changes: Obj = {"metadata": call.metadata(dispute["metadata"])}
    if evidence:
        changes["evidence"] = {**dispute["evidence"], **evidence}
        changes["evidence_details"] = {**dispute["evidence_details"], "has_evidence": True}
        if call.params.get("submit", True):
            changes["evidence_details"]["submission_count"] = 1
            warning = dispute["status"].startswith("warning_")
            changes["status"] = "warning_under_review" if warning else "under_review"
    previous = {"status": dispute["status"]}
    account.disputes.update(dispute["id"], **changes)
    account.emit("charge.dispute.updated", dispute, previous)
    return dispute


# --- Customers -------------------------------------------------------------------------------------

_CUSTOMER_FIELDS = ("description", "email", "name", "phone", "preferred_locales", "tax_exempt")


@endpoint("GET", "/v1/customers")
def list_customers(call: Call) -> Page:
    return page(call, call.account.customers, ("email",))


@endpoint("GET", "/v1/customers/{customer}")
def get_customer(call: Call) -> Obj:
    gone = call.account.customers.gone.get(call.subject)
    return gone or call.find(call.account.customers, call.subject, "customer")


@endpoint("POST", "/v1/customers")
def create_customer(call: Call) -> Obj:
    customer = shapes_money.customer(call.account, call.account.new_id("cus_", 14))
    customer.update(call.pick(*_CUSTOMER_FIELDS), metadata=call.metadata())
    call.account.customers.add(customer)
    call.account.emit("customer.created", customer)
    return customer


@endpoint("POST", "/v1/customers/{customer}")
def update_customer(call: Call) -> Obj:
    customer = call.find(call.account.customers, call.subject, "customer")
    changes = call.pick(*_CUSTOMER_FIELDS) | {"metadata": call.metadata(customer["metadata"])}
    previous = {name: customer[name] for name, value in changes.items() if customer[name] != value}
    if previous:
        call.account.customers.update(customer["id"], **changes)
        call.account.emit("customer.updated", customer, previous)
    return customer


@endpoint("DELETE", "/v1/customers/{customer}")
def delete_customer(call: Call) -> Obj:
    customer = call.find(call.account.customers, call.subject, "customer")
    gone = {"id": customer["id"], "object": "customer", "deleted": True}
    call.account.customers.remove(customer["id"], gone)
    call.account.emit("customer.deleted", customer)
    return gone


# --- Payouts ---------------------------------------------------------------------------------------


@endpoint("GET", "/v1/payouts")
def list_payouts(call: Call) -> Page:
    window = call.params.get("arrival_date")
    accepts = None if window is None else payouts.arrives_in(call.account, window)
    return page(call, call.account.payouts, ("status", "destination"), accepts)


@endpoint("GET", "/v1/payouts/{payout}")
def get_payout(call: Call) -> Obj:
    return call.find(call.account.payouts, call.subject, "payout")


@endpoint("POST", "/v1/payouts")
def create_payout(call: Call) -> Obj:
    """A manual one, which is not itemised."""
    account, params = call.account, call.params
    currency = params["currency"].lower()
    if params["amount"] > account.balance()[currency, "available"]:
        raise invalid(
            "You have insufficient funds in your Stripe account for this transfer.",
            code="balance_insufficient",
        )
    made = payouts.manual(account, params["amount"], currency)
    return account.payouts.update(made["id"], metadata=call.metadata(), **call.pick("description"))


@endpoint("POST", "/v1/payouts/{payout}")
def update_payout(call: Call) -> Obj:
    payout = call.find(call.account.payouts, call.subject, "payout")
    previous = {"metadata": payout["metadata"]}
    call.account.payouts.update(payout["id"], metadata=call.metadata(payout["metadata"]))
    call.account.emit("payout.updated", payout, previous)
    return payout
