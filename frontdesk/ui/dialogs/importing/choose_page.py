"""First page of the import wizard: a file, dropped or chosen, and the imports made earlier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.services.views.imports import ImportBatch
from frontdesk.ui.dialogs.importing import words
from frontdesk.ui.file_dialogs import file_dialog
from frontdesk.ui.icons import set_icon
from frontdesk.ui.tables.ordered_list_model import no_pages
from frontdesk.ui.tables.paged_table_model import Cell, Column, PagedTableModel
from frontdesk.ui.tokens import SPACE_2, SPACE_3, SPACE_4, Tone
from frontdesk.ui.widgets.basics import Paragraph, PrimaryButton, SecondaryButton, Text, restyle
from frontdesk.ui.widgets.surfaces import Card, Icon
from frontdesk.ui.widgets.table_view import PagedTable

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

_TABLE_HEIGHT = 124


class DropZone(Card):
    """Takes a file that is dropped onto it."""

    dropped = Signal(str)

    def __init__(self) -> None:
        super().__init__(name="importDropZone", padding=SPACE_4)
        self.setProperty("drop", "true")
        self.setAcceptDrops(True)
        self.body.setSpacing(SPACE_2)
        line = QHBoxLayout()
        line.setSpacing(SPACE_2)
        line.addStretch(1)
        line.addWidget(Icon("import", "text_muted", 20))
        line.addWidget(Text(self.tr("Drop the other system's CSV export here"), "strong"))
        line.addStretch(1)
        self.body.addLayout(line)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file of this computer may be dropped."""
        if _path(event):
            self._mark("true")
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The file went away again."""
        self._mark("false")
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Takes the file."""
        self._mark("false")
        path = _path(event)
        if path:
            event.acceptProposedAction()
            self.dropped.emit(path)

    def _mark(self, over: str) -> None:
        self.setProperty("over", over)
        restyle(self)


def _path(event: QDropEvent) -> str:
    """The one file that is dragged, "" for anything else."""
    urls = event.mimeData().urls()
    return urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else ""


class ChoosePage(QWidget):
    """`chosen` tells a file, `take_back` an import that is to be taken back."""

    chosen = Signal(str)
    take_back = Signal(object)

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setObjectName("importChoosePage")
        self._context = context
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        zone = DropZone()
        zone.dropped.connect(self.chosen)
        self.button = PrimaryButton(
            self.tr("Choose a file…"), self.browse, name="importChooseButton", icon="file"
        )
        zone.body.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(zone)
        column.addWidget(
            Paragraph(
                self.tr(
                    "Clients with their part-used packs, from any system that exports CSV. You see row by "
                    "row what would come in before anything is written, and can take the import back "
                    "afterwards."
                )
            )
        )
        self.earlier = self._build_earlier(context)
        column.addWidget(self.earlier)
        column.addStretch(1)

    def browse(self) -> None:
        """Asks for a file."""
        dialog = file_dialog(
            self, self._context.preferences, self.tr("File of clients"), name="importFileDialog"
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Lists (*.csv *.txt *.tsv)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(self.chosen)
        dialog.open()

    def set_filled(self, filled: bool) -> None:
        """Whether choosing is what comes next; else going on with the file that is there."""
        self.button.setProperty("kind", "primary" if filled else "secondary")
        set_icon(self.button, "file", "on_accent" if filled else "text_muted")
        restyle(self.button)

    def show_earlier(self, batches: tuple[ImportBatch, ...]) -> None:
        """Shows the imports made earlier; without any there is no list of them."""
        self.model.set_rows(batches)
        self.earlier.setVisible(bool(batches))
        if batches and self.table.selected_row < 0:
            self.table.selectRow(0)
        self._follow()

    def focus_earlier(self) -> None:
        """Gives the keyboard to the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build_earlier(self, context: UiContext) -> QWidget:
        box = QWidget()
        box.setObjectName("importEarlier")
        column = QVBoxLayout(box)
        column.setContentsMargins(0, SPACE_2, 0, 0)
        column.setSpacing(SPACE_2)
        line = QHBoxLayout()
        line.addWidget(Text(self.tr("Earlier imports"), "strong"), 1)
        self.back_button = SecondaryButton(
            self.tr("Take back…"), self._take_back, name="importTakeBackButton", icon="undo"
        )
        line.addWidget(self.back_button)
        column.addLayout(line)
        self.model: PagedTableModel[ImportBatch] = PagedTableModel(
            context.tasks, self._columns(), no_pages, key=lambda one: one.id
        )
        self.table = PagedTable(
            self.model, name="importEarlierTable", label=self.tr("Earlier imports"), edge=SPACE_3
        )
        self.table.setMinimumHeight(_TABLE_HEIGHT)
        self.table.row_chosen.connect(lambda _row: self._follow())
        self.table.opened.connect(lambda _row: self._take_back())
        column.addWidget(self.table)
        box.hide()
        return box

    def _columns(self) -> list[Column[ImportBatch]]:
        formats = self._context.formats
        return [
            Column(
                self.tr("When"),
                lambda one: Cell(formats.instant(one.imported_at), muted=True),
                width=150,
                holds=formats.some_instants(),
            ),
            Column(self.tr("File"), lambda one: Cell(one.file_name, strong=True), share=4),
            Column(self.tr("Brought in"), lambda one: words.batch(formats, one), share=7),
            Column(self.tr("By"), lambda one: Cell(one.staff_name, muted=True), width=96, hide_below=680),
            Column(self.tr("State"), self._state, share=6),
        ]

    def _state(self, one: ImportBatch) -> Cell:
        if one.undone_at is None:
            return Cell(self.tr("In the books"), chip=Tone.GOOD)
        if one.kept:
            stayed = self.tr("Taken back, {rows} stayed")
            return Cell(
                stayed.format(rows=words.rows(self._context.formats, one.kept)),
                chip=Tone.WARNING,
                tooltip=self._context.formats.instant(one.undone_at),
            )
        return Cell(
            self.tr("Taken back"), chip=Tone.NEUTRAL, tooltip=self._context.formats.instant(one.undone_at)
        )

    def _follow(self) -> None:
        one: ImportBatch | None = self.table.current()
        self.back_button.setVisible(one is not None and one.undone_at is None)

    def _take_back(self) -> None:
        one: ImportBatch | None = self.table.current()
        if one is not None and one.undone_at is None:
            self.take_back.emit(one)
