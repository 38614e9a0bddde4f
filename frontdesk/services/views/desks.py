"""Views of a desk and of who may stand there: alone here, since the first window needs no other settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A desk; ``prefix`` begins its receipt numbers (S1)."""

    id: int
    name: str
    prefix: str


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A staff member by name."""

    id: int
    name: str
    archived: bool = False
