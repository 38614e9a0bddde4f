"""Readers: a payment is handed to one, and a card is held to it."""

from dataclasses import dataclass, field
from typing import Any

from tests.stripe_double import payments, refunding, shapes, shapes_money
from tests.stripe_double.account import Account
from tests.stripe_double.errors import StripeError, invalid
from tests.stripe_double.listing import page
from tests.stripe_double.routing import Call, Page, endpoint
from tests.stripe_double.types import Obj

_SIMULATED = {
    "simulated-wpe": "simulated_wisepos_e",
    "simulated-s700": "simulated_stripe_s700",
    "simulated-s710": "simulated_stripe_s710",
}
#: Declines of a simulated reader, by the last two digits of the amount.
_DECLINES = {
    1: "call_issuer",
    2: "offline_pin_required",
    3: "online_pin_required",
    5: "generic_decline",
    55: "incorrect_pin",
    65: "withdrawal_count_limit_exceeded",
    75: "pin_try_exceeded",
}


@dataclass
class ReaderScript:
    """What a test tells about readers."""

    #: Registration codes shown on real devices, with their device types.
    codes: dict[str, str] = field(default_factory=dict)
    #: Readers that Stripe shows online and that do not answer.
    dead: set[str] = field(default_factory=set)
    #: How many of the next commands time out, and whether the reader has got them nevertheless.
    timeouts: int = 0
    timeout_has_command: bool = True


def script_of(account: Account) -> ReaderScript:
    """The script of an account's readers."""
    if not isinstance(account.terminal, ReaderScript):
        account.terminal = ReaderScript()
    return account.terminal


@endpoint("GET", "/v1/terminal/locations")
def list_locations(call: Call) -> Page:
    return page(call, call.account.locations)


@endpoint("POST", "/v1/terminal/locations")
def create_location(call: Call) -> Obj:
    account, params = call.account, call.params
    for name in ("address", "display_name"):
        if name not in params:
            raise invalid(f"Missing required param: {name}.", name, "parameter_missing")
    made = shapes_money.location(account, account.new_id("tml_"), params["display_name"], params["address"])
    made["metadata"] = call.metadata()
    return account.locations.add(made, created=account.now())


@endpoint("POST", "/v1/terminal/locations/{location}")
def update_location(call: Call) -> Obj:
    place = call.find(call.account.locations, call.subject, "location")
    address = {**place["address"], **call.params.get("address", {})}
    return call.account.locations.update(
        place["id"],
        address=address,
        metadata=call.metadata(place["metadata"]),
        **call.pick("display_name"),
    )


@endpoint("GET", "/v1/terminal/readers")
def list_readers(call: Call) -> Page:
    return page(call, call.account.readers, ("location", "status", "device_type", "serial_number"))


@endpoint("GET", "/v1/terminal/readers/{reader}")
def get_reader(call: Call) -> Obj:
    gone = call.account.readers.gone.get(call.subject)
    return gone or call.find(call.account.readers, call.subject, "reader")


@endpoint("POST", "/v1/terminal/readers")
def register_reader(call: Call) -> Obj:
    """By a code such as `simulated-wpe`, or by one that a test has told."""
    account, params = call.account, call.params
    code = params["registration_code"]
    kind = None if account.livemode else _SIMULATED.get(code)
    kind = kind or script_of(account).codes.get(code)
    if kind is None:
        raise invalid("The registration code is invalid or has expired.", "registration_code")
    location = params.get("location")
    if location is not None:
        call.find(account.locations, location, "location", 400)
    label = params.get("label") or kind
    made = shapes_money.reader(account, account.new_id("tmr_"), kind, label, location)
    made["metadata"] = call.metadata()
    return account.readers.add(made, created=account.now())


@endpoint("POST", "/v1/terminal/readers/{reader}")
def update_reader(call: Call) -> Obj:
    reader = call.find(call.account.readers, call.subject, "reader")
    return call.account.readers.update(
        reader["id"], metadata=call.metadata(reader["metadata"]), **call.pick("label")
    )


@endpoint("DELETE", "/v1/terminal/readers/{reader}")
def delete_reader(call: Call) -> Obj:
    reader = call.find(call.account.readers, call.subject, "reader")
    gone = {
        "id": reader["id"],
        "object": "terminal.reader",
        "deleted": True,
        "device_type": reader["device_type"],
        "serial_number": reader["serial_number"],
    }
    call.account.readers.remove(reader["id"], gone)
    return gone


# --- Commands --------------------------------------------------------------------------------------


@endpoint("POST", "/v1/terminal/readers/{reader}/process_payment_intent")
def process_payment(call: Call) -> Obj:
    """Hands a payment by card to the reader, which then waits for the card."""
    account = call.account
    reader = call.find(account.readers, call.subject, "reader")
    intent = call.find(account.payment_intents, call.params["payment_intent"], "payment_intent", 400)
    if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        raise invalid(
            f"The PaymentIntent is in the {intent['status']} state; it cannot be processed.",
            "payment_intent",
            "intent_invalid_state",
        )
    if "card_present" not in intent["payment_method_types"]:
        raise invalid("The PaymentIntent must allow the payment method type card_present.", "payment_intent")
    config: Any = call.params.get("process_config", {})
    config = {name: value for name, value in config.items() if name != "allow_redisplay"}
    command = {"payment_intent": intent["id"], "process_config": config}
    return _send(account, reader, "process_payment_intent", command)


