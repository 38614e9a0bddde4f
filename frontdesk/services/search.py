"""Finding clients while their name is typed: by name, e-mail, phone, code, and with mistakes (D2, F2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.models.client import client
from frontdesk.models.search_index import SEARCH_TEXT
from frontdesk.models.text import digits, fold
from frontdesk.services.client_rows import COLUMNS, client_rows
from frontdesk.services.clients import code_spellings
from frontdesk.services.name_words import distance_from, name_words, words_of
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.clients import ClientHit

#: Why a client was found, the best reason first.
MATCHES: Final = ("code", "name", "words", "email", "phone", "text", "typo")
#: With as many direct hits as this, nobody has mistyped anything.
ENOUGH_HITS: Final = 5
FEWEST_PHONE_DIGITS: Final = 3
LONGEST_TEXT: Final = 120
MOST_WORDS: Final = 8
#: Rows that are ranked at most: ranking all 40,000 holders of an address at one provider helps nobody.
CANDIDATES: Final = 400
_PHONE_SIGNS: Final = frozenset("0123456789 +-()/.")

_ROW = (
    client.c.id,
    client.c.merged_into,
    client.c.name_folded,
    client.c.email_folded,
    client.c.phone_digits,
    client.c.member_code,
)
#: Someone who was merged is found by their old name too, and leads to the one who stands for them (D4).
_SHOWN = sa.and_(
    client.c.hidden_at.is_(None),
    sa.or_(
        client.c.archived_at.is_(None),
        client.c.merged_into.is_not(None),
        sa.bindparam("archived", type_=sa.Boolean),
    ),
)
_ROWS = sa.select(*_ROW).where(_SHOWN).limit(sa.bindparam("most", CANDIDATES))
_BY_CODE = _ROWS.where(client.c.member_code.in_(sa.bindparam("codes", expanding=True)))
_BY_ID = _ROWS.where(client.c.id.in_(sa.bindparam("client_ids", expanding=True)))
_BY_BEGINNING = _ROWS.where(
    client.c.name_folded >= sa.bindparam("start"), client.c.name_folded < sa.bindparam("end")
).order_by(client.c.name_folded, client.c.id)
_index = sa.table("client_search", sa.column("rowid", sa.Integer))
_BY_INDEX = _ROWS.join(_index, _index.c.rowid == client.c.id).where(
    sa.literal_column("client_search").op("MATCH")(sa.bindparam("phrases", type_=sa.Text))
)
_SEARCH_TEXT: sa.ColumnElement[str] = sa.literal_column(SEARCH_TEXT.format("client"), sa.Text)
_ROOTS = sa.select(*COLUMNS, client.c.hidden_at).where(
    client.c.id.in_(sa.bindparam("client_ids", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, made ready for comparing."""

    text: str
    folded: str
    words: tuple[str, ...]
    #: The digits of a text that can only be a phone number or a code, without the zeros that begin it.
    number: str

    @classmethod
    def of(cls, text: str) -> Asked:
        """Reads a search text; what cannot be typed or stored is left out."""
        clean = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
        clean = " ".join(clean[:LONGEST_TEXT].split())
        folded = fold(clean)
        number = digits(clean).lstrip("0") if clean and _PHONE_SIGNS.issuperset(clean) else ""
        return cls(clean, folded, tuple(words_of(folded)[:MOST_WORDS]), number)


def search_clients(
    reading: Reading, text: str, limit: int = 30, *, archived: bool = False
) -> tuple[ClientHit, ...]:
    """Clients by any part of name, e-mail, phone number or member code, the best matches first (D2).

    Accents and the order of words are ignored; where few are found, names that are a mistake or two away are
    added. Archived clients are found if asked for, undone imports never, merged ones as who they are now.
    """
    asked = Asked.of(text)
    found: dict[int, tuple[int, str]] = {}
    if asked.folded:
        _find_directly(reading, asked, limit, archived, found)
        by_code = any(place == 0 for place, _ in found.values())
        if len(found) < ENOUGH_HITS and not asked.number and not by_code:
            _find_mistyped(reading, asked, limit, archived, found)
    return _hits(reading, found, limit, archived)


def prepare_search(reading: Reading) -> None:
    """Read the names once, so that the first mistyped search need not wait for it. For a quiet moment."""
    name_words(reading)


def _find_directly(
    reading: Reading, asked: Asked, limit: int, archived: bool, found: dict[int, tuple[int, str]]
) -> None:
    """Ask one way after the other until enough is found; the best reason to show a client counts."""
    for rows in _ways(reading, asked, archived):
        for row in rows:
            match = match_of(asked, row)
            if match is not None:
                _note(found, row, match)
        if len(found) >= limit:
            return


