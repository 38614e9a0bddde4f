"""The command line: opens the window, or runs one command on a studio without one.

Exit codes: 0 all is well, 1 the command found something wrong (verify, doctor, import), 2 the command line
was not understood, 3 a rule or a missing thing refused it, 4 the database could not do its work.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from frontdesk import __version__
from frontdesk.errors import FrontdeskError, InvalidDraft, StorageFailed
from frontdesk.paths import Places, find_places

if TYPE_CHECKING:
    from frontdesk.services.office import Office

OK, FOUND, USAGE, REFUSED, STORAGE = 0, 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command says: ``lines`` for people, ``data`` for --json, and the exit code."""

    data: dict[str, Any]
    lines: tuple[str, ...]
    code: int = OK


def run(arguments: list[str]) -> int:
    """Run the command line; returns the exit code."""
    options = _parser().parse_args(arguments)
    if options.command is None:
        return _window(options)
    try:
        answer: Answer = options.command(options, find_places(options.home, database=options.database))
    except FrontdeskError as error:
        answer = _refusal(error)
    _say(answer, as_json=options.json)
    return answer.code


def _say(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"ok": answer.code == OK, **answer.data}, ensure_ascii=False, default=str))
        return
    for line in answer.lines:
        print(line, file=sys.stdout if answer.code in (OK, FOUND) else sys.stderr)


def _refusal(error: FrontdeskError) -> Answer:
    from frontdesk.messages import sentence

    problems = error.problems if isinstance(error, InvalidDraft) else ()
    told = [f"{problem.field}: {sentence(problem.code, problem.params)}" for problem in problems]
    lines = tuple(told) or (sentence(error.code, error.params),)
    data = {
        "error": error.code,
        "message": "\n".join(lines),
        "problems": [{"field": problem.field, "code": problem.code} for problem in problems],
    }
    return Answer(data, lines, STORAGE if isinstance(error, StorageFailed) else REFUSED)


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    _add_common(common, suppress=True)
    parser = argparse.ArgumentParser(
        prog="frontdesk",
        description="The program at a studio's reception desk. Without a command it opens the window.",
        epilog="Exit codes: 0 all is well, 1 something was found, 2 usage, 3 refused, 4 database trouble.",
    )
    _add_common(parser, suppress=False)
    parser.add_argument("--version", action="version", version=f"Frontdesk {__version__}")
    parser.add_argument("--demo", action="store_true", help="open the demo studio, in a folder of its own")
    parser.add_argument("--verbose", action="store_true", help="write more to the log")
    parser.add_argument("--self-check", action="store_true", help="prove in a scratch folder that all works")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_commands(commands, common)
    return parser


def _add_common(parser: argparse.ArgumentParser, *, suppress: bool) -> None:
    # A sub-command's default would overwrite what stood before it on the command line.
    default: Any = argparse.SUPPRESS if suppress else None
    parser.add_argument("--home", type=Path, metavar="DIR", default=default, help="the studio's folder")
    parser.add_argument("--database", metavar="URL", default=default, help="a shared PostgreSQL database")
    json_default = argparse.SUPPRESS if suppress else False
    parser.add_argument("--json", action="store_true", default=json_default, help="answer in JSON")


