"""The Payments screen: transactions, revenue, sales that wait, payouts, sync, and what needs a decision."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from frontdesk.services.changes import Change, Topic
from frontdesk.ui.screen import Screen
from frontdesk.ui.screens.money.decisions import DecisionsTab
from frontdesk.ui.screens.money.overview import OverviewTab
from frontdesk.ui.screens.money.payouts import PayoutsTab
from frontdesk.ui.screens.money.pending import PendingTab
from frontdesk.ui.screens.money.sync import SyncTab
from frontdesk.ui.screens.money.transactions import TransactionsTab
from frontdesk.ui.tokens import SPACE_5
from frontdesk.ui.widgets.choices import Tabs

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.payments import PaymentsPresenter
    from frontdesk.ui.presenters.sync import SyncPresenter
    from frontdesk.ui.task_runner import Late

TRANSACTIONS, OVERVIEW, PENDING = "transactions", "overview", "pending"
PAYOUTS, SYNC, DECISIONS = "payouts", "sync", "decisions"
TABS = (TRANSACTIONS, OVERVIEW, PENDING, PAYOUTS, SYNC, DECISIONS)
#: What each tab shows; a change of anything else leaves it as it is.
_SHOWN: dict[str, tuple[Topic, ...]] = {
    TRANSACTIONS: (Topic.PAYMENTS, Topic.SALES, Topic.CREDITS, Topic.CLIENTS),
    OVERVIEW: (Topic.PAYMENTS, Topic.SALES, Topic.PACKAGES, Topic.SYNC),
    PENDING: (Topic.CHECKOUTS, Topic.SYNC, Topic.CLIENTS),
    PAYOUTS: (Topic.SYNC, Topic.CLIENTS),
    SYNC: (Topic.SYNC, Topic.CHECKOUTS),
    DECISIONS: (Topic.DECISIONS, Topic.CLIENTS, Topic.SYNC),
}


class PaymentsScreen(Screen):
    """Routes: ("payments", a tab of TABS, id)."""

    topics = tuple(dict.fromkeys(topic for topics in _SHOWN.values() for topic in topics))

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, "payments", name="paymentsScreen")
        self._presenter: Late[PaymentsPresenter] = context.late(
            "frontdesk.ui.presenters.payments", "PaymentsPresenter"
        )
        self._sync_presenter: Late[SyncPresenter] = context.late(
            "frontdesk.ui.presenters.sync", "SyncPresenter"
        )
        self._names = {
            TRANSACTIONS: self.tr("Transactions"),
            OVERVIEW: self.tr("Overview"),
            PENDING: self.tr("Pending"),
            PAYOUTS: self.tr("Payouts"),
            SYNC: self.tr("Sync"),
            DECISIONS: self.tr("Needs a decision"),
        }
        self._add_actions()
        self._build()

    # Screen

    def entered(self, *route: object) -> None:
        """`route`: a tab, and what to show in it."""
        tab = str(route[0]) if route else self.tabs.current()
        id = route[1] if len(route) > 1 and isinstance(route[1], int) else 0
        self.tabs.show_page(tab if tab in TABS else TRANSACTIONS)
        if tab != DECISIONS:
            self._load(tab)
        # Both count on their tabs what waits for a person.
        self.decisions.load(id if tab == DECISIONS else 0)
        if tab != PENDING:
            self.pending.load()
        if tab == TRANSACTIONS and id:
            self.transactions.show_transaction(id)
        self._focus_list()

    def refresh(self, changes: tuple[Change, ...]) -> None:
        """Reads again; place and chosen row stay."""
        topics = {change.topic for change in changes}
        for tab in {self.tabs.current(), PENDING, DECISIONS}:
            if topics.intersection(_SHOWN[tab]):
                self._load(tab)
        if Topic.SYNC in topics:
            self.transactions.follow_request()

    def go_back(self) -> bool:
        """Esc: closes what is shown in full, then clears the search."""
        lists = {PENDING: self.pending.both, PAYOUTS: self.payouts.both, DECISIONS: self.decisions.both}
        shown = lists.get(self.tabs.current())
        if shown is not None:
            return shown.close_detail()
        if self.tabs.current() != TRANSACTIONS:
            return False
        if self.transactions.both.close_detail():
            return True
        search = self.transactions.filter.search
        if search.text():
            search.clear()
            return True
        return False

    def chosen_client(self) -> int | None:
        """The client of what is shown in full."""
        match self.tabs.current():
            case "transactions":
                return self.transactions.client_id()
            case "decisions":
                return self.decisions.pane.row.client_id if self.decisions.pane.row else None
            case "pending":
                return self.pending.pane.row.client_id if self.pending.pane.row else None
        return None

    # Pieces

    def _build(self) -> None:
        context = self.context
        self.tabs = Tabs(name="paymentsTabs", inset=SPACE_5)
        self.transactions = TransactionsTab(context, self._presenter)
        self.overview = OverviewTab(context)
        self.pending = PendingTab(context, self._sync_presenter)
        self.payouts = PayoutsTab(context)
        self.sync = SyncTab(context, self._sync_presenter)
        self.decisions = DecisionsTab(context, self._presenter)
        pages = (self.transactions, self.overview, self.pending, self.payouts, self.sync, self.decisions)
        for tab, page in zip(TABS, pages, strict=True):
            self.tabs.add(tab, self._names[tab], page)
        self.tabs.shown.connect(self._load)
        self.decisions.counted.connect(partial(self._count, DECISIONS))
        self.pending.counted.connect(partial(self._count, PENDING))
        self.body.addWidget(self.tabs)
        for model in (self.transactions.model, self.payouts.model):
            model.busy.connect(lambda busy: self.busy.start() if busy else self.busy.stop())

    def _add_actions(self) -> None:
        def add(id: str, text: str, run: Callable[[], object], shortcut: str, icon: str) -> None:
            self.context.actions.add(
                f"payments.{id}", text, run, owner=self, scope=self.id, shortcut=shortcut, icon=icon
            )

        add("refund", self.tr("Refund…"), lambda: self.transactions.refund(), "Ctrl+R", "refund")
        add("void", self.tr("Void sale…"), lambda: self.transactions.void(), "Ctrl+Shift+V", "void")
        add("receipt", self.tr("Receipt"), lambda: self.transactions.receipt(), "Ctrl+P", "receipt")
        add("client", self.tr("Go to client"), self._go_to_client, "Ctrl+G", "user")
        add("paid_out", self.tr("Mark as paid out"), lambda: self.transactions.mark_paid_out(), "", "check")
        add("failed", self.tr("Mark as failed…"), lambda: self.transactions.mark_failed(), "", "error")
        add("search", self.tr("Search transactions"), self._to_search, "Ctrl+F", "search")
        clear = self.tr("Clear the filter of the transactions")
        add("clear", clear, lambda: self.transactions.filter.clear(), "", "filter")
        self._add_stripe_actions(add)
        icons = ("payments", "percent", "card", "transfer", "refresh", "decision")
        for number, (tab, icon) in enumerate(zip(TABS, icons, strict=True), 1):
            add(f"tab_{tab}", self._names[tab], partial(self._go_to, tab), f"Alt+{number}", icon)

    def _add_stripe_actions(self, add: Callable[..., None]) -> None:
        add("show_checkout", self.tr("Show again"), lambda: self.pending.show_again(), "", "card")
        add("copy_link", self.tr("Copy the link"), lambda: self.pending.copy_link(), "", "copy")
        add("send_link", self.tr("E-mail the link"), lambda: self.pending.send_link(), "", "export")
        add("cancel_checkout", self.tr("Cancel the payment"), lambda: self.pending.cancel(), "", "close")
        add("sync_now", self.tr("Sync now"), lambda: self.sync.sync_now(), "F5", "refresh")
        compare = self.tr("Compare with Stripe")
        add("sync_full", compare, lambda: self.sync.sync_now(full=True), "", "refresh")
        add("sync_cancel", self.tr("Stop the sync"), lambda: self.sync.cancel(), "", "close")
        add("send_now", self.tr("Send now"), lambda: self.sync.send_now(), "", "publish")
        add("take_back", self.tr("Take back"), lambda: self.sync.take_back(), "", "undo")
        add("dismiss", self.tr("Dismiss"), lambda: self.sync.dismiss(), "", "check")
        add("try_again", self.tr("Try again"), lambda: self.sync.try_again(), "", "refresh")
        copy = self.tr("Copy the details")
        add("copy_details", copy, lambda: self.sync.aside.copy_details(), "", "copy")
        for id in ("send_now", "take_back", "sync_cancel"):
            self.context.actions[f"payments.{id}"].setEnabled(False)
        for id in ("copy_link", "send_link", "dismiss"):
            self.context.actions[f"payments.{id}"].setVisible(False)

    def _load(self, tab: str) -> None:
        match tab:
            case "overview":
                self.overview.load()
            case "pending":
                self.pending.load()
            case "payouts":
                self.payouts.load()
            case "sync":
                self.sync.load()
            case "decisions":
                self.decisions.load()
            case _:
                self.transactions.refresh()

    def _to_search(self) -> None:
        self.tabs.show_page(TRANSACTIONS)
        self.transactions.filter.search.setFocus()
        self.transactions.filter.search.selectAll()

    def _go_to_client(self) -> None:
        if self.tabs.current() == TRANSACTIONS:
            self.transactions.go_to_client()
            return
        client_id = self.chosen_client()
        if client_id is not None:
            self.context.navigate("client", client_id, "credits")

    def _go_to(self, tab: str) -> None:
        self.tabs.show_page(tab)
        self._focus_list()

    def _focus_list(self) -> None:
        first: dict[str, Callable[[], None]] = {
            OVERVIEW: self.overview.focus_first,
            SYNC: self.sync.focus_first,
        }
        lists: dict[str, QWidget] = {
            TRANSACTIONS: self.transactions.table,
            PENDING: self.pending.table,
            PAYOUTS: self.payouts.table,
            DECISIONS: self.decisions.table,
        }
        tab = self.tabs.current()
        if tab in first:
            first[tab]()
        else:
            lists[tab].setFocus()

    def _count(self, tab: str, count: int) -> None:
        number = self.context.formats.number(count)
        words = self.tr("{tab} ({count})").format(tab=self._names[tab], count=number)
        self.tabs.set_text(tab, words if count else self._names[tab])
