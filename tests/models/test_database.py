"""Opening a database: what is proved on every connection, and how transactions begin and end."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from frontdesk.errors import Refused, StorageFailed
from frontdesk.models import database as module
from frontdesk.models.base import from_micros
from frontdesk.models.database import PRAGMAS, Database
from frontdesk.models.ledger import note
from frontdesk.models.migrate import migrate

A_NOTE = {"salt": "s", "text": "t", "recorded_at": from_micros(0)}


def notes(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(note)).scalar_one())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "books.db"


def test_a_sale_is_written_through_to_the_disk() -> None:
    """A kill cannot test a power cut, so the settings that survive one are asserted (R13)."""
    assert PRAGMAS["journal_mode"] == "wal"
    assert PRAGMAS["synchronous"] == 2, "FULL: NORMAL may take a confirmed sale back on power loss"
    assert PRAGMAS["foreign_keys"] == 1
    assert PRAGMAS["recursive_triggers"] == 1
    assert PRAGMAS["trusted_schema"] == 0
    assert ("fullfsync" in PRAGMAS) == (sys.platform == "darwin")


def test_every_connection_of_the_pool_has_every_setting(file: Path) -> None:
    """R13"""
    database = Database.open(file)
    with database.reading() as one, database.reading() as two, database.reading() as three:
        for connection in (one, two, three):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
            assert found == PRAGMAS
    with database.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    database.close()


@pytest.mark.parametrize("pragma", ["journal_mode", "synchronous", "foreign_keys", "recursive_triggers"])
def test_a_setting_that_does_not_hold_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch, pragma: str
) -> None:
    """R13"""
    # SQLite takes a word it does not know without a sound and stays as it was.
    monkeypatch.setitem(module.PRAGMAS, pragma, "nonsense")
    database = Database.open(file)
    with pytest.raises(StorageFailed) as failed, database.reading():
        pass
    database.close()
    assert failed.value.code == "database.pragma"
    assert failed.value.params["pragma"] == pragma


def test_sqlite_is_new_enough_not_to_lose_commits(file: Path) -> None:
    """Up to 3.51.2 two connections that wrote and checkpointed at once could lose a commit."""
    database = Database.open(file)
    with database.reading() as connection:
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    database.close()
    assert tuple(map(int, str(version).split("."))) >= (3, 51, 3)


def test_a_server_shows_queries_one_picture_and_commands_what_is_committed(database: Database) -> None:
    """A command reads what another desk committed while it waited for its lock."""
    if database.dialect == "postgresql":
        for transaction, wanted in (
            (database.reading, "repeatable read"),
            (database.writing, "read committed"),
            (database.reading, "repeatable read"),
        ):
            with transaction() as connection:
                level = connection.exec_driver_sql("SHOW transaction_isolation").scalar_one()
            assert level == wanted


def test_a_write_stays_and_an_error_takes_it_back(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(sa.insert(note), A_NOTE)
    with pytest.raises(ZeroDivisionError), database.writing() as connection:
        connection.execute(sa.insert(note), A_NOTE)
        raise ZeroDivisionError
    assert notes(database) == 1


def test_what_is_written_while_reading_does_not_stay(database: Database) -> None:
    with database.reading() as connection:
        connection.execute(sa.insert(note), A_NOTE)
    assert notes(database) == 0


def test_a_reader_keeps_its_picture_while_another_writes(file: Path) -> None:
    from frontdesk.models.migrate import migrate

    database = Database.open(file)
    migrate(database)
    count = sa.select(sa.func.count()).select_from(note)
    with database.reading() as reader:
        assert reader.execute(count).scalar_one() == 0
        with database.writing() as writer:
            writer.execute(sa.insert(note), A_NOTE)
        assert reader.execute(count).scalar_one() == 0
    assert notes(database) == 1
    database.close()


def test_a_writer_takes_the_lock_at_its_beginning(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that became a writer later would fail at once, whatever the timeout."""
    monkeypatch.setitem(module.PRAGMAS, "busy_timeout", 20)
    monkeypatch.setattr(module, "PATIENCE", 0.02)
    database = Database.open(file)
    with database.writing(), pytest.raises(sa.exc.OperationalError, match="locked"), database.writing():
        pass
    database.close()


