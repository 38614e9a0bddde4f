"""More days for many clients at once, as for a holiday: filters, what it will do, and undo (C11)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from frontdesk.errors import Problem
from frontdesk.services.drafts.credits import EXTEND_REASONS, MOST_DAYS, BulkExtendDraft
from frontdesk.services.views.credit_acts import (
    BulkExtended,
    BulkExtendPreview,
    BulkExtendRow,
    BulkExtension,
    BulkUndone,
)
from frontdesk.ui import client_words, credit_words
from frontdesk.ui.tables.paged_table_model import Cell, Column, Page, PagedTableModel, PageRequest
from frontdesk.ui.tokens import SPACE_2, SPACE_3, SPACE_4, Tone
from frontdesk.ui.widgets.basics import LinkButton, Text, empty
from frontdesk.ui.widgets.fields import DateField, IntField, Select, TextField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.sheet_dialog import SheetDialog
from frontdesk.ui.widgets.surfaces import EmptyState
from frontdesk.ui.widgets.table_view import PagedTable

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.bulk_extend import BulkExtendPresenter, Filters
    from frontdesk.ui.task_runner import Late

# Linguist knows calls of this name.
translate = QCoreApplication.translate

_TABLE_HEIGHT = 190
_EARLIER_SHOWN = 3


def open_extend_many(context: UiContext) -> ExtendManyDialog:
    """Opens the dialog."""
    dialog = ExtendManyDialog(context)
    dialog.open()
    return dialog


class ExtendManyDialog(SheetDialog):
    """The list beneath the form always shows what the button would do."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, "", name="extendManyDialog", width=760)
        self.setWindowTitle(self.tr("Extend many last days"))
        self.title_label.setText(self.tr("Extend many last days"))
        self._command_id = uuid4()
        self._presenter: Late[BulkExtendPresenter] = context.late(
            "frontdesk.ui.presenters.bulk_extend", "BulkExtendPresenter"
        )
        self.form = self._build_form(context)
        self.add_form(self.form)
        self.lots: PagedTableModel[BulkExtendRow] = PagedTableModel(
            context.tasks, self._columns(), self._page, key=lambda row: row.lot_id
        )
        self.table = PagedTable(
            self.lots, name="extendManyTable", label=self.tr("Credits that will be extended"), edge=SPACE_3
        )
        self.table.setMinimumHeight(_TABLE_HEIGHT)
        self.table.set_empty(EmptyState(self.tr("No credits fit these filters."), name="extendManyEmpty"))
        self.body.addWidget(self.table, 1)
        self.earlier = EarlierExtensions(context, self._undo)
        self.body.addWidget(self.earlier)
        self.set_primary(self.tr("Extend"), self._take, name="extendManyTakeButton")

    def open(self) -> None:
        """Shows the dialog; filters and preview come behind it."""
        super().open()
        self.start(self._offer())
        self.lots.load()

    # Pieces: building

    def _build_form(self, context: UiContext) -> Form:
        form, formats = Form(context.messages, name="extendManyForm"), context.formats
        days = IntField(formats, 7, least=1, most=MOST_DAYS, suffix=self.tr("days"), name="extendManyDays")
        form.add("days", self.tr("Longer by"), days, required=True)
        form.add(
            "expiring_from",
            self.tr("Last day from"),
            DateField(formats, name="extendManyFrom", never=self.tr("today")),
        )
        form.add(
            "expiring_through",
            self.tr("Last day through"),
            DateField(formats, name="extendManyThrough", never=self.tr("any day")),
        )
        form.add("package_id", self.tr("Package"), Select([(self.tr("All"), None)], name="extendManyPackage"))
        form.add(
            "class_type_id", self.tr("Usable for"), Select([(self.tr("All"), None)], name="extendManyType")
        )
        for key in ("package_id", "class_type_id"):
            form[key].set_value(None)
        reasons = Select(credit_words.reasons(EXTEND_REASONS), "holiday", name="extendManyReason")
        form.add("reason_code", self.tr("Reason"), reasons)
        form.add("note", self.tr("In a few words"), TextField(name="extendManyNote"), required=True)
        _arrange(form)
        form.edited.connect(self._changed)
        return form

    def _columns(self) -> list[Column[BulkExtendRow]]:
        formats = self.context.formats
        return [
            Column(self.tr("Client"), lambda row: Cell(row.client, strong=True)),
            Column(self.tr("Credits"), lambda row: Cell(row.title, muted=True)),
            Column(self.tr("Left"), lambda row: formats.number(row.remaining), width=64, right=True),
            Column(self.tr("Last day"), lambda row: Cell(formats.date(row.last_day), muted=True), width=120),
            Column(self.tr("Will be"), lambda row: formats.date(row.new_last_day), width=120),
        ]

    async def _offer(self) -> None:
        filters: Filters = await (await self._presenter.get()).filters()
        every: list[tuple[str, int | None]] = [(self.tr("All"), None)]
        for key, found in (("package_id", filters.packages), ("class_type_id", filters.class_types)):
            field: Select = self.form[key]
            chosen = field.value()
            field.set_choices([*every, *((name, id) for id, name in found)])
            field.set_value(chosen)
        self.earlier.show_rows(filters.earlier[:_EARLIER_SHOWN])
        self._fit()

    # Pieces: what it will do

    def _changed(self) -> None:
        self.lots.load()

    async def _page(self, _request: PageRequest[BulkExtendRow]) -> Page[BulkExtendRow]:
        values = self.form.readable_values()
        if not values.get("days"):
            self.set_consequence("")
            return Page((), more=False)
        seen = await (await self._presenter.get()).preview(_filled(values))
        self._tell(seen, values["days"])
        return Page(seen.rows, more=False)

    def _tell(self, seen: BulkExtendPreview, days: int) -> None:
        formats = self.context.formats
        if not seen.lots:
            self.set_consequence("")
            self.primary.setText(self.tr("Extend"))
            return
        told = self.tr("{credits} of {clients} can be used {days} days longer.").format(
            credits=client_words.credits(formats, seen.credits),
            clients=_clients(formats.number(seen.clients), seen.clients),
            days=formats.number(days),
        )
        if seen.lots > len(seen.rows):
            told += " " + self.tr("The list shows the first {count}.").format(
                count=formats.number(len(seen.rows))
            )
        self.set_consequence(told)
        lots = formats.number(seen.lots)
        self.primary.setText(
            self.tr("Extend 1 lot") if seen.lots == 1 else self.tr("Extend {count} lots").format(count=lots)
        )

    # Pieces: doing it

    def _take(self) -> None:
        values = self.form.values()
        if values is None:
            return
        if values["days"] is None:
            self.form.show_problems([Problem("days", "field.required")])
            return
        draft = _filled(values)
        if not self.form.show_problems(draft.problems()):
            self.commit(self._extend(draft), then=self._done)

    async def _extend(self, draft: BulkExtendDraft) -> BulkExtended:
        return await (await self._presenter.get()).extend(draft, self._command_id)

    def _done(self, extended: BulkExtended) -> None:
        formats = self.context.formats
        clients = _clients(formats.number(extended.clients), extended.clients)
        told = self.tr("{credits} of {clients} extended").format(
            credits=client_words.credits(formats, extended.credits), clients=clients
        )
        context, presenter = self.context, self._presenter

        async def undo() -> None:
            undone = await (await presenter.get()).undo(extended.batch)
            context.toast(_undone(undone))

        # The dialog is gone by the time that the button is pressed.
        context.toast(told, self.tr("Undo"), lambda: context.tasks.start(undo()))

    def _undo(self, extension: BulkExtension) -> None:
        self.start(self._take_back(extension))

    async def _take_back(self, extension: BulkExtension) -> None:
        undone = await (await self._presenter.get()).undo(extension.batch)
        self.banner.tell(_undone(undone), Tone.INFO)
        await self._offer()
        self.lots.load()


