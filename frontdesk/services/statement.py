"""The credit statement: one line for each act on a client's credits, with the balance after it (C15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from frontdesk.models.base import Instant
from frontdesk.models.calendar import last_day, local_day
from frontdesk.models.ledger import (
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
from frontdesk.models.sale import money_transaction, refund
from frontdesk.models.studio import class_type, staff
from frontdesk.services.client_group import client_group, name_of
from frontdesk.services.reviving import revivable
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.statement import LineAction, LineLot, StatementKey, StatementLine, StatementPage

_group: sa.BindParameter[Any] = sa.bindparam("client_ids", expanding=True)
_at = sa.bindparam("at", type_=Instant())
_op_id: sa.BindParameter[Any] = sa.bindparam("op_id")

_event_visit, _event_op, _event_note = (
    visit.alias("event_visit"),
    ledger_op.alias("event_op"),
    note.alias("said"),
)
_undone = visit_event.alias("undone")
_receipt = sa.select(sa.func.min(money_transaction.c.receipt))
_LINES = (
    sa.select(
        ledger_op,
        staff.c.name.label("staff"),
        note.c.text.label("note"),
        class_type.c.name.label("class_name"),
        name_of(ledger_op.c.peer_client_id).label("peer"),
        sa.func.coalesce(visit.c.id, visit_event.c.visit_id).label("visit_id"),
        sa.func.coalesce(visit.c.cost, _event_visit.c.cost).label("cost"),
        visit.c.paid,
        visit_event.c.kind.label("event"),
        refund.c.kind.label("refund_kind"),
        _event_note.c.text.label("event_title"),
        _undone.c.id.label("undone"),
        _receipt.where(money_transaction.c.refund_id == ledger_op.c.refund_id)
        .scalar_subquery()
        .label("refund_receipt"),
        _receipt.where(
            money_transaction.c.sale_id == ledger_op.c.sale_id, money_transaction.c.kind == "payment"
        )
        .scalar_subquery()
        .label("sale_receipt"),
    )
    .outerjoin(staff, staff.c.id == ledger_op.c.staff_id)
    .outerjoin(note, note.c.id == ledger_op.c.note_id)
    .outerjoin(class_type, class_type.c.id == ledger_op.c.class_type_id)
    .outerjoin(visit, visit.c.op_id == ledger_op.c.id)
    .outerjoin(visit_event, visit_event.c.op_id == ledger_op.c.id)
    .outerjoin(_event_visit, _event_visit.c.id == visit_event.c.visit_id)
    .outerjoin(_event_op, _event_op.c.id == _event_visit.c.op_id)
    .outerjoin(_event_note, _event_note.c.id == _event_op.c.note_id)
    .outerjoin(_undone, (_undone.c.visit_id == visit.c.id) & (_undone.c.kind == "undone"))
    .outerjoin(refund, refund.c.id == ledger_op.c.refund_id)
    .where(ledger_op.c.client_id.in_(_group))
    .order_by(ledger_op.c.effective_at.desc(), ledger_op.c.id.desc())
    .limit(sa.bindparam("limit"))
)
_LINES_BELOW = _LINES.where(
    ledger_op.c.effective_at <= _at, (ledger_op.c.effective_at < _at) | (ledger_op.c.id < _op_id)
)
_ALL = sa.select(sa.func.coalesce(sa.func.sum(lot_balance.c.remaining), 0)).where(
    lot_balance.c.client_id.in_(_group)
)
#: The sum of all entries so far, from the statement's beginning through a line.
_SO_FAR = sa.select(sa.func.coalesce(sa.func.sum(ledger_entry.c.delta), 0)).where(
    ledger_entry.c.client_id.in_(_group),
    ledger_entry.c.effective_at <= _at,
    (ledger_entry.c.effective_at < _at) | (ledger_entry.c.op_id <= _op_id),
)
_ops: sa.BindParameter[Any] = sa.bindparam("op_ids", expanding=True)
_ENTRIES = (
    sa.select(ledger_entry.c.op_id, ledger_entry.c.lot_id, ledger_entry.c.type, ledger_entry.c.delta)
    .where(ledger_entry.c.op_id.in_(_ops))
    .order_by(ledger_entry.c.id)
)
_HOLDS = sa.select(lot_hold).where(lot_hold.c.op_id.in_(_ops)).order_by(lot_hold.c.id)
_TERM_OPS = sa.select(lot_term.c.op_id, lot_term.c.lot_id).where(lot_term.c.op_id.in_(_ops))
_lot_ids: sa.BindParameter[Any] = sa.bindparam("lot_ids", expanding=True)
_LOTS = sa.select(credit_lot.c.id, credit_lot.c.title, credit_lot.c.kind).where(credit_lot.c.id.in_(_lot_ids))
_TERMS = (
    sa.select(lot_term.c.lot_id, lot_term.c.op_id, lot_term.c.expires_at)
    .where(lot_term.c.lot_id.in_(_lot_ids))
    .order_by(lot_term.c.lot_id, lot_term.c.seq)
)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the operations of a page wrote, and the lots that they touched."""

    entries: dict[int, list[Any]]
    holds: dict[int, list[Any]]
    terms: dict[int, list[Any]]
    term_ops: set[tuple[int, int]]
    lots: dict[int, Any]
    touched: dict[int, list[int]]
    #: Credits that can be revived, by operation.
    revivable: dict[int, int]


