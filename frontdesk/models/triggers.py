"""The triggers that make the ledger and the money append-only and exact, generated alike for both databases.

What they refuse and keep beside the tables that only grow is in `frontdesk.models.guards`. A refusal's message
is ``frontdesk:<code>``, so that services can name it.
"""

from collections.abc import Collection

import sqlalchemy as sa

from frontdesk.models import base
from frontdesk.models.guards import ACTIONS, GUARDS, Action, Guard
from frontdesk.models.search_index import SQLITE_TRIGGERS

#: No row of these is ever updated or deleted (C1, ARCHITECTURE law 4). On SQLite their ids are AUTOINCREMENT: a row
#: taken out behind the triggers' back leaves a gap, also at the end.
APPEND_ONLY = (
    "command",
    "client_merge",
    "client_event",
    "sale",
    "sale_line",
    "refund",
    "refund_line",
    "transaction_state",
    "receipt_print",
    "ledger_op",
    "credit_lot",
    "lot_term",
    "lot_hold",
    "ledger_entry",
    "visit",
    "visit_event",
    "import_batch",
    "import_row",
    "import_undo",
)
#: Changed in their own ways, but never deleted.
NEVER_DELETED = (
    "studio",
    "client",
    "note",
    "receipt_series",
    "money_transaction",
    "decision",
    "client_head",
    "lot_balance",
    "stripe_account",
    "outbox",
    "checkout",
    "stripe_transaction",
)
#: May be deleted while nothing refers to it, but never changed (P4).
NEVER_UPDATED = ("package_version",)


def _append_only_guards() -> tuple[Guard, ...]:
    """The guards that refuse UPDATE, DELETE and, on SQLite, the REPLACE that slips past both."""
    refused = [(table, "UPDATE") for table in (*APPEND_ONLY, *NEVER_UPDATED)]
    refused += [(table, "DELETE") for table in (*APPEND_ONLY, *NEVER_DELETED)]
    return tuple(Guard(table, event, f"no_{event.lower()}", "1 = 1") for table, event in refused)


def _replace_guards() -> tuple[Guard, ...]:
    """INSERT OR REPLACE deletes without firing DELETE triggers unless recursive_triggers is on."""
    return tuple(
        Guard(table, "INSERT", "no_replace", _duplicate(table))
        for table in (*APPEND_ONLY, *NEVER_DELETED, *NEVER_UPDATED)
    )


def _duplicate(table: str) -> str:
    """The condition that a row with one of NEW's unique keys stands already."""
    keys = [
        one
        for one in base.metadata.tables[table].constraints
        if isinstance(one, sa.PrimaryKeyConstraint | sa.UniqueConstraint)
    ]
    matches = (" AND ".join(f"t.{c.name} = NEW.{c.name}" for c in key.columns) for key in keys)
    return " OR ".join(f"EXISTS (SELECT 1 FROM {table} t WHERE {match})" for match in sorted(matches))


def guards(dialect: str) -> tuple[Guard, ...]:
    """Every guard of the dialect, ``sqlite`` or ``postgresql``."""
    extra = _replace_guards() if dialect == "sqlite" else ()
    return (*GUARDS, *_append_only_guards(), *extra)


def names(dialect: str) -> frozenset[str]:
    """The names of all triggers that must exist; a table rebuilt by a migration silently loses its own."""
    found = {guard.name for guard in guards(dialect)} | {action.name for action in ACTIONS}
    if dialect == "postgresql":
        found |= {f"{table}_no_truncate" for table in (*APPEND_ONLY, *NEVER_DELETED, *NEVER_UPDATED)}
    else:
        found |= {"client_search_insert", "client_search_update"}
    return frozenset(found)


def statements(dialect: str, tables: Collection[str] | None = None) -> tuple[str, ...]:
    """The CREATE statements of all triggers, in order; with ``tables`` only of theirs."""

    def wanted(table: str) -> bool:
        return tables is None or table in tables

    kept = [guard for guard in guards(dialect) if wanted(guard.table)]
    actions = [action for action in ACTIONS if wanted(action.table)]
    if dialect == "sqlite":
        made = [*map(_sqlite_guard, kept), *map(_sqlite_action, actions)]
        return (*made, *(SQLITE_TRIGGERS if wanted("client") else ()))
    made = [text for guard in kept for text in _postgresql_guard(guard)]
    made += [text for action in actions for text in _postgresql_action(action)]
    truncates = [_no_truncate(table) for table in _KEPT if wanted(table)]
    # The function that they share came with the first tables.
    return (*made, *([_REFUSE_TRUNCATE] if wanted("client") else ()), *truncates)


def _sqlite_guard(guard: Guard) -> str:
    return (
        f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} WHEN {guard.condition}"
        f" BEGIN SELECT RAISE(ABORT, 'frontdesk:{guard.name}'); END"
    )


def _sqlite_action(action: Action) -> str:
    when = f" WHEN {action.condition}" if action.condition else ""
    return f"CREATE TRIGGER {action.name} AFTER {action.event} ON {action.table}{when} BEGIN {action.statement}; END"


def _postgresql_guard(guard: Guard) -> tuple[str, str]:
    kept = "OLD" if guard.event == "DELETE" else "NEW"
    function = (
        f"CREATE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {guard.postgresql_lock}"
        f" IF {guard.condition} THEN RAISE EXCEPTION 'frontdesk:{guard.name}' USING ERRCODE = '23514'; END IF;"
        f" RETURN {kept}; END $$"
    )
    return function, (
        f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table}"
        f" FOR EACH ROW EXECUTE FUNCTION {guard.name}()"
    )


def _postgresql_action(action: Action) -> tuple[str, str]:
    body = f"IF {action.condition or 'TRUE'} THEN {action.statement}; END IF;"
    function = f"CREATE FUNCTION {action.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
    return function, (
        f"CREATE TRIGGER {action.name} AFTER {action.event} ON {action.table}"
        f" FOR EACH ROW EXECUTE FUNCTION {action.name}()"
    )


_KEPT = (*APPEND_ONLY, *NEVER_DELETED, *NEVER_UPDATED)
_REFUSE_TRUNCATE = (
    "CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN RAISE EXCEPTION 'frontdesk:%_no_truncate', TG_TABLE_NAME USING ERRCODE = '23514'; END $$"
)


def _no_truncate(table: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()"
    )
