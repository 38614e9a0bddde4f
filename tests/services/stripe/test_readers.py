"""Sales by a card reader, from registering it to the card, and all that a reader can fail in (S2, S4)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from frontdesk.models.sale import money_transaction
from frontdesk.services.drafts.checkouts import ReaderDraft
from frontdesk.services.office import Office
from frontdesk.services.stripe import checkout_calls as calls
from frontdesk.services.stripe.checkout_list import checkouts_to_watch
from frontdesk.services.stripe.checkouts import cancel_checkout, open_checkout, send_to_reader
from frontdesk.services.stripe.readers import (
    ask_for_readers,
    present_card,
    reader_rows,
    register_reader,
    stripe_tenders,
    take_in_readers,
)
from frontdesk.services.stripe.status import sync_view
from frontdesk.services.unit_of_work import Actor
from tests.builders import SetClock
from tests.services.problems import invalid, refused
from tests.services.stripe.online_till import PLACE, OnlineTill, online_till
from tests.services.stripe.test_checkouts import rows


@pytest.fixture
def till(office: Office, actor: Actor, clock: SetClock) -> Iterator[OnlineTill]:
    """A till at a double of Stripe."""
    with online_till(office, actor, clock) as made:
        yield made


def on_reader(till: OnlineTill, reader_id: str) -> int:
    """A checkout that a reader asks the card for."""
    return till.open(tender="stripe_reader", reader_id=reader_id)


def intents(till: OnlineTill) -> int:
    """How many payments there are at Stripe."""
    return len(list(till.stripe.account.payment_intents.live))


# --- Readers -----------------------------------------------------------------------------------------


def test_a_reader_is_registered_by_its_code(till: OnlineTill) -> None:
    """The place is made first, and once."""
    reader_id = till.reader()
    (found,) = till.see(reader_rows)
    assert (found.id, found.label, found.online, found.simulated) == (reader_id, "Front desk", True, True)
    till.do(register_reader, ReaderDraft("simulated-s700", "Upstairs"))
    till.push()
    assert [one.label for one in till.see(reader_rows)] == ["Front desk", "Upstairs"]
    assert [kind for kind, _ in till.ops()] == ["reader.place", "reader.register", "reader.register"]
    tenders = till.see(stripe_tenders)
    assert tenders.connected and tenders.refused is None and len(tenders.readers) == 2


def test_a_code_that_was_mistyped_is_over_once_it_was_put_in_right(till: OnlineTill) -> None:
    """Y6: what was done since stands in no list of what is to be done."""
    till.do(register_reader, ReaderDraft("apple-pear-plumm", "Front desk", **PLACE))
    till.push()
    assert [row.state for row in till.see(sync_view).outbox] == ["failed"]
    till.reader()
    assert till.see(sync_view).outbox == ()


def test_what_is_missing_to_register_one_is_told(till: OnlineTill) -> None:
    """P6."""
    told = invalid(till.do, register_reader, ReaderDraft())
    assert ("code", "field.required") in told and ("country", "reader.country_missing") in told
    till.reader()
    assert invalid(till.do, register_reader, ReaderDraft()) == {
        ("code", "field.required"),
        ("label", "field.required"),
    }


def test_readers_that_were_added_or_removed_elsewhere_are_taken_in(till: OnlineTill) -> None:
    reader_id = till.reader()
    till.do(take_in_readers, ask_for_readers(till.gateway))
    assert [one.id for one in till.see(reader_rows)] == [reader_id]
    till.stripe.account.readers.remove(reader_id, {"id": reader_id, "object": "terminal.reader"})
    till.do(take_in_readers, ask_for_readers(till.gateway))
    assert till.see(reader_rows) == ()


# --- Paying ------------------------------------------------------------------------------------------


def test_a_card_at_the_reader_is_a_sale(till: OnlineTill) -> None:
    """S4: the payment is the truth, and its time the sale's."""
    checkout_id = on_reader(till, till.reader())
    assert till.standing(checkout_id) == "on_reader" and till.usable() == 0
    till.pass_time(seconds=20)
    till.stripe.tap_card(till.row(checkout_id).reader_id)
    till.look()
    (paid,) = rows(till, money_transaction)
    assert (paid.tender, paid.amount, paid.at) == ("stripe_reader", 9000, till.clock.at)
    assert paid.reference == till.row(checkout_id).payment_intent
    assert till.standing(checkout_id) == "paid" and till.usable() == 12


def test_a_test_card_can_be_held_to_a_simulated_reader(till: OnlineTill) -> None:
    reader_id = till.reader()
    checkout_id = on_reader(till, reader_id)
    till.do(present_card, reader_id)
    till.push()
    till.look()
    assert till.standing(checkout_id) == "paid"
    assert refused(till.do, present_card, "tmr_real") == "reader.not_simulated"


def test_a_declined_card_can_be_tried_again_by_the_same_payment(till: OnlineTill) -> None:
    """S4."""
    reader_id = till.reader()
    checkout_id = on_reader(till, reader_id)
    till.pass_time(seconds=5)
    till.stripe.tap_card(reader_id, "insufficient_funds")
    till.look()
    row = till.view(checkout_id).row
    assert (row.standing, row.word) == ("stopped", "insufficient_funds")
    till.do(send_to_reader, checkout_id, reader_id)
    till.push()
    assert till.standing(checkout_id) == "on_reader"
    till.pass_time(seconds=5)
    till.stripe.tap_card(reader_id)
    till.look()
    assert till.standing(checkout_id) == "paid" and intents(till) == 1


