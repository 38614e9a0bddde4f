"""Tables of what is shared with Stripe: the account, outbox, mirror, checkouts, and how far sync has come.

The key is in none of them (A4). Nothing of the ledger or the money stands here: what Stripe says becomes
sales, refunds and holds by the same use cases that the desk runs.
"""

import sqlalchemy as sa

from frontdesk.models.base import Id, Instant, Json, metadata, one_of, primary_key

#: new: decided, never sent. sending: on its way, or cut off there. unknown: sent without a clear answer.
#: waiting: to be sent again later (busy, too many at once, no good key). held: moves money and waited too
#: long, so a person is asked. done, failed (Stripe refused for good), cancelled (taken back, never sent).
OUTBOX_STATES = ("new", "sending", "unknown", "waiting", "held", "done", "failed", "cancelled")
OPEN_OUTBOX_STATES = ("new", "sending", "unknown", "waiting", "held")
#: From the first attempt on the same bytes go out under the same key until there is an answer (Y4).
SENT_OUTBOX_STATES = ("sending", "unknown", "waiting")
CHECKOUT_TENDERS = ("stripe_checkout", "stripe_reader")
#: opening: Stripe has not made it yet. closing: to be ended there. paid: a sale. lapsed: expired.
CHECKOUT_STATES = ("opening", "open", "closing", "paid", "cancelled", "lapsed", "failed")
OPEN_CHECKOUT_STATES = ("opening", "open", "closing")

