"""What disputes have taken of payments by Stripe, as the mirror has them: lost, or not decided yet (S8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models.money import split_by_largest_remainder
from frontdesk.models.refund_math import LineFacts, PaymentFacts
from frontdesk.models.sale import money_transaction
from frontdesk.models.sync import stripe_object, stripe_transaction
from frontdesk.services.sale_facts import SaleFacts
from frontdesk.services.stripe.amounts import from_stripe
from frontdesk.services.stripe.mirror import body_of
from frontdesk.services.stripe.wire import Body
from frontdesk.services.unit_of_work import Reading

#: How a dispute ended for the studio.
WON: Final = "won"
GONE: Final = "lost"
_FREED: Final = ("won", "warning_closed")
#: While the bank only asks, nothing is taken yet, and Stripe still refunds.
_INQUIRY: Final = "warning_"

_o = stripe_object.c

_MOVED_BY = sa.select(stripe_object.c.body).where(
    stripe_object.c.kind == "balance_transaction",
    stripe_object.c.source == sa.bindparam("dispute_id"),
    stripe_object.c.source != "",
)
# By the sale and its payment: by a kind SQLite would go through all disputes there ever were. What a refund
# is at Stripe is no payment of a dispute.
_DISPUTES: sa.Select[Any] = (
    sa.select(money_transaction.c.sale_id, money_transaction.c.id, money_transaction.c.amount, _o.body)
    .join(stripe_transaction, stripe_transaction.c.transaction_id == money_transaction.c.id)
    .join(stripe_object, stripe_object.c.payment_intent == stripe_transaction.c.stripe_id)
    .where(
        money_transaction.c.sale_id.in_(sa.bindparam("sale_ids", expanding=True)),
        _o.kind.concat("") == "dispute",
        stripe_object.c.payment_intent != "",
    )
)


@dataclass(frozen=True, slots=True)
class DisputedMoney:
    """Of one payment, in minor units: ``lost`` is gone, ``undecided`` with the bank until it has decided.

    While anything is undecided Stripe refunds nothing of the payment.
    """

    lost: int = 0
    undecided: int = 0

    def of(self, payment: PaymentFacts) -> PaymentFacts:
        """The payment without what cannot go back by it."""
        return replace(payment, taken=payment.received if self.undecided else self.lost)


def end_of(reading: Reading, body: Body) -> str:
    """How a dispute ended: won or lost for the studio; "" while it is open, which words of tomorrow are too.

    Prevented it counts as lost if Stripe's balance shows that the money went.
    """
    status = body.get("status")
    if status in _FREED:
        return WON
    if status == "prevented":
        return GONE if _money_went(reading, body) else WON
    return GONE if status == "lost" else ""


def disputed_money(reading: Reading, facts: SaleFacts) -> Mapping[int, DisputedMoney]:
    """What disputes have taken of the sale's payments, by payment; no others are named."""
    return _by_sale(reading, [facts.row.id]).get(facts.row.id, {})


def lost_money(reading: Reading, sale_ids: Iterable[int]) -> dict[int, int]:
    """What disputes have taken of these sales for good, in minor units; no others are named (S8)."""
    found = {
        sale_id: sum(one.lost for one in payments.values())
        for sale_id, payments in _by_sale(reading, sale_ids).items()
    }
    return {sale_id: lost for sale_id, lost in found.items() if lost}


def _by_sale(reading: Reading, sale_ids: Iterable[int]) -> dict[int, dict[int, DisputedMoney]]:
    found: dict[int, dict[int, DisputedMoney]] = defaultdict(dict)
    for row in reading.connection.execute(_DISPUTES, {"sale_ids": list(sale_ids)}).all():
        payments, body = found[row.sale_id], body_of(row.body)
        was, amount, end = payments.get(row.id, DisputedMoney()), amount_of(body), end_of(reading, body)
        if amount is None:
            # Set aside until it can be read; meanwhile none of the payment is given back.
            payments[row.id] = replace(was, undecided=was.undecided + row.amount)
        elif end == GONE:
            payments[row.id] = replace(was, lost=was.lost + amount)
        elif end == "" and not _is_refundable(body):
            payments[row.id] = replace(was, undecided=was.undecided + amount)
    return found


def amount_of(body: Body) -> int | None:
    """What is disputed, in minor units; None where Stripe's words for it cannot be read."""
    try:
        return from_stripe(body["amount"], body["currency"])
    except (KeyError, TypeError, AttributeError, Refused):
        return None


def payments_left(reading: Reading, facts: SaleFacts) -> tuple[PaymentFacts, ...]:
    """The sale's payments with what may still go back by each, now that disputes have taken their part."""
    taken = disputed_money(reading, facts)
    return tuple(taken.get(one.payment_id, DisputedMoney()).of(one) for one in facts.payment_facts)


def without_lost(lines: Sequence[LineFacts], lost: int) -> tuple[LineFacts, ...]:
    """The lines as if what disputes have taken had been refunded: as a refund would share it out (S5)."""
    if not lost:
        return tuple(lines)
    parts = over_lines(lost, lines)
    return tuple(replace(one, refunded=one.refunded + part) for one, part in zip(lines, parts, strict=True))


def over_lines(amount: int, lines: Sequence[LineFacts]) -> tuple[int, ...]:
    """An amount over the lines by what is left of each; by what each cost where refunds want all of it."""
    rests = [one.rest for one in lines]
    return split_by_largest_remainder(amount, rests if any(rests) else [one.received for one in lines])


def _is_refundable(body: Body) -> bool:
    told = body.get("is_charge_refundable")
    return bool(told) if told is not None else str(body.get("status")).startswith(_INQUIRY)


def _money_went(reading: Reading, body: Body) -> bool:
    """Whether the balance has lost money by the dispute that did not come back."""
    told = [one for one in body.get("balance_transactions") or () if isinstance(one, dict)]
    told += [
        body_of(text) for text in reading.connection.execute(_MOVED_BY, {"dispute_id": body["id"]}).scalars()
    ]
    moved = {one.get("id"): one.get("amount") or 0 for one in told}
    return sum(moved.values()) < 0
