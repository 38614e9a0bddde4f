"""Freezing credits, and what it does to their last day (C11)."""

from __future__ import annotations

from datetime import date

import pytest

from frontdesk.errors import InvalidDraft, NotFound, Refused
from frontdesk.services.drafts.credits import FreezeDraft
from frontdesk.services.freezing import preview_freeze
from frontdesk.services.merging import merge_clients
from tests.services.credit_desk import WHY, CreditDesk, berlin


def test_freeze_between_dates_moves_the_last_day_by_the_days_frozen(desk: CreditDesk) -> None:
    """C11: 1–31 July are 31 days; the term is there with the freeze itself."""
    lot_id = desk.plus(5, last_day=date(2027, 8, 10))
    frozen = desk.freeze(date(2027, 7, 1), date(2027, 7, 31))
    assert frozen.days == 31
    assert desk.card(lot_id).last_day == date(2027, 9, 10)
    desk.at(2027, 8, 1)
    assert (desk.usable(), desk.card(lot_id).last_day) == (5, date(2027, 9, 10))


def test_balance_inside_a_freeze_is_zero_with_words(desk: CreditDesk) -> None:
    """C11"""
    lot_id = desk.plus(5, last_day=date(2027, 8, 10))
    desk.freeze(date(2027, 7, 1), date(2027, 7, 31))
    assert (desk.usable(), desk.account().standing) == (5, "usable")
    desk.at(2027, 7, 1, 0, 0)
    account = desk.account()
    assert (account.usable, account.standing, desk.card(lot_id).state) == (0, "frozen", "frozen")
    assert [(one.first_day, one.last_day, one.in_force) for one in account.freezes] == [
        (date(2027, 7, 1), date(2027, 7, 31), True)
    ]
    desk.at(2027, 7, 31, 23, 59)
    assert desk.usable() == 0
    desk.at(2027, 8, 1, 0, 0)
    assert (desk.usable(), desk.account().freezes) == (5, ())


def test_visit_inside_a_freeze_is_refused_with_the_reason(desk: CreditDesk) -> None:
    """C6, C11"""
    desk.plus(5)
    desk.freeze()
    with pytest.raises(Refused) as refused:
        desk.visit()
    assert refused.value.code == "visits.only_held"


def test_class_inside_a_freeze_is_not_paid_after_it_either(desk: CreditDesk) -> None:
    """C6, C11: those days were added to the last day already."""
    desk.plus(5)
    desk.freeze(last=date(2027, 1, 6))
    desk.at(2027, 1, 7)
    with pytest.raises(Refused):
        desk.visit(class_at=berlin(2027, 1, 6, 18))
    assert desk.visit(class_at=berlin(2027, 1, 7, 8)).paid


def test_class_on_a_frozen_day_is_not_paid_after_the_freeze_was_ended_by_hand(desk: CreditDesk) -> None:
    """C11: the last day was moved for those days; the day on which it ends is free again."""
    lot_id = desk.plus(3, last_day=date(2027, 1, 31))
    frozen = desk.freeze()
    desk.at(2027, 1, 8, 12)
    desk.unfreeze(frozen.freeze_id)
    assert desk.card(lot_id).last_day == date(2027, 2, 4)
    for class_at in (berlin(2027, 1, 5, 18), berlin(2027, 1, 7, 18), berlin(2027, 1, 7, 23, 59)):
        with pytest.raises(Refused) as refused:
            desk.visit(class_at=class_at)
        assert (refused.value.code, refused.value.params["credits"]) == ("visits.only_held", 3)
    assert desk.visit(class_at=berlin(2027, 1, 4, 8)).paid, "before it began"
    assert desk.visit(class_at=berlin(2027, 1, 8, 8)).paid, "on the day on which they came back"
    assert desk.visit(class_at=desk.clock.at).paid


def test_class_on_a_frozen_day_is_not_paid_by_what_expired_after_it(desk: CreditDesk) -> None:
    """C7, C11: whether the freeze ended by itself or by hand."""
    desk.plus(2, last_day=date(2027, 1, 6))
    desk.freeze(last=date(2027, 1, 6))
    desk.at(2027, 1, 10)
    desk.plus(1, desk.client("Tom Ode"))
    assert desk.usable() == 0
    with pytest.raises(Refused):
        desk.visit(class_at=berlin(2027, 1, 6, 18))
    assert desk.visit(class_at=berlin(2027, 1, 7, 18)).paid


