"""News that nobody can read: set aside or passed over, while everything beside it comes in (Y3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from frontdesk.models.sync import quarantine, stripe_object
from frontdesk.services.stripe.events import next_cursor
from frontdesk.services.stripe.wire import StripeAnswer, StripeCall, Unclear
from tests.services.stripe.pulling import Pulling

Body = dict[str, Any]


def _created_in_words(body: Body) -> None:
    body["created"] = "2026-01-01T00:00:00Z"


def _half_a_character(body: Body) -> None:
    body["description"] = "x\ud83d"


def _without_id(body: Body) -> None:
    del body["id"]


def _state_in_a_list(body: Body) -> None:
    body["status"] = ["open"]


ODD = [_created_in_words, _half_a_character, _without_id, _state_in_a_list]


class OddStripe:
    """Stripe, but for one object, or the event of it, which is odd as long as ``is_odd``."""

    def __init__(self, pulling: Pulling, spoil: Callable[[Body], None], path: str, object_id: str) -> None:
        self.is_odd = True
        self._call, self._spoil = pulling.stripe.call, spoil
        self._path, self._object_id = path, object_id
        pulling.stripe.call = self.call  # type: ignore[method-assign]

    def call(self, call: StripeCall) -> StripeAnswer:
        """As the double answers, and then spoilt."""
        answer = self._call(call)
        if not self.is_odd or not call.path.startswith(self._path):
            return answer
        body = json.loads(json.dumps(answer.body))
        for one in body.get("data", [body]):
            if self._object_id in (one.get("id"), one.get("data", {}).get("object", {}).get("id")):
                self._spoil(one)
        return StripeAnswer(body, answer.server_time)


@pytest.mark.parametrize("spoil", ODD)
def test_an_odd_object_keeps_no_sale_of_the_same_poll_out(
    pulling: Pulling, spoil: Callable[[Body], None]
) -> None:
    """Y3: it is set aside by what was asked for, and comes in once it is well."""
    link = pulling.link(pulling.studio.online_package())
    pulling.poll()
    pulling.double.pay_link(link)
    product, _ = pulling.double.sell_in_dashboard("Other", 500)
    odd = OddStripe(pulling, spoil, "/v1/products/", product["id"])
    pulled = pulling.poll()
    assert (pulled.whole, pulling.sales) == (True, 1)
    aside = [row.object_id for row in pulling.studio.rows(quarantine)]
    assert aside == ([] if spoil is _half_a_character else [product["id"]])
    odd.is_odd = False
    pulling.double.clock.advance(minutes=2)
    pulling.poll()
    assert all(row.solved_at is not None for row in pulling.studio.rows(quarantine))
    assert pulling.studio.rows(stripe_object, stripe_object.c.id == product["id"])


@pytest.mark.parametrize("spoil", ODD)
def test_an_odd_object_keeps_no_other_of_its_page_out(
    pulling: Pulling, spoil: Callable[[Body], None]
) -> None:
    """Y3: in a sweep."""
    link = pulling.link(pulling.studio.online_package())
    sessions = [pulling.double.pay_link(link, email=f"b{number}@example.org") for number in range(3)]
    OddStripe(pulling, spoil, "/v1/checkout/sessions", sessions[1]["id"])
    pulled = pulling.poll()
    assert pulled.whole
    assert pulling.sales == (3 if spoil is _half_a_character else 2)
    assert pulled.set_aside == (0 if spoil is _half_a_character else pulled.set_aside) and pulled.swept


@pytest.mark.parametrize("reference", [["x"], {"a": 1}, 7, None])
@pytest.mark.parametrize("swept", [True, False])
def test_what_a_database_cannot_take_keeps_no_sale_out(
    pulling: Pulling, reference: object, *, swept: bool
) -> None:
    """Y3: in place of words, which each driver says in its own way."""

    def spoil(body: Body) -> None:
        body["client_reference_id"] = reference
        if reference is None:
            body["metadata"] = "none"

    link = pulling.link(pulling.studio.online_package())
    if not swept:
        pulling.poll()
    sessions = [pulling.double.pay_link(link, email=f"b{number}@example.org") for number in range(3)]
    odd = OddStripe(pulling, spoil, "/v1/checkout/sessions", sessions[1]["id"])
    pulled = pulling.poll()
    assert pulled.whole and pulled.swept is swept
    assert pulling.sales >= 2
    odd.is_odd = False
    pulling.double.clock.advance(minutes=10)
    pulling.poll()
    assert pulling.sales == 3


def _says_nothing(event: Body) -> None:
    event["data"] = {}


def _about_nobody(event: Body) -> None:
    del event["data"]["object"]["id"]


@pytest.mark.parametrize("spoil", [_says_nothing, _about_nobody])
def test_an_event_that_says_nothing_is_set_aside_until_everything_is_compared(
    pulling: Pulling, spoil: Callable[[Body], None]
) -> None:
    """Y3: it says not what happened, or not to what."""
    link = pulling.link(pulling.studio.online_package())
    pulling.poll()
    pulling.double.pay_link(link)
    product, _ = pulling.double.sell_in_dashboard("Other", 500)
    OddStripe(pulling, spoil, "/v1/events", product["id"])
    pulled = pulling.poll()
    assert (pulled.whole, pulling.sales) == (True, 1)
    assert {row.kind for row in pulling.studio.rows(quarantine)} == {"event"}
    pulling.double.clock.advance(minutes=2)
    assert pulling.poll(sweep=True).whole
    assert all(row.solved_at is not None for row in pulling.studio.rows(quarantine))
    assert pulling.studio.rows(stripe_object, stripe_object.c.id == product["id"])


def test_an_event_without_an_id_is_only_a_hint_like_any_other(pulling: Pulling) -> None:
    """Y3: what it tells is looked at."""
    pulling.poll()
    product, _ = pulling.double.sell_in_dashboard("Other", 500)
    OddStripe(pulling, _without_id, "/v1/events", product["id"])
    assert pulling.poll().whole
    assert pulling.studio.rows(stripe_object, stripe_object.c.id == product["id"])


def test_news_about_what_has_no_id_at_all_is_nothing_odd(pulling: Pulling) -> None:
    """Y3: a balance has none, and nothing is to be fetched for it."""
    pulling.poll()
    product, _ = pulling.double.sell_in_dashboard("Other", 500)
    odd = OddStripe(
        pulling, lambda event: event["data"].update(object={"object": "balance"}), "/v1/events", product["id"]
    )
    assert pulling.poll().whole
    assert not pulling.studio.rows(quarantine) and odd.is_odd


def test_a_page_that_ends_with_something_nameless_does_not_end_the_list() -> None:
    """Y3: the next page begins with it once more; one with nothing to begin from is an odd list."""
    nameless = {"object": "refund"}
    page = {"data": [{"object": "refund", "id": "re_1"}, nameless, "?"], "has_more": True}
    assert next_cursor("/v1/refunds", page) == "re_1"
    with pytest.raises(Unclear):
        next_cursor("/v1/refunds", {"data": [nameless], "has_more": True})
