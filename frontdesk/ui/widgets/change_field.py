"""A number of credits to add or to take: two segments and a number; typing + or − presses a segment."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from frontdesk.ui.formats import Formats
from frontdesk.ui.tokens import SPACE_2
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.fields import IntField


class _Count(IntField):
    sign_typed = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A sign is no part of the number."""
        if event.text() and event.text() in "+-−":
            self.sign_typed.emit(1 if event.text() == "+" else -1)
        else:
            super().keyPressEvent(event)


class ChangeField(QWidget):
    """Its value is the signed number, None while it is empty."""

    edited = Signal()

    def __init__(self, formats: Formats, *, most: int, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.way = Segments([(self.tr("Add"), 1), (self.tr("Take away"), -1)], 1, name=f"{name}Way")
        self.count = _Count(formats, least=1, most=most, suffix=self.tr("credits"), name=f"{name}Count")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_2)
        row.addWidget(self.way)
        row.addWidget(self.count)
        row.addStretch(1)
        self.way.edited.connect(self.edited)
        self.count.edited.connect(self.edited)
        self.count.sign_typed.connect(self._sign)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Whoever gives it the focus means the number. (A proxy would let Tab jump over the way.)"""
        super().focusInEvent(event)
        self.count.setFocus(event.reason())

    def sign(self) -> int:
        """1 to add, -1 to take away."""
        return int(self.way.value())

    def value(self) -> int | None:
        """The change. Raises FrontdeskError of the number's field."""
        count = self.count.value()
        return None if count is None else self.sign() * count

    def set_value(self, value: int | None) -> None:
        """Shows another change."""
        if value is not None:
            self.way.set_value(1 if value > 0 else -1)
        self.count.set_value(None if value is None else abs(value))

    def raw(self) -> tuple[int, str]:
        """As it was typed, readable or not."""
        return self.sign(), self.count.text()

    def set_raw(self, raw: tuple[int, str]) -> None:
        """Puts back what `raw` gave."""
        self.way.set_value(raw[0])
        self.count.setText(raw[1])

    def setAccessibleName(self, name: str) -> None:
        """The form's label names the number."""
        super().setAccessibleName(name)
        self.count.setAccessibleName(name)

    def _sign(self, sign: int) -> None:
        self.way.set_value(sign)
        self.edited.emit()
