"""The way to a screen: Qt's application where a display lets it in, else words and an exit code."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from frontdesk.ui.theme import ARGUMENTS

#: Something that is missing refused the start, and nothing was changed (see `frontdesk.cli`).
EXIT_CODE = 3
_NAMES = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
_NO_DISPLAY = (
    "Frontdesk needs a screen, and there is none ({why}).\n"
    "Start it from a desktop session. For pictures of every screen without one: python3 dev.py shots DIR\n"
    "The commands of “frontdesk --help” work without a screen."
)
#: What Qt says where nothing answers. It goes on to suspect its own installation, which is not to blame.
_UNREACHABLE = ("could not connect", "Failed to create wl_display")


def is_named() -> bool:
    """Whether this computer names a display, or needs not; says so where it does not."""
    if sys.platform in ("win32", "darwin") or any(map(os.environ.get, _NAMES)):
        return True
    print(_NO_DISPLAY.format(why="neither DISPLAY nor WAYLAND_DISPLAY is set"), file=sys.stderr)
    return False


def make_application() -> QApplication:
    """Qt's application; where the display that is named cannot be used, says so and ends the process.

    Qt itself would say it in words of its own and abort, which leaves a core dump behind.
    """
    made = QApplication.instance()
    if made is None:
        said: list[str] = []

        def hear(kind: QtMsgType, _context: QMessageLogContext, text: str | None) -> None:
            if kind is QtMsgType.QtFatalMsg:
                _give_up([*said, text or ""])
            said.append(text or "")

        before = qInstallMessageHandler(hear)
        try:
            made = QApplication([*ARGUMENTS])
        finally:
            qInstallMessageHandler(before)
        for text in said:
            print(text, file=sys.stderr)
    assert isinstance(made, QApplication)
    return made


def _give_up(said: list[str]) -> None:
    named = ", ".join(f"{name}={os.environ[name]}" for name in _NAMES if os.environ.get(name))
    told = _NO_DISPLAY.format(why=f"nothing can be shown at {named}")
    if not any(sign in text for text in said for sign in _UNREACHABLE):
        told = "\n".join([told, "Qt says:", *(line for text in said for line in text.splitlines() if line)])
    print(told, file=sys.stderr, flush=True)
    # Whatever is returned to would abort.
    os._exit(EXIT_CODE)
