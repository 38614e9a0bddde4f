"""Refunds made in Stripe's own dashboard: the money at once, the credits by rule or by a person (S7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations

import pytest
import sqlalchemy as sa

from frontdesk.models.sale import refund
from frontdesk.services.decisions import close_decision, reopen_decision
from frontdesk.services.office import Office
from frontdesk.services.purchases import client_purchases
from frontdesk.services.receipts import print_receipt, receipt
from frontdesk.services.refund_states import mark_failed
from frontdesk.services.stripe.outbox import open_ops
from frontdesk.services.unit_of_work import Actor
from frontdesk.services.views.sales import SaleResult
from tests.builders import SetClock
from tests.services.problems import invalid, refused
from tests.services.stripe.refund_till import Body, RefundTill, refund_till


@pytest.fixture
def till(office: Office, actor: Actor, clock: SetClock) -> Iterator[RefundTill]:
    with refund_till(office, actor, clock) as made:
        yield made


def test_with_all_of_the_money_all_credits_go_by_themselves(till: RefundTill) -> None:
    """S7: under a number of the series of refunds that came in by sync, dated by Stripe."""
    sold = till.take_by_stripe()
    till.visit(4)
    till.stripe.double.clock.set(datetime(2027, 1, 4, 7, 30, tzinfo=UTC))
    till.refund_in_dashboard(sold)
    assert till.parts() == [("stripe_checkout", "succeeded", -9000)]
    assert (till.usable(), till.held(), till.line(sold).voided, till.tasks()) == (0, 0, 8, ())
    assert till.see(client_purchases, till.mira)[0].status == "refunded"
    with till.office.database.reading() as connection:
        kept = connection.execute(sa.select(refund)).one()
    assert (kept.series, kept.number, kept.reason_code) == ("Online-R", 1, "made_in_stripe")
    assert kept.staff_id == till.online.staff_id
    assert kept.requested_at == datetime(2027, 1, 4, 7, 30, tzinfo=UTC)


def test_a_part_sets_aside_what_is_suggested_until_a_person_decides(till: RefundTill) -> None:
    """S7, S5: 27.00 of a suggested 54.00 would void 4 of 8."""
    sold = till.take_by_stripe()
    till.visit(4)
    till.refund_in_dashboard(sold, 2700)
    assert (till.usable(), till.held()) == (4, 4)
    (task,) = till.tasks()
    assert (task.kind, task.amount, task.credits) == ("dashboard_refund", till.money(2700), 4)
    assert task.outcomes == ("void_credits", "keep_credits")
    assert invalid(till.do, close_decision, task.id, "noted") == {("outcome", "field.not_a_choice")}
    till.do(close_decision, task.id, "void_credits")
    assert (till.usable(), till.held(), till.line(sold).voided) == (4, 0, 4)
    assert refused(till.do, reopen_decision, task.id) == "decision.final"


def test_a_person_may_let_the_client_keep_the_credits(till: RefundTill) -> None:
    """S7."""
    sold = till.take_by_stripe()
    till.refund_in_dashboard(sold, 2700)
    till.do(close_decision, till.tasks()[0].id, "keep_credits")
    assert (till.usable(), till.held()) == (12, 0)
    assert till.line(sold).refunded == till.money(2700)


@pytest.mark.parametrize(("number", "usable"), [(4, 8), (1, 11), (3, 9), (0, 12)])
def test_a_person_may_choose_how_many_credits_go(till: RefundTill, number: int, usable: int) -> None:
    """S7: up to those that are set aside; the others are the client's again, also after a later failure."""
    sold = till.take_by_stripe()
    till.refund_in_dashboard(sold, 2700)
    task = till.tasks()[0]
    assert task.credits == 4
    for odd, code in ((-1, "field.too_small"), (5, "field.too_large")):
        assert invalid(till.do, close_decision, task.id, "void_credits", odd) == {("credits", code)}
    told = invalid(till.do, close_decision, task.id, "keep_credits", 2)
    assert told == {("outcome", "field.not_a_choice")}
    assert till.held() == 4, "nothing has happened yet"
    till.do(close_decision, task.id, "void_credits", number)
    assert (till.usable(), till.held(), till.line(sold).voided) == (usable, 0, number)
    # With the last of the money all go; once it is here again, so many as were chosen.
    last = till.refund_in_dashboard(sold, 6300)
    assert (till.usable(), till.line(sold).voided) == (0, 12)
    till.hear(till.stripe.double.fail_refund(last["id"]))
    assert (till.usable(), till.held(), till.line(sold).voided) == (usable, 0, number)
    assert [one.kind for one in till.tasks()] == ["refund_failed"]


