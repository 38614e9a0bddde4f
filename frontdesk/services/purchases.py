"""A client's purchases, everyone merged into them included: what was paid, what became of it (D1, D4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from frontdesk.models.calendar import last_day
from frontdesk.models.money import Money
from frontdesk.models.sale import sale
from frontdesk.services.client_group import client_group
from frontdesk.services.decisions import disputed
from frontdesk.services.lots import LotState
from frontdesk.services.receipt_numbers import receipt_number
from frontdesk.services.sale_facts import LineState, SaleFacts, read_sales
from frontdesk.services.stripe.at_the_desk import begun_at_a_desk
from frontdesk.services.stripe.disputed_money import lost_money, without_lost
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.sales import Purchase, PurchaseLine
from frontdesk.services.views.standings import Back, standing_of_money, with_lost
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
    at_risk, lost = disputed(reading, ids), lost_money(reading, ids)
    at_desk = begun_at_a_desk(reading, ids)
    return tuple(
        _purchase(
            reading,
            found[sale_id],
            "disputed"
            if sale_id in at_risk
            else with_lost(purchase_status(found[sale_id]), lost=sale_id in lost),
            lost.get(sale_id, 0),
            sale_id in at_desk,
        )
        for sale_id in ids
    )


def purchase_status(facts: SaleFacts) -> str:
    """What became of the sale's money, in a word of `frontdesk.services.views.standings`."""
    if not facts.row.total and facts.refunds and not facts.is_void:
        return "paid" if any(line.facts.left for line in facts.lines) else "refunded"
    return standing_of_money(
        facts.row.total,
        (
            Back(part.status, part.tender, -part.amount, facts.is_void)
            for one in facts.refunds
            for part in one.parts
        ),
    )


def last_use(reading: Reading, lots: Iterable[LotState]) -> date | None:
    """The last day on which any of the lots may be used; None if one never expires, or there is none."""
    ends = [lot.expires_at for lot in lots]
    known = [last_day(end, reading.studio.zone) for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _purchase(reading: Reading, facts: SaleFacts, status: str, lost: int, at_desk: bool) -> Purchase:
    row, code = facts.row, facts.row.currency
    known = without_lost([line.facts for line in facts.lines], lost)
    return Purchase(
        sale_id=row.id,
        receipt=receipt_number(row.series, row.number),
        sold_at=row.sold_at,
        staff=row.staff,
        tenders=tuple(dict.fromkeys(one.tender for one in facts.payments)),
        at_desk=at_desk,
        total=Money(row.total, code),
        refunded=Money(facts.refunded, code),
        status=status,
        can_void=can_void(reading, facts),
        lines=tuple(
            _line(reading, facts, line, now.refunded - line.refunded, code)
            for line, now in zip(facts.lines, known, strict=True)
        ),
    )


def _line(reading: Reading, sale_facts: SaleFacts, line: LineState, lost: int, code: str) -> PurchaseLine:
    facts = line.facts
    under_way = sum(one.under_way.get(line.row.id, 0) for one in sale_facts.refunds)
    return PurchaseLine(
        sale_line_id=line.row.id,
        name=line.row.name,
        credits=line.row.credits,
        bonus=line.row.bonus,
        total=Money(line.row.total, code),
        refunded=Money(line.refunded - under_way, code),
        under_way=Money(under_way, code),
        lost=Money(lost, code),
        used=facts.used,
        left=facts.left,
        last_day=last_use(reading, line.own),
    )
