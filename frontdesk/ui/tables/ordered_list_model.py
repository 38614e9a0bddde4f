"""A list whose order is set by hand: rows are dragged, or moved by Alt+Up and Alt+Down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView

from frontdesk.ui.tables.paged_table_model import Page, PagedTableModel
from frontdesk.ui.widgets.table_view import PagedTable

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
_KIND = "application/x-frontdesk-row"


class OrderedListModel(PagedTableModel[R]):
    """All rows at once. A drop moves the row at once and tells `moved`, for the screen to keep the order."""

    moved = Signal()

    def move(self, key: Any, to: int) -> bool:
        """Puts the row with this key at a place and tells `moved`; False if it is there already or cannot."""
        rows = list(self.rows())
        at = self.place_of(key)
        to = max(0, min(len(rows) - 1, to))
        if at < 0 or at == to:
            return False
        rows.insert(to, rows.pop(at))
        self.set_rows(rows)
        self.moved.emit()
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be dragged, and dropped between others."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        """Moving only."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Rows of this program alone."""
        return [_KIND]

    def mimeData(self, indexes: Sequence[Index]) -> QMimeData:
        """The place of the row that is dragged."""
        data = QMimeData()
        data.setData(_KIND, str(indexes[0].row()).encode() if indexes else b"")
        return data

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Moves the row; the view must not remove it once more, so the answer is always False."""
        dragged = bytes(data.data(_KIND).data()).decode()
        if action == Qt.DropAction.MoveAction and dragged.isdecimal():
            at = int(dragged)
            to = row if row >= 0 else parent.row() if parent.isValid() else self.rowCount()
            self.move(self.key_at(at), to - 1 if to > at and row >= 0 else to)
        return False


def let_rows_be_dragged(table: PagedTable) -> None:
    """Makes a table over an OrderedListModel take drags."""
    table.setDragEnabled(True)
    table.setAcceptDrops(True)
    table.setDropIndicatorShown(True)
    table.setDragDropOverwriteMode(False)
    table.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)


async def no_pages(_request: object) -> Page[Any]:
    """For lists that are given all their rows by `set_rows`."""
    return Page((), False)
