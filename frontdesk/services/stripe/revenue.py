"""Revenue between two business days by day, tender and package; its sums are the transactions' (Y6)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from frontdesk.models.money import Money, split_by_largest_remainder
from frontdesk.models.package import package, package_version
from frontdesk.models.sale import VOID_STATUSES, money_transaction, refund_line, sale, sale_line
from frontdesk.models.sync import stripe_object
from frontdesk.services.stripe.disputed_money import GONE, WON, amount_of, end_of
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.revenue import Disputed, Revenue, RevenuePart

_t = money_transaction.c
_DAYS = _t.business_day.between(sa.bindparam("first_day"), sa.bindparam("last_day"))
_IS_IN = sa.and_(_t.kind == "payment", _t.status == "succeeded")
_IS_OUT = sa.and_(_t.kind == "refund", _t.status.not_in(VOID_STATUSES))
_BY_DAY = (
    sa.select(
        _t.business_day,
        _t.tender,
        _t.kind,
        sa.func.count().label("times"),
        sa.func.sum(_t.amount).label("amount"),
    )
    .where(_DAYS, sa.or_(_IS_IN, _IS_OUT))
    .group_by(_t.business_day, _t.tender, _t.kind)
)
_paid = (
    sa.select(_t.sale_id, sa.func.sum(_t.amount).label("amount"))
    .where(_DAYS, _IS_IN)
    .group_by(_t.sale_id)
    .subquery("paid")
)
_back = (
    sa.select(_t.refund_id, (-sa.func.sum(_t.amount)).label("amount"))
    .where(_DAYS, _IS_OUT)
    .group_by(_t.refund_id)
    .subquery("back")
)
# Nearly always all of a sale's money came in that period, and then its lines say what each package brought.
_SOLD_WHOLE = (
    sa.select(
        sale_line.c.package_id, sa.func.count().label("times"), sa.func.sum(sale_line.c.total).label("amount")
    )
    .join(_paid, _paid.c.sale_id == sale_line.c.sale_id)
    .join(sale, sa.and_(sale.c.id == _paid.c.sale_id, sale.c.total == _paid.c.amount))
    .group_by(sale_line.c.package_id)
)
_SOLD_IN_PART = (
    sa.select(
        sale_line.c.sale_id.label("of"),
        sale_line.c.package_id,
        sale_line.c.total.label("weight"),
        _paid.c.amount,
    )
    .join(_paid, _paid.c.sale_id == sale_line.c.sale_id)
    .join(sale, sa.and_(sale.c.id == _paid.c.sale_id, sale.c.total != _paid.c.amount))
    .order_by(sale_line.c.sale_id, sale_line.c.position)
)
_REFUNDED = (
    sa.select(
        refund_line.c.refund_id.label("of"),
        sale_line.c.package_id,
        refund_line.c.amount.label("weight"),
        _back.c.amount,
    )
    .join(_back, _back.c.refund_id == refund_line.c.refund_id)
    .join(sale_line, sale_line.c.id == refund_line.c.sale_line_id)
    .order_by(refund_line.c.refund_id, refund_line.c.id)
)
_NAMES = (
    sa.select(package.c.id, package_version.c.name)
    .join(
        package_version,
        sa.and_(package_version.c.package_id == package.c.id, package_version.c.number == package.c.version),
    )
    .where(package.c.id.in_(sa.bindparam("ids", expanding=True)))
)
_DISPUTES = (
    sa.select(stripe_object.c.id, stripe_object.c.status, stripe_object.c.body)
    .join(money_transaction, sa.and_(_t.reference == stripe_object.c.payment_intent, _t.kind == "payment"))
    .where(stripe_object.c.kind == "dispute", stripe_object.c.payment_intent != "", _DAYS)
    .distinct()
)


def revenue(reading: Reading, first_day: date, last_day: date) -> Revenue:
    """What came in and went back between two business days, both included.

    Payments and refunds count on their own day, so that the sums are those of the transactions of these days.
    """
    days = {"first_day": first_day, "last_day": last_day}
    code = reading.studio.currency
    by_day: dict[str, _Sums] = {one: _Sums() for one in _every_day(first_day, last_day)}
    by_tender: dict[str, _Sums] = defaultdict(_Sums)
    everything = _Sums()
    for row in reading.connection.execute(_BY_DAY, days):
        for sums in (by_day[row.business_day.isoformat()], by_tender[row.tender], everything):
            sums.add(row.kind, int(row.times), abs(int(row.amount)))
    by_package = _packages(reading, days)
    names: dict[int, str] = {
        row.id: row.name for row in reading.connection.execute(_NAMES, {"ids": sorted(by_package)})
    }
    packages = ((str(id), names[id], sums) for id, sums in by_package.items())
    return Revenue(
        first_day=first_day,
        last_day=last_day,
        all=everything.part("", "", code),
        days=tuple(sums.part(day, "", code) for day, sums in by_day.items()),
        tenders=_largest_first(sums.part(tender, "", code) for tender, sums in by_tender.items()),
        packages=_largest_first(sums.part(id, name, code) for id, name, sums in packages),
        disputed=disputed_between(reading, first_day, last_day),
    )


def _packages(reading: Reading, days: dict[str, date]) -> dict[int, _Sums]:
    found: dict[int, _Sums] = defaultdict(_Sums)
    for row in reading.connection.execute(_SOLD_WHOLE, days):
        found[row.package_id].add("payment", int(row.times), int(row.amount))
    for package_id, amount in _split(reading.connection.execute(_SOLD_IN_PART, days).all()):
        found[package_id].add("payment", 1, amount)
    for package_id, amount in _split(reading.connection.execute(_REFUNDED, days).all()):
        found[package_id].add("refund", 1, amount)
    return found


def _split(rows: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """Money over the lines that it was for; by what each costs where only a part of it moved."""
    for _of, group in groupby(rows, key=lambda row: row.of):
        lines = list(group)
        weights = [int(line.weight) for line in lines]
        shares = split_by_largest_remainder(
            int(lines[0].amount), weights if any(weights) else [1] * len(lines)
        )
        yield from ((line.package_id, share) for line, share in zip(lines, shares, strict=True))


def disputed_between(reading: Reading, first_day: date, last_day: date) -> Disputed:
    """What of the payments of these business days is or was disputed, which no sum is less for (S8).

    A dispute that was closed without the money going back counts no more.
    """
    code, count = reading.studio.currency, 0
    sums = {"open": 0, "lost": 0}
    days = {"first_day": first_day, "last_day": last_day}
    for row in reading.connection.execute(_DISPUTES, days).all():
        body = json.loads(row.body)
        end = end_of(reading, body)
        if end != WON:
            count += 1
            sums["lost" if end == GONE else "open"] += amount_of(body) or 0
    return Disputed(count, Money(sums["open"], code), Money(sums["lost"], code))


def _every_day(first_day: date, last_day: date) -> list[str]:
    span = (last_day - first_day).days + 1
    return [(first_day + timedelta(days=at)).isoformat() for at in range(span)]


def _largest_first(parts: Iterable[RevenuePart]) -> tuple[RevenuePart, ...]:
    return tuple(sorted(parts, key=lambda part: (-part.net.amount, part.name, part.key)))


class _Sums:
    """Minor units of one day, tender or package while rows are added up."""

    def __init__(self) -> None:
        self.times = self.received = self.refunded = 0

    def add(self, kind: str, times: int, amount: int) -> None:
        """``amount`` is not negative."""
        if kind == "payment":
            self.times += times
            self.received += amount
        else:
            self.refunded += amount

    def part(self, key: str, name: str, code: str) -> RevenuePart:
        return RevenuePart(key, name, self.times, Money(self.received, code), Money(self.refunded, code))
