"""The double of Stripe answers Stripe's own SDK as Stripe would, and notices what Stripe would refuse."""

import json
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
import stripe as sdk

from tests.stripe_double import ACCOUNT, API_VERSION, KINDS, Clock, StripeDouble, StripeError
from tests.stripe_double.contract import contract

DAY = 86400


def client_of(double: StripeDouble, key: str | None = None, timeout: float = 5) -> sdk.StripeClient:
    """Stripe's SDK, with its retries off."""
    return sdk.StripeClient(
        key or double.key,
        base_addresses={"api": double.url},
        http_client=sdk.RequestsClient(timeout=(2, timeout)),
        max_network_retries=0,
    )


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    with StripeDouble() as double:
        yield double


@pytest.fixture
def v1(stripe: StripeDouble) -> Any:
    return v1_of(stripe)


def raw(double: StripeDouble, method: str, path: str, key: str | None = None, **params: Any) -> Any:
    """Raw JSON of an answer, as the sync reads it."""
    answer: Any = client_of(double, key).raw_request(method, path, **params)
    return json.loads(answer.body)


def v1_of(double: StripeDouble, key: str | None = None, timeout: float = 5) -> Any:
    """The SDK's services, without the types of their parameters."""
    return client_of(double, key, timeout).v1


def refused(call: Callable[[], Any]) -> sdk.StripeError:
    """The error that a call raises."""
    with pytest.raises(sdk.StripeError) as caught:
        call()
    return caught.value


class Shop:
    """A product with a price, and short ways to sell it."""

    def __init__(self, double: StripeDouble, amount: int = 15000) -> None:
        self.stripe, self.v1 = double, v1_of(double)
        data: Any = {"currency": "usd", "unit_amount": amount}
        self.product = self.v1.products.create({"name": "10 classes", "default_price_data": data})
        self.price = str(self.product.default_price)

    def session(self, **more: Any) -> Any:
        wanted: Any = {
            "mode": "payment",
            "line_items": [{"price": self.price, "quantity": 1}],
            "success_url": "https://studio.example/thanks",
            **more,
        }
        return self.v1.checkout.sessions.create(wanted)

    def link(self, **more: Any) -> Any:
        wanted: Any = {"line_items": [{"price": self.price, "quantity": 1}], **more}
        return self.v1.payment_links.create(wanted)

    def paid(self) -> Any:
        """A session that a buyer has paid."""
        return self.stripe.pay_session(self.session()["id"])


@pytest.fixture
def shop(stripe: StripeDouble) -> Shop:
    return Shop(stripe)


def types_of(double: StripeDouble) -> list[str]:
    """Types of all events, oldest first."""
    return [event["type"] for event in double.account.objects("events")]


# --- Catalogue -------------------------------------------------------------------------------------


def test_every_operation_of_the_published_subset_has_an_answer(stripe: StripeDouble) -> None:
    from tests.stripe_double.routing import HANDLERS

    # The double leaves none of them to a 404.
    assert set(HANDLERS) == set(contract().operations)
    assert len({path for _, path in HANDLERS}) == 39


def test_default_price_has_to_be_moved_before_it_is_archived(shop: Shop) -> None:
    old = shop.price
    error = refused(lambda: shop.v1.prices.update(old, {"active": False}))
    assert error.http_status == 400 and "default price" in str(error)
    new = shop.v1.prices.create({"product": shop.product.id, "currency": "usd", "unit_amount": 16000})
    shop.v1.products.update(shop.product.id, {"default_price": new.id})
    assert shop.v1.prices.update(old, {"active": False}).active is False


def test_lookup_key_moves_only_when_told_to(shop: Shop, stripe: StripeDouble) -> None:
    wanted: Any = {
        "product": shop.product.id,
        "currency": "usd",
        "unit_amount": 900,
        "lookup_key": "frontdesk:1",
    }
    first = shop.v1.prices.create(wanted)
    assert "lookup key" in str(refused(lambda: shop.v1.prices.create(wanted)))
    second = shop.v1.prices.create({**wanted, "transfer_lookup_key": True})
    found = shop.v1.prices.list({"lookup_keys": ["frontdesk:1"]}).data
    assert [price.id for price in found] == [second.id]
    assert stripe.account.prices.get(first.id)["lookup_key"] is None


def test_archived_product_takes_its_links_with_it(shop: Shop, stripe: StripeDouble) -> None:
    link = shop.link()
    shop.v1.products.update(shop.product.id, {"active": False})
    assert shop.v1.payment_links.retrieve(link.id).active is False
    assert "payment_link.updated" in types_of(stripe)
    assert refused(lambda: shop.v1.payment_links.update(link.id, {"active": True})).http_status == 400


def test_archived_price_cannot_be_sold(shop: Shop) -> None:
    price = shop.v1.prices.create({"product": shop.product.id, "currency": "usd", "unit_amount": 900})
    shop.v1.prices.update(price.id, {"active": False})
    line: Any = [{"price": price.id, "quantity": 1}]
    assert "inactive" in str(refused(lambda: shop.session(line_items=line)))
    assert "inactive" in str(refused(lambda: shop.link(line_items=line)))


def test_only_products_without_prices_can_be_deleted(shop: Shop) -> None:
    assert refused(lambda: shop.v1.products.delete(shop.product.id)).http_status == 400
    bare = shop.v1.products.create({"name": "Mistake"})
    assert shop.v1.products.delete(bare.id).deleted
    assert refused(lambda: shop.v1.products.retrieve(bare.id)).code == "resource_missing"


