"""Unpaid visits and paying for them later, the oldest first (C12)."""

from __future__ import annotations

from frontdesk.errors import Refused
from frontdesk.services.client_group import client_group
from frontdesk.services.ledger_writer import Operation, VisitEvent
from frontdesk.services.locked_credits import lock_credits, read_credits
from frontdesk.services.paying import Class, choose_lots, post_payment
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.credits import UnpaidVisit
from frontdesk.services.views.visits import SettledVisit
from frontdesk.services.visit_records import VisitRecord, unpaid_of


def unpaid_visits(reading: Reading, client_id: int) -> tuple[UnpaidVisit, ...]:
    """The client's unpaid visits, the oldest class first; raises NotFound client.unknown."""
    found = unpaid_of(reading, client_group(reading, client_id))
    return tuple(UnpaidVisit(one.visit_id, one.class_at, one.cost, one.what) for one in found)


def settle_visits(
    work: UnitOfWork, client_id: int, visit_ids: tuple[int, ...] | None = None
) -> tuple[SettledVisit, ...]:
    """Pay for unpaid visits (None: all of them) with the credits there are, the oldest class first (C12).

    A visit that the credits do not suffice for stays unpaid. A lot may have been bought after the class, but
    must not have run out before it. Call it in the transaction of a sale after the sale is posted.

    Raises:
        NotFound: client.unknown.
    """
    locked = lock_credits(work, client_id)
    settled = []
    for record in unpaid_of(work, locked.group):
        if (visit_ids is None or record.visit_id in visit_ids) and _settle(work, client_id, record):
            settled.append(SettledVisit(record.visit_id, record.class_at, record.cost, record.what))
    return tuple(settled)


def _settle(work: UnitOfWork, client_id: int, record: VisitRecord) -> bool:
    credits = read_credits(work, client_id)
    wanted = Class(record.class_at, record.cost, record.class_type_id, settling=True)
    try:
        takes = choose_lots(work, credits, wanted)
    except Refused:
        return False
    operation = Operation(
        client_id=credits.root,
        kind="settle_visit",
        command_id=work.derived_id(f"settle:{record.visit_id}"),
    )
    post_payment(work, credits, takes, wanted, operation, event=VisitEvent(record.visit_id, "settled"))
    return True
