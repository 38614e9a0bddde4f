"""The sweep: all that an account holds comes in, cut into windows, stopped and gone on with, once each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.models.ledger import lot_balance
from frontdesk.models.sale import money_transaction, sale
from frontdesk.models.sync import online_price, quarantine, stripe_object
from frontdesk.services.decisions import open_decisions
from frontdesk.services.stripe import chunks
from frontdesk.services.stripe.windows import LISTS, Plan
from frontdesk.services.stripe.wire import Busy, NotAllowed, NotReached, StripeCall, StripeTrouble, Unclear
from frontdesk.services.views.sync_status import SyncProgress
from tests.services.stripe.direct_stripe import DirectStripe, direct_stripe
from tests.services.stripe.pulling import Pulling
from tests.services.stripe.studio import ConnectedStudio

SESSIONS = "/v1/checkout/sessions"


@pytest.fixture
def stripe() -> Iterator[DirectStripe]:
    """A double that holds nobody to Stripe's shapes: long lists take long to check."""
    with direct_stripe(validate=False) as made:
        yield made


@pytest.fixture
def years(pulling: Pulling) -> int:
    """Three years of purchases before the first sync, one in thirty given back; how many."""
    link = pulling.link(pulling.studio.online_package())
    pulling.double.bulk_history(330, years=3, links=[link], payouts=True)
    return 330


def kept(studio: ConnectedStudio, kind: str) -> int:
    """How many objects of a kind the mirror has."""
    return len(studio.rows(stripe_object, stripe_object.c.kind == kind))


def assert_all_is_in(pulling: Pulling) -> None:
    """The books and the mirror hold what the account does."""
    account = pulling.double.account
    assert pulling.sales == len(account.sessions) == kept(pulling.studio, "checkout.session")
    for kind, there in (
        ("payment_intent", account.payment_intents),
        ("charge", account.charges),
        ("refund", account.refunds),
        ("payout", account.payouts),
        ("balance_transaction", account.balance_transactions),
    ):
        assert kept(pulling.studio, kind) == len(there), kind
    rows = pulling.studio.rows(money_transaction)
    assert sum(row.amount for row in rows if row.kind == "payment") == account.total_charged()
    back = -sum(row.amount for row in rows if row.kind == "refund" and row.status != "failed")
    assert back == account.total_refunded()


def test_the_first_sync_brings_in_everything_once(pulling: Pulling, years: int) -> None:
    """Y3: by the page, with nothing read twice; and the mark is Stripe's time."""
    pulled = pulling.poll()
    assert (pulled.whole, pulled.swept, pulled.set_aside) == (True, True, 0)
    assert_all_is_in(pulling)
    assert pulling.state.high_water == pulling.double.clock.time
    assert pulling.state.sweep is None
    assert pulling.stripe.reads_of(SESSIONS) < years / 100 + 30
    single = [name for name in pulling.stripe.calls if name.startswith(f"get {SESSIONS}/")]
    assert single == []


def test_sales_are_dated_when_stripe_was_paid(pulling: Pulling, years: int) -> None:
    """Y2: years back, with the business day of their time."""
    pulling.poll()
    paid = {charge["payment_intent"]: charge["created"] for charge in pulling.double.account.charges}
    rows = pulling.studio.rows(money_transaction, money_transaction.c.kind == "payment")
    assert {row.reference: row.at.timestamp() for row in rows} == paid


