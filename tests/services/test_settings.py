"""The studio is founded once, and its currency and zone hold from the first sale on (S9, C4)."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
import sqlalchemy as sa

from frontdesk.errors import CommandReused
from frontdesk.models.money import Money
from frontdesk.models.sale import receipt_series
from frontdesk.services.changes import Topic
from frontdesk.services.desks import add_desk, desk_rows, rename_desk
from frontdesk.services.drafts.settings import DeskDraft, ReceiptTextDraft, StudioSettingsDraft, TaxDraft
from frontdesk.services.office import Office
from frontdesk.services.package_lists import package_detail, package_rows
from frontdesk.services.settings import (
    change_receipt_text,
    change_studio,
    change_tax,
    create_studio,
    studio_view,
)
from frontdesk.services.staff import staff_rows
from frontdesk.services.unit_of_work import NOBODY, Actor, Reading, UnitOfWork
from tests.builders import MORNING, PACK, STUDIO, build_studio, make_client, make_package, make_sale
from tests.services.problems import invalid, refused

SETTINGS = StudioSettingsDraft("Sunrise", "USD", "Europe/Berlin")


def test_founding_makes_studio_desk_and_owner(office: Office) -> None:
    """A1, S1."""
    actor = build_studio(office, name="  Sunrise   Yoga ", demo=True)
    studio = office.read(studio_view)
    assert (studio.name, studio.currency, studio.zone, studio.demo) == (
        "Sunrise Yoga",
        "USD",
        "Europe/Berlin",
        True,
    )
    assert studio.created_at == MORNING
    assert [(one.id, one.name, one.prefix) for one in office.read(desk_rows)] == [
        (actor.desk_id, "Front desk", "D1")
    ]
    assert [(one.id, one.name) for one in office.read(staff_rows)] == [(actor.staff_id, "Ana")]


def test_a_studio_is_founded_once(office: Office, actor: Actor) -> None:
    assert refused(office.write, create_studio, NOBODY, None, STUDIO) == "studio.exists"
    assert len(office.read(staff_rows)) == 1


def test_a_bad_first_start_leaves_nothing_behind(office: Office) -> None:
    assert invalid(office.write, create_studio, NOBODY, None, replace(STUDIO, zone="Nowhere")) == {
        ("zone", "calendar.unknown_zone")
    }
    assert refused(office.read, studio_view) == "studio.missing"
    assert office.read(desk_rows) == ()


def test_nobody_can_do_nothing_else(office: Office, actor: Actor) -> None:
    """A row that names its actor refers to a staff member, and 0 is none."""
    assert refused(make_package, office, NOBODY) == "books.refused"


def test_founding_twice_by_one_command_gives_one_answer(office: Office) -> None:
    command = uuid4()
    first = office.write(create_studio, NOBODY, command, STUDIO)
    again = office.write(create_studio, NOBODY, command, STUDIO)
    assert again.value == first.value
    assert again.replayed
    with pytest.raises(CommandReused):
        office.write(create_studio, NOBODY, command, replace(STUDIO, name="Other"))


def test_settings_change_and_say_so(office: Office, actor: Actor) -> None:
    """D8."""
    draft = StudioSettingsDraft("Moonrise", "EUR", "America/New_York", 4)
    outcome = office.write(change_studio, actor, None, draft)
    assert any(change.touches(Topic.STUDIO) for change in outcome.changes)
    studio = office.read(studio_view)
    assert (studio.name, studio.currency, studio.zone, studio.day_starts_hour) == (
        "Moonrise",
        "EUR",
        "America/New_York",
        4,
    )


def test_a_use_case_sees_the_settings_it_has_changed(office: Office, actor: Actor) -> None:
    def rename_and_look(work: UnitOfWork) -> str:
        assert work.studio.name == "Sunrise"
        change_studio(work, replace(SETTINGS, name="Moonrise"))
        return work.studio.name

    assert office.write(rename_and_look, actor).value == "Moonrise"


def test_currency_and_zone_are_locked_after_the_first_sale(office: Office, actor: Actor) -> None:
    """S9, C4."""
    studio = office.read(studio_view)
    assert not studio.currency_locked
    assert not studio.zone_locked
    make_sale(office, actor, make_client(office, actor), make_package(office, actor))
    studio = office.read(studio_view)
    assert studio.currency_locked
    assert studio.zone_locked
    both = replace(SETTINGS, currency="EUR", zone="Europe/Paris")
    assert invalid(office.write, change_studio, actor, None, both) == {
        ("currency", "studio.currency_locked"),
        ("zone", "studio.zone_locked"),
    }
    one = replace(SETTINGS, zone="Europe/Paris")
    assert invalid(office.write, change_studio, actor, None, one) == {("zone", "studio.zone_locked")}
    office.write(change_studio, actor, None, replace(SETTINGS, name="Moonrise", day_starts_hour=3))
    assert office.read(studio_view).name == "Moonrise"


def test_prices_keep_their_number_in_a_currency_with_other_decimals(office: Office, actor: Actor) -> None:
    """S9: 90.00 USD is no 9,000 yen."""
    package_id = make_package(office, actor)
    make_package(office, actor, name="Odd", price=Money(1550, "USD"))
    make_package(office, actor, name="Gift", price=Money(0, "USD"))
    office.write(change_studio, actor, None, replace(SETTINGS, currency="JPY"))
    prices = [one.price for one in office.read(package_rows)]
    assert prices == [Money(90, "JPY"), Money(16, "JPY"), Money(0, "JPY")]
    assert office.read(package_detail, package_id).versions[0].changed == ("price",)
    office.write(change_studio, actor, None, replace(SETTINGS, currency="KWD"))
    assert office.read(package_rows)[0].price == Money(90_000, "KWD")


def test_a_price_stays_as_it_is_in_a_currency_with_the_same_decimals(office: Office, actor: Actor) -> None:
    """S9."""
    make_package(office, actor)
    office.write(change_studio, actor, None, replace(SETTINGS, currency="EUR"))
    row = office.read(package_rows)[0]
    assert (row.price, row.version) == (PACK.price and Money(PACK.price.amount, "EUR"), 1)


def test_tax_and_receipt_text_are_kept(office: Office, actor: Actor) -> None:
    """S2, S10."""
    office.write(change_tax, actor, None, TaxDraft(" VAT ", 19_000, prices_include_tax=False))
    office.write(change_receipt_text, actor, None, ReceiptTextDraft("Sunrise\nMain St 1\n\n", "Thank you 🙏"))
    studio = office.read(studio_view)
    assert (studio.tax_name, studio.tax_rate_milli_percent, studio.prices_include_tax) == (
        "VAT",
        19_000,
        False,
    )
    assert (studio.receipt_header, studio.receipt_footer) == ("Sunrise\nMain St 1", "Thank you 🙏")
    assert studio.name == "Sunrise"


def test_a_bad_tax_changes_nothing(office: Office, actor: Actor) -> None:
    before = office.read(studio_view)
    assert invalid(office.write, change_tax, actor, None, TaxDraft("", 5_000)) == {("name", "field.required")}
    assert office.read(studio_view) == before


def test_a_desk_brings_its_two_receipt_series(office: Office, actor: Actor) -> None:
    """S1."""
    office.write(add_desk, actor, None, DeskDraft("Upstairs", "D2"))

    def series(reading: Reading) -> set[tuple[str, str, int]]:
        rows = reading.connection.execute(sa.select(receipt_series)).all()
        return {(row.series, row.kind, row.last_number) for row in rows}

    assert office.read(series) == {
        ("D1", "sale", 0),
        ("D1-R", "refund", 0),
        ("D2", "sale", 0),
        ("D2-R", "refund", 0),
    }


def test_desks_differ_by_name_and_prefix(office: Office, actor: Actor) -> None:
    """S1."""
    assert invalid(office.write, add_desk, actor, None, DeskDraft("FRONT  Désk", "D2")) == {
        ("name", "desk.name_taken")
    }
    assert invalid(office.write, add_desk, actor, None, DeskDraft("Upstairs", "D1")) == {
        ("prefix", "desk.prefix_taken")
    }
    assert len(office.read(desk_rows)) == 1


def test_a_desk_is_renamed_and_keeps_its_prefix(office: Office, actor: Actor) -> None:
    office.write(rename_desk, actor, None, actor.desk_id, "  Main desk ")
    assert [(one.name, one.prefix) for one in office.read(desk_rows)] == [("Main desk", "D1")]
    office.write(rename_desk, actor, None, actor.desk_id, "MAIN desk")
    office.write(add_desk, actor, None, DeskDraft("Upstairs", "D2"))
    assert invalid(office.write, rename_desk, actor, None, actor.desk_id, "Upstairs") == {
        ("name", "desk.name_taken")
    }
    assert invalid(office.write, rename_desk, actor, None, actor.desk_id, "") == {("name", "field.required")}
    assert refused(office.write, rename_desk, actor, None, 99, "Cellar") == "desk.unknown"
