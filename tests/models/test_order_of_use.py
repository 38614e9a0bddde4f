"""The order in which lots are used up: one order, all or nothing, and always with its reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.models import order_of_use
from frontdesk.models.order_of_use import PassedOver, Shortage, Take, UsableLot, choose

NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)
YOGA, PILATES, DANCE = 1, 2, 3


def lot(lot_id: int, available: int = 10, days: int | None = 30, **facts: object) -> UsableLot:
    """A lot bought two weeks ago that expires in so many days."""
    expires_at = None if days is None else NOON + days * DAY
    values: dict[str, object] = {"effective_at": NOON - 14 * DAY, "expires_at": expires_at, **facts}
    return UsableLot(lot_id, available, **values)  # type: ignore[arg-type]


def used(*lots: UsableLot, cost: int = 1, **how: object) -> object:
    values: dict[str, object] = {"class_at": NOON, "class_type_id": YOGA, **how}
    return choose(lots, cost, **values)  # type: ignore[arg-type]


def test_the_lot_that_expires_first_pays() -> None:
    """C6"""
    assert used(lot(1, days=40), lot(2, days=20), lot(3, days=30)) == (Take(2, 1, "expires_first"),)


def test_a_lot_that_never_expires_pays_last() -> None:
    """C6"""
    assert used(lot(1, days=None), lot(2, days=3000)) == (Take(2, 1, "expires_first"),)


def test_of_two_that_expire_together_the_narrower_pays() -> None:
    """C6"""
    assert used(
        lot(1),
        lot(2, eligible=frozenset({YOGA, PILATES})),
        lot(3, eligible=frozenset({YOGA, PILATES, DANCE})),
    ) == (Take(2, 1, "narrower"),)


def test_a_gift_pays_before_what_was_bought() -> None:
    """C6"""
    assert used(lot(1), lot(2, complimentary=True)) == (Take(2, 1, "complimentary"),)


def test_the_older_lot_pays_then_the_lower_number() -> None:
    """C6"""
    assert used(lot(1), lot(2, effective_at=NOON - 15 * DAY)) == (Take(2, 1, "oldest"),)
    assert used(lot(8), lot(7)) == (Take(7, 1, "first_recorded"),)


def test_each_rule_counts_only_where_those_before_it_leave_a_tie() -> None:
    """C6"""
    narrow = frozenset({YOGA})
    order = [
        lot(9, days=10),
        lot(8, days=20, eligible=narrow),
        lot(7, days=20, complimentary=True, effective_at=NOON - DAY),
        lot(6, days=20, effective_at=NOON - 20 * DAY),
        lot(4, days=20),
        lot(5, days=20),
        lot(3, days=None, eligible=narrow, complimentary=True),
        lot(2, days=None, complimentary=True),
        lot(1, days=None),
    ]
    assert order_of_use.in_order(reversed(order)) == tuple(order)
    takes = used(*reversed(order), cost=90)
    assert takes == (
        Take(9, 10, "expires_first"),
        Take(8, 10, "narrower"),
        Take(7, 10, "complimentary"),
        Take(6, 10, "oldest"),
        Take(4, 10, "first_recorded"),
        Take(5, 10, "expires_first"),
        Take(3, 10, "narrower"),
        Take(2, 10, "complimentary"),
        Take(1, 10, "last_left"),
    )


def test_a_cost_spans_lots_and_takes_one_entry_from_each() -> None:
    """C6"""
    assert used(lot(1, 2, days=5), lot(2, 2, days=9), cost=3) == (
        Take(1, 2, "expires_first"),
        Take(2, 1, "last_left"),
    )


def test_the_only_lot_needs_no_rule() -> None:
    assert used(lot(1), lot(2, eligible=frozenset({DANCE}))) == (Take(1, 1, "only_one"),)


def test_with_too_little_nothing_is_taken_and_what_is_there_is_named() -> None:
    """C6 and C10"""
    shortage = used(
        lot(1, 2),
        lot(2, 5, eligible=frozenset({DANCE})),
        lot(3, 0, held=4),
        lot(4, 3, days=0),
        lot(5, 3, effective_at=NOON + DAY),
        lot(6, 0),
        cost=3,
    )
    assert shortage == Shortage(
        cost=3,
        usable=2,
        passed_over=(
            PassedOver(2, 5, "not_eligible"),
            PassedOver(3, 4, "held"),
            PassedOver(4, 3, "expired"),
            PassedOver(5, 3, "not_started"),
            PassedOver(6, 0, "used_up"),
        ),
    )


def test_credits_count_to_the_last_instant_and_from_the_first() -> None:
    """C7: a lot is usable in [effective_at, expires_at)."""
    one = lot(1, days=0)
    assert used(one, class_at=NOON - timedelta(microseconds=1)) == (Take(1, 1, "only_one"),)
    assert isinstance(used(one, class_at=NOON), Shortage)
    later = lot(2, effective_at=NOON)
    assert used(later) == (Take(2, 1, "only_one"),)
    assert isinstance(used(later, class_at=NOON - timedelta(microseconds=1)), Shortage)


def test_an_unpaid_visit_is_settled_by_what_was_bought_after_it() -> None:
    """C12"""
    bought_later = lot(1, effective_at=NOON + DAY)
    assert isinstance(used(bought_later), Shortage)
    assert used(bought_later, settling=True) == (Take(1, 1, "only_one"),)
    assert isinstance(used(lot(1, days=-1), settling=True), Shortage)


def test_staff_can_pick_another_lot_and_the_rest_comes_in_order() -> None:
    """C6"""
    lots = lot(1, 5, days=5), lot(2, 2, days=9), lot(3, 5, days=None)
    assert used(*lots, cost=4, picked_lot_id=2) == (Take(2, 2, "picked"), Take(1, 2, "expires_first"))


def test_a_picked_lot_that_cannot_pay_is_named_with_the_reason() -> None:
    """C6"""
    lots = lot(1), lot(2, eligible=frozenset({DANCE})), lot(3, 0, held=2)
    assert used(*lots, picked_lot_id=2) == PassedOver(2, 10, "not_eligible")
    assert used(*lots, picked_lot_id=3) == PassedOver(3, 2, "held")
    assert used(*lots, picked_lot_id=99) == PassedOver(99, 0, "not_there")


def test_an_adjustment_takes_from_lots_of_every_class_type() -> None:
    """C10"""
    assert used(lot(1, eligible=frozenset({DANCE})), class_type_id=None) == (Take(1, 1, "only_one"),)


def test_a_free_class_takes_nothing() -> None:
    """C13"""
    assert used(cost=0) == ()
    assert used(lot(1), cost=0) == ()
    with pytest.raises(ValueError, match="negative"):
        used(lot(1), cost=-1)


any_lots = st.lists(
    st.builds(
        lot,
        st.integers(1, 10**6),
        st.integers(0, 4),
        st.one_of(st.none(), st.integers(-2, 3)),
        complimentary=st.booleans(),
        eligible=st.one_of(st.none(), st.frozensets(st.integers(1, 3), min_size=1)),
        effective_at=st.sampled_from([NOON - 2 * DAY, NOON - DAY, NOON, NOON + DAY]),
        held=st.integers(0, 2),
    ),
    max_size=8,
    unique_by=lambda each: each.lot_id,
)


def _usable(each: UsableLot) -> bool:
    in_time = each.effective_at <= NOON and (each.expires_at is None or each.expires_at > NOON)
    return each.available > 0 and in_time and (each.eligible is None or YOGA in each.eligible)


@given(any_lots, st.integers(0, 12), st.randoms(use_true_random=False))
def test_every_choice_keeps_the_rules(lots: list[UsableLot], cost: int, shuffler: object) -> None:
    """C6, from the outside: exact, from usable lots alone, none before its turn, in any order given."""
    usable = {each.lot_id: each for each in lots if _usable(each)}
    result = choose(lots, cost, class_at=NOON, class_type_id=YOGA)
    shuffled = list(lots)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]
    again = choose(shuffled, cost, class_at=NOON, class_type_id=YOGA)
    if sum(each.available for each in usable.values()) < cost:
        assert isinstance(result, Shortage) and isinstance(again, Shortage)
        assert result.usable < cost
        passed_over = {each.lot_id for each in result.passed_over}
        assert passed_over == {each.lot_id for each in lots} - usable.keys()
        return
    assert isinstance(result, tuple) and result == again
    assert sum(take.credits for take in result) == cost
    taken = {take.lot_id: take.credits for take in result}
    assert len(taken) == len(result) and taken.keys() <= usable.keys()
    for take in result[:-1]:
        assert take.credits == usable[take.lot_id].available
    for lot_id, credits in taken.items():
        assert 0 < credits <= usable[lot_id].available
        for other in usable.values():
            if _goes_before(other, usable[lot_id]):
                assert taken.get(other.lot_id) == other.available


def _goes_before(one: UsableLot, other: UsableLot) -> bool:
    """The sentence of C6, rule by rule."""
    if one.expires_at != other.expires_at:
        if one.expires_at is None or other.expires_at is None:
            return other.expires_at is None
        return one.expires_at < other.expires_at
    if (one.eligible is None) != (other.eligible is None):
        return other.eligible is None
    if one.eligible is not None and other.eligible is not None and len(one.eligible) != len(other.eligible):
        return len(one.eligible) < len(other.eligible)
    if one.complimentary != other.complimentary:
        return one.complimentary
    if one.effective_at != other.effective_at:
        return one.effective_at < other.effective_at
    return one.lot_id < other.lot_id
