"""A package at Stripe: product, price and Payment Link in order, through the outbox, online and offline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from frontdesk.errors import NotFound
from frontdesk.models.money import Money
from frontdesk.models.sync import online_price, outbox, stripe_account
from frontdesk.services.drafts.settings import StudioSettingsDraft, TaxDraft
from frontdesk.services.office import Office
from frontdesk.services.package_lists import package_detail
from frontdesk.services.packages import (
    archive_package,
    create_package,
    delete_package,
    publish_package,
    restore_package,
    unpublish_package,
)
from frontdesk.services.settings import change_studio, change_tax
from frontdesk.services.stripe.accounts import connect_account
from frontdesk.services.stripe.catalogue import follow_all, try_again
from frontdesk.services.stripe.outbox import open_ops
from frontdesk.services.stripe.wire import Declined, NotReached, StripeCall
from frontdesk.services.unit_of_work import Actor, UnitOfWork
from tests.builders import MORNING, PACK, make_package
from tests.services.problems import invalid, refused
from tests.services.stripe.catalogue_desk import CatalogueDesk, once
from tests.services.stripe.direct_stripe import direct_stripe
from tests.services.stripe.studio import ConnectedStudio
from tests.stripe_double import Clock

IN_ORDER = ["create_product", "create_price", "change_product", "create_link"]


@pytest.fixture
def desk(studio: ConnectedStudio) -> Iterator[CatalogueDesk]:
    """The studio and its Stripe, whose clocks agree."""
    with direct_stripe(clock=Clock(MORNING)) as stripe:
        yield CatalogueDesk(studio, stripe)


def newest_version(desk: CatalogueDesk, package: int) -> int:
    return int(desk.studio.see(package_detail, package).versions[0].id)


# --- Bringing on -----------------------------------------------------------------------------------


def test_a_package_becomes_product_price_and_link_in_this_order(desk: CatalogueDesk) -> None:
    """Y1: each step is confirmed before the next is decided."""
    package = desk.package(description="Ten classes")
    assert desk.open() == ["create_product"]
    assert desk.push() == 4
    assert desk.sent() == IN_ORDER
    (product,), (price,), (link,) = desk.products, desk.prices, desk.links
    assert (product["name"], product["description"]) == ("10-class pack", "Ten classes")
    assert product["active"] and product["default_price"] == price["id"]
    assert (price["unit_amount"], price["currency"]) == (9000, "usd")
    assert price["lookup_key"] == f"frontdesk:{package}"
    assert link["active"] and link["customer_creation"] == "always"
    state = desk.state(package)
    assert (state.state, state.url, state.has_link) == ("on_sale", link["url"], True)
    assert desk.push() == 0


def test_what_stands_at_stripe_names_the_version_by_ids_alone(desk: CatalogueDesk) -> None:
    """Y1, A7: what an online buyer bought is never in doubt, and nobody's name goes there."""
    package = desk.package()
    desk.push()
    version = str(newest_version(desk, package))
    (product,), (price,), (link,) = desk.products, desk.prices, desk.links
    ids = {"package_id": str(package), "version_id": version}
    assert product["metadata"].items() >= {"package_id": str(package)}.items()
    assert price["metadata"].items() >= {**ids, "credits": "10", "bonus": "2"}.items()
    assert link["metadata"].items() >= ids.items()
    assert link["payment_intent_data"]["metadata"] == ids
    sent = "".join(json.dumps(row.params) for row in desk.studio.rows(outbox))
    assert "Ana" not in sent and "Mira" not in sent


def test_a_package_for_the_desk_alone_never_reaches_stripe(desk: CatalogueDesk) -> None:
    package = desk.package(online=False)
    assert desk.open() == [] and desk.state(package).state == "off"
    desk.package(name="A draft", publish=False)
    assert desk.open() == []


def test_what_comes_on_top_of_the_price_is_charged_too(desk: CatalogueDesk) -> None:
    """S2: 90.00 and 7 percent tax."""
    desk.studio.do(change_tax, TaxDraft("VAT", 7000, prices_include_tax=False))
    desk.package(tax_milli_percent=7000)
    desk.push()
    assert desk.prices[0]["unit_amount"] == 9630


def test_a_price_with_its_tax_keeps_within_what_stripe_takes(desk: CatalogueDesk) -> None:
    """P6."""
    desk.studio.do(change_tax, TaxDraft("VAT", 7000, prices_include_tax=False))
    dear = replace(PACK, price=Money(99_000_000, "USD"), tax_milli_percent=7000)
    desk.studio.do(create_package, dear)
    assert invalid(desk.studio.do, create_package, replace(dear, online=True)) == {
        ("price", "stripe.amount_too_large")
    }


