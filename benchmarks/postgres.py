"""The redemption on PostgreSQL, several desks' database: a throwaway server with the smaller studio in it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from psycopg import sql

from benchmarks.desk import visits
from benchmarks.measuring import Figure
from benchmarks.studios import SetClock, Studio
from frontdesk.models.base import metadata
from frontdesk.models.database import Database
from frontdesk.models.migrate import migrate
from frontdesk.services.office import Office
from tests.support.postgres import throwaway_server

GROUP = "PostgreSQL (its data is thrown away, so without waiting for the disk)"
_BATCH = 10_000


def measure(studio: Studio) -> Iterator[Figure]:
    """The same visits as on SQLite."""
    with throwaway_server() as url:
        database = Database.open(url)
        try:
            migrate(database)
            _load(studio, url)
            office = Office(database, SetClock(studio.last_instant))
            yield from visits(office, studio, GROUP, 50, None)
        finally:
            database.close()


def _load(studio: Studio, url: str) -> None:
    """Copy every table as it is, past the triggers, whose caches come along."""
    address = url.replace("postgresql+psycopg://", "postgresql://")
    with studio.bare() as source, psycopg.connect(address) as target:
        target.execute("SET session_replication_role = replica")
        for table in metadata.sorted_tables:
            columns = [column.name for column in table.columns]
            booleans = [place for place, column in enumerate(table.columns) if str(column.type) == "BOOLEAN"]
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            copy = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
            rows = source.execute(f"SELECT {', '.join(columns)} FROM {table.name}")
            with target.cursor() as cursor, cursor.copy(copy) as copying:
                while batch := rows.fetchmany(_BATCH):
                    for row in batch:
                        copying.write_row(_with_booleans(row, booleans))
            if "id" in columns:
                _move_on(target, table.name)
        target.execute("ANALYZE")


def _with_booleans(row: tuple[object, ...], places: list[int]) -> tuple[object, ...]:
    values = list(row)
    for place in places:
        values[place] = None if values[place] is None else bool(values[place])
    return tuple(values)


def _move_on(connection: psycopg.Connection, table: str) -> None:
    """Let the next id follow those that were copied."""
    sequence = connection.execute("SELECT pg_get_serial_sequence(%s, 'id')", (table,)).fetchone()
    if sequence and sequence[0]:
        last = sql.SQL("SELECT setval(%s, (SELECT COALESCE(max(id), 0) + 1 FROM {}), false)")
        connection.execute(last.format(sql.Identifier(table)), (sequence[0],))
