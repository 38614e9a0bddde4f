"""A client's credit lots as they stand now: what remains, is held and is usable; and the expiry sweep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa

from frontdesk.models.ledger import credit_lot, ledger_entry, lot_balance, lot_hold
from frontdesk.models.order_of_use import UsableLot
from frontdesk.services.ledger_writer import Move, Operation, post
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.credits import HoldKind, LotKind

_LOTS = (
    sa.select(
        credit_lot,
        lot_balance.c.remaining,
        lot_balance.c.used,
        lot_balance.c.voided,
        lot_balance.c.expired,
        lot_balance.c.removed,
        lot_balance.c.moved,
        lot_balance.c.term_seq,
        lot_balance.c.effective_at,
        lot_balance.c.expires_at,
    )
    .join(lot_balance, lot_balance.c.lot_id == credit_lot.c.id)
    .order_by(credit_lot.c.id)
)
_OF_CLIENTS = _LOTS.where(credit_lot.c.client_id.in_(sa.bindparam("client_ids", expanding=True)))
_WITH_CREDITS = _OF_CLIENTS.where(lot_balance.c.remaining > 0)
_OF_IDS = _LOTS.where(credit_lot.c.id.in_(sa.bindparam("lot_ids", expanding=True)))
_closing = lot_hold.alias("closing")
_OPEN_HOLDS = (
    sa.select(lot_hold)
    .where(
        lot_hold.c.lot_id.in_(sa.bindparam("lot_ids", expanding=True)),
        lot_hold.c.closes_hold_id.is_(None),
        ~sa.exists().where(_closing.c.closes_hold_id == lot_hold.c.id),
    )
    .order_by(lot_hold.c.id)
)
_DUE = (
    sa.select(lot_balance.c.lot_id)
    .where(
        lot_balance.c.expires_at <= sa.bindparam("now", type_=lot_balance.c.expires_at.type),
        lot_balance.c.remaining > 0,
    )
    .order_by(lot_balance.c.expires_at, lot_balance.c.lot_id)
)
_ANY_DUE = (
    sa.select(lot_balance.c.lot_id)
    .where(
        lot_balance.c.client_id.in_(sa.bindparam("client_ids", expanding=True)),
        lot_balance.c.remaining > 0,
        lot_balance.c.expires_at <= sa.bindparam("now", type_=lot_balance.c.expires_at.type),
    )
    .limit(1)
)
_ENTRIES_SO_FAR = sa.select(sa.func.count()).where(ledger_entry.c.lot_id == sa.bindparam("lot_id"))


@dataclass(frozen=True, slots=True)
class HoldState:
    """An open hold on a lot; ``credits`` None holds whatever is in it."""

    hold_id: int
    kind: HoldKind
    credits: int | None
    starts_at: datetime
    ends_at: datetime | None
    op_id: int

    def in_force(self, at: datetime) -> bool:
        """Whether it sets credits aside at that instant; a freeze between dates may lie ahead or behind."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class LotState:
    """A lot with its buckets, its newest term and its open holds, as of ``at``."""

    at: datetime
    lot_id: int
    client_id: int
    op_id: int
    kind: LotKind
    complimentary: bool
    title: str
    credits: int
    remaining: int
    used: int
    voided: int
    expired: int
    removed: int
    moved: int
    term_seq: int
    effective_at: datetime
    expires_at: datetime | None
    eligible: tuple[int, ...] | None
    sale_line_id: int | None
    parent_lot_id: int | None
    origin_lot_id: int | None
    holds: tuple[HoldState, ...]

    @property
    def is_expired(self) -> bool:
        """From expires_at on a lot counts zero, whether or not the sweep has written it down (C5)."""
        return self.expires_at is not None and self.expires_at <= self.at

    @property
    def held(self) -> int:
        """Credits that holds in force set aside."""
        in_force = [hold for hold in self.holds if hold.in_force(self.at)]
        if any(hold.credits is None for hold in in_force):
            return self.remaining
        return min(self.remaining, sum(hold.credits or 0 for hold in in_force))

    @property
    def available(self) -> int:
        """What remains and is not held, expired or not."""
        return self.remaining - self.held

    @property
    def usable(self) -> int:
        """Credits that may be redeemed now: the balance is the sum of these (C2)."""
        return 0 if self.is_expired or self.effective_at > self.at else self.available

    def for_order(self) -> UsableLot:
        """The lot as the order of use sees it (C6)."""
        return UsableLot(
            lot_id=self.lot_id,
            available=self.available,
            effective_at=self.effective_at,
            expires_at=self.expires_at,
            complimentary=self.complimentary,
            eligible=None if self.eligible is None else frozenset(self.eligible),
            held=self.held,
        )


