"""Sales: what a sale would cost now, and making it in one durable transaction (S1, S2, C3, C4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from frontdesk.errors import Refused
from frontdesk.models.calendar import last_day, local_day
from frontdesk.models.money import Money
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.sales import SaleDraft
from frontdesk.services.first_class import waiting_for_first_class
from frontdesk.services.lots import lots_by_id, sweep_clients
from frontdesk.services.pricing import Basket, PricedLine, change_of
from frontdesk.services.sale_checks import (
    check_sale,
    hold_settings,
    payment_problems,
    payments_of,
)
from frontdesk.services.sale_writer import write_sale
from frontdesk.services.settling import settle_visits, unpaid_visits
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.sales import QuoteLine, SaleQuote, SaleResult, SoldLine


def quote(reading: Reading, draft: SaleDraft) -> SaleQuote:
    """What the sale would cost and grant now, for the dialog to show before paying (C4).

    The draft's payments may be incomplete. What the books would refuse comes as ``problems``.

    Raises:
        InvalidDraft: the basket or its discount makes no sense.
        NotFound: client.unknown, package.unknown.
    """
    refuse(draft.basket_problems())
    checked = check_sale(reading, draft)
    unpaid = unpaid_visits(reading, checked.group[0])
    shown = quote_of(reading, checked.basket, local_day(reading.now, reading.studio.zone))
    code = reading.studio.currency
    return replace(
        shown,
        due=Money(checked.basket.total - sum(one.amount.amount for one in draft.payments), code),
        change=Money(sum(change_of(one) for one in draft.payments), code),
        unpaid_visits=len(unpaid),
        unpaid_credits=sum(one.cost for one in unpaid),
        problems=(*checked.wrong, *checked.refused),
    )


def quote_of(reading: Reading, basket: Basket, day: date) -> SaleQuote:
    """A basket bought on a local day, as it is shown; nothing is paid of it yet."""
    code = reading.studio.currency
    return SaleQuote(
        lines=tuple(_quote_line(line, day, code) for line in basket.lines),
        subtotal=Money(basket.subtotal, code),
        discount=Money(basket.discount, code),
        tax=Money(basket.tax, code),
        tax_name=reading.studio.tax_name,
        tax_on_top=not reading.studio.prices_include_tax,
        total=Money(basket.total, code),
        due=Money(basket.total, code),
        change=Money(0, code),
        credits=sum(line.terms.credits for line in basket.lines),
        bonus=sum(line.terms.bonus for line in basket.lines),
        unpaid_visits=0,
        unpaid_credits=0,
    )


def sell(work: UnitOfWork, draft: SaleDraft) -> SaleResult:
    """Make the sale: receipt number, sale, lines, payments, lots and ledger in one transaction (S1, S2, C3).

    Raises:
        InvalidDraft: what the draft's problems say, a discount beyond the price, payments that do not add up.
        NotFound: client.unknown, package.unknown, desk.unknown.
        Refused: sales.terms_changed, package.not_on_sale, package.limit_reached, sales.client_archived.
    """
    refuse(draft.problems())
    hold_settings(work)
    checked = check_sale(work, draft, lock=True)
    payments = payments_of(draft, checked.basket.total, work.studio.currency)
    wrong = (*checked.wrong, *payment_problems(payments, checked.basket.total, work.studio.currency))
    refuse(wrong)
    for problem in checked.refused:
        raise Refused(problem.code, **problem.params)
    sweep_clients(work, checked.group)
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
        # A visit that was settled may have been the first class of what was sold.
        lines=sold_lines(work, sold.lot_ids) if settled else tuple(map(_sold_line, checked.basket.lines)),
    )


def sold_lines(reading: Reading, lot_ids: Iterable[int]) -> tuple[SoldLine, ...]:
    """The lines of a sale with these lots, as the books have them now (C4)."""
    first = {lot.sale_line_id: lot for lot in lots_by_id(reading, lot_ids) if lot.kind == "purchased"}
    waiting = waiting_for_first_class(reading, first.values())
    return tuple(
        SoldLine(
            None if lot.expires_at is None else last_day(lot.expires_at, reading.studio.zone),
            lot.lot_id in waiting,
        )
        for lot in sorted(first.values(), key=lambda lot: lot.lot_id)
    )


# --- Showing -----------------------------------------------------------------------------------------


def _sold_line(line: PricedLine) -> SoldLine:
    return SoldLine(line.last_day, line.terms.validity.latest_start_days is not None)


def _quote_line(line: PricedLine, day: date, code: str) -> QuoteLine:
    terms = line.terms
    latest = terms.validity.latest_start_days
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
        first_class_by=None if latest is None else day + timedelta(days=latest),
    )
