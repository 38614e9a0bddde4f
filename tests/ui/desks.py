"""A desk for tests of screens: the main window over a real SQLite file, with Ana and Ben at it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from frontdesk.models.database import Database
from frontdesk.services.drafts.staff import StaffDraft
from frontdesk.services.office import Cancel, Office
from frontdesk.services.staff import add_staff
from frontdesk.services.unit_of_work import Actor
from frontdesk.ui.context import UiContext
from frontdesk.ui.main_window import MainWindow
from frontdesk.ui.screen import ScreenEntry
from frontdesk.ui.screens.packages import PackagesScreen
from frontdesk.ui.screens.settings import SettingsScreen
from tests.builders import SetClock, build_studio
from tests.support.event_loop import until

W = TypeVar("W", bound=QObject)


@dataclass
class ScreenDesk:
    """The window and the books behind it. `ana` and `ben` can act; the window writes as Ana."""

    context: UiContext
    office: Office
    clock: SetClock
    ana: Actor
    ben: Actor
    window: MainWindow

    async def in_front(self) -> None:
        """Waits until the window has the keyboard; without a window manager it must be taken back."""
        self.window.activateWindow()
        await until(self.window.isActiveWindow)

    async def settled(self) -> None:
        """Waits until nothing is running in the background."""
        await self.context.tasks.settled()

    def find(self, kind: type[W], name: str) -> W:
        """A widget of the window by its objectName."""
        found = self.window.findChild(kind, name)
        assert found is not None, f"there is no {name}"
        return found

    def has(self, name: str) -> bool:
        """Whether a widget of that objectName is shown."""
        found = self.window.findChild(QWidget, name)
        return found is not None and found.isVisible()

    async def keys(self, *typed: str | Qt.Key) -> None:
        """Types texts and presses keys where the focus is, each once the one before is through."""
        for one in typed:
            target = QApplication.focusWidget()
            assert target is not None, "nothing has the focus"
            if isinstance(one, str):
                QTest.keyClicks(target, one)
            else:
                QTest.keyClick(target, one)
            await self.settled()

    def toast(self) -> str:
        """What the toast says."""
        return str(self.window._toast.text())


@contextmanager
def screen_desk(context: UiContext, template: Path, folder: Path) -> Iterator[ScreenDesk]:
    """Founds the studio in a copy of the template of empty books, and opens its window."""
    database = Database.open(shutil.copyfile(template, folder / "studio.db"))
    try:
        clock = SetClock()
        office = Office(database, clock)
        ana = build_studio(office)
        ben = Actor(office.write(add_staff, ana, None, StaffDraft("Ben")).value, ana.desk_id)
        context.tasks.attach_office(
            office, Cancel, lambda: Actor(context.session.staff_id, context.session.desk_id)
        )
        entries = (
            ScreenEntry("packages", "Packages", "packages", "Ctrl+2", PackagesScreen),
            ScreenEntry("settings", "Settings", "settings", "Ctrl+,", SettingsScreen, at_bottom=True),
        )
        window = MainWindow(context, entries)
        window.resize(1280, 800)
        yield ScreenDesk(context, office, clock, ana, ben, window)
    finally:
        database.close()