def _find_mistyped(
    reading: Reading, asked: Asked, limit: int, archived: bool, found: dict[int, tuple[int, str]]
) -> None:
    """Names with a mistake or two, the nearest first."""
    near = name_words(reading).near(asked.words, 3 * limit)
    if not near:
        return
    for row in _rows(reading, _BY_ID, archived, client_ids=near):
        distance = distance_from(asked.words, words_of(row.name_folded))
        if distance is not None:
            _note(found, row, (MATCHES.index("typo"), f"{distance:02}{row.name_folded}"))


def _note(found: dict[int, tuple[int, str]], row: Any, match: tuple[int, str]) -> None:
    root = row.merged_into or row.id
    if root not in found or match < found[root]:
        found[root] = match


def _ways(reading: Reading, asked: Asked, archived: bool) -> Iterator[Sequence[Any]]:
    """The rows of each way to look, the surest first."""
    yield _rows(reading, _BY_CODE, archived, codes=code_spellings(asked.text))
    yield _rows(reading, _BY_BEGINNING, archived, start=asked.folded, end=asked.folded + "\U0010ffff")
    if asked.number:
        if len(asked.number) >= FEWEST_PHONE_DIGITS:
            yield _containing(reading, (asked.number,), archived)
    else:
        yield _containing(reading, tuple(f" {word}" for word in asked.words), archived)
        yield _containing(reading, asked.words, archived)
    yield _containing(reading, tuple(asked.folded.split()), archived)
    if len(asked.words) > 1 and any(len(word) < 3 for word in asked.words):
        # The end of a word and the beginning of the next, too short to be looked up one by one.
        yield _containing(reading, (asked.folded,), archived)


def _rows(reading: Reading, statement: Any, archived: bool, **asked: Any) -> Sequence[Any]:
    rows: Sequence[Any] = reading.connection.execute(statement, {"archived": archived, **asked}).all()
    return rows


def _containing(reading: Reading, parts: tuple[str, ...], archived: bool) -> Sequence[Any]:
    """Rows whose searchable text has all these parts in it, looked up in the index of three letters each."""
    if not any(len(part) >= 3 for part in parts):
        # Two signs are a given name in some scripts; in Latin letters they would be found everywhere.
        if "".join(parts).isascii():
            return ()
    elif reading.connection.dialect.name == "sqlite":
        # A part too short for the index is checked on what the longer ones find.
        phrases = " ".join('"' + part.replace('"', '""') + '"' for part in parts if len(part) >= 3)
        return _rows(reading, _BY_INDEX, archived, phrases=phrases)
    patterns = (f"%{_literally(part)}%" for part in parts)
    return _rows(reading, _ROWS.where(*(_SEARCH_TEXT.like(one, escape="\\") for one in patterns)), archived)


def _literally(part: str) -> str:
    """The part as a LIKE pattern that means just these characters."""
    return part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def match_of(asked: Asked, row: Any) -> tuple[int, str] | None:
    """Why a row is what was asked for: the place in ``MATCHES`` and what to sort by; None if it is not."""
    place = _place(asked, row)
    if place is None:
        return None
    exact = asked.words and asked.words[0] in words_of(row.name_folded)
    return MATCHES.index(place), ("0" if exact else "1") + row.name_folded


def _place(asked: Asked, row: Any) -> str | None:
    if row.member_code and row.member_code.lower() == asked.text.lower():
        return "code"
    if f" {asked.folded}" in f" {row.name_folded}":
        return "name"
    if asked.words and _begin_words(asked.words, words_of(row.name_folded)):
        return "name" if len(asked.words) == 1 else "words"
    if asked.folded in row.email_folded:
        return "email"
    if len(asked.number) >= FEWEST_PHONE_DIGITS and asked.number in row.phone_digits:
        return "phone"
    whole = f"{row.name_folded} {row.email_folded} {row.phone_digits} {(row.member_code or '').lower()}"
    return "text" if all(word in whole for word in asked.words) else None


def _begin_words(asked: tuple[str, ...], words: list[str]) -> bool:
    """Whether each word asked for begins a word of its own."""
    left = list(words)
    for word in sorted(asked, key=len, reverse=True):
        begun = next((one for one in left if one.startswith(word)), None)
        if begun is None:
            return False
        left.remove(begun)
    return True


def _hits(
    reading: Reading, found: dict[int, tuple[int, str]], limit: int, archived: bool
) -> tuple[ClientHit, ...]:
    ranked = sorted(found, key=lambda one: (found[one], one))[: limit + CANDIDATES // 10]
    rows = (
        {row.id: row for row in reading.connection.execute(_ROOTS, {"client_ids": ranked})} if ranked else {}
    )
    shown = [
        rows[one] for one in ranked if rows[one].hidden_at is None and (archived or not rows[one].archived_at)
    ]
    return tuple(
        ClientHit(
            id=row.id,
            name=row.name,
            email=row.email,
            phone=row.phone,
            member_code=row.member_code,
            credits=row.credits,
            next_expiry=row.next_expiry,
            alert=row.alert,
            archived=row.archived,
            match=MATCHES[found[row.id][0]],
        )
        for row in client_rows(reading, shown[:limit])
    )
