"""Bringing a database to this program's tables: fresh, again, from each older one; and what is refused."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from frontdesk.errors import Refused, StorageFailed
from frontdesk.models import migrate as module
from frontdesk.models import triggers
from frontdesk.models.base import metadata
from frontdesk.models.database import Database
from frontdesk.models.migrate import (
    HEAD,
    KNOWN,
    MIGRATIONS,
    copy_aside,
    migrate,
    missing_triggers,
    revision,
)
from tests.support.books import assert_books_hold
from tests.support.databases import FreshDatabases
from tests.support.desk import busy_studio
from tools import freeze_schema


def upgraded_to(url: str, wanted: str) -> Database:
    """A database as that revision left it."""
    from alembic import command
    from alembic.config import Config

    database = Database.open(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, wanted)
    return database


def test_an_empty_database_gets_all_tables_and_triggers(databases: FreshDatabases) -> None:
    database = Database.open(databases.new_empty())
    assert revision(database) is None
    assert migrate(database) is None, "there is nothing to copy"
    assert revision(database) == HEAD
    with database.reading() as connection:
        assert set(metadata.tables) <= set(sa.inspect(connection).get_table_names())
    assert missing_triggers(database) == ()
    assert_books_hold(database)
    database.close()


def test_a_database_that_is_up_to_date_is_left_alone(database: Database) -> None:
    busy_studio(database)
    assert migrate(database) is None
    if database.path:
        assert not (database.path.parent / "copies").exists()


@pytest.mark.parametrize("older", KNOWN)
def test_every_known_revision_comes_to_the_newest(databases: FreshDatabases, older: str) -> None:
    database = upgraded_to(databases.new_empty(), older)
    assert revision(database) == older
    copy = migrate(database)
    assert revision(database) == HEAD
    assert (copy is not None) == (older != HEAD and database.dialect == "sqlite")
    assert_books_hold(database)
    database.close()


def test_the_newest_revision_is_alembics_head() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [HEAD]
    assert [one.revision for one in scripts.walk_revisions()][::-1] == list(KNOWN)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_frozen_statements_are_those_of_the_tables(dialect: str) -> None:
    frozen = (freeze_schema.TARGET / f"{HEAD}_{dialect}.sql").read_text(encoding="utf-8")
    assert frozen == freeze_schema.frozen(dialect), "run python -m tools.freeze_schema"


def test_the_migrated_tables_are_those_that_the_code_knows(database: Database) -> None:
    with database.reading() as connection:
        inspector = sa.inspect(connection)
        for table in metadata.sorted_tables:
            columns = {one["name"]: one["nullable"] for one in inspector.get_columns(table.name)}
            assert columns == {one.name: one.nullable for one in table.columns}, table.name
            indexes = {str(one["name"]) for one in inspector.get_indexes(table.name)}
            assert {str(one.name) for one in table.indexes} <= indexes


def test_a_newer_database_is_refused_and_left_as_it_is(database: Database) -> None:
    """A6"""
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Refused) as refused:
        migrate(database)
    assert refused.value.code == "database.newer"
    assert refused.value.params["found"] == "9999"
    assert revision(database) == "9999"


def test_another_programs_database_is_refused_and_left_as_it_is(databases: FreshDatabases) -> None:
    database = Database.open(databases.new_empty())
    with database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE recipes (id INTEGER)")
    with pytest.raises(Refused) as refused:
        migrate(database)
    assert refused.value.code == "database.foreign"
    with database.reading() as connection:
        assert sa.inspect(connection).get_table_names() == ["recipes"]
    database.close()


def test_a_password_is_never_shown(databases: FreshDatabases) -> None:
    database = Database.open("postgresql://ana:hunter2@127.0.0.1:1/books")
    assert "hunter2" not in module.shown_place(database)
    assert "127.0.0.1" in module.shown_place(database)


@pytest.mark.tampers
def test_a_missing_trigger_is_named(database: Database) -> None:
    with database.writing() as connection:
        for name, table in (("sale_no_delete", "sale"), ("ledger_op_moves_head", "ledger_op")):
            on = "" if database.dialect == "sqlite" else f" ON {table}"
            connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
    assert missing_triggers(database) == ("ledger_op_moves_head", "sale_no_delete")
    with pytest.raises(StorageFailed) as failed:
        migrate(database)
    assert failed.value.code == "database.triggers_missing"
    assert failed.value.params["names"] == "ledger_op_moves_head, sale_no_delete"


def test_the_catalogue_and_the_statements_agree_on_the_triggers() -> None:
    for dialect in ("sqlite", "postgresql"):
        made = {
            statement.split()[2]
            for statement in triggers.statements(dialect)
            if statement.startswith("CREATE TRIGGER")
        }
        assert made == triggers.names(dialect)


def test_the_copy_made_before_is_whole_and_opens(database: Database) -> None:
    """A6"""
    desk = busy_studio(database)
    copy = copy_aside(database, "before-0002")
    if database.path is None:
        assert copy is None, "a server has its own backups"
        return
    assert copy is not None
    assert copy.parent == database.path.parent / "copies"
    opened = Database.open(copy)
    assert_books_hold(opened)
    with opened.reading() as connection, database.reading() as original:
        for table in metadata.sorted_tables:
            count = sa.select(sa.func.count()).select_from(table)
            assert connection.execute(count).scalar_one() == original.execute(count).scalar_one()
    opened.close()
    assert desk.balance(1) >= 0


def test_a_copy_that_cannot_be_read_stops_the_update(database: Database, tmp_path: Path) -> None:
    """A6"""
    if database.path is None:
        return
    busy_studio(database)
    copy = copy_aside(database, "before-0002")
    assert copy is not None
    data = bytearray(copy.read_bytes())
    # Whatever page it is: a tree's page with a broken header, or a list of cells that point nowhere.
    for page in range(4096, len(data), 8192):
        data[page : page + 64] = b"\xff" * 64
    copy.write_bytes(data)
    with pytest.raises((StorageFailed, sa.exc.DatabaseError)):
        module._prove_copy(copy)


def test_a_path_with_signs_of_its_own_is_no_trouble(tmp_path: Path) -> None:
    folder = tmp_path / "50% & ümläut #1"
    folder.mkdir()
    database = Database.open(folder / "books.db")
    migrate(database)
    assert revision(database) == HEAD
    database.close()
