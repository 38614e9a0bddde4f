"""Every change of a row behind the program's back is found and named (R7).

The rows are changed as somebody with the file and a database tool would: triggers off, references off, CHECKs
out of the way. Each change is tried on a studio in which all has happened, and taken back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
import sqlalchemy as sa

from frontdesk.models import triggers
from frontdesk.models.base import Instant, Json, metadata
from frontdesk.models.database import Database
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork
from frontdesk.services.verify import check_books
from frontdesk.services.verify.storage_checks import reference_findings
from frontdesk.services.views.verify import Finding
from tests.builders import SetClock
from tests.support import violations
from tests.support.desk import busy_studio

#: What no chain covers yet; the audit log will. Gaps and references still show some of it.
LOGS = {"command", "client_event", "receipt_print", "import_batch", "import_row", "import_undo"}
#: Columns that say who wrote a row and when, in rows that only repeat what the ledger proves.
SIGNATURES = {
    "transaction_state": {"staff_id", "desk_id", "recorded_at"},
}
#: Caches and counters beside the tables that are only appended to; for each the columns that matter.
KEPT = {
    "lot_balance": None,
    "client_head": None,
    "receipt_series": {"last_number"},
    "money_transaction": None,
    "note": {"salt", "text"},
    "client": {"merged_into"},
    "studio": {"currency"},
}


class Forger:
    """One attempt in one transaction, of which nothing stays."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.sqlite = connection.dialect.name == "sqlite"

    def unlock(self, *tables: str) -> None:
        """Put triggers, references and CHECKs of these tables out of action."""
        if self.sqlite:
            self.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            self.connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            names = self.connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN"
                f" ({', '.join(repr(table) for table in tables)})"
            )
            for name in names.scalars().all():
                self.connection.exec_driver_sql(f"DROP TRIGGER {name}")
            return
        for name, table in violations.checks().items():
            if table in tables:
                self.connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        self.connection.exec_driver_sql("SET LOCAL session_replication_role = replica")

    def run(self, *statements: str) -> int:
        """Change rows; how many the last statement changed."""
        changed = 0
        for statement in statements:
            changed = self.connection.exec_driver_sql(statement).rowcount
        return changed

    def findings(self, storage: bool = True) -> list[Finding]:
        """What a check finds, but for the triggers that had to go."""
        work = UnitOfWork(self.connection, SetClock(), Actor(1, 1), UUID(int=1))
        found = check_books(work, storage=storage).findings
        return [one for one in found if one.code != "verify.safeguard_missing"]

    def is_found_out(self) -> bool:
        """Whether a check finds anything; the slower one is asked last."""
        return bool(self.findings(storage=False) or self.findings())


@contextmanager
def forging(database: Database) -> Iterator[Forger]:
    """A forger at work."""
    with database.reading() as connection:
        if database.dialect == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield Forger(connection)
        finally:
            connection.rollback()
            if database.dialect == "sqlite":
                connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")


def forged_value(column: sa.Column[object]) -> str:
    """SQL for another value of that column, of its own type."""
    name = column.name
    if isinstance(column.type, sa.Boolean):
        return f"NOT {name}"
    if isinstance(column.type, Json):
        return f"CASE WHEN {name} = '[1]' THEN '[2]' ELSE '[1]' END"
    if isinstance(column.type, sa.Text):
        return f"COALESCE({name}, '') || 'x'"
    if isinstance(column.type, sa.Date):
        return "'2031-01-01'"
    if isinstance(column.type, Instant):
        return f"COALESCE({name}, 0) + 1"
    # Within what an INTEGER of PostgreSQL holds, and beyond all ids there are.
    return f"COALESCE({name}, 0) + 100003"


def some_row(table: sa.Table, column: str) -> str:
    """The last row, rather one that has a value there; for a number the first row, which others name."""
    key = ", ".join(one.name for one in table.primary_key)
    last = ", ".join(one.name if column == "id" else f"{one.name} DESC" for one in table.primary_key)
    return (
        f"({key}) IN (SELECT {key} FROM {table.name} ORDER BY CASE WHEN {column} IS NULL THEN 1 ELSE 0 END,"
        f" {last} LIMIT 1)"
    )


def is_an_id_of_its_own(table: sa.Table, column: sa.Column[object]) -> bool:
    """A number that no other row names: another number says the same."""
    return column.name == "id" and not any(
        element.column is column
        for other in metadata.sorted_tables
        for key in other.foreign_key_constraints
        for element in key.elements
    )


