"""New client in five seconds: a name, a phone number or an e-mail, Enter. Who it may be stands beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.views.clients import ClientSaved
from frontdesk.ui.dialogs.similar_clients import SimilarClients
from frontdesk.ui.widgets.fields import TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.client_cards import ClientCardsPresenter
    from frontdesk.ui.task_runner import Late


def open_new_client(context: UiContext, name: str = "", *, stay: bool = False) -> NewClientDialog:
    """Opens the dialog with what was typed elsewhere; `stay` keeps the screen instead of showing the card."""
    dialog = NewClientDialog(context, name, stay=stay)
    dialog.open()
    return dialog


class NewClientDialog(SheetDialog):
    """`done_well` carries the ClientSaved."""

    def __init__(self, context: UiContext, typed: str = "", *, stay: bool = False) -> None:
        super().__init__(context, "", name="newClientDialog", about=typed)
        self.setWindowTitle(self.tr("New client"))
        self.title_label.setText(self.tr("New client"))
        self._stay = stay
        self._command_id = uuid4()
        self._presenter: Late[ClientCardsPresenter] = context.late(
            "frontdesk.ui.presenters.client_cards", "ClientCardsPresenter"
        )
        self.form = form = Form(context.messages, name="newClientForm")
        form.add("name", self.tr("Name"), TextField(name="newClientName"), required=True)
        form.add("phone", self.tr("Phone"), TextField(name="newClientPhone"))
        form.add("email", self.tr("E-mail"), TextField(name="newClientEmail"))
        form.side_by_side("phone", "email")
        form.set_values(**_read(typed))
        form.edited.connect(self._look)
        self.add_form(form)
        self.similar = SimilarClients(
            context, self.tr("Take this one"), self._open_other, name="newClientSimilar"
        )
        self.body.addWidget(self.similar)
        self.set_primary(self.tr("Add client"), self._take, name="newClientTakeButton")

    def open(self) -> None:
        """Shows the dialog; the first empty field has the focus."""
        super().open()
        for key in ("name", "phone", "email"):
            if not self.form[key].text():
                self.form[key].setFocus()
                break
        self._look()

    def _look(self) -> None:
        self.start(self._find_similar(), latest="new_client.similar")

    async def _find_similar(self) -> None:
        draft = ClientDraft(**self.form.readable_values())
        found = await (await self._presenter.get()).similar(draft)
        self.similar.show_hints(found)
        self._fit()

    def _open_other(self, client_id: int) -> None:
        """It is somebody who is there already."""
        if self._stay:
            self.done_well.emit(ClientSaved(client_id, ()))
        else:
            self.context.navigate("client", client_id)
        self.accept()

    def _take(self) -> None:
        values = self.form.values()
        if values is None:
            return
        draft = ClientDraft(**values)
        if not self.form.show_problems(draft.problems()):
            self.commit(self._create(draft), then=self._done)

    async def _create(self, draft: ClientDraft) -> ClientSaved:
        return await (await self._presenter.get()).create(draft, self._command_id)

    def _done(self, saved: ClientSaved) -> None:
        self.context.toast(self.tr("{name} added").format(name=self.form["name"].value()))
        if not self._stay:
            self.context.navigate("client", saved.client_id)


def _read(typed: str) -> dict[str, str]:
    """What was searched for is a name, a number or an address."""
    text = typed.strip()
    if "@" in text:
        return {"email": text}
    if text and not any(char.isalpha() for char in text):
        return {"phone": text}
    # Nobody types capitals into a search.
    return {"name": text.title() if text.islower() else text}
