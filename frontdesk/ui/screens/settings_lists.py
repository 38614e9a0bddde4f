"""Settings that are lists: desks, staff, class types. Enter edits, Ctrl+N adds, Alt+Up and Alt+Down move."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.services.views.settings import ClassTypeRow, DeskRow, StaffRow
from frontdesk.ui.context import UiContext
from frontdesk.ui.dialogs.settings import ClassTypeDialog, DeskDialog, StaffDialog, colour_name
from frontdesk.ui.placing import beside, placed
from frontdesk.ui.screens.settings_section import Section
from frontdesk.ui.tables.ordered_list_model import OrderedListModel, let_rows_be_dragged, no_pages
from frontdesk.ui.tables.paged_table_model import Cell, Column
from frontdesk.ui.task_runner import Late
from frontdesk.ui.tokens import SPACE_2, SPACE_3, SPACE_4, SPACE_5, Tone
from frontdesk.ui.widgets.basics import PrimaryButton, SecondaryButton
from frontdesk.ui.widgets.class_type_picker import colour_dot
from frontdesk.ui.widgets.surfaces import EmptyState
from frontdesk.ui.widgets.table_view import CellDelegate, PagedTable

if TYPE_CHECKING:
    from frontdesk.ui.presenters.settings import AllSettings, SettingsPresenter

_DOT = "dot:"
_DOT_SIZE = 10


class ListSection(Section):
    """A section that is one list. Subclasses say what it shows and what its buttons do."""

    can_archive = True

    def __init__(
        self, context: UiContext, presenter: Late[SettingsPresenter], title: str, words: str, *, name: str
    ) -> None:
        super().__init__(context, presenter, title, words, name=name)
        self.model: OrderedListModel[Any] = OrderedListModel(
            context.tasks, self.columns(), no_pages, key=lambda row: row.id
        )
        self.table = PagedTable(self.model, name=f"{name}Table", label=title)
        self.table.opened.connect(self.edit)
        self.table.row_chosen.connect(lambda _row: self._show_buttons())
        self.model.loaded.connect(self._show_buttons)
        self._add = PrimaryButton(self.add_words(), self.add, name=f"{name}AddButton")
        self._edit = SecondaryButton(self.tr("Edit"), self._edit_chosen, name=f"{name}EditButton")
        self._archive = SecondaryButton(self.tr("Archive"), self._archive_chosen, name=f"{name}ArchiveButton")
        if not self.can_archive:
            self._archive.hide()
        line = QHBoxLayout()
        line.setSpacing(SPACE_2)
        line.addWidget(self._add)
        line.addWidget(self._edit)
        line.addWidget(self._archive)
        line.addStretch(1)
        self.body.addLayout(line)
        self.body.addWidget(self.table, 1)
        self._show_buttons()

    def _page(self, name: str) -> QVBoxLayout:
        """A list scrolls by itself, so the page does not."""
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_5, SPACE_5, SPACE_5, SPACE_3)
        inside = QWidget()
        inside.setMaximumWidth(self.scaled(self.width_limit))
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_4)
        row.addWidget(inside, 1)
        row.addStretch(0)
        return column

    # To override

    def columns(self) -> list[Column[Any]]:
        """What a row shows."""
        raise NotImplementedError

    def add_words(self) -> str:
        """What the button for a new one says."""
        raise NotImplementedError

    def edit(self, row: Any) -> None:
        """Opens a row."""
        raise NotImplementedError

    def set_archived(self, presenter: SettingsPresenter, row: Any) -> Coroutine[Any, Any, None]:
        """Archives a row, or restores an archived one."""
        raise NotImplementedError

    # Pieces

    def _edit_chosen(self) -> None:
        row = self.table.current()
        if row is not None:
            self.edit(row)

    def _archive_chosen(self) -> None:
        row = self.table.current()
        if row is not None:
            self.context.tasks.start(self._archive_row(row))

    async def _archive_row(self, row: Any) -> None:
        await self.set_archived(await self.presenter.get(), row)
        words = self.tr("{name} is back.") if row.archived else self.tr("{name} is archived.")
        self.context.toast(
            words.format(name=row.name),
            self.tr("Undo"),
            lambda: self.context.tasks.start(self._undo_archive(row)),
        )

    async def _undo_archive(self, row: Any) -> None:
        now = next((one for one in self.model.rows() if one.id == row.id), None)
        if now is not None and now.archived != row.archived:
            await self.set_archived(await self.presenter.get(), now)

    def _show_buttons(self) -> None:
        row = self.table.current()
        self._edit.setEnabled(row is not None)
        self._archive.setEnabled(row is not None)
        archived = getattr(row, "archived", False)
        self._archive.setText(self.tr("Restore") if archived else self.tr("Archive"))

    def _show_rows(self, rows: tuple[Any, ...]) -> None:
        if rows != self.model.rows() or not rows:
            self.model.set_rows(rows)
        if self.table.current() is None and rows:
            self.table.selectRow(0)


class DesksSection(ListSection):
    """Desks and the prefixes of their receipts (S1)."""

    can_archive = False

    def __init__(self, context: UiContext, presenter: Late[SettingsPresenter]) -> None:
        super().__init__(
            context,
            presenter,
            self.tr("Desks"),
            self.tr("Each desk numbers its receipts by itself, without gaps."),
            name="settingsDesks",
        )

    def columns(self) -> list[Column[Any]]:
        """Name and prefix."""
        here = self.context.session

        def name(row: DeskRow) -> Cell:
            return Cell(row.name)

        def mark(row: DeskRow) -> Cell:
            return Cell(self.tr("This desk") if row.id == here.desk_id else "", chip=Tone.ACCENT)

        return [
            Column(self.tr("Desk"), name),
            Column("", mark, width=110),
            Column(self.tr("Receipts begin with"), lambda row: f"{row.prefix}-", width=170),
        ]

    def add_words(self) -> str:
        """The button's words."""
        return self.tr("Add desk")

    def show_settings(self, settings: AllSettings) -> None:
        """The desks."""
        self._show_rows(settings.desks)

    def add(self) -> None:
        """A new desk, with the next free prefix."""

        async def save(draft: Any) -> None:
            await (await self.presenter.get()).add_desk(draft)

        taken = {row.prefix for row in self.model.rows()}
        prefix = next(f"D{n}" for n in range(1, len(taken) + 2) if f"D{n}" not in taken)
        DeskDialog(self.context, None, save, prefix).open()

    def edit(self, row: DeskRow) -> None:
        """Another name."""

        async def save(draft: Any) -> None:
            await (await self.presenter.get()).rename_desk(row.id, draft.name)

        DeskDialog(self.context, row, save).open()


