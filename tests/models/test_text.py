"""Text is folded so that everyone is found, tidied without harm, and card numbers are kept out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.models import text
from frontdesk.models.text import TextError


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Zoë Łukasz-Ørsted", "zoe lukasz-orsted"),
        ("Straße STRASSE", "strasse strasse"),
        ("Đặng Thị Nguyễn", "dang thi nguyen"),
        ("Æther Œuvre Þór Ðóra", "aether oeuvre thor dora"),
        ("İstanbul Isparta ılık", "istanbul isparta ilik"),
        ("Ａｎｎａ ﬁtzgerald", "anna fitzgerald"),
        ("  Anna \t Maria\u00a0Ruiz ", "anna maria ruiz"),
        ("O’Brien D‘Angelo", "o'brien d'angelo"),
        ("Smith–Jones", "smith-jones"),
        ("Ёлка", "елка"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("हिन्दी", "हिन्दी"),
        ("がんこ", "がんこ"),
        ("조은지", "조은지"),
        ("王小明", "王小明"),
        ("Ann\u200bika", "annika"),
        ("", ""),
    ],
)
def test_a_name_is_folded_as_people_search_it(name: str, folded: str) -> None:
    """D2"""
    assert text.fold(name) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(value: str) -> None:
    once = text.fold(value)
    assert text.fold(once) == once


@given(st.text(alphabet="aàäâßSsœØøłŁé -’"), st.text(alphabet="aàäâßSsœØøłŁé -’"))
def test_accents_case_and_spaces_make_no_difference(one: str, other: str) -> None:
    assert text.fold(f"{one} {other}") == text.fold(f" {one.upper()}  {other.lower()} ")


@pytest.mark.parametrize(
    ("phone", "expected"),
    [("+49 (0)30-12 34", "490301234"), ("٠١٢٣", "0123"), ("０３０", "030"), ("n/a", "")],
)
def test_a_phone_number_is_searched_by_its_digits(phone: str, expected: str) -> None:
    """D2"""
    assert text.digits(phone) == expected


CARDS = (
    "4242424242424242",
    "4000056655665556",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "6011111111111117",
    "3056930009020004",
    "36227206271667",
    "3566002020360505",
    "6200000000000005",
    "4222222222222",
    "6799990100000000019",
)


@pytest.mark.parametrize("number", CARDS)
def test_a_card_number_is_recognised(number: str) -> None:
    """A5"""
    assert text.looks_like_card_number(number)
    assert text.looks_like_card_number(f"Karte {number}, bitte abbuchen")
    assert text.looks_like_card_number("-".join(number[at : at + 4] for at in range(0, len(number), 4)))


@pytest.mark.parametrize(
    "disguise",
    [
        "4242 4242 4242 4242",
        "4242-4242-4242-4242 12/27",
        "card:4242.4242.4242.4242 cvc 123",
        "4242 4242 4242 4242 12 27 123",
        "paid 90 4242424242424242",
        "3782 822463 10005",
        "3782 822463 10005 12 27",
        "４２４２ ４２４２ ４２４２ ４２４２",
        "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
        "4242\u00a04242\u00a04242\u00a04242",
        "4242  4242  4242  4242",
        "42424 24242 42424 2",
        "ref4242424242424242x",
        "+4242424242424242",
        "4242 4242, 4242 4242",
        "4242 4242 4242\n4242",
        "2019, 2020, 4242: 4242: 4242: 4242",
        "DE89 3704 0044 0532 0130 00\n4242,4242,4242,4242",
    ],
)
def test_a_card_number_is_recognised_in_disguise(disguise: str) -> None:
    """A5"""
    assert text.looks_like_card_number(disguise)


@pytest.mark.parametrize(
    "between", ["\t", "\n", "\r\n", " - ", ", ", ",", "*", ":", " | ", "\u2009", "\u200d", "\u200e"]
)
@pytest.mark.parametrize("groups", ["4242 4242 4242 4242", "3782 822463 10005", "6304 1234 5678 9012 347"])
def test_a_card_number_is_recognised_whatever_parts_its_groups(groups: str, between: str) -> None:
    """A5"""
    number = groups.replace(" ", between)
    assert text.looks_like_card_number(number) and text.looks_like_card_number(number, phone=True)
    assert text.looks_like_card_number(f"paid 90.00 with {number}, 12/27")
    assert not text.looks_like_card_number(f"{number[:-1]}{(int(number[-1]) + 1) % 10}"), "by its check digit"


def test_two_numbers_in_a_phone_field_are_no_card() -> None:
    """As they are written where numbers have eight digits: one in ten such pairs would be a card's."""
    assert not text.looks_like_card_number("4242 4242, 4242 4242", phone=True)
    assert not text.looks_like_card_number("+4242 4242, 4242 1")


