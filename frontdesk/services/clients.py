"""Clients' cards: creating, editing, archiving and reading them."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import NotFound, Problem, Refused
from frontdesk.models.calendar import local_day
from frontdesk.models.client import client, client_event, client_merge
from frontdesk.models.studio import staff
from frontdesk.models.text import EMAIL_LIMIT, LINE_LIMIT, PHONE_LIMIT, digits, fold, tidy, tidy_lines
from frontdesk.services.changes import Topic
from frontdesk.services.client_group import root_of
from frontdesk.services.drafts.checks import line_problems, lines_problems, refuse
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.duplicates import similar_clients
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.clients import ClientCard, ClientSaved, MergedClient

#: The columns of a card that a person fills in; each is an attribute of ClientDraft too.
FIELDS = ("name", "email", "phone", "birthday", "notes", "alert", "member_code")
#: Letters and digits that are not taken for one another on a printed card.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 7

_CLIENT = sa.select(client).where(client.c.id == sa.bindparam("client_id"))
_CODE_OWNER = sa.select(client.c.id, client.c.name).where(
    client.c.member_code.in_(sa.bindparam("codes", expanding=True)), client.c.hidden_at.is_(None)
)
_CHANGE = sa.update(client).where(client.c.id == sa.bindparam("changed_id"))
_ended = client_merge.alias("ended")
_MERGED = (
    sa.select(
        client.c.id,
        client.c.name,
        client_merge.c.id.label("merge_id"),
        client_merge.c.recorded_at,
        staff.c.name.label("merged_by"),
    )
    .join(client_merge, client_merge.c.client_id == client.c.id)
    .join(staff, staff.c.id == client_merge.c.staff_id)
    .where(
        client.c.merged_into == sa.bindparam("root"),
        client_merge.c.kind == "merge",
        ~sa.exists().where(_ended.c.ends_merge_id == client_merge.c.id),
    )
    .order_by(client_merge.c.id)
)


def client_card(reading: Reading, client_id: int) -> ClientCard:
    """A client's card; asked for a merged client, the card of the one who stands for them (D1, D4).

    Raises:
        NotFound: client.unknown.
        Refused: client.hidden, when the import that brought the client in was undone.
    """
    row = _client(reading, root_of(reading, client_id))
    if row.hidden_at is not None:
        raise Refused("client.hidden")
    merged = reading.connection.execute(_MERGED, {"root": row.id})
    return ClientCard(
        id=row.id,
        name=row.name,
        email=row.email,
        phone=row.phone,
        birthday=row.birthday,
        notes=row.notes,
        alert=row.alert,
        member_code=row.member_code or "",
        source=row.source,
        archived=row.archived_at is not None,
        created_at=row.created_at,
        updated_at=row.updated_at,
        merged=tuple(
            MergedClient(one.id, one.name, one.merge_id, one.recorded_at, one.merged_by) for one in merged
        ),
    )


def create_client(work: UnitOfWork, draft: ClientDraft) -> ClientSaved:
    """Make a client's card (D1). Who else it may be is told, and stands in nobody's way (D4).

    Raises:
        InvalidDraft: what the draft's problems say, client.code_taken, client.birthday_in_future.
    """
    _refuse_bad(work, draft, but=None)
    similar = similar_clients(work, draft)
    values = card_values(draft)
    stamps = {"source": "desk", "created_at": work.now, "updated_at": work.now}
    added = sa.insert(client).returning(client.c.id)
    client_id: int = work.connection.execute(added, {**values, **stamps}).scalar_one()
    note_event(work, client_id, "created")
    work.changed(Topic.CLIENTS, client_id)
    return ClientSaved(client_id, _filled_in(draft), similar)


def edit_client(work: UnitOfWork, client_id: int, draft: ClientDraft) -> ClientSaved:
    """Change a client's card. The history keeps which fields changed, not what they said (D1, A7).

    Raises:
        NotFound: client.unknown.
        InvalidDraft: what the draft's problems say, client.code_taken, client.birthday_in_future.
        Refused: client.merged, client.hidden.
    """
    row = _to_change(work, client_id)
    _refuse_bad(work, draft, but=client_id)
    changed = _store(work, row, card_values(draft))
    reachable = {"name", "email", "phone", "birthday"}
    similar = similar_clients(work, draft, but=client_id) if reachable & set(changed) else ()
    return ClientSaved(client_id, changed, similar)


def change_notes(work: UnitOfWork, client_id: int, notes: str) -> ClientSaved:
    """Change a client's notes and nothing else (D1).

    Raises:
        NotFound: client.unknown.
        InvalidDraft: what is wrong with the text.
        Refused: client.merged, client.hidden.
    """
    refuse(lines_problems("notes", notes))
    row = _to_change(work, client_id)
    return ClientSaved(client_id, _store(work, row, {"notes": tidy_lines(notes)}))


def change_alert(work: UnitOfWork, client_id: int, alert: str) -> ClientSaved:
    """Change what is shown when a client checks in, and nothing else (D1).

    Raises:
        NotFound: client.unknown.
        InvalidDraft: what is wrong with the text.
        Refused: client.merged, client.hidden.
    """
    refuse(line_problems("alert", alert, LINE_LIMIT))
    row = _to_change(work, client_id)
    return ClientSaved(client_id, _store(work, row, {"alert": tidy(alert, LINE_LIMIT)}))


def archive_client(work: UnitOfWork, client_id: int) -> None:
    """Take a client off the list; credits, sales and history stay (D1).

    Raises:
        NotFound: client.unknown.
        Refused: client.is_archived, client.merged, client.hidden.
    """
    row = _to_change(work, client_id)
    if row.archived_at is not None:
        raise Refused("client.is_archived", name=row.name)
    _put(work, client_id, "archived", archived_at=work.now)


def restore_client(work: UnitOfWork, client_id: int) -> None:
    """Put an archived client on the list again (D1).

    Raises:
        NotFound: client.unknown.
        Refused: client.not_archived, client.merged, client.hidden.
    """
    row = _to_change(work, client_id)
    if row.archived_at is None:
        raise Refused("client.not_archived", name=row.name)
    _put(work, client_id, "restored", archived_at=None)


def suggest_member_code(reading: Reading) -> str:
    """A member code that nobody has, short enough to be typed when the scanner is missing (D1)."""
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        # A code of digits alone would be found by every search for a phone number.
        if not code.isdecimal() and code_owner(reading, code) is None:
            return code


def code_owner(reading: Reading, code: str) -> tuple[int, str] | None:
    """Id and name of the client with this member code, in either case of its letters; None for nobody."""
    row = reading.connection.execute(_CODE_OWNER, {"codes": code_spellings(code)}).first()
    return None if row is None else (row.id, row.name)


def code_spellings(code: str) -> list[str]:
    """The spellings under which a code is looked up: scanners keep the case of letters, people do not."""
    return sorted({code, code.upper(), code.lower()})


def card_values(draft: ClientDraft) -> dict[str, Any]:
    """The columns of a client's card as a draft without problems fills them, folded for search (D2)."""
    name, email = tidy(draft.name), tidy(draft.email, EMAIL_LIMIT)
    phone = tidy(draft.phone, PHONE_LIMIT)
    return {
        "name": name,
        "name_folded": fold(name),
        "email": email,
        "email_folded": fold(email),
        "phone": phone,
        "phone_digits": digits(phone),
        "birthday": draft.birthday,
        "notes": tidy_lines(draft.notes),
        "alert": tidy(draft.alert, LINE_LIMIT),
        "member_code": tidy(draft.member_code) or None,
    }


