"""Setting up a card reader: the code that it shows, its name, and once the address that it stands at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from frontdesk.errors import Problem
from frontdesk.services.changes import Topic
from frontdesk.services.drafts.checkouts import ReaderDraft
from frontdesk.services.views.checkouts import Registration
from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.fields import TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.checkouts import CheckoutsPresenter
    from frontdesk.ui.sync_board import SyncBoard
    from frontdesk.ui.task_runner import Late

_ADDRESS = ("street", "city", "postal_code", "state", "country")


def open_register_reader(context: UiContext) -> RegisterReaderDialog:
    """Opens the dialog."""
    dialog = RegisterReaderDialog(context)
    dialog.open()
    return dialog


class RegisterReaderDialog(SheetDialog):
    """One reader. Stays until Stripe has registered it, and shows what Stripe has against it."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(
            context,
            self.tr("Set up a card reader"),
            name="registerReaderDialog",
            subtitle=self.tr(
                "Turn the reader on and connect it to a network. Its settings show a code to register it by."
            ),
        )
        self._presenter: Late[CheckoutsPresenter] = context.late(
            "frontdesk.ui.presenters.checkouts", "CheckoutsPresenter"
        )
        self.form = Form(context.messages, name="readerForm")
        self._add(
            "code", self.tr("Code that the reader shows"), self.tr("three words, such as apple-pear-plum")
        )
        self._add("label", self.tr("Name"), self.tr("Front desk"))
        self._add("street", self.tr("Street and number"))
        self._add("city", self.tr("City"))
        self._add("postal_code", self.tr("Postal code"))
        self._add("state", self.tr("State or province"))
        self._add("country", self.tr("Country, two letters"), "US")
        self.form.side_by_side("postal_code", "state", "country")
        for key in _ADDRESS:
            self.form.set_visible(key, False)
        self.add_form(self.form)
        #: What is being asked of Stripe; None before and after.
        self._asked: int | None = None
        self._board: SyncBoard | None = context.ask("sync") if "sync" in context.services else None
        if self._board is not None:
            self._board.changed.connect(self._look)
        context.notifier.watch(self, (Topic.SYNC, Topic.CHECKOUTS), lambda _changes: self._look())
        self.set_primary(self.tr("Register the reader"), self._go, name="readerRegisterButton")

    def open(self) -> None:
        """Shows the dialog, with the address where Stripe does not know it."""
        super().open()
        self.start(self._ask_for_place(), latest="reader.place")

    async def _ask_for_place(self) -> None:
        known = await (await self._presenter.get()).place_is_known()
        for key in _ADDRESS:
            self.form.set_visible(key, not known)

    def _add(self, key: str, label: str, placeholder: str = "") -> None:
        field = TextField(name=f"reader_{key}")
        field.setPlaceholderText(placeholder)
        self.form.add(key, label, field)

    def _go(self) -> None:
        values = self.form.values()
        if values is not None:
            self.commit(self._register(values), keep_open=True, then=self._follow)

    async def _register(self, values: dict[str, Any]) -> int:
        return await (await self._presenter.get()).register_reader(ReaderDraft(**values))

    def _follow(self, outbox_id: int) -> None:
        self._asked = outbox_id
        # Asked for once: closed meanwhile, it goes on, and is not to be typed again.
        self.form.is_touched = False
        self.cancel_button.setText(self.tr("Close"))
        self.primary.setEnabled(False)
        self.busy.start()
        self._look()

    def _look(self) -> None:
        if self._asked is not None:
            self.start(self._load_state(self._asked), latest="reader.state")

    async def _load_state(self, outbox_id: int) -> None:
        self._show(await (await self._presenter.get()).registration(outbox_id))

    def _show(self, found: Registration) -> None:
        if self._asked is None:
            return
        is_offline = self._board is not None and self._board.status.online is False
        if found.state == "done":
            self._asked = None
            self.context.toast(self.tr("The reader is registered"))
            self.accept()
        elif found.state in ("failed", "cancelled"):
            self._refused(found)
        elif is_offline or found.code == "stripe.not_reached":
            self.busy.stop()
            words = self.tr(
                "No network: the reader is registered as soon as there is one. You can close this."
            )
            self.banner.tell(words, Tone.WARNING)
        elif found.code:
            self.banner.tell(self.context.messages.text(found.code, found.params), Tone.WARNING)
        else:
            self.busy.start()
            self.banner.clear()

    def _refused(self, found: Registration) -> None:
        self._asked = None
        self.form.is_touched = True
        self.busy.stop()
        self.banner.clear()
        self.primary.setEnabled(True)
        self.cancel_button.setText(self.tr("Cancel"))
        field = "code" if found.of_reader else "street"
        for key in _ADDRESS:
            self.form.set_visible(key, not found.of_reader)
        self.form.show_problems([Problem(field, found.code, found.params)])
