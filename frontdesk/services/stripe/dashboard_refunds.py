"""Refunds made in Stripe's dashboard: in the books at once, their credits gone or to be decided (S7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.models.money import split_by_largest_remainder
from frontdesk.models.refund_math import share_to_void
from frontdesk.models.sale import VOID_STATUSES, money_transaction
from frontdesk.models.sync import stripe_transaction
from frontdesk.services.dashboard_questions import MADE_IN_STRIPE
from frontdesk.services.decisions import (
    KEEP_CREDITS,
    REFUND_EXCEEDS,
    REFUND_FAILED,
    VOID_CREDITS,
    close_by_itself,
    decisions_of_sale,
    open_sale_task,
)
from frontdesk.services.drafts.checks import number_problems, refuse
from frontdesk.services.failed_refunds import settle_failed
from frontdesk.services.refund_credits import (
    Because,
    read_sale,
    settle_credits,
    settle_others,
    settle_sale,
    standing_of,
)
from frontdesk.services.refund_states import add_state
from frontdesk.services.refund_writer import PlannedLine, PlannedPart, RefundPlan, lock_sale, write_rows
from frontdesk.services.sale_facts import SaleFacts
from frontdesk.services.stripe.actor import make_online_actor
from frontdesk.services.stripe.amounts import from_stripe
from frontdesk.services.stripe.disputes import settle_lost
from frontdesk.services.stripe.mirror import at_stripe, id_of, mirrored, of_intent
from frontdesk.services.stripe.wire import Body
from frontdesk.services.unit_of_work import Reading, UnitOfWork

#: What Stripe calls a refund's state, in the words of the books. Another word is of one that was accepted.
_STATES: Final = {"succeeded": "succeeded", "failed": "failed", "canceled": "cancelled"}

_PAYMENT = (
    sa.select(money_transaction)
    .join(stripe_transaction, stripe_transaction.c.transaction_id == money_transaction.c.id)
    .where(
        stripe_transaction.c.stripe_id == sa.bindparam("payment_intent"),
        money_transaction.c.kind == "payment",
    )
)
#: A refund that the books had no room for at once has its later parts under its id and their number.
_PARTS: sa.Select[Any] = (
    sa.select(stripe_transaction.c.transaction_id, money_transaction.c.amount)
    .join(money_transaction, money_transaction.c.id == stripe_transaction.c.transaction_id)
    .where(stripe_transaction.c.stripe_id.in_(sa.bindparam("stripe_ids", expanding=True)))
    .order_by(stripe_transaction.c.transaction_id)
)
_MOST_PARTS: Final = 9
_ADD_STRIPE_ID = sa.insert(stripe_transaction)
#: The outcome of a task about a refund for which there was room later.
_WRITTEN: Final = "written"


def state_of(body: Body) -> str:
    """Where a refund of Stripe's stands: pending once it is accepted, succeeded, failed or cancelled (S6)."""
    return _STATES.get(body.get("status") or "", "pending")


def parts_of(reading: Reading, stripe_id: str) -> Sequence[sa.Row[Any]]:
    """The transactions that a refund of Stripe's is in the books, mostly one; none where it is not there."""
    names = [stripe_id, *(_name(stripe_id, number) for number in range(1, _MOST_PARTS))]
    return reading.connection.execute(_PARTS, {"stripe_ids": names}).all()


def is_whole(reading: Reading, body: Body) -> bool:
    """Whether a refund of Stripe's is in the books with all of its money."""
    parts = parts_of(reading, body["id"])
    return bool(parts) and -sum(one.amount for one in parts) >= from_stripe(body["amount"], body["currency"])


def _name(stripe_id: str, number: int) -> str:
    return f"{stripe_id}+{number}" if number else stripe_id


