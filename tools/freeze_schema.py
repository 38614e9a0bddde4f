"""Writes the statements of the newest revision from tables and triggers: ``python -m tools.freeze_schema``.

Only for as long as that revision has not been released; afterwards every change is a revision of its own.
Older revisions stay as they were frozen.
"""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

from frontdesk.models import triggers
from frontdesk.models.base import metadata
from frontdesk.models.migrate import HEAD

TARGET = Path(__file__).parent.parent / "frontdesk/models/migrations/versions"
SEPARATOR = "\n-- next\n"

#: What the newest revision adds: columns of tables that were there, and tables of its own.
NEW_COLUMNS = ("studio.trial", "desk.system", "staff.system")
NEW_TABLES = (
    "stripe_account", "sync_state", "stripe_reads", "checkout", "outbox", "stripe_object", "stripe_event",
    "quarantine", "online_product", "online_price", "stripe_customer", "stripe_transaction",
)  # fmt: skip

#: Triggers that it adds to tables that were there.
NEW_TRIGGERS = ("transaction_state_moves_on",)


def statements(dialect: str) -> list[str]:
    """The statements of the newest revision in the order in which they must run."""
    compiler = make_url(f"{dialect}://").get_dialect()()
    made = [_column_statement(compiler, *name.split(".")) for name in NEW_COLUMNS]
    for name in NEW_TABLES:
        table = metadata.tables[name]
        made.append(str(CreateTable(table).compile(dialect=compiler)).strip())
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        made += [str(CreateIndex(index).compile(dialect=compiler)).strip() for index in indexes]
    made += [one for one in triggers.statements(dialect) if _name_of(one) in NEW_TRIGGERS]
    return [*made, *triggers.statements(dialect, NEW_TABLES)]


def _name_of(statement: str) -> str:
    """The name of the trigger that a statement makes, or of the function that it calls."""
    return statement.removeprefix("CREATE ").split(maxsplit=1)[1].split("(")[0].split()[0]


def _column_statement(compiler: sa.engine.Dialect, table: str, column: str) -> str:
    made = CreateColumn(metadata.tables[table].columns[column]).compile(dialect=compiler)
    return f"ALTER TABLE {table} ADD COLUMN {str(made).strip()}"


def frozen(dialect: str) -> str:
    """The text of the frozen file."""
    lines = "\n".join(line.rstrip() for line in SEPARATOR.join(statements(dialect)).splitlines())
    return lines + "\n"


def main() -> None:
    """Write both files."""
    for dialect in ("sqlite", "postgresql"):
        (TARGET / f"{HEAD}_{dialect}.sql").write_text(frozen(dialect), encoding="utf-8")


if __name__ == "__main__":
    main()
