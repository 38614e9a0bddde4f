"""What a sweep still has to list: pages of each list, cut into windows of time that are read side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from frontdesk.services.stripe.events import PAGE
from frontdesk.services.stripe.mirror import objects_in
from frontdesk.services.stripe.wire import Body, StripeCall

#: Each list: its path, what is expanded, and whether it can be cut by the time when things were created.
LISTS: Final[Mapping[str, tuple[str, tuple[str, ...], bool]]] = {
    "products": ("/v1/products", (), False),
    "prices": ("/v1/prices", (), False),
    "payment_links": ("/v1/payment_links", (), False),
    # A site of the studio's own names the package by nothing but the price in the lines.
    "sessions": (
        "/v1/checkout/sessions",
        ("data.line_items", "data.payment_intent.latest_charge"),
        True,
    ),
    "refunds": ("/v1/refunds", (), True),
    "disputes": ("/v1/disputes", (), True),
    "payouts": ("/v1/payouts", (), True),
    "balance_transactions": ("/v1/balance_transactions", (), True),
}
#: Windows of one list that are read at once: with 300 ms an answer as many as Stripe takes of one endpoint.
SIDE_BY_SIDE: Final = 8
#: Shorter windows, in seconds, are not cut: their pages come as fast one after the other.
_SHORTEST: Final = 3600


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a window is: below ``until`` and after the object ``after``, of the second ``reached``."""

    until: int
    after: str = ""
    reached: int = 0
    over: bool = False


@dataclass(slots=True)
class Window:
    """A part of a list: what was created from ``since`` on, in seconds of Stripe's time, the newest first.

    Reading is ahead of writing; only what is ``written`` is kept.
    """

    list: str
    since: int
    written: Mark
    read: Mark

    @classmethod
    def starting(cls, name: str, since: int, until: int) -> Window:
        """A window of which nothing is read yet."""
        return cls(name, since, Mark(until), Mark(until))

    @property
    def is_timed(self) -> bool:
        """Whether the list tells what was created when."""
        return LISTS[self.list][2]

    @property
    def call(self) -> StripeCall:
        """The read of the next page."""
        path, expand, is_timed = LISTS[self.list]
        params: dict[str, Any] = {"limit": PAGE}
        if is_timed:
            params["created"] = {"gte": self.since, "lt": self.read.until}
        if expand:
            params["expand"] = list(expand)
        if self.read.after:
            params["starting_after"] = self.read.after
        return StripeCall("get", path, params)

    def left(self, mark: Mark) -> int:
        """Seconds of it that lie beyond a mark."""
        return 0 if mark.over else max((mark.reached or mark.until) - self.since, 0)

    def move_on(self, page: Body, cursor: str | None) -> Mark:
        """The mark after a page that was read; ``cursor`` is where the next begins, None after the last."""
        reached = self.read.reached
        times = [one["created"] for one in objects_in(page) if isinstance(one.get("created"), int)]
        if times and self.is_timed:
            reached = times[-1]
        # What was cut off while the page was on its way is another window's.
        over = cursor is None or (self.is_timed and reached < self.since)
        self.read = replace(self.read, after=cursor or "", reached=reached, over=over)
        return self.read

    def start_again(self) -> None:
        """Read on without the cursor: what it named is gone at Stripe."""
        until = self.read.reached + 1 if self.read.reached else self.read.until
        self.read = replace(self.read, until=until, after="")

    def cut(self) -> Window:
        """Give the older half of what is left to be read away, as a window of its own."""
        middle = self.since + self.left(self.read) // 2
        older = Window.starting(self.list, self.since, middle)
        self.since = middle
        return older


@dataclass(slots=True)
class Plan:
    """A sweep as far as it has come; kept in the books, so that it goes on after a restart.

    ``began`` is Stripe's time at its start, in seconds: what happened later is told by events. ``listed``
    counts what was written of each list, ``objects`` all with what stood expanded in it.
    """

    reason: str
    since: int
    began: int
    windows: list[Window]
    listed: Counter[str] = field(default_factory=Counter)
    objects: int = 0
    set_aside: int = 0

    @classmethod
    def new(cls, reason: str, since: int, began: int) -> Plan:
        """All lists from an instant on, in seconds of Stripe's time."""
        return cls(reason, since, began, [Window.starting(name, since, began + 1) for name in LISTS])

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> Plan:
        """A plan as it was kept."""
        windows = [
            Window(name, since, Mark(until, after, reached), Mark(until, after, reached))
            for name, since, until, after, reached in kept["windows"]
        ]
        numbers = {name: kept[name] for name in _NUMBERS}
        return cls(kept["reason"], windows=windows, listed=Counter(kept["listed"]), **numbers)

    @property
    def kept(self) -> dict[str, Any]:
        """As it is kept: without what is over, and only what is written."""
        windows = [
            [one.list, one.since, one.written.until, one.written.after, one.written.reached]
            for one in self.windows
            if not one.written.over
        ]
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        return {"reason": self.reason, "windows": windows, "listed": dict(self.listed), **numbers}

    def to_read(self, busy: set[int]) -> list[Window]:
        """Windows whose next page may be read now, those of lists with the fewest under way first.

        ``busy`` holds the places of windows of which a page is under way.
        """
        under_way = Counter(self.windows[place].list for place in busy)
        found = []
        for place, one in enumerate(self.windows):
            if place in busy or one.read.over or under_way[one.list] >= SIDE_BY_SIDE:
                continue
            under_way[one.list] += 1
            found.append((under_way[one.list], place))
        return [self.windows[place] for _, place in sorted(found)]

    def cut_longest(self) -> None:
        """Cut the longest window of each list that goes on, as long as fewer are read side by side."""
        for name in LISTS:
            mine = [one for one in self.windows if one.list == name and not one.read.over]
            if not mine or not mine[0].is_timed or len(mine) >= SIDE_BY_SIDE:
                continue
            longest = max(mine, key=lambda one: one.left(one.read))
            # Only once a page has shown that there is more than a page.
            if longest.read.after and longest.left(longest.read) > _SHORTEST:
                self.windows.append(longest.cut())

    @property
    def expected(self) -> int | None:
        """How many listed objects there will have been; None as long as that cannot be told."""
        total, span = 0, self.began + 1 - self.since
        for name, (_, _, is_timed) in LISTS.items():
            mine = [one for one in self.windows if one.list == name and not one.written.over]
            done = self.listed[name]
            if mine and is_timed:
                written = span - sum(one.left(one.written) for one in mine)
                if written <= 0:
                    return None
                done = done * span // written
            elif mine:
                done += PAGE
            total += done
        return total


_NUMBERS: Final = ("since", "began", "objects", "set_aside")
