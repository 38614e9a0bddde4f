"""The sale line that a lot's credits come from, through transfers too."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from frontdesk.models.ledger import credit_lot
from frontdesk.services.unit_of_work import Reading

_asked = (
    sa.select(credit_lot.c.id.label("lot_id"), credit_lot.c.origin_lot_id, credit_lot.c.sale_line_id)
    .where(credit_lot.c.id.in_(sa.bindparam("lot_ids", expanding=True)))
    .cte("origin", recursive=True)
)
_origins = _asked.union_all(
    sa.select(_asked.c.lot_id, credit_lot.c.origin_lot_id, credit_lot.c.sale_line_id).join(
        credit_lot, credit_lot.c.id == _asked.c.origin_lot_id
    )
)
_LINES = sa.select(_origins.c.lot_id, _origins.c.sale_line_id).where(_origins.c.sale_line_id.is_not(None))
#: More ids at once than this are asked for in turns: SQLite takes 32,766 parameters.
_CHUNK = 10_000


def sale_lines_of(reading: Reading, lot_ids: Iterable[int]) -> dict[int, int]:
    """Sale line id by lot id; a lot that no sale stands behind (manual, imported) is left out."""
    wanted = list(lot_ids)
    found: dict[int, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = reading.connection.execute(_LINES, {"lot_ids": wanted[start : start + _CHUNK]})
        found.update((row.lot_id, row.sale_line_id) for row in rows)
    return found
