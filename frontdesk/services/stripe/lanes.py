"""Calls that wait for Stripe side by side, in threads that never touch the books (Y5)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from queue import SimpleQueue
from types import TracebackType
from typing import Final, Generic, Self, TypeVar

from frontdesk.services.stripe.wire import StripeTrouble

K = TypeVar("K")
T = TypeVar("T")

#: Enough for what Stripe takes in a second where an answer takes 300 ms; as many connections are kept open.
LANES: Final = 16
#: Seconds that leaving waits for calls under way: as long as the program may take to end.
_FAREWELL: Final = 2.0


class Lanes(Generic[K, T]):
    """Hands calls to threads and takes what came of them; each call has a name. Use it from one thread.

    Leaving the block waits a moment for the calls that are under way, and starts none of those that are not.
    A call that hangs is left alone, and does not keep the program from ending.
    """

    def __init__(self) -> None:
        self._calls: SimpleQueue[tuple[Future[T], Callable[[], T]] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._pending: dict[Future[T], K] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        ends_at = time.monotonic() + _FAREWELL
        for one in self._pending:
            one.cancel()
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads:
            thread.join(max(0.0, ends_at - time.monotonic()))

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
        future: Future[T] = Future()
        self._pending[future] = name
        self._calls.put((future, call))
        if len(self._threads) < min(len(self._pending), LANES):
            # As a daemon, which the end of the program does not wait for; a pool of the library's is joined.
            lane = threading.Thread(target=_work_off, args=(self._calls,), name="stripe-lane", daemon=True)
            self._threads.append(lane)
            lane.start()

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


def _work_off(calls: SimpleQueue[tuple[Future[T], Callable[[], T]] | None]) -> None:
    while (one := calls.get()) is not None:
        future, call = one
        if not future.set_running_or_notify_cancel():
            continue
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001  (raised where the answer is taken: somebody waits for it)
            future.set_exception(error)
