"""What a command says and the exit code that goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from frontdesk.errors import FrontdeskError, InvalidDraft, StorageFailed

OK, FOUND, USAGE, REFUSED, STORAGE = 0, 1, 2, 3, 4
#: As shells tell of what was stopped by Ctrl+C.
STOPPED = 130


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command says: ``lines`` for people, ``data`` for --json, and the exit code."""

    data: dict[str, Any]
    lines: tuple[str, ...]
    code: int = OK


def refusal(error: FrontdeskError, *hints: str) -> Answer:
    """An error in words, each problem of a draft on a line; ``hints`` name options that help."""
    from frontdesk.messages import sentence

    problems = error.problems if isinstance(error, InvalidDraft) else ()
    told = [f"{problem.field}: {sentence(problem.code, problem.params)}" for problem in problems]
    lines = (*(told or (sentence(error.code, error.params),)), *hints)
    data = {
        "error": error.code,
        "message": "\n".join(lines),
        "problems": [{"field": problem.field, "code": problem.code} for problem in problems],
    }
    return Answer(data, lines, STORAGE if isinstance(error, StorageFailed) else REFUSED)


def stopped() -> Answer:
    """What is said where somebody has pressed Ctrl+C: each transaction is whole, and the rest not begun."""
    from frontdesk.messages import sentence

    told = sentence("command.stopped", {})
    return Answer({"error": "command.stopped", "message": told, "problems": []}, (told,), STOPPED)
