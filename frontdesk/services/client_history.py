"""A client's history: what happened to the card, merges, credits, sales and refunds in one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from frontdesk.models.base import Instant
from frontdesk.models.client import client, client_event, client_merge
from frontdesk.models.ledger import ledger_entry, ledger_op, visit
from frontdesk.models.money import Money
from frontdesk.models.sale import money_transaction, refund, sale, sale_line
from frontdesk.models.studio import desk, staff
from frontdesk.services.client_group import client_group
from frontdesk.services.refund_credits import standing_of
from frontdesk.services.sale_facts import read_sales
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.clients import HistoryKey, HistoryPage, HistoryRow
from frontdesk.services.views.standings import LIVE, Back, standing_of_refund

#: Where the parts stand among rows of one instant: a sale comes above the credits that it brought.
AREAS = ("card", "merge", "credits", "sale", "refund")
#: The row of a merge, sale or refund tells of these already.
_TOLD_BY_MERGE = ("merged", "unmerged")
_TOLD_BY_MONEY = ("sale", "refund")
#: Why credits were set aside or let go says more than that they were.
_TOLD_BY_REASON = (
    "dispute_opened",
    "dispute_won",
    "dispute_lost",
    "dispute_lost_in_part",
    "paid_twice",
    "kept_as_sale",
)
_NEWEST = HistoryKey(datetime(9999, 1, 1, tzinfo=UTC), 0, 0)

_ids: sa.BindParameter[int] = sa.bindparam("client_ids", expanding=True)
_into = client.alias("into")


def _part(rank: int, table: Any, at: Any, columns: Iterable[Any], whose: Any) -> Any:
    """The newest rows of one table that come before the key, with the names of staff and desk.

    Which they are is asked first: else SQLite works out the columns of all rows before it sorts them.
    """
    place = sa.tuple_(at, sa.literal(rank, sa.Integer), table.c.id)
    key = sa.tuple_(
        sa.bindparam("key_at", type_=Instant),
        sa.bindparam("key_rank", type_=sa.Integer),
        sa.bindparam("key_id", type_=sa.BigInteger),
    )
    order = (at.desc(), table.c.id.desc())
    newest = sa.select(table.c.id).where(whose, place < key).order_by(*order).limit(sa.bindparam("most"))
    return (
        sa.select(
            table.c.id,
            at.label("at"),
            table.c.client_id,
            sa.func.coalesce(staff.c.name, "").label("staff"),
            sa.func.coalesce(desk.c.name, "").label("desk"),
            *columns,
        )
        .join(staff, staff.c.id == table.c.staff_id, isouter=True)
        .join(desk, desk.c.id == table.c.desk_id, isouter=True)
        .where(table.c.id.in_(newest))
        .order_by(*order)
    )


def _sum(column: Any, condition: Any, of: Any) -> Any:
    return sa.select(sa.func.sum(column)).where(condition).correlate(of).scalar_subquery()


def _receipt(condition: Any, of: Any) -> Any:
    number = sa.func.coalesce(sa.func.min(money_transaction.c.receipt), "")
    return sa.select(number).where(condition).correlate(of).scalar_subquery().label("receipt")


_PARTS = {
    "card": _part(
        0,
        client_event,
        client_event.c.recorded_at,
        (client_event.c.kind, client_event.c.fields),
        sa.and_(client_event.c.client_id.in_(_ids), client_event.c.kind.not_in(_TOLD_BY_MERGE)),
    ),
    "merge": _part(
        1,
        client_merge,
        client_merge.c.recorded_at,
        (
            client_merge.c.kind,
            client_merge.c.into_client_id,
            client.c.name,
            _into.c.name.label("into_name"),
        ),
        sa.or_(client_merge.c.client_id.in_(_ids), client_merge.c.into_client_id.in_(_ids)),
    )
    .join(client, client.c.id == client_merge.c.client_id)
    .join(_into, _into.c.id == client_merge.c.into_client_id),
    "credits": _part(
        2,
        ledger_op,
        ledger_op.c.recorded_at,
        (
            ledger_op.c.kind,
            ledger_op.c.reason_code,
            _sum(ledger_entry.c.delta, ledger_entry.c.op_id == ledger_op.c.id, ledger_op).label("credits"),
            sa.exists().where(visit.c.op_id == ledger_op.c.id).correlate(ledger_op).label("own_visit"),
        ),
        sa.and_(ledger_op.c.client_id.in_(_ids), ledger_op.c.kind.not_in(_TOLD_BY_MONEY)),
    ),
    "sale": _part(
        3,
        sale,
        sale.c.sold_at,
        (
            sale.c.total,
            sale.c.currency,
            _sum(sale_line.c.credits + sale_line.c.bonus, sale_line.c.sale_id == sale.c.id, sale).label(
                "credits"
            ),
            _receipt(
                sa.and_(money_transaction.c.sale_id == sale.c.id, money_transaction.c.kind == "payment"), sale
            ),
        ),
        sale.c.client_id.in_(_ids),
    ),
    "refund": _part(
        4,
        refund,
        refund.c.requested_at,
        (
            refund.c.kind,
            refund.c.sale_id,
            _receipt(money_transaction.c.refund_id == refund.c.id, refund),
        ),
        refund.c.client_id.in_(_ids),
    ),
}


def client_history(
    reading: Reading, client_id: int, before: HistoryKey | None = None, limit: int = 100
) -> HistoryPage:
    """A page of all that happened to a client and everyone merged into them, the newest first (D1, D4).

    Raises:
        NotFound: client.unknown.
    """
    group = client_group(reading, client_id)
    key = before or _NEWEST
    asked = {"client_ids": group, "key_at": key.at, "key_rank": key.rank, "key_id": key.id, "most": limit + 1}
    found = [
        (row.at, AREAS.index(area), row)
        for area, statement in _PARTS.items()
        for row in reading.connection.execute(statement, asked)
    ]
    found.sort(key=lambda one: (one[0], one[1], one[2].id), reverse=True)
    page = [(AREAS[rank], row) for _, rank, row in found[:limit]]
    told = _Told(reading, frozenset(group), [row for area, row in page if area == "refund"])
    rows = tuple(told.row(area, row) for area, row in page)
    more = HistoryKey(rows[-1].at, AREAS.index(rows[-1].area), rows[-1].id) if len(found) > limit else None
    return HistoryPage(rows, more)


class _Told:
    """Makes rows of what was found; the sales of the refunds among them are read once."""

    def __init__(self, reading: Reading, group: frozenset[int], refunds: Sequence[Any]) -> None:
        self._reading, self._group = reading, group
        self._sales = read_sales(reading, {row.sale_id for row in refunds})

    def row(self, area: str, row: Any) -> HistoryRow:
        return HistoryRow(
            id=row.id,
            at=row.at,
            area=area,
            staff=row.staff,
            desk=row.desk,
            client_id=row.client_id,
            **dict(self._particulars(area, row)),
        )

    def _particulars(self, area: str, row: Any) -> Iterator[tuple[str, Any]]:
        """What only rows of this area say."""
        yield "kind", "sale" if area == "sale" else _kind(area, row)
        if area == "card":
            yield "fields", tuple(row.fields or ())
        elif area == "merge":
            # Seen from the one who was merged away and parted again, the other is the one who stayed.
            yield "subject", row.name if row.into_client_id in self._group else row.into_name
        elif area == "credits":
            yield "credits", row.credits
        elif area == "sale":
            yield from (("credits", row.credits), ("amount", Money(row.total, row.currency)))
            yield "subject", row.receipt
        else:
            yield from self._refund(row)
            yield "subject", row.receipt

    def _refund(self, row: Any) -> Iterator[tuple[str, Any]]:
        """As it stands now: what was only requested is not refunded yet, and what failed is not either."""
        facts = self._sales[row.sale_id]
        made = facts.refund(row.id)
        voided, set_aside = standing_of(self._reading, facts, made)
        parts = [Back(part.status, part.tender, -part.amount) for part in made.parts]
        standing = standing_of_refund(parts)
        amount = sum(made.live.values()) if standing in LIVE else made.row.amount
        yield from (("credits", -voided), ("set_aside", set_aside), ("standing", standing))
        yield "amount", Money(-amount, facts.row.currency)


def _kind(area: str, row: Any) -> str:
    """A visit that credits paid which were bought after the class is no settling of an earlier one; a dispute
    is told as one.
    """
    if area == "credits" and row.kind == "settle_visit" and row.own_visit:
        return "visit_paid_after"
    if area == "credits" and row.reason_code in _TOLD_BY_REASON:
        return str(row.reason_code)
    return str(row.kind)
