"""The Notes tab: the alert for check-in and free notes. What was typed stays until it is saved, Ctrl+S."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from frontdesk.errors import InvalidDraft
from frontdesk.services.views.clients import ClientCard
from frontdesk.ui.screens.profile.parts import ScrollPage
from frontdesk.ui.tokens import SPACE_3
from frontdesk.ui.widgets.basics import PrimaryButton, SecondaryButton, Text
from frontdesk.ui.widgets.fields import TextArea, TextField
from frontdesk.ui.widgets.form import Form

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.client_profile import ClientProfilePresenter
    from frontdesk.ui.task_runner import Late

_WIDTH = 680


@dataclass(frozen=True, slots=True)
class _Typed:
    alert: str
    notes: str


class NotesTab(ScrollPage):
    """One form for whichever client is shown; drafts by client."""

    def __init__(
        self,
        context: UiContext,
        presenter: Late[ClientProfilePresenter],
        drafts_changed: Callable[[], object],
    ) -> None:
        super().__init__(name="profileNotes")
        self._context, self._presenter = context, presenter
        self._drafts_changed = drafts_changed
        self._card: ClientCard | None = None
        self._drafts: dict[int, _Typed] = {}
        self.form = Form(context.messages, name="notesForm")
        self.form.setMaximumWidth(_WIDTH)
        self.form.add(
            "alert",
            self.tr("Alert"),
            TextField(name="notesAlert"),
            help=self.tr("Shown above the profile and in every list, e.g. an injury."),
        )
        self.form.add("notes", self.tr("Notes"), TextArea(name="notesText", lines=8))
        self.form.edited.connect(self._typed)
        self.body.addWidget(self.form)
        self.save_button = PrimaryButton(self.tr("Save notes"), self.save, name="notesSave")
        self.save_button.setToolTip(self.tr("Save notes  Ctrl+S"))
        self.drop_button = SecondaryButton(self.tr("Discard changes"), self._drop, name="notesDiscard")
        self.state = Text("", "muted", name="notesState")
        line = QHBoxLayout()
        line.setSpacing(SPACE_3)
        line.addWidget(self.save_button)
        line.addWidget(self.drop_button)
        line.addWidget(self.state)
        line.addStretch(1)
        self.body.addLayout(line)
        self.body.addStretch(1)
        context.actions.add(
            "notes.save",
            self.tr("Save notes"),
            self.save,
            owner=self,
            scope="client",
            shortcut="Ctrl+S",
            icon="note",
        )

    def show_card(self, card: ClientCard) -> None:
        """Shows a client's notes, or what was typed and not saved yet."""
        typed = self._drafts.get(card.id)
        again = self._card is not None and self._card.id == card.id
        self._card = card
        if not (again and typed):
            shown = typed or _Typed(card.alert, card.notes)
            self.form.set_values(alert=shown.alert, notes=shown.notes)
        self._tell()

    def drafts(self) -> int:
        """For how many clients something is typed that is not saved."""
        return len(self._drafts)

    def has_draft(self) -> bool:
        """Whether something is typed for this client that is not saved."""
        return self._card is not None and self._card.id in self._drafts

    def save(self) -> None:
        """Keeps what was typed."""
        values = self.form.values()
        if values is not None and self._card is not None:
            self._context.tasks.start(self._save(self._card, _Typed(values["alert"], values["notes"])))

    async def _save(self, card: ClientCard, typed: _Typed) -> None:
        presenter = await self._presenter.get()
        try:
            if typed.notes != card.notes:
                await presenter.save_notes(card.id, typed.notes)
            if typed.alert != card.alert:
                await presenter.save_alert(card.id, typed.alert)
        except InvalidDraft as invalid:
            self.form.show_problems(invalid.problems)
            return
        # Whoever typed on meanwhile keeps that.
        if self._drafts.get(card.id) == typed:
            del self._drafts[card.id]
        self._tell()
        self._context.toast(self.tr("Notes saved"))

    def _typed(self) -> None:
        card = self._card
        if card is None:
            return
        values = self.form.readable_values()
        typed = _Typed(values["alert"], values["notes"])
        if typed == _Typed(card.alert, card.notes):
            self._drafts.pop(card.id, None)
        else:
            self._drafts[card.id] = typed
        self._tell()

    def _drop(self) -> None:
        if self._card is not None:
            self._drafts.pop(self._card.id, None)
            self.form.set_values(alert=self._card.alert, notes=self._card.notes)
            self.form["notes"].setFocus(Qt.FocusReason.OtherFocusReason)
            self._tell()

    def _tell(self) -> None:
        draft = self.has_draft()
        self.drop_button.setVisible(draft)
        self.state.setText(self.tr("Not saved yet") if draft else "")
        self._drafts_changed()
