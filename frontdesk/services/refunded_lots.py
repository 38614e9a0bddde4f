"""Lots whose money went back as a whole: no credit of them can be had any more (S5)."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from frontdesk.models.sale import sale_line
from frontdesk.services.lot_origins import sale_lines_of
from frontdesk.services.sale_facts import read_sales
from frontdesk.services.unit_of_work import Reading

_SALES = (
    sa.select(sale_line.c.sale_id)
    .where(sale_line.c.id.in_(sa.bindparam("line_ids", expanding=True)))
    .distinct()
)


def wholly_refunded(reading: Reading, lot_ids: Iterable[int]) -> frozenset[int]:
    """Of these lots, those whose sale line was refunded to the last cent, or taken back with its sale.

    Lots that were transferred count like the line they come from.
    """
    line_of = sale_lines_of(reading, lot_ids)
    if not line_of:
        return frozenset()
    sale_ids = reading.connection.execute(_SALES, {"line_ids": sorted(set(line_of.values()))}).scalars()
    back = {
        line.row.id
        for facts in read_sales(reading, sale_ids).values()
        for line in facts.lines
        # Of a void that failed in part, money is here again; what cost nothing went back all the same.
        if facts.refunds and (line.taken_back or (facts.is_void and not line.row.total))
    }
    return frozenset(lot_id for lot_id, line_id in line_of.items() if line_id in back)
