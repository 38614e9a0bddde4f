"""Calls that wait for Stripe side by side, in threads that never touch the books (Y5)."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Final, Generic, Self, TypeVar

from frontdesk.services.stripe.wire import StripeTrouble

K = TypeVar("K")
T = TypeVar("T")

#: Enough for what Stripe takes in a second where an answer takes 300 ms; as many connections are kept open.
LANES: Final = 16


class Lanes(Generic[K, T]):
    """Hands calls to threads and takes what came of them; each call has a name. Use it from one thread.

    Leaving the block waits for the calls that are under way, and starts none of those that are not.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(LANES, "stripe-lane")
        self._pending: dict[Future[T], K] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def busy(self) -> set[K]:
        """The names of the calls that are under way."""
        return set(self._pending.values())

    @property
    def are_full(self) -> bool:
        """Whether a further call would have to wait for a lane."""
        return len(self._pending) >= LANES

    def send(self, name: K, call: Callable[[], T]) -> None:
        """Start a call."""
        self._pending[self._pool.submit(call)] = name

    def arrived(self, patience: float) -> list[tuple[K, T | StripeTrouble]]:
        """What came back, waiting for so many seconds where nothing did.

        Raises:
            Exception: what a call raised that was no trouble with Stripe.
        """
        if not self._pending:
            time.sleep(patience)
            return []
        done, _ = wait(self._pending, timeout=patience, return_when=FIRST_COMPLETED)
        found: list[tuple[K, T | StripeTrouble]] = []
        for one in done:
            name = self._pending.pop(one)
            try:
                found.append((name, one.result()))
            except StripeTrouble as trouble:
                found.append((name, trouble))
        return found
