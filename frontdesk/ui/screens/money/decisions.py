"""The tab "needs a decision": tasks that a person has to settle, and the ways to settle each (S6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from frontdesk.errors import Problem
from frontdesk.services.views.refunds import DecisionRow
from frontdesk.ui import decision_words
from frontdesk.ui.tables.ordered_list_model import no_pages
from frontdesk.ui.tables.paged_table_model import Cell, Column, PagedTableModel
from frontdesk.ui.tokens import SPACE_2
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


class DecisionPane(ScrollPage):
    """What happened, and how it can be settled."""

    def __init__(self, context: UiContext, presenter: Late[PaymentsPresenter]) -> None:
        super().__init__(name="decisionPane")
        self._context, self._presenter = context, presenter
        self.row: DecisionRow | None = None
        self._build_head()
        self._build_buttons()
        self._build_form()
        self.body.addStretch(1)

    def show_row(self, row: DecisionRow) -> None:
        """Shows a task."""
        if self.row is not None and self.row.id == row.id:
            return
        self.row = row
        formats = self._context.formats
        self.amount.set(formats.money(row.amount), row.client)
        self.chip.set(decision_words.title(row), decision_words.tone(row))
        self.story.set_text(decision_words.story(formats, row))
        self.facts.set(decision_words.facts(formats, row))
        failed = row.kind == "refund_failed"
        self.pay_button.setText(self.tr("Pay back another way…") if failed else self.tr("Refund…"))
        self.pay_button.setVisible(row.can_be_refunded)
        for button in (self.send_button, self.take_back_button):
            button.setVisible(row.outbox_id is not None)
        self.stripe_button.setVisible(bool(row.dispute_id))
        self._show_outcomes(row)

    def focus_first(self) -> None:
        """Gives the keyboard to what is to be done."""
        wanted = (self.pay_button, self.send_button, self.form["outcome"], self.client_button)
        next(one for one in wanted if one.isVisibleTo(self)).setFocus()

    # Pieces: building

    def _build_head(self) -> None:
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

    def _build_buttons(self) -> None:
        self.pay_button = PrimaryButton(self.tr("Refund…"), self._pay, name="decisionPayButton")
        self.send_button = PrimaryButton(self.tr("Send now"), self._send, name="decisionSendButton")
        self.take_back_button = SecondaryButton(
            self.tr("Take back"), self._take_back, name="decisionTakeBackButton"
        )
        self.client_button = SecondaryButton(
            self.tr("Go to client"), self._go_to_client, name="decisionClientButton"
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        self.stripe_button = SecondaryButton(
            self.tr("Open in Stripe"), self._open_in_stripe, name="decisionStripeButton", icon="publish"
        )
        for button in (
            self.pay_button,
            self.send_button,
            self.take_back_button,
            self.stripe_button,
            self.client_button,
        ):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.body.addLayout(buttons)

    def _build_form(self) -> None:
        self.form_title = Text("", "section", name="decisionFormTitle")
        self.body.addWidget(self.form_title)
        self.form = Form(self._context.messages, name="decisionForm")
        outcome = Select(name="decisionOutcome")
        outcome.setPlaceholderText(self.tr("Choose how it was settled"))
        self.form.add("outcome", self.tr("How it was settled"), outcome)
        self.form.edited.connect(self._explain)
        self.body.addWidget(self.form)
        self.close_button = SecondaryButton(
            self.tr("Close the task"), self._close, name="decisionCloseButton"
        )
        self.body.addWidget(self.close_button)

    # Pieces: showing

    def _show_outcomes(self, row: DecisionRow) -> None:
        for widget in (self.form_title, self.form, self.close_button):
            widget.setVisible(bool(row.outcomes))
        asks = row.kind == "dashboard_refund"
        title = self.tr("Or close the task") if row.can_be_refunded else self.tr("Close the task")
        self.form_title.setText(self.tr("What becomes of the credits") if asks else title)
        field: Select = self.form["outcome"]
        field.set_choices([(decision_words.outcome(one), one) for one in row.outcomes])
        # What the rules suggest is filled in.
        field.set_value(row.outcomes[0] if asks or len(row.outcomes) == 1 else None)
        self.form.clear_problems()
        self._explain()

    def _explain(self) -> None:
        outcome = self.form["outcome"].value() or ""
        self.form.set_help("outcome", decision_words.meaning(outcome))
        if self.row is not None:
            self.close_button.setText(decision_words.act(self._context.formats, self.row, outcome))

    # Pieces: settling

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
        if len(lines) == 1:
            self._context.ask("refund", lines[0].sale_line_id, decision_id=row.id)
            return
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

    def _send(self) -> None:
        if self.row is not None and self.row.outbox_id is not None:
            self._context.tasks.start(self._send_held(self.row.outbox_id), latest="payments.send_held")

    async def _send_held(self, outbox_id: int) -> None:
        await (await self._presenter.get()).send_held(outbox_id)
        self._context.toast(self.tr("The refund is sent as soon as Stripe is reached"))

    def _take_back(self) -> None:
        if self.row is not None and self.row.outbox_id is not None:
            self._context.tasks.start(self._take_back_held(self.row.outbox_id), latest="payments.send_held")

    async def _take_back_held(self, outbox_id: int) -> None:
        await (await self._presenter.get()).take_back_held(outbox_id)
        self._context.toast(self.tr("The refund is taken back, its credits are usable again"))

    def _open_in_stripe(self) -> None:
        if self.row is None:
            return
        mode = "test/" if self._context.studio.test_mode else ""
        address = f"https://dashboard.stripe.com/{mode}disputes/{self.row.dispute_id}"
        open_address = self._context.services.get("open_address", _open_address)
        open_address(address)

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


def _open_address(address: str) -> None:
    QDesktopServices.openUrl(QUrl(address))
