"""Setting up a card reader: the code that it shows, its name, and once the address that it stands at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from frontdesk.services.drafts.checkouts import ReaderDraft
from frontdesk.ui.widgets.fields import TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.checkouts import CheckoutsPresenter
    from frontdesk.ui.task_runner import Late

_ADDRESS = ("street", "city", "postal_code", "state", "country")


def open_register_reader(context: UiContext) -> RegisterReaderDialog:
    """Opens the dialog."""
    dialog = RegisterReaderDialog(context)
    dialog.open()
    return dialog


class RegisterReaderDialog(SheetDialog):
    """One reader. Stripe registers it as soon as it can be reached."""

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
            self.commit(self._register(values))

    async def _register(self, values: dict[str, Any]) -> None:
        await (await self._presenter.get()).register_reader(ReaderDraft(**values))
        self.context.toast(self.tr("Stripe is registering the reader. It is there in a moment."))
