"""Money is exact: no amount is lost or invented by reading, writing, splitting, sharing or taxing it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.models import money
from frontdesk.models.money import Money, MoneyError

codes = st.sampled_from([each.code for each in money.currencies()])
amounts = st.integers(-money.MAX_AMOUNT, money.MAX_AMOUNT)


def test_every_currency_has_an_exponent_that_stripe_and_iso_know() -> None:
    """S9"""
    threes = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
    exponents = {each.code: each.exponent for each in money.currencies()}
    assert set(exponents.values()) == {0, 2, 3}
    assert len(exponents) == 155
    assert [exponents[code] for code in ("USD", "EUR", "JPY", "KWD", "ISK", "UGX", "MGA")] == [
        2,
        2,
        0,
        3,
        0,
        0,
        2,
    ]
    assert {code for code, exponent in exponents.items() if exponent == 3} == threes
    assert all(len(each.code) == 3 and each.code.isupper() and each.name for each in money.currencies())


def test_a_currency_is_found_by_its_code_however_it_is_typed() -> None:
    assert money.currency(" eur ") is money.currency("EUR")
    assert money.currency("KWD").exponent == 3


@pytest.mark.parametrize("code", ["CLF", "XAU", "DM", "", "BITCOIN"])
def test_what_is_no_studio_currency_is_refused(code: str) -> None:
    with pytest.raises(MoneyError) as refusal:
        money.currency(code)
    assert refusal.value.code == "money.unknown_currency"


@pytest.mark.parametrize(
    ("amount", "code", "text"),
    [
        (9000, "USD", "90.00"),
        (90, "JPY", "90"),
        (-5, "KWD", "-0.005"),
        (0, "EUR", "0.00"),
        (-1234, "EUR", "-12.34"),
    ],
)
def test_an_amount_is_written_with_all_its_decimals(amount: int, code: str, text: str) -> None:
    assert Money(amount, code).plain() == text
    assert str(Money(amount, code)) == f"{text} {code}"


def test_amounts_of_one_currency_add_subtract_and_compare() -> None:
    ten, three = Money(1000, "EUR"), Money(300, "EUR")
    assert ten + three == Money(1300, "EUR")
    assert ten - three == Money(700, "EUR")
    assert -ten == Money(-1000, "EUR")
    assert three < ten and three <= ten and ten > three and ten >= ten
    assert three.times(3) == Money(900, "EUR")
    assert not Money(0, "EUR") and three
    assert money.total([ten, three], "EUR") == Money(1300, "EUR")
    assert money.total([], "JPY") == Money(0, "JPY")


def test_amounts_of_two_currencies_never_meet() -> None:
    """S9"""
    euro, dollar = Money(1, "EUR"), Money(1, "USD")
    meetings: list[Callable[[], object]] = [
        lambda: euro + dollar,
        lambda: euro - dollar,
        lambda: euro < dollar,
        lambda: euro <= dollar,
        lambda: euro > dollar,
        lambda: euro >= dollar,
        lambda: money.total([dollar], "EUR"),
    ]
    for meet in meetings:
        with pytest.raises(MoneyError) as refusal:
            meet()
        assert refusal.value.code == "money.mixed_currencies"
    assert euro != dollar


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_a_split_is_exact_and_fair(total: int, weights: list[int]) -> None:
    """S5"""
    whole = sum(weights)
    if whole == 0:
        weights, whole = [1] * len(weights), len(weights)
    shares = money.split_by_largest_remainder(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Fraction(total * weight, whole)) < 1
    if abs(total) <= whole:
        assert all(abs(share) <= weight for share, weight in zip(shares, weights, strict=True))
    assert money.split_by_largest_remainder(-total, weights) == tuple(-share for share in shares)


def test_a_split_gives_the_odd_unit_to_the_largest_remainder_then_to_the_first() -> None:
    assert money.split_by_largest_remainder(100, [1, 1, 1]) == (34, 33, 33)
    assert money.split_by_largest_remainder(10, [30, 50, 20]) == (3, 5, 2)
    assert money.split_by_largest_remainder(5, [33, 66, 1]) == (2, 3, 0)
    assert money.split_by_largest_remainder(7, [0, 5]) == (0, 7)
    assert money.split_by_largest_remainder(0, [0, 0]) == (0, 0)
    assert money.split_by_largest_remainder(0, []) == ()


def test_a_split_without_anything_to_split_by_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="weight"):
        money.split_by_largest_remainder(5, [0, 0])
    with pytest.raises(ValueError, match="negative"):
        money.split_by_largest_remainder(5, [3, -1])


@given(st.integers(-(10**15), 10**15), st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_the_nearest_unit_and_a_half_goes_up(
    amount: int, numerator: int, denominator: int
) -> None:
    exact = Fraction(amount * numerator, denominator)
    share = money.share_half_up(amount, numerator, denominator)
    assert abs(share - exact) <= Fraction(1, 2)
    if abs(share - exact) == Fraction(1, 2):
        assert abs(share) > abs(exact)


def test_a_share_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="denominator"):
        money.share_half_up(1, 1, 0)


def test_tax_is_taken_out_of_a_price_or_put_on_top() -> None:
    """S2"""
    assert money.tax_included(11900, 19_000) == 1900
    assert money.tax_on_top(10000, 19_000) == 1900
    assert money.tax_on_top(9000, 8_875) == 799  # 798.75
    assert money.tax_included(9000, 8_875) == 734  # 733.639…
    assert money.tax_included(9000, 0) == money.tax_on_top(9000, 0) == 0
    with pytest.raises(ValueError, match="rate"):
        money.tax_on_top(1, 100_001)
    with pytest.raises(ValueError, match="rate"):
        money.tax_included(1, -1)


@given(st.integers(0, 10**12), st.integers(0, 100_000))
def test_a_gross_price_is_its_net_price_with_the_tax_on_top(net: int, rate: int) -> None:
    tax = money.tax_on_top(net, rate)
    assert abs(money.tax_included(net + tax, rate) - tax) <= 1


@pytest.mark.parametrize(
    ("text", "rate"), [("8.875", 8875), ("19", 19000), ("0", 0), ("7.7 %", 7700), ("100", 100_000)]
)
def test_a_tax_rate_is_read_and_written_exactly(text: str, rate: int) -> None:
    assert money.parse_rate(text) == rate
    assert money.parse_rate(money.plain_rate(rate)) == rate


@pytest.mark.parametrize("text", ["", "101", "8.8751", "-1", "7,7", "ten"])
def test_what_is_no_tax_rate_is_refused(text: str) -> None:
    with pytest.raises(MoneyError) as refusal:
        money.parse_rate(text)
    assert refusal.value.code == "money.not_a_rate"


def test_a_percentage_of_an_amount_rounds_half_up() -> None:
    assert money.percent_of(9000, 10_000) == 900
    assert money.percent_of(15, 10_000) == 2
