"""The mirror keeps the newest state of each of Stripe's objects, and nobody's name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from frontdesk.models.sync import stripe_object, sync_state
from frontdesk.services.stripe import mirror
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.unit_of_work import UnitOfWork
from tests.services.stripe.studio import ConnectedStudio

SECOND = timedelta(seconds=1)


def refund(status: str = "pending", **changes: Any) -> dict[str, Any]:
    """A refund as Stripe lists it."""
    return {
        "id": "re_1", "object": "refund", "created": 1_800_000_000, "status": status, "amount": 900,
        "payment_intent": "pi_1", **changes,
    }  # fmt: skip


def store(work: UnitOfWork, bodies: list[dict[str, Any]], at: datetime | None, payout: str = "") -> bool:
    """The mirror's own, with its arguments in a row."""
    return mirror.store(work, bodies, at, payout=payout)


def status(studio: ConnectedStudio) -> str:
    """What the mirror says of the refund."""
    return str(studio.see(mirror.mirrored, "re_1")["status"])


def test_a_newer_state_replaces_an_older_one_and_never_the_other_way(studio: ConnectedStudio) -> None:
    """Y3: in whatever order they arrive."""
    at = studio.clock.at
    assert studio.sync(store, [refund("succeeded")], at)
    assert not studio.sync(store, [refund("pending")], at - SECOND)
    assert status(studio) == "succeeded"
    assert studio.sync(store, [refund("failed")], at + SECOND)
    assert status(studio) == "failed"


@pytest.mark.parametrize("at", ["same second", "unknown"])
def test_without_a_clock_to_tell_the_state_that_is_further_along_stays(
    studio: ConnectedStudio, at: str
) -> None:
    """Y4: an answer that Stripe repeats from memory is as old as its first attempt."""
    then = studio.clock.at if at == "same second" else None
    assert studio.sync(store, [refund("succeeded")], studio.clock.at)
    assert not studio.sync(store, [refund("pending")], then)
    assert status(studio) == "succeeded"
    assert studio.sync(store, [refund("failed")], then)
    assert studio.sync(store, [refund("failed", amount=901)], then)
    assert not studio.sync(store, [refund("succeeded")], then)
    assert status(studio) == "failed"


def test_an_answer_without_a_time_never_outlives_what_is_fetched_later(studio: ConnectedStudio) -> None:
    """The computer's clock stamps nothing: it may be days ahead."""
    studio.clock.pass_time(days=2)
    studio.sync(store, [refund("pending")], None)
    studio.clock.pass_time(days=-2)
    assert studio.sync(store, [refund("requires_action")], studio.clock.at)
    assert [row.fetched_at for row in studio.rows(stripe_object)] == [studio.clock.at]


def test_many_are_kept_at_once_with_what_they_are_looked_up_by(studio: ConnectedStudio) -> None:
    movement = {"id": "txn_1", "object": "balance_transaction", "created": 5, "source": "ch_1"}
    link = {"id": "plink_1", "object": "payment_link", "active": False}
    studio.sync(store, [movement, link, refund(payment_intent={"id": "pi_2"})], studio.clock.at)
    studio.sync(store, [movement, {**movement, "id": "txn_2", "source": None}], studio.clock.at, "po_1")
    kept = {row.id: row for row in studio.rows(stripe_object)}
    assert (kept["txn_1"].source, kept["txn_1"].payout, kept["txn_2"].source) == ("ch_1", "po_1", "")
    assert (kept["plink_1"].status, kept["plink_1"].created) == ("inactive", studio.clock.at)
    assert kept["re_1"].payment_intent == "pi_2"
    assert [one["id"] for one in studio.see(mirror.of_intent, "refund", "pi_2")] == ["re_1"]
    studio.sync(store, [movement, link], studio.clock.at + SECOND)
    assert {row.payout for row in studio.rows(stripe_object) if row.id == "txn_1"} == {"po_1"}


def test_nobody_can_be_told_from_what_is_kept(studio: ConnectedStudio) -> None:
    """A7: a name or an address is read where it is needed, and stays on the client's card alone."""
    card = {"brand": "visa", "last4": "4242", "wallet": {"name": "Mira Okafor"}}
    charge = {
        "id": "ch_1", "object": "charge", "created": 1, "billing_details": {"name": "Mira Okafor"},
        "payment_method_details": {"type": "card", "card": card}, "receipt_email": "mira@example.org",
        "payment_intent": "pi_1",
    }  # fmt: skip
    intent = {
        "id": "pi_1", "object": "payment_intent", "latest_charge": charge, "client_secret": "pi_1_secret",
        "customer": {"id": "cus_1", "object": "customer", "name": "Mira Okafor", "email": "mira@example.org"},
    }  # fmt: skip
    session = {
        "id": "cs_1", "object": "checkout.session", "created": 1, "payment_intent": intent,
        "customer_details": {"email": "mira@example.org"},
    }  # fmt: skip
    studio.sync(apply_object, session)
    kept = {row.kind: row.body for row in studio.rows(stripe_object)}
    assert set(kept) == {"checkout.session", "payment_intent", "charge"}
    assert not any(word in text for text in kept.values() for word in ("ira", "secret"))
    method = studio.see(mirror.mirrored, "ch_1")["payment_method_details"]
    assert method == {"type": "card", "card": {"brand": "visa", "last4": "4242"}}
    assert studio.see(mirror.mirrored, "cs_1")["payment_intent"] == "pi_1"


def test_nor_from_what_lies_deep_in_it(studio: ConnectedStudio) -> None:
    """A7: a payment that was refused shows the card of the payer."""
    method = {
        "id": "pm_1", "object": "payment_method", "type": "link", "link": {"email": "mira@example.org"},
        "billing_details": {"name": "Mira Okafor"}, "customer": None,
    }  # fmt: skip
    error = {"code": "card_declined", "payment_method": method, "source": {"owner": {"name": "Mira"}}}
    intent = {
        "id": "pi_1", "object": "payment_intent", "created": 1, "last_payment_error": error,
        "attempts": [{"customer_details": {"email": "mira@example.org"}}],
    }  # fmt: skip
    studio.sync(apply_object, intent)
    (kept,) = studio.rows(stripe_object)
    assert "ira" not in kept.body
    assert studio.see(mirror.mirrored, "pi_1")["last_payment_error"]["code"] == "card_declined"


def test_an_untimed_answer_is_dated_by_how_far_sync_has_come(studio: ConnectedStudio) -> None:
    studio.sync(_come_to, studio.clock.at)
    studio.sync(store, [refund()], None)
    assert studio.rows(stripe_object)[0].fetched_at == studio.clock.at


def _come_to(work: UnitOfWork, at: datetime) -> None:
    work.connection.execute(sync_state.update(), {"high_water": at})
