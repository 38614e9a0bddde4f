"""Sales that wait for Stripe, from the desk to a double of Stripe and back (S2, S4, Y4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.models.money import Money
from frontdesk.models.sale import money_transaction, sale
from frontdesk.models.sync import outbox, stripe_transaction
from frontdesk.services.clients import archive_client
from frontdesk.services.decisions import open_decisions
from frontdesk.services.drafts.checkouts import CheckoutDraft
from frontdesk.services.drafts.sales import DiscountDraft, PaymentDraft, SaleLineDraft
from frontdesk.services.drafts.settings import StudioSettingsDraft
from frontdesk.services.merging import merge_clients
from frontdesk.services.office import Office
from frontdesk.services.packages import archive_package, delete_package, package_draft, save_package
from frontdesk.services.settings import change_studio, studio_view
from frontdesk.services.stripe import checkout_calls as calls
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.checkout_list import checkouts_of, checkouts_to_watch, pending_checkouts
from frontdesk.services.stripe.checkouts import cancel_checkout, open_checkout
from frontdesk.services.stripe.wire import NotReached, StripeCall
from frontdesk.services.unit_of_work import Actor
from frontdesk.services.verify import check_books
from tests.builders import SetClock, build_studio, make_client
from tests.services.problems import invalid, refused
from tests.services.stripe.online_till import OnlineTill, online_till


@pytest.fixture
def till(office: Office, actor: Actor, clock: SetClock) -> Iterator[OnlineTill]:
    """A till at a double of Stripe."""
    with online_till(office, actor, clock) as made:
        yield made


def rows(till: OnlineTill, table: sa.Table) -> list[sa.Row[Any]]:
    with till.office.database.reading() as connection:
        return list(connection.execute(sa.select(table)))


def session(till: OnlineTill, checkout_id: int) -> dict[str, Any]:
    """The page as Stripe has it."""
    name = till.row(checkout_id).session_id
    return till.gateway.call(calls.look_at_session(name)).body


def change(till: OnlineTill, line: SaleLineDraft, **terms: Any) -> None:
    """Save other terms of a package."""
    draft = till.see(package_draft, line.package_id)
    till.do(save_package, line.package_id, replace(draft, **terms), 1)


# --- Opening -----------------------------------------------------------------------------------------


def test_nothing_is_booked_before_stripe_says_paid(till: OnlineTill) -> None:
    """S4: no money, no receipt, no credits."""
    opened = till.do(open_checkout, till.by_stripe())
    assert till.standing(opened.checkout_id) == "preparing"
    till.push()
    view = till.view(opened.checkout_id)
    assert view.row.standing == "ready" and view.url.startswith("https://")
    assert (view.row.amount, view.row.credits) == (till.money(9000), 12)
    assert till.usable() == 0 and not rows(till, sale) and not rows(till, money_transaction)
    assert [one.id for one in till.see(pending_checkouts)] == [opened.checkout_id]
    assert [one.id for one in till.see(checkouts_of, till.mira)] == [opened.checkout_id]


def test_the_page_asks_for_exactly_what_is_to_be_collected(till: OnlineTill) -> None:
    """S2: each line with its discount."""
    lines = till.on_sale(), till.on_sale("Drop-in", 1500, credits=1, bonus=0)
    discount = DiscountDraft("loyalty", milli_percent=10_000)
    checkout_id = till.open(*lines, discount=discount)
    page = session(till, checkout_id)
    asked = till.gateway.call(StripeCall("get", f"{calls.SESSIONS}/{page['id']}/line_items")).body["data"]
    assert [(one["description"], one["amount_total"]) for one in asked] == [
        ("10-class pack", 8100), ("Drop-in", 1350),
    ]  # fmt: skip
    assert page["amount_total"] == till.row(checkout_id).amount == 9450
    assert page["client_reference_id"] == page["metadata"]["sale_uid"] == till.row(checkout_id).uid


def test_a_part_is_one_line(till: OnlineTill) -> None:
    """S2."""
    checkout_id = till.open(others=(till.cash(5000),))
    page = session(till, checkout_id)
    path = f"{calls.SESSIONS}/{page['id']}/line_items"
    (asked,) = till.gateway.call(StripeCall("get", path)).body["data"]
    assert (asked["description"], asked["amount_total"]) == ("Part of 10-class pack", 4000)


def test_lines_that_stripe_cannot_charge_singly_are_one_line(office: Office, clock: SetClock) -> None:
    """S9: of dinars it charges tens of fils; two halves of one are a whole."""
    with online_till(office, build_studio(office, currency="KWD"), clock, currency="kwd") as till:
        till.currency = "KWD"
        lines = till.on_sale(price=10_005), till.on_sale("Drop-in", 2_505, credits=1, bonus=0)
        checkout_id = till.open(*lines)
        path = f"{calls.SESSIONS}/{session(till, checkout_id)['id']}/line_items"
        (asked,) = till.gateway.call(StripeCall("get", path)).body["data"]
        assert (asked["description"], asked["amount_total"]) == ("10-class pack, Drop-in", 12_510)
        till.pay(checkout_id)
        till.look()
        assert (till.standing(checkout_id), till.usable()) == ("paid", 13)


def test_the_clients_e_mail_is_given_and_forgotten(till: OnlineTill) -> None:
    """A7: it stands in the request only until that is over."""
    lea = make_client(till.office, till.actor, "Lea Blum", email="lea@example.com")
    opened = till.do(open_checkout, till.by_stripe(client_id=lea, email_receipt=True))
    (waiting,) = rows(till, outbox)
    assert waiting.params["customer_email"] == "lea@example.com"
    assert waiting.params["payment_intent_data"]["receipt_email"] == "lea@example.com"
    till.push()
    assert session(till, opened.checkout_id)["customer_email"] == "lea@example.com"
    assert all("lea@" not in str(row) for row in rows(till, outbox))


def payment(tender: str, amount: int) -> PaymentDraft:
    return PaymentDraft(tender, Money(amount, "USD"))


@pytest.mark.parametrize(
    ("payments", "told"),
    [
        ([payment("cash", 9000)], ("payments", "checkout.nothing_by_stripe")),
        (
            [payment("stripe_checkout", 5000), payment("stripe_reader", 4000)],
            ("payments.1.tender", "checkout.twice_by_stripe"),
        ),
        ([payment("stripe_reader", 9000)], ("payments.0.reader", "checkout.no_reader")),
        (
            [payment("cash", 8960), payment("stripe_checkout", 40)],
            ("payments.1.amount", "checkout.amount_too_small"),
        ),
        ([payment("stripe_checkout", 8000)], ("payments", "sales.payments_do_not_add_up")),
    ],
)
def test_what_stripe_cannot_collect_is_told_beside_its_field(
    till: OnlineTill, payments: list[PaymentDraft], told: tuple[str, str]
) -> None:
    """P6."""
    draft = CheckoutDraft(till.draft(payments=tuple(payments)))
    assert told in invalid(till.do, open_checkout, draft)
    assert not rows(till, outbox)


def test_the_checks_of_a_sale_hold(till: OnlineTill) -> None:
    """P2, P4, D1."""
    pack = till.on_sale()
    draft = till.by_stripe(pack)
    change(till, pack, price=till.money(9500))
    assert refused(till.do, open_checkout, draft) == "sales.terms_changed"
    till.do(archive_package, pack.package_id)
    assert refused(till.do, open_checkout, draft) == "package.not_on_sale"
    assert not rows(till, outbox)


def test_the_limit_per_client_counts_what_waits(till: OnlineTill) -> None:
    """P1."""
    once = till.on_sale("Intro", 2000, per_client_limit=1)
    draft = till.by_stripe(once)
    checkout_id = till.open(once)
    assert refused(till.do, open_checkout, draft) == "package.limit_reached"
    till.do(cancel_checkout, checkout_id)
    till.push()
    till.open(once)


# --- Being paid --------------------------------------------------------------------------------------


def test_paid_is_a_sale_dated_when_it_was_paid(till: OnlineTill) -> None:
    """S4, C4: the sale's day, its payment and its credits follow Stripe's time."""
    till.at(2027, 1, 4, 23, 50)
    till.stripe.clock.set(till.clock.at)
    checkout_id = till.open()
    till.pay(checkout_id)
    till.pass_time(hours=3)
    till.look()
    (made,) = rows(till, sale)
    assert made.sold_at == till.clock.at - timedelta(hours=3)
    assert (made.business_day, made.series, made.number) == (date(2027, 1, 4), "D1", 1)
    (paid,) = rows(till, money_transaction)
    (known,) = rows(till, stripe_transaction)
    intent = session(till, checkout_id)["payment_intent"]["id"]
    assert (paid.tender, paid.amount, paid.at) == ("stripe_checkout", 9000, made.sold_at)
    assert paid.reference == known.stripe_id == intent and known.transaction_id == paid.id
    assert till.usable() == 12
    assert {card.last_day for card in till.account().lots} == {date(2027, 4, 4)}
    view = till.view(checkout_id)
    assert view.row.standing == "paid" and view.result is not None
    assert (view.result.receipt, view.url) == ("D1-000001", "")
    assert [one.last_day for one in view.quote.lines] == [date(2027, 4, 4)]
    assert not till.see(pending_checkouts) and not till.see(checkouts_to_watch)


def test_it_is_sold_by_who_opened_it(till: OnlineTill) -> None:
    checkout_id = till.open()
    till.pay(checkout_id)
    till.look()
    (made,) = rows(till, sale)
    assert (made.staff_id, made.desk_id) == (till.actor.staff_id, till.actor.desk_id)


def test_told_any_number_of_times_and_in_any_order_it_is_one_sale(till: OnlineTill) -> None:
    """Y3, S4."""
    checkout_id = till.open()
    before = session(till, checkout_id)
    till.pay(checkout_id)
    after = session(till, checkout_id)
    for body in (after["payment_intent"], after, before, after, after["payment_intent"]):
        till.office.write(apply_object, till.online, None, body)
    assert len(rows(till, sale)) == 1 and till.usable() == 12
    assert not till.see(open_decisions)


def test_the_other_payments_are_booked_with_it(till: OnlineTill) -> None:
    """S2: cash with its change, and the rest by Stripe."""
    checkout_id = till.open(others=(till.cash(5000, 6000),))
    assert till.view(checkout_id).others == (("cash", till.money(5000)),)
    till.pay(checkout_id)
    till.look()
    paid = rows(till, money_transaction)
    assert [(one.tender, one.amount, one.cash_change) for one in paid] == [
        ("cash", 5000, 1000), ("stripe_checkout", 4000, None),
    ]  # fmt: skip
    view = till.view(checkout_id)
    assert view.result is not None and view.result.change == till.money(1000)


def test_terms_tax_and_discount_are_those_that_were_shown(till: OnlineTill) -> None:
    """P4."""
    pack = till.on_sale()
    discount = DiscountDraft("other", till.money(1000), text="Won the raffle")
    checkout_id = till.open(pack, discount=discount)
    change(till, pack, credits=5, price=till.money(100))
    till.do(archive_package, pack.package_id)
    till.pay(checkout_id)
    till.look()
    (made,) = rows(till, sale)
    assert (made.total, made.discount, made.discount_code) == (8000, 1000, "other")
    assert made.discount_note_id is not None
    assert till.usable() == 12


def test_unpaid_visits_are_settled_by_what_was_paid(till: OnlineTill) -> None:
    """C12."""
    till.visit(when_short="unpaid")
    checkout_id = till.open(settle=True)
    till.pay(checkout_id)
    till.look()
    view = till.view(checkout_id)
    assert view.result is not None and view.result.settled_visits == 1
    assert till.usable() == 11


def test_the_books_prove_with_it(till: OnlineTill) -> None:
    """L2."""
    for _ in range(2):
        checkout_id = till.open(others=(till.cash(1000),))
        till.pay(checkout_id)
        till.look()
    till.take()
    assert not till.see(check_books).findings


# --- Methods that take days --------------------------------------------------------------------------


def test_a_method_that_takes_days_waits_for_the_bank(till: OnlineTill) -> None:
    """S4: complete is not paid."""
    checkout_id = till.open()
    till.pay(checkout_id, method="sepa_debit")
    till.look()
    assert till.standing(checkout_id) == "under_way" and not rows(till, sale)
    assert refused(till.do, cancel_checkout, checkout_id) == "checkout.under_way"
    till.pass_time(days=3)
    till.stripe.settle_async(till.row(checkout_id).session_id)
    till.look()
    (made,) = rows(till, sale)
    assert made.sold_at == till.clock.at and till.usable() == 12


def test_a_bank_that_says_no_ends_it(till: OnlineTill) -> None:
    """S4."""
    checkout_id = till.open()
    till.pay(checkout_id, method="sepa_debit")
    till.look()
    till.pass_time(days=3)
    till.stripe.settle_async(till.row(checkout_id).session_id, ok=False)
    till.look()
    assert till.standing(checkout_id) == "failed" and not rows(till, sale)
    assert till.see(studio_view).currency_locked, "that Stripe has ended it, Stripe has not said"


def test_a_declined_card_leaves_the_page_open(till: OnlineTill) -> None:
    checkout_id = till.open()
    till.pay(checkout_id, method="declined")
    till.look()
    assert till.standing(checkout_id) == "ready"
    till.pay(checkout_id)
    till.look()
    assert till.standing(checkout_id) == "paid"


# --- Being taken back --------------------------------------------------------------------------------


def test_cancelled_nobody_can_pay_it(till: OnlineTill) -> None:
    """S4."""
    checkout_id = till.open()
    till.do(cancel_checkout, checkout_id)
    assert till.standing(checkout_id) == "closing"
    till.push()
    assert till.standing(checkout_id) == "cancelled"
    assert session(till, checkout_id)["status"] == "expired"
    assert refused(till.do, cancel_checkout, checkout_id) == "checkout.over"


def test_cancelled_before_it_was_sent_it_never_is(till: OnlineTill) -> None:
    opened = till.do(open_checkout, till.by_stripe())
    till.do(cancel_checkout, opened.checkout_id)
    assert till.standing(opened.checkout_id) == "cancelled"
    till.push()
    assert till.ops() == [("checkout.create", "cancelled")]
    assert not list(till.stripe.account.sessions.live)


def test_cancelled_while_it_is_being_made_it_is_ended_afterwards(till: OnlineTill) -> None:
    """Y4: the answer was lost."""
    opened = till.do(open_checkout, till.by_stripe())
    till.stripe.faults.add("lost_reply", "POST", calls.SESSIONS)
    till.push(1)
    assert till.standing(opened.checkout_id) == "unclear"
    till.do(cancel_checkout, opened.checkout_id)
    till.push_later()
    assert till.standing(opened.checkout_id) == "cancelled"
    assert session(till, opened.checkout_id)["status"] == "expired"


def test_paid_while_it_was_being_cancelled_it_is_a_sale(till: OnlineTill) -> None:
    """S4: never lost."""
    checkout_id = till.open()
    till.do(cancel_checkout, checkout_id)
    till.pay(checkout_id)
    till.push()
    assert till.standing(checkout_id) == "closing"
    till.look()
    assert till.standing(checkout_id) == "paid" and till.usable() == 12
    (task,) = till.see(open_decisions)
    assert (task.kind, task.amount, task.credits) == ("paid_late", till.money(9000), 12)


def test_cancelled_without_a_network_it_may_be_paid_and_somebody_is_told(till: OnlineTill) -> None:
    """S4, Y4: the desk may have taken the money another way since."""
    checkout_id = till.open()
    till.stripe.go_offline()
    till.do(cancel_checkout, checkout_id)
    with pytest.raises(NotReached):
        till.push()
    assert till.standing(checkout_id) == "closing_offline" and till.view(checkout_id).url == ""
    till.stripe.go_online()
    till.pay(checkout_id)
    till.push_later()
    till.look()
    assert till.standing(checkout_id) == "paid" and len(rows(till, sale)) == 1
    assert [one.kind for one in till.see(open_decisions)] == ["paid_late"]


def test_cancelled_before_anybody_was_shown_how_to_pay(till: OnlineTill) -> None:
    """Y5: only then the money can be taken another way at once."""
    till.stripe.go_offline()
    opened = till.do(open_checkout, till.by_stripe())
    with pytest.raises(NotReached):
        till.push()
    till.do(cancel_checkout, opened.checkout_id)
    assert till.standing(opened.checkout_id) == "cancelled", "nothing ever left this desk"
    till.stripe.go_online()
    till.push_later()
    assert till.standing(opened.checkout_id) == "cancelled" and not till.see(open_decisions)


def test_half_an_hour_later_it_lapses(till: OnlineTill) -> None:
    checkout_id = till.open()
    till.pass_time(minutes=32)
    till.look()
    assert till.standing(checkout_id) == "lapsed"
    assert not till.see(checkouts_to_watch)


def test_paid_after_it_was_over_is_a_sale_and_a_task(till: OnlineTill) -> None:
    """S4: somebody who wasn't there any more has the money and decides."""
    checkout_id = till.open()
    page = session(till, checkout_id)
    till.office.write(apply_object, till.online, None, {**page, "status": "expired"})
    assert till.standing(checkout_id) == "lapsed"
    till.pay(checkout_id)
    till.office.write(apply_object, till.online, None, session(till, checkout_id)["payment_intent"])
    assert till.standing(checkout_id) == "paid" and till.usable() == 12
    (task,) = till.see(open_decisions)
    assert (task.kind, task.amount, task.credits, task.receipt) == (
        "paid_late", till.money(9000), 12, "D1-000001",
    )  # fmt: skip


