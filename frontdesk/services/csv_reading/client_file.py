"""A file of clients on the way from the disk to rows: read once, looked at as often as choices change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from frontdesk.services.csv_reading.columns import ColumnMapping, suggest_columns
from frontdesk.services.csv_reading.dates import DateOrder
from frontdesk.services.csv_reading.decoding import MAX_BYTES, ImportFileError
from frontdesk.services.csv_reading.rows import choices_for, read_rows
from frontdesk.services.csv_reading.table import Table
from frontdesk.services.drafts.imports import ImportDraft

#: How many rows tell what a column holds.
_SAMPLE: Final = 200


@dataclass(frozen=True, slots=True)
class ClientFile:
    """The bytes of a file under its name, and their SHA-256 in hex, by which the same file is known again."""

    name: str
    data: bytes
    hash: str


def read_client_file(path: str | Path) -> ClientFile:
    """Read a file whole.

    Raises:
        ImportFileError: imports.file_unreadable, imports.file_too_large.
    """
    place = Path(path)
    try:
        size = place.stat().st_size
        if size > MAX_BYTES:
            # Before it is read: somebody may have picked a film.
            raise ImportFileError("imports.file_too_large", megabytes=size // 2**20, most=MAX_BYTES // 2**20)
        data = place.read_bytes()
    except OSError as error:
        detail = error.strerror or str(error)
        raise ImportFileError("imports.file_unreadable", path=str(place), detail=detail) from error
    return ClientFile(place.name, data, hashlib.sha256(data).hexdigest())


def suggested_mapping(table: Table) -> ColumnMapping:
    """The columns as their names and the first rows suggest them."""
    return suggest_columns(table.header, [record.cells for record in table.records[:_SAMPLE]])


def draft_of(
    file: ClientFile,
    table: Table,
    mapping: ColumnMapping,
    order: DateOrder | None,
    today: date,
    *,
    again: bool = False,
) -> ImportDraft:
    """What this file would bring in, read by this mapping; ``order`` answers for dates that read both ways.

    Raises:
        ImportFileError: imports.file_names_nobody, imports.file_date_order_needed.
    """
    rows = read_rows(table, choices_for(table, mapping, order), today)
    return ImportDraft(file.name, file.hash, rows, again)
