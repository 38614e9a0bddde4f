"""A client's credits now: the big number, what goes first, and every lot with its state and origin (C15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from frontdesk.models.calendar import last_day, local_day
from frontdesk.models.ledger import ledger_op, note
from frontdesk.models.order_of_use import in_order
from frontdesk.models.sale import money_transaction, sale, sale_line
from frontdesk.models.studio import class_type
from frontdesk.services.client_group import name_of
from frontdesk.services.first_class import waiting_for_first_class
from frontdesk.services.locked_credits import last_day_of, read_credits, today
from frontdesk.services.lot_origins import sale_lines_of
from frontdesk.services.lots import LotState
from frontdesk.services.settling import unpaid_visits
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.credits import (
    CreditAccount,
    FreezeView,
    HoldView,
    LotAction,
    LotCard,
    LotSale,
    NextToExpire,
    Standing,
)
from frontdesk.services.views.credits import LotState as StateCode
from frontdesk.services.views.money import Money

_CLASS_TYPES = sa.select(class_type.c.id, class_type.c.name).order_by(class_type.c.position, class_type.c.id)
_GRANTS = sa.select(
    ledger_op.c.id,
    ledger_op.c.kind,
    ledger_op.c.recorded_at,
    name_of(ledger_op.c.peer_client_id).label("peer"),
).where(ledger_op.c.id.in_(sa.bindparam("op_ids", expanding=True)))
_SALES = (
    sa.select(
        sale_line.c.id,
        sale_line.c.sale_id,
        sale_line.c.total,
        sale.c.sold_at,
        sale.c.currency,
        money_transaction.c.receipt,
        money_transaction.c.tender,
    )
    .join(sale, sale.c.id == sale_line.c.sale_id)
    .outerjoin(
        money_transaction,
        (money_transaction.c.sale_id == sale.c.id) & (money_transaction.c.kind == "payment"),
    )
    .where(sale_line.c.id.in_(sa.bindparam("line_ids", expanding=True)))
    .order_by(money_transaction.c.id)
)
_FREEZES = (
    sa.select(ledger_op.c.id, ledger_op.c.command_id, ledger_op.c.reason_code, note.c.text)
    .outerjoin(note, note.c.id == ledger_op.c.note_id)
    .where(ledger_op.c.id.in_(sa.bindparam("op_ids", expanding=True)))
    .order_by(ledger_op.c.id)
)
_SPENT: tuple[StateCode, ...] = ("used_up", "expired", "voided")


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the cards need beside the lots themselves."""

    day: date
    names: dict[int, str]
    grants: dict[int, Any]
    sales: dict[int, LotSale]
    waiting: frozenset[int]


def credit_account(reading: Reading, client_id: int) -> CreditAccount:
    """The client's credits as of now, of everyone merged into them (D4); raises NotFound client.unknown."""
    lots = read_credits(reading, client_id).lots
    facts = _facts(reading, lots)
    cards = {lot.lot_id: _card(reading, lot, facts) for lot in lots}
    live = [lot for lot in lots if cards[lot.lot_id].state not in _SPENT]
    order = [one.lot_id for one in in_order(lot.for_order() for lot in live)]
    order += [lot.lot_id for lot in reversed(lots) if cards[lot.lot_id].state in _SPENT]
    usable = sum(lot.usable for lot in lots)
    return CreditAccount(
        client_id=client_id,
        usable=usable,
        standing="usable" if usable else _standing([cards[lot_id] for lot_id in order]),
        next_to_expire=_next_to_expire(reading, lots),
        lots=tuple(cards[lot_id] for lot_id in order),
        freezes=_freezes(reading, lots),
        unpaid=unpaid_visits(reading, client_id),
    )


def state_of(lot: LotState) -> StateCode:
    """The lot in one word, as of now."""
    if not lot.remaining:
        if lot.expired:
            return "expired"
        return "voided" if lot.voided else "used_up"
    if any(hold.kind == "freeze" and hold.in_force(lot.at) for hold in lot.holds):
        return "frozen"
    if not lot.available:
        return "held"
    if lot.is_expired:
        return "expired"
    return "not_started" if lot.effective_at > lot.at else "usable"


def _facts(reading: Reading, lots: Sequence[LotState]) -> _Facts:
    run = reading.connection.execute
    names = {row.id: row.name for row in run(_CLASS_TYPES)}
    grants = {row.id: row for row in run(_GRANTS, {"op_ids": sorted({lot.op_id for lot in lots})})}
    line_of = sale_lines_of(reading, [lot.lot_id for lot in lots])
    lines: dict[int, LotSale] = {}
    tenders: dict[int, list[str]] = {}
    for row in run(_SALES, {"line_ids": sorted(set(line_of.values()))}) if line_of else ():
        if row.tender:
            tenders.setdefault(row.id, []).append(row.tender)
        paid = Money(row.total, row.currency)
        lines[row.id] = LotSale(
            row.sale_id, row.id, row.receipt or "", row.sold_at, paid, tuple(tenders.get(row.id, ()))
        )
    waiting = waiting_for_first_class(reading, [lot for lot in lots if lot.remaining])
    sales = {lot_id: lines[line] for lot_id, line in line_of.items()}
    return _Facts(today(reading), names, grants, sales, frozenset(waiting))


