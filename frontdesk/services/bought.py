"""How often a client has bought a package, for the limit per client (P1, D4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from frontdesk.models.ledger import credit_lot, lot_balance
from frontdesk.models.sale import refund_line, sale, sale_line
from frontdesk.services.unit_of_work import Reading

_REFUNDED = sa.exists().where(refund_line.c.sale_line_id == sale_line.c.id)
_KEPT_SOMETHING = (
    sa.exists()
    .where(credit_lot.c.sale_line_id == sale_line.c.id)
    .where(lot_balance.c.lot_id == credit_lot.c.id, lot_balance.c.voided < lot_balance.c.credits)
)
_BOUGHT = (
    sa.select(sale_line.c.package_id, sa.func.count().label("times"))
    .join(sale, sale.c.id == sale_line.c.sale_id)
    .where(
        sale.c.client_id.in_(sa.bindparam("client_ids", expanding=True)),
        sa.or_(~_REFUNDED, _KEPT_SOMETHING),
    )
    .group_by(sale_line.c.package_id)
)


def times_bought(reading: Reading, client_ids: Iterable[int]) -> Mapping[int, int]:
    """Packages by id with how often these clients bought them; give all ids of a merged client.

    What was taken back without a credit of it used does not count: the client may buy it again.
    """
    rows = reading.connection.execute(_BOUGHT, {"client_ids": list(client_ids)})
    return {row.package_id: row.times for row in rows}
