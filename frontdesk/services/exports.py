"""Everything in the books as files that other programs read: CSV, one XLSX workbook and JSON (D3)."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol, TextIO

import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models import money
from frontdesk.models.base import Instant, metadata
from frontdesk.services.spreadsheet_text import harmless
from frontdesk.services.unit_of_work import Reading

#: A worksheet ends here; longer tables go on in a further one.
XLSX_ROWS = 1_048_576
_CHUNK = 2_000
#: Tables that hold how the program works and how far sync is, rather than what the studio has; and caches.
LEFT_OUT = frozenset(("command", "client_head", "sync_state", "stripe_reads", "stripe_event"))
#: Columns that help the program search, where the same facts stand beside them as typed; what keyrings call
#: the key of this account, and which desk is just sending something.
_INTERNAL = frozenset(
    ("name_folded", "email_folded", "phone_digits", "secret_name", "leased_by", "leased_until")
)
#: Amounts of money in minor units; they are written in major units with all decimals.
_MONEY = {
    "package_version": ("price",),
    "sale": ("subtotal", "discount", "tax", "total"),
    "sale_line": ("list_price", "discount", "tax", "total"),
    "refund": ("amount",),
    "refund_line": ("amount",),
    "money_transaction": ("amount", "cash_given", "cash_change"),
    "checkout": ("amount", "total"),
}


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written: the folder, its files and how many rows of each table."""

    folder: str
    files: tuple[str, ...]
    rows: tuple[tuple[str, int], ...]


class _Writer(Protocol):
    def begin(self, table: str, columns: list[str]) -> None: ...

    def row(self, values: list[Any]) -> None: ...

    def end(self) -> None: ...

    def close(self) -> None: ...


def export_everything(
    reading: Reading, folder: str, progress: Callable[[str, int], None] | None = None
) -> ExportResult:
    """Write every table as ``csv/<table>.csv`` and ``json/<table>.json``, and all as ``frontdesk.xlsx``.

    Of Stripe there are the account, sales that wait, what was asked and what it said: payments, refunds,
    disputes, payouts with their fees, products, prices and links. How far sync is, is left out.
    Instants are ISO 8601 in the studio's zone with their offset, amounts decimal in the studio's currency,
    lists JSON. ``progress`` gets each table's name and rows so far. All of it is one consistent picture.

    Raises:
        Refused: export.folder_not_empty, export.cannot_write.
    """
    target = Path(folder)
    try:
        _make_empty(target)
        writers: list[_Writer] = [
            _CsvWriter(target / "csv"),
            _JsonWriter(target / "json"),
            _XlsxWriter(target),
        ]
        counts = tuple((name, _export_table(reading, name, writers, progress)) for name in _tables())
        for writer in writers:
            writer.close()
    except OSError as error:
        raise Refused("export.cannot_write", path=str(target), detail=error.strerror or str(error)) from error
    files = tuple(sorted(str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()))
    return ExportResult(str(target), files, counts)


def _tables() -> list[str]:
    return [table.name for table in metadata.sorted_tables if table.name not in LEFT_OUT]


def _make_empty(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise Refused("export.folder_not_empty", path=str(target))


def _export_table(
    reading: Reading, name: str, writers: list[_Writer], progress: Callable[[str, int], None] | None
) -> int:
    table = metadata.tables[name]
    columns = [column for column in table.columns if column.name not in _INTERNAL]
    shown = [_shower(reading, name, column) for column in columns]
    for writer in writers:
        writer.begin(name, [column.name for column in columns])
    done = 0
    for rows in _chunks(reading, table, columns):
        for row in rows:
            values = [show(value) for show, value in zip(shown, row, strict=True)]
            for writer in writers:
                writer.row(values)
        done += len(rows)
        if progress:
            progress(name, done)
    for writer in writers:
        writer.end()
    return done


def _chunks(reading: Reading, table: sa.Table, columns: list[sa.Column[Any]]) -> Iterator[list[sa.Row[Any]]]:
    statement = sa.select(*columns).order_by(*table.primary_key.columns)
    options = {"stream_results": True, "max_row_buffer": _CHUNK}
    with reading.connection.execute(statement, execution_options=options) as result:
        yield from (list(part) for part in result.partitions(_CHUNK))


def _shower(reading: Reading, table: str, column: sa.Column[Any]) -> Callable[[Any], Any]:
    """How a value of the column is written."""
    zone, currency = reading.studio.zone, reading.studio.currency
    if column.name in _MONEY.get(table, ()):
        return lambda value: None if value is None else money.plain(value, currency)
    if isinstance(column.type, Instant):
        return lambda value: None if value is None else value.astimezone(zone).isoformat()
    return _plain


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


class _CsvWriter:
    """One UTF-8 file a table, with a byte order mark so that spreadsheets read accents right.

    A text that a spreadsheet would execute begins with an apostrophe; JSON and XLSX have it as it is.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._file: TextIO | None = None
        self._writer: Any = None

    def begin(self, table: str, columns: list[str]) -> None:
        self._file = (self._folder / f"{table}.csv").open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(columns)

    def row(self, values: list[Any]) -> None:
        self._writer.writerow(harmless(_flat(value)) for value in values)

    def end(self) -> None:
        assert self._file is not None
        self._file.close()

    def close(self) -> None:
        pass


class _JsonWriter:
    """One UTF-8 file a table: a list of objects, one a line."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._file: TextIO | None = None
        self._columns: list[str] = []
        self._first = True

    def begin(self, table: str, columns: list[str]) -> None:
        self._file = (self._folder / f"{table}.json").open("w", encoding="utf-8")
        self._columns, self._first = columns, True
        self._file.write("[")

    def row(self, values: list[Any]) -> None:
        assert self._file is not None
        self._file.write("\n" if self._first else ",\n")
        self._first = False
        json.dump(dict(zip(self._columns, values, strict=True)), self._file, ensure_ascii=False)

    def end(self) -> None:
        assert self._file is not None
        self._file.write("\n]\n")
        self._file.close()

    def close(self) -> None:
        pass


class _XlsxWriter:
    """One workbook, a worksheet a table. Texts are written as texts, so none of them becomes a formula."""

    def __init__(self, folder: Path) -> None:
        import xlsxwriter

        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(folder / "frontdesk.xlsx"), options)
        self._bold = self._book.add_format({"bold": True})
        self._sheet: Any = None
        self._table = ""
        self._columns: list[str] = []
        self._part = self._line = 0

    def begin(self, table: str, columns: list[str]) -> None:
        self._table, self._columns, self._part = table, columns, 0
        self._next_sheet()

    def row(self, values: list[Any]) -> None:
        if self._line == XLSX_ROWS:
            self._next_sheet()
        for place, value in enumerate(values):
            self._write(place, _flat(value))
        self._line += 1

    def end(self) -> None:
        pass

    def close(self) -> None:
        self._book.close()

    def _next_sheet(self) -> None:
        self._part += 1
        self._sheet = self._book.add_worksheet(
            self._table if self._part == 1 else f"{self._table} {self._part}"
        )
        self._sheet.freeze_panes(1, 0)
        for place, name in enumerate(self._columns):
            self._sheet.write_string(0, place, name, self._bold)
        self._line = 1

    def _write(self, place: int, value: Any) -> None:
        if value is None or value == "":
            return
        if isinstance(value, bool):
            self._sheet.write_boolean(self._line, place, value)
        elif isinstance(value, int):
            self._sheet.write_number(self._line, place, value)
        else:
            self._sheet.write_string(self._line, place, value)


def _flat(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
