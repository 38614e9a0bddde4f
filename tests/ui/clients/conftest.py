"""The whole window over a real SQLite file, a keyboard that counts, and Mira with a pack of 10 + 2."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from frontdesk.models.database import Database
from frontdesk.services.class_types import add_class_type
from frontdesk.services.credit_account import credit_account
from frontdesk.services.drafts.class_types import ClassTypeDraft
from frontdesk.services.office import Cancel, Office
from frontdesk.services.unit_of_work import Actor
from frontdesk.services.views.credits import CreditAccount
from frontdesk.ui.context import UiContext
from frontdesk.ui.main_window import MainWindow
from frontdesk.ui.openers import add_global_actions, serve_dialogs
from frontdesk.ui.screen_list import screen_entries
from frontdesk.ui.screens.client_profile import ClientProfileScreen
from frontdesk.ui.screens.clients import ClientsScreen
from tests.builders import SetClock, build_studio, make_client, make_package, make_sale
from tests.support.event_loop import until
from tests.ui.conftest import Show

W = TypeVar("W", bound=QObject)
CTRL = Qt.KeyboardModifier.ControlModifier
NO = Qt.KeyboardModifier.NoModifier


@dataclass
class Clients:
    """The window and what is behind it. `pressed` counts the keys."""

    context: UiContext
    office: Office
    clock: SetClock
    actor: Actor
    window: MainWindow
    yoga: int
    pack: int
    mira: int
    pressed: int = 0

    async def settled(self) -> None:
        """Waits until nothing is running in the background."""
        await self.context.tasks.settled()

    async def write(self, text: str) -> None:
        """Types where the focus is, letter by letter."""
        for letter in text:
            QTest.keyClicks(_focus(), letter)
            self.pressed += 1
        await self.settled()

    async def press(self, *keys: Qt.Key, held: Qt.KeyboardModifier = NO) -> None:
        """Presses keys where the focus is, each once the one before is through."""
        for key in keys:
            QTest.keyClick(_focus(), key, held)
            self.pressed += 1
            await self.settled()

    async def open_list(self, *route: object) -> ClientsScreen:
        """The clients screen, in front."""
        await until(self.window.isActiveWindow)
        self.window.navigate("clients", *route)
        await self.settled()
        screen = self.window.current_screen()
        assert isinstance(screen, ClientsScreen)
        return screen

    async def profile(self, tab: str = "credits", client_id: int | None = None) -> ClientProfileScreen:
        """A client's profile, in front."""
        await until(self.window.isActiveWindow)
        self.window.navigate("client", client_id or self.mira, tab)
        await self.settled()
        return self.open_profile()

    def open_profile(self) -> ClientProfileScreen:
        """The profile that is shown."""
        screen = self.window.current_screen()
        assert isinstance(screen, ClientProfileScreen)
        return screen

    async def ask(self, name: str, *args: object, **kwargs: object) -> QDialog:
        """A dialog, open and read."""
        dialog = self.context.ask(name, *args, **kwargs)
        assert isinstance(dialog, QDialog)
        await until(dialog.isActiveWindow)
        await self.settled()
        return dialog

    def dialog(self, name: str) -> QDialog:
        """The open dialog of that objectName."""
        found = [one for one in self.window.findChildren(QDialog, name) if one.isVisible()]
        assert len(found) == 1, f"{len(found)} dialogs are called {name}"
        return found[0]

    def dialogs(self) -> tuple[str, ...]:
        """Names of the open dialogs."""
        return tuple(one.objectName() for one in self.window.findChildren(QDialog) if one.isVisible())

    def find(self, kind: type[W], name: str) -> W:
        """A widget of the window or its dialogs by its objectName."""
        found = self.window.findChild(kind, name)
        assert found is not None, f"there is no {name}"
        return found

    def click(self, name: str) -> None:
        """Clicks a button."""
        QTest.mouseClick(self.find(QWidget, name), Qt.MouseButton.LeftButton)

    def toast(self) -> str:
        """What the toast says."""
        return str(self.window._toast.text())

    def account(self, client_id: int | None = None) -> CreditAccount:
        """A client's credits in the books."""
        return self.office.read(credit_account, client_id or self.mira)

    def client(self, name: str, **fields: str) -> int:
        """Another client."""
        return make_client(self.office, self.actor, name, **fields)

    def sell(self, client_id: int) -> None:
        """Sells the pack."""
        make_sale(self.office, self.actor, client_id, self.pack)


def _focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the focus"
    return widget


@pytest.fixture
def clients(running: UiContext, _sqlite_template: Path, tmp_path: Path, show: Show) -> Iterator[Clients]:
    """Sunrise with a class type, a pack of 10 + 2, and Mira, who bought it."""
    database = Database.open(f"sqlite:///{shutil.copyfile(_sqlite_template, tmp_path / 'studio.db')}")
    try:
        clock = SetClock()
        office = Office(database, clock)
        actor = build_studio(office)
        yoga = office.write(add_class_type, actor, None, ClassTypeDraft("Yoga", 1, "teal")).value
        pack = make_package(office, actor)
        mira = make_client(
            office, actor, email="mira@example.com", phone="+44 20 7946 0958", alert="Knee injury"
        )
        make_sale(office, actor, mira, pack)
        running.formats._clock = clock.now
        running.tasks.attach_office(office, Cancel, lambda: actor)
        window = MainWindow(running, screen_entries())
        serve_dialogs(running)
        add_global_actions(running, window)
        window.resize(1024, 640)
        show(window)
        yield Clients(running, office, clock, actor, window, yoga, pack, mira)
    finally:
        database.close()
