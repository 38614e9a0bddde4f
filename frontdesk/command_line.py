"""What the command line may hold: options of the window, and each command with its own."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from frontdesk import __version__


def parser() -> argparse.ArgumentParser:
    """Reads a command line; ``command`` of its answer names the function for it, None for the window."""
    common = argparse.ArgumentParser(add_help=False)
    _add_common(common, suppress=True)
    parser = argparse.ArgumentParser(
        prog="frontdesk",
        description="The program at a studio's reception desk. Without a command it opens the window.",
        epilog="Exit codes: 0 all is well, 1 something was found, 2 usage, 3 refused, 4 database trouble.",
    )
    _add_common(parser, suppress=False)
    parser.add_argument("--version", action="version", version=f"Frontdesk {__version__}")
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
    flag_default = argparse.SUPPRESS if suppress else False
    demo = "the demo studio, in a folder of its own"
    parser.add_argument("--demo", action="store_true", default=flag_default, help=demo)
    parser.add_argument("--json", action="store_true", default=flag_default, help="answer in JSON")


def _add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    def add(name: str, command: str, text: str, among: Any = commands) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = among.add_parser(
            name, help=text, description=f"{text[0].upper()}{text[1:]}.", parents=[common]
        )
        made.set_defaults(command=command)
        return made

    found = add("new-studio", "books.new_studio", "set up a studio, as the first start does")
    found.add_argument("--name", required=True, help="the studio's name, as clients read it")
    found.add_argument("--currency", required=True, help="ISO 4217 code, e.g. EUR")
    found.add_argument("--zone", required=True, help="IANA time zone, e.g. Europe/Berlin")
    found.add_argument("--desk", default="Desk 1", help="this computer's desk (Desk 1)")
    found.add_argument("--owner", default="Owner", help="the owner's name")
    verify = add("verify", "books.verify", "prove every rule of the books and name what is wrong")
    verify.add_argument("--rebuild", action="store_true", help="rebuild the caches once the ledger holds")
    text = "bring in clients from another system, list such imports, take one back"
    of_import = commands.add_parser("import", help=text, description=f"{text[0].upper()}{text[1:]}.")
    imports = of_import.add_subparsers(title="what to do", metavar="ACTION", required=True)
    _add_import_options(
        add("clients", "imports.clients", "bring in clients and part-used packs from a CSV file", imports)
    )
    add("list", "imports.batches", "list all imports, the newest first", imports)
    undo = add("undo", "imports.undo", "take an import back, but for rows acted on since", imports)
    undo.add_argument("batch", type=int, metavar="NUMBER", help="the import's number in “import list”")
    export = add("export", "books.export", "write everything as CSV, XLSX and JSON into a new folder")
    export.add_argument("folder", type=Path, metavar="DIR")
    sync = add("sync", "sync.sync", "send what waits for Stripe and take over what happened there, once")
    sync.add_argument(
        "--full", action="store_true", help="compare with Stripe's lists of the last four months, too"
    )
    add("doctor", "books.doctor", "look at the computer and the files, and say what is missing")


def _add_import_options(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Exit codes: 0 every row came in (or would), 1 rows are left out, which are told with their reasons, "
        "3 the file cannot be imported. The columns are found by their names; where that goes wrong, import "
        "in the window, which lets you choose them."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a CSV file of any system")
    parser.add_argument("--dry-run", action="store_true", help="say what would come in, and write nothing")
    orders = ("day-first", "month-first")
    parser.add_argument("--date-order", choices=orders, help="how to read dates like 04/05/2027")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write what becomes of each row as CSV")
    parser.add_argument("--again", action="store_true", help="although this file was imported before")
