"""Recording visits: which lots pay, what is refused, unpaid visits (C4, C6, C7, C12, C13, C14)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from frontdesk.errors import InvalidDraft, NotFound, Refused
from frontdesk.services.changes import Topic
from frontdesk.services.drafts.credits import VisitDraft
from frontdesk.services.merging import merge_clients
from frontdesk.services.settling import settle_visits, unpaid_visits
from frontdesk.services.visits import change_lot, preview_visit, record_visit
from tests.services.credit_desk import CreditDesk, berlin


def takes(desk: CreditDesk, credits: int = 1, **fields: object) -> list[tuple[int, int]]:
    """What a visit would take from which lots."""
    draft = VisitDraft(desk.mira, credits, desk.clock.at, title="Class", **fields)  # type: ignore[arg-type]
    return [(take.lot_id, take.credits) for take in desk.see(preview_visit, draft).takes]


# --- Which lots pay (C6) -----------------------------------------------------------------------------


def test_lot_that_expires_first_pays_first_and_never_expiring_last(desk: CreditDesk) -> None:
    """C6"""
    never = desk.plus(1)
    late = desk.plus(1, last_day=date(2027, 6, 30))
    early = desk.plus(1, last_day=date(2027, 2, 28))
    assert takes(desk, 3) == [(early, 1), (late, 1), (never, 1)]


def test_among_equal_expiry_the_narrower_lot_pays_first(desk: CreditDesk) -> None:
    """C6"""
    yoga, dance = desk.class_type("Yoga"), desk.class_type("Dance")
    ends = date(2027, 6, 30)
    wide = desk.plus(1, last_day=ends)
    both = desk.plus(1, last_day=ends, eligible=(yoga, dance))
    narrow = desk.plus(1, last_day=ends, eligible=(yoga,))
    assert takes(desk, 3, class_type_id=yoga) == [(narrow, 1), (both, 1), (wide, 1)]


def test_bonus_pays_before_what_was_bought(desk: CreditDesk) -> None:
    """C3, C6"""
    bought, bonus = desk.sell()
    assert takes(desk, 3) == [(bonus, 2), (bought, 1)]


def test_older_lot_pays_before_the_newer_one(desk: CreditDesk) -> None:
    """C6"""
    first = desk.plus(1)
    desk.clock.pass_time(minutes=1)
    second = desk.plus(1)
    assert takes(desk, 2) == [(first, 1), (second, 1)]


def test_cost_may_span_lots_and_is_taken_whole(desk: CreditDesk) -> None:
    """C6: one entry for each lot."""
    first, second = desk.plus(2), desk.plus(2)
    desk.visit(3)
    assert (desk.card(first).used, desk.card(second).used, desk.usable()) == (2, 1, 1)


def test_cost_beyond_what_is_there_takes_nothing(desk: CreditDesk) -> None:
    """C6: all or nothing."""
    desk.plus(2)
    with pytest.raises(Refused) as refused:
        desk.visit(3)
    assert (refused.value.code, refused.value.params["usable"]) == ("visits.not_enough", 2)
    assert desk.usable() == 2


def test_picked_lot_pays_and_the_rest_comes_in_order(desk: CreditDesk) -> None:
    """C6"""
    bought, bonus = desk.sell()
    visit = desk.visit(1, lot_id=bought)
    assert [(take.lot_id, take.why) for take in visit.takes] == [(bought, "picked")]
    assert desk.card(bonus).used == 0


def test_picked_lot_that_cannot_pay_is_refused_by_its_name(desk: CreditDesk) -> None:
    """C6"""
    yoga, dance = desk.class_type("Yoga"), desk.class_type("Dance")
    lot_id = desk.plus(5, title="Yoga gift", eligible=(yoga,))
    desk.plus(5)
    with pytest.raises(Refused) as refused:
        desk.visit(class_type_id=dance, lot_id=lot_id)
    assert (refused.value.code, refused.value.params["title"]) == ("visits.lot_not_eligible", "Yoga gift")


def test_another_clients_lot_cannot_be_picked(desk: CreditDesk) -> None:
    """C6"""
    other = desk.plus(5, desk.client("Tom Ode"))
    desk.plus(5)
    with pytest.raises(NotFound):
        desk.visit(lot_id=other)


def test_preview_names_choices_and_why_other_lots_cannot_pay(desk: CreditDesk) -> None:
    """C6"""
    yoga, dance = desk.class_type("Yoga"), desk.class_type("Dance")
    open_lot = desk.plus(2)
    narrow = desk.plus(2, eligible=(yoga,))
    draft = VisitDraft(desk.mira, 1, desk.clock.at, class_type_id=dance)
    preview = desk.see(preview_visit, draft)
    assert [choice.lot_id for choice in preview.choices] == [open_lot]
    assert [(lot.lot_id, lot.why_not) for lot in preview.passed_over] == [(narrow, "not_eligible")]
    assert (preview.usable, preview.left_after, preview.enough) == (2, 1, True)


def test_lot_can_be_changed_afterwards(desk: CreditDesk) -> None:
    """C6: the statement tells that the visit was taken back and recorded anew."""
    bought, bonus = desk.sell()
    visit = desk.visit()
    changed = desk.do(change_lot, visit.visit_id, bought)
    assert (desk.card(bought).used, desk.card(bonus).used, changed.paid) == (1, 0, True)
    assert [line.kind for line in desk.lines()] == ["visit", "undo_visit", "visit", "sale"]
    with pytest.raises(Refused) as refused:
        desk.do(change_lot, changed.visit_id, bought)
    assert refused.value.code == "visits.same_lot"


def test_lot_can_be_changed_for_a_class_more_than_seven_days_back(desk: CreditDesk) -> None:
    """C6, C7"""
    bought, _ = desk.sell()
    visit = desk.visit()
    desk.clock.pass_time(days=20)
    assert desk.do(change_lot, visit.visit_id, bought).takes[0].lot_id == bought


# --- Validity on the class's date (C4, C7) -----------------------------------------------------------


def test_credits_are_usable_to_the_end_of_their_last_day(desk: CreditDesk) -> None:
    """C4: 90 days from 4 January are through 4 April, past the change of clocks on 28 March."""
    bought, _ = desk.sell()
    assert desk.card(bought).last_day == date(2027, 4, 4)
    desk.at(2027, 4, 4, 23, 59)
    assert desk.visit().paid
    desk.at(2027, 4, 5, 0, 0)
    assert desk.usable() == 0
    with pytest.raises(Refused) as refused:
        desk.visit()
    assert refused.value.code == "visits.only_expired"
    assert refused.value.params["last_day"] == date(2027, 4, 4)


def test_visit_to_a_class_before_the_expiry_is_paid_after_it(desk: CreditDesk) -> None:
    """C7: judged at the class's time; what had expired is reinstated and redeemed in one operation."""
    lot_id = desk.plus(2, last_day=date(2027, 1, 10))
    desk.at(2027, 1, 12)
    visit = desk.visit(class_at=berlin(2027, 1, 10, 18))
    assert visit.paid
    assert (desk.card(lot_id).used, desk.card(lot_id).expired, desk.usable()) == (1, 1, 0)
    line = desk.lines()[0]
    assert (line.change, line.lots[0].types, line.balance) == (0, ("reinstate", "redeem"), 0)


