"""Lots whose money went back as a whole: no credit of them can be had any more (S5, S8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

from frontdesk.models.ledger import ledger_op
from frontdesk.models.sale import sale_line
from frontdesk.services.lot_origins import sale_lines_of
from frontdesk.services.sale_facts import read_sales
from frontdesk.services.unit_of_work import Reading

#: The reason of the operations by which a dispute that was lost took what was unused.
LOST: Final = "dispute_lost"

_LOST = sa.select(ledger_op.c.sale_id).where(
    ledger_op.c.sale_id.in_(sa.bindparam("sale_ids", expanding=True)), ledger_op.c.reason_code == LOST
)
_SALES = (
    sa.select(sale_line.c.sale_id)
    .where(sale_line.c.id.in_(sa.bindparam("line_ids", expanding=True)))
    .distinct()
)


def wholly_refunded(reading: Reading, lot_ids: Iterable[int]) -> frozenset[int]:
    """Of these lots, those whose sale line was refunded to the last cent, or taken back with its sale.

    So is one whose payment was disputed and lost.

    Lots that were transferred count like the line they come from.
    """
    line_of = sale_lines_of(reading, lot_ids)
    if not line_of:
        return frozenset()
    asked = {"line_ids": sorted(set(line_of.values()))}
    sale_ids = reading.connection.execute(_SALES, asked).scalars().all()
    lost = lost_sales(reading, sale_ids)
    back = {
        line.row.id
        for facts in read_sales(reading, sale_ids).values()
        for line in facts.lines
        # Of a void that failed in part, money is here again; what cost nothing went back all the same.
        if (facts.refunds and (line.taken_back or (facts.is_void and not line.row.total)))
        or facts.row.id in lost
    }
    return frozenset(lot_id for lot_id, line_id in line_of.items() if line_id in back)


def lost_sales(reading: Reading, sale_ids: Iterable[int]) -> frozenset[int]:
    """Of these sales, those whose payment was disputed and lost (S8)."""
    asked = {"sale_ids": list(sale_ids)}
    return frozenset(reading.connection.execute(_LOST, asked).scalars())
