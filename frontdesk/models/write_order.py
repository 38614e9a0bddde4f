"""Who writes next into a file, among the threads of one program: people before what runs beside them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class WriteOrder:
    """One thread at a time has its turn; who ``gives_way`` has it only where nobody else wants it.

    SQLite itself knows no order: who finds the file locked looks again after ever longer pauses, and finds it
    locked again by whoever writes one transaction after the other.
    """

    def __init__(self, patience: float) -> None:
        """``patience`` is for how many seconds a turn is waited for; then SQLite is asked without one."""
        self._patience = patience
        self._moved = threading.Condition()
        self._taken = False
        self._people = 0

    @contextmanager
    def turn(self, *, gives_way: bool) -> Iterator[None]:
        """Around a transaction that writes."""
        had = self._wait(gives_way)
        try:
            yield
        finally:
            if had:
                with self._moved:
                    self._taken = False
                    self._moved.notify_all()

    def _wait(self, gives_way: bool) -> bool:
        with self._moved:
            self._people += not gives_way
            try:
                had = self._moved.wait_for(
                    lambda: not self._taken and not (gives_way and self._people), self._patience
                )
            finally:
                self._people -= not gives_way
            self._taken = self._taken or had
            return had
