"""Paid sales, thousands at once: the same rows as one at a time, written table by table (S1, Y2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.models import chain
from frontdesk.models.client import client
from frontdesk.models.sale import money_transaction, sale, sale_line
from frontdesk.models.sync import stripe_transaction
from frontdesk.services.bought import times_bought
from frontdesk.services.changes import Topic
from frontdesk.services.client_group import client_group
from frontdesk.services.decisions import CLIENT_GONE, LIMIT_BROKEN, open_sale_task
from frontdesk.services.drafts.sales import PaymentDraft
from frontdesk.services.ledger_writer import Operation, post_many
from frontdesk.services.new_ids import next_ids
from frontdesk.services.pricing import Basket, Terms
from frontdesk.services.receipt_numbers import next_number, receipt_number
from frontdesk.services.sale_checks import hold_settings, limit_problems
from frontdesk.services.sale_writer import (
    ADD_LINE,
    ADD_PAYMENT,
    ADD_SALE,
    line_values,
    lots_of_lines,
    payment_values,
    sale_values,
)
from frontdesk.services.stripe.actor import make_online_actor
from frontdesk.services.subjects import sale_subject
from frontdesk.services.unit_of_work import Reading, UnitOfWork

_CHUNK = 500
_ADD_STRIPE_ID = sa.insert(stripe_transaction)
_COUNT_ON = {
    name: f"UPDATE receipt_series SET last_number = last_number + 1 WHERE series = {mark}"
    for name, mark in (("sqlite", "?"), ("postgresql", "%s"))
}
_GONE = sa.select(client.c.id).where(
    client.c.id.in_(sa.bindparam("ids", expanding=True)),
    sa.or_(client.c.archived_at.is_not(None), client.c.hidden_at.is_not(None)),
)


@dataclass(frozen=True, slots=True)
class NewSale:
    """A sale of one line that Stripe was paid for, to a client who stands for themselves (D4)."""

    client_id: int
    basket: Basket
    payment: PaymentDraft
    paid_at: datetime
    paid_by: str
    command: UUID

    @property
    def terms(self) -> Terms:
        """The terms of what was bought."""
        return self.basket.lines[0].terms


@dataclass(frozen=True, slots=True)
class _Written:
    """A sale with the rows that the ledger's hash covers."""

    sale: Mapping[str, Any]
    line: Mapping[str, Any]
    payment: Mapping[str, Any]


def write_many(work: UnitOfWork, sales: Sequence[NewSale]) -> tuple[int, ...]:
    """Write sales that are not in the books yet, in this order, as ``write_paid_sale`` does; their ids.

    What has run out meanwhile is left to the sweep of the day: nothing is taken from a lot here, and most of
    what years of sales granted has run out itself (C5).
    """
    if not sales:
        return ()
    hold_settings(work)
    acting = work.on_behalf_of(make_online_actor(work), work.command_id)
    clients = sorted({one.client_id for one in sales})
    acting.lock_clients(clients)
    beyond = _beyond_their_limit(acting, sales)
    written = _write_money(acting, sales)
    _post(acting, sales, written)
    _open_tasks(acting, sales, written, beyond, _gone(acting, clients))
    work.changed(Topic.SALES, *(one.sale["id"] for one in written))
    work.changed(Topic.PAYMENTS, *(one.payment["id"] for one in written))
    return tuple(int(one.sale["id"]) for one in written)


def _gone(reading: Reading, clients: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(clients), _CHUNK):
        part = {"ids": clients[start : start + _CHUNK]}
        found.update(reading.connection.execute(_GONE, part).scalars())
    return found


def _beyond_their_limit(reading: Reading, sales: Sequence[NewSale]) -> frozenset[int]:
    """The places of sales that a limit per client would have stopped at the desk (P1)."""
    limited = {one.client_id for one in sales if one.terms.per_client_limit is not None}
    counted = {one: dict(times_bought(reading, client_group(reading, one))) for one in limited}
    beyond = []
    for place, one in enumerate(sales):
        bought = counted.get(one.client_id)
        if bought is None:
            continue
        if any(limit_problems((one.terms,), bought)):
            beyond.append(place)
        bought[one.terms.package_id] = bought.get(one.terms.package_id, 0) + 1
    return frozenset(beyond)


