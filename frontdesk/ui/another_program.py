"""Opens the program once more, on another folder: a copy of the studio has a window of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QProcessEnvironment

import frontdesk
from frontdesk.paths import DATABASE_VARIABLE, HOME_VARIABLE


def open_on(folder: Path) -> bool:
    """Start the program on the studio in this folder and leave it to itself; whether it could be started."""
    process = QProcess()
    command = command_for(folder)
    process.setProgram(command[0])
    process.setArguments(command[1:])
    process.setWorkingDirectory(str(Path(frontdesk.__file__).parents[1]))
    process.setProcessEnvironment(_environment())
    # Its stub promises a pair, of which the library gives the first.
    started: object = process.startDetached()
    return bool(started[0]) if isinstance(started, tuple) else bool(started)


def command_for(folder: Path) -> list[str]:
    """The command that opens this folder. It names the folder and nothing secret (A4)."""
    frozen = getattr(sys, "frozen", False)
    program = [sys.executable] if frozen else [sys.executable, "-m", "frontdesk"]
    return [*program, "--home", str(folder)]


def _environment() -> QProcessEnvironment:
    """This program's own, but for what would lead the other one to this one's books."""
    environment = QProcessEnvironment.systemEnvironment()
    for name in (DATABASE_VARIABLE, HOME_VARIABLE):
        environment.remove(name)
    return environment
