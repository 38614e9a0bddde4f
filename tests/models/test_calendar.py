"""Local days partition time in every zone, and credits expire at the end of their last day."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.models import calendar
from frontdesk.models.calendar import CalendarError, Validity

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
BERLIN = calendar.zone("Europe/Berlin")

ODD_ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Africa/Cairo",  # midnight is skipped in spring
    "America/Santiago",
    "Asia/Beirut",
    "America/Havana",  # midnight comes twice in autumn
    "America/Sao_Paulo",
    "Asia/Tehran",
    "Pacific/Apia",  # 30 December 2011 never was
    "Australia/Lord_Howe",  # half an hour of summer time
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Antarctica/Casey",  # set back three hours at four in the morning
    "America/St_Johns",  # set back at one minute past midnight until 2011
)


@pytest.mark.parametrize(
    ("zone", "day", "first_instant"),
    [
        ("Europe/Berlin", date(2027, 3, 28), "2027-03-28T00:00:00+01:00"),
        ("Africa/Cairo", date(2024, 4, 26), "2024-04-26T01:00:00+03:00"),
        ("America/Santiago", date(2024, 9, 8), "2024-09-08T01:00:00-03:00"),
        ("Asia/Beirut", date(2026, 3, 29), "2026-03-29T01:00:00+03:00"),
        ("America/Havana", date(2026, 11, 1), "2026-11-01T00:00:00-04:00"),
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-31T00:00:00+14:00"),
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-31T00:00:00+14:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), "2026-10-04T00:00:00+10:30"),
    ],
)
def test_a_day_starts_with_its_first_instant(zone: str, day: date, first_instant: str) -> None:
    """C4"""
    found = calendar.start_of_day(day, calendar.zone(zone))
    assert found == datetime.fromisoformat(first_instant)
    assert found.tzinfo is UTC


@pytest.mark.parametrize("zone", ODD_ZONES)
def test_the_first_instant_is_the_first_one_on_the_clock_of_the_wall(zone: str) -> None:
    """Minute by minute, without the reckoning that the calendar does."""
    there = calendar.zone(zone)
    for year in (2010, 2015, 2018, 2026):
        for start in _changes(there, year, year):
            instant = start - 36 * timedelta(hours=1)
            seen: dict[date, datetime] = {}
            while instant < start + 36 * timedelta(hours=1):
                seen.setdefault(instant.astimezone(there).date(), instant)
                instant += timedelta(minutes=1)
            for day, first in list(seen.items())[1:]:
                assert calendar.start_of_day(day, there) == first


@pytest.mark.parametrize("zone", ODD_ZONES)
@pytest.mark.parametrize("cutoff_hour", [0, 1, 2, 3, 4, 23])
def test_days_in_odd_zones_partition_time(zone: str, cutoff_hour: int) -> None:
    """R12: every instant of ten days around a change lies in the one day whose span holds it."""
    there = calendar.zone(zone)
    for change in _changes(there, 2010, 2027):
        instant = change - 3 * timedelta(hours=1)
        while instant < change + 30 * timedelta(hours=1):
            day = calendar.local_day(instant, there, cutoff_hour)
            start, end = calendar.day_span(day, there, cutoff_hour)
            assert start <= instant < end
            instant += timedelta(minutes=30)


def test_every_business_day_of_every_zone_follows_the_one_before() -> None:
    """R12: over every zone and clock change from 2015 to 2037, each sale falls in exactly one day."""
    for there, changes in _zones_with_changes(2015, 2037):
        for change in changes:
            for cutoff_hour in (0, 4):
                _check_days_around(change, there, cutoff_hour)


def _check_days_around(change: datetime, there: ZoneInfo, cutoff_hour: int) -> None:
    day = change.astimezone(there).date() - DAY
    start, end = calendar.day_span(day, there, cutoff_hour)
    for _ in range(3):
        assert start < end
        assert calendar.local_day(start, there, cutoff_hour) == day
        assert calendar.local_day(end - MICROSECOND, there, cutoff_hour) == day
        day += DAY
        start, end = end, calendar.start_of_day(day + DAY, there, cutoff_hour)
    if cutoff_hour == 0:
        for instant in (change - MICROSECOND, change, change + timedelta(minutes=61)):
            assert calendar.local_day(instant, there) == instant.astimezone(there).date()


def _changes(there: ZoneInfo, first_year: int, last_year: int) -> list[datetime]:
    """The instants of the zone's clock changes, found by looking at its offset every few days."""
    found = []
    step = timedelta(days=4)
    instant = datetime(first_year, 1, 1, tzinfo=UTC)
    offset = instant.astimezone(there).utcoffset()
    while instant.year <= last_year:
        later = instant + step
        if later.astimezone(there).utcoffset() != offset:
            low, high = instant, later
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (
                    (middle, high) if middle.astimezone(there).utcoffset() == offset else (low, middle)
                )
            found.append(high)
            offset = later.astimezone(there).utcoffset()
        instant = later
    return found


