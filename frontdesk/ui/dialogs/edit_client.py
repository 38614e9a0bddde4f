"""Editing a client's card; who else it may be stands beneath (D1, D4)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.views.clients import ClientCard, ClientSaved
from frontdesk.ui.dialogs.similar_clients import SimilarClients
from frontdesk.ui.widgets.basics import LinkButton
from frontdesk.ui.widgets.fields import DateField, TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.client_cards import ClientCardsPresenter
    from frontdesk.ui.task_runner import Late


def open_edit_client(context: UiContext, client_id: int) -> EditClientDialog:
    """Opens the dialog for a client."""
    dialog = EditClientDialog(context, client_id)
    dialog.open()
    return dialog


class EditClientDialog(SheetDialog):
    """All of the card but the notes, which have a tab of their own."""

    def __init__(self, context: UiContext, client_id: int) -> None:
        super().__init__(context, "", name="editClientDialog", about=client_id, width=520)
        self.setWindowTitle(self.tr("Edit client"))
        self.title_label.setText(self.tr("Edit client"))
        self._client_id = client_id
        self._card: ClientCard | None = None
        self._command_id = uuid4()
        self._presenter: Late[ClientCardsPresenter] = context.late(
            "frontdesk.ui.presenters.client_cards", "ClientCardsPresenter"
        )
        self.form = form = Form(context.messages, name="editClientForm")
        form.add("name", self.tr("Name"), TextField(name="editClientName"), required=True)
        form.add("phone", self.tr("Phone"), TextField(name="editClientPhone"))
        form.add("email", self.tr("E-mail"), TextField(name="editClientEmail"))
        form.side_by_side("phone", "email")
        form.add("birthday", self.tr("Birthday"), DateField(context.formats, name="editClientBirthday"))
        suggest = LinkButton(self.tr("Suggest"), self._suggest, name="editClientSuggest")
        suggest.setAccessibleName(self.tr("Suggest a member code"))
        form.add("member_code", self.tr("Member code"), TextField(name="editClientCode"), beside=[suggest])
        form.side_by_side("birthday", "member_code")
        form.add(
            "alert",
            self.tr("Alert"),
            TextField(name="editClientAlert"),
            help=self.tr("Shown above the profile and in every list, e.g. an injury."),
        )
        form.edited.connect(self._look)
        self.add_form(form)
        self.similar = SimilarClients(context, self.tr("Merge…"), self._merge, name="editClientSimilar")
        self.body.addWidget(self.similar)
        self.set_primary(self.tr("Save"), self._take, name="editClientTakeButton")

    def open(self) -> None:
        """Shows the dialog and reads the card."""
        super().open()
        self.start(self._read())

    async def _read(self) -> None:
        self._card = card = await (await self._presenter.get()).card(self._client_id)
        if not self.form.is_touched:
            self.form.set_values(
                name=card.name,
                phone=card.phone,
                email=card.email,
                birthday=card.birthday,
                member_code=card.member_code,
                alert=card.alert,
            )
            self.form["name"].selectAll()
        self._look()

    def _look(self) -> None:
        self.start(self._find_similar(), latest="edit_client.similar")

    async def _find_similar(self) -> None:
        values = self.form.readable_values()
        draft = ClientDraft(name=values["name"], email=values["email"], phone=values["phone"])
        found = await (await self._presenter.get()).similar(draft, self._client_id)
        self.similar.show_hints(found)
        self._fit()

    def _merge(self, other_id: int) -> None:
        """It is the same person: both cards become one."""
        self.reject()
        self.context.ask("merge", self._client_id, other_id)

    def _suggest(self) -> None:
        self.start(self._suggest_code())

    async def _suggest_code(self) -> None:
        code = await (await self._presenter.get()).member_code()
        self.form["member_code"].set_value(code)
        self.form.is_touched = True

    def _take(self) -> None:
        values = self.form.values()
        if values is None or self._card is None:
            return
        draft = ClientDraft(**values, notes=self._card.notes)
        if not self.form.show_problems(draft.problems()):
            self.commit(self._save(draft), then=self._done)

    async def _save(self, draft: ClientDraft) -> ClientSaved:
        return await (await self._presenter.get()).edit(self._client_id, draft, self._command_id)

    def _done(self, saved: ClientSaved) -> None:
        if saved.changed:
            self.context.toast(self.tr("Card saved"))