def test_what_is_chosen_of_several_lines_is_shared_like_what_is_set_aside(till: RefundTill) -> None:
    """S7: and stays where it is whatever is settled again."""
    sold = till.take_by_stripe(till.on_sale(), till.on_sale("Five", 4500, credits=5, bonus=0))
    body = till.refund_in_dashboard(sold, 9000)
    held = [till.line(sold, place).set_aside for place in (0, 1)]
    assert held == [8, 4]
    till.do(close_decision, till.tasks()[0].id, "void_credits", 6)
    voided = [till.line(sold, place).voided for place in (0, 1)]
    assert (voided, till.held(), till.usable()) == ([4, 2], 0, 11)
    other = till.refund(sold, 1000, credits=0)
    till.push()
    till.hear(body)
    assert other.requested == till.money(1000)
    assert [till.line(sold, place).voided for place in (0, 1)] == [4, 2]


def test_the_part_that_makes_it_whole_takes_what_waits_for_a_decision_too(till: RefundTill) -> None:
    """S7: also what a person had let the client keep."""
    sold = till.take_by_stripe()
    till.refund_in_dashboard(sold, 3000)
    till.do(close_decision, till.tasks()[0].id, "keep_credits")
    till.refund_in_dashboard(sold, 3000)
    assert len(till.tasks()) == 1
    last = till.refund_in_dashboard(sold, 3000)
    assert (till.usable(), till.held(), till.tasks()) == (0, 0, ())
    assert till.line(sold).voided == 12
    till.stripe.double.fail_refund(last["id"])
    till.pull()
    # What the client may keep is kept again; about the second part nobody has decided.
    assert [task.kind for task in till.tasks()] == ["dashboard_refund", "refund_failed"]
    assert till.line(sold).refunded == till.money(6000)
    assert (till.usable(), till.held(), till.line(sold).voided) == (8, 4, 0)


def test_one_fails_after_two_have_taken_all_and_the_other_has_its_own_share(till: RefundTill) -> None:
    """S7, S5: of 8 left, 60.00 void all; so their receipts tell, and a person is asked once it is a part."""
    sold = till.take_by_stripe()
    till.visit(4)
    first, second = till.refund_in_dashboard(sold, 3000), till.refund_in_dashboard(sold, 6000)
    made = till.refund_view(sold).refunds
    assert [one.credits_voided for one in made] == [5, 3]
    told = [till.see(receipt, "refund", one.refund_id).lines[0].credits for one in made]
    assert told == [5, 3]
    till.hear(till.stripe.double.fail_refund(first["id"]))
    assert (till.usable(), till.held(), till.line(sold).voided) == (0, 8, 0)
    assert [(task.kind, task.credits) for task in till.tasks()] == [
        ("dashboard_refund", 8), ("refund_failed", 5),
    ]  # fmt: skip
    till.do(close_decision, till.tasks()[0].id, "keep_credits")
    assert till.usable() == 8
    till.hear(second)
    assert (till.usable(), [task.kind for task in till.tasks()]) == (8, ["refund_failed"])


def test_a_copy_of_its_receipt_tells_the_credits_that_were_on_the_one_handed_out(till: RefundTill) -> None:
    """S7, S10: whatever is decided, used and refunded later; one that is printed then tells what is so."""
    sold = till.take_by_stripe()
    body = till.refund_in_dashboard(sold, 3000)
    (made,) = till.refund_view(sold).refunds
    original = till.do(print_receipt, "refund", made.refund_id)
    assert (original.copy, [line.credits for line in original.lines]) == (False, [4])

    def assert_same(second: int) -> None:
        copy = till.see(receipt, "refund", made.refund_id)
        assert (copy.copy, copy.lines, copy.total) == (True, original.lines, original.total)
        for one in till.refund_view(sold).refunds[1:]:
            assert till.see(receipt, "refund", one.refund_id).lines[0].credits == second
        till.clock.pass_time(minutes=1)

    till.clock.pass_time(minutes=1)
    till.do(close_decision, till.tasks()[0].id, "keep_credits")
    assert_same(0)
    till.visit(9, lot_id=sold.lot_ids[0])
    assert_same(0)
    till.refund_in_dashboard(sold, 6000)
    assert_same(3)
    till.hear(till.stripe.double.fail_refund(body["id"]))
    assert_same(3)


