"""The engine: one SQLite file with its PRAGMAs proved on every connection, or one PostgreSQL database."""

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final, Literal, cast

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from frontdesk.errors import Refused, StorageFailed
from frontdesk.models.checkpoints import COMMITS_HELP_AT, LONGEST_LOG, Checkpoints
from frontdesk.models.places import refuse_shared_folder
from frontdesk.models.write_order import WriteOrder

DialectName = Literal["sqlite", "postgresql"]

#: Seconds that a writer waits for another one, whichever of the program's own or not.
PATIENCE: Final = 5.0
#: Set and read back on every connection, since a kill cannot test a power cut.
PRAGMAS: dict[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "busy_timeout": round(1000 * PATIENCE),
    "trusted_schema": 0,
    "wal_autocheckpoint": COMMITS_HELP_AT,
    "journal_size_limit": LONGEST_LOG,
}
if sys.platform == "darwin":
    PRAGMAS["fullfsync"] = 1

#: How many prepared statements a connection keeps. A full driver forgets the newest ones first, and to
#: prepare an INSERT with its guards takes twenty times as long as to run it.
CACHED_STATEMENTS = 500

_Identity = tuple[int, int]
_Log = tuple[_Identity | None, _Identity | None]

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
#: As bytes, since names of files need not be text.
_OPENED = "SELECT CAST(file AS BLOB) FROM pragma_database_list WHERE name = 'main'"


class Database:
    """An open database. ``reading()`` and ``writing()`` give a connection inside one transaction."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.dialect = cast(DialectName, url.get_backend_name())
        self._engine = _sqlite_engine(url) if self.dialect == "sqlite" else _postgresql_engine(url)
        self._file: _Identity | None = None
        self._log: _Log | None = None
        self._log_is_lost = False
        self._place = str(url.database)
        #: What SQLite has open beside the file: a commit is in the log first, others find it by the index.
        self._beside = ("", "")
        self._connected: set[int] = set()
        self._order = WriteOrder(PATIENCE)
        self._checkpoints: Checkpoints | None = None
        if self.dialect == "sqlite":
            self._checkpoints = Checkpoints(self._engine.raw_connection, self._order)
            sa.event.listen(self._engine, "connect", self._note_file)
            sa.event.listen(self._engine, "close", self._note_closed)
        # One picture for all statements of a query, as SQLite's transactions have anyway: a server's own
        # default shows each statement what other desks have committed meanwhile.
        self._reader = self._engine
        if self.dialect == "postgresql":
            self._reader = self._engine.execution_options(isolation_level="REPEATABLE READ")

    @classmethod
    def open(cls, url: str | Path) -> "Database":
        """Open a database by SQLAlchemy URL or by the path of an SQLite file.

        Raises:
            Refused: database.shared_folder, database.unknown_kind, database.bad_address.
        """
        if isinstance(url, Path) or "://" not in url:
            return cls(URL.create("sqlite", database=str(url)))
        try:
            made = make_url(url)
        except (sa.exc.ArgumentError, ValueError) as error:
            # A port that is no number, for one. Not quoted: a password may stand in it.
            raise Refused("database.bad_address") from error
        if made.get_backend_name() == "postgresql":
            made = made.set(drivername="postgresql+psycopg")
        elif made.get_backend_name() != "sqlite":
            raise Refused("database.unknown_kind", kind=made.get_backend_name())
        return cls(made)

    @property
    def path(self) -> Path | None:
        """The SQLite file, None on PostgreSQL."""
        return Path(self.url.database) if self.dialect == "sqlite" and self.url.database else None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection in a transaction that is rolled back at the end: one consistent picture.

        Raises:
            StorageFailed: storage.vanished, storage.log_vanished.
        """
        self._refuse_vanished()
        with self._reader.connect() as connection:
            self._begin(connection, "DEFERRED")
            yield connection

    @contextmanager
    def writing(self, *, gives_way: bool = False) -> Iterator[sa.Connection]:
        """A connection in a transaction that commits where the block ends without an error. Who ``gives_way``
        writes into a file only where no other thread of this program wants to.

        Raises:
            StorageFailed: storage.vanished, storage.vanished_meanwhile, storage.log_vanished,
                storage.log_vanished_meanwhile.
        """
        self._refuse_vanished()
        with self._turn(gives_way), self._engine.begin() as connection:
            # A deferred transaction that turns into a writer gets SQLITE_BUSY at once.
            self._begin(connection, "IMMEDIATE")
            yield connection
        if self._has_vanished():
            raise StorageFailed("storage.vanished_meanwhile", path=self._place)
        if self._log_has_vanished():
            raise StorageFailed("storage.log_vanished_meanwhile", path=self._place)
        if self._checkpoints is not None:
            self._checkpoints.committed()

    def _turn(self, gives_way: bool) -> AbstractContextManager[None]:
        # A server locks rows, and lets the others write meanwhile.
        return self._order.turn(gives_way=gives_way) if self.dialect == "sqlite" else nullcontext()

    def close(self) -> None:
        """Give all connections back to the system."""
        if self._checkpoints is not None:
            self._checkpoints.close()
        self._engine.dispose()

    def _begin(self, connection: sa.Connection, kind: str) -> None:
        # Not at SQLAlchemy's event "begin": where any such event is listened to, every statement asks
        # for its listeners, which takes a tenth of a sale.
        if self.dialect == "sqlite":
            connection.exec_driver_sql(f"BEGIN {kind}")
            if self._log is None and kind == "IMMEDIATE":
                # A new file has one only now; whoever holds the lock has opened it.
                self._log = self._log_now()

    def _note_file(self, dbapi_connection: Any, record: object) -> None:
        self._connected.add(id(record))
        if self._file is None:
            self._file = _identity(self._place)
            self._beside = _beside(dbapi_connection)
        if self._log is None and None not in (found := self._log_now()):
            self._log = found

    def _note_closed(self, dbapi_connection: Any, record: object) -> None:
        self._connected.discard(id(record))
        if not self._connected:
            # Whoever closes last takes the log away; the next connection has another.
            self._log, self._log_is_lost = None, False

    def _refuse_vanished(self) -> None:
        """An open file that was deleted takes writes as if nothing were wrong, and keeps none of them."""
        if self._has_vanished():
            raise StorageFailed("storage.vanished", path=self._place)
        # Each commit looks at the log; before the next one that look is enough as long as it was good.
        if self._log_is_lost and self._log_has_vanished():
            raise StorageFailed("storage.log_vanished", path=self._place)

    def _has_vanished(self) -> bool:
        return self._file is not None and _identity(self._place) != self._file

    def _log_has_vanished(self) -> bool:
        if self._log is not None:
            found = self._log_now()
            self._log_is_lost = found != self._log or None in found
        return self._log_is_lost

    def _log_now(self) -> _Log:
        wal, shm = self._beside
        return _identity(wal), _identity(shm)