def test_another_amount_than_was_asked_for_is_not_believed(till: OnlineTill) -> None:
    checkout_id = till.open()
    till.pay(checkout_id)
    body = {**session(till, checkout_id), "amount_total": 100}
    till_write = till.office.write
    assert refused(till_write, apply_object, till.online, None, body) == "checkout.other_amount"
    assert not rows(till, sale)


# --- What happened meanwhile -------------------------------------------------------------------------


def test_a_client_who_was_merged_meanwhile_gets_them_as_one(till: OnlineTill) -> None:
    """D4."""
    checkout_id = till.open()
    lea = make_client(till.office, till.actor, "Lea Blum")
    till.do(merge_clients, till.mira, lea)
    assert [row.client for row in till.see(pending_checkouts)] == ["Lea Blum"]
    till.pay(checkout_id)
    till.look()
    (made,) = rows(till, sale)
    assert made.client_id == lea and till.usable() == 12
    assert not till.see(open_decisions)


def test_a_client_who_was_archived_meanwhile_gets_them_and_somebody_is_told(till: OnlineTill) -> None:
    """S4."""
    checkout_id = till.open()
    till.do(archive_client, till.mira)
    till.pay(checkout_id)
    till.look()
    assert till.usable() == 12
    (task,) = till.see(open_decisions)
    assert task.kind == "client_gone"


