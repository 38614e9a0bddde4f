"""The look and the keys of lists: 40 px rows, hairlines, numbers on the right, chips, an empty state."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, cast

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from frontdesk.ui.icons import pixmap
from frontdesk.ui.tables.paged_table_model import CELL_ROLE, Cell, PagedTableModel, State
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import ROW_HEIGHT, SPACE_3, SPACE_5, WEIGHT_MEDIUM, WEIGHT_STRONG, Size
from frontdesk.ui.widgets.list_header import ListHeader
from frontdesk.ui.widgets.surfaces import EmptyState, paint_chip

Index = QModelIndex | QPersistentModelIndex
_CHIP_HEIGHT = 20
_VCENTER = Qt.AlignmentFlag.AlignVCenter
_ARROWS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


class CellDelegate(QStyledItemDelegate):
    """Draws a Cell directly: ground, hairline, text, second line, chip."""

    def __init__(self, view: QTableView, edge: int = SPACE_3) -> None:
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
            left, right = (SPACE_3, before) if mirrored else (before, SPACE_3)
            inside: QRect = drawn.rect.adjusted(left, 0, -right, -1)
            painter.setLayoutDirection(drawn.direction)
            if cell.icon:
                inside = self._icon(painter, cell, inside, drawn.direction)
            if cell.chip is not None:
                self._chip(painter, cell, inside, self._side(index), drawn.direction)
            else:
                self._words(painter, cell, inside, self._side(index))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Rows have one height; the width is the text's."""
        cell: Cell | None = index.data(CELL_ROLE)
        width = self._metrics.horizontalAdvance(cell.text) + 2 * SPACE_3 if cell else 0
        return QSize(width, self._view.verticalHeader().defaultSectionSize())

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """A tooltip with all of what was cut off."""
        cell: Cell | None = index.data(CELL_ROLE) if index.isValid() else None
        if cell is None or event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        room = cast(Any, option).rect.width() - 2 * SPACE_3
        cut = self._metrics.horizontalAdvance(cell.text) > room or (
            bool(cell.second) and self._small_metrics.horizontalAdvance(cell.second) > room
        )
        lines = [cell.tooltip] if cell.tooltip else []
        if cut:
            lines = [cell.text, *filter(None, [cell.second]), *lines]
        QToolTip.showText(event.globalPos(), "\n".join(lines), view)
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
        if drawn.state & QStyle.StateFlag.State_Selected:
            focused = cast(PagedTable, self._view).has_keys()
            painter.fillRect(rect, self._selected if focused else self._resting)
            if focused and self._is_first(index):
                left = rect.right() - 2 if self._view.isRightToLeft() else rect.left()
                painter.fillRect(QRect(left, rect.top(), 3, rect.height()), self._accent)
        elif getattr(self._view, "hovered_row", -1) == index.row():
            painter.fillRect(rect, self._hover)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), self._hairline)

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
        text = metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, inside.width())
        if not cell.second:
            painter.drawText(inside, int(side | _VCENTER), text)
            return
        half = (metrics.height() + self._small_metrics.height() + 1) // 2
        top = QRect(inside.left(), inside.center().y() - half, inside.width(), metrics.height())
        painter.drawText(top, int(side | _VCENTER), text)
        painter.setPen(self._muted)
        painter.setFont(self._small)
        below = QRect(inside.left(), top.bottom() + 2, inside.width(), self._small_metrics.height())
        second = self._small_metrics.elidedText(cell.second, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(below, int(side | _VCENTER), second)

    def _chip(
        self, painter: QPainter, cell: Cell, inside: QRect, side: Qt.AlignmentFlag, way: Qt.LayoutDirection
    ) -> None:
        if not cell.text or cell.chip is None:
            return
        width = min(self._chip_metrics.horizontalAdvance(cell.text) + 16, inside.width())
        text = self._chip_metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, width - 12)
        box = QSize(width, max(_CHIP_HEIGHT, self._chip_metrics.height() + 4))
        rect = QStyle.alignedRect(way, side | _VCENTER, box, inside)
        paint_chip(painter, QRectF(rect), text, cell.chip)

    def _icon(self, painter: QPainter, cell: Cell, inside: QRect, way: Qt.LayoutDirection) -> QRect:
        size = 16
        at = QStyle.alignedRect(way, _LEFT | _VCENTER, QSize(size, size), inside)
        painter.drawPixmap(at.topLeft(), pixmap(cell.icon, "text_muted", size))
        gap = size + 8
        return (
            inside.adjusted(0, 0, -gap, 0)
            if way is Qt.LayoutDirection.RightToLeft
            else inside.adjusted(gap, 0, 0, 0)
        )


