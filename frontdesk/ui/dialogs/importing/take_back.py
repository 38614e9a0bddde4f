"""Taking an import back: what goes before the button, which rows stayed and why behind it (D3)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import Qt

from frontdesk.services.views.imports import ImportBatch, KeptRow
from frontdesk.ui import client_words
from frontdesk.ui.dialogs.importing import words
from frontdesk.ui.tables.ordered_list_model import no_pages
from frontdesk.ui.tables.paged_table_model import Cell, Column, PagedTableModel
from frontdesk.ui.tokens import SPACE_3, Tone
from frontdesk.ui.widgets.basics import Paragraph
from frontdesk.ui.widgets.sheet_dialog import SheetDialog
from frontdesk.ui.widgets.table_view import PagedTable

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.imports import ImportsPresenter, TakenBack
    from frontdesk.ui.task_runner import Late

_TABLE_HEIGHT = 220


class TakeBackDialog(SheetDialog):
    """`done_well` carries the TakenBack. It stays open where rows stayed, to name them."""

    def __init__(
        self, context: UiContext, presenter: Late[ImportsPresenter], batch: ImportBatch, parent: QWidget
    ) -> None:
        super().__init__(
            context,
            "",
            name="takeBackDialog",
            parent=parent,
            width=600,
            subtitle=batch.file_name,
            about=batch.id,
        )
        self.setWindowTitle(self.tr("Take the import back"))
        self.title_label.setText(self.tr("Take the import back"))
        self._presenter = presenter
        self._batch = batch
        self._command_id = uuid4()
        self._names: dict[int, str] = {}
        formats = context.formats
        told = self.tr("Imported on {at} by {staff}: {brought}.").format(
            at=formats.instant(batch.imported_at), staff=batch.staff_name, brought=words.batch(formats, batch)
        )
        self.told = Paragraph(told, name="takeBackTold")
        self.body.addWidget(self.told)
        self.model: PagedTableModel[KeptRow] = PagedTableModel(
            context.tasks, self._columns(), no_pages, key=lambda row: row.number
        )
        self.table = PagedTable(
            self.model, name="takeBackRows", label=self.tr("Rows that stayed"), edge=SPACE_3
        )
        self.table.setMinimumHeight(_TABLE_HEIGHT)
        self.table.hide()
        self.body.addWidget(self.table, 1)
        self.body.addStretch(0)
        self.set_consequence(
            self.tr(
                "Clients it made go off the list, and its credits are voided. Rows that were used or changed "
                "since stay as they are. To have it back, import the file again."
            ),
            Tone.DANGER,
        )
        self.set_primary(self.tr("Take back"), self._take, name="takeBackButton", danger=True)

    def open(self) -> None:
        """Shows what would go; Enter takes it back."""
        super().open()
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _columns(self) -> list[Column[KeptRow]]:
        say = self.context.messages.text
        return [
            Column(
                self.tr("Row"),
                lambda row: Cell(self.context.formats.number(row.number), muted=True),
                72,
                right=True,
            ),
            Column(
                self.tr("Client"),
                lambda row: Cell(self._names.get(row.client_id, ""), strong=True),
                width=190,
            ),
            Column(self.tr("Why it stays"), lambda row: say(f"import.kept.{row.why}", {})),
        ]

    def _take(self) -> None:
        self.commit(self._work(), keep_open=True, then=self._show)

    async def _work(self) -> TakenBack:
        return await (await self._presenter.get()).take_back(self._batch.id, self._command_id)

    def _show(self, taken: TakenBack) -> None:
        told = undone_in_words(self.context, taken)
        if not taken.undone.kept:
            self.context.toast(told)
            self.accept()
            return
        self._names = taken.names
        self.told.set_text(told)
        self.set_consequence("")
        self.model.set_rows(taken.undone.kept)
        self.table.show()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.primary.hide()
        self.cancel_button.setText(self.tr("Close"))
        self._fit()


def undone_in_words(context: UiContext, taken: TakenBack) -> str:
    """ "Taken back: 20,000 clients and 40,409 credits." and how many rows stayed."""
    formats, undone = context.formats, taken.undone
    told = words.translate("Importing", "Taken back: {clients} and {credits}.").format(
        clients=words.clients(formats, undone.hidden),
        credits=client_words.credits(formats, undone.voided),
    )
    if not undone.kept:
        return told
    stayed = words.translate("Importing", "{rows} stayed, because they were used or changed since.")
    return f"{told} {stayed.format(rows=words.rows(formats, len(undone.kept)))}"
