"""Whether credits of a refund made in Stripe's dashboard go: asked while some of the money is here (S7)."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from frontdesk.services.decisions import (
    DASHBOARD_REFUND,
    close_by_itself,
    decision_of_refund,
    decisions_of_sale,
    open_sale_task,
)
from frontdesk.services.refunded_lots import is_gone
from frontdesk.services.sale_facts import RefundFacts, SaleFacts
from frontdesk.services.unit_of_work import UnitOfWork

#: Why a refund was made that nobody here asked for; only then its credits may wait for a decision (S7).
MADE_IN_STRIPE: Final = "made_in_stripe"
#: The outcome of a question that nobody has answered, while none of the sale's money is here.
_ALL_GONE: Final = "all_gone"


def settle_questions(work: UnitOfWork, facts: SaleFacts) -> None:
    """Ask about the credits of each such refund that stands; not while all of the sale's money is gone.

    A question that closed by itself is open again once some of the money is here again, so that it makes no
    difference whether a refund that failed is heard of before or after another one. What a person has
    answered stays answered.
    """
    gone = is_gone(work, facts)
    if gone:
        for task in decisions_of_sale(work, DASHBOARD_REFUND, facts.row.id):
            if task.closed_at is None:
                close_by_itself(work, task.id, _ALL_GONE)
        return
    for one in facts.refunds:
        if one.row.reason_code == MADE_IN_STRIPE and any(one.live.values()) and one.credits_voided:
            told = decision_of_refund(work, DASHBOARD_REFUND, one.row.id)
            if told is None or told.outcome == _ALL_GONE:
                _ask(work, one)


def _ask(work: UnitOfWork, refunded: RefundFacts) -> None:
    row: sa.Row[Any] = refunded.row
    open_sale_task(
        work,
        DASHBOARD_REFUND,
        client_id=row.client_id,
        sale_id=row.sale_id,
        tender=refunded.parts[0].tender,
        amount=row.amount,
        credits=refunded.credits_voided,
        refund_id=row.id,
    )
