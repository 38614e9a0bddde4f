"""How a page of transactions is found among a million: merged streams, or few candidates by one index (F3).

The planners are not asked to choose: a page sorted by time with a rare filter would tempt them to walk
through all of the past. A filter that few rows pass (counted up to a cap, in a millisecond) names its index;
otherwise rows that pass are so frequent that a walk in the order of the page soon has enough. That walk
merges one stream per kind, status and tender, each of them an index read from its end, so none of these
filters is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

import sqlalchemy as sa

from frontdesk.models.calendar import LAST_DATE, start_of_day
from frontdesk.models.client import client
from frontdesk.models.sale import (
    TENDERS,
    TRANSACTION_KINDS,
    TRANSACTION_STATUSES,
    money_transaction,
    receipt_series,
)
from frontdesk.services.client_group import client_group
from frontdesk.services.drafts.transactions import TransactionFilter, TransactionKey, TransactionSort
from frontdesk.services.receipt_numbers import receipt_number
from frontdesk.services.search import search_clients
from frontdesk.services.unit_of_work import Reading

#: Up to so many rows are gathered by an index and then sorted.
FEW = 20_000
#: So many of the newest matches of a text are looked at.
MOST_MATCHES = 5_000
MOST_CLIENTS = 50

_t = money_transaction.c
_BY_TIME, _BY_AMOUNT = "ix_money_transaction_by_time", "ix_money_transaction_by_amount"
_BY_DAY, _BY_STAFF = "ix_money_transaction_day", "ix_money_transaction_staff"
_BY_CLIENT = "ix_money_transaction_client"
#: Behind every text that begins with what was typed.
_END = "\U0010ffff"
_NUMBER = re.compile(r"(?:([A-Z0-9]+(?:-R)?)-)?0*([0-9]{1,15})")

_SERIES = sa.select(receipt_series.c.series).order_by(receipt_series.c.series)
_MEMBERS = sa.select(client.c.id).where(
    sa.or_(
        client.c.id.in_(sa.bindparam("ids", expanding=True)),
        client.c.merged_into.in_(sa.bindparam("ids", expanding=True)),
    )
)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """How the rows are found: ``ids`` by a text, ``clients`` by a filter, else by ``index`` or by streams.

    ``partial`` says that a text matched more rows than are looked at.
    """

    ids: tuple[int, ...] | None = None
    clients: tuple[int, ...] | None = None
    index: str | None = None
    partial: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be found."""
        return self.ids == () or self.clients == ()


def narrow(reading: Reading, wanted: TransactionFilter, sort: TransactionSort | None) -> Narrowed:
    """Choose how to find the rows; without a ``sort`` only the text and the client are looked up.

    Raises:
        NotFound: client.unknown.
    """
    clients = None if wanted.client_id is None else client_group(reading, wanted.client_id)
    if wanted.text.strip():
        ids, partial = _matches(reading, wanted.text.strip())
        return Narrowed(ids=ids, clients=clients, partial=partial)
    if clients is not None:
        return Narrowed(clients=clients, index=_BY_CLIENT)
    if sort is None:
        return Narrowed()
    counted = [(_count(reading, wanted, index), index) for index in _candidates(wanted, sort)]
    few = [one for one in counted if one[0] <= FEW]
    return Narrowed(index=min(few)[1] if few else None)


def page_statement(
    reading: Reading,
    wanted: TransactionFilter,
    narrowed: Narrowed,
    sort: TransactionSort,
    descending: bool,
    after: TransactionKey | None,
    limit: int,
) -> sa.Select[Any]:
    """The statement that reads a page, whole rows in the order of the page."""
    if (
        narrowed.ids is None
        and narrowed.index is None
        and not (sort is TransactionSort.AT and wanted.staff_id)
    ):
        found = _streams(reading, wanted, sort, descending, after, limit)
    else:
        index = narrowed.index or (_BY_STAFF if narrowed.ids is None else None)
        chosen = _hinted(sa.select(_t.id), index).where(*_conditions(reading, wanted, narrowed))
        found = _in_order(chosen, sort, descending, after, limit)
    page = found.subquery("page")
    rows = sa.select(money_transaction).join(page, page.c.id == _t.id)
    return rows.order_by(*_order(sort, descending))


