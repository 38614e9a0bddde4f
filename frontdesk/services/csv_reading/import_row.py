"""One row of an import as a dry run shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from frontdesk.errors import Problem

# A row with one of these is not imported; any other problem costs at most the field it names.
BLOCKING: Final = frozenset(
    {
        "imports.nobody",
        "imports.card_number",
        "imports.totals_row",
        "imports.repeated_header",
        "imports.repeated_row",
        "imports.duplicate_row",
        "imports.too_many_columns",
        "imports.quote_not_closed",
        "imports.field_too_large",
    }
)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of the file as it would be imported; `number` is its row in a spreadsheet, from 1.

    `digits` are those of the phone. `pack_credits` is what is left in the pack, None without a pack; a pack
    without `pack_expires` never expires. `same_as` is the number of an earlier row about the same person,
    whose client this row's pack goes to.
    """

    number: int
    name: str = ""
    email: str = ""
    phone: str = ""
    digits: str = ""
    birthday: date | None = None
    notes: str = ""
    member_code: str = ""
    pack_name: str = ""
    pack_credits: int | None = None
    pack_expires: date | None = None
    problems: tuple[Problem, ...] = ()
    same_as: int | None = None

    @property
    def is_importable(self) -> bool:
        """Whether the row brings a client or a pack in."""
        return not any(problem.code in BLOCKING for problem in self.problems)
