"""Stories drawn at random of refunds and disputes end alike however their news arrives (Y3, S6 to S8)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from frontdesk.services.decisions import DASHBOARD_REFUND, close_decision
from frontdesk.services.office import Office
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.unit_of_work import Actor
from frontdesk.services.views.sales import SaleResult
from tests.builders import SetClock, make_client
from tests.services.stripe.refund_till import RefundTill, refund_till
from tests.services.stripe.test_any_order import Life, body_of_life
from tests.support.books import found_in

STORIES, ORDERS = 10, 6

_DISPUTES = (
    ("needs_response", "lost"),
    ("needs_response", "won"),
    ("needs_response", "lost", "won"),
    ("needs_response", "won", "lost"),
)
#: Of all lines: money back, and credits gone or set aside. What is usable, and the tasks.
End = tuple[int, int, int, tuple[tuple[str, int], ...]]


@dataclass(frozen=True)
class Story:
    """What a sale is, what became of its credits, and what Stripe has of it."""

    lives: tuple[Life, ...]
    two_lines: bool
    cash: int
    used: int
    given_away: int
    answer: str


@pytest.fixture
def till(office: Office, actor: Actor, clock: SetClock) -> Iterator[RefundTill]:
    with refund_till(office, actor, clock) as made:
        yield made


@pytest.mark.property
@pytest.mark.parametrize("seed", range(STORIES))
def test_whatever_the_story_it_ends_alike(till: RefundTill, seed: int) -> None:
    """Each told in its own order among the others, or by its last state alone; before and after a person's
    answer to what is asked.
    """
    numbers = random.Random(seed)
    story = drawn(numbers)
    friend = make_client(till.office, till.actor, "Ada Brandt")
    ends: dict[tuple[End, End], str] = {}
    for number in range(ORDERS):
        sold = sell(till, story, friend)
        told = tell(till, sold, story, numbers, number)
        before = end_of(till, sold)
        for task in till.tasks():
            if task.sale_id == sold.sale_id and task.kind == DASHBOARD_REFUND:
                till.do(close_decision, task.id, story.answer)
        ends.setdefault((before, end_of(till, sold)), told)
    assert len(ends) == 1, "\n".join((str(story), *(f"{end} by {told}" for end, told in ends.items())))
    assert found_in(till.office.database) == set()


def drawn(numbers: random.Random) -> Story:
    """Neither the refunds that stand nor the disputes are more than was paid; together they may be."""
    two_lines, cash = numbers.random() < 0.3, numbers.choice((0, 0, 0, 2000))
    paid = 9000 + (4700 if two_lines else 0) - cash
    lives: list[Life] = []
    room = paid
    for name in "ABC"[: numbers.randint(1, 3)]:
        if room:
            amount, fails = numbers.choice((room, numbers.randint(1, room))), numbers.random() < 0.5
            room -= 0 if fails else amount
            lives.append((name, "refund", amount, ("succeeded", "failed") if fails else ("succeeded",)))
    room = paid
    for name in "DE"[: numbers.choice((0, 1, 1, 2))]:
        if room:
            amount = numbers.choice((room, numbers.randint(1, room)))
            room -= amount
            lives.append((name, "dispute", amount, numbers.choice(_DISPUTES)))
    used, given_away = numbers.choice(((0, 0), (4, 0), (7, 0), (10, 0), (0, 2), (4, 2)))
    return Story(
        tuple(lives), two_lines, cash, used, given_away, numbers.choice(("keep_credits", "void_credits"))
    )


def sell(till: RefundTill, story: Story, friend: int) -> SaleResult:
    """A sale, some of whose credits are used, and some given away."""
    five = [till.on_sale("Five", 4700, credits=5, bonus=0)] if story.two_lines else []
    sold = till.take_by_stripe(till.on_sale(), *five, cash=story.cash)
    if story.used:
        till.visit(story.used, lot_id=sold.lot_ids[0])
    if story.given_away:
        till.transfer(sold.lot_ids[0], friend, story.given_away)
    return sold


def tell(till: RefundTill, sold: SaleResult, story: Story, numbers: random.Random, number: int) -> str:
    """The pull brings one state after the other, each once or twice; what it brought."""
    waiting = [(life, list(life[3]) if number % 3 else [life[3][-1]]) for life in story.lives]
    told = []
    while waiting:
        life, states = numbers.choice(waiting)
        body = body_of_life(till, till.intents[sold.sale_id], f"{number}{life[0]}", life, states[0], "")
        for _ in range(numbers.choice((1, 2))):
            till.clock.pass_time(minutes=1)
            till.office.write(apply_object, till.online, None, body, till.clock.now())
        told.append(f"{life[0]}:{states.pop(0)}")
        waiting = [one for one in waiting if one[1]]
    return " ".join(told)


def end_of(till: RefundTill, sold: SaleResult) -> End:
    """How it stands with the sale."""
    lines = till.refund_view(sold).lines
    tasks = sorted((one.kind, one.amount.amount) for one in till.tasks() if one.sale_id == sold.sale_id)
    return (
        sum(line.refunded.amount for line in lines),
        sum(line.voided + line.set_aside for line in lines),
        sum(till.card(lot_id).usable for lot_id in sold.lot_ids),
        tuple(tasks),
    )
