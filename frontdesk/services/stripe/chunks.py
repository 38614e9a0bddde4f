"""How much of the pull one transaction takes, so that a sale at the desk never waits for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: Seconds that a transaction of the pull is meant to take, and the pause in which others get their turn.
_MEANT: Final = 0.03
_PAUSE: Final = 0.002
_MOST: Final = 500


class Chunks:
    """Learns from what each transaction took how many things the next one may hold."""

    def __init__(self, size: int = 10) -> None:
        self.size = size
        self._ended = 0.0
        self._kinds: dict[str, Chunks] = {}

    def of(self, kind: str) -> Chunks:
        """Those of one kind of things: a page of purchases takes fifty times as long as one of movements."""
        return self._kinds.setdefault(kind, Chunks(self.size))

    @contextmanager
    def timed(self, count: int) -> Iterator[None]:
        """Around the transaction that writes so many things."""
        # A writer that waits for SQLite's lock looks again only now and then.
        time.sleep(max(0.0, self._ended + _PAUSE - time.perf_counter()))
        began = time.perf_counter()
        yield
        self._ended = time.perf_counter()
        self.learn(count, self._ended - began)

    def learn(self, count: int, took: float) -> None:
        """So many things took so many seconds."""
        fitting = int(count * _MEANT / max(took, 1e-6))
        # Up in steps, since the first of their kind are no measure; down at once.
        self.size = max(1, min(fitting, 2 * self.size, _MOST))