def test_daily_statements_stay_prepared_after_many_others(file: Path) -> None:
    """F4: SQLite asks its authorizer at every preparation, and only there."""
    database = Database.open(file)
    try:
        migrate(database)
        asked: list[object] = []

        def allow(*what: object) -> int:
            asked.append(what)
            return 0

        insert = "INSERT INTO note (salt, text, recorded_at) VALUES ('s', 't', 0)"
        with database.writing() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.set_authorizer(allow)
            for number in range(300):
                driver.execute(f"SELECT {number}").fetchall()
            for statement in (insert, "SELECT count(*) FROM note") * 2:
                driver.execute(statement)
            prepared = len(asked)
            for statement in (insert, "SELECT count(*) FROM note") * 2:
                driver.execute(statement)
            driver.set_authorizer(None)
        assert len(asked) == prepared
    finally:
        database.close()


@pytest.mark.parametrize("how", ["moved", "deleted", "replaced"])
def test_nothing_is_written_into_a_file_that_is_not_there_any_more(file: Path, how: str) -> None:
    """R2: an open file that was deleted takes writes, and they are gone with it."""
    database = Database.open(file)
    with database.writing() as connection:
        note.create(connection)
    elsewhere = file.with_name("elsewhere.db")
    file.rename(elsewhere) if how == "moved" else file.unlink()
    if how == "replaced":
        file.touch()
    with pytest.raises(StorageFailed, match="vanished"), database.writing() as connection:
        connection.execute(note.insert(), A_NOTE)
    with pytest.raises(StorageFailed, match="vanished"):
        notes(database)
    assert file.exists() == (how == "replaced"), "no empty file may take its place"
    if how == "moved":
        elsewhere.rename(file)
        with database.writing() as connection:
            connection.execute(note.insert(), A_NOTE)
        assert notes(database) == 1
    database.close()


@pytest.mark.parametrize("how", ["moved", "deleted", "replaced"])
def test_what_is_committed_into_a_file_that_is_gone_is_not_confirmed(file: Path, how: str) -> None:
    """R1: it went between the beginning of a transaction and its end, which SQLite does not notice."""
    database = Database.open(file)
    with database.writing() as connection:
        note.create(connection)
    with pytest.raises(StorageFailed, match="vanished_meanwhile"), database.writing() as connection:
        connection.execute(note.insert(), A_NOTE)
        file.rename(file.with_name("elsewhere.db")) if how == "moved" else file.unlink()
        if how == "replaced":
            file.touch()
    if how == "moved":
        file.with_name("elsewhere.db").rename(file)
        assert notes(database) == 1, "sent again, it is answered"
    database.close()


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
@pytest.mark.parametrize("how", ["moved", "deleted", "replaced"])
def test_nothing_is_confirmed_that_was_committed_into_a_log_that_is_gone(
    file: Path, how: str, suffix: str
) -> None:
    """R1: it goes during a transaction, which SQLite does not notice, and the next ones are refused."""
    database = Database.open(file)
    with database.writing() as connection:
        note.create(connection)
    beside, elsewhere = file.with_name(file.name + suffix), file.with_name("elsewhere")
    with pytest.raises(StorageFailed, match="log_vanished_meanwhile"), database.writing() as connection:
        connection.execute(note.insert(), A_NOTE)
        beside.rename(elsewhere) if how == "moved" else beside.unlink()
        if how == "replaced":
            beside.touch()
    with pytest.raises(StorageFailed, match=r"log_vanished\("), database.writing() as connection:
        connection.execute(note.insert(), A_NOTE)
    with pytest.raises(StorageFailed, match=r"log_vanished\("):
        notes(database)
    assert beside.exists() == (how == "replaced"), "no new one takes its place"
    if how == "moved":
        elsewhere.rename(beside)
        with database.writing() as connection:
            connection.execute(note.insert(), A_NOTE)
        assert notes(database) == 2
    database.close()
    if how != "replaced":
        again = Database.open(file)
        assert notes(again) == (2 if how == "moved" else 1), "at the end it is brought into the file"
        again.close()


