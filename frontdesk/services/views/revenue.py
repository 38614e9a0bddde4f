"""Views of the revenue between two business days: by day, by tender and by package (Y6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from frontdesk.models.money import Money


@dataclass(frozen=True, slots=True)
class RevenuePart:
    """Money of one day, tender or package. ``refunded`` (not negative) is what was refunded and did not fail.

    ``key``: the day as an ISO date, the code of the tender, or the id of the package; ``name`` is the newest
    name of the package, "" for days and tenders. ``times`` counts payments, for a package the lines sold.
    """

    key: str
    name: str
    times: int
    received: Money
    refunded: Money

    @property
    def net(self) -> Money:
        """Received less refunded."""
        return self.received - self.refunded


@dataclass(frozen=True, slots=True)
class Disputed:
    """Payments of the period that are or were disputed at Stripe; no part of ``Revenue`` is less for it.

    ``open`` is not decided yet, ``lost`` went back to the cardholder.
    """

    count: int
    open: Money
    lost: Money


@dataclass(frozen=True, slots=True)
class Revenue:
    """The revenue of a period, both days included. ``days`` has each of them, also those without money.

    ``tenders`` and ``packages`` have the largest net first. Each of the three sums up to ``all``.
    """

    first_day: date
    last_day: date
    all: RevenuePart
    days: tuple[RevenuePart, ...]
    tenders: tuple[RevenuePart, ...]
    packages: tuple[RevenuePart, ...]
    disputed: Disputed
