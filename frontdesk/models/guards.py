"""What the database refuses to do to the books, and the caches that it keeps: conditions for both databases alike.

Each guard is a portable SQL condition over NEW and OLD that refuses the statement; each action is a portable
statement that keeps a cache. `frontdesk.models.triggers` makes triggers of them.
"""

from dataclasses import dataclass

from frontdesk.models import base, client, imports, ledger, package, sale, studio, sync  # noqa: F401  (fills the metadata)

FOREVER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses ``event`` on ``table`` where ``condition`` holds."""

    table: str
    event: str
    code: str
    condition: str
    #: Rows PostgreSQL must lock first, since two desks may write at once there.
    postgresql_lock: str = ""

    @property
    def name(self) -> str:
        return f"{self.table}_{self.code}"


@dataclass(frozen=True, slots=True)
class Action:
    """Runs ``statement`` after ``event`` on ``table`` where ``condition`` holds."""

    table: str
    event: str
    code: str
    statement: str
    condition: str = ""

    @property
    def name(self) -> str:
        return f"{self.table}_{self.code}"


_OPEN_HOLD = (
    "h.closes_hold_id IS NULL AND NOT EXISTS (SELECT 1 FROM lot_hold c WHERE c.closes_hold_id = h.id)"
)
_REFUNDED_BY_PAYMENT = (
    "(SELECT COALESCE(SUM(r.amount), 0) FROM money_transaction r"
    " WHERE r.payment_id = {payment} AND r.status NOT IN ('failed', 'cancelled'))"
)
_SAME = "NEW.{0} IS NOT DISTINCT FROM OLD.{0}"


def _unchanged(table: str, but: tuple[str, ...]) -> str:
    """The condition that an UPDATE leaves every column as it was, save those in ``but``."""
    columns = (column.name for column in base.metadata.tables[table].columns)
    return " AND ".join(_SAME.format(name) for name in columns if name not in but)


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


#: What of a sent row may still change: how it goes on, never what was sent.
_OUTBOX_MOVES = (
    "state", "attempts", "next_try_at", "leased_by", "leased_until", "trouble", "result_id", "finished_at",
)  # fmt: skip
_CHECKOUT_MOVES = (
    "state", "session_id", "payment_intent", "reader_id", "url", "expires_at", "last_word", "sale_id", "closed_at",
)  # fmt: skip

GUARDS: tuple[Guard, ...] = (
    Guard(
        "studio",
        "UPDATE",
        "locked",
        "(NEW.currency <> OLD.currency OR NEW.zone <> OLD.zone) AND EXISTS (SELECT 1 FROM sale)",
    ),
    Guard(
        "note",
        "UPDATE",
        "only_erased",
        f"NOT (NEW.text IS NULL AND NEW.salt IS NULL AND {_unchanged('note', ('text', 'salt'))})",
    ),
    Guard("receipt_series", "INSERT", "starts_at_zero", "NEW.last_number <> 0"),
    Guard(
        "receipt_series",
        "UPDATE",
        "counts_by_one",
        f"NOT (NEW.last_number = OLD.last_number + 1 AND {_unchanged('receipt_series', ('last_number',))})",
    ),
    *(
        Guard(
            table,
            "INSERT",
            "number_in_turn",
            "NOT EXISTS (SELECT 1 FROM receipt_series s WHERE s.series = NEW.series"
            f" AND s.kind = '{table}' AND s.last_number = NEW.number)",
        )
        for table in ("sale", "refund")
    ),
    Guard(
        "money_transaction",
        "UPDATE",
        "only_status",
        f"NOT ({_unchanged('money_transaction', ('status',))} AND NEW.status IS NOT DISTINCT FROM"
        " (SELECT s.status FROM transaction_state s WHERE s.transaction_id = NEW.id ORDER BY s.id DESC LIMIT 1))",
    ),
    Guard(
        "money_transaction",
        "INSERT",
        "refund_within_payment",
        "NEW.kind = 'refund' AND NEW.status NOT IN ('failed', 'cancelled') AND COALESCE((SELECT p.amount"
        " FROM money_transaction p WHERE p.id = NEW.payment_id AND p.kind = 'payment'"
        " AND p.sale_id = NEW.sale_id AND p.status = 'succeeded'), -1)"
        f" + {_REFUNDED_BY_PAYMENT.format(payment='NEW.payment_id')} + NEW.amount < 0",
        postgresql_lock="PERFORM 1 FROM money_transaction p WHERE p.id = NEW.payment_id FOR UPDATE;",
    ),
    # A payment stays what it is, what was given by hand cannot fail to arrive, and what is over stays over (S6).
    Guard(
        "transaction_state",
        "INSERT",
        "moves_on",
        "NOT EXISTS (SELECT 1 FROM money_transaction t WHERE t.id = NEW.transaction_id AND t.kind = 'refund' AND ("
        + " OR ".join(
            f"t.status = '{before}' AND NEW.status IN ({_listed(after)})"
            for before, after in sale.STATUS_MOVES.items()
        )
        + f") AND (NEW.status NOT IN ({_listed(sale.VOID_STATUSES)})"
        f" OR t.tender NOT IN ({_listed(sale.GIVEN_BY_HAND)})))",
        postgresql_lock="PERFORM 1 FROM money_transaction t WHERE t.id = NEW.transaction_id FOR UPDATE;",
    ),
    Guard(
        "transaction_state",
        "INSERT",
        "refund_within_payment",
        "NEW.status NOT IN ('failed', 'cancelled') AND EXISTS (SELECT 1 FROM money_transaction t"
        " JOIN money_transaction p ON p.id = t.payment_id WHERE t.id = NEW.transaction_id"
        " AND t.status IN ('failed', 'cancelled')"
        f" AND p.amount + {_REFUNDED_BY_PAYMENT.format(payment='p.id')} + t.amount < 0)",
        postgresql_lock=(
            "PERFORM 1 FROM money_transaction p JOIN money_transaction t ON p.id = t.payment_id"
            " WHERE t.id = NEW.transaction_id FOR UPDATE OF p;"
        ),
    ),
    Guard(
        "refund_line",
        "INSERT",
        "within_line",
        "NEW.amount + COALESCE((SELECT SUM(rl.amount + (SELECT COALESCE(SUM(t.amount), 0)"
        " FROM money_transaction t"
        " WHERE t.refund_id = rl.refund_id AND t.status IN ('failed', 'cancelled')))"
        " FROM refund_line rl WHERE rl.sale_line_id = NEW.sale_line_id), 0) > COALESCE((SELECT l.total"
        " FROM sale_line l JOIN refund r ON r.sale_id = l.sale_id"
        " WHERE l.id = NEW.sale_line_id AND r.id = NEW.refund_id), -1)",
        postgresql_lock="PERFORM 1 FROM sale_line l WHERE l.id = NEW.sale_line_id FOR UPDATE;",
    ),
    Guard(
        "decision",
        "UPDATE",
        "closed_once",
        "NOT (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND "
        f"{_unchanged('decision', ('closed_at', 'closed_by', 'outcome'))})",
    ),
    Guard(
        "stripe_account",
        "UPDATE",
        "same_account",
        "(NEW.account_id <> OLD.account_id OR NEW.livemode <> OLD.livemode)"
        " AND EXISTS (SELECT 1 FROM stripe_transaction)",
    ),
    Guard("stripe_transaction", "UPDATE", "no_update", "1 = 1"),
    Guard(
        "outbox",
        "UPDATE",
        "frozen",
        f"OLD.state IN ({_listed(sync.SENT_OUTBOX_STATES)}) AND NOT ({_unchanged('outbox', _OUTBOX_MOVES)})",
    ),
    Guard(
        "outbox",
        "UPDATE",
        "over_is_over",
        "OLD.finished_at IS NOT NULL AND NEW.state <> OLD.state",
    ),
    Guard(
        "checkout",
        "UPDATE",
        "only_moves",
        f"OLD.state = 'paid' OR NOT ({_unchanged('checkout', _CHECKOUT_MOVES)})",
    ),
    Guard(
        "ledger_op",
        "INSERT",
        "continues_chain",
        "NOT EXISTS (SELECT 1 FROM client_head h WHERE h.client_id = NEW.client_id"
        " AND h.seq = NEW.client_seq - 1 AND h.hash = NEW.prev_hash)",
    ),
    Guard(
        "ledger_entry",
        "INSERT",
        "granted_first",
        "NEW.type <> 'grant' AND NOT EXISTS (SELECT 1 FROM lot_balance b WHERE b.lot_id = NEW.lot_id)",
    ),
    Guard(
        "ledger_entry",
        "INSERT",
        "granted_once",
        "NEW.type = 'grant' AND (EXISTS (SELECT 1 FROM lot_balance b WHERE b.lot_id = NEW.lot_id)"
        " OR NOT EXISTS (SELECT 1 FROM credit_lot l WHERE l.id = NEW.lot_id"
        " AND l.op_id = NEW.op_id AND l.credits = NEW.delta))",
    ),
    Guard(
        "ledger_entry",
        "INSERT",
        "redeemed_in_validity",
        "NEW.type = 'redeem' AND NOT EXISTS (SELECT 1 FROM lot_balance b JOIN ledger_op o ON o.id = NEW.op_id"
        f" WHERE b.lot_id = NEW.lot_id AND COALESCE(o.class_at, o.effective_at) < COALESCE(b.expires_at, {FOREVER})"
        " AND (o.kind = 'settle_visit' OR b.effective_at <= COALESCE(o.class_at, o.effective_at)))",
    ),
    Guard(
        "ledger_entry",
        "INSERT",
        "expired_when_due",
        "NEW.type = 'expire' AND NOT EXISTS (SELECT 1 FROM lot_balance b"
        " WHERE b.lot_id = NEW.lot_id AND b.expires_at <= NEW.effective_at)",
    ),
    Guard(
        "ledger_entry",
        "INSERT",
        "held_stays",
        "NEW.type IN ('redeem', 'adjust_out', 'transfer_out', 'expire') AND EXISTS (SELECT 1 FROM lot_balance b"
        " JOIN ledger_op o ON o.id = NEW.op_id WHERE b.lot_id = NEW.lot_id AND b.remaining + NEW.delta <"
        " (SELECT COALESCE(SUM(COALESCE(h.credits, b.credits)), 0) FROM lot_hold h WHERE h.lot_id = NEW.lot_id"
        f" AND {_OPEN_HOLD} AND h.starts_at <= o.recorded_at AND COALESCE(h.ends_at, {FOREVER}) > o.recorded_at))",
    ),
    Guard(
        "ledger_entry",
        "INSERT",
        "returned_within_taken",
        "NEW.type = 'return' AND NEW.delta >"
        " (SELECT COALESCE(-SUM(e.delta), 0) FROM ledger_op o JOIN ledger_entry e ON e.op_id = o.reverses_op_id"
        " WHERE o.id = NEW.op_id AND e.lot_id = NEW.lot_id AND e.type = 'redeem')"
        " - (SELECT COALESCE(SUM(e.delta), 0) FROM ledger_op o JOIN ledger_op r ON r.reverses_op_id = o.reverses_op_id"
        " JOIN ledger_entry e ON e.op_id = r.id"
        " WHERE o.id = NEW.op_id AND e.lot_id = NEW.lot_id AND e.type = 'return')",
    ),
    Guard(
        "lot_term",
        "INSERT",
        "in_turn",
        "NOT EXISTS (SELECT 1 FROM lot_balance b WHERE b.lot_id = NEW.lot_id AND b.term_seq = NEW.seq - 1)",
    ),
    Guard(
        "lot_hold",
        "INSERT",
        "closes_an_open_one",
        "NEW.closes_hold_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lot_hold h WHERE h.id = NEW.closes_hold_id"
        f" AND h.lot_id = NEW.lot_id AND h.kind = NEW.kind AND {_OPEN_HOLD})",
    ),
    Guard(
        "lot_hold",
        "INSERT",
        "within_remaining",
        "NEW.closes_hold_id IS NULL AND NEW.credits > (SELECT b.remaining FROM lot_balance b WHERE b.lot_id = NEW.lot_id)"
        " - (SELECT COALESCE(SUM(h.credits), 0) FROM lot_hold h WHERE h.lot_id = NEW.lot_id"
        f" AND {_OPEN_HOLD})",
    ),
)

ACTIONS: tuple[Action, ...] = (
    Action(
        "client",
        "INSERT",
        "opens_chain",
        "INSERT INTO client_head (client_id, seq, hash) VALUES (NEW.id, 0, '')",
    ),
    Action(
        "ledger_op",
        "INSERT",
        "moves_head",
        "UPDATE client_head SET seq = NEW.client_seq, hash = NEW.hash WHERE client_id = NEW.client_id",
    ),
    Action(
        "ledger_entry",
        "INSERT",
        "opens_balance",
        "INSERT INTO lot_balance (lot_id, client_id, credits, remaining)"
        " VALUES (NEW.lot_id, NEW.client_id, NEW.delta, NEW.delta)",
        condition="NEW.type = 'grant'",
    ),
    # Not an upsert: a CHECK is tested on the row to be inserted, before the conflict is seen.
    Action(
        "ledger_entry",
        "INSERT",
        "moves_balance",
        "UPDATE lot_balance SET remaining = remaining + NEW.delta,"
        " used = used - CASE WHEN NEW.type IN ('redeem', 'return') THEN NEW.delta ELSE 0 END,"
        " voided = voided - CASE WHEN NEW.type = 'void' OR NEW.undoes = 'voided' THEN NEW.delta ELSE 0 END,"
        " expired = expired - CASE WHEN NEW.type = 'expire' OR NEW.undoes = 'expired' THEN NEW.delta ELSE 0 END,"
        " removed = removed - CASE WHEN NEW.type = 'adjust_out' THEN NEW.delta ELSE 0 END,"
        " moved = moved - CASE WHEN NEW.type = 'transfer_out' THEN NEW.delta ELSE 0 END"
        " WHERE lot_id = NEW.lot_id",
        condition="NEW.type <> 'grant'",
    ),
    Action(
        "lot_term",
        "INSERT",
        "sets_term",
        "UPDATE lot_balance SET term_seq = NEW.seq, effective_at = NEW.effective_at, expires_at = NEW.expires_at"
        " WHERE lot_id = NEW.lot_id",
    ),
    Action(
        "transaction_state",
        "INSERT",
        "sets_status",
        "UPDATE money_transaction SET status = NEW.status WHERE id = NEW.transaction_id",
    ),
)
