"""Draft of a class type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from frontdesk.errors import Problem
from frontdesk.services.drafts.checks import choice_problems, line_problems, number_problems

#: Names of colour tokens; the theme gives each its light and its dark value.
COLOURS: Final = ("teal", "blue", "indigo", "violet", "pink", "red", "orange", "yellow", "green", "grey")
MOST_CREDITS: Final = 100


@dataclass(frozen=True, slots=True)
class ClassTypeDraft:
    """What is taught: its name, the credits a booking costs (0: a free class) and its colour (C13)."""

    name: str = ""
    cost: int | None = 1
    colour: str = "teal"

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, field by field."""
        return (
            *line_problems("name", self.name, required=True),
            *number_problems("cost", self.cost, 0, MOST_CREDITS),
            *choice_problems("colour", self.colour, COLOURS),
        )
