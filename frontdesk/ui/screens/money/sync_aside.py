"""What could not be taken over from Stripe: which objects, why, and what can be done about each (Y3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.services.views.sync_status import QuarantineRow
from frontdesk.ui import sync_words
from frontdesk.ui.tables.ordered_list_model import no_pages
from frontdesk.ui.tables.paged_table_model import Cell, Column, PagedTableModel
from frontdesk.ui.tokens import SPACE_2
from frontdesk.ui.widgets.basics import Paragraph, Text, action_button
from frontdesk.ui.widgets.short_table import ShortTable

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


class SyncAside(QWidget):
    """Hidden while there is nothing. One row is always chosen, and its reason stands below in full."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setObjectName("syncAsideBox")
        self._context = context
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_2)
        column.addWidget(Text(self.tr("Could not be taken over"), "section"))
        told = self.tr("Everything else goes on. Each is tried again by itself, less and less often.")
        column.addWidget(Paragraph(told, name="syncAsideHelp"))
        model: PagedTableModel[QuarantineRow] = PagedTableModel(
            context.tasks, self._columns(), no_pages, key=lambda row: row.object_id, parent=self
        )
        self.table = ShortTable(model, name="syncAside", label=self.tr("Could not be taken over"))
        self.table.row_chosen.connect(self._explain)
        self.table.opened.connect(lambda _row: context.actions["payments.try_again"].trigger())
        column.addWidget(self.table)
        self.why = Text("", "body", wrap=True, name="syncAsideWhy")
        self.why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.why)
        line = QHBoxLayout()
        line.setSpacing(SPACE_2)
        line.addWidget(action_button(context.actions["payments.try_again"], name="sync.tryAgain"))
        line.addWidget(action_button(context.actions["payments.copy_details"], name="sync.copyDetails"))
        line.addStretch(1)
        column.addLayout(line)
        self.hide()

    def show_rows(self, rows: Sequence[QuarantineRow]) -> None:
        """Shows these instead of those before; the chosen one stays."""
        self.setVisible(bool(rows))
        self.table.set_rows(rows)
        row = self.row()
        if row is None and rows:
            self.table.selectRow(0)
            row = self.row()
        if row is not None:
            self._explain(row)

    def row(self) -> QuarantineRow | None:
        """The chosen one."""
        found: QuarantineRow | None = self.table.current()
        return found

    def copy_details(self) -> None:
        """Puts on the clipboard what somebody needs who looks into it; it names no person (A7)."""
        row = self.row()
        if row is not None:
            QGuiApplication.clipboard().setText(sync_words.details(row))
            self._context.toast(self.tr("The details are copied: paste them into your report"))

    # Pieces

    def _columns(self) -> list[Column[QuarantineRow]]:
        formats = self._context.formats

        def tried(row: QuarantineRow) -> Cell:
            words = self.tr("{count} times").format(count=formats.number(row.attempts))
            return Cell(words, muted=True, tooltip=formats.instant(row.last_at))

        return [
            Column(self.tr("What"), lambda row: Cell(sync_words.thing(row.kind)), width=150),
            Column(self.tr("Stripe's id"), lambda row: Cell(row.object_id, muted=True)),
            Column(self.tr("Tried"), tried, width=92, right=True),
        ]

    def _explain(self, row: QuarantineRow) -> None:
        self.why.setText(self._context.messages.text(row.trouble.code, row.trouble.params))