def test_metadata_is_merged_and_keys_deleted_by_nothing(shop: Shop) -> None:
    update = shop.v1.products.update
    update(shop.product.id, {"metadata": {"a": "1", "b": "2"}})
    assert update(shop.product.id, {"metadata": {"a": "", "c": "3"}}).metadata.to_dict() == {
        "b": "2",
        "c": "3",
    }
    assert update(shop.product.id, {"metadata": ""}).metadata.to_dict() == {}


def test_link_closes_after_its_last_sale(shop: Shop, stripe: StripeDouble) -> None:
    link = shop.link(restrictions={"completed_sessions": {"limit": 1}}, metadata={"package": "7"})
    session = stripe.pay_link(link.id, "ada@example.com", "Ada Ångström", reference="abc")
    assert session["metadata"] == {"package": "7"} and session["client_reference_id"] == "abc"
    assert session["customer_details"]["email"] == "ada@example.com"
    seen = shop.v1.payment_links.retrieve(link.id)
    assert seen.active is False and seen.restrictions is not None
    assert seen.restrictions.completed_sessions.count == 1


# --- Checkout --------------------------------------------------------------------------------------


def test_session_has_no_payment_before_the_buyer_submits(shop: Shop, stripe: StripeDouble) -> None:
    session = shop.session(
        client_reference_id="sale-1",
        metadata={"sale": "1"},
        payment_intent_data={"metadata": {"kept": "yes"}},
    )
    assert session.payment_intent is None and session.url and session.status == "open"
    stripe.pay_session(session.id, method="mastercard")
    wanted: Any = {
        "expand": [
            "payment_intent.latest_charge.balance_transaction",
            "line_items",
            "total_details.breakdown",
        ]
    }
    seen = shop.v1.checkout.sessions.retrieve(session.id, wanted)
    assert (seen.status, seen.payment_status, seen.url) == ("complete", "paid", None)
    intent: Any = seen.payment_intent
    # The session's own metadata is not copied to its payment.
    assert intent.metadata.to_dict() == {"kept": "yes"}
    charge = intent.latest_charge
    assert charge.receipt_url and charge.payment_method_details.card.last4 == "4444"
    assert charge.balance_transaction.fee == 465 and charge.balance_transaction.net == 15000 - 465
    assert seen.line_items is not None and seen.line_items.data[0].amount_total == 15000
    assert stripe.account.charges_by_reference() == {"sale-1": 1}


def test_declined_card_leaves_the_session_open(shop: Shop, stripe: StripeDouble) -> None:
    session = shop.session()
    assert stripe.pay_session(session.id, method="declined")["status"] == "open"
    intent = stripe.account.sessions.get(session.id)["payment_intent"]
    assert refused(lambda: shop.v1.payment_intents.cancel(intent)).http_status == 400
    assert stripe.pay_session(session.id)["payment_intent"] == intent
    assert stripe.account.total_charged() == 15000


@pytest.mark.parametrize("ok", [True, False])
def test_delayed_payment_is_complete_before_it_is_paid(shop: Shop, stripe: StripeDouble, ok: bool) -> None:
    session = stripe.pay_session(shop.session().id, delayed=True)
    assert (session["status"], session["payment_status"]) == ("complete", "unpaid")
    stripe.settle_async(session["id"], ok)
    assert stripe.account.sessions.get(session["id"])["payment_status"] == ("paid" if ok else "unpaid")
    assert types_of(stripe)[-1] == f"checkout.session.async_payment_{'succeeded' if ok else 'failed'}"
    assert stripe.account.total_charged() == (15000 if ok else 0)


def test_session_lives_between_half_an_hour_and_a_day(shop: Shop, stripe: StripeDouble) -> None:
    now = stripe.clock.now()
    assert "30 minutes" in str(refused(lambda: shop.session(expires_at=now + 1799)))
    assert "24 hours" in str(refused(lambda: shop.session(expires_at=now + DAY + 1)))
    session = shop.session(expires_at=now + 1860)
    stripe.clock.advance(minutes=31)
    seen = shop.v1.checkout.sessions.retrieve(session.id)
    assert (seen.status, seen.url) == ("expired", None)
    assert types_of(stripe)[-1] == "checkout.session.expired"


def test_only_open_sessions_can_be_expired(shop: Shop) -> None:
    assert shop.v1.checkout.sessions.expire(shop.session().id).status == "expired"
    paid = shop.paid()
    assert "complete" in str(refused(lambda: shop.v1.checkout.sessions.expire(paid["id"])))


def test_too_small_and_too_large_amounts_are_refused(shop: Shop) -> None:
    line: Any = [
        {"price_data": {"currency": "usd", "unit_amount": 49, "product_data": {"name": "x"}}, "quantity": 1}
    ]
    assert refused(lambda: shop.session(line_items=line)).code == "amount_too_small"
    for amount, code in ((49, "amount_too_small"), (100_000_000, "amount_too_large")):
        create = partial(shop.v1.payment_intents.create, {"amount": amount, "currency": "usd"})
        assert refused(create).code == code


def test_free_session_needs_no_payment(stripe: StripeDouble) -> None:
    session = stripe.pay_session(Shop(stripe, amount=0).session().id)
    assert (session["payment_status"], session["payment_intent"]) == ("no_payment_required", None)


def test_sessions_are_found_by_payment_link_status_and_intent(shop: Shop, stripe: StripeDouble) -> None:
    link = shop.link()
    bought = stripe.pay_link(link.id)
    still_open = shop.session()
    sessions = shop.v1.checkout.sessions
    assert [s.id for s in sessions.list({"payment_link": link.id})] == [bought["id"]]
    assert [s.id for s in sessions.list({"status": "open"})] == [still_open.id]
    assert [s.id for s in sessions.list({"payment_intent": bought["payment_intent"]})] == [bought["id"]]
    assert len(sessions.line_items.list(bought["id"]).data) == 1