def test_freeze_cancelled_before_it_began_bars_no_class(desk: CreditDesk) -> None:
    """C11"""
    desk.plus(2)
    frozen = desk.freeze(first=date(2027, 1, 6), last=date(2027, 1, 9))
    desk.unfreeze(frozen.freeze_id)
    desk.at(2027, 1, 8)
    assert desk.visit(class_at=berlin(2027, 1, 7, 18)).paid


def test_lot_that_runs_out_before_the_freeze_does_not_move(desk: CreditDesk) -> None:
    """C11"""
    early = desk.plus(1, last_day=date(2027, 6, 30))
    late = desk.plus(1, last_day=date(2027, 7, 1))
    desk.freeze(date(2027, 7, 1), date(2027, 7, 10))
    assert desk.card(early).last_day == date(2027, 6, 30)
    assert desk.card(late).last_day == date(2027, 7, 11)


def test_lot_that_never_expires_is_frozen_without_a_term(desk: CreditDesk) -> None:
    """C11"""
    lot_id = desk.plus(1)
    desk.freeze(last=date(2027, 1, 10))
    assert (desk.card(lot_id).last_day, desk.usable()) == (None, 0)


def test_open_ended_freeze_moves_the_last_day_when_it_ends(desk: CreditDesk) -> None:
    """C11: by whole local days."""
    lot_id = desk.plus(5, last_day=date(2027, 1, 10))
    freeze_id = desk.freeze().freeze_id
    assert desk.card(lot_id).last_day == date(2027, 1, 10)
    desk.at(2027, 2, 3, 22)
    assert desk.usable() == 0
    ended = desk.unfreeze(freeze_id)
    assert (ended.days, ended.usable) == (30, 5)
    assert desk.card(lot_id).last_day == date(2027, 2, 9)


def test_credits_do_not_expire_while_they_are_frozen(desk: CreditDesk) -> None:
    """C5, C11"""
    lot_id = desk.plus(5, last_day=date(2027, 1, 10))
    desk.freeze()
    desk.at(2027, 3, 1)
    desk.plus(1)
    assert desk.card(lot_id).remaining == 5
    assert "expire" not in {line.kind for line in desk.lines()}


def test_freeze_ended_early_counts_the_days_it_really_lasted(desk: CreditDesk) -> None:
    """C11"""
    lot_id = desk.plus(5, last_day=date(2027, 8, 10))
    freeze_id = desk.freeze(date(2027, 7, 1), date(2027, 7, 31)).freeze_id
    desk.at(2027, 7, 11, 15)
    assert desk.unfreeze(freeze_id).days == 10
    assert (desk.card(lot_id).last_day, desk.usable()) == (date(2027, 8, 20), 5)


def test_freeze_ended_on_its_first_day_counts_nothing(desk: CreditDesk) -> None:
    """C11"""
    lot_id = desk.plus(5, last_day=date(2027, 1, 10))
    freeze_id = desk.freeze(last=date(2027, 1, 31)).freeze_id
    desk.clock.pass_time(hours=2)
    assert desk.unfreeze(freeze_id).days == 0
    assert desk.card(lot_id).last_day == date(2027, 1, 10)


def test_freeze_that_lies_ahead_is_cancelled_exactly(desk: CreditDesk) -> None:
    """C11"""
    lot_id = desk.plus(5, last_day=date(2027, 8, 10))
    freeze_id = desk.freeze(date(2027, 7, 1), date(2027, 7, 31)).freeze_id
    desk.unfreeze(freeze_id)
    assert desk.card(lot_id).last_day == date(2027, 8, 10)
    desk.at(2027, 7, 15)
    assert desk.usable() == 5


def test_extension_during_a_freeze_is_kept_when_it_ends_early(desk: CreditDesk) -> None:
    """C11: the correction is by days, not to a date."""
    lot_id = desk.plus(5, last_day=date(2027, 2, 10))
    freeze_id = desk.freeze(last=date(2027, 1, 13)).freeze_id
    assert desk.card(lot_id).last_day == date(2027, 2, 20)
    desk.extend(lot_id, date(2027, 3, 20))
    desk.at(2027, 1, 9)
    desk.unfreeze(freeze_id)
    assert desk.card(lot_id).last_day == date(2027, 3, 15)


def test_lot_shortened_during_a_freeze_may_run_out_when_it_ends(desk: CreditDesk) -> None:
    """C5, C11: the days that were not frozen go, and the expiry is written down at once."""
    lot_id = desk.plus(5, last_day=date(2027, 2, 10))
    freeze_id = desk.freeze(last=date(2027, 1, 13)).freeze_id
    desk.extend(lot_id, date(2027, 1, 10))
    desk.at(2027, 1, 9)
    assert desk.unfreeze(freeze_id).usable == 0
    assert desk.card(lot_id).last_day == date(2027, 1, 5)
    assert "expire" in {line.kind for line in desk.lines()}


