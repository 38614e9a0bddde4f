"""Tables of the credit ledger: lots, their terms and holds, operations and entries, visits, and two caches.

Everything but the caches is append-only; the triggers in frontdesk.models.triggers refuse the rest (C1).
"""

import sqlalchemy as sa

from frontdesk.models.base import Id, Instant, Json, metadata, one_of, primary_key

LOT_KINDS = ("purchased", "bonus", "manual", "imported", "transferred")
HOLD_KINDS = ("checkout", "refund", "dispute", "freeze")
TERM_REASONS = (
    "grant",
    "extend",
    "undo_extend",
    "freeze",
    "unfreeze",
    "revive",
    "first_class",
    "undo_first_class",
    "paid",
    "reinstate",
)
VISIT_EVENTS = ("settled", "undone")
#: The sign of each entry type's delta; C1 and C2 rest on a type having exactly one.
ENTRY_SIGNS = {
    "grant": 1,
    "return": 1,
    "reinstate": 1,
    "redeem": -1,
    "void": -1,
    "expire": -1,
    "adjust_out": -1,
    "transfer_out": -1,
}
OP_KINDS = (
    "sale",
    "adjust_plus",
    "adjust_minus",
    "visit",
    "unpaid_visit",
    "settle_visit",
    "undo_visit",
    "expire",
    "extend",
    "bulk_extend",
    "undo_extend",
    "freeze",
    "unfreeze",
    "transfer_out",
    "transfer_in",
    "revive",
    "hold",
    "release",
    "refund",
    "reinstate",
    "import",
    "undo_import",
)