def test_a_limit_that_was_reached_meanwhile_was_paid_twice(till: OnlineTill) -> None:
    """P1, S4: bought another way once it was over; what becomes of it is asked once."""
    once = till.on_sale("Intro", 2000, per_client_limit=1)
    checkout_id = till.open(once)
    page = session(till, checkout_id)
    till.office.write(apply_object, till.online, None, {**page, "status": "expired"})
    till.take(once)
    till.pay(checkout_id)
    till.office.write(apply_object, till.online, None, session(till, checkout_id)["payment_intent"])
    assert {one.kind for one in till.see(open_decisions)} == {"paid_twice"}
    assert len(rows(till, sale)) == 2


# --- The way to Stripe -------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["lost_reply", "reset", "500_after", "cut_off", "html_502", "409"])
def test_an_answer_that_is_lost_leaves_one_page(till: OnlineTill, fault: Any) -> None:
    """Y4: the same key again, until there is an answer."""
    opened = till.do(open_checkout, till.by_stripe())
    till.stripe.faults.add(fault, "POST", calls.SESSIONS)
    till.push(1)
    assert till.standing(opened.checkout_id) in ("unclear", "refused_now")
    till.push_later()
    if fault == "500_after":
        # What Stripe has kept is the 500: after a day it is looked up.
        till.pass_time(hours=24)
        till.push()
        assert till.row(opened.checkout_id).session_id is not None
    else:
        assert till.standing(opened.checkout_id) == "ready"
    assert len(list(till.stripe.account.sessions.live)) == 1