class Stop:
    """Ends a run once so many objects more were written."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.first: int | None = None
        self.reached = False

    def tell(self, progress: SyncProgress) -> None:
        """Hears how far it is."""
        self.first = progress.done if self.first is None else self.first
        self.reached = progress.done >= self.first + self.after

    def goes_on(self) -> bool:
        """Whether it is not there yet."""
        return not self.reached


def test_stopped_anywhere_it_goes_on_from_there(pulling: Pulling, years: int) -> None:
    """Y5: the same program or the next start; what was written is not read again."""
    stops = 0
    while True:
        stop = Stop(after=90)
        if pulling.poll(goes_on=stop.goes_on, tell=stop.tell).whole:
            break
        stops += 1
        assert pulling.state.sweep is not None or pulling.state.swept_at is not None
        pulling = Pulling(pulling.studio, pulling.stripe)
        assert stops < 100
    assert stops > 3
    assert_all_is_in(pulling)


def test_a_stop_leaves_no_thread_and_writes_nothing_more(pulling: Pulling, years: int) -> None:
    before = threading.active_count()
    stopped = threading.Event()

    def tell(progress: SyncProgress) -> None:
        if progress.done >= 150:
            stopped.set()

    pulled = pulling.poll(goes_on=lambda: not stopped.is_set(), tell=tell)
    assert not pulled.whole
    assert threading.active_count() == before
    written = kept(pulling.studio, "checkout.session")
    assert pulling.sales == written < years


def test_progress_tells_rate_and_what_is_left(pulling: Pulling, years: int) -> None:
    """Y5: done grows, and the estimate comes to what it really was."""
    told: list[SyncProgress] = []
    pulling.poll(tell=lambda one: told.append(one) if one.what != "poll" else None)
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert {one.what for one in told} == {"first"}
    last = told[-1]
    assert last.total == last.done and last.left == 0 and last.rate > 0
    assert all(one.total is None or one.total >= one.done for one in told)
    # When every list has shown how full it is depends on whose answers come first.
    assert any(one.total is not None for one in told[:-1])


def failing(trouble: StripeTrouble, *, times: int, path: str = SESSIONS) -> Callable[[StripeCall], None]:
    """Raises for the first so many calls of a path."""
    left = [times]
    lock = threading.Lock()

    def before(call: StripeCall) -> None:
        with lock:
            if call.path == path and left[0]:
                left[0] -= 1
                raise trouble

    return before


@pytest.mark.parametrize(
    "trouble", [Unclear("stripe.no_answer", detail="x"), Busy("stripe.busy", retry_after=None, reason="x")]
)
def test_a_page_without_an_answer_is_asked_for_again(
    pulling: Pulling, years: int, trouble: StripeTrouble
) -> None:
    pulling.stripe.before = failing(trouble, times=1)
    assert pulling.poll().whole
    assert_all_is_in(pulling)


@pytest.mark.parametrize(
    "trouble",
    [
        Unclear("stripe.no_answer", detail="x"),
        NotReached("stripe.not_reached", detail="x"),
        NotAllowed("stripe.key_revoked", said="x", stripe_code=""),
    ],
)
def test_trouble_that_stays_ends_it_and_what_is_written_stays(
    pulling: Pulling, years: int, trouble: StripeTrouble
) -> None:
    pulling.stripe.before = failing(trouble, times=50)
    with pytest.raises(type(trouble)):
        pulling.poll()
    assert kept(pulling.studio, "balance_transaction") > 0
    assert pulling.state.high_water is None
    pulling.stripe.before = lambda call: None
    assert pulling.poll().whole
    assert_all_is_in(pulling)


class TestAfterAGap:
    """Y3: what happened while nobody asked, and what became of what was there before."""

    @pytest.fixture
    def link(self, pulling: Pulling) -> str:
        """A package's link, with the first sync behind it."""
        made = pulling.link(pulling.studio.online_package())
        assert pulling.poll().whole
        return made

    def test_a_refund_that_failed_long_after_it_was_made(self, pulling: Pulling, link: str) -> None:
        """S6: it was final when the program was closed, and is watched for 120 days."""
        session = pulling.double.pay_link(link)
        refund = pulling.double.refund_in_dashboard(session["payment_intent"])
        pulling.double.clock.advance(minutes=5)
        pulling.poll()
        pulling.double.clock.advance(days=80)
        pulling.double.fail_refund(refund["id"])
        pulling.double.clock.advance(days=31)
        assert pulling.poll().swept
        (row,) = pulling.studio.rows(money_transaction, money_transaction.c.kind == "refund")
        assert row.status == "failed"

    def test_a_dispute_that_was_decided_meanwhile(self, pulling: Pulling, link: str) -> None:
        session = pulling.double.pay_link(link)
        charge = pulling.double.account.payment_intents.get(session["payment_intent"])["latest_charge"]
        dispute = pulling.double.open_dispute(charge)
        pulling.double.clock.advance(minutes=5)
        pulling.poll()
        pulling.double.clock.advance(days=200)
        pulling.double.close_dispute(dispute["id"], "won")
        pulling.double.clock.advance(days=31)
        pulling.poll()
        (row,) = pulling.studio.rows(stripe_object, stripe_object.c.id == dispute["id"])
        assert row.status == "won"

    def test_money_that_took_days_to_come(self, pulling: Pulling, link: str) -> None:
        session = pulling.double.pay_link(link, method="sepa_debit")
        pulling.double.clock.advance(minutes=5)
        pulling.poll()
        assert pulling.sales == 0
        pulling.double.clock.advance(days=6)
        pulling.double.settle_async(session["id"])
        pulling.double.clock.advance(days=60)
        assert pulling.poll().swept
        assert pulling.sales == 1

    def test_a_payout_that_came_back(self, pulling: Pulling, link: str) -> None:
        pulling.double.pay_link(link)
        pulling.double.clock.advance(days=8)
        payout = pulling.double.make_payout("in_transit")
        pulling.poll()
        pulling.double.clock.advance(days=40)
        pulling.double.fail_payout(payout["id"])
        pulling.double.clock.advance(days=31)
        pulling.poll()
        (row,) = pulling.studio.rows(stripe_object, stripe_object.c.id == payout["id"])
        assert row.status == "failed"

    def test_what_was_set_aside_is_tried_again(self, pulling: Pulling, link: str) -> None:
        odd = pulling.double.pay_link(link)
        pulling.double.account.sessions.update(odd["id"], currency="eur")
        pulling.double.clock.advance(minutes=5)
        assert pulling.poll().set_aside == 1
        pulling.double.account.sessions.update(odd["id"], currency="usd")
        pulling.double.clock.advance(days=90)
        assert pulling.poll().swept
        assert pulling.sales == 1
        assert pulling.studio.rows(quarantine)[0].solved_at is not None

    def test_months_off_and_no_purchase_is_made_twice(self, pulling: Pulling, link: str) -> None:
        for number in range(12):
            pulling.double.pay_link(link, email=f"b{number}@example.org")
            pulling.double.clock.advance(days=11)
            if number in (0, 5):
                pulling.poll()
        pulling.poll()
        assert pulling.sales == 12
        pulling.poll(sweep=True)
        assert pulling.sales == 12


