"""Checks of the credit ledger: balances, terms, holds and each client's chain of numbers (C1 to C5, C11)."""

from __future__ import annotations

from frontdesk.services.verify.checks import Check

_FOREVER = 2**63 - 1

#: What each lot's entries come to, by bucket.
REPLAY = """
    SELECT lot_id, SUM(CASE WHEN type = 'grant' THEN delta ELSE 0 END) AS granted, SUM(delta) AS remaining,
    -SUM(CASE WHEN type IN ('redeem', 'return') THEN delta ELSE 0 END) AS used,
    -SUM(CASE WHEN type = 'void' OR undoes = 'voided' THEN delta ELSE 0 END) AS voided,
    -SUM(CASE WHEN type = 'expire' OR undoes = 'expired' THEN delta ELSE 0 END) AS expired,
    -SUM(CASE WHEN type = 'adjust_out' THEN delta ELSE 0 END) AS removed,
    -SUM(CASE WHEN type = 'transfer_out' THEN delta ELSE 0 END) AS moved
    FROM ledger_entry GROUP BY lot_id"""
BUCKETS = ("remaining", "used", "voided", "expired", "removed", "moved")


def _told(alias: str) -> str:
    """SQL that tells a lot's buckets in one line; nothing where there is no row."""
    parts = (f"'{bucket} ' || {alias}.{bucket}" for bucket in BUCKETS)
    return " || ', ' || ".join(parts)


_BALANCES = (
    f"WITH replay AS ({REPLAY})"
    " SELECT CASE WHEN r.lot_id IS NULL OR r.granted <> l.credits THEN 'verify.grant'"
    f" WHEN {' OR '.join(f'r.{bucket} < 0' for bucket in BUCKETS)} THEN 'verify.below_zero'"
    " ELSE 'verify.balance' END AS code,"
    " l.client_id AS client_id, o.client_seq AS op, l.id AS lot_id, l.credits AS credits,"
    f" {_told('r')} AS expected, {_told('b')} AS found"
    " FROM credit_lot l LEFT JOIN replay r ON r.lot_id = l.id LEFT JOIN lot_balance b ON b.lot_id = l.id"
    " LEFT JOIN ledger_op o ON o.id = l.op_id"
    " WHERE r.lot_id IS NULL OR b.lot_id IS NULL OR r.granted <> l.credits OR b.credits <> l.credits"
    " OR b.client_id <> l.client_id OR "
    + " OR ".join(f"b.{bucket} <> r.{bucket} OR r.{bucket} < 0" for bucket in BUCKETS)
)

_TERMS = """
    SELECT CASE WHEN m.lot_id IS NULL OR m.terms <> m.last OR m.first <> 1 THEN 'verify.term_missing'
    ELSE 'verify.term' END AS code,
    b.client_id AS client_id, b.lot_id AS lot_id, m.last AS expected_seq, b.term_seq AS found_seq,
    t.effective_at AS expected_from_at, b.effective_at AS found_from_at,
    t.expires_at AS expected_at, b.expires_at AS found_at
    FROM lot_balance b LEFT JOIN (SELECT lot_id, MAX(seq) AS last, MIN(seq) AS first, COUNT(*) AS terms
    FROM lot_term GROUP BY lot_id) m ON m.lot_id = b.lot_id
    LEFT JOIN lot_term t ON t.lot_id = b.lot_id AND t.seq = m.last
    WHERE m.lot_id IS NULL OR m.terms <> m.last OR m.first <> 1 OR b.term_seq <> m.last
    OR b.effective_at IS DISTINCT FROM t.effective_at OR b.expires_at IS DISTINCT FROM t.expires_at"""

_LAST_OPS = (
    "SELECT client_id, COUNT(*) AS ops, MIN(client_seq) AS first, MAX(client_seq) AS last FROM ledger_op"
)

