"""Random lives of refunds: after each step the credits are where the sums of the parts say (S6, S7, S8)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.errors import FrontdeskError, StorageFailed
from frontdesk.models.ledger import ledger_entry, ledger_op, lot_hold
from frontdesk.models.refund_math import standing
from frontdesk.services.decisions import close_decision
from frontdesk.services.office import Office
from frontdesk.services.refund_credits import standing_of
from frontdesk.services.refunded_lots import is_gone
from frontdesk.services.sale_facts import read_sales
from frontdesk.services.unit_of_work import Actor, Reading
from frontdesk.services.views.sales import SaleResult
from tests.builders import SetClock
from tests.services.stripe.refund_till import Body, RefundTill, refund_till
from tests.support.books import found_in

RUNS, STEPS = 12, 18


@pytest.fixture
def till(office: Office, actor: Actor, clock: SetClock) -> Iterator[RefundTill]:
    with refund_till(office, actor, clock) as made:
        yield made


def test_void_and_hold_follow_the_sums_of_the_parts_exactly() -> None:
    """S6: monotonous in what failed, and whole at both ends."""
    for credits in range(14):
        for amount in (1, 3, 7, 9000):
            cuts = sorted({0, 1, amount // 3, amount // 2, amount})
            for failed in (one for one in cuts if one <= amount):
                for requested in (one for one in cuts if one + failed <= amount):
                    voided, held = standing(credits, amount, failed, requested)
                    back = credits - voided - held
                    assert min(voided, held, back) >= 0
                    assert back * amount <= credits * failed
                    if failed == amount:
                        assert (voided, held) == (0, 0)
                    if failed == requested == 0:
                        assert (voided, held) == (credits, 0)
                    if requested == amount:
                        assert (voided, held) == (0, credits)
    assert standing(5, 0, 0, 0) == (5, 0)


@pytest.mark.property
@pytest.mark.parametrize("seed", range(RUNS))
def test_whatever_happens_the_credits_follow(till: RefundTill, seed: int) -> None:
    """S6, S7, S8: refunds by Stripe, in cash and from the dashboard fail and are decided, in any order."""
    numbers = random.Random(seed)
    sold = till.take_by_stripe(till.on_sale(), till.on_sale("Five", 4700, credits=5, bonus=0), cash=2500)
    life = Life(till, sold, numbers)
    for _ in range(STEPS):
        life.step()
        life.check()
    assert found_in(till.office.database) == set()


class Life:
    """What may happen to a sale, and what Stripe has of it."""

    def __init__(self, till: RefundTill, sold: SaleResult, numbers: random.Random) -> None:
        self.till, self.sold, self.numbers = till, sold, numbers
        self.visits: list[int] = []
        self.disputes: list[Body] = []
        self.steps = (
            self.refund, self.refund, self.dashboard, self.push, self.push, self.word, self.word, self.visit,
            self.undo, self.decide, self.dispute, self.days,
        )  # fmt: skip

    def step(self) -> None:
        """One of them; a rule may say no."""
        try:
            self.numbers.choice(self.steps)()
        except FrontdeskError as error:
            assert not isinstance(error, StorageFailed) and error.code != "books.refused", error

    def refund(self) -> None:
        place = self.numbers.randrange(2)
        most = self.till.line(self.sold, place).refundable.amount
        amount = self.numbers.choice((most, most // 2, self.numbers.randint(0, max(most, 0))))
        credits = self.numbers.choice((None, None, self.numbers.randint(0, 12)))
        self.till.refund(self.sold, amount, place=place, credits=credits)

    def dashboard(self) -> None:
        account = self.till.stripe.double.account
        charge = account.objects("charges")[0]
        left = charge["amount"] - charge["amount_refunded"]
        if left > 0 and not self.disputes:
            self.till.refund_in_dashboard(
                self.sold, self.numbers.choice((left, self.numbers.randint(1, left)))
            )

    def push(self) -> None:
        status = self.numbers.choice(("succeeded", "pending", "requires_action"))
        self.till.stripe.double.account.behaviour.refund_status = status
        self.till.push()

    def word(self) -> None:
        """Stripe goes on with a refund, and tells it, perhaps twice."""
        double, account = self.till.stripe.double, self.till.stripe.double.account
        known = [one for one in account.objects("refunds") if one["status"] not in ("failed", "canceled")]
        if not known:
            return
        one = self.numbers.choice(known)
        if one["status"] != "succeeded" and self.numbers.random() < 0.5:
            told = double.advance_refund(one["id"])
        else:
            told = double.fail_refund(one["id"])
        self.till.hear(told)
        if self.numbers.random() < 0.3:
            self.till.hear(one)

    def visit(self) -> None:
        self.visits.append(self.till.visit(self.numbers.randint(1, 3)).visit_id)

    def undo(self) -> None:
        if self.visits:
            self.till.undo(self.visits.pop(self.numbers.randrange(len(self.visits))))

    def decide(self) -> None:
        for task in self.till.tasks():
            if task.kind == "dashboard_refund":
                outcome = self.numbers.choice(task.outcomes)
                self.till.do(close_decision, task.id, outcome)

    def dispute(self) -> None:
        double = self.till.stripe.double
        if not self.disputes:
            charge = double.account.objects("charges")[0]["id"]
            amount = self.numbers.choice((None, self.numbers.randint(1, 11_200)))
            self.disputes.append(double.open_dispute(charge, amount))
            self.till.hear(self.disputes[0])
        elif self.numbers.random() < 0.5:
            ended = double.close_dispute(self.disputes[0]["id"], self.numbers.choice(("won", "lost")))
            self.till.hear(ended)

    def days(self) -> None:
        self.till.clock.pass_time(days=self.numbers.choice((1, 20, 60)))

    def check(self) -> None:
        """Each refund has voided and set aside what its parts say, unless money or credits are gone."""
        for wanted, found, may_lack in self.till.see(_standings, self.sold.sale_id):
            assert found[1] == wanted[1] or may_lack, (wanted, found)
            assert found[0] == wanted[0] or (may_lack and found[0] <= wanted[0]), (wanted, found)
        assert self.till.usable() >= 0
        if self.till.see(_gone, self.sold.sale_id):
            assert self.till.usable() == 0, "none of the money is here"


def _standings(reading: Reading, sale_id: int) -> list[tuple[tuple[int, int], tuple[int, int], bool]]:
    facts = read_sales(reading, [sale_id])[sale_id]
    lost = reading.connection.execute(
        sa.select(ledger_op.c.id).where(ledger_op.c.reason_code.like("dispute_lost%"))
    ).first()
    found = []
    for one in facts.refunds:
        # What a person had let the client keep may have been used before it goes after all.
        may_lack = lost is not None or one.row.reason_code == "made_in_stripe"
        now = _voided(reading, one.row.id), _held(reading, one.row.id)
        found.append((standing_of(reading, facts, one), now, may_lack))
    return found


def _gone(reading: Reading, sale_id: int) -> bool:
    return is_gone(reading, read_sales(reading, [sale_id])[sale_id])


def _voided(reading: Reading, refund_id: int) -> int:
    asked = (
        sa.select(sa.func.coalesce(-sa.func.sum(ledger_entry.c.delta), 0))
        .join(ledger_op, ledger_op.c.id == ledger_entry.c.op_id)
        .where(ledger_op.c.refund_id == refund_id)
    )
    return int(reading.connection.execute(asked).scalar_one())


def _held(reading: Reading, refund_id: int) -> int:
    closing: Any = lot_hold.alias("closing")
    asked = (
        sa.select(sa.func.coalesce(sa.func.sum(lot_hold.c.credits), 0))
        .join(ledger_op, ledger_op.c.id == lot_hold.c.op_id)
        .where(
            ledger_op.c.refund_id == refund_id,
            lot_hold.c.closes_hold_id.is_(None),
            ~sa.exists().where(closing.c.closes_hold_id == lot_hold.c.id),
        )
    )
    return int(reading.connection.execute(asked).scalar_one())
