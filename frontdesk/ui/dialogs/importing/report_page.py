"""Third page of the import wizard: what would come in, in numbers and row by row."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.services.views.imports import ImportPlan, RowPlan
from frontdesk.ui.file_dialogs import file_dialog
from frontdesk.ui.tables.paged_table_model import Cell, Column, Page, PagedTableModel, PageRequest
from frontdesk.ui.tokens import SPACE_2, SPACE_3, SPACE_5, Tone
from frontdesk.ui.widgets.basics import SecondaryButton, Text
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.fields import CheckField
from frontdesk.ui.widgets.surfaces import Banner, BigNumber, EmptyState
from frontdesk.ui.widgets.table_view import PagedTable

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

_TABLE_HEIGHT = 164
_TONES = {"created": Tone.GOOD, "matched": Tone.INFO, "left_out": Tone.WARNING}


class Numbers(QWidget):
    """An import in numbers, side by side."""

    def __init__(self, context: UiContext, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._formats = context.formats
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_5)
        keys = ("created", "matched", "packs", "credits", "left_out")
        self._numbers = {key: BigNumber(name=f"{name}.{key}") for key in keys}
        for number in self._numbers.values():
            row.addWidget(number)
        row.addStretch(1)

    def show_numbers(self, *, created: int, matched: int, packs: int, credits: int, left_out: int) -> None:
        """Shows these."""
        told = {
            "created": (created, self.tr("new client") if created == 1 else self.tr("new clients")),
            "matched": (matched, self.tr("already here")),
            "packs": (packs, self.tr("pack") if packs == 1 else self.tr("packs")),
            "credits": (credits, self.tr("credit") if credits == 1 else self.tr("credits")),
            "left_out": (left_out, self.tr("row left out") if left_out == 1 else self.tr("rows left out")),
        }
        for key, (count, caption) in told.items():
            self._numbers[key].set(self._formats.number(count), caption)


class ReportPage(QWidget):
    """`save` tells a path that the report is to be written to."""

    save = Signal(str)

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setObjectName("importReportPage")
        self._context = context
        self._all: tuple[RowPlan, ...] = ()
        self._shown: tuple[RowPlan, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        self.before = Banner(name="importBeforeBanner", closable=False)
        self.again = CheckField(self.tr("Import it again all the same"), name="importAgain")
        column.addWidget(self.before)
        column.addWidget(self.again)
        self.numbers = Numbers(context, name="importNumbers")
        column.addWidget(self.numbers)
        column.addLayout(self._build_filter())
        self.model: PagedTableModel[RowPlan] = PagedTableModel(
            context.tasks, self._columns(), self._page, key=lambda row: row.number
        )
        self.table = PagedTable(
            self.model, name="importRows", label=self.tr("Rows of the file"), edge=SPACE_3
        )
        self.table.setMinimumHeight(_TABLE_HEIGHT)
        self.table.set_empty(
            EmptyState(self.tr("Every row comes in as it is."), icon="check", name="importRowsEmpty")
        )
        self.table.row_chosen.connect(self._explain)
        column.addWidget(self.table, 1)
        self.remark = Text("", "muted", wrap=True, name="importRemark")
        # So high from the start that the list keeps its height while one walks through it.
        self.remark.setMinimumHeight(2 * self.remark.fontMetrics().lineSpacing())
        self.remark.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.remark.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.remark)

    def show_plan(self, plan: ImportPlan) -> None:
        """Shows a dry run; the filter stays as it is."""
        formats = self._context.formats
        self.numbers.show_numbers(
            created=plan.created,
            matched=plan.matched,
            packs=plan.packs,
            credits=plan.credits,
            left_out=plan.left_out,
        )
        self._all = plan.rows
        odd = sum(1 for row in plan.rows if row.problems)
        self.filter.set_text("all", self.tr("All rows {count}").format(count=formats.number(len(plan.rows))))
        self.filter.set_text("problems", self.tr("Only problems {count}").format(count=formats.number(odd)))
        self._show_before(plan)
        self._apply()

    def agrees(self) -> bool:
        """Whether the file may come in: it is new, or it was said that it shall come in again."""
        return self.again.isHidden() or self.again.value()

    def ask_again(self) -> None:
        """Points at what has to be said first."""
        self.before.tell(
            self.tr("Say first whether the file shall come in again: {reason}").format(reason=self._before),
            Tone.DANGER,
        )
        self.again.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose_place(self) -> None:
        """Asks where the report is to be saved, and tells `save`."""
        dialog = file_dialog(
            self.window(),
            self._context.preferences,
            self.tr("Where to save the report"),
            name="importReportDialog",
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setNameFilters([self.tr("Lists (*.csv)")])
        dialog.selectFile(self.tr("import report.csv"))
        dialog.fileSelected.connect(self.save)
        dialog.open()

    # Pieces

    def _build_filter(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(SPACE_2)
        self.filter = Segments(
            [(self.tr("All rows"), "all"), (self.tr("Only problems"), "problems")], "all", name="importFilter"
        )
        self.filter.chosen.connect(lambda _value: self._apply())
        line.addWidget(self.filter)
        line.addStretch(1)
        line.addWidget(
            SecondaryButton(
                self.tr("Save report…"), self.choose_place, name="importSaveReport", icon="export"
            )
        )
        return line

    def _columns(self) -> list[Column[RowPlan]]:
        formats = self._context.formats
        return [
            Column(self.tr("Row"), lambda row: Cell(formats.number(row.number), muted=True), 72, right=True),
            Column(self.tr("Client"), lambda row: Cell(row.name, strong=True), share=2),
            Column(self.tr("What happens"), self._action, width=130),
            Column(
                self.tr("Credits"),
                lambda row: formats.number(row.credits) if row.credits else "",
                width=80,
                right=True,
            ),
            Column(self.tr("Remarks"), lambda row: Cell(self._remarks(row), muted=True), share=4),
        ]

    def _action(self, row: RowPlan) -> Cell:
        say = self._context.messages.text
        if row.further and row.action != "left_out":
            return Cell(say("import.action.more", {}), chip=Tone.NEUTRAL)
        return Cell(say(f"import.action.{row.action}", {}), chip=_TONES[row.action])

    def _remarks(self, row: RowPlan) -> str:
        return " ".join(self._context.messages.problem(problem) for problem in row.problems)

    def _show_before(self, plan: ImportPlan) -> None:
        at = plan.imported_before
        self._before = (
            self.tr("This file was imported already, on {at}.").format(at=self._context.formats.instant(at))
            if at is not None
            else ""
        )
        self.before.tell(self._before, Tone.WARNING)
        self.again.setVisible(at is not None)

    def _apply(self) -> None:
        only = self.filter.value() == "problems"
        self._shown = tuple(row for row in self._all if row.problems) if only else self._all
        self.remark.setText("")
        self.model.load()

    async def _page(self, request: PageRequest[RowPlan]) -> Page[RowPlan]:
        after = request.after
        start = 0 if after is None else bisect_right(self._shown, after.number, key=lambda row: row.number)
        rows = self._shown[start : start + request.limit]
        return Page(rows, more=start + len(rows) < len(self._shown))

    def _explain(self, row: RowPlan) -> None:
        self.remark.setText(self._remarks(row))