# --- Lists and expansion ---------------------------------------------------------------------------


def test_lists_are_newest_first_and_paged_both_ways(stripe: StripeDouble, v1: Any) -> None:
    made = [v1.customers.create({"name": str(number)}).id for number in range(7)]
    first = v1.customers.list({"limit": 3})
    assert [c.id for c in first.data] == made[:3:-1] and first.has_more
    after = v1.customers.list({"limit": 3, "starting_after": made[1]})
    assert [c.id for c in after.data] == [made[0]] and not after.has_more
    before = v1.customers.list({"limit": 2, "ending_before": made[1]})
    assert [c.id for c in before.data] == [made[3], made[2]] and before.has_more
    assert [c.id for c in v1.customers.list({"limit": 2}).auto_paging_iter()] == made[::-1]
    assert refused(lambda: v1.customers.list({"starting_after": "cus_x"})).code == "resource_missing"
    assert refused(lambda: v1.customers.list({"limit": 101})).http_status == 400


def test_created_windows_are_exact(stripe: StripeDouble, v1: Any) -> None:
    made = []
    for _ in range(4):
        made.append(v1.customers.create({}).id)
        stripe.clock.advance(seconds=10)
    start = stripe.account.customers.get(made[0])["created"]

    def found(**bounds: int) -> list[str]:
        return [c.id for c in v1.customers.list({"created": bounds})]

    assert found(gte=start + 10, lt=start + 30) == [made[2], made[1]]
    assert found(gt=start, lte=start + 20) == [made[2], made[1]]
    assert [c.id for c in v1.customers.list({"created": start + 30})] == [made[3]]


def test_lists_expand_below_data(shop: Shop, stripe: StripeDouble) -> None:
    shop.paid()
    path = "/v1/checkout/sessions?limit=5&expand[]=data.payment_intent.latest_charge&expand[]=data.line_items"
    session = raw(stripe, "get", path)["data"][0]
    assert session["payment_intent"]["latest_charge"]["object"] == "charge"
    assert session["line_items"]["data"][0]["price"]["id"] == shop.price
    charges = raw(stripe, "get", "/v1/charges?expand[]=data.refunds")["data"]
    assert charges[0]["refunds"]["data"] == []
    error = refused(lambda: raw(stripe, "get", "/v1/charges?expand[]=data.amount"))
    assert "cannot be expanded" in str(error)


# --- Refunds and disputes --------------------------------------------------------------------------


def test_refunds_never_exceed_the_charge(shop: Shop, stripe: StripeDouble) -> None:
    intent = shop.paid()["payment_intent"]
    shop.v1.refunds.create({"payment_intent": intent, "amount": 10000, "metadata": {"op_id": "1"}})
    assert "greater than" in str(
        refused(lambda: shop.v1.refunds.create({"payment_intent": intent, "amount": 5001}))
    )
    charge_id = stripe.account.payment_intents.get(intent)["latest_charge"]
    assert shop.v1.refunds.create({"charge": charge_id}).amount == 5000
    charge = shop.v1.charges.retrieve(charge_id)
    assert (charge.amount_refunded, charge.refunded) == (15000, True)
    assert refused(lambda: shop.v1.refunds.create({"charge": charge_id})).code == "charge_already_refunded"
    assert len(shop.v1.refunds.list({"payment_intent": intent}).data) == 2
    assert stripe.account.refunds_by_metadata("op_id") == {"1": 1}
    assert stripe.account.total_refunded() == 15000


def test_unpaid_intent_cannot_be_refunded(shop: Shop) -> None:
    intent = shop.v1.payment_intents.create({"amount": 500, "currency": "usd"})
    assert "successful charge" in str(refused(lambda: shop.v1.refunds.create({"payment_intent": intent.id})))
    assert refused(lambda: shop.v1.refunds.create({"charge": "ch_x"})).code == "resource_missing"


def test_refund_can_fail_after_it_succeeded(shop: Shop, stripe: StripeDouble) -> None:
    refund = stripe.refund_in_dashboard(shop.paid()["payment_intent"], 4000)
    stripe.fail_refund(refund["id"])
    seen = shop.v1.refunds.retrieve(refund["id"], {"expand": ["failure_balance_transaction", "charge"]})
    back: Any = seen.failure_balance_transaction
    charge: Any = seen.charge
    assert (seen.status, back.amount, charge.amount_refunded) == ("failed", 4000, 0)
    assert types_of(stripe)[-3:] == ["refund.failed", "refund.updated", "charge.refund.updated"]
    # The object of that last event is the refund, not the charge.
    assert stripe.account.objects("events")[-1]["data"]["object"]["object"] == "refund"


def test_pending_refund_arrives_and_only_waiting_ones_can_be_cancelled(
    shop: Shop, stripe: StripeDouble
) -> None:
    stripe.account.behaviour.refund_status = "pending"
    stripe.account.behaviour.refund_pending_reason = "insufficient_funds"
    pending = shop.v1.refunds.create({"payment_intent": shop.paid()["payment_intent"]})
    assert (pending.status, pending.pending_reason) == ("pending", "insufficient_funds")
    assert refused(lambda: shop.v1.refunds.cancel(pending.id)).http_status == 400
    assert stripe.advance_refund(pending.id)["status"] == "succeeded"
    stripe.account.behaviour.refund_status = "requires_action"
    waiting = shop.v1.refunds.create({"payment_intent": shop.paid()["payment_intent"]})
    assert shop.v1.refunds.cancel(waiting.id).status == "canceled"
    assert stripe.account.total_refunded() == 15000


