"""Disputes: credits set aside while one is open, free again when it is won, voided when it is lost (S8)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

import pytest

from frontdesk.errors import FrontdeskError, Refused
from frontdesk.messages.sentences import sentence
from frontdesk.services.client_history import client_history
from frontdesk.services.decisions import close_decision, disputed, reopen_decision
from frontdesk.services.drafts.transactions import TransactionFilter
from frontdesk.services.office import Office
from frontdesk.services.purchases import client_purchases
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.mirror import store
from frontdesk.services.transaction_detail import transaction_detail
from frontdesk.services.transactions import takings, transactions
from frontdesk.services.unit_of_work import Actor, UnitOfWork
from frontdesk.services.views.sales import SaleResult
from tests.builders import SetClock
from tests.services.problems import invalid
from tests.services.stripe.refund_till import Body, RefundTill, refund_till
from tests.services.test_statement import FORMATS


@pytest.fixture
def till(office: Office, actor: Actor, clock: SetClock) -> Iterator[RefundTill]:
    with refund_till(office, actor, clock) as made:
        yield made


def charge_of(till: RefundTill, sold: SaleResult) -> str:
    intent = till.intents[sold.sale_id]
    charges = till.stripe.double.account.objects("charges")
    return str(next(one["id"] for one in charges if one["payment_intent"] == intent))


def dispute(till: RefundTill, sold: SaleResult, status: str = "needs_response") -> Body:
    """Somebody disputes the payment, and the pull brings it."""
    body: Body = till.stripe.double.open_dispute(charge_of(till, sold), status=status)
    till.hear(body)
    return body


def closed(till: RefundTill, body: Body, status: str) -> None:
    till.hear(till.stripe.double.close_dispute(body["id"], status))


@pytest.mark.parametrize("status", ["needs_response", "under_review", "warning_needs_response"])
def test_an_open_dispute_sets_every_credit_of_its_sale_aside(till: RefundTill, status: str) -> None:
    """S8: with a task that tells until when Stripe wants an answer; it closes by itself alone."""
    sold = till.take_by_stripe()
    other = till.plus(3)
    till.visit(1, lot_id=sold.lot_ids[0])
    body = dispute(till, sold, status=status)
    assert (till.usable(), till.held("dispute")) == (3, 2)
    assert till.card(sold.lot_ids[0]).state == "held" and till.card(other).state == "usable"
    (task,) = till.tasks()
    assert (task.kind, task.amount, task.credits) == ("dispute_opened", till.money(9000), 11)
    assert (task.stripe_code, task.outcomes) == ("fraudulent", ())
    assert task.due_at is not None and task.due_at.timestamp() == body["evidence_details"]["due_by"]
    assert invalid(till.do, close_decision, task.id, "noted") == {("outcome", "field.not_a_choice")}
    assert till.see(disputed, [sold.sale_id]) == {sold.sale_id}
    assert till.refund_view(sold).disputed


def test_a_word_of_tomorrow_is_an_open_dispute(till: RefundTill) -> None:
    """S8."""
    sold = till.take_by_stripe()
    till.hear(dispute(till, sold) | {"id": "du_new", "status": "in_arbitration"})
    assert till.usable() == 0


@pytest.mark.parametrize("status", ["won", "warning_closed"])
def test_won_they_are_free_again(till: RefundTill, status: str) -> None:
    """S8: told twice or in any order."""
    sold = till.take_by_stripe()
    body = dispute(till, sold)
    closed(till, body, status)
    till.pull()
    till.hear(body)
    assert (till.usable(), till.held("dispute"), till.tasks()) == (12, 0, ())
    assert not till.see(disputed, [sold.sale_id])


def test_credits_that_ran_out_meanwhile_are_usable_for_some_days(till: RefundTill) -> None:
    """S8, C5."""
    sold = till.take_by_stripe()
    body = dispute(till, sold)
    till.at(2027, 5, 1)
    assert till.usable() == 0
    closed(till, body, "won")
    assert till.usable() == 12
    till.at(2027, 5, 16)
    assert till.usable() == 0


def test_lost_what_is_unused_is_voided_and_what_was_used_is_listed(till: RefundTill) -> None:
    """S8."""
    sold = till.take_by_stripe()
    till.visit(3, class_type_id=till.class_type("Yoga"))
    body = dispute(till, sold)
    closed(till, body, "lost")
    till.pull()
    assert (till.usable(), till.line(sold).voided, till.line(sold).used) == (0, 9, 3)
    (task,) = till.tasks()
    assert (task.kind, task.credits) == ("dispute_lost", 9)
    assert [(one.credits, one.class_type, one.client) for one in task.used] == [(3, "Yoga", "Mira Okafor")]
    lost, held, *_ = (sentence(line, FORMATS) for line in till.lines())
    assert lost.startswith("9 credits voided, from ") and lost.endswith(" Dispute lost.")
    assert held.startswith("Set aside (payment disputed): “10-class pack”")
    till.do(close_decision, task.id, "noted")
    till.hear(body)
    assert (till.tasks(), till.held("dispute")) == ((), 0)


@pytest.mark.parametrize(("lost", "rest"), [(9000, 0), (4500, 4500)])
def test_lost_money_is_told_wherever_the_sale_is(till: RefundTill, lost: int, rest: int) -> None:
    """S8: and what is left of it alone can be refunded."""
    sold = till.take_by_stripe()
    body = till.stripe.double.open_dispute(charge_of(till, sold), lost)
    till.hear(body)
    closed(till, body, "lost")
    (row,) = till.see(transactions, TransactionFilter()).rows
    assert row.standing == "dispute_lost"
    assert till.see(transaction_detail, row.id).can_refund is bool(rest)
    (bought,) = till.see(client_purchases, till.mira)
    assert (bought.status, bought.lines[0].lost) == ("dispute_lost", till.money(lost))
    told = {one.kind for one in till.see(client_history, till.mira).rows}
    assert ("dispute_lost_in_part" if rest else "dispute_lost") in told and "release" not in told
    if rest:
        till.refund(sold, rest)
        assert till.see(transactions, TransactionFilter()).rows[-1].standing == "refund_requested"


def test_lost_before_it_was_heard_of(till: RefundTill) -> None:
    """S8, Y3."""
    sold = till.take_by_stripe()
    body = till.stripe.double.open_dispute(charge_of(till, sold))
    till.hear(till.stripe.double.close_dispute(body["id"], "lost"))
    assert (till.usable(), [task.kind for task in till.tasks()]) == (0, ["dispute_lost"])


def test_a_visit_taken_back_gives_nothing_while_or_after(till: RefundTill) -> None:
    """S8, C9: what comes back is set aside, or voided."""
    sold = till.take_by_stripe()
    first, second = till.visit(2), till.visit(3)
    body = dispute(till, sold)
    till.undo(first.visit_id)
    assert till.usable() == 0
    closed(till, body, "lost")
    assert till.line(sold).voided == 9
    till.undo(second.visit_id)
    assert (till.usable(), till.line(sold).voided) == (0, 12)


def test_credits_that_were_passed_on_are_set_aside_and_voided_too(till: RefundTill) -> None:
    """S8."""
    sold = till.take_by_stripe(till.on_sale("Plain", bonus=0))
    noah = till.client("Noah")
    till.transfer(sold.lot_ids[0], noah, 4)
    body = dispute(till, sold)
    assert (till.usable(noah), till.usable()) == (0, 0)
    with pytest.raises(Refused):
        till.visit(client_id=noah)
    closed(till, body, "lost")
    assert till.line(sold).left_elsewhere == 0


def test_prevented_is_told_by_the_money_and_not_by_the_word(till: RefundTill) -> None:
    """S8: by balance transactions, and by refunds."""
    kept, paid_back, refunded = (till.take_by_stripe() for _ in range(3))
    body = dispute(till, kept, status="warning_needs_response")
    till.hear(body | {"status": "prevented"})
    assert till.usable() == 36
    moved = [{"id": "txn_1", "object": "balance_transaction", "amount": -9000}]
    taken = dispute(till, paid_back) | {"status": "prevented", "balance_transactions": moved}
    till.hear(taken)
    assert (till.line(paid_back).voided, till.usable()) == (12, 24)
    third = dispute(till, refunded, status="warning_needs_response")
    till.stripe.double.account.disputes.update(third["id"], is_charge_refundable=True)
    till.refund_in_dashboard(refunded)
    till.hear(third | {"status": "prevented"})
    assert (till.line(refunded).voided, till.usable()) == (12, 12)


def test_a_refund_and_a_lost_dispute_void_no_more_than_there_was(till: RefundTill) -> None:
    """S8: whatever becomes of the refund, the money is gone."""
    sold = till.take_by_stripe()
    till.refund(sold, 4500)
    body = dispute(till, sold)
    assert till.held() == 6
    closed(till, body, "lost")
    assert (till.line(sold).voided, till.held(), till.held("dispute")) == (12, 0, 0)
    till.push()
    assert (till.line(sold).voided, till.usable()) == (12, 0)
    accepted = till.take_by_stripe()
    till.refund(accepted, 4500)
    till.push()
    body = dispute(till, accepted)
    closed(till, body, "lost")
    made = next(one for one in till.refunds_at_stripe() if one["payment_intent"] == body["payment_intent"])
    till.stripe.double.fail_refund(made["id"])
    till.pull()
    assert (till.line(accepted).voided, till.usable()) == (12, 0)


def test_two_disputes_of_one_payment_hold_until_both_are_over(till: RefundTill) -> None:
    """S8."""
    sold = till.take_by_stripe()
    first = dispute(till, sold)
    second = first | {"id": "du_second"}
    till.hear(second)
    closed(till, first, "won")
    assert till.usable() == 0
    till.hear(second | {"status": "won"})
    assert till.usable() == 12


def test_a_dispute_of_a_strangers_payment_is_left_alone(till: RefundTill) -> None:
    """Y3."""
    till.take_by_stripe()
    charge = till.stripe.double.charge(5000)
    till.hear(till.stripe.double.open_dispute(charge["id"]))
    assert (till.usable(), till.tasks()) == (12, ())


def test_once_it_is_lost_nothing_is_left_to_decide_about_a_refund(till: RefundTill) -> None:
    """S7, S8."""
    sold = till.take_by_stripe()
    till.refund_in_dashboard(sold, 3000)
    assert [task.kind for task in till.tasks()] == ["dashboard_refund"]
    charge = charge_of(till, sold)
    body = till.stripe.double.open_dispute(charge, 6000)
    till.hear(body)
    closed(till, body, "lost")
    assert [task.kind for task in till.tasks()] == ["dispute_lost"]
    assert (till.usable(), till.held()) == (0, 0)


def disputed_in_part(till: RefundTill, sold: SaleResult, amount: int, status: str = "needs_response") -> Body:
    """Somebody disputes so much of the payment, and the pull brings it."""
    body: Body = till.stripe.double.open_dispute(charge_of(till, sold), amount, status=status)
    till.hear(body)
    return body


def test_of_a_part_that_is_lost_its_share_is_voided(till: RefundTill) -> None:
    """S8, S5: as by a refund of as much; told twice it is voided once."""
    sold = till.take_by_stripe()
    till.visit(4, class_type_id=till.class_type("Yoga"))
    body = disputed_in_part(till, sold, 2700)
    assert till.usable() == 0, "while it is open, all is set aside"
    assert till.line(sold).credits_for_amount(2700) == 4
    closed(till, body, "lost")
    till.pull()
    assert (till.usable(), till.line(sold).voided, till.held("dispute")) == (4, 4, 0)
    (task,) = till.tasks()
    assert (task.kind, task.amount, task.credits) == ("dispute_lost", till.money(2700), 4)
    assert [(one.credits, one.class_type) for one in task.used] == [(4, "Yoga")]
    told = sentence(till.lines()[0], FORMATS)
    assert told.startswith("4 credits voided, from ")
    assert told.endswith(" Dispute of a part of the payment lost.")
    visit = till.visit(1)
    till.undo(visit.visit_id)
    assert till.usable() == 4, "the rest is the client's"


def test_parts_that_are_lost_one_after_the_other_take_what_they_take_together(till: RefundTill) -> None:
    """S8: the second knows what is gone already."""
    sold = till.take_by_stripe()
    first = disputed_in_part(till, sold, 4500)
    second = first | {"id": "du_second"}
    till.hear(second)
    closed(till, first, "lost")
    assert (till.usable(), till.line(sold).voided) == (0, 6), "the other one holds what is left"
    told = next(task for task in till.tasks() if task.kind == "dispute_lost")
    till.do(close_decision, told.id, "noted")
    till.do(reopen_decision, told.id)
    till.hear(second | {"status": "lost", "amount": 3000})
    assert (till.usable(), till.line(sold).voided) == (2, 10)


def test_parts_that_are_all_of_it_take_everything(till: RefundTill) -> None:
    """S8."""
    sold = till.take_by_stripe()
    first = disputed_in_part(till, sold, 4500)
    closed(till, first, "lost")
    till.hear(first | {"id": "du_second", "status": "lost"})
    assert (till.usable(), till.line(sold).voided) == (0, 12)


def test_a_part_that_is_lost_after_credits_ran_out_leaves_the_rest_usable(till: RefundTill) -> None:
    """S8, C5."""
    sold = till.take_by_stripe()
    body = disputed_in_part(till, sold, 4500)
    till.at(2027, 5, 1)
    closed(till, body, "lost")
    assert (till.usable(), till.line(sold).voided) == (6, 6)
    till.at(2027, 5, 16)
    assert till.usable() == 0


def test_all_that_stripe_has_of_a_sale_paid_in_cash_too_is_a_part_of_it(till: RefundTill) -> None:
    """S8: the cash is still here."""
    sold = till.take_by_stripe(cash=4500)
    closed(till, dispute(till, sold), "lost")
    assert (till.usable(), till.line(sold).voided) == (6, 6)


def test_what_a_refund_has_set_aside_is_taken_for_a_part_once_stripe_has_refused_it(till: RefundTill) -> None:
    """S6, S8: and the rest is the client's again."""
    sold = till.take_by_stripe()
    till.refund(sold, 9000)
    body = disputed_in_part(till, sold, 4500)
    closed(till, body, "lost")
    assert till.held() == 12
    till.push()
    assert [task.kind for task in till.tasks()] == ["dispute_lost", "refund_failed"]
    assert (till.usable(), till.line(sold).voided, till.held()) == (6, 6, 0)