def credit_statement(
    reading: Reading, client_id: int, before: StatementKey | None = None, limit: int = 50
) -> StatementPage:
    """A page of the client's statement, the newest line first; ``before`` is the page above's ``next``.

    Lines come in the order of their effective time, then number. The balance is the sum of all entries so
    far, held and frozen credits included. Raises NotFound client.unknown.
    """
    group = list(client_group(reading, client_id))
    run = reading.connection.execute
    if before is None:
        ops = run(_LINES, {"client_ids": group, "limit": limit + 1}).all()
        balance = run(_ALL, {"client_ids": group}).scalar_one()
    else:
        below = {"client_ids": group, "at": before.at, "op_id": before.op_id}
        ops = run(_LINES_BELOW, {**below, "limit": limit + 1}).all()
        top = {"at": ops[0].effective_at, "op_id": ops[0].id} if ops else {"at": before.at, "op_id": 0}
        balance = run(_SO_FAR, {"client_ids": group, **top}).scalar_one()
    page, more = ops[:limit], len(ops) > limit
    rows = _rows(reading, page)
    lines: list[StatementLine] = []
    for op in page:
        lines.append(_line(reading, op, rows, balance))
        balance -= lines[-1].change or 0
    key = StatementKey(page[-1].effective_at, page[-1].id) if more else None
    return StatementPage(tuple(lines), key)


def _rows(reading: Reading, page: Sequence[Any]) -> _Rows:
    run, op_ids = reading.connection.execute, [op.id for op in page]
    entries, holds = run(_ENTRIES, {"op_ids": op_ids}).all(), run(_HOLDS, {"op_ids": op_ids}).all()
    term_ops = run(_TERM_OPS, {"op_ids": op_ids}).all()
    touched: dict[int, list[int]] = {}
    for row in (*entries, *term_ops, *holds):
        mine = touched.setdefault(row.op_id, [])
        if row.lot_id not in mine:
            mine.append(row.lot_id)
    lot_ids = sorted({lot_id for mine in touched.values() for lot_id in mine})
    undone = {op.id for op in page if op.kind == "undo_visit"}
    expired = {row.op_id for row in entries if row.type == "expire"} & undone
    return _Rows(
        entries=_by(entries, "op_id"),
        holds=_by(holds, "op_id"),
        terms=_by(run(_TERMS, {"lot_ids": lot_ids}), "lot_id"),
        term_ops={(row.op_id, row.lot_id) for row in term_ops},
        lots={row.id: row for row in run(_LOTS, {"lot_ids": lot_ids})},
        touched=touched,
        revivable=revivable(reading, expired) if expired else {},
    )


