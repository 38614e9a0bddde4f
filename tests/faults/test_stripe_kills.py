"""Killed anywhere around a call to Stripe, nothing is done twice and nothing is forgotten (R1, R4, Y4).

The program is a process of its own that syncs over real HTTP; the double of Stripe lives in the test. Each
story lets it go on as often as it takes, and kills it once at every call that it makes: before the call,
while Stripe is at it, before the answer is read, before it is written, in the middle of the commit, after it.
"""

from __future__ import annotations

import gc
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import count, cycle, product
from pathlib import Path

import pytest

from frontdesk.models.ledger import credit_lot
from frontdesk.models.money import Money
from frontdesk.models.sale import decision, sale
from frontdesk.models.sync import checkout, sync_state
from frontdesk.services.clients import create_client
from frontdesk.services.decisions import PAID_TWICE
from frontdesk.services.drafts.checkouts import CheckoutDraft, ReaderDraft
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.drafts.refunds import RefundDraft
from frontdesk.services.drafts.sales import PaymentDraft, SaleDraft, SaleLineDraft
from frontdesk.services.gateways.stripe_gateway import StripeGateway
from frontdesk.services.lots import lots_of
from frontdesk.services.package_lists import packages_on_sale
from frontdesk.services.packages import (
    archive_package,
    create_package,
    package_draft,
    publish_package,
    save_package,
)
from frontdesk.services.refund_writer import REFUND_CREATE
from frontdesk.services.refunds import refund_view, request_refund
from frontdesk.services.stripe import checkout_calls as calls
from frontdesk.services.stripe import reader_steps
from frontdesk.services.stripe.catalogue_steps import STEPS
from frontdesk.services.stripe.checkouts import cancel_checkout, open_checkout
from frontdesk.services.stripe.kinds import kinds
from frontdesk.services.stripe.online_state import online_state
from frontdesk.services.stripe.push import Pusher
from frontdesk.services.stripe.readers import present_card, reader_rows, register_reader
from tests.builders import MORNING, PACK
from tests.faults.stripe_killer import Killer
from tests.faults.stripe_mortal import OP_POINTS, READ_POINTS, WRITE_POINTS
from tests.services.stripe.online_till import PLACE
from tests.stripe_double import Clock, StripeDouble
from tests.support.databases import FreshDatabases, SqliteDatabases

#: Sales before the program was there: more than one page of each list.
_SOLD = 150
#: What happens at the desk and at Stripe, told in steps; after each the program is killed until all is done.
Story = Callable[["Killer"], Iterator[None]]


# --- Stories -----------------------------------------------------------------------------------------


def a_package_on_its_way(killer: Killer) -> Iterator[None]:
    """On sale, with another price, off sale, and on again."""
    package_id = make_package(killer)
    yield
    draft = killer.see(package_draft, package_id)
    killer.do(save_package, package_id, replace(draft, price=Money(9900, "USD")), 1)
    yield
    killer.do(archive_package, package_id)
    yield
    killer.do(publish_package, package_id)
    yield
    account = killer.stripe.account
    (product,) = account.products
    assert [(one["unit_amount"], one["active"]) for one in account.prices] == [(9000, False), (9900, True)]
    assert [one["active"] for one in account.payment_links] == [False, True]
    assert product["active"] and product["default_price"] == account.objects("prices")[1]["id"]
    shown = killer.see(online_state, package_id)
    assert (shown.state, shown.drift) == ("on_sale", ())


def sales_by_code(killer: Killer) -> Iterator[None]:
    """One is paid, one is taken back, and one is paid while it is being taken back."""
    client_id = make_client(killer)
    opened = [open_sale(killer, client_id, "stripe_checkout") for _ in range(3)]
    yield
    sessions = [row.session_id for row in killer.rows(checkout)]
    killer.stripe.pay_session(sessions[0])
    killer.do(cancel_checkout, opened[1])
    killer.stripe.pay_session(sessions[2])
    killer.do(cancel_checkout, opened[2])
    yield
    assert [row.state for row in killer.rows(checkout)] == ["paid", "cancelled", "paid"]
    there = sorted(one["status"] for one in killer.stripe.account.sessions)
    assert there == ["complete", "complete", "expired"]
    assert len(killer.rows(sale)) == 2
    assert sum(lot.remaining for lot in killer.see(lots_of, [client_id])) == 24
    # Heard of after the other sale, the late payment looks like a second one: its credits wait for a person.
    asked = sum(one.kind == PAID_TWICE for one in killer.rows(decision))
    assert credits_of(killer, client_id) == 24 - 12 * asked