def test_nothing_is_confirmed_into_a_log_that_went_before_the_first_commit(file: Path) -> None:
    """R1: between the opening of the books and the first sale."""
    for is_first in (True, False):
        database = Database.open(file)
        if is_first:
            with database.writing() as connection:
                note.create(connection)
        else:
            assert notes(database) == 0
            file.with_name(file.name + "-wal").unlink()
            with (
                pytest.raises(StorageFailed, match="log_vanished_meanwhile"),
                database.writing() as connection,
            ):
                connection.execute(note.insert(), A_NOTE)
        database.close()


def test_a_log_that_went_with_the_last_connection_is_no_loss(file: Path) -> None:
    """SQLite takes it away itself; the next connection has one of its own."""
    database = Database.open(file)
    with database.writing() as connection:
        note.create(connection)
    for _ in range(2):
        database._engine.dispose()
        assert not file.with_name(file.name + "-wal").exists()
        with database.writing() as connection:
            connection.execute(note.insert(), A_NOTE)
    assert notes(database) == 2
    database.close()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_books_that_a_link_leads_to_keep_their_log(file: Path, tmp_path: Path) -> None:
    """R1: it stands beside the file itself, and nothing is missing beside the link."""
    link = tmp_path / "elsewhere" / file.name
    link.parent.mkdir()
    link.symlink_to(file)
    database = Database.open(link)
    with database.writing() as connection:
        note.create(connection)
    with database.writing() as connection:
        connection.execute(note.insert(), A_NOTE)
    assert notes(database) == 1
    file.with_name(file.name + "-wal").unlink()
    with pytest.raises(StorageFailed, match="log_vanished_meanwhile"), database.writing() as connection:
        connection.execute(note.insert(), A_NOTE)
    database.close()


@pytest.mark.skipif(sys.platform == "win32", reason="such an address is another one there")
def test_books_that_are_named_in_other_ways_keep_their_log(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1: from where one stands, and as SQLite's own kind of address."""
    monkeypatch.chdir(file.parent)
    for number, name in enumerate(
        (file.name, f"sqlite:///{file.name}", f"sqlite:///{file.as_uri()}?uri=true")
    ):
        database = Database.open(name)
        with database.writing() as connection:
            if not number:
                note.create(connection)
            connection.execute(note.insert(), A_NOTE)
        with database.writing() as connection:
            connection.execute(note.insert(), A_NOTE)
        assert notes(database) == 2 * number + 2
        database.close()


def test_a_path_a_sqlite_url_and_a_postgresql_url_open(file: Path) -> None:
    assert Database.open(file).path == file
    assert Database.open(f"sqlite:///{file}").path == file
    server = Database.open("postgresql://ana@127.0.0.1:1/books")
    assert (server.path, server.dialect, server.url.drivername) == (None, "postgresql", "postgresql+psycopg")


def test_another_kind_of_database_is_refused_by_name() -> None:
    with pytest.raises(Refused) as refused:
        Database.open("mysql://ana@127.0.0.1/books")
    assert (refused.value.code, refused.value.params["kind"]) == ("database.unknown_kind", "mysql")


@pytest.mark.parametrize("url", ["postgresql://ana@127.0.0.1:abc/books", "://", "postgresql//books://x"])
def test_an_address_that_cannot_be_read_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        Database.open(url)
    assert refused.value.code == "database.bad_address"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_books_need_a_file(url: str) -> None:
    with pytest.raises(Refused) as refused:
        Database.open(url)
    assert refused.value.code == "database.needs_a_file"


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        Database.open(tmp_path)
    assert refused.value.code == "database.is_a_folder"


def test_the_program_never_loads_pythons_own_sqlite(file: Path) -> None:
    """Two SQLite libraries on one file drop each other's locks."""
    code = (
        "import sys; from pathlib import Path; from frontdesk.models.database import Database;"
        " from frontdesk.models.migrate import migrate; migrate(Database.open(Path(sys.argv[1])));"
        " sys.exit('_sqlite3' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(file)], check=False, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
