"""What Stripe sends to the bank, read from the mirror: payouts with their transactions, fees and net (Y6)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.errors import NotFound
from frontdesk.models.money import Money
from frontdesk.models.sale import money_transaction, sale_line
from frontdesk.models.sync import stripe_object, stripe_transaction
from frontdesk.services.changes import Topic
from frontdesk.services.client_group import name_of
from frontdesk.services.office import Office
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe.amounts import from_stripe
from frontdesk.services.stripe.mirror import id_of, objects_in, store
from frontdesk.services.stripe.wire import Body, StripeCall
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork
from frontdesk.services.views.payouts import (
    Itemised,
    OnItsWay,
    PayoutDetail,
    PayoutLine,
    PayoutPage,
    PayoutRow,
    PayoutSum,
)

#: Payouts whose transactions are read in one go.
LOADED_AT_ONCE: Final = 20
_PAGE: Final = 100
_PENDING: Final = ("pending", "in_transit")
#: Nothing more is heard of the transactions of these.
_CALLED_OFF: Final = ("failed", "canceled")

_o = stripe_object.c
_part = stripe_object.alias("part")
_HAS_PARTS = sa.exists().where(
    _part.c.payout == _o.id, _part.c.payout != "", _part.c.kind == "balance_transaction"
)
_LIST = (
    sa.select(_o.id, _o.status, _o.created, _o.body, _HAS_PARTS.label("itemised"))
    .where(_o.kind == "payout")
    .order_by(_o.created.desc(), _o.id.desc())
)
_OLDER = sa.tuple_(_o.created, _o.id) < sa.tuple_(
    sa.bindparam("created", type_=_o.created.type), sa.bindparam("id", type_=_o.id.type)
)
_ONE = _LIST.where(_o.id == sa.bindparam("payout_id"))
_ON_ITS_WAY = _LIST.where(_o.status.in_(_PENDING))
_TO_LOAD = (
    sa.select(_o.id, _o.body)
    .where(_o.kind == "payout", _o.status.not_in(_CALLED_OFF), ~_HAS_PARTS)
    .order_by(_o.created.desc(), _o.id.desc())
)
_PARTS = (
    sa.select(_o.id, _o.source, _o.created, _o.body)
    .where(_o.kind == "balance_transaction", _o.payout == sa.bindparam("payout_id"), _o.payout != "")
    .order_by(_o.created, _o.id)
)
_SOURCES = sa.select(_o.id, _o.kind, _o.payment_intent).where(_o.id.in_(sa.bindparam("ids", expanding=True)))
_IN_THE_BOOKS = (
    sa.select(
        stripe_transaction.c.stripe_id,
        money_transaction.c.id,
        money_transaction.c.receipt,
        money_transaction.c.sale_id,
        name_of(money_transaction.c.client_id).label("client"),
    )
    .join(money_transaction, money_transaction.c.id == stripe_transaction.c.transaction_id)
    .where(stripe_transaction.c.stripe_id.in_(sa.bindparam("ids", expanding=True)))
)
_WHAT = (
    sa.select(sale_line.c.sale_id, sale_line.c.name)
    .where(sale_line.c.sale_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(sale_line.c.sale_id, sale_line.c.position)
)


def payouts(reading: Reading, after: PayoutRow | None = None, limit: int = 100) -> PayoutPage:
    """A page of payouts, the newest first; ``after`` is the last row of the page before."""
    statement, values = _LIST, {}
    if after is not None:
        statement = statement.where(_OLDER)
        values = {"created": after.created, "id": after.id}
    rows = reading.connection.execute(statement.limit(limit + 1), values).all()
    return PayoutPage(tuple(_row(row) for row in rows[:limit]), len(rows) > limit)


def on_its_way(reading: Reading) -> OnItsWay:
    """What the bank does not have yet."""
    rows = [_row(row) for row in reading.connection.execute(_ON_ITS_WAY)]
    code = reading.studio.currency
    amount = sum(row.amount.amount for row in rows if row.amount.currency == code)
    return OnItsWay(len(rows), Money(amount, code), min((row.arrives for row in rows), default=None))


def payout_detail(reading: Reading, payout_id: str) -> PayoutDetail:
    """A payout with what it holds.

    Raises:
        NotFound: payout.unknown.
    """
    found = reading.connection.execute(_ONE, {"payout_id": payout_id}).first()
    if found is None:
        raise NotFound("payout.unknown")
    row, body = _row(found), json.loads(found.body)
    lines = tuple(_lines(reading, payout_id, row.amount.currency))
    return PayoutDetail(
        row=row,
        lines=lines,
        sums=_sums(lines, row.amount.currency),
        all=_sum("", lines, row.amount.currency),
        failure=body.get("failure_message") or body.get("failure_code") or "",
        by_hand=not body.get("automatic", True),
    )


def payouts_to_load(reading: Reading, limit: int = LOADED_AT_ONCE) -> tuple[str, ...]:
    """Payouts whose transactions Stripe has put together and that are not here yet, the newest first."""
    found: list[str] = []
    for row in reading.connection.execute(_TO_LOAD):
        if json.loads(row.body).get("reconciliation_status") == "completed":
            found.append(row.id)
            if len(found) == limit:
                break
    return tuple(found)


def load_payouts(
    office: Office, actor: Actor, gateway: PaymentGateway, goes_on: Callable[[], bool] = lambda: True
) -> int:
    """Read the transactions of payouts that Stripe has put together meanwhile; how many payouts those were.

    Raises:
        StripeTrouble: what was read before stays.
    """
    loaded = 0
    for payout_id in office.read(payouts_to_load):
        if not goes_on():
            break
        # A payout is shown as itemised once one of its transactions is here, so all of them come at once.
        office.write(_keep, actor, None, payout_id, json.dumps(_transactions_of(gateway, payout_id)))
        loaded += 1
    return loaded


def _transactions_of(gateway: PaymentGateway, payout_id: str) -> list[Body]:
    found: list[Body] = []
    while True:
        params: dict[str, Any] = {"payout": payout_id, "limit": _PAGE, "expand": ["data.source"]}
        if found:
            params["starting_after"] = found[-1]["id"]
        page = gateway.call(StripeCall("get", "/v1/balance_transactions", params)).body
        came = list(objects_in(page))
        found += came
        if not page.get("has_more") or not came:
            return found


def _keep(work: UnitOfWork, payout_id: str, bodies: str) -> None:
    # They never change: nothing that was read earlier is newer.
    store(work, json.loads(bodies), None, payout=payout_id)
    work.changed(Topic.SYNC)


def _row(row: sa.Row[Any]) -> PayoutRow:
    body: Body = json.loads(row.body)
    return PayoutRow(
        id=row.id,
        amount=_money(body["amount"], body["currency"]),
        status=row.status,
        arrives=_day(body["arrival_date"]),
        created=row.created,
        automatic=bool(body.get("automatic", True)),
        itemised=_itemised(bool(row.itemised), body, row.status),
    )


def _itemised(is_here: bool, body: Body, status: str) -> Itemised:
    if is_here:
        return "itemised"
    never = body.get("reconciliation_status") == "not_applicable" or status in _CALLED_OFF
    return "never" if never else "waiting"


def _lines(reading: Reading, payout_id: str, code: str) -> Iterator[PayoutLine]:
    parts = reading.connection.execute(_PARTS, {"payout_id": payout_id}).all()
    bodies: dict[str, Body] = {row.id: json.loads(row.body) for row in parts}
    known = _in_the_books(reading, [row.source for row in parts if row.source], bodies.values())
    what = _what(reading, {book.sale_id for book in known.values()})
    for row in parts:
        body = bodies[row.id]
        # The payout itself is in Stripe's list too: what left for the bank.
        if row.source == payout_id:
            continue
        book = known.get(row.source)
        yield PayoutLine(
            id=row.id,
            at=row.created,
            category=str(body.get("reporting_category") or body.get("type") or ""),
            gross=_money(body["amount"], code),
            fee=_money(body["fee"], code),
            net=_money(body["net"], code),
            client=book.client if book else "",
            receipt=book.receipt if book else "",
            what=what[book.sale_id] if book else "",
            transaction_id=book.id if book else None,
            description=str(body.get("description") or ""),
        )


def _in_the_books(reading: Reading, sources: Sequence[str], bodies: Iterable[Body]) -> dict[str, Any]:
    """The transactions of the books by what moved the money at Stripe: a charge or a refund."""
    mirrored = reading.connection.execute(_SOURCES, {"ids": sources})
    # Of a payment the books know the intent, of which the charge is the outcome.
    named = {row.id: row.id if row.kind == "refund" else row.payment_intent for row in mirrored}
    for source in (body.get("source") for body in bodies):
        if isinstance(source, dict) and source["id"] not in named:
            refund = source.get("object") == "refund"
            named[source["id"]] = source["id"] if refund else id_of(source.get("payment_intent"))
    rows = reading.connection.execute(_IN_THE_BOOKS, {"ids": sorted(filter(None, named.values()))})
    by_name = {row.stripe_id: row for row in rows}
    return {source: by_name[name] for source, name in named.items() if name in by_name}


def _what(reading: Reading, sale_ids: Iterable[int]) -> dict[int, str]:
    """The packages of each sale by name, each named once."""
    names: dict[int, list[str]] = defaultdict(list)
    for row in reading.connection.execute(_WHAT, {"ids": sorted(sale_ids)}):
        names[row.sale_id].append(row.name)
    return {sale_id: ", ".join(dict.fromkeys(found)) for sale_id, found in names.items()}


def _sums(lines: Iterable[PayoutLine], code: str) -> tuple[PayoutSum, ...]:
    by_category: dict[str, list[PayoutLine]] = defaultdict(list)
    for line in lines:
        by_category[line.category].append(line)
    sums = (_sum(category, found, code) for category, found in by_category.items())
    return tuple(sorted(sums, key=lambda one: (-abs(one.gross.amount), one.category)))


def _sum(category: str, lines: Sequence[PayoutLine], code: str) -> PayoutSum:
    return PayoutSum(
        category,
        len(lines),
        Money(sum(line.gross.amount for line in lines), code),
        Money(sum(line.fee.amount for line in lines), code),
        Money(sum(line.net.amount for line in lines), code),
    )


def _money(amount: int, code: str) -> Money:
    return Money(from_stripe(amount, code), code.upper())


def _day(seconds: int) -> date:
    # Stripe gives the day as midnight in UTC.
    return datetime.fromtimestamp(seconds, UTC).date()
