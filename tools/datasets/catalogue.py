"""What a generated studio teaches and sells, who works there, and how busy each day and hour is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from frontdesk.models.base import to_micros
from frontdesk.models.calendar import Validity, start_of_day

ZONE_NAME: Final = "Europe/Berlin"
ZONE: Final = ZoneInfo(ZONE_NAME)
CURRENCY: Final = "EUR"
TAX_NAME: Final = "USt."
TAX: Final = 19_000
YEARS: Final = 3

DESKS: Final = (("Front desk", "D1"), ("Upstairs", "D2"))
STAFF: Final = (
    "Ana Duarte",
    "Ben Okoro",
    "Carla Weiß",
    "Deniz Aksoy",
    "Emil Sørby",
    "Finja Holm",
    "Gül Arslan",
)
#: Name, credits a booking costs, colour.
CLASS_TYPES: Final = (
    ("Vinyasa Yoga", 1, "teal"),
    ("Yin Yoga", 1, "indigo"),
    ("Pilates Mat", 1, "blue"),
    ("Reformer Pilates", 2, "violet"),
    ("Barre", 1, "pink"),
    ("Workshop", 3, "orange"),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A package; ``weight`` is how often it is sold among the others, ``limit`` how often to one client."""

    name: str
    credits: int
    bonus: int
    price: int
    validity: Validity
    weight: float
    eligible: tuple[int, ...] | None = None
    limit: int | None = None


_NEVER = Validity()
OFFERS: Final = (
    Offer("Single class", 1, 0, 1800, _NEVER, 46),
    Offer("Welcome class", 1, 0, 900, Validity("days", 730), 9, limit=1),
    Offer("Gift: three classes", 3, 0, 5100, _NEVER, 9),
    Offer("5-class pack", 5, 0, 8000, Validity("months", 30), 9),
    Offer("10-class pack", 10, 2, 14500, Validity("months", 36), 12),
    Offer("20-class pack", 20, 4, 26000, Validity("months", 36), 4),
    Offer("Reformer 10", 10, 0, 19000, Validity("months", 12), 3, eligible=(3, 4)),
    Offer("Summer pass", 8, 1, 9900, Validity("days", 90), 2),
    Offer("Workshop ticket", 3, 0, 4500, Validity("months", 24), 3, eligible=(6,)),
    Offer("Founders' friends", 2, 0, 0, _NEVER, 1),
)


#: Monday to Sunday: evenings of the working week are full, Sunday is quiet.
_WEEK: Final = (1.15, 1.1, 1.2, 1.05, 0.9, 0.8, 0.5)
#: January resolutions, a summer lull, a lively autumn.
_MONTHS: Final = (1.5, 1.2, 1.1, 1.0, 0.95, 0.8, 0.65, 0.6, 1.1, 1.15, 1.05, 0.8)
#: Classes start at these hours, most of them after work.
CLASS_TIMES: Final = ((7, 0), (9, 30), (12, 15), (16, 0), (17, 30), (18, 0), (19, 15), (20, 30))
CLASS_WEIGHTS: Final = (8, 12, 8, 8, 18, 20, 18, 8)


def days(until: date) -> list[date]:
    """Every day of the studio's life so far, the last one included."""
    first = until - timedelta(days=365 * YEARS)
    return [first + timedelta(days=offset) for offset in range((until - first).days + 1)]


def busyness(day: date, until: date) -> float:
    """How busy a day is beside others: by weekday, season, growth over the years, and closed on holidays."""
    if (day.month, day.day) in ((12, 25), (12, 26), (1, 1)):
        return 0.0
    growth = 1.6 - 0.9 * (until - day).days / (365 * YEARS)
    return _WEEK[day.weekday()] * _MONTHS[day.month - 1] * growth


def midnight(day: date) -> int:
    """The first instant of a local day in microseconds since the epoch."""
    return to_micros(start_of_day(day, ZONE))


def instant(day: date, hour: int, minute: int = 0) -> int:
    """A local time in microseconds since the epoch."""
    return to_micros(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE))
