"""Walks through a window as a screen reader or a keyboard would: names, targets, shortcuts (U2, U3).

assert_accessible(window)          # every focusable widget has a name, targets are at least 24 × 24
assert_no_clashes(context)         # no two commands share a shortcut
assert_nothing_cut_off(window)     # no button or label is narrower than its text
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QCalendarWidget,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from frontdesk.ui.context import UiContext
from frontdesk.ui.widgets.basics import ElidedText

LEAST_TARGET = 24


def focusable(window: QWidget) -> Iterator[QWidget]:
    """Every shown widget that the keyboard or the mouse can give the focus to."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window) or widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
            continue
        if widget.focusProxy() is not None or isinstance(widget, QLabel | QScrollArea):
            continue
        if _is_part_of_a_qt_widget(widget):
            continue
        yield widget


def accessible_name(widget: QWidget) -> str:
    """What a screen reader calls it."""
    if isinstance(widget, QComboBox):
        # On Linux its name is what is chosen, and the label comes by the relation that a buddy makes.
        return widget.accessibleName()
    interface = _interface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def assert_accessible(window: QWidget) -> None:
    """Fails with a list of widgets that have no accessible name, no role, or are too small a target."""
    faults = accessibility_faults(window)
    assert not faults, "\n".join(faults)


def accessibility_faults(window: QWidget) -> list[str]:
    """Widgets that have no accessible name, no role, or are too small a target."""
    faults: list[str] = []
    for widget in focusable(window):
        interface = _interface(widget)
        if interface is None or interface.role() == QAccessible.Role.NoRole:
            faults.append(f"{described(widget)} has no role")
        elif not accessible_name(widget).strip():
            faults.append(f"{described(widget)} has no accessible name")
        if isinstance(widget, QAbstractButton) and min(widget.width(), widget.height()) < LEAST_TARGET:
            faults.append(f"{described(widget)} is a target of {widget.width()} × {widget.height()}")
    return faults


def assert_no_clashes(context: UiContext) -> None:
    """Fails when two commands that can be used at once share a shortcut."""
    commands = context.actions.all()
    for at, one in enumerate(commands):
        for other in commands[at + 1 :]:
            same_place = "window" in (one.scope, other.scope) or one.scope == other.scope
            assert not (same_place and one.shortcut and one.shortcut == other.shortcut), (one.id, other.id)


def assert_nothing_cut_off(window: QWidget) -> None:
    """Fails with a list of buttons and one-line labels that are narrower than their text."""
    faults: list[str] = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window):
            continue
        is_button = isinstance(widget, QPushButton) and bool(widget.text())
        is_line = isinstance(widget, QLabel) and not widget.wordWrap() and not isinstance(widget, ElidedText)
        wanted = widget.minimumSizeHint().width()
        if (is_button or is_line) and widget.width() < wanted:
            faults.append(f"{described(widget)} has {widget.width()} of {wanted} px")
    assert not faults, "\n".join(faults)


def _interface(widget: QWidget) -> QAccessibleInterface | None:
    """The stub does not know that there may be none."""
    return QAccessible.queryAccessibleInterface(widget)


def described(widget: QWidget) -> str:
    """How a fault names a widget."""
    text = widget.text() if isinstance(widget, QAbstractButton | QLabel | QLineEdit) else ""
    return f"{type(widget).__name__} {widget.objectName()!r} {text!r}"


def _is_part_of_a_qt_widget(widget: QWidget) -> bool:
    """Viewports, header views and the insides of Qt's calendar answer for themselves."""
    parent: QWidget | None = widget.parentWidget()
    if isinstance(parent, QAbstractScrollArea) and (
        parent.viewport() is widget or isinstance(parent, QAbstractItemView)
    ):
        return True
    while parent is not None:
        if isinstance(parent, QCalendarWidget):
            return True
        parent = parent.parentWidget()
    return widget.objectName().startswith("qt_")
