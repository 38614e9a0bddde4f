"""The transactions screen: pages over a million rows with any filter, totals, the takings of a day (F3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from frontdesk.models.calendar import local_day
from frontdesk.models.client import client
from frontdesk.models.money import Money
from frontdesk.models.sale import TENDERS, VOID_STATUSES, money_transaction, refund, sale_line
from frontdesk.models.studio import staff
from frontdesk.services.client_group import name_of
from frontdesk.services.decisions import disputed
from frontdesk.services.drafts.sales import STRIPE_TENDERS
from frontdesk.services.drafts.transactions import TransactionFilter, TransactionKey, TransactionSort
from frontdesk.services.purchases import purchase_status
from frontdesk.services.refund_parts import words_of_parts
from frontdesk.services.sale_facts import read_sales
from frontdesk.services.stripe.at_the_desk import begun_at_a_desk
from frontdesk.services.stripe.disputed_money import lost_money
from frontdesk.services.stripe.revenue import disputed_between
from frontdesk.services.transaction_query import Narrowed, narrow, page_ids, sums
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.standings import Back, standing_of_money, standing_of_part, with_lost
from frontdesk.services.views.transactions import (
    Takings,
    TenderTotal,
    TransactionPage,
    TransactionRow,
    TransactionTotals,
)

PAGE = 100

_ROWS = sa.select(money_transaction).where(money_transaction.c.id.in_(sa.bindparam("ids", expanding=True)))
_CLIENTS = sa.select(client.c.id, name_of(client.c.id).label("name")).where(
    client.c.id.in_(sa.bindparam("ids", expanding=True))
)
_STAFF = sa.select(staff.c.id, staff.c.name).where(staff.c.id.in_(sa.bindparam("ids", expanding=True)))
_WHAT = (
    sa.select(sale_line.c.sale_id, sale_line.c.name)
    .where(sale_line.c.sale_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(sale_line.c.sale_id, sale_line.c.position)
)
#: What went back of each payment, by an index of its own: only refunds name a payment.
_BACK = (
    sa.select(
        money_transaction.c.payment_id,
        money_transaction.c.status,
        money_transaction.c.tender,
        money_transaction.c.amount,
        refund.c.kind,
    )
    .join(refund, refund.c.id == money_transaction.c.refund_id)
    .where(money_transaction.c.payment_id.in_(sa.bindparam("ids", expanding=True)))
)


def transactions(
    reading: Reading,
    wanted: TransactionFilter,
    sort: TransactionSort = TransactionSort.AT,
    after: TransactionKey | None = None,
    limit: int = PAGE,
    *,
    descending: bool = True,
) -> TransactionPage:
    """A page of transactions, by default the newest; ``after`` is the ``more`` of the page before.

    Raises:
        NotFound: client.unknown, for a filter by client.
    """
    narrowed = narrow(reading, wanted, sort)
    if narrowed.is_empty:
        return TransactionPage((), None)
    ids = page_ids(reading, wanted, narrowed, sort, descending, after, limit + 1)
    shown = transaction_rows(reading, ids[:limit])
    return TransactionPage(shown, shown[-1].key if len(ids) > limit else None)


def transaction_totals(reading: Reading, wanted: TransactionFilter) -> TransactionTotals:
    """What the filter's transactions come to, by tender and over all.

    Raises:
        NotFound: client.unknown, for a filter by client.
    """
    narrowed = narrow(reading, wanted, None)
    if narrowed.is_empty:
        return _totals(reading, (), narrowed)
    return _totals(reading, sums(reading, wanted, narrowed), narrowed)


def takings(reading: Reading, day: date | None = None) -> Takings:
    """The money of a business day by tender, today's if no day is given."""
    day = day or local_day(reading.now, reading.studio.zone, reading.studio.day_starts_hour)
    totals = transaction_totals(reading, TransactionFilter(from_day=day, to_day=day))
    return Takings(day, totals, disputed_between(reading, day, day))


