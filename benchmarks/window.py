"""What a person waits for in the window: a key of the search, a screen, the wheel (F2, F3, F4)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import Effort, Figure, percentile
from benchmarks.search import MISTYPED, kinds_of_text
from benchmarks.studios import Studio
from frontdesk.paths import Places
from tools.datasets.story import HOUSE_ACCOUNT

GROUP = "In the window"
_ROOT = Path(__file__).parents[1]
_TEXTS = 20
_TURNS = 200
_PROFILES = 40


def measure(studio: Studio) -> Iterator[Figure]:
    """Each run is a program of its own; the best run counts."""
    with tempfile.TemporaryDirectory(dir=studio.path.parent, prefix="home-") as folder:
        shutil.copyfile(studio.path, Places(Path(folder)).books)
        texts = kinds_of_text(studio, Effort.times(_TEXTS))
        runs = [_run(Path(folder), studio, texts) for _ in range(Effort.runs())]
    for what in texts:
        reach = 80 if what == MISTYPED else 30
        yield Figure(GROUP, f"F2 {what}, to the painting, p95", _best(runs, what, 0.95), "ms", reach)
    yield Figure(GROUP, "F3 Payments opened for the first time", _best(runs, "payments", 1), "ms", 100)
    yield Figure(GROUP, "F3 a turn of the wheel, p95", _best(runs, "wheel", 0.95), "ms", 8)
    yield Figure(GROUP, "F4 the longest profile, opened first", _best(runs, "profile", 1), "ms", 60)
    yield Figure(GROUP, "F4 other profiles, p95", _best(runs, "profiles", 0.95), "ms", 60)


def _best(runs: list[dict[str, list[float]]], what: str, share: float) -> float:
    return min(percentile(run[what], share) for run in runs)


def _run(home: Path, studio: Studio, texts: dict[str, list[str]]) -> dict[str, list[float]]:
    clients = [row[0] for row in studio.sample("SELECT DISTINCT client_id FROM lot_balance", _PROFILES)]
    asked = {"texts": texts, "clients": [HOUSE_ACCOUNT, *clients], "turns": Effort.times(_TURNS)}
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        "PYTHONPATH": str(_ROOT),
    }
    command = [sys.executable, "-m", "benchmarks.in_window", str(home), json.dumps(asked)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=_ROOT)
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        raise RuntimeError(f"the window ended with {done.returncode}:\n{done.stderr}")
    told: dict[str, list[float]] = json.loads(lines[-1])
    return told
