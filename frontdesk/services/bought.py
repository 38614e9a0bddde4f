"""How often a client has bought a package, for the limit per client (P1, D4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from frontdesk.models.ledger import credit_lot, lot_balance
from frontdesk.models.sale import refund_line, sale, sale_line
from frontdesk.models.sync import checkout
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
_WAITING = sa.select(checkout.c.id, checkout.c.draft).where(
    checkout.c.client_id.in_(sa.bindparam("client_ids", expanding=True)), checkout.c.closed_at.is_(None)
)


def times_bought(
    reading: Reading, client_ids: Iterable[int], *, but_checkout: int | None = None
) -> Mapping[int, int]:
    """Packages by id with how often these clients bought them; give all ids of a merged client.

    What was taken back without a credit of it used does not count: the client may buy it again. What waits
    for Stripe counts as bought, but for the checkout ``but_checkout``.
    """
    asked = {"client_ids": list(client_ids)}
    found = Counter({row.package_id: row.times for row in reading.connection.execute(_BOUGHT, asked)})
    for row in reading.connection.execute(_WAITING, asked):
        if row.id != but_checkout:
            found.update(line["package_id"] for line in row.draft["sale"]["lines"])
    return found
