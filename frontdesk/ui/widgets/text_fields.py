"""Fields of one line of text: as it is, or searched for while it is typed. The others are in `fields`."""

from __future__ import annotations

from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from frontdesk.ui.icons import icon
from frontdesk.ui.theme import theme

_ARROWS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class TextField(QLineEdit):
    """One line of text, without blanks around it.

    It has no limit of its own: whoever pastes too much is told so by the draft, instead of losing its end.
    """

    edited = Signal()

    def __init__(
        self, text: str = "", *, name: str = "", placeholder: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self.setPlaceholderText(placeholder)
        self._suffix = ""
        if name:
            self.setObjectName(name)
        self.textEdited.connect(lambda _text: self.edited.emit())

    def value(self) -> Any:
        """The text; subclasses answer with what it means."""
        return self.text().strip()

    def set_value(self, value: Any) -> None:
        """Shows another value without telling `edited`."""
        self.setText(value or "")
        self.setCursorPosition(0)

    def set_suffix(self, suffix: str) -> None:
        """A quiet word at the end of the field: a currency, "days"."""
        self._suffix = suffix
        width = self.fontMetrics().horizontalAdvance(suffix) + 6 if suffix else 0
        self._keep_free(width)
        self.update()

    def _keep_free(self, width: int) -> None:
        """Room at the end of the field, where text runs to."""
        if self.isRightToLeft():
            self.setTextMargins(width, 0, 0, 0)
        else:
            self.setTextMargins(0, 0, width, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the suffix too."""
        super().paintEvent(event)
        if self._suffix:
            painter = QPainter(self)
            painter.setPen(theme().color("text_muted"))
            end = Qt.AlignmentFlag.AlignLeft if self.isRightToLeft() else Qt.AlignmentFlag.AlignRight
            side = end | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
            painter.drawText(self.rect().adjusted(10, 0, -10, 0), side, self._suffix)
            painter.end()


class Driven(Protocol):
    """A list in which a search field's arrows choose."""

    def take_arrow(self, event: QKeyEvent) -> None: ...

    def keys_moved(self) -> None: ...


class SearchField(TextField):
    """Search as you type: `searched` tells every change at once. Esc clears first, arrows go to a list."""

    searched = Signal(str)

    def __init__(self, placeholder: str, *, name: str = "searchField") -> None:
        super().__init__(name=name, placeholder=placeholder)
        self.setAccessibleName(placeholder)
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(200)
        self._glass = self.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        theme().changed.connect(self._recolour)
        self.textChanged.connect(self.searched)
        self._driven: Driven | None = None

    def drive(self, driven: Driven) -> None:
        """The arrows choose in that list while one types on."""
        self._driven = driven

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc clears a text and only then goes back; the arrows are the list's."""
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape and self.text():
            self.clear()
        elif self._driven is not None and key in _ARROWS:
            self._driven.take_arrow(event)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The list shows that the arrows are its own now."""
        super().focusInEvent(event)
        if self._driven is not None:
            self._driven.keys_moved()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The list shows that they are not any more."""
        super().focusOutEvent(event)
        if self._driven is not None:
            self._driven.keys_moved()

    def _recolour(self) -> None:
        self._glass.setIcon(icon("search"))