def transaction_rows(reading: Reading, ids: Sequence[int]) -> tuple[TransactionRow, ...]:
    """The transactions with these ids, in that order, as the list shows them."""
    by_id = {row.id: row for row in reading.connection.execute(_ROWS, {"ids": ids})}
    rows = [by_id[one] for one in ids]
    clients = dict(_named(reading, _CLIENTS, {row.client_id for row in rows}))
    members = dict(_named(reading, _STAFF, {row.staff_id for row in rows}))
    what: dict[int, list[str]] = defaultdict(list)
    for sale_id, name in _named(reading, _WHAT, {row.sale_id for row in rows}):
        what[sale_id].append(name)
    standings = _standings(reading, rows)
    by_stripe = {row.sale_id for row in rows if row.kind == "payment" and row.tender in STRIPE_TENDERS}
    at_risk = disputed(reading, by_stripe) if by_stripe else frozenset()
    lost = lost_money(reading, by_stripe) if by_stripe else {}
    at_desk = begun_at_a_desk(reading, {row.sale_id for row in rows if row.tender in STRIPE_TENDERS})
    for row in rows:
        if row.kind == "payment" and row.tender in STRIPE_TENDERS:
            standings[row.id] = with_lost(standings[row.id], lost=row.sale_id in lost)
    code = reading.studio.currency
    return tuple(
        TransactionRow(
            id=row.id,
            at=row.at,
            kind=row.kind,
            tender=row.tender,
            at_desk=row.sale_id in at_desk,
            amount=Money(row.amount, code),
            status=row.status,
            receipt=row.receipt,
            reference=row.reference,
            sale_id=row.sale_id,
            refund_id=row.refund_id,
            client_id=row.client_id,
            client=clients[row.client_id],
            staff=members[row.staff_id],
            what=", ".join(dict.fromkeys(what[row.sale_id])),
            standing="disputed" if _is_disputed(row, at_risk) else standings[row.id],
            disputed=_is_disputed(row, at_risk),
        )
        for row in rows
    )


def _is_disputed(row: sa.Row[Any], at_risk: Collection[int]) -> bool:
    return row.sale_id in at_risk and row.kind == "payment" and row.tender in STRIPE_TENDERS


def _standings(reading: Reading, rows: Sequence[sa.Row[Any]]) -> dict[int, str]:
    """Where each payment and each part of a refund stands, by id."""
    payments = [row for row in rows if row.kind == "payment"]
    back: dict[int, list[Back]] = defaultdict(list)
    for one in reading.connection.execute(_BACK, {"ids": sorted(row.id for row in payments)}):
        back[one.payment_id].append(Back(one.status, one.tender, -one.amount, one.kind == "void"))
    # Of what cost nothing, only its credits tell whether it went back.
    free = read_sales(reading, {row.sale_id for row in payments if not row.amount and row.id in back})
    words = words_of_parts(reading, [row for row in rows if row.status == "requested"])
    found = {row.id: standing_of_money(row.amount, back[row.id]) for row in payments}
    found |= {row.id: purchase_status(free[row.sale_id]) for row in payments if row.sale_id in free}
    for row in rows:
        if row.kind == "refund":
            sync = words[row.id].sync if row.id in words else ""
            found[row.id] = standing_of_part(row.status, row.tender, sync)
    return found


def _named(reading: Reading, statement: sa.Select[Any], ids: Iterable[int]) -> Iterable[tuple[int, str]]:
    rows = reading.connection.execute(statement, {"ids": sorted(ids)})
    return ((row[0], row[1]) for row in rows)


def _totals(reading: Reading, rows: Sequence[sa.Row[Any]], narrowed: Narrowed) -> TransactionTotals:
    sums: dict[str, _Sums] = {tender: _Sums() for tender in TENDERS}
    for row in rows:
        sums[row.tender].add(row.kind, row.status, int(row.times), int(row.amount))
    everything = _Sums()
    for one in sums.values():
        everything.add_all(one)
    code = reading.studio.currency
    return TransactionTotals(
        tenders=tuple(one.total(tender, code) for tender, one in sums.items() if one.count),
        all=everything.total("", code),
        count=everything.count,
        partial=narrowed.partial,
    )


class _Sums:
    """Counts and minor units of one tender while rows are added up."""

    def __init__(self) -> None:
        self.count = self.payments = self.received = self.refunds = self.refunded = self.pending = 0

    def add(self, kind: str, status: str, times: int, amount: int) -> None:
        self.count += times
        if status in VOID_STATUSES or (kind == "payment" and status != "succeeded"):
            return
        if kind == "payment":
            self.payments += times
            self.received += amount
            return
        self.refunds += times
        self.refunded -= amount
        self.pending -= amount if status != "succeeded" else 0

    def add_all(self, other: _Sums) -> None:
        self.count += other.count
        self.payments += other.payments
        self.received += other.received
        self.refunds += other.refunds
        self.refunded += other.refunded
        self.pending += other.pending

    def total(self, tender: str, code: str) -> TenderTotal:
        return TenderTotal(
            tender=tender,
            payments=self.payments,
            received=Money(self.received, code),
            refunds=self.refunds,
            refunded=Money(self.refunded, code),
            pending=Money(self.pending, code),
        )
