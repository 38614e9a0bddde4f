"""Tables of clients: contact data, merges (append-only aliases), and what happened to a client's card."""

import sqlalchemy as sa

from frontdesk.models.base import Id, Instant, Json, metadata, one_of, primary_key

SOURCES = ("desk", "import", "stripe")
EVENT_KINDS = (
    "created",
    "edited",
    "archived",
    "restored",
    "imported",
    "import_undone",
    "merged",
    "unmerged",
)

client = sa.Table(
    "client",
    metadata,
    primary_key(),
    sa.Column("name", sa.Text, nullable=False),
    # Folded by frontdesk.models.text.fold before every write: SQL functions fold ß and ø wrongly. Compared by
    # bytes in both databases, so that names which begin alike stand together in the index.
    sa.Column("name_folded", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
    sa.Column("email", sa.Text, nullable=False, server_default=""),
    sa.Column("email_folded", sa.Text, nullable=False, server_default=""),
    sa.Column("phone", sa.Text, nullable=False, server_default=""),
    sa.Column("phone_digits", sa.Text, nullable=False, server_default=""),
    sa.Column("birthday", sa.Date),
    sa.Column("notes", sa.Text, nullable=False, server_default=""),
    # Shown when the client checks in (D1).
    sa.Column("alert", sa.Text, nullable=False, server_default=""),
    sa.Column("member_code", sa.Text),
    sa.Column("source", sa.Text, nullable=False, server_default="desk"),
    # The client this one was merged into; a cache of client_merge, resolved to the end of the chain.
    sa.Column("merged_into", Id, sa.ForeignKey("client.id")),
    sa.Column("archived_at", Instant),
    # Set when the import that brought the client in was undone: shown nowhere, kept for the ledger.
    sa.Column("hidden_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name="name_length"),
    sa.CheckConstraint("merged_into <> id", name="not_into_itself"),
    one_of("source", SOURCES, "source"),
)
sa.Index("ix_client_name_folded", client.c.name_folded, client.c.id)
# The two short lists, each a page at a time.
sa.Index(
    "ix_client_archived_name",
    client.c.name_folded,
    client.c.id,
    sqlite_where=client.c.archived_at.is_not(None),
    postgresql_where=client.c.archived_at.is_not(None),
)
sa.Index(
    "ix_client_imported_name",
    client.c.name_folded,
    client.c.id,
    sqlite_where=client.c.source == "import",
    postgresql_where=client.c.source == "import",
)
sa.Index("ix_client_email_folded", client.c.email_folded)
sa.Index("ix_client_phone_digits", client.c.phone_digits)
# A hidden client's code is free again.
sa.Index(
    "uq_client_member_code",
    client.c.member_code,
    unique=True,
    sqlite_where=client.c.hidden_at.is_(None),
    postgresql_where=client.c.hidden_at.is_(None),
)
# Without those who were never merged: SQLite would read them all for a page by name, and sort them.
sa.Index(
    "ix_client_merged_into",
    client.c.merged_into,
    sqlite_where=client.c.merged_into.is_not(None),
    postgresql_where=client.c.merged_into.is_not(None),
)

#: Merging is an append-only alias; undoing appends its end.
client_merge = sa.Table(
    "client_merge",
    metadata,
    primary_key(),
    sa.Column("client_id", Id, sa.ForeignKey("client.id"), nullable=False),
    sa.Column("into_client_id", Id, sa.ForeignKey("client.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("ends_merge_id", Id, sa.ForeignKey("client_merge.id"), unique=True),
    sa.Column("staff_id", Id, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("desk_id", Id, sa.ForeignKey("desk.id"), nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    one_of("kind", ("merge", "unmerge"), "kind"),
    sa.CheckConstraint("client_id <> into_client_id", name="two_clients"),
    sa.CheckConstraint("(kind = 'unmerge') = (ends_merge_id IS NOT NULL)", name="unmerge_ends_one"),
    sqlite_autoincrement=True,
)
sa.Index("ix_client_merge_client_id", client_merge.c.client_id)
sa.Index("ix_client_merge_into_client_id", client_merge.c.into_client_id)

#: Who did what to a client's card, by field name only: no personal data stands here.
client_event = sa.Table(
    "client_event",
    metadata,
    primary_key(),
    sa.Column("client_id", Id, sa.ForeignKey("client.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("fields", Json),
    sa.Column("staff_id", Id, sa.ForeignKey("staff.id")),
    sa.Column("desk_id", Id, sa.ForeignKey("desk.id")),
    sa.Column("recorded_at", Instant, nullable=False),
    one_of("kind", EVENT_KINDS, "kind"),
    sqlite_autoincrement=True,
)
sa.Index("ix_client_event_client_id", client_event.c.client_id, client_event.c.id)