def test_a_question_tells_the_credits_that_are_set_aside_for_its_own_refund(till: RefundTill) -> None:
    """S7: of shares that are more than what is left, each tells what it has by now."""
    sold = till.take_by_stripe()
    till.visit(4, lot_id=sold.lot_ids[0])
    for amount, told in ((3000, [5]), (4000, [5, 3]), (1000, [5, 3, 0])):
        till.refund_in_dashboard(sold, amount)
        assert [task.credits for task in till.tasks()] == told and till.held() == sum(told)
    till.do(close_decision, till.tasks()[0].id, "keep_credits")
    told = [task.credits for task in till.tasks()]
    assert told == [6, 2] and till.held() == 8
    till.do(close_decision, till.tasks()[0].id, "void_credits")
    assert [task.credits for task in till.tasks()] == [2] and till.line(sold).voided == 6


def test_a_visit_that_is_undone_later_adds_nothing_to_what_it_is_said_to_have_voided(
    till: RefundTill,
) -> None:
    """S7: its share is more than there was, and what came back is usable."""
    sold = till.take_by_stripe()
    visits = [till.visit(lot_id=sold.lot_ids[0]) for _ in range(4)]
    for amount in (3000, 5000):
        till.refund_in_dashboard(sold, amount)
        till.do(close_decision, till.tasks()[0].id, "void_credits")
    till.undo(visits[0].visit_id)
    made = [(one.credits_voided, one.credits_set_aside) for one in till.refund_view(sold).refunds]
    assert (made, till.line(sold).voided, till.usable()) == ([(5, 0), (3, 0)], 8, 1)


def test_a_refund_from_the_desk_that_makes_it_whole_does_so_as_well(till: RefundTill) -> None:
    """S7."""
    sold = till.take_by_stripe()
    till.refund_in_dashboard(sold, 4000)
    till.refund(sold, 5000)
    assert till.held() == 12
    till.push()
    assert (till.held(), till.line(sold).voided, till.tasks()) == (0, 12, ())


def test_what_a_person_let_the_client_keep_goes_when_one_of_ours_makes_it_whole(till: RefundTill) -> None:
    """S7: a sale of which nothing was paid has no credits, whatever was decided about a part of it."""
    sold = till.take_by_stripe()
    till.refund_in_dashboard(sold, 4000)
    waiting = till.held()
    till.refund(sold, 5000)
    till.do(close_decision, till.tasks()[0].id, "keep_credits")
    assert till.usable() == waiting
    till.push()
    assert (till.usable(), till.held(), till.line(sold).voided) == (0, 0, 12)


def test_a_mixed_sale_is_whole_only_with_the_cash(till: RefundTill) -> None:
    """S7."""
    sold = till.take_by_stripe(cash=3000)
    till.refund_in_dashboard(sold)
    assert [task.kind for task in till.tasks()] == ["dashboard_refund"]
    assert (till.usable(), till.held()) == (4, 8)
    till.refund(sold, 3000)
    assert (till.line(sold).voided, till.held(), till.tasks()) == (12, 0, ())


def test_told_twice_or_before_its_sale_it_is_written_once(till: RefundTill) -> None:
    """S7, Y3."""
    sold = till.take_by_stripe()
    body = till.refund_in_dashboard(sold, 2700)
    till.hear(body)
    till.pull()
    assert len(till.parts()) == 1
    stranger = till.stripe.double.charge(5000)
    till.hear(till.stripe.double.refund_in_dashboard(stranger["id"]))
    assert len(till.parts()) == 1, "a payment that is none of the books'"


def test_the_money_of_several_lines_goes_back_by_what_is_left_of_each(till: RefundTill) -> None:
    """S5, S7."""
    sold = till.take_by_stripe(till.on_sale(), till.on_sale("Five", 4500, credits=5, bonus=0))
    till.refund_in_dashboard(sold, 4500)
    assert [till.line(sold, place).refunded.amount for place in (0, 1)] == [3000, 1500]
    assert till.tasks()[0].credits == 4 + 2


def test_more_than_the_books_have_left_is_written_as_far_as_they_go_and_told(till: RefundTill) -> None:
    """S6: most of it went back another way before, since a refund had failed."""
    sold = till.take_by_stripe()
    failed = till.refund_in_dashboard(sold, 8500)
    till.stripe.double.fail_refund(failed["id"])
    till.pull()
    till.refund(sold, 8500, decision_id=till.tasks()[0].id, instead="cash")
    body = till.refund_in_dashboard(sold, 2000)
    assert till.parts()[2] == ("stripe_checkout", "succeeded", -500)
    (task,) = till.tasks()
    assert (task.kind, task.amount, task.stored) == ("refund_exceeds", till.money(2000), till.money(500))
    till.hear(body)
    assert len(till.tasks()) == 1
    till.do(close_decision, task.id, "noted")