@pytest.mark.parametrize("outcome", ["won", "lost", "prevented"])
def test_disputed_charge_cannot_be_refunded(shop: Shop, stripe: StripeDouble, outcome: str) -> None:
    charge = stripe.account.payment_intents.get(shop.paid()["payment_intent"])["latest_charge"]
    dispute = stripe.open_dispute(charge)
    assert refused(lambda: shop.v1.refunds.create({"charge": charge})).code == "charge_disputed"
    shop.v1.disputes.update(dispute["id"], {"evidence": {"uncategorized_text": "was there"}})
    assert shop.v1.disputes.retrieve(dispute["id"]).status == "under_review"
    stripe.close_dispute(dispute["id"], outcome)
    moved = [entry["net"] for entry in stripe.account.disputes.get(dispute["id"])["balance_transactions"]]
    assert moved == [-16500, 15000] if outcome == "won" else [-16500]
    assert types_of(stripe)[-1] == "charge.dispute.closed"


def test_inquiry_takes_no_money_and_allows_a_refund(shop: Shop, stripe: StripeDouble) -> None:
    charge = stripe.account.payment_intents.get(shop.paid()["payment_intent"])["latest_charge"]
    dispute = stripe.open_dispute(charge, status="warning_needs_response")
    assert shop.v1.disputes.retrieve(dispute["id"]).is_charge_refundable
    assert shop.v1.refunds.create({"charge": charge}).status == "succeeded"
    stripe.close_dispute(dispute["id"], "warning_closed")
    assert "charge.dispute.funds_withdrawn" not in types_of(stripe)


# --- Money -----------------------------------------------------------------------------------------


def test_payout_groups_what_it_pays(shop: Shop, stripe: StripeDouble) -> None:
    shop.paid()
    stripe.refund_in_dashboard(shop.paid()["payment_intent"], 1000)
    payout = stripe.make_payout(reconciled=False)
    entries = shop.v1.balance_transactions
    assert len(entries.list({"payout": payout["id"]}).data) < 4
    stripe.reconcile_payout(payout["id"])
    found = entries.list({"payout": payout["id"], "limit": 100}).data
    assert sum(entry.net for entry in found) == 0 and len(found) == 4
    assert payout["amount"] == 2 * (15000 - 465) - 1000
    stripe.fail_payout(payout["id"])
    assert shop.v1.payouts.retrieve(payout["id"]).failure_code == "account_closed"
    assert [p.id for p in shop.v1.payouts.list({"status": "failed"})] == [payout["id"]]


def test_money_is_available_after_two_days_and_manual_payouts_are_not_itemised(
    shop: Shop, stripe: StripeDouble
) -> None:
    shop.paid()
    wanted: Any = {"amount": 5000, "currency": "usd"}
    assert refused(lambda: shop.v1.payouts.create(wanted)).code == "balance_insufficient"
    stripe.clock.advance(days=2)
    payout = shop.v1.payouts.create(wanted)
    balance = shop.v1.balance.retrieve()
    assert balance.available[0].amount == 15000 - 465 - 5000 and balance.pending[0].amount == 0
    assert "manual" in str(refused(lambda: shop.v1.balance_transactions.list({"payout": payout.id})))


def test_late_balance_transaction_comes_with_charge_updated(shop: Shop, stripe: StripeDouble) -> None:
    stripe.account.behaviour.late_balance_transactions = True
    shop.paid()
    assert shop.v1.charges.list().data[0].balance_transaction is None
    stripe.clock.advance(seconds=5)
    assert shop.v1.charges.list().data[0].balance_transaction is not None
    assert types_of(stripe)[-1] == "charge.updated"


def test_intents_are_confirmed_declined_captured_and_cancelled(shop: Shop) -> None:
    intents = shop.v1.payment_intents
    wanted: Any = {"amount": 500, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}
    assert intents.create(wanted).status == "succeeded"
    declined = refused(lambda: intents.create({**wanted, "payment_method": "pm_card_chargeDeclined"}))
    assert isinstance(declined, sdk.CardError) and declined.code == "card_declined"
    held = intents.create({**wanted, "capture_method": "manual"})
    assert held.status == "requires_capture"
    assert intents.capture(held.id, {"amount_to_capture": 400}).amount_received == 400
    assert refused(lambda: intents.cancel(held.id)).code == "payment_intent_unexpected_state"
    waiting = intents.create({"amount": 500, "currency": "usd"})
    assert intents.cancel(waiting.id, {"cancellation_reason": "abandoned"}).status == "canceled"
    assert shop.v1.charges.create({"amount": 700, "currency": "usd", "source": "tok_visa"}).paid


# --- Readers ---------------------------------------------------------------------------------------


class Reader:
    """A simulated reader and a payment for it."""

    def __init__(self, double: StripeDouble) -> None:
        self.v1 = v1_of(double)
        address: Any = {"country": "US", "line1": "1 Main", "city": "X", "state": "CA", "postal_code": "1"}
        place = self.v1.terminal.locations.create({"display_name": "Studio", "address": address})
        code: Any = {"registration_code": "simulated-wpe", "location": place.id, "label": "Desk"}
        self.id = self.v1.terminal.readers.create(code).id

    def intent(self, amount: int) -> str:
        wanted: Any = {"amount": amount, "currency": "usd", "payment_method_types": ["card_present"]}
        return str(self.v1.payment_intents.create(wanted).id)

    def process(self, intent: str) -> Any:
        readers = self.v1.terminal.readers
        return readers.process_payment_intent(self.id, {"payment_intent": intent})

    def present(self) -> Any:
        return self.v1.test_helpers.terminal.readers.present_payment_method(self.id)


