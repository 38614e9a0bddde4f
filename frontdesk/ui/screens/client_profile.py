"""A client's profile: who it is, what may be done, and tabs for credits, purchases, notes and history."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from frontdesk.services.changes import Change, Topic
from frontdesk.services.views.clients import ClientCard
from frontdesk.ui.screen import Screen
from frontdesk.ui.screens.profile.credits import CreditsTab
from frontdesk.ui.screens.profile.history import HistoryTab
from frontdesk.ui.screens.profile.notes import NotesTab
from frontdesk.ui.screens.profile.overview import OverviewTab
from frontdesk.ui.screens.profile.purchases import PurchasesTab
from frontdesk.ui.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_5, Tone
from frontdesk.ui.widgets.basics import ElidedText, MenuButton, PrimaryButton, action_button
from frontdesk.ui.widgets.choices import Tabs
from frontdesk.ui.widgets.surfaces import Banner, Chip

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.client_profile import ClientProfilePresenter, Profile
    from frontdesk.ui.task_runner import Late

TABS = ("overview", "credits", "purchases", "notes", "history")


class ClientProfileScreen(Screen):
    """Shows the client of its route: ("client", 12) or ("client", 12, "credits")."""

    topics = (Topic.CLIENTS, Topic.CREDITS, Topic.SALES, Topic.PAYMENTS)

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, "client", name="clientProfileScreen")
        self._presenter: Late[ClientProfilePresenter] = context.late(
            "frontdesk.ui.presenters.client_profile", "ClientProfilePresenter"
        )
        self._client_id = 0
        self._profile: Profile | None = None
        self._unread: set[str] = set()
        self._add_actions()
        self._build()

    # Screen

    def entered(self, *route: object) -> None:
        """`route`: the client's id, and a tab."""
        client_id = route[0] if route and isinstance(route[0], int) else self._client_id
        tab = str(route[1]) if len(route) > 1 else ""
        if client_id != self._client_id:
            self._change_client(client_id)
        if tab in TABS:
            self.tabs.show_page(tab)
        self._read()
        self.tabs.bar.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, changes: tuple[Change, ...]) -> None:
        """Reads again if this client, or any sale, is among what changed."""
        mine = self._ids()
        if any(
            change.topic in (Topic.SALES, Topic.PAYMENTS) or change.touches(change.topic, *mine)
            for change in changes
        ):
            self._read()

    def title(self) -> str:
        """The client's name."""
        return self._profile.card.name if self._profile else ""

    def unsaved(self) -> tuple[str, ...]:
        """The notes that were typed into."""
        count = self.notes.drafts()
        if count == 1:
            return (self.tr("Notes on a client"),)
        told = self.tr("Notes on {count} clients")
        return (told.format(count=self.context.formats.number(count)),) if count else ()

    def chosen_client(self) -> int | None:
        """Who is shown."""
        return self._client_id or None

    def client_id(self) -> int:
        """Who is shown, for the tabs."""
        return self._client_id

    # Pieces: building

    def _add_actions(self) -> None:
        def add(id: str, text: str, run: Callable[[], object], shortcut: str, icon: str) -> None:
            self.context.actions.add(id, text, run, owner=self, scope=self.id, shortcut=shortcut, icon=icon)

        ask = self._ask
        add("client.adjust", self.tr("Adjust credits"), ask("adjust"), "Ctrl+J", "credits")
        add("client.edit", self.tr("Edit client"), ask("edit_client"), "Ctrl+E", "edit")
        add("client.extend", self.tr("Change last day of credits"), self._extend, "Ctrl+D", "calendar")
        add("client.freeze", self.tr("Freeze credits"), ask("freeze"), "Ctrl+Shift+F", "freeze")
        add("client.end_freeze", self.tr("End the freeze"), self._end_freeze, "", "freeze")
        add("client.transfer", self.tr("Transfer credits"), self._transfer, "Ctrl+T", "transfer")
        add("client.merge", self.tr("Merge with another client"), ask("merge"), "Ctrl+M", "merge")
        add("client.archive", self.tr("Archive client"), self._archive, "Ctrl+Shift+A", "archive")
        add("client.restore", self.tr("Restore client"), self._restore, "", "undo")
        for id in ("client.restore", "client.end_freeze"):
            self.context.actions[id].setVisible(False)
        names = {
            "overview": self.tr("Overview of the client"),
            "credits": self.tr("Credits of the client"),
            "purchases": self.tr("Purchases of the client"),
            "notes": self.tr("Notes on the client"),
            "history": self.tr("History of the client"),
        }
        for number, tab in enumerate(TABS, 1):
            add(f"client.tab_{tab}", names[tab], partial(self._go_to, tab), f"Alt+{number}", "user")

    def _build(self) -> None:
        self.alert = Banner(name="profileAlert", closable=False)
        self.contact = ElidedText("", "muted", name="profileContact")
        self.contact.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.archived_chip = Chip("", Tone.NEUTRAL, name="profileArchived")
        head = QHBoxLayout()
        head.setSpacing(SPACE_2)
        head.addWidget(self.archived_chip)
        head.addWidget(self.contact, 1)
        self.sell_button = PrimaryButton(self.tr("Sell"), self._sell, name="profileSell")
        self.sell_button.setToolTip(self.tr("Sell to this client  F2"))
        actions = self.context.actions
        self.adjust_button = action_button(actions["client.adjust"], name="profileAdjust", plain=True)
        menu = [
            actions[f"client.{id}"]
            for id in ("edit", "extend", "freeze", "transfer", "merge", "archive", "restore")
        ]
        self.more_button = MenuButton(self.tr("More for this client"), menu, name="profileMore")
        for button in (self.sell_button, self.adjust_button, self.more_button):
            head.addWidget(button)
        top = QVBoxLayout()
        top.setContentsMargins(SPACE_5, SPACE_3, SPACE_5, 0)
        top.setSpacing(SPACE_3)
        top.addLayout(head)
        top.addWidget(self.alert)
        self.disputed = Banner(name="profileDisputed", closable=False)
        top.addWidget(self.disputed)
        self.body.addLayout(top)
        self.body.addSpacing(SPACE_1)
        self._build_tabs()

    def _build_tabs(self) -> None:
        self.tabs = Tabs(name="profileTabs", inset=SPACE_5)
        client = self.client_id
        self.overview = OverviewTab(self.context, self._go_to, self._unmerge)
        self.credits = CreditsTab(self.context, self._presenter, client)
        self.purchases = PurchasesTab(self.context, self._presenter, client)
        self.notes = NotesTab(self.context, self._presenter, self._mark_notes)
        self.history = HistoryTab(self.context, self._presenter, client)
        pages: tuple[tuple[str, str, QWidget], ...] = (
            ("overview", self.tr("Overview"), self.overview),
            ("credits", self.tr("Credits"), self.credits),
            ("purchases", self.tr("Purchases"), self.purchases),
            ("notes", self.tr("Notes"), self.notes),
            ("history", self.tr("History"), self.history),
        )
        for key, text, page in pages:
            self.tabs.add(key, text, page)
        self.tabs.shown.connect(self._read_tab)
        self.body.addWidget(self.tabs, 1)

    # Pieces: reading

    def _change_client(self, client_id: int) -> None:
        self._client_id = client_id
        self._profile = None
        self.purchases.clear()
        self.credits.statement.lines.set_rows(())
        self.history.rows.set_rows(())
        self.tabs.show_page("overview")

    def _read(self) -> None:
        self.context.tasks.start(self._load(self._client_id), latest="profile.load")

    async def _load(self, client_id: int) -> None:
        self.busy.start()
        try:
            profile = await (await self._presenter.get()).opened(client_id)
        finally:
            self.busy.stop()
        if client_id == self._client_id:
            self._show(profile)

    def _show(self, profile: Profile) -> None:
        self._profile = profile
        # Someone who was merged leads to the one who stands for them.
        self._client_id = profile.card.id
        card = profile.card
        self._show_card(card)
        self._show_dispute(profile)
        self.overview.show_profile(profile)
        self.credits.show_account(profile.account)
        self.context.actions["client.end_freeze"].setVisible(bool(profile.account.freezes))
        self.notes.show_card(card)
        self._unread = {"credits", "purchases", "history"}
        self._read_tab(self.tabs.current())
        self.title_changed.emit()

    def _show_card(self, card: ClientCard) -> None:
        told = (card.email, card.phone, card.member_code)
        self.contact.setText(" · ".join(filter(None, told)) or self.tr("No e-mail, no phone number"))
        self.archived_chip.set(self.tr("Archived") if card.archived else "", Tone.NEUTRAL)
        self.alert.tell(card.alert, Tone.WARNING)
        actions = self.context.actions
        actions["client.archive"].setVisible(not card.archived)
        actions["client.restore"].setVisible(card.archived)

    def _show_dispute(self, profile: Profile) -> None:
        held = {hold.kind for lot in profile.account.lots for hold in lot.holds}
        if "dispute" not in held:
            self.disputed.clear()
            return
        self.disputed.tell(
            self.tr("A payment is disputed: its credits are set aside until the bank has decided."),
            Tone.WARNING,
            action=self.tr("Open the task"),
            run=lambda: self.context.navigate("payments", "decisions"),
        )

    def _read_tab(self, tab: str) -> None:
        if tab not in self._unread or self._profile is None:
            return
        self._unread.discard(tab)
        match tab:
            case "credits":
                self.credits.refresh()
            case "purchases":
                self.purchases.load()
            case "history":
                self.history.refresh()

    def _ids(self) -> tuple[int, ...]:
        merged = self._profile.card.merged if self._profile else ()
        return (self._client_id, *(one.id for one in merged))

    # Pieces: what buttons and shortcuts do

    def _ask(self, name: str) -> Callable[[], object]:
        return lambda: self.context.ask(name, self._client_id)

    def _sell(self) -> None:
        self.context.ask("sell", client_id=self._client_id)

    def _extend(self) -> None:
        self.context.ask("extend", self._client_id, 0)

    def _end_freeze(self) -> None:
        if self._profile is not None and self._profile.account.freezes:
            freeze = self._profile.account.freezes[0]
            self.context.ask("end_freeze", self._client_id, freeze.freeze_id)

    def _transfer(self) -> None:
        self.context.ask("transfer", self._client_id, 0)

    def _go_to(self, tab: str) -> None:
        self.tabs.show_page(tab)

    def _mark_notes(self) -> None:
        draft = self.notes.has_draft()
        self.tabs.set_text("notes", self.tr("Notes (not saved)") if draft else self.tr("Notes"))

    def _archive(self) -> None:
        self.context.tasks.start(self._set_archived(True))

    def _restore(self) -> None:
        self.context.tasks.start(self._set_archived(False))

    async def _set_archived(self, archived: bool) -> None:
        presenter, name = await self._presenter.get(), self.title()
        if archived:
            await presenter.archive(self._client_id)
            told = self.tr("{name} is archived; credits and history stay").format(name=name)
            self.context.toast(told, self.tr("Undo"), self._restore)
        else:
            await presenter.restore(self._client_id)
            self.context.toast(self.tr("{name} is on the list again").format(name=name))

    def _unmerge(self, merge_id: int) -> None:
        self.context.tasks.start(self._part(merge_id))

    async def _part(self, merge_id: int) -> None:
        await (await self._presenter.get()).undo_merge(merge_id)
        self.context.toast(self.tr("The merge was undone"))
