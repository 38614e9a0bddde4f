"""Draft of an import: the rows of a file as the dry run showed them."""

from __future__ import annotations

from dataclasses import dataclass

from frontdesk.services.csv_reading.import_row import ImportRow


@dataclass(frozen=True, slots=True)
class ImportDraft:
    """What is brought in (D3). ``file_hash`` is the SHA-256 of the file's bytes in hex.

    ``again`` brings the same file in although it was before.
    """

    file_name: str
    file_hash: str
    rows: tuple[ImportRow, ...]
    again: bool = False
