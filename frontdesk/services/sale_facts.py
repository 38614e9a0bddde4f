"""Sales as the books know them now, many at once: lines, payments, refunds and what became of the credits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from frontdesk.models.client import client
from frontdesk.models.ledger import credit_lot, note
from frontdesk.models.money import split_by_largest_remainder
from frontdesk.models.refund_math import LineFacts, PaymentFacts
from frontdesk.models.sale import VOID_STATUSES, money_transaction, refund, refund_line, sale, sale_line
from frontdesk.models.studio import desk, staff
from frontdesk.services.client_group import name_of
from frontdesk.services.lots import LotState, lots_by_id
from frontdesk.services.unit_of_work import Reading

_IDS: sa.BindParameter[Any] = sa.bindparam("sale_ids", expanding=True)
_SALES = (
    sa.select(
        sale,
        client.c.name.label("client"),
        name_of(sale.c.client_id).label("stands_for"),
        staff.c.name.label("staff"),
        desk.c.name.label("desk"),
        note.c.text.label("discount_text"),
    )
    .join(client, client.c.id == sale.c.client_id)
    .join(staff, staff.c.id == sale.c.staff_id)
    .join(desk, desk.c.id == sale.c.desk_id)
    .outerjoin(note, note.c.id == sale.c.discount_note_id)
    .where(sale.c.id.in_(_IDS))
)
_LINES = sa.select(sale_line).where(sale_line.c.sale_id.in_(_IDS)).order_by(sale_line.c.position)
_TRANSACTIONS = (
    sa.select(money_transaction).where(money_transaction.c.sale_id.in_(_IDS)).order_by(money_transaction.c.id)
)
_REFUNDS = (
    sa.select(refund, staff.c.name.label("staff"), note.c.text.label("text"))
    .join(staff, staff.c.id == refund.c.staff_id)
    .outerjoin(note, note.c.id == refund.c.note_id)
    .where(refund.c.sale_id.in_(_IDS))
    .order_by(refund.c.id)
)
_REFUND_LINES = (
    sa.select(refund_line)
    .join(refund, refund.c.id == refund_line.c.refund_id)
    .where(refund.c.sale_id.in_(_IDS))
    .order_by(refund_line.c.id)
)
# The lots of the lines, and all that was transferred out of them, however often.
_own = (
    sa.select(credit_lot.c.id.label("lot_id"), credit_lot.c.sale_line_id.label("line_id"))
    .join(sale_line, sale_line.c.id == credit_lot.c.sale_line_id)
    .where(sale_line.c.sale_id.in_(_IDS))
    .cte("line_lot", recursive=True)
)
_descended = _own.union_all(
    sa.select(credit_lot.c.id, _own.c.line_id).join(_own, credit_lot.c.origin_lot_id == _own.c.lot_id)
)
_LOTS = sa.select(_descended.c.lot_id, _descended.c.line_id)
_CHUNK = 1_000
#: A refund that Stripe or the desk has accepted, and that did not fail (S6).
_ACCEPTED = ("pending", "succeeded")


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """A refund with its rows. ``live`` is what of it did not fail, by sale line, in minor units.

    ``under_way`` is what of that has not reached the client yet, as far as anybody knows.
    """

    row: sa.Row[Any]
    lines: tuple[sa.Row[Any], ...]
    parts: tuple[sa.Row[Any], ...]
    live: dict[int, int]
    under_way: dict[int, int]

    @property
    def credits_voided(self) -> int:
        """Credits that it voids, or was to void, with none of its parts failed."""
        return sum(int(line.credits_voided) for line in self.lines)


@dataclass(frozen=True, slots=True)
class LineState:
    """A sale line with its own lots (purchased, then bonus) and those that were transferred out of them."""

    row: sa.Row[Any]
    own: tuple[LotState, ...]
    elsewhere: tuple[LotState, ...]
    refunded: int
    #: What of that has not reached the client yet, as far as anybody knows.
    under_way: int = 0

    @property
    def facts(self) -> LineFacts:
        """What the arithmetic of refunds asks for (S5)."""
        return LineFacts(
            received=self.row.total,
            purchased=self.row.credits,
            bonus=self.row.bonus,
            used=sum(lot.used for lot in self.own),
            # What has run out counts as expired before the sweep has written it down (C5).
            expired=sum(lot.expired + lot.remaining - claimed(lot) - to_void(lot) for lot in self.own),
            adjusted_out=sum(lot.removed for lot in self.own),
            transferred_away=sum(lot.moved for lot in self.own),
            voided=sum(lot.voided + claimed(lot) for lot in self.own),
            refunded=self.refunded,
        )

    @property
    def taken_back(self) -> bool:
        """Whether all of the money that came in for the line went back."""
        return bool(0 < self.row.total <= self.refunded)

    @property
    def left_elsewhere(self) -> int:
        """Unused credits of lots that were transferred out of the line."""
        return sum(to_void(lot) for lot in self.elsewhere)


@dataclass(frozen=True, slots=True)
class SaleFacts:
    """A sale with everything that hangs on it."""

    row: sa.Row[Any]
    lines: tuple[LineState, ...]
    transactions: tuple[sa.Row[Any], ...]
    refunds: tuple[RefundFacts, ...]

    @property
    def payments(self) -> tuple[sa.Row[Any], ...]:
        """The transactions by which money came in."""
        return tuple(one for one in self.transactions if one.kind == "payment")

    @property
    def payment_facts(self) -> tuple[PaymentFacts, ...]:
        """The payments as the arithmetic of refunds asks for them: what of each may still go back."""
        back: dict[int, int] = defaultdict(int)
        for one in self.transactions:
            if one.kind == "refund" and one.status not in VOID_STATUSES:
                back[one.payment_id] -= one.amount
        return tuple(PaymentFacts(one.id, one.tender, one.amount, back[one.id]) for one in self.payments)

    @property
    def refunded(self) -> int:
        """Minor units that went back and did not fail."""
        return sum(one.refunded for one in self.payment_facts)

    @property
    def accepted(self) -> int:
        """Minor units that refunds have given back; what is only requested may be refused yet."""
        back = (one for one in self.transactions if one.kind == "refund" and one.status in _ACCEPTED)
        return -sum(int(one.amount) for one in back)

    @property
    def given_back(self) -> bool:
        """Whether all of the sale's money went back, by refunds that were accepted (S7)."""
        return bool(0 < self.row.total <= self.accepted)

    @property
    def is_void(self) -> bool:
        """Whether the sale was taken back as entered by mistake, and none of that failed (S2)."""
        voids = (one for one in self.refunds if one.row.kind == "void")
        return any(all(part.status not in VOID_STATUSES for part in one.parts) for one in voids)

    @property
    def client_ids(self) -> frozenset[int]:
        """Everyone whose credits a refund or a void of this sale may touch."""
        lots = (lot for line in self.lines for lot in (*line.own, *line.elsewhere))
        return frozenset({self.row.client_id, *(lot.client_id for lot in lots)})

    def refund(self, refund_id: int) -> RefundFacts:
        """The refund with this id."""
        return next(one for one in self.refunds if one.row.id == refund_id)

    def line(self, line_id: int) -> LineState:
        """The line with this id."""
        return next(line for line in self.lines if line.row.id == line_id)


