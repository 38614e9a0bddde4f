"""The books: studio, clients, packages, money and the credit ledger, with all their triggers."""

from frontdesk.models.migrations.frozen import run_frozen

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the frozen statements of this revision."""
    run_frozen(revision)
