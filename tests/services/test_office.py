"""Running use cases and queries: one transaction each, answered once, retried where the database asks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import sqlalchemy as sa

from frontdesk.errors import Cancelled, CommandReused, Refused, StorageFailed
from frontdesk.models import database as database_module
from frontdesk.models.database import Database
from frontdesk.models.ledger import note
from frontdesk.models.studio import command
from frontdesk.services.changes import Change, Topic
from frontdesk.services.clients import archive_client, client_card
from frontdesk.services.office import ATTEMPTS, UNREPEATED, Cancel, Office, encode_changes, storage_error
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork
from tests.builders import SetClock, build_studio
from tests.services.problems import refused

COUNT = sa.select(sa.func.count()).select_from(note)
COMMANDS = sa.select(sa.func.count()).select_from(command)


@dataclass(frozen=True, slots=True)
class Written:
    number: int
    words: tuple[str, ...]


def write_down(work: UnitOfWork, text: str) -> Written:
    row = {"salt": "s", "text": text, "recorded_at": work.now}
    key = work.connection.execute(sa.insert(note), row).inserted_primary_key
    assert key is not None
    work.changed(Topic.CLIENTS, 3, 1)
    work.changed(Topic.CLIENTS, 2)
    return Written(int(key[0]), (text,))


def refuse_after_writing(work: UnitOfWork) -> None:
    write_down(work, "never kept")
    raise Refused("credits.too_few")


def count_notes(reading: Reading) -> int:
    return int(reading.connection.execute(COUNT).scalar_one())


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database, SetClock())


@pytest.fixture
def actor(office: Office) -> Actor:
    return build_studio(office)


# --- Once, or not at all ------------------------------------------------------------------------------


def test_a_query_sees_one_picture_while_another_desk_writes(office: Office, actor: Actor) -> None:
    """A statement's lines and its balance come from several reads of the books."""

    def looks_twice(reading: Reading) -> tuple[int, int]:
        first = count_notes(reading)
        office.write(write_down, actor, None, "meanwhile")
        return first, count_notes(reading)

    first, second = office.read(looks_twice)
    assert first == second == office.read(count_notes) - 1


def test_what_a_use_case_writes_stays_with_its_answer(office: Office, actor: Actor) -> None:
    outcome = office.write(write_down, actor, None, "a")
    assert outcome.value == Written(1, ("a",))
    assert outcome.changes == (Change(Topic.CLIENTS, (1, 2, 3)),)
    assert not outcome.replayed
    assert office.read(count_notes) == 1


def test_the_same_command_again_is_answered_and_moves_nothing(office: Office, actor: Actor) -> None:
    """L1: a click that is sent twice."""
    key = uuid4()
    first = office.write(write_down, actor, key, "a")
    second = office.write(write_down, actor, key, "a")
    assert (second.value, second.replayed, second.changes) == (first.value, True, ())
    assert office.read(count_notes) == 1


def test_the_same_id_with_another_request_is_refused(office: Office, actor: Actor) -> None:
    """L1"""
    key = uuid4()
    office.write(write_down, actor, key, "a")
    with pytest.raises(CommandReused):
        office.write(write_down, actor, key, "b")
    with pytest.raises(CommandReused):
        office.write(refuse_after_writing, actor, key)
    assert office.read(count_notes) == 1


def test_a_refusal_leaves_nothing_and_may_be_sent_again(office: Office, actor: Actor) -> None:
    key = uuid4()
    for _ in range(2):
        with pytest.raises(Refused, match=r"credits\.too_few"):
            office.write(refuse_after_writing, actor, key)
    assert office.read(count_notes) == 0
    assert office.write(write_down, actor, key, "a").value.number >= 1


def test_a_bug_in_a_use_case_is_not_hidden(office: Office, actor: Actor) -> None:
    def broken(work: UnitOfWork) -> None:
        write_down(work, "x")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        office.write(broken, actor)
    assert office.read(count_notes) == 0


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30])
def test_a_number_that_no_row_can_have_is_refused(office: Office, actor: Actor, number: int) -> None:
    """Alike on both databases, by queries and by commands, and nothing is kept."""
    assert refused(office.read, client_card, number) == "books.number_too_large"
    assert refused(office.write, archive_client, actor, None, number) == "books.number_too_large"
    assert office.read(lambda reading: reading.connection.execute(COMMANDS).scalar_one()) == 1


