"""The pull: events tell what to look at, and the books follow, in any order, by any clock, in any trouble."""

from __future__ import annotations

from typing import Any

import pytest

from frontdesk.errors import Refused
from frontdesk.models.money import Money
from frontdesk.models.sale import money_transaction, sale
from frontdesk.models.studio import command
from frontdesk.models.sync import quarantine, stripe_event, stripe_object, sync_state
from frontdesk.services.stripe.pull import Puller
from frontdesk.services.stripe.wire import (
    Declined,
    NotAllowed,
    NotReached,
    StripeAnswer,
    StripeCall,
    StripeTrouble,
    Unclear,
)
from tests.services.stripe.direct_stripe import DirectStripe
from tests.services.stripe.pulling import Pulling
from tests.services.stripe.studio import ConnectedStudio

EVENTS = "/v1/events"


@pytest.fixture
def link(pulling: Pulling) -> str:
    """A package's Payment Link, with the first sync behind it."""
    made = pulling.link(pulling.studio.online_package())
    assert pulling.poll().whole
    pulling.double.clock.advance(minutes=5)
    return made


def test_a_purchase_comes_in_with_the_next_poll_and_costs_one_read(pulling: Pulling, link: str) -> None:
    """Y3: the session, its payment and its charge are told by many events, and fetched once."""
    bought = pulling.double.pay_link(link, email="bea@example.org")
    before = pulling.stripe.calls.total()
    pulled = pulling.poll()
    assert (pulled.whole, pulled.objects, pulling.sales) == (True, 1, 1)
    assert pulled.events >= 3
    assert pulling.stripe.calls.total() == before + 2
    kinds = {row.kind for row in pulling.studio.rows(stripe_object)}
    assert {"checkout.session", "payment_intent", "charge", "balance_transaction"} <= kinds
    (sold,) = pulling.studio.rows(sale)
    charge = pulling.double.account.charges.with_value("payment_intent", bought["payment_intent"])[0]
    assert sold.sold_at.timestamp() == pulling.double.account.charges.get(charge)["created"]


def test_nothing_new_costs_one_read_and_moves_only_the_mark(pulling: Pulling, link: str) -> None:
    pulling.double.pay_link(link)
    pulling.poll()
    before = pulling.stripe.calls.total()
    pulling.double.clock.advance(minutes=5)
    pulled = pulling.poll()
    assert (pulled.events, pulled.objects) == (0, 0)
    assert pulling.stripe.calls.total() == before + 1
    assert pulling.state.complete_at == pulling.double.clock.time


def test_a_thousand_polls_that_find_nothing_leave_no_commands(pulling: Pulling, link: str) -> None:
    """L1: nobody can send again what nobody asked for, and the file must not grow with every look."""
    pulling.double.pay_link(link)
    pulling.poll()
    before = len(pulling.studio.rows(command))
    for _ in range(1_000):
        pulling.double.clock.advance(minutes=5)
        pulling.studio.clock.pass_time(minutes=5)
        assert pulling.poll().whole
    assert len(pulling.studio.rows(command)) == before
    assert pulling.state.complete_at == pulling.double.clock.time


def test_what_a_poll_changes_is_kept_as_a_command_and_told(pulling: Pulling, link: str) -> None:
    """L3: by its commands another program sees that the file was written to."""
    pulling.double.pay_link(link)
    before = len(pulling.studio.rows(command))
    pulling.poll()
    assert len(pulling.studio.rows(command)) > before


def test_events_told_twice_and_in_any_order_change_nothing(pulling: Pulling, link: str) -> None:
    pulling.double.account.behaviour.event_copies = 3
    pulling.double.disorder_events(7)
    for number in range(4):
        session = pulling.double.pay_link(link, email=f"b{number}@example.org")
        if number == 2:
            pulling.double.refund_in_dashboard(session["payment_intent"])
    pulling.poll()
    for _ in range(3):
        for event in pulling.double.account.objects("events")[-4:]:
            pulling.double.duplicate_event(event["id"])
        pulling.double.clock.advance(seconds=30)
        pulling.poll()
    assert pulling.sales == 4
    back = [
        row.amount for row in pulling.studio.rows(money_transaction, money_transaction.c.kind == "refund")
    ]
    assert back == [-9000]


