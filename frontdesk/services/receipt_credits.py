"""The credits on a refund's receipt: a COPY tells those that were on what was handed out (S7, S10)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.models.ledger import ledger_entry, ledger_op, lot_hold
from frontdesk.services.dashboard_questions import MADE_IN_STRIPE
from frontdesk.services.sale_facts import RefundFacts, SaleFacts
from frontdesk.services.unit_of_work import Reading

_EVER: Final = datetime.max.replace(tzinfo=UTC)

_closing = lot_hold.alias("closing")
_closing_op = ledger_op.alias("closing_op")
_OF_REFUND = (
    ledger_op.c.refund_id == sa.bindparam("refund_id"),
    ledger_op.c.recorded_at <= sa.bindparam("by"),
)
_VOIDED: sa.Select[Any] = (
    sa.select(ledger_entry.c.lot_id, (-ledger_entry.c.delta).label("credits"))
    .join(ledger_op, ledger_op.c.id == ledger_entry.c.op_id)
    .where(*_OF_REFUND, ledger_entry.c.type.in_(("void", "reinstate")))
)
_SET_ASIDE: sa.Select[Any] = (
    sa.select(lot_hold.c.lot_id, lot_hold.c.credits)
    .join(ledger_op, ledger_op.c.id == lot_hold.c.op_id)
    .where(
        *_OF_REFUND,
        lot_hold.c.kind == "refund",
        lot_hold.c.closes_hold_id.is_(None),
        ~sa.exists()
        .where(_closing.c.closes_hold_id == lot_hold.c.id, _closing_op.c.id == _closing.c.op_id)
        .where(_closing_op.c.recorded_at <= sa.bindparam("by")),
    )
)


def told_credits(
    reading: Reading, facts: SaleFacts, made: RefundFacts, printed_at: datetime | None
) -> dict[int, int]:
    """By sale line, the credits of a refund as its receipt tells them, first ``printed_at`` if it was.

    Of one made in Stripe's dashboard they are what it had voided or set aside by then, since what is decided
    and what becomes of other refunds change that; a COPY tells the same. What a desk refunds stays as it was
    planned.
    """
    if made.row.reason_code != MADE_IN_STRIPE:
        return {row.sale_line_id: int(row.credits_voided) for row in made.lines}
    line_of = {lot.lot_id: line.row.id for line in facts.lines for lot in (*line.own, *line.elsewhere)}
    found = dict.fromkeys((line.row.id for line in facts.lines), 0)
    asked = {"refund_id": made.row.id, "by": printed_at or _EVER}
    for statement in (_VOIDED, _SET_ASIDE):
        for row in reading.connection.execute(statement, asked):
            found[line_of[row.lot_id]] += row.credits
    return found
