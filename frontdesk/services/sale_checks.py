"""What a sale has to fulfil before it is made: its client, terms, limits, discount and payments (P1, S2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import NotFound, Problem
from frontdesk.models.calendar import Validity, local_day
from frontdesk.models.client import client
from frontdesk.models.money import MAX_AMOUNT, Money
from frontdesk.models.package import package, package_version
from frontdesk.models.studio import studio
from frontdesk.services.bought import times_bought
from frontdesk.services.drafts.sales import FREE, PaymentDraft, SaleDraft
from frontdesk.services.pricing import Basket, Terms, discount_of, price_lines
from frontdesk.services.unit_of_work import Reading, UnitOfWork

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
_GROUP: sa.Select[Any] = (
    sa.select(client.c.id, client.c.name, client.c.archived_at, client.c.hidden_at)
    .where(sa.or_(client.c.id == _ROOT, client.c.merged_into == _ROOT))
    .order_by(client.c.merged_into.is_not(None), client.c.id)
)
_HOLD_SETTINGS = sa.select(studio.c.id).where(studio.c.id == 1).with_for_update(read=True)


@dataclass(frozen=True, slots=True)
class CheckedSale:
    """What a draft comes to: its basket, what is wrong with the draft, and what the books refuse.

    ``group`` is the client with everyone merged into them, the one that stands for them first.
    """

    basket: Basket
    group: tuple[int, ...]
    wrong: tuple[Problem, ...]
    refused: tuple[Problem, ...]


def check_sale(reading: Reading, draft: SaleDraft, lock: bool = False) -> CheckedSale:
    """Check a draft against the books; with ``lock`` its client is locked, for the sale to be made.

    Raises:
        NotFound: client.unknown, package.unknown.
    """
    people = people_of(reading, draft.client_id, lock)
    if not people or people[0].hidden_at is not None:
        raise NotFound("client.unknown")
    group = tuple(one.id for one in people)
    terms = terms_of_lines(reading, draft)
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
    refused = (
        *_client_problems(people[0]),
        *_sale_problems(terms),
        *limit_problems(terms, times_bought(reading, group) if _limited(terms) else {}),
    )
    return CheckedSale(basket, group, wrong, refused)


def people_of(reading: Reading, client_id: int | None, lock: bool = False) -> Sequence[sa.Row[Any]]:
    """The client with everyone merged into them, locked where a sale is to be made (D4); none if unknown."""
    rows = reading.connection.execute(_GROUP, {"asked": client_id}).all()
    if lock and isinstance(reading, UnitOfWork) and reading.connection.dialect.name == "postgresql":
        # Another desk may merge the client until the lock is held.
        locked: set[int] = set()
        while not locked.issuperset(row.id for row in rows):
            locked.update(row.id for row in rows)
            reading.lock_clients(locked)
            rows = reading.connection.execute(_GROUP, {"asked": client_id}).all()
    return rows


def _client_problems(person: sa.Row[Any]) -> Iterator[Problem]:
    if person.archived_at is not None:
        yield Problem("client_id", "sales.client_archived", {"name": person.name})


def terms_of_lines(reading: Reading, draft: SaleDraft) -> tuple[Terms, ...]:
    """The terms of the draft's lines, in the versions that it names.

    Raises:
        NotFound: package.unknown.
    """
    wanted = {line.version_id for line in draft.lines}
    rows = {row.id: row for row in reading.connection.execute(_TERMS, {"version_ids": sorted(wanted)})}
    if any(rows.get(line.version_id) is None for line in draft.lines):
        raise NotFound("package.unknown")
    if any(rows[line.version_id].package_id != line.package_id for line in draft.lines):
        raise NotFound("package.unknown")
    return tuple(_terms_of(rows[line.version_id]) for line in draft.lines)


def terms_of_version(reading: Reading, version_id: int) -> Terms:
    """The terms of one version of a package.

    Raises:
        NotFound: package.unknown.
    """
    row = reading.connection.execute(_TERMS, {"version_ids": [version_id]}).first()
    if row is None:
        raise NotFound("package.unknown")
    return _terms_of(row)


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


def _sale_problems(terms: Sequence[Terms]) -> Iterator[Problem]:
    """Which lines are not on sale now, or not on these terms any more (P2, P4)."""
    for place, one in enumerate(terms):
        if one.status != "published":
            yield Problem(f"lines.{place}", "package.not_on_sale", {"name": one.name})
        elif not one.newest:
            yield Problem(f"lines.{place}", "sales.terms_changed", {"name": one.name})


def _limited(terms: Sequence[Terms]) -> bool:
    return any(one.per_client_limit is not None for one in terms)


def limit_problems(terms: Sequence[Terms], bought: Mapping[int, int]) -> Iterator[Problem]:
    """Which lines exceed the limit per client, who has bought so many of each package by its id (P1)."""
    counted = dict(bought)
    for place, one in enumerate(terms):
        counted[one.package_id] = counted.get(one.package_id, 0) + 1
        if one.per_client_limit is not None and counted[one.package_id] > one.per_client_limit:
            facts = {"name": one.name, "limit": one.per_client_limit}
            yield Problem(f"lines.{place}", "package.limit_reached", facts)


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


def payments_of(draft: SaleDraft, total: int, code: str) -> tuple[PaymentDraft, ...]:
    """The draft's payments; a sale that costs nothing has one of its own tender (S2)."""
    if total == 0 and not draft.payments:
        return (PaymentDraft(FREE, Money(0, code)),)
    return draft.payments


def payment_problems(payments: Sequence[PaymentDraft], total: int, code: str) -> Iterator[Problem]:
    """Why these payments do not pay this total, in minor units."""
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


def hold_settings(work: UnitOfWork) -> None:
    """On a server, keep other desks from changing currency, tax or packages while this sale is made."""
    if work.connection.dialect.name == "postgresql":
        work.connection.execute(_HOLD_SETTINGS).all()
