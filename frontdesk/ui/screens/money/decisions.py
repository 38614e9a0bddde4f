"""The tab "needs a decision": the list of tasks that a person has to settle (S6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from frontdesk.services.views.refunds import DecisionRow
from frontdesk.ui import decision_words
from frontdesk.ui.screens.money.decision_pane import DecisionPane
from frontdesk.ui.tables.ordered_list_model import no_pages
from frontdesk.ui.tables.paged_table_model import Cell, Column, PagedTableModel
from frontdesk.ui.widgets.master_detail import MasterDetail
from frontdesk.ui.widgets.surfaces import EmptyState
from frontdesk.ui.widgets.table_view import PagedTable

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.payments import PaymentsPresenter
    from frontdesk.ui.task_runner import Late


class DecisionsTab(QWidget):
    """The oldest first. `counted` tells how many wait."""

    counted = Signal(int)

    def __init__(self, context: UiContext, presenter: Late[PaymentsPresenter]) -> None:
        super().__init__()
        self.setObjectName("decisionsTab")
        self._context, self._presenter = context, presenter
        self._wanted_id = 0
        self.model: PagedTableModel[DecisionRow] = PagedTableModel(
            context.tasks, self._columns(), no_pages, key=lambda row: row.id
        )
        self.table = PagedTable(self.model, name="decisionsTable", label=self.tr("Needs a decision"))
        self.table.row_chosen.connect(self._chosen)
        self.table.opened.connect(self._opened)
        self.table.set_empty(
            EmptyState(
                self.tr(
                    "Nothing waits for a decision. Disputes, refunds that fail or were made in Stripe's "
                    "dashboard, and payments that came late or twice will stand here."
                ),
                icon="decision",
                name="decisionsEmpty",
            )
        )
        self.pane = DecisionPane(context, presenter)
        self.both = MasterDetail(
            self.table, self.pane, name="decisionsBoth", back=self.tr("Back to the list")
        )
        self.both.detail_closed.connect(self.table.clearSelection)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.both)

    def load(self, decision_id: int = 0) -> None:
        """Reads the tasks, and shows one of them."""
        self._wanted_id = decision_id or self._wanted_id
        self._context.tasks.start(self._load(), latest="payments.load_decisions")

    async def _load(self) -> None:
        rows = await (await self._presenter.get()).decisions()
        shown = self.pane.row
        before = self.model.place_of(shown.id) if shown is not None else -1
        self.model.set_rows(rows)
        self.counted.emit(len(rows))
        if self._wanted_id and self.table.choose(self._wanted_id):
            self._wanted_id = 0
        if shown is None or self.pane.row is not shown:
            return
        now = self.model.row_at(self.model.place_of(shown.id))
        if now is not None:
            self.pane.show_row(now)
        else:
            self._go_on(before)

    def _go_on(self, place: int) -> None:
        """What was shown is settled: the next one is chosen, and the keyboard is back in the list.

        Else an Enter pressed twice would settle the next one, too.
        """
        self.pane.row = None
        was_page = self.both.is_paged()
        in_pane = self.pane.has_focus()
        if was_page or not self.model.rowCount():
            self.both.close_detail()
        elif in_pane:
            self.table.setFocus()
        if self.model.rowCount():
            self.table.selectRow(min(max(place, 0), self.model.rowCount() - 1))

    def _columns(self) -> list[Column[DecisionRow]]:
        formats = self._context.formats
        return [
            Column(self.tr("Client"), lambda row: Cell(row.client, strong=True)),
            Column(
                self.tr("What"),
                lambda row: Cell(decision_words.title(row), chip=decision_words.tone(row)),
                width=150,
            ),
            Column(
                self.tr("Since"),
                lambda row: Cell(formats.instant(row.opened_at), muted=True),
                width=150,
                hide_below=600,
                holds=formats.some_instants(),
            ),
            Column(
                self.tr("Amount, {currency}").format(currency=formats.currency),
                lambda row: formats.amount(row.amount),
                width=124,
                right=True,
            ),
        ]

    def _chosen(self, row: DecisionRow) -> None:
        self.pane.show_row(row)
        if not self.both.is_paged():
            self.both.show_detail()

    def _opened(self, row: DecisionRow) -> None:
        self.pane.show_row(row)
        self.both.show_detail()
        self.pane.focus_first()
