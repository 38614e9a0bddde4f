"""The Transactions tab: today's takings, the filter, the list over all of them, totals, and one in full."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.services.views.transactions import TransactionDetail, TransactionRow
from frontdesk.ui import money_words
from frontdesk.ui.dialogs.mark_failed import open_mark_failed
from frontdesk.ui.refund_lines import choose_line
from frontdesk.ui.screens.money.detail import TransactionPane
from frontdesk.ui.screens.money.filter_bar import FilterBar
from frontdesk.ui.screens.money.lines import TakingsLine, TotalsLine
from frontdesk.ui.tables.paged_table_model import Cell, Column, Page, PagedTableModel, PageRequest
from frontdesk.ui.tokens import SPACE_3, SPACE_5, Tone
from frontdesk.ui.widgets.basics import Rule
from frontdesk.ui.widgets.master_detail import MasterDetail
from frontdesk.ui.widgets.surfaces import EmptyState
from frontdesk.ui.widgets.table_view import PagedTable

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.payments import PaymentsPresenter
    from frontdesk.ui.task_runner import Late

#: Where the list is narrower than this, the status has no column of its own.
_STATUS_NEEDS = 580


class TransactionsTab(QWidget):
    """The arrows choose and show; Enter goes into what is shown."""

    def __init__(self, context: UiContext, presenter: Late[PaymentsPresenter]) -> None:
        super().__init__()
        self.setObjectName("transactionsTab")
        self._context, self._presenter = context, presenter
        #: The transaction that is shown in full, 0 for none.
        self.shown_id = 0
        self.takings = TakingsLine(context.formats)
        self.filter = FilterBar(context)
        self.filter.changed.connect(self.load)
        self.model: PagedTableModel[TransactionRow] = PagedTableModel(
            context.tasks, self._columns(), self._page, key=lambda row: row.id, sort="at", descending=True
        )
        self.model.loaded.connect(self._tell_empty)
        self.table = PagedTable(self.model, name="transactionsTable", label=self.tr("Transactions"))
        self.table.drive_from(self.filter.search)
        self.table.installEventFilter(self)
        self.table.row_chosen.connect(self._chosen)
        self.table.opened.connect(self._opened)
        self.filter.search.returnPressed.connect(lambda: self.table.choose_first())
        self.totals = TotalsLine(context.formats)
        self.pane = TransactionPane(context)
        self._build()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        line = QHBoxLayout()
        line.setContentsMargins(SPACE_5, SPACE_3, SPACE_5, 0)
        line.addWidget(self.takings)
        column.addLayout(line)
        column.addWidget(self.filter)
        master = QWidget()
        left = QVBoxLayout(master)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.table, 1)
        left.addWidget(Rule())
        left.addWidget(self.totals)
        master.setFocusProxy(self.table)
        self.both = MasterDetail(
            master, self.pane, name="transactionsBoth", back=self.tr("Back to the transactions")
        )
        self.both.detail_closed.connect(self._closed)
        column.addWidget(self.both, 1)

    # For the screen

    def load(self) -> None:
        """Reads from the top, because the filter changed; the totals come when they come."""
        self.model.load()
        self._read_totals()

    def refresh(self) -> None:
        """Reads again; place and chosen row stay."""
        self.model.refresh()
        self._read_totals()
        if self.shown_id:
            self._read_detail(self.shown_id)

    def follow_request(self) -> None:
        """Reads what is shown again while it is a refund that Stripe has not accepted yet; so in the list."""
        if any(row.status == "requested" for row in self.model.rows()):
            self.model.refresh()
        shown = self.pane.detail
        if self.shown_id and shown is not None and shown.row.status == "requested":
            self._read_detail(self.shown_id)

    def show_transaction(self, transaction_id: int) -> None:
        """Shows one in full, wherever it stands in the list."""
        self.table.choose(transaction_id)
        self._read_detail(transaction_id)
        self.both.show_detail()

    def client_id(self) -> int | None:
        """The client of what is shown."""
        return self.pane.detail.row.client_id if self.pane.detail and self.shown_id else None

    # Commands

    def refund(self) -> None:
        """Refunds the line of the chosen transaction, or asks which one."""
        self._context.tasks.start(self._refund())

    def void(self) -> None:
        """Takes the sale back."""
        self._context.tasks.start(self._void())

    def receipt(self) -> None:
        """Shows the receipt of the payment's sale, or of the refund."""
        self._context.tasks.start(self._receipt())

    def go_to_client(self) -> None:
        """Opens the profile."""
        self._context.tasks.start(self._go_to_client())

    def mark_paid_out(self) -> None:
        """Notes that the transfer was made."""
        self._context.tasks.start(self._mark_paid_out())

    def mark_failed(self) -> None:
        """Notes that the refund did not arrive."""
        self._context.tasks.start(self._mark_failed())

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Letters typed into the list go on in the search field."""
        if watched is self.table and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            held = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            if not held and event.text().isprintable() and event.text().strip():
                search = self.filter.search
                search.setFocus()
                search.setText(search.text() + event.text())
                return True
        return super().eventFilter(watched, event)

    # Pieces: the list

    def _columns(self) -> list[Column[TransactionRow]]:
        formats = self._context.formats
        return [
            Column(
                self.tr("When"),
                lambda row: Cell(formats.instant(row.at), muted=True),
                width=132,
                sort="at",
                holds=formats.some_instants(),
            ),
            Column(self.tr("Client"), lambda row: Cell(row.client, strong=True), hide_below=_STATUS_NEEDS),
            Column(self.tr("Client"), self._client_and_status, hide_from=_STATUS_NEEDS),
            Column(self.tr("What"), lambda row: Cell(row.what, muted=True), width=190, hide_below=820),
            Column(
                self.tr("Receipt"),
                lambda row: Cell(row.receipt, muted=True),
                width=118,
                hide_below=960,
                # Its last digits tell one row from the next; "Online" is the longest series that is made.
                holds=("Online-R-000000",),
            ),
            Column(self.tr("Staff"), lambda row: Cell(row.staff, muted=True), width=100, hide_below=1080),
            Column(
                self.tr("Tender"),
                lambda row: money_words.tender_name(row.tender, row.at_desk),
                width=122,
                hide_below=660,
            ),
            Column(self.tr("Status"), self._status, width=156, hide_below=_STATUS_NEEDS),
            Column(
                self.tr("Amount, {currency}").format(currency=formats.currency),
                lambda row: Cell(formats.amount(row.amount), strong=True),
                width=124,
                right=True,
                sort="amount",
            ),
        ]

    def _status(self, row: TransactionRow) -> Cell:
        text, tone = money_words.standing(row.standing)
        return Cell(text, chip=tone)

    def _client_and_status(self, row: TransactionRow) -> Cell:
        """Without room for a column of its own the status stands behind the name, if it is worth a word."""
        status = self._status(row)
        ordinary = row.kind == "payment" and status.chip is Tone.GOOD
        tag = "" if ordinary else status.text
        tone = status.chip or Tone.NEUTRAL
        return Cell(row.client, strong=True, tag=tag, tag_tone=tone, tag_whole=True)

    async def _page(self, request: PageRequest[TransactionRow]) -> Page[TransactionRow]:
        return await (await self._presenter.get()).page(self.filter.wanted(), request)

    def _tell_empty(self) -> None:
        if self.model.rowCount():
            return
        if self.filter.wanted().is_plain():
            self.table.set_empty(
                EmptyState(
                    self.tr("No payments yet. The first sale will stand here."),
                    self.tr("Sell"),
                    lambda: self._context.ask("sell"),
                    icon="payments",
                    name="transactionsEmpty",
                )
            )
        else:
            self.table.set_empty(
                EmptyState(
                    self.tr("No transaction is like that."),
                    self.tr("Clear the filter"),
                    self.filter.clear,
                    icon="filter",
                    name="transactionsNone",
                    primary=False,
                )
            )

    def _read_totals(self) -> None:
        self._context.tasks.start(self._load_totals(), latest="payments.load_totals")

    async def _load_totals(self) -> None:
        presenter = await self._presenter.get()
        self.totals.show_totals(await presenter.totals(self.filter.wanted()))
        self.takings.show_takings(await presenter.takings())

    # Pieces: one in full

    def _chosen(self, row: TransactionRow) -> None:
        self._read_detail(row.id)
        if not self.both.is_paged():
            self.both.show_detail()

    def _opened(self, row: TransactionRow) -> None:
        self._read_detail(row.id)
        self.both.show_detail()
        self.pane.setFocus()
        first = self.pane.findChild(QWidget, "transaction.receipt")
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def _closed(self) -> None:
        self.shown_id = 0
        self.table.clearSelection()
        self.table.setFocus()

    def _read_detail(self, transaction_id: int) -> None:
        self.shown_id = transaction_id
        self._context.tasks.start(self._load_detail(transaction_id), latest="payments.load_detail")

    async def _load_detail(self, transaction_id: int) -> None:
        detail = await (await self._presenter.get()).detail(transaction_id)
        if transaction_id == self.shown_id:
            self.pane.show_detail(detail)

    async def _detail(self) -> TransactionDetail | None:
        """What is shown; read now if the command was quicker than the screen."""
        if not self.shown_id:
            return None
        shown = self.pane.detail
        if shown is not None and shown.row.id == self.shown_id:
            return shown
        return await (await self._presenter.get()).detail(self.shown_id)

    # Pieces: commands

    async def _refund(self) -> None:
        detail = await self._detail()
        if detail is None or not detail.can_refund:
            return
        choose_line(
            self._context.formats,
            detail.lines,
            partial(self._context.ask, "refund"),
            below=self.pane.findChild(QWidget, "transaction.refund"),
            owner=self,
        )

    async def _void(self) -> None:
        detail = await self._detail()
        if detail is not None and detail.can_void:
            self._context.ask("void_sale", detail.row.sale_id)

    async def _receipt(self) -> None:
        detail = await self._detail()
        if detail is None:
            return
        if detail.row.refund_id is not None:
            self._context.ask("receipt", refund_id=detail.row.refund_id)
        else:
            self._context.ask("receipt", sale_id=detail.row.sale_id)

    async def _go_to_client(self) -> None:
        detail = await self._detail()
        if detail is not None:
            self._context.navigate("client", detail.row.client_id, "purchases")

    async def _mark_paid_out(self) -> None:
        detail = await self._detail()
        if detail is None or not detail.can_mark_done:
            return
        await (await self._presenter.get()).mark_done(detail.row.id)
        amount = self._context.formats.money(-detail.row.amount.amount)
        self._context.toast(self.tr("{amount} marked as paid out").format(amount=amount))

    async def _mark_failed(self) -> None:
        detail = await self._detail()
        if detail is not None and detail.can_mark_failed:
            open_mark_failed(self._context, detail)
