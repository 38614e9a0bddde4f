"""Where generated rows go: in bulk, triggers afterwards, or row by row past every trigger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from sqlcipher3 import dbapi2

from frontdesk.models.base import metadata
from frontdesk.models.search_index import SEARCH_TEXT

Row = Sequence[Any]

#: Rows that wait before they are written: few statements, little memory.
_BATCH: Final = 50_000
#: Kept by the triggers; a bulk load writes what they would have.
CACHES: Final = ("client_head", "lot_balance")
_SPEED: Final = (
    "PRAGMA journal_mode = MEMORY",
    "PRAGMA synchronous = OFF",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA cache_size = -1000000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
)


class Sink(Protocol):
    """Takes rows in the order in which the services write them, their values in the order of columns."""

    def add(self, table: str, row: Row) -> None: ...

    def next_number(self, series: str) -> None:
        """The series of receipt numbers moves on by one."""

    def settled(self, transaction: int, status: str) -> None:
        """The transaction has another status by now, as its newest state says."""

    def finish(self, caches: Iterable[tuple[str, Iterable[Row]]]) -> None:
        """Write what is left, and the caches if no trigger has; leave a file as the program expects it."""


class _File:
    """A migrated studio file with one connection to it."""

    def __init__(self, path: Path) -> None:
        self.connection = dbapi2.connect(str(path), isolation_level=None)
        self.inserts = {name: _insert(name) for name in metadata.tables}

    def close(self) -> None:
        self.connection.execute("COMMIT")
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.close()


class GuardedFile(_File):
    """Every row meets every trigger, foreign key and CHECK, as if the services wrote it. Slow: for proof."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        for pragma in ("foreign_keys = ON", "recursive_triggers = ON", "synchronous = OFF"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute("BEGIN IMMEDIATE")

    def add(self, table: str, row: Row) -> None:
        self.connection.execute(self.inserts[table], row)

    def next_number(self, series: str) -> None:
        self.connection.execute(
            "UPDATE receipt_series SET last_number = last_number + 1 WHERE series = ?", (series,)
        )

    def settled(self, transaction: int, status: str) -> None:
        """Nothing: a trigger has set it."""

    def finish(self, caches: Iterable[tuple[str, Iterable[Row]]]) -> None:
        self.close()


class BulkFile(_File):
    """Rows first, then indexes and triggers as the migration made them, and the caches computed.

    Indexes are there from half of the way on: made at the end their pages would be full to the brim, as in no
    file that has been sold into, and for a long time each sale would have to part a dozen of them.
    """

    def __init__(self, path: Path, entries: int) -> None:
        """``entries`` is how many rows the ledger is going to have."""
        super().__init__(path)
        for pragma in _SPEED:
            self.connection.execute(pragma)
        self._rows: dict[str, list[Row]] = {name: [] for name in metadata.tables}
        self._waiting = 0
        self._until_indexed = entries // 2
        self._numbers: dict[str, int] = {}
        self._statuses: dict[int, str] = {}
        self._later = self.connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
            " AND tbl_name NOT LIKE 'client_search_%' ORDER BY type, rowid"
        ).fetchall()
        self.connection.execute("BEGIN IMMEDIATE")
        for kind, name, _ in self._later:
            self.connection.execute(f"DROP {kind} {name}")

    def add(self, table: str, row: Row) -> None:
        self._rows[table].append(row)
        self._waiting += 1
        if self._waiting >= _BATCH:
            self._flush()

    def next_number(self, series: str) -> None:
        self._numbers[series] = self._numbers.get(series, 0) + 1

    def settled(self, transaction: int, status: str) -> None:
        self._statuses[transaction] = status

    def finish(self, caches: Iterable[tuple[str, Iterable[Row]]]) -> None:
        self._flush()
        self.connection.executemany(
            "UPDATE money_transaction SET status = ? WHERE id = ?",
            [(status, transaction) for transaction, status in self._statuses.items()],
        )
        for table, rows in caches:
            self.connection.executemany(self.inserts[table], rows)
        self.connection.executemany(
            "UPDATE receipt_series SET last_number = ? WHERE series = ?",
            [(last, series) for series, last in self._numbers.items()],
        )
        text = SEARCH_TEXT.format("client")
        self.connection.execute(f"INSERT INTO client_search (rowid, text) SELECT id, {text} FROM client")
        self._make("index")
        self._make("trigger")
        self.close()

    def _make(self, kind: str) -> None:
        for _, _, sql in (one for one in self._later if one[0] == kind):
            self.connection.execute(sql)
        self._later = [one for one in self._later if one[0] != kind]

    def _flush(self) -> None:
        self._until_indexed -= len(self._rows["ledger_entry"])
        if self._until_indexed <= 0:
            self._make("index")
        for table, rows in self._rows.items():
            if rows:
                self.connection.executemany(self.inserts[table], rows)
                rows.clear()
        self._waiting = 0


def _insert(table: str) -> str:
    columns = [column.name for column in metadata.tables[table].columns]
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
