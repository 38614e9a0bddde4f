"""Another last day for a lot, later or earlier, also after it expired (C11)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from frontdesk.services.drafts.credits import EXTEND_REASONS, ExtendDraft
from frontdesk.services.views.credit_acts import Extended
from frontdesk.services.views.credits import LotCard
from frontdesk.ui import client_words, credit_words
from frontdesk.ui.dialogs.client_dialog import ClientDialog
from frontdesk.ui.tokens import SPACE_1, Tone
from frontdesk.ui.widgets.basics import LinkButton
from frontdesk.ui.widgets.fields import DateField, Select

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.credit_acts import Subject

#: The days that one press adds.
STEPS = (7, 14, 30)


def open_extend(context: UiContext, client_id: int, lot_id: int | None = None) -> ExtendDialog:
    """Opens the dialog for a lot, or for the client's first one that can be extended."""
    dialog = ExtendDialog(context, client_id, lot_id or None)
    dialog.open()
    return dialog


class ExtendDialog(ClientDialog):
    """Lot, new last day, reason."""

    def __init__(self, context: UiContext, client_id: int, lot_id: int | None) -> None:
        super().__init__(context, name="extendDialog", client_id=client_id, about=lot_id or "", width=520)
        self.set_title(self.tr("Change last day"))
        self._lot_id = lot_id
        form, formats = self.form, context.formats
        form.add("lot_id", self.tr("Credits"), Select(name="extendLot"))
        never = self.tr("never expires")
        form.add(
            "last_day",
            self.tr("New last day"),
            DateField(formats, name="extendLastDay", never=never),
            beside=[self._steps()],
        )
        self.add_reason(EXTEND_REASONS, name="extend")
        form.side_by_side("reason_code", "note")
        form["lot_id"].edited.connect(self._lot_chosen)
        self.add_form(form)
        self.set_primary(self.tr("Change last day"), self._take, name="extendTakeButton")

    def show_subject(self, subject: Subject) -> None:
        """Offers the lots that still hold something, or that lost it by expiring."""
        formats = self.context.formats
        lots = [lot for lot in subject.account.lots if "extend" in lot.actions]
        field: Select = self.form["lot_id"]
        chosen = field.value() or self._lot_id
        field.set_choices(
            (
                credit_words.lot_choice(formats, lot, lot.remaining or lot.expired),
                lot.lot_id,
            )
            for lot in lots
        )
        field.set_value(chosen if any(lot.lot_id == chosen for lot in lots) else None)
        if field.value() is None and lots:
            field.set_value(lots[0].lot_id)
        if not self.form.is_touched:
            self._lot_chosen()
        day: DateField = self.form["last_day"]
        if self._lot_id is not None and field.hasFocus():
            day.setFocus()
            day.selectAll()

    async def preview(self) -> None:
        """The last day before and after, and what comes back."""
        values = self.form.readable_values()
        lot = self.lot(values.get("lot_id"))
        if lot is None or "last_day" not in values:
            self.set_consequence("")
            return
        formats, day = self.context.formats, values["last_day"]
        if day == lot.last_day:
            self.set_consequence(self.tr("This is its last day already."))
            return
        words = self.tr("“{title}”: {before} → {after}.")
        told = words.format(
            title=lot.title,
            before=credit_words.until(formats, lot.last_day),
            after=credit_words.until(formats, day),
        )
        if lot.expired and (day is None or day >= formats.today()):
            back = self.tr("{credits} that had expired can be used again.")
            told += " " + back.format(credits=client_words.credits(formats, lot.expired))
        shorter = day is not None and (lot.last_day is None or day < lot.last_day)
        self.set_consequence(told, Tone.WARNING if shorter else Tone.NEUTRAL)

    def _steps(self) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_1)
        for days in STEPS:
            text = self.tr("+{days} days").format(days=days)
            line.addWidget(LinkButton(text, partial(self._set_later, days), name=f"extendBy{days}"))
        return holder

    def _lot_chosen(self) -> None:
        lot = self._chosen()
        if lot is not None:
            self.form["last_day"].set_value(self._later(lot, STEPS[-1]))
            self.look_ahead()

    def _set_later(self, days: int) -> None:
        lot = self._chosen()
        if lot is not None:
            self.form["last_day"].set_value(self._later(lot, days))
            self.look_ahead()

    def _chosen(self) -> LotCard | None:
        return self.lot(self.form["lot_id"].value())

    def _later(self, lot: LotCard, days: int) -> date:
        """So many days after the last day, or after today where that is past."""
        today = self.context.formats.today()
        return max(lot.last_day or today, today) + timedelta(days=days)

    def _take(self) -> None:
        values = self.form.values()
        if values is None or values["lot_id"] is None:
            return
        draft = ExtendDraft(values["lot_id"], values["last_day"], values["reason_code"] or "", values["note"])
        if not self.form.show_problems(draft.problems()):
            self.commit(self._extend(draft), then=self._done)

    async def _extend(self, draft: ExtendDraft) -> Extended:
        return await (await self.presenter.get()).extend(draft, self.command_id)

    def _done(self, extended: Extended) -> None:
        formats = self.context.formats
        until = credit_words.until(formats, extended.last_day)
        told = self.tr("Last day changed: {until}. {usable} usable now.")
        self.say(told.format(until=until, usable=client_words.credits(formats, extended.usable)))