def _add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    def add(name: str, command: Callable[..., Answer], text: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = commands.add_parser(
            name, help=text, description=text, parents=[common]
        )
        made.set_defaults(command=command)
        return made

    found = add("new-studio", _new_studio, "set up a studio, as the first start does")
    found.add_argument("--name", required=True, help="the studio's name, as clients read it")
    found.add_argument("--currency", required=True, help="ISO 4217 code, e.g. EUR")
    found.add_argument("--zone", required=True, help="IANA time zone, e.g. Europe/Berlin")
    found.add_argument("--desk", default="Desk 1", help="this computer's desk (Desk 1)")
    found.add_argument("--owner", default="Owner", help="the owner's name")
    verify = add("verify", _verify, "prove every rule of the books and name what is wrong")
    verify.add_argument("--rebuild", action="store_true", help="rebuild the caches once the ledger holds")
    export = add("export", _export, "write everything as CSV, XLSX and JSON into a new folder")
    export.add_argument("folder", type=Path)
    add("doctor", _doctor, "look at the computer and the files, and say what is missing")


def _window(options: argparse.Namespace) -> int:
    if options.self_check:
        from frontdesk.self_check import self_check

        return self_check()
    from frontdesk.app import open_window

    try:
        places = find_places(options.home, demo=options.demo, database=options.database).make()
    except FrontdeskError as error:
        answer = _refusal(error)
        _say(answer, as_json=options.json)
        return answer.code
    return open_window(places, demo=options.demo, verbose=options.verbose)


def _opened(places: Places) -> Office:
    from frontdesk.opening import open_office

    return open_office(places, must_exist=True)


def _new_studio(options: argparse.Namespace, places: Places) -> Answer:
    from frontdesk.opening import open_office
    from frontdesk.services.drafts.settings import StudioDraft
    from frontdesk.services.settings import create_studio
    from frontdesk.services.unit_of_work import NOBODY

    draft = StudioDraft(options.name, options.currency.upper(), options.zone, options.desk, options.owner)
    problems = draft.problems()
    if problems:
        # Before the folder is made, so that a typing mistake leaves nothing behind.
        raise InvalidDraft(problems)
    office = open_office(places.make())
    founded = office.write(create_studio, NOBODY, None, draft).value
    place = "the shared database" if places.database_url else str(places.books)
    data = {"home": str(places.home), "desk_id": founded.desk_id, "staff_id": founded.staff_id}
    return Answer(data, (f"{options.name} is set up in {place}.", "Start it with: frontdesk"))


def _verify(options: argparse.Namespace, places: Places) -> Answer:
    from frontdesk.messages import sentence
    from frontdesk.services.verify import check_books

    office = _opened(places)
    rebuilt = _rebuild(office) if options.rebuild else ()
    report = office.read(check_books)
    told = [f"✗ {sentence(finding.code, finding.params)}" for finding in report.findings]
    counted = ", ".join(f"{count:,} {_COUNTED.get(name, name)}" for name, count in report.counts.items())
    end = "The books hold." if report.holds else f"{len(report.findings)} things are wrong."
    data = {
        "findings": [{"code": one.code, "params": dict(one.params)} for one in report.findings],
        "counts": dict(report.counts),
    }
    return Answer(data, (*rebuilt, *told, f"Looked at {counted}.", end), OK if report.holds else FOUND)


def _rebuild(office: Office) -> tuple[str, ...]:
    from frontdesk.services.unit_of_work import NOBODY
    from frontdesk.services.verify.rebuild import rebuild_caches

    rebuilt = office.write(rebuild_caches, NOBODY, None).value
    return (
        f"Put right from the ledger: {rebuilt.balances} balances, {rebuilt.heads} heads of chains,"
        f" {rebuilt.statuses} statuses, {rebuilt.merged} merges; the search index is new.",
    )


def _export(options: argparse.Namespace, places: Places) -> Answer:
    from frontdesk.services.exports import export_everything

    result = _opened(places).read(export_everything, str(options.folder))
    told = tuple(f"{count:>9,}  {table}" for table, count in result.rows if count)
    data = {"folder": result.folder, "files": result.files, "rows": dict(result.rows)}
    return Answer(data, (*told, f"Written to {result.folder} as CSV, XLSX and JSON."))


def _doctor(options: argparse.Namespace, places: Places) -> Answer:
    from frontdesk.doctor import examine
    from frontdesk.services.gateways.keyring_store import keyring_state

    checks = examine(places, keyring_state)
    lines = []
    for check in checks:
        lines.append(f"{_MARKS[check.verdict]} {check.name:<10} {check.found}")
        if check.advice:
            lines.append(f"{'':>13}{check.advice}")
    wrong = any(check.verdict == "wrong" for check in checks)
    data = {"checks": [asdict(check) for check in checks]}
    return Answer(data, tuple(lines), FOUND if wrong else OK)


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
