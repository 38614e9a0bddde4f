"""What every test has: no screen, a home of its own, fresh databases, and nothing left over at its end."""

import gc
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from frontdesk.models.database import Database
from tests.support.databases import FreshDatabases, PostgresDatabases, SharedServer, SqliteDatabases
from tests.support.event_loop import give_loop_to_coroutine_tests
from tests.support.event_loop import pytest_pyfunc_call as pytest_pyfunc_call
from tests.support.event_loop import qloop as qloop
from tests.support.leaks import no_leaked_threads, no_leaked_windows
from tests.support.logs import ExpectedLogs, qt_messages_as_log_records
from tests.support.logs import expected_logs as expected_logs

Reporting = Generator[None, pytest.TestReport, pytest.TestReport]

_PASSED = pytest.StashKey[bool]()
_FOLDER = pytest.StashKey[Path]()
_SERVER = pytest.StashKey[SharedServer]()

settings.register_profile("frontdesk", deadline=None, print_blob=True)
settings.load_profile("frontdesk")


# --- The run -----------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Prepares the process: no screen, a home of its own, no garbage collection in worker threads."""
    gc.disable()
    folder = Path(tempfile.mkdtemp(prefix="frontdesk-tests-"))
    config.stash[_FOLDER] = folder
    _move_home(folder)
    told = getattr(config, "workerinput", {}).get("frontdesk_folder")
    config.stash[_SERVER] = SharedServer(Path(told or folder), starts_it=told is None)
    if "long" not in config.option.markexpr:
        given = config.option.markexpr
        config.option.markexpr = f"({given}) and not long" if given else "not long"


def _move_home(folder: Path) -> None:
    """Lets nothing of the person who runs the tests in, nor out to them."""
    os.environ["QT_QPA_PLATFORM"] = os.environ.get("QT_QPA_PLATFORM", "offscreen")
    os.environ["HOME"] = str(folder)
    for kind in ("CONFIG_HOME", "DATA_HOME", "CACHE_HOME", "STATE_HOME", "RUNTIME_DIR"):
        place = folder / kind.lower()
        place.mkdir(mode=0o700)
        os.environ[f"XDG_{kind}"] = str(place)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells each process of a shared run where the server's URL will be, and starts the server."""
    node.workerinput["frontdesk_folder"] = str(node.config.stash[_FOLDER])
    node.config.stash[_SERVER].start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the server and removes the home."""
    config.stash[_SERVER].stop()
    shutil.rmtree(config.stash[_FOLDER], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Lets coroutine tests run on Qt's loop."""
    give_loop_to_coroutine_tests(items, after="nothing_left_over")


def pytest_collection_finish() -> None:
    """Takes what is there before the first test, above all modules, out of all later collections."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Reporting:
    """Remembers whether the test itself passed."""
    report = yield
    if call.when == "call":
        item.stash[_PASSED] = report.passed
    return report


# --- After each test ---------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _qt_messages() -> Iterator[None]:
    with qt_messages_as_log_records():
        yield


@pytest.fixture(autouse=True)
def nothing_left_over(request: pytest.FixtureRequest, expected_logs: ExpectedLogs) -> Iterator[None]:
    """Fails a test that leaves threads, windows or unexpected log records; ends after all other fixtures."""
    with no_leaked_threads(), no_leaked_windows(_PASSED, request.node):
        yield


@pytest.fixture(scope="module", autouse=True)
def _collected_garbage() -> Iterator[None]:
    yield
    gc.collect()


# --- Databases ---------------------------------------------------------------------------------------


def _migrate(url: str) -> None:
    from frontdesk.models.migrate import migrate

    database = Database.open(url)
    try:
        migrate(database)
    finally:
        database.close()


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return SqliteDatabases.make_template(tmp_path_factory.mktemp("template") / "template.db", _migrate)


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> str:
    """URL of the run's PostgreSQL server."""
    return request.config.stash[_SERVER].url()


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: str) -> Iterator[str]:
    made = PostgresDatabases.make_template(postgres_server, _migrate)
    yield made
    PostgresDatabases.drop_template(postgres_server, made)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FreshDatabases]:
    """Makes as many fresh databases as the test asks for; the test runs once for each kind."""
    made: FreshDatabases
    if request.param == "sqlite":
        made = SqliteDatabases(request.getfixturevalue("_sqlite_template"), tmp_path)
    else:
        server = request.getfixturevalue("postgres_server")
        made = PostgresDatabases(server, request.getfixturevalue("_postgres_template"))
    try:
        yield made
    finally:
        made.drop_all()


@pytest.fixture
def database_url(databases: FreshDatabases) -> str:
    """URL of a fresh database with the newest tables."""
    return databases.new()


@pytest.fixture
def database(database_url: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An open, fresh database; the books in it must hold after the test, unless it is marked ``tampers``."""
    from tests.support.books import assert_books_hold

    opened = Database.open(database_url)
    try:
        yield opened
        if request.node.get_closest_marker("tampers") is None and request.node.stash.get(_PASSED, False):
            assert_books_hold(opened)
    finally:
        opened.close()
