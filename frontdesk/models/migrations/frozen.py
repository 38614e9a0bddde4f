"""Runs the frozen statements of a revision: live table definitions may have moved on since it was written."""

from pathlib import Path

from alembic import op

VERSIONS = Path(__file__).with_name("versions")


def run_frozen(revision: str) -> None:
    """Run ``versions/<revision>_<dialect>.sql`` on the connection of the migration."""
    dialect = op.get_bind().dialect.name
    script = (VERSIONS / f"{revision}_{dialect}.sql").read_text(encoding="utf-8")
    for statement in script.split("\n-- next\n"):
        text = statement.strip()
        op.get_bind().exec_driver_sql(text.replace("%", "%%") if dialect == "postgresql" else text)
