"""Runs the real program in this process and lets a test sit at it: keys in, words on screen out.

def test_something(tmp_path: Path) -> None:
    async def journey(person: Person) -> None:
        window = await person.window()
        await person.press("F2")
        ...
    run_program(Places(tmp_path), journey)

Keys go to the window that has the focus, as the window system sends them, so that shortcuts, popups and
dialogs get what they would get. The program ends when the journey does.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from PySide6.QtCore import QKeyCombination, QLocale, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget
from shiboken6 import delete, isValid

from frontdesk.app import Program, open_window
from frontdesk.paths import Places
from frontdesk.services.ports import Clock, SecretStore
from frontdesk.ui.main_window import MainWindow
from frontdesk.ui.theme import Scheme, theme
from tests.support.event_loop import until

W = TypeVar("W", bound=QObject)
D = TypeVar("D", bound=QDialog)
SECONDS_FOR_A_JOURNEY = 90.0
#: A program that does not end by itself is stopped then; its journey has failed.
_SECONDS_TO_END = 5.0


class Person:
    """Who sits at the program. `pressed` counts their keys."""

    def __init__(self) -> None:
        self.pressed = 0
        self._window: MainWindow | None = None
        self._left = False

    # The keyboard

    async def press(self, *keys: str) -> None:
        """Presses keys such as "F2", "Tab" or "Ctrl+K", each once the one before is through."""
        for key in keys:
            await self._key(*_parsed(key))
            await self.settled()

    async def press_at_once(self, key: str) -> None:
        """Presses a key and does not wait for what follows from it."""
        await self._key(*_parsed(key))

    async def write(self, text: str) -> None:
        """Types letter by letter, as fast as the program takes it."""
        for letter in text:
            code = Qt.Key(ord(letter.upper())) if letter.isascii() else Qt.Key.Key_unknown
            await self._key(code, Qt.KeyboardModifier.NoModifier, letter)
        await self.settled()

    async def replace(self, text: str) -> None:
        """Writes over what stands in the field."""
        await self.press("Ctrl+A")
        await self.write(text)

    async def tab_to(self, name: str, *, most: int = 40) -> None:
        """Presses Tab until the widget of that objectName has the focus."""
        for _ in range(most):
            if self.field() == name:
                return
            await self.press("Tab")
        raise AssertionError(f"Tab does not lead to {name}")

    # What is on screen

    async def window(self) -> MainWindow:
        """The main window, once the books are open and it has the keyboard."""
        # The demo studio is filled first, which a slow computer takes its time for.
        await until(lambda: self._window is not None, SECONDS_FOR_A_JOURNEY)
        window = self._window
        assert window is not None
        window.activateWindow()
        await until(window.isActiveWindow)
        await self.settled()
        return window

    async def shown(self, name: str) -> QWidget:
        """A window of that objectName, once it is shown and has the keyboard."""
        await until(lambda: self._shown(name) is not None)
        window = self._shown(name)
        assert window is not None
        window.activateWindow()
        await until(window.isActiveWindow)
        return window

    async def dialog(self, kind: type[D]) -> D:
        """The dialog that a key has opened, once it has the keyboard and what it shows."""
        window = await self.window_behind()
        await until(lambda: self.dialogs(kind))
        dialog = self.dialogs(kind)[-1]
        await until(lambda: dialog.isActiveWindow() or not window.isVisible())
        await self.settled()
        return dialog

    async def window_behind(self) -> MainWindow:
        """The main window, which need not have the keyboard."""
        # The demo studio is filled first, which a slow computer takes its time for.
        await until(lambda: self._window is not None, SECONDS_FOR_A_JOURNEY)
        assert self._window is not None
        return self._window

    def dialogs(self, kind: type[D]) -> list[D]:
        """The dialogs of a kind that are shown."""
        assert self._window is not None
        return [one for one in self._window.findChildren(kind) if one.isVisible()]

    def find(self, kind: type[W], name: str) -> W:
        """A widget by its objectName, in whatever window."""
        found = [one for window in QApplication.topLevelWidgets() for one in window.findChildren(kind, name)]
        assert found, f"there is no {name}"
        return found[-1]

    def text(self, name: str) -> str:
        """What a label says."""
        return str(self.find(QLabel, name).text())

    def toast(self) -> str:
        """What the toast says."""
        assert self._window is not None
        return str(self._window._toast.text())

    def field(self) -> str:
        """The objectName of what has the focus."""
        widget = QApplication.focusWidget()
        return widget.objectName() if widget else ""

    async def settled(self) -> None:
        """Waits until nothing is running in the background and what follows from it was laid out."""
        for _ in range(2):
            await asyncio.sleep(0.001)
            if self._window is not None and isValid(self._window):
                await self._window.context.tasks.settled()

    # The end

    async def leave(self) -> None:
        """Closes everything that is open, as the end of a journey does."""
        self._left = True
        for window in QApplication.topLevelWidgets():
            if isinstance(window, QDialog) and window.isVisible():
                window.reject()
        if self._window is not None:
            self._window.close()
            return
        for window in QApplication.topLevelWidgets():
            if window.isVisible():
                window.close()

    async def _key(self, code: Qt.Key, held: Qt.KeyboardModifier, text: str = "") -> None:
        """From a timer: Qt handles events meanwhile, and then no task may be entered."""
        window = await self._in_front()
        sent = asyncio.get_running_loop().create_future()

        def send() -> None:
            if text:
                QTest.sendKeyEvent(QTest.KeyAction.Click, window, code, text, held)
            else:
                QTest.keyClick(window, code, held)
            sent.set_result(None)

        QTimer.singleShot(0, send)
        await sent
        self.pressed += 1

    async def _in_front(self) -> QWindow:
        """The window with the keyboard; as a desktop does, it is given back when a dialog has closed."""
        if QGuiApplication.focusWindow() is None:
            shown = [one for one in QApplication.topLevelWidgets() if one.isVisible() and one.isWindow()]
            next_one = QApplication.activeModalWidget() or self._window or (shown[-1] if shown else None)
            assert next_one is not None and next_one.isVisible(), "no window is open"
            next_one.activateWindow()
            await until(lambda: QGuiApplication.focusWindow() is not None)
        window = QGuiApplication.focusWindow()
        assert window is not None
        return window

    def _ready(self, window: MainWindow) -> None:
        self._window = window

    @staticmethod
    def _shown(name: str) -> QWidget | None:
        found = (one for one in QApplication.topLevelWidgets() if one.objectName() == name)
        return next((one for one in found if one.isVisible()), None)


Journey = Callable[[Person], Awaitable[None]]


def run_program(
    places: Places,
    journey: Journey,
    *,
    clock: Clock | None = None,
    demo: bool = False,
    secrets: Callable[[], SecretStore] | None = None,
) -> int:
    """Runs the program until the journey ends; its exit code. Raises what the journey raises."""
    person = Person()
    failures: list[BaseException] = [AssertionError("the program ended before the journey did")]
    with as_it_was(), _beginning(lambda: _go(person, journey, failures)):
        code = open_window(places, demo=demo, clock=clock, ready=person._ready, secrets=secrets)
    if failures:
        raise failures[0]
    return code


async def _go(person: Person, journey: Journey, failures: list[BaseException]) -> None:
    try:
        async with asyncio.timeout(SECONDS_FOR_A_JOURNEY):
            await journey(person)
        failures.clear()
    except BaseException as failure:  # noqa: BLE001  (told once the program has ended)
        failures[:] = [failure]
    finally:
        await person.leave()
        loop = asyncio.get_running_loop()
        loop.call_later(_SECONDS_TO_END, loop.stop)


@contextmanager
def _beginning(work: Callable[[], Awaitable[None]]) -> Iterator[None]:
    """Starts a coroutine as soon as the program's loop runs."""
    tasks: list[asyncio.Future[None]] = []
    timer = QTimer()
    timer.setInterval(1)

    def begin() -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return
        timer.stop()
        tasks.append(asyncio.ensure_future(work()))

    timer.timeout.connect(begin)
    timer.start()
    try:
        yield
    finally:
        timer.stop()