def test_visit_cannot_use_what_had_expired_before_the_class(desk: CreditDesk) -> None:
    """C7: after a revival only what came back pays for the days gained by it."""
    lot_id = desk.plus(2, last_day=date(2027, 1, 10))
    desk.at(2027, 1, 12)
    with pytest.raises(Refused):
        desk.visit(class_at=berlin(2027, 1, 11, 18))
    assert desk.card(lot_id).expired == 2


@pytest.mark.parametrize(("days", "fits"), [(7, True), (8, False)])
def test_visit_is_recorded_back_to_seven_days(desk: CreditDesk, days: int, fits: bool) -> None:
    """C7"""
    desk.plus(2)
    desk.clock.pass_time(days=30)
    class_at = desk.clock.at - timedelta(days=days, hours=1)
    if fits:
        assert desk.visit(class_at=class_at).paid
    else:
        with pytest.raises(InvalidDraft) as invalid:
            desk.visit(class_at=class_at)
        assert invalid.value.problems[0].code == "visits.too_long_ago"


def test_visit_later_today_is_fine_and_tomorrow_is_refused(desk: CreditDesk) -> None:
    """C7"""
    desk.plus(2)
    assert desk.visit(class_at=berlin(2027, 1, 4, 23, 59)).paid
    with pytest.raises(InvalidDraft) as invalid:
        desk.visit(class_at=berlin(2027, 1, 5, 0, 0))
    assert invalid.value.problems[0].code == "visits.in_future"


