"""A list with its detail beside it; where there is no room for both, the detail becomes a page of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import DETAIL_MAX, DETAIL_MIN, SPACE_2, SPACE_5
from frontdesk.ui.widgets.basics import LinkButton

_BOTH_NEED = 820


class MasterDetail(QWidget):
    """`show_detail` opens the detail, `close_detail` goes back to the list and tells `detail_closed`."""

    detail_closed = Signal()

    def __init__(
        self,
        master: QWidget,
        detail: QWidget,
        *,
        name: str = "masterDetail",
        back: str = "",
        detail_width: int = DETAIL_MAX,
        always: bool = False,
    ) -> None:
        """`back` are the words of the way back when the detail is a page.

        `always`: beside the list the detail never goes; as pages, the list comes first.
        """
        super().__init__()
        self.setObjectName(name)
        self._always = always
        self._open = False
        self._was_paged = True
        self._master, self._detail_width = master, detail_width
        self._pane = QWidget()
        column = QVBoxLayout(self._pane)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._back = LinkButton(back or self.tr("Back to the list"), self.close_detail, icon="back")
        self._back.setObjectName(f"{name}BackButton")
        line = QHBoxLayout()
        line.setContentsMargins(SPACE_5, SPACE_2, 0, 0)
        line.addWidget(self._back)
        line.addStretch(1)
        column.addLayout(line)
        column.addWidget(detail, 1)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(master)
        self._splitter.addWidget(self._pane)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._splitter)
        theme().changed.connect(self._arrange)
        self._arrange()

    def show_detail(self) -> None:
        """Opens the detail."""
        self._open = True
        self._arrange()

    def close_detail(self) -> bool:
        """Goes back to the list; False if there was nothing to close."""
        if not self._open or (self._always and not self.is_paged()):
            return False
        self._open = False
        self._arrange()
        self._master.setFocus()
        self.detail_closed.emit()
        return True

    def is_paged(self) -> bool:
        """Whether there is room for one of the two only."""
        return self.width() < _BOTH_NEED * max(1.0, theme().scale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turns from two panes to pages and back."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        paged = self.is_paged()
        if self._always and paged and not self._was_paged:
            # Where somebody works stays in sight.
            focused = QApplication.focusWidget()
            self._open = focused is not None and self._pane.isAncestorOf(focused)
        self._was_paged = paged
        shown = self._open or (self._always and not paged)
        self._back.setVisible(paged)
        self._pane.setVisible(shown)
        self._master.setVisible(not (paged and self._open))
        if paged:
            self._pane.setMinimumWidth(0)
            self._pane.setMaximumWidth(16_777_215)
        else:
            # Larger text needs wider fields.
            wanted = round(self._detail_width * max(1.0, theme().scale))
            self._pane.setMinimumWidth(DETAIL_MIN)
            self._pane.setMaximumWidth(max(DETAIL_MIN, wanted))
            sizes = self._splitter.sizes()
            # Once hidden, a half comes back with no width of its own.
            if shown and (sizes[1] < DETAIL_MIN or not sizes[0]):
                self._splitter.setSizes([self.width() - wanted, wanted])