def totals_statement(wanted: TransactionFilter, narrowed: Narrowed) -> sa.Select[Any]:
    """The statement that adds up by tender, kind and status: columns ``times`` and ``amount``.

    Summed up by day first: in that order the index is read from front to back, and nothing has to be sorted.
    """
    columns = (_t.business_day, _t.tender, _t.kind, _t.status)
    by_id = narrowed.ids is not None or narrowed.clients is not None
    chosen = sa.select(*columns, sa.func.count().label("times"), sa.func.sum(_t.amount).label("amount"))
    days = (
        _hinted(chosen, _BY_CLIENT if narrowed.ids is None and by_id else None if by_id else _BY_DAY)
        .where(*_plain_conditions(wanted), *_narrowing(narrowed))
        .group_by(*columns)
        .subquery("days")
    )
    kinds = (days.c.tender, days.c.kind, days.c.status)
    return sa.select(
        *kinds, sa.func.sum(days.c.times).label("times"), sa.func.sum(days.c.amount).label("amount")
    ).group_by(*kinds)


# --- Conditions --------------------------------------------------------------------------------------


def _conditions(
    reading: Reading, wanted: TransactionFilter, narrowed: Narrowed
) -> Iterator[sa.ColumnElement[bool]]:
    yield from _plain_conditions(wanted)
    yield from _time_span(reading, wanted)
    yield from _narrowing(narrowed)


def _plain_conditions(wanted: TransactionFilter) -> Iterator[sa.ColumnElement[bool]]:
    for column, value in ((_t.kind, wanted.kind), (_t.status, wanted.status), (_t.tender, wanted.tender)):
        if value is not None:
            yield column == value
    yield from _other_conditions(wanted)


def _other_conditions(wanted: TransactionFilter) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.staff_id is not None:
        yield _t.staff_id == wanted.staff_id
    if wanted.min_amount is not None:
        yield _t.amount >= wanted.min_amount
    if wanted.max_amount is not None:
        yield _t.amount <= wanted.max_amount
    if wanted.from_day is not None:
        yield _t.business_day >= wanted.from_day
    if wanted.to_day is not None:
        yield _t.business_day <= wanted.to_day


def _time_span(reading: Reading, wanted: TransactionFilter) -> Iterator[sa.ColumnElement[bool]]:
    """A span of instants wide enough for the business days, whatever hour they began at: for the indexes."""
    if wanted.from_day is not None:
        yield _t.at >= start_of_day(wanted.from_day, reading.studio.zone)
    if wanted.to_day is not None and wanted.to_day < LAST_DATE - timedelta(days=2):
        yield _t.at < start_of_day(wanted.to_day + timedelta(days=2), reading.studio.zone)


def _narrowing(narrowed: Narrowed) -> Iterator[sa.ColumnElement[bool]]:
    if narrowed.ids is not None:
        yield _t.id.in_(narrowed.ids)
    if narrowed.clients is not None:
        yield _t.client_id.in_(narrowed.clients)


# --- Choosing ----------------------------------------------------------------------------------------


def _candidates(wanted: TransactionFilter, sort: TransactionSort) -> Iterator[str]:
    """The indexes that may find few rows, where the order of the page does not find them anyway."""
    by_time = sort is TransactionSort.AT
    if wanted.staff_id is not None and not by_time:
        yield _BY_STAFF
    if (wanted.from_day is not None or wanted.to_day is not None) and not by_time:
        yield _BY_DAY
    if (wanted.min_amount is not None or wanted.max_amount is not None) and by_time:
        yield _BY_AMOUNT


def _count(reading: Reading, wanted: TransactionFilter, index: str) -> int:
    """How many rows the index gives, at most one more than are few."""
    if index == _BY_DAY:
        asked = list(_other_conditions(TransactionFilter(from_day=wanted.from_day, to_day=wanted.to_day)))
    elif index == _BY_STAFF:
        asked = [_t.staff_id == wanted.staff_id, *_time_span(reading, wanted)]
    else:
        amounts = TransactionFilter(min_amount=wanted.min_amount, max_amount=wanted.max_amount)
        asked = [*_all_streams(wanted), *_other_conditions(amounts)]
    some = _hinted(sa.select(sa.literal(1)).select_from(money_transaction), index).where(*asked)
    counted = sa.select(sa.func.count()).select_from(some.limit(FEW + 1).subquery())
    return int(reading.connection.execute(counted).scalar_one())


def _all_streams(wanted: TransactionFilter) -> Iterator[sa.ColumnElement[bool]]:
    """The first columns of the streams' indexes spelt out, so that what follows them can be looked up."""
    yield _t.kind.in_(_kinds(wanted))
    yield _t.status.in_(_statuses(wanted))
    yield _t.tender.in_(_tenders(wanted))


