"""Money that Stripe has for what was paid already: a sale of its own, its credits set aside (S4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models.money import Money, split_by_largest_remainder
from frontdesk.models.sale import sale, sale_line
from frontdesk.services.client_group import client_group
from frontdesk.services.decisions import (
    GIVEN_BACK,
    KEPT_AS_SALE,
    PAID_TWICE,
    close_by_itself,
    decisions_of_sale,
    open_sale_task,
)
from frontdesk.services.drafts.sales import PaymentDraft
from frontdesk.services.ledger_writer import NewHold, Operation, post
from frontdesk.services.lots import LotState, by_client, open_holds
from frontdesk.services.pricing import Basket
from frontdesk.services.refund_writer import PlannedLine, RefundPlan, lock_sale, write_refund
from frontdesk.services.refunded_lots import is_gone
from frontdesk.services.refunds import planned_parts
from frontdesk.services.reviving import coming_back
from frontdesk.services.sale_facts import SaleFacts, read_sales
from frontdesk.services.stripe.disputed_money import disputed_money, payments_left, without_lost
from frontdesk.services.stripe.paid_sales import (
    checkout_basket,
    line_as_paid,
    online_command,
    write_paid_sale,
)
from frontdesk.services.unit_of_work import Reading, UnitOfWork

#: What such a refund is told with.
_REASON: Final = "paid_twice"

_SINCE = (
    sa.select(sale.c.id)
    .join(sale_line, sale_line.c.sale_id == sale.c.id)
    .where(
        sale.c.client_id.in_(sa.bindparam("client_ids", expanding=True)),
        sale.c.sold_at >= sa.bindparam("since", type_=sale.c.sold_at.type),
        sale_line.c.package_id.in_(sa.bindparam("package_ids", expanding=True)),
    )
    .distinct()
)


def bought_meanwhile(reading: Reading, row: sa.Row[Any]) -> bool:
    """Whether the client of a checkout has bought the same in another sale since, and kept it."""
    asked = {
        "client_ids": list(client_group(reading, row.client_id)),
        "since": row.opened_at,
        "package_ids": [line["package_id"] for line in row.draft["sale"]["lines"]],
    }
    ids = reading.connection.execute(_SINCE, asked).scalars().all()
    return any(not one.is_void and one.refunded < one.row.total for one in read_sales(reading, ids).values())


def record_second(
    work: UnitOfWork, row: sa.Row[Any], payment_intent: str, amount: int, paid_at: datetime
) -> int:
    """Write a second payment for a checkout as a sale, and ask what becomes of it; the sale's id.

    The sale is of the series Online, for exactly what Stripe has. Its credits can be used only if a person
    says that it is a purchase of its own.

    Raises:
        NotFound: client.unknown, package.unknown.
    """
    basket = _as_paid(checkout_basket(work, row, min(paid_at, work.now)), amount)
    payment = PaymentDraft(row.tender, Money(amount, row.currency), payment_intent)
    command = online_command(f"{row.uid}:{payment_intent}")
    sold = write_paid_sale(
        work, row.client_id, basket, (payment,), paid_at, payment_intent, command, asks=False
    )
    facts = lock_sale(work, sold.sale_id)
    for client_id, lots in by_client(_lots(facts)).items():
        holds = tuple(NewHold(lot.lot_id, "checkout", work.now) for lot in lots)
        _post(work, facts, client_id, "hold", _REASON, holds=holds)
    open_sale_task(
        work,
        PAID_TWICE,
        client_id=facts.row.client_id,
        sale_id=sold.sale_id,
        tender=row.tender,
        amount=amount,
        credits=row.credits,
        payment_intent=payment_intent,
    )
    return sold.sale_id


def decided(work: UnitOfWork, task: sa.Row[Any], outcome: str) -> None:
    """A person has decided: the money goes back by Stripe, or the sale is a sale like any other.

    What a dispute has taken cannot go back; while the bank has yet to decide, nothing can (S8).

    Raises:
        Refused: stripe.not_connected, stripe.amount_not_whole, refunds.nothing, void.disputed.
    """
    facts = lock_sale(work, task.sale_id)
    if outcome == KEPT_AS_SALE:
        _free(work, facts)
        return
    taken = disputed_money(work, facts).values()
    if any(one.undecided for one in taken):
        raise Refused("void.disputed")
    payments = payments_left(work, facts)
    rest = sum(one.rest for one in payments)
    if not rest:
        raise Refused("refunds.nothing")
    known = without_lost([line.facts for line in facts.lines], sum(one.lost for one in taken))
    lines = tuple(
        PlannedLine(line, now.rest, line.facts.left + line.left_elsewhere)
        for line, now in zip(facts.lines, known, strict=True)
    )
    parts = planned_parts(facts, payments, rest, {})
    write_refund(work, RefundPlan("refund", facts, lines, parts, _REASON, ""))


def follow(work: UnitOfWork, facts: SaleFacts) -> None:
    """After a refund of such a sale has moved on: with all of the money back there is nothing to decide.

    If what was to go back did not, it is asked again. The lots stay set aside, although nothing is in them:
    what a refund that fails brings back is not the client's to use before somebody has decided.
    """
    tasks = decisions_of_sale(work, PAID_TWICE, facts.row.id)
    if not tasks:
        return
    newest = tasks[-1]
    if is_gone(work, facts):
        close_open(work, facts.row.id)
    elif newest.outcome == GIVEN_BACK and any(one.rest for one in payments_left(work, facts)):
        told: Mapping[str, Any] = {name: newest.facts[name] for name in ("amount", "credits", "tender")}
        intent = newest.facts["payment_intent"]
        ids = {"client_id": newest.client_id, "sale_id": newest.sale_id}
        open_sale_task(work, PAID_TWICE, **ids, **told, payment_intent=intent)


def close_open(work: UnitOfWork, sale_id: int) -> None:
    """The money is gone again: there is nothing to decide any more."""
    for task in decisions_of_sale(work, PAID_TWICE, sale_id):
        if task.closed_at is None:
            close_by_itself(work, task.id, GIVEN_BACK)


def _as_paid(basket: Basket, amount: int) -> Basket:
    """The same lines for what was paid, each at its share, with its tax inside."""
    shares = split_by_largest_remainder(amount, [line.total for line in basket.lines])
    lines = tuple(line_as_paid(line, share) for line, share in zip(basket.lines, shares, strict=True))
    return Basket(lines, subtotal=amount, discount=0, tax=sum(one.tax for one in lines), total=amount)


def _free(work: UnitOfWork, facts: SaleFacts) -> None:
    """Let go of what is set aside; what ran out meanwhile is usable for some days again."""
    for client_id, lots in by_client(_lots(facts)).items():
        held = open_holds(work, [lot.lot_id for lot in lots])
        closes = tuple(one.hold_id for holds in held.values() for one in holds if one.kind == "checkout")
        gone = [lot for lot in lots if lot.remaining and lot.is_expired]
        terms = [coming_back(work, lot, 0, "voided")[0] for lot in gone]
        if closes:
            kept = tuple(term for term in terms if term is not None)
            _post(work, facts, client_id, "release", KEPT_AS_SALE, closes=closes, terms=kept)


def _lots(facts: SaleFacts) -> list[LotState]:
    return [lot for line in facts.lines for lot in line.own]


def _post(
    work: UnitOfWork, facts: SaleFacts, client_id: int, kind: str, reason_code: str, **rows: Any
) -> None:
    command_id = work.derived_id(f"{reason_code}:{facts.row.id}")
    post(
        work,
        Operation(
            client_id=client_id, kind=kind, command_id=command_id, reason_code=reason_code,
            sale_id=facts.row.id, **rows,
        ),
    )  # fmt: skip