class StaffSection(ListSection):
    """Names that act at the desk."""

    def __init__(self, context: UiContext, presenter: Late[SettingsPresenter]) -> None:
        super().__init__(
            context,
            presenter,
            self.tr("Staff"),
            self.tr("Who can be at the desk. Everything that is done carries a name of this list."),
            name="settingsStaff",
        )

    def columns(self) -> list[Column[Any]]:
        """Name and whether they are at the desk."""

        def mark(row: StaffRow) -> Cell:
            if row.archived:
                return Cell(self.tr("Archived"), chip=Tone.WARNING)
            here = row.id == self.context.session.staff_id
            return Cell(self.tr("At the desk") if here else "", chip=Tone.ACCENT)

        return [
            Column(self.tr("Name"), lambda row: Cell(row.name, muted=row.archived)),
            Column("", mark, width=130),
        ]

    def add_words(self) -> str:
        """The button's words."""
        return self.tr("Add staff member")

    def show_settings(self, settings: AllSettings) -> None:
        """The names."""
        self._show_rows(settings.staff)

    def add(self) -> None:
        """A new name."""

        async def save(draft: Any) -> None:
            await (await self.presenter.get()).add_staff(draft)

        StaffDialog(self.context, None, save).open()

    def edit(self, row: StaffRow) -> None:
        """Another name."""

        async def save(draft: Any) -> None:
            await (await self.presenter.get()).rename_staff(row.id, draft)

        StaffDialog(self.context, row, save).open()

    def set_archived(self, presenter: SettingsPresenter, row: StaffRow) -> Coroutine[Any, Any, None]:
        """Off the switcher, or on it again."""
        return presenter.restore_staff(row.id) if row.archived else presenter.archive_staff(row.id)


