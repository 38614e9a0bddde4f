"""The only place that tells the person of an error: cause, next step and an id to quote, never in the way.

An expected error (the FrontdeskError family) goes to the topmost surface, the banner of an open dialog or of
the window, which keeps what was typed. Anything else is a bug: its trace goes to the log under the same id,
and a crash dialog says so.
"""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType
from typing import NamedTuple, Protocol
from weakref import ReferenceType, ref

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from frontdesk.errors import Cancelled, FrontdeskError
from frontdesk.ui.messages import Messages

log = logging.getLogger("frontdesk.errors")
# Letters and digits that nobody mistakes for one another on the telephone.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Report(NamedTuple):
    """What the person is told. `bug` marks an error that the program did not foresee."""

    id: str
    text: str
    bug: bool


class Surface(Protocol):
    """A window or dialog with a banner."""

    def show_report(self, report: Report) -> None: ...

    def isVisible(self) -> bool: ...


class ErrorReporter(QObject):
    """Finds the place to tell it at, and tells it there."""

    reported = Signal(object)
    _from_elsewhere = Signal(object)

    def __init__(self, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages = messages
        self._surfaces: list[ReferenceType[Surface]] = []
        self._thread = threading.get_ident()
        self._from_elsewhere.connect(self.report)

    def install(self) -> None:
        """Also catches what leaves slots and threads."""
        sys.excepthook = self._from_python
        threading.excepthook = self._from_thread

    def add_surface(self, surface: Surface) -> None:
        """Puts a surface on top; it counts while it is visible, and is forgotten when it is deleted."""
        self._surfaces = [one for one in self._surfaces if one() is not None and one() is not surface]
        self._surfaces.append(ref(surface))

    def report(self, error: BaseException) -> None:
        """Tells the person; from any thread. Cancelled is told to nobody."""
        if isinstance(error, Cancelled):
            return
        if threading.get_ident() != self._thread:
            self._from_elsewhere.emit(error)
            return
        report = self.describe(error)
        if report.bug:
            log.error("error %s", report.id, exc_info=error)
        else:
            log.info("error %s: %s", report.id, error)
        self.reported.emit(report)
        surface = self._surface()
        if surface is None:
            return
        if report.bug and isinstance(surface, QWidget):
            # Late, since start-up reports no bug.
            from frontdesk.ui.crash_dialog import CrashDialog

            CrashDialog(report, surface).open()
        else:
            surface.show_report(report)

    def describe(self, error: BaseException) -> Report:
        """The report for an error, with a fresh id."""
        # Late, since start-up reports no error.
        import secrets

        id = "".join(secrets.choice(_LETTERS) for _ in range(6))
        if isinstance(error, FrontdeskError):
            return Report(id, self._messages.error(error), bug=False)
        text = QCoreApplication.translate(
            "ErrorReporter",
            "Something went wrong that the program did not expect. What was confirmed on screen is saved. "
            "Try again; if it happens again, restart the program.",
        )
        return Report(id, text, bug=True)

    def _surface(self) -> Surface | None:
        for reference in reversed(self._surfaces):
            surface = reference()
            if surface is None or (isinstance(surface, QObject) and not isValid(surface)):
                continue
            if surface.isVisible():
                return surface
        return None

    def _from_python(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            sys.__excepthook__(kind, error, trace)
            return
        self.report(error)

    def _from_thread(self, failure: threading.ExceptHookArgs) -> None:
        if failure.exc_value is not None and not isinstance(failure.exc_value, SystemExit):
            self.report(failure.exc_value)
