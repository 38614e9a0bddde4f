"""View of a client in a list: alone here, since every further class delays the first window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ClientFilter(StrEnum):
    """Which clients the list shows. Merged clients and undone imports are in none of them."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client in a list. ``credits`` are usable now, of everyone merged into them (C5, D4).

    ``next_expiry`` is the last local date of the credits that expire first, None if none do.
    """

    id: int
    name: str
    email: str
    phone: str
    member_code: str
    credits: int
    next_expiry: date | None
    alert: str = ""
    archived: bool = False
