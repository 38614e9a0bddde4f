"""Commands on a studio's books as a whole: new-studio, verify, export and doctor."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from frontdesk.commands.answer import FOUND, OK, Answer
from frontdesk.doctor import examine
from frontdesk.errors import InvalidDraft
from frontdesk.messages import sentence
from frontdesk.opening import open_office
from frontdesk.paths import SETTINGS, Places
from frontdesk.services.drafts.settings import StudioDraft
from frontdesk.services.exports import export_everything
from frontdesk.services.gateways.keyring_store import keyring_state
from frontdesk.services.gateways.stripe_gateway import library_state
from frontdesk.services.office import Office
from frontdesk.services.settings import create_studio, studio_view
from frontdesk.services.unit_of_work import NOBODY
from frontdesk.services.verify import check_books
from frontdesk.services.verify.rebuild import rebuild_caches

#: What the tables hold, in words.
_COUNTED = {
    "client": "clients",
    "ledger_op": "operations",
    "ledger_entry": "ledger entries",
    "credit_lot": "credit lots",
    "sale": "sales",
    "refund": "refunds",
    "money_transaction": "transactions",
}
_MARKS = {"fine": "✓", "note": "·", "wrong": "✗"}


@contextmanager
def opened(places: Places, *, must_exist: bool = True, to_verify: bool = False) -> Iterator[Office]:
    """The office on the studio's database, migrated, and closed again at the end.

    Raises:
        Refused: home.no_studio. StorageFailed: the database cannot be opened.
    """
    office = open_office(places, must_exist=must_exist, to_verify=to_verify)
    try:
        yield office
    finally:
        office.database.close()


def new_studio(options: argparse.Namespace, places: Places) -> Answer:
    """What the first start's wizard does."""
    draft = StudioDraft(options.name, options.currency.upper(), options.zone, options.desk, options.owner)
    problems = draft.problems()
    if problems:
        # Before the folder is made, so that a typing mistake leaves nothing behind.
        raise InvalidDraft(problems)
    with opened(places.make(), must_exist=False) as office:
        founded = office.write(create_studio, NOBODY, None, draft).value
    place = "the shared database" if places.database_url else str(places.books)
    data = {"home": str(places.home), "desk_id": founded.desk_id, "staff_id": founded.staff_id}
    start = f'frontdesk --home "{places.home}"' if options.home else "frontdesk"
    if options.database:
        # It may have a password in it, so it is not repeated.
        start += f" and the same --database, or name the database in {places.home / SETTINGS}"
    return Answer(data, (f"{options.name} is set up in {place}.", f"Start it with: {start}"))


def verify(options: argparse.Namespace, places: Places) -> Answer:
    """Proves the books; with --rebuild puts the caches right first.

    Raises:
        Refused: studio.missing, where there is nothing to prove.
    """
    with opened(places, to_verify=True) as office:
        rebuilt = _rebuild(office) if options.rebuild else ()
        report = office.read(check_books)
        if report.holds:
            # Nothing is proved by books that were never begun.
            office.read(studio_view)
    told = [f"✗ {sentence(finding.code, finding.params)}" for finding in report.findings]
    counted = ", ".join(f"{count:,} {_COUNTED.get(name, name)}" for name, count in report.counts.items())
    wrong = len(report.findings)
    end = "The books hold." if report.holds else f"{wrong} thing{'s are' if wrong > 1 else ' is'} wrong."
    data = {
        "findings": [{"code": one.code, "params": dict(one.params)} for one in report.findings],
        "counts": dict(report.counts),
    }
    return Answer(data, (*rebuilt, *told, f"Looked at {counted}.", end), OK if report.holds else FOUND)


def _rebuild(office: Office) -> tuple[str, ...]:
    rebuilt = office.write(rebuild_caches, NOBODY, None).value
    return (
        f"Put right from the ledger: {rebuilt.balances} balances, {rebuilt.heads} heads of chains,"
        f" {rebuilt.statuses} statuses, {rebuilt.merged} merges; the search index is new.",
    )


def export(options: argparse.Namespace, places: Places) -> Answer:
    """Everything as files that other programs read (D3)."""
    with opened(places) as office:
        result = office.read(export_everything, str(options.folder))
    told = tuple(f"{count:>9,}  {table}" for table, count in result.rows if count)
    data = {"folder": result.folder, "files": result.files, "rows": dict(result.rows)}
    return Answer(data, (*told, f"Written to {result.folder} as CSV, XLSX and JSON."))


def doctor(options: argparse.Namespace, places: Places) -> Answer:
    """Looks at the computer and the files; changes nothing."""
    checks = examine(places, keyring_state, library_state)
    lines = []
    for check in checks:
        lines.append(f"{_MARKS[check.verdict]} {check.name:<10} {check.found}")
        if check.advice:
            lines.append(f"{'':>13}{check.advice}")
    wrong = any(check.verdict == "wrong" for check in checks)
    data = {"checks": [asdict(check) for check in checks]}
    return Answer(data, tuple(lines), FOUND if wrong else OK)
