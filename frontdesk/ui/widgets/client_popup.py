"""The list that drops from a client picker: who was found, and a new client at its end. It takes no focus."""

from __future__ import annotations

from typing import Any, cast

from PySide6.QtCore import (
    QObject,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from frontdesk.services.views.clients import ClientRow
from frontdesk.ui import client_words
from frontdesk.ui.formats import Formats
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import SPACE_2, SPACE_3, WEIGHT_MEDIUM, WEIGHT_STRONG, Size
from frontdesk.ui.widgets.drop_list import ROW_ROLE, DropList, DropRows, Index
from frontdesk.ui.widgets.entry_painting import at_end, chosen, elided, icon_first

#: What stands in the list: a client, or the text that a new one would be called.
Choice = ClientRow | str
_ROW, _NEW_ROW = 48, 40
_AROUND = 6


class _Choices(DropRows[Choice]):
    def __init__(self, formats: Formats, parent: QWidget) -> None:
        super().__init__(parent)
        self._formats = formats

    def words(self, row: Choice) -> str:
        if isinstance(row, str):
            return self.new_client(row)
        told = (
            row.name,
            client_words.contact(row),
            client_words.credits(self._formats, row.credits),
        )
        return ", ".join(filter(None, (*told, row.alert)))

    def new_client(self, name: str) -> str:
        return self.tr("New client “{name}”").format(name=name) if name else self.tr("New client")


class _ChoiceDelegate(QStyledItemDelegate):
    def __init__(self, formats: Formats, parent: QObject) -> None:
        super().__init__(parent)
        self._formats = formats

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _NEW_ROW if isinstance(index.data(ROW_ROLE), str) else _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        # The stub does not know the fields that Qt's class has.
        drawn = cast(Any, option)
        choice: Choice = index.data(ROW_ROLE)
        inside: QRect = drawn.rect.adjusted(SPACE_3, 0, -SPACE_3, 0)
        painter.save()
        painter.setLayoutDirection(drawn.direction)
        if drawn.state & QStyle.StateFlag.State_Selected:
            chosen(painter, drawn.rect)
        if isinstance(choice, str):
            self._new(painter, str(index.data()), inside)
        else:
            self._client(painter, choice, inside)
        painter.restore()

    def _new(self, painter: QPainter, text: str, inside: QRect) -> None:
        rest = icon_first(painter, inside, "plus", "accent", 16, SPACE_2)
        elided(painter, rest, text, theme().font(Size.BODY, WEIGHT_MEDIUM), theme().colors.accent)

    def _client(self, painter: QPainter, client: ClientRow, inside: QRect) -> None:
        colors, small = theme().colors, theme().font(Size.SECONDARY)
        credits = client_words.credits(self._formats, client.credits)
        inside = at_end(painter, inside, credits, small, colors.text if client.credits else colors.text_muted)
        second = client_words.contact(client)
        half = inside.height() // 2
        top = QRect(inside.left(), inside.top() + 5, inside.width(), half - 4) if second else inside
        below = QRect(inside.left(), inside.top() + half, inside.width(), half - 6)
        if client.alert:
            top = icon_first(painter, top, "warning", "warning", 14, SPACE_2)
        elided(painter, top, client.name, theme().font(Size.BODY, WEIGHT_STRONG), colors.text)
        elided(painter, below, second, small, colors.text_muted)


class ClientPopup(QFrame):
    """Hangs under its field. The field keeps the focus and hands over its arrows."""

    taken = Signal(object)

    def __init__(self, formats: Formats, field: QWidget, *, name: str) -> None:
        super().__init__(field, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setObjectName(name)
        self.setProperty("kind", "popup")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._field = field
        self._model = _Choices(formats, self)
        self.list = DropList(self._model, name=f"{name}List", reads=self.tr("Clients found"))
        self.list.setItemDelegate(_ChoiceDelegate(formats, self.list))
        # Qt would give it the height of two lines, and leave one of them empty.
        self.list.setMinimumHeight(1)
        self.list.setMouseTracking(True)
        self.list.clicked.connect(self._take)
        self.list.entered.connect(self.list.setCurrentIndex)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, _AROUND, 2, _AROUND)
        column.addWidget(self.list)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws ground and frame. Corners are square: what shows through round ones may be black."""
        painter = QPainter(self)
        painter.setPen(theme().color("control_border"))
        painter.setBrush(theme().color("raised"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def choices(self) -> tuple[Choice, ...]:
        """What is offered now."""
        return tuple(self._model.rows)

    def offer(self, choices: tuple[Choice, ...]) -> None:
        """Shows these under the field, the first one chosen; hides when there are none."""
        self._model.show(choices)
        if not choices:
            self.hide()
            return
        self.list.setCurrentIndex(self._model.index(0, 0))
        self._place()
        self.show()
        self.raise_()

    def step(self, way: int) -> None:
        """Goes to the next (1) or previous (-1) line, round the ends."""
        rows = self._model.rowCount()
        if rows:
            index = self._model.index((self.list.currentIndex().row() + way) % rows, 0)
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)

    def take_current(self) -> bool:
        """Takes the chosen line; False if nothing is offered."""
        index = self.list.currentIndex()
        if not self.isVisible() or not index.isValid():
            return False
        self._take(index)
        return True

    def _take(self, index: Index) -> None:
        choice: Choice = index.data(ROW_ROLE)
        self.hide()
        self.taken.emit(choice)

    def _place(self) -> None:
        height = sum(_NEW_ROW if isinstance(one, str) else _ROW for one in self._model.rows) + 2 * _AROUND + 2
        field = QRect(self._field.mapToGlobal(QPoint(0, 0)), self._field.size())
        room = self._field.screen().availableGeometry()
        width = max(field.width(), 320)
        below, above = room.bottom() - field.bottom() - 4, field.top() - room.top() - 4
        if height > below and above > below:
            height = min(height, above)
            top = field.top() - height - 2
        else:
            height = min(height, max(below, _ROW))
            top = field.bottom() + 3
        left = field.right() - width + 1 if self.isRightToLeft() else field.left()
        left = max(room.left(), min(left, room.right() - width))
        self.setGeometry(left, top, width, height)
