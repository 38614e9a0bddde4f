"""An error at every statement and at the commit of each use case leaves the books as they were (R2).

Sent again under the same id, the command then ends as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from frontdesk.errors import StorageFailed
from frontdesk.models.base import metadata
from frontdesk.models.database import Database
from frontdesk.services.clients import create_client
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.drafts.credits import ExtendDraft, FreezeDraft
from frontdesk.services.extending import extend_lot
from frontdesk.services.freezing import freeze
from frontdesk.services.merging import merge_clients
from frontdesk.services.refunds import request_refund
from frontdesk.services.sales import sell
from frontdesk.services.unit_of_work import Reading
from tests.support.desk import Desk, sweep

#: Makes ready for a command, and gives what sends it under an id.
Case = Callable[[Desk, int], Callable[[UUID], Any]]


def selling(desk: Desk, client: int) -> Callable[[UUID], Any]:
    draft = desk.sale_draft(client, 1, discount=300, tender="external_card")
    return lambda key: desk.do(sell, draft, command_id=key)


def recording_a_visit(desk: Desk, client: int) -> Callable[[UUID], Any]:
    desk.adjust(client, 1)
    desk.sell(client, 1)
    return lambda key: desk.visit(client, 3, command_id=key)


def undoing_a_visit(desk: Desk, client: int) -> Callable[[UUID], Any]:
    desk.sell(client, 1)
    visit_id = desk.visit(client, 2).visit_id
    return lambda key: desk.undo(visit_id, command_id=key)


def refunding(desk: Desk, client: int) -> Callable[[UUID], Any]:
    draft = desk.refund_draft(desk.sell(client, 1, tender="external_card").sale_id)
    return lambda key: desk.do(request_refund, draft, command_id=key)


def voiding_a_sale(desk: Desk, client: int) -> Callable[[UUID], Any]:
    sale_id = desk.sell(client, 1).sale_id
    return lambda key: desk.void(sale_id, command_id=key)


def adding_credits(desk: Desk, client: int) -> Callable[[UUID], Any]:
    return lambda key: desk.adjust(client, 4, command_id=key)


def taking_credits(desk: Desk, client: int) -> Callable[[UUID], Any]:
    desk.adjust(client, 1)
    desk.adjust(client, 2)
    return lambda key: desk.adjust(client, -3, command_id=key)


def passing_credits_on(desk: Desk, client: int) -> Callable[[UUID], Any]:
    lot_id = desk.sell(client, 1).lot_ids[0]
    return lambda key: desk.transfer(lot_id, 1, 4, command_id=key)


def extending(desk: Desk, client: int) -> Callable[[UUID], Any]:
    lot_id = desk.sell(client, 1).lot_ids[0]
    draft = ExtendDraft(lot_id, desk.clock.at.date() + timedelta(days=200), "illness", "broke a leg")
    return lambda key: desk.do(extend_lot, draft, command_id=key)


def freezing(desk: Desk, client: int) -> Callable[[UUID], Any]:
    desk.sell(client, 1)
    return lambda key: desk.do(freeze, FreezeDraft(client, "holiday", "in Spain"), command_id=key)


def expiring(desk: Desk, client: int) -> Callable[[UUID], Any]:
    desk.adjust(client, 2, last_day=desk.clock.at.date())
    desk.clock.pass_time(days=2)
    return lambda key: desk.do(sweep, command_id=key)


def merging(desk: Desk, client: int) -> Callable[[UUID], Any]:
    return lambda key: desk.do(merge_clients, client, 1, command_id=key)


def a_new_client(desk: Desk, client: int) -> Callable[[UUID], Any]:
    draft = ClientDraft(name=f"Client after {client}")
    return lambda key: desk.do(create_client, draft, command_id=key)


CASES: tuple[Case, ...] = (
    selling, recording_a_visit, undoing_a_visit, refunding, voiding_a_sale, adding_credits, taking_credits,
    passing_credits_on, extending, freezing, expiring, merging, a_new_client,
)  # fmt: skip


def picture(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""

    def read(reading: Reading) -> dict[str, list[tuple[Any, ...]]]:
        return {
            table.name: sorted(map(tuple, reading.connection.execute(sa.select(table))), key=repr)
            for table in metadata.sorted_tables
        }

    return desk.office.read(read)


@contextmanager
def failing_at(database: Database, number: int) -> Iterator[list[str]]:
    """Lets the so-manieth statement of the next transaction fail, the commit counting as the last one."""
    seen: list[str] = []

    def strike(statement: str) -> None:
        seen.append(statement)
        if len(seen) == number:
            raise sa.exc.OperationalError(statement, {}, Exception("disk I/O error"))

    def on_statement(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        strike(statement)

    def on_commit(connection: Any) -> None:
        strike("COMMIT")

    sa.event.listen(database._engine, "before_cursor_execute", on_statement)
    sa.event.listen(database._engine, "commit", on_commit)
    try:
        yield seen
    finally:
        sa.event.remove(database._engine, "before_cursor_execute", on_statement)
        sa.event.remove(database._engine, "commit", on_commit)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_an_error_at_any_statement_changes_nothing(database: Database, case: Case) -> None:
    """R2"""
    desk = Desk.found(database)
    desk.package()
    desk.client("Somebody else")
    number, struck, last = 0, True, ""
    while struck:
        number += 1
        send = case(desk, desk.client(f"Client {number}"))
        key, before = uuid4(), picture(desk)
        with failing_at(database, number) as seen:
            try:
                send(key)
            except StorageFailed as failure:
                assert failure.code == "storage.device"
                assert picture(desk) == before, f"statement {number} left something: {seen[-1]}"
            else:
                struck = False
            last = seen[-1]
        if struck:
            first = send(key)
            assert send(key) == first, "sent once more it is only answered"
    assert number > 5
    assert last == "COMMIT", "the commit was the last to fail"
