"""One lock for all settings: two desks cannot both take a name, or both archive the last staff member."""

from __future__ import annotations

import sqlalchemy as sa

from frontdesk.models.studio import studio
from frontdesk.services.unit_of_work import UnitOfWork

_LOCK = sa.select(studio.c.id).where(studio.c.id == 1).with_for_update()


def lock_settings(work: UnitOfWork) -> None:
    """Let no other desk change settings or packages until this transaction ends.

    SQLite has one writer at a time, so there the transaction itself is the lock.
    """
    work.connection.execute(_LOCK).all()