class EarlierExtensions(QWidget):
    """The newest bulk extensions, each with the way back."""

    def __init__(self, context: UiContext, undo: Callable[[BulkExtension], object]) -> None:
        super().__init__()
        self.setObjectName("extendManyEarlier")
        self._formats, self._undo = context.formats, undo
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_2)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 1)
        self.hide()

    def show_rows(self, rows: tuple[BulkExtension, ...]) -> None:
        """Shows these instead of the ones before."""
        empty(self._grid)
        if rows:
            self._grid.addWidget(Text(self.tr("Made earlier"), "secondary"), 0, 0)
        for at, row in enumerate(rows, 1):
            told = self.tr("{day}, {staff}: {clients}, “{note}”").format(
                day=self._formats.date(self._formats.local_day(row.at)),
                staff=row.staff,
                clients=_clients(self._formats.number(row.clients), row.clients),
                note=row.note,
            )
            self._grid.addWidget(Text(told, "muted", wrap=True), at, 0)
            if row.undone:
                self._grid.addWidget(Text(self.tr("undone"), "muted"), at, 1)
            else:
                link = LinkButton(self.tr("Undo"), partial(self._undo, row), name=f"extendManyUndo{at}")
                link.setAccessibleName(self.tr("Undo the extension “{note}”").format(note=row.note))
                self._grid.addWidget(link, at, 1)
        self.setVisible(bool(rows))


def _arrange(form: Form) -> None:
    """Two columns of fields, the two ends of the last days sharing one of them."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(SPACE_3)
    grid.setVerticalSpacing(SPACE_4)
    places = (
        ("days", 0, 0, 2),
        ("expiring_from", 0, 2, 1),
        ("expiring_through", 0, 3, 1),
        ("package_id", 1, 0, 2),
        ("class_type_id", 1, 2, 2),
        ("reason_code", 2, 0, 2),
        ("note", 2, 2, 2),
    )
    for key, row, column, columns in places:
        place = QVBoxLayout()
        grid.addLayout(place, row, column, 1, columns, Qt.AlignmentFlag.AlignTop)
        form.move_field(key, place)
    for column in range(4):
        grid.setColumnStretch(column, 1)
    form.column.addLayout(grid)


def _filled(values: dict[str, Any]) -> BulkExtendDraft:
    return BulkExtendDraft(
        days=values["days"],
        reason_code=values.get("reason_code") or "",
        note=values.get("note") or "",
        expiring_from=values.get("expiring_from"),
        expiring_through=values.get("expiring_through"),
        package_id=values.get("package_id"),
        class_type_id=values.get("class_type_id"),
    )


def _clients(number: str, count: int) -> str:
    return (
        translate("ExtendMany", "1 client")
        if count == 1
        else translate("ExtendMany", "{count} clients").format(count=number)
    )


def _undone(undone: BulkUndone) -> str:
    if undone.kept:
        told = translate("ExtendMany", "Extension undone, but for {count} that were changed or used since.")
        return told.format(count=len(undone.kept))
    return translate("ExtendMany", "Extension undone.")
