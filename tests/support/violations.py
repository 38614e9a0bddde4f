"""For every CHECK and every guard of the database a statement that breaks exactly that rule (R13).

The statements are meant for the studio of ``tests.support.desk.busy_studio``; both databases read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from frontdesk.models import triggers
from frontdesk.models.base import metadata


@dataclass(frozen=True, slots=True)
class Violation:
    """``statement`` breaks the rule ``name``; ``before`` makes ready for it without breaking any."""

    name: str
    table: str
    statement: str
    before: tuple[str, ...] = ()


def copied(table: str, where: str, **changes: str) -> str:
    """An INSERT of a row like one that is there, under a new id, with some columns changed."""
    columns = [column.name for column in metadata.tables[table].columns if column.name != "id"]
    values = ", ".join(changes.get(name, name) for name in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {where} LIMIT 1"


def _of_entry(type_: str, delta: int, source: str, effective_at: str = "o.effective_at") -> str:
    return (
        "INSERT INTO ledger_entry (op_id, client_id, lot_id, type, delta, effective_at)"
        f" SELECT o.id, l.client_id, l.id, '{type_}', {delta}, {effective_at} FROM {source} LIMIT 1"
    )


_LOT_AND_OP = (
    "credit_lot l JOIN ledger_op o ON o.client_id = l.client_id JOIN lot_balance b ON b.lot_id = l.id"
)
_NOT_YET = "NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.op_id = o.id AND e.lot_id = l.id)"
_NEW_LOT = copied("credit_lot", "kind = 'manual'")
_WHOLE_PAYMENT = copied(
    "money_transaction",
    "status = 'failed'",
    status="'succeeded'",
    amount=(
        "-((SELECT p.amount FROM money_transaction p WHERE p.id = money_transaction.payment_id)"
        " + (SELECT COALESCE(SUM(r.amount), 0) FROM money_transaction r WHERE r.status = 'succeeded'"
        " AND r.payment_id = money_transaction.payment_id))"
    ),
)


def _of_state(status: str, where: str) -> str:
    return (
        "INSERT INTO transaction_state (transaction_id, status, recorded_at)"
        f" SELECT id, '{status}', 0 FROM money_transaction WHERE {where} ORDER BY id LIMIT 1"
    )


_DISPUTED = (
    "INSERT INTO lot_hold (lot_id, client_id, op_id, kind, starts_at)"
    " SELECT l.id, l.client_id, l.op_id, 'dispute', 0 FROM credit_lot l JOIN lot_balance b ON b.lot_id = l.id"
    " WHERE b.remaining > 0 ORDER BY l.id LIMIT 1"
)

GUARDED: tuple[Violation, ...] = (
    Violation("studio_locked", "studio", "UPDATE studio SET currency = 'EUR'"),
    Violation("studio_locked", "studio", "UPDATE studio SET zone = 'Asia/Tokyo'"),
    Violation("note_only_erased", "note", "UPDATE note SET text = 'another reason' WHERE id = 1"),
    Violation("note_only_erased", "note", "UPDATE note SET text = NULL WHERE id = 1"),
    Violation(
        "receipt_series_starts_at_zero",
        "receipt_series",
        "INSERT INTO receipt_series (series, kind, desk_id, last_number) VALUES ('X9', 'sale', 1, 7)",
    ),
    Violation(
        "receipt_series_counts_by_one",
        "receipt_series",
        "UPDATE receipt_series SET last_number = last_number + 2 WHERE kind = 'sale'",
    ),
    Violation(
        "receipt_series_counts_by_one",
        "receipt_series",
        "UPDATE receipt_series SET last_number = last_number + 1, kind = 'refund' WHERE kind = 'sale'",
    ),
    Violation("sale_number_in_turn", "sale", copied("sale", "id = 1", command_id="'c0ffee'", number="999")),
    Violation(
        "refund_number_in_turn", "refund", copied("refund", "id = 1", command_id="'c0ffee'", number="999")
    ),
    Violation(
        "money_transaction_only_status",
        "money_transaction",
        "UPDATE money_transaction SET reference = 'T-9' WHERE id = 1",
    ),
    Violation(
        "money_transaction_only_status",
        "money_transaction",
        "UPDATE money_transaction SET status = 'cancelled' WHERE id = 1",
    ),
    Violation(
        "money_transaction_refund_within_payment",
        "money_transaction",
        copied(
            "money_transaction", "kind = 'refund' AND status = 'succeeded' AND amount < 0", amount="-9000000"
        ),
    ),
    Violation(
        "transaction_state_refund_within_payment",
        "transaction_state",
        "INSERT INTO transaction_state (transaction_id, status, recorded_at)"
        " SELECT id, 'succeeded', 0 FROM money_transaction WHERE status = 'failed'",
        (_WHOLE_PAYMENT,),
    ),
    Violation(
        "transaction_state_moves_on",
        "transaction_state",
        _of_state("failed", "kind = 'refund' AND tender = 'cash' AND status = 'succeeded'"),
    ),
    Violation(
        "transaction_state_moves_on",
        "transaction_state",
        _of_state("cancelled", "kind = 'payment'"),
    ),
    Violation(
        "transaction_state_moves_on",
        "transaction_state",
        _of_state("requested", "kind = 'refund' AND tender = 'bank_transfer' AND status = 'succeeded'"),
    ),
    Violation(
        "transaction_state_moves_on",
        "transaction_state",
        _of_state("succeeded", "status = 'failed'"),
    ),
    Violation(
        "refund_line_within_line",
        "refund_line",
        "INSERT INTO refund_line (refund_id, sale_line_id, amount, credits_voided)"
        " SELECT r.id, l.id, 9000000, 0 FROM refund r JOIN sale_line l ON l.sale_id = r.sale_id"
        " WHERE NOT EXISTS (SELECT 1 FROM refund_line x WHERE x.refund_id = r.id AND x.sale_line_id = l.id)"
        " LIMIT 1",
    ),
    Violation(
        "decision_closed_once",
        "decision",
        "UPDATE decision SET outcome = 'forgotten' WHERE id = 1",
        ("UPDATE decision SET closed_at = 1, closed_by = 1, outcome = 'paid' WHERE id = 1",),
    ),
    Violation(
        "stripe_account_same_account", "stripe_account", "UPDATE stripe_account SET account_id = 'acct_2'"
    ),
    Violation(
        "stripe_account_same_account", "stripe_account", "UPDATE stripe_account SET livemode = NOT livemode"
    ),
    Violation(
        "stripe_transaction_no_update",
        "stripe_transaction",
        "UPDATE stripe_transaction SET stripe_id = 'pi_9' WHERE transaction_id = 1",
    ),
    Violation("outbox_frozen", "outbox", "UPDATE outbox SET path = '/v1/refunds' WHERE id = 1"),
    Violation("outbox_frozen", "outbox", "UPDATE outbox SET idempotency_key = 'another' WHERE id = 1"),
    Violation(
        "outbox_over_is_over",
        "outbox",
        "UPDATE outbox SET state = 'failed' WHERE id = 1",
        ("UPDATE outbox SET state = 'done', finished_at = 1 WHERE id = 1",),
    ),
    Violation("checkout_only_moves", "checkout", "UPDATE checkout SET amount = 1 WHERE id = 1"),
    Violation(
        "checkout_only_moves",
        "checkout",
        "UPDATE checkout SET state = 'cancelled', sale_id = NULL WHERE id = 1",
        ("UPDATE checkout SET state = 'paid', sale_id = 3, closed_at = 1 WHERE id = 1",),
    ),
    Violation(
        "ledger_op_continues_chain",
        "ledger_op",
        copied("ledger_op", "client_seq = 1", command_id="'c0ffee'", client_seq="99"),
    ),
    Violation(
        "ledger_op_continues_chain",
        "ledger_op",
        copied(
            "ledger_op",
            "client_seq = 1",
            command_id="'c0ffee'",
            client_seq="(SELECT h.seq + 1 FROM client_head h WHERE h.client_id = ledger_op.client_id)",
            prev_hash="'0'",
        ),
    ),
    Violation(
        "ledger_entry_granted_first",
        "ledger_entry",
        _of_entry("void", -1, "credit_lot l JOIN ledger_op o ON o.id = l.op_id ORDER BY l.id DESC"),
        (_NEW_LOT,),
    ),
    Violation(
        "ledger_entry_granted_once",
        "ledger_entry",
        _of_entry("grant", 3, f"{_LOT_AND_OP} WHERE {_NOT_YET}"),
    ),
    Violation(
        "ledger_entry_granted_once",
        "ledger_entry",
        _of_entry("grant", 99, "credit_lot l JOIN ledger_op o ON o.id = l.op_id ORDER BY l.id DESC"),
        (_NEW_LOT,),
    ),
    Violation(
        "ledger_entry_redeemed_in_validity",
        "ledger_entry",
        _of_entry("redeem", -1, f"{_LOT_AND_OP} WHERE {_NOT_YET} AND o.effective_at < b.effective_at"),
    ),
    Violation(
        "ledger_entry_redeemed_in_validity",
        "ledger_entry",
        _of_entry("redeem", -1, f"{_LOT_AND_OP} WHERE o.effective_at >= b.expires_at"),
    ),
    Violation(
        "ledger_entry_expired_when_due",
        "ledger_entry",
        _of_entry("expire", -1, f"{_LOT_AND_OP} WHERE {_NOT_YET} AND b.expires_at > o.effective_at"),
    ),
    Violation(
        "ledger_entry_held_stays",
        "ledger_entry",
        _of_entry(
            "adjust_out",
            -1,
            f"{_LOT_AND_OP} JOIN lot_hold h ON h.lot_id = l.id WHERE h.kind = 'dispute' AND {_NOT_YET}",
        ),
        (_DISPUTED,),
    ),
    Violation(
        "ledger_entry_returned_within_taken",
        "ledger_entry",
        _of_entry("return", 1, f"{_LOT_AND_OP} WHERE {_NOT_YET} AND o.reverses_op_id IS NULL"),
    ),
    Violation("lot_term_in_turn", "lot_term", copied("lot_term", "seq = 1", seq="9")),
    Violation(
        "lot_hold_closes_an_open_one",
        "lot_hold",
        copied(
            "lot_hold",
            "closes_hold_id IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM lot_hold c WHERE c.closes_hold_id = lot_hold.id)",
            kind="'dispute'",
            closes_hold_id="id",
        ),
    ),
    Violation(
        "lot_hold_within_remaining",
        "lot_hold",
        "INSERT INTO lot_hold (lot_id, client_id, op_id, kind, credits, starts_at)"
        " SELECT lot_id, client_id, op_id, 'refund', 99999, 0 FROM lot_term WHERE seq = 1 LIMIT 1",
    ),
)


def guarded(dialect: str) -> Iterator[Violation]:
    """A violation of every guard: those of one rule each, and those that refuse an event on a whole table."""
    yield from GUARDED
    for guard in triggers.guards(dialect):
        key = ", ".join(column.name for column in metadata.tables[guard.table].primary_key)
        first = f"({key}) = (SELECT {key} FROM {guard.table} LIMIT 1)"
        column = next(iter(metadata.tables[guard.table].columns)).name
        if guard.code == "no_update":
            yield Violation(
                guard.name, guard.table, f"UPDATE {guard.table} SET {column} = {column} WHERE {first}"
            )
        elif guard.code == "no_delete":
            yield Violation(guard.name, guard.table, f"DELETE FROM {guard.table} WHERE {first}")
        elif guard.code == "no_replace":
            copy = f"INSERT OR REPLACE INTO {guard.table} SELECT * FROM {guard.table} LIMIT 1"
            yield Violation(guard.name, guard.table, copy)


#: For each CHECK an assignment that breaks it and no other, with the rows it is tried on.
CHECKED: dict[str, str] = {
    "ck_class_type_cost_range": "UPDATE class_type SET cost = 101",
    "ck_client_not_into_itself": "UPDATE client SET merged_into = id",
    "ck_client_name_length": "UPDATE client SET name = ''",
    "ck_client_source": "UPDATE client SET source = 'fax'",
    "ck_package_status": "UPDATE package SET status = 'lost'",
    "ck_studio_tax_range": "UPDATE studio SET default_tax_milli_percent = 100001",
    "ck_studio_currency_code": "UPDATE studio SET currency = 'EURO'",
    "ck_studio_one_row": "UPDATE studio SET id = 2",
    "ck_studio_day_starts_hour": "UPDATE studio SET day_starts_hour = 13",
    "ck_client_event_kind": "UPDATE client_event SET kind = 'praised'",
    "ck_client_merge_two_clients": "UPDATE client_merge SET into_client_id = client_id",
    "ck_client_merge_unmerge_ends_one": "UPDATE client_merge SET ends_merge_id = NULL WHERE kind = 'unmerge'",
    "ck_client_merge_kind": "UPDATE client_merge SET kind = 'married' WHERE kind = 'merge'",
    "ck_package_version_limit_positive": "UPDATE package_version SET per_client_limit = 0",
    "ck_package_version_validity_starts": "UPDATE package_version SET validity_starts = 'birthday'",
    "ck_package_version_validity_count": "UPDATE package_version SET validity_count = NULL",
    "ck_package_version_tax_range": "UPDATE package_version SET tax_milli_percent = -1",
    "ck_package_version_bonus_range": "UPDATE package_version SET bonus = -1",
    "ck_package_version_price_not_negative": "UPDATE package_version SET price = -1",
    "ck_package_version_latest_start": "UPDATE package_version SET latest_start_days = 3",
    "ck_package_version_validity_kind": "UPDATE package_version SET validity_kind = 'weeks'",
    "ck_package_version_credits_range": "UPDATE package_version SET credits = 0",
    "ck_receipt_series_number_not_negative": "UPDATE receipt_series SET last_number = -1",
    "ck_receipt_series_kind": "UPDATE receipt_series SET kind = 'gift' WHERE kind = 'sale'",
    "ck_sale_discount_has_reason": "UPDATE sale SET discount_code = NULL WHERE discount > 0",
    "ck_sale_amounts_not_negative": "UPDATE sale SET total = -1",
    "ck_sale_number_positive": "UPDATE sale SET number = 0 WHERE id = 1",
    "ck_sale_discount_range": "UPDATE sale SET discount = subtotal + 1, discount_code = 'loyalty'",
    "ck_refund_kind": "UPDATE refund SET kind = 'gift'",
    "ck_refund_amount_not_negative": "UPDATE refund SET amount = -1",
    "ck_sale_line_discount_range": "UPDATE sale_line SET discount = list_price + 1, total = -1",
    "ck_sale_line_credits_range": "UPDATE sale_line SET bonus = -1",
    "ck_sale_line_tax_not_negative": "UPDATE sale_line SET tax = -1 WHERE NOT tax_on_top",
    "ck_sale_line_total_adds_up": "UPDATE sale_line SET total = total + 1",
    "ck_decision_closed_with_outcome": "UPDATE decision SET outcome = 'paid'",
    "ck_ledger_op_kind": "UPDATE ledger_op SET kind = 'gift'",
    "ck_ledger_op_note_hashed": "UPDATE ledger_op SET note_hash = NULL WHERE note_id IS NOT NULL",
    "ck_ledger_op_seq_positive": "UPDATE ledger_op SET client_seq = 0 WHERE client_seq = 1",
    "ck_money_transaction_tender": "UPDATE money_transaction SET tender = 'cheque' WHERE cash_given IS NULL",
    "ck_money_transaction_change_adds_up": "UPDATE money_transaction SET cash_given = 1, cash_change = 0",
    "ck_money_transaction_kind": "UPDATE money_transaction SET kind = 'gift'",
    "ck_money_transaction_free_is_zero": (
        "UPDATE money_transaction SET tender = 'free' WHERE amount > 0 AND cash_given IS NULL"
    ),
    "ck_money_transaction_status": "UPDATE money_transaction SET status = 'lost'",
    "ck_money_transaction_sign": (
        "UPDATE money_transaction SET amount = -1 WHERE kind = 'payment' AND cash_given IS NULL"
    ),
    "ck_receipt_print_one_receipt": "UPDATE receipt_print SET refund_id = 1",
    "ck_refund_line_not_negative": "UPDATE refund_line SET credits_voided = -1",
    "ck_import_row_action": "UPDATE import_row SET action = 'lost' WHERE action = 'matched'",
    "ck_import_row_client_unless_left_out": "UPDATE import_row SET client_id = NULL WHERE action = 'matched'",
    "ck_credit_lot_credits_range": "UPDATE credit_lot SET credits = 0",
    "ck_credit_lot_bonus_has_parent": "UPDATE credit_lot SET parent_lot_id = NULL WHERE kind = 'bonus'",
    "ck_credit_lot_transfer_has_origin": "UPDATE credit_lot SET origin_lot_id = 1 WHERE kind = 'manual'",
    "ck_credit_lot_sold_has_line": "UPDATE credit_lot SET sale_line_id = 1 WHERE kind = 'manual'",
    "ck_credit_lot_kind": "UPDATE credit_lot SET kind = 'found' WHERE kind = 'manual'",
    "ck_transaction_state_status": "UPDATE transaction_state SET status = 'lost'",
    "ck_visit_cost_range": "UPDATE visit SET cost = 1001",
    "ck_ledger_entry_type": "UPDATE ledger_entry SET type = 'gift' WHERE type = 'grant'",
    "ck_ledger_entry_sign": "UPDATE ledger_entry SET delta = -delta WHERE type = 'redeem'",
    "ck_ledger_entry_reinstate_bucket": "UPDATE ledger_entry SET undoes = 'voided' WHERE type = 'grant'",
    "ck_lot_balance_not_negative": "UPDATE lot_balance SET remaining = -1, used = used + remaining + 1",
    "ck_lot_balance_adds_up": "UPDATE lot_balance SET used = used + 1",
    "ck_lot_hold_freeze_is_whole": "UPDATE lot_hold SET credits = 1 WHERE kind = 'freeze'",
    "ck_lot_hold_credits_positive": "UPDATE lot_hold SET credits = 0, kind = 'dispute'",
    "ck_lot_hold_kind": "UPDATE lot_hold SET kind = 'whim'",
    "ck_lot_hold_ends_after_start": "UPDATE lot_hold SET ends_at = starts_at",
    "ck_lot_term_reason": "UPDATE lot_term SET reason = 'whim'",
    "ck_lot_term_ends_after_start": "UPDATE lot_term SET expires_at = effective_at",
    "ck_visit_event_kind": "UPDATE visit_event SET kind = 'missed' WHERE id = 1",
    "ck_stripe_account_one_row": "UPDATE stripe_account SET id = 2",
    "ck_sync_state_one_row": "UPDATE sync_state SET id = 2",
    "ck_stripe_reads_not_negative": "UPDATE stripe_reads SET reads = -1",
    "ck_outbox_state": "UPDATE outbox SET state = 'lost'",
    "ck_outbox_method": "UPDATE outbox SET method = 'put'",
    "ck_outbox_key_length": "UPDATE outbox SET idempotency_key = '' WHERE id = 1",
    "ck_outbox_finished_when_over": "UPDATE outbox SET state = 'done'",
    "ck_checkout_tender": "UPDATE checkout SET tender = 'cash'",
    "ck_checkout_state": "UPDATE checkout SET state = 'lost', closed_at = 1 WHERE id = 1",
    "ck_checkout_amount_within_total": "UPDATE checkout SET amount = total + 1",
    "ck_checkout_paid_is_a_sale": "UPDATE checkout SET sale_id = 3 WHERE id = 1",
    "ck_checkout_closed_when_over": "UPDATE checkout SET closed_at = 1",
}

#: CHECKs that another one of their table implies: the statement breaks both.
IMPLIED = {
    "ck_ledger_entry_type": "ck_ledger_entry_sign",
    "ck_money_transaction_kind": "ck_money_transaction_sign",
}


def checks() -> dict[str, str]:
    """The table of every CHECK by its name in the database."""
    return {
        str(constraint.name): table.name
        for table in metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
    }
