"""Every CHECK, guard, key and reference of the database refuses what it is there for (R13).

Each rule is tried twice on a studio in which all has happened: with it the statement is refused in its name,
and with it taken out the same statement passes. So a rule that is lost, or never refused, fails here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from frontdesk.models import guards, triggers
from frontdesk.models.base import metadata
from frontdesk.models.database import Database
from tests.support import violations
from tests.support.books import found_in
from tests.support.desk import Desk, busy_studio
from tests.support.violations import Violation


@contextmanager
def tried(database: Database) -> Iterator[sa.Connection]:
    """A connection for one attempt, of which nothing stays: both databases take back dropped triggers too."""
    with database.reading() as connection:
        if database.dialect == "sqlite":
            # REPLACE then deletes silently, and references wait for an end that never comes.
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA recursive_triggers = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        try:
            yield connection
        finally:
            connection.rollback()
            if database.dialect == "sqlite":
                connection.exec_driver_sql("PRAGMA recursive_triggers = ON")


def refusal(connection: sa.Connection, statement: str) -> str:
    """What the database says against the statement; empty where it lets it pass."""
    try:
        connection.exec_driver_sql(statement)
    except sa.exc.DBAPIError as error:
        return str(error.orig).splitlines()[0]
    return ""


def drop_triggers(connection: sa.Connection, table: str, but: str = "") -> None:
    """Take all triggers of a table out, save one."""
    if connection.dialect.name == "sqlite":
        asked = f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
    else:
        asked = f"SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = '{table}'::regclass"
    for name in connection.exec_driver_sql(asked).scalars().all():
        if name != but:
            on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
            connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")


def drop_references_to(connection: sa.Connection, table: str, but: str = "") -> None:
    """Let rows be deleted although others refer to them; with ``but`` drop the own references too, save one.

    On SQLite references wait for the end of the transaction, which never comes here.
    """
    if connection.dialect.name == "sqlite":
        return
    for child in metadata.sorted_tables:
        for key in child.foreign_key_constraints:
            if table in (key.referred_table.name, child.name if but else "") and key.name != but:
                connection.exec_driver_sql(f"ALTER TABLE {child.name} DROP CONSTRAINT {key.name}")


def wrong_guards(database: Database) -> Iterator[str]:
    """Guards that do not refuse their violation by name, and statements that something else refuses too."""
    for violation in violations.guarded(database.dialect):
        with tried(database) as connection:
            answer = _prepared(connection, violation, but=violation.name)
            if f"frontdesk:{violation.name}" not in answer:
                yield f"{violation.name} does not refuse: {violation.statement}\n   {answer}"
        with tried(database) as connection:
            answer = _prepared(connection, violation, but="")
            if answer:
                yield f"without {violation.name} something else refuses: {violation.statement}\n   {answer}"


def _prepared(connection: sa.Connection, violation: Violation, but: str) -> str:
    for statement in violation.before:
        connection.exec_driver_sql(statement)
    drop_references_to(connection, violation.table)
    drop_triggers(connection, violation.table, but)
    return refusal(connection, violation.statement)


def test_each_guard_refuses_what_it_is_for_and_nothing_else_would(database: Database) -> None:
    """C1, C3, R13"""
    busy_studio(database)
    assert list(wrong_guards(database)) == []


def test_every_guard_has_a_violation() -> None:
    for dialect in ("sqlite", "postgresql"):
        tried_ones = {violation.name for violation in violations.guarded(dialect)}
        assert tried_ones == {guard.name for guard in triggers.guards(dialect)}


@pytest.mark.tampers
def test_a_guard_that_lost_its_point_is_noticed(database: Database) -> None:
    """The check of the guards can fail: a guard that refuses nothing any more shows."""
    busy_studio(database)
    name = "sale_no_delete"
    with database.writing() as connection:
        if database.dialect == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE DELETE ON sale WHEN 1 = 2 BEGIN SELECT RAISE(ABORT, 'x'); END"
            )
        else:
            connection.exec_driver_sql(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RETURN OLD; END $$"
            )
    assert [answer.split()[0] for answer in wrong_guards(database)] == [name]


def test_all_tables_that_may_only_grow_refuse_truncation(database: Database) -> None:
    """C1. SQLite has no TRUNCATE; its DELETE without WHERE fires the same trigger for each row."""
    busy_studio(database)
    kept = (*triggers.APPEND_ONLY, *triggers.NEVER_DELETED, *triggers.NEVER_UPDATED)
    for table in kept:
        with tried(database) as connection:
            if database.dialect == "sqlite":
                if table not in triggers.NEVER_UPDATED:
                    assert f"{table}_no_delete" in refusal(connection, f"DELETE FROM {table}")
                continue
            assert f"{table}_no_truncate" in refusal(connection, f"TRUNCATE {table} CASCADE")


# --- Checks, keys and references ----------------------------------------------------------------------


def test_each_check_refuses_what_it_is_for_and_nothing_else_would(database: Database) -> None:
    """C2, C3, R13"""
    busy_studio(database)
    tables = violations.checks()
    wrong = []
    for name, statement in violations.CHECKED.items():
        with tried(database) as connection:
            drop_triggers(connection, tables[name])
            answer = refusal(connection, statement)
            if name not in answer and violations.IMPLIED.get(name, name) not in answer:
                wrong.append(f"{name} does not refuse: {statement}\n   {answer or 'it passed'}")
        with tried(database) as connection:
            drop_triggers(connection, tables[name])
            with check_taken_out(connection, tables[name], name, violations.IMPLIED.get(name)):
                answer = refusal(connection, statement)
            if answer:
                wrong.append(f"without {name} something else refuses: {statement}\n   {answer}")
    assert wrong == []


@contextmanager
def check_taken_out(connection: sa.Connection, table: str, *names: str | None) -> Iterator[None]:
    """The table without those CHECKs. (SQLite cannot drop one; it ignores all of them meanwhile.)"""
    if connection.dialect.name == "postgresql":
        for name in filter(None, names):
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield
        return
    connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    try:
        yield
    finally:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")


def test_every_check_has_a_violation() -> None:
    assert set(violations.CHECKED) == set(violations.checks())


def test_each_key_refuses_a_second_row_like_the_first(database: Database) -> None:
    """C14, S1: one row per number, command and place, in the database itself."""
    busy_studio(database)
    assert _wrong(database, _doubled()) == []


ONE_ROW = ("studio", "stripe_account", "sync_state")


def _doubled() -> Iterator[tuple[str, str, str]]:
    """Key, table and an UPDATE that gives the last row the key of the first."""
    for table in metadata.sorted_tables:
        unique = [
            (str(key.name), [column.name for column in key.columns])
            for key in table.constraints
            if isinstance(key, sa.PrimaryKeyConstraint | sa.UniqueConstraint)
        ]
        for name, columns in unique:
            whole = {column.name for column in table.primary_key}
            if table.name in ONE_ROW or whole < set(columns):
                continue  # one row is a CHECK; a key with the whole primary key in it is implied
            order = ", ".join(column.name for column in table.primary_key)
            given = " AND ".join(f"{column} IS NOT NULL" for column in columns)
            key = f"({', '.join(columns)})"
            backwards = ", ".join(f"{column.name} DESC" for column in table.primary_key)
            first = f"SELECT {', '.join(columns)} FROM {table.name} WHERE {given} ORDER BY {order} LIMIT 1"
            last = f"SELECT {order} FROM {table.name} ORDER BY {backwards} LIMIT 1"
            yield name, table.name, f"UPDATE {table.name} SET {key} = ({first}) WHERE ({order}) IN ({last})"


def _wrong(database: Database, cases: Iterable[tuple[str, str, str]]) -> list[str]:
    wrong = []
    for name, table, statement in cases:
        with tried(database) as connection:
            drop_triggers(connection, table)
            connection.exec_driver_sql(_without_checks(connection, table))
            answer = refusal(connection, statement)
            if not _names_key(connection, answer, name, table):
                wrong.append(f"{name} does not refuse: {statement}\n   {answer or 'it passed'}")
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
    return wrong


def _without_checks(connection: sa.Connection, table: str) -> str:
    """One statement that leaves only keys and references to refuse anything."""
    if connection.dialect.name == "sqlite":
        return "PRAGMA ignore_check_constraints = ON"
    names = [name for name, of in violations.checks().items() if of == table]
    drops = ", ".join(f"DROP CONSTRAINT {name}" for name in names)
    return f"ALTER TABLE {table} {drops}" if drops else "SELECT 1"


def _names_key(connection: sa.Connection, answer: str, name: str, table: str) -> bool:
    if connection.dialect.name == "postgresql":
        return name in answer
    return "UNIQUE constraint failed" in answer and f"{table}." in answer


def test_each_reference_refuses_a_row_that_is_not_there(database: Database) -> None:
    """An entry without its operation, a lot of another client: the database refuses both."""
    busy_studio(database)
    wrong = []
    for table in metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            with tried(database) as connection:
                if database.dialect == "sqlite":
                    connection.exec_driver_sql("PRAGMA defer_foreign_keys = OFF")
                drop_triggers(connection, table.name)
                drop_references_to(connection, table.name, but=str(key.name))
                connection.exec_driver_sql(_without_checks(connection, table.name))
                columns = [element.parent.name for element in key.elements]
                nothing = "'nowhere'" if isinstance(table.c[columns[0]].type, sa.Text) else "987654321"
                others = "".join(f", {name} = COALESCE({name}, 1)" for name in columns[1:])
                row = ", ".join(column.name for column in table.primary_key)
                answer = refusal(
                    connection,
                    f"UPDATE {table.name} SET {columns[0]} = {nothing}{others}"
                    f" WHERE ({row}) IN (SELECT {row} FROM {table.name} LIMIT 1)",
                )
                if connection.dialect.name == "sqlite":
                    connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
                if "FOREIGN KEY constraint failed" not in answer and str(key.name) not in answer:
                    wrong.append(f"{key.name}: {answer or 'it passed'}")
    assert wrong == []


# --- What the triggers do of themselves -----------------------------------------------------------------


def _new_client(desk: Desk) -> None:
    desk.adjust(desk.client("Nora Lind"), 3)


def _more_for_mira(desk: Desk) -> None:
    desk.adjust(1, 4)
    desk.adjust(1, -1)


def _refund_fails(desk: Desk) -> None:
    from frontdesk.services.refund_states import mark_failed

    sold = desk.sell(1, 1, tender="bank_transfer")
    made = desk.refund(sold.sale_id, 1000, 0)
    desk.do(mark_failed, made.parts[0].transaction_id, "wrong number")


#: What shows that an action of the database is gone.
ACTED: dict[str, Callable[[Desk], None]] = {
    "client_opens_chain": _new_client,
    "ledger_op_moves_head": _more_for_mira,
    "ledger_entry_opens_balance": _more_for_mira,
    "ledger_entry_moves_balance": _more_for_mira,
    "lot_term_sets_term": _more_for_mira,
    "transaction_state_sets_status": _refund_fails,
}


def test_every_action_has_something_that_shows_it() -> None:
    assert set(ACTED) == {action.name for action in guards.ACTIONS}


@pytest.mark.tampers
@pytest.mark.parametrize("name", ACTED)
def test_without_an_action_the_books_refuse_or_do_not_hold(database: Database, name: str) -> None:
    """C2, R13"""
    desk = busy_studio(database)
    action = next(one for one in guards.ACTIONS if one.name == name)
    with database.writing() as connection:
        on = "" if database.dialect == "sqlite" else f" ON {action.table}"
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
    assert found_in(database) == {"verify.safeguard_missing"}
    try:
        ACTED[name](desk)
    except Exception:  # noqa: BLE001  (refused is as good as found)
        return
    assert found_in(database) - {"verify.safeguard_missing"}, f"nothing shows that {name} is gone"
