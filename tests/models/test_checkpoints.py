"""The log of a file is worked off beside the commits, stays short, and holds nobody up when it cannot be."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from frontdesk.models import checkpoints
from frontdesk.models import database as database_module
from frontdesk.models.database import Database
from tests.support.logs import ExpectedLogs

SECONDS = 10.0
PAGE = 4096


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A file with a table, its log worked off at once."""
    made = Database.open(tmp_path / "books.db")
    with made.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE text (value BLOB)")
    yield made
    made.close()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_PAUSE", 0.01)


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_PAUSE", 1_000.0)


def write(database: Database, pages: int) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO text VALUES (randomblob(?))", (pages * PAGE,))


def rows_without_log(database: Database) -> int:
    """How many rows the file alone has, as if its log were lost."""
    assert database.path is not None
    copy = database.path.with_name("alone.db")
    shutil.copyfile(database.path, copy)
    connection = dbapi2.connect(str(copy))
    try:
        return int(connection.execute("SELECT count(*) FROM text").fetchone()[0])
    except dbapi2.DatabaseError:
        # Nothing is there yet, or it was copied while it was written.
        return 0
    finally:
        connection.close()


def log_pages(database: Database) -> int:
    assert database.path is not None
    return database.path.with_name("books.db-wal").stat().st_size // PAGE


def until(true: Callable[[], object]) -> None:
    ends_at = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < ends_at
        time.sleep(0.01)


def test_a_commit_leaves_the_log_to_others(never: None, database: Database) -> None:
    """F4: SQLite's own way is that each thousandth page's commit works the log off."""
    write(database, 3_000)
    assert rows_without_log(database) == 0
    assert log_pages(database) >= 3_000


def test_soon_afterwards_the_file_has_it_all(at_once: None, database: Database) -> None:
    for _ in range(3):
        write(database, 10)
    until(lambda: rows_without_log(database) == 3)
    write(database, 10)
    until(lambda: rows_without_log(database) == 4)


def test_a_log_that_was_long_begins_anew(
    at_once: None, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where commits follow each other without a pause it would grow for ever."""
    monkeypatch.setattr(checkpoints, "_LONG", 200)
    for _ in range(400):
        write(database, 20)
    assert log_pages(database) < 400 * 20 / 2


def test_at_last_a_commit_does_it(never: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody works off, because a thread cannot be had, does not fill the disk."""
    monkeypatch.setitem(database_module.PRAGMAS, "wal_autocheckpoint", 50)
    made = Database.open(tmp_path / "books.db")
    with made.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE text (value BLOB)")
    write(made, 60)
    assert rows_without_log(made) == 1
    made.close()


def test_a_log_that_readers_made_long_gives_its_room_back(
    at_once: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as somebody reads what stood there before, it only grows."""
    monkeypatch.setitem(database_module.PRAGMAS, "journal_size_limit", 50 * PAGE)
    made = Database.open(tmp_path / "books.db")
    with made.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE text (value BLOB)")
    with made.reading() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM text").scalar()
        for _ in range(30):
            write(made, 20)
    assert log_pages(made) > 500

    def begun_anew() -> bool:
        write(made, 1)
        return log_pages(made) <= 51

    until(begun_anew)
    made.close()


def test_a_log_that_cannot_be_worked_off_is_told_and_loses_nothing(
    at_once: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    tried, used = threading.Event(), list[Any]()

    def broken(connection: Any) -> None:
        used.append(connection)
        tried.set()
        raise dbapi2.OperationalError("disk I/O error")

    expected_logs.expect("the log was not brought in")
    made = Database.open(tmp_path / "books.db")
    with monkeypatch.context() as patched:
        patched.setattr(made._checkpoints, "_bring_in", broken)
        with made.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE text (value BLOB)")
        assert tried.wait(SECONDS)
    write(made, 1)
    until(lambda: rows_without_log(made) == 1)
    assert not used[0].is_valid, "what broke is used no more"
    made.close()


def test_closing_ends_the_thread_and_leaves_one_whole_file(never: None, database: Database) -> None:
    write(database, 10)
    began = time.monotonic()
    database.close()
    assert time.monotonic() - began < SECONDS
    assert not any(thread.name == "checkpoints" for thread in threading.enumerate())
    assert rows_without_log(database) == 1
    assert database.path is not None and not database.path.with_name("books.db-wal").exists()


def test_an_end_that_comes_while_a_commit_is_taken_note_of_is_not_overheard(
    at_once: None, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = database._checkpoints
    assert working is not None
    clear, closing = working._committed.clear, threading.Thread(target=database.close)

    def clear_late() -> None:
        if closing.ident is None:
            closing.start()
            until(working._closing.is_set)
            until(working._committed.is_set)
        clear()

    monkeypatch.setattr(working._committed, "clear", clear_late)
    write(database, 1)
    until(lambda: closing.ident is not None)
    closing.join(SECONDS)
    assert not closing.is_alive()
