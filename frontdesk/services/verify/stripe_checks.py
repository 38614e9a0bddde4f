"""Checks of what waits for Stripe: whatever the books say was asked for stands in the outbox, too (Y4)."""

from __future__ import annotations

from frontdesk.models.sync import CHECKOUT_TENDERS
from frontdesk.services.verify.checks import Check

_BY_STRIPE = ", ".join(f"'{tender}'" for tender in CHECKOUT_TENDERS)

# One that a person is asked about is held, which is open as well; what was decided is requested no more. In a
# copy for trying, what the studio itself waits for is not asked for on purpose.
_REFUND_NOT_ASKED = f"""
    SELECT t.client_id AS client_id, t.id AS transaction_id, t.receipt AS receipt, -t.amount AS amount
    FROM money_transaction t WHERE t.kind = 'refund' AND t.status = 'requested'
    AND t.tender IN ({_BY_STRIPE}) AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.transaction_id = t.id
    AND o.finished_at IS NULL) AND NOT EXISTS (SELECT 1 FROM studio s WHERE s.trial)"""
# Once Stripe has told what it made, it is asked about that by name, and nothing need wait in the outbox.
_CHECKOUT_NOT_ASKED = """
    SELECT c.client_id AS client_id, c.id AS checkout_id, c.opened_at AS found_at, c.amount AS amount
    FROM checkout c WHERE c.state IN ('opening', 'closing') AND c.session_id IS NULL
    AND c.payment_intent IS NULL AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.checkout_id = c.id
    AND o.finished_at IS NULL)"""

CHECKS: tuple[Check, ...] = (
    Check("verify.refund_not_asked", _REFUND_NOT_ASKED),
    Check("verify.checkout_not_asked", _CHECKOUT_NOT_ASKED),
)
