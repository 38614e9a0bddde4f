"""Refunds by Stripe that were asked for here: from the desk to Stripe's last word (S5, S6, Y4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from frontdesk.errors import Refused
from frontdesk.messages.sentences import sentence
from frontdesk.services.office import Office
from frontdesk.services.purchases import client_purchases
from frontdesk.services.refund_states import mark_failed, mark_transfer_done
from frontdesk.services.refunds import refund_view
from frontdesk.services.stripe.kinds import kinds
from frontdesk.services.stripe.outbox import cancel_op, send_held
from frontdesk.services.stripe.refunding import apply_refund
from frontdesk.services.stripe.wire import StripeCall, Unclear
from frontdesk.services.transaction_detail import transaction_detail
from frontdesk.services.unit_of_work import Actor, UnitOfWork
from tests.builders import SetClock
from tests.services.problems import refused
from tests.services.stripe.refund_till import RefundTill, refund_till
from tests.services.test_statement import FORMATS


@pytest.fixture
def till(office: Office, actor: Actor, clock: SetClock) -> Iterator[RefundTill]:
    with refund_till(office, actor, clock) as made:
        yield made


def lost(call: StripeCall) -> None:
    raise Unclear("stripe.unclear")


# --- Requested, accepted ------------------------------------------------------------------------------


def test_credits_are_set_aside_at_the_request_and_voided_once_stripe_accepts(till: RefundTill) -> None:
    """S6."""
    sold = till.take_by_stripe()
    till.visit(4)
    made = till.refund(sold)
    assert (made.amount, made.credits_voided, made.credits_set_aside) == (till.money(5400), 0, 8)
    assert (made.requested, made.pending) == (till.money(5400), False)
    assert (till.usable(), till.held(), till.parts()) == (0, 8, [("stripe_checkout", "requested", -5400)])
    assert till.see(client_purchases, till.mira)[0].status == "refund_requested"
    line = till.line(sold)
    assert (line.left, line.set_aside, line.voided, line.refunded) == (0, 8, 0, till.money(5400))
    assert till.push() == 1
    assert (till.held(), till.parts()) == (0, [("stripe_checkout", "succeeded", -5400)])
    assert (till.line(sold).voided, till.line(sold).set_aside) == (8, 0)
    assert till.see(client_purchases, till.mira)[0].status == "partly_refunded"
    (body,) = till.refunds_at_stripe()
    assert (body["amount"], body["payment_intent"]) == (5400, till.intents[sold.sale_id])
    assert body["metadata"].keys() == {"op_id"}


def test_a_pending_refund_is_accepted_and_cannot_be_ticked_off_by_hand(till: RefundTill) -> None:
    """S6."""
    till.stripe.double.account.behaviour.refund_status = "pending"
    sold = till.take_by_stripe()
    till.refund(sold)
    till.push()
    assert (till.parts()[0][1], till.held(), till.line(sold).voided) == ("pending", 0, 12)
    assert refused(till.do, mark_transfer_done, till.part_id()) == "refunds.not_pending"
    assert refused(till.do, mark_failed, till.part_id()) == "refunds.cannot_fail"
    detail = till.see(transaction_detail, till.part_id())
    assert not detail.can_mark_done and not detail.can_mark_failed
    till.stripe.double.advance_refund(till.refunds_at_stripe()[0]["id"])
    till.pull()
    assert till.parts()[0][1] == "succeeded"


def test_whichever_of_answer_and_pull_comes_first_wins(till: RefundTill) -> None:
    """Y3, Y4: the other changes nothing."""
    sold = till.take_by_stripe()
    till.refund(sold, 4500)
    till.stripe.after = lost
    assert till.push() == 0
    assert till.op_state() == "unknown"
    assert till.see(refund_view, sold.sale_id).refunds[0].parts[0].sync == "unknown"
    till.pull()
    assert till.parts() == [("stripe_checkout", "succeeded", -4500)]
    before = till.lines()
    till.stripe.after = lambda call: None
    till.clock.pass_time(minutes=5)
    assert till.push() == 0, "the list has told what became of it"
    till.pull()
    till.pull()
    assert till.lines() == before
    assert len(till.refunds_at_stripe()) == 1
    assert till.see(refund_view, sold.sale_id).refunds[0].parts[0].sync == ""


def test_what_is_told_out_of_order_takes_nothing_back(till: RefundTill) -> None:
    """Y3."""
    till.stripe.double.account.behaviour.refund_status = "pending"
    sold = till.take_by_stripe()
    till.refund(sold)
    till.push()
    (pending,) = till.refunds_at_stripe()
    succeeded = till.stripe.double.advance_refund(pending["id"])
    till.hear(succeeded)
    till.hear(pending)
    assert till.parts()[0][1] == "succeeded"
    till.stripe.double.fail_refund(pending["id"])
    till.pull()
    till.hear(succeeded)
    till.do(_apply, json.dumps(pending))
    assert till.parts()[0][1] == "failed"
    assert till.usable() == 12


def _apply(work: UnitOfWork, text: str) -> None:
    """Without the mirror, which would keep what is old away."""
    apply_refund(work, json.loads(text))


def test_an_unknown_word_of_stripes_is_a_refund_that_was_accepted(till: RefundTill) -> None:
    """S6."""
    till.refund(till.take_by_stripe())
    till.push()
    (body,) = till.refunds_at_stripe()
    till.refund(till.take_by_stripe())
    till.push()
    assert body["status"] == "succeeded"
    other = till.refunds_at_stripe()[1] | {"id": "re_unheard", "status": "thinking_about_it", "metadata": {}}
    third = till.take_by_stripe()
    till.hear(other | {"payment_intent": till.intents[third.sale_id]})
    assert till.parts()[2] == ("stripe_checkout", "pending", -9000)


# --- Failed -------------------------------------------------------------------------------------------


def test_a_refund_that_fails_after_it_succeeded_brings_the_credits_back(till: RefundTill) -> None:
    """S6: until max(old last day, today + 14), and a task opens."""
    sold = till.take_by_stripe()
    till.refund(sold)
    till.push()
    till.at(2027, 3, 30)
    till.stripe.double.fail_refund(till.refunds_at_stripe()[0]["id"], "expired_or_canceled_card")
    till.pull()
    assert till.usable() == 12
    assert {lot.last_day for lot in till.account().lots} == {date(2027, 4, 13)}
    (task,) = till.tasks()
    assert (task.kind, task.amount, task.credits) == ("refund_failed", till.money(9000), 12)
    assert task.stripe_code == "expired_or_canceled_card"
    assert till.see(refund_view, sold.sale_id).refunds[0].parts[0].why == "expired_or_canceled_card"
    assert till.refund_view(sold).refundable == till.money(9000)
    till.pull()
    assert len(till.tasks()) == 1


def test_a_refund_cancelled_at_stripe_is_like_one_that_failed(till: RefundTill) -> None:
    """S6."""
    till.stripe.double.account.behaviour.refund_status = "requires_action"
    sold = till.take_by_stripe()
    till.refund(sold)
    till.push()
    assert (till.parts()[0][1], till.line(sold).voided) == ("pending", 12)
    body = till.refunds_at_stripe()[0] | {"status": "canceled"}
    till.hear(body)
    assert (till.parts()[0][1], till.usable()) == ("cancelled", 12)
    assert [task.kind for task in till.tasks()] == ["refund_failed"]


def test_a_refusal_by_stripe_lets_the_credits_go_and_tells_its_words(till: RefundTill) -> None:
    """S6: the charge is disputed."""
    sold = till.take_by_stripe()
    charge = till.stripe.double.account.objects("charges")[0]["id"]
    till.stripe.double.open_dispute(charge)
    till.refund(sold)
    assert till.held() == 12
    assert till.push() == 1
    assert (till.held(), till.usable(), till.parts()[0][1]) == (0, 12, "failed")
    (task,) = till.tasks()
    assert (task.stripe_code, task.credits) == ("charge_disputed", 12)
    assert "charged back" in task.said
    assert till.see(refund_view, sold.sale_id).refunds[0].parts[0].why == "charge_disputed"


def test_credits_that_ran_out_while_they_were_set_aside_are_usable_for_some_days(till: RefundTill) -> None:
    """S6, C5: held credits do not run out."""
    till.refund(till.take_by_stripe())
    till.at(2027, 5, 1)
    assert till.usable() == 0
    assert till.push() == 0, "so much later a person is asked"
    (task,) = till.tasks()
    till.do(_take_back, task.outbox_id or 0)
    assert till.usable() == 12
    assert {lot.last_day for lot in till.account().lots} == {date(2027, 5, 15)}


def test_without_a_connection_nothing_is_requested(till: RefundTill) -> None:
    """Y4."""
    sold = till.take_by_stripe()
    till.do(_disconnect)
    assert refused(till.refund, sold) == "stripe.not_connected"
    assert (till.parts(), till.held(), till.usable()) == ([], 0, 12)


def _disconnect(work: UnitOfWork) -> None:
    work.connection.exec_driver_sql("UPDATE stripe_account SET disconnected_at = 1")


# --- Several ------------------------------------------------------------------------------------------


def test_of_a_mixed_refund_only_stripes_share_waits(till: RefundTill) -> None:
    """S5, S6: 60.00 by Stripe and 30.00 in cash; electronic goes first."""
    sold = till.take_by_stripe(cash=3000)
    made = till.refund(sold)
    assert (made.credits_voided, made.credits_set_aside) == (4, 8)
    assert till.parts() == [("stripe_checkout", "requested", -6000), ("cash", "succeeded", -3000)]
    assert (till.usable(), till.held(), till.line(sold).voided) == (0, 8, 4)
    till.push()
    assert (till.held(), till.line(sold).voided) == (0, 12)
    till.stripe.double.fail_refund(till.refunds_at_stripe()[0]["id"])
    till.pull()
    assert (till.usable(), till.line(sold).voided) == (8, 4)


def test_a_share_that_does_not_divide_stays_with_the_part_that_is_open(till: RefundTill) -> None:
    """S6: 5 credits for 30.00 by Stripe and 70.00 by card; the card fails while Stripe is asked."""
    sold = till.take_by_stripe(till.on_sale("Five", 10000, credits=5, bonus=0), card=7000)
    card = next(one for one in till.refund_view(sold).payments if one.tender == "external_card")
    till.refund(sold, references=((card.payment_id, "R-1"),))
    assert (till.held(), till.line(sold).voided) == (1, 4)
    assert till.do(mark_failed, till.part_id(1)).credits_back == 3
    assert (till.held(), till.usable(), till.line(sold).voided) == (2, 3, 0)
    till.push()
    assert (till.held(), till.usable(), till.line(sold).voided) == (0, 3, 2)


def test_several_refunds_of_one_payment_each_have_their_own_credits(till: RefundTill) -> None:
    """S5: what is set aside for one is not there for the next."""
    sold = till.take_by_stripe()
    assert till.refund(sold, 3000).credits_set_aside == 4
    line = till.line(sold)
    assert (line.suggested, line.left, line.set_aside) == (till.money(6000), 8, 4)
    assert till.refund(sold, 3000).credits_set_aside == 4
    assert till.refund(sold, 3000, credits=0).credits_set_aside == 4, "the last of the money takes all"
    assert (till.usable(), till.held()) == (0, 12)
    till.push()
    assert (till.held(), till.line(sold).voided) == (0, 12)
    till.stripe.double.fail_refund(till.refunds_at_stripe()[1]["id"])
    till.pull()
    assert till.usable() == 4


def test_what_is_set_aside_cannot_be_used_and_a_visit_taken_back_stays_the_clients(till: RefundTill) -> None:
    """S6, C9."""
    sold = till.take_by_stripe()
    visit = till.visit(6)
    till.refund(sold, 1000)
    usable = till.usable()
    assert usable + till.held() == 6
    with pytest.raises(Refused):
        till.visit(usable + 1)
    till.undo(visit.visit_id)
    assert till.usable() == usable + 6
    till.push()
    assert till.usable() == usable + 6


def test_a_visit_taken_back_while_the_whole_is_requested_is_not_lost_if_that_fails(till: RefundTill) -> None:
    """S5, S6."""
    sold = till.take_by_stripe()
    visit = till.visit(2)
    till.refund(sold, 9000)
    till.undo(visit.visit_id)
    assert till.usable() == 0
    till.push()
    till.stripe.double.fail_refund(till.refunds_at_stripe()[0]["id"])
    till.pull()
    assert till.usable() == 12


def test_a_sale_of_today_is_voided_by_stripe(till: RefundTill) -> None:
    """S2, S6."""
    sold = till.take_by_stripe(till.on_sale(), till.on_sale("Five", 5000, credits=5, bonus=0))
    till.visit(3)
    made = till.void(sold)
    assert (made.credits_voided, made.credits_set_aside) == (0, 14)
    till.push()
    assert (till.held(), till.usable()) == (0, 0)
    assert till.see(client_purchases, till.mira)[0].status == "voided"
    till.stripe.double.fail_refund(till.refunds_at_stripe()[0]["id"])
    till.pull()
    assert till.usable() == 14


def test_credits_that_were_passed_on_are_set_aside_where_they_are(till: RefundTill) -> None:
    """S5, S6."""
    sold = till.take_by_stripe(till.on_sale("Plain", bonus=0))
    noah = till.client("Noah")
    till.transfer(sold.lot_ids[0], noah, 4)
    till.refund(sold, 9000)
    assert (till.usable(noah), till.held()) == (0, 10)
    till.push()
    till.stripe.double.fail_refund(till.refunds_at_stripe()[0]["id"])
    till.pull()
    assert (till.usable(noah), till.usable()) == (4, 6)


# --- The outbox ---------------------------------------------------------------------------------------


def test_a_request_without_an_answer_is_looked_up_after_a_day(till: RefundTill) -> None:
    """Y4: among the refunds of its payment; sent anew only if it is not there."""
    till.refund(till.take_by_stripe(), 4500)
    till.stripe.after = lost
    till.push()
    till.stripe.after = lambda call: None
    till.clock.pass_time(hours=24)
    till.stripe.double.clock.advance(hours=24)
    assert till.push() == 1
    assert len(till.refunds_at_stripe()) == 1
    assert till.parts() == [("stripe_checkout", "succeeded", -4500)]
    till.refund(till.take_by_stripe(), 4500)
    till.stripe.before = lost
    till.push()
    till.stripe.before = lambda call: None
    till.clock.pass_time(hours=24)
    till.stripe.double.clock.advance(hours=24)
    assert till.push() + till.push() == 1
    assert len(till.refunds_at_stripe()) == 2
    assert till.parts()[1] == ("stripe_checkout", "succeeded", -4500)


def test_a_refund_that_waited_for_the_network_is_asked_about(till: RefundTill) -> None:
    """Y4: sent after all, or taken back."""
    for _ in range(2):
        till.refund(till.take_by_stripe(), 9000)
    till.clock.pass_time(minutes=16)
    assert till.push() == 0
    first, second = till.tasks()
    assert (first.kind, first.amount, first.client) == ("refund_held", till.money(9000), "Mira Okafor")
    assert first.id < 0 and first.outbox_id and second.outbox_id
    till.do(send_held, first.outbox_id)
    till.do(_take_back, second.outbox_id)
    assert till.push() == 1
    assert [status for _, status, _ in till.parts()] == ["succeeded", "cancelled"]
    assert (till.held(), till.usable(), till.tasks()) == (0, 12, ())


def _take_back(work: UnitOfWork, outbox_id: int) -> None:
    cancel_op(work, outbox_id, kinds())


def test_the_same_request_carried_out_twice_is_money_that_went_twice(till: RefundTill) -> None:
    """S6: it is written down, and nothing of ours is overwritten."""
    sold = till.take_by_stripe()
    till.refund(sold, 3000, credits=3)
    till.push()
    body: dict[str, Any] = till.refunds_at_stripe()[0]
    till.hear(body | {"id": "re_again"})
    assert [amount for _, _, amount in till.parts()] == [-3000, -3000]
    assert till.refund_view(sold).refundable == till.money(3000)


def test_the_statement_tells_a_refund_step_by_step(till: RefundTill) -> None:
    """C15: set aside with its number, voided, given back; taken back it is let go."""
    sold = till.take_by_stripe(till.on_sale("Plain", bonus=0))
    till.refund(sold)
    lot = "“Plain” (through 2027-04-04)"
    assert newest(till) == f"10 credits set aside (refund requested D1-R-000001): {lot}. Client's request."
    till.push()
    assert newest(till) == f"Refund D1-R-000001: 10 credits voided, from {lot}. Client's request."
    till.stripe.double.fail_refund(till.refunds_at_stripe()[0]["id"])
    till.pull()
    assert newest(till) == f"10 credits given back: {lot}. Refund did not arrive."
    till.refund(sold, 4500)
    till.clock.pass_time(minutes=16)
    till.push()
    held = next(one for one in till.tasks() if one.outbox_id)
    till.do(_take_back, held.outbox_id or 0)
    told = f"5 credits no longer set aside (refund requested D1-R-000002): {lot}."
    assert newest(till) == f"{told} Refund taken back before it was sent."


def newest(till: RefundTill) -> str:
    """The newest line of the statement as a sentence."""
    return sentence(till.lines()[0], FORMATS)