def test_an_expiry_whose_answer_is_lost(till: OnlineTill) -> None:
    """Y4."""
    checkout_id = till.open()
    till.do(cancel_checkout, checkout_id)
    till.stripe.faults.add("lost_reply", "POST", "/expire")
    till.push(1)
    assert till.standing(checkout_id) == "closing"
    till.look()
    assert till.standing(checkout_id) == "cancelled"
    till.push_later()
    assert {state for _, state in till.ops()} == {"done"}


def test_without_a_network_it_waits_and_nothing_is_lost(till: OnlineTill) -> None:
    """Y5."""
    till.stripe.go_offline()
    opened = till.do(open_checkout, till.by_stripe())
    with pytest.raises(NotReached):
        till.push()
    assert till.standing(opened.checkout_id) == "offline"
    till.stripe.go_online()
    till.push_later()
    assert till.standing(opened.checkout_id) == "ready"


def test_a_clock_that_is_behind_gets_a_page_without_an_end(till: OnlineTill) -> None:
    till.stripe.clock.advance(hours=2)
    checkout_id = till.open()
    assert till.standing(checkout_id) == "ready"
    assert till.ops() == [("checkout.create", "failed"), ("checkout.create", "done")]


def test_a_page_asked_for_long_ago_is_not_made(till: OnlineTill) -> None:
    """Y5: nobody stands at the desk any more."""
    opened = till.do(open_checkout, till.by_stripe())
    till.pass_time(minutes=40)
    till.push()
    assert till.standing(opened.checkout_id) == "failed"
    assert not list(till.stripe.account.sessions.live)


