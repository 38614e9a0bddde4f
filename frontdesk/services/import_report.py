"""What an import would do with each row, as a file for whoever mends the other system's export (D3)."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from frontdesk.errors import Refused
from frontdesk.services.spreadsheet_text import harmless
from frontdesk.services.views.imports import ImportPlan, RowPlan

#: Puts a code and its parameters into words.
Say = Callable[[str, Mapping[str, Any]], str]


def report_header(say: Say) -> tuple[str, ...]:
    """The names of the report's columns."""
    return tuple(
        say(f"import.report.{name}", {}) for name in ("row", "client", "action", "credits", "remarks")
    )


def report_lines(plan: ImportPlan, say: Say) -> Iterator[tuple[str | int, ...]]:
    """One line for each row of the file."""
    for row in plan.rows:
        remarks = " ".join(say(problem.code, problem.params) for problem in row.problems)
        yield row.number, row.name, say(action_code(row), {}), row.credits or "", remarks


def action_code(row: RowPlan) -> str:
    """The code of the words for what becomes of a row."""
    return f"import.action.{'more' if row.further and row.action != 'left_out' else row.action}"


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
        with suppress(OSError):
            half.unlink()
        detail = error.strerror or str(error)
        raise Refused("imports.report_unwritable", path=str(target), detail=detail) from error
