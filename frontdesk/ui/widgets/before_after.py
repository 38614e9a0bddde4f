"""A short table of what changes: the thing, what is now, and what will be."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QFrame, QGridLayout

from frontdesk.ui.tokens import SPACE_2, SPACE_3, SPACE_4
from frontdesk.ui.widgets.basics import ElidedText, Text, empty


class BeforeAfter(QFrame):
    """Hidden while it has no rows."""

    def __init__(self, what: str, before: str, after: str, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "well")
        self._titles = (what, before, after)
        self._rows: list[tuple[str, str, str]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
        self._grid.setHorizontalSpacing(SPACE_4)
        self._grid.setVerticalSpacing(SPACE_2)
        self._grid.setColumnStretch(0, 1)
        self.hide()

    def show_rows(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Shows these instead of the ones before."""
        wanted = list(rows)
        if wanted == self._rows:
            return
        self._rows = wanted
        empty(self._grid)
        for column, title in enumerate(self._titles):
            self._grid.addWidget(Text(title, "secondary"), 0, column)
        for at, (what, before, after) in enumerate(wanted, 1):
            self._grid.addWidget(ElidedText(what), at, 0)
            self._grid.addWidget(Text(before, "muted"), at, 1)
            self._grid.addWidget(Text(after, "strong"), at, 2)
        self.setVisible(bool(wanted))

    def rows(self) -> list[tuple[str, str, str]]:
        """What is shown."""
        return list(self._rows)