def sales_by_reader(killer: Killer) -> Iterator[None]:
    """A reader is registered, a card pays on it, and another sale is taken from it again."""
    client_id = make_client(killer)
    killer.do(register_reader, ReaderDraft("simulated-wpe", "Front desk", **PLACE))
    yield
    (reader,) = killer.see(reader_rows)
    open_sale(killer, client_id, "stripe_reader", reader.id)
    yield
    killer.do(present_card, reader.id)
    yield
    second = open_sale(killer, client_id, "stripe_reader", reader.id)
    yield
    killer.do(cancel_checkout, second)
    yield
    assert [row.state for row in killer.rows(checkout)] == ["paid", "cancelled"]
    intents = [one["status"] for one in killer.stripe.account.payment_intents]
    assert intents == ["succeeded", "canceled"]
    assert len(killer.rows(sale)) == 1 and credits_of(killer, client_id) == 12


def refunds(killer: Killer) -> Iterator[None]:
    """Two of one payment, one of another."""
    client_id = make_client(killer)
    for _ in range(2):
        open_sale(killer, client_id, "stripe_checkout")
    killer.live()
    for row in killer.rows(checkout):
        killer.stripe.pay_session(row.session_id)
    killer.live()
    refund(killer, 1, 3000, 4)
    refund(killer, 2, 9000, 12)
    yield
    refund(killer, 1, 6000, 8)
    yield
    # Which of two goes first is nothing that a kill must keep.
    assert sorted(one["amount"] for one in killer.stripe.account.refunds) == [3000, 6000, 9000]
    assert credits_of(killer, client_id) == 0


#: Each story, and the kinds of operations in it.
STORIES: dict[Story, tuple[str, ...]] = {
    a_package_on_its_way: STEPS,
    sales_by_code: (calls.CREATE_SESSION, calls.EXPIRE_SESSION),
    sales_by_reader: tuple(one.name for one in reader_steps.KINDS),
    refunds: (REFUND_CREATE,),
}


def make_package(killer: Killer) -> int:
    package_id: int = killer.do(create_package, replace(PACK, online=True)).package_id
    killer.do(publish_package, package_id)
    return package_id


def make_client(killer: Killer) -> int:
    """A client; the package that they buy is for the desk alone, so that Stripe need not hear of it."""
    killer.do(publish_package, killer.do(create_package, PACK).package_id)
    client_id: int = killer.do(create_client, ClientDraft(name="Mira Okafor")).client_id
    return client_id


def open_sale(killer: Killer, client_id: int, tender: str, reader_id: str = "") -> int:
    """A sale that waits for Stripe; the id of its checkout."""
    (offer,) = killer.see(packages_on_sale)
    line = SaleLineDraft(offer.package_id, offer.version_id)
    draft = SaleDraft(client_id, (line,), None, (PaymentDraft(tender, offer.price),))
    opened: int = killer.do(open_checkout, CheckoutDraft(draft, reader_id)).checkout_id
    return opened


def refund(killer: Killer, sale_id: int, amount: int, credits: int) -> None:
    (line,) = killer.see(refund_view, sale_id).lines
    killer.do(request_refund, RefundDraft(line.sale_line_id, Money(amount, "USD"), credits, "client_request"))


def credits_of(killer: Killer, client_id: int) -> int:
    return sum(lot.usable for lot in killer.see(lots_of, [client_id]))


def taking_turns(shift: int) -> Callable[[int], str]:
    """The points one after the other, beginning at the so-manieth."""
    return lambda number: OP_POINTS[(number + shift) % len(OP_POINTS)]


def told(story: Story, url: str, points: Callable[[int], str]) -> Killer:
    """A story from its beginning to its end, with a kill at every call."""
    with StripeDouble(clock=Clock(MORNING)) as stripe:
        killer = Killer(url, stripe)
        for _ in story(killer):
            killer.settle(points)
            assert killer.differences(refused=(calls.EXPIRE_SESSION,)) == []
        return killer


# --- Every call --------------------------------------------------------------------------------------


@pytest.fixture
def sqlite(_sqlite_template: Path, tmp_path: Path) -> Iterator[FreshDatabases]:
    """Fresh files: what a kill does to a page half written is of files alone."""
    made = SqliteDatabases(_sqlite_template, tmp_path)
    yield made
    made.drop_all()


@pytest.mark.kill
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_program_killed_at_each_of_its_calls_ends_as_if_it_had_not_been(
    sqlite: FreshDatabases, story: Story
) -> None:
    """R1, R4, Y4: each call once, the points taking turns."""
    killer = told(story, sqlite.new(), taking_turns(0))
    assert {kind for kind, _ in killer.kills} == set(STORIES[story])
    print(f"{story.__name__}: nothing twice and nothing lost in {killer.kills.total()} kills")


