"""What somebody changed in Stripe's dashboard is noticed, shown, and taken over or set right again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from frontdesk.models.money import Money
from frontdesk.services.drafts.settings import TaxDraft
from frontdesk.services.package_lists import package_detail
from frontdesk.services.packages import package_draft, unpublish_package
from frontdesk.services.settings import change_tax
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.drift_acts import keep_ours, take_theirs
from frontdesk.services.stripe.wire import StripeCall, Unclear
from frontdesk.services.views.online_packages import Drift
from tests.builders import MORNING
from tests.services.problems import invalid, refused
from tests.services.stripe.catalogue_desk import CatalogueDesk, once
from tests.services.stripe.direct_stripe import direct_stripe
from tests.services.stripe.studio import ConnectedStudio
from tests.stripe_double import Clock


@pytest.fixture
def desk(studio: ConnectedStudio) -> Iterator[CatalogueDesk]:
    """The studio and its Stripe, whose clocks agree."""
    with direct_stripe(clock=Clock(MORNING)) as stripe:
        yield CatalogueDesk(studio, stripe)


@pytest.fixture
def package(desk: CatalogueDesk) -> int:
    """On sale online, with everything at Stripe."""
    package_id = desk.package(description="Ten classes")
    desk.push()
    return package_id


def drift(desk: CatalogueDesk, package: int) -> tuple[Drift, ...]:
    return desk.state(package).drift


def rename(desk: CatalogueDesk, **changed: Any) -> None:
    """Somebody changes the product in Stripe's dashboard, and the pull sees it."""
    (product,) = desk.products
    desk.stripe.double.edit_product_in_dashboard(product["id"], **changed)
    desk.pull(product)


# --- Noticing --------------------------------------------------------------------------------------


def test_our_own_changes_are_nobodys_drift(desk: CatalogueDesk, package: int) -> None:
    """Y3: what the pull fetches after our change is what we made of it."""
    desk.pull(*desk.products, *desk.prices, *desk.links)
    assert drift(desk, package) == ()
    desk.edit(package, name="Other", price=Money(9900, "USD"))
    desk.push()
    desk.pull(*desk.products, *desk.prices, *desk.links)
    desk.studio.do(unpublish_package, package)
    desk.push()
    desk.pull(*desk.products, *desk.prices, *desk.links)
    assert drift(desk, package) == () and desk.push() == 0


def test_another_name_and_description_are_shown_beside_ours(desk: CatalogueDesk, package: int) -> None:
    rename(desk, name="Zehnerkarte", description="Zehn")
    assert drift(desk, package) == (
        Drift("name", "10-class pack", "Zehnerkarte"),
        Drift("description", "Ten classes", "Zehn"),
    )
    assert desk.state(package).state == "on_sale" and desk.open() == []


def test_drift_that_was_put_back_is_forgotten(desk: CatalogueDesk, package: int) -> None:
    """Y3: applied twice or late, the books come out the same."""
    rename(desk, name="Zehnerkarte")
    desk.pull(*desk.products)
    assert len(drift(desk, package)) == 1
    rename(desk, name="10-class pack")
    assert drift(desk, package) == ()


def test_a_state_from_before_our_change_is_no_drift(desk: CatalogueDesk, package: int) -> None:
    """Y3: the pull had fetched it, and came to apply it only after our change."""
    (product,) = desk.products
    before = desk.stripe.call(StripeCall("get", f"/v1/products/{product['id']}")).body
    desk.edit(package, name="Other")
    desk.push()
    desk.studio.sync(apply_object, before)
    assert drift(desk, package) == ()


def test_a_change_of_ours_that_is_not_confirmed_yet_is_no_drift(desk: CatalogueDesk, package: int) -> None:
    """Y3, Y4: the answer was lost, and the pull sees the effect first."""
    desk.edit(package, name="Other")
    desk.stripe.after = once(lambda call: _raise(Unclear("stripe.unclear")))
    desk.push()
    desk.pull(*desk.products)
    assert drift(desk, package) == ()
    desk.pass_time(minutes=2)
    desk.push()
    assert drift(desk, package) == () and desk.state(package).state == "on_sale"


