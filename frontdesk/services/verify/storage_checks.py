"""Checks of the file: its pages, references and safeguards, gaps in its numbers, its search index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from frontdesk.models import triggers
from frontdesk.models.base import metadata
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.verify.checks import DAMAGE, MOST_OF_ONE_KIND, Check, found_by, more_of, unreadable
from frontdesk.services.views.verify import Finding

# A trigger that was switched off exists, but guards nothing.
_TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT t.tgname, CASE WHEN t.tgenabled IN ('O', 'A') THEN p.prosrc ELSE '' END"
        " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
    ),
}

_SEARCH = (
    Check(
        "verify.search_index",
        "SELECT c.id AS client_id FROM client c LEFT JOIN client_search_docsize d ON d.id = c.id"
        " WHERE d.id IS NULL UNION ALL SELECT d.id FROM client_search_docsize d"
        " LEFT JOIN client c ON c.id = d.id WHERE c.id IS NULL",
    ),
)


def pages_findings(reading: Reading) -> Iterator[Finding]:
    """What SQLite finds wrong with the pages of its file, and with the search index in it."""
    if reading.connection.dialect.name != "sqlite":
        return
    try:
        answers = reading.connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    except DAMAGE as error:
        yield unreadable(reading, "verify.pages", error)
        return
    for answer in answers:
        if answer != "ok":
            yield Finding("verify.pages", {"detail": str(answer)})


def reference_findings(reading: Reading) -> Iterator[Finding]:
    """Rows that refer to rows which do not exist."""
    if reading.connection.dialect.name == "sqlite":
        yield from _sqlite_references(reading)
        return
    for check in _REFERENCES:
        yield from found_by(reading, check)


def _sqlite_references(reading: Reading) -> Iterator[Finding]:
    try:
        rows = reading.connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    except DAMAGE as error:
        yield unreadable(reading, "verify.reference", error)
        return
    for table, row_id, parent, _ in rows[:MOST_OF_ONE_KIND]:
        yield Finding("verify.reference", {"table": table, "row": row_id, "parent": parent})
    if len(rows) > MOST_OF_ONE_KIND:
        yield more_of("verify.reference")


def _reference_sql(table: sa.Table, key: sa.ForeignKeyConstraint) -> str:
    pairs = [(element.parent.name, element.column.name) for element in key.elements]
    joined = " AND ".join(f"p.{there} = c.{here}" for here, there in pairs)
    given = " AND ".join(f"c.{here} IS NOT NULL" for here, _ in pairs)
    row = next(iter(table.primary_key)).name
    return (
        f"(SELECT '{table.name}' AS \"table\", c.{row} AS row, '{key.referred_table.name}' AS parent"
        f" FROM {table.name} c WHERE {given}"
        f" AND NOT EXISTS (SELECT 1 FROM {key.referred_table.name} p WHERE {joined})"
        f" LIMIT {MOST_OF_ONE_KIND + 1})"
    )


def _reference_checks() -> Iterator[Check]:
    """One for all tables whose rows are named alike: a server is asked over the wire."""
    by_type: dict[type[Any], list[str]] = {}
    for table in metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            kind = type(next(iter(table.primary_key)).type)
            by_type.setdefault(kind, []).append(_reference_sql(table, key))
    for asked in by_type.values():
        yield Check("verify.reference", " UNION ALL ".join(asked))


_REFERENCES = tuple(_reference_checks())


def safeguard_findings(reading: Reading) -> Iterator[Finding]:
    """Triggers that are missing, switched off, or say something else than they should."""
    dialect = reading.connection.dialect.name
    expected = _expected_triggers(dialect)
    found = {name: text or "" for name, text in reading.connection.exec_driver_sql(_TRIGGERS[dialect])}
    for name in sorted(expected):
        if name not in found:
            yield Finding("verify.safeguard_missing", {"name": name})
        elif _words(expected[name]) != _words(found[name]):
            yield Finding("verify.safeguard_changed", {"name": name})


def _expected_triggers(dialect: str) -> dict[str, str]:
    """Each trigger's text: on PostgreSQL the body of its function."""
    bodies: dict[str, str] = {}
    made: dict[str, str] = {}
    for statement in triggers.statements(dialect):
        kind, _, rest = statement.removeprefix("CREATE ").partition(" ")
        name = rest.split("(")[0].split()[0]
        if kind == "FUNCTION":
            bodies[name] = statement.split("$$")[1]
        elif dialect == "postgresql":
            made[name] = bodies[statement.rpartition(" ")[2].removesuffix("()")]
        else:
            made[name] = statement
    return made


def _words(text: str) -> list[str]:
    # The copy kept in the file may break its lines elsewhere.
    return text.split()


def number_gap_findings(reading: Reading) -> Iterator[Finding]:
    """Rows taken out of a table that is only ever appended to: SQLite then gives numbers without gaps.

    (A PostgreSQL sequence skips numbers whenever a transaction is rolled back, so nothing can be told there.)
    """
    if reading.connection.dialect.name != "sqlite":
        return
    for name in triggers.APPEND_ONLY:
        key = list(metadata.tables[name].primary_key)
        if [column.name for column in key] == ["id"]:
            yield from found_by(reading, Check("verify.row_missing", _gap_sql(name)))


def _gap_sql(table: str) -> str:
    given = f"(SELECT COALESCE(MAX(s.seq), 0) FROM sqlite_sequence s WHERE s.name = '{table}')"
    return (
        f"SELECT '{table}' AS \"table\", MAX(n.highest, {given}) AS expected, n.there AS found FROM"
        f" (SELECT COUNT(*) AS there, COALESCE(MAX(id), 0) AS highest FROM {table}) n"
        f" WHERE n.there <> n.highest OR n.highest < {given}"
    )


def search_findings(reading: Reading) -> Iterator[Finding]:
    """Clients whom the search index lacks, or knows and should not."""
    if reading.connection.dialect.name == "sqlite":
        for check in _SEARCH:
            yield from found_by(reading, check)