def _zones_with_changes(first_year: int, last_year: int) -> list[tuple[ZoneInfo, list[datetime]]]:
    """Each zone that differs from the others in these years, once."""
    different: dict[tuple[object, ...], tuple[ZoneInfo, list[datetime]]] = {}
    for name in sorted(zoneinfo.available_timezones()):
        there = ZoneInfo(name)
        changes = _changes(there, first_year, last_year)
        start = datetime(first_year, 1, 1, tzinfo=UTC)
        key = (
            start.astimezone(there).utcoffset(),
            *((at, at.astimezone(there).utcoffset()) for at in changes),
        )
        different.setdefault(key, (there, changes))
    return list(different.values())


days = st.dates(date(2000, 1, 1), date(2100, 12, 31)).filter(lambda day: day != date(2011, 12, 30))


@given(days, st.sampled_from(ODD_ZONES))
def test_the_last_day_is_read_back_from_the_expiry_instant(day: date, zone: str) -> None:
    """C4"""
    there = calendar.zone(zone)
    expires_at = calendar.expiry_instant(day, there)
    assert calendar.last_day(expires_at, there) == day
    assert (expires_at - MICROSECOND).astimezone(there).date() == day
    assert expires_at.astimezone(there).date() > day


def test_a_business_day_ends_at_its_cutoff_hour() -> None:
    """D8"""
    after_midnight = datetime(2027, 1, 2, 2, 59, tzinfo=BERLIN)
    assert calendar.local_day(after_midnight, BERLIN) == date(2027, 1, 2)
    assert calendar.local_day(after_midnight, BERLIN, cutoff_hour=3) == date(2027, 1, 1)
    assert calendar.local_day(after_midnight + timedelta(minutes=1), BERLIN, cutoff_hour=3) == date(
        2027, 1, 2
    )
    with pytest.raises(CalendarError, match="cutoff_range"):
        calendar.local_day(after_midnight, BERLIN, cutoff_hour=24)


def test_a_naive_time_is_refused() -> None:
    naive = datetime(2027, 1, 1)  # noqa: DTZ001 - what is refused
    for use in (
        calendar.utc,
        lambda at: calendar.local_day(at, BERLIN),
        lambda at: calendar.last_day(at, BERLIN),
    ):
        with pytest.raises(CalendarError) as refusal:
            use(naive)
        assert refusal.value.code == "calendar.naive_instant"


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe", "europe\0"])
def test_an_unknown_zone_is_named(name: str) -> None:
    with pytest.raises(CalendarError) as refusal:
        calendar.zone(name)
    assert refusal.value.code == "calendar.unknown_zone"
    assert refusal.value.params["zone"] == name


def test_a_studio_can_choose_among_places() -> None:
    names = calendar.available_zones()
    assert {"Europe/Berlin", "America/Argentina/Ushuaia", "Pacific/Apia", "UTC"} <= set(names)
    assert not any(name.startswith(("Etc/", "posix/", "SystemV/")) or name == "EST" for name in names)
    assert len(names) > 400


