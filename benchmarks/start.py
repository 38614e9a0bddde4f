"""F1: from the start of the process to a painted window with real rows, and to the loaded program."""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import Effort, Figure
from benchmarks.studios import Studio
from frontdesk.paths import Places

GROUP = "F1 start"
_STARTS = 5
_ROOT = Path(__file__).parents[1]


def measure(studio: Studio) -> Iterator[Figure]:
    """Several warm starts of a bare window and of the program, taking turns; the median counts."""
    with tempfile.TemporaryDirectory(dir=studio.path.parent, prefix="home-") as folder:
        home = Path(folder)
        shutil.copyfile(studio.path, Places(home).books)
        # Where PYTHONDONTWRITEBYTECODE is set, changed modules would be compiled anew by each start.
        compileall.compile_dir(str(_ROOT / "frontdesk"), quiet=1)
        bare, painted, loaded = [], [], []
        for _ in range(Effort.times(_STARTS + 1)):
            bare.append(_seconds([sys.executable, "-m", "benchmarks.bare_window"], "painted")["painted"])
            told = _seconds([sys.executable, "-m", "frontdesk"], "loaded", home)
            painted.append(told["painted"])
            loaded.append(told["loaded"])
        floor = _median(bare[1:])
        yield Figure(
            GROUP, "painted with its first rows, p50", _median(painted[1:]), "ms", 250, floor, "bare window"
        )
        yield Figure(GROUP, "the same beside the bare window", _median(painted[1:]) / floor, "×", 1.3)
        yield Figure(
            GROUP, "all loaded, search answers, p50", _median(loaded[1:]), "ms", 900, floor, "bare window"
        )


def _median(values: list[float]) -> float:
    return 1000 * sorted(values)[len(values) // 2]


def _seconds(command: list[str], last: str, home: Path | None = None) -> dict[str, float]:
    """Start a program that prints what has happened, and end it after the last of that."""
    platform = os.environ.get("QT_QPA_PLATFORM", "offscreen")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": platform,
        "PYTHONPATH": str(_ROOT),
        "FRONTDESK_HOME": str(home or ""),
        "FRONTDESK_TRACE_START": repr(time.time()),
    }
    told: dict[str, float] = {}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            what, _, seconds = line.partition(" ")
            told[what] = float(seconds)
            if what == last:
                break
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()
    return told
