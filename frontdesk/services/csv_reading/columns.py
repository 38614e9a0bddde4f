"""Which column holds what: suggested from the header names of other systems and from what stands in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from frontdesk.models import text
from frontdesk.services.csv_reading.header_names import NAMES


class Field(StrEnum):
    """What a column of an import can hold; a column that is none of these is not read."""

    FULL_NAME = "full_name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    PHONE = "phone"
    BIRTHDAY = "birthday"
    NOTES = "notes"
    MEMBER_CODE = "member_code"
    PACK_NAME = "pack_name"
    PACK_CREDITS = "pack_credits"
    #: Where no column says what is left of a pack: what it had, and what is used of that.
    PACK_TOTAL = "pack_total"
    PACK_USED = "pack_used"
    PACK_EXPIRES = "pack_expires"


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column (from 0) holds which field; a field has at most one column, a column at most one field."""

    columns: tuple[tuple[Field, int], ...] = ()

    def column(self, field: Field) -> int | None:
        """The column of a field, None if the file has none."""
        return next((place for each, place in self.columns if each is field), None)

    def with_column(self, field: Field, place: int | None) -> ColumnMapping:
        """The same mapping with this field in that column (None: in none); whatever stood there gives way."""
        kept = tuple(each for each in self.columns if each[0] is not field and each[1] != place)
        return ColumnMapping(
            kept if place is None else tuple(sorted((*kept, (field, place)), key=_column_of))
        )

    @property
    def names_somebody(self) -> bool:
        """Whether rows can be told apart at all: by a name, an e-mail or a phone number."""
        naming = (Field.FULL_NAME, Field.FIRST_NAME, Field.LAST_NAME, Field.EMAIL, Field.PHONE)
        return any(field in naming for field, _ in self.columns)

    @property
    def subtracts(self) -> bool:
        """Whether what is left of a pack can be told from what it had and what is used."""
        return self.column(Field.PACK_TOTAL) is not None and self.column(Field.PACK_USED) is not None

    @property
    def brings_packs(self) -> bool:
        """Whether the columns tell what is left of packs."""
        return self.column(Field.PACK_CREDITS) is not None or self.subtracts


def _column_of(entry: tuple[Field, int]) -> int:
    return entry[1]


# (field, preference): the lower the preference, the sooner the column is taken.
_BY_NAME: Final[dict[str, tuple[Field, int]]] = {
    name: (Field(field), preference)
    for field, names in NAMES.items()
    for preference, name in enumerate(names)
}
_IN_BRACKETS = re.compile(r"[(\[].*?[)\]]")
_NOT_WORDS = re.compile(r"[^\w#]+|_")
_LEADING: Final = frozenset(
    {
        "client", "clients", "customer", "customers", "member", "members", "user", "your", "primary", "main",
        "contact", "attendee", "student", "kunde", "kunden", "mitglied", "mitglieder", "teilnehmer",
        "cliente", "clientes", "adherent", "alumno", "socio",
    }
)  # fmt: skip


def plain_header(header: str) -> str:
    """A header as it is looked up, folded and without punctuation: "E-Mail (private)" → "e mail"."""
    plain = _NOT_WORDS.sub(" ", text.fold(_IN_BRACKETS.sub(" ", _split_camel(header))))
    return " ".join(plain.split())


def _split_camel(header: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)


@lru_cache(maxsize=2048)
def _known(header: str) -> tuple[Field, int] | None:
    if not header or len(header) > 80:
        return None
    plain = plain_header(header)
    found = _BY_NAME.get(plain) or _BY_NAME.get(re.sub(r" ?1$", "", plain))
    words = plain.split()
    if found is None and len(words) > 1 and words[0] in _LEADING:
        found = _BY_NAME.get(" ".join(words[1:]))
    return found


def field_of_header(header: str) -> Field | None:
    """The field that a column of this name holds, None for a name that no known system uses."""
    known = _known(header)
    return known[0] if known else None


def suggest_columns(header: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> ColumnMapping:
    """A mapping to start with: by the headers' names, then by what stands in the columns of `sample`.

    Of several columns for one field the better known name wins (mobile before home phone).
    """
    chosen: dict[Field, tuple[int, int]] = {}
    for place, name in enumerate(header):
        known = _known(name)
        if known and (known[0] not in chosen or known[1] < chosen[known[0]][0]):
            chosen[known[0]] = (known[1], place)
    columns = {field: place for field, (_, place) in chosen.items()}
    _settle_names(header, columns)
    _settle_credits(columns)
    _add_by_content(sample, len(header), columns)
    return ColumnMapping(tuple(sorted(columns.items(), key=_column_of)))


def _settle_names(header: Sequence[str], columns: dict[Field, int]) -> None:
    """ "Name", "Nom" and "Nombre" mean the whole name, or the part of it that has no column of its own."""
    place = columns.get(Field.FULL_NAME)
    if place is None:
        return
    word = plain_header(header[place]).split()[-1]
    if (
        Field.FIRST_NAME in columns
        and Field.LAST_NAME not in columns
        and word in ("name", "nom", "naam", "namn")
    ):
        columns[Field.LAST_NAME] = columns.pop(Field.FULL_NAME)
    elif (
        Field.LAST_NAME in columns and Field.FIRST_NAME not in columns and word in ("nombre", "nome", "name")
    ):
        columns[Field.FIRST_NAME] = columns.pop(Field.FULL_NAME)
    elif Field.LAST_NAME in columns and Field.FIRST_NAME in columns:
        del columns[Field.FULL_NAME]


def _settle_credits(columns: dict[Field, int]) -> None:
    """What a pack had and what is used of it matter together, and where nothing says what is left."""
    both = (Field.PACK_TOTAL, Field.PACK_USED)
    if Field.PACK_CREDITS in columns or not all(field in columns for field in both):
        for field in both:
            columns.pop(field, None)


def _add_by_content(sample: Sequence[Sequence[str]], width: int, columns: dict[Field, int]) -> None:
    """Finds the e-mail, phone and name columns of a file whose header says nothing."""
    taken = set(columns.values())
    tests = (
        (Field.EMAIL, _is_email),
        (Field.PHONE, _is_phone),
        (Field.FULL_NAME, _is_full_name),
    )
    has_name = bool({Field.FULL_NAME, Field.FIRST_NAME, Field.LAST_NAME} & columns.keys())
    for field, test in tests:
        if field in columns or (field is Field.FULL_NAME and has_name):
            continue
        for place in range(width):
            cells = [row[place].strip() for row in sample if place < len(row) and row[place].strip()]
            if place not in taken and cells and sum(map(test, cells)) >= max(0.6 * len(cells), 1):
                columns[field] = place
                taken.add(place)
                break


def _is_email(cell: str) -> bool:
    return "@" in cell and text.is_plausible_email(cell)


_PHONE = re.compile(r"\+?[\d()][\d ()/.\-]{6,24}")


def _is_phone(cell: str) -> bool:
    digits = text.digits(cell)
    grouped = re.fullmatch(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}", cell) is None
    return (
        7 <= len(digits) <= 15
        and (cell[0] in "+0(" or len(digits) >= 9)
        and grouped
        and bool(_PHONE.fullmatch(cell))
    )


def _is_full_name(cell: str) -> bool:
    words = cell.replace(",", " ").split()
    return (
        2 <= len(words) <= 5
        and len(cell) <= 60
        and all(word[0].isalpha() and word[0].isupper() for word in words)
    )
