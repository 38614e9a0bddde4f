"""The command line of the benchmarks: `python -m benchmarks [NAME …] [--data DIR] [--out DIR]`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import platformdirs

from benchmarks import books, desk, postgres, search, stalls, start, sync, table, transactions, window
from benchmarks.measuring import Effort, Figure
from benchmarks.studios import Studio, studio

#: Each benchmark, and the studio that docs/QUALITY.md asks for it.
BENCHMARKS: dict[str, tuple[Callable[[Studio], Iterator[Figure]], str]] = {
    "start": (start.measure, "XL"),
    "window": (window.measure, "XL"),
    "search": (search.measure, "XL"),
    "transactions": (transactions.measure, "XL"),
    "desk": (desk.measure, "XL"),
    "books": (books.measure, "XL"),
    "postgres": (postgres.measure, "M"),
    # It makes an account of its own at a double of Stripe.
    "sync": (sync.measure, "XS"),
    "stalls": (stalls.measure, "M"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks that are named, print their table and write it down."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    Effort.quick = chosen.quick
    figures: list[Figure] = []
    for name in chosen.names or BENCHMARKS:
        measure, size = BENCHMARKS[name]
        print(f"{name} …", file=sys.stderr, flush=True)
        measured = [*measure(studio(chosen.data, chosen.size or size))]
        print(table.as_text(measured), flush=True)
        figures += measured
    if chosen.out:
        text, data = table.write(chosen.out, figures)
        print(f"\n{text}\n{data}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    cache = Path(
        os.environ.get("FRONTDESK_BENCH_DATA") or platformdirs.user_cache_path("frontdesk-benchmarks")
    )
    parser.add_argument("--data", type=Path, default=cache, help=f"where the studios are kept ({cache})")
    parser.add_argument("--out", type=Path, help="a folder for benchmarks.txt and benchmarks.json")
    parser.add_argument("--size", choices=("XS", "M", "XL"), help="another studio than the one asked for")
    parser.add_argument(
        "--quick", action="store_true", help="few calls: to see that all work, not to compare"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
