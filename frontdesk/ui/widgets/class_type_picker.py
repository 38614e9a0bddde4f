"""A field for class types: all of them, or some, each with its colour beside its name."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QVBoxLayout, QWidget

from frontdesk.services.views.settings import ClassTypeRow
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import SPACE_1, class_colour
from frontdesk.ui.widgets.basics import Text
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.fields import CheckField


def colour_dot(colour: str, size: int = 10) -> QIcon:
    """A dot in the colour of a class type, for beside its name."""
    image = QPixmap(size * 2, size * 2)
    image.setDevicePixelRatio(2)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(class_colour(colour, theme().colors.dark)))
    painter.drawEllipse(QRectF(0, 0, size, size))
    painter.end()
    return QIcon(image)


class ClassTypePicker(QWidget):
    """Its value is a tuple of ids, or None for all class types (P1)."""

    edited = Signal()

    def __init__(self, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._checks: dict[int, CheckField] = {}
        self._rows: tuple[ClassTypeRow, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_1)
        self._which = Segments(
            [(self.tr("All class types"), True), (self.tr("Only some"), False)], True, name=f"{name}Which"
        )
        self._which.edited.connect(self._changed)
        column.addWidget(self._which)
        self._some = QWidget()
        self._list = QVBoxLayout(self._some)
        self._list.setContentsMargins(2, SPACE_1, 0, 0)
        self._list.setSpacing(0)
        column.addWidget(self._some)
        self._none = Text(
            self.tr("There are no class types yet. Settings, Class types is where they are made."),
            "help",
            wrap=True,
        )
        column.addWidget(self._none)
        self.setFocusProxy(self._which)
        theme().changed.connect(self._recolour)
        self._show()

    def set_class_types(self, rows: Iterable[ClassTypeRow]) -> None:
        """Offers these; archived ones only where they are chosen."""
        self._rows = tuple(rows)
        self._make(self.value() or ())

    def value(self) -> tuple[int, ...] | None:
        """The ids chosen, None for all."""
        if self._which.value():
            return None
        return tuple(sorted(id for id, check in self._checks.items() if check.isChecked()))

    def set_value(self, value: tuple[int, ...] | None) -> None:
        """Chooses these, None for all."""
        self._which.set_value(value is None)
        self._make(value or ())

    def _make(self, chosen: tuple[int, ...]) -> None:
        for check in self._checks.values():
            check.hide()
            check.deleteLater()
        self._checks = {}
        for row in self._rows:
            if row.archived and row.id not in chosen:
                continue
            text = self.tr("{name} (archived)").format(name=row.name) if row.archived else row.name
            check = CheckField(text, row.id in chosen, name=f"{self.objectName()}{row.id}")
            check.setAccessibleName(text)
            check.setIconSize(QSize(10, 10))
            check.setIcon(colour_dot(row.colour))
            check.edited.connect(self.edited)
            self._checks[row.id] = check
            self._list.addWidget(check)
        self._show()

    def _changed(self) -> None:
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        some = not self._which.value()
        self._some.setVisible(some and bool(self._checks))
        self._none.setVisible(some and not self._checks)

    def _recolour(self) -> None:
        for row in self._rows:
            if row.id in self._checks:
                self._checks[row.id].setIcon(colour_dot(row.colour))
