"""The checks after each test can fail: what they are there to find is found."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from frontdesk.models import migrate
from frontdesk.models.base import metadata
from frontdesk.models.database import Database
from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Actor
from tests.builders import build_studio
from tests.support.databases import FreshDatabases, PostgresDatabases, address, shape
from tests.support.desk import busy_studio
from tests.support.leaks import no_leaked_threads
from tests.support.postgres import main as with_postgres

ROOT = Path(__file__).parents[1]

# The tests of an inner run, each with how it has to end.
INNER = """
import asyncio, logging
import pytest
from PySide6.QtCore import QObject, QTimer, Signal, qWarning
from PySide6.QtWidgets import QWidget
from tests.support.event_loop import emitted, until

kept = []

def test_fails_by_a_window_kept(qapp):
    kept.append(QWidget())

def test_passes_with_a_window_in_a_cycle(qapp):
    window = QWidget()
    window.itself = window

def test_fails_by_a_warning():
    logging.getLogger("desk").warning("drawer open")

def test_passes_with_an_expected_warning(expected_logs):
    expected_logs.expect("drawer")
    logging.getLogger("desk").warning("drawer open")

def test_fails_by_an_expected_warning_that_never_came(expected_logs):
    expected_logs.expect("drawer")

def test_fails_by_taking_the_log_check_away():
    logging.getLogger().handlers.clear()

def test_fails_by_a_warning_of_qt():
    qWarning("odd geometry")

def test_fails_by_a_python_warning():
    import warnings
    warnings.warn("old name", DeprecationWarning)

async def test_passes_on_the_loop(qapp):
    timer = QTimer(singleShot=True)
    QTimer.singleShot(0, timer.start)
    assert await emitted(timer.timeout) == ()
    await until(lambda: True)
    assert await asyncio.to_thread(lambda: 7) == 7

async def test_fails_in_a_coroutine():
    await asyncio.sleep(0)
    raise ValueError

async def test_fails_by_an_error_in_a_callback():
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0)
    await asyncio.sleep(0.01)

async def test_passes_with_a_task_pending():
    kept.append(asyncio.create_task(asyncio.sleep(1000)))

@pytest.mark.long
def test_fails_when_the_long_run_is_not_left_out():
    raise ValueError
"""


def test_each_check_after_a_test_finds_what_it_is_for(tmp_path: Path) -> None:
    inner = tmp_path / "test_inner.py"
    inner.write_text(INNER)
    options = ["-c", ROOT / "pyproject.toml", "-p", "tests.conftest", "-p", "no:cacheprovider", "-v", "-rN"]
    command = [sys.executable, "-m", "pytest", *map(str, options), str(inner)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    named = {line.split("::")[1].split()[0] for line in answer.stdout.splitlines() if "::test_" in line}
    # A test that fails in its last check is reported twice: passed, then in error.
    failed = {
        line.split("::")[1].split()[0]
        for line in answer.stdout.splitlines()
        if "::test_" in line and ("FAILED" in line or "ERROR" in line)
    }
    assert len(named) == INNER.count("def test_") - 1, answer.stdout + answer.stderr
    assert failed == {name for name in named if name.startswith("test_fails")}, answer.stdout


def test_a_thread_that_stays_is_found() -> None:
    import threading

    end = threading.Event()
    thread = threading.Thread(target=end.wait, name="lingering")
    try:
        with pytest.raises(pytest.fail.Exception, match="lingering"), no_leaked_threads(seconds=0.05):
            thread.start()
    finally:
        end.set()
        thread.join()


@pytest.mark.postgres
def test_with_postgres_passes_the_exit_status_on() -> None:
    code = "import os, sys; sys.exit(7 if 'FRONTDESK_TEST_PG_URL' in os.environ else 1)"
    assert with_postgres([sys.executable, "-c", code]) == 7


@pytest.fixture
def opened(databases: FreshDatabases) -> Iterator[Callable[[str], Database]]:
    """Opens databases by URL, and closes them after the test."""
    with ExitStack() as stack:
        yield lambda url: stack.enter_context(closing(Database.open(url)))


def test_fresh_databases_have_the_newest_tables_and_nothing_in_common(
    databases: FreshDatabases, opened: Callable[[str], Database]
) -> None:
    first, second = opened(databases.new()), opened(databases.new())
    assert migrate.revision(first) == migrate.revision(second) == migrate.HEAD
    with first.writing() as connection:
        connection.execute(sa.text("CREATE TABLE mark (id INTEGER)"))
    with second.reading() as connection:
        assert "mark" not in sa.inspect(connection).get_table_names()


def test_an_empty_database_has_no_tables(
    databases: FreshDatabases, opened: Callable[[str], Database]
) -> None:
    assert migrate.revision(opened(databases.new_empty())) is None


def test_the_database_of_a_test_is_open_and_migrated(database: Database, databases: FreshDatabases) -> None:
    assert database.dialect == databases.dialect
    assert migrate.revision(database) == migrate.HEAD


@pytest.mark.postgres
def test_a_wiped_database_is_as_new(postgres_server: str, _postgres_template: str) -> None:
    """Rows, numbers and what a test may have done to the tables: nothing of it reaches the next test."""
    databases = PostgresDatabases(postgres_server, _postgres_template)
    used = databases.new()
    with closing(Database.open(used)) as database:
        busy_studio(database)
    databases.drop_all()
    assert databases.new() == used, "it was wiped and is given out again"
    with closing(Database.open(used)) as database:
        with database.reading() as connection:
            for table in metadata.sorted_tables:
                assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0
        assert build_studio(Office(database)) == Actor(1, 1), "ids begin with 1 again"
        with database.writing() as connection:
            connection.exec_driver_sql("DROP TRIGGER sale_no_delete ON sale")
    databases.drop_all()
    assert databases.new() != used, "without its trigger it is nobody's any more"
    databases.drop_all()


#: What a test may do to the tables, each in another of PostgreSQL's catalogs.
ALTERED = (
    "ALTER TABLE note ADD COLUMN mark INTEGER",
    "ALTER TABLE note DROP COLUMN text CASCADE",
    "ALTER TABLE note ALTER COLUMN text SET DEFAULT 'x'",
    "ALTER TABLE client ALTER COLUMN name DROP NOT NULL",
    "ALTER TABLE sale DROP CONSTRAINT pk_sale CASCADE",
    "ALTER TABLE note ADD CONSTRAINT mark CHECK (id > 0)",
    "ALTER TABLE sale DISABLE TRIGGER ALL",
    "DROP TRIGGER sale_no_delete ON sale",
    "CREATE INDEX mark ON note (salt)",
    "CREATE TABLE mark (id INTEGER)",
    "CREATE FUNCTION mark() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "ALTER FUNCTION sale_no_delete() STRICT",
    "DROP TABLE note CASCADE",
    "UPDATE alembic_version SET version_num = '0001'",
)


@pytest.mark.postgres
def test_whatever_is_altered_shows(postgres_server: str, _postgres_template: str) -> None:
    databases = PostgresDatabases(postgres_server, _postgres_template)
    with psycopg.connect(address(databases.new())) as connection:
        as_new = shape(connection)
        for done in ALTERED:
            with connection.transaction(force_rollback=True):
                connection.execute(done)
                assert shape(connection) != as_new, done
        assert shape(connection) == as_new
    databases.drop_all()
