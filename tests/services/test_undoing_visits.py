"""Taking visits back to the same lots, and reviving what had expired meanwhile (C8, C9)."""

from __future__ import annotations

from datetime import date

import pytest

from frontdesk.errors import NotFound, Refused
from frontdesk.services.drafts.credits import ReviveDraft
from frontdesk.services.reviving import revive
from frontdesk.services.settling import settle_visits
from frontdesk.services.views.credit_acts import Revived
from tests.services.credit_desk import WHY, CreditDesk, berlin


def offered(desk: CreditDesk) -> dict[int, int]:
    """Which lines of the statement offer to revive how many credits."""
    lines = desk.lines()
    assert all(("revive" in line.actions) == bool(line.revivable) for line in lines)
    return {line.op_id: line.revivable for line in lines if line.revivable}


def revived(desk: CreditDesk, undo_op_id: int, days: int = 7) -> Revived:
    """Revive what an undone visit gave back."""
    return desk.do(revive, ReviveDraft(undo_op_id, days, **WHY))


def test_credits_go_back_to_the_very_lots_they_came_from(desk: CreditDesk) -> None:
    """C8, C9"""
    first, second = desk.plus(2, last_day=date(2027, 2, 1)), desk.plus(2, last_day=date(2027, 3, 1))
    visit = desk.visit(3)
    desk.plus(5, last_day=date(2027, 1, 31))
    undone = desk.undo(visit.visit_id)
    assert (undone.returned, undone.revivable) == (3, 0)
    assert (desk.card(first).remaining, desk.card(second).remaining) == (2, 2)


def test_visit_is_undone_once(desk: CreditDesk) -> None:
    """C8"""
    desk.plus(2)
    visit = desk.visit()
    desk.undo(visit.visit_id)
    with pytest.raises(Refused) as refused:
        desk.undo(visit.visit_id)
    assert refused.value.code == "visits.already_undone"
    assert desk.usable() == 2


def test_unpaid_visit_is_taken_back_too(desk: CreditDesk) -> None:
    """C12"""
    visit = desk.visit(when_short="unpaid")
    desk.undo(visit.visit_id)
    assert desk.account().unpaid == ()


def test_settled_visit_is_undone_on_the_lots_that_settled_it(desk: CreditDesk) -> None:
    """C9, C12"""
    visit = desk.visit(when_short="unpaid")
    lot_id = desk.plus(3)
    desk.do(settle_visits, desk.mira)
    assert desk.undo(visit.visit_id).returned == 1
    assert desk.card(lot_id).remaining == 3


def test_free_visit_is_undone_without_entries(desk: CreditDesk) -> None:
    """C13"""
    visit = desk.visit(0)
    assert desk.undo(visit.visit_id).returned == 0


def test_unknown_visit_is_named_as_such(desk: CreditDesk) -> None:
    with pytest.raises(NotFound):
        desk.undo(4711)


def test_return_to_an_expired_lot_expires_in_the_same_operation(desk: CreditDesk) -> None:
    """C9: shown as returned and expired, with an offer to revive."""
    lot_id = desk.plus(3, last_day=date(2027, 1, 10))
    visit = desk.visit()
    desk.at(2027, 1, 20)
    undone = desk.undo(visit.visit_id)
    assert (undone.returned, undone.revivable, undone.usable) == (1, 1, 0)
    card = desk.card(lot_id)
    assert (card.used, card.expired, card.state) == (0, 3, "expired")
    line = desk.lines()[0]
    assert (line.kind, line.change, line.revivable, line.actions) == ("undo_visit", 0, 1, ("revive",))


def test_revival_brings_back_what_was_returned_and_nothing_else(desk: CreditDesk) -> None:
    """C9: N days after today."""
    lot_id = desk.plus(3, last_day=date(2027, 1, 10))
    visit = desk.visit()
    desk.at(2027, 1, 20)
    answer = revived(desk, desk.undo(visit.visit_id).op_id, days=7)
    assert (answer.credits, answer.last_day, answer.usable) == (1, date(2027, 1, 27), 1)
    assert (desk.card(lot_id).remaining, desk.card(lot_id).expired) == (1, 2)
    desk.at(2027, 1, 27, 23, 59)
    assert desk.usable() == 1
    desk.at(2027, 1, 28, 0, 0)
    assert desk.usable() == 0


def test_revived_credits_expire_a_second_time(desk: CreditDesk) -> None:
    """C5, C9: the sweep writes a second expire entry, once."""
    desk.plus(1, last_day=date(2027, 1, 10))
    visit = desk.visit()
    desk.at(2027, 1, 20)
    revived(desk, desk.undo(visit.visit_id).op_id, days=2)
    desk.at(2027, 2, 20)
    desk.plus(1)
    desk.plus(1)
    assert [line.kind for line in desk.lines()].count("expire") == 1
    assert desk.lines()[2].at == berlin(2027, 1, 23, 0, 0)


