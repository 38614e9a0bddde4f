"""Draft of a staff member."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.errors import Problem
from frontdesk.services.drafts.checks import line_problems


@dataclass(frozen=True, slots=True)
class StaffDraft:
    """A staff member's name, as receipts and the ledger show it (C15)."""

    name: str = ""

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, field by field."""
        return tuple(line_problems("name", self.name, required=True))