def test_a_change_made_there_before_our_lost_answer_came_again_is_not_missed(
    desk: CatalogueDesk, package: int
) -> None:
    """Y3: Stripe repeats its answer as it was then, and the pull has seen more since."""
    desk.edit(package, name="Other")
    desk.stripe.after = once(lambda call: _raise(Unclear("stripe.unclear")))
    desk.push()
    rename(desk, description="Theirs")
    desk.pass_time(minutes=2)
    desk.push()
    assert drift(desk, package) == (Drift("description", "Ten classes", "Theirs"),)


def test_a_change_made_there_shows_in_the_answer_to_our_own(desk: CatalogueDesk, package: int) -> None:
    (product,) = desk.products
    desk.stripe.double.edit_product_in_dashboard(product["id"], description="Theirs")
    desk.edit(package, name="Other")
    desk.push()
    assert drift(desk, package) == (Drift("description", "Ten classes", "Theirs"),)
    assert desk.products[0]["name"] == "Other"


def test_a_product_of_others_is_no_concern_of_ours(desk: CatalogueDesk, package: int) -> None:
    product, price = desk.stripe.double.sell_in_dashboard("Mat", 2000)
    desk.pull(product, price)
    assert drift(desk, package) == ()


def test_an_archived_product_is_told_once_though_its_link_is_closed_too(
    desk: CatalogueDesk, package: int
) -> None:
    rename(desk, active=False)
    desk.pull(*desk.links)
    assert drift(desk, package) == (Drift("product", True, False),)


def test_a_link_of_earlier_terms_that_was_opened_again_is_told(desk: CatalogueDesk, package: int) -> None:
    desk.edit(package, credits=11)
    desk.push()
    desk.stripe.double.edit_link_in_dashboard(desk.links[0]["id"], active=True)
    desk.pull(*desk.links)
    assert drift(desk, package) == (Drift("old_link", False, True),)
    desk.studio.do(keep_ours, package)
    desk.push()
    assert [link["active"] for link in desk.links] == [False, True]


# --- Keep ours -------------------------------------------------------------------------------------


def test_keeping_ours_sets_stripe_right_again(desk: CatalogueDesk, package: int) -> None:
    """Y1, Y4: through the outbox."""
    rename(desk, name="Zehnerkarte", active=False)
    desk.pull(*desk.links)
    desk.studio.do(keep_ours, package)
    assert drift(desk, package) == () and desk.open() == ["change_product"]
    desk.push()
    (product,), (link,) = desk.products, desk.links
    assert (product["name"], product["active"], link["active"]) == ("10-class pack", True, True)
    desk.pull(product, link)
    assert desk.state(package).state == "on_sale" and drift(desk, package) == ()


def test_keeping_our_price_makes_it_the_default_again(desk: CatalogueDesk, package: int) -> None:
    theirs = foreign_price(desk, 12000)
    rename(desk, default_price=theirs)
    (found,) = drift(desk, package)
    assert (found.field, found.ours) == ("default_price", Money(9000, "USD"))
    desk.studio.do(keep_ours, package)
    desk.push()
    assert desk.products[0]["default_price"] == desk.prices[0]["id"]


def test_keeping_ours_off_sale_closes_what_was_opened_there(desk: CatalogueDesk, package: int) -> None:
    desk.studio.do(unpublish_package, package)
    desk.push()
    rename(desk, active=True)
    assert drift(desk, package) == (Drift("product", False, True),)
    desk.studio.do(keep_ours, package)
    desk.push()
    assert not desk.products[0]["active"]


# --- Take Stripe's ---------------------------------------------------------------------------------


def test_taking_their_name_makes_a_version_and_keeps_the_link(desk: CatalogueDesk, package: int) -> None:
    """P4, Y1."""
    rename(desk, name="Zehnerkarte", description="")
    desk.studio.do(take_theirs, package)
    draft = desk.studio.see(package_draft, package)
    assert (draft.name, draft.description) == ("Zehnerkarte", "")
    assert desk.studio.see(package_detail, package).row.version == 2
    assert desk.open() == ["change_link"]
    desk.push()
    assert len(desk.links) == 1 and desk.links[0]["metadata"]["version_id"] != "1"
    assert drift(desk, package) == () and desk.state(package).state == "on_sale"


