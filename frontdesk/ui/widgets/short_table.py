"""A list that is as high as its rows, for pages that hold several and scroll as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from frontdesk.ui.tables.paged_table_model import PagedTableModel
from frontdesk.ui.tokens import SPACE_3
from frontdesk.ui.widgets.table_view import PagedTable

_ROW = 32
_LEAST_ROWS = 1


class ShortTable(PagedTable):
    """For lists that are given all their rows by `set_rows`; higher rows hold a second line."""

    def __init__(self, model: PagedTableModel[Any], *, name: str, label: str, row_height: int = _ROW) -> None:
        super().__init__(model, name=name, label=label, row_height=row_height, edge=SPACE_3)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        model.modelReset.connect(self.updateGeometry)
        model.loaded.connect(self.updateGeometry)
        self.selectionModel().currentChanged.connect(lambda *_: self._show_current())

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Shows these rows instead of those before."""
        self._list.set_rows(rows)

    def sizeHint(self) -> QSize:
        """All rows and the titles above them."""
        rows = max(_LEAST_ROWS, self.model().rowCount())
        height = (
            rows * self.verticalHeader().defaultSectionSize() + self.horizontalHeader().sizeHint().height()
        )
        return QSize(240, height + 2 * self.frameWidth() + 1)

    def minimumSizeHint(self) -> QSize:
        """As high as it is; columns give way."""
        return QSize(160, self.sizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The page scrolls."""
        event.ignore()

    # Pieces

    def _show_current(self) -> None:
        """Where the arrows are can be seen, also on a page that is longer than the window."""
        page: QWidget | None = self.parentWidget()
        while page is not None and not isinstance(page, QScrollArea):
            page = page.parentWidget()
        inside = page.widget() if page is not None else None
        if page is None or inside is None or not self.hasFocus():
            return
        row = self.visualRect(self.currentIndex())
        middle = self.viewport().mapTo(inside, row.center())
        page.ensureVisible(middle.x(), middle.y(), 0, _ROW * 2)
