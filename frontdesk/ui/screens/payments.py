"""The Payments screen: every payment and refund of the studio, and what needs a decision."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from frontdesk.services.changes import Change, Topic
from frontdesk.ui.screen import Screen
from frontdesk.ui.screens.money.decisions import DecisionsTab
from frontdesk.ui.screens.money.transactions import TransactionsTab
from frontdesk.ui.tokens import SPACE_5
from frontdesk.ui.widgets.choices import Tabs

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.payments import PaymentsPresenter
    from frontdesk.ui.task_runner import Late

TRANSACTIONS, DECISIONS = "transactions", "decisions"


class PaymentsScreen(Screen):
    """Routes: ("payments", "transactions" | "decisions", id)."""

    topics = (Topic.PAYMENTS, Topic.SALES, Topic.DECISIONS, Topic.CREDITS, Topic.CLIENTS)

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, "payments", name="paymentsScreen")
        self._presenter: Late[PaymentsPresenter] = context.late(
            "frontdesk.ui.presenters.payments", "PaymentsPresenter"
        )
        self._add_actions()
        self.tabs = Tabs(name="paymentsTabs", inset=SPACE_5)
        self.transactions = TransactionsTab(context, self._presenter)
        self.decisions = DecisionsTab(context, self._presenter)
        self.tabs.add(TRANSACTIONS, self.tr("Transactions"), self.transactions)
        self.tabs.add(DECISIONS, self.tr("Needs a decision"), self.decisions)
        self.decisions.counted.connect(self._count)
        self.body.addWidget(self.tabs)
        self.transactions.model.busy.connect(lambda busy: self.busy.start() if busy else self.busy.stop())

    # Screen

    def entered(self, *route: object) -> None:
        """`route`: a tab, and what to show in it."""
        tab = str(route[0]) if route else self.tabs.current()
        id = route[1] if len(route) > 1 and isinstance(route[1], int) else 0
        self.tabs.show_page(tab if tab in (TRANSACTIONS, DECISIONS) else TRANSACTIONS)
        self.transactions.refresh()
        self.decisions.load(id if tab == DECISIONS else 0)
        if tab == TRANSACTIONS and id:
            self.transactions.show_transaction(id)
        self._focus_list()

    def refresh(self, changes: tuple[Change, ...]) -> None:
        """Reads again; place and chosen row stay."""
        self.transactions.refresh()
        self.decisions.load()

    def go_back(self) -> bool:
        """Esc: closes what is shown in full, then clears the search."""
        if self.tabs.current() == DECISIONS:
            return self.decisions.both.close_detail()
        if self.transactions.both.close_detail():
            return True
        search = self.transactions.filter.search
        if search.text():
            search.clear()
            return True
        return False

    def chosen_client(self) -> int | None:
        """The client of what is shown in full."""
        if self.tabs.current() == DECISIONS:
            return self.decisions.pane.row.client_id if self.decisions.pane.row else None
        return self.transactions.client_id()

    # Pieces

    def _add_actions(self) -> None:
        def add(id: str, text: str, run: Callable[[], object], shortcut: str, icon: str) -> None:
            self.context.actions.add(
                f"payments.{id}", text, run, owner=self, scope=self.id, shortcut=shortcut, icon=icon
            )

        add("refund", self.tr("Refund…"), lambda: self.transactions.refund(), "Ctrl+R", "refund")
        add("void", self.tr("Void sale…"), lambda: self.transactions.void(), "Ctrl+Shift+V", "void")
        add("receipt", self.tr("Receipt"), lambda: self.transactions.receipt(), "Ctrl+P", "receipt")
        add("client", self.tr("Go to client"), lambda: self.transactions.go_to_client(), "Ctrl+G", "user")
        add("paid_out", self.tr("Mark as paid out"), lambda: self.transactions.mark_paid_out(), "", "check")
        add("failed", self.tr("Mark as failed…"), lambda: self.transactions.mark_failed(), "", "error")
        add("search", self.tr("Search transactions"), self._to_search, "Ctrl+F", "search")
        add(
            "clear",
            self.tr("Clear the filter of the transactions"),
            lambda: self.transactions.filter.clear(),
            "",
            "filter",
        )
        add(
            "tab_transactions",
            self.tr("Transactions"),
            partial(self._go_to, TRANSACTIONS),
            "Alt+1",
            "payments",
        )
        add(
            "tab_decisions", self.tr("Needs a decision"), partial(self._go_to, DECISIONS), "Alt+2", "decision"
        )

    def _to_search(self) -> None:
        self.tabs.show_page(TRANSACTIONS)
        self.transactions.filter.search.setFocus()
        self.transactions.filter.search.selectAll()

    def _go_to(self, tab: str) -> None:
        self.tabs.show_page(tab)
        self._focus_list()

    def _focus_list(self) -> None:
        is_decisions = self.tabs.current() == DECISIONS
        (self.decisions if is_decisions else self.transactions).table.setFocus()

    def _count(self, count: int) -> None:
        number = self.context.formats.number(count)
        words = self.tr("Needs a decision ({count})") if count else self.tr("Needs a decision")
        self.tabs.set_text(DECISIONS, words.format(count=number))
