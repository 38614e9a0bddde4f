"""Checkout Sessions, and what a buyer does with them and with payment links."""

from typing import Any

from tests.stripe_double import payments, shapes, shapes_money
from tests.stripe_double.account import Account
from tests.stripe_double.catalogue import change_link, line_items
from tests.stripe_double.errors import invalid
from tests.stripe_double.listing import items_page, page
from tests.stripe_double.money import check_amount
from tests.stripe_double.routing import Call, Items, Page, endpoint
from tests.stripe_double.types import Obj

_SHORTEST, _LONGEST = 30 * 60, 24 * 3600
_FIELDS = (
    "allow_promotion_codes", "billing_address_collection", "cancel_url", "client_reference_id",
    "customer_creation", "customer_email", "locale", "payment_method_types", "phone_number_collection",
    "success_url", "submit_type", "ui_mode", "return_url",
)  # fmt: skip


@endpoint("GET", "/v1/checkout/sessions")
def list_sessions(call: Call) -> Page:
    """Filtered by status, payment intent, payment link, customer, or the e-mail of the buyer."""
    sessions = call.account.sessions
    details = call.params.get("customer_details")

    def has_email(name: str) -> bool:
        seen = sessions.get(name)["customer_details"]
        return bool(seen and details and seen["email"] == details["email"])

    fields = ("status", "payment_intent", "payment_link", "customer")
    return page(call, sessions, fields, has_email if details else None)


@endpoint("GET", "/v1/checkout/sessions/{session}")
def get_session(call: Call) -> Obj:
    return call.find(call.account.sessions, call.subject, "session")


@endpoint("GET", "/v1/checkout/sessions/{session}/line_items")
def list_items(call: Call) -> Items:
    call.find(call.account.sessions, call.subject, "session")
    return items_page(call, call.account.items_of(call.subject))


@endpoint("POST", "/v1/checkout/sessions")
def create_session(call: Call) -> Obj:
    """Open for 30 minutes to 24 hours, with no payment intent before the buyer submits."""
    account, params = call.account, call.params
    _check_mode(params)
    items = line_items(call, params["line_items"])
    total = sum(item["amount_total"] for item in items)
    currency = items[0]["currency"]
    if total:
        check_amount(total, currency, "line_items", "The Checkout Session's total amount due")
    fields = call.pick(*_FIELDS)
    fields["expires_at"] = _expiry(account, params.get("expires_at"))
    fields["metadata"] = call.metadata()
    if fields.get("ui_mode", "hosted_page") != "hosted_page":
        fields["url"] = None
    if "customer" in params:
        fields["customer"] = call.find(account.customers, params["customer"], "customer", 400)["id"]
    return _open(account, items, total, currency, fields, params.get("payment_intent_data", {}))


def _check_mode(params: Obj) -> None:
    if params.get("mode", "payment") != "payment":
        raise invalid("The double sells in `payment` mode only.", "mode", "parameter_invalid")
    if not params.get("line_items"):
        raise invalid("Missing required param: line_items.", "line_items", "parameter_missing")
    hosted = params.get("ui_mode", "hosted_page") == "hosted_page"
    wants_url = hosted and "success_url" not in params and "after_completion" not in params
    if wants_url:
        raise invalid("Missing required param: success_url.", "success_url", "parameter_missing")
    if "customer" in params and "customer_email" in params:
        raise invalid("You may only specify one of these parameters: customer, customer_email.", "customer")


def _expiry(account: Account, given: int | None) -> int:
    now = account.now()
    if given is None:
        return now + _LONGEST
    if given < now + _SHORTEST:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            "expires_at",
        )
    if given > now + _LONGEST:
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            "expires_at",
        )
    return given


def _open(
    account: Account, items: list[Obj], total: int, currency: str, fields: Obj, payment_data: Obj
) -> Obj:
    mode = "cs_live_a1" if account.livemode else "cs_test_a1"
    session = shapes.session(account, account.new_id(mode, 40), total, currency)
    session.update(fields)
    account.line_items[session["id"]] = items
    account.payment_data[session["id"]] = payment_data
    return account.sessions.add(session)


@endpoint("POST", "/v1/checkout/sessions/{session}")
def update_session(call: Call) -> Obj:
    session = call.find(call.account.sessions, call.subject, "session")
    return call.account.sessions.update(session["id"], metadata=call.metadata(session["metadata"]))


@endpoint("POST", "/v1/checkout/sessions/{session}/expire")
def expire_session(call: Call) -> Obj:
    """Only an open session can be expired."""
    session = call.find(call.account.sessions, call.subject, "session")
    if session["status"] != "open":
        raise invalid(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a '
            f"status of `{session['status']}`.",
        )
    return expire(call.account, session["id"])


