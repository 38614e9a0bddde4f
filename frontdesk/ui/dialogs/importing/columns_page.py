"""Second page of the import wizard: how the file is read, and what each of its columns holds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from frontdesk.errors import Problem
from frontdesk.services.csv_reading.columns import ColumnMapping, Field
from frontdesk.services.csv_reading.decoding import ENCODINGS
from frontdesk.services.csv_reading.table import DELIMITERS
from frontdesk.ui.dialogs.importing import words
from frontdesk.ui.tokens import SPACE_2, SPACE_3, SPACE_4, Tone
from frontdesk.ui.widgets.basics import ElidedText, Rule, Text, empty
from frontdesk.ui.widgets.fields import Select
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.surfaces import Banner

if TYPE_CHECKING:
    from frontdesk.services.csv_reading.dates import DateOrder
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.imports import FileLook

_HEADER_ROWS = 10
#: What stands for "there are no column names".
_NO_HEADER = 0


class ColumnsPage(QWidget):
    """`reread` tells encoding, delimiter and header row (None: find it); `remapped` other columns."""

    reread = Signal(str, str, object)
    remapped = Signal(object)

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setObjectName("importColumnsPage")
        self._context = context
        self._look: FileLook | None = None
        self.selects: list[Select] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_4)
        self.form = self._build_form(context)
        column.addWidget(self.form)
        self.note = Banner(name="importColumnsNote", closable=False)
        column.addWidget(self.note)
        column.addWidget(Rule())
        self._grid_box = QWidget()
        self._grid = QGridLayout(self._grid_box)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_4)
        self._grid.setVerticalSpacing(SPACE_2)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(2, 3)
        column.addWidget(self._grid_box)
        column.addStretch(1)

    def show_look(self, look: FileLook) -> None:
        """Shows how a file is read; the fields follow, and what was chosen about dates stays."""
        self._look = look
        table = look.table
        encodings = dict.fromkeys((table.encoding, *ENCODINGS))
        self.form["encoding"].set_choices([(words.encoding(one), one) for one in encodings])
        delimiters = dict.fromkeys((*DELIMITERS, table.delimiter))
        self.form["delimiter"].set_choices([(words.delimiter(one), one) for one in delimiters])
        header: list[tuple[str, int]] = [(self.tr("there are none"), _NO_HEADER)]
        last = max(_HEADER_ROWS, table.header_row)
        header += [(self.tr("in row {number}").format(number=row), row) for row in range(1, last + 1)]
        self.form["header"].set_choices(header)
        self.form.set_values(encoding=table.encoding, delimiter=table.delimiter, header=table.header_row)
        self._show_dates(look)
        self._show_columns(look)
        self._show_note(look)

    def show_problem(self, code: str, **params: object) -> None:
        """An objection to how the file is read, beside the field that it is about."""
        field = "order" if code == "imports.file_date_order_needed" else "encoding"
        self.form.show_problems([Problem(field, code, params)])

    # Pieces

    def _show_note(self, look: FileLook) -> None:
        """Says that no packs would come in, loudly where the file seems to have some."""
        if look.mapping.column(Field.PACK_CREDITS) is not None:
            self.note.clear()
            return
        names = {
            name: self._context.messages.text(f"import.field.{field.value}", {})
            for name, field in (
                ("left", Field.PACK_CREDITS), ("total", Field.PACK_TOTAL), ("used", Field.PACK_USED)
            )
        }  # fmt: skip
        if look.mapping.subtracts:
            told = self.tr("“{left}” of a pack is reckoned as “{total}” less “{used}”.")
            self.note.tell(told.format(**names), Tone.INFO)
            return
        packs = (Field.PACK_NAME, Field.PACK_TOTAL, Field.PACK_USED, Field.PACK_EXPIRES)
        has_packs = any(look.mapping.column(one) is not None for one in packs)
        told = self.tr(
            "No column is read as “{left}”, nor one as “{total}” and one as “{used}”, so clients come in"
            " without packs."
        )
        self.note.tell(told.format(**names), Tone.WARNING if has_packs else Tone.INFO)

    def _build_form(self, context: UiContext) -> Form:
        form = Form(context.messages, name="importFileForm")
        form.column.setSpacing(SPACE_3)
        form.add("encoding", self.tr("Encoding"), Select((), name="importEncoding"))
        form.add("delimiter", self.tr("Separator"), Select((), name="importDelimiter"))
        form.add("header", self.tr("Column names"), Select((), name="importHeader"))
        form.side_by_side("encoding", "delimiter", "header")
        order = form.add("order", self.tr("Dates"), Select((), name="importOrder"), required=True)
        order.setPlaceholderText(self.tr("Choose…"))
        for key in ("encoding", "delimiter", "header"):
            form[key].edited.connect(partial(self._read_again, key))
        form["order"].edited.connect(self._reordered)
        return form

    def _show_dates(self, look: FileLook) -> None:
        self.form.set_visible("order", bool(look.unclear))
        if look.unclear:
            choices = [
                (self.tr("The day comes first, as in 31/12/2027"), "day_first"),
                (self.tr("The month comes first, as in 12/31/2027"), "month_first"),
            ]
            self.form["order"].set_choices(choices)
            self.form["order"].set_value(look.order)
            told = self.tr("The file has dates that can be read in two ways: {examples}.")
            self.form.set_help("order", told.format(examples=", ".join(look.unclear[:3])))

    def _show_columns(self, look: FileLook) -> None:
        if len(self.selects) != len(look.table.header):
            self._build_columns(look)
        held = {place: field for field, place in look.mapping.columns}
        for place, select in enumerate(self.selects):
            select.set_value(held.get(place, ""))
        for place, (header, samples) in enumerate(zip(look.table.header, look.samples, strict=True)):
            name = header or self.tr("Column {number}").format(number=place + 1)
            self._names[place].setText(name)
            self._samples[place].setText(" · ".join(samples))
            self.selects[place].setAccessibleName(self.tr("What “{column}” holds").format(column=name))
            self._names[place].set_tone(None)

    def _build_columns(self, look: FileLook) -> None:
        empty(self._grid)
        texts = (self.tr("In the file"), self.tr("Comes in as"), self.tr("For example"))
        for at, text in enumerate(texts):
            self._grid.addWidget(Text(text, "secondary"), 0, at)
        say = self._context.messages.text
        choices = [(self.tr("Not read"), ""), *((say(f"import.field.{one.value}", {}), one) for one in Field)]
        self.selects, self._names, self._samples = [], [], []
        for place in range(len(look.table.header)):
            name = ElidedText("", "body", name=f"importColumnName{place}")
            select = Select(choices, name=f"importColumn{place}")
            sample = ElidedText("", "muted", name=f"importSample{place}")
            select.setMinimumWidth(170)
            select.edited.connect(partial(self._choose, place))
            self._grid.addWidget(name, place + 1, 0)
            self._grid.addWidget(select, place + 1, 1)
            self._grid.addWidget(sample, place + 1, 2, Qt.AlignmentFlag.AlignVCenter)
            self.selects.append(select)
            self._names.append(name)
            self._samples.append(sample)

    def _choose(self, place: int) -> None:
        assert self._look is not None
        field = self.selects[place].value()
        mapping = self._look.mapping
        if field:
            # What held this before, and what stood here before, give way.
            mapping = mapping.with_column(Field(field), place)
        else:
            mapping = ColumnMapping(tuple(one for one in mapping.columns if one[1] != place))
        self.remapped.emit(mapping)

    def _read_again(self, changed: str) -> None:
        assert self._look is not None
        self.form.clear_problems()
        # Read in another way, the names may stand elsewhere, unless somebody has said where.
        header = self.form["header"].value() if changed == "header" else self._look.asked_header
        self.reread.emit(self.form["encoding"].value(), self.form["delimiter"].value(), header)

    def order(self) -> DateOrder | None:
        """What was chosen about dates, None if nothing was."""
        chosen: DateOrder | None = self.form["order"].value()
        return chosen

    def _reordered(self) -> None:
        self.form.clear_problems()