def _beside(dbapi_connection: Any) -> tuple[str, str]:
    # Where SQLite says that the file is: it may follow a link, and has the log beside what that leads to.
    place = os.fsdecode(dbapi_connection.execute(_OPENED).fetchone()[0])
    return f"{place}-wal", f"{place}-shm"


def _identity(path: str) -> _Identity | None:
    """Which file stands at the path, None for none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _sqlite_engine(url: URL) -> sa.Engine:
    # Two SQLite libraries in one process drop each other's locks, so Python's own one is never used.
    from sqlcipher3 import dbapi2

    if not url.database or url.database == ":memory:":
        raise Refused("database.needs_a_file")
    refuse_shared_folder(Path(url.database))
    if os.path.isdir(url.database):
        raise Refused("database.is_a_folder", path=url.database)
    engine = sa.create_engine(
        url,
        module=dbapi2,
        pool_size=4,
        max_overflow=4,
        connect_args={
            "check_same_thread": False,
            "timeout": PATIENCE,
            "cached_statements": CACHED_STATEMENTS,
        },
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _postgresql_engine(url: URL) -> sa.Engine:
    return sa.create_engine(
        url, isolation_level="READ COMMITTED", pool_size=4, max_overflow=4, pool_pre_ping=True
    )


def _prepare_sqlite(dbapi_connection: Any, record: object) -> None:
    # The driver must not open transactions by itself: Database does.
    dbapi_connection.isolation_level = None
    try:
        _refuse_foreign(dbapi_connection)
        _set_pragmas(dbapi_connection)
    except UnicodeDecodeError as error:
        # What SQLite says against a damaged table definition quotes its bytes.
        raise StorageFailed("storage.damaged", detail=str(error)) from error


def _set_pragmas(dbapi_connection: Any) -> None:
    for pragma, wanted in PRAGMAS.items():
        dbapi_connection.execute(f"PRAGMA {pragma} = {wanted}")
        got = dbapi_connection.execute(f"PRAGMA {pragma}").fetchone()[0]
        if got != wanted:
            raise StorageFailed("database.pragma", pragma=pragma, wanted=str(wanted), got=str(got))


def _refuse_foreign(dbapi_connection: Any) -> None:
    """Before a setting is written into the file: another program's stays as it is, to the byte."""
    if dbapi_connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        return
    tables = {name for (name,) in dbapi_connection.execute(_TABLES)}
    if tables and "alembic_version" not in tables:
        path = dbapi_connection.execute("PRAGMA database_list").fetchone()[2]
        raise Refused("database.foreign", place=str(path))
