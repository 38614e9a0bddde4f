"""A file of today's books as the first revision of the tables would have held them."""

from __future__ import annotations

from typing import Any

from frontdesk.models.database import Database
from tests.models.test_migrate import upgraded_to
from tests.support.databases import FreshDatabases

_OBJECTS = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"

Parts = dict[tuple[str, str], str]


def take_back_to_first_tables(databases: FreshDatabases, path: str) -> None:
    """Take everything out of a file that the first revision did not know; the rows it knew stay as they are.

    What comes out is, to the last trigger, what the frozen statements of that revision make.
    """
    first = upgraded_to(databases.new_empty(), "0001")
    try:
        wanted, columns = _parts(first)
    finally:
        first.close()
    database = Database.open(path)
    try:
        driver = _bare(database)
        driver.execute("PRAGMA foreign_keys = 0")
        found, _ = _parts(database)
        for (kind, name), sql in found.items():
            if wanted.get((kind, name)) != sql and kind != "table":
                driver.execute(f"DROP {kind} {name}")
        for (kind, name), _ in found.items():
            if kind == "table" and (kind, name) not in wanted:
                driver.execute(f"DROP TABLE {name}")
        for table, names in columns.items():
            for name in _columns(driver, table) - names:
                driver.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
        for (kind, name), sql in wanted.items():
            if kind != "table" and found.get((kind, name)) != sql:
                driver.execute(sql)
        driver.execute("UPDATE alembic_version SET version_num = '0001'")
        driver.close()
        assert _parts(database) == (wanted, columns)
    finally:
        database.close()


def _bare(database: Database) -> Any:
    from sqlcipher3 import dbapi2

    return dbapi2.connect(str(database.path), isolation_level=None)


def _parts(database: Database) -> tuple[Parts, dict[str, set[str]]]:
    """Every table, index and trigger with its statement, and the columns of each table."""
    with database.reading() as connection:
        driver: Any = connection.connection.driver_connection
        found = {(kind, name): sql for kind, name, sql in driver.execute(_OBJECTS).fetchall()}
        tables = [name for (name,) in driver.execute(_TABLES).fetchall()]
        return found, {table: _columns(driver, table) for table in tables}


def _columns(driver: Any, table: str) -> set[str]:
    return {row[1] for row in driver.execute(f"PRAGMA table_info({table})").fetchall()}
