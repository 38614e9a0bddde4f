"""Letting another lot pay for a visit that is recorded already (C6)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from frontdesk.errors import Problem
from frontdesk.services.views.visits import RecordedVisit
from frontdesk.ui import client_words, credit_words
from frontdesk.ui.widgets.basics import Text
from frontdesk.ui.widgets.fields import Select
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.credit_acts import CreditActsPresenter, VisitPayment
    from frontdesk.ui.task_runner import Late


def open_change_lot(context: UiContext, visit_id: int) -> ChangeLotDialog:
    """Opens the dialog for a visit that credits have paid for."""
    dialog = ChangeLotDialog(context, visit_id)
    dialog.open()
    return dialog


class ChangeLotDialog(SheetDialog):
    """The lots that could pay instead."""

    def __init__(self, context: UiContext, visit_id: int) -> None:
        super().__init__(context, "", name="changeLotDialog", about=visit_id, subtitle=" ")
        title = self.tr("Let another lot pay")
        self.setWindowTitle(title)
        self.title_label.setText(title)
        self._visit_id = visit_id
        self._command_id = uuid4()
        self._payment: VisitPayment | None = None
        self._presenter: Late[CreditActsPresenter] = context.late(
            "frontdesk.ui.presenters.credit_acts", "CreditActsPresenter"
        )
        self.form = Form(context.messages, name="changeLotForm")
        self.form.add("lot_id", self.tr("Pay from"), Select(name="changeLotLot"))
        self.form.edited.connect(self._preview)
        self.add_form(self.form)
        self._others = Text("", "help", wrap=True, name="changeLotOthers")
        self.body.addWidget(self._others)
        self._others.hide()
        self.set_primary(self.tr("Let this lot pay"), self._take, name="changeLotTakeButton")

    def open(self) -> None:
        """Shows the dialog and reads the visit."""
        super().open()
        self.start(self._read())

    async def _read(self) -> None:
        self._payment = payment = await (await self._presenter.get()).visit_payment(self._visit_id)
        formats = self.context.formats
        told = self.tr("{what} · {credits}, paid from {lots}").format(
            what=payment.what or self.tr("Class"),
            credits=client_words.credits(formats, payment.preview.cost),
            lots=self._paid_by(payment),
        )
        self.subtitle_label.setText(told)
        choices = [
            (credit_words.lot_choice(formats, lot, lot.available), lot.lot_id)
            for lot in payment.preview.choices
            if lot.lot_id not in payment.lot_ids and lot.available >= payment.preview.cost
        ]
        self.form["lot_id"].set_choices(choices)
        passed = [
            self.tr("“{title}”: {why}").format(title=lot.title, why=credit_words.why_not(lot.why_not))
            for lot in payment.preview.passed_over
        ]
        self._others.setText("\n".join(passed))
        self._others.setVisible(bool(passed))
        if not choices:
            self.set_consequence(self.tr("No other lot could pay for this class."))
        self._preview()
        self._fit()

    def _paid_by(self, payment: VisitPayment) -> str:
        named = dict.fromkeys(f"“{credit_words.title(title, kind)}”" for title, kind in payment.paid_by)
        return self.context.formats.value(tuple(named))

    def _preview(self) -> None:
        payment, lot_id = self._payment, self.form["lot_id"].value()
        lot = (
            next((one for one in payment.preview.choices if one.lot_id == lot_id), None) if payment else None
        )
        if payment is None or lot is None:
            return
        formats = self.context.formats
        told = self.tr("{credits} back to {before}, “{after}”: {has} → {left}.").format(
            credits=client_words.credits(formats, payment.preview.cost),
            before=self._paid_by(payment),
            after=credit_words.title(lot.title, lot.kind),
            has=formats.number(lot.available),
            left=client_words.credits(formats, lot.available - payment.preview.cost),
        )
        self.set_consequence(told)

    def _take(self) -> None:
        lot_id = self.form["lot_id"].value()
        if lot_id is None:
            self.form.show_problems([Problem("lot_id", "field.required")])
            return
        self.commit(self._change(lot_id), then=self._done)

    async def _change(self, lot_id: int) -> RecordedVisit:
        return await (await self._presenter.get()).change_lot(self._visit_id, lot_id, self._command_id)

    def _done(self, visit: RecordedVisit) -> None:
        told = self.tr("Paid now: {takes}").format(
            takes=credit_words.takes(self.context.formats, visit.takes)
        )
        self.context.toast(told)