_HEADS = f"""
    SELECT CASE WHEN h.seq > COALESCE(o.last, 0) THEN 'verify.tail_cut' WHEN h.seq = o.last THEN 'verify.head'
    ELSE 'verify.head_behind' END AS code, c.id AS client_id,
    CASE WHEN h.seq > COALESCE(o.last, 0) THEN COALESCE(o.last, 0) + 1 ELSE COALESCE(o.last, 0) END AS op,
    CASE WHEN h.seq = o.last THEN n.hash ELSE CAST(COALESCE(o.last, 0) AS TEXT) END AS expected,
    CASE WHEN h.seq = o.last THEN h.hash ELSE CAST(h.seq AS TEXT) END AS found
    FROM client c LEFT JOIN client_head h ON h.client_id = c.id LEFT JOIN ({_LAST_OPS} GROUP BY client_id) o
    ON o.client_id = c.id LEFT JOIN ledger_op n ON n.client_id = c.id AND n.client_seq = o.last
    WHERE h.client_id IS NULL OR h.seq <> COALESCE(o.last, 0) OR h.hash <> COALESCE(n.hash, '')"""

_GAPS = f"""
    SELECT o.client_id AS client_id, o.client_seq - 1 AS op FROM ledger_op o WHERE o.client_seq > 1
    AND o.client_id IN (SELECT client_id FROM ({_LAST_OPS} GROUP BY client_id) s WHERE s.ops <> s.last)
    AND NOT EXISTS (SELECT 1 FROM ledger_op p WHERE p.client_id = o.client_id
    AND p.client_seq = o.client_seq - 1)
    UNION ALL SELECT s.client_id, s.first FROM
    ({_LAST_OPS} GROUP BY client_id) s WHERE s.first < 1"""

_COUNTS_AT = "COALESCE(o.class_at, o.effective_at)"
# The newest term that an operation knew: its own and those before it, never a later extension.
_TERM_THEN = """
    LEFT JOIN lot_term t ON t.lot_id = e.lot_id AND t.seq = (SELECT MAX(x.seq) FROM lot_term x
    JOIN ledger_op y ON y.id = x.op_id WHERE x.lot_id = e.lot_id AND y.client_seq <= o.client_seq)"""


def _inside(alias: str) -> str:
    """SQL: the operation's class lies within the term; settling an old visit may lie before it (C12)."""
    return (
        f"({_COUNTS_AT} < COALESCE({alias}.expires_at, {_FOREVER})"
        f" AND (o.kind = 'settle_visit' OR {alias}.effective_at <= {_COUNTS_AT}))"
    )


# Most lots have one term, which the balance knows: only the others are looked up one by one.
_REDEEMED = f"""
    SELECT e.client_id AS client_id, o.client_seq AS op, e.lot_id AS lot_id, {_COUNTS_AT} AS found_at,
    t.effective_at AS from_at, t.expires_at AS until_at
    FROM ledger_entry e JOIN ledger_op o ON o.id = e.op_id JOIN lot_balance b ON b.lot_id = e.lot_id
    {_TERM_THEN} WHERE e.type = 'redeem' AND (b.term_seq > 1 OR NOT {_inside("b")})
    AND (t.lot_id IS NULL OR NOT {_inside("t")})"""
_EXPIRED = f"""
    SELECT e.client_id AS client_id, o.client_seq AS op, e.lot_id AS lot_id, e.effective_at AS found_at,
    t.expires_at AS expected_at
    FROM ledger_entry e JOIN ledger_op o ON o.id = e.op_id
    {_TERM_THEN} WHERE e.type = 'expire' AND (t.expires_at IS NULL OR t.expires_at > e.effective_at)"""

_TAKEN = """
    (SELECT COALESCE(-SUM(t.delta), 0) FROM ledger_entry t WHERE t.op_id = r.reverses_op_id
    AND t.lot_id = r.lot_id AND t.type = 'redeem')"""
_RETURNED = f"""
    SELECT r.client_id AS client_id, r.op AS op, r.lot_id AS lot_id, {_TAKEN} AS expected, r.returned AS found
    FROM (SELECT o.client_id AS client_id, MAX(o.client_seq) AS op, o.reverses_op_id AS reverses_op_id,
    e.lot_id AS lot_id, SUM(e.delta) AS returned FROM ledger_entry e JOIN ledger_op o ON o.id = e.op_id
    WHERE e.type = 'return' GROUP BY o.client_id, o.reverses_op_id, e.lot_id) r
    WHERE r.returned > {_TAKEN}"""

