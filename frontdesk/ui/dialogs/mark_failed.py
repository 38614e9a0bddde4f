"""A refund that did not reach the client: what it brings back, and the task that it opens (S6)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from frontdesk.services.views.refunds import RefundFailed
from frontdesk.services.views.transactions import TransactionDetail
from frontdesk.ui import client_words
from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.fields import TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.refunds import RefundsPresenter
    from frontdesk.ui.task_runner import Late


def open_mark_failed(context: UiContext, detail: TransactionDetail) -> MarkFailedDialog:
    """Opens the dialog for a refund's transaction."""
    dialog = MarkFailedDialog(context, detail)
    dialog.open()
    return dialog


class MarkFailedDialog(SheetDialog):
    """One field, and what follows."""

    def __init__(self, context: UiContext, detail: TransactionDetail) -> None:
        super().__init__(context, self.tr("Mark as failed"), name="markFailedDialog", about=detail.row.id)
        self.command_id = uuid4()
        self._transaction_id = detail.row.id
        self._presenter: Late[RefundsPresenter] = context.late(
            "frontdesk.ui.presenters.refunds", "RefundsPresenter"
        )
        self.form = self.add_form(Form(context.messages, name="markFailedForm"))
        self.form.add("text", self.tr("What happened"), TextField(name="markFailedText"))
        words = self.tr(
            "{amount} count as received again, the credits that this refund voided come back to {client}, "
            "and a task to pay {client} another way is opened."
        )
        amount = context.formats.money(-detail.row.amount.amount)
        self.set_consequence(words.format(amount=amount, client=detail.row.client), Tone.WARNING)
        self.set_primary(self.tr("Mark as failed"), self._mark, name="markFailedButton", danger=True)

    def _mark(self) -> None:
        values = self.form.values()
        if values is not None:
            self.commit(self._write(values["text"]), then=self._done)

    async def _write(self, text: str) -> RefundFailed:
        presenter = await self._presenter.get()
        return await presenter.mark_failed(self._transaction_id, text, self.command_id)

    def _done(self, failed: RefundFailed) -> None:
        context = self.context
        credits = client_words.credits(context.formats, failed.credits_back)
        context.toast(
            self.tr("Marked as failed, {credits} are back").format(credits=credits),
            self.tr("Open the task"),
            lambda: context.navigate("payments", "decisions", failed.decision_id),
        )
