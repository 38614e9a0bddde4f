"""The ledger as a list of sentences, each on up to two lines, with change and balance in figures (C15)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter

from frontdesk.services.views.statement import StatementLine
from frontdesk.ui import credit_words
from frontdesk.ui.reading_order import in_order
from frontdesk.ui.tables.paged_table_model import Cell, Column, Page, PagedTableModel, PageRequest
from frontdesk.ui.tokens import SPACE_2
from frontdesk.ui.widgets.surfaces import EmptyState
from frontdesk.ui.widgets.table_view import CellDelegate, PagedTable

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

# Linguist knows calls of this name.
translate = QCoreApplication.translate

_ROW = 52
_EMPTY = 200
Fetch = Callable[[PageRequest[StatementLine]], Coroutine[Any, Any, Page[StatementLine]]]


class SentenceDelegate(CellDelegate):
    """Lets a sentence go on in a second line."""

    def _words(self, painter: QPainter, cell: Cell, inside: QRect, side: Qt.AlignmentFlag) -> None:
        room = inside.width()
        if cell.second or self._metrics.horizontalAdvance(cell.text) <= room:
            super()._words(painter, cell, inside, side)
            return
        first, rest = map(in_order, self._broken(cell.text, room))
        height = self._metrics.height()
        top = QRect(inside.left(), inside.center().y() - height, room, height)
        below = QRect(inside.left(), top.bottom() + 2, room, height)
        painter.setPen(self._muted if cell.muted else self._text)
        painter.setFont(self._body)
        lines = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(top, int(lines), first)
        painter.drawText(below, int(lines), self._metrics.elidedText(rest, Qt.TextElideMode.ElideRight, room))

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
        self.setItemDelegate(SentenceDelegate(self, SPACE_2))
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
        self._fit()

    def _fit(self) -> None:
        rows = self.lines.rowCount()
        self.setFixedHeight(
            self.horizontalHeader().sizeHint().height() + (rows * _ROW if rows else _EMPTY) + 2
        )


def _change(context: UiContext) -> Callable[[StatementLine], Cell]:
    def cell(line: StatementLine) -> Cell:
        return Cell("" if not line.change else context.formats.signed(line.change), strong=True)

    return cell
