"""Record visit: what was attended and when, which lots pay and why, or an unpaid visit (C6, C7, C12)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from frontdesk.errors import Problem
from frontdesk.services.drafts.credits import MOST_COST, VISIT_DAYS_BACK, VisitDraft
from frontdesk.services.views.clients import ClientRow
from frontdesk.services.views.settings import ClassTypeRow
from frontdesk.services.views.visits import RecordedVisit, VisitPreview
from frontdesk.ui import client_words, credit_words
from frontdesk.ui.dialogs.client_dialog import ClientDialog
from frontdesk.ui.tokens import SPACE_2, Tone
from frontdesk.ui.widgets.basics import LinkButton, SecondaryButton, Text
from frontdesk.ui.widgets.client_picker import ClientPicker
from frontdesk.ui.widgets.fields import IntField, Select, TextField
from frontdesk.ui.widgets.when_field import WhenField

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

#: The choice of a class that has no type.
_OTHER = 0


def open_record_visit(
    context: UiContext, client_id: int | None = None, lot_id: int | None = None
) -> RecordVisitDialog:
    """Opens the dialog; without a client it asks for one first."""
    dialog = RecordVisitDialog(context, client_id, lot_id)
    dialog.open()
    return dialog


class RecordVisitDialog(ClientDialog):
    """Ready to be confirmed as it opens: the first class type, now, the lots in the order of use."""

    def __init__(self, context: UiContext, client_id: int | None, lot_id: int | None) -> None:
        super().__init__(context, name="visitDialog", client_id=client_id, about=lot_id or "", width=520)
        self.set_title(self.tr("Record visit"))
        self._lot_id = lot_id
        self._types: tuple[ClassTypeRow, ...] | None = None
        self._seen: VisitPreview | None = None
        self.picker: ClientPicker | None = None
        if client_id is None:
            self._add_picker(context)
        self._add_fields(context)
        self.add_form(self.form)
        self._why_not = Text("", "help", wrap=True, name="visitWhyNot")
        self.body.addWidget(self._why_not)
        self._why_not.hide()
        self.unpaid_button = SecondaryButton(
            self.tr("Record unpaid visit"), self._take_unpaid, name="visitUnpaidButton", tall=True
        )
        self.footer.addWidget(self.unpaid_button)
        self.unpaid_button.hide()
        self.set_primary(self.tr("Record visit"), self._take, name="visitTakeButton")

    def open(self) -> None:
        """Shows the dialog and reads the class types."""
        super().open()
        self.start(self._offer_class_types())

    async def preview(self) -> None:
        """Which lots pay and why, which others could, and which cannot."""
        values = self.form.readable_values()
        if self._types is None or self.client_id is None or values.get("credits") is None:
            return
        if values.get("class_at") is None:
            return
        draft = self._visit(values)
        presenter = await self.presenter.get()
        seen = await presenter.preview_visit(draft)
        self._seen = seen
        self._offer_lots(seen)
        self._tell(seen)

    # Pieces: building

    def _add_picker(self, context: UiContext) -> None:
        self.subtitle_label.hide()
        self.picker = ClientPicker(context, name="visitClient")
        self.picker.chosen.connect(self._client_chosen)
        self.form.add("client_id", self.tr("Client"), self.picker, required=True)

    def _add_fields(self, context: UiContext) -> None:
        form, formats = self.form, context.formats
        types = Select([(self.tr("Something else"), _OTHER)], _OTHER, name="visitType")
        types.edited.connect(self._type_chosen)
        form.add("class_type_id", self.tr("Class"), types)
        form.add(
            "credits",
            self.tr("Credits"),
            IntField(formats, 1, least=0, most=MOST_COST, suffix=self.tr("credits"), name="visitCredits"),
        )
        form.side_by_side("class_type_id", "credits")
        form.add_widget(self._add_hint())
        form.add("title", self.tr("What it was"), TextField(name="visitTitle"), required=True)
        when = WhenField(formats, context.studio.zone, name="visitWhen")
        when.set_now()
        form.add(
            "class_at",
            self.tr("When"),
            when,
            help=self.tr("Up to {days} days back.").format(days=VISIT_DAYS_BACK),
        )
        form.add(
            "lot_id", self.tr("Paid by"), Select([(self.tr("In the order of use"), None)], name="visitLot")
        )
        form["lot_id"].set_value(None)

    def _add_hint(self) -> QWidget:
        """Where class types come from, as long as there are none."""
        self.hint = QWidget()
        line = QHBoxLayout(self.hint)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_2)
        line.addWidget(Text(self.tr("Your classes can be chosen here once they are listed."), "help"))
        link = LinkButton(self.tr("Add class types"), self._to_class_types, name="visitAddClassTypes")
        line.addWidget(link)
        line.addStretch(1)
        self.hint.hide()
        return self.hint

    def _to_class_types(self) -> None:
        self.reject()
        self.context.navigate("settings", "class_types")

    # Pieces: what is chosen

    def _client_chosen(self, client: ClientRow | None) -> None:
        self.subject, self._seen = None, None
        self.set_consequence("")
        if client is None:
            self.client_id = None
        else:
            self.read_client(client.id)

    async def _offer_class_types(self) -> None:
        self._types = types = await (await self.presenter.get()).class_types()
        self.hint.setVisible(not types)
        field: Select = self.form["class_type_id"]
        field.set_choices([*((row.name, row.id) for row in types), (self.tr("Something else"), _OTHER)])
        if types and not self.form.is_touched:
            field.set_value(types[0].id)
        if not self.form.is_touched:
            self._type_chosen()
        else:
            self._show_title()
            self.look_ahead()

    def _type_chosen(self) -> None:
        chosen = self.form["class_type_id"].value()
        cost = next((row.cost for row in self._types or () if row.id == chosen), 1)
        self.form["credits"].set_value(cost)
        self._show_title()
        self.look_ahead()

    def _show_title(self) -> None:
        self.form.set_visible("title", self.form["class_type_id"].value() == _OTHER)
        self.grow()

    def _offer_lots(self, seen: VisitPreview) -> None:
        formats = self.context.formats
        field: Select = self.form["lot_id"]
        chosen = field.value() or self._lot_id
        choices: list[tuple[str, int | None]] = [(self.tr("In the order of use"), None)]
        choices += [
            (credit_words.lot_choice(formats, lot, lot.available), lot.lot_id) for lot in seen.choices
        ]
        field.set_choices(choices)
        if chosen in [lot_id for _, lot_id in choices]:
            field.set_value(chosen)
        else:
            field.set_value(None)

    # Pieces: what it will do

    def _tell(self, seen: VisitPreview) -> None:
        formats = self.context.formats
        cost = client_words.credits(formats, seen.cost)
        self.unpaid_button.setVisible(not seen.enough and self.form["lot_id"].value() is None)
        self.primary.setText(
            self.tr("Record visit · {credits}").format(credits=cost) if seen.cost else self.tr("Record visit")
        )
        if not seen.enough:
            told = self.context.messages.text(seen.refusal or "", dict(seen.refusal_params))
            self.set_consequence(told, Tone.WARNING)
        elif not seen.cost:
            self.set_consequence(self.tr("This class costs nothing; no credits are taken."))
        else:
            self.set_consequence(self._takes(seen))
        self._why_not.setText(
            "\n".join(
                self.tr("Not used: “{title}” ({why}).").format(
                    title=lot.title, why=credit_words.why_not(lot.why_not)
                )
                for lot in seen.passed_over
            )
        )
        self._why_not.setVisible(bool(seen.passed_over))
        self.grow()

    def _takes(self, seen: VisitPreview) -> str:
        formats = self.context.formats
        takes = tuple(
            self.tr("{count} from “{title}”, {until} ({why})").format(
                count=formats.number(take.credits),
                title=credit_words.title(take.title, take.kind),
                until=credit_words.until(formats, take.last_day),
                why=credit_words.why(take.why),
            )
            for take in seen.takes
        )
        left = client_words.credits(formats, seen.left_after)
        return self.tr("{takes}. {left} left for this class.").format(takes=formats.value(takes), left=left)

    # Pieces: doing it

    def _visit(self, values: dict[str, Any]) -> VisitDraft:
        assert self.client_id is not None
        type_id = values.get("class_type_id") or None
        return VisitDraft(
            self.client_id,
            values["credits"],
            values["class_at"],
            type_id,
            "" if type_id else values.get("title") or "",
            values.get("lot_id"),
        )

    def _take(self) -> None:
        self._record("refuse")

    def _take_unpaid(self) -> None:
        self._record("unpaid")

    def _record(self, when_short: str) -> None:
        values = self.form.values()
        if values is None:
            return
        missing = [
            Problem(key, "field.required")
            for key in ("client_id", "credits", "class_at")
            if key in values and values[key] is None
        ]
        if self.form.show_problems(missing) or self.client_id is None:
            return
        draft = self._visit(values)
        if when_short == "unpaid":
            draft = replace(draft, when_short="unpaid", lot_id=None)
        if not self.form.show_problems(draft.problems()):
            self.commit(self._write(draft), then=self._done)

    async def _write(self, draft: VisitDraft) -> RecordedVisit:
        return await (await self.presenter.get()).record_visit(draft, self.command_id)

    def _done(self, visit: RecordedVisit) -> None:
        formats, context, presenter = self.context.formats, self.context, self.presenter
        usable = client_words.credits(formats, visit.usable)
        if visit.paid:
            told = self.tr("Visit recorded, {usable} usable now").format(usable=usable)
        else:
            told = self.tr("Unpaid visit recorded; the next sale can settle it")

        async def undo() -> None:
            await (await presenter.get()).undo_visit(visit.visit_id)

        # The dialog is gone by the time that the button is pressed.
        context.toast(told, self.tr("Undo"), lambda: context.tasks.start(undo()))
