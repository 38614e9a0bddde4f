"""Which sales paid on a page of Stripe's were asked for at a desk by a QR code, and not by a link online."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from frontdesk.models.sync import checkout
from frontdesk.services.unit_of_work import Reading

_CHECKOUTS = sa.select(checkout.c.sale_id).where(
    checkout.c.sale_id.in_(sa.bindparam("sale_ids", expanding=True))
)


def begun_at_a_desk(reading: Reading, sale_ids: Iterable[int]) -> frozenset[int]:
    """Those of these sales that a desk began; all others by Stripe came in from online (Y2)."""
    asked = {"sale_ids": sorted(sale_ids)}
    if not asked["sale_ids"]:
        return frozenset()
    return frozenset(reading.connection.execute(_CHECKOUTS, asked).scalars())
