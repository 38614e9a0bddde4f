"""Makes a large studio out of a seed, to try or to measure with: `python -m tools.data M DIR`."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from frontdesk.paths import Places
from tools.datasets import catalogue
from tools.datasets.founding import found_studio
from tools.datasets.sinks import BulkFile, GuardedFile
from tools.datasets.story import SIZES, Story


def make(
    path: Path,
    size: str,
    *,
    seed: int = 1,
    until: date | None = None,
    guarded: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> None:
    """Make the studio's file. The same seed and last day give the same rows.

    ``until`` is the last day of business (yesterday by default), ``guarded`` has every row pass the triggers.

    Raises:
        FileExistsError: there is a file at ``path``.
    """
    if path.exists():
        raise FileExistsError(path)
    rng = random.Random(seed)
    until = until or datetime.now(catalogue.ZONE).date() - timedelta(days=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    offers = found_studio(path, rng, until, f"Nordlicht Studio {size}")
    sink = GuardedFile(path) if guarded else BulkFile(path, SIZES[size].entries)
    books = Story(sink, rng, SIZES[size], until, offers).tell(progress)
    progress("indexes and triggers")
    sink.finish(books.caches())


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.data", description=__doc__)
    parser.add_argument("size", choices=sorted(SIZES))
    parser.add_argument("folder", type=Path, help="a home folder, as `frontdesk --home` opens it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--until", type=date.fromisoformat, help="the last day of business (yesterday)")
    chosen = parser.parse_args(arguments)
    path = Places(chosen.folder).books
    if path.exists():
        print(f"{path} exists already; choose another folder or remove it.", file=sys.stderr)
        return 1
    began = time.monotonic()
    make(path, chosen.size, seed=chosen.seed, until=chosen.until, progress=lambda text: _tell(began, text))
    print(path)
    return 0


def _tell(began: float, text: str) -> None:
    print(f"{time.monotonic() - began:6.1f} s  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
