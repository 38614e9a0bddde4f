"""No test may log a warning that it does not expect; Qt's messages count as log records too."""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

# Qt's platform plugin without a screen says this of itself: of size hints, raise(), grabbing the keyboard.
_HARMLESS = "This plugin does not support "

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class ExpectedLogs(logging.Handler):
    """Collects records from WARNING up; those that no pattern expects fail the test."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._records: list[logging.LogRecord] = []
        self._patterns: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps the record."""
        self._records.append(record)

    def expect(self, pattern: str) -> None:
        """Allows, and demands, at least one record whose message the regular expression finds."""
        self._patterns.append(pattern)

    def problems(self) -> list[str]:
        """What was logged without being expected, and what was expected and never came."""
        messages = [record.getMessage() for record in self._records]
        unexpected = [
            f"unexpected {record.levelname} of {record.name}: {message}{_traceback(record)}"
            for record, message in zip(self._records, messages, strict=True)
            if not any(re.search(pattern, message) for pattern in self._patterns)
        ]
        missing = [
            f"no log record matched {pattern!r}"
            for pattern in self._patterns
            if not any(re.search(pattern, message) for message in messages)
        ]
        return unexpected + missing


def _traceback(record: logging.LogRecord) -> str:
    return "\n" + logging.Formatter().formatException(record.exc_info) if record.exc_info else ""


@pytest.fixture
def expected_logs() -> Iterator[ExpectedLogs]:
    """The log check of this test: `expected_logs.expect("pattern")` for what the test provokes."""
    handler = ExpectedLogs()
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield handler
        problems = handler.problems()
        if handler not in root.handlers:
            problems.append("the test took the log check away from the root logger")
    finally:
        root.removeHandler(handler)
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


@contextmanager
def qt_messages_as_log_records() -> Iterator[None]:
    """Turns Qt's messages into records of the logger `qt`."""
    before = qInstallMessageHandler(_log_qt_message)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    if kind == QtMsgType.QtFatalMsg:
        print(f"Qt, fatal: {message}", file=sys.__stderr__, flush=True)  # the process dies next
    if not message.startswith(_HARMLESS):
        logging.getLogger("qt").log(_LEVELS[kind], "%s", message)