def test_no_kind_of_operation_is_missing_in_the_stories() -> None:
    assert {kind for story in STORIES.values() for kind in story} == set(kinds())


@pytest.mark.kill
@pytest.mark.long
@pytest.mark.timeout(0)
def test_killed_at_every_point_of_every_call_it_ends_as_if_it_had_not_been(
    databases: FreshDatabases,
) -> None:
    """R1, R4, Y4: every kind of operation, at each of the points, with both databases."""
    kills: Counter[tuple[str, str]] = Counter()
    for story, shift in product(STORIES, range(len(OP_POINTS))):
        kills += told(story, databases.new(), taking_turns(shift)).kills
        # Nobody else does while a test runs.
        gc.collect()
    assert set(kills) == set(product(kinds(), OP_POINTS))
    print(f"nothing twice and nothing lost in {kills.total()} kills")


# --- Every transaction and every read of the pull ----------------------------------------------------


def years_of_sales(killer: Killer) -> None:
    """A package with a link, sold before this program knew of it, and some of it given back."""
    make_package(killer)
    with killer.office() as office, closing(StripeGateway(killer.stripe.key, killer.stripe.url)) as gateway:
        Pusher(office, killer.owner, "before").push(gateway)
    (link,) = killer.stripe.account.payment_links
    killer.stripe.bulk_history(_SOLD, years=1, links=[link["id"]], refunded=0.1)


def a_busy_day(killer: Killer) -> None:
    """People buy, the dashboard gives back, a bank complains, and somebody renames a product there."""
    stripe = killer.stripe
    (link,) = stripe.account.payment_links
    for name in ("Ada", "Ben", "Cem"):
        stripe.pay_link(link["id"], f"{name}@example.com", name)
        killer.pass_time(minutes=1)
    *_, charge = stripe.account.charges.live
    stripe.refund_in_dashboard(charge["id"], 1000)
    stripe.open_dispute(charge["id"])
    (product,) = stripe.account.products
    stripe.edit_product_in_dashboard(product["id"], name="Ten classes")


def assert_all_came_once(killer: Killer) -> None:
    """Each payment is one sale with its two lots, each refund one refund; nothing is left to do."""
    assert killer.differences() == []
    sold = killer.rows(sale)
    lots = Counter(row.sale_line_id for row in killer.rows(credit_lot))
    assert len(sold) == len(list(killer.stripe.account.charges))
    assert sorted(lots.values()) == [2] * len(sold)
    assert killer.rows(sync_state)[0].sweep is None


def deaths() -> Iterator[tuple[str, int]]:
    """Where one program after the other dies: first early, then anywhere among the pages."""
    points, chance = cycle((*WRITE_POINTS, *READ_POINTS)), random.Random(7)
    for number in range(1, 6):
        yield next(points), number
    for _ in range(10):
        point = next(points)
        yield point, chance.randrange(4, 8 if point in READ_POINTS else 30)


@pytest.mark.kill
def test_a_pull_killed_again_and_again_brings_each_sale_once(sqlite: FreshDatabases) -> None:
    """R1, R4, Y3: over the lists, then by events; each program goes on where the one before was."""
    with StripeDouble(clock=Clock(MORNING)) as stripe:
        killer = Killer(sqlite.new(), stripe)
        for happens in (years_of_sales, a_busy_day):
            happens(killer)
            for point, number in deaths():
                if not killer.kill_at(point, number):
                    break
            killer.live()
            assert_all_came_once(killer)
        assert set(killer.pulls) == {*WRITE_POINTS, *READ_POINTS}
        print(f"a pull: nothing twice and nothing lost in {killer.pulls.total()} kills")


@pytest.mark.kill
@pytest.mark.long
@pytest.mark.timeout(0)
def test_a_pull_killed_at_every_transaction_and_read_brings_each_sale_once(databases: FreshDatabases) -> None:
    """R1, R4, Y3: with both databases."""
    kills = 0
    for point in (*WRITE_POINTS, *READ_POINTS):
        for number in count(1):
            with StripeDouble(clock=Clock(MORNING)) as stripe:
                killer = Killer(databases.new(), stripe)
                years_of_sales(killer)
                killed = killer.kill_at(point, number)
                killer.live()
                assert_all_came_once(killer)
            gc.collect()
            if not killed:
                break
            kills += 1
    print(f"nothing twice and nothing lost in {kills} kills of a pull")
