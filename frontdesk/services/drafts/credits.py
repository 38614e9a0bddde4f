"""Drafts of what is done to a client's credits: adjust, extend, freeze, transfer, revive, visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from frontdesk.errors import Problem
from frontdesk.services.drafts.checks import line_problems, lines_problems, number_problems, order_problems

#: Why a person changes credits by hand (C10, C11). The last one says no more than its text does.
REASON_CODES: Final = (
    "goodwill",
    "correction",
    "first_visit",
    "event",
    "illness",
    "holiday",
    "closure",
    "other",
)
#: The reasons that a form offers for each act, in this order.
ADJUST_REASONS: Final = ("goodwill", "correction", "first_visit", "event", "other")
EXTEND_REASONS: Final = ("goodwill", "illness", "holiday", "closure", "correction", "other")
FREEZE_REASONS: Final = ("illness", "holiday", "closure", "goodwill", "other")
TRANSFER_REASONS: Final = ("goodwill", "correction", "other")

MOST_CREDITS: Final = 100_000
MOST_COST: Final = 1_000
#: How many days back a class may be that a visit is recorded for (C7).
VISIT_DAYS_BACK: Final = 7
REASON_TEXT_LIMIT: Final = 500
MOST_DAYS: Final = 3_660


@dataclass(frozen=True, slots=True)
class AdjustDraft:
    """Plus or minus ``change`` credits with a reason (C10).

    Plus makes a lot of its own called ``title``, usable through ``last_day`` (None: never expires) for the
    class types in ``eligible`` (None: all). Minus takes from ``lot_id``, or in the order of use (None).
    """

    client_id: int
    change: int
    reason_code: str
    note: str
    title: str = ""
    last_day: date | None = None
    eligible: tuple[int, ...] | None = None
    lot_id: int | None = None

    def problems(self) -> tuple[Problem, ...]:
        """What has to be put right first, by field."""
        size = abs(self.change) if type(self.change) is int else self.change
        found = [*number_problems("change", size, 1, MOST_CREDITS)]
        if self.eligible is not None and not self.eligible:
            found.append(Problem("eligible", "credits.no_class_types"))
        return (*found, *_reason(self.reason_code, self.note), *line_problems("title", self.title))


@dataclass(frozen=True, slots=True)
class ExtendDraft:
    """Another last day of use for one lot, later or earlier, None for never; also after it expired (C11)."""

    lot_id: int
    last_day: date | None
    reason_code: str
    note: str

    def problems(self) -> tuple[Problem, ...]:
        """What has to be put right first, by field."""
        return _reason(self.reason_code, self.note)


@dataclass(frozen=True, slots=True)
class BulkExtendDraft:
    """So many days more for every active lot that fits, as for a holiday (C11).

    A lot fits if its last day lies from ``expiring_from`` through ``expiring_through``, it was sold as the
    package, and it may be used for the class type; a filter that is None lets all pass.
    """

    days: int
    reason_code: str
    note: str
    expiring_from: date | None = None
    expiring_through: date | None = None
    package_id: int | None = None
    class_type_id: int | None = None

    def problems(self) -> tuple[Problem, ...]:
        """What has to be put right first, by field."""
        return (
            *number_problems("days", self.days, 1, MOST_DAYS),
            *_reason(self.reason_code, self.note),
            *order_problems("expiring_through", self.expiring_from, self.expiring_through),
        )


@dataclass(frozen=True, slots=True)
class FreezeDraft:
    """Sets a client's lots aside, from ``first_day`` (None: now) through ``last_day`` (None: open) (C11)."""

    client_id: int
    reason_code: str
    note: str
    first_day: date | None = None
    last_day: date | None = None

    def problems(self) -> tuple[Problem, ...]:
        """What has to be put right first, by field."""
        return (
            *_reason(self.reason_code, self.note),
            *order_problems("last_day", self.first_day, self.last_day),
        )


@dataclass(frozen=True, slots=True)
class EndFreezeDraft:
    """Ends a freeze now, or cancels one that lies ahead; ``freeze_id`` is the FreezeView's."""

    client_id: int
    freeze_id: int
    note: str = ""

    def problems(self) -> tuple[Problem, ...]:
        """What has to be put right first, by field."""
        return tuple(lines_problems("note", self.note, REASON_TEXT_LIMIT))


@dataclass(frozen=True, slots=True)
class TransferDraft:
    """``credits`` of a lot (None: all that is left) to another client, under the same terms (C11)."""

    lot_id: int
    to_client_id: int
    reason_code: str
    note: str
    credits: int | None = None

    def problems(self) -> tuple[Problem, ...]:
        """What has to be put right first, by field."""
        found = [*_reason(self.reason_code, self.note)]
        if self.credits is not None:
            found += number_problems("credits", self.credits, 1, MOST_CREDITS)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class ReviveDraft:
    """What an undone visit gave back to expired lots is usable for ``days`` more days after today (C9).

    ``undo_op_id`` is the ``op_id`` of the UndoneVisit or of the statement's line.
    """

    undo_op_id: int
    days: int
    reason_code: str
    note: str

    def problems(self) -> tuple[Problem, ...]:
        """What has to be put right first, by field."""
        return (*number_problems("days", self.days, 1, MOST_DAYS), *_reason(self.reason_code, self.note))


@dataclass(frozen=True, slots=True)
class VisitDraft:
    """A class attended: ``credits`` for a class type or for what ``title`` says, at ``class_at`` (UTC).

    ``lot_id`` is the lot that staff picked. ``when_short`` says what to do if the credits do not suffice:
    refuse, or record an unpaid visit (C7, C12).
    """

    client_id: int
    credits: int
    class_at: datetime
    class_type_id: int | None = None
    title: str = ""
    lot_id: int | None = None
    when_short: Literal["refuse", "unpaid"] = "refuse"

    def problems(self) -> tuple[Problem, ...]:
        """What has to be put right first, by field. A visit that costs nothing needs no credits (C13)."""
        found = [*line_problems("title", self.title)]
        if self.class_type_id is None and not self.title.strip():
            found.append(Problem("title", "field.required"))
        return (*found, *number_problems("credits", self.credits, 0, MOST_COST))


@dataclass(frozen=True, slots=True)
class UndoVisitDraft:
    """A visit recorded by mistake: its credits go back to the very lots they came from (C9)."""

    visit_id: int
    note: str = ""

    def problems(self) -> tuple[Problem, ...]:
        """What has to be put right first, by field."""
        return tuple(lines_problems("note", self.note, REASON_TEXT_LIMIT))


def _reason(code: str, note: str) -> tuple[Problem, ...]:
    found = [] if code in REASON_CODES else [Problem("reason_code", "credits.reason_missing")]
    if not note.strip():
        return (*found, Problem("note", "credits.reason_text_missing"))
    return (*found, *lines_problems("note", note, REASON_TEXT_LIMIT))
