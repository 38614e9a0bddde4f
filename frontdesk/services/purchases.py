"""A client's purchases, everyone merged into them included: what was paid, what became of it (D1, D4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from frontdesk.models.calendar import last_day
from frontdesk.models.money import Money
from frontdesk.models.sale import sale
from frontdesk.services.client_group import client_group
from frontdesk.services.lots import LotState
from frontdesk.services.receipt_numbers import receipt_number
from frontdesk.services.sale_facts import LineState, SaleFacts, read_sales
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.sales import Purchase, PurchaseLine
from frontdesk.services.void_sale import can_void

_SALES = (
    sa.select(sale.c.id)
    .where(
        sale.c.client_id.in_(sa.bindparam("client_ids", expanding=True)), sale.c.id < sa.bindparam("before")
    )
    .order_by(sale.c.id.desc())
    .limit(sa.bindparam("most"))
)
#: Beyond any id.
_END = 2**62


def client_purchases(
    reading: Reading, client_id: int, before: int | None = None, limit: int = 50
) -> tuple[Purchase, ...]:
    """The client's sales, the newest first; ``before`` is the last sale's id of the page before.

    Raises:
        NotFound: client.unknown.
    """
    asked = {"client_ids": client_group(reading, client_id), "before": before or _END, "most": limit}
    ids = reading.connection.execute(_SALES, asked).scalars().all()
    found = read_sales(reading, ids)
    return tuple(_purchase(reading, found[sale_id]) for sale_id in ids)


def purchase_status(facts: SaleFacts) -> str:
    """paid, refund_requested, partly_refunded, refunded or voided."""
    if any(one.status == "requested" for one in facts.transactions):
        return "refund_requested"
    if facts.is_void:
        return "voided"
    if not facts.row.total:
        return "refunded" if facts.refunds and not any(line.facts.left for line in facts.lines) else "paid"
    if not facts.refunded:
        return "paid"
    return "refunded" if facts.refunded >= facts.row.total else "partly_refunded"


def last_use(reading: Reading, lots: Iterable[LotState]) -> date | None:
    """The last day on which any of the lots may be used; None if one never expires, or there is none."""
    ends = [lot.expires_at for lot in lots]
    known = [last_day(end, reading.studio.zone) for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _purchase(reading: Reading, facts: SaleFacts) -> Purchase:
    row, code = facts.row, facts.row.currency
    return Purchase(
        sale_id=row.id,
        receipt=receipt_number(row.series, row.number),
        sold_at=row.sold_at,
        staff=row.staff,
        tenders=tuple(dict.fromkeys(one.tender for one in facts.payments)),
        total=Money(row.total, code),
        refunded=Money(facts.refunded, code),
        status=purchase_status(facts),
        can_void=can_void(reading, facts),
        lines=tuple(_line(reading, line, code) for line in facts.lines),
    )


def _line(reading: Reading, line: LineState, code: str) -> PurchaseLine:
    facts = line.facts
    return PurchaseLine(
        sale_line_id=line.row.id,
        name=line.row.name,
        credits=line.row.credits,
        bonus=line.row.bonus,
        total=Money(line.row.total, code),
        refunded=Money(line.refunded, code),
        used=facts.used,
        left=facts.left,
        last_day=last_use(reading, line.own),
    )