def test_class_before_the_purchase_on_the_same_day_is_paid(desk: CreditDesk) -> None:
    """C7, C12: whoever attends first and pays at the desk afterwards."""
    desk.sell()
    visit = desk.visit(class_at=berlin(2027, 1, 4, 7, 30))
    assert visit.paid
    assert desk.lines()[0].kind == "settle_visit"


def test_class_on_the_day_before_the_purchase_is_not_paid(desk: CreditDesk) -> None:
    """C7"""
    desk.sell()
    with pytest.raises(Refused) as refused:
        desk.visit(class_at=berlin(2027, 1, 3, 23, 0))
    assert refused.value.code == "visits.only_not_started"


def test_day_with_twenty_three_hours_counts_as_one(desk: CreditDesk) -> None:
    """C4: 28 March 2027 in Berlin."""
    lot_id = desk.plus(3, last_day=date(2027, 3, 28))
    desk.at(2027, 3, 28, 23, 59)
    assert desk.visit(class_at=berlin(2027, 3, 28, 1, 59)).paid
    assert desk.visit(class_at=berlin(2027, 3, 28, 23, 0)).paid
    desk.at(2027, 3, 29, 0, 0)
    assert desk.card(lot_id).state == "expired"


def test_second_two_o_clock_of_the_long_day_is_still_that_day(desk: CreditDesk) -> None:
    """C4: 31 October 2027 in Berlin has 25 hours."""
    desk.at(2027, 10, 31, 0, 30)
    desk.plus(1, last_day=date(2027, 10, 31))
    desk.clock.pass_time(hours=24, minutes=29)
    assert desk.usable() == 1
    desk.clock.pass_time(minutes=1)
    assert desk.usable() == 0


# --- Cost (C13) --------------------------------------------------------------------------------------


def test_free_class_needs_no_credits(desk: CreditDesk) -> None:
    """C13"""
    visit = desk.visit(0, class_type_id=desk.class_type("Taster", cost=0))
    assert (visit.paid, visit.cost, visit.takes) == (True, 0, ())
    assert desk.lines()[0].change is None


def test_cost_recorded_stays_when_the_class_type_changes(desk: CreditDesk) -> None:
    """C13: the cost is fixed when the visit is recorded."""
    desk.plus(5)
    desk.visit(2, class_type_id=desk.class_type("Yoga", cost=1))
    assert desk.lines()[0].cost == 2


def test_visit_needs_a_class_type_or_a_title(desk: CreditDesk) -> None:
    """C7"""
    with pytest.raises(InvalidDraft) as invalid:
        desk.visit(title=" ")
    assert invalid.value.problems[0].field == "title"


# --- Nothing left (C12, C14) -------------------------------------------------------------------------


def test_refusal_names_who_took_the_last_credit_and_when(desk: CreditDesk) -> None:
    """C14"""
    desk.plus(1)
    desk.visit()
    taken_at = desk.clock.at
    desk.clock.pass_time(minutes=5)
    with pytest.raises(Refused) as refused:
        desk.visit()
    assert refused.value.code == "visits.none_left_taken"
    assert refused.value.params == {"staff": "Ana", "at": taken_at}


def test_refusal_to_a_client_without_any_lot_says_just_that(desk: CreditDesk) -> None:
    """C7"""
    with pytest.raises(Refused) as refused:
        desk.visit()
    assert refused.value.code == "visits.none_left"


