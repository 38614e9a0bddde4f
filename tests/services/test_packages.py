"""Packages: versions of their terms, what is on sale, and packs that stay as they were sold (P1–P6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models.money import Money
from frontdesk.models.package import package_version
from frontdesk.services.changes import Topic
from frontdesk.services.class_types import add_class_type, archive_class_type
from frontdesk.services.drafts.class_types import ClassTypeDraft
from frontdesk.services.drafts.settings import StudioSettingsDraft
from frontdesk.services.merging import merge_clients
from frontdesk.services.office import Office
from frontdesk.services.package_lists import package_detail, package_rows, packages_on_sale
from frontdesk.services.packages import (
    archive_package,
    create_package,
    delete_package,
    duplicate_package,
    package_draft,
    publish_package,
    reorder_packages,
    restore_package,
    save_package,
    unpublish_package,
)
from frontdesk.services.settings import change_studio
from frontdesk.services.unit_of_work import Actor, UnitOfWork
from frontdesk.services.views.packages import PackageRow
from tests.builders import PACK, SetClock, make_client, make_package, make_sale
from tests.services.problems import invalid, refused


def row(office: Office, package_id: int) -> PackageRow:
    return next(one for one in office.read(package_rows) if one.id == package_id)


def test_a_package_begins_as_a_draft_that_nobody_can_buy(office: Office, actor: Actor) -> None:
    """P2."""
    outcome = office.write(create_package, actor, None, PACK)
    assert outcome.changes[0].touches(Topic.PACKAGES, outcome.value.package_id)
    found = row(office, outcome.value.package_id)
    assert (found.status, found.version, found.sold) == ("draft", 1, 0)
    assert (found.credits, found.bonus, found.price) == (10, 2, Money(9000, "USD"))
    assert office.read(packages_on_sale) == ()


def test_what_was_saved_comes_back_for_editing(office: Office, actor: Actor) -> None:
    """P1."""
    yoga = office.write(add_class_type, actor, None, ClassTypeDraft("Yoga")).value
    full = replace(
        PACK,
        name="Intro offer",
        description="Three classes\nto try us out",
        validity_kind="months",
        validity_count=2,
        validity_starts="first_class",
        latest_start_days=14,
        eligible=(yoga,),
        per_client_limit=1,
        online=True,
        tax_milli_percent=7000,
    )
    package_id = make_package(office, actor, **{name: getattr(full, name) for name in full.__slots__})
    assert office.read(package_draft, package_id) == full


def test_publishing_puts_a_package_on_sale_at_once(office: Office, actor: Actor) -> None:
    """P2, C4."""
    package_id = make_package(office, actor)
    (offer,) = office.read(packages_on_sale)
    assert (offer.package_id, offer.name, offer.refused) == (package_id, "10-class pack", None)
    assert offer.last_day == date(2027, 4, 4)
    assert refused(office.write, publish_package, actor, None, package_id) == "package.already_published"


def test_the_last_day_is_counted_in_the_studios_zone(office: Office, actor: Actor, clock: SetClock) -> None:
    """C4: at 23:30 UTC it is tomorrow in Berlin."""
    make_package(office, actor)
    clock.pass_time(hours=15, minutes=30)
    assert office.read(packages_on_sale)[0].last_day == date(2027, 4, 5)


def test_a_package_goes_through_its_states_and_back(office: Office, actor: Actor) -> None:
    """P2."""
    package_id = make_package(office, actor, publish=False)
    assert refused(office.write, unpublish_package, actor, None, package_id) == "package.not_published"
    assert refused(office.write, restore_package, actor, None, package_id) == "package.not_archived"
    office.write(publish_package, actor, None, package_id)
    office.write(unpublish_package, actor, None, package_id)
    assert row(office, package_id).status == "draft"
    office.write(publish_package, actor, None, package_id)
    office.write(archive_package, actor, None, package_id)
    assert office.read(packages_on_sale) == ()
    assert office.write(archive_package, actor, None, package_id).changes == ()
    office.write(restore_package, actor, None, package_id)
    assert row(office, package_id).status == "draft"
    office.write(archive_package, actor, None, package_id)
    office.write(publish_package, actor, None, package_id)
    assert len(office.read(packages_on_sale)) == 1


def test_every_save_with_a_change_makes_a_version(office: Office, actor: Actor, clock: SetClock) -> None:
    """P4."""
    package_id = make_package(office, actor)
    clock.pass_time(days=1)
    dearer = replace(PACK, price=Money(9900, "USD"), credits=12)
    saved = office.write(save_package, actor, None, package_id, dearer, 1).value
    assert (saved.version, saved.changed, saved.sold) == (2, ("credits", "price"), 0)
    detail = office.read(package_detail, package_id)
    newest, oldest = detail.versions
    assert (newest.number, newest.changed, newest.saved_by, newest.saved_at) == (
        2,
        ("credits", "price"),
        "Ana",
        clock.at,
    )
    assert (oldest.number, oldest.changed, oldest.price) == (1, (), Money(9000, "USD"))
    assert detail.row.price == Money(9900, "USD")


def test_a_save_without_a_change_makes_no_version(office: Office, actor: Actor) -> None:
    """P4: blanks and fields out of use are no change."""
    package_id = make_package(office, actor)
    same = replace(PACK, name=" 10-class  pack ", latest_start_days=5)
    saved = office.write(save_package, actor, None, package_id, same, 1)
    assert (saved.value.version, saved.value.changed, saved.changes) == (1, (), ())


def test_a_save_over_another_desks_save_is_refused(office: Office, actor: Actor) -> None:
    package_id = make_package(office, actor)
    office.write(save_package, actor, None, package_id, replace(PACK, credits=11), 1)
    late = replace(PACK, bonus=3)
    assert refused(office.write, save_package, actor, None, package_id, late, 1) == "package.changed"
    assert row(office, package_id).bonus == 2


def test_sold_packs_stay_as_they_were_sold(office: Office, actor: Actor) -> None:
    """P4: the save says how many they are."""
    package_id = make_package(office, actor)
    client_id = make_client(office, actor)
    make_sale(office, actor, client_id, package_id)
    make_sale(office, actor, client_id, package_id)
    saved = office.write(save_package, actor, None, package_id, replace(PACK, credits=5, bonus=0), 1).value
    assert saved.sold == 2
    assert row(office, package_id).sold == 2
    assert [one.sold for one in office.read(package_detail, package_id).versions] == [0, 2]


def test_a_version_is_never_changed_afterwards(office: Office, actor: Actor) -> None:
    """P4, by the database."""
    make_package(office, actor)

    def forge(work: UnitOfWork) -> None:
        work.connection.execute(sa.update(package_version).values(credits=99))

    assert refused(office.write, forge, actor) == "books.refused"


def test_two_packages_on_sale_never_share_a_name(office: Office, actor: Actor) -> None:
    """P6: drafts may, until they are published."""
    taken = {("name", "package.name_on_sale")}
    first = make_package(office, actor)
    second = make_package(office, actor, publish=False, name="10-CLASS  Páck")
    assert invalid(office.write, publish_package, actor, None, second) == taken
    third = make_package(office, actor, name="Other")
    clash = replace(PACK, name="10-class pack")
    assert invalid(office.write, save_package, actor, None, third, clash, 1) == taken
    office.write(archive_package, actor, None, first)
    office.write(publish_package, actor, None, second)
    assert invalid(office.write, publish_package, actor, None, first) == taken


def test_a_name_counts_as_it_was_saved_last(office: Office, actor: Actor) -> None:
    """P6."""
    first = make_package(office, actor)
    office.write(save_package, actor, None, first, replace(PACK, name="Ten  Classes"), 1)
    make_package(office, actor)
    second = make_package(office, actor, publish=False, name="ten classes")
    assert invalid(office.write, publish_package, actor, None, second) == {("name", "package.name_on_sale")}


def test_publishing_looks_over_the_saved_terms_again(office: Office, actor: Actor) -> None:
    """P6: what was fine in dollars may be too little in yen."""
    package_id = make_package(office, actor, publish=False, price=Money(4900, "USD"), online=True)
    office.write(change_studio, actor, None, StudioSettingsDraft("Sunrise", "JPY", "Asia/Tokyo"))
    assert invalid(office.write, publish_package, actor, None, package_id) == {
        ("price", "stripe.amount_too_small")
    }


def test_the_price_is_in_the_studios_currency(office: Office, actor: Actor) -> None:
    """S9."""
    euros = replace(PACK, price=Money(9000, "EUR"))
    assert invalid(office.write, create_package, actor, None, euros) == {("price", "package.other_currency")}


def test_class_types_have_to_exist(office: Office, actor: Actor) -> None:
    """P1: an archived one still does."""
    yoga = office.write(add_class_type, actor, None, ClassTypeDraft("Yoga")).value
    unknown = replace(PACK, eligible=(yoga, 99))
    assert invalid(office.write, create_package, actor, None, unknown) == {
        ("eligible", "package.unknown_class_type")
    }
    office.write(archive_class_type, actor, None, yoga)
    package_id = make_package(office, actor, eligible=(yoga, yoga))
    assert row(office, package_id).eligible == (yoga,)


def test_a_bad_draft_is_refused_with_all_its_problems(office: Office, actor: Actor) -> None:
    """P6."""
    bad = replace(PACK, name="", credits=0, price=Money(-1, "USD"))
    assert invalid(office.write, create_package, actor, None, bad) == {
        ("name", "field.required"),
        ("credits", "field.too_small"),
        ("price", "field.too_small"),
    }
    assert office.read(package_rows) == ()


def test_a_copy_is_a_draft_with_the_same_terms(office: Office, actor: Actor) -> None:
    """P2."""
    package_id = make_package(office, actor, description="Ten classes")
    copy = office.write(duplicate_package, actor, None, package_id, "Copy of 10-class pack").value.package_id
    assert row(office, copy).status == "draft"
    expected = replace(office.read(package_draft, package_id), name="Copy of 10-class pack")
    assert office.read(package_draft, copy) == expected
    assert invalid(office.write, duplicate_package, actor, None, package_id, "") == {
        ("name", "field.required")
    }


def test_packages_are_sold_in_the_order_they_were_given(office: Office, actor: Actor) -> None:
    """P1."""
    a, b, c = (make_package(office, actor, name=name) for name in "ABC")
    office.write(reorder_packages, actor, None, (c, a, b))
    assert [one.name for one in office.read(packages_on_sale)] == ["C", "A", "B"]
    assert [one.id for one in office.read(package_rows)] == [c, a, b]
    assert refused(office.write, reorder_packages, actor, None, (a, 99)) == "package.unknown"


def test_a_package_that_was_never_sold_can_be_deleted(office: Office, actor: Actor) -> None:
    """P2."""
    package_id = make_package(office, actor)
    office.write(save_package, actor, None, package_id, replace(PACK, credits=11), 1)
    office.write(delete_package, actor, None, package_id)
    assert office.read(package_rows) == ()
    assert make_package(office, actor) != package_id


def test_a_sold_package_stays_in_the_books(office: Office, actor: Actor) -> None:
    """P2."""
    package_id = make_package(office, actor)
    make_sale(office, actor, make_client(office, actor), package_id)
    with pytest.raises(Refused) as caught:
        office.write(delete_package, actor, None, package_id)
    assert caught.value.code == "package.sold"
    assert caught.value.params["count"] == 1


def test_a_limit_per_client_is_told_before_selling(office: Office, actor: Actor) -> None:
    """P1."""
    intro = make_package(office, actor, name="Intro", per_client_limit=1)
    mira, ben = make_client(office, actor), make_client(office, actor, "Ben Adler")
    make_sale(office, actor, mira, intro)
    (to_mira,) = office.read(packages_on_sale, mira)
    (to_ben,) = office.read(packages_on_sale, ben)
    assert (to_mira.bought, to_mira.refused) == (1, "package.limit_reached")
    assert (to_ben.bought, to_ben.refused) == (0, None)
    assert office.read(packages_on_sale)[0].refused is None


def test_a_limit_counts_merged_clients_as_one(office: Office, actor: Actor) -> None:
    """D4."""
    intro = make_package(office, actor, name="Intro", per_client_limit=2)
    mira, double = make_client(office, actor), make_client(office, actor, "Mira O.")
    make_sale(office, actor, mira, intro)
    make_sale(office, actor, double, intro)
    office.write(merge_clients, actor, None, double, mira)
    for client_id in (mira, double):
        (offer,) = office.read(packages_on_sale, client_id)
        assert (offer.bought, offer.refused) == (2, "package.limit_reached")


def test_unknown_packages_and_clients_are_refused(office: Office, actor: Actor) -> None:
    for use_case in (publish_package, unpublish_package, archive_package, restore_package, delete_package):
        assert refused(office.write, use_case, actor, None, 99) == "package.unknown"
    assert refused(office.write, save_package, actor, None, 99, PACK, 1) == "package.unknown"
    assert refused(office.read, package_draft, 99) == "package.unknown"
    assert refused(office.read, package_detail, 99) == "package.unknown"
    assert refused(office.read, packages_on_sale, 99) == "client.unknown"
