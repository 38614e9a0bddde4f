"""The floor of the start: a bare PySide6 window with a table of fifty lines that says when it was painted."""

from __future__ import annotations

import os
import sys
import time

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView

_LINES = [(f"Client {number}", f"client{number}@example.com", str(number)) for number in range(50)]
_NOWHERE = QModelIndex()


class _Lines(QAbstractTableModel):
    """Fifty lines that are there already."""

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        return len(_LINES)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        return len(_LINES[0])

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        return _LINES[index.row()][index.column()] if role == Qt.ItemDataRole.DisplayRole else None


def main() -> int:
    """Show the table, paint it, say so."""
    app = QApplication(sys.argv)
    window = QMainWindow()
    table = QTableView()
    lines = _Lines(table)
    table.setModel(lines)
    window.setCentralWidget(table)
    window.resize(1024, 640)
    window.show()
    app.processEvents()
    print(f"painted {time.time() - float(os.environ['FRONTDESK_TRACE_START']):.4f}", flush=True)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
