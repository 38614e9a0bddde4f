"""SQL that writes the text a hash covers, to prove a million hashes without a million rows in Python.

The text is exactly ``canonical_json`` of what ``models.chain`` hashes. It only saves time: an operation whose
text does not give its hash is hashed once more by ``models.chain`` itself before anything is said about it.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from frontdesk.models import chain
from frontdesk.models.base import Json, metadata
from frontdesk.services import subjects

#: The tables whose rows an operation's hash covers, in its order, with their columns.
PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("credit_lot", chain.LOT),
    ("ledger_entry", chain.ENTRY),
    ("lot_term", chain.TERM),
    ("lot_hold", chain.HOLD),
    ("visit", chain.VISIT),
    ("visit_event", chain.VISIT_EVENT),
)


class SqliteText:
    """The text in SQLite's words: its JSON functions write what Python's do."""

    def value(self, table: str, column: str, alias: str) -> str:
        kind = metadata.tables[table].c[column].type
        name = f"{alias}.{column}"
        if isinstance(kind, sa.Boolean):
            return f"json(CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
        if isinstance(kind, Json):
            # A forged text that is no JSON must give another hash, not an error.
            return f"CASE WHEN json_valid({name}) THEN json({name}) ELSE json_quote({name}) END"
        return name

    def listed(self, table: str, columns: Sequence[str], alias: str) -> str:
        return f"json_array({', '.join(self.value(table, column, alias) for column in columns)})"

    def mapped(self, table: str, columns: Sequence[str], alias: str) -> str:
        pairs = (f"'{column}', {self.value(table, column, alias)}" for column in sorted(columns))
        return f"json_object({', '.join(pairs)})"

    def joined(self, text: str, order: str, source: str, before: str = "") -> str:
        """One text of all rows of ``source`` with commas in between, ``before`` them where there are any."""
        return (
            f"COALESCE('{before}' || (SELECT group_concat({text}, ',' ORDER BY {order}) FROM {source}), '')"
        )

    def written(self, table: str, columns: Sequence[str], name: str) -> tuple[str, str]:
        """The text of all rows that operation ``o`` wrote, and what has to be joined for it."""
        row = self.listed(table, columns, "p")
        return self.joined(row, row, f"{table} p WHERE p.op_id = o.id"), ""


class PostgresqlText:
    """The text in PostgreSQL's words."""

    def value(self, table: str, column: str, alias: str) -> str:
        kind = metadata.tables[table].c[column].type
        name = f"{alias}.{column}"
        # Json columns hold canonical JSON already.
        text = name if isinstance(kind, Json) else f"to_json({name})::text"
        return f"COALESCE({text}, 'null')"

    def listed(self, table: str, columns: Sequence[str], alias: str) -> str:
        return f"'[' || concat_ws(',', {', '.join(self.value(table, c, alias) for c in columns)}) || ']'"

    def mapped(self, table: str, columns: Sequence[str], alias: str) -> str:
        pairs = (f"'\"{column}\":' || {self.value(table, column, alias)}" for column in sorted(columns))
        return f"'{{' || concat_ws(',', {', '.join(pairs)}) || '}}'"

    def joined(self, text: str, order: str, source: str, before: str = "") -> str:
        """One text of all rows of ``source`` with commas in between, ``before`` them where there are any."""
        return f"COALESCE('{before}' || (SELECT string_agg({text}, ',' ORDER BY {order}) FROM {source}), '')"

    def written(self, table: str, columns: Sequence[str], name: str) -> tuple[str, str]:
        """The text of all rows that operation ``o`` wrote, and what has to be joined for it."""
        # Joined as a whole it takes half the time that asking for each operation takes. The collation's order
        # is that of code points, which is Python's.
        row = self.listed(table, columns, "p")
        gathered = (
            f"SELECT p.op_id AS op_id, string_agg({row}, ',' ORDER BY ({row}) COLLATE \"C\") AS rows"
            f" FROM {table} p GROUP BY p.op_id"
        )
        return f"COALESCE({name}.rows, '')", f" LEFT JOIN ({gathered}) {name} ON {name}.op_id = o.id"


Writer = SqliteText | PostgresqlText


def writer(dialect: str) -> Writer:
    """The one for a dialect, ``sqlite`` or ``postgresql``."""
    return SqliteText() if dialect == "sqlite" else PostgresqlText()


def operation_text(text: Writer) -> tuple[str, str]:
    """What the hash of an operation covers, as SQL, and the source of rows that it reads (as ``o``)."""
    # concat() writes the whole once, where || would copy it at every step: a fifth of the time.
    parts = ["'['", text.listed("ledger_op", chain.OP, "o")]
    source = "ledger_op o"
    for table, columns in PARTS:
        rows, join = text.written(table, columns, f"of_{table}")
        parts += ["',['", rows, "']'"]
        source += join
    return f"concat({', '.join(parts)}, ']')", source


def sale_text(text: Writer) -> str:
    """An SQL expression over ``sale s``: what the ``subject_hash`` of its operation covers."""
    return _subject(
        text,
        text.mapped("sale", subjects.SALE, "s"),
        ("sale_line", subjects.SALE_LINE, "p.sale_id = s.id"),
        ("money_transaction", subjects.TRANSACTION, "p.sale_id = s.id AND p.kind = 'payment'"),
    )


def refund_text(text: Writer) -> str:
    """An SQL expression over ``refund s``: what the ``subject_hash`` of its operations covers."""
    return _subject(
        text,
        text.mapped("refund", subjects.REFUND, "s"),
        ("refund_line", subjects.REFUND_LINE, "p.refund_id = s.id"),
        ("money_transaction", subjects.TRANSACTION, "p.refund_id = s.id"),
    )


def _subject(text: Writer, head: str, *lists: tuple[str, tuple[str, ...], str]) -> str:
    rows = (
        text.joined(text.mapped(table, columns, "p"), "p.id", f"{table} p WHERE {belongs}", before=",")
        for table, columns, belongs in lists
    )
    return f"concat('[', {', '.join((head, *rows))}, ']')"
