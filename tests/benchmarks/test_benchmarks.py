"""The benchmarks run from end to end on a tiny studio, and their tables say what was measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.measuring import Effort, Figure, best_percentile, percentile
from benchmarks.table import as_text


@pytest.fixture(autouse=True)
def _whole_effort() -> Iterator[None]:
    """What --quick sets is set back."""
    yield
    Effort.quick = False


@pytest.mark.timeout(300)
def test_every_benchmark_runs_and_writes_its_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All but the start beside a bare window, and the server."""
    names = ["window", "search", "transactions", "desk", "books", "sync", "stalls"]
    arguments = [
        *names,
        "--data",
        str(tmp_path / "data"),
        "--out",
        str(tmp_path / "out"),
        "--size",
        "XS",
        "--quick",
    ]
    assert command.main(arguments) == 0
    measured = json.loads((tmp_path / "out" / "benchmarks.json").read_text(encoding="utf-8"))
    groups = {figure["group"].split(",")[0] for figure in measured["figures"]}
    assert groups == {
        "In the window",
        "F2 client search",
        "F3 transactions",
        "F4 the desk",
        "F4 the desk while sync runs",
        "Check the books",
        "F5 the pull",
        "F6 the window while sync runs",
    }
    assert all(figure["value"] >= 0 for figure in measured["figures"])
    assert "full scans" in (tmp_path / "out" / "benchmarks.txt").read_text(encoding="utf-8")
    assert "durable sale" in capsys.readouterr().out
    assert not list((tmp_path / "data").glob("XS-*/copy-*"))


def test_the_table_tells_what_was_missed_and_by_how_much() -> None:
    figures = [
        Figure("Sales", "a sale", 12.0, "ms", 6, 0.5, "one commit"),
        Figure("Sales", "sales a second", 900.0, "/s", 800, 4000.0, "commits", more_is_better=True),
    ]
    slow, quick = as_text(figures).splitlines()[-2:]
    assert slow.split() == [
        "a",
        "sale",
        "12.0",
        "ms",
        "≤",
        "6.00",
        "ms",
        "NO",
        "0.50",
        "ms",
        "24.0×",
        "one",
        "commit",
    ]
    assert quick.split()[3:8] == ["900.0", "/s", "≥", "800.0", "/s"]
    assert "yes" in quick and "4.4×" in quick


def test_a_name_that_is_no_benchmark_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["sarch"])
    assert "there are start, window" in capsys.readouterr().err


def test_the_best_run_counts() -> None:
    runs = iter([[9.0, 9.0, 50.0], [1.0, 2.0, 3.0], [4.0, 4.0, 4.0]])
    assert best_percentile(0.99, lambda: next(runs)) == 3.0
    assert percentile([5.0, 1.0, 3.0, 2.0], 0.5) == 3.0
