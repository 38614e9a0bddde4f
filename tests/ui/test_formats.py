"""Money, numbers and dates are shown and read exactly, in any locale."""

import datetime as dt
import random

import pytest
from PySide6.QtCore import QLocale

from frontdesk.errors import FrontdeskError
from frontdesk.services.views.money import MAX_AMOUNT, Money
from frontdesk.ui.formats import Formats

LOCALES = (
    "en_US",
    "en_IN",
    "de_DE",
    "de_CH",
    "fr_FR",
    "es_ES",
    "pl_PL",
    "sv_SE",
    "pt_BR",
    "ja_JP",
    "ar_EG",
    "fa_IR",
)
CURRENCIES = ("JPY", "USD", "KWD")
AMOUNTS = 10_000
NOON = dt.datetime(2027, 3, 23, 11, 0, tzinfo=dt.UTC)


def formats(locale: str = "en_GB", currency: str = "USD", zone: str = "Europe/Berlin") -> Formats:
    return Formats(QLocale(locale), currency, zone, clock=lambda: NOON)


@pytest.mark.parametrize("locale", LOCALES)
def test_amounts_come_back_as_they_were_written(locale: str) -> None:
    """U8: round trip over the exponents 0, 2 and 3, 12 locales × 10,000 amounts, exact."""
    chance = random.Random(locale)
    for code in CURRENCIES:
        here = formats(locale, code)
        edge = (0, 1, -1, 9, 10, 99, 100, 999, 1000, 1001, 999_999, 1_000_000, MAX_AMOUNT, -MAX_AMOUNT)
        some = [
            chance.choice((1, -1)) * chance.randrange(10 ** chance.randint(1, 15))
            for _ in range(AMOUNTS // 3)
        ]
        for amount in (*edge, *some):
            assert here.parse_money(here.amount(amount)) == amount
        for amount in (*edge, *some[:200]):
            assert here.parse_money(here.money(amount)) == amount


def test_amounts_have_groups_decimals_and_a_true_minus() -> None:
    here = formats()
    assert here.money(9000) == "90.00 USD"
    assert here.amount(-123_456_789) == "−1,234,567.89"
    assert here.money(Money(1500, "JPY")) == "1,500 JPY"
    assert formats("de_DE").amount(109_000) == "1.090,00"
    assert formats("en_IN", "INR").amount(1_234_567_800) == "1,23,45,678.00"


@pytest.mark.parametrize(
    ("text", "amount"),
    [("90", 9000), ("90.5", 9050), (".5", 50), ("-3", -300), ("−3,000.10", -300_010), ("USD 12", 1200),
     ("12 usd", 1200), (" 1 000 ", 100_000), ("90,50", 9050), ("+7", 700)],
)  # fmt: skip
def test_plain_typing_is_understood(text: str, amount: int) -> None:
    assert formats().parse_money(text) == amount


def test_the_point_is_understood_where_the_comma_rules() -> None:
    here = formats("de_DE")
    assert here.parse_money("90.50") == 9050
    assert here.parse_money("1.234") == 123_400
    assert here.parse_money("1.234,5") == 123_450


@pytest.mark.parametrize(
    ("text", "code"),
    [("90.005", "field.too_many_decimals"), ("ninety", "field.not_money"), ("1,2,3", "field.not_money"),
     ("-", "field.not_money"), ("9" * 30, "field.too_large"), ("1.2.3", "field.not_money")],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str, code: str) -> None:
    """P6: too many decimals for the currency."""
    with pytest.raises(FrontdeskError) as refused:
        formats().parse_money(text)
    assert refused.value.code == code


def test_a_currency_without_decimals_takes_none() -> None:
    """P6, S9."""
    with pytest.raises(FrontdeskError):
        formats("en_GB", "JPY").parse_money("90.50")


def test_a_day_is_told_in_words_and_exactly() -> None:
    here = formats()
    assert here.today() == dt.date(2027, 3, 23)
    assert here.date_in_words(dt.date(2027, 4, 4)) == "in 12 days · 4 Apr 2027"
    assert here.date_in_words(dt.date(2027, 3, 23)) == "today · 23 Mar 2027"
    assert here.relative(dt.date(2027, 3, 24)) == "tomorrow"
    assert here.relative(dt.date(2027, 3, 22)) == "yesterday"
    assert here.relative(dt.date(2027, 3, 1)) == "22 days ago"
    assert here.date_in_words(None) == "never"


def test_instants_are_told_in_the_studios_zone() -> None:
    """C4: the calendar belongs to the studio, over a change of the clocks as well."""
    here = formats()
    assert here.instant(dt.datetime(2027, 3, 27, 23, 30, tzinfo=dt.UTC)) == "28 Mar 2027 00:30"
    assert here.instant(dt.datetime(2027, 3, 28, 21, 30, tzinfo=dt.UTC)) == "28 Mar 2027 23:30"
    late = dt.datetime(2027, 3, 23, 23, 30, tzinfo=dt.UTC)
    assert Formats(QLocale("en_GB"), "USD", "Pacific/Auckland", clock=lambda: late).today() == dt.date(
        2027, 3, 24
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [("4 Apr 2027", (2027, 4, 4)), ("2027-04-04", (2027, 4, 4)), ("4/5/2027", (2027, 5, 4)),
     ("4.5.27", (2027, 5, 4)), ("4/5", (2027, 5, 4)), ("+12", (2027, 4, 4)), ("4 april 2027", (2027, 4, 4)),
     ("1.2.85", (1985, 2, 1))],
)  # fmt: skip
def test_days_are_understood_as_people_type_them(text: str, day: tuple[int, int, int]) -> None:
    assert formats().parse_date(text) == dt.date(*day)


def test_the_order_of_numbers_is_the_locales() -> None:
    assert formats("en_US").parse_date("4/5/2027") == dt.date(2027, 4, 5)


@pytest.mark.parametrize("text", ["", "soon", "31/2/2027", "2027", "1/2/3/4"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(FrontdeskError) as refused:
        formats().parse_date(text)
    assert refused.value.code == "field.not_a_date"


@pytest.mark.parametrize("locale", LOCALES)
def test_days_come_back_as_they_were_written(locale: str) -> None:
    here = formats(locale)
    for ahead in range(0, 400, 7):
        day = dt.date(2027, 1, 1) + dt.timedelta(ahead)
        assert here.parse_date(here.date(day)) == day