def test_a_number_that_a_query_itself_cannot_reckon_with_is_a_bug(office: Office, actor: Actor) -> None:
    def overflow(reading: Reading) -> None:
        timedelta(days=10**12)

    with pytest.raises(OverflowError):
        office.read(overflow)
    with pytest.raises(OverflowError):
        office.write(overflow, actor)


def test_a_command_is_kept_with_who_and_when(office: Office, actor: Actor) -> None:
    key = uuid4()
    office.write(write_down, actor, key, "a")
    with office.database.reading() as connection:
        row = connection.execute(sa.select(command).where(command.c.command_id == key.hex)).one()
    assert (row.staff_id, row.desk_id) == (actor.staff_id, actor.desk_id)
    assert row.use_case.endswith("test_office.write_down")
    assert row.recorded_at == SetClock().at


def test_what_nobody_sends_again_is_no_command_unless_it_is_told(office: Office, actor: Actor) -> None:
    """L1: how far the program itself has come; told is what others look for in the commands (L3)."""

    def note_silently(work: UnitOfWork, text: str) -> int:
        write_down(work, text)
        work._changes.clear()
        return 1

    before = office.read(_count_commands)
    assert office.write(note_silently, actor, UNREPEATED, "a").changes == ()
    assert office.write(note_silently, actor, UNREPEATED, "b").replayed is False
    assert office.read(count_notes) == 2
    assert office.read(_count_commands) == before
    assert office.write(write_down, actor, UNREPEATED, "c").changes
    assert office.read(_count_commands) == before + 1


def _count_commands(reading: Reading) -> int:
    return int(reading.connection.execute(COMMANDS).scalar_one())


def test_the_time_is_taken_once_in_a_command(database: Database) -> None:
    def twice(work: UnitOfWork) -> bool:
        return work.now == work.now

    office = Office(database)
    actor = build_studio(office)
    assert office.write(twice, actor).value


def test_on_a_server_the_time_is_the_servers_after_the_lock(database: Database) -> None:
    """Desks' clocks differ, and waiting for a lock must not date a command too early."""
    from tests.builders import make_client

    office = Office(database)
    actor = build_studio(office)
    client_id = make_client(office, actor)

    def around_the_lock(work: UnitOfWork) -> bool:
        before = work.now
        work.lock_clients([client_id])
        return work.now > before

    assert office.write(around_the_lock, actor).value == (database.dialect == "postgresql")


def test_an_unknown_client_cannot_be_locked(office: Office, actor: Actor) -> None:
    def lock(work: UnitOfWork) -> None:
        work.lock_clients([404])

    with pytest.raises(Refused, match=r"client\.unknown"):
        office.write(lock, actor)


def test_a_database_without_a_studio_says_so(office: Office) -> None:
    def name(reading: Reading) -> str:
        return reading.studio.name

    with pytest.raises(Refused, match=r"studio\.missing"):
        office.read(name)


# --- Tried again ----------------------------------------------------------------------------------------


