"""Merging two cards of one person: both side by side, who stays, and what it means (D4)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton

from frontdesk.services.views.clients import ClientRow, Merged
from frontdesk.ui import client_words
from frontdesk.ui.tokens import SPACE_2, SPACE_3, Tone
from frontdesk.ui.widgets.basics import ElidedText
from frontdesk.ui.widgets.client_picker import ClientPicker
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.sheet_dialog import SheetDialog
from frontdesk.ui.widgets.surfaces import Card, KeyValues

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.formats import Formats
    from frontdesk.ui.presenters.client_cards import ClientCardsPresenter, MergeSide
    from frontdesk.ui.task_runner import Late

_MANY = 50


def open_merge(context: UiContext, client_id: int, other_id: int | None = None) -> MergeDialog:
    """Opens the dialog; without the other client it asks for them."""
    dialog = MergeDialog(context, client_id, other_id)
    dialog.open()
    return dialog


class MergeDialog(SheetDialog):
    """`done_well` carries the Merged."""

    def __init__(self, context: UiContext, client_id: int, other_id: int | None) -> None:
        super().__init__(context, "", name="mergeDialog", about=f"{client_id}/{other_id or ''}", width=880)
        self.setWindowTitle(self.tr("Merge two clients"))
        self.title_label.setText(self.tr("Merge two clients"))
        self._ids = [client_id, other_id]
        self._sides: list[MergeSide | None] = [None, None]
        self._command_id = uuid4()
        self._presenter: Late[ClientCardsPresenter] = context.late(
            "frontdesk.ui.presenters.client_cards", "ClientCardsPresenter"
        )
        if other_id is None:
            form = Form(context.messages, name="mergeForm")
            self.picker = ClientPicker(context, name="mergeOther", offer_new=False, leave_out=(client_id,))
            self.picker.chosen.connect(self._other_chosen)
            form.add("other", self.tr("The same person as"), self.picker, required=True)
            self.add_form(form)
        self.cards = (SideCard(context.formats, 0), SideCard(context.formats, 1))
        self._keep = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(SPACE_3)
        for at, card in enumerate(self.cards):
            self._keep.addButton(card.keep, at)
            row.addWidget(card, 1, Qt.AlignmentFlag.AlignTop)
        self.cards[0].keep.setChecked(True)
        self._keep.idToggled.connect(lambda _id, _on: self._preview())
        self.body.addLayout(row)
        self.set_primary(self.tr("Merge"), self._take, name="mergeTakeButton")

    def open(self) -> None:
        """Shows the dialog and reads both cards."""
        super().open()
        for at, client_id in enumerate(self._ids):
            if client_id is not None:
                self.start(self._read(at, client_id))
        if self._ids[1] is not None:
            self.primary.setFocus()

    async def _read(self, at: int, client_id: int) -> None:
        side = await (await self._presenter.get()).side(client_id)
        self._sides[at] = side
        self._ids[at] = side.card.id
        self.cards[at].show_side(side)
        self._preview()
        self._fit()

    def _other_chosen(self, client: ClientRow | None) -> None:
        self._sides[1], self._ids[1] = None, client.id if client else None
        self.cards[1].show_side(None)
        if client is not None:
            self.start(self._read(1, client.id), latest="merge.other")
        self._preview()

    def _preview(self) -> None:
        one, other = self._sides
        if one is None or other is None:
            self.set_consequence("")
            return
        if one.card.id == other.card.id:
            self.set_consequence(self.tr("These are one and the same client already."), Tone.WARNING)
            return
        kept, gone = self._kept_and_gone()
        told = self.tr(
            "{gone} becomes a part of {kept}: both histories on one card, {credits} together. "
            "Limits per client count once. The merge can be undone at any time."
        )
        credits = client_words.credits(self.context.formats, one.row.credits + other.row.credits)
        self.set_consequence(told.format(gone=_named(gone), kept=_named(kept), credits=credits))
        self.primary.setText(self.tr("Merge into {name}").format(name=kept.card.name))

    def _kept_and_gone(self) -> tuple[MergeSide, MergeSide]:
        at = self._keep.checkedId()
        kept, gone = self._sides[at], self._sides[1 - at]
        assert kept is not None and gone is not None
        return kept, gone

    def _take(self) -> None:
        if self._forms and self._ids[1] is None:
            values = self._forms[0].values()
            if values is not None:
                self.picker.setFocus()
            return
        if None in self._sides:
            return
        kept, gone = self._kept_and_gone()
        self.commit(self._merge(gone.card.id, kept.card.id), then=self._done)

    async def _merge(self, gone: int, kept: int) -> Merged:
        return await (await self._presenter.get()).merge(gone, kept, self._command_id)

    def _done(self, merged: Merged) -> None:
        context, presenter = self.context, self._presenter
        kept, gone = self._kept_and_gone()

        async def undo() -> None:
            await (await presenter.get()).undo_merge(merged.merge_id)

        # The dialog is gone by the time that the button is pressed.
        told = self.tr("{gone} merged into {kept}").format(gone=gone.card.name, kept=kept.card.name)
        context.toast(told, self.tr("Undo"), lambda: context.tasks.start(undo()))


def _named(side: MergeSide) -> str:
    contact = client_words.contact(side.row)
    return f"{side.card.name} ({contact})" if contact else side.card.name


class SideCard(Card):
    """One of the two, with the choice to keep this card."""

    def __init__(self, formats: Formats, at: int) -> None:
        super().__init__(name=f"mergeCard{at}")
        self._formats = formats
        self.name = ElidedText("", "section", name=f"mergeName{at}")
        self.facts = KeyValues(name=f"mergeFacts{at}", elided=True)
        self.keep = QRadioButton(self.tr("Keep this card"))
        self.keep.setObjectName(f"mergeKeep{at}")
        self.body.setSpacing(SPACE_2)
        self.body.addWidget(self.name)
        self.body.addWidget(self.facts)
        self.body.addWidget(self.keep)
        self.show_side(None)

    def show_side(self, side: MergeSide | None) -> None:
        """Shows a client, or that nobody is chosen yet."""
        if side is None:
            self.name.setText(self.tr("Nobody chosen yet"))
            self.facts.set([])
            self.keep.setEnabled(False)
            return
        formats, card = self._formats, side.card
        self.keep.setEnabled(True)
        self.name.setText(card.name)
        self.keep.setAccessibleName(self.tr("Keep the card of {name}").format(name=card.name))
        purchases = formats.number(side.purchases) + ("+" if side.purchases >= _MANY else "")
        rows = [
            (self.tr("E-mail"), card.email or "–"),
            (self.tr("Phone"), card.phone or "–"),
            (self.tr("Member code"), card.member_code or "–"),
            (self.tr("Birthday"), formats.date(card.birthday) if card.birthday else "–"),
            (self.tr("Credits"), client_words.credits(formats, side.row.credits)),
            (self.tr("Purchases"), purchases),
            (self.tr("Client since"), formats.date(formats.local_day(card.created_at))),
        ]
        self.facts.set(rows)