# --- Offline ---------------------------------------------------------------------------------------


def test_edits_before_anything_was_sent_come_to_one(desk: CatalogueDesk) -> None:
    """P5: only the newest terms are reached."""
    package = desk.package()
    desk.edit(package, name="Eleven", credits=11)
    desk.edit(package, name="Twelve", credits=12, price=Money(9900, "USD"))
    assert desk.open() == ["create_product"]
    assert desk.state(package).state == "waiting"
    desk.push()
    (product,), (price,), (link,) = desk.products, desk.prices, desk.links
    assert (product["name"], price["unit_amount"], price["metadata"]["credits"]) == ("Twelve", 9900, "12")
    assert link["metadata"]["version_id"] == str(newest_version(desk, package))
    assert desk.sent() == IN_ORDER


def test_what_was_tried_without_a_network_goes_on_when_it_is_back(desk: CatalogueDesk) -> None:
    """Y4, Y5: nothing was sent, so what is sent then is the newest."""
    package = desk.package()
    desk.stripe.before = once(lambda call: _raise(NotReached("stripe.not_reached")))
    desk.push()
    state = desk.state(package)
    assert (state.state, state.checking, state.step) == ("waiting", False, "catalogue.create_product")
    desk.edit(package, name="Dearer", price=Money(9900, "USD"))
    assert desk.open() == ["create_product"]
    desk.pass_time(minutes=5)
    desk.push()
    (product,), (price,) = desk.products, desk.prices
    assert (product["name"], price["unit_amount"]) == ("Dearer", 9900)
    assert desk.state(package).state == "on_sale"


def test_unpublished_before_anything_was_sent_leaves_nothing_to_do(desk: CatalogueDesk) -> None:
    package = desk.package()
    desk.studio.do(unpublish_package, package)
    assert desk.open() == [] and desk.push() == 0 and desk.products == []
    assert desk.state(package).state == "off"


def test_without_stripe_nothing_waits_and_connecting_catches_up(desk: CatalogueDesk) -> None:
    """P5: nothing about a package needs a network, nor an account."""
    _disconnect(desk, True)
    package, other = desk.package(), desk.package(name="Other", publish=False)
    assert desk.open() == [] and desk.state(package).state == "not_connected"
    _disconnect(desk, False)
    desk.studio.do(follow_all)
    desk.push()
    assert desk.state(package).state == "on_sale" and desk.state(other).state == "off"
    _disconnect(desk, True)
    desk.studio.do(archive_package, package)
    assert desk.open() == [] and desk.state(package).state == "not_connected"
    _disconnect(desk, False)
    desk.studio.do(follow_all)
    desk.push()
    assert desk.state(package).state == "off" and not desk.links[0]["active"]


def test_connecting_an_account_brings_everything_on(office: Office, actor: Actor) -> None:
    """P5: what was published before Stripe was there."""
    make_package(office, actor, online=True)
    make_package(office, actor, name="Local")
    account = json.dumps({"id": "acct_1Sunrise", "charges_enabled": True})
    office.write(connect_account, actor, None, account, True, "stripe-sunrise")
    (waiting,) = office.read(open_ops)
    assert waiting.kind == "catalogue.create_product"


def test_an_unknown_package_is_refused(desk: CatalogueDesk) -> None:
    with pytest.raises(NotFound):
        desk.studio.do(try_again, 99)


# --- Changes ---------------------------------------------------------------------------------------


def test_other_terms_make_a_new_price_and_link_and_retire_the_old(desk: CatalogueDesk) -> None:
    """Y1: the default moves before the old price is archived, and the old link says why it is closed."""
    package = desk.package()
    desk.push()
    desk.edit(package, price=Money(9900, "USD"), bonus=3)
    desk.push()
    assert desk.sent()[4:] == ["create_price", "change_product", "create_link", "change_link", "change_price"]
    old, new = desk.prices
    assert (old["active"], new["active"], new["unit_amount"]) == (False, True, 9900)
    assert (old["lookup_key"], new["lookup_key"]) == (None, f"frontdesk:{package}")
    assert desk.products[0]["default_price"] == new["id"]
    before, after = desk.links
    assert (before["active"], after["active"]) == (False, True)
    assert "This offer has changed" in before["inactive_message"]
    assert after["metadata"]["version_id"] == str(newest_version(desk, package))
    assert desk.state(package).url == after["url"]