@pytest.fixture
def reader(stripe: StripeDouble) -> Reader:
    return Reader(stripe)


def test_reader_takes_a_payment(stripe: StripeDouble, reader: Reader) -> None:
    intent = reader.intent(1500)
    action = reader.process(intent).action
    assert (action.status, action.process_payment_intent.payment_intent) == ("in_progress", intent)
    assert refused(lambda: reader.process(reader.intent(1000))).code == "terminal_reader_busy"
    assert reader.present().action.status == "succeeded"
    charge: Any = reader.v1.payment_intents.retrieve(intent, {"expand": ["latest_charge"]}).latest_charge
    assert charge.payment_method_details.card_present.reader == reader.id
    assert refused(lambda: reader.process(intent)).code == "intent_invalid_state"
    seen = reader.v1.terminal.readers.retrieve(reader.id)
    assert seen.last_seen_at == stripe.clock.now() * 1000
    assert types_of(stripe)[-1] == "terminal.reader.action_succeeded"


def test_reader_declines_by_the_last_digits_and_can_be_tried_again(
    stripe: StripeDouble, reader: Reader
) -> None:
    intent = reader.intent(1505)
    reader.process(intent)
    action = reader.present().action
    assert (action.status, action.failure_code) == ("failed", "card_declined")
    assert stripe.account.payment_intents.get(intent)["status"] == "requires_payment_method"
    reader.process(intent)
    reader.v1.terminal.readers.cancel_action(reader.id)
    assert stripe.account.readers.get(reader.id)["action"] is None


def test_reader_that_timed_out_may_have_the_command(stripe: StripeDouble, reader: Reader) -> None:
    stripe.readers.timeouts = 1
    intent = reader.intent(1500)
    assert refused(lambda: reader.process(intent)).code == "terminal_reader_timeout"
    stripe.tap_card(reader.id)
    assert stripe.account.total_charged() == 1500


def test_reader_that_is_away_refuses_and_one_that_lies_does_too(stripe: StripeDouble, reader: Reader) -> None:
    stripe.set_reader(reader.id, "offline")
    assert refused(lambda: reader.process(reader.intent(1500))).code == "terminal_reader_offline"
    stripe.set_reader(reader.id, "online")
    stripe.readers.dead.add(reader.id)
    assert [r.status for r in reader.v1.terminal.readers.list()] == ["online"]
    assert refused(lambda: reader.process(reader.intent(1500))).code == "terminal_reader_offline"


def test_reader_refunds_cards_that_have_to_be_there(stripe: StripeDouble, reader: Reader) -> None:
    intent = reader.intent(1500)
    reader.process(intent)
    reader.present()
    reader.v1.terminal.readers.refund_payment(reader.id, {"payment_intent": intent, "amount": 500})
    assert reader.present().action.refund_payment.refund.startswith("re_")
    assert stripe.account.total_refunded() == 500
    stripe.readers.codes["puppies-plug-could"] = "stripe_s700"
    real = reader.v1.terminal.readers.create({"registration_code": "puppies-plug-could"})
    assert reader.v1.terminal.readers.delete(real.id).deleted
    assert refused(lambda: reader.v1.terminal.readers.create({"registration_code": "x"})).http_status == 400


# --- Events ----------------------------------------------------------------------------------------

_SALE = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
]


def test_events_hold_what_the_object_was_and_vanish_after_30_days(shop: Shop, stripe: StripeDouble) -> None:
    shop.v1.products.update(shop.product.id, {"name": "Ten classes"})
    event = shop.v1.events.list({"type": "product.updated"}).data[0]
    assert event.api_version == API_VERSION and event.data.object["name"] == "Ten classes"
    previous: Any = event.data.previous_attributes
    assert previous["name"] == "10 classes" and event.request is not None and event.request.idempotency_key
    assert len(shop.v1.events.list({"types": ["product.created", "price.created"]}).data) == 2
    assert refused(lambda: shop.v1.events.list({"types": [str(n) for n in range(21)]})).http_status == 400
    stripe.clock.advance(days=30)
    assert shop.v1.events.list().data == []
    assert refused(lambda: shop.v1.events.retrieve(event.id)).code == "resource_missing"
    gone = refused(lambda: shop.v1.events.list({"ending_before": event.id}))
    assert (gone.http_status, gone.code) == (400, "resource_missing")


def test_events_come_late_twice_and_out_of_order(shop: Shop, stripe: StripeDouble) -> None:
    stripe.account.behaviour.event_delay = 60
    shop.v1.products.update(shop.product.id, {"name": "Late"})
    late = stripe.account.objects("events")[-1]["id"]
    stripe.account.behaviour.event_delay = 0
    shop.paid()
    assert late not in [event.id for event in shop.v1.events.list({"limit": 100})]
    stripe.clock.advance(seconds=60)
    assert late in [event.id for event in shop.v1.events.list({"limit": 100})]
    assert stripe.duplicate_event(late)["id"] != late
    stripe.disorder_events(seed=1)
    stripe.account.behaviour.event_copies = 2
    shop.paid()
    told = [kind for kind in types_of(stripe) if kind in _SALE]
    assert len(told) == 4 + 8 and told[:4] == _SALE
    assert told[4:] != [kind for kind in _SALE for _ in range(2)]


# --- Idempotency -----------------------------------------------------------------------------------


def keyed(key: str) -> Any:
    return {"idempotency_key": key}


