"""One transaction in full: its sale with lines, credits and payments, its refunds, who, where and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import NotFound
from frontdesk.models.money import Money
from frontdesk.models.sale import money_transaction
from frontdesk.services.lots import HoldState
from frontdesk.services.purchases import last_use
from frontdesk.services.receipt_numbers import receipt_number
from frontdesk.services.refund_states import may_fail, waits_for_transfer
from frontdesk.services.refunds import refunds_made
from frontdesk.services.sale_facts import LineState, SaleFacts, claimed, read_sales, to_void
from frontdesk.services.stripe.disputed_money import DisputedMoney, disputed_money, without_lost
from frontdesk.services.transactions import transaction_rows
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.transactions import DetailLine, DetailPayment, TransactionDetail
from frontdesk.services.void_sale import can_void

_FIND = sa.select(money_transaction.c.sale_id).where(money_transaction.c.id == sa.bindparam("transaction_id"))


def transaction_detail(reading: Reading, transaction_id: int) -> TransactionDetail:
    """Everything about one transaction, and what can be done with it.

    Raises:
        NotFound: transaction.unknown.
    """
    sale_id = reading.connection.execute(_FIND, {"transaction_id": transaction_id}).scalar()
    if sale_id is None:
        raise NotFound("transaction.unknown")
    facts = read_sales(reading, [sale_id])[sale_id]
    own = next(one for one in facts.transactions if one.id == transaction_id)
    row, code, taken = facts.row, facts.row.currency, disputed_money(reading, facts)
    return TransactionDetail(
        row=transaction_rows(reading, [transaction_id])[0],
        sale_receipt=receipt_number(row.series, row.number),
        sold_at=row.sold_at,
        sold_by=row.staff,
        desk=row.desk,
        subtotal=Money(row.subtotal, code),
        discount=Money(row.discount, code),
        discount_code=row.discount_code or "",
        discount_text=row.discount_text or "",
        tax=Money(row.tax, code),
        tax_name=row.tax_name,
        total=Money(row.total, code),
        lines=tuple(_line(reading, line, code) for line in facts.lines),
        payments=tuple(_payment(one, code, taken.get(one.id)) for one in facts.payments),
        refunds=refunds_made(reading, facts),
        can_void=can_void(reading, facts),
        can_refund=_can_refund(facts, taken),
        can_mark_done=waits_for_transfer(own),
        can_mark_failed=may_fail(own),
    )


def _can_refund(facts: SaleFacts, taken: Mapping[int, DisputedMoney]) -> bool:
    lost = sum(one.lost for one in taken.values())
    return any(one.rest or one.left for one in without_lost([line.facts for line in facts.lines], lost))


def _line(reading: Reading, line: LineState, code: str) -> DetailLine:
    facts, row = line.facts, line.row
    return DetailLine(
        sale_line_id=row.id,
        name=row.name,
        credits=row.credits,
        bonus=row.bonus,
        list_price=Money(row.list_price, code),
        discount=Money(row.discount, code),
        tax=Money(row.tax, code),
        total=Money(row.total, code),
        used=facts.used,
        left=facts.left,
        last_day=last_use(reading, line.own),
        disputed=sum(to_void(lot) for lot in line.own if any(_is_dispute(hold) for hold in lot.holds)),
        requested=sum(claimed(lot) for lot in line.own),
    )


def _is_dispute(hold: HoldState) -> bool:
    return hold.kind == "dispute"


def _payment(row: sa.Row[Any], code: str, taken: DisputedMoney | None) -> DetailPayment:
    return DetailPayment(
        transaction_id=row.id,
        tender=row.tender,
        amount=Money(row.amount, code),
        status=row.status,
        reference=row.reference,
        cash_given=None if row.cash_given is None else Money(row.cash_given, code),
        cash_change=None if row.cash_change is None else Money(row.cash_change, code),
        lost=Money(taken.lost, code) if taken is not None and taken.lost else None,
    )
