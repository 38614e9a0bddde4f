"""Ending a freeze now, or cancelling one that lies ahead: last days count the days really frozen (C11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontdesk.services.drafts.credits import EndFreezeDraft
from frontdesk.services.views.credit_acts import Unfrozen
from frontdesk.ui import client_words
from frontdesk.ui.dialogs.client_dialog import ClientDialog
from frontdesk.ui.widgets.fields import TextField

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.credit_acts import Subject


def open_end_freeze(context: UiContext, client_id: int, freeze_id: int) -> EndFreezeDialog:
    """Opens the dialog; `freeze_id` is the FreezeView's."""
    dialog = EndFreezeDialog(context, client_id, freeze_id)
    dialog.open()
    return dialog


class EndFreezeDialog(ClientDialog):
    """Says what comes back; a note may be added."""

    def __init__(self, context: UiContext, client_id: int, freeze_id: int) -> None:
        super().__init__(context, name="endFreezeDialog", client_id=client_id, about=freeze_id)
        self.set_title(self.tr("End the freeze"))
        self._freeze_id = freeze_id
        self.form.add("note", self.tr("Note"), TextField(name="endFreezeNote"))
        self.add_form(self.form)
        self.set_primary(self.tr("End the freeze"), self._take, name="endFreezeTakeButton")

    def show_subject(self, subject: Subject) -> None:
        """The freeze with its days."""
        freeze = next((one for one in subject.account.freezes if one.freeze_id == self._freeze_id), None)
        if freeze is None:
            self.set_consequence(self.tr("This freeze is over already."))
            return
        formats = self.context.formats
        credits = client_words.credits(formats, freeze.credits)
        first = formats.date(freeze.first_day)
        if freeze.in_force:
            told = self.tr(
                "{credits} frozen since {first} can be used again at once. "
                "Their last days are kept longer by the days that were really frozen."
            )
        else:
            told = self.tr("{credits} will not be frozen from {first} on; their last days stay as they were.")
            self.set_title(self.tr("Cancel the freeze"))
            self.primary.setText(self.tr("Cancel the freeze"))
        self.set_consequence(told.format(credits=credits, first=first))

    def _take(self) -> None:
        values = self.form.values()
        if values is None or self.client_id is None:
            return
        draft = EndFreezeDraft(self.client_id, self._freeze_id, values["note"])
        if not self.form.show_problems(draft.problems()):
            self.commit(self._end(draft), then=self._done)

    async def _end(self, draft: EndFreezeDraft) -> Unfrozen:
        return await (await self.presenter.get()).end_freeze(draft, self.command_id)

    def _done(self, ended: Unfrozen) -> None:
        usable = client_words.credits(self.context.formats, ended.usable)
        self.say(self.tr("Freeze ended, {usable} usable now").format(usable=usable))
