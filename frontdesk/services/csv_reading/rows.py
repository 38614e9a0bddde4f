"""Rows ready to import: each with its person, their part-used pack, and every problem found (D3, A5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from frontdesk.errors import Problem
from frontdesk.models import text
from frontdesk.services.csv_reading import values
from frontdesk.services.csv_reading.columns import ColumnMapping, Field
from frontdesk.services.csv_reading.dates import DateColumn, DateOrder, OrderNeeded, read_date, tell_orders
from frontdesk.services.csv_reading.decoding import ImportFileError
from frontdesk.services.csv_reading.import_row import BLOCKING, ImportRow
from frontdesk.services.csv_reading.same_people import tell_same_people
from frontdesk.services.csv_reading.table import Record, Table
from frontdesk.services.drafts.checks import line_problems
from frontdesk.services.drafts.clients import ClientDraft


@dataclass(frozen=True, slots=True)
class ReadingChoices:
    """What somebody chose, or agreed to, before the rows are read."""

    mapping: ColumnMapping
    birthday_order: DateOrder | None = None
    expires_order: DateOrder | None = None


def date_columns(table: Table, mapping: ColumnMapping) -> dict[Field, DateColumn]:
    """What the file's date columns tell about their order; those that `asks` have to be asked about."""
    fields = [field for field in (Field.BIRTHDAY, Field.PACK_EXPIRES) if mapping.column(field) is not None]
    told = tell_orders(*(tuple(_column(table, mapping, field)) for field in fields))
    return dict(zip(fields, told, strict=True))


def _column(table: Table, mapping: ColumnMapping, field: Field) -> Iterable[str]:
    place = mapping.column(field)
    if place is not None:
        for record in table.records:
            if place < len(record.cells):
                yield values.cell_text(record.cells[place])


def choices_for(table: Table, mapping: ColumnMapping, asked: DateOrder | None = None) -> ReadingChoices:
    """The choices with the date orders that the file tells, and `asked` for the columns that don't."""
    told = date_columns(table, mapping)

    def order(field: Field) -> DateOrder | None:
        column = told.get(field)
        return None if column is None else column.order or asked

    return ReadingChoices(mapping, order(Field.BIRTHDAY), order(Field.PACK_EXPIRES))


def read_rows(table: Table, choices: ReadingChoices, today: date) -> tuple[ImportRow, ...]:
    """Every record of the table as an ImportRow, in the file's order; `today` in the studio's zone.

    Raises ImportFileError `imports.file_date_order_needed` if a date reads both ways and no order was chosen,
    `imports.file_names_nobody` if no column names anybody.
    """
    if not choices.mapping.names_somebody:
        raise ImportFileError("imports.file_names_nobody")
    reader = _RowReader(table, choices, today)
    try:
        return tell_same_people(reader.row(record) for record in table.records)
    except OrderNeeded as needed:
        raise ImportFileError("imports.file_date_order_needed", example=str(needed)) from needed


_NAMES: Final = (Field.FULL_NAME, Field.FIRST_NAME, Field.LAST_NAME)
#: What is said where a card would refuse a value and goes without it; without its name there is no card.
_LEFT_OUT: Final = {
    "email": "imports.email_unclear",
    "phone": "imports.phone_unclear",
    "birthday": "imports.birthday_unclear",
    "member_code": "imports.member_code_unclear",
}