def test_freeze_over_a_change_of_clocks_counts_dates(desk: CreditDesk) -> None:
    """C4, C11: 27–28 March 2027 are two days, one of them of 23 hours."""
    lot_id = desk.plus(5, last_day=date(2027, 4, 1))
    desk.freeze(date(2027, 3, 27), date(2027, 3, 28))
    assert desk.card(lot_id).last_day == date(2027, 4, 3)
    desk.at(2027, 3, 29, 0, 0)
    assert desk.usable() == 5


def test_freeze_is_ended_once(desk: CreditDesk) -> None:
    """C11"""
    desk.plus(5, last_day=date(2027, 2, 10))
    freeze_id = desk.freeze().freeze_id
    desk.unfreeze(freeze_id)
    with pytest.raises(Refused) as refused:
        desk.unfreeze(freeze_id)
    assert refused.value.code == "credits.freeze_over"


def test_freeze_that_ran_out_cannot_be_ended(desk: CreditDesk) -> None:
    """C11"""
    desk.plus(5, last_day=date(2027, 2, 10))
    freeze_id = desk.freeze(last=date(2027, 1, 6)).freeze_id
    desk.at(2027, 1, 7)
    with pytest.raises(Refused):
        desk.unfreeze(freeze_id)


def test_freezes_may_follow_but_not_overlap(desk: CreditDesk) -> None:
    """C11"""
    lot_id = desk.plus(5, last_day=date(2027, 8, 10))
    desk.freeze(date(2027, 7, 1), date(2027, 7, 10))
    with pytest.raises(Refused) as refused:
        desk.freeze(date(2027, 7, 10), date(2027, 7, 20))
    assert refused.value.params == {"first_day": date(2027, 7, 1), "last_day": date(2027, 7, 10)}
    desk.freeze(date(2027, 7, 11), date(2027, 7, 20))
    assert desk.card(lot_id).last_day == date(2027, 8, 30)


def test_open_freeze_bars_every_later_one(desk: CreditDesk) -> None:
    """C11"""
    desk.plus(5)
    desk.freeze()
    with pytest.raises(Refused) as refused:
        desk.freeze(date(2027, 7, 1), date(2027, 7, 10))
    assert refused.value.code == "credits.already_frozen_openly"


def test_nothing_to_freeze_is_said(desk: CreditDesk) -> None:
    """C11"""
    desk.plus(5, last_day=date(2027, 2, 10))
    with pytest.raises(Refused) as refused:
        desk.freeze(date(2027, 7, 1), date(2027, 7, 10))
    assert refused.value.code == "credits.nothing_to_freeze"


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2027, 1, 3), date(2027, 1, 9), "first_day"),
        (date(2027, 1, 9), date(2027, 1, 8), "last_day"),
        (None, date(2027, 1, 3), "last_day"),
        (None, date(2099, 1, 3), "last_day"),
    ],
)
def test_days_of_a_freeze_must_make_sense(
    desk: CreditDesk, first: date | None, last: date, field: str
) -> None:
    """C11"""
    desk.plus(5)
    with pytest.raises(InvalidDraft) as invalid:
        desk.freeze(first, last)
    assert [problem.field for problem in invalid.value.problems] == [field]


def test_preview_shows_each_last_day_and_freezes_nothing(desk: CreditDesk) -> None:
    """C11"""
    lot_id = desk.plus(5, last_day=date(2027, 8, 10))
    draft = FreezeDraft(desk.mira, **WHY, first_day=date(2027, 7, 1), last_day=date(2027, 7, 31))
    preview = desk.see(preview_freeze, draft)
    assert [(one.lot_id, one.last_day, one.new_last_day) for one in preview.lots] == [
        (lot_id, date(2027, 8, 10), date(2027, 9, 10))
    ]
    assert desk.card(lot_id).last_day == date(2027, 8, 10)


def test_freeze_holds_merged_clients_together_and_ends_together(desk: CreditDesk) -> None:
    """C11, D4"""
    twin = desk.client("Mira O.")
    desk.plus(2), desk.plus(3, twin)
    desk.do(merge_clients, twin, desk.mira)
    freeze_id = desk.freeze().freeze_id
    assert [(one.lots, one.credits) for one in desk.account().freezes] == [(2, 5)]
    assert desk.usable() == 0
    desk.unfreeze(freeze_id)
    assert desk.usable() == 5


def test_unknown_freeze_is_named_as_such(desk: CreditDesk) -> None:
    with pytest.raises(NotFound):
        desk.unfreeze(4711)