def hear_next(till: RefundTill, body: Body, status: str) -> None:
    """The pull fetches a dispute once more, and Stripe says something else of it by now."""
    till.clock.pass_time(minutes=1)
    told = body | {"status": status}
    till.office.write(apply_object, till.online, None, told, till.clock.now())


@pytest.mark.parametrize("end", ["won", "warning_closed"])
def test_taken_up_again_it_sets_the_credits_aside_again(till: RefundTill, end: str) -> None:
    """S8: a bank may come back to what seemed to be over, and win."""
    sold = till.take_by_stripe()
    body = dispute(till, sold)
    hear_next(till, body, end)
    assert (till.usable(), till.tasks()) == (12, ())
    for _ in range(2):
        hear_next(till, body, "under_review")
        assert (till.usable(), [task.kind for task in till.tasks()]) == (0, ["dispute_opened"])
    hear_next(till, body, "lost")
    assert (till.line(sold).voided, [task.kind for task in till.tasks()]) == (12, ["dispute_lost"])


@pytest.mark.parametrize("amount", [9000, 4500])
@pytest.mark.parametrize("between", [(), ("needs_response",)])
def test_won_after_it_was_lost_it_gives_the_credits_back(
    till: RefundTill, amount: int, between: tuple[str, ...]
) -> None:
    """S8: the money is here again, so it can be refunded, and the task that told of the loss is closed."""
    sold = till.take_by_stripe()
    till.visit(2)
    body = till.stripe.double.open_dispute(charge_of(till, sold), amount)
    hear_next(till, body, "lost")
    lost = till.line(sold).voided
    assert lost and till.line(sold).lost == till.money(amount)
    till.at(2027, 5, 1)
    for status in (*between, "won", "won"):
        hear_next(till, body, status)
    assert (till.usable(), till.line(sold).voided) == (lost if amount == 4500 else 10, 0)
    assert till.tasks() == () and till.line(sold).lost == till.money(0)
    assert till.see(transactions, TransactionFilter()).rows[0].standing == "paid"
    hear_next(till, body, "lost")
    assert till.line(sold).voided == lost and [task.kind for task in till.tasks()] == ["dispute_lost"]