def columns_to_forge() -> Iterator[sa.Column[object]]:
    """All columns that a check must speak up for."""
    for name in triggers.APPEND_ONLY:
        if name not in LOGS:
            yield from (
                one for one in metadata.tables[name].columns if one.name not in SIGNATURES.get(name, ())
            )
    for name, only in KEPT.items():
        yield from (one for one in metadata.tables[name].columns if only is None or one.name in only)


def test_a_change_of_any_column_is_found(database: Database) -> None:
    """R7"""
    busy_studio(database)
    missed = []
    for column in columns_to_forge():
        table = column.table
        assert isinstance(table, sa.Table)
        with forging(database) as forger:
            forger.unlock(table.name)
            if not forger.sqlite and is_an_id_of_its_own(table, column):
                continue
            forged = f"UPDATE {table.name} SET {column.name} = {forged_value(column)}"
            assert forger.run(f"{forged} WHERE {some_row(table, column.name)}") == 1
            if not forger.is_found_out():
                missed.append(f"{table.name}.{column.name}")
    assert missed == []


def test_a_row_taken_out_of_any_table_is_found(database: Database) -> None:
    """R7: the first row, and the last one too."""
    busy_studio(database)
    missed = []
    for name in (*triggers.APPEND_ONLY, "client_head", "lot_balance", "money_transaction", "studio"):
        key = ", ".join(one.name for one in metadata.tables[name].primary_key)
        for order in ("", " DESC"):
            with forging(database) as forger:
                if name in ("command", "import_undo") or (not forger.sqlite and name in LOGS):
                    continue
                forger.unlock(name)
                by = ", ".join(f"{one.name}{order}" for one in metadata.tables[name].primary_key)
                row = f"({key}) IN (SELECT {key} FROM {name} ORDER BY {by} LIMIT 1)"
                assert forger.run(f"DELETE FROM {name} WHERE {row}") == 1
                if not forger.findings():
                    missed.append(f"{name}{order}")
    assert missed == []


def test_each_reference_that_leads_nowhere_is_named(database: Database) -> None:
    """R7"""
    busy_studio(database)
    missed = []
    for table in metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            away = [
                f"{one.name} = " + ("'nobody'" if isinstance(one.type, sa.Text) else "987654")
                for one in key.columns
            ]
            with forging(database) as forger:
                forger.unlock(table.name)
                row = some_row(table, key.column_keys[0])
                assert forger.run(f"UPDATE {table.name} SET {', '.join(away)} WHERE {row}") == 1
                found = [one.params for one in reference_findings(Reading(forger.connection, SetClock()))]
            if not any(
                (one["table"], one["parent"]) == (table.name, key.referred_table.name) for one in found
            ):
                missed.append(f"{table.name}: {key.column_keys}")
    assert missed == []


def test_nothing_is_found_where_nothing_was_changed(database: Database) -> None:
    busy_studio(database)
    with forging(database) as forger:
        forger.unlock(*triggers.APPEND_ONLY)
        assert forger.findings() == []


# --- Named with client, operation, what should be there and what is ----------------------------------------


def only(findings: list[Finding], code: str) -> Finding:
    """The one finding of that kind."""
    (found,) = [one for one in findings if one.code == code]
    return found


def test_a_changed_entry_names_client_and_operation_and_both_hashes(database: Database) -> None:
    busy_studio(database)
    with forging(database) as forger:
        forger.unlock("ledger_entry")
        entry, client_id, op, kept = forger.connection.exec_driver_sql(
            "SELECT e.id, o.client_id, o.client_seq, o.hash FROM ledger_entry e"
            " JOIN ledger_op o ON o.id = e.op_id WHERE e.type = 'redeem' ORDER BY e.id LIMIT 1"
        ).one()
        forger.run(f"UPDATE ledger_entry SET delta = delta - 1 WHERE id = {entry}")
        found = forger.findings()
    changed = only(found, "verify.op_changed")
    assert changed.params["client_id"] == client_id
    assert changed.params["op"] == op
    assert changed.params["expected"] == kept != changed.params["found"]
    assert len(changed.params["found"]) == 64
    balance = only(found, "verify.balance")
    assert balance.params["client_id"] == client_id
    assert balance.params["expected"] != balance.params["found"]


