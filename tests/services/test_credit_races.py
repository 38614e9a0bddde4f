"""Several desks at once on one client's credits, each a process of its own (C5, C14, R5)."""

from __future__ import annotations

from datetime import date

from frontdesk.services.credits import adjust
from frontdesk.services.drafts.credits import AdjustDraft, UndoVisitDraft, VisitDraft
from frontdesk.services.lots import sweep_due
from frontdesk.services.undoing_visits import undo_visit
from frontdesk.services.visits import record_visit
from tests.services.credit_desk import WHY, CreditDesk
from tests.support import races
from tests.support.races import Act, Answer

DESKS = 8


def race(desk: CreditDesk, *acts: Act) -> list[Answer]:
    """Run the acts at one moment of the desk's clock."""
    return races.race(desk.office.database, desk.actor, desk.clock.at, *acts)


def test_of_eight_desks_one_gets_the_last_credit_and_the_others_hear_who(desk: CreditDesk) -> None:
    """C14, R5"""
    desk.plus(1)
    visit = VisitDraft(desk.mira, 1, desk.clock.at, title="Yoga")
    answers = race(desk, *[(record_visit, (visit,))] * DESKS)
    won = [value for kind, value in answers if kind == "done"]
    lost = [value for kind, value in answers if kind == "refused"]
    assert (len(won), len(lost)) == (1, DESKS - 1)
    assert lost == [("visits.none_left_taken", {"staff": "Ana", "at": desk.clock.at})] * (DESKS - 1)
    assert desk.usable() == 0


def test_desks_together_take_no_more_than_there_is(desk: CreditDesk) -> None:
    """C10, C14: 3 credits, and eight desks that want 2 of them each."""
    desk.plus(3)
    answers = race(desk, *[(adjust, (AdjustDraft(desk.mira, -2, **WHY),))] * DESKS)
    assert sorted(kind for kind, _ in answers) == ["done"] + ["refused"] * (DESKS - 1)
    assert desk.usable() == 1


def test_visit_undone_at_two_desks_comes_back_once(desk: CreditDesk) -> None:
    """C8"""
    desk.plus(2)
    visit_id = desk.visit().visit_id
    answers = race(desk, *[(undo_visit, (UndoVisitDraft(visit_id),))] * 4)
    assert sorted(kind for kind, _ in answers) == ["done", "refused", "refused", "refused"]
    assert desk.usable() == 2


def test_sweep_of_several_desks_writes_each_expiry_once(desk: CreditDesk) -> None:
    """C5: idempotent, also when desks run it at once."""
    for day in range(5, 10):
        desk.plus(1, last_day=date(2027, 1, day))
    desk.at(2027, 2, 1)
    answers = race(desk, *[(sweep_due, ())] * 4)
    assert sum(value for _, value in answers) == 5
    assert [line.kind for line in desk.lines()].count("expire") == 5
