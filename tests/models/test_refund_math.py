"""What a refund is worth and what it voids, for every way in which a line can have been used."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.models import refund_math
from frontdesk.models.refund_math import LineFacts, PaymentFacts, VoidableLot, credits_to_void, lots_to_void

EXAMPLE = LineFacts(received=9000, purchased=10, bonus=2, used=4)


def test_the_example_of_the_rules() -> None:
    """S5: 10 + 2 for 90.00, 4 used: suggest 54.00 and void the 8 left; 27.00 would void 4."""
    assert (EXAMPLE.unused, EXAMPLE.left, EXAMPLE.suggested, EXAMPLE.rest) == (6, 8, 5400, 9000)
    assert credits_to_void(EXAMPLE, 5400) == 8
    assert credits_to_void(EXAMPLE, 2700) == 4
    assert credits_to_void(EXAMPLE, 9000) == 8
    assert credits_to_void(EXAMPLE, 2701) == 5
    assert credits_to_void(EXAMPLE, 1) == 1
    assert credits_to_void(EXAMPLE, 0) == 0


def test_an_unused_line_is_worth_its_price() -> None:
    line = LineFacts(received=9000, purchased=10, bonus=2)
    assert (line.suggested, line.left) == (9000, 12)


def test_a_bonus_has_no_refund_value() -> None:
    """S5"""
    line = LineFacts(received=9000, purchased=10, bonus=2, used=10)
    assert (line.unused, line.left, line.suggested) == (0, 2, 0)
    assert credits_to_void(line, 100) == 2
    beyond = LineFacts(received=9000, purchased=10, bonus=2, used=11)
    assert (beyond.unused, beyond.left, beyond.suggested, beyond.rest) == (0, 1, 0, 9000)


def test_what_expired_or_went_away_is_not_paid_back() -> None:
    """S5"""
    line = LineFacts(
        received=9000, purchased=10, bonus=2, used=1, expired=2, adjusted_out=1, transferred_away=3
    )
    assert (line.unused, line.left, line.suggested) == (3, 5, 2700)


def test_earlier_refunds_are_taken_off() -> None:
    """S5: what an earlier refund voided keeps its worth, which the money it paid is taken off from."""
    after = LineFacts(received=9000, purchased=10, bonus=2, used=4, voided=4, refunded=2700)
    assert (after.left, after.suggested, after.rest) == (4, 2700, 6300)
    assert credits_to_void(after, 2700) == 4
    overpaid = LineFacts(received=9000, purchased=10, bonus=2, used=4, voided=8, refunded=8000)
    assert (overpaid.left, overpaid.suggested, overpaid.rest) == (0, 0, 1000)
    assert credits_to_void(overpaid, 1000) == 0


def test_a_free_line_gives_nothing_back_and_voids_all() -> None:
    line = LineFacts(received=0, purchased=5, used=2)
    assert (line.suggested, line.rest, line.left) == (0, 0, 3)
    assert credits_to_void(line, 0) == 3


def test_a_discounted_line_is_worth_what_was_paid() -> None:
    assert LineFacts(received=7999, purchased=3, used=1).suggested == 5333
    assert LineFacts(received=5, purchased=2, used=1).suggested == 3  # half up


@pytest.mark.parametrize(
    "facts",
    [
        {"received": -1, "purchased": 10},
        {"received": 1, "purchased": 0},
        {"received": 1, "purchased": 10, "refunded": -1},
        {"received": 1, "purchased": 10, "bonus": 2, "used": 13},
        {"received": 1, "purchased": 10, "used": 6, "voided": 5},
    ],
)
def test_impossible_facts_are_a_mistake(facts: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        LineFacts(**facts)


@st.composite
def lines(draw: st.DrawFn) -> LineFacts:
    purchased, bonus = draw(st.integers(1, 50)), draw(st.integers(0, 10))
    there = purchased + bonus
    parts = {}
    for part in ("used", "expired", "adjusted_out", "transferred_away", "voided"):
        parts[part] = draw(st.integers(0, there))
        there -= parts[part]
    received = draw(st.integers(0, 100_000))
    parts["refunded"] = draw(st.integers(0, received))
    return LineFacts(received, purchased, bonus, **parts)


@given(lines(), st.integers(0, 100_000))
def test_a_refund_stays_within_the_money_and_the_credits(line: LineFacts, amount: int) -> None:
    """S5"""
    assert 0 <= line.suggested <= line.rest <= line.received
    voided = credits_to_void(line, amount)
    assert 0 <= voided <= line.left
    assert voided <= credits_to_void(line, amount + 1)
    if amount >= line.suggested:
        assert voided == line.left
    elif line.left:
        assert (voided > 0) == (amount > 0)


@given(lines(), st.lists(st.integers(1, 30_000), max_size=6))
def test_steps_never_give_back_more_than_came_in(line: LineFacts, steps: list[int]) -> None:
    """S5: refunding the suggestion in steps ends with nothing suggested and nothing left."""
    refunded, voided = line.refunded, line.voided
    for step in [*steps, 10**9]:
        now = LineFacts(
            line.received, line.purchased, line.bonus, line.used, line.expired, line.adjusted_out,
            line.transferred_away, voided, refunded,
        )  # fmt: skip
        amount = min(step, now.suggested)
        voided += credits_to_void(now, amount)
        refunded += amount
    assert refunded <= line.received
    assert line.gone + voided == line.purchased + line.bonus


def _lot(lot_id: int, available: int, day: int | None, bonus: bool = False) -> VoidableLot:
    return VoidableLot(lot_id, available, bonus, None if day is None else datetime(2027, 1, day, tzinfo=UTC))


def test_a_void_takes_the_bonus_first_then_the_latest_expiry() -> None:
    """S5"""
    lots = [_lot(1, 6, 10), _lot(2, 2, 10, bonus=True), _lot(3, 1, 20), _lot(4, 1, None), _lot(5, 0, None)]
    assert lots_to_void(lots, 4) == ((2, 2), (4, 1), (3, 1))
    assert lots_to_void(lots, 6) == ((2, 2), (4, 1), (3, 1), (1, 2))
    assert lots_to_void(lots, 0) == ()


def test_voiding_what_is_left_never_fails() -> None:
    """S5"""
    assert lots_to_void([_lot(1, 3, 10)], 99) == ((1, 3),)
    assert lots_to_void([], 5) == ()
    with pytest.raises(ValueError, match="negative"):
        lots_to_void([], -1)


def test_money_goes_back_electronically_first() -> None:
    """S5"""
    payments = [
        PaymentFacts(1, "cash", 2000),
        PaymentFacts(2, "external_card", 3000, refunded=1000),
        PaymentFacts(3, "stripe_checkout", 1500),
        PaymentFacts(4, "bank_transfer", 500),
        PaymentFacts(5, "cash", 1000),
    ]
    assert refund_math.split_over_payments(1200, payments) == ((3, 1200),)
    assert refund_math.split_over_payments(4500, payments) == ((3, 1500), (2, 2000), (4, 500), (5, 500))
    assert sum(share for _, share in refund_math.split_over_payments(7000, payments)) == 7000
    assert refund_math.split_over_payments(0, payments) == ()
    with pytest.raises(ValueError, match="left"):
        refund_math.split_over_payments(7001, payments)


def test_every_tender_has_its_place_in_a_refund() -> None:
    from frontdesk.models.sale import TENDERS

    assert set(refund_math.TENDERS_BY_PREFERENCE) == set(TENDERS)


@given(st.integers(1, 10_000), st.integers(0, 2_000), st.lists(st.integers(1, 5_000), max_size=5))
def test_the_taxes_of_all_refunds_add_up_to_the_line_s(received: int, tax: int, steps: list[int]) -> None:
    """S2"""
    refunded = back = 0
    for step in [*steps, received]:
        refunded += min(step, received - refunded)
        back += refund_math.tax_in_refund(tax, received, refunded, back)
    assert back == tax


def test_a_free_line_refunds_no_tax() -> None:
    assert refund_math.tax_in_refund(0, 0, 0, 0) == 0
