"""Refunds: both sides of a sale, and money back for one of its lines with the credits that go (S5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import NotFound, Problem, Refused
from frontdesk.models.calendar import last_day
from frontdesk.models.client import client
from frontdesk.models.money import Money
from frontdesk.models.refund_math import (
    TENDERS_BY_PREFERENCE,
    LineFacts,
    PaymentFacts,
    amounts_beside,
    credits_to_void,
    split_over_payments,
)
from frontdesk.models.sale import sale_line
from frontdesk.services.decisions import check_refund_task, close_by_refund, disputed
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.refunds import RefundDraft, step_problem
from frontdesk.services.drafts.sales import STRIPE_TENDERS
from frontdesk.services.lots import LotState
from frontdesk.services.receipt_numbers import receipt_number
from frontdesk.services.refund_credits import standing_of
from frontdesk.services.refund_parts import PartWord, words_of_parts
from frontdesk.services.refund_writer import PlannedLine, PlannedPart, RefundPlan, lock_sale, write_refund
from frontdesk.services.sale_facts import LineState, RefundFacts, SaleFacts, claimed, read_sales, to_void
from frontdesk.services.stripe.amounts import charge_step
from frontdesk.services.stripe.disputed_money import (
    DisputedMoney,
    disputed_money,
    payments_left,
    without_lost,
)
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.refunds import (
    RefundLine,
    RefundLot,
    RefundMade,
    RefundPart,
    RefundPayment,
    RefundResult,
    RefundView,
)

_SALE_OF_LINE = sa.select(sale_line.c.sale_id).where(sale_line.c.id == sa.bindparam("line_id"))
_NAMES = sa.select(client.c.id, client.c.name).where(
    client.c.id.in_(sa.bindparam("client_ids", expanding=True))
)


def refund_view(reading: Reading, sale_id: int) -> RefundView:
    """Both sides of a sale for the refund dialog: the money by payment, the credits by line and lot (S5).

    Raises:
        NotFound: sales.unknown.
    """
    facts = read_sales(reading, [sale_id]).get(sale_id)
    if facts is None:
        raise NotFound("sales.unknown")
    names = _names(reading, facts)
    code = facts.row.currency
    taken = disputed_money(reading, facts)
    payments = tuple(_payment(facts, place, code, taken) for place in range(len(facts.payments)))
    known = without_lost([line.facts for line in facts.lines], sum(one.lost for one in taken.values()))
    return RefundView(
        sale_id=sale_id,
        client_id=facts.row.client_id,
        client=facts.row.stands_for,
        receipt=receipt_number(facts.row.series, facts.row.number),
        sold_at=facts.row.sold_at,
        staff=facts.row.staff,
        total=Money(facts.row.total, code),
        refunded=Money(facts.refunded, code),
        refundable=Money(sum(one.refundable.amount for one in payments), code),
        payments=payments,
        lines=tuple(
            _line(reading, line, now, names, code) for line, now in zip(facts.lines, known, strict=True)
        ),
        refunds=refunds_made(reading, facts),
        disputed=bool(disputed(reading, [sale_id])),
        step=charge_step(code),
    )


def refund_view_of_line(reading: Reading, sale_line_id: int) -> RefundView:
    """The same for the sale that a line belongs to.

    Raises:
        NotFound: refunds.line_unknown.
    """
    sale_id = reading.connection.execute(_SALE_OF_LINE, {"line_id": sale_line_id}).scalar()
    if sale_id is None:
        raise NotFound("refunds.line_unknown")
    return refund_view(reading, sale_id)


def request_refund(work: UnitOfWork, draft: RefundDraft) -> RefundResult:
    """Give money back for a sale line, by the payments it came by, and void credits of it (S5, S6).

    Cash and card refunds are done when this returns, a bank transfer waits until it is marked done or failed.
    What goes back by Stripe is requested: sent as soon as there is a network, its credits set aside until
    Stripe has accepted it. Voiding never fails: of more credits than are left, all that are left go. With
    the last of the line's money all of its credits go, whatever number was asked for.

    What a dispute has taken of a payment cannot go back by it; while the bank has yet to decide, nothing can
    (S8).

    Raises:
        InvalidDraft: what the draft's problems say, refunds.too_much, refunds.disputed, refunds.not_whole,
            refunds.only_whole, refunds.reference_missing.
        NotFound: refunds.line_unknown, decision.unknown.
        Refused: refunds.nothing, decision.closed, decision.other_sale, stripe.not_connected.
    """
    refuse(draft.problems())
    assert draft.amount is not None and draft.credits_to_void is not None
    sale_id = work.connection.execute(_SALE_OF_LINE, {"line_id": draft.sale_line_id}).scalar()
    if sale_id is None:
        raise NotFound("refunds.line_unknown")
    facts = lock_sale(work, sale_id)
    if draft.decision_id is not None:
        check_refund_task(work, draft.decision_id, sale_id)
    line = facts.line(draft.sale_line_id)
    payments, known = payments_left(work, facts), _without_lost(work, facts, line)
    refuse(_amount_problems(draft.amount, known, facts, payments))
    credits = _credits_to_void(line, known, draft.amount.amount, draft.credits_to_void)
    if not draft.amount and not credits:
        raise Refused("refunds.nothing")
    parts = planned_parts(facts, payments, draft.amount.amount, dict(draft.references), draft.instead)
    refuse(_step_problems(draft.amount, known, payments, parts))
    refuse(reference_problems(parts, facts.row.currency))
    planned = PlannedLine(line, draft.amount.amount, credits)
    if draft.decision_id is not None:
        # Before it would close by itself.
        close_by_refund(work, draft.decision_id)
    return write_refund(work, RefundPlan("refund", facts, (planned,), parts, draft.reason_code, draft.text))


def _without_lost(reading: Reading, facts: SaleFacts, line: LineState) -> LineFacts:
    """The line without its share of what disputes have taken."""
    lost = sum(one.lost for one in disputed_money(reading, facts).values())
    return without_lost([one.facts for one in facts.lines], lost)[facts.lines.index(line)]


def _amount_problems(
    amount: Money, line: LineFacts, facts: SaleFacts, payments: Sequence[PaymentFacts]
) -> Iterator[Problem]:
    code = facts.row.currency
    if amount.currency != code:
        yield Problem("amount", "sales.other_currency", {"currency": code})
        return
    most = min(line.rest, sum(one.rest for one in payments))
    if amount.amount > most:
        held = amount.amount <= min(line.rest, sum(one.rest for one in facts.payment_facts))
        yield Problem("amount", f"refunds.{'disputed' if held else 'too_much'}", {"most": Money(most, code)})


def _step_problems(
    amount: Money, line: LineFacts, payments: Sequence[PaymentFacts], parts: Sequence[PlannedPart]
) -> Iterator[Problem]:
    """That Stripe cannot refund such a fraction, with what it can (S9)."""
    by_stripe = sum(one.amount for one in parts if one.tender in STRIPE_TENDERS)
    most = min(line.rest, sum(one.rest for one in payments))
    step = charge_step(amount.currency)
    beside = amounts_beside(amount.amount, by_stripe, step, most)
    if beside:
        yield step_problem(beside, step, amount.currency)


def _credits_to_void(line: LineState, known: LineFacts, amount: int, asked: int) -> int:
    """How many credits go. With the last of the money all go, also those that were passed on to somebody."""
    if amount < known.rest:
        return min(asked, line.facts.left)
    everything = line.facts.left + line.left_elsewhere
    return everything if line.row.total else min(asked, everything)


def planned_parts(
    facts: SaleFacts,
    payments: Sequence[PaymentFacts],
    amount: int,
    references: dict[int, str],
    instead: str = "",
) -> tuple[PlannedPart, ...]:
    """By which payments an amount goes back, electronic first; ``instead`` names another tender for all.

    A part by Stripe keeps the reference of its payment, by which Stripe knows it. A refund without money has
    one part of nothing, so that it stands in the list of transactions.
    """
    shares = split_over_payments(amount, payments)
    if not shares:
        first = min(facts.payments, key=lambda one: TENDERS_BY_PREFERENCE.index(one.tender))
        return (PlannedPart(first.id, "free", 0),)
    tenders = {one.id: instead or one.tender for one in facts.payments}
    kept = {one.id: one.reference for one in facts.payments if tenders[one.id] in STRIPE_TENDERS}
    return tuple(
        PlannedPart(payment_id, tenders[payment_id], share, (references | kept).get(payment_id, ""))
        for payment_id, share in shares
    )


def reference_problems(parts: Sequence[PlannedPart], code: str) -> Iterator[Problem]:
    """The parts for which the card terminal's reference is missing, each by its payment."""
    for part in parts:
        if part.tender == "external_card" and not part.reference.strip():
            amount = {"amount": Money(part.amount, code)}
            yield Problem(f"references.{part.payment_id}", "refunds.reference_missing", amount)


