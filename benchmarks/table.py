"""The results as a table to read and as JSON to compare."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from sqlcipher3 import dbapi2

from benchmarks.measuring import Figure

_HEAD = ("", "measured", "to reach", "", "floor", "ratio", "floor is")


def as_text(figures: Sequence[Figure]) -> str:
    """The figures in columns, group by group."""
    rows = [_HEAD, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [_line(rows[0], widths)]
    group = ""
    for figure, row in zip(figures, rows[1:], strict=True):
        if figure.group != group:
            group = figure.group
            lines += ["", group]
        lines.append(_line(row, widths))
        if figure.note:
            lines.append(f"  {figure.note}")
    return "\n".join(lines)


def write(folder: Path, figures: Sequence[Figure]) -> tuple[Path, Path]:
    """Write the table as text and as JSON into the folder; returns both files."""
    folder.mkdir(parents=True, exist_ok=True)
    text, data = folder / "benchmarks.txt", folder / "benchmarks.json"
    text.write_text(f"{_machine()}\n\n{as_text(figures)}\n", encoding="utf-8")
    listed = [{**asdict(one), "ratio": one.ratio, "reached": one.reached} for one in figures]
    measured = {"at": datetime.now(UTC).isoformat(), "machine": _machine(), "figures": listed}
    data.write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return text, data


def _machine() -> str:
    return (
        f"Python {platform.python_version()}, SQLite {dbapi2.sqlite_version}, {platform.system()}"
        f" {platform.machine()}, {os.cpu_count()} processors"
    )


def _row(figure: Figure) -> tuple[str, ...]:
    reached = {True: "yes", False: "NO", None: ""}[figure.reached]
    return (
        f"  {figure.what}",
        _value(figure.value, figure.unit),
        ""
        if figure.reach is None
        else f"{'≥' if figure.more_is_better else '≤'} {_value(figure.reach, figure.unit)}",
        reached,
        "" if figure.floor is None else _value(figure.floor, figure.unit),
        "" if figure.ratio is None else f"{figure.ratio:.1f}×",
        figure.floor_is,
    )


def _value(value: float, unit: str) -> str:
    number = f"{value:.2f}" if abs(value) < 10 else f"{value:,.1f}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{number} {unit}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *numbers, last = row
    middle = (text.rjust(width) for text, width in zip(numbers, widths[1:-1], strict=True))
    return "  ".join((first.ljust(widths[0]), *middle, last)).rstrip()
