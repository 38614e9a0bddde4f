"""Amounts on their way to Stripe and back: every currency, every exponent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.errors import Refused
from frontdesk.models.money import MAX_AMOUNT, Money, currencies
from frontdesk.services.stripe.amounts import (
    charge_problem,
    from_stripe,
    least_charge,
    most_charge,
    taken_online,
    to_stripe,
)

CERTAIN = [one for one in currencies() if taken_online(one.code)]


@pytest.mark.parametrize(
    ("code", "amount", "stripe"),
    [
        ("EUR", 9000, 9000),  # 90.00, two decimals in both
        ("JPY", 500, 500),  # none in both
        ("KWD", 5120, 5120),  # three in both
        ("MGA", 150_000, 1500),  # 1500.00 ariary: hundredths in the books, whole at Stripe
        ("ISK", 5, 500),  # whole in the books, hundredths at Stripe
        ("HUF", 17_500, 17_500),  # 175.00: special in payouts alone
        ("TWD", 80_045, 80_045),
        ("EUR", 0, 0),
        ("ISK", -5, -500),
    ],
)
def test_amounts_as_stripe_counts_them(code: str, amount: int, stripe: int) -> None:
    """S9."""
    assert to_stripe(amount, code) == stripe
    assert from_stripe(stripe, code) == amount
    assert from_stripe(stripe, code.lower()) == amount


@pytest.mark.parametrize(("code", "amount"), [("MGA", 150_050), ("KWD", 5124), ("MGA", 1)])
def test_a_fraction_that_stripe_cannot_charge_is_refused(code: str, amount: int) -> None:
    with pytest.raises(Refused, match=r"stripe\.amount_not_whole"):
        to_stripe(amount, code)


def test_what_is_not_whole_in_the_books_is_refused_and_not_rounded() -> None:
    with pytest.raises(Refused, match=r"stripe\.amount_odd"):
        from_stripe(512, "isk")


def test_a_fee_in_thousandths_comes_in_to_the_last_digit() -> None:
    assert from_stripe(5124, "kwd") == 5124


@pytest.mark.parametrize("code", ["UGX", "IQD", "LYD"])
def test_a_currency_that_is_not_certain_is_refused_both_ways(code: str) -> None:
    assert not taken_online(code)
    for convert in (to_stripe, from_stripe):
        with pytest.raises(Refused, match=r"stripe\.currency_unsure"):
            convert(1000, code)
    with pytest.raises(Refused, match=r"stripe\.currency_unsure"):
        most_charge(code)


@pytest.mark.parametrize("one", CERTAIN, ids=lambda one: one.code)
@given(major=st.integers(-(10**9), 10**9))
def test_whole_amounts_survive_the_way_there_and_back(one: object, major: int) -> None:
    """U8, S9: in every currency, and more money stays more."""
    code, exponent = one.code, one.exponent  # type: ignore[attr-defined]
    amount = major * 10**exponent
    assert abs(amount) <= MAX_AMOUNT
    assert from_stripe(to_stripe(amount, code), code) == amount
    assert to_stripe(amount + 10**exponent, code) > to_stripe(amount, code)


@pytest.mark.parametrize("one", CERTAIN, ids=lambda one: one.code)
def test_the_most_is_eight_digits_at_stripe(one: object) -> None:
    code = one.code  # type: ignore[attr-defined]
    most = to_stripe(most_charge(code), code)
    assert 99_999_900 <= most <= 99_999_999
    assert charge_problem(most_charge(code), code, "price") is None


def test_a_price_that_stripe_would_refuse_is_told_beside_its_field() -> None:
    """P6."""
    small = charge_problem(49, "EUR", "price")
    assert small is not None and small.code == "stripe.amount_too_small"
    assert (small.field, small.params["least"]) == ("price", Money(50, "EUR"))
    large = charge_problem(100_000_000, "EUR", "price")
    assert large is not None and large.code == "stripe.amount_too_large"
    assert large.params["most"] == Money(99_999_999, "EUR")
    fraction = charge_problem(5124, "KWD", "price")
    assert fraction is not None and fraction.code == "stripe.amount_not_whole"
    assert fraction.params["step"] == Money(10, "KWD")
    unsure = charge_problem(5000, "UGX", "price")
    assert unsure is not None and unsure.code == "stripe.currency_unsure"
    assert charge_problem(50, "EUR", "price") is None
    assert least_charge("XOF") is None and charge_problem(100, "XOF", "price") is None


def test_the_step_is_named_in_money_that_people_pay() -> None:
    with pytest.raises(Refused) as refused:
        to_stripe(150_050, "MGA")
    assert refused.value.params["step"] == Money(100, "MGA")
