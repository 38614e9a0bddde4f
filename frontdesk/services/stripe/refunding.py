"""Refunds by Stripe: what becomes of one that was asked for here, however its news arrives (S6, Y4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.models.sale import STATUS_MOVES, VOID_STATUSES, money_transaction
from frontdesk.models.sync import outbox, stripe_transaction
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.refund_credits import Because
from frontdesk.services.refund_states import accept_part, call_off, fail_part, is_over, locked_part
from frontdesk.services.refund_writer import REFUND_CREATE
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.dashboard_refunds import is_whole, mirror_refund, parts_of, state_of, top_up
from frontdesk.services.stripe.disputes import settle_lost
from frontdesk.services.stripe.mirror import objects_in, of_intent
from frontdesk.services.stripe.outbox import Op, OpKind, finish_by_result
from frontdesk.services.stripe.wire import Body, StripeCall
from frontdesk.services.unit_of_work import Reading, UnitOfWork

#: What ``cancel_op`` says: a person took it back before it was sent.
_TAKEN_BACK: Final = "cancelled"

_PART_ASKED = sa.select(outbox.c.transaction_id).where(
    outbox.c.op_id == sa.bindparam("op_id"), outbox.c.kind == REFUND_CREATE
)
_STRIPE_ID = sa.select(stripe_transaction.c.stripe_id).where(
    stripe_transaction.c.transaction_id == sa.bindparam("transaction_id")
)
_INTENTS = (
    sa.select(stripe_transaction.c.stripe_id)
    .join(money_transaction, money_transaction.c.id == stripe_transaction.c.transaction_id)
    .where(money_transaction.c.sale_id == sa.bindparam("sale_id"), money_transaction.c.kind == "payment")
)
_ADD_STRIPE_ID = sa.insert(stripe_transaction)


def apply_refund(work: UnitOfWork, body: Body) -> None:
    """Let follow what follows from a refund as Stripe has it now: of ours, or made in its dashboard (S6, S7).

    Accepted (pending, requires_action, succeeded) its credits are voided; failed or cancelled, also after it
    had succeeded, they come back and a task opens. Applied twice or out of order nothing changes.
    """
    transaction_ids = _parts_of(work, body)
    for transaction_id in transaction_ids:
        _move_on(work, transaction_id, body)
    if transaction_ids:
        top_up(work, body)
    else:
        mirror_refund(work, body)


def look_again(work: UnitOfWork, sale_id: int) -> None:
    """Look again at what Stripe has refunded of a sale, after money that was to go back is here again."""
    for intent in work.connection.execute(_INTENTS, {"sale_id": sale_id}).scalars().all():
        _look_at_others(work, intent)
    settle_lost(work, sale_id)


def _parts_of(reading: Reading, body: Body) -> tuple[int, ...]:
    """The parts that this refund is: known by Stripe's id, else by the operation that asked for it."""
    known = parts_of(reading, body["id"])
    if known:
        return tuple(int(one.transaction_id) for one in known)
    op_id = (body.get("metadata") or {}).get("op_id", "")
    asked = reading.connection.execute(_PART_ASKED, {"op_id": op_id}).scalar() if op_id else None
    return () if asked is None else (int(asked),)


def _move_on(work: UnitOfWork, transaction_id: int, body: Body) -> None:
    _, refunded, part = locked_part(work, transaction_id)
    stripe_id = work.connection.execute(_STRIPE_ID, {"transaction_id": transaction_id}).scalar()
    if stripe_id is None and not is_over(part):
        row = {"transaction_id": transaction_id, "stripe_id": body["id"]}
        work.connection.execute(_ADD_STRIPE_ID, row)
        # The lists may know it before its answer came; it is not to be asked for again.
        finish_by_result(work, transaction_id, body["id"])
    elif transaction_id not in (one.transaction_id for one in parts_of(work, body["id"])):
        # Stripe has carried the same request out twice, or after it had said no: money is money.
        mirror_refund(work, body)
        return
    status = state_of(body)
    if status not in STATUS_MOVES.get(part.status, ()):
        return
    if status in VOID_STATUSES:
        why = {"stripe_code": body.get("failure_reason") or status}
        fail_part(work, refunded, part, status, why)
    else:
        accept_part(work, refunded, part, status)
    _look_at_others(work, part.reference)
    if status in VOID_STATUSES:
        settle_lost(work, part.sale_id)


def _look_at_others(work: UnitOfWork, payment_intent: str) -> None:
    """Refunds made in the dashboard for which there was no room while it was open what becomes of ours."""
    for body in of_intent(work, "refund", payment_intent):
        if not is_whole(work, body):
            apply_refund(work.on_behalf_of(work.actor, work.derived_id(body["id"])), body)


# --- What was asked for -------------------------------------------------------------------------------


def _done(work: UnitOfWork, op: Op, body: Body) -> None:
    apply_object(work, body, op.answered_at)


def _failed(work: UnitOfWork, op: Op, trouble: Mapping[str, Any]) -> None:
    """Stripe refused it, or a person took it back: the credits are the client's again."""
    assert op.transaction_id is not None
    _, refunded, part = locked_part(work, op.transaction_id)
    made = _made_after_all(work, op, part.reference)
    if made is not None:
        apply_refund(work, made)
    elif part.status != "requested":
        return
    elif trouble.get("stripe_code") == _TAKEN_BACK:
        call_off(work, refunded, part, "cancelled", Because("refund_cancelled"))
    else:
        why = {name: str(trouble[name]) for name in ("stripe_code", "said") if trouble.get(name)}
        fail_part(work, refunded, part, "failed", why)
    _look_at_others(work, part.reference)
    settle_lost(work, part.sale_id)


def _made_after_all(reading: Reading, op: Op, payment_intent: str) -> Body | None:
    """The refund that the pull has seen before its answer came; then the refusal is of a second attempt."""
    seen = of_intent(reading, "refund", payment_intent)
    return next((body for body in seen if _is_of(op, body)), None)


def _find(gateway: PaymentGateway, op: Op) -> Body | None:
    """The refund among those of its payment, by the operation that its metadata names."""
    params: dict[str, Any] = {"payment_intent": op.call.params["payment_intent"], "limit": 100}
    while True:
        page = gateway.call(StripeCall("get", "/v1/refunds", params)).body
        listed = list(objects_in(page))
        found = next((body for body in listed if _is_of(op, body)), None)
        if found is not None or not page.get("has_more") or not listed:
            return found
        params = {**params, "starting_after": listed[-1]["id"]}


def _is_of(op: Op, body: Body) -> bool:
    return bool((body.get("metadata") or {}).get("op_id") == op.op_id)


KINDS: tuple[OpKind, ...] = (OpKind(REFUND_CREATE, _done, _failed, _find, "refund"),)
