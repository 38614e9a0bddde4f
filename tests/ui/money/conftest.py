"""The whole window over a real SQLite file at the till, a keyboard that counts, and Mira who buys."""

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
from frontdesk.services.office import Cancel
from frontdesk.services.purchases import client_purchases
from frontdesk.services.refunds import refund_view
from frontdesk.services.views.refunds import RefundLine
from frontdesk.services.views.sales import Purchase, SaleResult
from frontdesk.ui.context import UiContext
from frontdesk.ui.dialogs.refund import RefundDialog
from frontdesk.ui.dialogs.sell import SellDialog
from frontdesk.ui.main_window import MainWindow
from frontdesk.ui.openers import add_global_actions, serve_dialogs
from frontdesk.ui.screen_list import screen_entries
from frontdesk.ui.screens.payments import PaymentsScreen
from tests.support.books import assert_books_hold
from tests.support.desk import Desk
from tests.support.event_loop import until
from tests.ui.conftest import Show

W = TypeVar("W", bound=QObject)
D = TypeVar("D", bound=QDialog)
NO = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
ENTER, ESC, TAB, DOWN = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Down


@dataclass
class Till:
    """The window and what is behind it. `pressed` counts the keys."""

    context: UiContext
    desk: Desk
    window: MainWindow
    mira: int
    pack: int
    pressed: int = 0

    # The keyboard

    async def settled(self) -> None:
        """Waits until nothing is running in the background."""
        await self.context.tasks.settled()

    async def write(self, text: str) -> None:
        """Types where the focus is, letter by letter."""
        for letter in text:
            QTest.keyClicks(focused(), letter)
            self.pressed += 1
        await self.settled()

    async def press(self, *keys: Qt.Key, held: Qt.KeyboardModifier = NO) -> None:
        """Presses keys where the focus is, each once the one before is through."""
        for key in keys:
            QTest.keyClick(focused(), key, held)
            self.pressed += 1
            await self.settled()

    # What is on screen

    async def go(self, *route: object) -> None:
        """Shows a screen; without a window manager the window has to take the keyboard back."""
        self.window.activateWindow()
        await until(self.window.isActiveWindow)
        self.window.navigate(*route)  # type: ignore[arg-type]
        await self.settled()

    async def payments(self, *route: object) -> PaymentsScreen:
        """The Payments screen, read."""
        await self.go("payments", *route)
        screen = self.window.current_screen()
        assert isinstance(screen, PaymentsScreen)
        return screen

    async def opened(self, kind: type[D]) -> D:
        """The dialog that a key has opened, read."""
        await until(lambda: self.dialogs(kind))
        dialog = self.dialogs(kind)[-1]
        await until(dialog.isActiveWindow)
        await self.settled()
        return dialog

    def dialogs(self, kind: type[D]) -> list[D]:
        """The dialogs of a kind that are shown."""
        return [one for one in self.window.findChildren(kind) if one.isVisible()]

    async def sell_dialog(self, **known: int) -> SellDialog:
        """The Sell dialog, read."""
        if not self.window.current_screen():
            await self.go("clients")
        self.context.ask("sell", **known)
        return await self.opened(SellDialog)

    async def refund_dialog(self, sale: SaleResult, line: int = 0) -> RefundDialog:
        """The refund dialog of a sale's line, read."""
        if not self.window.current_screen():
            await self.go("clients")
        self.context.ask("refund", self.line(sale, line).sale_line_id)
        return await self.opened(RefundDialog)

    def find(self, kind: type[W], name: str) -> W:
        """A widget of the window or its dialogs by its objectName."""
        found = self.window.findChild(kind, name)
        assert found is not None, f"there is no {name}"
        return found

    def toast(self) -> str:
        """What the toast says."""
        return str(self.window._toast.text())

    # What is in the books

    def line(self, sale: SaleResult, line: int = 0) -> RefundLine:
        """A sale's line as a refund sees it."""
        return self.desk.office.read(refund_view, sale.sale_id).lines[line]

    def bought(self, client_id: int | None = None) -> tuple[Purchase, ...]:
        """A client's purchases, the newest first."""
        return self.desk.office.read(client_purchases, client_id or self.mira)


def focused() -> QWidget:
    """The widget that has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the focus"
    return widget


@pytest.fixture
def till(running: UiContext, _sqlite_template: Path, tmp_path: Path, show: Show) -> Iterator[Till]:
    """Sunrise on a Monday morning with a pack of 10 + 2 for 90.00 on sale; the books hold at the end."""
    database = Database.open(f"sqlite:///{shutil.copyfile(_sqlite_template, tmp_path / 'studio.db')}")
    try:
        desk = Desk.found(database)
        pack = desk.package()
        mira = desk.client(email="mira@example.com", phone="+44 20 7946 0958")
        running.formats._clock = desk.clock.now
        running.tasks.attach_office(desk.office, Cancel, lambda: desk.actor)
        window = MainWindow(running, screen_entries())
        serve_dialogs(running)
        add_global_actions(running, window)
        window.resize(1024, 640)
        show(window)
        yield Till(running, desk, window, mira, pack)
        assert_books_hold(database)
    finally:
        database.close()