def test_an_event_that_becomes_visible_late_is_not_lost(pulling: Pulling, link: str) -> None:
    """Y3: it lies before newer ones that were applied already."""
    pulling.double.pay_link(link, email="a@example.org")
    for event in pulling.double.account.objects("events"):
        if event["data"]["object"].get("object") in ("checkout.session", "payment_intent", "charge"):
            pulling.double.hide_event(event["id"], 300)
    pulling.double.clock.advance(seconds=60)
    pulling.double.pay_link(link, email="b@example.org")
    pulling.poll()
    assert pulling.sales == 1
    pulling.double.clock.advance(seconds=400)
    pulling.poll()
    assert pulling.sales == 2


@pytest.mark.parametrize("days", [-40, -2, 2, 40])
def test_the_clock_of_the_computer_has_no_say(pulling: Pulling, link: str, days: int) -> None:
    """Y3: marks and windows are in Stripe's time."""
    pulling.studio.clock.pass_time(days=days)
    pulling.double.pay_link(link)
    assert pulling.poll().events
    assert pulling.sales == 1
    newest = max(event["created"] for event in pulling.double.account.events)
    assert pulling.state.high_water.timestamp() == newest
    assert pulling.state.complete_at == pulling.double.clock.time


@pytest.mark.parametrize("days", [26, 31, 40, 400])
def test_after_a_long_time_off_the_objects_are_listed(pulling: Pulling, link: str, days: int) -> None:
    """Y3: Stripe lists events for 30 days, and forgets them in the middle of a poll of day 30."""
    for number in range(3):
        pulling.double.clock.advance(days=days / 4)
        pulling.double.pay_link(link, email=f"b{number}@example.org")
    pulling.double.clock.advance(days=days / 4)
    pulled = pulling.poll()
    assert (pulled.swept, pulled.whole, pulling.sales) == (True, True, 3)
    assert pulling.state.swept_at is not None and pulling.state.sweep is None


def test_a_quiet_month_of_polls_is_no_gap(pulling: Pulling, link: str) -> None:
    for _ in range(10):
        pulling.double.clock.advance(days=4)
        assert not pulling.poll().swept


def test_more_events_than_a_poll_reads_are_a_gap_too(pulling: Pulling, link: str) -> None:
    pulling.puller = Puller(pulling.studio.office, pulling.studio.online, "desk-1", most_pages=1)
    for number in range(40):
        pulling.double.pay_link(link, email=f"b{number}@example.org")
    assert pulling.poll().swept
    assert pulling.sales == 40


def test_what_cannot_be_applied_is_set_aside_and_all_else_goes_on(pulling: Pulling, link: str) -> None:
    """Y3: it is shown, tried again with growing patience, and on demand at once."""
    pulling.double.account.currency = "usd"
    odd = pulling.double.pay_link(link, email="a@example.org")
    pulling.double.account.sessions.update(odd["id"], currency="eur")
    pulling.double.pay_link(link, email="b@example.org")
    pulled = pulling.poll()
    assert (pulled.whole, pulled.set_aside, pulling.sales) == (True, 1, 1)
    (kept,) = pulling.studio.rows(quarantine)
    assert (kept.object_id, kept.kind, kept.attempts) == (odd["id"], "checkout.session", 1)
    assert kept.trouble["code"] == "sync.other_currency"
    pulling.double.account.sessions.update(odd["id"], currency="usd")
    assert pulling.poll().objects == 0
    pulling.double.clock.advance(seconds=61)
    assert pulling.poll().objects == 1
    assert pulling.sales == 2
    assert pulling.studio.rows(quarantine)[0].solved_at is not None


def test_the_patience_with_what_was_set_aside_grows_to_a_day(pulling: Pulling, link: str) -> None:
    odd = pulling.double.pay_link(link)
    pulling.double.account.sessions.update(odd["id"], currency="eur")
    waits = []
    for _ in range(14):
        waited = 0
        while not pulling.poll().set_aside:
            pulling.double.clock.advance(minutes=1)
            waited += 1
            if waited > 100:
                pulling.double.clock.advance(minutes=waited)
        waits.append(waited)
    assert waits[:6] == [0, 1, 2, 4, 8, 16]
    assert pulling.poll(on_demand=True).set_aside == 1


def test_an_object_that_nobody_foresaw_tells_no_names(pulling: Pulling, link: str) -> None:
    """A7: of an unexpected error only its place is kept."""
    odd = pulling.double.pay_link(link, name="Mira Okafor")
    pulling.double.account.sessions.update(odd["id"], amount_total="Mira Okafor")
    pulling.double.violations.clear()
    pulling.poll()
    pulling.double.violations.clear()
    (kept,) = pulling.studio.rows(quarantine)
    assert kept.trouble["code"] == "sync.not_understood"
    assert "amounts.py" in kept.trouble["params"]["detail"] and "Mira" not in str(kept.trouble)
    assert kept.trouble["params"]["id"] == odd["id"], "what a person looks for in the dashboard, and quotes"


