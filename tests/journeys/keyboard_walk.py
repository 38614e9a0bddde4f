"""Whether the keyboard leads to everything and back: Tab, Esc, shortcuts, the palette (U2)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from shiboken6 import isValid

from frontdesk.ui.command_palette import palette_of
from frontdesk.ui.main_window import MainWindow
from frontdesk.ui.widgets.fields import SearchField
from tests.journeys.program import Person
from tests.ui.walk import described, focusable

_MOST_TABS = 120


async def tab_faults(person: Person, shown: QWidget) -> list[str]:
    """What Tab does not reach, and what Shift+Tab does not reach on the way back."""
    shown.window().activateWindow()
    await asyncio.sleep(0)
    wanted = [one for one in focusable(shown) if _takes_tab(one)]
    faults = []
    for key in ("Tab", "Shift+Tab"):
        way = await _way_of(person, key)
        names = [described(one) for one in wanted if one not in way]
        faults += [f"{key} does not lead to {name}" for name in names]
        if names:
            faults.append(f"{key} leads to " + " → ".join(one.objectName() for one in way))
    return faults


async def _way_of(person: Person, key: str) -> list[QWidget]:
    """What has the focus after each press, until it comes by somewhere for the third time."""
    way: list[QWidget] = []
    seen: Counter[QWidget] = Counter()
    for _ in range(_MOST_TABS):
        await person.press_at_once(key)
        widget = QApplication.focusWidget()
        if widget is None:
            continue
        way.append(widget)
        seen[widget] += 1
        if seen[widget] > 2:
            break
    return way


def _takes_tab(widget: QWidget) -> bool:
    if isinstance(widget, QAbstractButton) and widget.group() is not None and widget.group().exclusive():
        # One of several: Tab leads to the chosen one, the arrows to the others.
        return widget.isChecked() and widget.isEnabled()
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled()


async def command_faults(window: MainWindow, shown: QWidget) -> list[str]:
    """What Ctrl+K lacks or shows without its keys, keys that mean two things, keys of no command."""
    if isinstance(shown, QDialog):
        return _clashes(_keys_in(shown))
    window.open_palette()
    palette = palette_of(window)
    listed = {entry.text: entry.keys for entry in palette.entries()}
    palette.close_palette()
    faults = []
    commands = window.context.actions.usable(window._scope())
    for command in commands:
        if command.id != "find.anything" and listed.get(command.text) != command.shortcut:
            faults.append(f"Ctrl+K lists {command.id} as {listed.get(command.text)!r}")
    faults += _clashes([(one.shortcut, one.id) for one in commands if one.shortcut])
    known = {one.action for one in window.context.actions.all()}
    for action in window.findChildren(QAction):
        if not action.shortcut().isEmpty() and action not in known:
            faults.append(f"{action.shortcut().toString()} of {action.text()!r} is no command")
    return faults


def _keys_in(dialog: QDialog) -> list[tuple[str, str]]:
    keys = [(one.key().toString(), "a shortcut") for one in dialog.findChildren(QShortcut)]
    for action in dialog.findChildren(QAction):
        if not action.shortcut().isEmpty():
            keys.append((action.shortcut().toString(), action.text()))
    for widget in dialog.findChildren(QWidget):
        if widget.isVisible():
            keys += [(keys_of.toString(), described(widget)) for keys_of in _mnemonics(widget)]
    return keys


def _mnemonics(widget: QWidget) -> Iterator[QKeySequence]:
    if isinstance(widget, QAbstractButton | QLabel):
        found = QKeySequence.mnemonic(widget.text())
        if not found.isEmpty():
            yield found


def _clashes(keys: list[tuple[str, str]]) -> list[str]:
    taken: dict[str, str] = {}
    faults = []
    for key, owner in keys:
        if key in taken:
            faults.append(f"{key} means {taken[key]} and {owner}")
        taken[key] = owner
    return faults


async def escape_faults(
    person: Person, window: MainWindow, shown: QWidget, show: Callable[[], Awaitable[QWidget]]
) -> list[str]:
    """Whether Esc leaves a dialog with few keys, and what was typed is there when it is opened again."""
    field = _first_field(shown)
    typed = ""
    if field is not None:
        field.setFocus()
        await person.write("7")
        typed = _text(field)
    name = field.objectName() if field is not None else ""
    is_dialog = isinstance(shown, QDialog)
    for _ in range(4 if is_dialog else 1):
        if is_dialog and not _is_open(shown):
            break
        await person.press("Esc")
    faults = []
    if is_dialog and _is_open(shown):
        faults.append("Esc does not lead out of it")
    if not window.isVisible():
        return ["Esc closes the window"]
    again = await show()
    if name:
        found = _field_called(again, name)
        if found is None:
            faults.append(f"{name} is not there again")
        elif _is_secret(found):
            # A secret is kept in no draft (A4).
            faults += [f"{name} has {_text(found)!r} again"] if _text(found) else []
        elif _text(found) != typed:
            faults.append(f"{name} held {typed!r} and has {_text(found)!r} again")
    return faults


def _is_open(dialog: QWidget) -> bool:
    return isValid(dialog) and dialog.isVisible()


Typed = QLineEdit | QPlainTextEdit


def _first_field(shown: QWidget) -> Typed | None:
    """What somebody would type into that is no search."""
    for widget in focusable(shown):
        if not isinstance(widget, QLineEdit | QPlainTextEdit) or isinstance(widget, SearchField):
            continue
        if widget.isEnabled() and not widget.isReadOnly() and widget.objectName():
            return widget
    return None


def _field_called(shown: QWidget, name: str) -> Typed | None:
    found = [one for one in shown.findChildren(QWidget, name) if one.isVisibleTo(shown)]
    return found[-1] if found and isinstance(found[-1], QLineEdit | QPlainTextEdit) else None


def _is_secret(field: Typed) -> bool:
    return isinstance(field, QLineEdit) and field.echoMode() != QLineEdit.EchoMode.Normal


def _text(field: Typed) -> str:
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()
