"""Another last day of use, for one lot and for many at once (C5, C11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from frontdesk.errors import InvalidDraft, NotFound, Refused
from frontdesk.models.money import Money
from frontdesk.services.bulk_extending import (
    bulk_extensions,
    extend_in_bulk,
    preview_bulk_extension,
    undo_bulk_extension,
)
from frontdesk.services.drafts.credits import BulkExtendDraft
from tests.services.credit_desk import CreditDesk, berlin

TWO_WEEKS = BulkExtendDraft(days=14, reason_code="closure", note="Summer break")


# --- One lot -----------------------------------------------------------------------------------------


def test_extended_lot_is_usable_through_its_new_last_day(desk: CreditDesk) -> None:
    """C11"""
    lot_id = desk.plus(2, last_day=date(2027, 1, 31))
    answer = desk.extend(lot_id, date(2027, 2, 28))
    assert (answer.last_day_before, answer.last_day) == (date(2027, 1, 31), date(2027, 2, 28))
    desk.at(2027, 2, 28, 23, 59)
    assert desk.usable() == 2


def test_extension_after_the_expiry_brings_back_what_had_expired(desk: CreditDesk) -> None:
    """C5, C11"""
    lot_id = desk.plus(3, last_day=date(2027, 1, 31))
    desk.visit()
    desk.at(2027, 2, 10)
    desk.adjust(1)
    assert desk.card(lot_id).expired == 2
    answer = desk.extend(lot_id, date(2027, 2, 28))
    assert (answer.reinstated, answer.usable, desk.card(lot_id).used) == (2, 3, 1)


def test_expired_lot_is_extended_though_no_sweep_had_run(desk: CreditDesk) -> None:
    """C5: the write sweeps first."""
    lot_id = desk.plus(3, last_day=date(2027, 1, 31))
    desk.at(2027, 2, 10)
    assert desk.extend(lot_id, date(2027, 2, 28)).reinstated == 3
    assert [line.kind for line in desk.lines()] == ["extend", "expire", "adjust_plus"]
    assert desk.lines()[1].at == berlin(2027, 2, 1, 0, 0)


def test_lot_can_be_shortened_but_not_into_the_past(desk: CreditDesk) -> None:
    """C11"""
    lot_id = desk.plus(3, last_day=date(2027, 6, 30))
    desk.extend(lot_id, date(2027, 1, 4))
    desk.at(2027, 1, 5, 0, 0)
    assert desk.usable() == 0
    with pytest.raises(InvalidDraft) as invalid:
        desk.extend(lot_id, date(2027, 1, 4))
    assert invalid.value.problems[0].params["earliest"] == date(2027, 1, 5)


def test_lot_can_be_made_to_never_expire(desk: CreditDesk) -> None:
    """C11"""
    lot_id = desk.plus(3, last_day=date(2027, 6, 30))
    desk.extend(lot_id, None)
    desk.clock.pass_time(days=2000)
    assert desk.usable() == 3


def test_same_last_day_again_is_refused(desk: CreditDesk) -> None:
    """C11"""
    lot_id = desk.plus(3, last_day=date(2027, 6, 30))
    with pytest.raises(Refused) as refused:
        desk.extend(lot_id, date(2027, 6, 30))
    assert refused.value.code == "credits.same_last_day"


def test_spent_lot_has_nothing_to_extend(desk: CreditDesk) -> None:
    """C11"""
    lot_id = desk.plus(1, last_day=date(2027, 6, 30))
    desk.visit()
    with pytest.raises(Refused) as refused:
        desk.extend(lot_id, date(2027, 7, 30))
    assert refused.value.code == "credits.nothing_to_extend"


def test_unknown_lot_is_named_as_such(desk: CreditDesk) -> None:
    with pytest.raises(NotFound):
        desk.extend(4711, date(2027, 6, 30))


# --- In bulk -----------------------------------------------------------------------------------------


def test_holiday_extends_every_active_lot(desk: CreditDesk) -> None:
    """C11: spent, expired and never-expiring lots are left alone."""
    tom = desk.client("Tom Ode")
    mine, his = desk.plus(2, last_day=date(2027, 2, 10)), desk.plus(3, tom, last_day=date(2027, 3, 10))
    desk.plus(1), desk.plus(1, last_day=date(2027, 1, 5))
    desk.at(2027, 1, 6)
    preview = desk.see(preview_bulk_extension, TWO_WEEKS)
    assert (preview.lots, preview.clients, preview.credits) == (2, 2, 5)
    assert [(row.client, row.last_day, row.new_last_day) for row in preview.rows] == [
        ("Mira Okafor", date(2027, 2, 10), date(2027, 2, 24)),
        ("Tom Ode", date(2027, 3, 10), date(2027, 3, 24)),
    ]
    answer = desk.do(extend_in_bulk, TWO_WEEKS)
    assert (answer.lots, answer.clients, answer.credits) == (2, 2, 5)
    assert desk.card(mine).last_day == date(2027, 2, 24)
    assert desk.card(his, tom).last_day == date(2027, 3, 24)


def test_filters_pick_the_lots(desk: CreditDesk) -> None:
    """C11: by last day, package and class type."""
    yoga, dance = desk.class_type("Yoga"), desk.class_type("Dance")
    bought, bonus = desk.sell()
    gift = desk.plus(1, last_day=date(2027, 2, 10), eligible=(yoga,))
    tom = desk.client("Tom Ode")
    given = desk.transfer(bought, tom, 4).lot_id

    def lots(**filters: object) -> set[int]:
        draft = replace(TWO_WEEKS, **filters)  # type: ignore[arg-type]
        return {row.lot_id for row in desk.see(preview_bulk_extension, draft).rows}

    package_id = 1
    assert lots(expiring_from=date(2027, 2, 10), expiring_through=date(2027, 2, 10)) == {gift}
    assert lots(expiring_from=date(2027, 2, 11)) == {bought, bonus, given}
    assert lots(package_id=package_id) == {bought, bonus, given}
    assert lots(class_type_id=dance) == {bought, bonus, given}
    assert lots(class_type_id=yoga) == {gift, bought, bonus, given}


def test_bulk_extension_that_fits_nothing_is_refused(desk: CreditDesk) -> None:
    """C11"""
    with pytest.raises(Refused) as refused:
        desk.do(extend_in_bulk, TWO_WEEKS)
    assert refused.value.code == "credits.nothing_in_bulk"


def test_bulk_extension_is_undone(desk: CreditDesk) -> None:
    """C11"""
    lot_id = desk.plus(2, last_day=date(2027, 2, 10))
    batch = desk.do(extend_in_bulk, TWO_WEEKS).batch
    assert [(one.batch, one.lots, one.note, one.undone) for one in desk.see(bulk_extensions)] == [
        (batch, 1, "Summer break", False)
    ]
    undone = desk.do(undo_bulk_extension, batch)
    assert (undone.lots, undone.kept) == (1, ())
    assert desk.card(lot_id).last_day == date(2027, 2, 10)
    assert desk.see(bulk_extensions)[0].undone
    with pytest.raises(Refused) as refused:
        desk.do(undo_bulk_extension, batch)
    assert refused.value.code == "credits.batch_undone"


def test_undo_leaves_alone_and_reports_what_changed_since(desk: CreditDesk) -> None:
    """C11"""
    changed = desk.plus(2, last_day=date(2027, 2, 10))
    used = desk.plus(2, last_day=date(2027, 1, 10))
    plain = desk.plus(2, last_day=date(2027, 3, 10))
    batch = desk.do(extend_in_bulk, TWO_WEEKS).batch
    desk.extend(changed, date(2027, 4, 10))
    desk.at(2027, 1, 12)
    desk.visit(lot_id=used)
    undone = desk.do(undo_bulk_extension, batch)
    assert {(one.lot_id, one.why) for one in undone.kept} == {
        (changed, "changed_since"),
        (used, "used_since"),
    }
    assert desk.card(plain).last_day == date(2027, 3, 10)
    assert desk.card(changed).last_day == date(2027, 4, 10)
    assert desk.card(used).last_day == date(2027, 1, 24)


def test_undo_reports_what_was_transferred_since_with_its_days(desk: CreditDesk) -> None:
    """C11: also what was passed on again, and nothing that was there before."""
    tom, kim = desk.client("Tom Ode"), desk.client("Kim Roe")
    lot_id = desk.plus(5, last_day=date(2027, 2, 10))
    earlier, old = desk.transfer(lot_id, tom, 1).lot_id, desk.transfer(lot_id, kim, 1).lot_id
    desk.extend(old, date(2027, 6, 1))
    batch = desk.do(extend_in_bulk, replace(TWO_WEEKS, expiring_through=date(2027, 3, 1))).batch
    toms = desk.transfer(lot_id, tom, 3).lot_id
    kims = desk.transfer(toms, kim, 1).lot_id
    passed = desk.transfer(desk.transfer(earlier, kim).lot_id, tom).lot_id
    assert old in {lot.lot_id for lot in desk.account(kim).lots}
    undone = desk.do(undo_bulk_extension, batch)
    assert undone.lots == 2
    assert [(one.lot_id, one.client, one.last_day, one.why) for one in undone.kept] == [
        (toms, "Tom Ode", date(2027, 2, 24), "changed_since"),
        (kims, "Kim Roe", date(2027, 2, 24), "changed_since"),
        (passed, "Tom Ode", date(2027, 2, 24), "changed_since"),
    ]
    assert desk.card(lot_id).last_day == date(2027, 2, 10)
    assert desk.card(toms, tom).last_day == date(2027, 2, 24)


def test_undo_after_the_old_last_day_lets_the_lot_run_out(desk: CreditDesk) -> None:
    """C5, C11"""
    lot_id = desk.plus(2, last_day=date(2027, 1, 10))
    batch = desk.do(extend_in_bulk, TWO_WEEKS).batch
    desk.at(2027, 1, 12)
    desk.do(undo_bulk_extension, batch)
    assert (desk.card(lot_id).state, desk.usable()) == ("expired", 0)
    assert "expire" in {line.kind for line in desk.lines()}


def test_lot_at_the_end_of_the_calendar_keeps_nobody_from_more_days(desk: CreditDesk) -> None:
    """C11"""
    far, near = desk.plus(1, last_day=date(2999, 12, 30)), desk.plus(1, last_day=date(2027, 1, 20))
    desk.do(extend_in_bulk, replace(TWO_WEEKS, expiring_through=date.max))
    frozen = desk.freeze(last=date(2027, 1, 31))
    desk.unfreeze(frozen.freeze_id)
    desk.do(extend_in_bulk, TWO_WEEKS)
    assert desk.card(near).last_day == date(2027, 2, 17)
    assert desk.card(far).last_day


def test_unknown_batch_is_named_as_such(desk: CreditDesk) -> None:
    with pytest.raises(NotFound):
        desk.do(undo_bulk_extension, "0" * 32)


# --- Validity from the first class (P1) --------------------------------------------------------------

FIRST_CLASS: dict[str, Any] = {
    "name": "Starter",
    "validity_kind": "days",
    "validity_count": 30,
    "validity_starts": "first_class",
    "latest_start_days": 60,
    "price": Money(5000, "USD"),
}


def test_validity_starts_with_the_first_class(desk: CreditDesk) -> None:
    """P1: for the bonus as well, whichever of them pays."""
    bought, bonus = desk.sell(**FIRST_CLASS)
    assert desk.card(bought).last_day == date(2027, 4, 4)
    assert desk.card(bought).starts_at_first_class
    desk.at(2027, 1, 14)
    desk.visit()
    for lot_id in (bought, bonus):
        assert desk.card(lot_id).last_day == date(2027, 2, 13)
        assert not desk.card(lot_id).starts_at_first_class
    desk.at(2027, 1, 20)
    desk.visit()
    assert desk.card(bought).last_day == date(2027, 2, 13)


def test_validity_starts_at_the_latest_start_without_a_class(desk: CreditDesk) -> None:
    """P1"""
    bought, _ = desk.sell(**FIRST_CLASS)
    desk.at(2027, 3, 20)
    desk.visit()
    assert desk.card(bought).last_day == date(2027, 4, 4)


def test_first_class_taken_back_has_not_started_anything(desk: CreditDesk) -> None:
    """P1, C9"""
    bought, _ = desk.sell(**FIRST_CLASS)
    visit = desk.visit()
    desk.undo(visit.visit_id)
    assert desk.card(bought).last_day == date(2027, 4, 4)
    desk.at(2027, 1, 24)
    desk.visit()
    assert desk.card(bought).last_day == date(2027, 2, 23)


def test_first_class_taken_back_after_a_second_one_leaves_the_start(desk: CreditDesk) -> None:
    """P1, C9"""
    bought, _ = desk.sell(**FIRST_CLASS)
    visit = desk.visit()
    desk.visit()
    desk.undo(visit.visit_id)
    assert desk.card(bought).last_day == date(2027, 2, 3)


def test_days_that_a_freeze_added_stay_when_the_validity_starts(desk: CreditDesk) -> None:
    """P1, C11"""
    bought, _ = desk.sell(**FIRST_CLASS)
    desk.freeze(last=date(2027, 1, 13))
    assert desk.card(bought).last_day == date(2027, 4, 14)
    desk.at(2027, 1, 14)
    desk.visit()
    assert desk.card(bought).last_day == date(2027, 2, 23)


def test_transferred_lot_starts_with_its_new_owners_first_class(desk: CreditDesk) -> None:
    """P1, C11"""
    bought, _ = desk.sell(**FIRST_CLASS)
    tom = desk.client("Tom Ode")
    given = desk.transfer(bought, tom, 3).lot_id
    desk.at(2027, 1, 14)
    desk.visit(client_id=tom)
    assert desk.card(given, tom).last_day == date(2027, 2, 13)
    assert desk.card(bought).last_day == date(2027, 4, 4)


def test_start_of_the_giver_after_the_transfer_is_none_of_the_takers(desk: CreditDesk) -> None:
    """P1, C11"""
    bought, _ = desk.sell(**FIRST_CLASS)
    tom = desk.client("Tom Ode")
    given = desk.transfer(bought, tom, 3).lot_id
    desk.visit(lot_id=bought)
    desk.at(2027, 1, 14)
    desk.visit(client_id=tom)
    assert desk.card(given, tom).last_day == date(2027, 2, 13)


def test_lot_started_before_its_transfer_does_not_start_again(desk: CreditDesk) -> None:
    """P1, C11"""
    bought, _ = desk.sell(**FIRST_CLASS)
    desk.visit(lot_id=bought)
    tom = desk.client("Tom Ode")
    given = desk.transfer(bought, tom, 3).lot_id
    desk.at(2027, 1, 14)
    desk.visit(client_id=tom)
    assert desk.card(given, tom).last_day == date(2027, 2, 3)