def test_a_stop_in_the_middle_keeps_what_is_applied_and_the_next_poll_goes_on(
    pulling: Pulling, link: str
) -> None:
    """Y5: sync can be stopped, and goes on later."""
    for number in range(30):
        pulling.double.pay_link(link, email=f"b{number}@example.org")
    mark = pulling.state.high_water
    reads = iter(range(100))
    pulled = pulling.poll(goes_on=lambda: next(reads) < 12)
    assert not pulled.whole and 0 < pulling.sales < 30
    assert pulling.state.high_water == mark
    made = pulling.sales
    before = pulling.stripe.reads_of("/v1/checkout/sessions/")
    assert pulling.poll().whole
    assert pulling.sales == 30
    assert pulling.stripe.reads_of("/v1/checkout/sessions/") == before + 30 - made


@pytest.mark.parametrize(
    "trouble", [NotReached("stripe.not_reached"), Unclear("stripe.no_answer", detail="x")]
)
def test_trouble_in_the_middle_keeps_what_is_applied(
    pulling: Pulling, link: str, trouble: StripeTrouble
) -> None:
    for number in range(15):
        pulling.double.pay_link(link, email=f"b{number}@example.org")
    reads = iter(range(100))

    def fail(call: StripeCall) -> None:
        if next(reads) == 8:
            raise trouble

    pulling.stripe.before = fail
    with pytest.raises(type(trouble)):
        pulling.poll()
    assert pulling.sales == 7
    assert pulling.poll().whole
    assert pulling.sales == 15


def test_a_key_that_may_not_read_one_kind_keeps_only_that_back(pulling: Pulling, link: str) -> None:
    session = pulling.double.pay_link(link, email="a@example.org")
    charge = pulling.double.account.payment_intents.get(session["payment_intent"])["latest_charge"]
    pulling.double.open_dispute(charge)

    def refuse(call: StripeCall) -> None:
        if call.path.startswith("/v1/disputes"):
            raise NotAllowed("stripe.permission_missing", permission="rak_dispute_read", said="no")

    pulling.stripe.before = refuse
    assert pulling.poll().set_aside == 1
    assert pulling.sales == 1
    assert pulling.studio.rows(quarantine)[0].trouble["params"]["permission"] == "rak_dispute_read"


def test_a_revoked_key_ends_the_poll(pulling: Pulling, link: str) -> None:
    pulling.double.pay_link(link)
    pulling.double.revoke_key(pulling.stripe.key)
    with pytest.raises(NotAllowed):
        pulling.poll()
    assert not pulling.studio.rows(quarantine)


def test_what_stripe_refuses_for_good_is_set_aside(pulling: Pulling, link: str) -> None:
    pulling.double.pay_link(link)

    def refuse(call: StripeCall) -> None:
        if call.path.startswith("/v1/checkout/sessions/"):
            raise Declined("stripe.declined", stripe_code="odd", param="", decline_code="", said="No.")

    pulling.stripe.before = refuse
    assert pulling.poll().set_aside == 1
    assert pulling.studio.rows(quarantine)[0].trouble["code"] == "stripe.declined"


class OddList:
    """Stripe with a list that does not move on."""

    def __init__(self, stripe: DirectStripe, page: dict[str, Any]) -> None:
        self.stripe, self.page = stripe, page

    def call(self, call: StripeCall) -> StripeAnswer:
        """The odd page for events, the double's answers for all else."""
        if call.path == EVENTS:
            return StripeAnswer(self.page, self.stripe.double.clock.time)
        return self.stripe.call(call)


@pytest.mark.parametrize(
    "data", [[], [{"id": "evt_1", "created": 1, "type": "x", "data": {"object": {}}}]], ids=["empty", "again"]
)
def test_a_list_that_does_not_move_on_ends_the_poll(
    pulling: Pulling, link: str, data: list[dict[str, Any]]
) -> None:
    mark = pulling.state.high_water
    with pytest.raises(Unclear, match=r"stripe\.odd_list"):
        pulling.puller.poll(OddList(pulling.stripe, {"data": data, "has_more": True}))
    assert pulling.state.high_water == mark