def _by(rows: Iterable[Any], column: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, column), []).append(row)
    return found


def _line(reading: Reading, op: Any, rows: _Rows, balance: int) -> StatementLine:
    zone = reading.studio.zone
    entries = rows.entries.get(op.id, [])
    hold = next(iter(rows.holds.get(op.id, ())), None)
    opened = hold if hold is not None and hold.closes_hold_id is None else None
    counted = sum(_opened_or_closed(one) for one in rows.holds.get(op.id, ()))
    is_visit = op.visit_id is not None or op.kind in ("visit", "settle_visit", "undo_visit")
    return StatementLine(
        op_id=op.id,
        kind=op.kind,
        at=op.effective_at,
        recorded_at=op.recorded_at,
        staff=op.staff,
        change=sum(entry.delta for entry in entries) if entries else None,
        balance=balance,
        lots=tuple(_line_lot(reading, op, lot_id, rows) for lot_id in rows.touched.get(op.id, ())),
        what=_what(op) if is_visit else "",
        class_at=op.class_at,
        cost=op.cost,
        visit_id=op.visit_id,
        reason_code=op.reason_code,
        note="" if op.kind in ("visit", "unpaid_visit", "settle_visit") else op.note or "",
        peer=op.peer,
        receipt=op.refund_receipt or op.sale_receipt,
        sale_id=op.sale_id,
        refund_id=op.refund_id,
        voids_sale=op.refund_kind == "void",
        hold_kind=None if hold is None else hold.kind,
        hold_first_day=None if opened is None else local_day(opened.starts_at, zone),
        hold_last_day=None if opened is None or opened.ends_at is None else last_day(opened.ends_at, zone),
        hold_credits=abs(counted) or None,
        revivable=rows.revivable.get(op.id, 0),
        actions=_actions(op, entries, rows.revivable.get(op.id, 0)),
    )


def _opened_or_closed(hold: Any) -> int:
    """Credits that a row of a hold sets aside, or lets go (negative); 0 where it holds the whole lot."""
    credits = int(hold.credits or 0)
    return credits if hold.closes_hold_id is None else -credits


def _what(op: Any) -> str:
    """The class type's name, else what was typed when the visit was recorded."""
    if op.class_name:
        return str(op.class_name)
    own = op.note if op.kind != "undo_visit" else None
    return str(op.event_title or own or "")


def _line_lot(reading: Reading, op: Any, lot_id: int, rows: _Rows) -> LineLot:
    """The lot as the line left it: its newest term among those written until then."""
    zone, lot = reading.studio.zone, rows.lots[lot_id]
    terms = rows.terms[lot_id]
    days = [
        None if term.expires_at is None else last_day(term.expires_at, zone)
        for term in terms
        if term.op_id <= op.id
    ]
    mine = [entry for entry in rows.entries.get(op.id, ()) if entry.lot_id == lot_id]
    moved = (op.id, lot_id) in rows.term_ops and len(days) > 1
    return LineLot(
        lot_id=lot_id,
        title=lot.title,
        kind=lot.kind,
        change=sum(entry.delta for entry in mine),
        types=tuple(entry.type for entry in mine),
        last_day=days[-1],
        last_day_before=days[-2] if moved else None,
        moved_expiry=moved,
    )


def _actions(op: Any, entries: Sequence[Any], revivable: int) -> tuple[LineAction, ...]:
    if revivable:
        return ("revive",)
    # A visit's own line, or the one that settled it, as long as nobody took it back.
    if op.visit_id is None or op.undone is not None or op.event == "undone":
        return ()
    if op.event == "settled":
        return ()
    return ("undo_visit", "change_lot") if entries else ("undo_visit",)