def test_a_changed_reason_names_its_operation(database: Database) -> None:
    busy_studio(database)
    with forging(database) as forger:
        forger.unlock("note")
        client_id, op, note_id = forger.connection.exec_driver_sql(
            "SELECT client_id, client_seq, note_id FROM ledger_op WHERE kind = 'adjust_minus'"
        ).one()
        forger.run(f"UPDATE note SET text = 'the heating was on' WHERE id = {note_id}")
        assert forger.findings() == [Finding("verify.note_changed", {"client_id": client_id, "op": op})]


def test_an_erased_reason_is_no_finding(database: Database) -> None:
    """A7"""
    busy_studio(database)
    with forging(database) as forger:
        assert forger.run("UPDATE note SET text = NULL, salt = NULL") > 3
        assert forger.findings() == []


def test_a_forged_balance_that_adds_up_is_named_by_bucket(database: Database) -> None:
    """C2: its CHECK is content, its entries are not."""
    busy_studio(database)
    with forging(database) as forger:
        lot, client_id, left, used = forger.connection.exec_driver_sql(
            "SELECT lot_id, client_id, remaining, used FROM lot_balance WHERE used > 0"
            " ORDER BY lot_id LIMIT 1"
        ).one()
        forger.run(f"UPDATE lot_balance SET remaining = remaining + 1, used = used - 1 WHERE lot_id = {lot}")
        found = forger.findings()
    (finding,) = found
    assert (finding.code, finding.params["client_id"], finding.params["lot_id"]) == (
        "verify.balance", client_id, lot,
    )  # fmt: skip
    assert f"remaining {left}, used {used}" in finding.params["expected"]
    assert f"remaining {left + 1}, used {used - 1}" in finding.params["found"]


_TAIL = (
    "SELECT o.id, o.client_id, o.client_seq FROM ledger_op o JOIN client_head h"
    " ON h.client_id = o.client_id AND h.seq = o.client_seq WHERE o.kind = '{0}' ORDER BY o.id DESC LIMIT 1"
)
_TAKEN_WITH = ("ledger_entry", "lot_term", "lot_hold", "visit", "visit_event", "credit_lot")


def cut_tail(forger: Forger, kind: str) -> tuple[int, int]:
    """Take a client's last operation out with all it wrote; its client and number."""
    forger.unlock("ledger_op", *_TAKEN_WITH, "lot_balance", "client_head")
    op_id, client_id, seq = forger.connection.exec_driver_sql(_TAIL.format(kind)).one()
    for table in _TAKEN_WITH:
        forger.run(f"DELETE FROM {table} WHERE op_id = {op_id}")
    forger.run(f"DELETE FROM ledger_op WHERE id = {op_id}")
    return client_id, seq


def test_a_clients_last_operation_is_missed_by_number(database: Database) -> None:
    desk = busy_studio(database)
    desk.adjust(1, -1)
    with forging(database) as forger:
        client_id, seq = cut_tail(forger, "adjust_minus")
        found = forger.findings()
    cut = only(found, "verify.tail_cut")
    assert (cut.params["client_id"], cut.params["op"]) == (client_id, seq)
    assert (cut.params["expected"], cut.params["found"]) == (str(seq - 1), str(seq))


def test_a_cut_tail_is_found_although_head_and_balance_were_forged_to_fit(database: Database) -> None:
    desk = busy_studio(database)
    desk.adjust(1, -1)
    with forging(database) as forger:
        client_id, seq = cut_tail(forger, "adjust_minus")
        forger.run(
            "UPDATE client_head SET seq = seq - 1, hash = (SELECT o.hash FROM ledger_op o"
            f" WHERE o.client_id = {client_id} AND o.client_seq = {seq - 1}) WHERE client_id = {client_id}",
            f"UPDATE lot_balance SET remaining = remaining + 1, removed = removed - 1"
            f" WHERE client_id = {client_id} AND removed > 0 AND lot_id IN"
            f" (SELECT MAX(lot_id) FROM lot_balance WHERE client_id = {client_id} AND removed > 0)",
        )
        codes = {one.code for one in forger.findings()}
    assert "verify.tail_cut" not in codes
    assert "verify.command_without_operation" in codes
    if database.dialect == "sqlite":
        assert "verify.row_missing" in codes


