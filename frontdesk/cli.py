"""The command line: opens the window, or runs one command on a studio without one.

Exit codes: 0 all is well; 1 the command did its work and found something: a rule of the books that does not
hold (verify), something that this computer lacks (doctor), work that waits for Stripe or was not taken over
(sync), rows left out of an import or kept by an undo;
2 the command line was not understood; 3 a rule or a missing thing refused it, and nothing was changed;
4 the database could not do its work; 130 somebody stopped it.
"""

from __future__ import annotations

import gc
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, TextIO

from frontdesk.errors import FrontdeskError, Refused
from frontdesk.paths import Places, find_places

if TYPE_CHECKING:
    from argparse import Namespace

    from frontdesk.commands.answer import Answer

#: What an icon starts. Its window does not wait for a parser that has nothing to do.
_PLAIN_START = SimpleNamespace(
    home=None, database=None, demo=False, verbose=False, self_check=False, json=False
)


def run(arguments: list[str]) -> int:
    """Run the command line; returns the exit code."""
    if not arguments:
        return _window(_PLAIN_START)
    from frontdesk.command_line import parser

    options = parser().parse_args(arguments)
    if options.command is None:
        return _window(options)
    try:
        places = find_places(options.home, demo=options.demo, database=options.database)
        if options.demo and options.command != "books.doctor":
            _refuse_no_demo(places)
        answer = _run(options.command, options, places)
    except FrontdeskError as error:
        return _refuse(error, as_json=options.json)
    except KeyboardInterrupt:
        from frontdesk.commands.answer import stopped

        return _say(stopped(), as_json=options.json)
    return _say(answer, as_json=options.json)


def _run(command: str, options: Namespace, places: Places) -> Answer:
    from importlib import import_module

    module, _, function = command.partition(".")
    answer: Answer = getattr(import_module(f"frontdesk.commands.{module}"), function)(options, places)
    return answer


def _refuse(error: FrontdeskError, *, as_json: bool) -> int:
    from frontdesk.commands.answer import refusal

    return _say(refusal(error), as_json=as_json)


def _say(answer: Answer, *, as_json: bool) -> int:
    from frontdesk.commands.answer import FOUND, OK

    if as_json:
        import json

        data = {"ok": answer.code == OK, **answer.data}
        told = json.dumps(data, ensure_ascii=False, default=str)
        print(told if _sayable(told, sys.stdout) == told else json.dumps(data, default=str))
    else:
        stream = sys.stdout if answer.code in (OK, FOUND) else sys.stderr
        for line in answer.lines:
            print(_sayable(line, stream), file=stream)
    return answer.code


def _sayable(text: str, stream: TextIO) -> str:
    """The text as the screen can show it: a path, for one, need not be text at all."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _refuse_no_demo(places: Places) -> None:
    """The window makes the demo studio; a command that made one would make an ordinary one in its place."""
    if not places.books.exists():
        raise Refused("home.no_demo", path=str(places.home))


def _refuse_no_text(places: Places) -> None:
    """Qt puts another name in the place of one that is no text, and so would work beside the books."""
    try:
        str(places.home).encode()
    except UnicodeEncodeError as error:
        raise Refused("home.not_text", path=str(places.home)) from error


def _window(options: Namespace | SimpleNamespace) -> int:
    if options.self_check:
        from frontdesk.self_check import self_check

        return self_check()
    try:
        places = find_places(options.home, demo=options.demo, database=options.database)
        _refuse_no_text(places)
        places.make()
    except FrontdeskError as error:
        return _refuse(error, as_json=options.json)
    # What is imported from here on stays; the collector would only walk over it again and again.
    gc.disable()
    from frontdesk.ui.plain_imports import import_plainly

    import_plainly()
    from frontdesk.app import open_window

    return open_window(places, demo=options.demo, verbose=options.verbose)
