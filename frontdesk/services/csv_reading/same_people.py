"""Which rows of an import are about the same person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from frontdesk.errors import Problem
from frontdesk.models import text
from frontdesk.services.csv_reading.columns import Field
from frontdesk.services.csv_reading.import_row import ImportRow


def tell_same_people(rows: Iterable[ImportRow]) -> tuple[ImportRow, ...]:
    """Marks rows about a person of an earlier row: same member code, or same name with e-mail or phone.

    A shared e-mail alone makes nobody the same: families share one. Such a row is imported and says so.
    """
    people = _People()
    return tuple(people.place(row) if row.is_importable else row for row in rows)


class _People:
    """The people of the rows so far, by what tells them apart."""

    def __init__(self) -> None:
        self._by_code: dict[str, ImportRow] = {}
        self._by_contact: dict[tuple[str, str], ImportRow] = {}
        self._by_email: dict[str, ImportRow] = {}
        self._seen: dict[tuple[object, ...], int] = {}

    def place(self, row: ImportRow) -> ImportRow:
        name = text.fold(row.name)
        contacts = [("email", text.email_key(row.email))] if row.email else []
        contacts += [("phone", row.digits[-9:])] if len(row.digits) >= 6 else []
        row, found = self._same_code(row, name)
        for kind, contact in contacts:
            found = found or self._by_contact.get((name, kind + contact))
        if found is not None:
            return self._again(row, found)
        row = self._shares_an_email(row)
        for kind, contact in contacts:
            self._by_contact.setdefault((name, kind + contact), row)
        if row.member_code:
            self._by_code[row.member_code.casefold()] = row
        if row.email:
            self._by_email.setdefault(text.email_key(row.email), row)
        self._seen[_facts(row)] = row.number
        return row

    def _same_code(self, row: ImportRow, name: str) -> tuple[ImportRow, ImportRow | None]:
        """The row and who has its member code; a code that somebody else has is taken off the row."""
        other = self._by_code.get(row.member_code.casefold()) if row.member_code else None
        if other is None or text.fold(other.name) == name:
            return row, other
        problem = Problem(Field.MEMBER_CODE.value, "imports.member_code_taken", {"row": other.number})
        return replace(row, member_code="", problems=(*row.problems, problem)), None

    def _again(self, row: ImportRow, first: ImportRow) -> ImportRow:
        """A further row about somebody: it counts for its pack alone, and not at all if nothing is new."""
        facts = _facts(row)
        before = self._seen.setdefault(facts, row.number)
        if before != row.number:
            problem = Problem("", "imports.repeated_row", {"row": before})
        elif row.pack_credits is None:
            problem = Problem("", "imports.duplicate_row", {"row": first.number})
        else:
            return replace(row, same_as=first.number)
        return replace(row, same_as=first.number, problems=(*row.problems, problem))

    def _shares_an_email(self, row: ImportRow) -> ImportRow:
        other = self._by_email.get(text.email_key(row.email)) if row.email else None
        if other is None:
            return row
        problem = Problem(
            Field.EMAIL.value, "imports.email_shared", {"row": other.number, "name": other.name}
        )
        return replace(row, problems=(*row.problems, problem))


def _facts(row: ImportRow) -> tuple[object, ...]:
    """What the row says, without where it says it."""
    person = (row.name, row.email, row.phone, row.birthday, row.notes, row.member_code)
    return (*person, row.pack_name, row.pack_credits, row.pack_expires)
