"""Drafts name every bad input beside its field, whoever or whatever put it there (P6, A5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from frontdesk.models.money import MAX_AMOUNT, Money
from frontdesk.services.drafts.class_types import ClassTypeDraft
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.drafts.packages import PackageDraft
from frontdesk.services.drafts.settings import (
    DeskDraft,
    ReceiptTextDraft,
    StudioDraft,
    StudioSettingsDraft,
    TaxDraft,
)
from frontdesk.services.drafts.staff import StaffDraft
from tests.builders import PACK, STUDIO
from tests.services.problems import told

CARD = "4242 4242 4242 4242"
MIRA = ClientDraft(name="Mira Okafor")


@pytest.mark.parametrize(
    "name",
    [
        "Mira Okafor",
        "O'Connor-Smith",
        "محمد علي",
        "אברהם כהן",
        "山田 花子",
        "👩‍👩‍👧 Family",
        "Robert'); DROP TABLE client;--",
        "%",
        "X Æ A-12",
        "a" * 120,
    ],
)
def test_names_of_every_script_are_fine(name: str) -> None:
    assert replace(MIRA, name=name).problems() == ()
    assert replace(PACK, name=name).problems() == ()
    assert StaffDraft(name).problems() == ()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "field.required"),
        ("   ", "field.required"),
        ("\t\n", "field.required"),
        ("\u200b\ufeff", "field.required"),
        ("\u200d", "field.required"),
        ("\u0301", "field.required"),
        ("a" * 121, "field.too_long"),
        ("M" * 1_000_000, "field.too_long"),
        ("Mira\x00Okafor", "text.control_character"),
        ("Mira \ud800", "text.control_character"),
        (f"Mira {CARD}", "field.card_number"),
        ("5555555555554444", "field.card_number"),
    ],
)
def test_a_name_that_nobody_could_read_or_keep_is_named(name: str, code: str) -> None:
    """P6, A5."""
    for draft in (replace(MIRA, name=name), replace(PACK, name=name), StaffDraft(name), ClassTypeDraft(name)):
        assert told(draft.problems()) == {("name", code)}


@pytest.mark.parametrize("wrong", [None, 7, 1.5, b"Mira", ["Mira"], object()])
def test_something_else_than_text_is_named(wrong: Any) -> None:
    assert told(replace(MIRA, name=wrong).problems()) == {("name", "field.not_text")}
    assert told(replace(PACK, description=wrong).problems()) == {("description", "field.not_text")}


@pytest.mark.parametrize("field", ["name", "email", "phone", "notes", "alert", "member_code"])
def test_a_card_number_is_refused_in_every_field_of_a_client(field: str) -> None:
    """A5."""
    number: Any = CARD.replace(" ", "") if field == "member_code" else CARD
    assert (field, "field.card_number") in told(replace(MIRA, **{field: number}).problems())


def test_a_card_number_is_refused_in_every_text_of_the_studio() -> None:
    """A5."""
    assert ("description", "field.card_number") in told(replace(PACK, description=f"x\n{CARD}").problems())
    assert told(ReceiptTextDraft(CARD, CARD).problems()) == {
        ("header", "field.card_number"),
        ("footer", "field.card_number"),
    }
    assert ("desk_name", "field.card_number") in told(replace(STUDIO, desk_name=CARD).problems())


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "mira", "client.email_shape"),
        ("email", "mira@@example.com", "client.email_shape"),
        ("email", "a" * 255 + "@example.com", "field.too_long"),
        ("phone", "12", "client.phone_shape"),
        ("phone", "none", "client.phone_shape"),
        ("phone", "1" * 41, "field.too_long"),
        ("birthday", date(1899, 12, 31), "field.date_too_early"),
        ("birthday", "1990-01-02", "field.not_a_date"),
        ("birthday", datetime(1990, 1, 2), "field.not_a_date"),  # noqa: DTZ001
        ("notes", "a" * 20_001, "field.too_long"),
        ("alert", "a" * 501, "field.too_long"),
        ("member_code", "AB 12", "client.code_shape"),
        ("member_code", "A" * 65, "field.too_long"),
    ],
)
def test_what_is_wrong_with_a_clients_card_is_named(field: str, value: Any, code: str) -> None:
    assert told(replace(MIRA, **{field: value}).problems()) == {(field, code)}


def test_a_client_needs_nothing_but_a_name() -> None:
    full = ClientDraft(
        name=" Mira  Okafor ",
        email=" mira@example.com ",
        phone="+49 (30) 123-45",
        birthday=date(1990, 1, 2),
        notes="allergic to pine\n\nprefers mornings",
        alert="knee",
        member_code="0042",
    )
    assert MIRA.problems() == full.problems() == ()


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("credits", None, "field.required"),
        ("credits", 0, "field.too_small"),
        ("credits", -1, "field.too_small"),
        ("credits", 100_001, "field.too_large"),
        ("credits", 10**30, "field.too_large"),
        ("credits", "10", "field.not_a_number"),
        ("credits", 1.5, "field.not_a_number"),
        ("credits", True, "field.not_a_number"),
        ("bonus", -1, "field.too_small"),
        ("bonus", None, "field.required"),
        ("price", None, "field.required"),
        ("price", 9000, "field.not_a_number"),
        ("price", Money(-1, "USD"), "field.too_small"),
        ("price", Money(MAX_AMOUNT + 1, "USD"), "field.too_large"),
        ("validity_kind", "weeks", "field.not_a_choice"),
        ("validity_count", None, "field.required"),
        ("validity_count", 0, "field.too_small"),
        ("validity_count", 3661, "field.too_large"),
        ("validity_starts", "whenever", "field.not_a_choice"),
        ("validity_starts", "first_class", "field.required"),
        ("eligible", (), "package.no_class_types"),
        ("eligible", ("yoga",), "package.unknown_class_type"),
        ("per_client_limit", 0, "field.too_small"),
        ("per_client_limit", 1001, "field.too_large"),
        ("tax_milli_percent", -1, "field.too_small"),
        ("tax_milli_percent", 100_001, "field.too_large"),
        ("description", "a" * 2001, "field.too_long"),
    ],
)
def test_what_is_wrong_with_a_package_is_named(field: str, value: Any, code: str) -> None:
    """P6."""
    problems = told(replace(PACK, **{field: value}).problems())
    assert {one for one in problems if one[1] == code}
    assert {one[0] for one in problems} <= {field, "latest_start_days"}


def test_months_end_earlier_than_days() -> None:
    """P1."""
    assert replace(PACK, validity_count=121).problems() == ()
    months = replace(PACK, validity_kind="months", validity_count=121)
    assert told(months.problems()) == {("validity_count", "field.too_large")}


def test_fields_that_a_validity_does_not_use_are_left_out() -> None:
    """P1: a form hides them, and hidden fields cannot be wrong."""
    never = replace(PACK, validity_kind="never", validity_count=-5, latest_start_days=-5)
    assert never.problems() == ()
    assert never.validity.count is None
    days = replace(PACK, validity_count=30, latest_start_days=14)
    assert days.problems() == ()
    assert days.validity.latest_start_days is None


def test_a_validity_from_the_first_class_has_a_latest_start() -> None:
    """P1."""
    pack = replace(PACK, validity_starts="first_class", latest_start_days=14)
    assert pack.problems() == ()
    assert pack.validity.last_day(date(2027, 1, 1)) == date(2027, 4, 15)


def test_a_free_package_is_for_the_desk_alone() -> None:
    """P1, P6."""
    free = replace(PACK, price=Money(0, "USD"))
    assert free.problems() == ()
    assert told(replace(free, online=True).problems()) == {("price", "package.free_online")}


def test_online_prices_keep_within_what_stripe_takes() -> None:
    """P6."""

    def online(amount: int, code: str) -> set[tuple[str, str]]:
        return told(replace(PACK, price=Money(amount, code), online=True).problems())

    assert online(49, "USD") == {("price", "stripe.amount_too_small")}
    assert online(50, "USD") == set()
    assert online(49, "JPY") == {("price", "stripe.amount_too_small")}
    assert online(10, "KWD") == set()
    assert online(1, "KWD") == {("price", "stripe.amount_not_whole")}
    assert online(99_999_999, "USD") == set()
    assert online(100_000_000, "USD") == {("price", "stripe.amount_too_large")}
    assert online(100, "UGX") == {("price", "stripe.currency_unsure")}
    assert replace(PACK, price=Money(100_000_000, "USD")).problems() == ()


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("currency", "", "field.required"),
        ("currency", "usd", "money.unknown_currency"),
        ("currency", "XAU", "money.unknown_currency"),
        ("currency", "$", "money.unknown_currency"),
        ("zone", "", "field.required"),
        ("zone", "Berlin", "calendar.unknown_zone"),
        ("zone", "../etc/passwd", "calendar.unknown_zone"),
        ("zone", "Europe/Berlin\x00", "calendar.unknown_zone"),
        ("desk_name", "", "field.required"),
        ("desk_name", "a" * 61, "field.too_long"),
        ("owner_name", " ", "field.required"),
    ],
)
def test_what_is_wrong_with_a_new_studio_is_named(field: str, value: Any, code: str) -> None:
    """S9, C4."""
    assert told(replace(STUDIO, **{field: value}).problems()) == {(field, code)}


def test_an_empty_first_start_names_every_field() -> None:
    assert {field for field, _ in told(StudioDraft().problems())} == {
        "name",
        "currency",
        "zone",
        "desk_name",
        "owner_name",
    }


@pytest.mark.parametrize("hour", [-1, 13, 24, None])
def test_the_business_day_starts_between_midnight_and_noon(hour: Any) -> None:
    """D8."""
    draft = StudioSettingsDraft("Sunrise", "USD", "Europe/Berlin", hour)
    assert {field for field, _ in told(draft.problems())} == {"day_starts_hour"}


def test_a_tax_rate_needs_a_name() -> None:
    """S2."""
    assert TaxDraft().problems() == ()
    assert TaxDraft("VAT", 19_000).problems() == ()
    assert told(TaxDraft("", 19_000).problems()) == {("name", "field.required")}
    assert told(TaxDraft("VAT", 100_001).problems()) == {("rate_milli_percent", "field.too_large")}


@pytest.mark.parametrize(
    ("prefix", "code"),
    [
        ("", "field.required"),
        ("d2", "desk.prefix_shape"),
        ("D-2", "desk.prefix_shape"),
        ("D 2", "desk.prefix_shape"),
        ("TOOLONG", "desk.prefix_shape"),
        ("Ä1", "desk.prefix_shape"),
        ("D1\n", "desk.prefix_shape"),
        ("ONLINE", "desk.prefix_taken"),
    ],
)
def test_a_prefix_is_short_and_plain(prefix: str, code: str) -> None:
    """S1."""
    assert told(DeskDraft("Second desk", prefix).problems()) == {("prefix", code)}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("cost", -1, "field.too_small"),
        ("cost", 101, "field.too_large"),
        ("cost", None, "field.required"),
        ("colour", "#ff0000", "field.not_a_choice"),
    ],
)
def test_what_is_wrong_with_a_class_type_is_named(field: str, value: Any, code: str) -> None:
    """C13."""
    assert told(replace(ClassTypeDraft("Yoga"), **{field: value}).problems()) == {(field, code)}


@pytest.mark.parametrize("make", [ClientDraft, PackageDraft, StudioDraft, DeskDraft, StaffDraft])
def test_every_problem_has_its_wording(make: Callable[[], Any]) -> None:
    """U6: no code without a sentence that says what to do."""
    from frontdesk.messages import template

    assert all(template(problem.code) for problem in make().problems())