class PagedTable(QTableView):
    """A list of whole rows. Enter or a double click opens, a click or the arrows choose."""

    opened = Signal(object)
    row_chosen = Signal(object)

    def __init__(
        self,
        model: PagedTableModel[Any],
        *,
        name: str,
        label: str,
        row_height: int = ROW_HEIGHT,
        edge: int = SPACE_5,
    ) -> None:
        """`label` is the accessible name. `row_height` 52 gives two lines room.

        `edge` is the space before the first column: as wide as the margin of a page when the list fills it,
        12 when the list stands inside a page.
        """
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.hovered_row = -1
        self._list = model
        self._edge = edge
        self._empty: QWidget | None = None
        self._kept: Hashable = None
        self._kept_scroll = 0
        self._chosen: Hashable = None
        self._driver: QWidget | None = None
        self.setItemDelegate(CellDelegate(self, edge))
        self._header = ListHeader(edge, self)
        self.setHorizontalHeader(self._header)
        self._set_up(row_height)
        self.setModel(model)
        self._set_up_columns()
        model.modelAboutToBeReset.connect(self._keep_place)
        model.modelReset.connect(self._restore_place)
        model.loaded.connect(self._show_empty)
        self.selectionModel().selectionChanged.connect(self._selection_changed)
        self.doubleClicked.connect(self._open)

    # For screens

    def set_empty(self, empty: EmptyState) -> None:
        """What is shown instead of rows when there are none."""
        if self._empty is not None:
            self._empty.deleteLater()
        self._empty = empty
        empty.setParent(self)
        self._place_empty()
        self._show_empty()

    def current(self) -> Any:
        """The chosen row, None if there is none."""
        return self._list.row_at(self._selected_row())

    def choose(self, key: Hashable) -> bool:
        """Chooses the row with this key; False if it is not loaded."""
        at = self._list.place_of(key)
        if at >= 0:
            self.selectRow(at)
            self.scrollTo(self._list.index(at, 0))
        return at >= 0

    def choose_first(self) -> None:
        """Chooses the first row and takes the focus: Down in a search field."""
        self.setFocus()
        if self._list.rowCount() and self._selected_row() < 0:
            self.selectRow(0)

    def drive_from(self, field: QWidget) -> None:
        """The arrows of a search field choose here while one types on."""
        self._driver = field
        field.installEventFilter(self)

    def has_keys(self) -> bool:
        """Whether the arrows choose here now."""
        return self.hasFocus() or (self._driver is not None and self._driver.hasFocus())

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the arrows of the field that drives this list."""
        if watched is not self._driver:
            return super().eventFilter(watched, event)
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.viewport().update()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _ARROWS:
            if not self.currentIndex().isValid():
                self.selectRow(0)
            else:
                super().keyPressEvent(event)
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; Home and End go to the first and last row."""
        key = Qt.Key(event.key())
        rows = self._list.rowCount()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and rows:
            self.selectRow(0 if key is Qt.Key.Key_Home else rows - 1)
            self.scrollTo(self.currentIndex())
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and rows and self._selected_row() < 0:
            self.selectRow(0)
        elif key is Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Marks the row under the mouse."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the mouse any more."""
        super().leaveEvent(event)
        self._hover(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns of less weight go where there is no room."""
        super().resizeEvent(event)
        for at, column in enumerate(self._list.columns):
            if column.hide_below:
                self.setColumnHidden(at, self.viewport().width() < column.hide_below)
        self._place_empty()

    # Pieces

    def _set_up(self, row_height: int) -> None:
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setAlternatingRowColors(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(row_height)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setCornerButtonEnabled(False)

    def _set_up_columns(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(48)
        header.setDefaultAlignment(_LEFT | _VCENTER)
        for at, column in enumerate(self._list.columns):
            extra = self._edge - SPACE_3 if at == 0 else 0
            if column.width:
                header.setSectionResizeMode(at, QHeaderView.ResizeMode.Interactive)
                header.resizeSection(at, round(column.width * theme().scale) + extra)
            else:
                header.setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
        if any(column.sort for column in self._list.columns):
            header.setSectionsClickable(True)
            header.sectionClicked.connect(self._sort)
        self._mark_order()

    def _sort(self, at: int) -> None:
        column = self._list.columns[at]
        if column.sort:
            again = column.sort == self._list.sort_key
            self._list.order_by(column.sort, not self._list.descending if again else column.right)
        self._mark_order()

    def _mark_order(self) -> None:
        header = self.horizontalHeader()
        for at, column in enumerate(self._list.columns):
            if column.sort and column.sort == self._list.sort_key:
                order = Qt.SortOrder.DescendingOrder if self._list.descending else Qt.SortOrder.AscendingOrder
                header.setSortIndicator(at, order)
                header.setSortIndicatorShown(True)
                return
        header.setSortIndicatorShown(False)

    def _hover(self, row: int) -> None:
        if row != self.hovered_row:
            before, self.hovered_row = self.hovered_row, row
            height = self.verticalHeader().defaultSectionSize()
            for one in (before, row):
                if one >= 0:
                    self.viewport().update(0, self.rowViewportPosition(one), self.viewport().width(), height)

    def _open(self, index: Index) -> None:
        row = self._list.row_at(index.row()) if index.isValid() else None
        if row is not None:
            self.opened.emit(row)

    def _selected_row(self) -> int:
        """The selected row, -1 for none. Qt's current index is there also where nobody chose anything."""
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else -1

    def _selection_changed(self) -> None:
        row = self._selected_row()
        key = self._list.key_at(row)
        if key is not None and key != self._chosen:
            self._chosen = key
            self.row_chosen.emit(self._list.row_at(row))

    def _keep_place(self) -> None:
        self._kept = self._list.key_at(self._selected_row())
        self._kept_scroll = self.verticalScrollBar().value()

    def _restore_place(self) -> None:
        self.hovered_row = -1
        at = self._list.place_of(self._kept) if self._kept is not None else -1
        if at >= 0:
            self.selectRow(at)
            self.verticalScrollBar().setValue(self._kept_scroll)
        else:
            self._chosen = None
            self.scrollToTop()

    def _show_empty(self) -> None:
        if self._empty is not None:
            ready = self._list.state is State.READY
            self._empty.setVisible(ready and not self._list.rowCount())

    def _place_empty(self) -> None:
        if self._empty is not None:
            self._empty.setGeometry(self.viewport().geometry())