def note_event(work: UnitOfWork, client_id: int, kind: str, fields: tuple[str, ...] = ()) -> None:
    """Write down who did what to a client's card, by the names of the fields alone (A7)."""
    row = {
        "client_id": client_id,
        "kind": kind,
        "fields": list(fields) or None,
        "staff_id": work.actor.staff_id,
        "desk_id": work.actor.desk_id,
        "recorded_at": work.now,
    }
    work.connection.execute(sa.insert(client_event), row)


def _client(reading: Reading, client_id: int) -> sa.Row[Any]:
    row = reading.connection.execute(_CLIENT, {"client_id": client_id}).first()
    if row is None:
        raise NotFound("client.unknown")
    return row


def _to_change(work: UnitOfWork, client_id: int) -> sa.Row[Any]:
    """The client's row, locked; a card that is shown nowhere cannot be changed."""
    work.lock_clients([client_id])
    row = _client(work, client_id)
    if row.merged_into is not None:
        raise Refused("client.merged", name=row.name, into=_client(work, row.merged_into).name)
    if row.hidden_at is not None:
        raise Refused("client.hidden")
    return row


def _refuse_bad(work: UnitOfWork, draft: ClientDraft, but: int | None) -> None:
    problems = list(draft.problems())
    if not problems:
        owner = code_owner(work, tidy(draft.member_code)) if draft.member_code.strip() else None
        if owner is not None and owner[0] != but:
            problems.append(Problem("member_code", "client.code_taken", {"name": owner[1]}))
        if draft.birthday is not None and draft.birthday > local_day(work.now, work.studio.zone):
            problems.append(Problem("birthday", "client.birthday_in_future"))
    refuse(problems)


def _store(work: UnitOfWork, row: sa.Row[Any], values: dict[str, Any]) -> tuple[str, ...]:
    """Write what differs from the row; the names of the fields that did."""
    changed = tuple(name for name in FIELDS if name in values and values[name] != getattr(row, name))
    if changed:
        _put(work, row.id, "edited", changed, **values)
    return changed


def _put(work: UnitOfWork, client_id: int, kind: str, fields: tuple[str, ...] = (), **values: Any) -> None:
    work.connection.execute(_CHANGE, {"changed_id": client_id, "updated_at": work.now, **values})
    note_event(work, client_id, kind, fields)
    work.changed(Topic.CLIENTS, client_id)


def _filled_in(draft: ClientDraft) -> tuple[str, ...]:
    return tuple(name for name in FIELDS if getattr(draft, name))