def test_a_refund_that_only_the_balance_tells_of_is_fetched(pulling: Pulling) -> None:
    """Y3: balance transactions are the spine, since nothing of them ever changes."""
    link = pulling.link(pulling.studio.online_package())
    session = pulling.double.pay_link(link)
    refund = pulling.double.refund_in_dashboard(session["payment_intent"])

    class WithoutRefunds:
        """Stripe that leaves the refund out of its list."""

        def call(self, call: StripeCall) -> Any:
            answer = pulling.stripe.call(call)
            if call.path == "/v1/refunds":
                answer.body["data"] = []
            return answer

    assert pulling.puller.poll(WithoutRefunds()).whole
    assert pulling.stripe.calls[f"get /v1/refunds/{refund['id']}"] >= 1
    assert kept(pulling.studio, "refund") == 1


def test_on_demand_the_last_months_are_compared(pulling: Pulling) -> None:
    """Y3: what no event ever told."""
    link = pulling.link(pulling.studio.online_package())
    pulling.poll()
    with pulling.double.silence():
        pulling.double.pay_link(link)
    pulling.double.clock.advance(minutes=20)
    pulling.poll()
    assert pulling.sales == 0
    assert pulling.poll(sweep=True).swept
    assert pulling.sales == 1


def test_sales_on_a_page_are_made_one_by_one_where_one_of_them_cannot_be(pulling: Pulling) -> None:
    link = pulling.link(pulling.studio.online_package())
    sessions = [pulling.double.pay_link(link, email=f"b{number}@example.org") for number in range(5)]
    pulling.double.account.sessions.update(sessions[2]["id"], currency="eur")
    pulled = pulling.poll()
    assert (pulled.whole, pulling.sales) == (True, 4)
    assert [row.object_id for row in pulling.studio.rows(quarantine)] == [sessions[2]["id"]]


