"""The only code that writes to the credit ledger: one operation with its lots, entries, terms and holds.

What an operation may do is decided by the use cases that call this; what it can never do (a lot below zero,
another client's lot, a broken chain) is refused by the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.models import chain
from frontdesk.models.ledger import (
    client_head,
    credit_lot,
    ledger_entry,
    ledger_op,
    lot_balance,
    lot_hold,
    lot_term,
    note,
    visit,
    visit_event,
)
from frontdesk.services.changes import Topic
from frontdesk.services.new_ids import next_ids
from frontdesk.services.unit_of_work import UnitOfWork

_HEAD = sa.select(client_head).where(client_head.c.client_id == sa.bindparam("client_id"))
_HEADS = sa.select(client_head).where(client_head.c.client_id.in_(sa.bindparam("client_ids", expanding=True)))
_TERM_SEQ = sa.select(lot_balance.c.term_seq).where(lot_balance.c.lot_id == sa.bindparam("lot_id"))
_OPEN_HOLD = sa.select(lot_hold).where(lot_hold.c.id == sa.bindparam("hold_id"))
#: How many ids one statement asks for: SQLite takes 32766 parameters.
_CHUNK = 10_000
_ADD_NOTE = sa.insert(note)
_ADD_OP = sa.insert(ledger_op)
_ADD_LOT = sa.insert(credit_lot)
_ADD_ENTRY = sa.insert(ledger_entry)
_ADD_TERM = sa.insert(lot_term)
_ADD_HOLD = sa.insert(lot_hold)
_ADD_VISIT = sa.insert(visit)
_ADD_VISIT_EVENT = sa.insert(visit_event)


@dataclass(frozen=True, slots=True)
class NewLot:
    """Credits that come in together; granted in full by the operation. Usable in [effective_at, expires_at).

    ``parent`` is the place in the operation's ``lots`` of the purchased lot that a bonus belongs to.
    ``eligible`` lists class type ids, None means all.
    """

    kind: str
    title: str
    credits: int
    effective_at: datetime
    expires_at: datetime | None = None
    complimentary: bool = False
    eligible: tuple[int, ...] | None = None
    sale_line_id: int | None = None
    parent: int | None = None
    origin_lot_id: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One entry on one lot; ``delta`` has the sign of its type. ``undoes`` names a reinstatement's bucket."""

    lot_id: int
    type: str
    delta: int
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class NewTerm:
    """From now on the lot may be used in [effective_at, expires_at)."""

    lot_id: int
    reason: str
    effective_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewHold:
    """Sets ``credits`` (None: whatever is in the lot) aside in [starts_at, ends_at)."""

    lot_id: int
    kind: str
    starts_at: datetime
    ends_at: datetime | None = None
    credits: int | None = None


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A class attended: ``paid`` by this operation's entries, or waiting to be settled (C7, C12)."""

    class_at: datetime
    cost: int
    paid: bool
    class_type_id: int | None = None


