"""Brings a database to this program's schema: compare, copy, then alembic; newer ones are refused."""

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from frontdesk.errors import Refused, StorageFailed
from frontdesk.models import triggers
from frontdesk.models.database import Database

#: The newest revision in migrations/versions, here so that a start need not import alembic.
HEAD = "0002"
KNOWN = ("0001", "0002")
MIGRATIONS = Path(__file__).parent / "migrations"

_CATALOGUE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


def revision(database: Database) -> str | None:
    """The revision in the database, None for an empty one.

    Raises:
        Refused: database.foreign, a file with tables that are not Frontdesk's.
    """
    with database.reading() as connection:
        tables = sa.inspect(connection).get_table_names()
        if "alembic_version" in tables:
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            return None if found is None else str(found)
        if tables:
            raise Refused("database.foreign", place=shown_place(database))
        return None


def migrate(database: Database) -> Path | None:
    """Bring the database to HEAD; returns the copy made before, if one was.

    Raises:
        Refused: database.newer (written by a newer Frontdesk), database.foreign.
        StorageFailed: database.triggers_missing.
    """
    found = revision(database)
    copy = None
    if found != HEAD:
        if found is not None and found not in KNOWN:
            raise Refused("database.newer", place=shown_place(database), found=found, known=HEAD)
        if found is not None:
            copy = copy_aside(database, f"before-{HEAD}")
        _upgrade(database)
    check_triggers(database)
    return copy


def _upgrade(database: Database) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    # A connection that made the schema keeps its hundreds of statements instead of those of daily work.
    database.close()


def check_triggers(database: Database) -> None:
    """Prove from the catalogue that every trigger exists.

    Raises:
        StorageFailed: database.triggers_missing with their names.
    """
    missing = missing_triggers(database)
    if missing:
        raise StorageFailed(
            "database.triggers_missing", names=", ".join(missing), place=shown_place(database)
        )


def missing_triggers(database: Database) -> tuple[str, ...]:
    """The names of the triggers that should exist and do not, sorted."""
    with database.reading() as connection:
        there = set(connection.exec_driver_sql(_CATALOGUE[database.dialect]).scalars())
    return tuple(sorted(triggers.names(database.dialect) - there))


def copy_aside(database: Database, name: str) -> Path | None:
    """Copy an SQLite database to ``copies/<name>-<time>.db`` beside it and prove it; None on PostgreSQL.

    On PostgreSQL the server's own backups stand in; the caller says so.

    Raises:
        StorageFailed: database.copy_failed.
    """
    source = database.path
    if source is None:
        return None
    folder = source.parent / "copies"
    folder.mkdir(exist_ok=True)
    target = folder / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.db"
    with database.reading() as connection:
        copy_to(connection, target)
    return target


def copy_to(connection: sa.Connection, target: Path) -> None:
    """Copy the SQLite database of a reading connection into a new file, and prove the copy.

    Raises:
        StorageFailed: database.copy_failed.
    """
    # VACUUM cannot run inside the transaction that is open.
    connection.exec_driver_sql("COMMIT")
    connection.exec_driver_sql("VACUUM INTO ?", (str(target),))
    connection.exec_driver_sql("BEGIN")
    _prove_copy(target)


def _prove_copy(target: Path) -> None:
    copy = Database.open(target)
    try:
        with copy.reading() as connection:
            answer = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    finally:
        copy.close()
    if answer != "ok":
        raise StorageFailed("database.copy_failed", place=str(target), answer=str(answer))


def shown_place(database: Database) -> str:
    """The file's path, or the server's address without a password."""
    return str(database.path or database.url.render_as_string(hide_password=True))