def short_of(till: RefundTill, *, amount: int = 2000) -> tuple[SaleResult, Body]:
    """A refund of the dashboard that was written short, since most went back by bank transfer meanwhile."""
    sold = till.take_by_stripe()
    failed = till.refund_in_dashboard(sold, 8500)
    till.stripe.double.fail_refund(failed["id"])
    till.pull()
    till.refund(sold, 8500, decision_id=till.tasks()[0].id, instead="bank_transfer")
    return sold, till.refund_in_dashboard(sold, amount)


def test_what_there_was_no_room_for_is_written_once_there_is(till: RefundTill) -> None:
    """S6, S7: the transfer comes back; to the cent, once, with its credits."""
    sold, body = short_of(till)
    assert till.parts()[1:] == [
        ("bank_transfer", "pending", -8500), ("stripe_checkout", "succeeded", -500),
    ]  # fmt: skip
    assert [task.kind for task in till.tasks()] == ["refund_exceeds"]
    till.do(mark_failed, till.part_id(1))
    assert till.parts()[1:] == [
        ("bank_transfer", "failed", -8500), ("stripe_checkout", "succeeded", -500),
        ("stripe_checkout", "succeeded", -1500),
    ]  # fmt: skip
    assert till.line(sold).refunded == till.money(2000)
    tasks = [(task.kind, task.amount.amount, task.credits) for task in till.tasks()]
    assert sorted(tasks) == [
        ("dashboard_refund", 500, 1), ("dashboard_refund", 1500, 2), ("refund_failed", 8500, 12),
    ]  # fmt: skip
    assert (till.usable(), till.held()) == (9, 3)
    till.hear(body)
    till.pull()
    assert len(till.parts()) == 4 and len(till.tasks()) == 3


def test_written_in_two_it_fails_as_one(till: RefundTill) -> None:
    """S6."""
    sold, body = short_of(till)
    till.do(mark_failed, till.part_id(1))
    till.hear(till.stripe.double.fail_refund(body["id"]))
    till.pull()
    assert [status for _, status, _ in till.parts()] == ["failed"] * 4
    assert (till.line(sold).refunded, till.usable(), till.held()) == (till.money(0), 12, 0)


def test_what_failed_while_it_was_short_is_not_topped_up(till: RefundTill) -> None:
    """S6."""
    sold, body = short_of(till)
    till.hear(till.stripe.double.fail_refund(body["id"]))
    till.do(mark_failed, till.part_id(1))
    assert len(till.parts()) == 3 and till.line(sold).refunded == till.money(0)


def test_with_all_of_the_money_back_in_two_every_credit_goes(till: RefundTill) -> None:
    """S7."""
    sold, _ = short_of(till, amount=9000)
    till.do(mark_failed, till.part_id(1))
    assert (till.line(sold).refunded, till.line(sold).voided, till.usable()) == (till.money(9000), 12, 0)
    assert till.tasks() == (), "nothing is left to pay the client another way"


def test_more_than_was_paid_waits_for_the_news_of_the_one_that_failed(till: RefundTill) -> None:
    """S6, S7: and a task tells of it, once."""
    sold = till.take_by_stripe()
    first = till.refund_in_dashboard(sold)
    till.stripe.double.fail_refund(first["id"])
    second = till.stripe.double.refund_in_dashboard(till.intents[sold.sale_id])
    for _ in range(2):
        till.hear(second)
        assert till.parts() == [("stripe_checkout", "succeeded", -9000)]
        (task,) = till.tasks()
        assert (task.kind, task.amount, task.stored) == ("refund_exceeds", till.money(9000), till.money(0))
    # Opened anew by a person, it still closes by itself.
    (task,) = till.tasks()
    till.do(close_decision, task.id, "noted")
    till.do(reopen_decision, task.id)
    till.pull()
    assert till.parts() == [
        ("stripe_checkout", "failed", -9000),
        ("stripe_checkout", "succeeded", -9000),
    ]
    assert till.tasks() == ()
    assert (till.usable(), till.held(), till.line(sold).voided) == (0, 0, 12)


