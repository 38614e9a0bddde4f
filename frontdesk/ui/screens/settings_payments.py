"""Settings, Payments: the studio's Stripe account, the key of this computer, and a copy to try it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QHideEvent
from PySide6.QtWidgets import QHBoxLayout

from frontdesk.errors import Cancelled, FrontdeskError, InvalidDraft
from frontdesk.services.drafts.stripe_key import StripeKeyDraft
from frontdesk.services.views.stripe_account import AccountView, LineState, Probed, Use
from frontdesk.ui.context import UiContext
from frontdesk.ui.screens.settings_payments_words import account_pairs, boxes_to_tick, line_words
from frontdesk.ui.screens.settings_readers import ReadersBlock
from frontdesk.ui.screens.settings_section import Section
from frontdesk.ui.task_runner import Late
from frontdesk.ui.tokens import SPACE_2, Tone
from frontdesk.ui.widgets.basics import (
    Button,
    LinkButton,
    Paragraph,
    PrimaryButton,
    Rule,
    SecondaryButton,
    Text,
)
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.fields import CheckField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.key_field import KeyField
from frontdesk.ui.widgets.stripe_permissions import PermissionList
from frontdesk.ui.widgets.surfaces import Banner, BusyBar, Chip, KeyValues

if TYPE_CHECKING:
    from frontdesk.ui.presenters.settings import AllSettings, SettingsPresenter
    from frontdesk.ui.presenters.stripe_account import StripeAccountPresenter

#: What the key of this computer is for, which the books of several do not tell.
_USE: Final = "stripe/use"
#: States of the line in which the key that was kept here is of no use.
_NO_KEY = frozenset(("no_key", "wrong_key", "revoked", "keyring"))


class PaymentsSection(Section):
    """What Stripe says of the account, the key of this computer with what it may do, and trying it."""

    #: Told from the thread that asks Stripe: one permission more.
    probed = Signal(object)

    def __init__(self, context: UiContext, presenter: Late[SettingsPresenter]) -> None:
        super().__init__(
            context,
            presenter,
            self.tr("Payments"),
            self.tr("Stripe takes cards online, by a QR code at the desk, or by a card reader."),
            name="settingsPayments",
        )
        self._stripe: Late[StripeAccountPresenter] = context.late(
            "frontdesk.ui.presenters.stripe_account", "StripeAccountPresenter"
        )
        self._view: AccountView | None = None
        self._is_working = False
        self._board: Any = None
        self.mode = Chip(name="paymentsMode")
        self.busy = BusyBar()
        self.banner = Banner(name="paymentsBanner")
        self.account = KeyValues(name="paymentsAccount")
        self.key_title = Text("", "strong", name="paymentsKeyTitle")
        self.boxes = KeyValues(name="paymentsBoxes")
        self.form = Form(context.messages, name="paymentsForm")
        self.permissions = PermissionList(name="paymentsPermissions")
        self._permissions_title = Text(self.tr("What the key may do"), "strong")
        self.readers = ReadersBlock(context)
        self._trial_parts: tuple[Any, ...] = ()
        self._build()
        self.probed.connect(self._show_probed)
        self._show_nothing()

    # Section

    def show_settings(self, settings: AllSettings) -> None:
        """Reads the account again; what was pasted stays."""
        self._follow_sync()
        self.context.tasks.start(self._load(), latest="settings.payments")

    def is_unsaved(self) -> bool:
        """A key that was pasted and not put in is not kept."""
        return False

    def hideEvent(self, event: QHideEvent) -> None:
        """A key does not wait in a field that nobody sees (A4), nor an answer for somebody who comes back."""
        self._forget_key()
        if not event.spontaneous() and not self._is_working:
            self.banner.clear()
        super().hideEvent(event)

    # What a person does

    def connect_key(self) -> None:
        """Proves the key, keeps it and connects; or says beside the field what is wrong with it."""
        values = self.form.values()
        if self._is_working or values is None:
            return
        draft = StripeKeyDraft(values["pasted"], values["unrestricted"])
        problems = () if self._is_of_other_mode(draft) else draft.problems()
        self.form.set_visible(
            "unrestricted", any(one.field == "unrestricted" for one in problems) or draft.unrestricted
        )
        if not self.form.show_problems(problems):
            self._begin(self._connect(draft, values["use"]), self.tr("Asking Stripe whose key it is…"))

    def _is_of_other_mode(self, draft: StripeKeyDraft) -> bool:
        """Then that is what is said, and not whether such a key is meant."""
        return self._view is not None and draft.livemode is self._view.takes_test_keys

    def check(self) -> None:
        """Looks at Stripe again, and asks for each permission of the key."""
        self._begin(self._check(), self.tr("Asking Stripe…"))

    def open_stripe(self) -> None:
        """Opens Stripe's page for a new key."""
        self.context.tasks.start(self._open_stripe())

    def _use_for(self, use: Use) -> None:
        self.context.preferences.set_text(_USE, use)
        self.context.tasks.start(self._show_boxes(), latest="settings.boxes")

    # Work

    async def _connect(self, draft: StripeKeyDraft, use: Use) -> None:
        presenter = await self._stripe.get()
        try:
            await presenter.connect(draft)
        except InvalidDraft as invalid:
            self.form.show_problems(invalid.problems)
            self.banner.clear()
            self.bring_in_sight(self.form)
            return
        self._forget_key()
        await self._load()
        await self._ask_permissions(use)

    async def _check(self) -> None:
        await (await self._stripe.get()).check()
        await self._load()
        await self._ask_permissions(self.form["use"].value())

    async def _ask_permissions(self, use: Use) -> None:
        self.permissions.clear()
        self._permissions_title.show()
        self.banner.tell(self.tr("Asking Stripe what the key may do…"))
        probed = await (await self._stripe.get()).probe(use, self.probed.emit)
        missing = [one for one in probed if one.verdict == "missing"]
        if not missing:
            self.banner.tell(self.tr("Stripe is connected, and the key may do all that it needs."), Tone.GOOD)
            return
        told = self.tr(
            "Stripe is connected, but the key lacks: {names}. Edit the key at Stripe, then check it again."
        )
        names = ", ".join(one.label for one in missing)
        self.banner.tell(told.format(names=names), Tone.WARNING)

    async def _open_stripe(self) -> None:
        presenter = await self._stripe.get()
        livemode = self._view is None or not self._view.takes_test_keys
        link = presenter.link(livemode=livemode, use=self.form["use"].value())
        open_address = self.context.services.get("open_address", _open_address)
        open_address(link)

    async def _show_boxes(self) -> None:
        wanted = (await self._stripe.get()).to_tick(self.form["use"].value())
        self.boxes.set(boxes_to_tick(wanted))

    async def _load(self) -> None:
        await self._show_boxes()
        presenter = await self._stripe.get()
        self._view = await presenter.view()
        self.readers.show_readers(await presenter.readers(), in_test_mode=self._view.takes_test_keys)
        self.show_account(self._view, presenter.state())

    def _begin(self, work: Any, words: str) -> None:
        if self._is_working:
            work.close()
            return
        self._is_working = True
        self.busy.start()
        self.banner.tell(words)
        self.hold(*self._buttons)
        self.context.tasks.start(self._run(work))

    async def _run(self, work: Any) -> None:
        try:
            await work
        except Cancelled:
            self.banner.clear()
        except FrontdeskError as error:
            # Here and not above the window: it is an answer to what was pressed here.
            self._tell_refused(error)
            await self._load()
        except BaseException:
            self.banner.clear()
            raise
        finally:
            self._is_working = False
            self._reload()
            self.busy.stop()
            self.release()
            if self.banner.text():
                self.bring_in_sight(self.banner)

    def _tell_refused(self, error: FrontdeskError) -> None:
        told = self.context.messages.error(error)
        if error.code == "stripe.test_key_in_studio":
            self.banner.tell(told, Tone.DANGER, action=self.tr("Try Stripe in a copy…"), run=self._try)
        else:
            self.banner.tell(told, Tone.DANGER)

    def _try(self) -> None:
        self.context.ask("stripe_trial")

    # Showing

    def _show_nothing(self) -> None:
        self.mode.set("", Tone.NEUTRAL)
        for widget in (
            self.account,
            self._check_button,
            self._disconnect_button,
            self._permissions_title,
            self._rule,
        ):
            widget.hide()

    def show_account(self, view: AccountView, state: LineState) -> None:
        """Shows what Stripe said of the account, and how the line to it is from this computer."""
        if not view.connected:
            self.mode.set("", Tone.NEUTRAL)
        elif view.livemode:
            self.mode.set(self.tr("Live"), Tone.GOOD)
        else:
            self.mode.set(self.tr("TEST MODE"), Tone.WARNING)
        if state.kind in _NO_KEY:
            # What was asked of a key that does not work any more says nothing now.
            self.permissions.clear()
            self._permissions_title.hide()
            if self.banner.tone() is Tone.GOOD:
                self.banner.clear()
        # Sync asks by itself soon, and says so.
        asking = self._is_working or (state.kind == "unasked" and self._board is not None)
        connection = line_words(state, self.context.messages, asking=asking)
        said = connection == self.banner.text()
        self.account.set(account_pairs(view, "" if said else connection, self.context.formats))
        for widget in (
            self.account, self._check_button, self._disconnect_button, self.readers, self._rule,
        ):  # fmt: skip
            widget.setVisible(view.connected)
        self.key_title.setText(
            self.tr("Put in another key") if view.connected else self.tr("Connect your Stripe account")
        )
        self._connect_button.setText(self.tr("Put in the key") if view.connected else self.tr("Connect"))
        begins = "rk_test_" if view.takes_test_keys else "rk_live_"
        self.form.set_help(
            "pasted",
            self.tr("It begins with {begins} and goes into this computer's keyring alone.").format(
                begins=begins
            ),
        )
        for widget in self._trial_parts:
            widget.setVisible(not view.takes_test_keys)

    def _show_probed(self, one: Probed) -> None:
        self.permissions.add(one)

    def _forget_key(self) -> None:
        self.form["pasted"].forget()
        self.form.set_values(unrestricted=False)
        self.form.set_visible("unrestricted", False)

    def _follow_sync(self) -> None:
        """The connection is told as it changes, once somebody syncs."""
        if self._board is None and "sync" in self.context.services:
            self._board = self.context.ask("sync")
            self._board.changed.connect(self._reload)

    def _reload(self) -> None:
        self.context.tasks.start(self._load(), latest="settings.payments")

    # Building

    def _build(self) -> None:
        self.head.addWidget(self.mode, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self.busy)
        self.body.addWidget(self.banner)
        self.body.addWidget(self.account)
        self._check_button = SecondaryButton(
            self.tr("Check again"), self.check, name="paymentsCheckButton", icon="refresh"
        )
        self._disconnect_button = SecondaryButton(
            self.tr("Disconnect…"),
            lambda: self.context.ask("stripe_disconnect"),
            name="paymentsDisconnectButton",
        )
        self.body.addLayout(_line(self._check_button, self._disconnect_button))
        self.body.addWidget(self._permissions_title)
        self.body.addWidget(self.permissions)
        self.body.addWidget(self.readers)
        self._rule = Rule()
        self.body.addWidget(self._rule)
        self._build_key()
        self._build_trial()
        self._buttons = (self._check_button, self._disconnect_button, self._connect_button)

    def _build_key(self) -> None:
        self.body.addWidget(self.key_title)
        self.body.addWidget(
            Paragraph(
                self.tr(
                    "Make a restricted key at Stripe, copy it, and paste it here. Each computer of the "
                    "studio needs one, the same or its own."
                )
            )
        )
        uses: list[tuple[str, Use]] = [
            (self.tr("Sells and publishes packages"), "owner"),
            (self.tr("Only sells"), "desk"),
        ]
        kept = "desk" if self.context.preferences.text(_USE) == "desk" else "owner"
        use = self.form.add("use", self.tr("This computer"), Segments(uses, kept, name="paymentsUse"))
        use.chosen.connect(self._use_for)
        self.form.add_widget(
            LinkButton(
                self.tr("Make such a key at Stripe…"),
                self.open_stripe,
                name="paymentsStripeLink",
                icon="publish",
            )
        )
        self.form.add_widget(Text(self.tr("Boxes to tick there, where they are not ticked yet"), "secondary"))
        self.form.add_widget(self.boxes)
        key = self.form.add("pasted", self.tr("Key"), KeyField(name="paymentsKey"), required=True)
        key.returnPressed.connect(self.connect_key)
        self.form.add(
            "unrestricted",
            "",
            CheckField(self.tr("Use this key although it may do everything"), name="paymentsUnrestricted"),
        )
        self.form.set_visible("unrestricted", False)
        self.body.addWidget(self.form)
        self._connect_button = PrimaryButton(
            self.tr("Connect"), self.connect_key, name="paymentsConnectButton"
        )
        self.body.addLayout(_line(self._connect_button))

    def _build_trial(self) -> None:
        rule, title = Rule(), Text(self.tr("Try it first"), "strong")
        words = Paragraph(
            self.tr(
                "In a copy of this studio, with a test key of Stripe: no money moves, and these books stay "
                "as they are."
            )
        )
        button = SecondaryButton(
            self.tr("Try Stripe in a copy of this studio…"),
            self._try,
            name="paymentsTrialButton",
            icon="copy",
        )
        for widget in (rule, title, words):
            self.body.addWidget(widget)
        self.body.addLayout(_line(button))
        self._trial_parts = (rule, title, words, button)


def _open_address(address: str) -> None:
    QDesktopServices.openUrl(QUrl(address))


def _line(*buttons: Button) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(SPACE_2)
    for button in buttons:
        line.addWidget(button)
    line.addStretch(1)
    return line
