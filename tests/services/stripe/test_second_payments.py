"""Money that Stripe has for what was paid already: in the books, its credits set aside for a decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.messages.sentences import sentence
from frontdesk.models.money import Money
from frontdesk.models.sale import money_transaction, sale
from frontdesk.models.sync import checkout
from frontdesk.services.clients import archive_client
from frontdesk.services.decisions import close_decision, reopen_decision
from frontdesk.services.drafts.checkouts import CheckoutDraft
from frontdesk.services.drafts.sales import PaymentDraft, SaleLineDraft
from frontdesk.services.merging import merge_clients
from frontdesk.services.office import Office
from frontdesk.services.sales import quote
from frontdesk.services.stripe.checkout_calls import look_at_payment
from frontdesk.services.stripe.checkouts import cancel_checkout, open_checkout
from frontdesk.services.stripe.wire import StripeCall, Unclear
from frontdesk.services.unit_of_work import Actor, Reading
from frontdesk.services.views.sales import SaleResult
from tests.builders import SetClock, make_client
from tests.services.problems import refused
from tests.services.stripe.direct_stripe import direct_stripe
from tests.services.stripe.refund_till import Body, RefundTill
from tests.services.test_statement import FORMATS

GIVEN_BACK, KEPT = "given_back", "kept_as_sale"


class SecondTill(RefundTill):
    """A till with checkouts that are paid again under the same name, as from a page left open."""

    def open(self, *lines: SaleLineDraft, cash: int = 0) -> sa.Row[Any]:
        """A checkout that waits at Stripe; ``cash`` was paid of it before."""
        draft = self.draft(*lines, payments=())
        others = (self.cash(cash),) if cash else ()
        rest = PaymentDraft("stripe_checkout", self.money(self.see(quote, draft).total.amount - cash))
        opened = self.do(open_checkout, CheckoutDraft(replace(draft, payments=(*others, rest))))
        self.push()
        with self.office.database.reading() as connection:
            return connection.execute(sa.select(checkout).where(checkout.c.id == opened.checkout_id)).one()

    def payment(self, row: sa.Row[Any], amount: int | None = None) -> Body:
        """Somebody pays under the name of a checkout: what Stripe says of it, not heard yet."""
        named = {"sale_uid": row.uid}
        charge = self.stripe.double.charge(amount or row.amount, metadata=named)
        return dict(self.stripe.call(look_at_payment(charge["payment_intent"])).body)

    def twice(self, *lines: SaleLineDraft, cash: int = 0) -> SaleResult:
        """A checkout that was paid, and paid again: the second sale."""
        row = self.open(*lines, cash=cash)
        for _ in range(2):
            self.hear(self.payment(row))
        return self.newest()

    def newest(self) -> SaleResult:
        """The sale made last."""
        row, intent = self.see(_newest)
        self.intents[row.id] = intent
        lots = tuple(one.lot_id for one in self.account().lots if one.sale and one.sale.sale_id == row.id)
        code = self.currency
        return SaleResult(
            row.id,
            row.client_id,
            f"{row.series}-{row.number:06}",
            Money(row.total, code),
            Money(0, code),
            lots,
        )

    def kinds(self) -> list[str]:
        """What needs a decision."""
        return sorted(one.kind for one in self.tasks())

    def decide(self, outcome: str) -> None:
        """A person settles what was paid twice."""
        (task,) = (one for one in self.tasks() if one.kind == "paid_twice")
        self.do(close_decision, task.id, outcome)


def _newest(reading: Reading) -> tuple[Any, str]:
    row = reading.connection.execute(sa.select(sale).order_by(sale.c.id.desc()).limit(1)).one()
    of_it = sa.select(money_transaction.c.reference).where(
        money_transaction.c.sale_id == row.id, money_transaction.c.tender == "stripe_checkout"
    )
    return row, str(reading.connection.execute(of_it.limit(1)).scalar_one())


def sales(till: SecondTill) -> int:
    with till.office.database.reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(sale)).scalar_one())


@pytest.fixture
def till(office: Office, actor: Actor, clock: SetClock) -> Iterator[SecondTill]:
    with direct_stripe() as stripe:
        yield SecondTill(office, actor, clock, stripe)


def test_it_is_a_sale_of_its_own_whose_credits_nobody_can_use(till: SecondTill) -> None:
    """S4: never lost, never granted twice, shown for a decision."""
    second = till.twice()
    assert second.receipt.startswith("Online-") and second.total == till.money(9000)
    assert (till.usable(), till.held("checkout")) == (12, 2)
    (task,) = till.tasks()
    assert (task.kind, task.amount, task.credits, task.sale_id) == (
        "paid_twice", till.money(9000), 12, second.sale_id,
    )  # fmt: skip
    assert set(task.outcomes) == {GIVEN_BACK, KEPT}
    held = sentence(till.lines()[0], FORMATS)
    assert held.startswith("Set aside (paid twice): “10-class pack”"), held


def test_heard_again_and_in_any_order_nothing_more_follows(till: SecondTill) -> None:
    """Y3."""
    for order in permutations(range(3)):
        row = till.open()
        before, tasks = sales(till), len(till.tasks())
        told = [till.payment(row) for _ in range(3)]
        for place in (*order, *order):
            till.hear(told[place])
        assert sales(till) - before == 3
        assert len(till.tasks()) - tasks == 2
    assert till.usable() == 6 * 12


def test_given_back_it_goes_by_stripe_with_its_credits(till: SecondTill) -> None:
    """S5, S6."""
    second = till.twice()
    till.decide(GIVEN_BACK)
    assert (till.usable(), till.parts()) == (12, [("stripe_checkout", "requested", -9000)])
    till.push()
    assert till.parts() == [("stripe_checkout", "succeeded", -9000)]
    assert (till.usable(), till.held(), till.tasks()) == (12, 0, ())
    assert till.line(second).voided == 12
    (made,) = till.refunds_at_stripe()
    assert (made["payment_intent"], made["amount"]) == (till.intents[second.sale_id], 9000)


def test_kept_it_is_a_sale_like_any_other(till: SecondTill) -> None:
    second = till.twice()
    task = till.tasks()[0]
    till.decide(KEPT)
    assert (till.usable(), till.held("checkout"), till.tasks()) == (24, 0, ())
    assert refused(till.do, reopen_decision, task.id) == "decision.final"
    till.refund(second)
    till.push()
    assert (till.usable(), till.line(second).voided) == (12, 12)


def test_credits_that_ran_out_while_it_waited_are_usable_for_some_days(till: SecondTill) -> None:
    """C5: nobody loses credits by waiting for a decision."""
    second = till.twice()
    till.at(2027, 5, 1)
    till.decide(KEPT)
    assert till.usable() == 12
    assert till.card(second.lot_ids[0]).last_day == date(2027, 5, 15)


def test_a_refund_in_the_dashboard_settles_it(till: SecondTill) -> None:
    """S7."""
    second = till.twice()
    till.refund_in_dashboard(second)
    assert (till.usable(), till.tasks()) == (12, ())
    assert till.line(second).voided == 12


def test_a_part_of_it_in_the_dashboard_does_not_and_the_rest_can_be_given_back(till: SecondTill) -> None:
    """S7."""
    second = till.twice()
    till.refund_in_dashboard(second, 4000)
    assert "paid_twice" in till.kinds() and till.usable() == 12
    till.decide(GIVEN_BACK)
    till.push()
    assert (till.usable(), till.tasks()) == (12, ())
    assert sum(one["amount"] for one in till.refunds_at_stripe()) == 9000
    assert till.line(second).voided == 12


def test_what_comes_back_from_the_bank_is_asked_again(till: SecondTill) -> None:
    """S6: until then the credits stay where they are."""
    second = till.twice()
    till.decide(GIVEN_BACK)
    till.push()
    till.stripe.double.fail_refund(till.refunds_at_stripe()[0]["id"])
    for _ in range(2):
        till.pull()
    assert till.kinds() == ["paid_twice", "refund_failed"]
    assert till.usable() == 12, "it is still to be decided whose the credits are"
    till.decide(KEPT)
    assert till.usable() == 24 and till.line(second).refunded == till.money(0)


def test_without_an_answer_it_is_refunded_once(till: SecondTill) -> None:
    """Y4."""
    till.twice()
    till.decide(GIVEN_BACK)

    def lost(call: StripeCall) -> None:
        raise Unclear("stripe.no_answer", detail="x")

    till.stripe.after = lost
    till.push()
    assert (till.op_state(), till.usable(), till.kinds()) == ("unknown", 12, [])
    till.stripe.after = lambda call: None
    till.clock.pass_time(minutes=5)
    till.push()
    assert len(till.refunds_at_stripe()) == 1
    assert (till.parts()[0][1], till.tasks()) == ("succeeded", ())


@pytest.mark.parametrize(("status", "tasks"), [("won", ["paid_twice"]), ("lost", ["dispute_lost"])])
def test_a_dispute_of_it_sets_nothing_free_and_lost_it_leaves_nothing_to_decide(
    till: SecondTill, status: str, tasks: list[str]
) -> None:
    """S8."""
    till.twice()
    charge = next(one for one in till.stripe.double.account.objects("charges")[::-1])
    body = till.stripe.double.open_dispute(charge["id"], status="needs_response")
    till.hear(body)
    assert till.usable() in (0, 12)
    till.hear(till.stripe.double.close_dispute(body["id"], status))
    assert (till.usable(), till.kinds()) == (12, tasks)


def test_what_the_bank_has_yet_to_decide_cannot_go_back_and_of_the_rest_what_is_left(
    till: SecondTill,
) -> None:
    """S8."""
    second = till.twice()
    charge = till.stripe.double.account.objects("charges")[-1]
    body = till.stripe.double.open_dispute(charge["id"], 3000, status="needs_response")
    till.hear(body)
    task = next(one for one in till.tasks() if one.kind == "paid_twice")
    assert refused(till.do, close_decision, task.id, GIVEN_BACK) == "void.disputed"
    till.hear(till.stripe.double.close_dispute(body["id"], "lost"))
    till.decide(GIVEN_BACK)
    assert till.parts() == [("stripe_checkout", "requested", -6000)]
    assert (till.usable(), till.line(second).voided, till.kinds()) == (12, 4, ["dispute_lost"])


class TestCancelledAndPaidLate:
    """S4: whoever cancelled it may have taken the money another way since."""

    def test_what_was_bought_meanwhile_was_paid_twice(self, till: SecondTill) -> None:
        row = till.open()
        till.do(cancel_checkout, row.id)
        till.take()
        till.hear(till.payment(row))
        assert (till.kinds(), till.usable()) == (["paid_twice"], 12)
        assert till.newest().receipt.startswith("Online-")

    def test_what_went_back_meanwhile_was_not(self, till: SecondTill) -> None:
        row = till.open()
        till.do(cancel_checkout, row.id)
        till.refund(till.take())
        till.hear(till.payment(row))
        assert (till.kinds(), till.usable()) == (["paid_late"], 12)

    def test_something_else_is_not_the_same(self, till: SecondTill) -> None:
        row = till.open()
        till.do(cancel_checkout, row.id)
        till.take(till.on_sale("Five", 4500, credits=5, bonus=0))
        till.hear(till.payment(row))
        assert (till.kinds(), till.usable()) == (["paid_late"], 17)


def test_of_a_sale_paid_partly_in_cash_it_is_what_stripe_has(till: SecondTill) -> None:
    """S2: two lines, each at its share, with its tax inside."""
    second = till.twice(till.on_sale(), till.on_sale("Five", 4500, credits=5, bonus=0), cash=4500)
    assert second.total == till.money(9000)
    assert [till.line(second, place).received.amount for place in (0, 1)] == [6000, 3000]
    till.decide(GIVEN_BACK)
    till.push()
    assert (till.usable(), till.tasks()) == (17, ())


def test_another_currency_is_not_believed(till: SecondTill) -> None:
    row = till.open()
    till.hear(till.payment(row))
    body = till.payment(row) | {"currency": "eur"}
    assert refused(till.hear, body) == "checkout.other_amount"
    assert sales(till) == 1


def test_a_client_who_was_merged_or_archived_meanwhile(till: SecondTill) -> None:
    """D4: one question is enough."""
    row = till.open()
    till.hear(till.payment(row))
    lea = make_client(till.office, till.actor, "Lea Blum")
    till.do(merge_clients, till.mira, lea)
    till.do(archive_client, lea)
    till.hear(till.payment(row))
    assert (till.kinds(), till.usable(lea)) == (["paid_twice"], 12)
    till.decide(GIVEN_BACK)
    till.push()
    assert (till.tasks(), till.usable(lea)) == ((), 12)


def test_what_may_be_bought_once_was_still_paid_twice(till: SecondTill) -> None:
    """P1: the question is the same, and asked once."""
    till.twice(till.on_sale("Intro", 2000, credits=3, bonus=0, per_client_limit=1))
    assert till.kinds() == ["paid_twice"]
