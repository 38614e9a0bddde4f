"""The credits of a few clients in plain Python: what the ledger should come to, told without the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def local_date(at: datetime) -> date:
    """The date on the studio's wall."""
    return at.astimezone(BERLIN).date()


def end_of(day: date) -> datetime:
    """The first instant after that day in the studio."""
    return datetime.combine(day + timedelta(days=1), time(), BERLIN).astimezone(UTC)


@dataclass
class Lot:
    """Credits that expire together. ``frozen_since`` sets all of them aside."""

    lot_id: int
    client: int
    free: bool
    since: datetime
    last_day: date | None
    remaining: int
    used: int = 0
    voided: int = 0
    expired: int = 0
    removed: int = 0
    moved: int = 0
    frozen_since: datetime | None = None
    origin: Lot | None = None

    @property
    def root(self) -> Lot:
        """The lot it was passed on from in the first place."""
        return self if self.origin is None else self.origin.root

    @property
    def ends(self) -> datetime | None:
        return None if self.last_day is None else end_of(self.last_day)

    def over(self, now: datetime) -> bool:
        return self.ends is not None and self.ends <= now

    def usable(self, now: datetime) -> int:
        return 0 if self.frozen_since or self.over(now) else self.remaining

    def settle(self, now: datetime) -> None:
        """What has run out is gone, unless it is set aside."""
        if self.over(now) and not self.frozen_since:
            self.expired += self.remaining
            self.remaining = 0

    def void(self, credits: int) -> int:
        """Take up to so many out for good; how many there were."""
        taken = min(self.remaining, credits)
        self.remaining -= taken
        self.voided += taken
        return taken

    def buckets(self) -> tuple[object, ...]:
        return (
            self.client, self.last_day, self.remaining, self.used, self.voided, self.expired, self.removed,
            self.moved,
        )  # fmt: skip


@dataclass
class Line:
    """A sold pack: its two lots, what was paid and what went back, in cents."""

    paid: int
    credits: int
    lots: list[Lot]
    sold_on: date
    refunded: int = 0
    lost: int = 0

    @property
    def gone(self) -> int:
        return sum(lot.used + lot.expired + lot.removed + lot.moved for lot in self.lots)

    @property
    def left(self) -> int:
        return sum(lot.remaining for lot in self.lots)

    @property
    def suggested(self) -> int:
        unused = max(self.credits - self.gone, 0)
        return max((2 * self.paid * unused + self.credits) // (2 * self.credits) - self.refunded, 0)

    def voided_by(self, amount: int) -> int:
        if amount >= self.suggested:
            return self.left
        return -(-self.left * amount // self.suggested)

    def void(self, credits: int) -> None:
        for lot in sorted(self.lots, key=lambda one: not one.free):
            credits -= lot.void(credits)


@dataclass
class Visit:
    """A class attended and the lots it took from."""

    visit_id: int
    client: int
    takes: list[tuple[Lot, int]]
    undone: bool = False


@dataclass
class Model:
    """All that was done, and what it comes to."""

    now: datetime
    lots: dict[int, Lot] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    sale_ids: list[int] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    freezes: dict[int, tuple[int, datetime]] = field(default_factory=dict)

    def settle(self) -> None:
        """Let everything run out that is due."""
        for lot in self.lots.values():
            lot.settle(self.now)

    def of(self, client: int) -> list[Lot]:
        return [lot for lot in self.lots.values() if lot.client == client]

    def line_of(self, lot: Lot) -> Line | None:
        """The sold pack that a lot comes from, if it was sold."""
        return next((one for one in self.lines if lot.root in one.lots), None)

    def take_back(self, line: Line, amount: int, credits: int) -> None:
        """Money goes back; with the last of it every credit goes, whoever has it by now."""
        line.refunded += amount
        line.void(credits)
        if line.refunded == line.paid:
            for lot in self.lots.values():
                if lot.root in line.lots:
                    lot.void(lot.remaining)

    def balance(self, client: int) -> int:
        return sum(lot.usable(self.now) for lot in self.of(client))

    def chosen(self, client: int, credits: int) -> list[tuple[Lot, int]] | None:
        """Which lots give how many, or None where there are too few in all."""
        if self.balance(client) < credits:
            return None
        takes = []
        never = date.max
        order = sorted(
            self.of(client), key=lambda lot: (lot.last_day or never, not lot.free, lot.since, lot.lot_id)
        )
        for lot in order:
            taken = min(lot.usable(self.now), credits)
            if taken:
                takes.append((lot, taken))
                credits -= taken
        return takes

    def state(self) -> dict[int, tuple[object, ...]]:
        self.settle()
        return {lot_id: lot.buckets() for lot_id, lot in sorted(self.lots.items())}
