"""Taking back the class from which a pack counts: it counts from the next one, or waits again (P1, C8)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from frontdesk.messages.sentences import sentence
from frontdesk.models.calendar import last_day
from frontdesk.models.database import Database
from frontdesk.services.statement import credit_statement
from frontdesk.services.views.sales import SaleResult
from tests.property.model import BERLIN
from tests.services.test_statement import FORMATS
from tests.support.desk import Desk, sweep

#: Bought on 4 January, 5 days from the first class, which counts as attended after 60 days at the latest.
UNTOUCHED, FROM_FIRST = date(2027, 3, 10), date(2027, 1, 9)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk.found(database)


@pytest.fixture
def sold(desk: Desk) -> SaleResult:
    pack = desk.package(validity_count=5, validity_starts="first_class", latest_start_days=60)
    return desk.sell(desk.client(), pack)


def last_days(desk: Desk, sold: SaleResult) -> set[date | None]:
    return {one.expires_at and last_day(one.expires_at, BERLIN) for one in desk.lots(sold.client_id)}


def test_with_the_first_class_taken_back_a_pack_counts_from_the_second(desk: Desk, sold: SaleResult) -> None:
    first = desk.visit(sold.client_id)
    desk.clock.pass_time(days=2)
    desk.visit(sold.client_id)
    assert last_days(desk, sold) == {FROM_FIRST}
    desk.undo(first.visit_id)
    assert last_days(desk, sold) == {FROM_FIRST + timedelta(days=2)}


def test_with_every_class_taken_back_in_any_order_a_pack_waits_again(desk: Desk, sold: SaleResult) -> None:
    visits = [desk.visit(sold.client_id), desk.visit(sold.client_id)]
    for visit in visits:
        desk.undo(visit.visit_id)
    assert last_days(desk, sold) == {UNTOUCHED}
    desk.clock.pass_time(days=12)
    desk.visit(sold.client_id)
    assert last_days(desk, sold) == {FROM_FIRST + timedelta(days=12)}


def test_a_freeze_since_the_class_keeps_its_days_when_the_class_is_taken_back(
    desk: Desk, sold: SaleResult
) -> None:
    visit = desk.visit(sold.client_id)
    frozen = desk.freeze(sold.client_id)
    desk.clock.pass_time(days=3)
    desk.end_freeze(sold.client_id, frozen.freeze_id)
    desk.undo(visit.visit_id)
    assert last_days(desk, sold) == {UNTOUCHED + timedelta(days=3)}


def test_what_ran_out_because_of_a_class_that_never_was_comes_back(desk: Desk, sold: SaleResult) -> None:
    """Undone exactly: the pack would not have run out yet."""
    visit = desk.visit(sold.client_id)
    desk.clock.pass_time(days=10)
    desk.do(sweep)
    assert desk.balance(sold.client_id) == 0
    undone = desk.undo(visit.visit_id)
    assert (undone.usable, undone.revivable) == (12, 0)
    line = desk.office.read(credit_statement, sold.client_id).lines[0]
    assert "1 credit returned. Usable longer again" in sentence(line, FORMATS)
    assert last_days(desk, sold) == {UNTOUCHED}


def test_a_later_class_taken_back_leaves_the_pack_counting_from_the_first(
    desk: Desk, sold: SaleResult
) -> None:
    desk.visit(sold.client_id)
    desk.clock.pass_time(days=1)
    desk.undo(desk.visit(sold.client_id).visit_id)
    assert last_days(desk, sold) == {FROM_FIRST}
