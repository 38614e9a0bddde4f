"""What a refund of a sale line is worth, which credits it voids and by which payments it goes back (S5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from frontdesk.models.money import share_half_up

_NEVER: Final = datetime.max.replace(tzinfo=UTC)

# Electronic money first; among it, what this program can send back by itself before what staff must.
TENDERS_BY_PREFERENCE: Final = (
    "stripe_reader",
    "stripe_checkout",
    "external_card",
    "bank_transfer",
    "cash",
    "free",
)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What happened to one sale line, over its purchased and bonus lots together; money in minor units.

    `used` is redeemed less returned, `expired` is expired less reinstated, `voided` is voided less
    reinstated. `refunded` counts the refunds that were made and did not fail, `received` the money that
    came in for the line after its discount.
    """

    received: int
    purchased: int
    bonus: int = 0
    used: int = 0
    expired: int = 0
    adjusted_out: int = 0
    transferred_away: int = 0
    voided: int = 0
    refunded: int = 0

    def __post_init__(self) -> None:
        facts = (
            self.received, self.bonus, self.used, self.expired, self.adjusted_out, self.transferred_away,
            self.voided, self.refunded,
        )  # fmt: skip
        if self.purchased < 1 or min(facts) < 0:
            raise ValueError("a line has at least one credit, and nothing of it is negative")
        if self.left < 0:
            raise ValueError("more credits are gone than there were")

    @property
    def gone(self) -> int:
        """Credits that were used, expired, adjusted out or transferred away."""
        return self.used + self.expired + self.adjusted_out + self.transferred_away

    @property
    def unused(self) -> int:
        """Credits with a refund value. A bonus has none: all that is gone counts against the purchased."""
        return max(self.purchased - self.gone, 0)

    @property
    def left(self) -> int:
        """Credits that are still there to be voided, purchased and bonus together."""
        return self.purchased + self.bonus - self.gone - self.voided

    @property
    def suggested(self) -> int:
        """Received × unused ÷ purchased, half up, less the refunds before, at least 0 (minor units)."""
        return max(share_half_up(self.received, self.unused, self.purchased) - self.refunded, 0)

    @property
    def rest(self) -> int:
        """What may be refunded at most: what was received and not refunded yet, at least 0."""
        return max(self.received - self.refunded, 0)


def credits_to_void(line: LineFacts, amount: int) -> int:
    """How many credits a refund of `amount` voids, if staff don't change it (S5).

    The suggested or a larger amount voids all that are left, a smaller one its share of them, rounded up.
    """
    if amount < 0:
        raise ValueError("a refund is never negative")
    if amount >= line.suggested:
        return line.left
    return -(-line.left * amount // line.suggested)


def share_to_void(line: LineFacts, amount: int) -> int:
    """How many credits go for an `amount` beside which others went back or were lost, in any order (S7, S8).

    Counted from what there was before all of them; the caller takes no more than is left.
    """
    return credits_to_void(replace(line, voided=0, refunded=0), amount) if amount else 0


def standing(credits: int, amount: int, failed: int, requested: int) -> tuple[int, int]:
    """Of a refund's credits, how many are to be voided and how many set aside; money in minor units.

    Both follow from the sums of its parts alone, rounded so that nobody has a credit for money that did reach
    them, and so that all parts together void and give back every credit (S6). Without money all are voided.
    """
    if not amount:
        return credits, 0
    waiting = credits * (failed + requested) // amount
    return credits - waiting, waiting - credits * failed // amount


@dataclass(frozen=True, slots=True)
class VoidableLot:
    """A lot of the line as a void sees it; `available` is what remains in it."""

    lot_id: int
    available: int
    bonus: bool
    expires_at: datetime | None


def lots_to_void(lots: Iterable[VoidableLot], credits: int) -> tuple[tuple[int, int], ...]:
    """(lot id, credits) to void: bonus first, then the latest expiry (never is the latest), then the newest.

    Voiding what is left never fails: with less than `credits` there, all of it is voided.
    """
    if credits < 0:
        raise ValueError("a void is never negative")
    order = sorted(
        (lot for lot in lots if lot.available > 0),
        key=lambda lot: (lot.bonus, lot.expires_at or _NEVER, lot.lot_id),
        reverse=True,
    )
    voids: list[tuple[int, int]] = []
    for lot in order:
        taken = min(lot.available, credits)
        if taken:
            voids.append((lot.lot_id, taken))
            credits -= taken
    return tuple(voids)


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """One payment of the sale: what came in by it and what went back; minor units.

    `taken` cannot go back by it, because a dispute has it (S8).
    """

    payment_id: int
    tender: str
    received: int
    refunded: int = 0
    taken: int = 0

    @property
    def rest(self) -> int:
        """What may still go back by this payment."""
        return max(self.received - self.refunded - self.taken, 0)


def split_over_payments(amount: int, payments: Sequence[PaymentFacts]) -> tuple[tuple[int, int], ...]:
    """(payment id, amount) for each payment that the money goes back by, electronic first (S5).

    Among payments of one tender the latest comes first. Raises ValueError if the payments together have less
    left than `amount`.
    """
    if amount < 0:
        raise ValueError("a refund is never negative")
    if amount > sum(payment.rest for payment in payments):
        raise ValueError("more is to be refunded than the payments have left")
    shares: list[tuple[int, int]] = []
    for payment in sorted(payments, key=_preference):
        share = min(payment.rest, amount)
        if share:
            shares.append((payment.payment_id, share))
            amount -= share
    return tuple(shares)


def amounts_beside(amount: int, by_stripe: int, step: int, most: int) -> tuple[int, ...]:
    """The next amounts that can be refunded, up to `most`, if Stripe's share is no multiple of its `step`.

    Empty where it is one. Stripe counts tens of the smallest unit in currencies with three decimals (S9).
    """
    over = by_stripe % step
    below = amount - over
    return tuple(one for one in (below, below + step) if one <= most) if over else ()


def _preference(payment: PaymentFacts) -> tuple[int, int]:
    return TENDERS_BY_PREFERENCE.index(payment.tender), -payment.payment_id


def tax_in_refund(line_tax: int, received: int, refunded: int, tax_before: int) -> int:
    """The tax inside a refund, such that the refunds of a whole line together hold exactly its tax (S2).

    `refunded` is what went back of the line with this refund, `tax_before` the tax inside all before it.
    """
    if received == 0:
        return 0
    return max(share_half_up(line_tax, refunded, received) - tax_before, 0)
