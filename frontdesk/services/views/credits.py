"""What screens show of a client's credits: the account, its lots, holds and freezes, as of now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from frontdesk.services.views.money import Money

#: A lot in one word: `held` is an unpaid checkout, a requested refund or a dispute (see `LotCard.holds`).
LotState = Literal["usable", "frozen", "held", "not_started", "expired", "used_up", "voided"]
LotKind = Literal["purchased", "bonus", "manual", "imported", "transferred"]
HoldKind = Literal["checkout", "refund", "dispute", "freeze"]
LotAction = Literal["visit", "take", "extend", "transfer"]
#: Why the big number is what it is: `usable` when it is not 0, else what stands in the way.
Standing = Literal["usable", "frozen", "held", "not_started", "expired", "used_up", "nothing_yet"]


@dataclass(frozen=True, slots=True)
class HoldView:
    """Credits set aside: ``credits`` None is all of the lot; ``last_day`` None has no end yet."""

    kind: HoldKind
    credits: int | None
    first_day: date
    last_day: date | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class LotSale:
    """The sale that the lot's credits come from, through transfers too."""

    sale_id: int
    sale_line_id: int
    receipt: str
    sold_at: datetime
    #: What was paid for the line, tax included; it covers the bonus too.
    paid: Money
    tenders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LotCard:
    """A lot with everything a card shows, as of now. ``last_day`` None never expires (C4).

    ``credits`` came in; they are now ``remaining`` (of which ``usable`` now, ``held`` set aside), ``used``,
    ``expired``, ``voided``, ``removed`` by adjustment or ``moved`` to another client.
    """

    lot_id: int
    client_id: int
    kind: LotKind
    title: str
    state: LotState
    credits: int
    remaining: int
    usable: int
    held: int
    used: int
    expired: int
    voided: int
    removed: int
    moved: int
    first_day: date
    last_day: date | None
    #: Days from today through the last day; negative when it is past, None for never.
    days_left: int | None
    #: The validity starts, and this last day moves, with the first class attended (P1).
    starts_at_first_class: bool
    #: Names of the class types it pays for, None for all.
    eligible: tuple[str, ...] | None
    holds: tuple[HoldView, ...]
    sale: LotSale | None
    #: The client it was transferred from.
    from_client: str | None
    granted_at: datetime
    actions: tuple[LotAction, ...]


@dataclass(frozen=True, slots=True)
class FreezeView:
    """A freeze that is in force or lies ahead; ``last_day`` None is open-ended."""

    freeze_id: int
    first_day: date
    last_day: date | None
    in_force: bool
    lots: int
    credits: int
    reason_code: str
    note: str


@dataclass(frozen=True, slots=True)
class NextToExpire:
    """The credits that go first: how many on which last day."""

    credits: int
    last_day: date
    days_left: int


@dataclass(frozen=True, slots=True)
class UnpaidVisit:
    """A class attended without credits, waiting to be settled (C12)."""

    visit_id: int
    class_at: datetime
    cost: int
    what: str


@dataclass(frozen=True, slots=True)
class CreditAccount:
    """A client's credits now; ``usable`` is the big number. ``lots`` in the order of use, spent ones last."""

    client_id: int
    usable: int
    standing: Standing
    next_to_expire: NextToExpire | None
    lots: tuple[LotCard, ...]
    freezes: tuple[FreezeView, ...]
    unpaid: tuple[UnpaidVisit, ...]

    @property
    def live_lots(self) -> tuple[LotCard, ...]:
        """Lots that still hold credits and have not run out."""
        return tuple(lot for lot in self.lots if lot.state in ("usable", "frozen", "held", "not_started"))

    @property
    def past_lots(self) -> tuple[LotCard, ...]:
        """Lots that are used up, expired or voided."""
        return tuple(lot for lot in self.lots if lot.state in ("used_up", "expired", "voided"))
