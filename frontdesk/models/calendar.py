"""The studio's calendar: aware UTC instants and the local dates of its time zone, expiry and business days.

A local day is the half-open span from its first instant to the first instant of the next day. Days are told
apart by those instants and not by the clock on the wall, which may stand still, jump over midnight or
run twice through an hour: that puts every instant into exactly one day (C4, R12).
"""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from frontdesk.errors import FrontdeskError

# Far enough for any pack, near enough that adding a day or an offset never overflows.
LAST_DATE: Final = date(2999, 12, 31)
MAX_VALIDITY_DAYS: Final = 3_660
MAX_VALIDITY_MONTHS: Final = 120

_DAY: Final = timedelta(days=1)
_INSTANT: Final = timedelta(microseconds=1)


class CalendarError(FrontdeskError):
    """A zone, an instant, a date or a validity that cannot be used; the codes are `calendar.…`."""


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The time zone with this IANA name; raises CalendarError `calendar.unknown_zone`."""
    try:
        return ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CalendarError("calendar.unknown_zone", zone=name) from error


_AREAS: Final = (
    "Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/",
    "Pacific/",
)  # fmt: skip


@lru_cache(maxsize=1)
def available_zones() -> tuple[str, ...]:
    """The zone names a studio may choose from, sorted: those of places, and UTC."""
    return (*sorted(name for name in zoneinfo.available_timezones() if name.startswith(_AREAS)), "UTC")


def utc(instant: datetime) -> datetime:
    """The same instant in UTC; raises CalendarError `calendar.naive_instant` if it has no time zone."""
    if instant.tzinfo is UTC:
        return instant
    if instant.utcoffset() is None:
        raise CalendarError("calendar.naive_instant", instant=instant.isoformat())
    return instant.astimezone(UTC)


@lru_cache(maxsize=4096)
def start_of_day(day: date, zone: ZoneInfo, cutoff_hour: int = 0) -> datetime:
    """The first instant (UTC) of a local day that starts at `cutoff_hour` o'clock (0…23).

    Where the clock jumps over that hour, the day starts with the jump. A date that the zone left out
    altogether (Apia's 30 December 2011) has no instants: it starts where the next one does.
    """
    _check_cutoff(cutoff_hour)
    if not date.min < day <= LAST_DATE + _DAY:
        raise CalendarError("calendar.date_out_of_range", day=day)
    wall = datetime.combine(day, time(cutoff_hour))
    # Of an hour that comes twice, fold=0 is the first. In a gap it reckons with the offset before the jump
    # and so lands behind it, and fold=1 lands before it.
    found = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    return _jump_over(wall, zone, wall.replace(tzinfo=zone, fold=1).astimezone(UTC), found)


def _jump_over(wall: datetime, zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The instant in (before, after] at which the clock jumps over `wall`; clocks jump at whole seconds."""
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            before = middle
        else:
            after = middle
    return after


def local_day(instant: datetime, zone: ZoneInfo, cutoff_hour: int = 0) -> date:
    """The local day that `instant` belongs to, days starting at `cutoff_hour` (the business day, D8 and R12).

    Agrees to the microsecond with `start_of_day`, so that a day's sales may be read as a span of instants.
    """
    _check_cutoff(cutoff_hour)
    instant = utc(instant)
    day = (instant.astimezone(zone).replace(tzinfo=None) - timedelta(hours=cutoff_hour)).date()
    # The wall clock is never ahead of the day, but after it was set back it may be behind.
    while instant >= start_of_day(day + _DAY, zone, cutoff_hour):
        day += _DAY
    return day


def day_span(day: date, zone: ZoneInfo, cutoff_hour: int = 0) -> tuple[datetime, datetime]:
    """The half-open span of instants [start, end) that makes up a local day."""
    return start_of_day(day, zone, cutoff_hour), start_of_day(day + _DAY, zone, cutoff_hour)


def expiry_instant(last_day: date, zone: ZoneInfo) -> datetime:
    """When credits usable to the end of `last_day` expire: the first instant of the next local date (C4)."""
    return start_of_day(last_day + _DAY, zone)


def last_day(expires_at: datetime, zone: ZoneInfo) -> date:
    """The last local date on which credits that expire then may be used; undoes `expiry_instant`."""
    return local_day(utc(expires_at) - _INSTANT, zone)


def instant_at(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a local time: the first of two, and the end of the jump if it is skipped."""
    wall = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    found = wall.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    return _jump_over(wall, zone, wall.replace(tzinfo=zone, fold=1).astimezone(UTC), found)


def add_months(day: date, months: int) -> date:
    """The same day `months` months later or earlier, clamped to the month's end: 31 Jan + 1 = 28 Feb."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= LAST_DATE.year:
        raise CalendarError("calendar.date_out_of_range", day=day)
    month_end = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - _DAY
    return month_end.replace(day=min(day.day, month_end.day))


@dataclass(frozen=True, slots=True)
class Validity:
    """How long the credits of a package may be used (P1).

    `count` days or months, from the purchase day or from the first attended class; with the latter the
    validity starts `latest_start_days` after the purchase if no class was attended until then. Raises
    CalendarError `calendar.validity_…` for values that make no sense together.
    """

    kind: Literal["days", "months", "never"] = "never"
    count: int | None = None
    starts: Literal["purchase", "first_class"] = "purchase"
    latest_start_days: int | None = None

    def __post_init__(self) -> None:
        if (self.kind == "never") != (self.count is None):
            raise CalendarError("calendar.validity_count_missing", kind=self.kind)
        most = MAX_VALIDITY_MONTHS if self.kind == "months" else MAX_VALIDITY_DAYS
        if self.count is not None and not 1 <= self.count <= most:
            raise CalendarError("calendar.validity_count_range", count=self.count, least=1, most=most)
        if (self.starts == "first_class") != (self.latest_start_days is not None):
            raise CalendarError("calendar.validity_latest_start_missing", starts=self.starts)
        if self.kind == "never" and self.starts == "first_class":
            raise CalendarError("calendar.validity_start_without_end")
        if self.latest_start_days is not None and not 0 <= self.latest_start_days <= MAX_VALIDITY_DAYS:
            raise CalendarError(
                "calendar.validity_latest_start_range",
                count=self.latest_start_days,
                least=0,
                most=MAX_VALIDITY_DAYS,
            )

    def first_day(self, purchase_day: date, first_class_day: date | None = None) -> date:
        """Day 0 of the validity: the purchase day, or the first class's as far as the latest start allows."""
        if self.latest_start_days is None:
            return purchase_day
        latest = purchase_day + timedelta(days=self.latest_start_days)
        return latest if first_class_day is None else max(purchase_day, min(first_class_day, latest))

    def last_day(self, purchase_day: date, first_class_day: date | None = None) -> date | None:
        """The last local date of use, None for credits that never expire; day 0 is the first day (C4).

        90 days bought on 1 January 2027 run through 1 April 2027.
        """
        first = self.first_day(purchase_day, first_class_day)
        if self.count is None:
            return None
        return first + timedelta(days=self.count) if self.kind == "days" else add_months(first, self.count)

    def expires_at(
        self, purchase_day: date, zone: ZoneInfo, first_class_day: date | None = None
    ) -> datetime | None:
        """The instant (UTC) from which the credits no longer count, None for never."""
        last = self.last_day(purchase_day, first_class_day)
        return None if last is None else expiry_instant(last, zone)


def days_between(earlier: datetime, later: datetime, zone: ZoneInfo) -> int:
    """Whole local dates from one instant's day to the other's (the days of a freeze, C11)."""
    return (local_day(later, zone) - local_day(earlier, zone)).days


def _check_cutoff(cutoff_hour: int) -> None:
    if not 0 <= cutoff_hour <= 23:
        raise CalendarError("calendar.cutoff_range", hour=cutoff_hour, least=0, most=23)