@contextmanager
def failing(database: Database, error: Exception, *, at: str, times: int) -> Iterator[list[str]]:
    """Lets the driver's statement that begins so fail so many times, as the server would."""
    seen: list[str] = []
    engine = database._engine

    def fail(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().startswith(at):
            seen.append(statement)
            if len(seen) <= times:
                raise error

    sa.event.listen(engine, "before_cursor_execute", fail)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", fail)


def server_error(state: str) -> sa.exc.DBAPIError:
    cause = psycopg.errors.lookup(state)("could not serialize access")
    return sa.exc.OperationalError("INSERT", {}, cause)


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_a_deadlock_or_serialization_failure_runs_the_whole_command_again(
    office: Office, actor: Actor, state: str
) -> None:
    with failing(office.database, server_error(state), at="INSERT INTO note", times=2) as seen:
        assert not office.write(write_down, actor, None, "a").replayed
    assert len(seen) == 3
    assert office.read(count_notes) == 1


def test_a_command_is_not_tried_for_ever(office: Office, actor: Actor) -> None:
    always = failing(office.database, server_error("40001"), at="INSERT INTO note", times=99)
    with always as seen, pytest.raises(StorageFailed):
        office.write(write_down, actor, None, "a")
    assert len(seen) == ATTEMPTS
    assert office.read(count_notes) == 0


def test_a_broken_rule_is_not_tried_again(office: Office, actor: Actor) -> None:
    always = failing(office.database, server_error("23514"), at="INSERT INTO note", times=99)
    with always as seen, pytest.raises((StorageFailed, Refused)):
        office.write(write_down, actor, None, "a")
    assert len(seen) == 1


def _end_other_connections(database: Database) -> None:
    with database.reading() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_connection_lost_before_the_commit_is_made_anew(office: Office, actor: Actor) -> None:
    if office.database.dialect == "sqlite":
        return
    other = Database.open(office.database.url.render_as_string(hide_password=False))
    calls: list[int] = []

    def lose_it_once(work: UnitOfWork, text: str) -> Written:
        calls.append(1)
        written = write_down(work, text)
        if len(calls) == 1:
            _end_other_connections(other)
        return written

    office.write(lose_it_once, actor, None, "a")
    other.close()
    assert len(calls) == 2
    assert office.read(count_notes) == 1


def test_a_connection_lost_after_the_commit_is_answered_from_the_books(office: Office, actor: Actor) -> None:
    """Nobody can tell a lost commit from a lost answer; the kept command can."""
    database = office.database
    if database.dialect == "sqlite":
        return
    commits: list[int] = []

    def lose_the_answer(connection: Any) -> None:
        commits.append(1)
        if len(commits) == 1:
            connection.connection.driver_connection.commit()
            raise sa.exc.OperationalError(
                "COMMIT", {}, psycopg.errors.lookup("08006")("server closed the connection")
            )

    engine = database._engine
    sa.event.listen(engine, "commit", lose_the_answer)
    try:
        outcome = office.write(write_down, actor, None, "a")
    finally:
        sa.event.remove(engine, "commit", lose_the_answer)
    assert (outcome.replayed, outcome.value.words) == (True, ("a",))
    assert office.read(count_notes) == 1


def test_two_desks_that_send_one_command_at_once_carry_it_out_once(database: Database) -> None:
    offices = [Office(database, SetClock()) for _ in range(4)]
    actor = build_studio(offices[0])
    key = UUID(int=7)
    values: list[Any] = []
    barrier = threading.Barrier(4)

    def send(office: Office) -> None:
        barrier.wait()
        values.append(office.write(write_down, actor, key, "a").value)

    threads = [threading.Thread(target=send, args=(office,)) for office in offices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(values) == 4
    assert len(set(values)) == 1
    assert offices[0].read(count_notes) == 1


# --- Cancelled -----------------------------------------------------------------------------------------

_LONG = {
    "sqlite": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000)"
        " SELECT COUNT(*) FROM n"
    ),
    "postgresql": "SELECT pg_sleep(60)",
}


def test_a_long_query_ends_when_nobody_waits_for_it(office: Office, actor: Actor) -> None:
    begun = threading.Event()

    def long_query(reading: Reading) -> None:
        begun.set()
        reading.connection.exec_driver_sql(_LONG[reading.connection.dialect.name]).scalar()

    cancel = Cancel()
    stop = threading.Event()

    def press_escape() -> None:
        begun.wait()
        # The statement begins a moment after the flag, so it is pressed until the query is gone.
        while not stop.wait(0.02):
            cancel.cancel()

    thread = threading.Thread(target=press_escape)
    thread.start()
    try:
        with pytest.raises(Cancelled):
            office.read_cancellable(cancel, long_query)
    finally:
        stop.set()
        thread.join()
    assert office.read(count_notes) == 0, "the connection is as good as new"


