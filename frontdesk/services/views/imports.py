"""Views of imports: what a file would do and did, row by row, and what taking it back left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from frontdesk.errors import Problem

Action = Literal["created", "matched", "left_out"]


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What a row would do: make a client, go to one who is there (``client_id``), or nothing.

    ``problems`` are those of the file and those that the studio's own clients add. ``further`` rows bring one
    more pack of the person of an earlier row.
    """

    number: int
    action: Action
    name: str
    client_id: int | None
    credits: int
    problems: tuple[Problem, ...]
    further: bool = False


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A dry run against the studio's clients; ``imported_before`` is when the same file came in."""

    rows: tuple[RowPlan, ...]
    created: int
    matched: int
    left_out: int
    packs: int
    credits: int
    imported_before: datetime | None


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; ``batch_id`` takes it back."""

    batch_id: int
    created: int
    matched: int
    left_out: int
    packs: int
    credits: int


@dataclass(frozen=True, slots=True)
class ImportBatch:
    """An import in the list of them; ``undone_at`` where it was taken back, with how many rows stayed."""

    id: int
    file_name: str
    imported_at: datetime
    staff_name: str
    created: int
    matched: int
    left_out: int
    packs: int
    credits: int
    undone_at: datetime | None
    kept: int


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row that taking the import back left as it is, and why: used, edited, merged."""

    number: int
    client_id: int
    why: str


@dataclass(frozen=True, slots=True)
class ImportUndone:
    """What taking an import back did: clients hidden, credits voided, and the rows acted on since."""

    hidden: int
    voided: int
    kept: tuple[KeptRow, ...]
