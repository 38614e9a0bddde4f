"""What screens show of credits: the account and its lots, the statement, and acts before the fact."""

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
Why = Literal[
    "picked",
    "expires_first",
    "narrower",
    "complimentary",
    "oldest",
    "first_recorded",
    "last_left",
    "only_one",
]
WhyNot = Literal["not_eligible", "not_started", "expired", "held", "used_up", "not_there"]


# --- The account ------------------------------------------------------------------------------------


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


# --- The statement ----------------------------------------------------------------------------------


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


LineAction = Literal["undo_visit", "change_lot", "revive"]


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
    #: A freeze's days; ``hold_last_day`` None is open-ended.
    hold_kind: HoldKind | None = None
    hold_first_day: date | None = None
    hold_last_day: date | None = None
    #: Credits that went back to lots that had run out, and were not revived yet (C9).
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


# --- Visits -----------------------------------------------------------------------------------------


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


# --- Adjust, extend, freeze, transfer, revive -------------------------------------------------------


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