def _card(reading: Reading, lot: LotState, facts: _Facts) -> LotCard:
    grant = facts.grants[lot.op_id]
    ends = last_day_of(reading, lot)
    state = state_of(lot)
    return LotCard(
        lot_id=lot.lot_id,
        client_id=lot.client_id,
        kind=lot.kind,
        title=lot.title,
        state=state,
        credits=lot.credits,
        remaining=0 if state == "expired" else lot.remaining,
        usable=lot.usable,
        held=lot.held,
        used=lot.used,
        # What has run out counts as expired, whether or not the sweep has written it down (C5).
        expired=lot.expired + (lot.remaining if state == "expired" else 0),
        voided=lot.voided,
        removed=lot.removed,
        moved=lot.moved,
        first_day=local_day(lot.effective_at, reading.studio.zone),
        last_day=ends,
        days_left=None if ends is None else (ends - facts.day).days,
        starts_at_first_class=lot.lot_id in facts.waiting,
        eligible=None
        if lot.eligible is None
        else tuple(name for each, name in facts.names.items() if each in lot.eligible),
        holds=_holds(reading, lot),
        sale=facts.sales.get(lot.lot_id),
        from_client=grant.peer if grant.kind == "transfer_in" else None,
        granted_at=grant.recorded_at,
        actions=_actions(lot, state),
    )


def _holds(reading: Reading, lot: LotState) -> tuple[HoldView, ...]:
    zone = reading.studio.zone
    return tuple(
        HoldView(
            kind=hold.kind,
            credits=hold.credits,
            first_day=local_day(hold.starts_at, zone),
            last_day=None if hold.ends_at is None else last_day(hold.ends_at, zone),
            in_force=hold.in_force(lot.at),
        )
        for hold in lot.holds
        if _not_over(hold.ends_at, lot.at)
    )


def _not_over(ends_at: datetime | None, now: datetime) -> bool:
    return ends_at is None or ends_at > now


def _actions(lot: LotState, state: StateCode) -> tuple[LotAction, ...]:
    frozen = any(hold.kind == "freeze" and _not_over(hold.ends_at, lot.at) for hold in lot.holds)
    found: list[LotAction] = []
    if state == "usable":
        found.append("visit")
    if state in ("usable", "not_started"):
        found.append("take")
    if lot.remaining or lot.expired:
        found.append("extend")
    if state in ("usable", "not_started") and not frozen:
        found.append("transfer")
    return tuple(found)


def _standing(cards: Sequence[LotCard]) -> Standing:
    """What stands in the way of the first lot that has not ended, else how the newest one ended."""
    for card in cards:
        if card.state in ("frozen", "held", "not_started"):
            return card.state
    if not cards:
        return "nothing_yet"
    return "expired" if cards[0].state == "expired" else "used_up"


def _next_to_expire(reading: Reading, lots: Sequence[LotState]) -> NextToExpire | None:
    ends = [lot.expires_at for lot in lots if lot.usable and lot.expires_at is not None]
    if not ends:
        return None
    first = min(ends)
    day = last_day(first, reading.studio.zone)
    credits = sum(lot.usable for lot in lots if lot.expires_at == first)
    return NextToExpire(credits, day, (day - today(reading)).days)


def _freezes(reading: Reading, lots: Sequence[LotState]) -> tuple[FreezeView, ...]:
    """Each freeze that is not over, however many lots and merged clients it holds."""
    zone = reading.studio.zone
    held = [
        (lot, hold)
        for lot in lots
        for hold in lot.holds
        if hold.kind == "freeze" and _not_over(hold.ends_at, lot.at)
    ]
    if not held:
        return ()
    rows = reading.connection.execute(_FREEZES, {"op_ids": sorted({hold.op_id for _, hold in held})}).all()
    commands = {row.id: row.command_id for row in rows}
    found: list[FreezeView] = []
    for command_id in dict.fromkeys(commands.values()):
        mine = [(lot, hold) for lot, hold in held if commands[hold.op_id] == command_id]
        op = next(row for row in rows if row.command_id == command_id)
        hold = mine[0][1]
        found.append(
            FreezeView(
                freeze_id=op.id,
                first_day=local_day(hold.starts_at, zone),
                last_day=None if hold.ends_at is None else last_day(hold.ends_at, zone),
                in_force=hold.in_force(reading.now),
                lots=len(mine),
                credits=sum(lot.remaining for lot, _ in mine),
                reason_code=op.reason_code or "",
                note=op.text or "",
            )
        )
    return tuple(found)