class TestPlan:
    """How the lists are cut, and how far that is told to be."""

    def plan(self) -> Plan:
        """A year of all lists."""
        return Plan.new("first", 0, 365 * 86400)

    def read(self, plan: Plan, place: int, created: int, *, more: bool = True) -> None:
        """A page of a window whose last object is of this second."""
        window = plan.windows[place]
        page = {"data": [{"id": f"x_{created}", "created": created}], "has_more": more}
        window.written = window.move_on(page, f"x_{created}" if more else None)
        plan.listed[window.list] += 1

    def test_a_list_that_goes_on_is_cut_in_halves_and_nothing_is_left_out(self) -> None:
        plan = self.plan()
        place = list(LISTS).index("sessions")
        self.read(plan, place, 300 * 86400)
        for _ in range(20):
            plan.cut_longest()
            for fresh, one in enumerate(plan.windows):
                if one.list == "sessions" and not one.read.after:
                    self.read(plan, fresh, one.read.until - 1)
        mine = [one for one in plan.windows if one.list == "sessions"]
        assert len(mine) == 8
        assert min(one.since for one in mine) == 0
        spans = sorted((one.since, one.read.reached) for one in mine)
        assert all(above[0] - below[1] <= 1 for below, above in pairwise(spans))
        assert spans[-1][1] == 300 * 86400

    def test_what_was_cut_off_while_its_page_was_on_the_way_is_not_read_twice(self) -> None:
        plan = self.plan()
        place = list(LISTS).index("refunds")
        self.read(plan, place, 200 * 86400)
        plan.cut_longest()
        assert plan.windows[place].since == 100 * 86400
        self.read(plan, place, 90 * 86400)
        assert plan.windows[place].read.over

    def test_it_comes_back_from_the_books_as_far_as_it_was_written(self) -> None:
        plan = self.plan()
        place = list(LISTS).index("sessions")
        self.read(plan, place, 300 * 86400)
        window = plan.windows[place]
        assert window.move_on({"data": [{"id": "x", "created": 5}], "has_more": False}, None).over
        back = Plan.restored(plan.kept)
        mine = next(one for one in back.windows if one.list == "sessions")
        assert (mine.read.reached, mine.read.over) == (300 * 86400, False)
        assert back.kept == plan.kept

    def test_the_estimate_follows_what_was_found(self) -> None:
        assert self.plan().expected is None
        plan = self.plan()
        for place, name in enumerate(LISTS):
            self.read(plan, place, 0, more=name == "sessions")
        window = plan.windows[list(LISTS).index("sessions")]
        window.written = window.read = type(window.read)(window.read.until, "x", window.read.until // 2)
        plan.listed["sessions"] = 100
        assert plan.expected is not None
        assert abs(plan.expected - (200 + len(LISTS) - 1)) <= 1


def test_no_sale_without_a_receipt_in_turn(pulling: Pulling, years: int) -> None:
    """S1: the series Online has no gap after years came in side by side."""
    pulling.poll()
    assert sorted(row.number for row in pulling.studio.rows(sale)) == list(range(1, years + 1))


def test_a_sale_on_a_site_of_the_studios_own_comes_in_by_a_sweep_too(
    pulling: Pulling, studio: ConnectedStudio
) -> None:
    """Y2, Y3: nothing but the price in its lines tells what was sold, and no event tells of it."""
    studio.online_package()
    _, price = pulling.double.sell_in_dashboard("Pack", 9000)
    with studio.office.database.writing() as connection:
        connection.execute(sa.update(online_price).values(price_id=price["id"]))
    with pulling.double.silence():
        for name, quantity in (("one", 1), ("two", 2)):
            params = {
                "mode": "payment",
                "line_items": [{"price": price["id"], "quantity": quantity}],
                "success_url": "https://example.com",
            }
            made = pulling.stripe.call(StripeCall("post", SESSIONS, params, name)).body
            pulling.double.pay_session(made["id"], email=f"{name}@example.org")
    pulled = pulling.poll()
    assert (pulled.whole, pulled.swept, pulling.sales) == (True, True, 1)
    assert [row.trouble["code"] for row in studio.rows(quarantine)] == ["sync.several_packages"]


@pytest.mark.parametrize("size", [1, 10])
def test_a_refund_in_place_of_one_that_failed_is_whole_though_lists_tell_the_newest_first(
    pulling: Pulling, studio: ConnectedStudio, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """S6, S7, Y3: also where the two are written in transactions of their own."""
    sold = pulling.double.pay_link(pulling.link(studio.online_package()))
    first = pulling.double.refund_in_dashboard(sold["payment_intent"])
    pulling.poll()
    with pulling.double.silence():
        pulling.double.fail_refund(first["id"])
        pulling.double.clock.advance(hours=1)
        pulling.double.refund_in_dashboard(sold["payment_intent"])
    pulling.double.clock.advance(hours=1)
    pulling.puller._chunks.size = size
    monkeypatch.setattr(chunks, "_MOST", size)
    pulling.poll(sweep=True)
    rows = studio.rows(money_transaction, money_transaction.c.kind == "refund")
    assert [(row.status, row.amount) for row in rows] == [("failed", -9000), ("succeeded", -9000)]
    assert studio.see(open_decisions) == (), "the second is in its place"
    assert studio.rows(lot_balance)[0].remaining == 0


class TestTwoDesks:
    """A sweep is made by one desk at a time, however long it takes (Y3)."""

    @pytest.fixture
    def other(self, pulling: Pulling) -> Pulling:
        """Another desk of the same studio."""
        return Pulling(pulling.studio, pulling.stripe, "desk-2")

    def test_a_long_sweep_keeps_its_turn(self, pulling: Pulling, years: int, other: Pulling) -> None:
        """Hours of a first sync are no reason for the next desk to join in."""
        joined = []

        def told(at: SyncProgress) -> None:
            if at.what == "first":
                pulling.studio.clock.pass_time(minutes=6)
                joined.append(other.poll().elected)

        assert pulling.poll(tell=told).whole
        assert len(joined) > 2 and not any(joined)
        assert_all_is_in(pulling)

    def test_who_lost_the_turn_writes_nothing_more(
        self, pulling: Pulling, years: int, other: Pulling
    ) -> None:
        """A person at the other desk has asked for news: the sweep goes on there, and only there."""
        taken: list[bool] = []

        def told(_at: SyncProgress) -> None:
            if not taken:
                taken.append(other.poll(on_demand=True).whole)

        pulled = pulling.poll(tell=told)
        assert taken == [True]
        assert (pulled.elected, pulled.whole) == (False, False)
        assert pulling.state.sweep is None
        assert_all_is_in(pulling)
