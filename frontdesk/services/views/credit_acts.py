"""What adjusting, extending, freezing, transferring and reviving would do, and what they did (C10, C11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from frontdesk.services.views.visits import TakeView


@dataclass(frozen=True, slots=True)
class AdjustPreview:
    """What a minus would take, lot by lot, and the balance after it; ``enough`` False takes nothing."""

    enough: bool
    usable: int
    usable_after: int
    takes: tuple[TakeView, ...]


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The adjustment as written; ``lot_id`` is the new lot of a plus."""

    op_id: int
    change: int
    lot_id: int | None
    usable: int


@dataclass(frozen=True, slots=True)
class Extended:
    """A lot's expiry as it is now; ``reinstated`` credits had expired and are usable again."""

    lot_id: int
    last_day_before: date | None
    last_day: date | None
    reinstated: int
    usable: int


@dataclass(frozen=True, slots=True)
class BulkExtendRow:
    """One lot of a bulk extension's preview."""

    lot_id: int
    client_id: int
    client: str
    title: str
    remaining: int
    last_day: date
    new_last_day: date


@dataclass(frozen=True, slots=True)
class BulkExtendPreview:
    """Counts over all lots that fit; ``rows`` are the first of them, earliest last day first."""

    lots: int
    clients: int
    credits: int
    rows: tuple[BulkExtendRow, ...]


@dataclass(frozen=True, slots=True)
class BulkExtended:
    """A bulk extension as written; ``batch`` is what undo wants."""

    batch: str
    lots: int
    clients: int
    credits: int


@dataclass(frozen=True, slots=True)
class BulkExtension:
    """A bulk extension made earlier, for the list from which it can be undone."""

    batch: str
    at: datetime
    staff: str
    reason_code: str
    note: str
    lots: int
    clients: int
    undone: bool


@dataclass(frozen=True, slots=True)
class KeptLot:
    """A lot that undoing left as it is: its expiry was changed since, or used since (``why``)."""

    lot_id: int
    client_id: int
    client: str
    title: str
    last_day: date | None
    why: Literal["changed_since", "used_since"]


@dataclass(frozen=True, slots=True)
class BulkUndone:
    """What undoing a bulk extension took back, and the lots it left alone."""

    lots: int
    kept: tuple[KeptLot, ...]


@dataclass(frozen=True, slots=True)
class FrozenLot:
    """What a freeze does to one lot's last day; None is never, or not known until the freeze ends."""

    lot_id: int
    title: str
    credits: int
    last_day: date | None
    new_last_day: date | None


@dataclass(frozen=True, slots=True)
class FreezePreview:
    """What a freeze would do; ``days`` is None for an open-ended one."""

    days: int | None
    lots: tuple[FrozenLot, ...]


@dataclass(frozen=True, slots=True)
class Frozen:
    """The freeze as written; ``usable`` is the balance now (0 once it is in force)."""

    freeze_id: int
    days: int | None
    lots: tuple[FrozenLot, ...]
    usable: int


@dataclass(frozen=True, slots=True)
class Unfrozen:
    """A freeze ended or cancelled: ``days`` it was really in force, and the lots' last days now."""

    days: int
    lots: tuple[FrozenLot, ...]
    usable: int


@dataclass(frozen=True, slots=True)
class Transferred:
    """A transfer as written: ``usable`` of the giver, ``peer_usable`` of the other client now."""

    lot_id: int
    credits: int
    usable: int
    peer_usable: int


@dataclass(frozen=True, slots=True)
class Revived:
    """Credits usable again through ``last_day``."""

    credits: int
    last_day: date
    usable: int
