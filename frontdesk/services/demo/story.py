"""Four months of the demo studio up to now: its regulars and newcomers, day by day."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models import calendar
from frontdesk.models.money import Money
from frontdesk.services.bulk_extending import extend_in_bulk
from frontdesk.services.class_types import add_class_type
from frontdesk.services.clients import create_client
from frontdesk.services.demo import people, setting
from frontdesk.services.demo.cases import Cases
from frontdesk.services.demo.desk import Desk
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.drafts.credits import BulkExtendDraft
from frontdesk.services.drafts.sales import DiscountDraft
from frontdesk.services.drafts.staff import StaffDraft
from frontdesk.services.lots import sweep_due
from frontdesk.services.packages import (
    archive_package,
    create_package,
    package_draft,
    publish_package,
    save_package,
)
from frontdesk.services.settings import change_receipt_text, change_tax, create_studio
from frontdesk.services.staff import add_staff
from frontdesk.services.views.settings import Founded

WEEKS = 17
REGULARS = 108
#: When something happens, and what.
Happening = tuple[datetime, Callable[[], object]]

_TIMES = (time(7, 0), time(9, 30), time(12, 15), time(17, 30), time(18, 45), time(20, 0))
_BUSY = (9, 14, 8, 24, 26, 10)
_WEEK = (1.15, 1.1, 1.2, 1.0, 0.8, 0.9, 0.6)
_DISCOUNTS = (
    DiscountDraft("loyalty", milli_percent=10_000),
    DiscountDraft("concession", milli_percent=20_000),
    DiscountDraft("other", milli_percent=15_000, text="bought together with her sister"),
)
_NOTES = (
    "Likes to be reminded before credits run out.",
    "Comes with her daughter on Saturdays.",
    "Wants receipts by e-mail for the employer.",
    "Recommended by Dr. Klein's practice.",
)
_ALERTS = ("Left a water bottle at the desk", "Give birthday voucher", "Needs the mat by the door")


@dataclass(slots=True)
class _Regular:
    """Someone who comes ``a_week`` times a week and buys one kind of package when there are no credits."""

    client_id: int
    since: date
    until: date
    a_week: float
    favourite: int
    package: str
    new: bool


class Story:
    """Lets the days happen, the oldest first. The same seed and instant give the same studio."""

    def __init__(self, connection: sa.Connection, now: datetime, zone: str, seed: int) -> None:
        self.rng = random.Random(seed)
        self.now = now
        self.zone: ZoneInfo = calendar.zone(zone)
        self.today = calendar.local_day(now, self.zone)
        self.first_day = self.today - timedelta(weeks=WEEKS)
        self.desk = Desk(connection, self.rng, self._at(self.first_day - timedelta(days=14), time(10)))
        self._cases = Cases(self.desk, self.today, self.zone)
        self._regulars: list[_Regular] = []

    def tell(self) -> Founded:
        """Everything up to now; returns the owner and her desk."""
        founded = self._found()
        arrivals = self._arrivals()
        for offset in range(WEEKS * 7 + 1):
            day = self.first_day + timedelta(days=offset)
            happenings = [*self._visits(day), *self._once(day), *self._cases.of(day)]
            happenings += [(at, act) for at, act in arrivals if calendar.local_day(at, self.zone) == day]
            self.desk.clock.at = calendar.start_of_day(day, self.zone) + timedelta(seconds=5)
            self.desk.do(sweep_due)
            for at, act in sorted(happenings, key=lambda one: one[0]):
                if at < self.now:
                    self.desk.clock.at = max(at, self.desk.clock.at)
                    self.desk.someone_sits()
                    act()
        return founded

    # --- The studio ---------------------------------------------------------------------------------

    def _found(self) -> Founded:
        desk = self.desk
        founded = desk.do(create_studio, replace(setting.STUDIO, zone=self.zone.key))
        desk.sits(founded.staff_id, founded.desk_id)
        desk.do(change_tax, setting.TAX)
        desk.do(change_receipt_text, setting.RECEIPT)
        for name in setting.COLLEAGUES:
            desk.do(add_staff, StaffDraft(name))
        for class_type in setting.CLASS_TYPES:
            desk.do(add_class_type, class_type)
        for package in setting.PACKAGES:
            package_id = desk.do(create_package, package).package_id
            if package is not setting.FAMILY:
                desk.do(publish_package, package_id)
        desk.look_at_prices()
        return founded

    def _once(self, day: date) -> Iterator[Happening]:
        """What happens to the studio as a whole: a dearer class, the end of summer, a burst pipe."""
        if day == self.today - timedelta(days=61):
            yield self._at(day, time(8, 5)), self._raise_price
        if day == self.today - timedelta(days=75):
            yield self._at(day, time(8, 10)), self._end_summer
        if day == self.today - timedelta(days=38):
            yield self._at(day, time(8, 15)), self._burst_pipe
        if day == self.today:
            yield from (self._class(day, self._drop_in) for _ in range(6))

    def _drop_in(self, begins: datetime) -> None:
        """Somebody who has not been here for a while; there is always something going on today."""
        regular = self.rng.choice(self._regulars)
        self._buy(regular)
        cost = setting.CLASS_TYPES[regular.favourite - 1].cost or 0
        self.desk.attend(
            regular.client_id, regular.favourite, max(begins, self.desk.clock.at), cost, unpaid=True
        )

    def _raise_price(self) -> None:
        self.desk.sits(1, 1)
        draft = self.desk.do(package_draft, 1)
        self.desk.do(save_package, 1, replace(draft, price=Money(1500, setting.CURRENCY)), 1)
        self.desk.look_at_prices()

    def _end_summer(self) -> None:
        self.desk.sits(1, 1)
        self.desk.do(archive_package, len(setting.PACKAGES))
        for regular in self._regulars:
            if regular.package == setting.SUMMER.name:
                regular.package = setting.FIVE.name

    def _burst_pipe(self) -> None:
        self.desk.sits(1, 1)
        self.desk.do(extend_in_bulk, BulkExtendDraft(3, "closure", "Burst pipe, closed for three days"))

    # --- Regulars -----------------------------------------------------------------------------------

    def _arrivals(self) -> list[Happening]:
        """The desk gets to know its regulars: most in the first days, the others over the months."""
        made: list[Happening] = []
        for number in range(REGULARS):
            late = number >= REGULARS * 6 // 10
            day = self.first_day + timedelta(days=self.rng.randrange(7, WEEKS * 7) if late else number // 12)
            at = self._at(day, time(8 + number % 12, self.rng.randrange(60)), self.rng.randrange(60))
            made.append((at, partial(self._arrive, day, late)))
        return made

    def _arrive(self, day: date, late: bool) -> None:
        rng = self.rng
        person = people.invent(rng)
        birthday = date(rng.randrange(1956, 2007), rng.randrange(1, 13), rng.randrange(1, 29))
        draft = ClientDraft(
            name=person.name,
            email=person.email,
            phone=person.phone,
            birthday=birthday if rng.random() < 0.4 else None,
            notes=rng.choice(_NOTES) if rng.random() < 0.12 else "",
            alert=rng.choice(_ALERTS) if rng.random() < 0.05 else "",
            member_code=f"SUN-{1000 + len(self._regulars)}" if rng.random() < 0.7 else "",
        )
        client_id = self.desk.do(create_client, draft).client_id
        keen = rng.random() < 0.45
        # Who comes often buys the large packs; others would see most of one expire.
        packages = (
            setting.SINGLE,
            setting.FIVE,
            setting.TEN,
            setting.TWENTY,
            setting.REFORMER_TEN,
            setting.SUMMER,
        )
        chosen = rng.choices(packages, (0, 6, 46, 14, 14, 8) if keen else (48, 42, 8, 0, 0, 2))[0]
        if chosen is setting.SUMMER and day > self.today - timedelta(days=76):
            chosen = setting.TEN
        favourite = setting.REFORMER if chosen is setting.REFORMER_TEN else rng.choice((1, 1, 1, 2, 3, 3, 5))
        stays = rng.randrange(20, 200)
        a_week = rng.choice((0.6, 0.8, 1.1, 1.5) if keen else (0.15, 0.2, 0.3))
        self._regulars.append(
            _Regular(client_id, day, day + timedelta(days=stays), a_week, favourite, chosen.name, late)
        )

    def _visits(self, day: date) -> Iterator[Happening]:
        for regular in self._regulars:
            comes = regular.since <= day <= regular.until
            if comes and self.rng.random() < regular.a_week / 7 * _WEEK[day.weekday()]:
                yield self._class(day, partial(self._come, regular))

    def _class(self, day: date, come: Callable[[datetime], None]) -> Happening:
        """A visit to one of the day's classes; today's lie in the last hours, whatever time it is."""
        begins = self._at(day, self.rng.choices(_TIMES, _BUSY)[0])
        if day == self.today:
            midnight = calendar.start_of_day(day, self.zone)
            hours = min(self.now - midnight, timedelta(hours=6))
            begins = self.now - hours * self.rng.uniform(0.02, 0.95)
            begins -= timedelta(
                minutes=begins.minute % 15, seconds=begins.second, microseconds=begins.microsecond
            )
            begins = max(begins, midnight + timedelta(minutes=1))
        return begins - timedelta(seconds=self.rng.randrange(1, 900) if day != self.today else 40), partial(
            come, begins
        )

    def _come(self, regular: _Regular, begins: datetime) -> None:
        class_type = regular.favourite
        if class_type != setting.REFORMER and self.rng.random() < 0.3:
            class_type = self.rng.choice((1, 2, 3, 5, 5, 7))
        cost = setting.CLASS_TYPES[class_type - 1].cost or 0
        try:
            self.desk.attend(regular.client_id, class_type, begins, cost)
        except Refused:
            self._buy(regular)
            # What was just bought counts from now on; the class begins a moment later.
            self.desk.attend(regular.client_id, class_type, max(begins, self.desk.clock.at), cost)

    def _buy(self, regular: _Regular) -> None:
        package = regular.package
        if regular.new and regular.favourite != setting.REFORMER:
            package, regular.new = setting.INTRO.name, False
        dear = package not in (setting.SINGLE.name, setting.INTRO.name)
        discount = self.rng.choice(_DISCOUNTS) if dear and self.rng.random() < 0.08 else None
        self.desk.sell(regular.client_id, package, discount=discount)
        self.desk.clock.at += timedelta(seconds=20)

    def _at(self, day: date, clock: time, seconds: int = 0) -> datetime:
        return calendar.instant_at(day, clock, self.zone) + timedelta(seconds=seconds)


def found(connection: sa.Connection, now: datetime, zone: str, seed: int) -> Founded:
    """The whole story on a connection whose transaction the caller commits."""
    return Story(connection, now, zone, seed).tell()
