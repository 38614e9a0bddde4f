"""Stripe: the account, the outbox, the mirror, checkouts, and how far sync has come."""

from frontdesk.models.migrations.frozen import run_frozen

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Run the frozen statements of this revision."""
    run_frozen(revision)
