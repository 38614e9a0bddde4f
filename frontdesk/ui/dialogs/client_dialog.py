"""The base of the dialogs about one client's credits: who it is and what is usable stand under the title."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from frontdesk.services.drafts.credits import REASON_CODES
from frontdesk.ui import client_words, credit_words
from frontdesk.ui.tokens import Tone
from frontdesk.ui.widgets.fields import Select, TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.sheet_dialog import SheetDialog

if TYPE_CHECKING:
    from frontdesk.services.views.credits import LotCard
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.credit_acts import CreditActsPresenter, Subject
    from frontdesk.ui.task_runner import Late


class ClientDialog(SheetDialog):
    """Opens at once and reads its client behind it; subclasses override `show_subject` and `preview`."""

    def __init__(
        self,
        context: UiContext,
        *,
        name: str,
        client_id: int | None,
        width: int = 480,
        about: object = "",
    ) -> None:
        super().__init__(context, "", name=name, width=width, about=f"{client_id}/{about}", subtitle=" ")
        self.client_id = client_id
        self.subject: Subject | None = None
        #: One command, however often its button is pressed again after an error.
        self.command_id = uuid4()
        self.presenter: Late[CreditActsPresenter] = context.late(
            "frontdesk.ui.presenters.credit_acts", "CreditActsPresenter"
        )
        self.form = Form(context.messages, name=f"{name}Form")
        self.form.edited.connect(self.look_ahead)

    # For subclasses

    def set_title(self, title: str) -> None:
        """What the dialog does, in its head."""
        self.setWindowTitle(title)
        self.title_label.setText(title)

    def show_subject(self, subject: Subject) -> None:
        """The client and their lots have been read; `self.subject` is set."""

    async def preview(self) -> None:
        """Says what the button would do with what is typed now."""

    def add_reason(self, codes: Sequence[str], *, name: str) -> None:
        """The mandatory reason: a code and a few words (C10, C11)."""
        choices = credit_words.reasons(tuple(codes) or REASON_CODES)
        self.form.add("reason_code", self.tr("Reason"), Select(choices, name=f"{name}Reason"))
        self.form.add("note", self.tr("In a few words"), TextField(name=f"{name}Note"), required=True)

    def lot(self, lot_id: int | None) -> LotCard | None:
        """One of the client's lots, None if it is not there."""
        lots = self.subject.account.lots if self.subject else ()
        return next((lot for lot in lots if lot.lot_id == lot_id), None)

    def look_ahead(self) -> None:
        """Works out the consequence again; an older one that is not ready is dropped."""
        self.start(self._look_ahead(), latest=f"{self.objectName()}.preview")

    def read_client(self, client_id: int) -> None:
        """Reads the client anew, e.g. because another one was chosen."""
        self.client_id = client_id
        self.start(self._read(client_id), latest=f"{self.objectName()}.read")

    def set_consequence(self, text: str, tone: Tone = Tone.NEUTRAL) -> None:
        """As of every dialog; the dialog grows where the sentence needs room."""
        super().set_consequence(text, tone)
        self.grow()

    def grow(self) -> None:
        """Makes room for what is shown now; never smaller, so that nothing moves to and fro."""
        before = self.height()
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            self._fit()
            self.resize(self.width(), max(before, self.height()))

    def say(self, done: str) -> None:
        """Tells what was done, at the bottom of the window."""
        self.context.toast(done)

    def open(self) -> None:
        """Shows the dialog and reads its client."""
        super().open()
        if self.client_id is not None:
            self.read_client(self.client_id)

    # Pieces

    async def _read(self, client_id: int) -> None:
        subject = await (await self.presenter.get()).subject(client_id)
        if client_id != self.client_id or not self.isVisible():
            return
        self.subject = subject
        formats = self.context.formats
        told = self.tr("{name} · {credits} usable now").format(
            name=subject.client.name, credits=client_words.credits(formats, subject.account.usable)
        )
        self.subtitle_label.setText(told)
        self.show_subject(subject)
        await self.preview()
        self.grow()

    async def _look_ahead(self) -> None:
        if self.subject is not None:
            await self.preview()
