"""The Payouts tab: what Stripe sent to the bank, and one payout with its transactions, fees and net (Y6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.services.views.payouts import (
    OnItsWay,
    PayoutDetail,
    PayoutLine,
    PayoutRow,
    PayoutSum,
)
from frontdesk.ui import payout_words
from frontdesk.ui.tables.ordered_list_model import no_pages
from frontdesk.ui.tables.paged_table_model import Cell, Column, Page, PagedTableModel, PageRequest
from frontdesk.ui.tokens import SPACE_3, SPACE_5
from frontdesk.ui.widgets.basics import ElidedText, Paragraph, Text
from frontdesk.ui.widgets.master_detail import MasterDetail
from frontdesk.ui.widgets.short_table import ShortTable
from frontdesk.ui.widgets.surfaces import BigNumber, Chip, EmptyState, KeyValues, ScrollPage
from frontdesk.ui.widgets.table_view import PagedTable

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.payouts import PayoutsPresenter
    from frontdesk.ui.task_runner import Late

#: The height of a transaction's two lines.
_LINE = 48


class PayoutsTab(QWidget):
    """The arrows choose and show; Enter goes into what is shown."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setObjectName("payoutsTab")
        self._context = context
        self._presenter: Late[PayoutsPresenter] = context.late(
            "frontdesk.ui.presenters.payouts", "PayoutsPresenter"
        )
        #: The payout that is shown in full, "" for none.
        self.shown_id = ""
        self.on_its_way = ElidedText("", "muted", name="payoutsOnTheirWay")
        self.model: PagedTableModel[PayoutRow] = PagedTableModel(
            context.tasks, self._columns(), self._page, key=lambda row: row.id
        )
        self.table = PagedTable(self.model, name="payoutsTable", label=self.tr("Payouts"))
        self.table.row_chosen.connect(self._chosen)
        self.table.opened.connect(self._opened)
        self.table.set_empty(
            EmptyState(
                self.tr("No payouts yet. What Stripe sends to your bank will stand here."),
                self.tr("Go to Sync"),
                lambda: context.navigate("payments", "sync"),
                icon="transfer",
                name="payoutsEmpty",
                primary=False,
            )
        )
        self.pane = PayoutPane(context)
        self._build()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        line = QHBoxLayout()
        line.setContentsMargins(SPACE_5, SPACE_3, SPACE_5, SPACE_3)
        line.addWidget(self.on_its_way)
        column.addLayout(line)
        self.both = MasterDetail(
            self.table, self.pane, name="payoutsBoth", back=self.tr("Back to the payouts")
        )
        self.both.detail_closed.connect(self._closed)
        column.addWidget(self.both, 1)

    # For the screen

    def load(self) -> None:
        """Reads again; place and chosen row stay."""
        self.model.refresh()
        self._context.tasks.start(self._load_on_its_way(), latest="payments.load_on_its_way")
        if self.shown_id:
            self._read_detail(self.shown_id)

    # Pieces

    def _columns(self) -> list[Column[PayoutRow]]:
        formats = self._context.formats

        def status(row: PayoutRow) -> Cell:
            text, tone = payout_words.payout_status(row.status)
            return Cell(text, chip=tone)

        def content(row: PayoutRow) -> Cell:
            return Cell(self._itemised(row), muted=True)

        return [
            Column(self.tr("Arrives"), lambda row: Cell(formats.date_in_words(row.arrives), strong=True)),
            Column(self.tr("Made"), lambda row: Cell(formats.instant(row.created), muted=True), width=150,
                   hide_below=760, holds=formats.some_instants()),
            Column(self.tr("Transactions"), content, width=150, hide_below=620),
            Column(self.tr("Status"), status, width=118),
            Column(
                self.tr("Amount"), lambda row: Cell(formats.money(row.amount), strong=True), width=140,
                right=True,
            ),
        ]  # fmt: skip

    def _itemised(self, row: PayoutRow) -> str:
        return {
            "itemised": self.tr("listed"),
            "waiting": self.tr("not yet listed"),
            "never": self.tr("not listed by Stripe"),
        }[row.itemised]

    async def _page(self, request: PageRequest[PayoutRow]) -> Page[PayoutRow]:
        return await (await self._presenter.get()).page(request)

    async def _load_on_its_way(self) -> None:
        self._tell_on_its_way(await (await self._presenter.get()).on_its_way())

    def _tell_on_its_way(self, told: OnItsWay) -> None:
        formats = self._context.formats
        if told.next_day is None:
            self.on_its_way.setText(self.tr("Nothing is on its way to the bank."))
            return
        words = (
            self.tr("On its way to the bank: {amount}, arriving {day}.")
            if told.count == 1
            else self.tr("On their way to the bank: {amount} in {count} payouts, the first arriving {day}.")
        )
        day = formats.date_in_words(told.next_day)
        self.on_its_way.setText(
            words.format(amount=formats.money(told.amount), count=formats.number(told.count), day=day)
        )

    def _chosen(self, row: PayoutRow) -> None:
        self._read_detail(row.id)
        if not self.both.is_paged():
            self.both.show_detail()

    def _opened(self, row: PayoutRow) -> None:
        self._read_detail(row.id)
        self.both.show_detail()
        self.pane.lines.setFocus()

    def _closed(self) -> None:
        self.shown_id = ""
        self.table.clearSelection()
        self.table.setFocus()

    def _read_detail(self, payout_id: str) -> None:
        self.shown_id = payout_id
        self._context.tasks.start(self._load_detail(payout_id), latest="payments.load_payout")

    async def _load_detail(self, payout_id: str) -> None:
        detail = await (await self._presenter.get()).detail(payout_id)
        if payout_id == self.shown_id:
            self.pane.show_detail(detail)


