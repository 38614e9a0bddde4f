"""Freezing a client's credits, from now or between dates, with what becomes of every last day (C11)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from frontdesk.errors import FrontdeskError, Problem
from frontdesk.services.drafts.credits import FREEZE_REASONS, FreezeDraft
from frontdesk.services.views.credit_acts import Frozen, FrozenLot
from frontdesk.ui import client_words, credit_words
from frontdesk.ui.dialogs.client_dialog import ClientDialog
from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.before_after import BeforeAfter
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.fields import DateField

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


def open_freeze(context: UiContext, client_id: int, lot_id: int | None = None) -> FreezeDialog:
    """Opens the dialog. A freeze holds all lots of the client; `lot_id` is the one that it was asked from."""
    dialog = FreezeDialog(context, client_id, lot_id)
    dialog.open()
    return dialog


class FreezeDialog(ClientDialog):
    """From when, until when, why; beneath it each lot with its last day before and after."""

    def __init__(self, context: UiContext, client_id: int, lot_id: int | None) -> None:
        super().__init__(context, name="freezeDialog", client_id=client_id, width=560)
        self.set_title(self.tr("Freeze credits"))
        self._lot_id = lot_id
        form, formats = self.form, context.formats
        start = Segments([(self.tr("From now"), True), (self.tr("Between dates"), False)], name="freezeFrom")
        form.add("now", self.tr("When"), start)
        form.add("first_day", self.tr("First day"), DateField(formats, name="freezeFirstDay"))
        form.add(
            "last_day",
            self.tr("Last day frozen"),
            DateField(formats, name="freezeLastDay", never=self.tr("until further notice")),
            help=self.tr("A day, or +14 for 14 days from today."),
        )
        form.side_by_side("first_day", "last_day")
        self.add_reason(FREEZE_REASONS, name="freeze")
        form.side_by_side("reason_code", "note")
        self.add_form(form)
        self.lots = BeforeAfter(
            self.tr("Credits"), self.tr("Last day now"), self.tr("After the freeze"), name="freezeLots"
        )
        self.body.addWidget(self.lots)
        self.set_primary(self.tr("Freeze credits"), self._take, name="freezeTakeButton")
        self._show_dates()

    async def preview(self) -> None:
        """Each lot before and after."""
        self._show_dates()
        values = self.form.readable_values()
        if self.subject is None or not {"first_day", "last_day"} <= values.keys():
            return
        if not values["now"] and values["first_day"] is None:
            self.lots.show_rows([])
            self.set_consequence(self.tr("Choose the first day."))
            return
        try:
            seen = await (await self.presenter.get()).preview_freeze(self._filled(values))
        except FrontdeskError as error:
            self.lots.show_rows([])
            told = self.context.messages.error(error)
            self.set_consequence(told, Tone.WARNING)
            return
        self.lots.show_rows(self._row(lot) for lot in seen.lots)
        credits = client_words.credits(self.context.formats, sum(lot.credits for lot in seen.lots))
        if seen.days is None:
            told = self.tr("{credits} cannot be used until the freeze is ended. The days count from then.")
        else:
            told = self.tr("{credits} cannot be used for {days} days, and may be used that much longer.")
        self.set_consequence(told.format(credits=credits, days=seen.days))

    def _row(self, lot: FrozenLot) -> tuple[str, str, str]:
        formats = self.context.formats
        what = f"{lot.title} · {client_words.credits(formats, lot.credits)}"
        before = credit_words.until(formats, lot.last_day)
        if lot.last_day is None:
            return what, before, before
        if lot.new_last_day is None:
            return what, before, self.tr("known when it ends")
        return what, before, credit_words.until(formats, lot.new_last_day)

    def _show_dates(self) -> None:
        self.form.set_visible("first_day", not self.form["now"].value())

    def _filled(self, values: dict[str, Any]) -> FreezeDraft:
        assert self.client_id is not None
        return FreezeDraft(
            self.client_id,
            values.get("reason_code") or "",
            values.get("note") or "",
            None if values["now"] else values["first_day"],
            values["last_day"],
        )

    def _take(self) -> None:
        values = self.form.values()
        if values is None or self.client_id is None:
            return
        draft = self._filled(values)
        problems = list(draft.problems())
        if not values["now"] and values["first_day"] is None:
            problems.append(Problem("first_day", "field.required"))
        if not self.form.show_problems(problems):
            self.commit(self._freeze(draft), then=self._done)

    async def _freeze(self, draft: FreezeDraft) -> Frozen:
        return await (await self.presenter.get()).freeze(draft, self.command_id)

    def _done(self, frozen: Frozen) -> None:
        credits = client_words.credits(self.context.formats, sum(lot.credits for lot in frozen.lots))
        # The dialog is gone by the time that the button is pressed.
        end = partial(self.context.ask, "end_freeze", self.client_id, frozen.freeze_id)
        self.context.toast(
            self.tr("{credits} frozen").format(credits=credits), self.tr("End the freeze"), end
        )