@pytest.mark.parametrize(
    "changed",
    [{"validity_count": 60}, {"validity_kind": "never", "validity_count": None}, {"credits": 9}],
    ids=["shorter", "never", "fewer"],
)
def test_whatever_a_buyer_gets_is_part_of_the_terms(desk: CatalogueDesk, changed: dict[str, object]) -> None:
    """Y1."""
    package = desk.package()
    desk.push()
    desk.edit(package, **changed)
    desk.push()
    assert [link["active"] for link in desk.links] == [False, True]


def test_another_name_keeps_price_and_link_and_names_the_new_version(desk: CatalogueDesk) -> None:
    """Y1: printed codes live on; P4: what is bought from now on is the new version."""
    package = desk.package()
    desk.push()
    desk.edit(package, name="Ten classes", description="New", per_client_limit=2)
    desk.push()
    assert desk.sent()[4:] == ["change_product", "change_link"]
    (product,), (_price,), (link,) = desk.products, desk.prices, desk.links
    assert (product["name"], product["description"]) == ("Ten classes", "New")
    version = str(newest_version(desk, package))
    assert link["active"] and link["metadata"]["version_id"] == version
    assert link["payment_intent_data"]["metadata"]["version_id"] == version
    (row,) = desk.studio.rows(online_price)
    assert str(row.package_version_id) == version


def test_going_back_to_earlier_terms_takes_their_price_and_link_again(desk: CatalogueDesk) -> None:
    """Y1: nothing is made twice."""
    package = desk.package()
    desk.push()
    desk.edit(package, price=Money(9900, "USD"))
    desk.push()
    desk.edit(package, price=Money(9000, "USD"))
    desk.push()
    assert [(one["unit_amount"], one["active"]) for one in desk.prices] == [(9000, True), (9900, False)]
    first, second = desk.links
    assert (first["active"], second["active"]) == (True, False)
    assert first["inactive_message"] is None
    assert first["metadata"]["version_id"] == str(newest_version(desk, package))
    assert desk.prices[0]["lookup_key"] == f"frontdesk:{package}"
    assert desk.products[0]["default_price"] == desk.prices[0]["id"]


def test_the_lookup_key_comes_back_from_terms_that_were_given_up_halfway(desk: CatalogueDesk) -> None:
    """Y1: the old price had lost its key to one that was made and not put on sale any more."""
    package = desk.package()
    desk.push()
    desk.edit(package, price=Money(9900, "USD"))
    desk.push(steps=1)
    assert desk.prices[1]["lookup_key"] == f"frontdesk:{package}"
    desk.edit(package, price=Money(9000, "USD"))
    desk.push()
    assert [(one["active"], one["lookup_key"]) for one in desk.prices] == [
        (True, f"frontdesk:{package}"), (False, None),
    ]  # fmt: skip
    assert [link["active"] for link in desk.links] == [True]


def test_an_edit_between_two_steps_leads_to_the_newest_terms(desk: CatalogueDesk) -> None:
    """P5: the price that was made meanwhile is retired, and never had a link."""
    package = desk.package()
    desk.push(steps=2)
    assert desk.sent() == ["create_product", "create_price"] and desk.open() == ["change_product"]
    desk.edit(package, price=Money(9900, "USD"))
    assert desk.open() == ["create_price"]
    desk.push()
    assert [(one["unit_amount"], one["active"]) for one in desk.prices] == [(9000, False), (9900, True)]
    assert len(desk.links) == 1


@pytest.mark.parametrize("leave", [unpublish_package, archive_package])
def test_off_sale_closes_the_link_with_a_word_and_archives_the_product(
    desk: CatalogueDesk, leave: object
) -> None:
    """P2, Y1: Stripe would close links along with their product, and say nothing on them."""
    package = desk.package()
    desk.push()
    desk.studio.do(leave, package)  # type: ignore[arg-type]
    desk.push()
    assert desk.sent()[4:] == ["change_link", "change_product"]
    (product,), (price,), (link,) = desk.products, desk.prices, desk.links
    assert (product["active"], price["active"], link["active"]) == (False, True, False)
    assert "not sold online any more" in link["inactive_message"]
    state = desk.state(package)
    assert (state.state, state.url, state.has_link, state.drift) == ("off", "", False, ())


def test_no_longer_online_is_off_sale_at_stripe_alone(desk: CatalogueDesk) -> None:
    package = desk.package()
    desk.push()
    desk.edit(package, online=False)
    desk.push()
    assert not desk.products[0]["active"] and not desk.links[0]["active"]
    assert desk.studio.see(package_detail, package).row.status == "published"


def test_back_on_sale_opens_what_fits_again(desk: CatalogueDesk) -> None:
    """P2, Y1: archive, restore and publish end with the same product, price and link."""
    package = desk.package()
    desk.push()
    desk.studio.do(archive_package, package)
    desk.push()
    desk.studio.do(restore_package, package)
    assert desk.open() == []
    desk.studio.do(publish_package, package)
    desk.push()
    (product,), (_price,), (link,) = desk.products, desk.prices, desk.links
    assert product["active"] and link["active"] and link["inactive_message"] is None
    assert desk.state(package).state == "on_sale"


