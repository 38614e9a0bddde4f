"""Sales that Stripe says are paid: written once, dated when the money was paid (S4, Y2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import sqlalchemy as sa

from frontdesk.errors import NotFound
from frontdesk.models.calendar import local_day
from frontdesk.models.ledger import note
from frontdesk.models.money import tax_included
from frontdesk.models.sale import money_transaction
from frontdesk.models.sync import stripe_transaction
from frontdesk.services import plain
from frontdesk.services.bought import times_bought
from frontdesk.services.decisions import CLIENT_GONE, LIMIT_BROKEN, open_sale_task
from frontdesk.services.drafts.sales import STRIPE_TENDERS, DiscountDraft, PaymentDraft, SaleDraft
from frontdesk.services.lots import sweep_clients
from frontdesk.services.pricing import Basket, PricedLine, discount_of, price_lines
from frontdesk.services.sale_checks import (
    hold_settings,
    limit_problems,
    people_of,
    terms_of_lines,
    terms_of_version,
)
from frontdesk.services.sale_writer import WrittenSale, write_sale
from frontdesk.services.settling import settle_visits
from frontdesk.services.stripe.actor import make_online_actor
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork

_NOTE = sa.select(note.c.text).where(note.c.id == sa.bindparam("note_id"))
_ADD_STRIPE_ID = sa.insert(stripe_transaction)
_SALE_OF_INTENT = (
    sa.select(money_transaction.c.sale_id)
    .join(stripe_transaction, stripe_transaction.c.transaction_id == money_transaction.c.id)
    .where(
        stripe_transaction.c.stripe_id == sa.bindparam("payment_intent"),
        money_transaction.c.kind == "payment",
    )
)


def sale_of_intent(reading: Reading, payment_intent: str) -> int | None:
    """The sale that this payment intent paid; None where it paid none."""
    found = reading.connection.execute(_SALE_OF_INTENT, {"payment_intent": payment_intent}).scalar()
    return None if found is None else int(found)


def online_command(stripe_id: str) -> UUID:
    """The command of a sale that came in by sync, the same however often it is told: of a session's id."""
    return uuid5(NAMESPACE_URL, f"frontdesk:stripe:{stripe_id}")


def basket_as_paid(reading: Reading, version_id: int, total: int, paid_at: datetime) -> Basket:
    """One line on the terms of a version, for which Stripe collected ``total`` minor units (P4, Y1).

    Where that is not what the version costs, the line's price is what was paid, with its tax inside.

    Raises:
        NotFound: package.unknown.
    """
    terms = terms_of_version(reading, version_id)
    day = local_day(paid_at, reading.studio.zone)
    basket = price_lines((terms,), 0, reading.studio.prices_include_tax, day)
    if basket.total == total:
        return basket
    line = line_as_paid(basket.lines[0], total)
    return Basket(lines=(line,), subtotal=total, discount=0, tax=line.tax, total=total)


def line_as_paid(line: PricedLine, total: int) -> PricedLine:
    """The line at what Stripe collected for it, in minor units, with its tax inside."""
    tax = tax_included(total, line.terms.tax_milli_percent)
    terms = replace(line.terms, price=total)
    return PricedLine(terms, 0, tax, tax_on_top=False, total=total, last_day=line.last_day)


def write_paid_sale(
    work: UnitOfWork,
    client_id: int,
    basket: Basket,
    payments: Sequence[PaymentDraft],
    paid_at: datetime,
    payment_intent: str,
    command: UUID,
    *,
    discount: DiscountDraft | None = None,
    seller: Actor | None = None,
    checkout_id: int | None = None,
    settle: bool = False,
    asks: bool = True,
) -> WrittenSale:
    """Write the sale of money that Stripe has; nothing that came between can refuse it.

    Without ``seller`` it is of the series Online. A clock of this computer that is behind dates it now, since
    credits of tomorrow could not be used today. The caller has made sure that it is not written yet. Whom a
    limit or an archived card would have stopped becomes a task for a person, unless the caller asks them.

    Raises:
        NotFound: client.unknown.
    """
    hold_settings(work)
    people = people_of(work, client_id, lock=True)
    if not people:
        raise NotFound("client.unknown")
    group = tuple(one.id for one in people)
    terms = [line.terms for line in basket.lines]
    beyond = any(limit_problems(terms, times_bought(work, group, but_checkout=checkout_id)))
    sweep_clients(work, group)
    acting = work.on_behalf_of(seller or make_online_actor(work), command)
    sold = write_sale(acting, group[0], basket, discount, payments, sold_at=min(paid_at, work.now))
    by_stripe = 0
    for payment, payment_id in zip(payments, sold.payment_ids, strict=True):
        if payment.tender in STRIPE_TENDERS:
            by_stripe = payment.amount.amount
            row = {"transaction_id": payment_id, "stripe_id": payment_intent}
            work.connection.execute(_ADD_STRIPE_ID, row)
    if settle:
        settle_visits(acting, group[0])
    tasks = (
        (LIMIT_BROKEN, beyond),
        (CLIENT_GONE, people[0].archived_at is not None or people[0].hidden_at is not None),
    )
    for kind, is_so in tasks:
        if is_so and asks:
            open_sale_task(
                work,
                kind,
                client_id=group[0],
                sale_id=sold.sale_id,
                tender=next((one.tender for one in payments if one.tender in STRIPE_TENDERS), "free"),
                amount=by_stripe,
                credits=sum(one.credits + one.bonus for one in terms),
            )
    return sold


# --- Checkouts of the desk ---------------------------------------------------------------------------


def checkout_draft(row: sa.Row[Any]) -> SaleDraft:
    """The sale of a checkout as it was shown, its discount's words apart."""
    draft: SaleDraft = plain.from_plain(SaleDraft, row.draft["sale"])
    return draft


def checkout_basket(reading: Reading, row: sa.Row[Any], at: datetime) -> Basket:
    """What a checkout sells, priced as it was shown; its days count from the purchase at ``at`` (C4)."""
    draft = checkout_draft(row)
    terms = terms_of_lines(reading, draft)
    discount = discount_of(sum(one.price for one in terms), draft.discount)
    return price_lines(terms, discount, row.draft["tax_inside"], local_day(at, reading.studio.zone))


def checkout_command(uid: str) -> UUID:
    """The command of a checkout's sale: the same whoever hears first that it is paid."""
    return uuid5(NAMESPACE_URL, f"frontdesk:checkout:{uid}")


def record_paid(work: UnitOfWork, row: sa.Row[Any], payment_intent: str, paid_at: datetime) -> WrittenSale:
    """Make the sale of a checkout that Stripe says is paid, by who opened it at their desk.

    The row is locked, and the caller moves it on.

    Raises:
        NotFound: client.unknown, package.unknown.
    """
    draft = checkout_draft(row)
    payments = tuple(
        replace(one, reference=payment_intent) if one.tender in STRIPE_TENDERS else one
        for one in draft.payments
    )
    discount = draft.discount
    if discount is not None and row.draft["note_id"] is not None:
        words = work.connection.execute(_NOTE, {"note_id": row.draft["note_id"]}).scalar()
        discount = replace(discount, text=words or "")
    return write_paid_sale(
        work,
        row.client_id,
        checkout_basket(work, row, min(paid_at, work.now)),
        payments,
        paid_at,
        payment_intent,
        checkout_command(row.uid),
        discount=discount,
        seller=Actor(row.staff_id, row.desk_id),
        checkout_id=row.id,
        settle=draft.settle_unpaid_visits,
    )
