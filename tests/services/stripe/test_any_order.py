"""What Stripe has of a sale ends alike in whatever order its objects are seen (Y3, S6 to S8)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import permutations
from typing import Final

import pytest

from frontdesk.services.decisions import DASHBOARD_REFUND, KEEP_CREDITS, close_decision
from frontdesk.services.office import Office
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.outbox import open_ops
from frontdesk.services.unit_of_work import Actor
from frontdesk.services.views.sales import SaleResult
from tests.builders import SetClock
from tests.services.stripe.direct_stripe import direct_stripe
from tests.services.stripe.refund_till import Body, RefundTill, refund_till
from tests.services.stripe.test_second_payments import SecondTill

#: (object's id, kind, amount, the states that it comes through).
Life = tuple[str, str, int, tuple[str, ...]]
#: How a story ends: money back in the books, credits voided, set aside and usable, and the tasks.
End = tuple[int, int, int, int, tuple[tuple[str, int], ...]]

#: Drawn at random for each story. What a server makes of an order is what a file makes of it: fewer there.
_ORDERS: Final = {"sqlite": 14, "postgresql": 5}
#: Of the lives, the refund that was asked for at the desk.
_OURS: Final = "ours"
_STOOD: Final = ("pending", "succeeded")
_LOST: Final = ("needs_response", "lost")
_WON: Final = ("needs_response", "won")
_FAILED: Final = ("succeeded", "failed")

STORIES: Final[dict[str, tuple[Life, ...]]] = {
    "a part refunded": (("A", "refund", 3000, _STOOD),),
    "all of it in two": (("A", "refund", 3000, _STOOD), ("B", "refund", 6000, _STOOD)),
    "a part fails, another stands": (("A", "refund", 3000, _FAILED), ("B", "refund", 4500, _STOOD)),
    "cancelled, then all of it": (
        ("A", "refund", 9000, ("requires_action", "canceled")),
        ("B", "refund", 9000, _STOOD),
    ),
    "two fail, the third stands": (
        ("A", "refund", 9000, _FAILED),
        ("B", "refund", 9000, _FAILED),
        ("C", "refund", 9000, ("succeeded",)),
    ),
    "a part fails, as much stands": (("A", "refund", 6000, _FAILED), ("B", "refund", 6000, _STOOD)),
    "lost": (("D", "dispute", 9000, ("warning_needs_response", *_LOST)),),
    "won": (("D", "dispute", 9000, ("needs_response", "under_review", "won")),),
    "a part lost": (("D", "dispute", 4500, _LOST),),
    "one part lost, another won": (("D", "dispute", 3000, _LOST), ("E", "dispute", 4500, _WON)),
    "both parts lost": (("D", "dispute", 3000, _LOST), ("E", "dispute", 4500, _LOST)),
    "both parts are all of it": (("D", "dispute", 4500, _LOST), ("E", "dispute", 4500, _LOST)),
    "a part refunded, the rest lost": (("A", "refund", 3000, _STOOD), ("D", "dispute", 6000, _LOST)),
    "a part refunded, a part lost": (("A", "refund", 3000, _STOOD), ("D", "dispute", 3000, _LOST)),
    "a part refunded, the dispute won": (("A", "refund", 3000, _STOOD), ("D", "dispute", 6000, _WON)),
    "all refunded, that fails, a part lost": (("A", "refund", 9000, _FAILED), ("D", "dispute", 4500, _LOST)),
    "all refunded, that fails, all lost": (("A", "refund", 9000, _FAILED), ("D", "dispute", 9000, _LOST)),
    "a part refunded, that fails, the rest lost": (
        ("A", "refund", 4500, _FAILED),
        ("D", "dispute", 4500, _LOST),
    ),
    "ours stands, a part lost": (("ours", "refund", 3000, _STOOD), ("D", "dispute", 3000, _LOST)),
    "ours of all fails, a part lost": (("ours", "refund", 9000, _FAILED), ("D", "dispute", 4500, _LOST)),
    "ours of a part fails, the rest lost": (
        ("ours", "refund", 4500, ("failed",)),
        ("D", "dispute", 4500, _LOST),
    ),
    "ours fails, one of the dashboard stands": (
        ("ours", "refund", 9000, ("pending", *_FAILED)),
        ("B", "refund", 9000, _STOOD),
    ),
    "ours and one of the dashboard": (
        ("ours", "refund", 3000, ("pending", *_STOOD)),
        ("B", "refund", 4500, _STOOD),
    ),
    "two parts that are no round share": (
        ("A", "refund", 800, _STOOD),
        ("B", "refund", 1700, _STOOD),
    ),
    "a part refunded, a part lost, neither a round share": (
        ("A", "refund", 800, _STOOD),
        ("D", "dispute", 1700, _LOST),
    ),
    "two make it whole, one fails": (("A", "refund", 3000, _FAILED), ("B", "refund", 6000, _STOOD)),
    "two make it whole, the larger fails": (("A", "refund", 3000, _STOOD), ("B", "refund", 6000, _FAILED)),
    "two make it whole, neither a round share, one fails": (
        ("A", "refund", 800, _STOOD),
        ("B", "refund", 8200, _FAILED),
    ),
    "two make it whole, both fail": (("A", "refund", 3100, _FAILED), ("B", "refund", 5900, _FAILED)),
    "three make it whole, one fails": (
        ("A", "refund", 800, _STOOD),
        ("B", "refund", 1700, _FAILED),
        ("C", "refund", 6500, _STOOD),
    ),
    "two parts that are no round share, one fails": (
        ("A", "refund", 800, _STOOD),
        ("B", "refund", 1700, _FAILED),
    ),
    "ours and one of the dashboard make it whole, ours fails": (
        ("ours", "refund", 5000, ("pending", *_FAILED)),
        ("B", "refund", 4000, _STOOD),
    ),
    "ours and one of the dashboard make it whole, that fails": (
        ("ours", "refund", 5000, _STOOD),
        ("B", "refund", 4000, _FAILED),
    ),
    "a part refunded, more than the rest lost": (
        ("A", "refund", 6000, _STOOD),
        ("D", "dispute", 6000, _LOST),
    ),
    "a part refunded, all lost": (("A", "refund", 3000, _STOOD), ("D", "dispute", 9000, _LOST)),
    "all refunded, all lost": (("A", "refund", 9000, _STOOD), ("D", "dispute", 9000, _LOST)),
    "a part refunded, that fails, all lost": (
        ("A", "refund", 3000, _FAILED),
        ("D", "dispute", 9000, _LOST),
    ),
    "two refunded, one fails, more than the rest lost": (
        ("A", "refund", 3000, _FAILED),
        ("B", "refund", 4500, _STOOD),
        ("D", "dispute", 6000, _LOST),
    ),
    "ours of a part, more than the rest lost": (
        ("ours", "refund", 6000, _STOOD),
        ("D", "dispute", 6000, _LOST),
    ),
    "ours of a part fails, more than all lost": (
        ("ours", "refund", 6000, ("pending", *_FAILED)),
        ("D", "dispute", 6000, _LOST),
        ("E", "dispute", 4500, _LOST),
    ),
    "an inquiry answered by a refund": (
        ("A", "refund", 9000, _STOOD),
        ("D", "dispute", 9000, ("warning_needs_response", "warning_closed")),
    ),
}


#: Where Stripe goes on after what seemed to be the end: only the time tells what it said last.
TURNED: Final[dict[str, tuple[Life, ...]]] = {
    "all lost, won after all": (("D", "dispute", 9000, (*_LOST, "won")),),
    "a part refunded, all lost, won after all": (
        ("A", "refund", 3000, _STOOD),
        ("D", "dispute", 9000, (*_LOST, "won")),
    ),
    "a part refunded, the rest lost in two, one won after all": (
        ("A", "refund", 3000, _STOOD),
        ("D", "dispute", 4500, (*_LOST, "won")),
        ("E", "dispute", 4500, _LOST),
    ),
    "two refunded, one fails, more than the rest lost, won after all": (
        ("A", "refund", 3000, _FAILED),
        ("B", "refund", 4500, _STOOD),
        ("D", "dispute", 6000, (*_LOST, "won")),
    ),
    "most refunded, that fails, more than the rest lost": (
        ("A", "refund", 6000, _FAILED),
        ("D", "dispute", 6000, _LOST),
    ),
    "a part refunded, all lost, won, lost again": (
        ("A", "refund", 3000, _STOOD),
        ("D", "dispute", 9000, (*_LOST, "won", "lost")),
    ),
    "two make it whole, one fails, the rest lost": (
        ("A", "refund", 3000, _STOOD),
        ("B", "refund", 6000, _FAILED),
        ("D", "dispute", 6000, _LOST),
    ),
}


@pytest.fixture
def till(office: Office, actor: Actor, clock: SetClock) -> Iterator[RefundTill]:
    with refund_till(office, actor, clock) as made:
        yield made


@pytest.mark.property
@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_every_order_ends_alike(till: RefundTill, story: tuple[Life, ...]) -> None:
    """Y3: the last states in every order, and all states in many orders, told more than once."""
    last = [(life, life[3][-1]) for life in story]
    every = [(life, state) for life in story for state in life[3]]
    numbers = random.Random(len(every))
    orders = list(permutations(last))
    for _ in range(_ORDERS[till.office.database.dialect]):
        orders.append(tuple(numbers.sample(every * 2, len(every) * 2)))
    ends: dict[End, str] = {}
    for number, order in enumerate(orders):
        sold = till.take_by_stripe()
        op_id = "".join(_requested(till, sold, life[2]) for life in story if life[0] == _OURS)
        for life, state in order:
            till.hear(
                body_of_life(till, till.intents[sold.sale_id], f"{number}{life[0]}", life, state, op_id)
            )
        told = " ".join(f"{life[0]}:{state}" for life, state in order)
        end = _end(till, sold)
        ends[end] = min(ends.get(end, told), told, key=len)
    assert len(ends) == 1, "\n".join(f"{end} by {told}" for end, told in ends.items())


@pytest.mark.property
@pytest.mark.parametrize("story", TURNED.values(), ids=TURNED)
@pytest.mark.parametrize("used", [0, 4])
def test_stripes_last_word_counts_whatever_it_said_before(
    till: RefundTill, story: tuple[Life, ...], used: int
) -> None:
    """Y3, S6 to S8: the last states alone, and every state of each in its order among those of the others.

    Where credits were used, shares are more than what is left; alike is what a person's answer leaves.
    """
    numbers = random.Random(len(story))
    ends: dict[End, str] = {}
    for number in range(2 * _ORDERS[till.office.database.dialect]):
        sold = till.take_by_stripe()
        if used:
            till.visit(used, lot_id=sold.lot_ids[0])
        waiting = [(life, list(life[3]) if number % 3 else [life[3][-1]]) for life in story]
        told = []
        while waiting:
            life, states = numbers.choice(waiting)
            till.clock.pass_time(minutes=1)
            body = body_of_life(till, till.intents[sold.sale_id], f"{number}{life[0]}", life, states[0], "")
            for _ in range(numbers.choice((1, 2))):
                till.office.write(apply_object, till.online, None, body, till.clock.now())
            told.append(f"{life[0]}:{states.pop(0)}")
            waiting = [one for one in waiting if one[1]]
        for task in till.tasks() if used else ():
            if task.sale_id == sold.sale_id and task.kind == DASHBOARD_REFUND:
                till.do(close_decision, task.id, KEEP_CREDITS)
        ends.setdefault(_end(till, sold), " ".join(told))
    assert len(ends) == 1, "\n".join(f"{end} by {told}" for end, told in ends.items())


def _requested(till: RefundTill, sold: SaleResult, amount: int) -> str:
    """Ask Stripe for a refund at the desk; the operation that Stripe names with it."""
    till.refund(sold, amount)
    return till.see(open_ops)[-1].op_id


def body_of_life(till: RefundTill, intent: str, name: str, life: Life, state: str, op_id: str) -> Body:
    """What Stripe says of one of the lives in this state."""
    ours, kind, amount, _ = life
    return {
        "id": f"{'re' if kind == 'refund' else 'du'}_{name}",
        "object": kind,
        "amount": amount,
        "status": state,
        "currency": "usd",
        "created": int(till.clock.now().timestamp()) - 60,
        "payment_intent": intent,
        "metadata": {"op_id": op_id} if ours == _OURS else {},
        "reason": "fraudulent",
        "evidence_details": {"due_by": 1_800_000_000},
        "balance_transactions": [],
    }


def _end(till: RefundTill, sold: SaleResult) -> End:
    line = till.line(sold)
    usable = sum(till.card(lot_id).usable for lot_id in sold.lot_ids)
    tasks = sorted((one.kind, one.amount.amount) for one in till.tasks() if one.sale_id == sold.sale_id)
    return line.refunded.amount, line.voided, line.set_aside, usable, tuple(tasks)


_LATE: Final = ("a part refunded", "all of it in two", "two fail, the third stands", "lost", "won",
                "a part refunded, a part lost", "all refunded, that fails, a part lost")  # fmt: skip


@pytest.mark.property
@pytest.mark.parametrize("name", _LATE)
def test_a_sale_that_is_heard_of_late_ends_alike(
    office: Office, clock: SetClock, actor: Actor, name: str
) -> None:
    """Y3, S4: its refunds and disputes wait for it, and a payment told twice is one sale."""
    story = STORIES[name]
    numbers = random.Random(len(name))
    ends: dict[End, str] = {}
    with direct_stripe() as stripe:
        till = SecondTill(office, actor, clock, stripe)
        for number in range(_ORDERS[office.database.dialect]):
            paid = till.payment(till.open())
            intent = str(paid["id"])
            bodies = [("paid", paid)]
            for life in story:
                name_of = f"{number}{life[0]}"
                for one in life[3]:
                    bodies.append((f"{life[0]}:{one}", body_of_life(till, intent, name_of, life, one, "")))
            last = [
                one for one in bodies if one[0] in {"paid", *(f"{life[0]}:{life[3][-1]}" for life in story)}
            ]
            told = (
                numbers.sample(last, len(last)) if number % 2 else numbers.sample(bodies * 2, len(bodies) * 2)
            )
            for _, body in told:
                till.hear(body)
            ends.setdefault(_end(till, till.newest()), " ".join(one for one, _ in told))
    assert len(ends) == 1, "\n".join(f"{end} by {told}" for end, told in ends.items())