def test_ninety_days_from_new_year_run_through_the_first_of_april() -> None:
    """C4: the purchase day is day 0."""
    validity = Validity("days", 90)
    assert validity.last_day(date(2027, 1, 1)) == date(2027, 4, 1)
    # Germany sets its clocks forward in between; the last day is usable to its end all the same.
    assert validity.expires_at(date(2027, 1, 1), BERLIN) == datetime(2027, 4, 1, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2027, 12, 15), 1, date(2028, 1, 15)),
        (date(2027, 3, 31), -1, date(2027, 2, 28)),
        (date(2027, 3, 31), 0, date(2027, 3, 31)),
        (date(2027, 1, 10), -13, date(2025, 12, 10)),
    ],
)
def test_months_clamp_to_the_end_of_the_month(start: date, months: int, end: date) -> None:
    assert calendar.add_months(start, months) == end


def test_credits_may_never_expire() -> None:
    assert Validity().last_day(date(2027, 1, 1)) is None
    assert Validity().expires_at(date(2027, 1, 1), BERLIN) is None


def test_validity_may_start_with_the_first_class_but_not_later_than_agreed() -> None:
    """P1"""
    validity = Validity("months", 2, starts="first_class", latest_start_days=30)
    bought = date(2027, 1, 1)
    assert validity.last_day(bought) == date(2027, 3, 31)  # not started: from 31 January
    assert validity.last_day(bought, date(2027, 1, 10)) == date(2027, 3, 10)
    assert validity.last_day(bought, date(2027, 5, 1)) == date(2027, 3, 31)
    assert validity.last_day(bought, date(2026, 12, 30)) == date(2027, 3, 1)  # a settled earlier visit


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": "days"}, "calendar.validity_count_missing"),
        ({"kind": "never", "count": 3}, "calendar.validity_count_missing"),
        ({"kind": "days", "count": 0}, "calendar.validity_count_range"),
        ({"kind": "months", "count": 121}, "calendar.validity_count_range"),
        ({"kind": "days", "count": 5, "starts": "first_class"}, "calendar.validity_latest_start_missing"),
        ({"kind": "days", "count": 5, "latest_start_days": 5}, "calendar.validity_latest_start_missing"),
        ({"starts": "first_class", "latest_start_days": 5}, "calendar.validity_start_without_end"),
        (
            {"kind": "days", "count": 5, "starts": "first_class", "latest_start_days": -1},
            "calendar.validity_latest_start_range",
        ),
    ],
)
def test_a_validity_that_makes_no_sense_is_refused(values: dict[str, object], code: str) -> None:
    """P6"""
    with pytest.raises(CalendarError) as refusal:
        Validity(**values)  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_a_local_time_becomes_an_instant_even_where_the_clock_jumps_or_repeats() -> None:
    assert calendar.instant_at(date(2027, 7, 1), time(18), BERLIN) == datetime(2027, 7, 1, 16, tzinfo=UTC)
    assert calendar.instant_at(date(2027, 3, 28), time(2, 30), BERLIN) == datetime(2027, 3, 28, 1, tzinfo=UTC)
    assert calendar.instant_at(date(2027, 10, 31), time(2, 30), BERLIN) == datetime(
        2027, 10, 31, 0, 30, tzinfo=UTC
    )


def test_frozen_days_are_counted_by_local_dates() -> None:
    """C11: 1 to 31 July are 31 days."""
    start = calendar.start_of_day(date(2027, 7, 1), BERLIN)
    end = calendar.expiry_instant(date(2027, 7, 31), BERLIN)
    assert calendar.days_between(start, end, BERLIN) == 31
    assert calendar.days_between(start, start + timedelta(hours=3), BERLIN) == 0


def test_dates_beyond_reason_are_refused() -> None:
    with pytest.raises(CalendarError, match="date_out_of_range"):
        calendar.expiry_instant(date(3000, 1, 1), BERLIN)
    with pytest.raises(CalendarError, match="date_out_of_range"):
        calendar.add_months(date(2999, 1, 1), 12)
