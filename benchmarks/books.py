"""Proving the books of a million entries: reconciling, the hash chains, and making the caches anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial

from benchmarks.measuring import Figure, best
from benchmarks.studios import ACTOR, Studio
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.verify import check_books, ledger_checks
from frontdesk.services.verify.chain_checks import chain_findings
from frontdesk.services.verify.checks import found_by
from frontdesk.services.verify.rebuild import rebuild_caches
from frontdesk.services.views.verify import Finding

GROUP = "Check the books"


def measure(studio: Studio) -> Iterator[Figure]:
    """Each part once or twice, since they take seconds."""
    with studio.bare() as connection:
        sums = "SELECT count(*) FROM (SELECT lot_id, sum(delta) FROM ledger_entry GROUP BY lot_id)"
        floor = best(lambda: connection.execute(sums).fetchall())
        rows = "SELECT * FROM ledger_op"
        hashes = best(lambda: _hashed(connection.execute(rows)), 2)
    with studio.office() as office:
        reconciled = best(partial(office.read, _reconcile))
        yield Figure(
            GROUP, "reconcile balances and heads", reconciled, "ms", 1_500, floor, "bare sums of all lots"
        )
        value = best(partial(office.read, _chains), 2) + reconciled
        yield Figure(
            GROUP, "the same with the chains", value, "ms", 5_000, hashes, "reading and hashing each op"
        )
        proof = best(partial(office.read, check_books, storage=False), 1)
        value = best(partial(office.read, check_books, chains=False, storage=False), 2)
        yield Figure(GROUP, "every rule, without the hashes", value)
        value = best(partial(office.read, check_books), 1)
        yield Figure(GROUP, "everything, the file's pages too", value)
    with studio.copy() as copy, copy.office() as office:
        value = best(partial(office.write, rebuild_caches, ACTOR), 1) - proof
        yield Figure(GROUP, "rebuild of the caches, less the proof before it", max(value, 0), "ms", 5_000)


def _reconcile(reading: Reading) -> list[Finding]:
    """Every balance and head against the operations and entries."""
    checks = (check for check in ledger_checks.CHECKS if check.code in ("verify.balance", "verify.head"))
    return [finding for check in checks for finding in found_by(reading, check)]


def _chains(reading: Reading) -> list[Finding]:
    return list(chain_findings(reading))


def _hashed(rows: Iterator[tuple[object, ...]]) -> int:
    return sum(len(hashlib.sha256(repr(row).encode()).hexdigest()) for row in rows)
