"""Tables of imports: which file came in when, what became of its rows, and which were taken back (D3)."""

import sqlalchemy as sa

from frontdesk.models.base import Id, Instant, Json, metadata, one_of, primary_key

#: What became of a row: a new client, an existing one, or nothing.
ACTIONS = ("created", "matched", "left_out")

import_batch = sa.Table(
    "import_batch",
    metadata,
    primary_key(),
    sa.Column("file_name", sa.Text, nullable=False),
    # SHA-256 of the file's bytes: the same file is not brought in twice by mistake.
    sa.Column("file_hash", sa.Text, nullable=False),
    sa.Column("created", sa.Integer, nullable=False),
    sa.Column("matched", sa.Integer, nullable=False),
    sa.Column("left_out", sa.Integer, nullable=False),
    sa.Column("packs", sa.Integer, nullable=False),
    sa.Column("credits", sa.Integer, nullable=False),
    sa.Column("staff_id", Id, sa.ForeignKey("staff.id")),
    sa.Column("desk_id", Id, sa.ForeignKey("desk.id")),
    sa.Column("recorded_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)
sa.Index("ix_import_batch_file_hash", import_batch.c.file_hash)

import_row = sa.Table(
    "import_row",
    metadata,
    primary_key(),
    sa.Column("batch_id", Id, sa.ForeignKey("import_batch.id"), nullable=False),
    # The row's number in a spreadsheet, from 1.
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("client_id", Id, sa.ForeignKey("client.id")),
    sa.Column("lot_id", Id, sa.ForeignKey("credit_lot.id")),
    # Codes of what was wrong, without the values: those are the client's own data.
    sa.Column("problems", Json),
    sa.UniqueConstraint("batch_id", "number"),
    one_of("action", ACTIONS, "action"),
    sa.CheckConstraint("(action = 'left_out') = (client_id IS NULL)", name="client_unless_left_out"),
    sqlite_autoincrement=True,
)

#: One row where an import was taken back; what had been acted on since stayed.
import_undo = sa.Table(
    "import_undo",
    metadata,
    sa.Column("batch_id", Id, sa.ForeignKey("import_batch.id"), primary_key=True, autoincrement=False),
    sa.Column("hidden", sa.Integer, nullable=False),
    sa.Column("voided", sa.Integer, nullable=False),
    sa.Column("kept", sa.Integer, nullable=False),
    sa.Column("staff_id", Id, sa.ForeignKey("staff.id")),
    sa.Column("desk_id", Id, sa.ForeignKey("desk.id")),
    sa.Column("recorded_at", Instant, nullable=False),
)
