"""Killed at any point, the books hold, and nothing that was acknowledged is gone (R1).

Children sell, refund, record and take back, and say so on a pipe before and after each command. They are
killed at a statement, at a commit, between the commit and the acknowledgement, or from outside at any moment.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from frontdesk.errors import FrontdeskError
from frontdesk.models.database import Database
from frontdesk.models.sale import sale
from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Actor
from tests.builders import SetClock
from tests.support.books import assert_books_hold
from tests.support.desk import Desk

#: Where a child dies: the kind of point, and which of its kind.
Point = tuple[str, int]
POINTS = ("statement", "commit", "acknowledgement", "outside")


@dataclass
class ToldDesk(Desk):
    """A desk that tells on a pipe what it begins and what is done."""

    pipe: Connection | None = None
    dies: Point = ("never", 0)
    done: int = 0

    def do(self, use_case: Callable[..., Any], *arguments: Any, command_id: UUID | None = None) -> Any:
        key = uuid4()
        assert self.pipe is not None
        self.pipe.send(("begun", key, use_case, arguments, self.clock.at))
        value = self.office.write(use_case, self.actor, key, *arguments).value
        self.done += 1
        if self.dies == ("acknowledgement", self.done):
            die()
        self.pipe.send(("done", key, value))
        return value


def die() -> None:
    """As a power cut would: no clean-up, no farewell."""
    os.kill(os.getpid(), signal.SIGKILL)


def child(url: str, actor: Actor, at: datetime, seed: int, dies: Point, pipe: Connection) -> None:
    """Works at the desk until it is killed."""
    database = Database.open(url)
    clock = SetClock(at)
    desk = ToldDesk(Office(database, clock), clock, actor, pipe, dies)
    _arm(database, dies)
    chance = random.Random(seed)
    clients = [1, 2, 3]
    while True:
        clock.pass_time(minutes=chance.randrange(1, 90))
        # A refusal is an answer like any other.
        with contextlib.suppress(FrontdeskError):
            one_act(desk, chance, clients)


def _arm(database: Database, dies: Point) -> None:
    kind, number = dies
    seen = {"statement": 0, "commit": 0}

    def count(what: str) -> None:
        seen[what] += 1
        if kind == what and seen[what] == number:
            die()

    sa.event.listen(database._engine, "before_cursor_execute", lambda *_: count("statement"))
    sa.event.listen(database._engine, "commit", lambda *_: count("commit"))


def one_act(desk: Desk, chance: random.Random, clients: list[int]) -> None:
    """Something that happens at a desk."""
    client = chance.choice(clients)
    sold = _last_sale(desk)
    act = chance.choice(
        ("sell", "sell", "visit", "visit", "undo", "refund", "void", "plus", "minus", "pass on")
    )
    if act == "sell" or sold is None:
        desk.sell(
            client, 1, discount=chance.choice((0, 500)), tender=chance.choice(("cash", "external_card"))
        )
    elif act == "visit":
        desk.visit(client, chance.randrange(1, 4))
    elif act == "undo":
        desk.undo(desk.visit(client).visit_id)
    elif act == "refund":
        desk.refund(sold, chance.randrange(1, 3000), chance.randrange(0, 3))
    elif act == "void":
        desk.void(sold)
    elif act == "plus":
        desk.adjust(client, 3)
    elif act == "minus":
        desk.adjust(client, -2)
    else:
        lots = [lot for lot in desk.lots(client) if lot.usable]
        desk.transfer(chance.choice(lots).lot_id, chance.choice(clients)) if lots else None


def _last_sale(desk: Desk) -> int | None:
    def last(reading: Any) -> Any:
        return reading.connection.execute(sa.select(sa.func.max(sale.c.id))).scalar()

    found: int | None = desk.office.read(last)
    return found


@dataclass
class Heard:
    """What came through the pipe before the child died."""

    done: dict[UUID, Any] = field(default_factory=dict)
    begun: dict[UUID, tuple[Callable[..., Any], tuple[Any, ...], datetime]] = field(default_factory=dict)


def listen(pipe: Connection, process: Any, dies: Point) -> Heard:
    """All the child says; it is killed from outside after so many acknowledgements."""
    heard = Heard()
    with contextlib.suppress(EOFError, ConnectionResetError):
        while True:
            message = pipe.recv()
            if message[0] == "begun":
                heard.begun[message[1]] = message[2:]
            else:
                heard.done[message[1]] = message[2]
                if dies == ("outside", len(heard.done)):
                    process.kill()
    return heard


def kill_one(desk: Desk, seed: int) -> str:
    """Let a child work and die; what it did is there, what it had begun is whole or not there at all."""
    chance = random.Random(seed)
    kind = POINTS[seed % len(POINTS)]
    dies: Point = (kind, chance.randrange(1, 400) if kind == "statement" else chance.randrange(1, 12))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    mine, theirs = context.Pipe(duplex=False)
    url = desk.office.database.url.render_as_string(hide_password=False)
    process = context.Process(target=child, args=(url, desk.actor, desk.clock.at, seed, dies, theirs))
    process.start()
    theirs.close()
    try:
        heard = listen(mine, process, dies)
        process.join()
        assert process.exitcode == -signal.SIGKILL, "the child ended by itself"
    finally:
        process.kill()
        process.join()
        mine.close()
    assert_books_hold(desk.office.database)
    _nothing_is_lost(desk, heard)
    return f"{kind}: {len(heard.done)} done"


def _nothing_is_lost(desk: Desk, heard: Heard) -> None:
    for key, (use_case, arguments, at) in heard.begun.items():
        desk.clock.at = at
        if key in heard.done:
            outcome = desk.office.write(use_case, desk.actor, key, *arguments)
            assert outcome.replayed, f"{use_case.__name__} was acknowledged and is gone"
            assert outcome.value == heard.done[key]
            continue
        # Refused, or cut short: sent again it is carried out, answered from the books, or refused again.
        with contextlib.suppress(FrontdeskError):
            desk.office.write(use_case, desk.actor, key, *arguments)
    assert_books_hold(desk.office.database)


def kill(database: Database, seeds: range) -> None:
    """So many kills on one studio, each with a seed of its own."""
    desk = Desk.found(database)
    desk.package()
    for index in range(3):
        desk.client(f"Client {index}")
    told = []
    for seed in seeds:
        told.append(f"seed {seed}: {kill_one(desk, seed)}")
    print(f"no acknowledged operation lost in {len(told)} kills")


@pytest.mark.kill
@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_in_twenty_kills(database: Database) -> None:
    """R1: with both databases, forty a run."""
    kill(database, range(20))


@pytest.mark.kill
@pytest.mark.long
@pytest.mark.timeout(0)
def test_nothing_acknowledged_is_lost_in_a_thousand_kills(database: Database) -> None:
    """R1: with both databases, two thousand."""
    kill(database, range(1000, 2000))
