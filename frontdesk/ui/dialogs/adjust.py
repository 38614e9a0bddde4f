"""Adjust credits: plus or minus, from which lot, and always why (C10). Money never moves here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from frontdesk.errors import Problem
from frontdesk.services.drafts.credits import ADJUST_REASONS, MOST_CREDITS, AdjustDraft
from frontdesk.services.views.credit_acts import Adjusted
from frontdesk.ui import client_words, credit_words
from frontdesk.ui.dialogs.client_dialog import ClientDialog
from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.change_field import ChangeField
from frontdesk.ui.widgets.class_type_picker import ClassTypePicker
from frontdesk.ui.widgets.fields import DateField, Select, TextField

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.credit_acts import Subject

_FOR_PLUS = ("last_day", "title", "eligible")
#: The reason that is offered first, by the sign of the change.
_DEFAULT_REASONS = {1: "goodwill", -1: "correction"}


def open_adjust(context: UiContext, client_id: int, lot_id: int | None = None) -> AdjustDialog:
    """Opens the dialog; with a lot, ready to take from it."""
    dialog = AdjustDialog(context, client_id, lot_id)
    dialog.open()
    return dialog


class AdjustDialog(ClientDialog):
    """The number is first; everything else has a default or is a few words."""

    def __init__(self, context: UiContext, client_id: int, lot_id: int | None) -> None:
        super().__init__(context, name="adjustDialog", client_id=client_id, about=lot_id or "", width=520)
        self.set_title(self.tr("Adjust credits"))
        self._lot_id = lot_id
        form, formats = self.form, context.formats
        change = ChangeField(formats, most=MOST_CREDITS, name="adjustChange")
        form.add("change", self.tr("How many"), change, required=True)
        if lot_id is not None:
            change.way.set_value(-1)
        self._sign = 1
        self.add_reason(ADJUST_REASONS, name="adjust")
        form.side_by_side("reason_code", "note")
        form.add("lot_id", self.tr("From"), Select(name="adjustLot"))
        form.add(
            "last_day",
            self.tr("Usable until"),
            DateField(formats, name="adjustLastDay", never=self.tr("never expires")),
            help=self.tr("A day, or +30 for 30 days from today."),
        )
        form.add(
            "title",
            self.tr("Name of the credits"),
            TextField(name="adjustTitle", placeholder=self.tr("the reason")),
        )
        form.side_by_side("last_day", "title")
        form.add("eligible", self.tr("For which classes"), ClassTypePicker(name="adjustEligible"))
        self.add_form(form)
        self.set_primary(self.tr("Adjust credits"), self._take, name="adjustTakeButton")
        self._show_way()

    def show_subject(self, subject: Subject) -> None:
        """Offers the lots that something can be taken from."""
        formats = self.context.formats
        choices: list[tuple[str, int | None]] = [(self.tr("In the order of use"), None)]
        choices += [
            (
                credit_words.lot_choice(formats, lot, lot.remaining - lot.held),
                lot.lot_id,
            )
            for lot in subject.account.lots
            if "take" in lot.actions
        ]
        field: Select = self.form["lot_id"]
        chosen = field.value() or self._lot_id
        field.set_choices(choices)
        field.set_value(chosen)
        self.start(self._offer_class_types())

    async def preview(self) -> None:
        """The balance before and after, and which lots give."""
        self._show_way()
        values = self.form.readable_values()
        change = values.get("change")
        if not change or self.subject is None:
            self.set_consequence("")
            return
        if change > 0:
            self._tell_plus(change, values)
        else:
            await self._tell_minus(change, values)

    def _tell_plus(self, change: int, values: dict[str, Any]) -> None:
        assert self.subject is not None
        formats, usable = self.context.formats, self.subject.account.usable
        last_day = values.get("last_day")
        words = (
            self.tr("{before} → {after}. The new credits never expire.")
            if last_day is None
            else self.tr("{before} → {after}. The new credits can be used until {day}.")
        )
        told = words.format(
            before=client_words.credits(formats, usable),
            after=client_words.credits(formats, usable + change),
            day=formats.date(last_day) if last_day else "",
        )
        self.set_consequence(told)

    async def _tell_minus(self, change: int, values: dict[str, Any]) -> None:
        assert self.subject is not None
        draft = AdjustDraft(self.subject.client.id, change, "", "", lot_id=values.get("lot_id"))
        seen = await (await self.presenter.get()).preview_removal(draft)
        formats = self.context.formats
        if not seen.enough:
            lot = self.lot(draft.lot_id)
            there = seen.usable if lot is None else lot.remaining - lot.held
            where = "" if lot is None else lot.title
            told = (
                self.tr("{asked} cannot be taken from “{title}”: it holds {there}.")
                if where
                else self.tr("{asked} cannot be taken: there are {there}.")
            )
            asked = client_words.credits(formats, -change)
            self.set_consequence(
                told.format(asked=asked, title=where, there=formats.number(there)), Tone.WARNING
            )
            return
        told = self.tr("{before} → {after}: {takes}.").format(
            before=client_words.credits(formats, seen.usable),
            after=client_words.credits(formats, seen.usable_after),
            takes=credit_words.takes(formats, seen.takes),
        )
        self.set_consequence(told)

    def _show_way(self) -> None:
        """Only what belongs to a plus or to a minus; the button says which it is."""
        change: ChangeField = self.form["change"]
        plus = change.sign() > 0
        self._offer_reason(change.sign())
        self.form.set_visible("lot_id", not plus)
        for key in _FOR_PLUS:
            self.form.set_visible(key, plus)
        count = self.form.readable_values().get("change")
        if not count:
            self.primary.setText(self.tr("Add credits") if plus else self.tr("Take credits away"))
            return
        told = client_words.credits(self.context.formats, count)
        words = self.tr("Add {credits}") if plus else self.tr("Take {credits} away")
        self.primary.setText(words.format(credits=told))

    def _offer_reason(self, sign: int) -> None:
        """What is taken away is hardly ever goodwill; a reason that somebody chose stays."""
        reason: Select = self.form["reason_code"]
        if sign != self._sign and reason.value() == _DEFAULT_REASONS[self._sign]:
            reason.set_value(_DEFAULT_REASONS[sign])
        self._sign = sign

    def _take(self) -> None:
        values = self.form.values()
        if values is None or self.client_id is None:
            return
        if values["change"] is None:
            self.form.show_problems([Problem("change", "field.required")])
            return
        draft = _draft(self.client_id, values)
        if not self.form.show_problems(draft.problems()):
            self.commit(self._adjust(draft), then=self._done)

    async def _adjust(self, draft: AdjustDraft) -> Adjusted:
        return await (await self.presenter.get()).adjust(draft, self.command_id)

    def _done(self, adjusted: Adjusted) -> None:
        formats = self.context.formats
        words = (
            self.tr("{credits} added, {usable} usable now")
            if adjusted.change > 0
            else self.tr("{credits} taken away, {usable} usable now")
        )
        self.say(
            words.format(
                credits=client_words.credits(formats, adjusted.change),
                usable=formats.number(adjusted.usable),
            )
        )

    async def _offer_class_types(self) -> None:
        rows = await (await self.presenter.get()).class_types()
        picker: ClassTypePicker = self.form["eligible"]
        picker.set_class_types(rows)
        self.grow()


def _draft(client_id: int, values: dict[str, Any]) -> AdjustDraft:
    plus = values["change"] > 0
    return AdjustDraft(
        client_id=client_id,
        change=values["change"],
        reason_code=values["reason_code"] or "",
        note=values["note"],
        title=values["title"] if plus else "",
        last_day=values["last_day"] if plus else None,
        eligible=values["eligible"] if plus else None,
        lot_id=None if plus else values["lot_id"],
    )
