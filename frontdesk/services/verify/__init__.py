"""Proves that the books hold: all rules of the ledger and the money, all hash chains, and the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from frontdesk.services.unit_of_work import Reading
from frontdesk.services.verify import (
    chain_checks,
    client_checks,
    ledger_checks,
    money_checks,
    storage_checks,
    stripe_checks,
)
from frontdesk.services.verify.checks import Check, found_by
from frontdesk.services.views.verify import BooksReport, Finding

#: Told as the check goes on: the stage's code, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]

#: What is counted for the report.
COUNTED = ("client", "ledger_op", "ledger_entry", "credit_lot", "sale", "refund", "money_transaction")


@dataclass(frozen=True, slots=True)
class _Stage:
    code: str
    find: Callable[[Reading, Callable[[int], None]], Iterator[Finding]]


def check_books(
    reading: Reading, *, chains: bool = True, storage: bool = True, progress: Progress | None = None
) -> BooksReport:
    """Prove every rule of the books and name what breaks one (R7). Changes nothing.

    Without ``chains`` hashes are not computed anew, without ``storage`` the pages of the file and all its
    references are not read through: what is left reconciles balances, terms, money and numbers.
    """
    counts = _counts(reading)
    findings: list[Finding] = []
    stages = _stages(chains=chains, storage=storage)
    for stage in stages:
        total = counts["ledger_op"] if stage.code == "chains" else 1
        tell = _teller(progress, stage.code, total)
        tell(0)
        findings.extend(stage.find(reading, tell))
        tell(total)
    return BooksReport(tuple(findings), counts)


def _stages(*, chains: bool, storage: bool) -> tuple[_Stage, ...]:
    made = [_Stage("pages", _pages)] if storage else []
    made += [
        _Stage("safeguards", _safeguards),
        _Stage("ledger", lambda reading, _: _all(reading, ledger_checks.CHECKS)),
        _Stage("money", lambda reading, _: _all(reading, (*money_checks.CHECKS, *stripe_checks.CHECKS))),
        _Stage("clients", _clients),
    ]
    if chains:
        made += [
            _Stage("notes", lambda reading, _: client_checks.note_findings(reading)),
            _Stage("chains", chain_checks.chain_findings),
            _Stage("receipts", lambda reading, _: chain_checks.subject_findings(reading)),
        ]
    return tuple(made)


def _pages(reading: Reading, advance: Callable[[int], None]) -> Iterator[Finding]:
    yield from storage_checks.pages_findings(reading)
    yield from storage_checks.reference_findings(reading)


def _safeguards(reading: Reading, advance: Callable[[int], None]) -> Iterator[Finding]:
    yield from storage_checks.safeguard_findings(reading)
    yield from storage_checks.number_gap_findings(reading)
    yield from storage_checks.search_findings(reading)


def _clients(reading: Reading, advance: Callable[[int], None]) -> Iterator[Finding]:
    yield from client_checks.merge_findings(reading)
    yield from _all(reading, client_checks.CHECKS)


def _all(reading: Reading, checks: tuple[Check, ...]) -> Iterator[Finding]:
    for check in checks:
        yield from found_by(reading, check)


def _counts(reading: Reading) -> Mapping[str, int]:
    asked = ", ".join(f"(SELECT COUNT(*) FROM {name}) AS {name}" for name in COUNTED)
    return {
        str(k): int(v)
        for k, v in reading.connection.exec_driver_sql(f"SELECT {asked}").mappings().one().items()
    }


def _teller(progress: Progress | None, code: str, total: int) -> Callable[[int], None]:
    def tell(done: int) -> None:
        if progress is not None:
            progress(code, min(done, total), total)

    return tell
