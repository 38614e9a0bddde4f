"""What the first painted frame shows, by plain SQL: SQLAlchemy takes longer to load than a window to open."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from frontdesk.models.calendar import CalendarError, last_day, zone
from frontdesk.models.text import fold
from frontdesk.services.views.client_rows import ClientRow
from frontdesk.services.views.desks import DeskRow, StaffRow
from frontdesk.services.views.first_rows import FirstRows

#: The schema that these statements were written for. A file of any other waits for the migration.
REVISION: Final = "0002"
#: Longer than this nobody waits for a first frame; the rows come with the rest of the program then.
_WAIT_SECONDS: Final = 0.2
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_REVISION = "SELECT version_num FROM alembic_version"
_STUDIO = """
    SELECT name, currency, zone, demo, trial OR EXISTS (
        SELECT 1 FROM stripe_account WHERE disconnected_at IS NULL AND NOT livemode)
    FROM studio WHERE id = 1
"""
_DESKS = "SELECT id, name, prefix FROM desk WHERE NOT system ORDER BY id"
_STAFF = "SELECT id, name FROM staff WHERE archived_at IS NULL AND NOT system ORDER BY id"
_CLIENTS = """
    SELECT id, name, email, phone, COALESCE(member_code, ''), alert FROM client
    WHERE hidden_at IS NULL AND merged_into IS NULL AND archived_at IS NULL
    ORDER BY name_folded, id LIMIT ?
"""
#: Credits and first expiry of the clients and everyone merged into them: lots that count now, less what is
#: held. A hold without a number holds the whole lot.
_USABLE = """
    WITH member AS (SELECT id, COALESCE(merged_into, id) AS root FROM client
                    WHERE id IN ({0}) OR merged_into IN ({0})),
    lot AS (SELECT m.root, b.expires_at, b.remaining - COALESCE((
                SELECT SUM(COALESCE(h.credits, b.remaining)) FROM lot_hold h
                WHERE h.lot_id = b.lot_id AND h.closes_hold_id IS NULL
                AND h.starts_at <= :now AND (h.ends_at IS NULL OR h.ends_at > :now)
                AND NOT EXISTS (SELECT 1 FROM lot_hold c WHERE c.closes_hold_id = h.id)), 0) AS credits
            FROM member m JOIN lot_balance b ON b.client_id = m.id
            WHERE b.remaining > 0 AND b.effective_at <= :now
            AND (b.expires_at IS NULL OR b.expires_at > :now))
    SELECT root, SUM(credits), MIN(expires_at) FROM lot WHERE credits > 0 GROUP BY root
"""


def first_rows(file: Path, now: datetime, limit: int = 50) -> FirstRows | None:
    """Studio, desks, staff and the first page of clients in an SQLite file, in a few milliseconds.

    None where there is nothing to show yet: no file, no studio, another revision, or a file that is busy or
    damaged, of which the rest of the program will tell. Nothing is written.
    """
    # Here, so that importing this module costs a window nothing.
    from sqlcipher3 import dbapi2

    try:
        # Not mode=ro: that leaves the -wal and -shm files of a closed studio lying about.
        uri = f"{file.absolute().as_uri()}?mode=rw"
        with closing(dbapi2.connect(uri, uri=True, timeout=_WAIT_SECONDS)) as connection:
            connection.execute("PRAGMA query_only = 1")
            return _read(connection, now, limit)
    except (dbapi2.Error, CalendarError):
        return None


def _read(connection: Any, now: datetime, limit: int) -> FirstRows | None:
    if connection.execute(_REVISION).fetchone() != (REVISION,):
        return None
    studio = connection.execute(_STUDIO).fetchone()
    if studio is None:
        return None
    name, currency, zone_name, demo, test_mode = studio
    return FirstRows(
        studio_name=name,
        currency=currency,
        zone=zone_name,
        demo=bool(demo),
        desks=tuple(DeskRow(*row) for row in connection.execute(_DESKS)),
        staff=tuple(sorted((StaffRow(*row) for row in connection.execute(_STAFF)), key=_by_name)),
        clients=_clients(connection, zone_name, now, limit),
        test_mode=bool(test_mode),
    )


def _by_name(row: StaffRow) -> tuple[str, int]:
    return fold(row.name), row.id


def _clients(connection: Any, zone_name: str, now: datetime, limit: int) -> tuple[ClientRow, ...]:
    rows = connection.execute(_CLIENTS, (limit,)).fetchall()
    # Ids of our own rows, never text: there is no other way to name a list of them.
    statement = _USABLE.format(",".join(str(int(row[0])) for row in rows))
    micros = (now - _EPOCH) // timedelta(microseconds=1)
    usable = {root: found for root, *found in connection.execute(statement, {"now": micros})}
    return tuple(
        ClientRow(
            id=client_id,
            name=name,
            email=email,
            phone=phone,
            member_code=code,
            credits=credits,
            next_expiry=None
            if expires is None
            else last_day(_EPOCH + timedelta(microseconds=expires), zone(zone_name)),
            alert=alert,
        )
        for client_id, name, email, phone, code, alert in rows
        for credits, expires in (usable.get(client_id, (0, None)),)
    )