def test_a_query_cancelled_before_it_began_does_not_begin(office: Office) -> None:
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(Cancelled):
        office.read_cancellable(cancel, count_notes)


def test_cancelling_when_all_is_over_harms_nothing(office: Office) -> None:
    cancel = Cancel()
    assert office.read_cancellable(cancel, count_notes) == 0
    cancel.cancel()
    assert office.read(count_notes) == 0


# --- What is said when the database cannot ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("database or disk is full", "storage.disk_full"),
        ("could not extend file: No space left on device", "storage.disk_full"),
        ("attempt to write a readonly database", "storage.read_only"),
        ("cannot execute INSERT in a read-only transaction", "storage.read_only"),
        ("database is locked", "storage.locked"),
        ("database disk image is malformed", "storage.damaged"),
        ("file is not a database", "storage.damaged"),
        ("disk I/O error", "storage.device"),
        ("unable to open database file", "storage.cannot_open"),
        ("connection to server was lost", "storage.unreachable"),
        ("something new", "storage.failed"),
    ],
)
def test_the_databases_complaint_gets_a_cause(text: str, code: str) -> None:
    """R2"""
    error = storage_error(sa.exc.OperationalError("INSERT", {}, Exception(text)))
    assert isinstance(error, StorageFailed)
    assert (error.code, error.params["detail"]) == (code, text)


def test_a_triggers_refusal_names_the_rule(office: Office, actor: Actor) -> None:
    def rewrite(work: UnitOfWork) -> None:
        work.connection.execute(sa.update(command).values(result="{}"))

    with pytest.raises(Refused) as refused:
        office.write(rewrite, actor)
    assert refused.value.code == "books.refused"
    assert refused.value.params["rule"].startswith("command_no_update")


def test_a_locked_file_is_named(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """R2"""
    if database.path is None:
        return
    monkeypatch.setitem(database_module.PRAGMAS, "busy_timeout", 20)
    impatient = Database.open(database.path)
    with database.writing(), pytest.raises(StorageFailed, match=r"storage\.locked"):
        Office(impatient).write(write_down, Actor(1, 1), None, "a")
    impatient.close()


def test_a_full_disk_is_named_and_takes_nothing_with_it(database: Database) -> None:
    """R2"""
    if database.path is None:
        return
    office = Office(database, SetClock())
    actor = build_studio(office)

    def limit(work: UnitOfWork) -> None:
        pages = work.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        work.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def fill(work: UnitOfWork) -> None:
        limit(work)
        for _ in range(400):
            write_down(work, "x" * 4000)

    with pytest.raises(StorageFailed, match=r"storage\.disk_full"):
        office.write(fill, actor)
    assert office.read(count_notes) == 0


def test_a_file_that_may_not_be_written_to_is_named(database: Database) -> None:
    """R2"""
    if database.path is None:
        return
    office = Office(database, SetClock())
    actor = build_studio(office)

    def on_a_read_only_connection(work: UnitOfWork) -> None:
        work.connection.exec_driver_sql("PRAGMA query_only = ON")
        try:
            write_down(work, "a")
        finally:
            work.connection.exec_driver_sql("PRAGMA query_only = OFF")

    with pytest.raises(StorageFailed, match=r"storage\.read_only"):
        office.write(on_a_read_only_connection, actor)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """A6"""
    path = tmp_path / "books.db"
    path.write_bytes(b"this is a shopping list\n" * 500)
    office = Office(Database.open(path))
    with pytest.raises(StorageFailed, match=r"storage\.damaged"):
        office.read(count_notes)
    office.database.close()


def test_changes_are_told_short_enough_for_a_notification() -> None:
    few = (Change(Topic.CREDITS, (1, 2)),)
    assert encode_changes(few) == '[["credits",[1,2]]]'
    many = (Change(Topic.CREDITS, tuple(range(5000))), Change(Topic.SALES, ()))
    assert encode_changes(many) == '[["credits",[]],["sales",[]]]'
