"""The tab "needs a decision": tasks that a person has to settle, and the ways to settle each (S6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from frontdesk.errors import Problem
from frontdesk.services.views.refunds import DecisionRow
from frontdesk.ui import client_words, money_words
from frontdesk.ui.tables.ordered_list_model import no_pages
from frontdesk.ui.tables.paged_table_model import Cell, Column, PagedTableModel
from frontdesk.ui.tokens import SPACE_2, Tone
from frontdesk.ui.widgets.basics import Paragraph, PrimaryButton, Rule, SecondaryButton, Text
from frontdesk.ui.widgets.fields import Select
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.master_detail import MasterDetail
from frontdesk.ui.widgets.surfaces import BigNumber, Chip, EmptyState, KeyValues, ScrollPage
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
                self.tr("Nothing waits for a decision. A refund that fails will stand here."),
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
        self.model.set_rows(rows)
        self.counted.emit(len(rows))
        if self._wanted_id and self.table.choose(self._wanted_id):
            self._wanted_id = 0
        if self.pane.row is not None and self.model.place_of(self.pane.row.id) < 0:
            self.pane.row = None
            self.both.close_detail()

    def _columns(self) -> list[Column[DecisionRow]]:
        formats = self._context.formats
        return [
            Column(self.tr("Client"), lambda row: Cell(row.client, strong=True)),
            Column(self.tr("What"), lambda row: Cell(_title(row)[0], chip=Tone.WARNING), width=140),
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
        self.pane.pay_button.setFocus()


class DecisionPane(ScrollPage):
    """What happened, and how it can be settled."""

    def __init__(self, context: UiContext, presenter: Late[PaymentsPresenter]) -> None:
        super().__init__(name="decisionPane")
        self._context, self._presenter = context, presenter
        self.row: DecisionRow | None = None
        self.amount = BigNumber(name="decisionAmount")
        self.chip = Chip(name="decisionKind")
        top = QHBoxLayout()
        top.addWidget(self.amount, 1)
        top.addWidget(self.chip)
        self.body.addLayout(top)
        self.story = Paragraph("", "body", name="decisionStory")
        self.body.addWidget(self.story)
        self.facts = KeyValues(name="decisionFacts")
        self.body.addWidget(self.facts)
        self.body.addWidget(Rule())
        self.pay_button = PrimaryButton(self.tr("Pay back another way…"), self._pay, name="decisionPayButton")
        client = SecondaryButton(self.tr("Go to client"), self._go_to_client, name="decisionClientButton")
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addWidget(self.pay_button)
        buttons.addWidget(client)
        buttons.addStretch(1)
        self.body.addLayout(buttons)
        self.body.addWidget(Text(self.tr("Or close the task"), "section"))
        self.form = Form(context.messages, name="decisionForm")
        outcome = Select(name="decisionOutcome")
        outcome.setPlaceholderText(self.tr("Choose how it was settled"))
        self.form.add("outcome", self.tr("How it was settled"), outcome)
        self.form.edited.connect(self._explain)
        self.body.addWidget(self.form)
        self.close_button = SecondaryButton(
            self.tr("Close the task"), self._close, name="decisionCloseButton"
        )
        self.body.addWidget(self.close_button)
        self.body.addStretch(1)

    def show_row(self, row: DecisionRow) -> None:
        """Shows a task."""
        if self.row is not None and self.row.id == row.id:
            return
        self.row = row
        formats = self._context.formats
        title, story = _title(row)
        self.amount.set(formats.money(row.amount), row.client)
        self.chip.set(title, Tone.WARNING)
        told = story.format(
            amount=formats.money(row.amount),
            tender=money_words.tender(row.tender),
            client=row.client,
            credits=client_words.credits(formats, row.credits),
        )
        self.story.set_text(told)
        self.facts.set(
            (
                (self.tr("Refund"), row.receipt),
                (self.tr("Since"), formats.instant(row.opened_at)),
                (self.tr("Credits back"), formats.number(row.credits)),
            )
        )
        field: Select = self.form["outcome"]
        field.set_choices([(self._outcome(one), one) for one in row.outcomes])
        field.set_value(None)
        self.form.clear_problems()
        self._explain()

    # Pieces

    def _outcome(self, code: str) -> str:
        return {
            "credits_kept": self.tr("The client keeps the credits instead"),
            "settled_outside": self.tr("Settled outside this program"),
        }.get(code, code)

    def _explain(self) -> None:
        told = {
            "credits_kept": self.tr("The studio keeps the money; the credits stay usable."),
            "settled_outside": self.tr("Nothing changes in the books. The money counts as received."),
        }
        self.form.set_help("outcome", told.get(self.form["outcome"].value() or "", ""))

    def _pay(self) -> None:
        self._context.tasks.start(self._choose_line())

    async def _choose_line(self) -> None:
        row = self.row
        if row is None or row.sale_id is None:
            return
        if row.sale_line_id is not None:
            self._context.ask("refund", row.sale_line_id, decision_id=row.id)
            return
        lines = await (await self._presenter.get()).refundable_lines(row.sale_id)
        menu = QMenu(self)
        menu.setObjectName("decisionLineMenu")
        menu.aboutToHide.connect(menu.deleteLater)
        for line in lines:
            action = menu.addAction(f"{line.name}   {self._context.formats.amount(line.refundable)}")
            action.triggered.connect(
                lambda _checked=False, id=line.sale_line_id: self._context.ask(
                    "refund", id, decision_id=row.id
                )
            )
        menu.popup(self.pay_button.mapToGlobal(self.pay_button.rect().bottomLeft()))

    def _go_to_client(self) -> None:
        if self.row is not None and self.row.client_id is not None:
            self._context.navigate("client", self.row.client_id, "credits")

    def _close(self) -> None:
        values = self.form.values()
        if values is None or self.row is None:
            return
        if values["outcome"] is None:
            self.form.show_problems([Problem("outcome", "field.required")])
            return
        self._context.tasks.start(self._write(self.row.id, values["outcome"]), latest="payments.close_task")

    async def _write(self, decision_id: int, outcome: str) -> None:
        await (await self._presenter.get()).close_decision(decision_id, outcome)
        self._context.toast(self.tr("The task is closed"))


def _title(row: DecisionRow) -> tuple[str, str]:
    """A task's kind in two words, and its story."""
    translate = QCoreApplication.translate
    if row.kind == "refund_failed":
        return (
            translate("Decisions", "Refund failed"),
            translate(
                "Decisions",
                "{amount} by {tender} did not reach {client}. The money counts as received again, and "
                "{credits} came back. Pay the client another way, or agree on something else and close "
                "the task.",
            ),
        )
    return row.kind, ""
