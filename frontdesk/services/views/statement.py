"""What screens show of the ledger: its lines, a page at a time, and what can be done with each (C15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from frontdesk.services.views.credits import HoldKind, LotKind

LineAction = Literal["undo_visit", "change_lot", "revive"]


@dataclass(frozen=True, slots=True)
class LineLot:
    """What a line did to one lot. ``change`` is signed, 0 for holds and terms alone.

    ``last_day`` is the lot's last day after the line; ``last_day_before`` what it was, where the line moved
    it (``moved_expiry``). None is never.
    """

    lot_id: int
    title: str
    kind: LotKind
    change: int
    types: tuple[str, ...]
    last_day: date | None
    last_day_before: date | None = None
    moved_expiry: bool = False


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One act on the credits, from which `frontdesk.messages.sentences.sentence` makes a sentence (C15).

    ``change`` is None for a line without one (a hold, a term). ``balance`` is the sum of all entries so far.
    ``at`` is when it counts, ``recorded_at`` when it was written down.
    """

    op_id: int
    kind: str
    at: datetime
    recorded_at: datetime
    #: None for what nobody did, such as an expiry.
    staff: str | None
    change: int | None
    balance: int
    lots: tuple[LineLot, ...]
    #: Class type or free text of the visit that the line is about, also where it undoes or settles it.
    what: str = ""
    class_at: datetime | None = None
    cost: int | None = None
    visit_id: int | None = None
    reason_code: str | None = None
    note: str = ""
    #: The other client of a transfer.
    peer: str | None = None
    #: Number of the sale's or the refund's receipt.
    receipt: str | None = None
    sale_id: int | None = None
    refund_id: int | None = None
    #: Whether the refund took the whole sale back as one made by mistake.
    voids_sale: bool = False
    #: A freeze's days; ``hold_last_day`` None is open-ended.
    hold_kind: HoldKind | None = None
    hold_first_day: date | None = None
    hold_last_day: date | None = None
    #: How many credits were set aside or let go, where that is counted (a refund) and not whole lots.
    hold_credits: int | None = None
    #: Credits of an undone visit that went back to lots that had run out, and can still be revived (C9).
    revivable: int = 0
    actions: tuple[LineAction, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementKey:
    """Where a page ends; the next one begins below it."""

    at: datetime
    op_id: int


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Lines, the newest first. ``next`` is None on the last page."""

    lines: tuple[StatementLine, ...]
    next: StatementKey | None
