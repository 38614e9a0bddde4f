"""What a check of the books is: a question in portable SQL whose every answer is a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from frontdesk.models.base import from_micros
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.verify import Finding

#: How a damaged file shows: what SQLite says against it may even quote bytes that are no text.
DAMAGE = (sa.exc.DBAPIError, UnicodeDecodeError)
#: Of one kind no more than these are named; that there are more is a finding of its own.
MOST_OF_ONE_KIND = 200


@dataclass(frozen=True, slots=True)
class Check:
    """``sql`` selects what breaks the rule; its columns are the finding's parameters.

    A column ``…_at`` holds microseconds since the epoch and becomes an aware instant; one called ``code``
    names the finding where the question has several answers. Both databases read the same text.
    """

    code: str
    sql: str


def found_by(reading: Reading, check: Check) -> Iterator[Finding]:
    """The findings of one check, the first two hundred by name.

    A file too damaged to be read is a finding as well; a query that was cancelled is not.
    """
    try:
        rows = (
            reading.connection.exec_driver_sql(f"{check.sql} LIMIT {MOST_OF_ONE_KIND + 1}").mappings().all()
        )
    except DAMAGE as error:
        yield unreadable(reading, check.code, error)
        return
    for row in rows[:MOST_OF_ONE_KIND]:
        params = _params(row)
        yield Finding(params.pop("code", check.code), params)
    if len(rows) > MOST_OF_ONE_KIND:
        yield more_of(check.code)


def more_of(code: str) -> Finding:
    """Says that there are more findings of a kind than were named."""
    return Finding("verify.more", {"kind": code, "shown": MOST_OF_ONE_KIND})


def unreadable(reading: Reading, code: str, error: sa.exc.DBAPIError | UnicodeDecodeError) -> Finding:
    """The finding that a part of the file cannot be read.

    Raises:
        sqlalchemy.exc.DBAPIError: the error itself, where it speaks of something else than damage.
    """
    # On a server an error ends the transaction, and a cancelled query is no damage.
    detail = str(getattr(error, "orig", error))
    if reading.connection.dialect.name != "sqlite" or "interrupt" in detail.casefold():
        raise error
    return Finding("verify.unreadable", {"kind": code, "detail": detail})


def _params(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): _readable(str(name), value) for name, value in row.items()}


def _readable(name: str, value: Any) -> Any:
    if name.endswith("_at") and isinstance(value, int):
        return _instant(value)
    return "–" if value is None else value


def _instant(micros: int) -> datetime | int:
    try:
        return from_micros(micros)
    except OverflowError:
        # A forged instant may lie beyond what a date can say; the number itself then shows it.
        return micros
