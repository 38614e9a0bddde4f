"""What follows once Stripe has answered about a card reader or a payment on one (S4, Y4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from frontdesk.services.changes import Topic
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe import checkout_calls as calls
from frontdesk.services.stripe import readers
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.checkout_steps import checkout_of, code_of
from frontdesk.services.stripe.checkouts import UNDER_WAY, ask_to_close, close, move, one_row
from frontdesk.services.stripe.looking_up import made_since
from frontdesk.services.stripe.outbox import Op, OpKind, enqueue
from frontdesk.services.stripe.wire import Body
from frontdesk.services.unit_of_work import UnitOfWork


def payment_made(work: UnitOfWork, op: Op, body: Body) -> None:
    """The payment is there: the reader is to ask for the card, unless it was taken back meanwhile."""
    apply_object(work, body, op.answered_at)
    row = one_row(work, checkout_of(op))
    if row.state == "closing":
        ask_to_close(work, row)
    elif row.closed_at is None and row.payment_intent is not None:
        enqueue(work, calls.process_payment(row.id, row.reader_id, row.payment_intent))


def payment_not_made(work: UnitOfWork, op: Op, trouble: Mapping[str, Any]) -> None:
    """There is nothing to pay."""
    row = one_row(work, checkout_of(op))
    close(work, row, "cancelled" if row.state == "closing" else "failed", last_word=code_of(trouble))


def sent(work: UnitOfWork, op: Op, body: Body) -> None:
    """The reader asks for the card; if it was taken back meanwhile, it is to stop."""
    apply_object(work, body, op.answered_at)
    row = one_row(work, checkout_of(op))
    if row.state in ("closing", "cancelled"):
        enqueue(work, calls.cancel_action(row.id, row.reader_id))


def not_sent(work: UnitOfWork, op: Op, trouble: Mapping[str, Any]) -> None:
    """The reader is busy or offline, or nobody knows whether it has got the command. The payment stays the
    same one: another could be paid beside it (S4).
    """
    row = one_row(work, checkout_of(op))
    if row.state == "open" and row.last_word != UNDER_WAY:
        move(work, row, last_word=code_of(trouble))


def stopped(work: UnitOfWork, op: Op, body: Body) -> None:
    """The reader asks no longer: now nobody is to be able to pay."""
    apply_object(work, body, op.answered_at)
    _cancel_payment(work, op)


def not_stopped(work: UnitOfWork, op: Op, trouble: Mapping[str, Any]) -> None:
    """It cannot be reached; a payment that is cancelled cannot be paid on it either."""
    _cancel_payment(work, op)


def _cancel_payment(work: UnitOfWork, op: Op) -> None:
    row = one_row(work, checkout_of(op))
    if row.state == "closing" and row.payment_intent is not None:
        enqueue(work, calls.cancel_payment(row.id, row.payment_intent))


def cancelled(work: UnitOfWork, op: Op, body: Body) -> None:
    """Stripe's answer to cancelling a payment."""
    apply_object(work, body, op.answered_at)


def not_cancelled(work: UnitOfWork, op: Op, trouble: Mapping[str, Any]) -> None:
    """It is paid, or was cancelled already: the next look at it tells which."""


def located(work: UnitOfWork, op: Op, body: Body) -> None:
    """The place is known: the reader can be registered there."""
    apply_object(work, body, op.answered_at)
    told = op.call.params["metadata"]
    enqueue(work, readers.registration(told["reader_code"], told["reader_label"], body["id"]))


def registered(work: UnitOfWork, op: Op, body: Body) -> None:
    """The reader is the studio's."""
    apply_object(work, body, op.answered_at)
    work.changed(Topic.CHECKOUTS)


def presented(work: UnitOfWork, op: Op, body: Body) -> None:
    """A simulated reader was shown a card."""
    apply_object(work, body, op.answered_at)


def refused(work: UnitOfWork, op: Op, trouble: Mapping[str, Any]) -> None:
    """Nothing follows; what Stripe said stands with what waits for it."""


# --- Looking up --------------------------------------------------------------------------------------


def find_payment(gateway: PaymentGateway, op: Op) -> Body | None:
    """The payment that an unanswered request made."""
    uid = op.call.params["metadata"]["sale_uid"]
    for body in made_since(gateway, calls.PAYMENTS, op):
        if (body.get("metadata") or {}).get("sale_uid") == uid:
            return body
    return None


def find_sent(gateway: PaymentGateway, op: Op) -> Body | None:
    """How the payment stands. A day later nobody holds a card to a reader: it is not sent there again."""
    return gateway.call(calls.look_at_payment(op.call.params["payment_intent"])).body


def find_stopped(gateway: PaymentGateway, op: Op) -> Body | None:
    """What the reader does now; a day later it is somebody else's business."""
    return gateway.call(calls.look_at_reader(_named_in(op, calls.READERS))).body


def find_cancelled(gateway: PaymentGateway, op: Op) -> Body | None:
    """The payment, unless it can still be paid: then it is to be cancelled after all."""
    body = gateway.call(calls.look_at_payment(_named_in(op, calls.PAYMENTS))).body
    return None if body.get("status") in ("requires_payment_method", "requires_confirmation") else body


def find_by_op(gateway: PaymentGateway, op: Op) -> Body | None:
    """A place or a reader, by the operation that its metadata name."""
    for body in made_since(gateway, op.call.path, op, dated=False):
        if (body.get("metadata") or {}).get("op_id") == op.op_id:
            return body
    return None


def find_presented(gateway: PaymentGateway, op: Op) -> Body | None:
    """The simulated reader as it is."""
    reader_id = op.call.path.removeprefix("/v1/test_helpers/terminal/readers/").partition("/")[0]
    return gateway.call(calls.look_at_reader(reader_id)).body


def _named_in(op: Op, path: str) -> str:
    return op.call.path.removeprefix(f"{path}/").partition("/")[0]


KINDS: Final = (
    OpKind(calls.CREATE_PAYMENT, payment_made, payment_not_made, find_payment, "payment_intent"),
    OpKind(calls.PROCESS_PAYMENT, sent, not_sent, find_sent),
    OpKind(calls.CANCEL_ACTION, stopped, not_stopped, find_stopped),
    OpKind(calls.CANCEL_PAYMENT, cancelled, not_cancelled, find_cancelled, "payment_intent"),
    OpKind(readers.ADD_PLACE, located, refused, find_by_op),
    OpKind(readers.REGISTER, registered, refused, find_by_op),
    OpKind(readers.PRESENT, presented, refused, find_presented),
)