#: The Stripe account that these books belong to, once there is one (Y7). One row.
stripe_account = sa.Table(
    "stripe_account",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("livemode", sa.Boolean, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("country", sa.Text, nullable=False, server_default=""),
    # What keyrings call the key of this account: a random name, so that a copy of the books has none.
    sa.Column("secret_name", sa.Text, nullable=False),
    # charges_enabled, payouts_enabled, what Stripe still wants of the studio, and until when.
    sa.Column("facts", Json, nullable=False),
    sa.Column("connected_at", Instant, nullable=False),
    sa.Column("connected_by", Id, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("disconnected_at", Instant),
    sa.Column("checked_at", Instant),
    sa.CheckConstraint("id = 1", name="one_row"),
)

#: How far the pull has come. One row, made with the account.
sync_state = sa.Table(
    "sync_state",
    metadata,
    sa.Column("id", Id, primary_key=True),
    # Stripe's time of the newest event that was applied; the PC's clock is never asked.
    sa.Column("high_water", Instant),
    # When everything that Stripe had was last applied, by Stripe's time.
    sa.Column("complete_at", Instant),
    sa.Column("swept_at", Instant),
    # A sweep or backfill under way: its windows, cursors and counts, so that it resumes after a restart.
    sa.Column("sweep", Json),
    # One desk at a time pulls, until this instant unless it says so again.
    sa.Column("puller", sa.Text, nullable=False, server_default=""),
    sa.Column("puller_until", Instant),
    sa.CheckConstraint("id = 1", name="one_row"),
)

#: Reads of Stripe's API by day (UTC), against the monthly allowance.
stripe_reads = sa.Table(
    "stripe_reads",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("reads", sa.Integer, nullable=False),
    sa.CheckConstraint("reads >= 0", name="not_negative"),
)

#: Work for Stripe that is decided and stored here, with its idempotency key, before the first attempt (Y4).
outbox = sa.Table(
    "outbox",
    metadata,
    primary_key(),
    sa.Column("op_id", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("idempotency_key", sa.Text, nullable=False, unique=True),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("params", Json, nullable=False),
    sa.Column("api_version", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("livemode", sa.Boolean, nullable=False),
    sa.Column("moves_money", sa.Boolean, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("package_id", Id, sa.ForeignKey("package.id")),
    sa.Column("checkout_id", Id, sa.ForeignKey("checkout.id")),
    sa.Column("transaction_id", Id, sa.ForeignKey("money_transaction.id")),
    sa.Column("staff_id", Id, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("desk_id", Id, sa.ForeignKey("desk.id"), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("first_sent_at", Instant),
    sa.Column("next_try_at", Instant),
    # Which desk is sending it, and until when others keep their hands off.
    sa.Column("leased_by", sa.Text, nullable=False, server_default=""),
    sa.Column("leased_until", Instant),
    # Code and parameters of the last trouble, as FrontdeskError carries them.
    sa.Column("trouble", Json),
    sa.Column("result_id", sa.Text, nullable=False, server_default=""),
    sa.Column("finished_at", Instant),
    one_of("state", OUTBOX_STATES, "state"),
    one_of("method", ("post", "delete"), "method"),
    sa.CheckConstraint("length(idempotency_key) BETWEEN 1 AND 255", name="key_length"),
    sa.CheckConstraint(
        "(state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)", name="finished_when_over"
    ),
)
_open_outbox = outbox.c.finished_at.is_(None)
sa.Index("ix_outbox_open", outbox.c.id, sqlite_where=_open_outbox, postgresql_where=_open_outbox)
sa.Index("ix_outbox_package_id", outbox.c.package_id)
sa.Index("ix_outbox_checkout_id", outbox.c.checkout_id)
sa.Index("ix_outbox_transaction_id", outbox.c.transaction_id)

#: A sale that waits for Stripe's word that it is paid (S4). It is no money and has no receipt until then.
checkout = sa.Table(
    "checkout",
    metadata,
    primary_key(),
    # Names the sale at Stripe, before and after it is one.
    sa.Column("uid", sa.Text, nullable=False, unique=True),
    sa.Column("tender", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("client_id", Id, sa.ForeignKey("client.id"), nullable=False),
    sa.Column("staff_id", Id, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("desk_id", Id, sa.ForeignKey("desk.id"), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    # The basket, its discount and the other payments as they were shown.
    sa.Column("draft", Json, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    # What Stripe is to collect, and what the whole sale costs, in minor units.
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("credits", sa.Integer, nullable=False),
    sa.Column("session_id", sa.Text, unique=True),
    sa.Column("payment_intent", sa.Text, unique=True),
    sa.Column("reader_id", sa.Text, nullable=False, server_default=""),
    sa.Column("url", sa.Text, nullable=False, server_default=""),
    sa.Column("expires_at", Instant),
    # What the reader or the bank said last, as Stripe's code.
    sa.Column("last_word", sa.Text, nullable=False, server_default=""),
    sa.Column("sale_id", Id, sa.ForeignKey("sale.id"), unique=True),
    sa.Column("closed_at", Instant),
    one_of("tender", CHECKOUT_TENDERS, "tender"),
    one_of("state", CHECKOUT_STATES, "state"),
    sa.CheckConstraint("amount BETWEEN 1 AND total", name="amount_within_total"),
    sa.CheckConstraint("(state = 'paid') = (sale_id IS NOT NULL)", name="paid_is_a_sale"),
    sa.CheckConstraint(
        "(state IN ('opening', 'open', 'closing')) = (closed_at IS NULL)", name="closed_when_over"
    ),
)
_open_checkout = checkout.c.closed_at.is_(None)
sa.Index("ix_checkout_open", checkout.c.id, sqlite_where=_open_checkout, postgresql_where=_open_checkout)
sa.Index("ix_checkout_client_id", checkout.c.client_id)

#: What Stripe says, as it says it: the newest state of each object that was fetched.
stripe_object = sa.Table(
    "stripe_object",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("created", Instant, nullable=False),
    sa.Column("status", sa.Text, nullable=False, server_default=""),
    sa.Column("payment_intent", sa.Text, nullable=False, server_default=""),
    # Of a balance transaction: what moved the money, and the payout that it went to the bank with.
    sa.Column("source", sa.Text, nullable=False, server_default=""),
    sa.Column("payout", sa.Text, nullable=False, server_default=""),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("fetched_at", Instant, nullable=False),
)
sa.Index("ix_stripe_object_kind", stripe_object.c.kind, stripe_object.c.created, stripe_object.c.id)
for _name in ("payment_intent", "source", "payout"):
    _column = stripe_object.c[_name]
    sa.Index(f"ix_stripe_object_{_name}", _column, sqlite_where=_column != "", postgresql_where=_column != "")

#: Events that were applied, so that the overlap of two polls costs no reads. Kept while Stripe lists them.
stripe_event = sa.Table(
    "stripe_event",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("created", Instant, nullable=False),
)
sa.Index("ix_stripe_event_created", stripe_event.c.created)

#: An object that could not be applied: shown, and tried again, while everything else goes on.
quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("object_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("trouble", Json, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("first_at", Instant, nullable=False),
    sa.Column("last_at", Instant, nullable=False),
    sa.Column("solved_at", Instant),
)

#: What a package is at Stripe: its product.
online_product = sa.Table(
    "online_product",
    metadata,
    sa.Column("package_id", Id, sa.ForeignKey("package.id"), primary_key=True, autoincrement=False),
    sa.Column("product_id", sa.Text, nullable=False, unique=True),
    # What Stripe has of it, as far as this program sets it: active, name, description, default_price.
    sa.Column("known", Json, nullable=False),
    # What somebody changed in Stripe's dashboard: field -> their value; NULL for nothing.
    sa.Column("drift", Json),
)

#: What a version of a package is at Stripe: its price and its Payment Link (Y1).
online_price = sa.Table(
    "online_price",
    metadata,
    sa.Column(
        "package_version_id", Id, sa.ForeignKey("package_version.id"), primary_key=True, autoincrement=False
    ),
    sa.Column("price_id", sa.Text, nullable=False, unique=True),
    sa.Column("price_active", sa.Boolean, nullable=False),
    sa.Column("link_id", sa.Text, unique=True),
    sa.Column("link_url", sa.Text, nullable=False, server_default=""),
    sa.Column("link_active", sa.Boolean, nullable=False, server_default=sa.false()),
)

#: Which customer of Stripe is which client (Y2).
stripe_customer = sa.Table(
    "stripe_customer",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("client_id", Id, sa.ForeignKey("client.id"), nullable=False),
)
sa.Index("ix_stripe_customer_client_id", stripe_customer.c.client_id)

#: Which payment or refund of the books is which of Stripe's.
stripe_transaction = sa.Table(
    "stripe_transaction",
    metadata,
    sa.Column(
        "transaction_id", Id, sa.ForeignKey("money_transaction.id"), primary_key=True, autoincrement=False
    ),
    # The payment intent of a payment, the refund of a refund.
    sa.Column("stripe_id", sa.Text, nullable=False, unique=True),
)