def test_an_operation_missing_in_the_middle_is_named(database: Database) -> None:
    busy_studio(database)
    with forging(database) as forger:
        forger.unlock("ledger_op")
        forger.run("DELETE FROM ledger_op WHERE client_id = 1 AND client_seq = 2")
        found = forger.findings()
    assert only(found, "verify.op_missing").params == {"client_id": 1, "op": 2}


def test_operations_in_exchanged_order_are_named(database: Database) -> None:
    """R7: the same rows, told in another order."""
    busy_studio(database)
    with forging(database) as forger:
        forger.unlock("ledger_op")
        two = "client_id = 1 AND client_seq IN (2, 3)"
        forger.run(
            f"UPDATE ledger_op SET client_seq = client_seq + 1000 WHERE {two}",
            "UPDATE ledger_op SET client_seq = 1005 - client_seq WHERE client_id = 1 AND client_seq > 1000",
        )
        found = forger.findings()
    named = {(one.code, one.params.get("client_id"), one.params.get("op")) for one in found}
    assert {("verify.op_changed", 1, 2), ("verify.op_changed", 1, 3), ("verify.out_of_order", 1, 2)} <= named


def test_a_chain_rewritten_from_the_middle_breaks_at_the_next_link(database: Database) -> None:
    """R7: whoever computes one hash anew has to do it for all that follow, and for the head."""
    from frontdesk.services.verify.chain_checks import _hash_now

    busy_studio(database)
    with forging(database) as forger:
        forger.unlock("ledger_op")
        forger.run(
            "UPDATE ledger_op SET recorded_at = recorded_at - 60000000 WHERE client_id = 1 AND client_seq = 2"
        )
        op = metadata.tables["ledger_op"]
        row = (
            forger.connection.execute(sa.select(op).where(op.c.client_id == 1, op.c.client_seq == 2))
            .mappings()
            .one()
        )
        work = UnitOfWork(forger.connection, SetClock(), Actor(1, 1), UUID(int=1))
        forger.run(f"UPDATE ledger_op SET hash = '{_hash_now(work, row)}' WHERE id = {row['id']}")
        found = forger.findings()
    broken = only(found, "verify.chain_broken")
    assert (broken.params["client_id"], broken.params["op"]) == (1, 3)


def test_a_changed_receipt_is_named_by_its_number(database: Database) -> None:
    """S1, R7"""
    busy_studio(database)
    with forging(database) as forger:
        forger.unlock("sale_line", "money_transaction")
        forger.run("UPDATE sale_line SET name = '12-class pack' WHERE id = 1")
        found = forger.findings()
    (changed,) = found
    assert changed.code == "verify.sale_changed"
    assert (changed.params["client_id"], changed.params["number"]) == (1, 1)


def test_a_receipt_that_was_taken_out_leaves_a_gap_that_is_named(database: Database) -> None:
    """S1"""
    busy_studio(database)
    with forging(database) as forger:
        forger.unlock("sale", "refund")
        forger.run("DELETE FROM sale WHERE id = 2")
        gap = only(forger.findings(), "verify.receipt_gap")
    assert (gap.params["kind"], gap.params["expected"], gap.params["found"]) == ("sale", 4, 3)


_MERGED_AT = (
    "(SELECT MIN(recorded_at) FROM command WHERE use_case = 'frontdesk.services.merging.merge_clients')"
)


@pytest.mark.parametrize(
    ("told", "at"), [((0, 1), "86400000000"), ((), _MERGED_AT), ((0,), _MERGED_AT), ((1,), _MERGED_AT)]
)
def test_a_forged_merge_is_named(database: Database, told: tuple[int, ...], at: str) -> None:
    """D4, R7: by plain SQL with all safeguards on, and with the card pointed to fit."""
    desk = busy_studio(database)
    one, other = desk.client("Ida Lund"), desk.client("Nora Lind")
    with forging(database) as forger:
        forger.run(
            "INSERT INTO client_merge (client_id, into_client_id, kind, staff_id, desk_id, recorded_at)"
            f" VALUES ({other}, {one}, 'merge', 1, 1, {at})",
            f"UPDATE client SET merged_into = {one} WHERE id = {other}",
            *(
                "INSERT INTO client_event (client_id, kind, staff_id, desk_id, recorded_at)"
                f" VALUES ({client_id}, 'merged', 1, 1, {at})"
                for client_id in ((one, other)[place] for place in told)
            ),
        )
        (found,) = forger.findings()
    assert found.code == "verify.merge_unwritten"
    assert (found.params["client_id"], found.params["into_client_id"]) == (other, one)


