"""Clients who may be on the list twice: pairs with the reason, merged one after the other (D4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from frontdesk.services.changes import Change, Topic
from frontdesk.services.views.clients import ClientRow, DuplicatePair
from frontdesk.ui import client_words
from frontdesk.ui.dialogs.similar_clients import reasons_in_words
from frontdesk.ui.tables.paged_table_model import Cell, Column, Page, PagedTableModel, PageRequest
from frontdesk.ui.tokens import SPACE_3, Tone
from frontdesk.ui.widgets.sheet_dialog import SheetDialog
from frontdesk.ui.widgets.surfaces import EmptyState
from frontdesk.ui.widgets.table_view import PagedTable

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.client_cards import ClientCardsPresenter
    from frontdesk.ui.task_runner import Late

_ROW = 52
_HEIGHT = 380


def open_duplicates(context: UiContext) -> DuplicatesDialog:
    """Opens the list."""
    dialog = DuplicatesDialog(context)
    dialog.open()
    return dialog


class DuplicatesDialog(SheetDialog):
    """Enter merges the chosen pair; the list is read again afterwards."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, "", name="duplicatesDialog", width=860)
        self.setWindowTitle(self.tr("Possible duplicates"))
        self.title_label.setText(self.tr("Possible duplicates"))
        self._presenter: Late[ClientCardsPresenter] = context.late(
            "frontdesk.ui.presenters.client_cards", "ClientCardsPresenter"
        )
        self.pairs: PagedTableModel[DuplicatePair] = PagedTableModel(
            context.tasks, self._columns(), self._page, key=lambda pair: (pair.one.id, pair.other.id)
        )
        self.table = PagedTable(
            self.pairs,
            name="duplicatesTable",
            label=self.tr("Pairs of clients who may be one person"),
            row_height=_ROW,
            edge=SPACE_3,
        )
        self.table.setMinimumHeight(_HEIGHT)
        self.table.set_empty(
            EmptyState(self.tr("Nobody seems to be on the list twice."), icon="check", name="duplicatesEmpty")
        )
        self.table.opened.connect(self._merge)
        self.body.addWidget(self.table, 1)
        self.cancel_button.setText(self.tr("Close"))
        self.set_primary(self.tr("Compare and merge"), self._merge_chosen, name="duplicatesMergeButton")
        self.pairs.loaded.connect(self._loaded)
        context.notifier.watch(self, (Topic.CLIENTS,), self._changed)

    def open(self) -> None:
        """Shows the dialog and looks for pairs."""
        super().open()
        self.pairs.load()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _columns(self) -> list[Column[DuplicatePair]]:
        return [
            Column(self.tr("Client"), lambda pair: self._client(pair.one)),
            Column(self.tr("May be the same as"), lambda pair: self._client(pair.other)),
            Column(
                self.tr("Because"),
                lambda pair: Cell(", ".join(reasons_in_words(pair.reasons)), chip=Tone.NEUTRAL),
                width=210,
            ),
        ]

    def _client(self, client: ClientRow) -> Cell:
        credits = client_words.credits(self.context.formats, client.credits)
        told = " · ".join(filter(None, (client_words.contact(client), credits)))
        return Cell(client.name, second=told, strong=True)

    async def _page(self, _request: PageRequest[DuplicatePair]) -> Page[DuplicatePair]:
        return Page(await (await self._presenter.get()).duplicates(), more=False)

    def _loaded(self) -> None:
        rows = self.pairs.rowCount()
        self.primary.setVisible(bool(rows))
        if rows and not self.table.currentIndex().isValid():
            self.table.selectRow(0)

    def _changed(self, _changes: tuple[Change, ...]) -> None:
        if self.isVisible():
            self.pairs.load()

    def _merge_chosen(self) -> None:
        pair = self.table.current()
        if pair is not None:
            self._merge(pair)

    def _merge(self, pair: DuplicatePair) -> None:
        # Over this list, which stays open for the next pair.
        dialog = self.context.ask("merge", pair.one.id, pair.other.id)
        dialog.finished.connect(lambda _result: self.table.setFocus())
