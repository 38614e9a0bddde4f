"""Checks that drafts share: one for each kind of field, giving the problems to show beside it (P6, A5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from frontdesk.errors import InvalidDraft, Problem
from frontdesk.models import text as texts
from frontdesk.models.money import MAX_AMOUNT, Money

#: The smallest and largest whole number that the database's INTEGER takes.
INTEGER_MOST = 2**31 - 1


def refuse(problems: Iterable[Problem]) -> None:
    """Raise InvalidDraft with all the problems, if there are any."""
    found = tuple(problems)
    if found:
        raise InvalidDraft(found)


def line_problems(
    field: str, value: object, limit: int = texts.NAME_LIMIT, *, required: bool = False, phone: bool = False
) -> Iterator[Problem]:
    """Problems of a one-line text: empty, over-long, unprintable, or with a card number in it."""
    yield from _text_problems(field, value, limit, required, phone, lines=False)


def lines_problems(
    field: str, value: object, limit: int = texts.NOTES_LIMIT, *, required: bool = False
) -> Iterator[Problem]:
    """As ``line_problems`` for a text of several lines."""
    yield from _text_problems(field, value, limit, required, phone=False, lines=True)


def _text_problems(
    field: str, value: object, limit: int, required: bool, phone: bool, lines: bool
) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield Problem(field, "field.not_text")
        return
    try:
        tidied = texts.tidy_lines(value, limit) if lines else texts.tidy(value, limit)
    except texts.TextError as error:
        code = "field.too_long" if error.code == "text.too_long" else error.code
        yield Problem(field, code, dict(error.params))
        return
    # A name of joiners and marks alone would be invisible in every list.
    if required and not texts.fold(tidied):
        yield Problem(field, "field.required")
    if texts.looks_like_card_number(tidied, phone=phone):
        yield Problem(field, "field.card_number")


def number_problems(
    field: str, value: object, least: int, most: int = INTEGER_MOST, *, required: bool = True
) -> Iterator[Problem]:
    """Problems of a whole number: missing, not a number, too small, too large."""
    if value is None:
        if required:
            yield Problem(field, "field.required")
    elif not isinstance(value, int) or isinstance(value, bool):
        yield Problem(field, "field.not_a_number", {"text": str(value)})
    elif value < least:
        yield Problem(field, "field.too_small", {"least": least})
    elif value > most:
        yield Problem(field, "field.too_large", {"most": most})


def amount_problems(field: str, value: object, least: int) -> Iterator[Problem]:
    """Problems of an amount of money of at least ``least`` minor units."""
    if value is None:
        yield Problem(field, "field.required")
    elif not isinstance(value, Money) or not isinstance(value.amount, int):
        yield Problem(field, "field.not_a_number", {"text": str(value)})
    elif value.amount < least:
        yield Problem(field, "field.too_small", {"least": Money(least, value.currency)})
    elif value.amount > MAX_AMOUNT:
        yield Problem(field, "field.too_large", {"most": Money(MAX_AMOUNT, value.currency)})


def order_problems(field: str, first: date | None, last: date | None) -> Iterator[Problem]:
    """The problem of a last day before the first one; either may be left open."""
    if first is not None and last is not None and last < first:
        yield Problem(field, "field.date_too_early", {"earliest": first})


def choice_problems(field: str, value: object, choices: tuple[str, ...]) -> Iterator[Problem]:
    """The problem of a value that is none of the choices."""
    if value not in choices:
        yield Problem(field, "field.not_a_choice", {"text": str(value)})