class PayoutPane(ScrollPage):
    """One payout: what it holds by category, and every transaction."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(name="payoutPane")
        self._context = context
        self.detail: PayoutDetail | None = None
        self.amount = BigNumber(name="payoutAmount")
        self.chip = Chip(name="payoutStatus")
        top = QHBoxLayout()
        top.addWidget(self.amount, 1)
        top.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(top)
        self.note = Paragraph("", "body", name="payoutNote")
        self.body.addWidget(self.note)
        self.facts = KeyValues(name="payoutFacts")
        self.body.addWidget(self.facts)
        self._sums_title = Text(self.tr("What it holds"), "section")
        self.sums = ShortTable(
            PagedTableModel(
                context.tasks, self._sum_columns(), no_pages, key=lambda row: row.category, parent=self
            ),
            name="payoutSums",
            label=self.tr("What it holds"),
        )
        self._lines_title = Text(self.tr("Transactions"), "section")
        self.lines = ShortTable(
            PagedTableModel(
                context.tasks, self._line_columns(), no_pages, key=lambda row: row.id, parent=self
            ),
            name="payoutLines",
            label=self.tr("Transactions"),
            row_height=_LINE,
        )
        self.lines.opened.connect(self._open_line)
        for widget in (self._sums_title, self.sums, self._lines_title, self.lines):
            self.body.addWidget(widget)
        self.body.addStretch(1)

    def show_detail(self, detail: PayoutDetail) -> None:
        """Shows a payout."""
        self.detail = detail
        formats, row = self._context.formats, detail.row
        self.amount.set(formats.money(row.amount), self._arrival(row))
        self.chip.set(*payout_words.payout_status(row.status))
        note = self._note(detail)
        self.note.set_text(note)
        self.note.setVisible(bool(note))
        self.facts.set(self._facts(detail))
        here = bool(detail.lines)
        for widget in (self._sums_title, self.sums, self._lines_title, self.lines):
            widget.setVisible(here)
        self.sums.set_rows((*detail.sums, detail.all) if len(detail.sums) > 1 else detail.sums)
        self.lines.set_rows(detail.lines)

    # Pieces

    def _arrival(self, row: PayoutRow) -> str:
        day = self._context.formats.date_in_words(row.arrives)
        if row.on_its_way:
            return self.tr("arrives {day}").format(day=day)
        return self.tr("at the bank {day}").format(day=day) if row.status == "paid" else day

    def _note(self, detail: PayoutDetail) -> str:
        row = detail.row
        if row.status == "failed":
            words = self.tr("The bank did not take it: “{cause}”. The money is back at Stripe.")
            return words.format(cause=detail.failure or self.tr("no reason given"))
        if row.itemised == "never":
            return self.tr("It was started by hand, so Stripe does not say which transactions it holds.")
        if row.itemised == "waiting":
            return self.tr("Stripe puts its transactions together once it has arrived; they will stand here.")
        if not detail.adds_up:
            return self.tr("Its transactions do not come to this amount. Look at it in Stripe's dashboard.")
        return ""

    def _facts(self, detail: PayoutDetail) -> list[tuple[str, str]]:
        formats, row = self._context.formats, detail.row
        facts = [
            (self.tr("Made"), formats.instant(row.created)),
            (self.tr("How"), self.tr("by hand") if detail.by_hand else self.tr("by Stripe's schedule")),
            (self.tr("At Stripe"), row.id),
        ]
        if detail.lines:
            facts[1:1] = [
                (self.tr("Before fees"), formats.money(detail.all.gross)),
                (self.tr("Fees"), formats.money(detail.all.fee)),
            ]
        return facts

    def _sum_columns(self) -> list[Column[PayoutSum]]:
        formats = self._context.formats

        def name(row: PayoutSum) -> Cell:
            if not row.category:
                return Cell(self.tr("Together"), strong=True)
            return Cell(f"{payout_words.category(row.category)} · {formats.number(row.count)}")

        return [
            Column(self.tr("What"), name),
            Column(self.tr("Before fees"), lambda row: Cell(formats.amount(row.gross)), 92, right=True),
            Column(self.tr("Fees"), lambda row: Cell(formats.amount(row.fee), muted=True), 76, right=True),
            Column(self.tr("Net"), lambda row: Cell(formats.amount(row.net), strong=True), 92, right=True),
        ]

    def _line_columns(self) -> list[Column[PayoutLine]]:
        formats = self._context.formats

        def name(row: PayoutLine) -> Cell:
            what = payout_words.one_of(row.category)
            told = " · ".join(filter(None, (row.receipt, row.what))) or row.description
            words = self.tr("{what}, {when}").format(what=what, when=formats.instant(row.at))
            if row.transaction_id is not None:
                words = self.tr("{told}. Enter shows it.").format(told=words)
            return Cell(row.client or what, second=told if told != what else "", tooltip=words)

        def before(row: PayoutLine) -> Cell:
            # Beneath it, so that there is room for what it was for.
            fee = self.tr("fee {amount}").format(amount=formats.amount(row.fee)) if row.fee.amount else ""
            return Cell(formats.amount(row.gross), second=fee)

        return [
            Column(self.tr("Client"), name),
            Column(self.tr("Before fees"), before, 108, right=True),
            Column(self.tr("Net"), lambda row: Cell(formats.amount(row.net), strong=True), 92, right=True),
        ]

    def _open_line(self, line: PayoutLine) -> None:
        if line.transaction_id is not None:
            self._context.navigate("payments", "transactions", line.transaction_id)