def test_what_was_deleted_at_stripe_is_noted_as_gone(pulling: Pulling, link: str) -> None:
    product, price = pulling.double.sell_in_dashboard("Poster", 500)
    pulling.double.account.products.update(product["id"], default_price=None)
    pulling.poll()
    call = StripeCall("delete", f"/v1/products/{product['id']}", {}, "delete-1")
    pulling.double.account.prices.remove(price["id"], {})
    pulling.stripe.call(call)
    assert pulling.poll().whole
    (kept,) = pulling.studio.rows(stripe_object, stripe_object.c.id == product["id"])
    assert kept.status == "inactive" and '"deleted":true' in kept.body


def test_old_events_are_forgotten(pulling: Pulling, link: str) -> None:
    pulling.double.pay_link(link)
    pulling.poll()
    old = {row.id for row in pulling.studio.rows(stripe_event)}
    assert old
    for _ in range(4):
        pulling.double.clock.advance(days=10)
        pulling.poll()
    assert not old & {row.id for row in pulling.studio.rows(stripe_event)}


class TestTwoDesks:
    """One of them pulls (Y3)."""

    @pytest.fixture
    def other(self, pulling: Pulling) -> Pulling:
        """Another desk of the same studio."""
        return Pulling(pulling.studio, pulling.stripe, "desk-2")

    def test_only_one_asks(self, pulling: Pulling, link: str, other: Pulling) -> None:
        pulling.double.pay_link(link)
        before = pulling.stripe.calls.total()
        assert not other.poll().elected
        assert pulling.stripe.calls.total() == before
        assert pulling.poll().elected

    def test_who_does_not_pull_any_more_is_followed(
        self, pulling: Pulling, link: str, other: Pulling
    ) -> None:
        pulling.double.pay_link(link)
        pulling.studio.clock.pass_time(minutes=11)
        assert other.poll().objects == 1
        assert not pulling.poll().elected

    def test_who_leaves_lets_the_other_pull_at_once(
        self, pulling: Pulling, link: str, other: Pulling
    ) -> None:
        other.puller.give_up_turn()
        assert not other.poll().elected
        pulling.puller.give_up_turn()
        assert other.poll().elected

    def test_a_person_who_asks_is_served_at_either_desk(
        self, pulling: Pulling, link: str, other: Pulling
    ) -> None:
        """And both may apply the same at once."""
        pulling.double.pay_link(link)
        assert other.poll(on_demand=True).objects == 1
        assert pulling.poll(on_demand=True).objects == 0
        assert pulling.sales == 1

    def test_what_is_compared_daily_is_compared_once(
        self, pulling: Pulling, link: str, other: Pulling
    ) -> None:
        """Both desks find that it is due; the one whose turn it is does it."""
        before = pulling.stripe.calls.total()
        assert not other.poll(sweep=True).elected
        assert pulling.stripe.calls.total() == before
        assert pulling.poll(sweep=True).swept


def test_a_studio_that_is_not_connected_pulls_nothing(studio: ConnectedStudio, stripe: DirectStripe) -> None:
    studio.sync(_forget_state)
    with pytest.raises(Refused, match=r"stripe\.not_connected"):
        Puller(studio.office, studio.online, "desk-1").poll(stripe)


def _forget_state(work: Any) -> None:
    work.connection.execute(sync_state.delete())


def test_the_books_agree_with_stripe_to_the_cent(pulling: Pulling, link: str) -> None:
    """S7, Y2: with refunds and disputes told before the sale they belong to."""
    sessions = [pulling.double.pay_link(link, email=f"b{number}@example.org") for number in range(6)]
    pulling.double.refund_in_dashboard(sessions[0]["payment_intent"])
    pulling.double.refund_in_dashboard(sessions[1]["payment_intent"], 3000)
    failed = pulling.double.refund_in_dashboard(sessions[2]["payment_intent"])
    pulling.double.fail_refund(failed["id"])
    pulling.poll()
    rows = pulling.studio.rows(money_transaction)
    received = sum(row.amount for row in rows if row.kind == "payment")
    back = -sum(
        row.amount for row in rows if row.kind == "refund" and row.status not in ("failed", "cancelled")
    )
    assert Money(received, "USD") == Money(pulling.double.account.total_charged(), "USD")
    assert back == pulling.double.account.total_refunded() == 12_000
    pulling.double.clock.advance(minutes=20)
    assert pulling.poll().objects == 0


def test_the_mark_never_goes_back(pulling: Pulling, link: str) -> None:
    mark = pulling.state.high_water
    pulling.double.clock.advance(days=-1)
    pulling.poll()
    assert pulling.state.high_water == mark
    pulling.double.clock.advance(days=2)
    pulling.poll()
    assert pulling.state.high_water >= mark
