"""Sales: what a sale would cost now, and making it in one durable transaction (S1, S2, C3, C4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import NotFound, Problem, Refused
from frontdesk.models.calendar import Validity, local_day
from frontdesk.models.client import client
from frontdesk.models.ledger import lot_balance
from frontdesk.models.money import MAX_AMOUNT, Money
from frontdesk.models.package import package, package_version
from frontdesk.models.studio import studio
from frontdesk.services.bought import times_bought
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.sales import FREE, PaymentDraft, SaleDraft
from frontdesk.services.lots import sweep_clients
from frontdesk.services.pricing import Basket, PricedLine, Terms, change_of, discount_of, price_lines
from frontdesk.services.sale_writer import write_sale
from frontdesk.services.settling import settle_visits, unpaid_visits
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.sales import QuoteLine, SaleQuote, SaleResult

_TERMS = (
    sa.select(package_version, package.c.status, package.c.version)
    .join(package, package.c.id == package_version.c.package_id)
    .where(package_version.c.id.in_(sa.bindparam("version_ids", expanding=True)))
)
# Merged clients are one (D4): the client that stands for them comes first.
_ROOT = (
    sa.select(sa.func.coalesce(client.c.merged_into, client.c.id))
    .where(client.c.id == sa.bindparam("asked"))
    .scalar_subquery()
)
_GROUP = (
    sa.select(client.c.id, client.c.name, client.c.archived_at, client.c.hidden_at)
    .where(sa.or_(client.c.id == _ROOT, client.c.merged_into == _ROOT))
    .order_by(client.c.merged_into.is_not(None), client.c.id)
)
_DUE = (
    sa.select(lot_balance.c.lot_id)
    .where(
        lot_balance.c.client_id.in_(sa.bindparam("client_ids", expanding=True)),
        lot_balance.c.remaining > 0,
        lot_balance.c.expires_at <= sa.bindparam("now", type_=lot_balance.c.expires_at.type),
    )
    .limit(1)
)
_HOLD_SETTINGS = sa.select(studio.c.id).where(studio.c.id == 1).with_for_update(read=True)


@dataclass(frozen=True, slots=True)
class _Checked:
    """What a draft comes to: its basket, what is wrong with the draft, and what the books refuse."""

    basket: Basket
    group: tuple[int, ...]
    wrong: tuple[Problem, ...]
    refused: tuple[Problem, ...]


def quote(reading: Reading, draft: SaleDraft) -> SaleQuote:
    """What the sale would cost and grant now, for the dialog to show before paying (C4).

    The draft's payments may be incomplete. What the books would refuse comes as ``problems``.

    Raises:
        InvalidDraft: the basket or its discount makes no sense.
        NotFound: client.unknown, package.unknown.
    """
    refuse(draft.basket_problems())
    checked = _checked(reading, draft)
    unpaid = unpaid_visits(reading, checked.group[0])
    basket, code = checked.basket, reading.studio.currency
    paid = sum(one.amount.amount for one in draft.payments)
    return SaleQuote(
        lines=tuple(_quote_line(reading, line) for line in basket.lines),
        subtotal=Money(basket.subtotal, code),
        discount=Money(basket.discount, code),
        tax=Money(basket.tax, code),
        tax_name=reading.studio.tax_name,
        tax_on_top=not reading.studio.prices_include_tax,
        total=Money(basket.total, code),
        due=Money(basket.total - paid, code),
        change=Money(sum(change_of(one) for one in draft.payments), code),
        credits=sum(line.terms.credits for line in basket.lines),
        bonus=sum(line.terms.bonus for line in basket.lines),
        unpaid_visits=len(unpaid),
        unpaid_credits=sum(one.cost for one in unpaid),
        problems=(*checked.wrong, *checked.refused),
    )


def sell(work: UnitOfWork, draft: SaleDraft) -> SaleResult:
    """Make the sale: receipt number, sale, lines, payments, lots and ledger in one transaction (S1, S2, C3).

    Raises:
        InvalidDraft: what the draft's problems say, a discount beyond the price, payments that do not add up.
        NotFound: client.unknown, package.unknown, desk.unknown.
        Refused: sales.terms_changed, package.not_on_sale, package.limit_reached, sales.client_archived.
    """
    refuse(draft.problems())
    _hold_settings(work)
    checked = _checked(work, draft, lock=True)
    payments = _payments(draft, checked.basket.total, work.studio.currency)
    wrong = (*checked.wrong, *_payment_problems(payments, checked.basket.total, work.studio.currency))
    refuse(wrong)
    for problem in checked.refused:
        raise Refused(problem.code, **problem.params)
    _sweep(work, checked.group)
    sold = write_sale(work, checked.group[0], checked.basket, draft.discount, payments)
    settled = settle_visits(work, checked.group[0]) if draft.settle_unpaid_visits else ()
    return SaleResult(
        sale_id=sold.sale_id,
        client_id=checked.group[0],
        receipt=sold.receipt,
        total=Money(checked.basket.total, work.studio.currency),
        change=Money(sum(change_of(one) for one in payments), work.studio.currency),
        lot_ids=sold.lot_ids,
        settled_visits=len(settled),
    )


# --- Checking ----------------------------------------------------------------------------------------


def _checked(reading: Reading, draft: SaleDraft, lock: bool = False) -> _Checked:
    group, refused = _group(reading, draft, lock)
    terms = _terms(reading, draft)
    subtotal = sum(one.price for one in terms)
    discount = discount_of(subtotal, draft.discount)
    wrong = tuple(_discount_problems(draft, subtotal, discount, reading.studio.currency))
    basket = price_lines(
        terms,
        0 if wrong else discount,
        reading.studio.prices_include_tax,
        local_day(reading.now, reading.studio.zone),
    )
    if basket.total > MAX_AMOUNT:
        most = Money(MAX_AMOUNT, reading.studio.currency)
        wrong = (*wrong, Problem("lines", "field.too_large", {"most": most}))
    return _Checked(basket, group, wrong, (*refused, *_terms_problems(reading, terms, group)))


def _group(reading: Reading, draft: SaleDraft, lock: bool) -> tuple[tuple[int, ...], tuple[Problem, ...]]:
    """The client with everyone merged into them, locked where the sale is to be made (D4)."""
    rows = reading.connection.execute(_GROUP, {"asked": draft.client_id}).all()
    if lock and isinstance(reading, UnitOfWork) and reading.connection.dialect.name == "postgresql":
        # Another desk may merge the client until the lock is held.
        locked: set[int] = set()
        while not locked.issuperset(row.id for row in rows):
            locked.update(row.id for row in rows)
            reading.lock_clients(locked)
            rows = reading.connection.execute(_GROUP, {"asked": draft.client_id}).all()
    if not rows or rows[0].hidden_at is not None:
        raise NotFound("client.unknown")
    archived = Problem("client_id", "sales.client_archived", {"name": rows[0].name})
    return tuple(row.id for row in rows), () if rows[0].archived_at is None else (archived,)


def _terms(reading: Reading, draft: SaleDraft) -> tuple[Terms, ...]:
    wanted = {line.version_id for line in draft.lines}
    rows = {row.id: row for row in reading.connection.execute(_TERMS, {"version_ids": sorted(wanted)})}
    if any(rows.get(line.version_id) is None for line in draft.lines):
        raise NotFound("package.unknown")
    if any(rows[line.version_id].package_id != line.package_id for line in draft.lines):
        raise NotFound("package.unknown")
    return tuple(_terms_of(rows[line.version_id]) for line in draft.lines)


def _terms_of(row: sa.Row[Any]) -> Terms:
    return Terms(
        package_id=row.package_id,
        version_id=row.id,
        status=row.status,
        newest=row.number == row.version,
        name=row.name,
        credits=row.credits,
        bonus=row.bonus,
        price=row.price,
        validity=Validity(row.validity_kind, row.validity_count, row.validity_starts, row.latest_start_days),
        eligible=None if row.eligible is None else tuple(row.eligible),
        per_client_limit=row.per_client_limit,
        tax_milli_percent=row.tax_milli_percent,
    )


def _terms_problems(reading: Reading, terms: Sequence[Terms], group: tuple[int, ...]) -> Iterator[Problem]:
    """Why the books refuse the lines now: other terms, off sale, the limit per client (P1, P4)."""
    limited = any(one.per_client_limit is not None for one in terms)
    bought = dict(times_bought(reading, group)) if limited else {}
    for place, one in enumerate(terms):
        field, name = f"lines.{place}", {"name": one.name}
        if one.status != "published":
            yield Problem(field, "package.not_on_sale", name)
        elif not one.newest:
            yield Problem(field, "sales.terms_changed", name)
        if one.per_client_limit is not None:
            bought[one.package_id] = bought.get(one.package_id, 0) + 1
            if bought[one.package_id] > one.per_client_limit:
                yield Problem(field, "package.limit_reached", {**name, "limit": one.per_client_limit})


def _discount_problems(draft: SaleDraft, subtotal: int, discount: int, code: str) -> Iterator[Problem]:
    if draft.discount is None:
        return
    amount = draft.discount.amount
    if amount is not None and amount.currency != code:
        yield Problem("discount.amount", "sales.other_currency", {"currency": code})
    elif subtotal == 0:
        yield Problem("discount.amount", "sales.discount_on_free")
    elif discount > subtotal:
        yield Problem("discount.amount", "sales.discount_too_large", {"most": Money(subtotal, code)})
    elif discount == 0:
        yield Problem("discount.milli_percent", "sales.discount_too_small")


def _payments(draft: SaleDraft, total: int, code: str) -> tuple[PaymentDraft, ...]:
    """The draft's payments; a sale that costs nothing has one of its own tender (S2)."""
    if total == 0 and not draft.payments:
        return (PaymentDraft(FREE, Money(0, code)),)
    return draft.payments


