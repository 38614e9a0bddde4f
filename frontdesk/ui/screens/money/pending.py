"""The Pending tab: sales that wait for Stripe's word, and what can be done about each (S4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, QUrlQuery, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.services.views.checkouts import CheckoutRow
from frontdesk.ui import checkout_words, client_words, sync_words
from frontdesk.ui.tables.ordered_list_model import no_pages
from frontdesk.ui.tables.paged_table_model import Cell, Column, PagedTableModel
from frontdesk.ui.tokens import SPACE_2
from frontdesk.ui.widgets.basics import PrimaryButton, Rule, action_button
from frontdesk.ui.widgets.focus_kept import focus_kept
from frontdesk.ui.widgets.master_detail import MasterDetail
from frontdesk.ui.widgets.surfaces import BigNumber, Chip, EmptyState, KeyValues, ScrollPage
from frontdesk.ui.widgets.table_view import PagedTable

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.sync import SyncPresenter
    from frontdesk.ui.sync_board import SyncBoard
    from frontdesk.ui.task_runner import Late


class PendingTab(QWidget):
    """The oldest first, seen as far as there is a network. `counted` tells how many wait."""

    counted = Signal(int)

    def __init__(self, context: UiContext, presenter: Late[SyncPresenter]) -> None:
        super().__init__()
        self.setObjectName("pendingTab")
        self._context, self._presenter = context, presenter
        self._board: SyncBoard | None = None
        self._rows: tuple[CheckoutRow, ...] = ()
        self.model: PagedTableModel[CheckoutRow] = PagedTableModel(
            context.tasks, self._columns(), no_pages, key=lambda row: row.id
        )
        self.table = PagedTable(self.model, name="pendingTable", label=self.tr("Pending checkouts"))
        self.table.row_chosen.connect(self._chosen)
        self.table.opened.connect(self._opened)
        self.table.set_empty(
            EmptyState(
                self.tr(
                    "No sale waits for Stripe. One by QR code or card reader stands here until it is paid."
                ),
                self.tr("Sell"),
                lambda: context.ask("sell"),
                icon="card",
                name="pendingEmpty",
                primary=False,
            )
        )
        self.pane = PendingPane(context)
        self.both = MasterDetail(self.table, self.pane, name="pendingBoth", back=self.tr("Back to the list"))
        self.both.detail_closed.connect(self.table.clearSelection)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.both)

    def load(self) -> None:
        """Reads again; the chosen row stays."""
        self._context.tasks.start(self._load(), latest="payments.load_pending")

    # Commands

    def show_again(self) -> None:
        """Opens the chosen checkout as it was shown to the client."""
        if self.pane.row is not None:
            self._context.ask("checkout", self.pane.row.id)

    def copy_link(self) -> None:
        """Puts the link on the clipboard, for a message to the client."""
        if self.pane.row is not None and self.pane.url:
            QGuiApplication.clipboard().setText(self.pane.url)
            self._context.toast(checkout_words.copied(self._context.formats, self.pane.row.expires_at))

    def send_link(self) -> None:
        """Opens an e-mail to the client with the link in it, in the program that writes e-mails."""
        if self.pane.row is None or not self.pane.url or not self.pane.email:
            return
        query = QUrlQuery()
        subject = self.tr("Your purchase at {studio}").format(studio=self._context.studio.name)
        query.addQueryItem("subject", subject)
        query.addQueryItem("body", self.pane.url)
        mail = QUrl()
        mail.setScheme("mailto")
        mail.setPath(self.pane.email)
        mail.setQuery(query)
        QDesktopServices.openUrl(mail)

    def cancel(self) -> None:
        """Takes the chosen sale back, unless it is paid meanwhile."""
        if self.pane.row is not None:
            self._context.tasks.start(self._cancel(self.pane.row))

    # Pieces

    async def _load(self) -> None:
        self._rows = await (await self._presenter.get()).checkouts()
        self._find_board()
        self._show_rows()

    def _find_board(self) -> None:
        """The program serves it only once the window has been there for a while."""
        if self._board is None and "sync" in self._context.services:
            self._board = self._context.ask("sync")
            assert self._board is not None
            self._board.changed.connect(self._board_changed)

    def _board_changed(self) -> None:
        if self._seen() != self.model.rows():
            self._show_rows()

    def _seen(self) -> tuple[CheckoutRow, ...]:
        is_dark = self._board is not None and self._board.status.online is False
        return tuple(row.seen_offline() for row in self._rows) if is_dark else self._rows

    def _show_rows(self) -> None:
        rows = self._seen()
        self.model.set_rows(rows)
        self.counted.emit(len(rows))
        if self.pane.row is None:
            return
        at = self.model.place_of(self.pane.row.id)
        shown = self.model.row_at(at)
        if shown is not None:
            self._show(shown)
        else:
            self.pane.row = None
            self.both.close_detail()

    async def _cancel(self, row: CheckoutRow) -> None:
        await (await self._presenter.get()).cancel_checkout(row.id)
        self._context.toast(self.tr("The payment of {client} is being cancelled").format(client=row.client))

    def _columns(self) -> list[Column[CheckoutRow]]:
        formats = self._context.formats

        def status(row: CheckoutRow) -> Cell:
            text, tone = checkout_words.standing(row)
            return Cell(text, chip=tone)

        return [
            Column(self.tr("Client"), lambda row: Cell(row.client, strong=True)),
            Column(self.tr("Credits"), lambda row: Cell(formats.number(row.credits), muted=True), width=84,
                   right=True, hide_below=700),
            Column(self.tr("Opened by"), lambda row: Cell(row.staff, muted=True), width=120, hide_below=860),
            Column(
                self.tr("Since"),
                lambda row: Cell(
                    sync_words.age(row.opened_at, formats), muted=True, tooltip=formats.instant(row.opened_at)
                ),
                width=68,
                hide_below=480,
            ),
            Column(self.tr("Status"), status, width=174),
            Column(
                self.tr("Amount, {currency}").format(currency=formats.currency),
                lambda row: Cell(formats.amount(row.amount), strong=True),
                width=112,
                right=True,
            ),
        ]  # fmt: skip

    def _show(self, row: CheckoutRow) -> None:
        self.pane.show_row(row)
        self._context.tasks.start(self._load_link(row.id), latest="payments.load_link")

    async def _load_link(self, checkout_id: int) -> None:
        link = await (await self._presenter.get()).link(checkout_id)
        if self.pane.row is not None and self.pane.row.id == checkout_id:
            self.pane.show_link(*link)

    def _chosen(self, row: CheckoutRow) -> None:
        self._show(row)
        if not self.both.is_paged():
            self.both.show_detail()

    def _opened(self, row: CheckoutRow) -> None:
        self._show(row)
        self.both.show_detail()
        self.pane.again.setFocus()


class PendingPane(ScrollPage):
    """One sale that waits; its buttons do the commands of the screen."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(name="pendingPane")
        self._context = context
        self.row: CheckoutRow | None = None
        #: Where it can be paid, and the client's e-mail; "" for what is not there.
        self.url = self.email = ""
        self.amount = BigNumber(name="pendingAmount")
        self.chip = Chip(name="pendingStatus")
        top = QHBoxLayout()
        top.addWidget(self.amount, 1)
        top.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(top)
        self.facts = KeyValues(name="pendingFacts")
        self.body.addWidget(self.facts)
        self.body.addWidget(Rule())
        actions = context.actions
        self.again = action_button(actions["payments.show_checkout"], PrimaryButton, name="pending.again")
        self.copy = action_button(actions["payments.copy_link"], name="pending.copy")
        self.send = action_button(actions["payments.send_link"], name="pending.send")
        self.cancel = action_button(actions["payments.cancel_checkout"], name="pending.cancel")
        for group in ((self.again, self.cancel), (self.copy, self.send)):
            line = QHBoxLayout()
            line.setSpacing(SPACE_2)
            for button in group:
                line.addWidget(button)
            line.addStretch(1)
            self.body.addLayout(line)
        self.body.addStretch(1)

    def show_row(self, row: CheckoutRow) -> None:
        """Shows a sale that waits; its link comes later."""
        if self.row is None or self.row.id != row.id:
            self.show_link("", "")
        self.row = row
        formats = self._context.formats
        with focus_kept(self):
            self.amount.set(formats.money(row.amount), row.client)
            self.chip.set(*checkout_words.standing(row))
            self.facts.set(self._facts(row))
            cancel = self._context.actions["payments.cancel_checkout"]
            cancel.setEnabled(row.can_cancel)

    def show_link(self, url: str, email: str) -> None:
        """Offers what can be done with the link."""
        self.url, self.email = url, email
        self._context.actions["payments.copy_link"].setVisible(bool(url))
        self._context.actions["payments.send_link"].setVisible(bool(url and email))

    # Pieces

    def _facts(self, row: CheckoutRow) -> list[tuple[str, str]]:
        formats = self._context.formats
        since = self.tr("{age} ago · {when}").format(
            age=sync_words.age(row.opened_at, formats), when=formats.instant(row.opened_at)
        )
        facts = [
            (self.tr("By"), checkout_words.tender(row)),
            (self.tr("Opened"), since),
            (self.tr("Who"), row.staff),
            (self.tr("Brings"), client_words.credits(formats, row.credits)),
        ]
        if row.expires_at is not None:
            facts.append((self.tr("Can be paid until"), formats.instant(row.expires_at)))
        if row.total != row.amount:
            facts.append((self.tr("Whole sale"), formats.money(row.total)))
        return facts
