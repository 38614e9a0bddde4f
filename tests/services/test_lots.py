"""A client's lots as of now, and the sweep that writes down what has run out (C5)."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from frontdesk.models.calendar import expiry_instant
from frontdesk.models.database import Database
from frontdesk.models.ledger import ledger_entry, ledger_op
from frontdesk.services.lots import balance, lots_by_id, lots_of, sweep_due
from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import UnitOfWork
from tests.builders import SetClock
from tests.support.desk import Desk, sweep

TODAY = date(2027, 1, 4)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk.found(database)


def expire_entries(desk: Desk) -> list[tuple[int, int]]:
    """Lot and credits of every expire entry."""
    with desk.office.database.reading() as connection:
        rows = connection.execute(
            sa.select(ledger_entry.c.lot_id, ledger_entry.c.delta)
            .where(ledger_entry.c.type == "expire")
            .order_by(ledger_entry.c.id)
        )
        return [(lot_id, delta) for lot_id, delta in rows]


def test_expired_credits_leave_the_balance_at_that_instant_by_themselves(desk: Desk) -> None:
    """C5: no sweep, no program running; the day ends at the studio's midnight (C4)."""
    client = desk.client()
    desk.adjust(client, 3, last_day=TODAY)
    end = expiry_instant(TODAY, desk.office.read(lambda reading: reading.studio.zone))
    desk.clock.at = end - timedelta(microseconds=1)
    assert desk.balance(client) == 3
    desk.clock.at = end
    assert desk.balance(client) == 0
    assert desk.lots(client)[0].remaining == 3, "nothing has been written"


def test_the_sweep_writes_each_expiry_once_effective_when_it_ran_out(desk: Desk) -> None:
    """C5"""
    clients = [desk.client(f"Client {index}") for index in range(3)]
    lots = [desk.adjust(client, 2, last_day=TODAY) for client in clients]
    desk.adjust(clients[0], 7)
    desk.clock.pass_time(days=5)
    assert desk.do(sweep) == 3
    assert desk.do(sweep) == 0
    assert expire_entries(desk) == [(lot_id, -2) for lot_id in lots]
    with desk.office.database.reading() as connection:
        op = connection.execute(sa.select(ledger_op).where(ledger_op.c.kind == "expire")).first()
    assert op is not None
    assert op.effective_at == desk.lots(clients[0])[0].expires_at
    assert op.recorded_at == desk.clock.at


def test_two_desks_that_sweep_at_once_write_each_expiry_once(database: Database) -> None:
    """C5: the operation's id is the same on both."""
    desk = Desk.found(database)
    for index in range(6):
        desk.adjust(desk.client(f"Client {index}"), 2, last_day=TODAY)
    desk.clock.pass_time(days=5)
    swept: list[int] = []
    barrier = threading.Barrier(3)

    def run() -> None:
        office = Office(database, SetClock(desk.clock.at))
        barrier.wait()
        swept.append(office.write(sweep, desk.actor).value)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(swept) == 6
    assert len(expire_entries(desk)) == 6


def test_a_sweep_of_very_many_comes_in_portions(desk: Desk) -> None:
    def portion(work: UnitOfWork) -> int:
        return sweep_due(work, limit=2)

    for index in range(5):
        desk.adjust(desk.client(f"Client {index}"), 2, last_day=TODAY)
    desk.clock.pass_time(days=5)
    assert [desk.do(portion) for _ in range(4)] == [2, 2, 1, 0]


def test_what_is_frozen_does_not_expire(desk: Desk) -> None:
    """Decision 8"""
    client = desk.client()
    desk.adjust(client, 2, last_day=TODAY + timedelta(days=3))
    frozen = desk.freeze(client)
    desk.clock.pass_time(days=10)
    assert desk.do(sweep) == 0
    assert desk.balance(client) == 0
    desk.end_freeze(client, frozen.freeze_id)
    assert desk.balance(client) == 2, "its last day has moved by the days frozen"


def test_a_revived_lot_can_expire_once_more(desk: Desk) -> None:
    """Decision 5: the derived id counts terms and entries."""
    client = desk.client()
    lot_id = desk.adjust(client, 2, last_day=TODAY)
    assert lot_id is not None
    desk.clock.pass_time(days=2)
    desk.do(sweep)
    desk.extend(lot_id, desk.clock.at.date() + timedelta(days=1))
    assert desk.balance(client) == 2
    desk.clock.pass_time(days=3)
    assert desk.do(sweep) == 1
    assert expire_entries(desk) == [(lot_id, -2), (lot_id, -2)]


def test_every_write_to_a_client_sweeps_first(desk: Desk) -> None:
    """C5"""
    client = desk.client()
    lot_id = desk.adjust(client, 2, last_day=TODAY)
    desk.clock.pass_time(days=2)
    desk.adjust(client, 1)
    assert expire_entries(desk) == [(lot_id, -2)]


def test_lots_are_told_oldest_first_with_what_they_are_worth(desk: Desk) -> None:
    client = desk.client()
    sold = desk.sell(client, desk.package())
    desk.clock.pass_time(hours=1)
    given = desk.adjust(client, 1)
    assert [lot.lot_id for lot in desk.lots(client)] == [*sold.lot_ids, given]
    bought, bonus = desk.office.read(lots_by_id, sold.lot_ids)
    assert (bought.kind, bonus.kind, bonus.parent_lot_id) == ("purchased", "bonus", bought.lot_id)
    assert (bought.complimentary, bonus.complimentary) == (False, True)
    assert desk.office.read(balance, [client]) == 13
    assert desk.office.read(lots_of, []) == ()
