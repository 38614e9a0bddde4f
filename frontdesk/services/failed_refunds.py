"""Tasks to pay a client another way: closed by themselves once none of the money is here any more (S6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.services.decisions import REFUND_FAILED, close_by_itself, decisions_of_sale, open_sale_task
from frontdesk.services.refunded_lots import is_gone
from frontdesk.services.sale_facts import SaleFacts
from frontdesk.services.unit_of_work import Reading, UnitOfWork

#: The outcome of a task whose money reached the client by another refund, or by a dispute.
_REPLACED: Final = "replaced"


def settle_failed(work: UnitOfWork, facts: SaleFacts) -> None:
    """Close the tasks of a sale of which nothing is left to be paid back; open them again once there is.

    So it makes no difference whether Stripe's refund that failed is heard of before or after another one.
    """
    gone = is_gone(work, facts)
    for task in _newest(work, facts.row.id):
        if gone and task.closed_at is None:
            close_by_itself(work, task.id, _REPLACED)
        elif not gone and task.outcome == _REPLACED:
            ids = {"client_id": task.client_id, "sale_id": task.sale_id, "refund_id": task.refund_id}
            open_sale_task(work, REFUND_FAILED, **ids, **task.facts)


def _newest(reading: Reading, sale_id: int) -> Iterator[sa.Row[Any]]:
    """The newest task about each refund that failed; one that was opened again stands there twice."""
    tasks = decisions_of_sale(reading, REFUND_FAILED, sale_id)
    yield from {one.facts["transaction_id"]: one for one in tasks}.values()