def test_text_where_a_number_belongs_never_breaks_the_check_itself(database: Database) -> None:
    """R7: SQLite takes anything in any column; the check still answers, and finds it."""
    if database.dialect != "sqlite":
        return
    busy_studio(database)
    missed: list[str] = []
    # Where yes or no belongs, text says no, which it may have been.
    must_be_found = {one for one in columns_to_forge() if not isinstance(one.type, sa.Boolean)}
    for table in metadata.sorted_tables:
        # A lone number as the key is the one column that SQLite holds to its type.
        key = list(table.primary_key)
        lone = [one for one in key if len(key) == 1 and not isinstance(one.type, sa.Text)]
        for column in (one for one in table.columns if one not in set(lone)):
            with forging(database) as forger:
                forger.unlock(table.name)
                row = some_row(table, column.name)
                forger.run(f"UPDATE {table.name} SET {column.name} = 'abc' WHERE {row}")
                if not forger.is_found_out() and column in must_be_found:
                    missed.append(f"{table.name}.{column.name}")
    assert missed == []


def failing(where: str) -> str:
    """A statement that says a transaction failed, as somebody would who wants its money to go twice."""
    return (
        "INSERT INTO transaction_state (transaction_id, status, staff_id, desk_id, recorded_at)"
        f" SELECT id, 'failed', 1, 1, 0 FROM money_transaction WHERE {where} ORDER BY id LIMIT 1"
    )


def marked_as_failed(forger: Forger, where: str) -> list[Finding]:
    """What is found after a transaction was marked so, and after its sum was made to fit."""
    forger.unlock("transaction_state", "money_transaction")
    forger.run(failing(where), "UPDATE money_transaction SET status = 'failed' WHERE id IN"
               " (SELECT MAX(transaction_id) FROM transaction_state WHERE recorded_at = 0)")  # fmt: skip
    return forger.findings()


@pytest.mark.parametrize("where", ["kind = 'refund' AND tender = 'cash'", "kind = 'payment'"])
def test_a_state_that_cannot_become_of_a_transaction_is_named(database: Database, where: str) -> None:
    """S6, R7: cash that was handed over, or a payment, made out to have failed."""
    busy_studio(database)
    with forging(database) as forger:
        assert only(marked_as_failed(forger, where), "verify.impossible_state").params["found"] == "failed"


def test_a_refund_that_failed_without_an_operation_is_named(database: Database) -> None:
    """S6, R7: the credits would stay away and the money go twice."""
    busy_studio(database)
    with forging(database) as forger:
        found = marked_as_failed(
            forger, "tender = 'bank_transfer' AND status = 'succeeded' AND kind = 'refund'"
        )
    silently = only(found, "verify.failed_silently")
    assert (silently.params["expected"], silently.params["found"]) == (1, 0)


@pytest.mark.tampers
def test_a_guard_that_was_switched_off_or_emptied_is_named(database: Database) -> None:
    with forging(database) as forger:
        if forger.sqlite:
            forger.run(
                "DROP TRIGGER ledger_op_no_delete",
                "CREATE TRIGGER ledger_op_no_delete BEFORE DELETE ON ledger_op WHEN 1 = 2"
                " BEGIN SELECT 1; END",
            )
            changed = {"ledger_op_no_delete"}
        else:
            forger.run(
                "ALTER TABLE ledger_op DISABLE TRIGGER ledger_op_no_delete",
                "CREATE OR REPLACE FUNCTION sale_no_delete() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RETURN OLD; END $$",
            )
            changed = {"ledger_op_no_delete", "sale_no_delete"}
        assert {(one.code, one.params["name"]) for one in forger.findings()} == {
            ("verify.safeguard_changed", name) for name in changed
        }


def test_of_very_many_findings_some_are_named_and_the_rest_counted(database: Database) -> None:
    desk = busy_studio(database)
    for index in range(210):
        desk.client(f"Client {index}")
    with forging(database) as forger:
        forger.run("UPDATE client_head SET seq = seq + 1 WHERE seq = 0")
        found = forger.findings()
    assert sum(one.code == "verify.tail_cut" for one in found) == 200
    assert only(found, "verify.more").params == {"kind": "verify.head", "shown": 200}