def mirror_refund(work: UnitOfWork, body: Body) -> None:
    """Write a refund that nobody asked for here, as far as the books have room for it (S6, S7).

    If all of the sale's money is back by it, every unused credit goes. Else those that the rules suggest are
    set aside, since their money is gone, until a person decides. A refund of a payment that these books don't
    know is left in the mirror, from where it is taken when its sale arrives. So is one by which more went
    back than was paid, until news of another tells which of them failed; a task tells of it meanwhile.
    """
    payment = _payment(work, body)
    if payment is None:
        return
    facts = lock_sale(work, payment.sale_id)
    if parts_of(work, body["id"]):
        return
    status, reported = state_of(body), from_stripe(body["amount"], body["currency"])
    room = _room(facts, payment)
    if reported > room and _one_of_ours_is_open(facts, payment):
        # It may be refused yet; when its end is known, this one is looked at again.
        return
    if reported > room and _one_must_have_failed(work, payment, body):
        if _exceeding(work, payment.sale_id, body["id"]) is None:
            told = {"client_id": payment.client_id, "sale_id": payment.sale_id, "tender": payment.tender}
            facts_of = {"stored": 0, "stripe_id": body["id"]}
            open_sale_task(work, REFUND_EXCEEDS, amount=reported, credits=0, **told, **facts_of)
        return
    task = _exceeding(work, payment.sale_id, body["id"])
    if task is not None and task.closed_at is None:
        close_by_itself(work, task.id, _WRITTEN)
    acting = work.on_behalf_of(make_online_actor(work), work.derived_id(f"refund:{body['id']}"))
    stored = min(reported, room)
    refund_id = _write(acting, facts, payment, stored, status, body)
    now = read_sale(acting, payment.sale_id)
    refunded, because = now.refund(refund_id), Because(MADE_IN_STRIPE, own=True)
    if status not in VOID_STATUSES:
        if reported > stored:
            _tell_short(acting, refunded.row, payment.tender, body, stored)
        settle_sale(acting, now, refund_id, because)
        return
    settle_credits(acting, now, refund_id, because)
    # The task tells of all that failed, also where another refund had taken its place in the books.
    open_sale_task(
        acting,
        REFUND_FAILED,
        client_id=payment.client_id,
        sale_id=payment.sale_id,
        tender=payment.tender,
        amount=reported,
        credits=0,
        refund_id=refund_id,
        transaction_id=refunded.parts[0].id,
        stripe_code=body.get("failure_reason") or status,
    )
    settle_failed(acting, now)


def top_up(work: UnitOfWork, body: Body) -> None:
    """Write what was left out of such a refund when there was no room, as far as there is room now (S6).

    There is again once another refund of the sale has not reached the client.
    """
    parts, payment = parts_of(work, body["id"]), _payment(work, body)
    reported, stored = from_stripe(body["amount"], body["currency"]), -sum(one.amount for one in parts)
    if payment is None or reported <= stored or state_of(body) in VOID_STATUSES or len(parts) >= _MOST_PARTS:
        return
    facts = lock_sale(work, payment.sale_id)
    more = min(reported - stored, _room(facts, payment))
    if more <= 0:
        return
    acting = work.on_behalf_of(make_online_actor(work), work.derived_id(_name(body["id"], len(parts))))
    told = _exceeding(work, payment.sale_id, body["id"])
    refund_id = _write(acting, facts, payment, more, state_of(body), body, len(parts))
    now = read_sale(acting, payment.sale_id)
    refunded = now.refund(refund_id)
    if told is not None and told.closed_at is None:
        close_by_itself(acting, told.id, _WRITTEN)
        if reported > stored + more:
            _tell_short(acting, refunded.row, payment.tender, body, stored + more)
    settle_sale(acting, now, refund_id, Because(MADE_IN_STRIPE, own=True))


def outcome_of(work: UnitOfWork, task: sa.Row[Any], credits: int) -> str:
    """What a task about such a refund is closed with where so many of its credits are to be voided.

    Raises:
        InvalidDraft: there are not so many set aside for it.
    """
    facts = lock_sale(work, task.sale_id)
    _, there = standing_of(work, facts, facts.refund(task.refund_id))
    refuse(number_problems("credits", credits, 0, there))
    if not credits:
        return KEEP_CREDITS
    return VOID_CREDITS if credits == there else f"{VOID_CREDITS}:{credits}"