@contextmanager
def as_it_was() -> Iterator[None]:
    """Takes back what the program does to a process that it would have for itself."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    hooks = sys.excepthook, threading.excepthook
    locale, direction = QLocale(), app.layoutDirection()
    windows = set(QApplication.topLevelWidgets())
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = hooks
        QLocale.setDefault(locale)
        app.setLayoutDirection(direction)
        for handler in [one for one in root.handlers if one not in handlers]:
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
        asyncio.set_event_loop(None)
        gc.unfreeze()
        # Slots that are functions keep what they name for as long as the process lives, which ends here.
        for program in [one for one in gc.get_objects() if isinstance(one, Program) and isValid(one)]:
            delete(program)
        for window in [one for one in QApplication.topLevelWidgets() if one not in windows]:
            # A completer's list has no parent either, but dies with its completer, or crashes it.
            if isValid(window) and window.parent() is None and window.windowType() != Qt.WindowType.Popup:
                delete(window)
        theme().set_scheme(Scheme.LIGHT)
        theme().set_scale(1.0)


def _parsed(key: str) -> tuple[Qt.Key, Qt.KeyboardModifier]:
    # The stub does not know that a sequence has items.
    combination: QKeyCombination = cast(Any, QKeySequence(key))[0]
    return combination.key(), combination.keyboardModifiers()