def test_one_that_failed_and_its_replacement_end_alike_in_every_order(till: RefundTill) -> None:
    """S6, S7, Y3: also where the first was heard of while it still stood."""
    ends = set()
    orders = [order for order in permutations("ABs") if order.index("s") < order.index("A")]
    for order in [("A", "B"), ("B", "A"), *orders]:
        sold = till.take_by_stripe()
        intent = till.intents[sold.sale_id]
        stood = dict(till.stripe.double.refund_in_dashboard(intent))
        failed = dict(till.stripe.double.fail_refund(stood["id"]))
        made = dict(till.stripe.double.refund_in_dashboard(intent))
        before = till.usable()
        for _ in range(2):
            for name in order:
                till.hear({"A": failed, "B": made, "s": stood}[name])
        line = till.line(sold)
        kinds = {task.kind for task in till.tasks() if task.sale_id == sold.sale_id}
        assert not kinds, order
        ends.add((line.refunded, line.voided, till.held(), before - till.usable()))
    assert ends == {(till.money(9000), 12, 0, 12)}


def test_while_it_is_open_what_becomes_of_ours_nothing_is_called_too_much(till: RefundTill) -> None:
    """S6, S7: refused by Stripe, ours makes room for the one from the dashboard."""
    sold = till.take_by_stripe()
    till.refund(sold, 9000)
    till.refund_in_dashboard(sold)
    assert till.parts() == [("stripe_checkout", "requested", -9000)]
    till.push()
    assert till.parts() == [
        ("stripe_checkout", "failed", -9000),
        ("stripe_checkout", "succeeded", -9000),
    ]
    assert till.tasks() == (), "the client has all of it by the other one"
    assert (till.usable(), till.held(), till.line(sold).voided) == (0, 0, 12)


def test_one_that_is_heard_of_before_the_failure_of_ours_is_written_after_it(till: RefundTill) -> None:
    """S6, S7, Y3."""
    sold = till.take_by_stripe()
    till.refund(sold, 9000)
    (op,) = till.see(open_ops)
    ours = till.stripe.call(op.call).body
    failed = till.stripe.double.fail_refund(ours["id"])
    till.refund_in_dashboard(sold)
    assert till.parts() == [("stripe_checkout", "requested", -9000)]
    till.hear(failed)
    assert [status for _, status, _ in till.parts()] == ["failed", "succeeded"]
    assert (till.usable(), till.line(sold).voided) == (0, 12)


def test_one_that_fails_later_gives_its_credits_back(till: RefundTill) -> None:
    """S6, S7."""
    sold = till.take_by_stripe()
    body = till.refund_in_dashboard(sold)
    till.stripe.double.fail_refund(body["id"])
    till.pull()
    assert (till.usable(), till.refund_view(sold).refundable) == (12, till.money(9000))
    assert [task.kind for task in till.tasks()] == ["refund_failed"]


def test_one_that_failed_while_it_waits_for_a_decision_frees_the_credits(till: RefundTill) -> None:
    """S6, S7."""
    sold = till.take_by_stripe()
    body = till.refund_in_dashboard(sold, 3000)
    assert till.held() == 4
    till.stripe.double.fail_refund(body["id"])
    till.pull()
    assert (till.usable(), till.held()) == (12, 0)
    assert [task.kind for task in till.tasks()] == ["refund_failed"]


def test_one_that_had_failed_before_it_was_heard_of_moves_nothing(till: RefundTill) -> None:
    """S6, S7."""
    sold = till.take_by_stripe()
    body = till.stripe.double.refund_in_dashboard(till.intents[sold.sale_id], 2000)
    till.hear(till.stripe.double.fail_refund(body["id"]))
    assert till.parts() == [("stripe_checkout", "failed", -2000)]
    assert (till.usable(), till.held(), till.refund_view(sold).refundable) == (12, 0, till.money(9000))
    assert [task.kind for task in till.tasks()] == ["refund_failed"]


def test_a_task_about_a_failed_refund_is_open_only_while_there_is_money_to_pay_back(till: RefundTill) -> None:
    """S6: closed by the refund that takes its place, open again if that fails too."""
    sold = till.take_by_stripe()
    first = till.refund_in_dashboard(sold)
    till.hear(till.stripe.double.fail_refund(first["id"]))
    assert [(task.kind, task.amount) for task in till.tasks()] == [("refund_failed", till.money(9000))]
    second = till.refund_in_dashboard(sold)
    assert till.tasks() == ()
    till.hear(till.stripe.double.fail_refund(second["id"]))
    assert [task.kind for task in till.tasks()] == ["refund_failed"] * 2
    for task in till.tasks():
        till.do(close_decision, task.id, "settled_outside")
    till.pull()
    third = till.refund_in_dashboard(sold, 3000)
    till.hear(till.stripe.double.fail_refund(third["id"]))
    assert [task.amount for task in till.tasks()] == [till.money(3000)], "what a person closed stays closed"