def test_only_what_was_revived_pays_for_a_class_in_the_days_gained(desk: CreditDesk) -> None:
    """C7, C9: the rest had expired before that class, whenever the visit is recorded."""
    desk.plus(3, last_day=date(2027, 1, 10))
    visit = desk.visit()
    desk.at(2027, 1, 12)
    revived(desk, desk.undo(visit.visit_id).op_id, days=2)
    desk.at(2027, 1, 16)
    class_at = berlin(2027, 1, 13, 18)
    with pytest.raises(Refused) as refused:
        desk.visit(2, class_at=class_at)
    assert refused.value.params["usable"] == 1
    assert desk.visit(1, class_at=class_at).paid


def test_revival_happens_once(desk: CreditDesk) -> None:
    """C9"""
    desk.plus(2, last_day=date(2027, 1, 10))
    visit = desk.visit()
    desk.at(2027, 1, 20)
    undo_op = desk.undo(visit.visit_id).op_id
    revived(desk, undo_op)
    with pytest.raises(Refused) as refused:
        revived(desk, undo_op)
    assert refused.value.code == "credits.already_revived"
    assert desk.usable() == 1
    assert offered(desk) == {}


def test_nothing_is_revived_that_an_extension_brought_back_before(desk: CreditDesk) -> None:
    """C9, C11"""
    lot_id = desk.plus(2, last_day=date(2027, 1, 10))
    visit = desk.visit()
    desk.at(2027, 1, 20)
    undo_op = desk.undo(visit.visit_id).op_id
    assert offered(desk) == {undo_op: 1}
    desk.extend(lot_id, date(2027, 2, 28))
    assert offered(desk) == {}
    with pytest.raises(Refused) as refused:
        revived(desk, undo_op)
    assert refused.value.code == "credits.nothing_to_revive"


def test_nothing_is_revived_that_paid_for_a_class_since(desk: CreditDesk) -> None:
    """C9: the class was taken back and recorded again, so the client is where they were."""
    lot_id = desk.plus(5, last_day=date(2027, 1, 6))
    class_at = desk.clock.at
    visit = desk.visit()
    desk.at(2027, 1, 8)
    first = desk.undo(visit.visit_id).op_id
    again = desk.visit(class_at=class_at)
    assert (desk.card(lot_id).used, desk.card(lot_id).expired) == (1, 4)
    assert offered(desk) == {}
    with pytest.raises(Refused) as refused:
        revived(desk, first)
    assert refused.value.code == "credits.nothing_to_revive"
    # Taken back once more it can be revived, and only once.
    second = desk.undo(again.visit_id).op_id
    assert revived(desk, second).credits == 1
    assert offered(desk) == {}
    with pytest.raises(Refused):
        revived(desk, first)
    assert desk.usable() == 1


def test_of_what_was_returned_the_rest_is_revived(desk: CreditDesk) -> None:
    """C9: and each of two visits taken back has its own."""
    desk.plus(5, last_day=date(2027, 1, 6))
    class_at = desk.clock.at
    three, one = desk.visit(3), desk.visit()
    desk.at(2027, 1, 8)
    third, first = desk.undo(three.visit_id).op_id, desk.undo(one.visit_id).op_id
    assert offered(desk) == {third: 3, first: 1}
    desk.visit(2, class_at=class_at)
    assert offered(desk) == {third: 2, first: 1}, "each line says what it would bring back"
    assert revived(desk, first).credits == 1
    assert offered(desk) == {third: 1}
    assert revived(desk, third).credits == 1
    assert desk.usable() == 2


def test_only_an_undone_visit_can_be_revived(desk: CreditDesk) -> None:
    """C9"""
    op_id = desk.adjust(1).op_id
    with pytest.raises(NotFound):
        revived(desk, op_id)


def test_return_to_a_frozen_lot_stays_in_it(desk: CreditDesk) -> None:
    """C9, C11: held credits do not expire."""
    lot_id = desk.plus(3, last_day=date(2027, 1, 10))
    visit = desk.visit()
    desk.freeze()
    desk.at(2027, 1, 20)
    assert desk.undo(visit.visit_id).revivable == 0
    assert (desk.card(lot_id).remaining, desk.usable()) == (3, 0)


def test_return_to_an_empty_lot_that_is_frozen_past_its_last_day_stays_in_it(desk: CreditDesk) -> None:
    """C8, C11: held credits do not expire, also where the freeze began after the lot was used up."""
    lot = desk.plus(1, last_day=date(2027, 1, 8))
    desk.freeze(first=date(2027, 1, 6))
    visit = desk.visit()
    desk.at(2027, 1, 12)
    undone = desk.undo(visit.visit_id)
    assert (undone.returned, undone.revivable, undone.usable) == (1, 0, 0)
    assert desk.card(lot).state == "frozen"
