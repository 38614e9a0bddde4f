"""How often Stripe is asked for news: soon where something happens, seldom where nobody looks (Y3).

Stripe allows 333 reads a day to an account without sales, however many desks it has. A day of ten hours at
five minutes and a night at thirty need 150. Sales that wait on the screen are asked for by themselves.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

#: Seconds between two polls: something happened lately at Stripe; nothing did.
BUSY, QUIET = 60.0, 300.0
#: The same while reads run low, or nobody has touched this desk for a while.
SPARING: Final = 900.0
#: The same while the window is hidden, or nobody has touched this desk for long.
RESTING: Final = 1800.0
#: Something happened lately if one of so many polls told of it.
_LATELY: Final = 10
#: Seconds that nobody has touched this desk: between two classes, and where the studio is closed.
_A_WHILE, _LONG = 1800.0, 2 * 3600.0


class Rhythm:
    """Knows what goes on at this desk and at Stripe. May be used from any thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._touched_at = clock()
        self._polled_at: float | None = None
        self._shown = True
        self._quiet_polls = _LATELY

    def attend(self, *, shown: bool, touched: bool) -> bool:
        """The window is on the screen or not, and somebody did something in it just now or not; whether
        somebody came back, who should not wait for news as long as nobody would have.
        """
        with self._lock:
            before = self._pause()
            self._shown = shown
            if touched:
                self._touched_at = self._clock()
            return self._pause() < before

    def polled(self, *, news: bool) -> None:
        """A poll is over; whether it told of anything."""
        with self._lock:
            self._polled_at = self._clock()
            self._quiet_polls = 0 if news else self._quiet_polls + 1

    def left(self, *, is_low: bool) -> float:
        """Seconds that are left until the next poll as things stand now, 0 where it is due."""
        wait = self.until_next(is_low=is_low)
        with self._lock:
            since = wait if self._polled_at is None else self._clock() - self._polled_at
        return max(0.0, wait - since)

    def until_next(self, *, is_low: bool) -> float:
        """Seconds until the next poll; ``is_low`` says that the reads of the month run low."""
        with self._lock:
            often = BUSY if self._quiet_polls < _LATELY else QUIET
            return max(self._pause() or often, SPARING if is_low else 0.0)

    def _pause(self) -> float:
        """At least so many seconds, because nobody looks; 0 where somebody may."""
        untouched = self._clock() - self._touched_at
        if not self._shown or untouched >= _LONG:
            return RESTING
        return SPARING if untouched >= _A_WHILE else 0.0
