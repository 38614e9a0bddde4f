"""The base of all long lists: rows arrive in keyset pages from a presenter's coroutine, in the order of SQL.

Each row is turned into a tuple of cells once, when it arrives; `data()` only reads that tuple, so that a list
of a million rows scrolls like one of ten.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Hashable, Sequence
from enum import StrEnum
from itertools import count
from typing import Any, Generic, NamedTuple, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from frontdesk.errors import Cancelled
from frontdesk.ui.task_runner import TaskRunner
from frontdesk.ui.tokens import Tone

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex

PAGE = 100
# A refresh reads again what was scrolled past, but never more than this many rows.
_REFRESH_MOST = 1_000
_numbers = count(1)

#: The role under which a delegate finds the whole Cell.
CELL_ROLE = int(Qt.ItemDataRole.UserRole) + 1


class Cell(NamedTuple):
    """What one field of a row shows. `second` is a quiet second line, `chip` makes the text a chip of that
    tone.

    `tone` colours the text; the words say the same. `tooltip` is shown besides what does not fit. `tag` is a
    chip right behind the text, which gives way to it; with `tag_whole` for all of the chip, else for a part.
    """

    text: str
    second: str = ""
    chip: Tone | None = None
    tone: Tone | None = None
    strong: bool = False
    muted: bool = False
    tooltip: str = ""
    icon: str = ""
    tag: str = ""
    tag_tone: Tone = Tone.NEUTRAL
    tag_whole: bool = False


class Column(NamedTuple, Generic[R]):
    """A column: its title, what it shows of a row, its width in pixels (0: takes the rest).

    `right` for numbers. `sort` is the key that the query understands, "" if it cannot sort by this.
    `hide_below`: the column goes when the list is narrower than so many pixels at the plain size of text;
    `hide_from`: one that stands in for it there goes when the list is as wide. `holds` are texts that must
    fit whatever the language: the column is made wider than `width` for them. Columns that take the rest
    take a `share` of it.
    """

    title: str
    cell: Callable[[R], str | Cell]
    width: int = 0
    right: bool = False
    sort: str = ""
    hide_below: int = 0
    hide_from: int = 0
    holds: tuple[str, ...] = ()
    share: int = 1


class PageRequest(NamedTuple, Generic[R]):
    """Which rows are wanted: `limit` rows after the row `after` (None: from the top) in this order."""

    after: R | None
    limit: int
    sort: str
    descending: bool


class Page(NamedTuple, Generic[R]):
    """The rows that came, and whether there are more."""

    rows: tuple[R, ...]
    more: bool


class State(StrEnum):
    """What a list is doing."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class PagedTableModel(QAbstractTableModel, Generic[R]):
    """Rows of type R. `key` is what a row is known by, for keeping the selection."""

    #: Rows came, or the list turned out to be empty, or reading failed.
    loaded = Signal()
    #: Reading begins (True) or has ended (False).
    busy = Signal(bool)

    def __init__(
        self,
        tasks: TaskRunner,
        columns: Sequence[Column[R]],
        fetch: Callable[[PageRequest[R]], Coroutine[Any, Any, Page[R]]],
        *,
        key: Callable[[R], Hashable],
        sort: str = "",
        descending: bool = False,
        page: int = PAGE,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.sort_key, self.descending = sort, descending
        self.state = State.WAITING
        self._tasks, self._fetch, self._key, self._page = tasks, fetch, key, page
        self._rows: list[R] = []
        self._cells: list[tuple[Cell, ...]] = []
        self._more = False
        self._fetching = False
        self._generation = 0
        self._work = f"table.{next(_numbers)}"

    # For screens

    def load(self) -> None:
        """Reads from the top, e.g. because a filter changed. Old rows stay until new ones are here."""
        self._start(self._page)

    def refresh(self) -> None:
        """Reads again what is here, because something changed; selection and place stay."""
        self._start(min(max(self._page, len(self._rows)), _REFRESH_MOST))

    def order_by(self, sort: str, descending: bool) -> None:
        """Sorts in SQL and reads from the top."""
        self.sort_key, self.descending = sort, descending
        self.load()

    def set_rows(self, rows: Sequence[R], *, more: bool = False) -> None:
        """Shows rows that are known already (the first frame's)."""
        self._generation += 1
        self._show(tuple(rows), more)

    def row_at(self, row: int) -> R | None:
        """The row at a place, None outside."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def key_at(self, row: int) -> Hashable:
        """What the row at a place is known by, None outside."""
        found = self.row_at(row)
        return None if found is None else self._key(found)

    def place_of(self, key: Hashable) -> int:
        """The place of a row among those loaded, -1 if it is not."""
        return next((at for at, row in enumerate(self._rows) if self._key(row) == key), -1)

    def rows(self) -> tuple[R, ...]:
        """The rows loaded so far."""
        return tuple(self._rows)

    # Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """How many rows are loaded."""
        return 0 if parent.isValid() else len(self._cells)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Reads the tuple of the row."""
        if role == CELL_ROLE:
            return self._cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells[index.row()][index.column()].text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight
                if self.columns[index.column()].right
                else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.AccessibleTextRole:
            cell = self._cells[index.row()][index.column()]
            return ", ".join(filter(None, (cell.text, cell.tag, cell.second)))
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles of the columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[section].right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def canFetchMore(self, parent: Index) -> bool:
        """Whether a further page is there and not on its way."""
        return not parent.isValid() and self._more and not self._fetching

    def fetchMore(self, parent: Index) -> None:
        """Asks for the next page; its rows are appended when they come."""
        if self.canFetchMore(parent):
            self._fetching = True
            self._tasks.start(self._next_page(self._generation), latest=f"{self._work}.more")

    # Pieces

    def _start(self, limit: int) -> None:
        self._generation += 1
        self._tasks.start(self._first_page(self._generation, limit), latest=self._work)

    async def _first_page(self, generation: int, limit: int) -> None:
        self.busy.emit(True)
        try:
            page = await self._fetch(PageRequest(None, limit, self.sort_key, self.descending))
        except Cancelled:
            return
        except Exception:
            if generation == self._generation:
                self.state = State.FAILED
                self.loaded.emit()
            raise
        finally:
            self.busy.emit(False)
        if generation == self._generation:
            self._show(page.rows, page.more)

    async def _next_page(self, generation: int) -> None:
        after = self._rows[-1] if self._rows else None
        try:
            page = await self._fetch(PageRequest(after, self._page, self.sort_key, self.descending))
        finally:
            if generation == self._generation:
                self._fetching = False
        if generation != self._generation:
            return
        self._more = page.more
        if page.rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(page.rows) - 1)
            self._rows.extend(page.rows)
            self._cells.extend(self._cells_of(row) for row in page.rows)
            self.endInsertRows()

    def _show(self, rows: tuple[R, ...], more: bool) -> None:
        cells = [self._cells_of(row) for row in rows]
        same = len(rows) == len(self._rows) and all(
            self._key(new) == self._key(old) for new, old in zip(rows, self._rows, strict=True)
        )
        if same and rows:
            self._rows, self._cells = list(rows), cells
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.columns) - 1))
        else:
            self.beginResetModel()
            self._rows, self._cells = list(rows), cells
            self.endResetModel()
        self._more, self._fetching = more, False
        self.state = State.READY
        self.loaded.emit()

    def _cells_of(self, row: R) -> tuple[Cell, ...]:
        shown = (column.cell(row) for column in self.columns)
        return tuple(one if isinstance(one, Cell) else Cell(one) for one in shown)
