"""What was done to clients while they were one can be taken back after they were parted again (D4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from frontdesk.models.database import Database
from frontdesk.services.credit_account import credit_account
from frontdesk.services.drafts.credits import ReviveDraft
from frontdesk.services.merging import merge_clients, undo_merge
from frontdesk.services.reviving import revive
from frontdesk.services.statement import credit_statement
from tests.support.desk import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk.found(database)


@pytest.fixture
def two(desk: Desk) -> tuple[int, int]:
    """Two clients with one credit each, through the day after tomorrow."""
    clients = desk.client("Mira Okafor"), desk.client("Mira Okafor-Blum")
    pack = desk.package(credits=1, bonus=0, validity_count=2)
    for client in clients:
        desk.sell(client, pack)
    return clients


def test_a_visit_that_both_paid_for_is_undone_after_they_were_parted(
    desk: Desk, two: tuple[int, int]
) -> None:
    """C8"""
    merge = desk.do(merge_clients, *two)
    visit = desk.visit(two[1], 2)
    desk.do(undo_merge, merge.merge_id)
    assert desk.undo(visit.visit_id).returned == 2
    assert [desk.balance(client) for client in two] == [1, 1]


def test_unpaid_visits_settled_from_the_others_lots_are_undone_after_they_were_parted(desk: Desk) -> None:
    """C12"""
    two = desk.client("Mira Okafor"), desk.client("Mira Okafor-Blum")
    visits = [desk.visit(client, when_short="unpaid") for client in two]
    merge = desk.do(merge_clients, *two)
    assert desk.sell(two[1], desk.package(), settle_unpaid_visits=True).settled_visits == 2
    desk.do(undo_merge, merge.merge_id)
    for visit in visits:
        desk.undo(visit.visit_id)
    assert [desk.balance(client) for client in two] == [0, 12]


def test_a_freeze_of_both_ends_after_they_were_parted(desk: Desk, two: tuple[int, int]) -> None:
    """C11: nobody's credits stay frozen for ever."""
    merge = desk.do(merge_clients, *two)
    desk.freeze(two[1])
    desk.do(undo_merge, merge.merge_id)
    desk.clock.pass_time(days=10)
    (shown,) = desk.office.read(credit_account, two[0]).freezes
    ended = desk.end_freeze(two[0], shown.freeze_id)
    assert (ended.days, len(ended.lots), ended.usable) == (10, 2, 1)
    assert [desk.balance(client) for client in two] == [1, 1]


def test_what_expired_at_an_undone_visit_is_revived_after_they_were_parted(
    desk: Desk, two: tuple[int, int]
) -> None:
    """C9"""
    merge = desk.do(merge_clients, *two)
    visit = desk.visit(two[1], 2)
    desk.clock.pass_time(days=5)
    undone = desk.undo(visit.visit_id)
    assert undone.revivable == 2
    desk.do(undo_merge, merge.merge_id)
    for client in two:
        assert desk.office.read(credit_statement, client).lines[0].revivable == 2, "of the visit as a whole"
    revived = desk.do(revive, ReviveDraft(undone.op_id, 10, "goodwill", "was ill"))
    assert revived.credits == 2
    assert revived.last_day == desk.clock.at.date() + timedelta(days=10)
    assert [desk.balance(client) for client in two] == [1, 1]
