"""The clock of the double: it stands still until a test moves it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Clock:
    """Stripe's time, in whole seconds where Stripe shows it."""

    def __init__(self, start: datetime = START, ticking: bool = False) -> None:
        self._base = start
        self._ticking = ticking
        self._since = time.monotonic()
        #: Called after each move, so that sessions expire and money becomes available.
        self.listeners: list[Callable[[], None]] = []

    @property
    def time(self) -> datetime:
        """The moment, aware and UTC."""
        if not self._ticking:
            return self._base
        return self._base + timedelta(seconds=time.monotonic() - self._since)

    def now(self) -> int:
        """Seconds since 1970, as Stripe writes them."""
        return int(self.time.timestamp())

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Moves the clock on (or back, with negative numbers)."""
        self._base += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        self._tell()

    def set(self, moment: datetime) -> None:
        """Sets the clock to an aware moment."""
        self._base, self._since = moment, time.monotonic()
        self._tell()

    def _tell(self) -> None:
        for listener in self.listeners:
            listener()