# --- Showing -----------------------------------------------------------------------------------------


def _names(reading: Reading, facts: SaleFacts) -> dict[int, str]:
    rows = reading.connection.execute(_NAMES, {"client_ids": sorted(facts.client_ids)})
    return {row.id: row.name for row in rows}


def _payment(facts: SaleFacts, place: int, code: str, disputes: Mapping[int, DisputedMoney]) -> RefundPayment:
    row, money = facts.payments[place], facts.payment_facts[place]
    taken = disputes.get(row.id, DisputedMoney())
    return RefundPayment(
        payment_id=row.id,
        tender=row.tender,
        received=Money(row.amount, code),
        refunded=Money(money.refunded, code),
        refundable=Money(taken.of(money).rest, code),
        reference=row.reference,
        needs_reference=row.tender == "external_card",
        lost=Money(taken.lost, code),
        undecided=Money(taken.undecided, code),
    )


def _line(
    reading: Reading, line: LineState, facts: LineFacts, names: Mapping[int, str], code: str
) -> RefundLine:
    """``facts`` are the line's without what disputes have taken of it."""
    return RefundLine(
        sale_line_id=line.row.id,
        name=line.row.name,
        credits=line.row.credits,
        bonus=line.row.bonus,
        received=Money(facts.received, code),
        refunded=Money(line.refunded, code),
        refundable=Money(facts.rest, code),
        used=facts.used,
        expired=facts.expired,
        adjusted_out=facts.adjusted_out,
        transferred=facts.transferred_away,
        voided=sum(lot.voided for lot in line.own),
        set_aside=sum(claimed(lot) for lot in line.own),
        left=facts.left,
        left_elsewhere=line.left_elsewhere,
        suggested=Money(facts.suggested, code),
        suggested_credits=credits_to_void(facts, facts.suggested),
        lots=tuple(_lot(reading, lot, names, lot in line.elsewhere) for lot in (*line.own, *line.elsewhere)),
        under_way=Money(line.under_way, code),
        lost=Money(facts.refunded - line.refunded, code),
    )


