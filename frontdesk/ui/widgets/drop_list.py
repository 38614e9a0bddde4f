"""The list that a field drives, of the palette and of the client picker. It takes no focus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")
#: What a delegate asks for: the row itself.
ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1


class DropRows(QAbstractListModel, Generic[Row]):
    """A few rows, all of them replaced at once. Subclasses say what is read of one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: Sequence[Row] = ()

    def show(self, rows: Sequence[Row]) -> None:
        """Offers these."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """So many rows."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row for who draws it, its words for who reads it."""
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row)
        return self.words(row) if role == Qt.ItemDataRole.AccessibleTextRole else None

    def text(self, row: Row) -> str:
        """The row in a word or two."""
        return self.words(row)

    def words(self, row: Row) -> str:
        """The row as it is read aloud."""
        raise NotImplementedError


class DropList(QListView):
    """Shows them; the keys come from the field."""

    def __init__(self, rows: DropRows[Any], *, name: str, reads: str) -> None:
        """``reads`` is the accessible name."""
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(reads)
        self.setModel(rows)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
