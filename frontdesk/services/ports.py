"""The doors to the outside that services walk through: time and, later, payments and printers."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time. Aware UTC instants only."""

    #: Whether a database server's time goes before this clock's: desks' clocks differ, the server's is one.
    follows_server: bool

    def now(self) -> datetime: ...


class SystemClock:
    """The computer's own clock, or the server's where there is one."""

    follows_server = True

    def now(self) -> datetime:
        """The current instant in UTC."""
        return datetime.now(UTC)
