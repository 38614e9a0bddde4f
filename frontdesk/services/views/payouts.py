"""Views of what Stripe sends to the bank: the list of payouts, and one with its transactions (Y6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from frontdesk.models.money import Money

#: itemised: its transactions are here. waiting: Stripe has not put them together, or they were not read yet.
#: never: it was made by hand or at once, and Stripe does not say which transactions it holds.
Itemised = Literal["itemised", "waiting", "never"]


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """A payout. ``status`` is Stripe's word: pending, in_transit, paid, failed, canceled; others may come.

    ``amount`` is negative where Stripe collected from the bank. ``arrives`` is the day at the bank.
    """

    id: str
    amount: Money
    status: str
    arrives: date
    created: datetime
    automatic: bool
    itemised: Itemised

    @property
    def on_its_way(self) -> bool:
        """Whether the bank does not have it yet."""
        return self.status in ("pending", "in_transit")


@dataclass(frozen=True, slots=True)
class PayoutPage:
    """A page of payouts, the newest first; ``more`` tells whether there are older ones."""

    rows: tuple[PayoutRow, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """What Stripe has sent and the bank does not have yet. ``next_day`` is when the first of it arrives."""

    count: int
    amount: Money
    next_day: date | None


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """A balance transaction of a payout: ``gross`` less ``fee`` is ``net``.

    ``category`` is Stripe's reporting category: charge, refund, dispute, fee and others. ``client``,
    ``receipt``, ``what`` (the sale's packages) and ``transaction_id`` are those of the books; "" and None
    where it is none of theirs.
    """

    id: str
    at: datetime
    category: str
    gross: Money
    fee: Money
    net: Money
    client: str
    receipt: str
    what: str
    transaction_id: int | None
    description: str


@dataclass(frozen=True, slots=True)
class PayoutSum:
    """What the transactions of one reporting category come to."""

    category: str
    count: int
    gross: Money
    fee: Money
    net: Money


@dataclass(frozen=True, slots=True)
class PayoutDetail:
    """A payout with its transactions, the oldest first, and their sums, the largest category first.

    ``failure`` is what Stripe says about a payout that did not arrive. ``all`` sums up every line.
    """

    row: PayoutRow
    lines: tuple[PayoutLine, ...]
    sums: tuple[PayoutSum, ...]
    all: PayoutSum
    failure: str
    by_hand: bool

    @property
    def adds_up(self) -> bool:
        """Whether the transactions come to what was paid out."""
        return self.all.net == self.row.amount
