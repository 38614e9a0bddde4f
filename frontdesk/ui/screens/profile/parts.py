"""Small pieces that the tabs of a profile share: a scrolling page, short lists, cards that flow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import SPACE_2, SPACE_3, SPACE_4, SPACE_5
from frontdesk.ui.widgets.basics import ElidedText, LinkButton, Text, empty
from frontdesk.ui.widgets.focus_kept import focus_kept


class ScrollPage(QScrollArea):
    """A page that scrolls up and down; put widgets into `body`."""

    def __init__(self, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self.body = QVBoxLayout(inside)
        self.body.setContentsMargins(SPACE_5, SPACE_4, SPACE_5, SPACE_5)
        self.body.setSpacing(SPACE_4)
        self.setWidget(inside)
        self.verticalScrollBar().rangeChanged.connect(self._keep_edge)

    def _keep_edge(self, _least: int, most: int) -> None:
        """Lines end at one edge, with a scroll bar and without."""
        bar = self.verticalScrollBar().sizeHint().width() if most else 0
        self.body.setContentsMargins(SPACE_5, SPACE_4, max(SPACE_2, SPACE_5 - bar), SPACE_5)


class Section(QWidget):
    """A title, a quiet link beside it, and what belongs to it in `body`."""

    def __init__(
        self, title: str, link: str = "", run: Callable[[], object] | None = None, *, name: str
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_2)
        self.head = QHBoxLayout()
        self.head.setSpacing(SPACE_2)
        self.title = Text(title, "section", name=f"{name}Title")
        self.head.addWidget(self.title)
        self.head.addStretch(1)
        self.link = LinkButton(link, run, name=f"{name}Link")
        self.head.addWidget(self.link)
        column.addLayout(self.head)
        self.body = QVBoxLayout()
        self.body.setSpacing(SPACE_2)
        column.addLayout(self.body)
        self.link.setVisible(bool(link))


class ShortList(Section):
    """A few lines: what on the left, a quiet fact on the right; one sentence when there are none."""

    def __init__(
        self,
        title: str,
        empty: str,
        link: str = "",
        run: Callable[[], object] | None = None,
        *,
        name: str,
    ) -> None:
        super().__init__(title, link, run, name=name)
        self._empty, self._run = empty, run
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(SPACE_4)
        self._rows.setVerticalSpacing(SPACE_2)
        self._rows.setColumnStretch(0, 1)
        self.body.addLayout(self._rows)

    def show_rows(self, rows: Iterable[tuple[str, str]], rest: tuple[str, str] | None = None) -> None:
        """Shows these instead of the ones before; `rest` is a last line that leads to those left out."""
        empty(self._rows)
        at = -1
        for at, (what, fact) in enumerate(rows):
            self._add(at, ElidedText(what), fact)
        if at < 0:
            self._rows.addWidget(Text(self._empty, "muted", wrap=True), 0, 0, 1, 2)
        if rest is not None:
            self._add(at + 1, LinkButton(rest[0], self._run, name=f"{self.objectName()}Rest"), rest[1])

    def _add(self, at: int, what: QWidget, fact: str) -> None:
        right = Text(fact, "muted")
        right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._rows.addWidget(what, at, 0)
        self._rows.addWidget(right, at, 1)


class CardFlow(QWidget):
    """Cards side by side, as many in a line as have room, all of one width."""

    def __init__(self, *, name: str, least: int = 300) -> None:
        super().__init__()
        self.setObjectName(name)
        self._least = least
        self._cards: list[QWidget] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE_3)

    def show_cards(self, cards: Sequence[QWidget]) -> None:
        """Shows these instead of the ones before."""
        with focus_kept(self):
            empty(self._grid)
            self._cards = list(cards)
            self._columns = 0
            self._arrange()

    def cards(self) -> tuple[QWidget, ...]:
        """What is shown."""
        return tuple(self._cards)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another number of columns."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        least = round(self._least * theme().scale)
        columns = max(1, (self.width() + SPACE_3) // (least + SPACE_3))
        if columns == self._columns:
            return
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns
        for at, card in enumerate(self._cards):
            self._grid.addWidget(card, at // columns, at % columns)
