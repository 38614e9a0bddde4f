"""Writing a sale into the books: its rows, receipt number, lots and the ledger's operation (S1, C3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from frontdesk.models import chain
from frontdesk.models.calendar import Validity, local_day
from frontdesk.models.sale import money_transaction, sale, sale_line
from frontdesk.models.text import LINE_LIMIT, tidy
from frontdesk.services.changes import Topic
from frontdesk.services.drafts.sales import REFERENCE_LIMIT, DiscountDraft, PaymentDraft
from frontdesk.services.ledger_writer import NewLot, Operation, add_note, post
from frontdesk.services.pricing import Basket, PricedLine, change_of
from frontdesk.services.receipt_numbers import next_number, receipt_number
from frontdesk.services.subjects import sale_subject
from frontdesk.services.unit_of_work import UnitOfWork

ADD_SALE = sa.insert(sale)
ADD_LINE = sa.insert(sale_line)
ADD_PAYMENT = sa.insert(money_transaction)


@dataclass(frozen=True, slots=True)
class WrittenSale:
    """A sale's id, its receipt number as printed, and its lots line by line, each bonus after its own.

    ``payment_ids`` are in the order of the payments.
    """

    sale_id: int
    receipt: str
    lot_ids: tuple[int, ...]
    payment_ids: tuple[int, ...]


def write_sale(
    work: UnitOfWork,
    client_id: int,
    basket: Basket,
    discount: DiscountDraft | None,
    payments: Sequence[PaymentDraft],
    *,
    sold_at: datetime | None = None,
) -> WrittenSale:
    """Write a sale that was checked, to a client who is locked and swept.

    ``sold_at`` dates what was paid before it came to the books; its days are the studio's of that instant.

    Raises:
        NotFound: desk.unknown.
    """
    at = sold_at or work.now
    series, number = next_number(work, "sale")
    kept_note = _discount_note(work, discount)
    new = sale_values(work, client_id, basket, discount, at, series, number, kept_note)
    sale_row = _inserted(work, ADD_SALE, new)
    lines = [
        _inserted(work, ADD_LINE, line_values(sale_row["id"], place, line))
        for place, line in enumerate(basket.lines)
    ]
    receipt = receipt_number(series, number)
    paid = [_inserted(work, ADD_PAYMENT, payment_values(work, sale_row, one, receipt)) for one in payments]
    posted = post(
        work,
        Operation(
            client_id=sale_row["client_id"],
            kind="sale",
            lots=tuple(lots_of_lines(work, at, basket.lines, [row["id"] for row in lines])),
            effective_at=at,
            kept_note=kept_note,
            sale_id=sale_row["id"],
            subject_hash=chain.subject_hash(sale_subject(sale_row, lines, paid)),
        ),
    )
    work.changed(Topic.SALES, sale_row["id"])
    work.changed(Topic.PAYMENTS, *(row["id"] for row in paid))
    return WrittenSale(sale_row["id"], receipt, posted.lot_ids, tuple(row["id"] for row in paid))


def _discount_note(work: UnitOfWork, discount: DiscountDraft | None) -> tuple[int, str] | None:
    text = tidy(discount.text, LINE_LIMIT) if discount else ""
    return add_note(work, text) if text else None


def sale_values(
    work: UnitOfWork,
    client_id: int,
    basket: Basket,
    discount: DiscountDraft | None,
    at: datetime,
    series: str,
    number: int,
    kept_note: tuple[int, str] | None,
) -> dict[str, Any]:
    """The row of a sale, without its id."""
    terms = work.studio
    return {
        "command_id": work.command_id.hex,
        "client_id": client_id,
        "desk_id": work.actor.desk_id,
        "staff_id": work.actor.staff_id,
        "sold_at": at,
        "business_day": local_day(at, terms.zone, terms.day_starts_hour),
        "series": series,
        "number": number,
        "currency": terms.currency,
        "subtotal": basket.subtotal,
        "discount": basket.discount,
        "tax": basket.tax,
        "total": basket.total,
        "tax_name": terms.tax_name,
        "discount_code": discount.reason_code if discount else None,
        "discount_note_id": kept_note[0] if kept_note else None,
    }


def line_values(sale_id: int, place: int, line: PricedLine) -> dict[str, Any]:
    """The row of a sale's line, without its id; ``place`` counts from 0."""
    terms = line.terms
    return {
        "sale_id": sale_id,
        "position": place + 1,
        "package_id": terms.package_id,
        "package_version_id": terms.version_id,
        "name": terms.name,
        "credits": terms.credits,
        "bonus": terms.bonus,
        "validity": validity_kept(terms.validity),
        "eligible": None if terms.eligible is None else list(terms.eligible),
        "list_price": terms.price,
        "discount": line.discount,
        "tax_milli_percent": terms.tax_milli_percent,
        "tax_on_top": line.tax_on_top,
        "tax": line.tax,
        "total": line.total,
    }


def validity_kept(validity: Validity) -> dict[str, Any]:
    """A validity as a sale line keeps it; ``Validity(**kept)`` gives it back."""
    return {
        "kind": validity.kind,
        "count": validity.count,
        "starts": validity.starts,
        "latest_start_days": validity.latest_start_days,
    }


def payment_values(
    work: UnitOfWork, sale_row: Mapping[str, Any], payment: PaymentDraft, receipt: str
) -> dict[str, Any]:
    """The row of a payment of a sale that has its id, without its own."""
    cash = payment.tender == "cash"
    return {
        "kind": "payment",
        "sale_id": sale_row["id"],
        "client_id": sale_row["client_id"],
        "refund_id": None,
        "payment_id": None,
        "tender": payment.tender,
        "amount": payment.amount.amount,
        "at": sale_row["sold_at"],
        "business_day": sale_row["business_day"],
        "staff_id": work.actor.staff_id,
        "desk_id": work.actor.desk_id,
        "receipt": receipt,
        "reference": tidy(payment.reference, REFERENCE_LIMIT),
        "cash_given": payment.amount.amount + change_of(payment) if cash else None,
        "cash_change": change_of(payment) if cash else None,
        "status": "succeeded",
    }


def lots_of_lines(
    work: UnitOfWork, at: datetime, lines: Iterable[PricedLine], line_ids: Sequence[int]
) -> Iterator[NewLot]:
    """A lot of purchased credits per line and, with a bonus, a second lot that names it (C3)."""
    made = 0
    day, zone = local_day(at, work.studio.zone), work.studio.zone
    for line, line_id in zip(lines, line_ids, strict=True):
        terms = line.terms
        expires_at = terms.validity.expires_at(day, zone)
        bought = NewLot(
            kind="purchased",
            title=terms.name,
            credits=terms.credits,
            effective_at=at,
            expires_at=expires_at,
            eligible=terms.eligible,
            sale_line_id=line_id,
        )
        yield bought
        if terms.bonus:
            yield NewLot(
                kind="bonus",
                title=terms.name,
                credits=terms.bonus,
                effective_at=at,
                expires_at=expires_at,
                complimentary=True,
                eligible=terms.eligible,
                sale_line_id=line_id,
                parent=made,
            )
        made += 2 if terms.bonus else 1


def _inserted(work: UnitOfWork, statement: sa.Insert, row: dict[str, Any]) -> dict[str, Any]:
    """The row with the id it got."""
    key = work.connection.execute(statement, row).inserted_primary_key
    assert key is not None
    return {"id": int(key[0]), **row}
