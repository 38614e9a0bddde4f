"""Drafts of the studio's settings: first start, studio, tax, receipt texts, desks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from frontdesk.errors import Problem
from frontdesk.models import calendar, money, text
from frontdesk.services.drafts.checks import line_problems, lines_problems, number_problems

DESK_NAME_LIMIT: Final = 60
RECEIPT_TEXT_LIMIT: Final = 1_000
TAX_NAME_LIMIT: Final = 40
#: A business day may begin from midnight up to this hour (D8).
LATEST_DAY_START: Final = 12
#: Receipts of sales that come in by sync are numbered in the series "Online" (S1).
RESERVED_PREFIX: Final = "ONLINE"
_PREFIX = re.compile(r"[A-Z0-9]{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class StudioDraft:
    """What the first start asks for. ``currency`` is an ISO 4217 code, ``zone`` an IANA name (S9, C4)."""

    name: str = ""
    currency: str = ""
    zone: str = ""
    desk_name: str = ""
    owner_name: str = ""
    demo: bool = False

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, field by field; empty when the studio can be founded."""
        return (
            *line_problems("name", self.name, required=True),
            *currency_problems("currency", self.currency),
            *zone_problems("zone", self.zone),
            *line_problems("desk_name", self.desk_name, DESK_NAME_LIMIT, required=True),
            *line_problems("owner_name", self.owner_name, required=True),
        )


@dataclass(frozen=True, slots=True)
class StudioSettingsDraft:
    """The studio's name, currency, zone and the hour at which its business day begins (S9, C4, D8)."""

    name: str
    currency: str
    zone: str
    day_starts_hour: int = 0

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, field by field."""
        return (
            *line_problems("name", self.name, required=True),
            *currency_problems("currency", self.currency),
            *zone_problems("zone", self.zone),
            *number_problems("day_starts_hour", self.day_starts_hour, 0, LATEST_DAY_START),
        )


@dataclass(frozen=True, slots=True)
class TaxDraft:
    """The studio's one tax rate in thousandths of a percent (0: none), and whether prices include it (S2)."""

    name: str = ""
    rate_milli_percent: int = 0
    prices_include_tax: bool = True

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, field by field: a rate needs the name that receipts show."""
        return (
            *line_problems("name", self.name, TAX_NAME_LIMIT, required=bool(self.rate_milli_percent)),
            *number_problems("rate_milli_percent", self.rate_milli_percent, 0, money.WHOLE_MILLI_PERCENT),
        )


@dataclass(frozen=True, slots=True)
class ReceiptTextDraft:
    """What stands above and below every receipt (S10)."""

    header: str = ""
    footer: str = ""

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, field by field."""
        return (
            *lines_problems("header", self.header, RECEIPT_TEXT_LIMIT),
            *lines_problems("footer", self.footer, RECEIPT_TEXT_LIMIT),
        )


@dataclass(frozen=True, slots=True)
class DeskDraft:
    """A desk's name and the prefix of its receipt numbers, e.g. "D1" in D1-000042 (S1).

    The prefix is given once: numbers that were printed with it must keep their meaning.
    """

    name: str = ""
    prefix: str = ""

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, field by field."""
        return (
            *line_problems("name", self.name, DESK_NAME_LIMIT, required=True),
            *_prefix_problems("prefix", self.prefix),
        )


def currency_problems(field: str, value: object) -> Iterator[Problem]:
    """The problem of a currency that a studio cannot use."""
    if not value:
        yield Problem(field, "field.required")
    elif not isinstance(value, str) or value not in {one.code for one in money.currencies()}:
        yield Problem(field, "money.unknown_currency", {"currency": str(value)})


def zone_problems(field: str, value: object) -> Iterator[Problem]:
    """The problem of a time zone that a studio cannot use."""
    if not value:
        yield Problem(field, "field.required")
        return
    try:
        calendar.zone(value if isinstance(value, str) else str(value))
    except calendar.CalendarError as error:
        yield Problem(field, error.code, dict(error.params))


def _prefix_problems(field: str, value: object) -> Iterator[Problem]:
    if not isinstance(value, str) or not text.fold(value):
        yield Problem(field, "field.required")
    elif _PREFIX.fullmatch(value) is None:
        yield Problem(field, "desk.prefix_shape")
    elif value == RESERVED_PREFIX:
        yield Problem(field, "desk.prefix_taken", {"prefix": value})