class ClassTypesSection(ListSection):
    """What is taught, and what a booking costs (C13)."""

    def __init__(self, context: UiContext, presenter: Late[SettingsPresenter]) -> None:
        super().__init__(
            context,
            presenter,
            self.tr("Class types"),
            self.tr("What is taught, and how many credits a booking costs. Packages can be limited to some."),
            name="settingsClassTypes",
        )
        self.table.setItemDelegate(_DotDelegate(self.table))
        self.table.set_empty(
            EmptyState(
                self.tr("No class types yet. Without any, every package is for all classes."),
                self.tr("Add class type"),
                self.add,
                icon="class",
                name="settingsClassTypesEmpty",
                primary=False,
            )
        )
        let_rows_be_dragged(self.table)
        self.model.moved.connect(self._keep_order)

    def columns(self) -> list[Column[Any]]:
        """Name with its colour, cost, state."""

        def cost(row: ClassTypeRow) -> str:
            if row.cost == 0:
                return self.tr("free")
            return self.tr("1 credit") if row.cost == 1 else self.tr("{n} credits").format(n=row.cost)

        def state(row: ClassTypeRow) -> Cell:
            return Cell(self.tr("Archived") if row.archived else "", chip=Tone.WARNING)

        return [
            Column(
                self.tr("Class type"),
                lambda row: Cell(row.name, icon=f"{_DOT}{row.colour}", muted=row.archived),
            ),
            Column("", state, width=104),
            Column(self.tr("Colour"), lambda row: Cell(colour_name(row.colour), muted=True), width=90),
            Column(self.tr("Costs"), cost, width=100, right=True),
        ]

    def add_words(self) -> str:
        """The button's words."""
        return self.tr("Add class type")

    def show_settings(self, settings: AllSettings) -> None:
        """The class types in their order."""
        self._show_rows(settings.class_types)

    def add(self) -> None:
        """A new class type at the end."""

        async def save(draft: Any) -> None:
            await (await self.presenter.get()).add_class_type(draft)

        ClassTypeDialog(self.context, None, save).open()

    def edit(self, row: ClassTypeRow) -> None:
        """Other terms."""

        async def save(draft: Any) -> None:
            await (await self.presenter.get()).edit_class_type(row.id, draft)

        ClassTypeDialog(self.context, row, save).open()

    def set_archived(self, presenter: SettingsPresenter, row: ClassTypeRow) -> Coroutine[Any, Any, None]:
        """Offered no more, or again."""
        return presenter.restore_class_type(row.id) if row.archived else presenter.archive_class_type(row.id)

    def move_chosen(self, step: int) -> None:
        """Moves the chosen class type up or down."""
        row = self.table.current()
        if row is not None:
            self.model.move(row.id, self.model.place_of(row.id) + step)

    def _keep_order(self) -> None:
        ids = tuple(row.id for row in self.model.rows())
        self.context.tasks.start(self._write_order(ids), latest="settings.order")

    async def _write_order(self, ids: tuple[int, ...]) -> None:
        await (await self.presenter.get()).reorder_class_types(ids)


class _DotDelegate(CellDelegate):
    """Draws the dot of a colour before the name."""

    def _icon(self, painter: QPainter, cell: Cell, inside: QRect, way: Qt.LayoutDirection) -> QRect:
        if not cell.icon.startswith(_DOT):
            return super()._icon(painter, cell, inside, way)
        at = placed(way, False, QSize(_DOT_SIZE, _DOT_SIZE), inside)
        colour_dot(cell.icon.removeprefix(_DOT), _DOT_SIZE).paint(painter, at)
        return beside(way, False, _DOT_SIZE + SPACE_2, inside)
