"""Choosing what is shown: segments for a few exclusive views, tabs for the parts of a thing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from frontdesk.ui.widgets.basics import Button, Rule


class _Segment(Button):
    KIND = "segment"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right walk through the segments; Enter on the chosen one is for the dialog around."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.isChecked():
            event.ignore()
            return
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        group = self.group()
        if step is not None:
            buttons = [one for one in group.buttons() if one.isEnabled() and not one.isHidden()]
            if self not in buttons:
                return
            at = buttons.index(self) + (-step if self.isRightToLeft() else step)
            buttons[at % len(buttons)].setFocus()
            buttons[at % len(buttons)].click()
            return
        super().keyPressEvent(event)


class Segments(QFrame):
    """A few exclusive choices side by side; also usable as a field of a form. More of them than stand well in
    one line take ``columns`` in several.
    """

    chosen = Signal(object)
    edited = Signal()

    def __init__(
        self,
        choices: Iterable[tuple[str, Any]],
        value: Any = None,
        *,
        name: str = "segments",
        columns: int = 100,
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "segments")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        grid = QGridLayout(self)
        grid.setContentsMargins(2, 2, 2, 2)
        grid.setSpacing(2)
        self._group = QButtonGroup(self)
        self._values: list[Any] = []
        for at, (text, choice) in enumerate(choices):
            button = _Segment(text, name=f"{name}{at}")
            button.setCheckable(True)
            self._group.addButton(button, at)
            self._values.append(choice)
            grid.addWidget(button, at // columns, at % columns)
        self.set_value(value if value is not None else self._values[0])
        self._group.idClicked.connect(self._clicked)

    def value(self) -> Any:
        """The value of the pressed segment."""
        return self._values[self._group.checkedId()]

    def set_value(self, value: Any) -> None:
        """Presses a segment without telling anyone. Raises ValueError for a value that is not offered."""
        button = self._group.button(self._values.index(value))
        button.setChecked(True)
        self.setFocusProxy(button)

    def offer(self, value: Any, offered: bool, why_not: str = "") -> None:
        """Shows a segment or takes it away; with a reason ``why_not`` it is there and cannot be chosen."""
        button = self._group.button(self._values.index(value))
        button.setVisible(offered)
        button.setEnabled(not why_not)
        button.setToolTip(why_not or self.toolTip())

    def is_offered(self, value: Any) -> bool:
        """Whether a segment can be chosen."""
        button = self._group.button(self._values.index(value))
        return not button.isHidden() and button.isEnabled()

    def set_text(self, value: Any, text: str) -> None:
        """Other words for a segment, e.g. with a count."""
        self._group.button(self._values.index(value)).setText(text)

    def _clicked(self, at: int) -> None:
        self.setFocusProxy(self._group.button(at))
        self.chosen.emit(self._values[at])
        self.edited.emit()


class Tabs(QWidget):
    """Tabs over pages, which may be made when first shown; Ctrl+Tab and the arrows walk through them."""

    shown = Signal(str)

    def __init__(self, *, name: str = "tabs", inset: int = 0) -> None:
        """`inset`: the tabs begin so far from the edge, where the pages go from edge to edge."""
        super().__init__()
        self.setObjectName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.bar = QTabBar()
        self.bar.setObjectName(f"{name}Bar")
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setUsesScrollButtons(True)
        self.bar.setElideMode(Qt.TextElideMode.ElideNone)
        self.pages = QStackedWidget()
        self._keys: list[str] = []
        line = QHBoxLayout()
        line.setContentsMargins(inset, 0, inset, 0)
        line.addWidget(self.bar)
        column.addLayout(line)
        column.addWidget(Rule())
        column.addWidget(self.pages, 1)
        self.bar.currentChanged.connect(self._show)

    def add(self, key: str, text: str, page: QWidget) -> None:
        """Adds a page; `key` names it in `show_page` and `shown`."""
        self._keys.append(key)
        self.pages.addWidget(page)
        self.bar.addTab(text)
        self.bar.setAccessibleName(self.tr("Pages"))

    def show_page(self, key: str) -> None:
        """Goes to a page. Raises ValueError for a key that was not added."""
        self.bar.setCurrentIndex(self._keys.index(key))

    def current(self) -> str:
        """The key of the page that is shown."""
        return self._keys[self.pages.currentIndex()]

    def set_text(self, key: str, text: str) -> None:
        """Other words for a tab, e.g. with a count."""
        self.bar.setTabText(self._keys.index(key), text)

    def _show(self, at: int) -> None:
        if 0 <= at < len(self._keys):
            self.pages.setCurrentIndex(at)
            self.shown.emit(self._keys[at])
