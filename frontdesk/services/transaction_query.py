"""How a page of transactions is found among a million: merged streams, or few candidates by one index (F3).

The planners are not asked to choose: a page sorted by time with a rare filter would tempt them to walk
through all of the past. A filter that few rows pass (counted up to a cap, in a millisecond) names its index;
otherwise rows that pass are so frequent that a walk in the order of the page soon has enough. That walk
merges one stream per kind, status and tender, each of them an index read from its end, so none of these
filters is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

import sqlalchemy as sa

from frontdesk.models.base import to_micros
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
from frontdesk.services.refunded_payments import has_refunds, has_standing, is_worth_a_walk
from frontdesk.services.search import search_clients
from frontdesk.services.unit_of_work import Reading

#: Up to so many rows are gathered by an index and then sorted; more where the index alone tells all of them.
FEW = 20_000
FEW_BY_DAY = 300_000
#: So many of the newest matches of a text are looked at.
MOST_MATCHES = 5_000
MOST_CLIENTS = 50

_t = money_transaction.c
_BY_TIME, _BY_AMOUNT = "ix_money_transaction_by_time", "ix_money_transaction_by_amount"
_BY_DAY, _BY_STAFF = "ix_money_transaction_day", "ix_money_transaction_staff"
_BY_CLIENT = "ix_money_transaction_client"
#: A business day may end so long after its date at most.
_SLACK = timedelta(days=2)
_FIRST_DATE = date(1970, 1, 2)
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

    With ``gathered`` payments are found by their refunds. ``partial`` says that a text matched more rows than
    are looked at.
    """

    ids: tuple[int, ...] | None = None
    clients: tuple[int, ...] | None = None
    index: str | None = None
    gathered: bool = False
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
    if not _tenders(wanted) or _is_contradictory(wanted):
        return Narrowed(ids=(), clients=clients)
    if wanted.text.strip():
        ids, partial = _matches(reading, wanted.text.strip())
        return Narrowed(ids=ids, clients=clients, partial=partial)
    if clients is not None:
        return Narrowed(clients=clients, index=_BY_CLIENT)
    if wanted.standing is not None and not _can_be_walked(reading, wanted, sort):
        return Narrowed(gathered=True)
    if sort is None or wanted.standing is not None:
        return Narrowed()
    counted = [(_count(reading, wanted, index), index) for index in _candidates(wanted, sort)]
    few = [one for one in counted if one[0] <= _few(one[1])]
    return Narrowed(index=min(few)[1] if few else None)


def page_ids(
    reading: Reading,
    wanted: TransactionFilter,
    narrowed: Narrowed,
    sort: TransactionSort,
    descending: bool,
    after: TransactionKey | None,
    limit: int,
) -> list[int]:
    """The ids of a page in its order."""
    asked = _Asked.of(reading, wanted, narrowed)
    turn = _Turn.of(sort, descending, after, limit)
    staff_in_order = sort is TransactionSort.AT and wanted.staff_id is not None
    is_found = narrowed.ids is not None or narrowed.index is not None or narrowed.gathered
    if is_found or staff_in_order:
        index = narrowed.index if is_found else _BY_STAFF
        sql = turn.of_rows(_rows(reading, index), asked.conditions(index))
    else:
        index = _BY_TIME if sort is TransactionSort.AT else _BY_AMOUNT
        streams = (
            turn.of_rows(_rows(reading, index), [stream, *asked.others(index)]) for stream in asked.streams()
        )
        sql = turn.of_merged(streams)
    return [row.id for row in reading.connection.execute(sa.text(sql), asked.values | turn.values)]


def sums(reading: Reading, wanted: TransactionFilter, narrowed: Narrowed) -> Sequence[sa.Row[Any]]:
    """Rows added up by ``tender``, ``kind`` and ``status``: how many ``times``, and the ``amount``.

    Summed up by day first: in that order the index is read from front to back, and nothing has to be sorted.
    """
    asked = _Asked.of(reading, wanted, narrowed)
    index = narrowed.index or (_BY_DAY if narrowed.ids is None and not narrowed.gathered else None)
    by_day = (
        "SELECT business_day, tender, kind, status, COUNT(*) AS times, SUM(amount) AS amount"
        f" FROM {_rows(reading, index)}{_where(asked.conditions(index, spelt_out=False))}"
        " GROUP BY business_day, tender, kind, status"
    )
    sql = (
        "SELECT tender, kind, status, SUM(times) AS times, SUM(amount) AS amount"
        f" FROM ({by_day}) AS days GROUP BY tender, kind, status"
    )
    return reading.connection.execute(sa.text(sql), asked.values).all()