def test_taking_a_name_that_is_on_sale_already_is_refused_beside_the_name(
    desk: CatalogueDesk, package: int
) -> None:
    """P6: and nothing is changed."""
    desk.package(name="Zehnerkarte", online=False)
    rename(desk, name="Zehnerkarte")
    assert invalid(desk.studio.do, take_theirs, package) == {("name", "package.name_on_sale")}
    assert len(drift(desk, package)) == 1


@pytest.mark.parametrize("what", ["product", "link"])
def test_taking_what_was_closed_there_sells_it_at_the_desk_alone(
    desk: CatalogueDesk, package: int, what: str
) -> None:
    if what == "product":
        rename(desk, active=False)
    else:
        desk.stripe.double.deactivate_link(desk.links[0]["id"])
    desk.pull(*desk.links)
    desk.studio.do(take_theirs, package)
    desk.push()
    row = desk.studio.see(package_detail, package).row
    assert (row.status, row.online) == ("published", False)
    assert not desk.products[0]["active"] and not desk.links[0]["active"]
    assert desk.state(package).state == "off" and drift(desk, package) == ()


def test_taking_what_was_opened_there_puts_it_on_sale(desk: CatalogueDesk, package: int) -> None:
    desk.studio.do(unpublish_package, package)
    desk.push()
    rename(desk, active=True)
    desk.studio.do(take_theirs, package)
    desk.push()
    assert desk.studio.see(package_detail, package).row.status == "published"
    assert desk.state(package).state == "on_sale" and desk.links[0]["active"]


def test_taking_their_price_makes_a_version_that_costs_as_much(desk: CatalogueDesk, package: int) -> None:
    """P4, Y1: with a price and a link that name that version."""
    rename(desk, default_price=foreign_price(desk, 12000))
    desk.studio.do(take_theirs, package)
    desk.push()
    assert desk.studio.see(package_draft, package).price == Money(12000, "USD")
    sold = next(one for one in desk.prices if one["id"] == desk.products[0]["default_price"])
    assert (sold["unit_amount"], sold["metadata"]["version_id"]) == (
        12000,
        desk.links[1]["metadata"]["version_id"],
    )
    assert [link["active"] for link in desk.links] == [False, True]


def test_their_price_is_taken_without_the_tax_that_comes_on_top(desk: CatalogueDesk) -> None:
    """S2: 107.00 with 7 percent are 100.00; what no price comes to is refused."""
    desk.studio.do(change_tax, TaxDraft("VAT", 7000, prices_include_tax=False))
    package = desk.package(tax_milli_percent=7000)
    desk.push()
    rename(desk, default_price=foreign_price(desk, 10700))
    desk.studio.do(take_theirs, package)
    assert desk.studio.see(package_draft, package).price == Money(10000, "USD")
    desk.push()
    rename(desk, default_price=foreign_price(desk, 53))
    assert refused(desk.studio.do, take_theirs, package) == "catalogue.price_not_ours"


def test_a_price_that_was_never_seen_cannot_be_taken(desk: CatalogueDesk, package: int) -> None:
    """U6."""
    rename(desk, default_price=foreign_price(desk, 12000, seen=False))
    assert refused(desk.studio.do, take_theirs, package) == "catalogue.price_not_ours"


def foreign_price(desk: CatalogueDesk, amount: int, *, seen: bool = True) -> str:
    """Somebody adds a price to the product in Stripe's dashboard."""
    params = {"product": desk.products[0]["id"], "currency": "usd", "unit_amount": amount}
    made = desk.stripe.call(StripeCall("post", "/v1/prices", params, idempotency_key=f"theirs-{amount}")).body
    if seen:
        desk.pull(made)
    return str(made["id"])


def _raise(error: Exception) -> None:
    raise error
