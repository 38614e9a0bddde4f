"""What a refund has of each lot, and which credits it takes or gives back next (S5, S6).

All of it only tells; `refund_credits` writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from frontdesk.models.ledger import ledger_entry, ledger_op, lot_hold
from frontdesk.models.refund_math import VoidableLot, lots_to_void
from frontdesk.services.lots import LotState
from frontdesk.services.refund_holds import SETS_ASIDE
from frontdesk.services.sale_facts import LineState, SaleFacts, to_void
from frontdesk.services.unit_of_work import Reading

_ENTRIES: sa.Select[Any] = (
    sa.select(ledger_entry.c.lot_id, ledger_entry.c.delta)
    .join(ledger_op, ledger_op.c.id == ledger_entry.c.op_id)
    .where(ledger_op.c.refund_id == sa.bindparam("refund_id"), ledger_entry.c.type.in_(("void", "reinstate")))
    .order_by(ledger_entry.c.id)
)
_HOLDS: sa.Select[Any] = (
    sa.select(lot_hold.c.id, lot_hold.c.lot_id, lot_hold.c.credits)
    .join(ledger_op, ledger_op.c.id == lot_hold.c.op_id)
    .where(ledger_op.c.refund_id == sa.bindparam("refund_id"), *SETS_ASIDE)
    .order_by(lot_hold.c.id)
)


@dataclass(slots=True)
class Claims:
    """What a refund has of each lot now, in the order in which it took it; holds by lot."""

    voided: dict[int, int] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)
    holds: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def of(self, lot_id: int) -> int:
        """Credits of the lot that are voided or set aside."""
        return self.voided.get(lot_id, 0) + self.held.get(lot_id, 0)


def claims_of(reading: Reading, refund_id: int) -> Claims:
    """What this refund has voided, less what it gave back, and what is set aside for it now."""
    found, asked = Claims(), {"refund_id": refund_id}
    for row in reading.connection.execute(_ENTRIES, asked):
        found.voided[row.lot_id] = found.voided.get(row.lot_id, 0) - row.delta
    for row in reading.connection.execute(_HOLDS, asked):
        found.held[row.lot_id] = found.held.get(row.lot_id, 0) + row.credits
        found.holds[row.lot_id].append(row.id)
    return found


def lots_of(facts: SaleFacts) -> dict[int, LotState]:
    """All lots of a sale by id, those elsewhere too."""
    return {lot.lot_id: lot for line in facts.lines for lot in (*line.own, *line.elsewhere)}


def voids(line: LineState, credits: int) -> tuple[tuple[LotState, int], ...]:
    """Which lots lose how many: the line's own first, bonus before purchased, then those elsewhere."""
    taken = _taken(line.own, credits)
    rest = credits - sum(count for _, count in taken)
    return (*taken, *_taken(line.elsewhere, rest))


def unclaimed(
    facts: SaleFacts,
    wanted: Mapping[int, int],
    claims: Claims,
    lots: Mapping[int, LotState],
    credits: int,
) -> Iterator[tuple[int, int]]:
    """Credits that nobody has a claim on, line by line, each line up to what the refund wants of it."""
    for line_id, most in wanted.items():
        line = facts.line(line_id)
        now = LineState(
            line.row,
            tuple(lots[lot.lot_id] for lot in line.own),
            tuple(lots[lot.lot_id] for lot in line.elsewhere),
            line.refunded,
        )
        claimed = sum(claims.of(lot.lot_id) for lot in (*line.own, *line.elsewhere))
        for lot, count in voids(now, min(max(most - claimed, 0), credits)):
            credits -= count
            yield lot.lot_id, count


def last_first(facts: SaleFacts, by_lot: dict[int, int], credits: int) -> Iterator[tuple[LotState, int]]:
    """In the reverse order: what was taken last comes back first."""
    lots = lots_of(facts)
    for lot_id, count in _first_first(dict(reversed(by_lot.items())), credits):
        yield lots[lot_id], count


def to_give_back(
    facts: SaleFacts, by_line: Mapping[int, int], claims: Claims, voided: int
) -> Iterator[tuple[LotState, int]]:
    """What of the voided credits comes back for so many to stay: first what a line gave beyond its own."""
    rest, back = dict(claims.voided), dict[int, int]()
    for line in facts.lines:
        mine = [lot.lot_id for lot in (*line.own, *line.elsewhere)]
        beyond = sum(claims.of(lot_id) for lot_id in mine) - by_line.get(line.row.id, 0)
        of_line = {lot_id: count for lot_id, count in claims.voided.items() if lot_id in mine}
        for lot, count in last_first(facts, of_line, beyond):
            back[lot.lot_id] = count
            rest[lot.lot_id] -= count
    for lot, count in last_first(facts, rest, sum(rest.values()) - voided):
        back[lot.lot_id] = back.get(lot.lot_id, 0) + count
    lots = lots_of(facts)
    return ((lots[lot_id], count) for lot_id, count in back.items())


def held_to_void(
    facts: SaleFacts, by_line: Mapping[int, int], claims: Claims, credits: int
) -> Iterator[tuple[int, int]]:
    """What of the credits that are set aside is voided: of each line its own first."""
    rest = dict(claims.held)
    for line in facts.lines:
        mine = [lot.lot_id for lot in (*line.own, *line.elsewhere)]
        own = by_line.get(line.row.id, 0) - sum(claims.voided.get(lot_id, 0) for lot_id in mine)
        held = {lot_id: count for lot_id, count in rest.items() if lot_id in mine}
        for lot_id, count in _first_first(held, min(own, credits)):
            credits -= count
            rest[lot_id] -= count
            yield lot_id, count
    yield from _first_first(rest, credits)


def _first_first(by_lot: Mapping[int, int], credits: int) -> Iterator[tuple[int, int]]:
    for lot_id, there in by_lot.items():
        count = min(there, credits)
        if count > 0:
            credits -= count
            yield lot_id, count


def _taken(lots: Sequence[LotState], credits: int) -> tuple[tuple[LotState, int], ...]:
    by_id = {lot.lot_id: lot for lot in lots}
    order = lots_to_void(_voidable(lots), credits)
    return tuple((by_id[lot_id], count) for lot_id, count in order)


def _voidable(lots: Iterable[LotState]) -> Iterator[VoidableLot]:
    return (VoidableLot(lot.lot_id, to_void(lot), lot.complimentary, lot.expires_at) for lot in lots)