# --- Conditions --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """A filter as conditions. Words of a fixed vocabulary and ids are spelt out, all else is bound."""

    wanted: TransactionFilter
    narrowed: Narrowed
    values: dict[str, Any]
    #: What money that went back asks of a row.
    standing: str = ""

    @classmethod
    def of(cls, reading: Reading, wanted: TransactionFilter, narrowed: Narrowed) -> _Asked:
        values: dict[str, Any] = {
            "staff_id": wanted.staff_id,
            "min_amount": wanted.min_amount,
            "max_amount": wanted.max_amount,
            "from_day": _bound_day(reading, wanted.from_day),
            "to_day": _bound_day(reading, wanted.to_day),
        }
        # Wide enough for the business days, whatever hour they began at: the indexes know instants alone.
        zone = reading.studio.zone
        if wanted.from_day is not None:
            values["from_at"] = to_micros(start_of_day(_within_reach(wanted.from_day), zone))
        if wanted.to_day is not None:
            values["to_at"] = to_micros(start_of_day(_within_reach(wanted.to_day) + _SLACK, zone))
        standing = "" if wanted.standing is None else has_standing(reading, wanted.standing)
        if narrowed.gathered:
            standing = f"{has_refunds(reading)} AND {standing}"
        known = {name: value for name, value in values.items() if value is not None}
        return cls(wanted, narrowed, known, standing)

    def conditions(self, index: str | None, *, spelt_out: bool = True) -> list[str]:
        """All conditions, for rows that the index finds."""
        found = []
        if spelt_out and index in (_BY_TIME, _BY_AMOUNT):
            # So that what follows the first columns of the index can be looked up.
            found.append(_one_of("kind", _kinds(self.wanted)))
            found.append(_one_of("status", _statuses(self.wanted)))
            found.append(_one_of("tender", _tenders(self.wanted)))
        else:
            asked = self.wanted
            words = (
                # What a standing says already would tempt the planner to another index.
                ("kind", asked.kind and not asked.standing, _kinds),
                ("status", asked.status and not asked.standing, _statuses),
                ("tender", asked.tender or asked.tenders, _tenders),
            )
            found += [_one_of(name, choose(asked)) for name, chosen, choose in words if chosen]
        if self.narrowed.ids is not None:
            found.append(_one_of("id", self.narrowed.ids))
        if self.narrowed.clients is not None:
            found.append(_one_of("client_id", self.narrowed.clients))
        return [*found, *self.others(index)]

    def streams(self) -> Iterator[str]:
        """One condition for each stream that may have rows."""
        for kind, status, tender in product(
            _kinds(self.wanted), _statuses(self.wanted), _tenders(self.wanted)
        ):
            yield f"kind = '{kind}' AND status = '{status}' AND tender = '{tender}'"

    def others(self, index: str | None) -> list[str]:
        """The conditions on staff, amount and days; the index by day is not asked for instants it lacks."""
        names = [name for name in _OTHERS if name in self.values]
        if index == _BY_DAY:
            names = [name for name in names if not name.endswith("_at")]
        return [*(_OTHERS[name] for name in names), *([self.standing] if self.standing else [])]


_OTHERS = {
    "staff_id": "staff_id = :staff_id",
    "min_amount": "amount >= :min_amount",
    "max_amount": "amount <= :max_amount",
    "from_day": "business_day >= :from_day",
    "to_day": "business_day <= :to_day",
    "from_at": "at >= :from_at",
    "to_at": "at < :to_at",
}


def _within_reach(day: date) -> date:
    """A day that the calendar can reckon with; no sale lies beyond."""
    return min(max(day, _FIRST_DATE), LAST_DATE - _SLACK)


def _bound_day(reading: Reading, day: date | None) -> date | str | None:
    """SQLite keeps days as text."""
    if day is None or reading.connection.dialect.name != "sqlite":
        return day
    return day.isoformat()


def _one_of(column: str, values: Iterable[str | int]) -> str:
    listed = ", ".join(f"'{one}'" if isinstance(one, str) else str(int(one)) for one in values)
    return f"{column} IN ({listed})"


def _where(conditions: Iterable[str]) -> str:
    listed = " AND ".join(conditions)
    return f" WHERE {listed}" if listed else ""


def _rows(reading: Reading, index: str | None) -> str:
    """The table, on SQLite with the index it is to be read by. PostgreSQL knows how the values are spread."""
    if index is None or reading.connection.dialect.name != "sqlite":
        return "money_transaction"
    return f"money_transaction INDEXED BY {index}"


def _kinds(wanted: TransactionFilter) -> tuple[str, ...]:
    return _chosen(TRANSACTION_KINDS, wanted.kind if wanted.standing is None else "payment")


def _statuses(wanted: TransactionFilter) -> tuple[str, ...]:
    return _chosen(TRANSACTION_STATUSES, wanted.status if wanted.standing is None else "succeeded")


