"""What follows once Stripe has answered about a page to pay on, and how to look for one (S4, Y4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe import checkout_calls as calls
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.checkouts import ask_to_close, close, one_row
from frontdesk.services.stripe.looking_up import made_since
from frontdesk.services.stripe.outbox import Op, OpKind, enqueue
from frontdesk.services.stripe.wire import Body
from frontdesk.services.unit_of_work import UnitOfWork

#: A page that is refused for what can be left out is asked for once more without it: for its end, where this
#: computer's clock is wrong, and for a customer whom Stripe has not got any more.
_CAN_BE_LEFT_OUT: Final = ("expires_at", "customer")
#: Later than this nobody stands at the desk any more.
_STILL_WAITED_FOR: Final = timedelta(minutes=5)


def created(work: UnitOfWork, op: Op, body: Body) -> None:
    """The page is there; if it was taken back meanwhile, it is to be ended."""
    apply_object(work, body, op.answered_at)
    row = one_row(work, checkout_of(op))
    if row.state == "closing":
        ask_to_close(work, row)


def not_created(work: UnitOfWork, op: Op, trouble: Mapping[str, Any]) -> None:
    """There is no page; without what Stripe did not take there may be one."""
    row = one_row(work, checkout_of(op))
    param = trouble.get("param")
    waited_for = work.now - row.opened_at < _STILL_WAITED_FOR
    if row.state == "opening" and waited_for and param in _CAN_BE_LEFT_OUT and param in op.call.params:
        enqueue(work, calls.create_session_again(row.id, op.call.params, param))
    else:
        close(work, row, "cancelled" if row.state == "closing" else "failed", last_word=code_of(trouble))


def expired(work: UnitOfWork, op: Op, body: Body) -> None:
    """Stripe's answer to ending a page: whatever became of it."""
    apply_object(work, body, op.answered_at)


def not_expired(work: UnitOfWork, op: Op, trouble: Mapping[str, Any]) -> None:
    """It is over already, paid or lapsed: the next look at it tells which. The checkout waits for that."""


def code_of(trouble: Mapping[str, Any]) -> str:
    """Stripe's code of a refusal."""
    return str(trouble.get("decline_code") or trouble.get("stripe_code") or "declined")


def checkout_of(op: Op) -> int:
    """Which checkout an operation is about."""
    assert op.checkout_id is not None
    return op.checkout_id


# --- Looking up --------------------------------------------------------------------------------------


def find_session(gateway: PaymentGateway, op: Op) -> Body | None:
    """The page that an unanswered request made."""
    uid = op.call.params["client_reference_id"]
    for body in made_since(gateway, calls.SESSIONS, op):
        if body.get("client_reference_id") == uid:
            return gateway.call(calls.look_at_session(body["id"])).body
    return None


def find_expired(gateway: PaymentGateway, op: Op) -> Body | None:
    """The page, unless it can still be paid: then it is to be ended after all."""
    session_id = op.call.path.removeprefix(f"{calls.SESSIONS}/").removesuffix("/expire")
    body = gateway.call(calls.look_at_session(session_id)).body
    return None if body.get("status") == "open" else body


KINDS: Final = (
    OpKind(calls.CREATE_SESSION, created, not_created, find_session, "checkout.session"),
    OpKind(calls.EXPIRE_SESSION, expired, not_expired, find_expired, "checkout.session"),
)
