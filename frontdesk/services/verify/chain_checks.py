"""Checks of the hash chains: each operation with all it wrote, and the sale or refund it is of (L2, R7)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from frontdesk.models import chain
from frontdesk.models.base import metadata
from frontdesk.models.ledger import ledger_op
from frontdesk.services import subjects
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.verify.checks import DAMAGE, MOST_OF_ONE_KIND, more_of, unreadable
from frontdesk.services.verify.hashed_text import PARTS, operation_text, refund_text, sale_text, writer
from frontdesk.services.views.verify import Finding

#: What can be wrong with an operation, as bits of one number.
CONTENT, LINK, ORDER = 1, 2, 4
#: Whatever may come of reading a row that was forged or damaged.
UNREADABLE = (sa.exc.DBAPIError, ValueError, TypeError, OverflowError)
#: How often a long check says how far it is, in operations.
STEP = 20_000

Advance = Callable[[int], None]

_ALL_IDS = "SELECT id FROM ledger_op ORDER BY id"
_OP = sa.select(ledger_op).where(ledger_op.c.id == sa.bindparam("op_id"))
_PARTS = {
    name: sa.select(metadata.tables[name]).where(metadata.tables[name].c.op_id == sa.bindparam("op_id"))
    for name, _ in PARTS
}
_POSTGRESQL_LINKS = f"""
    SELECT id, CASE WHEN client_seq = seq_before + 1 AND prev_hash <> hash_before OR seq_before IS NULL
    AND client_seq = 1 AND prev_hash <> '' THEN {LINK} ELSE 0 END
    + CASE WHEN client_seq <= seq_before THEN {ORDER} ELSE 0 END AS bits
    FROM (SELECT id, client_seq, prev_hash, lag(client_seq) OVER w AS seq_before,
    lag(hash) OVER w AS hash_before
    FROM ledger_op WINDOW w AS (PARTITION BY client_id ORDER BY id)) linked"""


class _Chains:
    """Follows all clients' chains at once, operation by operation in the order they were written."""

    def __init__(self, advance: Advance) -> None:
        self._heads: dict[int, tuple[int, str]] = {}
        self._advance = advance
        self._seen = 0
        self._last = (0, 0)

    def look(self, op_id: int, client_id: int, seq: int, prev_hash: str, op_hash: str, text: str) -> int:
        """What is wrong with the next operation: bits, 0 for nothing. SQLite calls this for each row."""
        # For a row that it picks out, SQLite may ask once for the condition and once for the result.
        if self._last[0] != op_id:
            self._last = (op_id, self._bits(client_id, seq, prev_hash, op_hash, text))
        return self._last[1]

    def _bits(self, client_id: int, seq: int, prev_hash: str, op_hash: str, text: str) -> int:
        self._seen += 1
        if self._seen % STEP == 0:
            self._advance(self._seen)
        head_seq, head_hash = self._heads.get(client_id, (0, ""))
        self._heads[client_id] = (seq, op_hash)
        bits = 0 if hashlib.sha256(text.encode()).hexdigest() == op_hash else CONTENT
        if seq == head_seq + 1:
            return bits if prev_hash == head_hash else bits | LINK
        return bits | ORDER if seq <= head_seq else bits


def chain_findings(reading: Reading, advance: Advance = lambda done: None) -> Iterator[Finding]:
    """Operations that were changed, put in another order, or do not follow the one before."""
    named = 0
    for op_id, bits in _suspects(reading, advance):
        for finding in _confirmed(reading, op_id, bits):
            named += 1
            if named > MOST_OF_ONE_KIND:
                yield more_of("verify.op_changed")
                return
            yield finding


def _suspects(reading: Reading, advance: Advance) -> Iterable[tuple[int, int]]:
    try:
        if reading.connection.dialect.name == "sqlite":
            return _sqlite_suspects(reading, advance)
        return _postgresql_suspects(reading)
    except DAMAGE as error:
        # Something in it cannot even be read as text: look at each operation by itself.
        unreadable(reading, "verify.op_changed", error)
        return [(int(op_id), CONTENT) for op_id in reading.connection.exec_driver_sql(_ALL_IDS).scalars()]


def _sqlite_suspects(reading: Reading, advance: Advance) -> list[tuple[int, int]]:
    _functions(reading)["look"] = _Chains(advance).look
    text, source = operation_text(writer("sqlite"))
    asked = (
        "SELECT id, bits FROM (SELECT o.id AS id, frontdesk_look(o.id, o.client_id, o.client_seq,"
        f" o.prev_hash, o.hash, {text}) AS bits FROM {source} ORDER BY o.id) WHERE bits <> 0"
    )
    return [(row[0], row[1]) for row in reading.connection.exec_driver_sql(asked)]


