"""Proving the books of a million entries: reconciling, the hash chains, and making the caches anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial

from benchmarks.measuring import Figure, best
from benchmarks.studios import ACTOR, Studio
from frontdesk.services.verify import check_books
from frontdesk.services.verify.rebuild import rebuild_caches

GROUP = "Check the books"


def measure(studio: Studio) -> Iterator[Figure]:
    """Each part once or twice, since they take seconds."""
    with studio.bare() as connection:
        sums = "SELECT count(*) FROM (SELECT lot_id, sum(delta) FROM ledger_entry GROUP BY lot_id)"
        floor = best(lambda: connection.execute(sums).fetchall())
        rows = "SELECT * FROM ledger_op"
        hashes = best(lambda: _hashed(connection.execute(rows)), 2)
    with studio.office() as office:
        value = best(partial(office.read, check_books, chains=False, storage=False))
        yield Figure(GROUP, "reconcile", value, "ms", 1_500, floor, "bare sums of all lots")
        value = best(partial(office.read, check_books, chains=True, storage=False), 2)
        yield Figure(
            GROUP, "reconcile with the chains", value, "ms", 5_000, hashes, "reading and hashing each op"
        )
        value = best(partial(office.read, check_books), 1)
        yield Figure(GROUP, "everything, the file's pages too", value, "ms", None)
    with studio.copy() as copy, copy.office() as office:
        value = best(partial(office.write, rebuild_caches, ACTOR), 1)
        yield Figure(GROUP, "rebuild of the caches", value, "ms", 5_000)


def _hashed(rows: Iterator[tuple[object, ...]]) -> int:
    return sum(len(hashlib.sha256(repr(row).encode()).hexdigest()) for row in rows)
