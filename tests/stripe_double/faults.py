"""Faults on the way to and from Stripe, told for single requests or drawn at random from a seed."""

import random
import re
import threading
from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal[
    "reset",  # the connection is reset before anything is done
    "close_before",  # closed before anything is done
    "lost_reply",  # done, and the answer is lost
    "timeout_before",  # hangs and does nothing
    "timeout_after",  # done, and the answer hangs
    "500_before",  # a 500 before the endpoint began: nothing is kept under the key
    "500_after",  # done, and a 500 is kept under the key
    "500_stored",  # not done, and a 500 is kept under the key
    "html_502",
    "409",
    "429",
    "lock_timeout",
    "garbage_200",  # text that is not JSON
    "binary_200",  # bytes that are not even text
    "captive_302",
    "cut_off",  # done, and the answer stops in its middle
    "slow_body",  # done, and the answer drips
    "slow_headers",  # done, and the answer drips byte by byte, which its headers alone take half the time for
    "hold",  # begun under its key, and held until `release()`
]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: What a random schedule draws from unless told otherwise: nothing that hangs or waits for a hand.
RANDOM_KINDS: tuple[Kind, ...] = tuple(
    kind
    for kind in KINDS
    if kind not in ("hold", "slow_body", "slow_headers", "timeout_before", "timeout_after")
)


@dataclass
class Fault:
    """One fault and the requests it is for."""

    kind: Kind
    method: str | None = None
    path: str | None = None
    nth: int = 1
    times: int | None = 1
    seconds: float = 30.0
    retry_after: int | None = None
    reason: str = "global-rate"
    should_retry: bool | None = None
    after: bool = False
    seen: int = 0
    fired: int = 0
    _released: threading.Event = field(default_factory=threading.Event)
    _reached: threading.Event = field(default_factory=threading.Event)

    def takes(self, method: str, path: str) -> bool:
        """Whether this request is hit; counts those that match."""
        if self.method not in (None, method) or not re.search(self.path or "", path):
            return False
        self.seen += 1
        if self.seen < self.nth or (self.times is not None and self.seen >= self.nth + self.times):
            return False
        self.fired += 1
        return True

    def release(self) -> None:
        """Lets a request that is held, or hangs, go on."""
        self._released.set()

    @property
    def is_released(self) -> bool:
        """Whether `release` was called."""
        return self._released.is_set()

    def reached(self) -> None:
        """A request has run into this fault."""
        self._reached.set()

    def wait_until_reached(self, timeout: float = 10.0) -> None:
        """Returns once a request has run into this fault. AssertionError when none does in time."""
        assert self._reached.wait(timeout), f"no request ran into {self.kind}"

    def hang(self, closing: threading.Event) -> None:
        """Waits to be released, for its seconds, or for the end of the double."""
        self.reached()
        left = self.seconds
        while left > 0 and not closing.is_set() and not self._released.wait(min(left, 0.02)):
            left -= 0.02


class Faults:
    """The schedule of faults."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: list[Fault] = []
        self._random: tuple[random.Random, float, tuple[Kind, ...], float] | None = None
        #: What happened: (kind, method, path) of each, in order.
        self.fired: list[tuple[Kind, str, str]] = []

    def add(
        self,
        kind: Kind,
        method: str | None = None,
        path: str | None = None,
        *,
        nth: int = 1,
        times: int | None = 1,
        seconds: float = 30.0,
        retry_after: int | None = None,
        reason: str = "global-rate",
        should_retry: bool | None = None,
        after: bool = False,
    ) -> Fault:
        """Hits the `nth` request of a method and path (a regular expression), and `times` in a row.

        `times` None is for ever. `seconds` is how long a hanging or dripping answer takes at most; `after`
        lets html_502, garbage_200, binary_200 and captive_302 hide an effect that did happen.
        """
        assert kind in KINDS
        fault = Fault(kind, method, path, nth, times, seconds, retry_after, reason, should_retry, after)
        with self._lock:
            self._told.append(fault)
        return fault

    def random(
        self, seed: int, rate: float, kinds: tuple[Kind, ...] = RANDOM_KINDS, *, seconds: float = 0.2
    ) -> None:
        """From now on hits each request with probability `rate`; the same seed draws the same kinds."""
        with self._lock:
            self._random = (random.Random(seed), rate, kinds, seconds)

    def clear(self) -> None:
        """No more faults."""
        with self._lock:
            for fault in self._told:
                fault.release()
            self._told.clear()
            self._random = None

    def draw(self, method: str, path: str) -> Fault | None:
        """The fault of this request, if any."""
        with self._lock:
            fault = next((f for f in self._told if f.takes(method, path)), None)
            if fault is None:
                fault = self._draw_random()
            if fault is not None:
                self.fired.append((fault.kind, method, path))
            return fault

    def _draw_random(self) -> Fault | None:
        if self._random is None:
            return None
        numbers, rate, kinds, seconds = self._random
        if numbers.random() >= rate:
            return None
        return Fault(numbers.choice(kinds), seconds=seconds, after=numbers.random() < 0.5)
