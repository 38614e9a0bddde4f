"""Checks of sales, payments, refunds, receipt numbers and the one currency (S1, S2, S5, S6, S9)."""

from __future__ import annotations

from frontdesk.models.sale import GIVEN_BY_HAND, VOID_STATUSES
from frontdesk.models.sync import CHECKOUT_TENDERS
from frontdesk.services.refund_writer import DONE_AT_ONCE
from frontdesk.services.verify.checks import Check

_NOT_SENT = ", ".join(f"'{status}'" for status in VOID_STATUSES)
_DONE_AT_ONCE = ", ".join(f"'{tender}'" for tender in DONE_AT_ONCE)
_BY_STRIPE = ", ".join(f"'{tender}'" for tender in CHECKOUT_TENDERS)
_BY_HAND = ", ".join(f"'{tender}'" for tender in GIVEN_BY_HAND)
#: Refunds that somebody at the desk marks as failed, which always leaves an operation.
_MARKED_BY_HAND = "'external_card', 'bank_transfer'"

# An untouched database, without a studio yet, holds.
_NO_STUDIO = """
    SELECT (SELECT COUNT(*) FROM client) AS clients, (SELECT COUNT(*) FROM sale) AS sales
    WHERE NOT EXISTS (SELECT 1 FROM studio) AND (EXISTS (SELECT 1 FROM desk) OR EXISTS (SELECT 1 FROM staff)
    OR EXISTS (SELECT 1 FROM sale))"""
_CURRENCIES = """
    SELECT s.client_id AS client_id, s.id AS sale_id, s.series AS series, s.number AS number,
    t.currency AS expected, s.currency AS found FROM sale s CROSS JOIN studio t
    WHERE s.currency <> t.currency"""

_LINE_SUMS = """
    SELECT sale_id, COUNT(*) AS lines, SUM(list_price) AS subtotal, SUM(discount) AS discount,
    SUM(tax) AS tax, SUM(total) AS total FROM sale_line GROUP BY sale_id"""
_SALE_SUMS = f"""
    SELECT s.client_id AS client_id, s.id AS sale_id, s.series AS series, s.number AS number,
    'subtotal ' || l.subtotal || ', discount ' || l.discount || ', tax ' || l.tax || ', total ' || l.total
    AS expected, 'subtotal ' || s.subtotal || ', discount ' || s.discount || ', tax ' || s.tax || ', total '
    || s.total AS found FROM sale s LEFT JOIN ({_LINE_SUMS}) l ON l.sale_id = s.id
    WHERE l.sale_id IS NULL OR l.subtotal <> s.subtotal OR l.discount <> s.discount OR l.tax <> s.tax
    OR l.total <> s.total"""

# Half up, in whole numbers; amounts so large that the product would not fit 64 bits are left to their hash.
_EXPECTED_TAX = (
    "CASE WHEN {0}.tax_on_top THEN"
    " (2 * ({0}.list_price - {0}.discount) * {0}.tax_milli_percent + 100000) / 200000"
    " ELSE (2 * ({0}.list_price - {0}.discount) * {0}.tax_milli_percent + 100000 + {0}.tax_milli_percent)"
    " / (2 * (100000 + {0}.tax_milli_percent)) END"
).format("l")
_LINE_TAX = f"""
    SELECT s.client_id AS client_id, s.id AS sale_id, s.series AS series, s.number AS number,
    l.position AS line,
    {_EXPECTED_TAX} AS expected, l.tax AS found FROM sale_line l JOIN sale s ON s.id = l.sale_id
    WHERE l.list_price < 1000000000000 AND l.tax <> {_EXPECTED_TAX}"""

_PAID = f"""
    SELECT s.client_id AS client_id, s.id AS sale_id, s.series AS series, s.number AS number,
    s.total AS expected, COALESCE(p.paid, 0) AS found FROM sale s LEFT JOIN (
    SELECT sale_id, SUM(amount) AS paid,
    COUNT(*) AS payments FROM money_transaction WHERE kind = 'payment' AND status NOT IN ({_NOT_SENT})
    GROUP BY sale_id) p ON p.sale_id = s.id WHERE p.sale_id IS NULL OR p.paid <> s.total"""

_REFUND_SUMS = """
    SELECT r.client_id AS client_id, r.id AS refund_id, r.series AS series, r.number AS number,
    r.amount AS expected, COALESCE(l.amount, 0) AS found FROM refund r LEFT JOIN
    (SELECT refund_id, SUM(amount) AS amount FROM refund_line GROUP BY refund_id) l ON l.refund_id = r.id
    WHERE COALESCE(l.amount, 0) <> r.amount
    UNION ALL SELECT r.client_id, r.id, r.series, r.number, r.amount, COALESCE(t.amount, 0)
    FROM refund r LEFT JOIN (SELECT refund_id, -SUM(amount) AS amount FROM money_transaction
    WHERE kind = 'refund' GROUP BY refund_id) t ON t.refund_id = r.id
    WHERE COALESCE(t.amount, 0) <> r.amount"""

