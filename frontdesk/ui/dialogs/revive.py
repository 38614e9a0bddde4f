"""Credits that came back after they had expired, usable again for some days (C9)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from frontdesk.errors import Problem
from frontdesk.services.drafts.credits import EXTEND_REASONS, MOST_DAYS, ReviveDraft
from frontdesk.services.views.credit_acts import Revived
from frontdesk.ui import client_words, credit_words
from frontdesk.ui.widgets.fields import IntField, Select, TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.credit_acts import CreditActsPresenter
    from frontdesk.ui.task_runner import Late

_DAYS = 14


def open_revive(context: UiContext, op_id: int, credits: int) -> ReviveDialog:
    """Opens the dialog for the operation that took a visit back."""
    dialog = ReviveDialog(context, op_id, credits)
    dialog.open()
    return dialog


class ReviveDialog(SheetDialog):
    """For how many days, and why."""

    def __init__(self, context: UiContext, op_id: int, credits: int) -> None:
        super().__init__(context, "", name="reviveDialog", about=op_id)
        title = self.tr("Revive {credits}").format(credits=client_words.credits(context.formats, credits))
        self.setWindowTitle(title)
        self.title_label.setText(title)
        self._op_id, self._credits = op_id, credits
        self._command_id = uuid4()
        self._presenter: Late[CreditActsPresenter] = context.late(
            "frontdesk.ui.presenters.credit_acts", "CreditActsPresenter"
        )
        self.form = Form(context.messages, name="reviveForm")
        days = IntField(
            context.formats, _DAYS, least=1, most=MOST_DAYS, suffix=self.tr("days"), name="reviveDays"
        )
        self.form.add("days", self.tr("Usable for"), days, required=True)
        self.form.add(
            "reason_code",
            self.tr("Reason"),
            Select(credit_words.reasons(EXTEND_REASONS), name="reviveReason"),
        )
        self.form.add("note", self.tr("In a few words"), TextField(name="reviveNote"), required=True)
        self.form.side_by_side("reason_code", "note")
        self.form.edited.connect(self._preview)
        self.add_form(self.form)
        self.set_primary(title, self._take, name="reviveTakeButton")
        self._preview()

    def _preview(self) -> None:
        days = self.form.readable_values().get("days")
        if not days:
            self.set_consequence("")
            return
        formats = self.context.formats
        told = self.tr("{credits} can be used again, at least until {day}.").format(
            credits=client_words.credits(formats, self._credits),
            day=formats.date(formats.today() + timedelta(days=days)),
        )
        self.set_consequence(told)

    def _take(self) -> None:
        values = self.form.values()
        if values is None:
            return
        if values["days"] is None:
            self.form.show_problems([Problem("days", "field.required")])
            return
        draft = ReviveDraft(self._op_id, values["days"], values["reason_code"] or "", values["note"])
        if not self.form.show_problems(draft.problems()):
            self.commit(self._revive(draft), then=self._done)

    async def _revive(self, draft: ReviveDraft) -> Revived:
        return await (await self._presenter.get()).revive(draft, self._command_id)

    def _done(self, revived: Revived) -> None:
        formats = self.context.formats
        told = self.tr("{credits} usable again until {day}")
        self.context.toast(
            told.format(
                credits=client_words.credits(formats, revived.credits), day=formats.date(revived.last_day)
            )
        )
