"""Three years of a studio, day by day: who comes, buys and attends, up to the wanted counts."""

from __future__ import annotations

import heapq
import random
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from frontdesk.models.text import digits, fold
from frontdesk.services.clients import CODE_LENGTH, CODE_LETTERS
from frontdesk.services.demo import people
from tools.datasets import catalogue
from tools.datasets.acts import Acts
from tools.datasets.books import Books, Lot, Who
from tools.datasets.founding import Version
from tools.datasets.sinks import Sink

_MINUTE: Final = 60_000_000
_HOUR: Final = 60 * _MINUTE
#: The client with a long history, as a company whose whole team comes by one account has it.
HOUSE_ACCOUNT: Final = 1
_HOUSE_ENTRIES: Final = 5_000
#: Sales beside transactions: enough are paid in two parts, and refunded, to make up the rest.
_SALES_SHARE: Final = 0.5
_ALERTS: Final = (
    "Ask about the knee",
    "Birthday voucher at the desk",
    "Prefers a mat by the door",
    "Pregnant",
)
_NOTES: Final = (
    "Came by recommendation of a friend.",
    "Works shifts, often books late.",
    "Wants a receipt for the employer.",
    "Was away for a year and came back.",
    "Speaks little English, family helps.",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a set is to be."""

    clients: int
    entries: int
    transactions: int


SIZES: Final = {
    "XS": Size(300, 2_500, 2_500),
    "M": Size(20_000, 100_000, 100_000),
    "XL": Size(200_000, 1_000_000, 1_000_000),
}


class _Pool:
    """Clients who may have credits, the newest mostly last; adding and removing take no time."""

    def __init__(self) -> None:
        self.clients: list[int] = []
        self._places: dict[int, int] = {}

    def add(self, client: int) -> None:
        self._places[client] = len(self.clients)
        self.clients.append(client)

    def remove(self, client: int) -> None:
        place, last = self._places.pop(client), self.clients.pop()
        if last != client:
            self.clients[place] = last
            self._places[last] = place


class Story:
    """Makes the days happen. Everything random comes from one generator, so the seed decides it all."""

    def __init__(
        self, sink: Sink, rng: random.Random, size: Size, until: date, offers: list[list[Version]]
    ) -> None:
        self.rng = rng
        self.size = size
        self.days = catalogue.days(until)
        self.offers = offers
        self.books = Books(sink, rng)
        self.acts = Acts(self.books, self._later, self._runs_out, self)
        self._shares = _shares(self.days, until)
        self._house_entries = min(_HOUSE_ENTRIES, size.entries // 20)
        # A pack of ten and two is two grants; what is left is attended.
        self._house_visits = self._house_entries * 12 // 13
        self._agenda: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._running_out: list[tuple[int, int, int, Lot]] = []
        self._turn = 0
        self._clients = 0
        self._sales = 0
        self._pool = _Pool()
        self._open_lots: dict[int, list[Lot]] = {}
        self._today = self.days[0]
        self._progress = 0.0
        self._on_sale: list[Version] = []
        self._codes: set[str] = set()

    def tell(self, progress: Callable[[str], None]) -> Books:
        """Let all days happen; the books hold what the caches need then."""
        before = 0.0
        for place, day in enumerate(self.days):
            self._begin_day(day, before, self._shares[place])
            midnight = catalogue.midnight(day) + 24 * _HOUR
            while self._agenda and self._agenda[0][0] < midnight:
                at, _, what, arguments = heapq.heappop(self._agenda)
                self._progress = before + (self._shares[place] - before) * max(
                    0, 1 - (midnight - at) / (17 * _HOUR)
                )
                what(at, *arguments)
            before = self._shares[place]
            if place % 73 == 0:
                progress(f"{day}: {self._clients} clients, {self._sales} sales, {self.books.entries} entries")
        return self.books

    # --- The day ------------------------------------------------------------------------------------

    def _begin_day(self, day: date, before: float, after: float) -> None:
        self._today = day
        self.acts.day = day.isoformat()
        opening = catalogue.instant(day, 6, 30)
        self._on_sale = [_newest(versions, opening) for versions in self.offers]
        self._sweep(opening)
        if not self._clients:
            for _ in range(max(1, self.size.clients // 8)):
                self._new_client(opening)
        sales = round(self.size.transactions * _SALES_SHARE * after) - self._sales
        for _ in range(sales):
            self._push(self._desk_time(day), self._sale, ())
        house = round(self._house_visits * after) - round(self._house_visits * before)
        for _ in range(house):
            self._push(*self._class_time(day), self._house_visit, ())
        target = round(self.size.entries * after)
        for _ in range(max(0, target - self.books.entries - round(sales * 1.14) - house)):
            self._push(*self._class_time(day), self._visit, ())

    def _sweep(self, opening: int) -> None:
        swept = 0
        while self._running_out and self._running_out[0][0] <= opening:
            _, _, term, lot = heapq.heappop(self._running_out)
            if lot.term == term and lot.remaining and lot.hold is None:
                self.books.expire(lot, opening)
                swept += 1
        if swept:
            self.books.command(self.books.new_command(), "lots.sweep_due", swept, Who(1, 1), opening)

    def _desk_time(self, day: date) -> int:
        hour, minute = self.rng.choices(catalogue.CLASS_TIMES, catalogue.CLASS_WEIGHTS)[0]
        around = catalogue.instant(day, hour, minute) + int(self.rng.gauss(0, 35) * _MINUTE)
        return min(max(around, catalogue.instant(day, 6, 40)), catalogue.instant(day, 21, 45))

    def _class_time(self, day: date) -> tuple[int, int]:
        """When the visit is recorded, and when its class begins."""
        hour, minute = self.rng.choices(catalogue.CLASS_TIMES, catalogue.CLASS_WEIGHTS)[0]
        begins = catalogue.instant(day, hour, minute)
        # Nobody is checked in before the desk opens.
        return max(begins - int(self.rng.random() * 20 * _MINUTE), catalogue.instant(day, 6, 31)), begins

    def _push(self, at: int, *what: Any) -> None:
        """``what`` is a function and its arguments, or the class's time before them."""
        self._turn += 1
        if callable(what[0]):
            heapq.heappush(self._agenda, (at, self._turn, what[0], what[1]))
        else:
            heapq.heappush(self._agenda, (at, self._turn, what[1], (what[0], *what[2])))

    def _later(self, at: int, what: Callable[..., None], *arguments: Any) -> None:
        self._push(at, what, arguments)

    def _runs_out(self, lot: Lot) -> None:
        if lot.expires_at is not None:
            self._turn += 1
            heapq.heappush(self._running_out, (lot.expires_at, self._turn, lot.term, lot))

    # --- Clients ------------------------------------------------------------------------------------

    def _new_client(self, at: int) -> int:
        self._clients += 1
        rng = self.rng
        person = people.invent(rng)
        if self._clients == HOUSE_ACCOUNT:
            person = people.Person(
                "Nordlicht Verlag, whole team", "team@nordlicht.example.com", "+49 30 5557 0101"
            )
        row = (
            person.name,
            fold(person.name),
            person.email,
            fold(person.email),
            person.phone,
            digits(person.phone),
            f"{rng.randrange(1948, 2009)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
            if rng.random() < 0.3
            else None,
            rng.choice(_NOTES) if rng.random() < 0.03 else "",
            rng.choice(_ALERTS) if rng.random() < 0.01 else "",
            self._code() if rng.random() < 0.7 else None,
            "desk",
            None,
            None,
            None,
            at,
            at,
        )
        return self.acts.new_client(row, at)

    def _code(self) -> str:
        while True:
            code = "".join(self.rng.choices(CODE_LETTERS, k=CODE_LENGTH))
            if code not in self._codes and not code.isdecimal():
                self._codes.add(code)
                return code

    # --- Sales and visits ---------------------------------------------------------------------------

    def _sale(self, at: int) -> None:
        self._sales += 1
        rng = self.rng
        if self._clients < self.size.clients * self._progress:
            client = self._new_client(at - 2 * _MINUTE)
            # Some only leave their card; the sale is somebody else's.
            if rng.random() < 0.1:
                client = self._anybody()
        else:
            client = (rng.random() < 0.6 and self._somebody()) or self._anybody()
        versions = [self._choose(client)]
        if rng.random() < 0.05:
            versions.append(self._on_sale[0])
        behind = self.acts.transactions < self.size.transactions * self._progress
        self._sell(at, client, versions, parts=2 if behind else 1)

    def _choose(self, client: int) -> Version:
        rng = self.rng
        version = rng.choices(self._on_sale, [offer.weight for offer in catalogue.OFFERS])[0]
        if version.offer.limit and not self.acts.buys_first(client, version.package_id):
            return self._on_sale[0]
        return version

    def _sell(self, at: int, client: int, versions: list[Version], parts: int) -> None:
        for lot in self.acts.sell(at, self._today, client, versions, parts):
            self.receives(client, lot)

    def _somebody(self) -> int | None:
        """A client with credits, a regular of late more often than not."""
        clients = self._pool.clients
        if not clients:
            return None
        first = len(clients) * 4 // 5 if self.rng.random() < 0.6 else 0
        return clients[self.rng.randrange(first, len(clients))]

    def lots_of(self, client: int) -> Sequence[Lot]:
        """The client's lots with credits."""
        return [lot for lot in self._open_lots.get(client, ()) if lot.remaining]

    def somebody_else(self, client: int) -> int:
        """Another client."""
        other = self._anybody()
        return other if other != client else HOUSE_ACCOUNT

    def receives(self, client: int, lot: Lot) -> None:
        """The client has a further lot."""
        if client not in self._open_lots:
            self._open_lots[client] = []
            if client != HOUSE_ACCOUNT:
                self._pool.add(client)
        self._open_lots[client].append(lot)

    def _anybody(self) -> int:
        """Any client but the house account."""
        return self.rng.randrange(HOUSE_ACCOUNT + 1, self._clients + 1)

    def _visit(self, at: int, class_at: int) -> None:
        for _ in range(20):
            client = self._somebody()
            if client is None:
                return
            lots = self._usable(client)
            if lots and self._attend(at, class_at, client, lots):
                return

    def _usable(self, client: int) -> list[Lot]:
        """The client's lots with credits; who has none leaves the pool."""
        lots = [lot for lot in self._open_lots[client] if lot.remaining]
        self._open_lots[client] = lots
        if not lots and client != HOUSE_ACCOUNT:
            del self._open_lots[client]
            self._pool.remove(client)
        return lots

    def _attend(self, at: int, class_at: int, client: int, lots: list[Lot]) -> bool:
        class_type = self.rng.choices(range(1, 7), (30, 18, 20, 12, 14, 6))[0]
        cost = catalogue.CLASS_TYPES[class_type - 1][1]
        able = sorted((lot for lot in lots if lot.pays(class_type, class_at)), key=lambda lot: lot.rank)
        if sum(lot.remaining for lot in able) < cost:
            return False
        self.acts.visit(at, class_at, client, class_type, cost, able)
        return True

    def _house_visit(self, at: int, class_at: int) -> None:
        lots = self._usable(HOUSE_ACCOUNT) if HOUSE_ACCOUNT in self._open_lots else []
        if sum(lot.remaining for lot in lots if lot.pays(1, class_at)) < 5:
            self._sales += 1
            self._sell(at, HOUSE_ACCOUNT, [self._on_sale[5]], parts=1)
            lots = self._usable(HOUSE_ACCOUNT)
        able = sorted((lot for lot in lots if lot.pays(1, class_at)), key=lambda lot: lot.rank)
        if able:
            self.acts.visit(at, class_at, HOUSE_ACCOUNT, 1, 1, able)


def _shares(days: list[date], until: date) -> list[float]:
    """How much of everything has happened by the end of each day, 1.0 on the last."""
    weights = [catalogue.busyness(day, until) for day in days]
    whole, so_far, shares = sum(weights), 0.0, []
    for weight in weights:
        so_far += weight
        shares.append(so_far / whole)
    return shares


def _newest(versions: list[Version], at: int) -> Version:
    return versions[max(0, bisect_left([one.since for one in versions], at) - 1)]
