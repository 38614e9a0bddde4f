"""Threads of one program that write into one file: people go first, and nobody waits for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from frontdesk.models.database import Database
from frontdesk.models.write_order import WriteOrder

SECONDS = 10.0


def until(true: Callable[[], object]) -> None:
    ends_at = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < ends_at
        time.sleep(0.005)


def test_a_person_goes_before_what_has_waited_longer_beside_them() -> None:
    """F4: years of sales may come in meanwhile."""
    order, done = WriteOrder(SECONDS), list[str]()

    def write(name: str, gives_way: bool) -> None:
        with order.turn(gives_way=gives_way):
            done.append(name)

    sync = threading.Thread(target=write, args=("sync", True))
    person = threading.Thread(target=write, args=("person", False))
    with order.turn(gives_way=True):
        sync.start()
        until(lambda: len(order._moved._waiters) == 1)  # type: ignore[attr-defined]
        person.start()
        until(lambda: len(order._moved._waiters) == 2)  # type: ignore[attr-defined]
    for thread in (sync, person):
        thread.join()
    assert done == ["person", "sync"]


def test_a_turn_that_never_ends_is_not_waited_for_for_ever() -> None:
    """Then SQLite says what is wrong; and the turn stays with whoever has it."""
    order = WriteOrder(0.05)
    with order.turn(gives_way=False):
        with order.turn(gives_way=False):
            assert order._taken
        assert order._taken
    assert not order._taken


def test_an_error_gives_the_turn_back() -> None:
    order = WriteOrder(SECONDS)
    try:
        with order.turn(gives_way=True):
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    with order.turn(gives_way=False):
        assert order._taken


def test_a_file_is_written_to_in_this_order(database: Database) -> None:
    """A server has many writers at once, and needs none."""
    if database.path is None:
        return
    done = list[str]()

    def write(name: str, gives_way: bool) -> None:
        with database.writing(gives_way=gives_way):
            done.append(name)

    waiters = database._order._moved._waiters  # type: ignore[attr-defined]
    sync = threading.Thread(target=write, args=("sync", True))
    person = threading.Thread(target=write, args=("person", False))
    with database.writing(gives_way=True):
        sync.start()
        until(lambda: len(waiters) == 1)
        person.start()
        until(lambda: len(waiters) == 2)
    for thread in (sync, person):
        thread.join()
    assert done == ["person", "sync"]
