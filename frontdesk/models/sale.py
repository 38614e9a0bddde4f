"""Tables of money: sales with their lines, payments and refunds, and the number series of receipts."""

import sqlalchemy as sa

from frontdesk.models.base import Id, Instant, Json, metadata, one_of, primary_key

TENDERS = ("cash", "external_card", "bank_transfer", "free", "stripe_checkout", "stripe_reader")
TRANSACTION_KINDS = ("payment", "refund")
TRANSACTION_STATUSES = ("requested", "pending", "succeeded", "failed", "cancelled")
#: A refund in one of these has not sent money, so it does not count against what was received (S6).
VOID_STATUSES = ("failed", "cancelled")
#: What may become of a refund; the end of one that did not reach the client is its last word (S6).
STATUS_MOVES = {
    "requested": ("pending", "succeeded", "failed", "cancelled"),
    "pending": ("succeeded", "failed", "cancelled"),
    "succeeded": ("failed", "cancelled"),
}
#: What reaches the client across the desk, or is nothing at all: such a refund cannot fail.
GIVEN_BY_HAND = ("cash", "free")
SERIES_KINDS = ("sale", "refund")
REFUND_KINDS = ("refund", "void")
#: Compared byte by byte in both databases, so that a beginning is a range.
PlainText = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

#: S1: the number is given at the payment, inside its transaction, so a series has no gaps.
receipt_series = sa.Table(
    "receipt_series",
    metadata,
    sa.Column("series", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("desk_id", Id, sa.ForeignKey("desk.id")),
    sa.Column("last_number", Id, nullable=False, server_default="0"),
    one_of("kind", SERIES_KINDS, "kind"),
    sa.CheckConstraint("last_number >= 0", name="number_not_negative"),
)

sale = sa.Table(
    "sale",
    metadata,
    primary_key(),
    sa.Column("command_id", sa.Text, nullable=False, unique=True),
    sa.Column("client_id", Id, sa.ForeignKey("client.id"), nullable=False),
    sa.Column("desk_id", Id, sa.ForeignKey("desk.id"), nullable=False),
    sa.Column("staff_id", Id, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("sold_at", Instant, nullable=False),
    # The business day it belongs to in the studio's zone (R12: exactly one).
    sa.Column("business_day", sa.Date, nullable=False),
    sa.Column("series", sa.Text, sa.ForeignKey("receipt_series.series"), nullable=False),
    sa.Column("number", Id, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("subtotal", sa.BigInteger, nullable=False),
    sa.Column("discount", sa.BigInteger, nullable=False),
    sa.Column("tax", sa.BigInteger, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("tax_name", sa.Text, nullable=False, server_default=""),
    sa.Column("discount_code", sa.Text),
    sa.Column("discount_note_id", Id, sa.ForeignKey("note.id")),
    sa.UniqueConstraint("series", "number"),
    sa.UniqueConstraint("id", "client_id"),
    sa.CheckConstraint("discount BETWEEN 0 AND subtotal", name="discount_range"),
    sa.CheckConstraint("total >= 0 AND tax >= 0", name="amounts_not_negative"),
    sa.CheckConstraint("number >= 1", name="number_positive"),
    sa.CheckConstraint("discount = 0 OR discount_code IS NOT NULL", name="discount_has_reason"),
    sqlite_autoincrement=True,
)
sa.Index("ix_sale_client_id", sale.c.client_id, sale.c.id)

sale_line = sa.Table(
    "sale_line",
    metadata,
    primary_key(),
    sa.Column("sale_id", Id, sa.ForeignKey("sale.id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("package_id", Id, sa.ForeignKey("package.id"), nullable=False),
    sa.Column("package_version_id", Id, sa.ForeignKey("package_version.id"), nullable=False),
    # The terms it was sold under (P4), kept whole here whatever happens to the package.
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("credits", sa.Integer, nullable=False),
    sa.Column("bonus", sa.Integer, nullable=False),
    sa.Column("validity", Json, nullable=False),
    sa.Column("eligible", Json),
    sa.Column("list_price", sa.BigInteger, nullable=False),
    sa.Column("discount", sa.BigInteger, nullable=False),
    sa.Column("tax_milli_percent", sa.Integer, nullable=False),
    sa.Column("tax_on_top", sa.Boolean, nullable=False),
    sa.Column("tax", sa.BigInteger, nullable=False),
    # What the client paid for the line, tax included.
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("sale_id", "position"),
    sa.UniqueConstraint("id", "sale_id"),
    sa.CheckConstraint("credits >= 1 AND bonus >= 0", name="credits_range"),
    sa.CheckConstraint("discount BETWEEN 0 AND list_price", name="discount_range"),
    sa.CheckConstraint("tax >= 0", name="tax_not_negative"),
    sa.CheckConstraint(
        "total = list_price - discount + CASE WHEN tax_on_top THEN tax ELSE 0 END", name="total_adds_up"
    ),
    sqlite_autoincrement=True,
)
sa.Index("ix_sale_line_package_id", sale_line.c.package_id)
sa.Index("ix_sale_line_package_version_id", sale_line.c.package_version_id)

refund = sa.Table(
    "refund",
    metadata,
    primary_key(),
    sa.Column("command_id", sa.Text, nullable=False, unique=True),
    # A void takes a sale entered by mistake back on the same day, as a whole (S2).
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("sale_id", Id, nullable=False),
    sa.Column("client_id", Id, nullable=False),
    sa.Column("desk_id", Id, sa.ForeignKey("desk.id"), nullable=False),
    sa.Column("staff_id", Id, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("requested_at", Instant, nullable=False),
    sa.Column("business_day", sa.Date, nullable=False),
    sa.Column("series", sa.Text, sa.ForeignKey("receipt_series.series"), nullable=False),
    sa.Column("number", Id, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("reason_code", sa.Text, nullable=False),
    sa.Column("note_id", Id, sa.ForeignKey("note.id")),
    sa.UniqueConstraint("series", "number"),
    sa.ForeignKeyConstraint(["sale_id", "client_id"], ["sale.id", "sale.client_id"]),
    sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
    one_of("kind", REFUND_KINDS, "kind"),
    sqlite_autoincrement=True,
)
sa.Index("ix_refund_sale_id", refund.c.sale_id)
sa.Index("ix_refund_client_id", refund.c.client_id)

refund_line = sa.Table(
    "refund_line",
    metadata,
    primary_key(),
    sa.Column("refund_id", Id, sa.ForeignKey("refund.id"), nullable=False),
    sa.Column("sale_line_id", Id, sa.ForeignKey("sale_line.id"), nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("credits_voided", sa.Integer, nullable=False),
    sa.UniqueConstraint("refund_id", "sale_line_id"),
    sa.CheckConstraint("amount >= 0 AND credits_voided >= 0", name="not_negative"),
    sqlite_autoincrement=True,
)
sa.Index("ix_refund_line_sale_line_id", refund_line.c.sale_line_id)

#: One row of the transactions screen: a payment (amount >= 0) or a part of a refund (amount <= 0).
money_transaction = sa.Table(
    "money_transaction",
    metadata,
    primary_key(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("sale_id", Id, nullable=False),
    sa.Column("client_id", Id, nullable=False),
    sa.Column("refund_id", Id, sa.ForeignKey("refund.id")),
    # The payment that a refund goes back by.
    sa.Column("payment_id", Id, sa.ForeignKey("money_transaction.id")),
    sa.Column("tender", sa.Text, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("business_day", sa.Date, nullable=False),
    sa.Column("staff_id", Id, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("desk_id", Id, sa.ForeignKey("desk.id"), nullable=False),
    # The receipt's number as printed, e.g. D1-000042.
    sa.Column("receipt", PlainText, nullable=False),
    # The external terminal's or the bank's reference, as typed.
    sa.Column("reference", PlainText, nullable=False, server_default=""),
    sa.Column("cash_given", sa.BigInteger),
    sa.Column("cash_change", sa.BigInteger),
    # Kept by a trigger from transaction_state; the row itself never changes otherwise.
    sa.Column("status", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(["sale_id", "client_id"], ["sale.id", "sale.client_id"]),
    one_of("kind", TRANSACTION_KINDS, "kind"),
    one_of("tender", TENDERS, "tender"),
    one_of("status", TRANSACTION_STATUSES, "status"),
    sa.CheckConstraint(
        "(kind = 'payment' AND amount >= 0 AND refund_id IS NULL AND payment_id IS NULL)"
        " OR (kind = 'refund' AND amount <= 0 AND refund_id IS NOT NULL AND payment_id IS NOT NULL)",
        name="sign",
    ),
    sa.CheckConstraint(
        "cash_given IS NULL AND cash_change IS NULL OR cash_given IS NOT NULL AND cash_change IS NOT NULL"
        " AND tender = 'cash' AND cash_change >= 0 AND cash_given - cash_change = amount",
        name="change_adds_up",
    ),
    sa.CheckConstraint("tender <> 'free' OR amount = 0", name="free_is_zero"),
)
_t = money_transaction.c
# The list is merged from one stream per kind, status and tender, in either of its orders; the columns behind
# the id let other filters be told without a look at the rows themselves.
_STREAM = (_t.kind, _t.status, _t.tender)
sa.Index("ix_money_transaction_by_time", *_STREAM, _t.at, _t.id, _t.staff_id, _t.amount)
sa.Index("ix_money_transaction_by_amount", *_STREAM, _t.amount, _t.id, _t.staff_id, _t.at)
sa.Index("ix_money_transaction_staff", _t.staff_id, _t.at, _t.id)
sa.Index("ix_money_transaction_client", _t.client_id, _t.at, _t.id)
sa.Index("ix_money_transaction_receipt", _t.receipt)
sa.Index(
    "ix_money_transaction_reference",
    _t.reference,
    sqlite_where=_t.reference != "",
    postgresql_where=_t.reference != "",
)
sa.Index("ix_money_transaction_sale_id", _t.sale_id)
sa.Index(
    "ix_money_transaction_payment_id",
    _t.payment_id,
    sqlite_where=_t.payment_id.is_not(None),
    postgresql_where=_t.payment_id.is_not(None),
)
sa.Index(
    "ix_money_transaction_refund_id",
    _t.refund_id,
    sqlite_where=_t.refund_id.is_not(None),
    postgresql_where=_t.refund_id.is_not(None),
)
# Totals read it alone, from front to back.
sa.Index("ix_money_transaction_day", _t.business_day, _t.tender, _t.kind, _t.status, _t.staff_id, _t.amount)

transaction_state = sa.Table(
    "transaction_state",
    metadata,
    primary_key(),
    sa.Column("transaction_id", Id, sa.ForeignKey("money_transaction.id"), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("staff_id", Id, sa.ForeignKey("staff.id")),
    sa.Column("desk_id", Id, sa.ForeignKey("desk.id")),
    sa.Column("recorded_at", Instant, nullable=False),
    one_of("status", TRANSACTION_STATUSES, "status"),
    sqlite_autoincrement=True,
)
sa.Index("ix_transaction_state_transaction_id", transaction_state.c.transaction_id, transaction_state.c.id)

#: The list "needs a decision": what a person has to settle, with what is suggested.
decision = sa.Table(
    "decision",
    metadata,
    primary_key(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("client_id", Id, sa.ForeignKey("client.id")),
    sa.Column("sale_id", Id, sa.ForeignKey("sale.id")),
    sa.Column("refund_id", Id, sa.ForeignKey("refund.id")),
    # Ids, amounts and counts only; no personal data.
    sa.Column("facts", Json, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("closed_by", Id, sa.ForeignKey("staff.id")),
    sa.Column("outcome", sa.Text),
    sa.CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_with_outcome"),
)
sa.Index(
    "ix_decision_open",
    decision.c.id,
    sqlite_where=decision.c.closed_at.is_(None),
    postgresql_where=decision.c.closed_at.is_(None),
)

#: That a receipt was printed or saved: every further print of it says COPY (S10).
receipt_print = sa.Table(
    "receipt_print",
    metadata,
    primary_key(),
    sa.Column("sale_id", Id, sa.ForeignKey("sale.id")),
    sa.Column("refund_id", Id, sa.ForeignKey("refund.id")),
    sa.Column("staff_id", Id, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("desk_id", Id, sa.ForeignKey("desk.id"), nullable=False),
    sa.Column("printed_at", Instant, nullable=False),
    sa.CheckConstraint("(sale_id IS NULL) <> (refund_id IS NULL)", name="one_receipt"),
    sqlite_autoincrement=True,
)
sa.Index("ix_receipt_print_sale_id", receipt_print.c.sale_id)
sa.Index("ix_receipt_print_refund_id", receipt_print.c.refund_id)