@endpoint("POST", "/v1/terminal/readers/{reader}/refund_payment")
def refund_payment(call: Call) -> Obj:
    """Hands a refund to the reader, for cards that have to be there."""
    account, params = call.account, call.params
    reader = call.find(account.readers, call.subject, "reader")
    if "payment_intent" in params:
        intent = call.find(account.payment_intents, params["payment_intent"], "payment_intent", 400)
        charge_id = intent["latest_charge"]
        if charge_id is None:
            raise refunding.no_charge(intent["id"])
    elif "charge" in params:
        charge_id = call.find(account.charges, params["charge"], "charge", 400)["id"]
    else:
        raise invalid("Missing required param: payment_intent.", "payment_intent", "parameter_missing")
    charge = account.charges.get(charge_id)
    amount = refunding.check(account, charge, params.get("amount"))
    command: Obj = {"amount": amount, "charge": charge_id, "metadata": call.metadata()}
    if charge["payment_intent"]:
        command["payment_intent"] = charge["payment_intent"]
    return _send(account, reader, "refund_payment", command)


def _send(account: Account, reader: Obj, type: str, command: Obj) -> Obj:
    script = script_of(account)
    if reader["status"] == "offline" or reader["id"] in script.dead:
        raise _reader_error(
            "terminal_reader_offline", "Reader is currently offline, please ensure the reader is powered on."
        )
    if reader["action"] is not None and reader["action"]["status"] == "in_progress":
        raise _reader_error("terminal_reader_busy", "Reader is currently busy processing another request.")
    if script.timeouts:
        script.timeouts -= 1
        if script.timeout_has_command:
            _begin(account, reader["id"], type, command)
        raise _reader_error("terminal_reader_timeout", "There was a timeout when sending this command.")
    return _begin(account, reader["id"], type, command)


def _begin(account: Account, reader_id: str, type: str, command: Obj) -> Obj:
    action = {
        "api_error": None, "failure_code": None, "failure_message": None, "status": "in_progress",
        "type": type, type: command,
    }  # fmt: skip
    return account.readers.update(reader_id, action=action, last_seen_at=account.now() * 1000)


def _reader_error(code: str, message: str) -> StripeError:
    return invalid(message, code=code)


@endpoint("POST", "/v1/terminal/readers/{reader}/cancel_action")
def cancel_action(call: Call) -> Obj:
    """Takes back what the reader waits for."""
    reader = call.find(call.account.readers, call.subject, "reader")
    if reader["status"] == "offline" or reader["id"] in script_of(call.account).dead:
        raise _reader_error("terminal_reader_offline", "Reader is currently offline.")
    return call.account.readers.update(reader["id"], action=None)


@endpoint("POST", "/v1/test_helpers/terminal/readers/{reader}/present_payment_method")
def present(call: Call) -> Obj:
    """Holds a card to a simulated reader."""
    account = call.account
    if account.livemode:
        raise invalid("This method is only available in test mode.", code="testmode_only")
    reader = call.find(account.readers, call.subject, "reader")
    if not reader["device_type"].startswith("simulated"):
        raise invalid("This reader is not a simulated one.", "reader")
    if reader["action"] is None or reader["action"]["status"] != "in_progress":
        raise invalid("The reader has no action in progress.", "reader")
    return tap(account, reader["id"], None)


def tap(account: Account, reader_id: str, decline: str | None) -> Obj:
    """A card is held to the reader. The amount's last digits decide, unless `decline` names a reason."""
    reader = account.readers.get(reader_id)
    action = reader["action"]
    assert action is not None and action["status"] == "in_progress", f"{reader_id} waits for nothing"
    if action["type"] == "refund_payment":
        command = action["refund_payment"]
        made = refunding.refund(account, command["charge"], command["amount"], metadata=command["metadata"])
        return _finish(account, reader_id, None, {**command, "refund": made["id"]})
    intent = account.payment_intents.get(action["process_payment_intent"]["payment_intent"])
    if decline is None and reader["device_type"].startswith("simulated"):
        decline = _DECLINES.get(intent["amount"] % 100)
    details = shapes.card_present_details(reader_id, reader["location"])
    if decline is None:
        payments.succeed(account, intent["id"], details)
    else:
        payments.decline(account, intent["id"], details, decline)
    return _finish(account, reader_id, decline, action["process_payment_intent"])


def _finish(account: Account, reader_id: str, decline: str | None, command: Obj) -> Obj:
    before = account.readers.get(reader_id)["action"]
    action = {**before, "status": "failed" if decline else "succeeded", before["type"]: command}
    if decline:
        action.update(failure_code="card_declined", failure_message="Your card was declined.")
    reader = account.readers.update(reader_id, action=action, last_seen_at=account.now() * 1000)
    account.emit(f"terminal.reader.action_{action['status']}", reader)
    return reader
