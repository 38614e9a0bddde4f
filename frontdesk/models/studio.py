"""Tables of the studio itself: settings, desks, staff members, class types, and the commands carried out."""

import sqlalchemy as sa

from frontdesk.models.base import Id, Instant, metadata, primary_key

studio = sa.Table(
    "studio",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    # The hour at which a business day begins (D8); 0 is midnight.
    sa.Column("day_starts_hour", sa.Integer, nullable=False, server_default="0"),
    sa.Column("prices_include_tax", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("tax_name", sa.Text, nullable=False, server_default=""),
    sa.Column("default_tax_milli_percent", sa.Integer, nullable=False, server_default="0"),
    sa.Column("receipt_header", sa.Text, nullable=False, server_default=""),
    sa.Column("receipt_footer", sa.Text, nullable=False, server_default=""),
    sa.Column("demo", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", Instant, nullable=False),
    # A copy in which Stripe is tried with test keys (Y7).
    sa.Column("trial", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.CheckConstraint("id = 1", name="one_row"),
    sa.CheckConstraint("length(currency) = 3", name="currency_code"),
    sa.CheckConstraint("day_starts_hour BETWEEN 0 AND 12", name="day_starts_hour"),
    sa.CheckConstraint("default_tax_milli_percent BETWEEN 0 AND 100000", name="tax_range"),
)

desk = sa.Table(
    "desk",
    metadata,
    primary_key(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    # Begins the desk's receipt numbers, e.g. "D1" in D1-000042.
    sa.Column("prefix", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
    # Where sales stand that came in by sync: nobody sits there (S1).
    sa.Column("system", sa.Boolean, nullable=False, server_default=sa.false()),
)

staff = sa.Table(
    "staff",
    metadata,
    primary_key(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("archived_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    # Who acts where sync does: nobody that could be chosen.
    sa.Column("system", sa.Boolean, nullable=False, server_default=sa.false()),
)

class_type = sa.Table(
    "class_type",
    metadata,
    primary_key(),
    sa.Column("name", sa.Text, nullable=False),
    # Credits one booking costs; 0 is a free class (C13).
    sa.Column("cost", sa.Integer, nullable=False, server_default="1"),
    # A token name of the theme's palette, never a colour value.
    sa.Column("colour", sa.Text, nullable=False, server_default="teal"),
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),
    sa.Column("archived_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.CheckConstraint("cost BETWEEN 0 AND 100", name="cost_range"),
)

command = sa.Table(
    "command",
    metadata,
    sa.Column("command_id", sa.Text, primary_key=True),
    sa.Column("use_case", sa.Text, nullable=False),
    sa.Column("request_hash", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("staff_id", Id, sa.ForeignKey("staff.id")),
    sa.Column("desk_id", Id, sa.ForeignKey("desk.id")),
    sa.Column("recorded_at", Instant, nullable=False),
)
