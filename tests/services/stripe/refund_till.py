"""A till whose sales Stripe was paid for: refunds of them on their way to the double and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from frontdesk.models.ledger import lot_hold
from frontdesk.models.money import Money
from frontdesk.models.sale import money_transaction
from frontdesk.models.sync import outbox, stripe_transaction
from frontdesk.services.decisions import open_decisions
from frontdesk.services.drafts.sales import PaymentDraft, SaleDraft, SaleLineDraft
from frontdesk.services.office import Office
from frontdesk.services.sale_checks import check_sale
from frontdesk.services.sale_writer import write_sale
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.push import Pusher
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork
from frontdesk.services.views.refunds import DecisionRow
from frontdesk.services.views.sales import SaleResult
from tests.builders import SetClock
from tests.services.stripe.direct_stripe import DirectStripe, direct_stripe
from tests.services.stripe.studio import connect
from tests.services.till import Till

Body = dict[str, Any]


class RefundTill(Till):
    """The desk of one studio, its Stripe account, and what the one knows of the other."""

    def __init__(self, office: Office, actor: Actor, clock: SetClock, stripe: DirectStripe) -> None:
        super().__init__(office, actor, clock)
        self.stripe = stripe
        self.online = connect(office, actor)
        self.intents: dict[int, str] = {}

    def take_by_stripe(
        self, *lines: SaleLineDraft, cash: int = 0, card: int = 0, tender: str = "stripe_checkout"
    ) -> SaleResult:
        """A sale that Stripe was paid for, but for what was paid in cash or on the terminal."""
        draft = self.draft(*lines)
        rest = sum(one.amount.amount for one in draft.payments) - cash - card
        charge = self.stripe.double.charge(rest, self.currency.lower())
        by_stripe = PaymentDraft(tender, Money(rest, self.currency), charge["payment_intent"])
        others = ((cash, self.cash), (card, self.by_card))
        payments = (by_stripe, *(make(amount) for amount, make in others if amount))
        paid = SaleDraft(draft.client_id, draft.lines, None, payments)
        sold = self.do(sell_by_stripe, paid, charge["payment_intent"])
        self.intents[sold.sale_id] = charge["payment_intent"]
        return sold

    def push(self) -> int:
        """Send what is due; how many operations came to an end."""
        return Pusher(self.office, self.online, "desk-1").push(self.stripe)

    def hear(self, body: Body) -> None:
        """The pull brings an object."""
        text = json.dumps(body)
        self.office.write(hear, self.online, None, text)

    def pull(self) -> None:
        """The pull brings every refund and dispute as it is now."""
        account = self.stripe.double.account
        for body in (*account.objects("refunds"), *account.objects("disputes")):
            self.hear(body)

    def refunds_at_stripe(self) -> list[Body]:
        """As Stripe has them."""
        return self.stripe.double.account.objects("refunds")

    def refund_in_dashboard(self, sold: SaleResult, amount: int | None = None) -> Body:
        """Somebody refunds in Stripe's dashboard, and the pull brings it."""
        body: Body = self.stripe.double.refund_in_dashboard(self.intents[sold.sale_id], amount)
        self.hear(body)
        return body

    def parts(self) -> list[tuple[str, str, int]]:
        """Every part of a refund as (tender, status, amount)."""
        return [(one.tender, one.status, one.amount) for one in self.see(_parts)]

    def part_id(self, place: int = 0) -> int:
        """The transaction of a part of a refund, in the order in which they were made."""
        return int(self.see(_parts)[place].id)

    def held(self, kind: str = "refund") -> int:
        """Credits that are set aside for refunds; with another kind, lots that are held."""
        return self.see(_held, kind)

    def tasks(self) -> tuple[DecisionRow, ...]:
        """What needs a decision."""
        return self.see(open_decisions)

    def op_state(self) -> str:
        """Where the newest operation of the outbox stands."""
        return str(self.see(_newest_op).state)


def sell_by_stripe(work: UnitOfWork, draft: SaleDraft, payment_intent: str) -> SaleResult:
    """A sale with a payment by Stripe, as a paid checkout makes it."""
    checked = check_sale(work, draft, lock=True)
    sold = write_sale(work, checked.group[0], checked.basket, None, draft.payments)
    row = {"transaction_id": sold.payment_ids[0], "stripe_id": payment_intent}
    work.connection.execute(sa.insert(stripe_transaction), row)
    total = Money(checked.basket.total, work.studio.currency)
    nothing = Money(0, work.studio.currency)
    return SaleResult(sold.sale_id, checked.group[0], sold.receipt, total, nothing, sold.lot_ids)


def hear(work: UnitOfWork, text: str) -> None:
    """What the pull does with an object."""
    apply_object(work, json.loads(text))


@contextmanager
def refund_till(office: Office, actor: Actor, clock: SetClock) -> Iterator[RefundTill]:
    """A till that is connected to a double of its own."""
    with direct_stripe() as stripe:
        yield RefundTill(office, actor, clock, stripe)


def _parts(reading: Reading) -> Any:
    asked = sa.select(money_transaction).where(money_transaction.c.kind == "refund")
    return reading.connection.execute(asked.order_by(money_transaction.c.id)).all()


def _held(reading: Reading, kind: str) -> int:
    closing = lot_hold.alias("closing")
    asked = sa.select(sa.func.coalesce(sa.func.sum(sa.func.coalesce(lot_hold.c.credits, 1)), 0)).where(
        lot_hold.c.kind == kind,
        lot_hold.c.closes_hold_id.is_(None),
        ~sa.exists().where(closing.c.closes_hold_id == lot_hold.c.id),
    )
    return int(reading.connection.execute(asked).scalar_one())


def _newest_op(reading: Reading) -> Any:
    return reading.connection.execute(sa.select(outbox).order_by(outbox.c.id.desc()).limit(1)).one()