@pytest.mark.parametrize("amount", [9000, 4500])
def test_lost_again_after_a_person_had_settled_its_task_it_is_lost(till: RefundTill, amount: int) -> None:
    """S8: noted, won after all, and lost once more, twice over; each loss is told of once."""
    sold = till.take_by_stripe()
    body = till.stripe.double.open_dispute(charge_of(till, sold), amount)
    hear_next(till, body, "lost")
    lost = till.line(sold).voided
    for _ in range(2):
        (task,) = till.tasks()
        assert (task.kind, task.credits, till.line(sold).voided) == ("dispute_lost", lost, lost)
        till.do(close_decision, task.id, "noted")
        hear_next(till, body, "lost")
        assert till.tasks() == (), "told again it is no news"
        for _ in range(2):
            hear_next(till, body, "won")
            assert (till.usable(), till.line(sold).voided, till.tasks()) == (12, 0, ())
        for _ in range(2):
            hear_next(till, body, "lost")


def test_what_a_refund_has_a_right_to_stays_with_it_when_a_loss_is_undone(till: RefundTill) -> None:
    """S6, S8: also where the refund fails only later."""
    sold = till.take_by_stripe()
    body = till.stripe.double.open_dispute(charge_of(till, sold), 3000)
    hear_next(till, body, "lost")
    till.stripe.double.close_dispute(body["id"], "won")
    made = till.refund_in_dashboard(sold, 9000)
    hear_next(till, body, "won")
    assert till.usable() == 0
    till.hear(till.stripe.double.fail_refund(made["id"]))
    assert (till.usable(), [task.kind for task in till.tasks()]) == (12, ["refund_failed"])


@pytest.mark.parametrize("amount", [None, "many", 12.5])
def test_of_one_whose_amount_cannot_be_read_nothing_is_given_back(till: RefundTill, amount: object) -> None:
    """S8, Y3: it is set aside until it can be, and neither the lists nor the refund stumble over it."""
    sold = till.take_by_stripe()
    body = till.stripe.double.open_dispute(charge_of(till, sold))
    with suppress(TypeError, FrontdeskError):
        till.hear(body | {"amount": amount})
    till.office.write(store_alone, till.online, None, json.dumps(body | {"amount": amount}))
    assert invalid(till.refund, sold, 100) == {("amount", "refunds.disputed")}
    assert till.see(transactions, TransactionFilter()).rows
    assert till.see(takings).disputed.count == 1
    assert till.see(client_purchases, till.mira)
    till.hear(body)
    assert [task.kind for task in till.tasks()] == ["dispute_opened"]


def store_alone(work: UnitOfWork, text: str) -> None:
    """What the pull keeps of an object that it could not apply."""
    store(work, [json.loads(text)], None)
