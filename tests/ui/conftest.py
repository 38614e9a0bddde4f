"""A context as the program has it, with the theme, a loop and threads, and a place for windows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from qasync import QEventLoop

from frontdesk.ui.context import UiContext, make_context
from frontdesk.ui.preferences import Preferences
from frontdesk.ui.session import Session, StaffFacts, StudioFacts
from frontdesk.ui.theme import Scheme, theme

Show = Callable[[QWidget], None]


@pytest.fixture(scope="session")
def look(qapp: QApplication) -> None:
    """The theme, installed once."""
    theme().install(qapp, Scheme.LIGHT)


@pytest.fixture
def context(look: None, tmp_path: Path) -> Iterator[UiContext]:
    """A studio in Berlin that counts in dollars, with Ana and Ben at its first desk."""
    session = Session(
        StudioFacts("Sunrise Yoga", "USD", "Europe/Berlin"),
        desk_id=1,
        desk_name="Desk 1",
        staff=(StaffFacts(1, "Ana"), StaffFacts(2, "Ben")),
        version="0.1.0",
    )
    preferences = Preferences(tmp_path / "preferences.ini")
    made = make_context(session=session, preferences=preferences, theme=theme(), locale=QLocale("en_GB"))
    yield made
    made.tasks.stop()
    theme().set_scheme(Scheme.LIGHT)
    theme().set_scale(1.0)


@pytest.fixture
def running(context: UiContext, qloop: QEventLoop) -> Iterator[UiContext]:
    """The context with its loop and threads; at the end all work is ended."""
    context.tasks.attach_loop(qloop)
    yield context
    qloop.run_until_complete(context.tasks.close())


@pytest.fixture
def show(qapp: QApplication) -> Iterator[Show]:
    """Shows a window, gives it the focus, and deletes it at the end of the test."""
    shown: list[QWidget] = []

    def show_window(window: QWidget) -> None:
        shown.append(window)
        window.show()
        window.activateWindow()
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            QTest.qWaitForWindowActive(window)

    yield show_window
    for window in shown:
        window.close()
        window.deleteLater()