_HELD = """
    SELECT b.client_id AS client_id, b.lot_id AS lot_id, b.remaining AS expected, h.held AS found
    FROM (SELECT o.lot_id AS lot_id, SUM(o.credits) AS held FROM lot_hold o WHERE o.closes_hold_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM lot_hold c WHERE c.closes_hold_id = o.id) GROUP BY o.lot_id) h
    JOIN lot_balance b ON b.lot_id = h.lot_id WHERE h.held > b.remaining"""
_CLOSED = """
    SELECT c.client_id AS client_id, y.client_seq AS op, c.lot_id AS lot_id, c.closes_hold_id AS hold_id
    FROM lot_hold c JOIN ledger_op y ON y.id = c.op_id LEFT JOIN lot_hold h ON h.id = c.closes_hold_id
    LEFT JOIN ledger_op x ON x.id = h.op_id WHERE c.closes_hold_id IS NOT NULL
    AND (h.id IS NULL OR h.lot_id <> c.lot_id OR h.kind <> c.kind OR h.closes_hold_id IS NOT NULL
    OR h.credits IS DISTINCT FROM c.credits OR x.client_seq >= y.client_seq)"""
_BONUS = """
    SELECT l.client_id AS client_id, o.client_seq AS op, l.id AS lot_id, l.parent_lot_id AS parent_lot_id
    FROM credit_lot l LEFT JOIN credit_lot p ON p.id = l.parent_lot_id LEFT JOIN ledger_op o ON o.id = l.op_id
    WHERE l.kind = 'bonus' AND (p.id IS NULL OR p.kind <> 'purchased' OR p.client_id <> l.client_id
    OR p.sale_line_id IS DISTINCT FROM l.sale_line_id)"""
_TRANSFERRED = """
    SELECT l.client_id AS client_id, o.client_seq AS op, l.id AS lot_id, l.credits AS found
    FROM credit_lot l LEFT JOIN ledger_op o ON o.id = l.op_id WHERE l.kind = 'transferred'
    AND NOT EXISTS (SELECT 1 FROM ledger_entry e JOIN ledger_op g ON g.id = e.op_id
    WHERE e.lot_id = l.origin_lot_id AND e.type = 'transfer_out' AND e.delta = -l.credits
    AND g.peer_client_id = l.client_id)"""
_VISITS = """
    SELECT o.client_id AS client_id, o.client_seq AS op, v_e.visit_id AS visit_id FROM visit_event v_e
    JOIN ledger_op o ON o.id = v_e.op_id LEFT JOIN visit v ON v.id = v_e.visit_id
    WHERE v.id IS NULL OR o.class_at IS DISTINCT FROM v.class_at"""

#: Use cases that always write an operation under their own command's id.
WRITING = (
    "frontdesk.services.credits.adjust",
    "frontdesk.services.extending.extend_lot",
    "frontdesk.services.refund_states.mark_failed",
    "frontdesk.services.refunds.request_refund",
    "frontdesk.services.sales.sell",
    "frontdesk.services.transfers.transfer",
    "frontdesk.services.undoing_visits.undo_visit",
    "frontdesk.services.visits.record_visit",
    "frontdesk.services.void_sale.void_sale",
)
_COMMANDS = f"""
    SELECT c.use_case AS use_case, c.command_id AS command_id, c.recorded_at AS found_at FROM command c
    WHERE c.use_case IN ({", ".join(f"'{name}'" for name in WRITING)})
    AND NOT EXISTS (SELECT 1 FROM ledger_op o WHERE o.command_id = c.command_id)"""

CHECKS: tuple[Check, ...] = (
    Check("verify.balance", _BALANCES),
    Check("verify.term", _TERMS),
    Check("verify.head", _HEADS),
    Check("verify.op_missing", _GAPS),
    Check("verify.redeemed_outside", _REDEEMED),
    Check("verify.expired_early", _EXPIRED),
    Check("verify.returned_too_much", _RETURNED),
    Check("verify.held_too_much", _HELD),
    Check("verify.hold_closed_wrongly", _CLOSED),
    Check("verify.bonus_without_parent", _BONUS),
    Check("verify.transfer_without_origin", _TRANSFERRED),
    Check("verify.visit_event", _VISITS),
    Check("verify.command_without_operation", _COMMANDS),
)