@dataclass(frozen=True, slots=True)
class VisitEvent:
    """What this operation does to an earlier visit: ``settled`` or ``undone``."""

    visit_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One act on one client's credits. ``effective_at`` None means now; ``note`` is free text, kept erasable.

    ``command_id`` None takes the command's own; a second operation of a command on the same client needs one
    of its own (``work.derived_id``). ``by_system`` leaves out who acted, for what nobody did: an expiry.
    ``kept_note`` is a note that ``add_note`` has written already, in place of ``note``.
    """

    client_id: int
    kind: str
    lots: tuple[NewLot, ...] = ()
    moves: tuple[Move, ...] = ()
    terms: tuple[NewTerm, ...] = ()
    holds: tuple[NewHold, ...] = ()
    closes: tuple[int, ...] = ()
    visit: NewVisit | None = None
    visit_events: tuple[VisitEvent, ...] = ()
    command_id: UUID | None = None
    effective_at: datetime | None = None
    class_type_id: int | None = None
    class_at: datetime | None = None
    reason_code: str | None = None
    note: str = ""
    kept_note: tuple[int, str] | None = None
    reverses_op_id: int | None = None
    peer_client_id: int | None = None
    sale_id: int | None = None
    refund_id: int | None = None
    subject_hash: str | None = None
    by_system: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """What the operation was written as; ``lot_ids`` in the order of its ``lots``."""

    op_id: int
    lot_ids: tuple[int, ...]
    visit_id: int | None


def post(work: UnitOfWork, operation: Operation) -> Posted:
    """Write one operation at the end of its client's chain. Lock the client first (``work.lock_clients``).

    Raises:
        sqlalchemy.exc.IntegrityError: a rule of the ledger would break; nothing of the command is kept.
    """
    lot_ids = next_ids(work, credit_lot, len(operation.lots))
    head = work.connection.execute(_HEAD, {"client_id": operation.client_id}).one()
    rows = _rows_of(work, operation, lot_ids, head)
    op_id = _insert_op(work, rows.op)
    mine = {"op_id": op_id, "client_id": operation.client_id}
    for statement, part in rows.parts():
        if part:
            work.connection.execute(statement, [row | mine for row in part])
    visit_id = _insert_visit(work, rows.visits[0] | mine) if rows.visits else None
    work.changed(Topic.CREDITS, operation.client_id)
    return Posted(op_id, lot_ids, visit_id)


def post_many(work: UnitOfWork, operations: Sequence[Operation]) -> tuple[Posted, ...]:
    """As ``post``, for thousands of clients at once: one operation each, without visits.

    Raises:
        ValueError: a client comes twice, or an operation records a visit.
        sqlalchemy.exc.IntegrityError: a rule of the ledger would break; nothing of the command is kept.
    """
    clients = [operation.client_id for operation in operations]
    if len(set(clients)) != len(clients) or any(operation.visit for operation in operations):
        raise ValueError("one operation a client, and none that records a visit")
    heads = _heads(work, clients)
    op_ids = next_ids(work, ledger_op, len(operations))
    lot_ids = iter(next_ids(work, credit_lot, sum(len(operation.lots) for operation in operations)))
    added: dict[int, list[dict[str, Any]]] = {}
    posted = []
    ops = []
    for op_id, operation in zip(op_ids, operations, strict=True):
        mine = tuple(next(lot_ids) for _ in operation.lots)
        rows = _rows_of(work, operation, mine, heads[operation.client_id])
        ops.append(rows.op | {"id": op_id})
        belongs = {"op_id": op_id, "client_id": operation.client_id}
        for place, (_, part) in enumerate(rows.parts()):
            added.setdefault(place, []).extend(row | belongs for row in part)
        posted.append(Posted(op_id, mine, None))
    if ops:
        work.connection.execute(_ADD_OP, ops)
    for place, statement in enumerate(_IN_ORDER):
        if added.get(place):
            work.connection.execute(statement, added[place])
    work.changed(Topic.CREDITS, *clients)
    return tuple(posted)


def add_note(work: UnitOfWork, text: str) -> tuple[int, str]:
    """Keep free text outside the ledger; returns its id and the salted hash that the ledger keeps."""
    salt = chain.new_salt()
    result = work.connection.execute(_ADD_NOTE, {"salt": salt, "text": text, "recorded_at": work.now})
    return _new_id(result), chain.note_hash(salt, text)


#: The order matters to the triggers: a lot is granted before it has a term, and a hold is closed before what
#: it held can move.
_IN_ORDER = (_ADD_LOT, _ADD_ENTRY, _ADD_TERM, _ADD_HOLD, _ADD_ENTRY, _ADD_VISIT_EVENT)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What an operation writes, before its own id is known."""

    op: dict[str, Any]
    lots: list[dict[str, Any]]
    grants: list[dict[str, Any]]
    terms: list[dict[str, Any]]
    holds: list[dict[str, Any]]
    moves: list[dict[str, Any]]
    events: list[dict[str, Any]]
    visits: list[dict[str, Any]]

    def parts(self) -> tuple[tuple[sa.Insert, list[dict[str, Any]]], ...]:
        """The rows of each table in the order in which they must be written."""
        parts = (self.lots, self.grants, self.terms, self.holds, self.moves, self.events)
        return tuple(zip(_IN_ORDER, parts, strict=True))


def _rows_of(work: UnitOfWork, operation: Operation, lot_ids: Sequence[int], head: sa.Row[Any]) -> _Rows:
    op = _op_row(work, operation, head)
    lots = [_lot_row(lot, lot_ids, index) for index, lot in enumerate(operation.lots)]
    effective_at = op["effective_at"]
    grants = [_entry_row(Move(row["id"], "grant", row["credits"]), effective_at) for row in lots]
    moves = [_entry_row(move, effective_at) for move in operation.moves]
    first_terms = (
        NewTerm(lot_id, "grant", lot.effective_at, lot.expires_at)
        for lot_id, lot in zip(lot_ids, operation.lots, strict=True)
    )
    terms = _term_rows(work, (*first_terms, *operation.terms), set(lot_ids))
    # What is set aside anew may be what was set aside before.
    holds = [_closing_row(work, hold_id) for hold_id in operation.closes]
    holds += [_hold_row(hold, lot_ids) for hold in operation.holds]
    visits = [_visit_row(operation.visit)] if operation.visit else []
    events = [{"visit_id": event.visit_id, "kind": event.kind} for event in operation.visit_events]
    op["hash"] = chain.op_hash(
        op, lots=lots, entries=[*grants, *moves], terms=terms, holds=holds, visits=visits, visit_events=events
    )
    return _Rows(op, lots, grants, terms, holds, moves, events, visits)