def test_how_often_each_is_looked_at(till: OnlineTill) -> None:
    """Y3: within what Stripe allows."""
    till.open()
    paces = []
    for minutes in (0, 4, 2, 20, 10):
        till.clock.pass_time(minutes=minutes)
        paces.append(till.see(checkouts_to_watch)[0].every)
    assert paces == [3, 3, 30, 30, 600]


def test_paid_without_a_payment_is_no_sale_until_it_is_told(till: OnlineTill) -> None:
    """S4: else the payment would be a second one once Stripe names it."""
    checkout_id = till.open()
    till.pay(checkout_id)
    ((call, *_),) = [watched.calls for watched in till.see(checkouts_to_watch)]
    body = till.gateway.call(call).body | {"payment_intent": None}
    assert refused(till.office.write, apply_object, till.online, None, body) == "checkout.no_payment"
    till.look()
    assert till.standing(checkout_id) == "paid" and till.see(open_decisions) == ()
    with till.office.database.reading() as connection:
        assert len(connection.execute(sa.select(sale.c.id)).all()) == 1


def test_what_a_client_was_asked_to_pay_for_stays_in_the_books(till: OnlineTill) -> None:
    """P2, S4: a package that nobody has bought yet, while somebody is paying and after it was taken back."""
    line = till.on_sale()
    checkout_id = till.open(line)
    assert refused(till.do, delete_package, line.package_id) == "package.asked_for"
    till.do(cancel_checkout, checkout_id)
    till.pay(checkout_id)
    assert refused(till.do, delete_package, line.package_id) == "package.asked_for"
    till.push_later()
    till.look()
    assert till.standing(checkout_id) == "paid"


