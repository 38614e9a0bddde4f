"""Merging clients who are one person, and undoing it: an alias, so that no row of the books moves (D4)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from frontdesk.errors import NotFound, Refused
from frontdesk.models.client import client, client_merge
from frontdesk.services.changes import Topic
from frontdesk.services.client_group import client_group
from frontdesk.services.clients import note_event
from frontdesk.services.decisions import close_by_merge, reopen_by_parting
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.views.clients import Merged

_ended = client_merge.alias("ended")
_OPEN = ~sa.exists().where(_ended.c.ends_merge_id == client_merge.c.id)
_MERGE = sa.select(client_merge, _OPEN.label("open")).where(
    client_merge.c.id == sa.bindparam("merge_id"), client_merge.c.kind == "merge"
)
_LINKS = sa.select(client_merge.c.client_id, client_merge.c.into_client_id).where(
    client_merge.c.kind == "merge", _OPEN, client_merge.c.client_id.in_(sa.bindparam("ids", expanding=True))
)
_CARDS = sa.select(client.c.id, client.c.name, client.c.archived_at, client.c.hidden_at).where(
    client.c.id.in_(sa.bindparam("ids", expanding=True))
)
_POINT = sa.update(client).where(client.c.id == sa.bindparam("moved_id"))
_ADD = sa.insert(client_merge).returning(client_merge.c.id)


def merge_clients(work: UnitOfWork, from_id: int, into_id: int) -> Merged:
    """Show one client as another: both histories, one balance, one limit per package (D4).

    Credits, sales and entries stay where they are; reads resolve the alias. Where a client was merged
    already, the one who stands for them is meant.

    Raises:
        NotFound: client.unknown.
        Refused: merge.with_itself, merge.into_archived, client.hidden.
    """
    gone, kept = _locked_groups(work, from_id, into_id)
    if gone[0] == kept[0]:
        raise Refused("merge.with_itself")
    _check_cards(work, gone[0], kept[0])
    merge_id: int = work.connection.execute(_ADD, _row(work, "merge", gone[0], kept[0])).scalar_one()
    for member in gone:
        _point(work, member, kept[0])
    close_by_merge(work, gone, kept)
    _tell(work, "merged", gone[0], kept[0], (*gone, *kept))
    return Merged(merge_id, kept[0])


def undo_merge(work: UnitOfWork, merge_id: int) -> None:
    """Part two clients who were merged; whoever was merged into either of them stays there (D4).

    Raises:
        NotFound: merge.unknown.
        Refused: merge.undone.
    """
    found = work.connection.execute(_MERGE, {"merge_id": merge_id}).first()
    if found is None:
        raise NotFound("merge.unknown")
    group, _ = _locked_groups(work, found.client_id, found.into_client_id)
    merge = work.connection.execute(_MERGE, {"merge_id": merge_id}).one()
    if not merge.open:
        raise Refused("merge.undone")
    ended = _row(work, "unmerge", merge.client_id, merge.into_client_id) | {"ends_merge_id": merge_id}
    work.connection.execute(_ADD, ended)
    links = {
        row.client_id: row.into_client_id for row in work.connection.execute(_LINKS, {"ids": list(group)})
    }
    for member in group:
        _point(work, member, _end_of_chain(links, member))
    reopen_by_parting(work, merge.recorded_at, group)
    _tell(work, "unmerged", merge.client_id, merge.into_client_id, group)


def _check_cards(work: UnitOfWork, gone_id: int, kept_id: int) -> None:
    """Merging must take nobody off the list who is on it."""
    cards = {row.id: row for row in work.connection.execute(_CARDS, {"ids": [gone_id, kept_id]})}
    if any(card.hidden_at is not None for card in cards.values()):
        raise Refused("client.hidden")
    if cards[kept_id].archived_at is not None and cards[gone_id].archived_at is None:
        raise Refused("merge.into_archived", name=cards[kept_id].name)


def _locked_groups(work: UnitOfWork, one: int, other: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Both groups, read again under their lock: another desk may have merged meanwhile."""
    while True:
        before = {*client_group(work, one), *client_group(work, other)}
        work.lock_clients(before)
        groups = client_group(work, one), client_group(work, other)
        if before >= {*groups[0], *groups[1]}:
            return groups


def _end_of_chain(links: dict[int, int], member: int) -> int | None:
    end = member
    while end in links:
        end = links[end]
    return None if end == member else end


def _point(work: UnitOfWork, member: int, root: int | None) -> None:
    work.connection.execute(_POINT, {"moved_id": member, "merged_into": root, "updated_at": work.now})


def _row(work: UnitOfWork, kind: str, client_id: int, into_client_id: int) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "into_client_id": into_client_id,
        "kind": kind,
        "staff_id": work.actor.staff_id,
        "desk_id": work.actor.desk_id,
        "recorded_at": work.now,
    }


def _tell(work: UnitOfWork, kind: str, one: int, other: int, everyone: tuple[int, ...]) -> None:
    note_event(work, one, kind)
    note_event(work, other, kind)
    work.changed(Topic.CLIENTS, *everyone)
    work.changed(Topic.CREDITS, *everyone)
