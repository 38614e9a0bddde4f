"""Void sale: a sale of today that was entered by mistake, taken back as a whole by one act (S2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from PySide6.QtCore import QTimer

from frontdesk.errors import Refused
from frontdesk.services.drafts.sales import VOID_REASONS, VoidSaleDraft
from frontdesk.services.views.refunds import RefundResult, UsedCredits, VoidView, set_aside_at_first
from frontdesk.ui import client_words, credit_words, refund_words
from frontdesk.ui.refund_lines import choose_line
from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.basics import Text
from frontdesk.ui.widgets.fields import Select, TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.refunds import RefundsPresenter
    from frontdesk.ui.task_runner import Late

#: Why a sale that could be voided when the dialog opened cannot be any more.
_TOO_LATE = ("void.not_today", "void.nothing_left")


def open_void_sale(context: UiContext, sale_id: int) -> VoidSaleDialog:
    """Opens the dialog for a sale."""
    dialog = VoidSaleDialog(context, sale_id)
    dialog.open()
    return dialog


class VoidSaleDialog(SheetDialog):
    """Says what goes back and what is voided, asks why, and does it once."""

    def __init__(self, context: UiContext, sale_id: int) -> None:
        super().__init__(
            context, self.tr("Void sale"), name="voidSaleDialog", width=560, subtitle=" ", about=sale_id
        )
        self.command_id = uuid4()
        self.view: VoidView | None = None
        self._sale_id = sale_id
        self._presenter: Late[RefundsPresenter] = context.late(
            "frontdesk.ui.presenters.refunds", "RefundsPresenter"
        )
        self.form = Form(context.messages, name="voidSaleForm")
        reason = Select(credit_words.reasons(VOID_REASONS), name="voidSaleReason")
        reason.setPlaceholderText(self.tr("Choose a reason"))
        reason.set_value(None)
        self.form.add("reason_code", self.tr("Reason"), reason, required=True)
        self.form.add("text", self.tr("In a few words"), TextField(name="voidSaleText"))
        self.form.side_by_side("reason_code", "text")
        self.used = Text("", "muted", wrap=True, name="voidSaleUsed")
        self.used.hide()
        self.add_form(self.form)
        self.body.addWidget(self.used)
        self.set_primary(self.tr("Void sale"), self._void, name="voidSaleButton", danger=True)

    def open(self) -> None:
        """Shows the dialog and reads the sale."""
        super().open()
        self.start(self._load())

    async def _load(self) -> None:
        view = await (await self._presenter.get()).void_view(self._sale_id)
        self.view = view
        formats = self.context.formats
        self._show_sale(view)
        if view.refused is not None:
            self._refuse(view, view.refused)
            return
        for part in view.parts:
            if part.needs_reference:
                self._add_reference(part.payment_id, formats.money(part.amount))
        self.used.setText("\n".join(self._used(one) for one in view.used))
        self.used.setVisible(bool(view.used))
        self._tell(view)

    def _refuse(self, view: VoidView, code: str) -> None:
        """Nothing is left to fill in: the button leads to the refund, or only away."""
        day = self.context.formats.local_day(view.sold_at)
        self.banner.tell(self.context.messages.text(code, {"day": day}), Tone.WARNING)
        self.banner.keep()
        self.form.hide()
        self.form.is_touched = False
        self.used.hide()
        self.set_consequence("")
        self.primary.hide()
        self.primary.deleteLater()
        if view.lines:
            self.set_primary(self.tr("Refund…"), self._refund_instead, name="voidSaleRefundButton")
        else:
            self.cancel_button.hide()
            self.set_primary(self.tr("Close"), self.reject, name="voidSaleDoneButton")
        self.primary.setFocus()
        # Once the layout has heard that the form is gone.
        QTimer.singleShot(0, self, self._fit)

    def _refund_instead(self) -> None:
        if self.view is not None:
            choose_line(
                self.context.formats, self.view.lines, self._go_to_refund, below=self.primary, owner=self
            )

    def _go_to_refund(self, sale_line_id: int) -> None:
        self.finished.connect(lambda: self.context.ask("refund", sale_line_id))
        self.accept()

    def _show_sale(self, view: VoidView) -> None:
        formats = self.context.formats
        told = self.tr("{client} · {total} · receipt {receipt} · {time}")
        self.subtitle_label.setText(
            told.format(
                client=view.client,
                total=formats.money(view.total),
                receipt=view.receipt,
                time=formats.instant(view.sold_at),
            )
        )

    def _tell(self, view: VoidView) -> None:
        formats = self.context.formats
        amount = sum(one.amount.amount for one in view.parts)
        credits = client_words.credits(formats, view.credits_to_void)
        told = refund_words.money_back(formats, view.parts)
        set_aside = set_aside_at_first(view.parts, view.credits_to_void)
        told.append(refund_words.voided(formats, view.credits_to_void, 0, set_aside))
        used = sum(one.credits for one in view.used)
        if used:
            told.append(refund_words.stays_used(formats, used))
        if refund_words.waits_for_network(self.context, view.parts):
            told.append(refund_words.queued())
        if view.disputed:
            self.banner.tell(refund_words.asked_about(), Tone.INFO)
        self.set_consequence(" ".join(told), Tone.DANGER)
        button = self.tr("Void sale: {amount} back, {credits} voided")
        self.primary.setText(button.format(amount=formats.money(amount), credits=credits))

    def _add_reference(self, payment_id: int, amount: str) -> None:
        key = f"references.{payment_id}"
        if key in self.form.field_keys():
            return
        field = TextField(name=f"voidSaleReference{payment_id}")
        words = self.tr("Now refund {amount} on your card terminal, and type the reference it prints.")
        label, help_text = self.tr("Reference of the card terminal"), words.format(amount=amount)
        self.form.add(key, label, field, required=True, help=help_text)

    def _used(self, used: UsedCredits) -> str:
        formats = self.context.formats
        words = self.tr("{client} used {credits} on {day} ({what})")
        return words.format(
            client=used.client,
            credits=client_words.credits(formats, used.credits),
            day=formats.instant(used.at),
            what=used.class_type or self.tr("any class"),
        )

    def _void(self) -> None:
        values = self.form.values()
        if values is None or self.view is None:
            return
        draft = self._void_draft(values)
        if not self.form.show_problems(draft.problems()):
            self.commit(self._write(draft), then=self._done)

    def _void_draft(self, values: dict[str, Any]) -> VoidSaleDraft:
        references = tuple(
            (int(key.partition(".")[2]), text)
            for key, text in values.items()
            if key.startswith("references.") and text
        )
        return VoidSaleDraft(self._sale_id, values["reason_code"] or "", values["text"], references)

    async def _write(self, draft: VoidSaleDraft) -> RefundResult:
        presenter = await self._presenter.get()
        try:
            return await presenter.void(draft, self.command_id)
        except Refused as refused:
            if refused.code in _TOO_LATE:
                self.start(self._load())
            raise

    def _done(self, result: RefundResult) -> None:
        formats, context, refund_id = self.context.formats, self.context, result.refund_id
        words = self.tr("Sale voided: {amount} back, {credits} voided")
        credits = result.credits_voided
        if result.requested is not None:
            words = self.tr("Sale voided: {amount} back, of it by Stripe once it accepts; {credits} go")
            credits += result.credits_set_aside
        told = words.format(
            amount=formats.money(result.amount), credits=client_words.credits(formats, credits)
        )
        context.toast(told, self.tr("Receipt"), lambda: context.ask("receipt", refund_id=refund_id))
