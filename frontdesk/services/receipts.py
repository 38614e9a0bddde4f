"""Receipts of sales and refunds: what they print, and which of them were printed before (S10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa

from frontdesk.errors import NotFound
from frontdesk.models.calendar import Validity, local_day
from frontdesk.models.money import Money
from frontdesk.models.sale import receipt_print, refund
from frontdesk.services.receipt_credits import told_credits
from frontdesk.services.receipt_numbers import receipt_number
from frontdesk.services.refund_taxes import refund_taxes
from frontdesk.services.sale_facts import RefundFacts, SaleFacts, read_sales
from frontdesk.services.stripe.at_the_desk import begun_at_a_desk
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.sales import Receipt, ReceiptLine, ReceiptTax, ReceiptTender

ReceiptKind = Literal["sale", "refund"]

_SALE_OF_REFUND = sa.select(refund.c.sale_id).where(refund.c.id == sa.bindparam("refund_id"))
_FIRST = sa.func.min(receipt_print.c.printed_at)
_PRINTED = {
    "sale": sa.select(_FIRST).where(receipt_print.c.sale_id == sa.bindparam("id")),
    "refund": sa.select(_FIRST).where(receipt_print.c.refund_id == sa.bindparam("id")),
}
_ADD_PRINT = sa.insert(receipt_print)


def receipt(reading: Reading, kind: ReceiptKind, receipt_id: int) -> Receipt:
    """The receipt of a sale or a refund by its id; it says COPY once it was printed or saved (S10).

    Raises:
        NotFound: receipt.unknown.
    """
    sale_id = receipt_id if kind == "sale" else _sale_of(reading, receipt_id)
    facts = read_sales(reading, [sale_id]).get(sale_id)
    if facts is None:
        raise NotFound("receipt.unknown")
    printed_at = reading.connection.execute(_PRINTED[kind], {"id": receipt_id}).scalar()
    if kind == "sale":
        return _of_sale(reading, facts, printed_at is not None)
    return _of_refund(reading, facts, receipt_id, printed_at)


def print_receipt(work: UnitOfWork, kind: ReceiptKind, receipt_id: int) -> Receipt:
    """The receipt for printing or saving, noting that it was: the first is the original, all others a COPY.

    Call it when the printer or the file is chosen. A printer that fails afterwards touches no sale (S1).

    Raises:
        NotFound: receipt.unknown.
    """
    made = receipt(work, kind, receipt_id)
    row = {
        "sale_id": receipt_id if kind == "sale" else None,
        "refund_id": receipt_id if kind == "refund" else None,
        "staff_id": work.actor.staff_id,
        "desk_id": work.actor.desk_id,
        "printed_at": work.now,
    }
    work.connection.execute(_ADD_PRINT, row)
    return made


def sold_through(reading: Reading, line: sa.Row[Any], sold_at: datetime) -> date | None:
    """The last day of use as it was at the sale (C4), the latest one if a class starts the validity."""
    return Validity(**line.validity).last_day(local_day(sold_at, reading.studio.zone))


def _sale_of(reading: Reading, refund_id: int) -> int:
    sale_id = reading.connection.execute(_SALE_OF_REFUND, {"refund_id": refund_id}).scalar()
    if sale_id is None:
        raise NotFound("receipt.unknown")
    return int(sale_id)


def _of_sale(reading: Reading, facts: SaleFacts, copy: bool) -> Receipt:
    row, code = facts.row, facts.row.currency
    at_desk = row.id in begun_at_a_desk(reading, [row.id])
    lines = [line.row for line in facts.lines]
    return Receipt(
        kind="sale",
        id=row.id,
        number=receipt_number(row.series, row.number),
        copy=copy,
        at=row.sold_at,
        zone=reading.studio.zone_name,
        studio=reading.studio.name,
        demo=reading.studio.demo or reading.studio.trial,
        header=reading.studio.receipt_header,
        footer=reading.studio.receipt_footer,
        client=row.client,
        staff=row.staff,
        lines=tuple(_sale_line(reading, line, row.sold_at, code) for line in lines),
        subtotal=Money(row.subtotal, code),
        discount=Money(row.discount, code),
        taxes=_taxes(((line, line.total, line.tax) for line in lines), row.tax_name, code),
        total=Money(row.total, code),
        tenders=tuple(_tender(one, code, at_desk) for one in facts.payments),
    )


def _of_refund(reading: Reading, facts: SaleFacts, refund_id: int, printed_at: datetime | None) -> Receipt:
    code = facts.row.currency
    at_desk = facts.row.id in begun_at_a_desk(reading, [facts.row.id])
    made = next(one for one in facts.refunds if one.row.id == refund_id)
    amount = Money(made.row.amount, code)
    voided = told_credits(reading, facts, made, printed_at)
    return Receipt(
        kind=made.row.kind,
        id=refund_id,
        number=receipt_number(made.row.series, made.row.number),
        copy=printed_at is not None,
        at=made.row.requested_at,
        zone=reading.studio.zone_name,
        studio=reading.studio.name,
        demo=reading.studio.demo or reading.studio.trial,
        header=reading.studio.receipt_header,
        footer=reading.studio.receipt_footer,
        client=facts.row.client,
        staff=made.row.staff,
        lines=tuple(_refund_line(facts, line, voided[line.sale_line_id], code) for line in made.lines),
        subtotal=amount,
        discount=Money(0, code),
        taxes=_taxes(_refund_taxes(reading, facts, made), facts.row.tax_name, code),
        total=amount,
        tenders=tuple(_tender(one, code, at_desk) for one in made.parts),
        of_receipt=receipt_number(facts.row.series, facts.row.number),
    )


def _sale_line(reading: Reading, line: sa.Row[Any], sold_at: datetime, code: str) -> ReceiptLine:
    return ReceiptLine(
        name=line.name,
        credits=line.credits,
        bonus=line.bonus,
        list_price=Money(line.list_price, code),
        discount=Money(line.discount, code),
        total=Money(line.total, code),
        last_day=sold_through(reading, line, sold_at),
        starts_with_first_class=line.validity["starts"] == "first_class",
    )


def _refund_line(facts: SaleFacts, line: sa.Row[Any], credits: int, code: str) -> ReceiptLine:
    return ReceiptLine(
        name=facts.line(line.sale_line_id).row.name,
        credits=credits,
        bonus=0,
        list_price=Money(line.amount, code),
        discount=Money(0, code),
        total=Money(line.amount, code),
        last_day=None,
    )


def _refund_taxes(
    reading: Reading, facts: SaleFacts, made: RefundFacts
) -> Iterable[tuple[sa.Row[Any], int, int]]:
    """Each line with what went back of it and the tax in that."""
    taxes = refund_taxes(reading, facts, made.row.id)
    for line in made.lines:
        yield facts.line(line.sale_line_id).row, line.amount, taxes[line.sale_line_id]


def _taxes(parts: Iterable[tuple[sa.Row[Any], int, int]], name: str, code: str) -> tuple[ReceiptTax, ...]:
    """The tax by rate, the highest first; nothing for lines without a tax."""
    by_rate: dict[tuple[int, bool], list[int]] = defaultdict(lambda: [0, 0])
    for line, total, tax in parts:
        if line.tax_milli_percent:
            sums = by_rate[line.tax_milli_percent, line.tax_on_top]
            sums[0] += total - tax
            sums[1] += tax
    ordered: Sequence[tuple[int, bool]] = sorted(by_rate, reverse=True)
    return tuple(
        ReceiptTax(name, rate, Money(by_rate[rate, top][0], code), Money(by_rate[rate, top][1], code), top)
        for rate, top in ordered
    )


def _tender(row: sa.Row[Any], code: str, at_desk: bool) -> ReceiptTender:
    return ReceiptTender(
        tender=row.tender,
        amount=Money(abs(row.amount), code),
        reference=row.reference,
        cash_given=None if row.cash_given is None else Money(row.cash_given, code),
        cash_change=None if row.cash_change is None else Money(row.cash_change, code),
        at_desk=at_desk,
    )
