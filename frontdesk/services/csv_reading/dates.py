"""Dates as exports write them: ISO, with dots, slashes or month names, day or month first (D3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal

from frontdesk.models.text import fold

DateOrder = Literal["day_first", "month_first"]


@dataclass(frozen=True, slots=True)
class DateColumn:
    """What a column's dates tell: their order, or None where none of them gives it away.

    `asks` is whether somebody has to be asked: some date reads both ways. `examples` are such dates, as they
    stand in the file.
    """

    order: DateOrder | None
    asks: bool
    examples: tuple[str, ...] = ()


_MONTH_WORDS: Final = (
    "january jan januar janner janvier janv enero ene gennaio gen janeiro januari",
    "february feb februar fevrier fevr fev febrero febbraio fevereiro februari feber",
    "march mar marz mrz maerz mars marzo marco maart maa",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug aout aou agosto ago augustus",
    "september sept sep septembre septiembre set settembre setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez decembre diciembre dic dicembre dezembro",
)
_MONTHS: Final = {word: month for month, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}

_NUMBERS = re.compile(r"(\d{1,4})([./\-\s])\s?(\d{1,2})\2\s?(\d{1,4})\.?")
_DAY_MONTH_YEAR = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|\.|º)?[\s\-./]*(?:de |of )?([^\W\d_]+)"
    r"\.?,?[\s\-./]*(?:de |del )?(\d{4}|\d{2})"
)
_MONTH_DAY_YEAR = re.compile(r"([^\W\d_]+)\.?[\s\-./]*(\d{1,2})(?:st|nd|rd|th)?,?[\s\-./]+(\d{4}|\d{2})")
_COMPACT = re.compile(r"(19|20)\d{6}")
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?")
# Behind the date: a time with whatever zone; before it: the day of the week.
_TIME = re.compile(
    r"(?:T|\s|,)+(?:at |um |a |à )?\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?\s?m\.?)?\s*"
    r"(?:uhr|z|[a-z]{3,4}|[+-]\d{2}:?\d{2})?\s*(?:[+-]\d{2}:?\d{2}|\([^)]*\))?$",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"^[^\W\d_]+\.?,\s*(?=\d|[^\W\d_]+\.?\s+\d)")
_LONGEST: Final = 60
# Spreadsheets count days from here.
_SERIAL_START: Final = date(1899, 12, 30)


@lru_cache(maxsize=65_536)
def _parts(value: str) -> tuple[int, int, int, bool] | None:
    """(year, first, second, by order) of a written date; `by order`: whether day and month could be swapped.

    Without it `first` is the month and `second` the day. A year of two digits is still short (0…99).
    """
    if len(value) > _LONGEST:
        return None
    plain = " ".join(value.split())
    plain = _WEEKDAY.sub("", _TIME.sub("", plain)).strip()
    found = _NUMBERS.fullmatch(plain)
    if found:
        return _number_parts(found)
    words = fold(plain)
    found = _DAY_MONTH_YEAR.fullmatch(words)
    if found and found[2] in _MONTHS:
        return int(found[3]), _MONTHS[found[2]], int(found[1]), False
    found = _MONTH_DAY_YEAR.fullmatch(words)
    if found and found[1] in _MONTHS:
        return int(found[3]), _MONTHS[found[1]], int(found[2]), False
    if _COMPACT.fullmatch(plain):
        return int(plain[:4]), int(plain[4:6]), int(plain[6:]), False
    if _SERIAL.fullmatch(plain):
        day = _SERIAL_START + timedelta(days=int(plain.partition(".")[0]))
        return day.year, day.month, day.day, False
    return None


def _number_parts(found: re.Match[str]) -> tuple[int, int, int, bool] | None:
    first, separator, second, third = found.groups()
    if len(first) in (3, 4):
        return int(first), int(second), int(third), False
    if len(third) not in (2, 4):
        return None
    if separator == ".":
        return int(third), int(second), int(first), False  # dots are written day first everywhere
    return int(third), int(first), int(second), True


def tell_order(values: Iterable[str]) -> DateColumn:
    """What these dates say about the order of day and month; where they disagree, the majority counts."""
    day_first = month_first = 0
    unclear: list[str] = []
    for value in values:
        parts = _parts(value.strip())
        if parts is None or not parts[3]:
            continue
        _, first, second, _ = parts
        if first > 12 >= second:
            day_first += 1
        elif second > 12 >= first:
            month_first += 1
        elif first != second and len(unclear) < 3 and value not in unclear:
            unclear.append(value)
    if day_first or month_first:
        return DateColumn("day_first" if day_first >= month_first else "month_first", False, tuple(unclear))
    return DateColumn(None, bool(unclear), tuple(unclear))


def tell_orders(*columns: Iterable[str]) -> tuple[DateColumn, ...]:
    """The order of several columns of one file: a column that doesn't tell follows the one that does."""
    told = [tell_order(column) for column in columns]
    known = next((column.order for column in told if column.order is not None), None)
    return tuple(
        DateColumn(known, False, column.examples) if column.asks and known else column for column in told
    )


def read_date(value: str, order: DateOrder | None, *, newest: date) -> date | None:
    """The date that `value` writes, None if it is none; years of two digits lie not beyond `newest`.

    Raises OrderNeeded if it reads both ways and no order is given. A date that is impossible in the given
    order is none, even if the other order made one of it.
    """
    parts = _parts(value.strip())
    if parts is None:
        return None
    year, month, day, by_order = parts
    if by_order:
        if order is None:
            if month <= 12 and day <= 12 and month != day:
                raise OrderNeeded(value)
            order = "day_first" if month > 12 else "month_first"
        if order == "day_first":
            month, day = day, month
    if year < 100:
        year += 2000
        if date(min(year, 9999), 1, 1) > newest:
            year -= 100
    try:
        return date(year, month, day)
    except ValueError:
        return None


class OrderNeeded(Exception):
    """A date that reads both ways, with nobody having said which way it is meant."""
