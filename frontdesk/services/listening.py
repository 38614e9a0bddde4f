"""Hears what others changed: PostgreSQL tells whoever listens (L3), a file has to be looked at."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import closing
from typing import Any

from sqlalchemy.engine import URL

from frontdesk.services.changes import Change, Topic
from frontdesk.services.office import CHANNEL, Office

#: How long one wait lasts before the stop flag is looked at, and before a lost connection is tried again.
_WAIT_SECONDS = 0.5
_RETRY_SECONDS = 3.0
#: How often a file is asked whether it was written to; the answer is a few bytes of shared memory.
_LOOK_SECONDS = 1.0

_LAST_COMMAND = "SELECT COALESCE(MAX(rowid), 0) FROM command"
_NEW_COMMANDS = "SELECT rowid, command_id FROM command WHERE rowid > ?"


class _Hearing(ABC):
    """A thread that hears of changes until it is stopped."""

    def __init__(self, name: str) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; returns when it has."""
        self._stop.set()
        self._thread.join()

    @abstractmethod
    def _run(self) -> None:
        """What the thread does until ``_stop`` is set."""


class Listener(_Hearing):
    """A thread with a connection of its own: ``told`` gets the changes.

    ``reached`` is called when the server is there (again), ``lost`` when it is gone; both in that thread.

    After a gap every topic is told as changed, since what happened in it was missed.
    """

    def __init__(
        self,
        url: URL,
        *,
        told: Callable[[tuple[Change, ...]], None],
        reached: Callable[[], None],
        lost: Callable[[], None],
    ) -> None:
        super().__init__("listener")
        self._url = url
        self._told = told
        self._reached = reached
        self._lost = lost

    def _run(self) -> None:
        import psycopg

        missed = False
        while not self._stop.is_set():
            try:
                with psycopg.connect(_dsn(self._url), autocommit=True) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self._reached()
                    if missed:
                        self._told(tuple(Change(topic) for topic in Topic))
                        missed = False
                    self._hear(connection)
            except psycopg.OperationalError:
                if not missed:
                    self._lost()
                missed = True
                self._stop.wait(_RETRY_SECONDS)

    def _hear(self, connection: object) -> None:
        import psycopg

        assert isinstance(connection, psycopg.Connection)
        while not self._stop.is_set():
            for notice in connection.notifies(timeout=_WAIT_SECONDS):
                self._told(decode_changes(notice.payload))


class FileWatch(_Hearing):
    """A thread that tells when another program has written to the books in a file, e.g. an import by the
    command line.

    ``told`` gets every topic, in that thread: a file does not say what was changed. What this program writes
    itself is told by whoever wrote it, and not again.
    """

    def __init__(self, office: Office, *, told: Callable[[tuple[Change, ...]], None]) -> None:
        """``office`` has its books in an SQLite file."""
        super().__init__("file watch")
        self._office = office
        self._told = told

    def _run(self) -> None:
        from sqlcipher3 import dbapi2

        missed = False
        while not self._stop.is_set():
            try:
                with closing(_connected(self._office)) as connection:
                    look = FileLook(connection, self._office)
                    if missed:
                        self._tell()
                        missed = False
                    while not self._stop.wait(_LOOK_SECONDS):
                        if look.others_wrote():
                            self._tell()
            except dbapi2.Error:
                # Locked, or gone: whoever uses the books says so. What happens meanwhile is not seen.
                missed = True
                self._stop.wait(_RETRY_SECONDS)

    def _tell(self) -> None:
        self._told(tuple(Change(topic) for topic in Topic))


class FileLook:
    """Looks at the books in a file by a connection of its own, which is in no transaction in between."""

    def __init__(self, connection: Any, office: Office) -> None:
        self._connection = connection
        self._office = office
        self._version = self._one("PRAGMA data_version")
        self._last = self._one(_LAST_COMMAND)

    def others_wrote(self) -> bool:
        """Whether a command of another program was written since the last look."""
        version = self._one("PRAGMA data_version")
        if version == self._version:
            return False
        self._version = version
        new = self._connection.execute(_NEW_COMMANDS, (self._last,)).fetchall()
        self._last = max((rowid for rowid, _ in new), default=self._last)
        own = set(self._office.own_commands.copy())
        return any(command_id not in own for _, command_id in new)

    def _one(self, statement: str) -> int:
        # All rows are fetched, or SQLite would keep the picture of the books and its log for ever.
        ((found,),) = self._connection.execute(statement).fetchall()
        return int(found)


def _connected(office: Office) -> Any:
    from sqlcipher3 import dbapi2

    path = office.database.path
    assert path is not None
    # Without creating a file that is not there.
    connection = dbapi2.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    connection.execute("PRAGMA query_only = 1").close()
    return connection


def decode_changes(payload: str) -> tuple[Change, ...]:
    """What ``office.encode_changes`` wrote. A topic of a newer program is passed over."""
    known = {topic.value for topic in Topic}
    return tuple(Change(Topic(topic), tuple(ids)) for topic, ids in json.loads(payload) if topic in known)


def _dsn(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
