"""Which credit lots pay for a class, in which order, and why (C6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

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

_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_ALL_CLASS_TYPES: Final = 1 << 60


@dataclass(frozen=True, slots=True)
class UsableLot:
    """What the order of use needs to know of a lot.

    `available` is what remains and is not held, `held` what a freeze, dispute, unpaid checkout or requested
    refund sets aside. The lot may be used in [effective_at, expires_at), for the class types in `eligible`
    (None: for all). A transferred lot is complimentary if its root was, an imported one never is.
    """

    lot_id: int
    available: int
    effective_at: datetime
    expires_at: datetime | None = None
    complimentary: bool = False
    eligible: frozenset[int] | None = None
    held: int = 0


@dataclass(frozen=True, slots=True)
class Take:
    """So many credits from one lot, and why this lot came before the next one that could have paid."""

    lot_id: int
    credits: int
    why: Why


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A lot that could not pay, and why not; `credits` is what it holds all the same."""

    lot_id: int
    credits: int
    why_not: WhyNot


@dataclass(frozen=True, slots=True)
class Shortage:
    """The lots together hold less than the cost, so nothing is taken (all or nothing)."""

    cost: int
    usable: int
    passed_over: tuple[PassedOver, ...]


def choose(
    lots: Iterable[UsableLot],
    cost: int,
    *,
    class_at: datetime,
    class_type_id: int | None = None,
    picked_lot_id: int | None = None,
    settling: bool = False,
) -> tuple[Take, ...] | Shortage | PassedOver:
    """Takes `cost` credits for a class at `class_at` from the lots, one Take for each lot (C6).

    Earliest expiry first and never-expiring last, then the narrower eligibility, then complimentary before
    purchased, then the oldest, then the lowest id. A lot that staff picked comes before all others; if it
    cannot pay at all, it is returned as PassedOver. Without a `class_type_id` (an adjustment, C10) every lot
    is eligible. `settling` an unpaid visit lets a lot pay that was bought after the class. A cost of 0 takes
    nothing. Raises ValueError for a negative cost.
    """
    if cost < 0:
        raise ValueError("a cost is never negative")
    able: list[UsableLot] = []
    passed_over: list[PassedOver] = []
    for lot in lots:
        why_not = _why_not(lot, class_at, class_type_id, settling)
        if why_not is None:
            able.append(lot)
        else:
            passed_over.append(PassedOver(lot.lot_id, max(lot.available, 0) + lot.held, why_not))
    able.sort(key=_rank)
    if picked_lot_id is not None:
        refused = _pick(able, passed_over, picked_lot_id)
        if refused is not None:
            return refused
    usable = sum(lot.available for lot in able)
    if usable < cost:
        return Shortage(cost, usable, tuple(passed_over))
    return _take(able, cost, picked_lot_id)


def in_order(lots: Iterable[UsableLot]) -> tuple[UsableLot, ...]:
    """The lots as they would be used up, whatever the class: for lists and for choosing another lot."""
    return tuple(sorted(lots, key=_rank))


def _why_not(lot: UsableLot, class_at: datetime, class_type_id: int | None, settling: bool) -> WhyNot | None:
    if lot.available <= 0:
        return "held" if lot.held > 0 else "used_up"
    if class_type_id is not None and lot.eligible is not None and class_type_id not in lot.eligible:
        return "not_eligible"
    if lot.expires_at is not None and class_at >= lot.expires_at:
        return "expired"
    if class_at < lot.effective_at and not settling:
        return "not_started"
    return None


def _breadth(lot: UsableLot) -> int:
    return _ALL_CLASS_TYPES if lot.eligible is None else len(lot.eligible)


def _rank(lot: UsableLot) -> tuple[datetime, int, bool, datetime, int]:
    return (lot.expires_at or _NEVER, _breadth(lot), not lot.complimentary, lot.effective_at, lot.lot_id)


def _pick(able: list[UsableLot], passed_over: list[PassedOver], lot_id: int) -> PassedOver | None:
    """Moves the picked lot to the front; returns why that cannot be, if it cannot."""
    for place, lot in enumerate(able):
        if lot.lot_id == lot_id:
            able.insert(0, able.pop(place))
            return None
    return next((each for each in passed_over if each.lot_id == lot_id), PassedOver(lot_id, 0, "not_there"))


def _take(able: list[UsableLot], cost: int, picked_lot_id: int | None) -> tuple[Take, ...]:
    takes: list[Take] = []
    for place, lot in enumerate(able):
        if cost == 0:
            break
        credits = min(cost, lot.available)
        cost -= credits
        why: Why = "picked" if lot.lot_id == picked_lot_id else _why(able, place)
        takes.append(Take(lot.lot_id, credits, why))
    return tuple(takes)


_REASONS: Final[tuple[Why, ...]] = ("expires_first", "narrower", "complimentary", "oldest", "first_recorded")


def _why(able: list[UsableLot], place: int) -> Why:
    """The first rule that puts the lot before the next one."""
    if place + 1 == len(able):
        return "only_one" if len(able) == 1 else "last_left"
    mine, others = _rank(able[place]), _rank(able[place + 1])
    return next(reason for reason, own, other in zip(_REASONS, mine, others, strict=True) if own != other)