def test_a_reader_that_is_offline_is_told_and_another_can_take_it(till: OnlineTill) -> None:
    first = till.reader()
    till.do(register_reader, ReaderDraft("simulated-s700", "Upstairs"))
    till.push()
    second = till.see(reader_rows)[1].id
    till.stripe.set_reader(first, "offline")
    checkout_id = on_reader(till, first)
    row = till.view(checkout_id).row
    assert (row.standing, row.word) == ("stopped", "terminal_reader_offline")
    till.do(send_to_reader, checkout_id, second)
    till.push()
    assert till.standing(checkout_id) == "on_reader" and till.view(checkout_id).reader == "Upstairs"


def test_a_reader_that_is_busy_is_not_taken_from_the_other_desk(till: OnlineTill) -> None:
    """The other desk's payment stays on it, also when this one is taken back."""
    reader_id = till.reader()
    first = on_reader(till, reader_id)
    second = on_reader(till, reader_id)
    assert till.view(second).row.word == "terminal_reader_busy"
    till.do(cancel_checkout, second)
    till.push()
    assert till.standing(second) == "cancelled"
    till.stripe.tap_card(reader_id)
    till.look()
    assert till.standing(first) == "paid"


@pytest.mark.parametrize("has_command", [True, False])
def test_a_command_that_timed_out_is_no_failure(till: OnlineTill, has_command: bool) -> None:
    """S4: the reader may have it, so the same payment is used, and never a second one."""
    reader_id = till.reader()
    till.stripe.readers.timeouts, till.stripe.readers.timeout_has_command = 1, has_command
    checkout_id = on_reader(till, reader_id)
    assert till.standing(checkout_id) == "on_reader"
    if not has_command:
        till.do(send_to_reader, checkout_id, reader_id)
        till.push()
    till.stripe.tap_card(reader_id)
    till.pass_time(seconds=3)
    till.look()
    assert till.standing(checkout_id) == "paid" and intents(till) == 1


@pytest.mark.parametrize("path", ["/v1/payment_intents$", "/process_payment_intent"])
@pytest.mark.parametrize("fault", ["lost_reply", "reset", "cut_off", "429"])
def test_a_lost_answer_makes_no_second_payment(till: OnlineTill, path: str, fault: str) -> None:
    """Y4."""
    reader_id = till.reader()
    till.do(open_checkout, till.by_stripe(tender="stripe_reader", reader_id=reader_id))
    till.stripe.faults.add(fault, "POST", path)  # type: ignore[arg-type]
    till.push(2)
    till.push_later()
    (row,) = (till.view(one.checkout_id).row for one in till.see(checkouts_to_watch))
    assert row.standing == "on_reader" and intents(till) == 1
    till.stripe.tap_card(reader_id)
    till.look()
    assert till.standing(row.id) == "paid"


def test_after_a_day_the_payment_is_looked_up_and_not_made_again(till: OnlineTill) -> None:
    """Y4: by then Stripe has forgotten the key."""
    reader_id = till.reader()
    opened = till.do(open_checkout, till.by_stripe(tender="stripe_reader", reader_id=reader_id))
    till.stripe.faults.add("lost_reply", "POST", "/v1/payment_intents$")
    till.push(1)
    till.pass_time(hours=25)
    till.push()
    assert intents(till) == 1 and till.row(opened.checkout_id).payment_intent is not None


# --- Taking back -------------------------------------------------------------------------------------


def test_taken_back_the_reader_stops_and_the_payment_is_cancelled(till: OnlineTill) -> None:
    """S4."""
    reader_id = till.reader()
    checkout_id = on_reader(till, reader_id)
    till.do(cancel_checkout, checkout_id)
    till.push()
    assert till.standing(checkout_id) == "cancelled"
    assert till.gateway.call(calls.look_at_reader(reader_id)).body["action"] is None
    intent = till.row(checkout_id).payment_intent
    assert till.gateway.call(calls.look_at_payment(intent)).body["status"] == "canceled"


def test_taken_back_while_the_payment_is_being_made(till: OnlineTill) -> None:
    """Y4."""
    reader_id = till.reader()
    opened = till.do(open_checkout, till.by_stripe(tender="stripe_reader", reader_id=reader_id))
    till.stripe.faults.add("lost_reply", "POST", "/v1/payment_intents$")
    till.push(1)
    till.do(cancel_checkout, opened.checkout_id)
    till.push_later()
    assert till.standing(opened.checkout_id) == "cancelled"
    assert ("reader.process", "done") not in till.ops()


def test_a_card_that_was_faster_than_taking_back_is_a_sale(till: OnlineTill) -> None:
    """S4: never lost."""
    reader_id = till.reader()
    checkout_id = on_reader(till, reader_id)
    till.do(cancel_checkout, checkout_id)
    till.stripe.tap_card(reader_id)
    till.push()
    assert till.standing(checkout_id) == "closing"
    till.look()
    assert till.standing(checkout_id) == "paid" and till.usable() == 12


def test_a_place_is_needed_only_once(till: OnlineTill) -> None:
    assert ReaderDraft("c", "l", **PLACE).problems() == ()
    assert ReaderDraft("c", "l").problems(place_is_known=True) == ()