def decided(work: UnitOfWork, task: sa.Row[Any], outcome: str) -> None:
    """A person has decided, as the task tells by now, whether the credits of such a refund go.

    What is set aside is voided, or free again, or so much of it as was chosen.
    """
    facts = lock_sale(work, task.sale_id)
    settle_credits(work, facts, task.refund_id, Because(MADE_IN_STRIPE))
    settle_others(work, facts, task.refund_id, MADE_IN_STRIPE)
    if outcome != VOID_CREDITS:
        settle_lost(work, task.sale_id)


def _payment(reading: Reading, body: Body) -> sa.Row[Any] | None:
    """The payment that it pays back; a refund of old names its charge alone."""
    intent = id_of(body.get("payment_intent"))
    if not intent:
        charge = mirrored(reading, id_of(body.get("charge"))) or {}
        intent = id_of(charge.get("payment_intent"))
    return reading.connection.execute(_PAYMENT, {"payment_intent": intent}).first()


def _room(facts: SaleFacts, payment: sa.Row[Any]) -> int:
    """How much of a payment the books can still give back, in minor units."""
    rest = next(one.rest for one in facts.payment_facts if one.payment_id == payment.id)
    return min(rest, sum(line.facts.rest for line in facts.lines))


def _one_of_ours_is_open(facts: SaleFacts, payment: sa.Row[Any]) -> bool:
    return any(one.payment_id == payment.id and one.status == "requested" for one in facts.transactions)


def _one_must_have_failed(reading: Reading, payment: sa.Row[Any], body: Body) -> bool:
    """Whether Stripe's refunds are more than was paid, as far as was heard: it never gives that much back."""
    heard = {one["id"]: one for one in of_intent(reading, "refund", payment.reference)} | {body["id"]: body}
    live = (one for one in heard.values() if state_of(one) not in VOID_STATUSES)
    back = sum(from_stripe(one["amount"], one["currency"]) for one in live)
    return state_of(body) not in VOID_STATUSES and back > payment.amount


def _exceeding(reading: Reading, sale_id: int, stripe_id: str) -> sa.Row[Any] | None:
    """The newest task that tells of a refund that is not written yet, or not whole."""
    tasks = decisions_of_sale(reading, REFUND_EXCEEDS, sale_id)
    return next((one for one in reversed(tasks) if one.facts.get("stripe_id") == stripe_id), None)


def _write(
    work: UnitOfWork,
    facts: SaleFacts,
    payment: sa.Row[Any],
    stored: int,
    status: str,
    body: Body,
    number: int = 0,
) -> int:
    """The id of the refund that was written; ``number`` counts the parts that are written before it."""
    part = PlannedPart(payment.id, payment.tender, stored, payment.reference)
    at = min(at_stripe(body["created"]), work.now)
    plan = RefundPlan("refund", facts, _lines(facts, stored), (part,), MADE_IN_STRIPE, "", at)
    row, parts = write_rows(work, plan)
    ids = {"transaction_id": parts[0]["id"], "stripe_id": _name(body["id"], number)}
    work.connection.execute(_ADD_STRIPE_ID, ids)
    add_state(work, parts[0]["id"], facts.row.id, status)
    return int(row["id"])


def _lines(facts: SaleFacts, stored: int) -> tuple[PlannedLine, ...]:
    """What goes back of each line, by how much of it there is left, with the credits it suggests (S5).

    As if no other had been made, so that it makes no difference which of them is heard of first (Y3); what
    each takes of what is there is settled for all of them together.
    """
    rests = [line.facts.rest for line in facts.lines]
    shares = split_by_largest_remainder(stored, rests) if any(rests) else rests
    return tuple(
        PlannedLine(line, share, share_to_void(line.facts, share))
        for line, share in zip(facts.lines, shares, strict=True)
    )


def _tell_short(work: UnitOfWork, row: sa.Row[Any], tender: str, body: Body, stored: int) -> None:
    open_sale_task(
        work,
        REFUND_EXCEEDS,
        client_id=row.client_id,
        sale_id=row.sale_id,
        tender=tender,
        amount=from_stripe(body["amount"], body["currency"]),
        credits=0,
        refund_id=row.id,
        stored=stored,
        stripe_id=body["id"],
    )
