"""The look and the keys of lists: 40 px rows, hairlines, numbers on the right, chips, an empty state."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QWidget,
)

from frontdesk.ui.tables.paged_table_model import PagedTableModel, State
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import ROW_HEIGHT, SPACE_3, SPACE_5
from frontdesk.ui.widgets.cell_delegate import CellDelegate
from frontdesk.ui.widgets.list_header import ListHeader
from frontdesk.ui.widgets.surfaces import EmptyState
from frontdesk.ui.widgets.text_fields import SearchField

__all__ = ["CellDelegate", "PagedTable"]

Index = QModelIndex | QPersistentModelIndex
_VCENTER = Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft


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

        `edge` is the space before the first column and, with the scroll bar, behind the last one: as wide as
        the margin of a page when the list fills it, 12 when the list stands inside a page.
        """
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.hovered_row = -1
        #: The selected row, -1 for none. Qt's current index is there also where nobody chose anything.
        self.selected_row = -1
        self._list = model
        self._edge = edge
        self._empty: QWidget | None = None
        self._kept: Hashable = None
        self._kept_scroll = 0
        self._chosen: Hashable = None
        self._driver: SearchField | None = None
        self._scale = theme().scale
        self._shares = any(column.share > 1 for column in model.columns)
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
        theme().changed.connect(self._follow_text_size)

    # For screens

    def set_empty(self, empty: EmptyState) -> None:
        """What is shown instead of rows when there are none."""
        if self._empty is not None:
            self._empty.deleteLater()
        self._empty = empty
        empty.setParent(self)
        self._show_empty()

    def current(self) -> Any:
        """The chosen row, None if there is none."""
        return self._list.row_at(self.selected_row)

    def selectRow(self, row: int) -> None:
        """Chooses a row; Qt's own finds no column where the layout runs from right to left."""
        flags = QItemSelectionModel.SelectionFlag
        index = self._list.index(row, 0)
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

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
        if self._list.rowCount() and self.selected_row < 0:
            self.selectRow(0)

    def drive_from(self, field: SearchField) -> None:
        """The arrows of a search field choose here while one types on."""
        self._driver = field
        field.drive(self)

    def take_arrow(self, event: QKeyEvent) -> None:
        """An arrow that was pressed in the field that drives this list."""
        if self.selected_row < 0:
            self.selectRow(0)
        else:
            super().keyPressEvent(event)

    def keys_moved(self) -> None:
        """Shows whether the arrows choose here: the chosen row tells it by its colour."""
        for column in range(self._list.columnCount() if self.selected_row >= 0 else 0):
            self.update(self._list.index(self.selected_row, column))

    def space_behind(self, column: int) -> int:
        """Behind the last column it is that to the edge of the page, with a scroll bar and without."""
        return self._header.after if column == self._header.last else SPACE_3

    def has_keys(self) -> bool:
        """Whether the arrows choose here now."""
        return self.hasFocus() or (self._driver is not None and self._driver.hasFocus())

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; Home and End go to the first and last row."""
        key = Qt.Key(event.key())
        rows = self._list.rowCount()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and rows:
            self.selectRow(0 if key is Qt.Key.Key_Home else rows - 1)
            self.scrollTo(self.currentIndex())
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and rows and self.selected_row < 0:
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
        # The event's size is the viewport's.
        self._fit_columns(event.size().width())
        self._place_empty()

    # Pieces

    def _fit_columns(self, width: int) -> None:
        """How wide a column is, and what it takes to stand there, grows with the text."""
        room = width / theme().scale
        for at, column in enumerate(self._list.columns):
            if column.hide_below or column.hide_from:
                hidden = room < column.hide_below or (0 < column.hide_from <= room)
                self.setColumnHidden(at, hidden)
        self._end_at_the_edge(self.width() - width)
        if self._shares:
            self._share_room(width)

    def _follow_text_size(self) -> None:
        if self._scale == theme().scale:
            return
        self._scale = theme().scale
        for at, column in enumerate(self._list.columns):
            if column.width:
                self._header.resizeSection(at, self._width_of(at))
        self._fit_columns(self.viewport().width())

    def _end_at_the_edge(self, bar: int) -> None:
        after = max(SPACE_3, self._edge - bar)
        shown = [at for at in range(self._list.columnCount()) if not self.isColumnHidden(at)]
        before, last = self._header.last, shown[-1]
        if (after, last) != (self._header.after, before):
            self._header.after, self._header.last = after, last
            for at in {before, last}:
                if self._list.columns[at].width:
                    self._header.resizeSection(at, self._width_of(at))

    def _share_room(self, width: int) -> None:
        columns = self._list.columns
        shown = [at for at in range(len(columns)) if not self.isColumnHidden(at)]
        taking = [at for at in shown if not columns[at].width]
        shares = sum(columns[at].share for at in taking)
        rest = max(0, width - sum(self.columnWidth(at) for at in shown if columns[at].width))
        for at in taking:
            # The last one takes what rounding leaves.
            part = rest * columns[at].share // shares
            self._header.resizeSection(at, part)
            rest, shares = rest - part, shares - columns[at].share

    def _resized(self, at: int, _old: int, _new: int) -> None:
        if self._list.columns[at].width:
            self._share_room(self._header.width())

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
            if column.width:
                header.setSectionResizeMode(at, QHeaderView.ResizeMode.Interactive)
                header.resizeSection(at, self._width_of(at))
            else:
                # Qt shares equally by itself.
                mode = QHeaderView.ResizeMode.Fixed if self._shares else QHeaderView.ResizeMode.Stretch
                header.setSectionResizeMode(at, mode)
        if self._shares:
            header.sectionResized.connect(self._resized)
        if any(column.sort for column in self._list.columns):
            header.setSectionsClickable(True)
            header.sectionClicked.connect(self._sort)
        self._mark_order()

    def _width_of(self, at: int) -> int:
        column = self._list.columns[at]
        width = round(column.width * theme().scale)
        if column.holds:
            metrics = QFontMetrics(theme().font())
            longest: int = max(metrics.horizontalAdvance(text) for text in column.holds)
            width = max(width, longest + 2 * SPACE_3 + 2)
        before = self._edge - SPACE_3 if at == 0 else 0
        return width + before + self.space_behind(at) - SPACE_3

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
            for one in (before, row):
                if one >= 0:
                    top, height = self.rowViewportPosition(one), self.rowHeight(one)
                    self.viewport().update(0, top, self.viewport().width(), height)

    def _open(self, index: Index) -> None:
        row = self._list.row_at(index.row()) if index.isValid() else None
        if row is not None:
            self.opened.emit(row)

    def _selection_changed(self) -> None:
        rows = self.selectionModel().selectedRows()
        row = self.selected_row = rows[0].row() if rows else -1
        key = self._list.key_at(row)
        if key is not None and key != self._chosen:
            self._chosen = key
            self.row_chosen.emit(self._list.row_at(row))

    def _keep_place(self) -> None:
        self._kept = self._list.key_at(self.selected_row)
        self._kept_scroll = self.verticalScrollBar().value()

    def _restore_place(self) -> None:
        # A reset takes the selection away without telling anyone.
        self.hovered_row = self.selected_row = -1
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
            self._place_empty()

    def _place_empty(self) -> None:
        # Not while it is hidden: at the first mention of a viewport PySide6 makes a class of every widget.
        if self._empty is not None and not self._empty.isHidden():
            self._empty.setGeometry(self.viewport().geometry())
