"""Draws the cells of lists: ground, hairline, text, second line, chip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from frontdesk.ui.icons import pixmap
from frontdesk.ui.painting import fill
from frontdesk.ui.placing import beside, placed
from frontdesk.ui.reading_order import in_order
from frontdesk.ui.tables.paged_table_model import CELL_ROLE, Cell, PagedTableModel
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import SPACE_2, SPACE_3, WEIGHT_MEDIUM, WEIGHT_STRONG, Size, Tone
from frontdesk.ui.widgets.basics import tip_lines
from frontdesk.ui.widgets.surfaces import paint_chip

if TYPE_CHECKING:
    from frontdesk.ui.widgets.table_view import PagedTable

Index = QModelIndex | QPersistentModelIndex
_CHIP_HEIGHT = 20
_CHIP_PADDING = 16
#: So much of a tag stays however long the text before it is.
_TAG_LEAST = 72
#: So much of the words stays before a tag that is to be read whole.
_WORDS_LEAST = 48
_VCENTER = Qt.AlignmentFlag.AlignVCenter
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


class CellDelegate(QStyledItemDelegate):
    """Draws a Cell directly: ground, hairline, text, second line, chip."""

    def __init__(self, view: PagedTable, edge: int = SPACE_3) -> None:
        super().__init__(view)
        self._view = view
        self._edge = edge
        self._prepare()
        theme().changed.connect(self._prepare)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one cell."""
        # The stub does not know the fields that Qt's class has.
        drawn = cast(Any, option)
        cell: Cell | None = index.data(CELL_ROLE)
        painter.save()
        self._ground(painter, drawn, index)
        if cell is not None:
            before = self._edge if self._is_first(index) else SPACE_3
            mirrored = drawn.direction is Qt.LayoutDirection.RightToLeft
            after = self._view.space_behind(index.column())
            left, right = (after, before) if mirrored else (before, after)
            inside: QRect = drawn.rect.adjusted(left, 0, -right, -1)
            painter.setLayoutDirection(drawn.direction)
            if cell.icon:
                inside = self._icon(painter, cell, inside, drawn.direction)
            if cell.tag:
                inside = self._tag(painter, cell, inside, drawn.direction, self._is_chosen(index))
            if cell.chip is not None:
                self._chip(painter, cell, inside, self._side(index), drawn.direction, self._is_chosen(index))
            else:
                self._words(painter, cell, inside, self._side(index))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Rows have one height; the width is the text's."""
        cell: Cell | None = index.data(CELL_ROLE)
        width = self._metrics.horizontalAdvance(cell.text) + 2 * SPACE_3 if cell else 0
        if cell and cell.tag:
            width += self._chip_width(cell.tag) + SPACE_2
        return QSize(width, self._view.verticalHeader().defaultSectionSize())

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """A tooltip with all of what was cut off."""
        cell: Cell | None = index.data(CELL_ROLE) if index.isValid() else None
        if cell is None or event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        room = cast(Any, option).rect.width() - 2 * SPACE_3
        cut = self._room_wanted(cell) > room or (
            bool(cell.second) and self._small_metrics.horizontalAdvance(cell.second) > room
        )
        lines = [cell.tooltip] if cell.tooltip else []
        if cut:
            lines = [*dict.fromkeys(filter(None, (cell.text, cell.tag, cell.second, *lines)))]
        QToolTip.showText(event.globalPos(), "\n".join(map(tip_lines, lines)), view)
        return True

    def _prepare(self) -> None:
        self._body: QFont = theme().font()
        self._strong: QFont = theme().font(Size.BODY, WEIGHT_STRONG)
        self._small: QFont = theme().font(Size.SECONDARY)
        self._chip_font: QFont = theme().font(Size.SECONDARY, WEIGHT_MEDIUM)
        self._metrics = QFontMetrics(self._body)
        self._strong_metrics = QFontMetrics(self._strong)
        self._small_metrics = QFontMetrics(self._small)
        self._chip_metrics = QFontMetrics(self._chip_font)
        colors = theme().colors
        self._text, self._muted = QColor(colors.text), QColor(colors.text_muted)
        self._hairline, self._hover = QColor(colors.hairline), QColor(colors.hover)
        self._selected, self._resting = QColor(colors.accent_quiet), QColor(colors.neutral_quiet)
        self._accent = QColor(colors.accent)

    def _ground(self, painter: QPainter, drawn: Any, index: Index) -> None:
        rect: QRect = drawn.rect
        if self._is_chosen(index):
            focused = self._view.has_keys()
            fill(painter, rect, self._selected if focused else self._resting)
            if focused and self._is_first(index):
                left = rect.right() - 2 if self._view.isRightToLeft() else rect.left()
                fill(painter, QRect(left, rect.top(), 3, rect.height()), self._accent)
        elif self._view.hovered_row == index.row():
            fill(painter, rect, self._hover)
        fill(painter, QRect(rect.left(), rect.bottom(), rect.width(), 1), self._hairline)

    def _is_chosen(self, index: Index) -> bool:
        return index.row() == self._view.selected_row

    def _is_first(self, index: Index) -> bool:
        return self._view.horizontalHeader().visualIndex(index.column()) == 0

    def _side(self, index: Index) -> Qt.AlignmentFlag:
        model = index.model()
        if isinstance(model, PagedTableModel):
            return _RIGHT if model.columns[index.column()].right else _LEFT
        return _LEFT

    def _words(self, painter: QPainter, cell: Cell, inside: QRect, side: Qt.AlignmentFlag) -> None:
        font, metrics = (self._strong, self._strong_metrics) if cell.strong else (self._body, self._metrics)
        if cell.tone is not None:
            painter.setPen(QColor(theme().colors.ink(cell.tone)))
        else:
            painter.setPen(self._muted if cell.muted else self._text)
        painter.setFont(font)
        text = metrics.elidedText(in_order(cell.text), Qt.TextElideMode.ElideRight, inside.width())
        if not cell.second:
            painter.drawText(inside, int(side | _VCENTER), text)
            return
        half = (metrics.height() + self._small_metrics.height() + 1) // 2
        top = QRect(inside.left(), inside.center().y() - half, inside.width(), metrics.height())
        painter.drawText(top, int(side | _VCENTER), text)
        painter.setPen(self._muted)
        painter.setFont(self._small)
        below = QRect(inside.left(), top.bottom() + 2, inside.width(), self._small_metrics.height())
        second, room = in_order(cell.second), inside.width()
        shown = self._small_metrics.elidedText(second, Qt.TextElideMode.ElideRight, room)
        painter.drawText(below, int(side | _VCENTER), shown)

    def _chip(
        self,
        painter: QPainter,
        cell: Cell,
        inside: QRect,
        side: Qt.AlignmentFlag,
        way: Qt.LayoutDirection,
        chosen: bool,
    ) -> None:
        if not cell.text or cell.chip is None:
            return
        box = self._chip_box(min(self._chip_width(cell.text), inside.width()))
        rect = placed(way, side is _RIGHT, box, inside)
        self._paint_chip(painter, rect, cell.text, cell.chip, chosen)

    def _tag(
        self, painter: QPainter, cell: Cell, inside: QRect, way: Qt.LayoutDirection, chosen: bool
    ) -> QRect:
        """Draws the tag behind the words, and answers the room that they have."""
        metrics = self._strong_metrics if cell.strong else self._metrics
        words = metrics.horizontalAdvance(cell.text) + 1
        whole = self._chip_width(cell.tag)
        room = inside.width() - SPACE_2
        if cell.tag_whole:
            words = min(words, max(_WORDS_LEAST, room - whole))
        else:
            words = max(0, min(words, room - min(whole, _TAG_LEAST)))
        rest = beside(way, False, words + SPACE_2, inside)
        box = self._chip_box(min(self._chip_width(cell.tag), rest.width()))
        self._paint_chip(painter, placed(way, False, box, rest), cell.tag, cell.tag_tone, chosen)
        return placed(way, False, QSize(words, inside.height()), inside)

    def _room_wanted(self, cell: Cell) -> int:
        wanted: int = self._metrics.horizontalAdvance(cell.text)
        return wanted + (SPACE_2 + self._chip_width(cell.tag) if cell.tag else 0)

    def _chip_width(self, text: str) -> int:
        advance: int = self._chip_metrics.horizontalAdvance(text)
        return advance + _CHIP_PADDING

    def _chip_box(self, width: int) -> QSize:
        return QSize(width, max(_CHIP_HEIGHT, self._chip_metrics.height() + 4))

    def _paint_chip(self, painter: QPainter, rect: QRect, text: str, tone: Tone, chosen: bool) -> None:
        room = rect.width() - _CHIP_PADDING + 4
        shown = self._chip_metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        # Quiet grounds are all alike: on that of the chosen row a chip would not be seen.
        ground = theme().colors.surface if chosen else ""
        paint_chip(painter, QRectF(rect), shown, tone, ground)

    def _icon(self, painter: QPainter, cell: Cell, inside: QRect, way: Qt.LayoutDirection) -> QRect:
        size = 16
        at = placed(way, False, QSize(size, size), inside)
        painter.drawPixmap(at.topLeft(), pixmap(cell.icon, "text_muted", size))
        return beside(way, False, size + 8, inside)
