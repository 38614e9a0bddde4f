"""Draft of a client's card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from frontdesk.errors import Problem
from frontdesk.models import text
from frontdesk.services.drafts.checks import line_problems, lines_problems

EARLIEST_BIRTHDAY: Final = date(1900, 1, 1)
FEWEST_PHONE_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class ClientDraft:
    """What stands on a client's card (D1). Only the name is needed; ``birthday`` is a calendar date."""

    name: str = ""
    email: str = ""
    phone: str = ""
    birthday: date | None = None
    notes: str = ""
    #: Shown when the client checks in.
    alert: str = ""
    #: What the client's barcode says; empty for none.
    member_code: str = ""

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, field by field (A5, P6). A birthday in the future is found by the service."""
        return (
            *line_problems("name", self.name, required=True),
            *_email_problems("email", self.email),
            *_phone_problems("phone", self.phone),
            *_birthday_problems("birthday", self.birthday),
            *lines_problems("notes", self.notes),
            *line_problems("alert", self.alert, text.LINE_LIMIT),
            *_code_problems("member_code", self.member_code),
        )


def _email_problems(field: str, value: str) -> Iterator[Problem]:
    found = list(line_problems(field, value, text.EMAIL_LIMIT))
    yield from found
    if not found and text.tidy(value, text.EMAIL_LIMIT) and not text.is_plausible_email(value.strip()):
        yield Problem(field, "client.email_shape")


def _phone_problems(field: str, value: str) -> Iterator[Problem]:
    found = list(line_problems(field, value, text.PHONE_LIMIT, phone=True))
    yield from found
    if not found and value.strip() and len(text.digits(value)) < FEWEST_PHONE_DIGITS:
        yield Problem(field, "client.phone_shape")


def _birthday_problems(field: str, value: object) -> Iterator[Problem]:
    if value is None:
        return
    if type(value) is not date:
        yield Problem(field, "field.not_a_date", {"text": str(value), "example": EARLIEST_BIRTHDAY})
    elif value < EARLIEST_BIRTHDAY:
        yield Problem(field, "field.date_too_early", {"earliest": EARLIEST_BIRTHDAY})


def _code_problems(field: str, value: str) -> Iterator[Problem]:
    found = list(line_problems(field, value, text.CODE_LIMIT))
    yield from found
    if not found and " " in value.strip():
        yield Problem(field, "client.code_shape")