def lots_of(reading: Reading, client_ids: Iterable[int]) -> tuple[LotState, ...]:
    """Every lot of these clients, oldest first. Give all ids of a merged client (``client_group``)."""
    rows = reading.connection.execute(_OF_CLIENTS, {"client_ids": list(client_ids)}).all()
    return _states(reading, rows)


def lots_by_id(reading: Reading, lot_ids: Iterable[int]) -> tuple[LotState, ...]:
    """These lots, by id."""
    rows = reading.connection.execute(_OF_IDS, {"lot_ids": list(lot_ids)}).all()
    return _states(reading, rows)


def by_client(lots: Iterable[LotState]) -> dict[int, list[LotState]]:
    """Lots by whose they are, each one's in their order."""
    found: dict[int, list[LotState]] = {}
    for lot in lots:
        found.setdefault(lot.client_id, []).append(lot)
    return found


def balance(reading: Reading, client_ids: Iterable[int]) -> int:
    """Credits usable now."""
    return sum(lot.usable for lot in _with_credits(reading, client_ids))


def _with_credits(reading: Reading, client_ids: Iterable[int]) -> tuple[LotState, ...]:
    """The lots that hold something: of a long-standing client's hundreds, a few."""
    rows = reading.connection.execute(_WITH_CREDITS, {"client_ids": list(client_ids)}).all()
    return _states(reading, rows)


def _states(reading: Reading, rows: Sequence[sa.Row[tuple[object, ...]]]) -> tuple[LotState, ...]:
    holds = open_holds(reading, [row.id for row in rows if row.remaining])
    return tuple(
        LotState(
            at=reading.now,
            lot_id=row.id,
            client_id=row.client_id,
            op_id=row.op_id,
            kind=row.kind,
            complimentary=row.complimentary,
            title=row.title,
            credits=row.credits,
            remaining=row.remaining,
            used=row.used,
            voided=row.voided,
            expired=row.expired,
            removed=row.removed,
            moved=row.moved,
            term_seq=row.term_seq,
            effective_at=row.effective_at,
            expires_at=row.expires_at,
            eligible=None if row.eligible is None else tuple(row.eligible),
            sale_line_id=row.sale_line_id,
            parent_lot_id=row.parent_lot_id,
            origin_lot_id=row.origin_lot_id,
            holds=tuple(holds.get(row.id, ())),
        )
        for row in rows
    )


def open_holds(reading: Reading, lot_ids: Sequence[int]) -> dict[int, list[HoldState]]:
    """The open holds by lot, also of lots that are empty: a LotState has none then."""
    holds: dict[int, list[HoldState]] = {}
    if lot_ids:
        for hold in reading.connection.execute(_OPEN_HOLDS, {"lot_ids": list(lot_ids)}):
            state = HoldState(hold.id, hold.kind, hold.credits, hold.starts_at, hold.ends_at, hold.op_id)
            holds.setdefault(hold.lot_id, []).append(state)
    return holds


def sweep_clients(work: UnitOfWork, client_ids: Iterable[int]) -> int:
    """Write the expire entries due for these clients, who must be locked; returns how many lots (C5).

    Every use case that writes to a client's credits calls this first, so that nothing is taken from a lot
    that has run out.
    """
    ids = list(client_ids)
    # Nearly always nothing is due, which is seen without reading every lot.
    if work.connection.execute(_ANY_DUE, {"client_ids": ids, "now": work.now}).first() is None:
        return 0
    due = [lot for lot in _with_credits(work, ids) if lot.is_expired and lot.available > 0]
    for lot in due:
        expire_lot(work, lot)
    return len(due)


def expire_lot(work: UnitOfWork, lot: LotState) -> None:
    """Append the expire entry of a lot: effective when it ran out, under an id every desk derives alike."""
    assert lot.expires_at is not None
    written = work.connection.execute(_ENTRIES_SO_FAR, {"lot_id": lot.lot_id}).scalar_one()
    post(
        work,
        Operation(
            client_id=lot.client_id,
            kind="expire",
            command_id=uuid5(NAMESPACE_URL, f"frontdesk:expire:{lot.lot_id}:{lot.term_seq}:{written}"),
            effective_at=lot.expires_at,
            moves=(Move(lot.lot_id, "expire", -lot.available),),
            by_system=True,
        ),
    )


def sweep_due(work: UnitOfWork, limit: int = 200) -> int:
    """Write the expire entries due for up to ``limit`` clients; returns how many lots, 0 for none left (C5).

    Held credits do not expire, so a lot that is wholly held is passed over. Idempotent, also when two desks
    run it.
    """
    due = work.connection.execute(_DUE, {"now": work.now}).scalars().all()
    clients: dict[int, None] = {}
    for start in range(0, len(due), limit):
        found = lots_by_id(work, due[start : start + limit])
        clients.update({lot.client_id: None for lot in found if lot.available > 0})
        if len(clients) >= limit:
            break
    if not clients:
        return 0
    work.lock_clients(clients)
    return sweep_clients(work, clients)
