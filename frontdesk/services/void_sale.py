"""Taking back a sale that was entered by mistake: on the same business day, as a whole, by one act (S2)."""

from __future__ import annotations

from typing import Final

from frontdesk.errors import NotFound, Refused
from frontdesk.models.calendar import local_day
from frontdesk.models.money import Money
from frontdesk.services.decisions import disputed
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.sales import VoidSaleDraft
from frontdesk.services.receipt_numbers import receipt_number
from frontdesk.services.refund_writer import PlannedLine, RefundPlan, lock_sale, write_refund
from frontdesk.services.refunds import planned_parts, reference_problems
from frontdesk.services.sale_facts import SaleFacts, read_sales
from frontdesk.services.stripe.disputed_money import disputed_money, payments_left
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.used_credits import used_of
from frontdesk.services.views.refunds import RefundableLine, RefundPart, RefundResult, VoidView

_DISPUTED: Final = "void.disputed"


def void_view(reading: Reading, sale_id: int) -> VoidView:
    """What taking the sale back would do, and whether it can be done (S2).

    Raises:
        NotFound: sales.unknown.
    """
    facts = read_sales(reading, [sale_id]).get(sale_id)
    if facts is None:
        raise NotFound("sales.unknown")
    code, amount, refused = facts.row.currency, _rest(facts), _refused(reading, facts)
    return VoidView(
        sale_id=sale_id,
        client_id=facts.row.client_id,
        client=facts.row.stands_for,
        receipt=receipt_number(facts.row.series, facts.row.number),
        sold_at=facts.row.sold_at,
        total=Money(facts.row.total, code),
        parts=tuple(
            RefundPart(one.payment_id, one.tender, Money(one.amount, code), one.tender == "external_card")
            for one in planned_parts(facts, facts.payment_facts, amount, {})
            if one.amount
        ),
        credits_to_void=_credits(facts),
        used=used_of(reading, facts),
        lines=() if refused == _DISPUTED and not _can_go_back(reading, facts) else _lines(facts),
        refused=refused,
        disputed=bool(disputed(reading, [sale_id])),
    )


def void_sale(work: UnitOfWork, draft: VoidSaleDraft) -> RefundResult:
    """Take a sale of today back: the money by its tenders, and every credit of it that is unused (S2).

    Credits that were used already stay used.

    Raises:
        InvalidDraft: what the draft's problems say, refunds.reference_missing.
        NotFound: sales.unknown. Refused: void.not_today, void.nothing_left, void.disputed,
            stripe.not_connected, stripe.amount_not_whole.
    """
    refuse(draft.problems())
    facts = lock_sale(work, draft.sale_id)
    refused = _refused(work, facts)
    if refused is not None:
        raise Refused(refused, day=facts.row.business_day)
    parts = planned_parts(facts, facts.payment_facts, _rest(facts), dict(draft.references))
    refuse(reference_problems(parts, facts.row.currency))
    lines = tuple(
        PlannedLine(line, line.facts.rest, line.facts.left + line.left_elsewhere) for line in facts.lines
    )
    return write_refund(work, RefundPlan("void", facts, lines, parts, draft.reason_code, draft.text))


def can_void(reading: Reading, facts: SaleFacts) -> bool:
    """Whether the sale is of today's business day and has anything left to take back."""
    return _refused(reading, facts) is None


def _refused(reading: Reading, facts: SaleFacts) -> str | None:
    if not _rest(facts) and not _credits(facts):
        return "void.nothing_left"
    today = local_day(reading.now, reading.studio.zone, reading.studio.day_starts_hour)
    if facts.row.business_day != today:
        return "void.not_today"
    # Stripe refuses to give back what the bank has, and what is lost is with the client already (S8).
    return _DISPUTED if disputed_money(reading, facts) else None


def _can_go_back(reading: Reading, facts: SaleFacts) -> bool:
    return any(one.rest for one in payments_left(reading, facts))


def _lines(facts: SaleFacts) -> tuple[RefundableLine, ...]:
    code = facts.row.currency
    return tuple(
        RefundableLine(line.row.id, line.row.name, Money(line.row.total, code))
        for line in facts.lines
        if line.facts.rest or line.facts.left or line.left_elsewhere
    )


def _rest(facts: SaleFacts) -> int:
    return sum(line.facts.rest for line in facts.lines)


def _credits(facts: SaleFacts) -> int:
    return sum(line.facts.left + line.left_elsewhere for line in facts.lines)
