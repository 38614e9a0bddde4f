"""Who may be one and the same person: at a new card, and over all clients (D4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.models.client import client
from frontdesk.models.text import digits, fold
from frontdesk.services.client_rows import VISIBLE, client_rows_by_id
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.clients import DuplicateHint, DuplicatePair

#: Numbers are compared by their last digits: with the country's code or without, they are the same.
PHONE_TAIL: Final = 8
FEWEST_PHONE_DIGITS: Final = 7
#: More clients than this under one number are a front desk's own, a school's or a placeholder.
MOST_OF_A_KIND: Final = 6
#: What a reason weighs in the order of suggestions; a family shares a number more often than a name.
WEIGHTS: Final = {"name": 4, "email": 3, "phone": 2}

_SHOWN = sa.select(client.c.id, client.c.merged_into).where(client.c.hidden_at.is_(None))
_SAME_EMAIL = _SHOWN.where(client.c.email_folded == sa.bindparam("email"))
_SAME_PHONE = _SHOWN.where(
    client.c.phone_digits != "",
    client.c.phone_digits.in_(sa.bindparam("phones", expanding=True)),
)
_SAME_NAME = _SHOWN.where(client.c.name_folded.in_(sa.bindparam("names", expanding=True)))


def similar_clients(
    reading: Reading, draft: ClientDraft, but: int | None = None, limit: int = 5
) -> tuple[DuplicateHint, ...]:
    """Clients who may be the one of the draft: same e-mail, phone or name, also with its words turned (D4).

    A warning, never a refusal. ``but`` is the client being edited. Fit to be called at every keystroke.
    """
    reasons: defaultdict[int, set[str]] = defaultdict(set)
    for reason, statement, asked in _questions(draft):
        for row in reading.connection.execute(statement.limit(50), asked):
            root = row.merged_into or row.id
            if root != but:
                reasons[root].add(reason)
    ranked = sorted(reasons, key=lambda one: (-_weight(reasons[one]), one))[:limit]
    rows = client_rows_by_id(reading, ranked)
    return tuple(DuplicateHint(rows[one], _named(reasons[one])) for one in ranked)


def _questions(draft: ClientDraft) -> Iterator[tuple[str, sa.Select[Any], dict[str, Any]]]:
    email = fold(draft.email)
    if email:
        yield "email", _SAME_EMAIL, {"email": email}
    phone = digits(draft.phone)
    if len(phone) >= FEWEST_PHONE_DIGITS:
        yield "phone", _SAME_PHONE, {"phones": phone_spellings(phone)}
    name = fold(draft.name)
    if name:
        yield "name", _SAME_NAME, {"names": list(dict.fromkeys((name, *_turned(name))))}


def _turned(name: str) -> Iterator[str]:
    """The name with its first word last, and its last word first: "okafor mira" is "mira okafor"."""
    words = name.replace(",", " ").split()
    if len(words) > 1:
        yield " ".join(words)
        yield " ".join((*words[1:], words[0]))
        yield " ".join((words[-1], *words[:-1]))


def phone_spellings(phone: str) -> list[str]:
    """Digits as typed, without the zeros in front, and with a zero: how one number stands on two cards."""
    bare = phone.lstrip("0")
    return sorted({phone, bare, "0" + bare, "00" + bare})


def suggest_duplicates(reading: Reading, limit: int = 50) -> tuple[DuplicatePair, ...]:
    """Pairs of clients who may be the same person, the likeliest first (D4).

    Same e-mail, same last digits of the phone number, or same name and birthday. Archived clients count,
    merged and hidden ones do not.
    """
    reasons: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    names: dict[int, str] = {}
    dialect = reading.connection.dialect.name
    for reason, statement in _GROUPED[dialect].items():
        for row in reading.connection.execute(statement):
            names.update(((row.first_id, row.first_name), (row.id, row.name)))
            reasons[row.first_id, row.id].add(reason)
    for (one, other), found in reasons.items():
        if _same_words(names[one], names[other]):
            found.add("name")
    ranked = sorted(reasons, key=lambda pair: (-_weight(reasons[pair]), pair))[:limit]
    rows = client_rows_by_id(reading, sorted({one for pair in ranked for one in pair}))
    return tuple(DuplicatePair(rows[pair[0]], rows[pair[1]], _named(reasons[pair])) for pair in ranked)


def _grouped(key: Any, counts: Any) -> sa.Select[Any]:
    """Every client but the oldest who shares a key, beside the oldest one."""
    keyed = (
        sa.select(
            client.c.id,
            client.c.name_folded.label("name"),
            sa.func.first_value(client.c.id).over(partition_by=key, order_by=client.c.id).label("first_id"),
            sa.func.first_value(client.c.name_folded)
            .over(partition_by=key, order_by=client.c.id)
            .label("first_name"),
            sa.func.count().over(partition_by=key).label("together"),
        )
        .where(VISIBLE, counts)
        .subquery()
    )
    return sa.select(keyed).where(keyed.c.together.between(2, MOST_OF_A_KIND), keyed.c.id != keyed.c.first_id)


def _statements(tail: Any) -> dict[str, sa.Select[Any]]:
    return {
        "email": _grouped(client.c.email_folded, client.c.email_folded != ""),
        "phone": _grouped(tail, sa.func.length(client.c.phone_digits) >= FEWEST_PHONE_DIGITS),
        "name": _grouped([client.c.name_folded, client.c.birthday], client.c.birthday.is_not(None)),
    }


_GROUPED: Final = {
    "sqlite": _statements(sa.func.substr(client.c.phone_digits, -PHONE_TAIL)),
    "postgresql": _statements(sa.func.right(client.c.phone_digits, PHONE_TAIL)),
}


def _same_words(one: str, other: str) -> bool:
    return sorted(one.replace(",", " ").split()) == sorted(other.replace(",", " ").split())


def _weight(reasons: Iterable[str]) -> int:
    return sum(WEIGHTS[one] for one in reasons)


def _named(reasons: set[str]) -> tuple[str, ...]:
    return tuple(one for one in ("email", "phone", "name") if one in reasons)