def test_same_key_is_carried_out_once_for_a_day(shop: Shop, stripe: StripeDouble) -> None:
    intent = shop.paid()["payment_intent"]
    wanted: Any = {"payment_intent": intent, "amount": 100}
    first = shop.v1.refunds.create(wanted, keyed("k"))
    again = shop.v1.refunds.create(wanted, keyed("k"))
    assert again.id == first.id and again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    other = refused(lambda: shop.v1.refunds.create({**wanted, "amount": 200}, keyed("k")))
    assert isinstance(other, sdk.IdempotencyError) and other.http_status == 400
    stripe.clock.advance(hours=23, minutes=59)
    assert shop.v1.refunds.create(wanted, keyed("k")).id == first.id
    stripe.clock.advance(minutes=1)
    # The key is forgotten, so the money goes out a second time.
    assert shop.v1.refunds.create(wanted, keyed("k")).id != first.id
    assert len(stripe.account.objects("refunds")) == 2


def test_same_key_at_the_same_time_is_a_409(shop: Shop, stripe: StripeDouble) -> None:
    intent = shop.paid()["payment_intent"]
    held = stripe.faults.add("hold", "POST", "/v1/refunds$")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: shop.v1.refunds.create({"payment_intent": intent}, keyed("k")))
        held.wait_until_reached()
        error = refused(lambda: shop.v1.refunds.create({"payment_intent": intent}, keyed("k")))
        held.release()
    # The SDK raises a plain APIError without a code; the code is in the body only.
    assert type(error) is sdk.APIError and error.http_status == 409 and error.code is None
    assert error.error is not None and error.error.code == "idempotency_key_in_use"
    assert shop.v1.refunds.create({"payment_intent": intent}, keyed("k")).id == first.result().id


def test_stored_500_is_replayed_and_429_is_not(shop: Shop, stripe: StripeDouble) -> None:
    intent = shop.paid()["payment_intent"]

    def refund(key: str) -> Any:
        return shop.v1.refunds.create({"payment_intent": intent, "amount": 100}, keyed(key))

    stripe.faults.add("500_after", "POST", "/v1/refunds$")
    assert refused(lambda: refund("a")).http_status == 500
    error = refused(lambda: refund("a"))
    assert error.http_status == 500
    assert error.headers is not None and error.headers["Idempotent-Replayed"] == "true"
    assert len(stripe.account.objects("refunds")) == 1
    stripe.faults.add("500_stored", "POST", "/v1/refunds$")
    assert [refused(lambda: refund("b")).http_status for _ in range(2)] == [500, 500]
    assert len(stripe.account.objects("refunds")) == 1
    for kind in ("500_before", "429", "lock_timeout", "409"):
        stripe.faults.add(kind, "POST", "/v1/refunds$")
        refused(partial(refund, kind))
        assert refund(kind).status == "succeeded"
    assert len(stripe.account.objects("refunds")) == 5


def test_refused_parameters_are_not_kept_but_other_refusals_are(shop: Shop, stripe: StripeDouble) -> None:
    intents = shop.v1.payment_intents
    assert (
        refused(lambda: intents.create({"amount": 10, "currency": "usd"}, keyed("k"))).code
        == "amount_too_small"
    )
    assert intents.create({"amount": 100, "currency": "usd"}, keyed("k")).amount == 100
    intent = shop.paid()["payment_intent"]
    shop.v1.refunds.create({"payment_intent": intent})
    again = partial(shop.v1.refunds.create, {"payment_intent": intent}, keyed("r"))
    assert refused(again).code == "charge_already_refunded"
    error = refused(again)
    assert error.headers is not None and error.headers["Idempotent-Replayed"] == "true"


# --- Keys and limits -------------------------------------------------------------------------------


def test_keys_are_refused_as_stripe_does(stripe: StripeDouble) -> None:
    wrong = refused(lambda: v1_of(stripe, "sk_test_wrong1234").accounts.retrieve_current())
    assert isinstance(wrong, sdk.AuthenticationError) and "sk_test_" in str(wrong)
    desk = stripe.add_key("rk_test_desk1234", permissions={"charge_write", "event_read"})
    v1 = v1_of(stripe, desk)
    assert v1.refunds.list().data == []
    missing = refused(lambda: v1.products.create({"name": "x"}))
    assert isinstance(missing, sdk.PermissionError)
    assert "Having the 'rak_product_write' permission would allow this request to continue." in str(missing)
    Shop(stripe)
    assert "rak_p" in str(refused(v1.events.list))
    stripe.revoke_key(desk)
    gone = refused(v1.refunds.list)
    # As with a 409, the SDK leaves the code in the body.
    assert gone.http_status == 401 and gone.code is None
    assert gone.error is not None and gone.error.code == "api_key_expired"


def test_modes_and_accounts_are_apart(stripe: StripeDouble) -> None:
    live = stripe.add_key("rk_live_1")
    other = stripe.add_key("sk_test_other", account="acct_other")
    charge = stripe.on(livemode=True).charge(500)
    error = refused(lambda: v1_of(stripe).charges.retrieve(charge["id"]))
    assert error.http_status == 404 and error.code == "resource_missing"
    assert "a similar object exists in live mode, but a test mode key was used" in str(error)
    assert v1_of(stripe, live).charges.retrieve(charge["id"]).livemode
    assert v1_of(stripe, other).accounts.retrieve_current().id == "acct_other"
    assert v1_of(stripe).accounts.retrieve_current().id == ACCOUNT