def test_a_change_of_mind_while_it_comes_off_sale_is_followed(desk: CatalogueDesk) -> None:
    package = desk.package()
    desk.push()
    desk.studio.do(archive_package, package)
    desk.push(steps=1)
    desk.studio.do(publish_package, package)
    desk.push()
    assert desk.products[0]["active"] and [link["active"] for link in desk.links] == [True]


def test_tax_that_comes_on_top_from_now_on_makes_a_new_price(desk: CatalogueDesk) -> None:
    """S2, Y1: the same terms cost more, as a version of their own."""
    package = desk.package(tax_milli_percent=7000)
    desk.push()
    desk.studio.do(change_tax, TaxDraft("VAT", 7000, prices_include_tax=False))
    desk.push()
    assert [(one["unit_amount"], one["active"]) for one in desk.prices] == [(9000, False), (9630, True)]
    assert [link["active"] for link in desk.links] == [False, True]
    assert desk.studio.see(package_detail, package).row.version == 2


def test_another_currency_makes_a_new_price(desk: CatalogueDesk) -> None:
    """S9: before the first sale the studio may still change it."""
    desk.package()
    desk.push()
    desk.studio.do(change_studio, StudioSettingsDraft("Sunrise", "EUR", "Europe/Berlin"))
    desk.push()
    assert [(one["unit_amount"], one["currency"]) for one in desk.prices] == [(9000, "usd"), (9000, "eur")]


def test_a_price_that_stripe_no_longer_takes_closes_the_link_and_says_why(desk: CatalogueDesk) -> None:
    """P6: 49.00 dollars become 49 yen, less than Stripe charges."""
    package = desk.package(price=Money(4900, "USD"))
    desk.push()
    desk.studio.do(change_studio, StudioSettingsDraft("Sunrise", "JPY", "Asia/Tokyo"))
    desk.push()
    state = desk.state(package)
    assert (state.state, state.trouble) == ("failed", "stripe.amount_too_small")
    assert not desk.links[0]["active"]


def test_a_package_that_stripe_knows_is_not_deleted(desk: CatalogueDesk) -> None:
    """P2: somebody may be paying for it just now."""
    package = desk.package()
    assert refused(desk.studio.do, delete_package, package) == "package.at_stripe"
    local = desk.package(name="Local", online=False)
    desk.studio.do(delete_package, local)


# --- Refused by Stripe -----------------------------------------------------------------------------


def test_what_stripe_refuses_is_shown_until_somebody_tries_again(desk: CatalogueDesk) -> None:
    """Y4, U6: with Stripe's reason."""
    package = desk.package()
    no = Declined("stripe.declined", stripe_code="url_invalid", said="Not a good name.")
    desk.stripe.before = once(lambda call: _raise(no))
    desk.push()
    state = desk.state(package)
    assert (state.state, state.step) == ("failed", "catalogue.create_product")
    assert (state.trouble, state.trouble_params["said"]) == ("stripe.declined", "Not a good name.")
    assert desk.open() == [] and desk.push() == 0
    desk.studio.do(try_again, package)
    desk.push()
    assert desk.state(package).state == "on_sale"


def test_a_change_of_the_package_tries_again_by_itself(desk: CatalogueDesk) -> None:
    package = desk.package()
    desk.stripe.before = once(lambda call: _raise(Declined("stripe.declined", said="No.")))
    desk.push()
    desk.edit(package, name="A better name")
    desk.push()
    assert desk.state(package).state == "on_sale" and len(desk.products) == 1


def test_a_product_that_was_deleted_at_stripe_is_made_anew(desk: CatalogueDesk) -> None:
    """Y4: it heals by itself."""
    package = desk.package()
    desk.push(steps=1)
    desk.stripe.call(StripeCall("delete", f"/v1/products/{desk.products[0]['id']}", idempotency_key="x"))
    desk.push()
    assert desk.state(package).state == "on_sale"
    assert len(desk.products) == len(desk.prices) == len(desk.links) == 1


# --- Pieces ----------------------------------------------------------------------------------------


def _raise(error: Exception) -> None:
    raise error


def _disconnect(desk: CatalogueDesk, gone: bool) -> None:
    desk.studio.do(_set_disconnected, gone)


def _set_disconnected(work: UnitOfWork, gone: bool) -> None:
    work.connection.execute(stripe_account.update().values(disconnected_at=work.now if gone else None))