def expire(account: Account, session_id: str) -> Obj:
    """Closes an open session; a payment that was tried is cancelled."""
    session = account.sessions.get(session_id)
    if session["payment_intent"]:
        payments.cancel(account, session["payment_intent"], "automatic")
    account.sessions.update(session_id, status="expired", url=None)
    account.emit("checkout.session.expired", session)
    return session


def expire_due(account: Account) -> None:
    """Closes what is past its time."""
    now = account.now()
    for session in account.sessions.live:
        if session["status"] == "open" and session["expires_at"] <= now:
            expire(account, session["id"])


# --- What the buyer does -----------------------------------------------------------------------------


def pay(account: Account, session_id: str, method: str, delayed: bool, buyer: Obj) -> Obj:
    """The buyer submits. Returns the session; after a decline it is still open."""
    session = account.sessions.get(session_id)
    assert session["status"] == "open", f"{session_id} is {session['status']}"
    _note_buyer(account, session, buyer)
    if session["amount_total"] == 0:
        return _complete(account, session_id, "no_payment_required")
    intent_id = session["payment_intent"] or _intent_for(account, session)
    details, billing = payments.details_of(method), {k: buyer[k] for k in ("email", "name")}
    if method == "declined":
        payments.decline(account, intent_id, details, "generic_decline", billing)
        return account.sessions.get(session_id)
    if delayed or payments.is_delayed(method):
        payments.begin_delayed(account, intent_id, details, billing)
        return _complete(account, session_id, "unpaid")
    payments.succeed(account, intent_id, details, billing)
    held = account.payment_intents.get(intent_id)["status"] == "requires_capture"
    return _complete(account, session_id, "unpaid" if held else "paid")


def _note_buyer(account: Account, session: Obj, buyer: Obj) -> None:
    if session["customer"] is None and session["customer_creation"] == "always":
        customer = shapes_money.customer(account, account.new_id("cus_", 14))
        customer.update(email=buyer["email"], name=buyer["name"], phone=buyer["phone"])
        account.customers.add(customer)
        account.emit("customer.created", customer)
        session["customer"] = customer["id"]
    details = {
        "address": dict(shapes.NO_ADDRESS),
        "business_name": None,
        "email": session["customer_email"] or buyer["email"],
        "individual_name": None,
        "name": buyer["name"],
        "phone": buyer["phone"],
        "tax_exempt": "none",
        "tax_ids": [],
    }
    account.sessions.update(session["id"], customer_details=details, customer=session["customer"])


def _intent_for(account: Account, session: Obj) -> str:
    """The session's payment intent; the session's own metadata is not copied to it."""
    data = account.payment_data[session["id"]]
    taken = ("description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix")
    fields: Obj = {name: data[name] for name in taken if data.get(name)}
    fields.update(
        metadata=dict(data.get("metadata", {})),
        capture_method=data.get("capture_method") or "automatic",
        customer=session["customer"],
        payment_method_types=list(session["payment_method_types"]),
    )
    intent = payments.make_intent(account, session["amount_total"], session["currency"], **fields)
    account.sessions.update(session["id"], payment_intent=intent["id"])
    name: str = intent["id"]
    return name


def _complete(account: Account, session_id: str, payment_status: str) -> Obj:
    session = account.sessions.update(session_id, status="complete", payment_status=payment_status, url=None)
    account.emit("checkout.session.completed", session)
    if session["payment_link"]:
        _count_on_link(account, session["payment_link"])
    return session


def _count_on_link(account: Account, link_id: str) -> None:
    limit: Any = account.payment_links.get(link_id)["restrictions"]
    if limit is None:
        return
    count = limit["completed_sessions"]["count"] + 1
    most = limit["completed_sessions"]["limit"]
    account.payment_links.update(
        link_id, restrictions={"completed_sessions": {"count": count, "limit": most}}
    )
    if count >= most:
        change_link(account, link_id, {"active": False})


def settle(account: Account, session_id: str, ok: bool) -> Obj:
    """The bank answers to a delayed payment."""
    session = account.sessions.get(session_id)
    payments.settle_delayed(account, session["payment_intent"], ok)
    account.sessions.update(session_id, payment_status="paid" if ok else "unpaid")
    word = "succeeded" if ok else "failed"
    account.emit(f"checkout.session.async_payment_{word}", session)
    return session


def open_link(account: Account, link_id: str, reference: str | None, email: str | None) -> Obj:
    """The buyer opens a payment link: a session with the link's metadata."""
    link = account.payment_links.get(link_id)
    assert link["active"], f"{link_id} is not active"
    fields: Obj = {
        "client_reference_id": reference,
        "payment_link": link_id,
        "metadata": dict(link["metadata"]),
        "customer_creation": link["customer_creation"],
        "customer_email": email,
        "success_url": "https://stripe.com",
    }
    items = [{**item, "id": account.new_id("li_1")} for item in account.items_of(link_id)]
    total = sum(item["amount_total"] for item in items)
    data: Obj = link["payment_intent_data"] or {}
    return _open(account, items, total, link["currency"], fields, data)