def test_limits_count_all_requests_and_each_endpoint(stripe: StripeDouble, v1: Any) -> None:
    now = [0.0]
    stripe.limits.clock = lambda: now[0]
    stripe.limits.set(overall=5, per_endpoint=3, retry_after=2)
    for _ in range(3):
        v1.refunds.list()
    error = refused(v1.refunds.list)
    assert isinstance(error, sdk.RateLimitError) and error.headers is not None
    assert error.headers["Stripe-Rate-Limited-Reason"] == "endpoint-rate"
    assert error.headers["Retry-After"] == "2"
    v1.charges.list()
    v1.charges.list()
    error = refused(v1.charges.list)
    assert error.headers is not None and error.headers["Stripe-Rate-Limited-Reason"] == "global-rate"
    now[0] += 1
    v1.refunds.list()
    assert stripe.requests.of("GET", "/v1/refunds") == 5 and stripe.requests.statuses[429] == 2
    assert stripe.requests.reads == 8


# --- Faults ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "happens"),
    [
        ("reset", False),
        ("close_before", False),
        ("timeout_before", False),
        ("500_before", False),
        ("html_502", False),
        ("garbage_200", False),
        ("captive_302", False),
        ("lost_reply", True),
        ("timeout_after", True),
        ("cut_off", True),
        ("500_after", True),
    ],
)
def test_fault_leaves_the_effect_or_not(stripe: StripeDouble, kind: Any, happens: bool) -> None:
    v1 = v1_of(stripe, timeout=0.3)
    stripe.faults.add(kind, "POST", "/v1/customers")
    error = refused(lambda: v1.customers.create({"name": "Ada"}, keyed("k")))
    assert isinstance(error, sdk.APIConnectionError | sdk.APIError)
    assert len(stripe.account.customers) == happens
    if not kind.startswith("500_a"):
        v1.customers.create({"name": "Ada"}, keyed("k"))
    assert len(stripe.account.customers) == 1
    assert stripe.faults.fired == [(kind, "POST", "/v1/customers")]


def test_binary_answer_is_no_error_of_the_sdk(stripe: StripeDouble, v1: Any) -> None:
    stripe.faults.add("binary_200", "POST", "/v1/customers")
    # Writing its log line, the SDK stumbles over bytes that are not UTF-8.
    with pytest.raises(UnicodeDecodeError):
        v1.customers.create({"name": "Ada"})
    assert len(stripe.account.customers) == 0


def test_foreign_answers_may_hide_an_effect_and_slow_ones_arrive(stripe: StripeDouble) -> None:
    v1 = v1_of(stripe)
    stripe.faults.add("html_502", "POST", after=True)
    refused(lambda: v1.customers.create({"name": "Ada"}))
    assert len(stripe.account.customers) == 1
    stripe.faults.add("slow_body", seconds=0.2)
    assert len(v1.customers.list().data) == 1


def test_fault_hits_the_nth_request_only(stripe: StripeDouble, v1: Any) -> None:
    stripe.faults.add("429", "GET", "/v1/refunds$", nth=2, times=2, retry_after=7)
    seen = []
    for _ in range(4):
        try:
            v1.refunds.list()
            seen.append(200)
        except sdk.RateLimitError as error:
            assert error.headers is not None and error.headers["Retry-After"] == "7"
            seen.append(429)
    assert seen == [200, 429, 429, 200]


def test_offline_refuses_and_the_port_stays(stripe: StripeDouble, v1: Any) -> None:
    url = stripe.url
    v1.refunds.list()
    stripe.go_offline()
    error = refused(v1.refunds.list)
    assert isinstance(error, sdk.APIConnectionError)
    stripe.go_online()
    assert stripe.url == url and v1.refunds.list().data == []


def test_random_faults_are_the_same_for_the_same_seed() -> None:
    def drawn(seed: int) -> list[Any]:
        with StripeDouble(seed=seed) as double:
            double.faults.random(seed, rate=0.5)
            v1 = v1_of(double, timeout=1)
            for number in range(30):
                try:
                    v1.customers.create({"name": str(number)}, keyed(str(number)))
                except (sdk.StripeError, UnicodeDecodeError):
                    continue
            return double.faults.fired

    assert drawn(3) == drawn(3)
    assert 5 < len(drawn(3)) < 25 and {kind for kind, _, _ in drawn(3)} <= set(KINDS)


# --- Shapes, headers, clock ------------------------------------------------------------------------


def test_unknown_parameter_fails_the_block() -> None:
    with pytest.raises(AssertionError, match="nonsense"), StripeDouble() as double:
        wanted: Any = {"name": "x", "nonsense": "1"}
        error: Any = refused(lambda: v1_of(double).products.create(wanted))
        assert (error.code, error.param) == ("parameter_unknown", "nonsense")


@pytest.mark.parametrize(
    ("path", "params", "code", "param"),
    [
        ("/v1/products", {}, "parameter_missing", "name"),
        ("/v1/payment_intents", {"amount": "ten", "currency": "usd"}, "parameter_invalid_integer", "amount"),
        (
            "/v1/payment_links",
            {"line_items[0][prize]": "x", "line_items[0][quantity]": "1"},
            "parameter_unknown",
            "line_items[0][prize]",
        ),
        ("/v1/refunds", {"reason": "bored"}, "parameter_invalid", "reason"),
    ],
)
def test_wrong_parameters_are_named(
    stripe: StripeDouble, path: str, params: Any, code: str, param: str
) -> None:
    answer = requests.post(
        stripe.url + path, urlencode(params), headers={"Authorization": f"Bearer {stripe.key}"}, timeout=5
    )
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, code, param)
    assert error["type"] == "invalid_request_error" and error["doc_url"] and error["request_log_url"]
    assert len(stripe.violations) == 1
    stripe.violations.clear()


