"""The tax inside each refund of a sale line, as its receipt was printed when it was made (S2, S10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from frontdesk.models.money import share_half_up, split_by_largest_remainder
from frontdesk.models.refund_math import tax_in_refund
from frontdesk.models.sale import VOID_STATUSES, money_transaction, transaction_state
from frontdesk.services.sale_facts import RefundFacts, SaleFacts
from frontdesk.services.unit_of_work import Reading

_FAILED = (
    sa.select(transaction_state.c.transaction_id, transaction_state.c.recorded_at)
    .join(money_transaction, money_transaction.c.id == transaction_state.c.transaction_id)
    .where(
        money_transaction.c.sale_id == sa.bindparam("sale_id"), transaction_state.c.status.in_(VOID_STATUSES)
    )
    .order_by(transaction_state.c.id.desc())
)


def refund_taxes(reading: Reading, facts: SaleFacts, refund_id: int) -> dict[int, int]:
    """The tax in a refund by sale line, in minor units.

    What failed after the refund was made does not change what its receipt says. The refunds of a whole line
    that did not fail hold exactly its tax together.
    """
    rows = reading.connection.execute(_FAILED, {"sale_id": facts.row.id})
    failed_at = {row.transaction_id: row.recorded_at for row in rows}
    taxes: dict[int, dict[int, int]] = {}
    for place, made in enumerate(facts.refunds):
        taxes[made.row.id] = _taxes(facts, made, facts.refunds[:place], taxes, failed_at)
        if made.row.id == refund_id:
            break
    return taxes[refund_id]


def _taxes(
    facts: SaleFacts,
    made: RefundFacts,
    earlier: tuple[RefundFacts, ...],
    taxes: Mapping[int, Mapping[int, int]],
    failed_at: Mapping[int, datetime],
) -> dict[int, int]:
    refunded: dict[int, int] = {}
    held: dict[int, int] = {}
    for one in earlier:
        for line_id, (amount, live) in _live_at(one, made.row.requested_at, failed_at).items():
            refunded[line_id] = refunded.get(line_id, 0) + live
            share = share_half_up(taxes[one.row.id][line_id], live, amount) if amount else 0
            held[line_id] = held.get(line_id, 0) + share
    found = {}
    for line in made.lines:
        sold, line_id = facts.line(line.sale_line_id).row, line.sale_line_id
        so_far = refunded.get(line_id, 0) + line.amount
        found[line_id] = tax_in_refund(sold.tax, sold.total, so_far, held.get(line_id, 0))
    return found


def _live_at(
    made: RefundFacts, at: datetime, failed_at: Mapping[int, datetime]
) -> dict[int, tuple[int, int]]:
    """By sale line, the refund's amount and what of it had not failed until then."""
    failed = -sum(part.amount for part in made.parts if part.id in failed_at and failed_at[part.id] <= at)
    shares = split_by_largest_remainder(failed, [line.amount for line in made.lines])
    return {
        line.sale_line_id: (line.amount, line.amount - share)
        for line, share in zip(made.lines, shares, strict=True)
    }