def test_visit_without_credits_is_recorded_as_unpaid_when_asked(desk: CreditDesk) -> None:
    """C12: never a negative balance."""
    visit = desk.visit(2, when_short="unpaid")
    assert (visit.paid, desk.usable()) == (False, 0)
    assert [(one.visit_id, one.cost, one.what) for one in desk.account().unpaid] == [
        (visit.visit_id, 2, "Open class")
    ]


def test_enough_credits_pay_though_unpaid_was_allowed(desk: CreditDesk) -> None:
    """C12"""
    desk.plus(1)
    assert desk.visit(when_short="unpaid").paid


def test_next_sale_settles_unpaid_visits_oldest_first(desk: CreditDesk) -> None:
    """C12: what the new credits reach for, in the order of the classes."""
    class_days = [berlin(2027, 1, 4, hour) for hour in (8, 6, 7)]
    ids = [desk.visit(1, class_at=at, when_short="unpaid").visit_id for at in class_days]
    desk.clock.pass_time(days=3)
    desk.sell(credits=2, bonus=0, name="Two", settle=True)
    assert [one.visit_id for one in desk.see(unpaid_visits, desk.mira)] == [ids[0]]
    assert desk.usable() == 0


def test_settling_passes_over_what_the_credits_do_not_suffice_for(desk: CreditDesk) -> None:
    """C12"""
    dear = desk.visit(3, class_at=berlin(2027, 1, 4, 6), when_short="unpaid")
    cheap = desk.visit(1, class_at=berlin(2027, 1, 4, 7), when_short="unpaid")
    desk.plus(2)
    settled = desk.do(settle_visits, desk.mira)
    assert [one.visit_id for one in settled] == [cheap.visit_id]
    assert [one.visit_id for one in desk.account().unpaid] == [dear.visit_id]


def test_settling_only_the_chosen_visits(desk: CreditDesk) -> None:
    """C12"""
    ids = [desk.visit(when_short="unpaid").visit_id for _ in range(2)]
    desk.plus(5)
    assert [one.visit_id for one in desk.do(settle_visits, desk.mira, (ids[1],))] == [ids[1]]


def test_settling_twice_takes_nothing_more(desk: CreditDesk) -> None:
    """C12"""
    desk.visit(when_short="unpaid")
    desk.plus(5)
    desk.do(settle_visits, desk.mira)
    assert desk.do(settle_visits, desk.mira) == ()
    assert desk.usable() == 4


# --- Merged clients (D4) -----------------------------------------------------------------------------


def test_lots_of_merged_clients_pay_together(desk: CreditDesk) -> None:
    """C6, D4: each client has an operation of its own, and undoing reverses both."""
    twin = desk.client("Mira Okafor-Ba")
    mine, hers = desk.plus(1), desk.plus(1, twin)
    desk.do(merge_clients, twin, desk.mira)
    visit = desk.visit(2)
    assert (desk.usable(), desk.usable(twin)) == (0, 0)
    undone = desk.undo(visit.visit_id)
    assert (undone.returned, desk.card(mine).remaining, desk.card(hers).remaining) == (2, 1, 1)


def test_screen_of_the_merged_client_hears_of_the_visit(desk: CreditDesk) -> None:
    """D4"""
    twin = desk.client("Mira Okafor-Ba")
    desk.plus(1, twin)
    desk.do(merge_clients, twin, desk.mira)
    draft = VisitDraft(desk.mira, 1, desk.clock.at, title="Yoga")
    outcome = desk.office.write(record_visit, desk.actor, None, draft)
    assert any(change.touches(Topic.CREDITS, desk.mira) for change in outcome.changes)


# --- Sent twice --------------------------------------------------------------------------------------


def test_visit_sent_twice_is_recorded_once_and_answered_alike(desk: CreditDesk) -> None:
    """C14: the same command gets the stored answer."""
    desk.plus(3, last_day=date(2027, 6, 30))
    draft, command_id = VisitDraft(desk.mira, 1, desk.clock.at, title="Yoga"), uuid4()
    first = desk.office.write(record_visit, desk.actor, command_id, draft)
    again = desk.office.write(record_visit, desk.actor, command_id, draft)
    assert (again.value, again.replayed) == (first.value, True)
    assert desk.usable() == 2