def _payment_problems(payments: Sequence[PaymentDraft], total: int, code: str) -> Iterator[Problem]:
    for place, one in enumerate(payments):
        given = one.amount if one.cash_given is None else one.cash_given
        if one.amount.currency != code or given.currency != code:
            yield Problem(f"payments.{place}.amount", "sales.other_currency", {"currency": code})
        elif (one.tender == FREE) != (total == 0) or (one.tender == FREE and len(payments) > 1):
            wrong = "sales.nothing_to_pay" if total == 0 else "sales.not_free"
            yield Problem(f"payments.{place}.tender", wrong, {"total": Money(total, code)})
    paid = sum(one.amount.amount for one in payments)
    if paid != total:
        facts = {"paid": Money(paid, code), "total": Money(total, code)}
        yield Problem("payments", "sales.payments_do_not_add_up", facts)


# --- Locking -----------------------------------------------------------------------------------------


def _hold_settings(work: UnitOfWork) -> None:
    """On a server, keep other desks from changing currency, tax or packages while this sale is made."""
    if work.connection.dialect.name == "postgresql":
        work.connection.execute(_HOLD_SETTINGS).all()


def _sweep(work: UnitOfWork, group: tuple[int, ...]) -> None:
    asked = {"client_ids": list(group), "now": work.now}
    if work.connection.execute(_DUE, asked).first() is not None:
        sweep_clients(work, group)


# --- Showing -----------------------------------------------------------------------------------------


def _quote_line(reading: Reading, line: PricedLine) -> QuoteLine:
    terms, code = line.terms, reading.studio.currency
    latest = terms.validity.latest_start_days
    today = local_day(reading.now, reading.studio.zone)
    return QuoteLine(
        package_id=terms.package_id,
        version_id=terms.version_id,
        name=terms.name,
        credits=terms.credits,
        bonus=terms.bonus,
        list_price=Money(terms.price, code),
        discount=Money(line.discount, code),
        tax=Money(line.tax, code),
        tax_milli_percent=terms.tax_milli_percent,
        tax_on_top=line.tax_on_top,
        total=Money(line.total, code),
        last_day=line.last_day,
        starts_with_first_class=latest is not None,
        first_class_by=None if latest is None else today + timedelta(days=latest),
    )
