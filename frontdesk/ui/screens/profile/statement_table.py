"""The ledger as a list of sentences, each as high as it needs, with change and balance in figures (C15)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QRect, Qt, QTimer
from PySide6.QtGui import QPainter, QResizeEvent

from frontdesk.services.views.statement import StatementLine
from frontdesk.ui import credit_words
from frontdesk.ui.reading_order import in_order
from frontdesk.ui.tables.paged_table_model import Cell, Column, Page, PagedTableModel, PageRequest
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import SPACE_2, SPACE_3, SPACE_4
from frontdesk.ui.widgets.surfaces import EmptyState
from frontdesk.ui.widgets.table_view import CellDelegate, PagedTable

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

# Linguist knows calls of this name.
translate = QCoreApplication.translate

_ROW = 52
_EMPTY = 200
#: The column of the sentence.
_SENTENCE = 1
Fetch = Callable[[PageRequest[StatementLine]], Coroutine[Any, Any, Page[StatementLine]]]


class SentenceDelegate(CellDelegate):
    """Lets a sentence go on in further lines."""

    def lines_of(self, text: str, room: int) -> list[str]:
        """A sentence broken into lines that fit; a word alone that does not is cut off."""
        known = self._known.get((text, room))
        if known is not None:
            return known
        lines, rest = [], text
        while rest and self._metrics.horizontalAdvance(rest) > room:
            first, rest = self._broken(rest, room)
            lines.append(first)
        self._known[text, room] = lines = [*lines, rest] if rest else lines
        return lines

    def height_of(self, text: str, column: int) -> int:
        """The height of a row whose sentence stands in this column."""
        room = self._view.columnWidth(column) - SPACE_3 - self._view.space_behind(column)
        return max(_ROW, len(self.lines_of(text, room)) * (self._metrics.height() + 1) + SPACE_4)

    def _prepare(self) -> None:
        super()._prepare()
        #: Lines by sentence and room, as they are in this type.
        self._known: dict[tuple[str, int], list[str]] = {}

    def _words(self, painter: QPainter, cell: Cell, inside: QRect, side: Qt.AlignmentFlag) -> None:
        room = inside.width()
        if cell.second or self._metrics.horizontalAdvance(cell.text) <= room:
            super()._words(painter, cell, inside, side)
            return
        lines = self.lines_of(cell.text, room)
        height = self._metrics.height()
        top = inside.center().y() - (len(lines) * (height + 1) - 1) // 2
        painter.setPen(self._muted if cell.muted else self._text)
        painter.setFont(self._body)
        start = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for place, line in enumerate(map(in_order, lines)):
            box = QRect(inside.left(), top + place * (height + 1), room, height)
            painter.drawText(box, start, self._metrics.elidedText(line, Qt.TextElideMode.ElideRight, room))

    def _broken(self, text: str, room: int) -> tuple[str, str]:
        """As many whole words as fit, and the rest."""
        at = text.find(" ")
        fits = at if at > 0 else len(text)
        while at > 0 and self._metrics.horizontalAdvance(text[:at]) <= room:
            fits, at = at, text.find(" ", at + 1)
        return text[:fits], text[fits + 1 :]


class StatementModel(PagedTableModel[StatementLine]):
    """Reads on when it is told to: the list is as high as its rows, so that Qt would read all at once."""

    _asked = False

    def read_on(self) -> None:
        """Asks for the next page, if there is one that is not on its way."""
        self._asked = True
        self.fetchMore(QModelIndex())
        self._asked = False

    def canFetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> bool:
        """No, unless `read_on` asks."""
        return self._asked and super().canFetchMore(parent)


class StatementTable(PagedTable):
    """A client's statement, the newest line first; as high as its rows, since its page scrolls."""

    def __init__(self, context: UiContext, fetch: Fetch, sell: Callable[[], object]) -> None:
        formats = context.formats
        columns: list[Column[StatementLine]] = [
            Column(
                translate("StatementTable", "When"),
                lambda line: Cell(formats.date(formats.local_day(line.at)), second=formats.time(line.at)),
                width=116,
            ),
            Column(
                translate("StatementTable", "What happened"),
                lambda line: Cell(credit_words.line(formats, line)),
            ),
            Column(
                translate("StatementTable", "Who"),
                lambda line: Cell(line.staff or translate("StatementTable", "by itself"), muted=True),
                width=100,
            ),
            Column(translate("StatementTable", "Change"), _change(context), width=84, right=True),
            Column(
                translate("StatementTable", "Balance"),
                lambda line: Cell(formats.number(line.balance)),
                width=92,
                right=True,
            ),
        ]
        self.lines = StatementModel(context.tasks, columns, fetch, key=lambda line: line.op_id, page=50)
        super().__init__(
            self.lines,
            name="statementTable",
            label=translate("StatementTable", "Ledger of credits"),
            row_height=_ROW,
            edge=SPACE_2,
        )
        self._sentences = SentenceDelegate(self, SPACE_2)
        self.setItemDelegate(self._sentences)
        self.set_empty(
            EmptyState(
                translate("StatementTable", "No credits have come or gone yet. They do with the first sale."),
                translate("StatementTable", "Sell a package"),
                sell,
                name="statementEmpty",
                primary=False,
            )
        )
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.lines.loaded.connect(self._fit)
        self.lines.rowsInserted.connect(self._fit)
        theme().changed.connect(self._fit)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other widths need other heights, once the columns have theirs."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        rows = self.lines.rowCount()
        total = 0 if rows else _EMPTY
        for row in range(rows):
            height = self._sentences.height_of(self.lines.index(row, _SENTENCE).data() or "", _SENTENCE)
            if height != self.rowHeight(row):
                self.setRowHeight(row, height)
            total += height
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + total + 2)


def _change(context: UiContext) -> Callable[[StatementLine], Cell]:
    def cell(line: StatementLine) -> Cell:
        return Cell("" if not line.change else context.formats.signed(line.change), strong=True)

    return cell
