"""The form builder: label, field, help and problem in one column, with accessible names by themselves.

form = Form(context.messages)
form.add("name", self.tr("Name"), TextField(name="packageName"), required=True)
form.add("price", self.tr("Price"), MoneyField(context.formats, name="packagePrice"))
values = form.values()                  # None: a field cannot be read, it is marked and has the focus
if values is None: return
draft = PackageDraft(**values)
if form.show_problems(draft.problems()): return
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from frontdesk.errors import FrontdeskError, Problem
from frontdesk.ui.messages import Messages
from frontdesk.ui.tokens import SPACE_1, SPACE_3, SPACE_4
from frontdesk.ui.widgets.basics import Text, restyle


class Field(Protocol):
    """What a form can hold: any widget of `frontdesk.ui.widgets.fields`, or another with these two."""

    def value(self) -> Any: ...

    def set_value(self, value: Any, /) -> None: ...


@dataclass(frozen=True, slots=True)
class _Row:
    key: str
    field: Any
    row: QWidget
    label: QLabel
    help: QLabel
    problem: QLabel
    plain: str


class Form(QWidget):
    """Fields by key. `edited` tells that a person changed one; `is_touched` stays True until `set_values`."""

    edited = Signal()

    def __init__(self, messages: Messages, *, name: str = "form") -> None:
        super().__init__()
        self.setObjectName(name)
        self._messages = messages
        self._rows: dict[str, _Row] = {}
        self.is_touched = False
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(SPACE_4)

    def add(
        self,
        key: str,
        label: str,
        field: Any,
        *,
        help: str = "",
        required: bool = False,
        beside: Iterable[QWidget] = (),
    ) -> Any:
        """Adds a field (see `Field`) under a key, which is the draft's attribute name; returns the field.

        A required field is marked; whether it may stay empty is for the draft to say. Widgets of `beside`
        stand right of the field.
        """
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_1)
        shown = Text("", "label")
        shown.setBuddy(field)
        help_line = Text(help, "help", wrap=True)
        problem_line = Text("", "problem", wrap=True, name=f"{field.objectName() or key}Problem")
        is_check = isinstance(field, QCheckBox)
        if not is_check:
            column.addWidget(shown)
        else:
            shown.setParent(row)
            shown.hide()
        column.addLayout(_line(field, beside))
        column.addWidget(help_line)
        column.addWidget(problem_line)
        help_line.setVisible(bool(help))
        problem_line.hide()
        field.setAccessibleName(field.text() if is_check else label)
        if help:
            field.setAccessibleDescription(help)
        if hasattr(field, "edited"):
            field.edited.connect(lambda: self._was_edited(key))
        self._rows[key] = _Row(key, field, row, shown, help_line, problem_line, label)
        self.set_required(key, required)
        self.column.addWidget(row)
        return field

    def add_widget(self, widget: QWidget) -> None:
        """Anything between two fields: a section title, a preview, a hairline."""
        self.column.addWidget(widget)

    def side_by_side(self, *keys: str) -> None:
        """Puts fields that were added one after another into one line."""
        rows = [self._rows[key].row for key in keys]
        at = self.column.indexOf(rows[0])
        line = QWidget()
        box = QHBoxLayout(line)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(SPACE_3)
        for key, row in zip(keys, rows, strict=True):
            # Half a line is short: its words may take two.
            self._rows[key].label.setWordWrap(True)
            self.column.removeWidget(row)
            box.addWidget(row, 1, Qt.AlignmentFlag.AlignTop)
        self.column.insertWidget(at, line)

    def move_field(self, key: str, layout: QVBoxLayout) -> None:
        """Puts a field with all that belongs to it elsewhere, e.g. on a card of the form."""
        row = self._rows[key].row
        self.column.removeWidget(row)
        layout.addWidget(row)

    def field_keys(self) -> tuple[str, ...]:
        """The keys of all fields, in their order."""
        return tuple(self._rows)

    def __getitem__(self, key: str) -> Any:
        return self._rows[key].field

    def values(self) -> dict[str, Any] | None:
        """All values by key; None if one cannot be read, which is then marked and has the focus."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for key, row in self._rows.items():
            try:
                values[key] = row.field.value()
            except FrontdeskError as error:
                problems.append(Problem(key, error.code, error.params))
        if self.show_problems(problems):
            return None
        return values

    def readable_values(self) -> dict[str, Any]:
        """The values that can be read now, for a live preview; nothing is marked."""
        values: dict[str, Any] = {}
        for key, row in self._rows.items():
            try:
                values[key] = row.field.value()
            except FrontdeskError:
                continue
        return values

    def set_values(self, **values: Any) -> None:
        """Shows these values; problems and the touched mark go."""
        for key, value in values.items():
            self._rows[key].field.set_value(value)
        self.clear_problems()
        self.is_touched = False

    def snapshot(self) -> dict[str, Any]:
        """What stands in the fields, as it was typed, readable or not; for `restore`."""
        return {key: _raw(row.field) for key, row in self._rows.items()}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Puts back what `snapshot` took; fields that are not here any more are left out."""
        for key, raw in snapshot.items():
            if key in self._rows:
                _set_raw(self._rows[key].field, raw)
        self.is_touched = True
        self.edited.emit()

    def show_problems(self, problems: Iterable[Problem], *, focus: bool = True) -> bool:
        """Shows each problem beside its field and puts the focus on the first. Returns whether there are any.

        Problems of fields that this form does not have stand beneath the last field.
        """
        self.clear_problems()
        rows = list(self._rows.values())
        first: _Row | None = None
        found = False
        for problem in problems:
            found = True
            row = self._rows.get(problem.field) or self._rows.get(problem.field.partition(".")[0])
            if row is None and rows:
                row = rows[-1]
            if row is None:
                continue
            self._mark(row, self._messages.problem(problem))
            if first is None or rows.index(row) < rows.index(first):
                first = row
        if first is not None and focus:
            first.field.setFocus()
        return found

    def problem(self, key: str) -> str:
        """What is said beside a field, "" if nothing."""
        return self._rows[key].problem.text()

    def clear_problems(self) -> None:
        """No field is marked any more."""
        for row in self._rows.values():
            self._mark(row, "")

    def clear_problem(self, key: str) -> None:
        """This field is not marked any more."""
        self._mark(self._rows[key], "")

    def set_help(self, key: str, help: str) -> None:
        """Another help line."""
        row = self._rows[key]
        row.help.setText(help)
        row.help.setVisible(bool(help))
        row.field.setAccessibleDescription(help)

    def set_required(self, key: str, required: bool) -> None:
        """Marks a field as one that must not stay empty, where that depends on another one."""
        row = self._rows[key]
        row.label.setText(self.tr("{label} (required)").format(label=row.plain) if required else row.plain)

    def set_visible(self, key: str, visible: bool) -> None:
        """Shows or hides a field with all that belongs to it."""
        self._rows[key].row.setVisible(visible)

    def focus_first(self) -> None:
        """Puts the focus on the first field that is shown."""
        for row in self._rows.values():
            if not row.row.isHidden():
                row.field.setFocus()
                return

    def _mark(self, row: _Row, sentence: str) -> None:
        lines = [row.problem.text(), sentence] if sentence and row.problem.text() else [sentence]
        row.problem.setText("\n".join(lines))
        row.problem.setVisible(bool(sentence))
        wrong = "true" if sentence else "false"
        if (row.field.property("problem") or "false") != wrong:
            row.field.setProperty("problem", wrong)
            restyle(row.field)
        told = " ".join(filter(None, (sentence, row.help.text())))
        row.field.setAccessibleDescription(told)

    def _was_edited(self, key: str) -> None:
        self.is_touched = True
        if self._rows[key].problem.text():
            self._mark(self._rows[key], "")
        self.edited.emit()


def _raw(field: Any) -> Any:
    """A field whose value may be unreadable, and is no line of text, has `raw` and `set_raw`."""
    if hasattr(field, "raw"):
        return field.raw()
    return field.text() if isinstance(field, QLineEdit) else field.value()


def _set_raw(field: Any, raw: Any) -> None:
    if hasattr(field, "set_raw"):
        field.set_raw(raw)
    elif isinstance(field, QLineEdit):
        field.setText(raw)
    else:
        field.set_value(raw)


def _line(field: QWidget, beside: Iterable[QWidget]) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(8)
    line.addWidget(field)
    extra = list(beside)
    for widget in extra:
        line.addWidget(widget)
    keeps_its_width = field.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Maximum
    if extra or keeps_its_width or field.maximumWidth() < 10_000:
        line.addStretch(1)
    return line
