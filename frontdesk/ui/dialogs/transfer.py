"""Giving what is left of a lot to another client, under the same terms (C11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontdesk.errors import Problem
from frontdesk.services.drafts.credits import TRANSFER_REASONS, TransferDraft
from frontdesk.services.views.credit_acts import Transferred
from frontdesk.ui import client_words, credit_words
from frontdesk.ui.dialogs.client_dialog import ClientDialog
from frontdesk.ui.widgets.client_picker import ClientPicker
from frontdesk.ui.widgets.fields import IntField, Select

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.credit_acts import Subject


def open_transfer(context: UiContext, client_id: int, lot_id: int | None = None) -> TransferDialog:
    """Opens the dialog for a lot, or for the client's first one that can be given away."""
    dialog = TransferDialog(context, client_id, lot_id or None)
    dialog.open()
    return dialog


class TransferDialog(ClientDialog):
    """To whom first, then how many; the lot is known from where one came."""

    def __init__(self, context: UiContext, client_id: int, lot_id: int | None) -> None:
        super().__init__(context, name="transferDialog", client_id=client_id, about=lot_id or "", width=520)
        self.set_title(self.tr("Transfer credits"))
        self._lot_id = lot_id
        form, formats = self.form, context.formats
        self.picker = ClientPicker(context, name="transferTo", leave_out=(client_id,))
        self.picker.chosen.connect(lambda _client: self.look_ahead())
        form.add("to_client_id", self.tr("To"), self.picker, required=True)
        form.add("lot_id", self.tr("Credits"), Select(name="transferLot"))
        form.add("credits", self.tr("How many"), IntField(formats, least=1, name="transferCount"))
        self.add_reason(TRANSFER_REASONS, name="transfer")
        form.side_by_side("reason_code", "note")
        form["lot_id"].edited.connect(self._lot_chosen)
        self.add_form(form)
        self.set_primary(self.tr("Transfer credits"), self._take, name="transferTakeButton")

    def show_subject(self, subject: Subject) -> None:
        """Offers the lots that can be given away."""
        formats = self.context.formats
        lots = [lot for lot in subject.account.lots if "transfer" in lot.actions]
        field: Select = self.form["lot_id"]
        chosen = field.value() or self._lot_id
        field.set_choices(
            (
                credit_words.lot_choice(formats, lot, lot.remaining - lot.held),
                lot.lot_id,
            )
            for lot in lots
        )
        field.set_value(chosen if any(lot.lot_id == chosen for lot in lots) else None)
        if field.value() is None and lots:
            field.set_value(lots[0].lot_id)
        if not lots:
            self.set_consequence(self.tr("There are no credits that could be given away."))
        elif not self.form.is_touched:
            self._lot_chosen()

    async def preview(self) -> None:
        """What both have afterwards."""
        values = self.form.readable_values()
        lot, peer = self.lot(values.get("lot_id")), self.picker.client()
        count = values.get("credits")
        if lot is None or self.subject is None or not count:
            return
        formats = self.context.formats
        what = client_words.credits(formats, count)
        self.primary.setText(self.tr("Transfer {credits}").format(credits=what))
        if peer is None:
            self.set_consequence("")
            return
        told = self.tr("{giver}: {before} → {after}. {taker}: {had} → {has}, {until}.").format(
            giver=self.subject.client.name,
            before=formats.number(self.subject.account.usable),
            after=formats.number(self.subject.account.usable - (count if lot.usable else 0)),
            taker=peer.name,
            had=formats.number(peer.credits),
            has=client_words.credits(formats, peer.credits + (count if lot.usable else 0)),
            until=credit_words.until(formats, lot.last_day),
        )
        self.set_consequence(told)

    def _lot_chosen(self) -> None:
        lot = self.lot(self.form["lot_id"].value())
        if lot is not None:
            count: IntField = self.form["credits"]
            count.set_range(1, max(1, lot.remaining - lot.held))
            count.set_value(lot.remaining - lot.held)
            self.look_ahead()

    def _take(self) -> None:
        values = self.form.values()
        if values is None:
            return
        missing = [
            Problem(key, "field.required") for key in ("to_client_id", "credits") if values[key] is None
        ]
        draft = TransferDraft(
            values["lot_id"] or 0,
            values["to_client_id"] or 0,
            values["reason_code"] or "",
            values["note"],
            values["credits"],
        )
        if not self.form.show_problems([*missing, *draft.problems()]):
            self.commit(self._transfer(draft), then=self._done)

    async def _transfer(self, draft: TransferDraft) -> Transferred:
        return await (await self.presenter.get()).transfer(draft, self.command_id)

    def _done(self, moved: Transferred) -> None:
        peer = self.picker.client()
        credits = client_words.credits(self.context.formats, moved.credits)
        told = self.tr("{credits} given to {name}").format(credits=credits, name=peer.name if peer else "")
        self.say(told)
