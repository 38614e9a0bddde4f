"""Recorded visits: what they were for, which operations paid, what happened to them since (C7, C12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from frontdesk.errors import NotFound
from frontdesk.models.ledger import ledger_entry, ledger_op, note, visit, visit_event
from frontdesk.models.studio import class_type
from frontdesk.services.unit_of_work import Reading

_settled = visit_event.alias("settled")
_undone = visit_event.alias("undone")
_settling = ledger_op.alias("settling")
_VISITS = (
    sa.select(
        visit,
        ledger_op.c.command_id,
        _settling.c.command_id.label("settled_by"),
        _undone.c.id.label("undone"),
        class_type.c.name.label("class_name"),
        note.c.text.label("title"),
    )
    .join(ledger_op, ledger_op.c.id == visit.c.op_id)
    .outerjoin(class_type, class_type.c.id == visit.c.class_type_id)
    .outerjoin(note, note.c.id == ledger_op.c.note_id)
    .outerjoin(_settled, (_settled.c.visit_id == visit.c.id) & (_settled.c.kind == "settled"))
    .outerjoin(_settling, _settling.c.id == _settled.c.op_id)
    .outerjoin(_undone, (_undone.c.visit_id == visit.c.id) & (_undone.c.kind == "undone"))
    .order_by(visit.c.class_at, visit.c.id)
)
_BY_ID = _VISITS.where(visit.c.id == sa.bindparam("visit_id"))
_UNPAID = _VISITS.where(
    visit.c.client_id.in_(sa.bindparam("client_ids", expanding=True)),
    visit.c.paid.is_(False),
    _settled.c.id.is_(None),
    _undone.c.id.is_(None),
)
_PAYMENTS = (
    sa.select(
        ledger_op.c.id.label("op_id"),
        ledger_op.c.client_id,
        ledger_op.c.kind,
        ledger_entry.c.lot_id,
        (-ledger_entry.c.delta).label("credits"),
    )
    .join(ledger_entry, (ledger_entry.c.op_id == ledger_op.c.id) & (ledger_entry.c.type == "redeem"))
    .where(ledger_op.c.command_id == sa.bindparam("command_id"))
    .order_by(ledger_op.c.id, ledger_entry.c.id)
)


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """A visit as it stands. ``paid_by`` is the command that took its credits, None while unpaid."""

    visit_id: int
    op_id: int
    client_id: int
    class_type_id: int | None
    class_at: datetime
    cost: int
    paid_by: str | None
    undone: bool
    #: The class type's name, or what was typed.
    what: str
    title: str


@dataclass(frozen=True, slots=True)
class Payment:
    """Credits that an operation took from a lot for a visit."""

    op_id: int
    client_id: int
    kind: str
    lot_id: int
    credits: int


def visit_by_id(reading: Reading, visit_id: int) -> VisitRecord:
    """The visit.

    Raises:
        NotFound: visits.unknown.
    """
    row = reading.connection.execute(_BY_ID, {"visit_id": visit_id}).first()
    if row is None:
        raise NotFound("visits.unknown")
    return _record(row)


def unpaid_of(reading: Reading, group: tuple[int, ...]) -> tuple[VisitRecord, ...]:
    """Unpaid visits of these clients that nobody settled or took back, the oldest class first (C12)."""
    rows = reading.connection.execute(_UNPAID, {"client_ids": list(group)})
    return tuple(_record(row) for row in rows)


def payments_of(reading: Reading, record: VisitRecord) -> tuple[Payment, ...]:
    """What was taken for the visit, in the order in which it was taken."""
    if record.paid_by is None:
        return ()
    rows = reading.connection.execute(_PAYMENTS, {"command_id": record.paid_by})
    return tuple(Payment(row.op_id, row.client_id, row.kind, row.lot_id, row.credits) for row in rows)


def _record(row: sa.Row[tuple[object, ...]]) -> VisitRecord:
    return VisitRecord(
        visit_id=row.id,
        op_id=row.op_id,
        client_id=row.client_id,
        class_type_id=row.class_type_id,
        class_at=row.class_at,
        cost=row.cost,
        paid_by=row.command_id if row.paid else row.settled_by,
        undone=row.undone is not None,
        what=row.class_name or row.title or "",
        title=row.title or "",
    )
