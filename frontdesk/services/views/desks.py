"""Views of a desk and of who may stand there: alone here, since the first window needs no other settings."""

from __future__ import annotations

from typing import NamedTuple


class DeskRow(NamedTuple):
    """A desk; ``prefix`` begins its receipt numbers (S1)."""

    id: int
    name: str
    prefix: str


class StaffRow(NamedTuple):
    """A staff member by name."""

    id: int
    name: str
    archived: bool = False
