"""Lots whose money went back as a whole: no credit of them can be had any more (S5, S8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

from frontdesk.models.sale import sale_line
from frontdesk.services.lot_origins import sale_lines_of
from frontdesk.services.sale_facts import SaleFacts, read_sales
from frontdesk.services.stripe.disputed_money import lost_money
from frontdesk.services.unit_of_work import Reading

#: The reason of the operations by which a dispute that was lost took what was unused.
LOST: Final = "dispute_lost"

_SALES = (
    sa.select(sale_line.c.sale_id)
    .where(sale_line.c.id.in_(sa.bindparam("line_ids", expanding=True)))
    .distinct()
)


def wholly_refunded(reading: Reading, lot_ids: Iterable[int]) -> frozenset[int]:
    """Of these lots, those whose sale line was refunded to the last cent, or taken back with its sale.

    So is one of whose sale nothing is left after a dispute was lost.

    Lots that were transferred count like the line they come from.
    """
    line_of = sale_lines_of(reading, lot_ids)
    if not line_of:
        return frozenset()
    asked = {"line_ids": sorted(set(line_of.values()))}
    sale_ids = reading.connection.execute(_SALES, asked).scalars().all()
    lost = lost_money(reading, sale_ids)
    back = {
        line.row.id
        for facts in read_sales(reading, sale_ids).values()
        for line in facts.lines
        # Of a void that failed in part, money is here again; what cost nothing went back all the same.
        if (facts.refunds and (line.taken_back or (facts.is_void and not line.row.total)))
        or (facts.row.id in lost and facts.row.total <= lost[facts.row.id] + facts.accepted)
    }
    return frozenset(lot_id for lot_id, line_id in line_of.items() if line_id in back)


def is_lost(reading: Reading, facts: SaleFacts) -> bool:
    """Whether all of a sale's money is gone, with what disputes have taken (S8)."""
    lost = lost_money(reading, [facts.row.id]).get(facts.row.id, 0)
    return bool(lost and facts.row.total <= lost + facts.accepted)


def is_gone(reading: Reading, facts: SaleFacts) -> bool:
    """Whether all of a sale's money is gone, by refunds and disputes (S7, S8)."""
    return facts.given_back or is_lost(reading, facts)
