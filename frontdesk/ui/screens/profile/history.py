"""The History tab: all that happened to the client, the newest first, with who and at which desk (D1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from frontdesk.services.views.clients import HistoryRow
from frontdesk.ui import client_words, money_words
from frontdesk.ui.tables.paged_table_model import Cell, Column, Page, PagedTableModel, PageRequest
from frontdesk.ui.widgets.surfaces import EmptyState
from frontdesk.ui.widgets.table_view import PagedTable

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.formats import Formats
    from frontdesk.ui.presenters.client_profile import ClientProfilePresenter
    from frontdesk.ui.task_runner import Late

# Linguist knows calls of this name.
translate = QCoreApplication.translate

_ICONS = {"card": "edit", "merge": "merge", "credits": "credits", "sale": "receipt", "refund": "refund"}


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
            Column(
                self.tr("When"),
                lambda row: Cell(formats.instant(row.at)),
                width=150,
                holds=formats.some_instants(),
            ),
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
            "merge": translate("HistoryTab", "Merged with {name}"),
            "unmerge": translate("HistoryTab", "Parted again from {name}"),
        }
        return words[row.kind].format(name=row.subject)
    credits = client_words.credits(formats, row.credits or 0)
    if row.area == "credits":
        act = _ACTS.get(row.kind, row.kind)
        what = translate("HistoryTab", str(act))
        return f"{what}: {formats.signed(row.credits)}" if row.credits else what
    amount = formats.money(abs(row.amount.amount), row.amount.currency) if row.amount else ""
    if row.area == "refund":
        return _refund(formats, row, amount)
    bought = translate("HistoryTab", "Bought {credits} for {amount}, receipt {receipt}")
    return bought.format(credits=credits, amount=amount, receipt=row.subject)


def _refund(formats: Formats, row: HistoryRow, amount: str) -> str:
    """What it came to, in the words that its chip has everywhere else (S6)."""
    voided = client_words.credits(formats, abs(row.credits or 0))
    parts = []
    if row.set_aside:
        words = translate("HistoryTab", "{credits} set aside")
        parts.append(words.format(credits=client_words.credits(formats, row.set_aside)))
    if row.credits or not parts:
        parts.append(translate("HistoryTab", "{credits} voided").format(credits=voided))
    standing, _ = money_words.standing(row.standing)
    if row.standing == "refunded":
        words = {
            "refund": translate("HistoryTab", "Refunded {amount}, {credits}, receipt {receipt}"),
            "void": translate("HistoryTab", "Sale voided: {amount} back, {credits}, receipt {receipt}"),
        }[row.kind]
    else:
        words = {
            "refund": translate("HistoryTab", "{standing}: {amount}, {credits}, receipt {receipt}"),
            "void": translate(
                "HistoryTab", "Voiding the sale. {standing}: {amount}, {credits}, receipt {receipt}"
            ),
        }[row.kind]
    return words.format(standing=standing, amount=amount, credits=", ".join(parts), receipt=row.subject)


#: Acts of the ledger, by kind.
_ACTS = {
    "adjust_plus": QT_TRANSLATE_NOOP("HistoryTab", "Credits added"),
    "adjust_minus": QT_TRANSLATE_NOOP("HistoryTab", "Credits taken away"),
    "visit": QT_TRANSLATE_NOOP("HistoryTab", "Visit recorded"),
    "unpaid_visit": QT_TRANSLATE_NOOP("HistoryTab", "Visit without credits recorded"),
    "settle_visit": QT_TRANSLATE_NOOP("HistoryTab", "Unpaid visit settled"),
    "visit_paid_after": QT_TRANSLATE_NOOP("HistoryTab", "Visit recorded, paid afterwards"),
    "undo_visit": QT_TRANSLATE_NOOP("HistoryTab", "Visit taken back"),
    "expire": QT_TRANSLATE_NOOP("HistoryTab", "Credits expired"),
    "extend": QT_TRANSLATE_NOOP("HistoryTab", "Last day changed"),
    "bulk_extend": QT_TRANSLATE_NOOP("HistoryTab", "Last day changed with many others"),
    "undo_extend": QT_TRANSLATE_NOOP("HistoryTab", "Extension taken back"),
    "freeze": QT_TRANSLATE_NOOP("HistoryTab", "Credits frozen"),
    "unfreeze": QT_TRANSLATE_NOOP("HistoryTab", "Freeze ended"),
    "transfer_out": QT_TRANSLATE_NOOP("HistoryTab", "Credits given to another client"),
    "transfer_in": QT_TRANSLATE_NOOP("HistoryTab", "Credits received from another client"),
    "revive": QT_TRANSLATE_NOOP("HistoryTab", "Credits revived"),
    "hold": QT_TRANSLATE_NOOP("HistoryTab", "Credits set aside"),
    "release": QT_TRANSLATE_NOOP("HistoryTab", "Credits no longer set aside"),
    "dispute_opened": QT_TRANSLATE_NOOP("HistoryTab", "Payment disputed: credits set aside"),
    "dispute_won": QT_TRANSLATE_NOOP("HistoryTab", "Dispute won: credits usable again"),
    "dispute_lost": QT_TRANSLATE_NOOP("HistoryTab", "Dispute lost: the bank took the money back"),
    "dispute_lost_in_part": QT_TRANSLATE_NOOP("HistoryTab", "Dispute lost for a part of the payment"),
    "paid_twice": QT_TRANSLATE_NOOP("HistoryTab", "Paid twice: credits set aside"),
    "kept_as_sale": QT_TRANSLATE_NOOP("HistoryTab", "Second payment kept as a purchase"),
    "reinstate": QT_TRANSLATE_NOOP("HistoryTab", "Credits given back"),
    "import": QT_TRANSLATE_NOOP("HistoryTab", "Credits brought over"),
    "undo_import": QT_TRANSLATE_NOOP("HistoryTab", "Brought-over credits taken back"),
}


def _card(formats: Formats, row: HistoryRow) -> str:
    words = {
        "created": translate("HistoryTab", "Card created"),
        "edited": translate("HistoryTab", "Card edited: {fields}"),
        "archived": translate("HistoryTab", "Archived"),
        "restored": translate("HistoryTab", "Restored"),
        "imported": translate("HistoryTab", "Card imported"),
        "import_undone": translate("HistoryTab", "Import undone"),
    }
    fields = {
        "name": translate("HistoryTab", "name"),
        "email": translate("HistoryTab", "e-mail"),
        "phone": translate("HistoryTab", "phone"),
        "birthday": translate("HistoryTab", "birthday"),
        "notes": translate("HistoryTab", "notes"),
        "alert": translate("HistoryTab", "alert"),
        "member_code": translate("HistoryTab", "member code"),
    }
    named = formats.value(tuple(fields.get(one, one) for one in row.fields))
    return words.get(row.kind, row.kind).format(fields=named)
