"""The left half of the Packages screen: filter by status, the list, and its order by hand."""

from __future__ import annotations

from collections.abc import Mapping, Set

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.services.views.packages import PackageRow
from frontdesk.ui.context import UiContext
from frontdesk.ui.tables.ordered_list_model import let_rows_be_dragged
from frontdesk.ui.tables.package_list import PackageLine, package_columns, package_list_model
from frontdesk.ui.tokens import SPACE_2, SPACE_3, SPACE_5
from frontdesk.ui.widgets.basics import IconButton
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.surfaces import EmptyState
from frontdesk.ui.widgets.table_view import PagedTable

_ALL = ""
_ROW_HEIGHT = 52


class PackageListPane(QWidget):
    """Packages by key: an id, or a number below 0 for one that was never saved."""

    #: Arrows or a click came to a package.
    chosen = Signal(int)
    #: Enter or a double click: on to its fields.
    opened = Signal(int)
    #: The ids of the saved packages that are shown, in their new order.
    ordered = Signal(object)

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setObjectName("packageListPane")
        self._context = context
        self._rows: tuple[PackageRow, ...] = ()
        self._new: Mapping[int, str] = {}
        self._unsaved: Set[int] = frozenset()
        self._empty_for: bool | None = None
        self._model = package_list_model(context)
        self._model.moved.connect(self._was_moved)
        self.table = PagedTable(
            self._model, name="packagesTable", label=self.tr("Packages"), row_height=_ROW_HEIGHT
        )
        let_rows_be_dragged(self.table)
        self.table.row_chosen.connect(lambda line: self.chosen.emit(line.key))
        self.table.opened.connect(lambda line: self.opened.emit(line.key))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._bar())
        column.addWidget(self.table, 1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Whoever gives the pane the focus means the list. (A proxy would let Tab jump over the bar.)"""
        super().focusInEvent(event)
        self.table.setFocus(event.reason())

    def show_packages(self, rows: tuple[PackageRow, ...], new: Mapping[int, str], unsaved: Set[int]) -> None:
        """Shows the saved packages, then those that were never saved, which are names by key."""
        self._rows, self._new, self._unsaved = rows, new, unsaved
        self._show()

    def name_currency(self) -> None:
        """The studio may count in another currency now."""
        self._model.columns = package_columns(self._context)
        self._model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._model.columns) - 1)

    def choose(self, key: int) -> None:
        """Chooses a package; the filter gives way where it hides it."""
        if not self.table.choose(key) and (key in self._new or any(row.id == key for row in self._rows)):
            self.show_all()
            self.table.choose(key)

    def choose_again(self, key: int) -> None:
        """Chooses a package if the filter shows it."""
        self.table.choose(key)

    def choose_first(self) -> bool:
        """Chooses the first one; False if there is none."""
        if self._model.rowCount():
            self.table.selectRow(0)
        return bool(self._model.rowCount())

    def move_line(self, key: int, step: int) -> None:
        """Moves a package up or down among those that are shown."""
        self._model.move(key, self._model.place_of(key) + step)

    def show_all(self) -> None:
        """Takes the filter away."""
        self._filter.set_value(_ALL)
        self._show()

    # Pieces

    def _bar(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(SPACE_5, SPACE_3, SPACE_3, SPACE_3)
        line.setSpacing(SPACE_2)
        choices = [
            (self.tr("All"), _ALL),
            (self.tr("On sale"), "published"),
            (self.tr("Drafts"), "draft"),
            (self.tr("Archived"), "archived"),
        ]
        self._filter = Segments(choices, _ALL, name="packagesFilter")
        self._filter.chosen.connect(lambda _status: self._show())
        action = self._context.actions["package.new"]
        new = IconButton("plus", action.text(), action.trigger, name="packagesNewButton", outlined=True)
        new.setToolTip(action.toolTip())
        line.addWidget(self._filter)
        line.addStretch(1)
        line.addWidget(new)
        return line

    def _lines(self) -> list[PackageLine]:
        wanted = self._filter.value()
        lines = [
            PackageLine(row.id, row.name, row, row.id in self._unsaved)
            for row in self._rows
            if wanted in (_ALL, row.status)
        ]
        if wanted in (_ALL, "draft"):
            lines += [PackageLine(key, name, None, True) for key, name in self._new.items()]
        return lines

    def _show(self) -> None:
        lines = self._lines()
        if lines != list(self._model.rows()) or not lines:
            self._model.set_rows(lines)
        self._show_counts()
        self._show_empty()

    def _show_counts(self) -> None:
        number = self._context.formats.number
        counts = [row.status for row in self._rows] + ["draft"] * len(self._new)
        self._filter.set_text(_ALL, self.tr("All {n}").format(n=number(len(counts))))
        for status, words in (
            ("published", self.tr("On sale {n}")),
            ("draft", self.tr("Drafts {n}")),
            ("archived", self.tr("Archived {n}")),
        ):
            self._filter.set_text(status, words.format(n=number(counts.count(status))))

    def _show_empty(self) -> None:
        any_package = bool(self._rows)
        if any_package == self._empty_for:
            return
        self._empty_for = any_package
        if any_package:
            sentence = self.tr("No package has this status.")
            empty = EmptyState(
                sentence, self.tr("Show all"), self.show_all, name="packagesEmpty", primary=False
            )
        else:
            # Beside it stands what a package is; where only the list has room, this is the way on.
            run = self._context.actions["package.new"].trigger
            empty = EmptyState(
                self.tr("No package yet."), self.tr("New package"), run, name="packagesEmpty", primary=False
            )
        self.table.set_empty(empty)

    def _was_moved(self) -> None:
        keys = tuple(line.key for line in self._model.rows() if line.key > 0)
        by_id = {row.id: row for row in self._rows}
        shown = iter(keys)
        self._rows = tuple(by_id[next(shown)] if row.id in keys else row for row in self._rows)
        self.ordered.emit(keys)