def _lot(reading: Reading, lot: LotState, names: Mapping[int, str], transferred: bool) -> RefundLot:
    return RefundLot(
        lot_id=lot.lot_id,
        kind=lot.kind,
        client=names[lot.client_id],
        credits=lot.credits,
        used=lot.used,
        left=to_void(lot),
        held=lot.held - claimed(lot),
        last_day=None if lot.expires_at is None else last_day(lot.expires_at, reading.studio.zone),
        transferred=transferred,
    )


def refunds_made(reading: Reading, facts: SaleFacts) -> tuple[RefundMade, ...]:
    """The refunds of a sale as views list them, each part with what Stripe has said of it."""
    parts = [part for one in facts.refunds for part in one.parts]
    words = words_of_parts(reading, parts)
    return tuple(_refund_made(reading, facts, one, words) for one in facts.refunds)


def _refund_made(
    reading: Reading, facts: SaleFacts, made: RefundFacts, words: Mapping[int, PartWord]
) -> RefundMade:
    voided, set_aside = standing_of(reading, facts, made)
    return RefundMade(
        refund_id=made.row.id,
        kind=made.row.kind,
        receipt=receipt_number(made.row.series, made.row.number),
        requested_at=made.row.requested_at,
        staff=made.row.staff,
        amount=Money(made.row.amount, facts.row.currency),
        credits_voided=voided,
        reason_code=made.row.reason_code,
        text=made.row.text or "",
        parts=tuple(_part(part, facts.row.currency, words) for part in made.parts),
        credits_set_aside=set_aside,
    )


def _part(row: sa.Row[Any], code: str, words: Mapping[int, PartWord]) -> RefundPart:
    said = words.get(row.id, PartWord())
    return RefundPart(
        payment_id=row.payment_id,
        tender=row.tender,
        amount=Money(-row.amount, code),
        needs_reference=row.tender == "external_card",
        reference=row.reference,
        status=row.status,
        transaction_id=row.id,
        sync=said.sync,
        why=said.why,
    )
