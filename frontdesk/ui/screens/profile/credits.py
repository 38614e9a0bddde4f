"""The Credits tab: the balance, the lots in the order of their use, unpaid visits, and the ledger beneath."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu

from frontdesk.services.views.credits import CreditAccount
from frontdesk.services.views.statement import StatementLine
from frontdesk.ui import client_words, credit_words
from frontdesk.ui.screens.profile.line_acts import LineActs
from frontdesk.ui.screens.profile.lot_cards import LotCardView
from frontdesk.ui.screens.profile.parts import CardFlow, ScrollPage, Section
from frontdesk.ui.screens.profile.statement_table import StatementTable
from frontdesk.ui.screens.profile.waiting_lines import WaitingLines
from frontdesk.ui.tables.paged_table_model import Page, PageRequest
from frontdesk.ui.tokens import SPACE_2, Tone
from frontdesk.ui.widgets.basics import LinkButton, SecondaryButton, action_button
from frontdesk.ui.widgets.surfaces import Banner, BigNumber

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.client_profile import ClientProfilePresenter
    from frontdesk.ui.task_runner import Late

#: So many pixels before its end the ledger is read on.
_AHEAD = 600


class CreditsTab(ScrollPage):
    """Fills itself from an account; the ledger is read a page at a time when the tab is shown."""

    def __init__(
        self,
        context: UiContext,
        presenter: Late[ClientProfilePresenter],
        client: Callable[[], int],
    ) -> None:
        super().__init__(name="profileCredits")
        self._context = context
        self._presenter = presenter
        self._client = client
        self._account: CreditAccount | None = None
        self._past_shown = False
        self.statement = StatementTable(context, self._page, self._sell)
        self.acts = LineActs(context, self.statement, owner=self)
        self._build()

    # For the profile

    def show_account(self, account: CreditAccount) -> None:
        """Shows a client's credits; the ledger is asked for by `load`."""
        if self._account is None or self._account.client_id != account.client_id:
            self._past_shown = False
        self._account = account
        formats = self._context.formats
        self.balance.set(*credit_words.balance(formats, account))
        self.waiting.show_client(account.client_id)
        self._show_lots()
        self._show_freezes(account)
        self._show_unpaid(account)

    def load(self) -> None:
        """Reads the ledger from its newest line."""
        self.statement.lines.load()

    def refresh(self) -> None:
        """Reads the ledger again; place and chosen line stay."""
        self.statement.lines.refresh()

    def lot_views(self) -> tuple[LotCardView, ...]:
        """The cards that are shown, in the order of use."""
        return tuple(card for card in self.flow.cards() if isinstance(card, LotCardView))

    # Pieces

    def _build(self) -> None:
        self.balance = BigNumber(name="creditsBalance")
        self.visit_button = SecondaryButton(
            self.tr("Record visit"), self._record_visit, name="profileVisitButton"
        )
        self.visit_button.setToolTip(self.tr("Record visit  F3"))
        top = QHBoxLayout()
        top.setSpacing(SPACE_2)
        top.addWidget(self.balance, 1)
        top.addWidget(self.visit_button, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(top)
        self.waiting = WaitingLines(self._context, name="creditsWaiting")
        self.body.addWidget(self.waiting)
        self.frozen = Banner(name="creditsFrozen", closable=False)
        self.unpaid = Banner(name="creditsUnpaid", closable=False)
        self.body.addWidget(self.frozen)
        self.body.addWidget(self.unpaid)
        self.flow = CardFlow(name="creditLots")
        self.body.addWidget(self.flow)
        self.past_link = LinkButton("", self._toggle_past, name="creditsPastLots")
        self.body.addWidget(self.past_link, 0, Qt.AlignmentFlag.AlignLeft)
        ledger = Section(self.tr("Ledger"), name="creditsLedger")
        for action in self.acts.actions():
            button = action_button(action, name=f"{action.objectName()}Button")
            ledger.head.addWidget(button)
            button.setVisible(action.isVisible())
        ledger.body.addWidget(self.statement)
        self.body.addWidget(ledger)
        self.body.addStretch(1)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.statement.selectionModel().currentRowChanged.connect(self._follow_line)
        self.statement.opened.connect(self._open_line)
        self.statement.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.statement.customContextMenuRequested.connect(lambda _at: self._line_menu())

    def _show_lots(self) -> None:
        account = self._account
        assert account is not None
        live, past = account.live_lots, account.past_lots
        first = next((lot.lot_id for lot in live if lot.state == "usable"), None)
        shown = (*live, *past) if self._past_shown else live
        self.flow.show_cards(
            [LotCardView(self._context, account, lot, first=lot.lot_id == first) for lot in shown]
        )
        self.flow.setVisible(bool(shown))
        self.past_link.setVisible(bool(past))
        number = self._context.formats.number(len(past))
        if self._past_shown:
            self.past_link.setText(self.tr("Hide what is used up or expired"))
        else:
            self.past_link.setText(self.tr("Show what is used up or expired ({count})").format(count=number))

    def _toggle_past(self) -> None:
        self._past_shown = not self._past_shown
        self._show_lots()

    def _show_freezes(self, account: CreditAccount) -> None:
        if not account.freezes:
            self.frozen.clear()
            return
        formats, freeze = self._context.formats, account.freezes[0]
        what = client_words.credits(formats, freeze.credits)
        days = {"first": formats.date(freeze.first_day), "what": what, "note": freeze.note}
        if freeze.last_day is None:
            told = self.tr("{what} frozen from {first} until further notice: “{note}”").format(**days)
        else:
            told = self.tr("{what} frozen from {first} through {last}: “{note}”").format(
                last=formats.date(freeze.last_day), **days
            )
        self.frozen.tell(
            told,
            Tone.INFO,
            action=self.tr("End the freeze"),
            run=lambda: self._context.ask("end_freeze", account.client_id, freeze.freeze_id),
        )

    def _show_unpaid(self, account: CreditAccount) -> None:
        if not account.unpaid:
            self.unpaid.clear()
            return
        formats = self._context.formats
        visits = formats.value(
            tuple(
                self.tr("{what} on {at}").format(
                    what=visit.what or self.tr("class"), at=formats.instant(visit.class_at)
                )
                for visit in account.unpaid
            )
        )
        cost = client_words.credits(formats, sum(visit.cost for visit in account.unpaid))
        told = self.tr("Attended without credits: {visits}. The next sale can settle {cost}.")
        self.unpaid.tell(
            told.format(visits=visits, cost=cost),
            Tone.WARNING,
            action=self.tr("Sell a package"),
            run=self._sell,
        )

    def _scrolled(self, value: int) -> None:
        if value > self.verticalScrollBar().maximum() - _AHEAD:
            self.statement.lines.read_on()

    def _follow_line(self, current: QModelIndex) -> None:
        """The page scrolls to the line that the arrows chose."""
        if current.isValid() and self.statement.hasFocus():
            line = self.statement.visualRect(current)
            page = self.widget()
            if page is not None:
                middle = self.statement.viewport().mapTo(page, line.center())
                self.ensureVisible(0, middle.y(), 0, line.height())

    async def _page(self, request: PageRequest[StatementLine]) -> Page[StatementLine]:
        return await (await self._presenter.get()).statement(self._client(), request)

    def _sell(self) -> None:
        self._context.ask("sell", client_id=self._client())

    def _record_visit(self) -> None:
        self._context.ask("record_visit", self._client())

    def _open_line(self, _line: StatementLine) -> None:
        self._line_menu()

    def _line_menu(self) -> None:
        """What can be done about the chosen line: Enter, a double click or the right button."""
        usable = [action for action in self.acts.actions() if action.isVisible()]
        if not usable:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in usable:
            menu.addAction(action)
        menu.setActiveAction(usable[0])
        line = self.statement.visualRect(self.statement.currentIndex())
        menu.popup(self.statement.viewport().mapToGlobal(line.bottomLeft()))
