"""The books: studio, clients, packages, money and the credit ledger, with all their triggers."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the frozen statements of this revision; live table definitions may have moved on since."""
    dialect = op.get_bind().dialect.name
    script = Path(__file__).with_name(f"{revision}_{dialect}.sql").read_text(encoding="utf-8")
    for statement in script.split("\n-- next\n"):
        op.get_bind().exec_driver_sql(
            statement.strip().replace("%", "%%") if dialect == "postgresql" else statement.strip()
        )