def _kinds(wanted: TransactionFilter) -> tuple[str, ...]:
    return TRANSACTION_KINDS if wanted.kind is None else (wanted.kind,)


def _statuses(wanted: TransactionFilter) -> tuple[str, ...]:
    return TRANSACTION_STATUSES if wanted.status is None else (wanted.status,)


def _tenders(wanted: TransactionFilter) -> tuple[str, ...]:
    return TENDERS if wanted.tender is None else (wanted.tender,)


# --- Reading in order --------------------------------------------------------------------------------


def _streams(
    reading: Reading,
    wanted: TransactionFilter,
    sort: TransactionSort,
    descending: bool,
    after: TransactionKey | None,
    limit: int,
) -> sa.Select[Any]:
    index = _BY_TIME if sort is TransactionSort.AT else _BY_AMOUNT
    parts = []
    for kind, status, tender in product(_kinds(wanted), _statuses(wanted), _tenders(wanted)):
        chosen = _hinted(sa.select(_t.id, _sorted_by(sort)), index).where(
            _t.kind == kind,
            _t.status == status,
            _t.tender == tender,
            *_other_conditions(wanted),
            *_time_span(reading, wanted),
        )
        part = _in_order(chosen, sort, descending, after, limit).subquery()
        parts.append(sa.select(part.c.id, part.c[sort.value].label("place")))
    merged = sa.union_all(*parts).subquery("merged")
    turn = sa.desc if descending else sa.asc
    return sa.select(merged.c.id).order_by(turn(merged.c.place), turn(merged.c.id)).limit(limit)


def _in_order(
    chosen: sa.Select[Any],
    sort: TransactionSort,
    descending: bool,
    after: TransactionKey | None,
    limit: int,
) -> sa.Select[Any]:
    column = _sorted_by(sort)
    if after is not None:
        place = sa.tuple_(column, _t.id)
        value = after.at if sort is TransactionSort.AT else after.amount
        end = sa.tuple_(sa.literal(value, column.type), sa.literal(after.id, _t.id.type))
        chosen = chosen.where(place < end if descending else place > end)
    return chosen.order_by(*_order(sort, descending)).limit(limit)


def _sorted_by(sort: TransactionSort) -> sa.Column[Any]:
    return _t.at if sort is TransactionSort.AT else _t.amount


def _order(sort: TransactionSort, descending: bool) -> tuple[sa.ColumnElement[Any], ...]:
    turn = sa.desc if descending else sa.asc
    return turn(_sorted_by(sort)), turn(_t.id)


def _hinted(statement: sa.Select[Any], index: str | None) -> sa.Select[Any]:
    return statement.with_hint(money_transaction, f"INDEXED BY {index}", "sqlite") if index else statement


# --- Text --------------------------------------------------------------------------------------------


def _matches(reading: Reading, text: str) -> tuple[tuple[int, ...], bool]:
    """The transactions that a text finds, and whether more match than are looked at."""
    found: set[int] = set()
    partial = False
    for statement in _matching(reading, text):
        ids = reading.connection.execute(statement.limit(MOST_MATCHES)).scalars().all()
        partial = partial or len(ids) == MOST_MATCHES
        found.update(ids)
    return tuple(sorted(found)), partial


def _matching(reading: Reading, text: str) -> Iterator[sa.Select[Any]]:
    exact = tuple(_receipts(reading, text.upper()))
    if exact:
        yield sa.select(_t.id).where(_t.receipt.in_(exact))
    for beginning in {text, text.upper()}:
        yield sa.select(_t.id).where(_begins(_t.receipt, beginning)).order_by(_t.receipt.desc())
        referred = sa.select(_t.id).where(_t.reference != "", _begins(_t.reference, beginning))
        yield referred.order_by(_t.reference)
    clients = [hit.id for hit in search_clients(reading, text, MOST_CLIENTS, archived=True)]
    if clients:
        members = reading.connection.execute(_MEMBERS, {"ids": clients}).scalars().all()
        yield sa.select(_t.id).where(_t.client_id.in_(members)).order_by(_t.id.desc())


def _begins(column: sa.Column[str], text: str) -> sa.ColumnElement[bool]:
    return sa.and_(column >= text, column < text + _END)


def _receipts(reading: Reading, text: str) -> Iterable[str]:
    """The whole receipt numbers that may be meant: 42 is D1-000042, D1-R-000042 …, D1-42 the first."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return ()
    series = (match[1],) if match[1] else reading.connection.execute(_SERIES).scalars()
    return [receipt_number(one, int(match[2])) for one in series]
