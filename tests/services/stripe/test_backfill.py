"""Pages of lists in one go: what comes before its sale, what cannot be applied, and how much goes at once."""

from __future__ import annotations

import time
from typing import Any

import pytest

from frontdesk.models.sale import money_transaction
from frontdesk.models.sync import quarantine, stripe_object
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.backfill import apply_page
from frontdesk.services.stripe.chunks import Chunks
from frontdesk.services.unit_of_work import UnitOfWork
from tests.services.stripe.pulling import Pulling

Bodies = list[dict[str, Any]]


@pytest.fixture
def given_back(pulling: Pulling) -> tuple[Bodies, Bodies]:
    """A purchase and its refund as Stripe lists them, each a page."""
    link = pulling.link(pulling.studio.online_package())
    session = pulling.double.pay_link(link)
    pulling.double.refund_in_dashboard(session["payment_intent"])
    account = pulling.double.account
    return account.objects("checkout_sessions"), account.objects("refunds")


def page(work: UnitOfWork, bodies: Bodies) -> int:
    """A page of a sweep; how many of it were set aside."""
    return apply_page(work, bodies, work.now).set_aside


def single(work: UnitOfWork, bodies: Bodies) -> int:
    """The same objects, one by one, as events tell of them."""
    for body in bodies:
        apply_object(work, body, work.now)
    return 0


@pytest.mark.parametrize("way", [page, single])
def test_a_refund_that_came_before_its_sale_follows_it(
    pulling: Pulling, given_back: tuple[Bodies, Bodies], way: Any
) -> None:
    """Y3, S7: the refund is only kept until its sale is in the books, and is in them with it."""
    sessions, refunds = given_back
    pulling.studio.sync(way, refunds)
    assert not pulling.studio.rows(money_transaction)
    pulling.studio.sync(way, sessions)
    amounts = {row.kind: row.amount for row in pulling.studio.rows(money_transaction)}
    assert amounts == {"payment": 9000, "refund": -9000}


def test_a_refund_that_cannot_be_applied_leaves_its_sale_in_the_books(
    pulling: Pulling, given_back: tuple[Bodies, Bodies]
) -> None:
    """Y3: and is shown with its cause."""
    sessions, refunds = given_back
    pulling.studio.sync(page, [{**refunds[0], "amount": "a lot"}])
    assert pulling.studio.sync(page, sessions) == 1
    assert [row.kind for row in pulling.studio.rows(money_transaction)] == ["payment"]
    assert [row.object_id for row in pulling.studio.rows(quarantine)] == [refunds[0]["id"]]


def test_what_a_refused_sale_left_is_taken_back_whole(
    pulling: Pulling, given_back: tuple[Bodies, Bodies]
) -> None:
    """The purchase is kept in the mirror, and nothing of it in the books."""
    sessions, _ = given_back
    assert pulling.studio.sync(page, [{**sessions[0], "amount_total": "a lot"}]) == 1
    assert not pulling.studio.rows(money_transaction)
    assert pulling.studio.rows(stripe_object, stripe_object.c.kind == "checkout.session")


def test_a_transaction_takes_as_much_as_leaves_the_desk_its_turns() -> None:
    """Y5: slow things are written a few at a time, quick ones by the hundred."""
    slow, quick = Chunks(), Chunks()
    for _ in range(3):
        slow.learn(slow.size, 0.02 * slow.size)
    for _ in range(12):
        quick.learn(quick.size, 0.00001 * quick.size)
    assert slow.size == 1
    assert quick.size == 500


def test_quick_things_do_not_make_transactions_of_slow_ones_long() -> None:
    """F4: after pages of movements comes one of purchases, and a person waits for it."""
    chunks = Chunks()
    for _ in range(12):
        chunks.of("balance_transactions").learn(chunks.of("balance_transactions").size, 0.0001)
    assert chunks.of("balance_transactions").size == 500
    assert chunks.of("sessions").size == 10


def test_what_a_transaction_took_is_measured() -> None:
    """Y5."""
    slow = Chunks(10)
    with slow.timed(10):
        time.sleep(0.1)
    assert slow.size <= 4
