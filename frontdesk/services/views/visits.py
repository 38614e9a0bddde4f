"""What screens show of a visit: which lots pay for it and why, before and after it is recorded (C6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from frontdesk.models.order_of_use import Why, WhyNot
from frontdesk.services.views.credits import LotKind


@dataclass(frozen=True, slots=True)
class TakeView:
    """So many credits from a lot, and why it comes before the next one that could pay (C6)."""

    lot_id: int
    title: str
    kind: LotKind
    credits: int
    last_day: date | None
    why: Why


@dataclass(frozen=True, slots=True)
class PayingLot:
    """A lot that could pay, for picking another; ``available`` credits."""

    lot_id: int
    title: str
    kind: LotKind
    available: int
    last_day: date | None


@dataclass(frozen=True, slots=True)
class PassedOverLot:
    """A lot that cannot pay, and why not."""

    lot_id: int
    title: str
    credits: int
    why_not: WhyNot
    last_day: date | None


@dataclass(frozen=True, slots=True)
class VisitPreview:
    """Which lots will pay for a visit, before it is recorded (C6).

    ``enough`` False: nothing would be taken; ``refusal`` is the message's code, with ``refusal_params``.
    """

    cost: int
    enough: bool
    usable: int
    #: Credits usable for the class after the visit.
    left_after: int
    takes: tuple[TakeView, ...]
    choices: tuple[PayingLot, ...]
    passed_over: tuple[PassedOverLot, ...]
    refusal: str | None = None
    refusal_params: tuple[tuple[str, int | str | date | datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedVisit:
    """The visit as written. ``paid`` False is an unpaid visit (C12). ``usable`` is the balance after it."""

    visit_id: int
    paid: bool
    cost: int
    takes: tuple[TakeView, ...]
    usable: int


@dataclass(frozen=True, slots=True)
class UndoneVisit:
    """A visit taken back. ``revivable`` of the ``returned`` credits went to lots that had run out (C9)."""

    visit_id: int
    #: For `ReviveDraft.undo_op_id`.
    op_id: int
    returned: int
    revivable: int
    usable: int


@dataclass(frozen=True, slots=True)
class SettledVisit:
    """An unpaid visit that credits have now paid for."""

    visit_id: int
    class_at: datetime
    cost: int
    what: str