def _is_contradictory(wanted: TransactionFilter) -> bool:
    """Whether refunds, or payments that did not arrive, are asked for of which money went back."""
    others = wanted.kind not in (None, "payment") or wanted.status not in (None, "succeeded")
    return wanted.standing is not None and others


def _tenders(wanted: TransactionFilter) -> tuple[str, ...]:
    found = _chosen(TENDERS, wanted.tender)
    return found if wanted.tenders is None else tuple(one for one in found if one in wanted.tenders)


def _chosen(words: tuple[str, ...], wanted: str | None) -> tuple[str, ...]:
    """All words, or the wanted one. Nothing but these words ever gets into a statement.

    Raises:
        ValueError: there is no such word.
    """
    return words if wanted is None else (words[words.index(wanted)],)


# --- Choosing ----------------------------------------------------------------------------------------


def _can_be_walked(reading: Reading, wanted: TransactionFilter, sort: TransactionSort | None) -> bool:
    """Whether a walk finds a page of what went back; no other filter may make it rarer than it is."""
    if sort is None or wanted.standing is None:
        return False
    others = (wanted.staff_id, wanted.min_amount, wanted.max_amount, wanted.from_day, wanted.to_day)
    return all(one is None for one in others) and is_worth_a_walk(reading, wanted.standing, sort)


def _candidates(wanted: TransactionFilter, sort: TransactionSort) -> Iterator[str]:
    """The indexes that may find few rows, where the order of the page does not find them anyway."""
    if sort is TransactionSort.AMOUNT:
        if wanted.staff_id is not None:
            yield _BY_STAFF
        if wanted.from_day is not None or wanted.to_day is not None:
            yield _BY_DAY
        return
    if wanted.min_amount is not None or wanted.max_amount is not None:
        yield _BY_AMOUNT
    if wanted.staff_id is not None and (wanted.kind or wanted.status or wanted.tender or wanted.tenders):
        yield _BY_TIME


#: What an index is asked for when its rows are counted, besides the words of the streams.
_COUNTED = {
    _BY_STAFF: ("staff_id", "from_at", "to_at"),
    _BY_DAY: ("from_day", "to_day"),
    _BY_AMOUNT: ("min_amount", "max_amount"),
    _BY_TIME: ("from_at", "to_at"),
}


def _count(reading: Reading, wanted: TransactionFilter, index: str) -> int:
    """How many rows the index gives, at most one more than are few."""
    asked = _Asked.of(reading, wanted, Narrowed(index=index))
    names = [name for name in _COUNTED[index] if name in asked.values]
    conditions = [_OTHERS[name] for name in names]
    if index in (_BY_AMOUNT, _BY_TIME):
        words = (("kind", _kinds), ("status", _statuses), ("tender", _tenders))
        conditions = [*(_one_of(name, choose(wanted)) for name, choose in words), *conditions]
    some = f"SELECT 1 FROM {_rows(reading, index)}{_where(conditions)} LIMIT {_few(index) + 1}"
    sql = sa.text(f"SELECT COUNT(*) FROM ({some}) AS counted")
    values = {name: asked.values[name] for name in names}
    return int(reading.connection.execute(sql, values).scalar_one())


def _few(index: str) -> int:
    return FEW_BY_DAY if index == _BY_DAY else FEW


# --- Reading in order --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Turn:
    """The order of a page and where it begins."""

    column: str
    way: str
    begins: str
    values: dict[str, Any]

    @classmethod
    def of(cls, sort: TransactionSort, descending: bool, after: TransactionKey | None, limit: int) -> _Turn:
        column = "at" if sort is TransactionSort.AT else "amount"
        values: dict[str, Any] = {"most": limit}
        if after is None:
            return cls(column, "DESC" if descending else "ASC", "", values)
        values["place"] = to_micros(after.at) if sort is TransactionSort.AT else after.amount
        values["after_id"] = after.id
        begins = f"({column}, id) {'<' if descending else '>'} (:place, :after_id)"
        return cls(column, "DESC" if descending else "ASC", begins, values)

    def of_rows(self, rows: str, conditions: Iterable[str]) -> str:
        """A statement for ids and places of the rows, in order."""
        where = _where([*conditions, *([self.begins] if self.begins else [])])
        return (
            f"SELECT id, {self.column} AS place FROM {rows}{where}"
            f" ORDER BY {self.column} {self.way}, id {self.way} LIMIT :most"
        )

    def of_merged(self, streams: Iterable[str]) -> str:
        """The same for rows that come from several statements."""
        union = " UNION ALL ".join(f"SELECT * FROM ({one}) AS s{place}" for place, one in enumerate(streams))
        return f"SELECT id FROM ({union}) AS merged ORDER BY place {self.way}, id {self.way} LIMIT :most"


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
