"""The History tab: all that happened to the client, the newest first, with who and at which desk (D1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP as _noop
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from frontdesk.services.views.clients import HistoryRow
from frontdesk.ui import client_words
from frontdesk.ui.tables.paged_table_model import Cell, Column, Page, PagedTableModel, PageRequest
from frontdesk.ui.widgets.surfaces import EmptyState
from frontdesk.ui.widgets.table_view import PagedTable

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.formats import Formats
    from frontdesk.ui.presenters.client_profile import ClientProfilePresenter
    from frontdesk.ui.task_runner import Late

_ICONS = {"card": "edit", "merge": "merge", "credits": "credits", "sale": "receipt", "refund": "refund"}


def _tr(text: str) -> str:
    return QCoreApplication.translate("HistoryTab", text)


class HistoryTab(QWidget):
    """A list that is read when it is shown."""

    def __init__(
        self,
        context: UiContext,
        presenter: Late[ClientProfilePresenter],
        client: Callable[[], int],
    ) -> None:
        super().__init__()
        self.setObjectName("profileHistory")
        self._presenter, self._client = presenter, client
        formats = context.formats
        columns: list[Column[HistoryRow]] = [
            Column(self.tr("When"), lambda row: Cell(formats.instant(row.at)), width=190),
            Column(self.tr("What happened"), lambda row: Cell(told(formats, row), icon=_ICONS[row.area])),
            Column(
                self.tr("Who"), lambda row: Cell(row.staff or self.tr("by itself"), muted=True), width=120
            ),
            Column(self.tr("Desk"), lambda row: Cell(row.desk, muted=True), width=130, hide_below=760),
        ]
        self.rows: PagedTableModel[HistoryRow] = PagedTableModel(
            context.tasks, columns, self._page, key=lambda row: (row.area, row.id), page=50
        )
        self.table = PagedTable(self.rows, name="historyTable", label=self.tr("History of the client"))
        self.table.set_empty(EmptyState(self.tr("Nothing has happened yet."), name="historyEmpty"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)

    def load(self) -> None:
        """Reads from the newest row."""
        self.rows.load()

    def refresh(self) -> None:
        """Reads again; the place stays."""
        self.rows.refresh()

    async def _page(self, request: PageRequest[HistoryRow]) -> Page[HistoryRow]:
        return await (await self._presenter.get()).history(self._client(), request)


def told(formats: Formats, row: HistoryRow) -> str:
    """One row in words."""
    if row.area == "card":
        return _card(formats, row)
    if row.area == "merge":
        words = {
            "merge": _tr("Merged with {name}"),
            "unmerge": _tr("Parted again from {name}"),
        }
        return words[row.kind].format(name=row.subject)
    credits = client_words.credits(formats, row.credits or 0)
    if row.area == "credits":
        act = _ACTS.get(row.kind, row.kind)
        what = _tr(str(act))
        return f"{what}: {formats.signed(row.credits)}" if row.credits else what
    amount = formats.money(abs(row.amount.amount), row.amount.currency) if row.amount else ""
    words = {
        "sale": _tr("Bought {credits} for {amount}, receipt {receipt}"),
        "refund": _tr("Refunded {amount}, {credits} voided, receipt {receipt}"),
        "void": _tr("Sale voided: {amount} back, {credits} voided, receipt {receipt}"),
    }
    return words.get(row.kind, row.kind).format(credits=credits, amount=amount, receipt=row.subject)


#: Acts of the ledger, by kind.
_ACTS = {
    "adjust_plus": _noop("HistoryTab", "Credits added"),
    "adjust_minus": _noop("HistoryTab", "Credits taken away"),
    "visit": _noop("HistoryTab", "Visit recorded"),
    "unpaid_visit": _noop("HistoryTab", "Visit without credits recorded"),
    "settle_visit": _noop("HistoryTab", "Unpaid visit settled"),
    "undo_visit": _noop("HistoryTab", "Visit taken back"),
    "expire": _noop("HistoryTab", "Credits expired"),
    "extend": _noop("HistoryTab", "Last day changed"),
    "bulk_extend": _noop("HistoryTab", "Last day changed with many others"),
    "undo_extend": _noop("HistoryTab", "Extension taken back"),
    "freeze": _noop("HistoryTab", "Credits frozen"),
    "unfreeze": _noop("HistoryTab", "Freeze ended"),
    "transfer_out": _noop("HistoryTab", "Credits given to another client"),
    "transfer_in": _noop("HistoryTab", "Credits received from another client"),
    "revive": _noop("HistoryTab", "Credits revived"),
    "hold": _noop("HistoryTab", "Credits set aside"),
    "release": _noop("HistoryTab", "Credits no longer set aside"),
    "reinstate": _noop("HistoryTab", "Credits given back"),
    "import": _noop("HistoryTab", "Credits brought over"),
    "undo_import": _noop("HistoryTab", "Brought-over credits taken back"),
}


def _card(formats: Formats, row: HistoryRow) -> str:
    words = {
        "created": _tr("Card created"),
        "edited": _tr("Card edited: {fields}"),
        "archived": _tr("Archived"),
        "restored": _tr("Restored"),
        "imported": _tr("Card imported"),
        "import_undone": _tr("Import undone"),
    }
    fields = {
        "name": _tr("name"),
        "email": _tr("e-mail"),
        "phone": _tr("phone"),
        "birthday": _tr("birthday"),
        "notes": _tr("notes"),
        "alert": _tr("alert"),
        "member_code": _tr("member code"),
    }
    named = formats.value(tuple(fields.get(one, one) for one in row.fields))
    return words.get(row.kind, row.kind).format(fields=named)
