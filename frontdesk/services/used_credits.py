"""What the credits of a sale were used for, and stay so: when, for which class, by whom (S2, S8)."""

from __future__ import annotations

import sqlalchemy as sa

from frontdesk.models.ledger import ledger_entry, ledger_op
from frontdesk.models.studio import class_type
from frontdesk.services.client_group import name_of
from frontdesk.services.sale_facts import SaleFacts, read_sales
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.refunds import UsedCredits

#: What was redeemed from the lots and not returned, by the operation that took it.
_returned = ledger_op.alias("returned")
_given_back = ledger_entry.alias("given_back")
_BACK = (
    sa.select(sa.func.coalesce(sa.func.sum(_given_back.c.delta), 0))
    .select_from(_returned)
    .join(_given_back, _given_back.c.op_id == _returned.c.id)
    .where(
        _returned.c.reverses_op_id == ledger_op.c.id,
        _given_back.c.lot_id == ledger_entry.c.lot_id,
        _given_back.c.type == "return",
    )
    .correlate(ledger_op, ledger_entry)
    .scalar_subquery()
)
_USED = (
    sa.select(
        ledger_op.c.id,
        ledger_op.c.class_at,
        ledger_op.c.effective_at,
        (-ledger_entry.c.delta - _BACK).label("credits"),
        class_type.c.name.label("class_type"),
        name_of(ledger_entry.c.client_id).label("client"),
    )
    .join(ledger_op, ledger_op.c.id == ledger_entry.c.op_id)
    .outerjoin(class_type, class_type.c.id == ledger_op.c.class_type_id)
    .where(
        ledger_entry.c.lot_id.in_(sa.bindparam("lot_ids", expanding=True)), ledger_entry.c.type == "redeem"
    )
    .order_by(ledger_entry.c.id)
)


def used_of_sale(reading: Reading, sale_id: int) -> tuple[UsedCredits, ...]:
    """The same for the sale with this id; nothing where there is none."""
    facts = read_sales(reading, [sale_id]).get(sale_id)
    return () if facts is None else used_of(reading, facts)


def used_of(reading: Reading, facts: SaleFacts) -> tuple[UsedCredits, ...]:
    """Visits that took credits of the sale, also of those that were passed on, and were not taken back."""
    lots = [lot.lot_id for line in facts.lines for lot in (*line.own, *line.elsewhere) if lot.used]
    if not lots:
        return ()
    used: dict[int, UsedCredits] = {}
    # A visit may have taken from several lots.
    for row in reading.connection.execute(_USED, {"lot_ids": lots}):
        before = used[row.id].credits if row.id in used else 0
        at = row.class_at or row.effective_at
        used[row.id] = UsedCredits(at, before + int(row.credits), row.class_type or "", row.client)
    return tuple(one for one in used.values() if one.credits)