def _postgresql_suspects(reading: Reading) -> list[tuple[int, int]]:
    text, source = operation_text(writer("postgresql"))
    changed = (
        f"SELECT o.id, {CONTENT} AS bits FROM {source}"
        f" WHERE encode(sha256(convert_to({text}, 'UTF8')), 'hex') <> o.hash"
    )
    found: dict[int, int] = {}
    for asked in (changed, f"SELECT id, bits FROM ({_POSTGRESQL_LINKS}) l WHERE bits <> 0"):
        for op_id, bits in reading.connection.exec_driver_sql(asked):
            found[op_id] = found.get(op_id, 0) | bits
    return sorted(found.items())


def _confirmed(reading: Reading, op_id: int, bits: int) -> Iterator[Finding]:
    try:
        op = reading.connection.execute(_OP, {"op_id": op_id}).mappings().one()
    except UNREADABLE:
        yield Finding("verify.op_unreadable", {"op_id": op_id})
        return
    facts = {"client_id": op["client_id"], "op": op["client_seq"], "kind": op["kind"]}
    if bits & CONTENT:
        found = _hash_now(reading, op)
        if found != op["hash"]:
            yield Finding("verify.op_changed", facts | {"expected": op["hash"], "found": found})
    if bits & LINK:
        yield Finding("verify.chain_broken", facts | {"found": op["prev_hash"]})
    if bits & ORDER:
        yield Finding("verify.out_of_order", facts)


def _hash_now(reading: Reading, op: Mapping[Any, Any]) -> str:
    """The hash of what stands in the books now; a dash where a row cannot be read at all."""
    try:
        rows = {
            name: reading.connection.execute(statement, {"op_id": op["id"]}).mappings().all()
            for name, statement in _PARTS.items()
        }
        return chain.op_hash(
            {str(name): value for name, value in op.items()},
            lots=_plain(rows["credit_lot"]),
            entries=_plain(rows["ledger_entry"]),
            terms=_plain(rows["lot_term"]),
            holds=_plain(rows["lot_hold"]),
            visits=_plain(rows["visit"]),
            visit_events=_plain(rows["visit_event"]),
        )
    except UNREADABLE:
        return "–"


def _plain(rows: Iterable[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in rows]


# --- Sales and refunds ----------------------------------------------------------------------------------


def subject_findings(reading: Reading) -> Iterator[Finding]:
    """Sales and refunds of which a row was changed since their operation was written."""
    text = writer(reading.connection.dialect.name)
    yield from _subjects(reading, "sale", sale_text(text), "o.sale_id = s.id AND o.kind = 'sale'", _sale_now)
    yield from _subjects(reading, "refund", refund_text(text), "o.refund_id = s.id", _refund_now)


def _subjects(
    reading: Reading, table: str, text: str, belongs: str, now: Callable[[Reading, int], str]
) -> Iterator[Finding]:
    code = f"verify.{table}_changed"
    facts = (
        f"SELECT o.client_id, o.client_seq AS op, s.id AS {table}_id, s.series, s.number,"
        f" o.subject_hash AS expected FROM ledger_op o JOIN {table} s ON {belongs}"
        " WHERE o.subject_hash IS NOT NULL"
    )
    try:
        if reading.connection.dialect.name == "sqlite":
            _functions(reading)
            hashed = f"frontdesk_sha256({text})"
        else:
            hashed = f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')"
        rows = reading.connection.exec_driver_sql(f"{facts} AND {hashed} <> o.subject_hash").mappings().all()
    except DAMAGE as error:
        unreadable(reading, code, error)
        rows = reading.connection.exec_driver_sql(facts).mappings().all()
    for row in rows[:MOST_OF_ONE_KIND]:
        found = now(reading, row[f"{table}_id"])
        if found != row["expected"]:
            yield Finding(code, {**row, "found": found})
    if len(rows) > MOST_OF_ONE_KIND:
        yield more_of(code)


def _functions(reading: Reading) -> dict[Any, Any]:
    """What SQLite may call on this connection; made known once, since a running query forbids it later."""
    known: dict[Any, Any] = reading.connection.info.setdefault("frontdesk_functions", {})
    if not known:
        known["look"] = None
        driver: Any = reading.connection.connection.driver_connection
        driver.create_function("frontdesk_look", 6, lambda *row: known["look"](*row))
        driver.create_function("frontdesk_sha256", 1, _sha256, deterministic=True)
    return known


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _sale_now(reading: Reading, sale_id: int) -> str:
    return _subject_now(lambda: subjects.subject_rows(reading.connection, sale_id))


def _refund_now(reading: Reading, refund_id: int) -> str:
    return _subject_now(lambda: subjects.refund_subject_rows(reading.connection, refund_id))


def _subject_now(rows: Callable[[], list[dict[str, Any]]]) -> str:
    try:
        return chain.subject_hash(rows())
    except UNREADABLE:
        return "–"