_BEYOND_PAYMENT = f"""
    SELECT p.client_id AS client_id, p.sale_id AS sale_id, p.id AS payment_id, p.receipt AS receipt,
    p.amount AS expected, r.refunded AS found FROM (SELECT payment_id, -SUM(amount) AS refunded
    FROM money_transaction WHERE kind = 'refund' AND status NOT IN ({_NOT_SENT}) GROUP BY payment_id) r
    JOIN money_transaction p ON p.id = r.payment_id WHERE r.refunded > p.amount"""

# What failed or was cancelled has not gone, so it may be refunded again.
_BEYOND_LINE = f"""
    SELECT s.client_id AS client_id, s.id AS sale_id, s.series AS series, s.number AS number,
    l.position AS line,
    l.total AS expected, x.refunded AS found FROM (SELECT f.sale_line_id AS sale_line_id, SUM(f.amount +
    (SELECT COALESCE(SUM(t.amount), 0) FROM money_transaction t WHERE t.refund_id = f.refund_id
    AND t.status IN ({_NOT_SENT}))) AS refunded FROM refund_line f GROUP BY f.sale_line_id) x
    JOIN sale_line l ON l.id = x.sale_line_id JOIN sale s ON s.id = l.sale_id WHERE x.refunded > l.total"""
_FOREIGN_LINE = """
    SELECT r.client_id AS client_id, r.id AS refund_id, r.series AS series, r.number AS number,
    f.sale_line_id AS sale_line_id FROM refund_line f JOIN refund r ON r.id = f.refund_id
    LEFT JOIN sale_line l ON l.id = f.sale_line_id WHERE l.id IS NULL OR l.sale_id <> r.sale_id"""

_NUMBERS = "SELECT '{0}' AS kind, series, number FROM {0}"
_SERIES = f"""
    SELECT n.series AS series, n.kind AS kind, n.last AS expected, n.there AS found, n.first AS first
    FROM (SELECT s.series AS series, s.kind AS kind, s.last_number AS last, COUNT(x.number) AS there,
    COALESCE(MIN(x.number), 1) AS first, COALESCE(MAX(x.number), 0) AS highest FROM receipt_series s
    LEFT JOIN ({_NUMBERS.format("sale")} UNION ALL {_NUMBERS.format("refund")}) x
    ON x.series = s.series AND x.kind = s.kind GROUP BY s.series, s.kind, s.last_number) n
    WHERE n.there <> n.last OR n.first <> 1 OR n.highest <> n.last"""

#: A transaction's newest state; one that never changed is as it was written.
NEWEST_STATE = f"""
    COALESCE((SELECT s.status FROM transaction_state s WHERE s.transaction_id = money_transaction.id
    ORDER BY s.id DESC LIMIT 1), CASE WHEN kind = 'payment' OR tender IN ({_DONE_AT_ONCE}) THEN 'succeeded'
    WHEN tender IN ({_BY_STRIPE}) THEN 'requested' ELSE 'pending' END)"""
_STATES = f"""
    SELECT CASE WHEN EXISTS (SELECT 1 FROM transaction_state s WHERE s.transaction_id = money_transaction.id)
    THEN 'verify.status' ELSE 'verify.status_changed' END AS code, client_id AS client_id,
    id AS transaction_id, receipt AS receipt, {NEWEST_STATE} AS expected,
    status AS found FROM money_transaction WHERE status <> {NEWEST_STATE}"""

_IMPOSSIBLE_STATE = f"""
    SELECT t.client_id AS client_id, t.id AS transaction_id, t.receipt AS receipt, t.tender AS tender,
    s.status AS found FROM transaction_state s JOIN money_transaction t ON t.id = s.transaction_id
    WHERE t.kind = 'payment' OR t.tender IN ({_BY_HAND}) AND s.status IN ({_NOT_SENT})
    OR EXISTS (SELECT 1 FROM transaction_state b WHERE b.transaction_id = s.transaction_id AND b.id < s.id
    AND b.status IN ({_NOT_SENT}))"""
# Each part that failed has given back credits, or written down that there were none, for the buyer (S6).
_FAILED_SILENTLY = f"""
    SELECT f.client_id AS client_id, r.id AS refund_id, r.series AS series, r.number AS number,
    f.failed AS expected, f.written AS found FROM (SELECT t.refund_id AS refund_id, t.client_id AS client_id,
    COUNT(*) AS failed, (SELECT COUNT(*) FROM ledger_op o WHERE o.refund_id = t.refund_id
    AND o.client_id = t.client_id AND o.kind = 'reinstate') AS written FROM money_transaction t
    WHERE t.kind = 'refund' AND t.status = 'failed' AND t.tender IN ({_MARKED_BY_HAND})
    GROUP BY t.refund_id, t.client_id) f JOIN refund r ON r.id = f.refund_id WHERE f.written < f.failed"""

