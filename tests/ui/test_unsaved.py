"""What was typed and is not saved when a person closes the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from frontdesk.ui.context import UiContext
from frontdesk.ui.dialogs.unsaved import UnsavedDialog
from frontdesk.ui.openers import serve_dialogs
from frontdesk.ui.screens.packages import PackagesScreen
from frontdesk.ui.screens.settings import SettingsScreen
from tests.builders import make_package
from tests.support.event_loop import until
from tests.ui.conftest import Show
from tests.ui.desks import ScreenDesk, screen_desk
from tests.ui.walk import assert_accessible


@pytest.fixture
def desk(running: UiContext, _sqlite_template: Path, tmp_path: Path, show: Show) -> Iterator[ScreenDesk]:
    """The window over fresh books."""
    with screen_desk(running, _sqlite_template, tmp_path) as made:
        serve_dialogs(made.context)
        show(made.window)
        yield made


async def opened(desk: ScreenDesk) -> PackagesScreen:
    await desk.in_front()
    desk.window.navigate("packages")
    await desk.settled()
    screen = desk.window.current_screen()
    assert isinstance(screen, PackagesScreen)
    return screen


def asked(desk: ScreenDesk) -> UnsavedDialog:
    found = [one for one in desk.window.findChildren(UnsavedDialog) if one.isVisible()]
    assert len(found) == 1
    return found[0]


async def test_quitting_asks_where_something_typed_would_be_lost(desk: ScreenDesk) -> None:
    make_package(desk.office, desk.ana, name="Ten")
    screen = await opened(desk)
    screen.editor.form["price"].selectAll()
    QTest.keyClicks(screen.editor.form["price"], "95")
    await desk.settled()
    desk.window.navigate("settings", "studio")
    await desk.settled()
    settings = desk.window.current_screen()
    assert isinstance(settings, SettingsScreen)
    QTest.keyClicks(desk.find(QLineEdit, "settingsStudioName"), "!")
    desk.window.quit()
    dialog = asked(desk)
    await until(dialog.cancel_button.hasFocus)
    assert dialog.things.plain_text().splitlines()[1:] == ["Package: Ten", "Settings: Studio"]
    assert_accessible(dialog)
    QTest.keyClick(dialog.cancel_button, Qt.Key.Key_Return)
    await until(lambda: not dialog.isVisible())
    assert desk.window.isVisible() and screen.editor.form["price"].text() == "95"
    desk.window.quit()
    asked(desk).primary.click()
    await until(lambda: not desk.window.isVisible())


async def test_quitting_with_all_saved_asks_nothing(desk: ScreenDesk) -> None:
    make_package(desk.office, desk.ana)
    await opened(desk)
    desk.window.quit()
    assert not desk.window.isVisible() and not desk.window.findChildren(UnsavedDialog)