def test_what_a_client_was_asked_to_pay_locks_the_currency(till: OnlineTill) -> None:
    """S9: else 90.00 that Stripe has would be 9000 yen in the books. The zone is still free."""
    till.open(till.on_sale())
    studio = till.see(studio_view)
    assert (studio.currency_locked, studio.zone_locked) == (True, False)
    draft = StudioSettingsDraft(studio.name, "USD", "Asia/Tokyo", studio.day_starts_hour)
    assert invalid(till.do, change_studio, replace(draft, currency="JPY")) == {
        ("currency", "studio.currency_locked")
    }
    till.do(change_studio, draft)


@pytest.mark.parametrize("end", ["unsent", "too_late", "expired", "lapsed"])
def test_what_nobody_can_pay_any_more_locks_no_currency(till: OnlineTill, end: str) -> None:
    """S9: once Stripe has ended it, never had it, or did not take it."""
    package = till.on_sale()
    if end == "unsent":
        till.do(cancel_checkout, till.do(open_checkout, till.by_stripe(package)).checkout_id)
    elif end == "too_late":
        till.do(open_checkout, till.by_stripe(package))
        till.pass_time(minutes=40)
        till.push()
    else:
        checkout_id = till.open(package)
        if end == "expired":
            till.do(cancel_checkout, checkout_id)
            assert till.see(studio_view).currency_locked, "Stripe has yet to end it"
            till.push_later()
        else:
            till.pass_time(hours=1)
            till.look()
    studio = till.see(studio_view)
    assert not studio.currency_locked
    till.do(change_studio, StudioSettingsDraft(studio.name, "JPY", studio.zone, studio.day_starts_hour))
    assert till.see(studio_view).currency == "JPY"


def test_what_is_paid_after_all_in_the_currency_of_before_is_no_sale(till: OnlineTill) -> None:
    """S9: 90.00 that Stripe has is not 9000 yen. It is kept aside for a person, with the reason."""
    checkout_id = till.open(till.on_sale())
    session_id = till.row(checkout_id).session_id
    till.do(cancel_checkout, checkout_id)
    till.push_later()
    studio = till.see(studio_view)
    till.do(change_studio, StudioSettingsDraft(studio.name, "JPY", studio.zone, studio.day_starts_hour))
    answer = till.gateway.call(calls.look_at_session(session_id))
    paid = {**answer.body, "payment_status": "paid", "status": "complete", "payment_intent": "pi_late"}
    later = till.clock.at + timedelta(minutes=1)
    assert refused(till.office.write, apply_object, till.online, None, paid, later) == "sync.other_currency"
    assert till.standing(checkout_id) == "cancelled"