@pytest.mark.parametrize(
    "harmless",
    [
        "",
        "4242424242424241",  # wrong check digit
        "1234567890123456",
        "0000000000000000",
        "+49 1512 3456 7894",
        "+4915123456783",
        "0049 30 1234 5678 90",
        "030 1234567, 0151 23456789",
        "DE89 3704 0044 0532 0130 00",
        "4006381333931",  # a barcode
        "2027-04-01 2027-05-01",
        "2027-04-01T18:00:00",
        "2027: 4212, 4213, 4214\n2026: 4001, 4002",
        "DE89, 3704, 0044, 0532, 0130, 00",
        "DE12 4242 4242 4242 4242 00",  # an account of digits in a card's order
        "Level 2, room 14, 20 people, 90.00 each",
        "9780306406157",
        "123456789012345678901234567890",
    ],
)
def test_other_numbers_are_no_cards(harmless: str) -> None:
    assert not text.looks_like_card_number(harmless)


def test_thirteen_digits_in_a_phone_field_are_a_phone_number() -> None:
    assert text.looks_like_card_number("4915123456712")
    assert not text.looks_like_card_number("4915123456712", phone=True)
    assert text.looks_like_card_number("4242424242424242", phone=True)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Anna   Maria ", "Anna Maria"),
        ("Zoe\u0308", "Zoë"),
        ("Anna\tMaria\nRuiz", "Anna Maria Ruiz"),
        ("\ufeffAnna\u200b", "Anna"),
        ("محمد بن علي", "محمد بن علي"),
        ("👩‍🏫 Yoga 🇩🇪", "👩‍🏫 Yoga 🇩🇪"),
        ("می‌خواهم", "می‌خواهم"),
        ("Anna \u202egnp.exe", "Anna gnp.exe"),
    ],
)
def test_a_name_is_tidied_without_harm(typed: str, stored: str) -> None:
    assert text.tidy(typed) == stored


@pytest.mark.parametrize("bad", ["Anna\0", "An\x1bna", "Anna\x7f", "x\ud800"])
def test_control_characters_are_refused(bad: str) -> None:
    for tidy in (text.tidy, text.tidy_lines):
        with pytest.raises(TextError) as refusal:
            tidy(bad)
        assert refusal.value.code == "text.control_character"


def test_a_text_beyond_its_limit_is_refused_and_never_cut() -> None:
    assert text.tidy("x" * text.NAME_LIMIT)
    with pytest.raises(TextError) as refusal:
        text.tidy("x" * 121)
    assert (refusal.value.code, refusal.value.params["limit"]) == ("text.too_long", 120)


def test_notes_keep_their_lines() -> None:
    assert text.tidy_lines("\n Knee injury  \r\n\r\n\tno jumps \r") == "Knee injury\n\n\tno jumps"


@pytest.mark.parametrize(
    "address",
    [
        "anna@example.com",
        "a.b+yoga@mail.example.co.uk",
        "zoë@exämple.de",
        "o'brien@x-y.io",
        "用户@例子.中国",
        "a@xn--e1afmkfd.xn--p1ai",
    ],
)
def test_an_email_address_passes(address: str) -> None:
    assert text.is_plausible_email(address)


@pytest.mark.parametrize(
    "address",
    ["", "anna", "anna@", "@example.com", "anna@example", "a b@example.com", "a@b@example.com",
     "a@-x.com", ".a@example.com", "a..b@example.com", "a@example.com,b@example.com", "<a@example.com>",
     "a@exa_mple..com", "a@127.0.0.1", "x" * 65 + "@example.com", "a@" + "x." * 130 + "com"],
)  # fmt: skip
def test_what_is_no_email_address_is_told(address: str) -> None:
    assert not text.is_plausible_email(address)


def test_two_spellings_of_one_address_are_the_same() -> None:
    assert text.email_key(" Anna@Example.COM ") == text.email_key("anna@example.com")