_LOTS_OF_LINES = """
    SELECT sale_line_id, SUM(CASE WHEN kind = 'purchased' THEN 1 ELSE 0 END) AS purchased_lots,
    SUM(CASE WHEN kind = 'purchased' THEN credits ELSE 0 END) AS purchased,
    SUM(CASE WHEN kind = 'bonus' THEN 1 ELSE 0 END) AS bonus_lots,
    SUM(CASE WHEN kind = 'bonus' THEN credits ELSE 0 END) AS bonus, MIN(client_id) AS first_client,
    MAX(client_id) AS last_client FROM credit_lot WHERE sale_line_id IS NOT NULL GROUP BY sale_line_id"""
_SOLD_LOTS = f"""
    SELECT s.client_id AS client_id, s.id AS sale_id, s.series AS series, s.number AS number,
    l.position AS line,
    l.credits || ' + ' || l.bonus AS expected, COALESCE(x.purchased || ' + ' || x.bonus, '0 + 0') AS found
    FROM sale_line l JOIN sale s ON s.id = l.sale_id
    LEFT JOIN ({_LOTS_OF_LINES}) x ON x.sale_line_id = l.id
    WHERE x.sale_line_id IS NULL OR x.purchased_lots <> 1 OR x.purchased <> l.credits OR x.bonus <> l.bonus
    OR x.bonus_lots <> CASE WHEN l.bonus > 0 THEN 1 ELSE 0 END
    OR x.first_client <> s.client_id OR x.last_client <> s.client_id"""
_WRONG_SALE = """
    SELECT c.client_id AS client_id, o.client_seq AS op, c.id AS lot_id,
    l.sale_id AS expected, o.sale_id AS found
    FROM credit_lot c JOIN sale_line l ON l.id = c.sale_line_id JOIN ledger_op o ON o.id = c.op_id
    WHERE o.kind <> 'sale' OR o.sale_id IS DISTINCT FROM l.sale_id
    OR c.eligible IS DISTINCT FROM l.eligible"""

# A sale is taken back as a whole when all its money went back; what cost nothing goes by a void alone (S2).
_TAKEN_BACK = """
    SELECT s.client_id AS client_id, s.id AS sale_id, s.series AS series, s.number AS number,
    SUM(b.remaining) AS found FROM sale s JOIN sale_line l ON l.sale_id = s.id
    JOIN credit_lot c ON c.sale_line_id = l.id JOIN lot_balance b ON b.lot_id = c.id
    WHERE b.remaining > 0 AND ((l.total > 0 AND s.total <= (SELECT COALESCE(-SUM(t.amount), 0)
    FROM money_transaction t WHERE t.sale_id = s.id AND t.kind = 'refund' AND t.status = 'succeeded'))
    OR (l.total = 0 AND EXISTS (SELECT 1 FROM refund r WHERE r.sale_id = s.id AND r.kind = 'void'
    AND NOT EXISTS (SELECT 1 FROM money_transaction t WHERE t.refund_id = r.id AND t.status <> 'succeeded'))))
    GROUP BY s.client_id, s.id, s.series, s.number"""

_UNWRITTEN = """
    SELECT s.client_id AS client_id, s.id AS sale_id, s.series AS series, s.number AS number FROM sale s
    WHERE NOT EXISTS (SELECT 1 FROM ledger_op o WHERE o.sale_id = s.id AND o.kind = 'sale'
    AND o.client_id = s.client_id AND o.subject_hash IS NOT NULL)"""
_UNWRITTEN_REFUND = """
    SELECT r.client_id AS client_id, r.id AS refund_id, r.series AS series, r.number AS number FROM refund r
    WHERE NOT EXISTS (SELECT 1 FROM ledger_op o WHERE o.refund_id = r.id AND o.subject_hash IS NOT NULL)"""

CHECKS: tuple[Check, ...] = (
    Check("verify.studio_missing", _NO_STUDIO),
    Check("verify.currency", _CURRENCIES),
    Check("verify.sale_sums", _SALE_SUMS),
    Check("verify.line_tax", _LINE_TAX),
    Check("verify.paid", _PAID),
    Check("verify.refund_sums", _REFUND_SUMS),
    Check("verify.refunded_beyond_payment", _BEYOND_PAYMENT),
    Check("verify.refunded_beyond_line", _BEYOND_LINE),
    Check("verify.refund_of_other_sale", _FOREIGN_LINE),
    Check("verify.receipt_gap", _SERIES),
    Check("verify.status", _STATES),
    Check("verify.impossible_state", _IMPOSSIBLE_STATE),
    Check("verify.failed_silently", _FAILED_SILENTLY),
    Check("verify.sold_lots", _SOLD_LOTS),
    Check("verify.lot_of_other_sale", _WRONG_SALE),
    Check("verify.refunded_with_credits", _TAKEN_BACK),
    Check("verify.sale_without_operation", _UNWRITTEN),
    Check("verify.refund_without_operation", _UNWRITTEN_REFUND),
)
