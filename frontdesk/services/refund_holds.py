"""What is set aside for a refund, for the queries that tell it (S6, S7)."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from frontdesk.models.ledger import ledger_op, lot_hold

_closing = lot_hold.alias("closing")
#: What a hold is that sets credits aside for a refund now.
SETS_ASIDE: Final = (
    lot_hold.c.kind == "refund",
    lot_hold.c.closes_hold_id.is_(None),
    ~sa.exists().where(_closing.c.closes_hold_id == lot_hold.c.id),
)


def set_aside(refund_id: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """Credits that are set aside now for the refund of this id; 0 where there are none."""
    return (
        sa.select(sa.func.coalesce(sa.func.sum(lot_hold.c.credits), 0))
        .join(ledger_op, ledger_op.c.id == lot_hold.c.op_id)
        .where(ledger_op.c.refund_id == refund_id, *SETS_ASIDE)
        .scalar_subquery()
    )
