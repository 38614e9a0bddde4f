"""What commits leave in SQLite's log is brought into the file beside them, so that nobody waits for it."""

import logging
import threading
from collections.abc import Callable
from typing import Any, Final

from frontdesk.models.write_order import WriteOrder

log = logging.getLogger("frontdesk.books")

#: Seconds from a commit until the log is brought in: commits come in groups, and each time costs two
#: writes that reach the disk.
_PAUSE: Final = 0.5
#: So many pages in the log are brought in with nobody writing meanwhile: only an empty log begins anew
#: and does not grow.
_LONG: Final = 4_000
#: Where that could not be done for so many pages, a commit does it itself.
COMMITS_HELP_AT: Final = 20_000
#: Bytes. A log that readers without a pause made longer is cut to that by the commit with which it begins
#: anew; usually it is shorter, and nobody spends time on it.
LONGEST_LOG: Final = 100_000_000

_CHECKPOINT: Final = "PRAGMA wal_checkpoint(PASSIVE)"


class Checkpoints:
    """Works off the log of one file, in a thread of its own that begins at the first commit.

    By default SQLite has each thousandth page's commit do it: one sale of thirteen would take three times as
    long as the others.
    """

    def __init__(self, connect: Callable[[], Any], order: WriteOrder) -> None:
        """``connect`` opens a connection of the driver to the file."""
        self._connect, self._order = connect, order
        self._lock = threading.Lock()
        self._committed = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def committed(self) -> None:
        """Something was written."""
        self._committed.set()
        if self._thread is None:
            with self._lock:
                self._start()

    def close(self) -> None:
        """End the thread. What is in the log stays there: whoever closes the file last brings it in."""
        with self._lock:
            self._closing.set()
        self._committed.set()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        if self._thread is None and not self._closing.is_set():
            self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        connection = None
        while self._is_to_go_on():
            try:
                connection = connection or self._connect()
                self._bring_in(connection)
            except Exception:
                # Commits are safe in the log; who writes next is told what is wrong with the disk.
                log.warning("the log was not brought in", exc_info=True)
                if connection is not None:
                    # The next round begins anew, whatever has become of this one.
                    connection.invalidate()
                    connection = None
        if connection is not None:
            connection.close()

    def _is_to_go_on(self) -> bool:
        """Wait for a commit and a while more; False at the end."""
        self._committed.wait()
        if self._closing.wait(_PAUSE):
            return False
        self._committed.clear()
        # What told of the end may just have been taken for a commit.
        return not self._closing.is_set()

    def _bring_in(self, connection: Any) -> None:
        _, pages, _ = connection.execute(_CHECKPOINT).fetchone()
        if pages > _LONG:
            with self._order.turn(gives_way=True):
                connection.execute(_CHECKPOINT).fetchone()
