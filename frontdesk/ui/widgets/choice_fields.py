"""Fields that choose instead of type: one of a few, yes or no; and several fields in a row."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QStyledItemDelegate


class Select(QComboBox):
    """One of a few. Each choice has a text and a value, which is any plain value."""

    edited = Signal()

    def __init__(
        self, choices: Iterable[tuple[str, Hashable]] = (), value: Hashable = None, *, name: str = ""
    ) -> None:
        super().__init__()
        self.setItemDelegate(QStyledItemDelegate(self))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        if name:
            self.setObjectName(name)
        self._values: list[Hashable] = []
        self.set_choices(choices)
        if value is not None:
            self.set_value(value)
        self.activated.connect(lambda _index: self.edited.emit())
        self.installEventFilter(self)

    def set_choices(self, choices: Iterable[tuple[str, Hashable]]) -> None:
        """Offers these instead; the present value stays if it is among them."""
        present = self.value()
        self.clear()
        self._values = []
        for text, value in choices:
            self.addItem(text)
            self._values.append(value)
        if present in self._values:
            self.set_value(present)

    def value(self) -> Any:
        """The value of the choice, None when there is none."""
        at = self.currentIndex()
        return self._values[at] if 0 <= at < len(self._values) else None

    def set_value(self, value: Hashable) -> None:
        """Chooses by value; a value that is not offered leaves nothing chosen."""
        self.setCurrentIndex(self._values.index(value) if value in self._values else -1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A wheel over a closed list scrolls the page instead of changing what was chosen."""
        if event.type() == QEvent.Type.Wheel and not self.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class CheckField(QCheckBox):
    """Yes or no, with its sentence beside it."""

    edited = Signal()

    def __init__(self, text: str, value: bool = False, *, name: str = "") -> None:
        super().__init__(text)
        self.setChecked(value)
        if name:
            self.setObjectName(name)
        self.clicked.connect(lambda _checked: self.edited.emit())

    def value(self) -> bool:
        """Whether it is ticked."""
        return self.isChecked()

    def set_value(self, value: Any) -> None:
        """Ticks it or not, without telling `edited`."""
        self.setChecked(bool(value))
