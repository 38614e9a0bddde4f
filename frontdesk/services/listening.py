"""Hears what the other desks changed: PostgreSQL tells every connection that listens (L3)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

from sqlalchemy.engine import URL

from frontdesk.services.changes import Change, Topic
from frontdesk.services.office import CHANNEL

#: How long one wait lasts before the stop flag is looked at, and before a lost connection is tried again.
_WAIT_SECONDS = 0.5
_RETRY_SECONDS = 3.0


class Listener:
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
        self._url = url
        self._told = told
        self._reached = reached
        self._lost = lost
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; returns when it has."""
        self._stop.set()
        self._thread.join()

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


def decode_changes(payload: str) -> tuple[Change, ...]:
    """What ``office.encode_changes`` wrote. A topic of a newer program is passed over."""
    known = {topic.value for topic in Topic}
    return tuple(Change(Topic(topic), tuple(ids)) for topic, ids in json.loads(payload) if topic in known)


def _dsn(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
