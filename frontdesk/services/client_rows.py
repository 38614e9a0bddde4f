"""Clients as lists show them: by name a page at a time, and with the credits they can use now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from frontdesk.models.calendar import last_day
from frontdesk.models.client import client
from frontdesk.models.ledger import lot_balance, lot_hold
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.clients import ClientCounts, ClientFilter, ClientKey, ClientPage, ClientRow

#: A row of the list, without its credits.
COLUMNS = (
    client.c.id,
    client.c.name,
    client.c.name_folded,
    client.c.email,
    client.c.phone,
    client.c.member_code,
    client.c.alert,
    client.c.archived_at,
)
VISIBLE = sa.and_(client.c.hidden_at.is_(None), client.c.merged_into.is_(None))
_WHICH = {
    ClientFilter.ACTIVE: client.c.archived_at.is_(None),
    ClientFilter.ARCHIVED: client.c.archived_at.is_not(None),
    ClientFilter.IMPORTED: sa.and_(client.c.source == "import", client.c.archived_at.is_(None)),
}
_AFTER = sa.tuple_(client.c.name_folded, client.c.id) > sa.tuple_(
    sa.bindparam("after_name", type_=sa.Text), sa.bindparam("after_id", type_=sa.BigInteger)
)
_PAGES = {
    which: sa.select(*COLUMNS)
    .where(VISIBLE, condition, _AFTER)
    .order_by(client.c.name_folded, client.c.id)
    .limit(sa.bindparam("most"))
    for which, condition in _WHICH.items()
}
_COUNTS = sa.select(
    *(sa.func.count().filter(condition).label(which.value) for which, condition in _WHICH.items())
).where(
    # Added to, so that SQLite reads the table once and not row by row in the order of the member codes.
    (sa.type_coerce(client.c.hidden_at, sa.BigInteger) + 0).is_(None),
    client.c.merged_into.is_(None),
)
_BY_IDS = sa.select(*COLUMNS).where(client.c.id.in_(sa.bindparam("client_ids", expanding=True)))

_now = sa.bindparam("now", type_=lot_balance.c.expires_at.type)
_closing = lot_hold.alias("closing")
_GROUPS = sa.select(client.c.id, client.c.merged_into).where(
    client.c.merged_into.in_(sa.bindparam("client_ids", expanding=True))
)
#: Lots that count now, each with what the holds in force set aside; NULL credits hold the whole lot (C6).
_LOTS = (
    sa.select(
        lot_balance.c.lot_id,
        lot_balance.c.client_id,
        lot_balance.c.remaining,
        lot_balance.c.expires_at,
        sa.func.count(lot_hold.c.id).label("holds"),
        sa.func.count(lot_hold.c.credits).label("counted_holds"),
        sa.func.coalesce(sa.func.sum(lot_hold.c.credits), 0).label("held"),
    )
    .select_from(lot_balance)
    .join(
        lot_hold,
        sa.and_(
            lot_hold.c.lot_id == lot_balance.c.lot_id,
            lot_hold.c.closes_hold_id.is_(None),
            lot_hold.c.starts_at <= _now,
            sa.or_(lot_hold.c.ends_at.is_(None), lot_hold.c.ends_at > _now),
            ~sa.exists().where(_closing.c.closes_hold_id == lot_hold.c.id).correlate(lot_hold),
        ),
        isouter=True,
    )
    .where(
        lot_balance.c.client_id.in_(sa.bindparam("client_ids", expanding=True)),
        lot_balance.c.remaining > 0,
        lot_balance.c.effective_at <= _now,
        sa.or_(lot_balance.c.expires_at.is_(None), lot_balance.c.expires_at > _now),
    )
    .group_by(
        lot_balance.c.lot_id, lot_balance.c.client_id, lot_balance.c.remaining, lot_balance.c.expires_at
    )
)


@dataclass(frozen=True, slots=True)
class Usable:
    """Credits usable now, and the instant at which the first of them expire."""

    credits: int = 0
    expires_at: datetime | None = None


def client_page(
    reading: Reading,
    which: ClientFilter = ClientFilter.ACTIVE,
    after: ClientKey | None = None,
    limit: int = 50,
) -> ClientPage:
    """A page of the client list by name, from behind ``after`` on (D1)."""
    start = after or ClientKey("", 0)
    asked = {"after_name": start.name_folded, "after_id": start.id, "most": limit + 1}
    rows = reading.connection.execute(_PAGES[which], asked).all()
    page = rows[:limit]
    more = ClientKey(page[-1].name_folded, page[-1].id) if len(rows) > limit else None
    return ClientPage(client_rows(reading, page), more)


def client_counts(reading: Reading) -> ClientCounts:
    """How many clients there are behind each filter of the list."""
    row = reading.connection.execute(_COUNTS).one()
    return ClientCounts(active=row.active, archived=row.archived, imported=row.imported)


def client_rows_by_id(reading: Reading, client_ids: Sequence[int]) -> dict[int, ClientRow]:
    """List rows of these clients by id, whatever has become of them; an id that does not exist has none."""
    rows = reading.connection.execute(_BY_IDS, {"client_ids": list(client_ids)}).all()
    return {row.id: row for row in client_rows(reading, rows)}


def client_rows(reading: Reading, rows: Sequence[Any]) -> tuple[ClientRow, ...]:
    """List rows from rows of ``COLUMNS``, with the credits of each and of everyone merged into them (D4)."""
    usable = usable_now(reading, [row.id for row in rows])
    zone = reading.studio.zone
    return tuple(
        ClientRow(
            id=row.id,
            name=row.name,
            email=row.email,
            phone=row.phone,
            member_code=row.member_code or "",
            credits=found.credits,
            next_expiry=None if found.expires_at is None else last_day(found.expires_at, zone),
            alert=row.alert,
            archived=row.archived_at is not None,
        )
        for row in rows
        for found in (usable.get(row.id, Usable()),)
    )


def usable_now(reading: Reading, root_ids: Iterable[int]) -> dict[int, Usable]:
    """What clients and everyone merged into them can use now; who has nothing is left out (C2, C5)."""
    roots = {client_id: client_id for client_id in root_ids}
    if not roots:
        return {}
    members = reading.connection.execute(_GROUPS, {"client_ids": list(roots)}).all()
    roots.update((row.id, row.merged_into) for row in members)
    found: dict[int, Usable] = {}
    asked = {"client_ids": list(roots), "now": reading.now}
    for row in reading.connection.execute(_LOTS, asked):
        credits = row.remaining - row.held if row.holds == row.counted_holds else 0
        if credits > 0:
            root = roots[row.client_id]
            found[root] = _sum(found.get(root, Usable()), credits, row.expires_at)
    return found


def _sum(so_far: Usable, credits: int, expires_at: datetime | None) -> Usable:
    instants = [one for one in (so_far.expires_at, expires_at) if one is not None]
    return Usable(so_far.credits + credits, min(instants, default=None))