def claimed(lot: LotState) -> int:
    """Credits of a lot that are set aside for refunds: they go when Stripe has accepted those (S6)."""
    return sum(hold.credits or 0 for hold in lot.holds if hold.kind == "refund")


def to_void(lot: LotState) -> int:
    """What a void may take from a lot: all that no other refund has a claim on, unless it has run out."""
    return (lot.held if lot.is_expired else lot.remaining) - claimed(lot)


def read_sales(reading: Reading, sale_ids: Iterable[int]) -> dict[int, SaleFacts]:
    """The sales with these ids, by id; unknown ones are left out."""
    wanted = list(sale_ids)
    found: dict[int, SaleFacts] = {}
    for start in range(0, len(wanted), _CHUNK):
        found.update(_read_chunk(reading, wanted[start : start + _CHUNK]))
    return found


@dataclass(slots=True)
class _Parts:
    lines: dict[int, list[sa.Row[Any]]] = field(default_factory=lambda: defaultdict(list))
    transactions: dict[int, list[sa.Row[Any]]] = field(default_factory=lambda: defaultdict(list))
    refunds: dict[int, list[RefundFacts]] = field(default_factory=lambda: defaultdict(list))
    lots: dict[int, list[LotState]] = field(default_factory=lambda: defaultdict(list))


def _read_chunk(reading: Reading, sale_ids: Sequence[int]) -> dict[int, SaleFacts]:
    asked = {"sale_ids": sale_ids}

    def rows(statement: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        return reading.connection.execute(statement, asked).all()

    sales = rows(_SALES)
    parts = _Parts()
    for line in rows(_LINES):
        parts.lines[line.sale_id].append(line)
    for one in rows(_TRANSACTIONS):
        parts.transactions[one.sale_id].append(one)
    if any(one.kind == "refund" for listed in parts.transactions.values() for one in listed):
        _read_refunds(rows, parts)
    line_of = {row.lot_id: row.line_id for row in rows(_LOTS)}
    for lot in lots_by_id(reading, line_of):
        parts.lots[line_of[lot.lot_id]].append(lot)
    return {row.id: _sale_facts(row, parts) for row in sales}


def _read_refunds(rows: Callable[[sa.Select[Any]], Sequence[sa.Row[Any]]], parts: _Parts) -> None:
    lines: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for line in rows(_REFUND_LINES):
        lines[line.refund_id].append(line)
    for row in rows(_REFUNDS):
        own = tuple(one for one in parts.transactions[row.sale_id] if one.refund_id == row.id)
        parts.refunds[row.sale_id].append(refund_facts(row, tuple(lines[row.id]), own))


def refund_facts(
    row: sa.Row[Any], lines: tuple[sa.Row[Any], ...], parts: tuple[sa.Row[Any], ...]
) -> RefundFacts:
    """A refund with what of it is live by line: what failed is shared out as the refund itself was."""
    failed = -sum(part.amount for part in parts if part.status in VOID_STATUSES)
    waiting = -sum(part.amount for part in parts if part.status in ("requested", "pending"))
    shares = split_by_largest_remainder(failed, [line.amount for line in lines])
    live = {line.sale_line_id: line.amount - share for line, share in zip(lines, shares, strict=True)}
    under_way = split_by_largest_remainder(waiting, list(live.values()))
    return RefundFacts(row, lines, parts, live, dict(zip(live, under_way, strict=True)))


def _sale_facts(row: sa.Row[Any], parts: _Parts) -> SaleFacts:
    refunds = tuple(parts.refunds[row.id])
    return SaleFacts(
        row=row,
        lines=tuple(_line_state(line, parts, refunds) for line in parts.lines[row.id]),
        transactions=tuple(parts.transactions[row.id]),
        refunds=refunds,
    )


def _line_state(line: sa.Row[Any], parts: _Parts, refunds: Iterable[RefundFacts]) -> LineState:
    lots = parts.lots[line.id]
    return LineState(
        row=line,
        own=tuple(lot for lot in lots if lot.sale_line_id == line.id),
        elsewhere=tuple(lot for lot in lots if lot.sale_line_id != line.id),
        refunded=sum(one.live.get(line.id, 0) for one in refunds),
        under_way=sum(one.under_way.get(line.id, 0) for one in refunds),
    )