def test_unknown_path_and_unknown_filter_are_noticed(stripe: StripeDouble) -> None:
    refused(lambda: raw(stripe, "get", "/v1/invoices"))
    refused(lambda: raw(stripe, "get", "/v1/refunds?status=failed"))
    assert [problem.rule for problem in stripe.violations] == ["path", "additionalProperties"]
    stripe.violations.clear()


def test_answer_outside_of_the_shapes_is_noticed(stripe: StripeDouble, v1: Any) -> None:
    customer = v1.customers.create({"name": "Ada"})
    stripe.account.customers.update(customer.id, balance="much", shoe_size=43)
    v1.customers.list()
    assert {problem.rule for problem in stripe.violations} == {"type", "additionalProperties"}
    stripe.violations.clear()


def test_mistake_of_the_double_itself_is_not_taken_for_a_network(stripe: StripeDouble, v1: Any) -> None:
    customer = v1.customers.create({"name": "Ada"})
    del stripe.account.customers.get(customer.id)["name"]
    assert refused(lambda: v1.customers.update(customer.id, {"name": "Eda"})).http_status == 500
    assert [problem.rule for problem in stripe.violations] == ["KeyError"]
    stripe.violations.clear()


def test_embedded_page_has_no_url(shop: Shop) -> None:
    wanted: Any = {
        "mode": "payment",
        "ui_mode": "embedded_page",
        "return_url": "https://studio.example/back",
        "line_items": [{"price": shop.price, "quantity": 1}],
    }
    assert shop.v1.checkout.sessions.create(wanted).url is None


def test_headers_are_those_of_stripe(stripe: StripeDouble) -> None:
    headers = {
        "Authorization": f"Bearer {stripe.key}",
        "Idempotency-Key": "k",
        "Stripe-Version": "2026-08-26.dahlia",
    }
    answer = requests.post(stripe.url + "/v1/customers", headers=headers, timeout=5)
    assert answer.headers["Request-Id"].startswith("req_")
    assert answer.headers["Idempotency-Key"] == "k"
    assert answer.headers["Stripe-Version"] == "2026-08-26.dahlia"
    assert answer.headers["Date"] == "Mon, 02 Nov 2026 09:00:00 GMT"


def test_prefix_and_many_threads_share_a_client() -> None:
    with StripeDouble(prefix="/stripe") as double:
        v1 = v1_of(double)
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda n: v1.customers.create({"name": str(n)}).id, range(64)))
        assert len(set(made)) == len(double.account.customers) == 64
    assert not [thread for thread in threading.enumerate() if "stripe" in thread.name.lower()]


# --- History ---------------------------------------------------------------------------------------


def test_bulk_history_is_consistent_and_keeps_to_the_shapes(shop: Shop, stripe: StripeDouble) -> None:
    link = shop.link(metadata={"package": "1"}, payment_intent_data={"metadata": {"package": "1"}})
    stripe.bulk_history(
        400, years=2, seed=5, links=[link.id], prices=[shop.price], refunded=0.1, payouts=True
    )
    charges = raw(stripe, "get", "/v1/charges?limit=20&expand[]=data.balance_transaction")["data"]
    assert all(c["balance_transaction"]["source"] == c["id"] for c in charges)
    path = (
        "/v1/checkout/sessions?limit=20&expand[]=data.payment_intent.latest_charge&expand[]=data.line_items"
    )
    for session in raw(stripe, "get", path)["data"]:
        intent = session["payment_intent"]
        assert intent["latest_charge"]["payment_intent"] == intent["id"]
        assert intent["amount"] == session["line_items"]["data"][0]["amount_total"]
    refund = raw(stripe, "get", "/v1/refunds?limit=1")["data"][0]
    assert raw(stripe, "get", f"/v1/refunds?charge={refund['charge']}")["data"] == [refund]
    entries = raw(stripe, "get", "/v1/balance_transactions?type=refund&expand[]=data.source.charge")["data"]
    assert all(entry["source"]["balance_transaction"] == entry["id"] for entry in entries) and entries
    assert all(entry["source"]["charge"]["refunded"] for entry in entries)
    assert stripe.account.total_charged() == 400 * 15000
    customer = charges[0]["customer"]
    bought = raw(stripe, "get", f"/v1/charges?customer={customer}&limit=100")["data"]
    assert charges[0]["id"] in [c["id"] for c in bought]
    assert {c["customer"] for c in bought} == {customer}
    payout = raw(stripe, "get", "/v1/payouts?limit=1")["data"][0]["id"]
    entries = raw(stripe, "get", f"/v1/balance_transactions?payout={payout}&limit=100")["data"]
    assert sum(entry["net"] for entry in entries) == 0


def test_bulk_sales_can_be_refunded_and_disputed_like_any_other(stripe: StripeDouble) -> None:
    stripe.bulk_history(50, refunded=0)
    number = random.Random(1).randrange(50)
    charge = stripe.account.charges.names[number]
    v1 = v1_of(stripe)
    assert v1.refunds.create({"charge": charge, "amount": 100}).amount == 100
    assert v1.charges.retrieve(charge).amount_refunded == 100
    assert v1.charges.update(charge, {"description": "x"}).description == "x"
    stripe.open_dispute(charge)
    assert v1.charges.retrieve(charge).disputed and len(v1.charges.list({"limit": 100}).data) == 50


def test_helpers_refuse_as_the_endpoint_does(shop: Shop, stripe: StripeDouble) -> None:
    intent = shop.paid()["payment_intent"]
    stripe.refund_in_dashboard(intent)
    with pytest.raises(StripeError):
        stripe.refund_in_dashboard(intent)


def test_clock_ticks_when_told_to() -> None:
    clock = Clock(ticking=True)
    assert clock.time < clock.time