def _write_money(work: UnitOfWork, sales: Sequence[NewSale]) -> tuple[_Written, ...]:
    ids = (next_ids(work, table, len(sales)) for table in (sale, sale_line, money_transaction))
    series, first = next_number(work, "sale")
    add, count_on = _Raw(work, ADD_SALE, sale), _COUNT_ON[work.connection.dialect.name]
    written = []
    for place, (one, sale_id, line_id, payment_id) in enumerate(zip(sales, *ids, strict=True)):
        if place:
            # One by one, since the database sees to it that a series has no gaps.
            work.connection.exec_driver_sql(count_on, (series,))
        at = min(one.paid_at, work.now)
        values = sale_values(work, one.client_id, one.basket, None, at, series, first + place, None)
        sale_row = {"id": sale_id, **values, "command_id": one.command.hex}
        add.insert(sale_row)
        line = {"id": line_id, **line_values(sale_id, 0, one.basket.lines[0])}
        receipt = receipt_number(series, first + place)
        payment = {"id": payment_id, **payment_values(work, sale_row, one.payment, receipt)}
        written.append(_Written(sale_row, line, payment))
    work.connection.execute(ADD_LINE, [one.line for one in written])
    work.connection.execute(ADD_PAYMENT, [one.payment for one in written])
    work.connection.execute(
        _ADD_STRIPE_ID,
        [
            {"transaction_id": row.payment["id"], "stripe_id": one.paid_by}
            for one, row in zip(sales, written, strict=True)
        ],
    )
    return tuple(written)


class _Raw:
    """An INSERT of whole rows, put together once: what SQLAlchemy does for each costs as much as the row."""

    def __init__(self, work: UnitOfWork, statement: sa.Insert, table: sa.Table) -> None:
        self._connection = work.connection
        dialect = work.connection.dialect
        compiled = statement.compile(dialect=dialect, column_keys=[one.name for one in table.columns])
        self._text = str(compiled)
        processors: Mapping[str, Any] = compiled._bind_processors
        self._parts = [(one.name, processors.get(one.name)) for one in table.columns]
        self._by_name = dialect.name == "postgresql"

    def insert(self, row: Mapping[str, Any]) -> None:
        """Write a row."""
        values = [
            (name, row[name] if to_driver is None else to_driver(row[name]))
            for name, to_driver in self._parts
        ]
        given: Any = dict(values) if self._by_name else tuple(value for _, value in values)
        self._connection.exec_driver_sql(self._text, given)


def _post(work: UnitOfWork, sales: Sequence[NewSale], written: Sequence[_Written]) -> None:
    """The ledger's operations, one a client at a time, so that each chain keeps the order of the sales."""
    rounds: dict[int, list[Operation]] = defaultdict(list)
    times: dict[int, int] = defaultdict(int)
    for one, row in zip(sales, written, strict=True):
        at = row.sale["sold_at"]
        operation = Operation(
            client_id=one.client_id,
            kind="sale",
            lots=tuple(lots_of_lines(work, at, one.basket.lines, (row.line["id"],))),
            command_id=one.command,
            effective_at=at,
            sale_id=row.sale["id"],
            subject_hash=chain.subject_hash(sale_subject(row.sale, [row.line], [row.payment])),
        )
        rounds[times[one.client_id]].append(operation)
        times[one.client_id] += 1
    for operations in rounds.values():
        post_many(work, operations)


def _open_tasks(
    work: UnitOfWork,
    sales: Sequence[NewSale],
    written: Sequence[_Written],
    beyond: frozenset[int],
    gone: set[int],
) -> None:
    for place, (one, row) in enumerate(zip(sales, written, strict=True)):
        for kind, is_so in ((LIMIT_BROKEN, place in beyond), (CLIENT_GONE, one.client_id in gone)):
            if is_so:
                open_sale_task(
                    work,
                    kind,
                    client_id=one.client_id,
                    sale_id=row.sale["id"],
                    tender=one.payment.tender,
                    amount=one.payment.amount.amount,
                    credits=one.terms.credits + one.terms.bonus,
                )
