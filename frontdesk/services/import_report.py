"""What an import would do with each row, as a file for whoever mends the other system's export (D3)."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from frontdesk.errors import Refused
from frontdesk.services.spreadsheet_text import harmless


def write_report(path: str | Path, header: Sequence[str], lines: Iterable[Sequence[str | int]]) -> None:
    """Write lines beneath their header as CSV that spreadsheets open right: UTF-8 with its mark.

    The file is there whole or as it was before.

    Raises:
        Refused: imports.report_unwritable.
    """
    target = Path(path)
    half = target.with_name(f".{target.name}.part")
    try:
        with half.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows([harmless(value) for value in line] for line in lines)
        os.replace(half, target)
    except OSError as error:
        half.unlink(missing_ok=True)
        detail = error.strerror or str(error)
        raise Refused("imports.report_unwritable", path=str(target), detail=detail) from error
