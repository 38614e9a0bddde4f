"""The Sync tab: when it was complete last, what waits for Stripe or was not taken over, and the account."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.services.views.stripe_account import AccountView
from frontdesk.services.views.sync_status import OutboxRow, SyncStatus, SyncView
from frontdesk.ui import sync_words
from frontdesk.ui.actions import allow
from frontdesk.ui.screens.money.sync_aside import SyncAside
from frontdesk.ui.sync_board import SyncBoard
from frontdesk.ui.tables.ordered_list_model import no_pages
from frontdesk.ui.tables.paged_table_model import Cell, Column, PagedTableModel
from frontdesk.ui.tokens import SPACE_2, SPACE_3, SPACE_5, Tone
from frontdesk.ui.widgets.basics import PrimaryButton, Text, action_button
from frontdesk.ui.widgets.meter import Meter
from frontdesk.ui.widgets.short_table import ShortTable
from frontdesk.ui.widgets.surfaces import Banner, BigNumber, Chip, EmptyState, KeyValues, ScrollPage

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.sync import SyncPresenter
    from frontdesk.ui.task_runner import Late

#: Which refusals nobody needs to see here again; of the newest so many, since older ones are shown no more.
_DISMISSED: Final = "sync/dismissed"
_MOST_DISMISSED: Final = 200


class SyncTab(QWidget):
    """Follows the board at every change, and reads the books when they change."""

    def __init__(self, context: UiContext, presenter: Late[SyncPresenter]) -> None:
        super().__init__()
        self.setObjectName("syncTab")
        self._context, self._presenter = context, presenter
        self._board: SyncBoard | None = None
        #: What is shown, None before it was read.
        self.view: SyncView | None = None
        self._build()

    # For the screen

    def load(self) -> None:
        """Reads again; the chosen rows stay."""
        self._find_board()
        self._show_status()
        self._context.tasks.start(self._load(), latest="payments.load_sync")

    def focus_first(self) -> None:
        """Gives the keyboard to what is done here most."""
        (self.now if self.page.isVisibleTo(self) else self.off).setFocus()

    # Commands

    def sync_now(self, *, full: bool = False) -> None:
        """Asks Stripe for what is new; within 15 seconds of the last time it says when that is possible."""
        self._find_board()
        if self._board is None or not self._board.is_attached:
            self._context.toast(self.tr("Sync is not running. Connect Stripe under Settings first."))
            return
        wait = self._board.sync_now(full=full)
        if wait:
            seconds = sync_words.span(wait, self._context.formats)
            self._context.toast(
                self.tr("Synced a moment ago. Possible again in {time}.").format(time=seconds)
            )

    def cancel(self) -> None:
        """Stops what runs; it goes on from there later."""
        self._find_board()
        if self._board is not None:
            self._board.cancel()

    def send_now(self) -> None:
        """Sends the chosen work now."""
        row = self._chosen_work()
        if row is not None and row.can_send:
            self._context.tasks.start(self._send(row))

    def take_back(self) -> None:
        """Takes the chosen work back."""
        row = self._chosen_work()
        if row is not None and row.can_take_back:
            self._context.tasks.start(self._take_back(row))

    def dismiss(self) -> None:
        """Shows what Stripe refused no more, on this computer; it stays in the books."""
        row = self._chosen_work()
        if row is not None and row.state == "failed" and self.view is not None:
            kept = [*self._dismissed(), str(row.id)][-_MOST_DISMISSED:]
            self._context.preferences.set_text(_DISMISSED, ",".join(kept))
            self.show_view(self.view)

    def try_again(self) -> None:
        """Tries again what could not be taken over."""
        self._find_board()
        row = self.aside.row()
        if row is not None and self._board is not None:
            self._board.retry(row.object_id)
            self._context.toast(self.tr("It is being tried again"))

    # Pieces: building

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.off = EmptyState(
            self.tr(
                "This studio is not connected to Stripe. With it, packages can be sold online and by link."
            ),
            self.tr("Connect Stripe…"),
            lambda: self._context.navigate("settings", "payments"),
            icon="card",
            name="syncOff",
        )
        self.page = ScrollPage(name="syncPage", width=920)
        column.addWidget(self.off)
        column.addWidget(self.page)
        self.off.hide()
        self._build_head()
        self._build_work()
        self.aside = SyncAside(self._context)
        self.page.body.addWidget(self.aside)
        self._build_account()
        self.page.body.addStretch(1)

    def _build_head(self) -> None:
        actions, body = self._context.actions, self.page.body
        self.last = BigNumber(name="syncLast")
        self.last.caption.setWordWrap(True)
        self.chip = Chip(name="syncState")
        self.now = action_button(actions["payments.sync_now"], PrimaryButton, name="sync.now")
        self.full = action_button(actions["payments.sync_full"], name="sync.full")
        top = QHBoxLayout()
        top.setSpacing(SPACE_2)
        top.addWidget(self.last, 1)
        for widget in (self.chip, self.full, self.now):
            top.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        body.addLayout(top)
        self.trouble = Banner(name="syncTrouble", closable=False)
        body.addWidget(self.trouble)
        self._running = QWidget()
        line = QHBoxLayout(self._running)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_3)
        words = QVBoxLayout()
        words.setSpacing(SPACE_2)
        self.progress = Text("", "body", name="syncProgress")
        self.meter = Meter(name="syncMeter")
        words.addWidget(self.progress)
        words.addWidget(self.meter)
        line.addLayout(words, 1)
        line.addWidget(action_button(actions["payments.sync_cancel"], name="sync.cancel"))
        body.addWidget(self._running)
        self._running.hide()

    def _build_work(self) -> None:
        actions, body = self._context.actions, self.page.body
        self.work_title = Text("", "section", name="syncWorkTitle")
        body.addWidget(self.work_title)
        self.nothing = Text(self.tr("Nothing waits for Stripe."), "muted", name="syncNothing")
        body.addWidget(self.nothing)
        model: PagedTableModel[OutboxRow] = PagedTableModel(
            self._context.tasks, self._work_columns(), no_pages, key=lambda row: row.id, parent=self
        )
        self.work = ShortTable(model, name="syncWork", label=self.tr("What waits for Stripe"))
        self.work.row_chosen.connect(lambda _row: self._allow())
        self.work.opened.connect(lambda _row: self.send_now())
        body.addWidget(self.work)
        self.why = Text("", "muted", wrap=True, name="syncWhy")
        body.addWidget(self.why)
        self._work_buttons = QWidget()
        line = QHBoxLayout(self._work_buttons)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_2)
        line.addWidget(action_button(actions["payments.send_now"], name="sync.send"))
        line.addWidget(action_button(actions["payments.take_back"], name="sync.takeBack"))
        line.addWidget(action_button(actions["payments.dismiss"], name="sync.dismiss"))
        line.addStretch(1)
        body.addWidget(self._work_buttons)

    def _build_account(self) -> None:
        body = self.page.body
        columns = QHBoxLayout()
        columns.setSpacing(SPACE_5)
        left, right = QVBoxLayout(), QVBoxLayout()
        for side in (left, right):
            side.setSpacing(SPACE_2)
            columns.addLayout(side, 1)
        left.addWidget(Text(self.tr("Account"), "section"))
        self.account = KeyValues(name="syncAccount")
        left.addWidget(self.account)
        self.wanted = Text("", "body", wrap=True, name="syncWanted")
        left.addWidget(self.wanted)
        left.addStretch(1)
        right.addWidget(Text(self.tr("Reads in the last 30 days"), "section"))
        self.reads = Text("", "body", wrap=True, name="syncReads")
        self.reads_meter = Meter(name="syncReadsMeter")
        right.addWidget(self.reads)
        right.addWidget(self.reads_meter)
        right.addStretch(1)
        body.addLayout(columns)

    def _work_columns(self) -> list[Column[OutboxRow]]:
        formats = self._context.formats

        def state(row: OutboxRow) -> Cell:
            text, tone = sync_words.operation_state(row)
            return Cell(text, chip=tone)

        def since(row: OutboxRow) -> Cell:
            told = sync_words.age(row.created_at, formats)
            return Cell(told, muted=True, tooltip=formats.instant(row.created_at))

        def amount(row: OutboxRow) -> Cell:
            return Cell("" if row.amount is None else formats.amount(row.amount))

        return [
            Column(self.tr("What"), lambda row: Cell(sync_words.operation(row.kind))),
            Column(self.tr("For"), lambda row: Cell(row.about, muted=True), width=170, hide_below=620),
            Column(self.tr("Since"), since, width=84),
            Column(self.tr("State"), state, width=158),
            Column(self.tr("Amount"), amount, width=96, right=True, hide_below=520),
        ]

    # Pieces: showing

    def _find_board(self) -> None:
        """The program serves it only once the window has been there for a while."""
        if self._board is None and "sync" in self._context.services:
            self._board = self._context.ask("sync")
            assert self._board is not None
            self._board.changed.connect(self._show_status)

    async def _load(self) -> None:
        self.show_view(await (await self._presenter.get()).view())

    def show_view(self, view: SyncView) -> None:
        """Shows what the books know, but what was dismissed here."""
        seen = self._dismissed()
        left = (row for row in view.outbox if row.state != "failed" or str(row.id) not in seen)
        view = replace(view, outbox=tuple(left))
        self.view = view
        connected = view.account.connected
        self.off.setVisible(not connected)
        self.page.setVisible(connected)
        formats = self._context.formats
        oldest = view.oldest
        if oldest is None:
            self.work_title.setText(self.tr("What waits for Stripe"))
        else:
            age = sync_words.age(oldest, formats)
            self.work_title.setText(self.tr("What waits for Stripe · the oldest for {age}").format(age=age))
        self.nothing.setVisible(not view.outbox)
        self.work.setVisible(bool(view.outbox))
        self._work_buttons.setVisible(bool(view.outbox))
        self.work.set_rows(view.outbox)
        self.aside.show_rows(view.quarantine)
        used, allowed = formats.number(view.reads.used), formats.number(view.reads.allowed)
        words = self.tr("{used} of {allowed} that Stripe allows")
        if view.reads.is_low:
            words = self.tr(
                "{used} of {allowed} that Stripe allows: Frontdesk asks less often until there are more"
            )
        self.reads.setText(words.format(used=used, allowed=allowed))
        self.reads_meter.set(view.reads.share, Tone.WARNING if view.reads.is_low else Tone.ACCENT)
        self._show_account(view.account)
        self._allow()
        self._show_status()

    def _show_account(self, account: AccountView) -> None:
        mode = self.tr("live") if account.livemode else self.tr("test mode: no real money moves")
        yes, no = self.tr("yes"), self.tr("not yet")
        self.account.set(
            (
                (self.tr("Name"), account.name or account.account_id),
                (self.tr("Number"), account.account_id),
                (self.tr("Mode"), mode),
                (self.tr("Can charge"), yes if account.charges_enabled else no),
                (self.tr("Can pay out"), yes if account.payouts_enabled else no),
            )
        )
        if not account.wanted:
            self.wanted.setText(self.tr("Stripe wants nothing more of the studio."))
            self.wanted.set_tone(None)
            return
        told = ", ".join(_in_words(name) for name in account.wanted)
        words = self.tr("Stripe still wants: {what}. Answer it in Stripe's dashboard.")
        if account.wanted_by is not None:
            words = self.tr("Stripe still wants by {day}: {what}. Answer it in Stripe's dashboard.")
        day = "" if account.wanted_by is None else self._context.formats.instant(account.wanted_by)
        self.wanted.setText(words.format(what=told, day=day))
        self.wanted.set_tone(Tone.WARNING)

    def _show_status(self) -> None:
        status = self._board.status if self._board is not None else SyncStatus()
        formats = self._context.formats
        at = status.synced_at or (self.view.complete_at if self.view is not None else None)
        if at is None:
            self.last.set(self.tr("Not synced yet"), self.tr("Everything that Stripe has will be read once."))
        else:
            when = sync_words.moment(at, formats)
            self.last.set(
                self.tr("Synced {when}").format(when=when),
                self.tr("Everything that Stripe had then is here."),
            )
        self.chip.set(*self._chip(status))
        if status.trouble is not None:
            told = self._context.messages.text(status.trouble.code, status.trouble.params)
            self.trouble.tell(told, Tone.DANGER)
        else:
            self.trouble.clear()
        self._running.setVisible(status.progress is not None)
        self._context.actions["payments.sync_cancel"].setEnabled(status.progress is not None)
        if status.progress is not None:
            parts = [sync_words.progress(status.progress, formats), sync_words.pace(status.progress, formats)]
            self.progress.setText(" · ".join(filter(None, parts)))
            total = status.progress.total
            self.meter.set(status.progress.done / total if total else 0.0)

    def _chip(self, status: SyncStatus) -> tuple[str, Tone]:
        if status.mode == "off":
            return "", Tone.NEUTRAL
        if status.mode == "no_key":
            return self.tr("No key"), Tone.WARNING
        if status.trouble is not None:
            return self.tr("Not reached"), Tone.DANGER
        return (self.tr("Online"), Tone.GOOD) if status.online else ("", Tone.NEUTRAL)

    def _dismissed(self) -> list[str]:
        return self._context.preferences.text(_DISMISSED).split(",")

    def _chosen_work(self) -> OutboxRow | None:
        row: OutboxRow | None = self.work.current()
        return row

    def _allow(self) -> None:
        """Which of the two is possible for what is chosen, and why it waits."""
        row, actions = self._chosen_work(), self._context.actions
        not_sent, not_taken = sync_words.why_not_sent(row), sync_words.why_not_taken_back(row)
        allow(actions["payments.send_now"], not_sent)
        allow(actions["payments.take_back"], not_taken)
        actions["payments.dismiss"].setVisible(row is not None and row.state == "failed")
        told = ""
        if row is not None and row.state == "held":
            told = self.tr(
                "It moves money and waited long for the network, so it is not sent without your word."
            )
        elif row is not None and row.trouble is not None:
            told = self._context.messages.text(row.trouble.code, row.trouble.params)
        if row is not None:
            told = " ".join(dict.fromkeys(filter(None, (told, not_sent, not_taken))))
        self.why.setText(told)
        self.why.setVisible(bool(told))

    async def _send(self, row: OutboxRow) -> None:
        await (await self._presenter.get()).send_now(row.id)
        self._context.toast(self.tr("It is being sent"))

    async def _take_back(self, row: OutboxRow) -> None:
        await (await self._presenter.get()).take_back(row.id)
        self._context.toast(self.tr("It is taken back"))


def _in_words(requirement: str) -> str:
    """Stripe's name of what it wants, so that a person can read it: "representative: date of birth"."""
    return requirement.replace("_", " ").replace(".", ": ")