class _RowReader:
    """Reads one record after the other, with what all of them share."""

    def __init__(self, table: Table, choices: ReadingChoices, today: date) -> None:
        self._places = dict(choices.mapping.columns)
        self._choices = choices
        self._today = today
        self._latest_year = date(today.year + 40, 12, 31)
        self._header = table.header
        self._width = len(table.header)
        lengths = Counter(len(record.cells) for record in table.records)
        # Some systems leave empty cells at the end of every row away; then a short row says nothing.
        short = sum(count for length, count in lengths.items() if length < self._width)
        self._short_is_odd = short * 5 < len(table.records)
        long = sum(count for length, count in lengths.items() if length > self._width)
        self._long_is_odd = long * 5 < len(table.records)
        self._problems: list[Problem] = []

    def row(self, record: Record) -> ImportRow:
        self._problems = []
        blocked = self._odd_record(record)
        if blocked:
            return ImportRow(record.number, self._some_name(record), problems=(Problem("", blocked),))
        cells = self._cells(record)
        phone = self._phone(cells)
        email = self._email(cells)
        member_code = self._line(cells, Field.MEMBER_CODE, text.CODE_LIMIT)
        if values.is_mangled_number(member_code):
            self._lost(Field.MEMBER_CODE, "imports.number_mangled", member_code)
            member_code = ""
        name = self._name(cells) or self._stand_in_name(email, phone)
        pack_name, pack_credits, pack_expires = self._pack(cells)
        row = ImportRow(
            record.number,
            name,
            email,
            phone,
            text.digits(phone),
            self._birthday(cells),
            self._notes(cells),
            member_code,
            pack_name,
            pack_credits,
            pack_expires,
        )
        return replace(self._as_a_card(row), problems=tuple(self._problems))

    def _as_a_card(self, row: ImportRow) -> ImportRow:
        """The row without what the client's card would refuse as soon as somebody edits it (A5, P6).

        Single cells passed on their way here; a name is put together from two, or taken from a phone.
        """
        card = ClientDraft(row.name, row.email, row.phone, row.birthday, row.notes, "", row.member_code)
        for problem in (*card.problems(), *line_problems("pack_name", row.pack_name)):
            field = Field.FULL_NAME if problem.field == "name" else Field(problem.field)
            if not getattr(row, problem.field):
                continue  # it has been told already that there is no name
            if problem.code == "field.card_number":
                self._problems.append(Problem(field.value, "imports.card_number"))
            else:
                code = _LEFT_OUT.get(problem.field, "imports.nobody")
                self._lost(field, code, str(getattr(row, problem.field)))
            without: dict[str, Any] = {problem.field: None if field is Field.BIRTHDAY else ""}
            row = replace(row, **without)
        return row if row.phone else replace(row, digits="")

    def _lost(self, field: Field, code: str, value: str = "", **params: object) -> None:
        self._problems.append(
            Problem(field.value, code, {"value": value[:60], **params} if value else params)
        )

    def _odd_record(self, record: Record) -> str:
        """The code of what makes the record no row of data, "" for a row."""
        cells = record.cells
        if record.damage:
            return record.damage
        beyond = cells[self._width :]
        if beyond and (self._long_is_odd or any(cell.strip() for cell in beyond)):
            return "imports.too_many_columns"
        filled = [cell for cell in cells if cell and not cell.isspace()]
        if not filled:
            return "imports.nobody"
        if len(filled) > 1 and cells[0] == self._header[0] and cells == self._header[: len(cells)]:
            return "imports.repeated_header"
        if len(filled) <= 3 and values.is_totals(filled[0]) and not any("@" in cell for cell in filled):
            return "imports.totals_row"
        if len(cells) < self._width and self._short_is_odd:
            self._problems.append(
                Problem("", "imports.too_few_columns", {"columns": len(cells), "expected": self._width})
            )
        return ""

    def _some_name(self, record: Record) -> str:
        """Something to recognise a blocked row by in the report, without anything like a card number."""
        first = next((cell.strip() for cell in record.cells if cell.strip()), "")
        shown = " ".join(values.without_control_characters(first).split())[: text.NAME_LIMIT]
        return "" if text.looks_like_card_number(shown) else shown

    def _cells(self, record: Record) -> dict[Field, str]:
        """The mapped cells that hold something, cleaned."""
        found: dict[Field, str] = {}
        for field, place in self._places.items():
            cell = record.cells[place] if place < len(record.cells) else ""
            if cell:
                value = values.cell_text(cell)
                if not values.is_nothing(value) or (field in _NAMES and values.may_be_a_name(value)):
                    found[field] = self._clean(field, value)
        return found

    def _clean(self, field: Field, value: str) -> str:
        if len(value) < 13 and value.isascii() and value.isprintable():
            return value
        plain = value if value.isprintable() else values.without_control_characters(value)
        if text.looks_like_card_number(plain, phone=field is Field.PHONE):
            self._problems.append(Problem(field.value, "imports.card_number"))
            return ""
        if plain != value:
            self._problems.append(Problem(field.value, "imports.control_characters"))
        if "\ufffd" in plain:
            self._lost(field, "imports.damaged_text", plain)
        return plain

    def _line(self, cells: Mapping[Field, str], field: Field, limit: int) -> str:
        value = cells.get(field, "")
        if not value:
            return ""
        try:
            return text.tidy(value, limit)
        except text.TextError as error:
            self._lost(field, "imports.too_long", value, **error.params)
            return ""

    def _name(self, cells: Mapping[Field, str]) -> str:
        if Field.FIRST_NAME in cells or Field.LAST_NAME in cells:
            whole = f"{cells.get(Field.FIRST_NAME, '')} {cells.get(Field.LAST_NAME, '')}"
        else:
            whole = values.person_name(cells.get(Field.FULL_NAME, ""))
        name = self._line({Field.FULL_NAME: whole.strip()}, Field.FULL_NAME, text.NAME_LIMIT)
        # Joiners and marks alone would be invisible in every list.
        return name if text.fold(name) else ""

    def _stand_in_name(self, email: str, phone: str) -> str:
        name = email or phone
        if name:
            self._lost(Field.FULL_NAME, "imports.name_from_contact", name)
        elif not any(problem.code in BLOCKING for problem in self._problems):
            self._lost(Field.FULL_NAME, "imports.nobody")
        return name[: text.NAME_LIMIT]

    def _email(self, cells: Mapping[Field, str]) -> str:
        value = cells.get(Field.EMAIL, "")
        if not value:
            return ""
        address, several = values.first_email(value)
        if not text.is_plausible_email(address):
            self._lost(Field.EMAIL, "imports.email_unclear", value)
            return ""
        if several:
            self._lost(Field.EMAIL, "imports.email_several", value, kept=address)
        return address

    def _phone(self, cells: Mapping[Field, str]) -> str:
        phone = self._line(cells, Field.PHONE, text.PHONE_LIMIT)
        if values.is_mangled_number(phone):
            self._lost(Field.PHONE, "imports.number_mangled", phone)
            return ""
        if phone and len(text.digits(phone)) < 3:
            self._lost(Field.PHONE, "imports.phone_unclear", phone)
            return ""
        return phone

    def _notes(self, cells: Mapping[Field, str]) -> str:
        value = cells.get(Field.NOTES, "")
        if not value:
            return ""
        try:
            return text.tidy_lines(value)
        except text.TextError as error:
            self._lost(Field.NOTES, "imports.too_long", value, **error.params)
            return ""

    def _birthday(self, cells: Mapping[Field, str]) -> date | None:
        value = cells.get(Field.BIRTHDAY, "")
        if not value:
            return None
        day = read_date(value, self._choices.birthday_order, newest=self._today)
        if day is None or not date(1900, 1, 2) <= day <= self._today:
            self._lost(Field.BIRTHDAY, "imports.birthday_unclear", value)
            return None
        return day

    def _pack(self, cells: Mapping[Field, str]) -> tuple[str, int | None, date | None]:
        """(name, credits, last day) of the pack in the row; without credits there is none."""
        credits = self._credits(cells)
        if credits is None:
            return "", None, None
        name = self._line(cells, Field.PACK_NAME, text.NAME_LIMIT)
        value = cells.get(Field.PACK_EXPIRES, "")
        if not value or values.is_never(value):
            return name, credits, None
        last_day = read_date(value, self._choices.expires_order, newest=self._latest_year)
        if last_day is None or last_day > self._latest_year:
            self._lost(Field.PACK_EXPIRES, "imports.expiry_unclear", value)
            return "", None, None
        if last_day < self._today:
            self._lost(Field.PACK_EXPIRES, "imports.pack_expired", value, day=last_day)
            return "", None, None
        return name, credits, last_day

    def _credits(self, cells: Mapping[Field, str]) -> int | None:
        if self._choices.mapping.subtracts and Field.PACK_CREDITS not in cells:
            return self._difference(cells)
        if Field.PACK_CREDITS in self._places:
            return self._number(cells, Field.PACK_CREDITS) or None
        return None

    def _difference(self, cells: Mapping[Field, str]) -> int | None:
        """What a pack had less what is used of it; a pack of which nothing is said to be used is whole."""
        total = self._number(cells, Field.PACK_TOTAL)
        if total is None:
            return None
        if Field.PACK_USED not in cells:
            if total:
                self._lost(Field.PACK_USED, "imports.used_missing", total=total)
            return total or None
        used = self._number(cells, Field.PACK_USED)
        if used is not None and used > total:
            self._lost(Field.PACK_USED, "imports.used_too_many", cells[Field.PACK_USED], total=total)
            return None
        return None if used is None else (total - used) or None

    def _number(self, cells: Mapping[Field, str], field: Field) -> int | None:
        """The whole number of credits in this cell; None, and told why, without one."""
        value = cells.get(field, "")
        if not value:
            if Field.PACK_NAME in cells:
                self._lost(field, "imports.pack_without_credits", cells[Field.PACK_NAME])
            return None
        if values.is_unlimited(value):
            self._lost(field, "imports.pack_unlimited", value)
            return None
        credits = values.whole_number(value)
        if credits is None or not 0 <= credits <= values.MAX_CREDITS:
            self._lost(field, "imports.credits_unclear", value)
            return None
        return credits