#: Free text said about an operation: erasable, so the ledger keeps only its id and a salted hash.
note = sa.Table(
    "note",
    metadata,
    primary_key(),
    sa.Column("salt", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("recorded_at", Instant, nullable=False),
)

#: One row per act and client. The hash covers the op, its entries, lots, terms, holds and subject.
ledger_op = sa.Table(
    "ledger_op",
    metadata,
    primary_key(),
    sa.Column("command_id", sa.Text, nullable=False),
    sa.Column("client_id", Id, sa.ForeignKey("client.id"), nullable=False),
    sa.Column("client_seq", Id, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    # When it counts; recorded_at is when it was written down (an expiry is found later than it happens).
    sa.Column("effective_at", Instant, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    # The class a visit was for, and its time.
    sa.Column("class_type_id", Id, sa.ForeignKey("class_type.id")),
    sa.Column("class_at", Instant),
    sa.Column("staff_id", Id, sa.ForeignKey("staff.id")),
    sa.Column("desk_id", Id, sa.ForeignKey("desk.id")),
    sa.Column("reason_code", sa.Text),
    sa.Column("note_id", Id, sa.ForeignKey("note.id")),
    sa.Column("note_hash", sa.Text),
    sa.Column("reverses_op_id", Id),
    # The other client's op of a transfer, and the sale or refund this op belongs to.
    sa.Column("peer_client_id", Id, sa.ForeignKey("client.id")),
    sa.Column("sale_id", Id, sa.ForeignKey("sale.id")),
    sa.Column("refund_id", Id, sa.ForeignKey("refund.id")),
    # SHA-256 of the sale's or refund's own rows, so that a changed receipt is found too.
    sa.Column("subject_hash", sa.Text),
    sa.Column("prev_hash", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.UniqueConstraint("command_id", "client_id"),
    sa.UniqueConstraint("client_id", "client_seq"),
    sa.UniqueConstraint("id", "client_id"),
    # A visit is undone by its own client's op, never another's.
    sa.ForeignKeyConstraint(["reverses_op_id", "client_id"], ["ledger_op.id", "ledger_op.client_id"]),
    sa.CheckConstraint("client_seq >= 1", name="seq_positive"),
    sa.CheckConstraint("(note_id IS NULL) = (note_hash IS NULL)", name="note_hashed"),
    one_of("kind", OP_KINDS, "kind"),
    sqlite_autoincrement=True,
)
sa.Index("ix_ledger_op_reverses_op_id", ledger_op.c.reverses_op_id)
sa.Index("ix_ledger_op_sale_id", ledger_op.c.sale_id)
sa.Index("ix_ledger_op_refund_id", ledger_op.c.refund_id)
#: The order of the statement (C15).
sa.Index("ix_ledger_op_statement", ledger_op.c.client_id, ledger_op.c.effective_at, ledger_op.c.id)
#: The few commands that extended many clients' lots, for the list from which they can be undone (C11).
sa.Index(
    "ix_ledger_op_bulk_extend",
    ledger_op.c.recorded_at,
    sqlite_where=ledger_op.c.kind == "bulk_extend",
    postgresql_where=ledger_op.c.kind == "bulk_extend",
)

credit_lot = sa.Table(
    "credit_lot",
    metadata,
    primary_key(),
    sa.Column("client_id", Id, sa.ForeignKey("client.id"), nullable=False),
    sa.Column("op_id", Id, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    # For the order of use (C6): a transferred lot counts like its root, an imported one as purchased.
    sa.Column("complimentary", sa.Boolean, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("credits", sa.Integer, nullable=False),
    sa.Column("sale_line_id", Id, sa.ForeignKey("sale_line.id")),
    sa.Column("parent_lot_id", Id, sa.ForeignKey("credit_lot.id")),
    sa.Column("origin_lot_id", Id, sa.ForeignKey("credit_lot.id")),
    # Ids of the class types it pays for, sorted; NULL means all of them.
    sa.Column("eligible", Json),
    sa.UniqueConstraint("id", "client_id"),
    sa.ForeignKeyConstraint(["op_id", "client_id"], ["ledger_op.id", "ledger_op.client_id"]),
    sa.CheckConstraint("credits BETWEEN 1 AND 100000", name="credits_range"),
    sa.CheckConstraint("(kind IN ('purchased', 'bonus')) = (sale_line_id IS NOT NULL)", name="sold_has_line"),
    sa.CheckConstraint("(kind = 'bonus') = (parent_lot_id IS NOT NULL)", name="bonus_has_parent"),
    sa.CheckConstraint("(kind = 'transferred') = (origin_lot_id IS NOT NULL)", name="transfer_has_origin"),
    one_of("kind", LOT_KINDS, "kind"),
    sqlite_autoincrement=True,
)
sa.Index("ix_credit_lot_client_id", credit_lot.c.client_id)
sa.Index("ix_credit_lot_op_id", credit_lot.c.op_id)
sa.Index("ix_credit_lot_sale_line_id", credit_lot.c.sale_line_id)
sa.Index("ix_credit_lot_origin_lot_id", credit_lot.c.origin_lot_id)

#: When a lot may be used: [effective_at, expires_at), NULL never expires; the newest row counts.
lot_term = sa.Table(
    "lot_term",
    metadata,
    sa.Column("lot_id", Id, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("client_id", Id, nullable=False),
    sa.Column("op_id", Id, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("effective_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.ForeignKeyConstraint(["lot_id", "client_id"], ["credit_lot.id", "credit_lot.client_id"]),
    sa.ForeignKeyConstraint(["op_id", "client_id"], ["ledger_op.id", "ledger_op.client_id"]),
    sa.CheckConstraint("expires_at > effective_at", name="ends_after_start"),
    one_of("reason", TERM_REASONS, "reason"),
)
sa.Index("ix_lot_term_op_id", lot_term.c.op_id)

#: An opening row sets credits, or the whole lot, aside; a closing row names the one it ends.
lot_hold = sa.Table(
    "lot_hold",
    metadata,
    primary_key(),
    sa.Column("lot_id", Id, nullable=False),
    sa.Column("client_id", Id, nullable=False),
    sa.Column("op_id", Id, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    # NULL holds whatever is in the lot.
    sa.Column("credits", sa.Integer),
    # A freeze between dates: in force in [starts_at, ends_at); NULL ends_at is open-ended.
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant),
    sa.Column("closes_hold_id", Id, sa.ForeignKey("lot_hold.id")),
    sa.ForeignKeyConstraint(["lot_id", "client_id"], ["credit_lot.id", "credit_lot.client_id"]),
    sa.ForeignKeyConstraint(["op_id", "client_id"], ["ledger_op.id", "ledger_op.client_id"]),
    sa.CheckConstraint("credits >= 1", name="credits_positive"),
    sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    sa.CheckConstraint("kind <> 'freeze' OR credits IS NULL", name="freeze_is_whole"),
    one_of("kind", HOLD_KINDS, "kind"),
    sqlite_autoincrement=True,
)
sa.Index("ix_lot_hold_lot_id", lot_hold.c.lot_id)
sa.Index("ix_lot_hold_op_id", lot_hold.c.op_id)
# Without the rows that close nothing: SQLite would look for a lot's open holds among those of all lots.
sa.Index(
    "uq_lot_hold_closes_hold_id",
    lot_hold.c.closes_hold_id,
    unique=True,
    sqlite_where=lot_hold.c.closes_hold_id.is_not(None),
    postgresql_where=lot_hold.c.closes_hold_id.is_not(None),
)

ledger_entry = sa.Table(
    "ledger_entry",
    metadata,
    primary_key(),
    sa.Column("op_id", Id, nullable=False),
    sa.Column("client_id", Id, nullable=False),
    sa.Column("lot_id", Id, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("delta", sa.Integer, nullable=False),
    # Which bucket a reinstatement empties.
    sa.Column("undoes", sa.Text),
    sa.Column("effective_at", Instant, nullable=False),
    sa.UniqueConstraint("op_id", "lot_id", "type"),
    sa.ForeignKeyConstraint(["op_id", "client_id"], ["ledger_op.id", "ledger_op.client_id"]),
    sa.ForeignKeyConstraint(["lot_id", "client_id"], ["credit_lot.id", "credit_lot.client_id"]),
    sa.CheckConstraint(
        "(type IN ('grant', 'return', 'reinstate') AND delta > 0)"
        " OR (type IN ('redeem', 'void', 'expire', 'adjust_out', 'transfer_out') AND delta < 0)",
        name="sign",
    ),
    sa.CheckConstraint(
        "(type = 'reinstate') = (undoes IS NOT NULL) AND (undoes IS NULL OR undoes IN ('voided', 'expired'))",
        name="reinstate_bucket",
    ),
    one_of("type", ENTRY_SIGNS, "type"),
    sqlite_autoincrement=True,
)
sa.Index("ix_ledger_entry_lot_id", ledger_entry.c.lot_id)
sa.Index("ix_ledger_entry_client", ledger_entry.c.client_id, ledger_entry.c.effective_at, ledger_entry.c.id)

#: A cache kept by triggers on ledger_entry and lot_term: by its CHECKs the database itself refuses a lost
#: or invented credit (C2, C3).
lot_balance = sa.Table(
    "lot_balance",
    metadata,
    sa.Column("lot_id", Id, sa.ForeignKey("credit_lot.id"), primary_key=True, autoincrement=False),
    sa.Column("client_id", Id, nullable=False),
    sa.Column("credits", sa.Integer, nullable=False),
    sa.Column("remaining", sa.Integer, nullable=False),
    sa.Column("used", sa.Integer, nullable=False, server_default="0"),
    sa.Column("voided", sa.Integer, nullable=False, server_default="0"),
    sa.Column("expired", sa.Integer, nullable=False, server_default="0"),
    sa.Column("removed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("moved", sa.Integer, nullable=False, server_default="0"),
    # The newest term of the lot, copied from lot_term.
    sa.Column("term_seq", sa.Integer, nullable=False, server_default="0"),
    sa.Column("effective_at", Instant),
    sa.Column("expires_at", Instant),
    sa.CheckConstraint(
        "remaining >= 0 AND used >= 0 AND voided >= 0 AND expired >= 0 AND removed >= 0 AND moved >= 0",
        name="not_negative",
    ),
    sa.CheckConstraint("remaining + used + voided + expired + removed + moved = credits", name="adds_up"),
)
sa.Index("ix_lot_balance_client_id", lot_balance.c.client_id)
sa.Index(
    "ix_lot_balance_expires_at",
    lot_balance.c.expires_at,
    lot_balance.c.lot_id,
    sqlite_where=lot_balance.c.remaining > 0,
    postgresql_where=lot_balance.c.remaining > 0,
)

#: A cache of each client's newest operation: a cut tail of the chain shows against it.
client_head = sa.Table(
    "client_head",
    metadata,
    sa.Column("client_id", Id, sa.ForeignKey("client.id"), primary_key=True, autoincrement=False),
    sa.Column("seq", Id, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

#: A class attended: paid for by the credits of op_id, or unpaid until it is settled (C7, C12).
visit = sa.Table(
    "visit",
    metadata,
    primary_key(),
    sa.Column("op_id", Id, nullable=False, unique=True),
    sa.Column("client_id", Id, nullable=False),
    sa.Column("class_type_id", Id, sa.ForeignKey("class_type.id")),
    sa.Column("class_at", Instant, nullable=False),
    # Credits it cost, fixed when it was recorded (C13).
    sa.Column("cost", sa.Integer, nullable=False),
    sa.Column("paid", sa.Boolean, nullable=False),
    sa.ForeignKeyConstraint(["op_id", "client_id"], ["ledger_op.id", "ledger_op.client_id"]),
    sa.CheckConstraint("cost BETWEEN 0 AND 1000", name="cost_range"),
    sqlite_autoincrement=True,
)
sa.Index("ix_visit_client_id", visit.c.client_id, visit.c.class_at)

visit_event = sa.Table(
    "visit_event",
    metadata,
    primary_key(),
    sa.Column("visit_id", Id, sa.ForeignKey("visit.id"), nullable=False),
    sa.Column("client_id", Id, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("op_id", Id, nullable=False),
    sa.UniqueConstraint("visit_id", "kind"),
    sa.ForeignKeyConstraint(["op_id", "client_id"], ["ledger_op.id", "ledger_op.client_id"]),
    one_of("kind", VISIT_EVENTS, "kind"),
    sqlite_autoincrement=True,
)
sa.Index("ix_visit_event_op_id", visit_event.c.op_id)
