"""Tables of packages: what is for sale, and every version of its terms."""

import sqlalchemy as sa

from frontdesk.models.base import Id, Instant, Json, metadata, one_of, primary_key

STATUSES = ("draft", "published", "archived")
VALIDITY_KINDS = ("never", "days", "months")
VALIDITY_STARTS = ("purchase", "first_class")

package = sa.Table(
    "package",
    metadata,
    primary_key(),
    sa.Column("status", sa.Text, nullable=False),
    # The number of the version on sale (or last saved); the row with its terms is in package_version.
    sa.Column("version", sa.Integer, nullable=False),
    # The folded name of that version, so that the database refuses two packages on sale by one name (P6).
    sa.Column("name_folded", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", Instant, nullable=False),
    one_of("status", STATUSES, "status"),
    # A deleted package's id must not name another package later.
    sqlite_autoincrement=True,
)
sa.Index(
    "uq_package_published_name",
    package.c.name_folded,
    unique=True,
    sqlite_where=package.c.status == "published",
    postgresql_where=package.c.status == "published",
)

package_version = sa.Table(
    "package_version",
    metadata,
    primary_key(),
    sa.Column("package_id", Id, sa.ForeignKey("package.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False, server_default=""),
    sa.Column("credits", sa.Integer, nullable=False),
    sa.Column("bonus", sa.Integer, nullable=False, server_default="0"),
    sa.Column("price", sa.BigInteger, nullable=False),
    sa.Column("validity_kind", sa.Text, nullable=False),
    sa.Column("validity_count", sa.Integer),
    sa.Column("validity_starts", sa.Text, nullable=False, server_default="purchase"),
    # Days after the purchase on which the validity starts at the latest, with validity_starts = first_class.
    sa.Column("latest_start_days", sa.Integer),
    # Ids of the class types it may be used for, sorted; NULL means all of them.
    sa.Column("eligible", Json),
    sa.Column("per_client_limit", sa.Integer),
    sa.Column("online", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("tax_milli_percent", sa.Integer, nullable=False, server_default="0"),
    sa.Column("saved_by", Id, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("saved_at", Instant, nullable=False),
    sa.UniqueConstraint("package_id", "number"),
    sa.CheckConstraint("credits BETWEEN 1 AND 100000", name="credits_range"),
    sa.CheckConstraint("bonus BETWEEN 0 AND 100000", name="bonus_range"),
    sa.CheckConstraint("price >= 0", name="price_not_negative"),
    sa.CheckConstraint("tax_milli_percent BETWEEN 0 AND 100000", name="tax_range"),
    sa.CheckConstraint("per_client_limit >= 1", name="limit_positive"),
    sa.CheckConstraint(
        "(validity_kind = 'never') = (validity_count IS NULL)"
        " AND (validity_count IS NULL OR validity_count >= 1)",
        name="validity_count",
    ),
    sa.CheckConstraint(
        "(validity_starts = 'first_class') = (latest_start_days IS NOT NULL)"
        " AND (latest_start_days IS NULL OR latest_start_days >= 0)",
        name="latest_start",
    ),
    one_of("validity_kind", VALIDITY_KINDS, "validity_kind"),
    one_of("validity_starts", VALIDITY_STARTS, "validity_starts"),
    sqlite_autoincrement=True,
)
