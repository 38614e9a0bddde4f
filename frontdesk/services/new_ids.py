"""Ids of rows before they are written: where a hash covers them, or where thousands go in at once."""

from __future__ import annotations

import sqlalchemy as sa

from frontdesk.services.unit_of_work import UnitOfWork


def next_ids(work: UnitOfWork, table: sa.Table, count: int) -> tuple[int, ...]:
    """Ids that the next ``count`` rows of the table may have; on SQLite the one writer alone asks."""
    if not count:
        return ()
    if work.connection.dialect.name == "postgresql":
        statement = (
            f"SELECT nextval(pg_get_serial_sequence('{table.name}', 'id')) FROM generate_series(1, %s)"
        )
        return tuple(work.connection.exec_driver_sql(statement, (count,)).scalars())
    last = work.connection.exec_driver_sql(f"SELECT COALESCE(MAX(id), 0) FROM {table.name}").scalar_one()
    return tuple(range(last + 1, last + 1 + count))
