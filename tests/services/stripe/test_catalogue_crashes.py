"""However a step is cut off, Stripe ends with one product, and one price and link of each terms (Y4, Y5)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from frontdesk.models.money import Money
from frontdesk.services.gateways.stripe_gateway import StripeGateway
from frontdesk.services.packages import archive_package, publish_package
from frontdesk.services.stripe.wire import Busy, StripeCall, StripeTrouble, Unclear
from tests.builders import MORNING
from tests.services.stripe.catalogue_desk import CatalogueDesk, once
from tests.services.stripe.direct_stripe import DirectStripe, direct_stripe
from tests.services.stripe.studio import ConnectedStudio
from tests.stripe_double import Clock, StripeDouble

ALL_STEPS = range(9)


class Killed(BaseException):
    """The program ends here."""


#: When a call is cut off, and by what.
CUTS: tuple[tuple[str, BaseException], ...] = (
    ("before", Killed()),
    ("after", Killed()),
    ("before", Unclear("stripe.unclear")),
    ("after", Unclear("stripe.unclear")),
    ("before", Busy("stripe.busy")),
)


@pytest.fixture
def desk(studio: ConnectedStudio) -> Iterator[CatalogueDesk]:
    """The studio and its Stripe, whose clocks agree."""
    with direct_stripe(clock=Clock(MORNING)) as stripe:
        yield CatalogueDesk(studio, stripe)


def raising(error: BaseException, nth: int) -> object:
    """A disturbance of the nth write."""
    left = iter(range(nth + 1))

    def disturb(call: StripeCall) -> None:
        if call.method == "post" and next(left, None) == nth:
            raise error

    return disturb


def drive(desk: CatalogueDesk) -> None:
    """Push until nothing is left, starting again wherever the program was killed."""
    for _ in range(40):
        try:
            desk.push()
        except Killed:
            desk.start_again()
            continue
        except StripeTrouble:
            pass
        if not desk.open():
            return
        desk.pass_time(minutes=2)
    raise AssertionError(f"never done: {desk.open()}")


def assert_one_of_each(desk: CatalogueDesk, package: int) -> None:
    """After terms were changed once: the old price and link retired, the new ones on sale, nothing twice."""
    (product,) = desk.products
    assert [(one["unit_amount"], one["active"]) for one in desk.prices] == [(9000, False), (9900, True)]
    assert [one["active"] for one in desk.links] == [False, True]
    assert product["default_price"] == desk.prices[1]["id"]
    state = desk.state(package)
    assert (state.state, state.url, state.drift) == ("on_sale", desk.links[1]["url"], ())


@pytest.mark.parametrize("nth", ALL_STEPS)
@pytest.mark.parametrize(
    ("when", "error"), CUTS, ids=[f"{type(error).__name__}-{when}" for when, error in CUTS]
)
def test_a_step_that_is_cut_off_is_carried_out_once(
    desk: CatalogueDesk, when: str, error: BaseException, nth: int
) -> None:
    """Y4: before Stripe has done it, or after and before it is known here."""
    setattr(desk.stripe, when, raising(error, nth))
    package = desk.package()
    drive(desk)
    desk.edit(package, price=Money(9900, "USD"))
    drive(desk)
    assert_one_of_each(desk, package)
    assert len(desk.sent()) == len(ALL_STEPS)


@pytest.mark.parametrize("nth", ALL_STEPS)
@pytest.mark.parametrize("happened", [True, False], ids=["done", "not-done"])
def test_after_23_hours_stripe_is_asked_before_anything_is_sent_again(
    desk: CatalogueDesk, nth: int, happened: bool
) -> None:
    """Y4: Stripe has forgotten the key by then and would do the same a second time."""
    setattr(desk.stripe, "after" if happened else "before", raising(Unclear("stripe.unclear"), nth))
    package = desk.package()
    drive_a_day_later(desk)
    desk.edit(package, price=Money(9900, "USD"))
    drive_a_day_later(desk)
    assert_one_of_each(desk, package)


def drive_a_day_later(desk: CatalogueDesk) -> None:
    """What stays open is taken up again only the day after."""
    desk.push()
    while desk.open():
        desk.pass_time(hours=24)
        desk.stripe.double.prune_idempotency_keys()
        desk.push()


def test_looking_for_a_link_pages_through_all_of_them(desk: CatalogueDesk) -> None:
    """Y4: links cannot be filtered, so the list is read to its end."""
    package = desk.package()
    desk.push(steps=3)
    desk.stripe.after = once(lambda call: _raise(Unclear("stripe.unclear")))
    desk.push()
    price = desk.prices[0]["id"]
    for number in range(120):
        params = {"line_items": [{"price": price, "quantity": 1}]}
        desk.stripe.call(StripeCall("post", "/v1/payment_links", params, idempotency_key=f"other-{number}"))
    desk.pass_time(hours=24)
    desk.push()
    assert len(desk.links) == 121 and desk.stripe.reads_of("/v1/payment_links") == 2
    assert desk.state(package).url == desk.links[0]["url"]


def test_over_the_wire_the_catalogue_is_what_stripe_accepts(studio: ConnectedStudio) -> None:
    """Y1: by Stripe's own library, with an answer that is lost and one that is cut off."""
    with StripeDouble(clock=Clock(MORNING)) as double:
        gateway = StripeGateway(double.key, double.url)
        desk = CatalogueDesk(studio, DirectStripe(double))
        double.faults.add("lost_reply", "POST", "/v1/products$")
        double.faults.add("cut_off", "POST", "/v1/payment_links$")
        package = desk.package(description="Zehn Klassen – für Yoga & Pilates")
        for _ in range(4):
            desk.push(gateway)
            desk.pass_time(minutes=2)
        desk.edit(package, price=Money(9900, "USD"))
        desk.push(gateway)
        desk.studio.do(archive_package, package)
        desk.push(gateway)
        desk.studio.do(publish_package, package)
        desk.push(gateway)
        assert_one_of_each(desk, package)
        assert desk.products[0]["description"] == "Zehn Klassen – für Yoga & Pilates"


def _raise(error: Exception) -> None:
    raise error
