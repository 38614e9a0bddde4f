"""The list "needs a decision": tasks that a person has to settle, and how each can be closed (S6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.errors import NotFound, Refused
from frontdesk.models.client import client
from frontdesk.models.money import Money
from frontdesk.models.sale import decision, refund, sale
from frontdesk.services.changes import Topic
from frontdesk.services.drafts.checks import choice_problems, refuse
from frontdesk.services.receipt_numbers import receipt_number
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.refunds import DecisionRow

#: A refund did not reach the client, who has the credits again meanwhile.
REFUND_FAILED: Final = "refund_failed"
#: The outcome of a task that another refund settled.
REFUNDED: Final = "paid_another_way"
#: Stripe was paid after the checkout was cancelled or had lapsed; twice for one sale; beyond the limit per
#: client; by a client who was archived meanwhile (S4, Y2).
PAID_LATE: Final = "paid_late"
PAID_TWICE: Final = "paid_twice"
LIMIT_BROKEN: Final = "limit_broken"
CLIENT_GONE: Final = "client_gone"
#: By kind, what a person can close a task with; a refund closes its own by itself.
OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = {
    REFUND_FAILED: ("credits_kept", "settled_outside"),
    PAID_LATE: ("sale_kept", "money_returned"),
    PAID_TWICE: ("money_returned", "settled_outside"),
    LIMIT_BROKEN: ("sale_kept", "money_returned"),
    CLIENT_GONE: ("sale_kept", "money_returned"),
}

_OPEN = (
    sa.select(
        decision,
        client.c.name.label("client"),
        sa.func.coalesce(refund.c.series, sale.c.series).label("series"),
        sa.func.coalesce(refund.c.number, sale.c.number).label("number"),
    )
    .outerjoin(client, client.c.id == decision.c.client_id)
    .outerjoin(refund, refund.c.id == decision.c.refund_id)
    .outerjoin(sale, sale.c.id == decision.c.sale_id)
    .where(decision.c.closed_at.is_(None))
    .order_by(decision.c.id)
)
_ONE = sa.select(decision).where(decision.c.id == sa.bindparam("decision_id")).with_for_update()
_ADD = sa.insert(decision)
_CLOSE = sa.update(decision).where(decision.c.id == sa.bindparam("decision_id"))


def open_decisions(reading: Reading) -> tuple[DecisionRow, ...]:
    """All tasks that wait, the oldest first."""
    return tuple(_row(row, reading.studio.currency) for row in reading.connection.execute(_OPEN))


def close_decision(work: UnitOfWork, decision_id: int, outcome: str) -> None:
    """Close a task with one of its outcomes.

    Raises:
        InvalidDraft: no such outcome. NotFound: decision.unknown. Refused: decision.closed.
    """
    found = _find(work, decision_id)
    refuse(choice_problems("outcome", outcome, OUTCOMES[found.kind]))
    _close(work, decision_id, outcome)


def open_failed_refund(
    work: UnitOfWork, refund_row: sa.Row[Any], transaction: sa.Row[Any], line_id: int | None, credits: int
) -> int:
    """Open the task to pay a client another way, after a part of a refund failed; its id (S6)."""
    facts = {
        "transaction_id": transaction.id,
        "amount": -transaction.amount,
        "tender": transaction.tender,
        "credits": credits,
        "sale_line_id": line_id,
    }
    row = {
        "kind": REFUND_FAILED,
        "client_id": refund_row.client_id,
        "sale_id": refund_row.sale_id,
        "refund_id": refund_row.id,
        "facts": facts,
        "opened_at": work.now,
    }
    key = work.connection.execute(_ADD, row).inserted_primary_key
    assert key is not None
    work.changed(Topic.DECISIONS, key[0])
    return int(key[0])


def open_sale_task(
    work: UnitOfWork,
    kind: str,
    *,
    client_id: int,
    sale_id: int,
    tender: str,
    amount: int,
    credits: int,
    **facts: object,
) -> int:
    """Open a task about money that Stripe has for a sale; ``amount`` in minor units; its id (S4)."""
    row = {
        "kind": kind,
        "client_id": client_id,
        "sale_id": sale_id,
        "facts": {"amount": amount, "tender": tender, "credits": credits, "sale_line_id": None, **facts},
        "opened_at": work.now,
    }
    key = work.connection.execute(_ADD, row).inserted_primary_key
    assert key is not None
    work.changed(Topic.DECISIONS, key[0])
    return int(key[0])


def check_refund_task(work: UnitOfWork, decision_id: int, sale_id: int) -> None:
    """That a refund of this sale may settle the task.

    Raises:
        NotFound: decision.unknown. Refused: decision.closed, decision.other_sale.
    """
    found = _find(work, decision_id)
    if found.kind != REFUND_FAILED or found.sale_id != sale_id:
        raise Refused("decision.other_sale")


def close_by_refund(work: UnitOfWork, decision_id: int) -> None:
    """Close the task that a refund has just settled."""
    _close(work, decision_id, REFUNDED)


def _find(work: UnitOfWork, decision_id: int) -> sa.Row[Any]:
    found = work.connection.execute(_ONE, {"decision_id": decision_id}).first()
    if found is None:
        raise NotFound("decision.unknown")
    if found.closed_at is not None:
        raise Refused("decision.closed")
    return found


def _close(work: UnitOfWork, decision_id: int, outcome: str) -> None:
    values = {"closed_at": work.now, "closed_by": work.actor.staff_id, "outcome": outcome}
    work.connection.execute(_CLOSE, {"decision_id": decision_id, **values})
    work.changed(Topic.DECISIONS, decision_id)


def _row(row: sa.Row[Any], code: str) -> DecisionRow:
    facts = row.facts
    return DecisionRow(
        id=row.id,
        kind=row.kind,
        opened_at=row.opened_at,
        client_id=row.client_id,
        client=row.client or "",
        sale_id=row.sale_id,
        refund_id=row.refund_id,
        receipt="" if row.series is None else receipt_number(row.series, row.number),
        amount=Money(facts["amount"], code),
        credits=facts["credits"],
        tender=facts["tender"],
        sale_line_id=facts["sale_line_id"],
        outcomes=OUTCOMES[row.kind],
    )
