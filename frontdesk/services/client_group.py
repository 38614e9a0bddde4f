"""Merged clients as one: the client that stands for them, and everyone who leads there (D4)."""

from __future__ import annotations

import sqlalchemy as sa

from frontdesk.errors import NotFound
from frontdesk.models.client import client
from frontdesk.services.unit_of_work import Reading

# merged_into is kept resolved to the end of its chain, so one step is enough either way.
_ROOT = sa.select(sa.func.coalesce(client.c.merged_into, client.c.id)).where(
    client.c.id == sa.bindparam("asked")
)
_MEMBERS = sa.select(client.c.id).where(client.c.merged_into == sa.bindparam("root")).order_by(client.c.id)


def name_of(client_id: sa.ColumnElement[int]) -> sa.ScalarSelect[str]:
    """For a query that has this column: the name of the client who stands for its client (D4)."""
    own, root = client.alias(), client.alias()
    return (
        sa.select(root.c.name)
        .join(own, root.c.id == sa.func.coalesce(own.c.merged_into, own.c.id))
        .where(own.c.id == client_id)
        .scalar_subquery()
    )


def root_of(reading: Reading, client_id: int) -> int:
    """The client that stands for this one: itself, unless it was merged into another (D4).

    Raises:
        NotFound: client.unknown.
    """
    root = reading.connection.execute(_ROOT, {"asked": client_id}).scalar()
    if root is None:
        raise NotFound("client.unknown")
    return int(root)


def client_group(reading: Reading, client_id: int) -> tuple[int, ...]:
    """All clients who are one person by merging: the one that stands for them first, the others by id (D4).

    Raises:
        NotFound: client.unknown.
    """
    root = root_of(reading, client_id)
    return (root, *reading.connection.execute(_MEMBERS, {"root": root}).scalars())