def _heads(work: UnitOfWork, clients: Sequence[int]) -> dict[int, sa.Row[Any]]:
    found: dict[int, sa.Row[Any]] = {}
    for start in range(0, len(clients), _CHUNK):
        rows = work.connection.execute(_HEADS, {"client_ids": clients[start : start + _CHUNK]})
        found.update({row.client_id: row for row in rows})
    return found


def _op_row(work: UnitOfWork, operation: Operation, head: sa.Row[Any]) -> dict[str, Any]:
    note_id, note_hash = operation.kept_note or (
        add_note(work, operation.note) if operation.note else (None, None)
    )
    return {
        "command_id": (operation.command_id or work.command_id).hex,
        "client_id": operation.client_id,
        "client_seq": head.seq + 1,
        "kind": operation.kind,
        "effective_at": operation.effective_at or work.now,
        "recorded_at": work.now,
        "class_type_id": operation.class_type_id,
        "class_at": operation.class_at,
        "staff_id": None if operation.by_system else work.actor.staff_id,
        "desk_id": None if operation.by_system else work.actor.desk_id,
        "reason_code": operation.reason_code,
        "note_id": note_id,
        "note_hash": note_hash,
        "reverses_op_id": operation.reverses_op_id,
        "peer_client_id": operation.peer_client_id,
        "sale_id": operation.sale_id,
        "refund_id": operation.refund_id,
        "subject_hash": operation.subject_hash,
        "prev_hash": head.hash,
    }


def _lot_row(lot: NewLot, lot_ids: Sequence[int], index: int) -> dict[str, Any]:
    return {
        "id": lot_ids[index],
        "kind": lot.kind,
        "complimentary": lot.complimentary,
        "title": lot.title,
        "credits": lot.credits,
        "sale_line_id": lot.sale_line_id,
        "parent_lot_id": None if lot.parent is None else lot_ids[lot.parent],
        "origin_lot_id": lot.origin_lot_id,
        "eligible": None if lot.eligible is None else sorted(lot.eligible),
    }


def _entry_row(move: Move, effective_at: datetime) -> dict[str, Any]:
    return {
        "lot_id": move.lot_id,
        "type": move.type,
        "delta": move.delta,
        "undoes": move.undoes,
        "effective_at": effective_at,
    }


def _term_rows(work: UnitOfWork, terms: Sequence[NewTerm], new_lots: set[int]) -> list[dict[str, Any]]:
    rows = []
    last: dict[int, int] = dict.fromkeys(new_lots, 0)
    for term in terms:
        if term.lot_id not in last:
            last[term.lot_id] = work.connection.execute(_TERM_SEQ, {"lot_id": term.lot_id}).scalar_one()
        last[term.lot_id] += 1
        rows.append(
            {
                "lot_id": term.lot_id,
                "seq": last[term.lot_id],
                "reason": term.reason,
                "effective_at": term.effective_at,
                "expires_at": term.expires_at,
            }
        )
    return rows


def _hold_row(hold: NewHold, lot_ids: Sequence[int]) -> dict[str, Any]:
    # A negative lot id stands for the operation's own lot at that place: -1 is the first.
    lot_id = hold.lot_id if hold.lot_id > 0 else lot_ids[-hold.lot_id - 1]
    return {
        "lot_id": lot_id,
        "kind": hold.kind,
        "credits": hold.credits,
        "starts_at": hold.starts_at,
        "ends_at": hold.ends_at,
        "closes_hold_id": None,
    }


def _closing_row(work: UnitOfWork, hold_id: int) -> dict[str, Any]:
    opened = work.connection.execute(_OPEN_HOLD, {"hold_id": hold_id}).one()
    return {
        "lot_id": opened.lot_id,
        "kind": opened.kind,
        "credits": opened.credits,
        "starts_at": work.now,
        "ends_at": None,
        "closes_hold_id": hold_id,
    }


def _visit_row(new: NewVisit) -> dict[str, Any]:
    return {"class_type_id": new.class_type_id, "class_at": new.class_at, "cost": new.cost, "paid": new.paid}


def _insert_op(work: UnitOfWork, op: Mapping[str, Any]) -> int:
    return _new_id(work.connection.execute(_ADD_OP, op))


def _insert_visit(work: UnitOfWork, row: Mapping[str, Any]) -> int:
    return _new_id(work.connection.execute(_ADD_VISIT, row))


def _new_id(result: sa.CursorResult[Any]) -> int:
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])
