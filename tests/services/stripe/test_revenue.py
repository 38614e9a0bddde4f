"""Revenue of a period by day, tender and package: the same sums as the transactions, to the cent (Y6)."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from frontdesk.models.database import Database
from frontdesk.models.sync import stripe_object
from frontdesk.services.drafts.sales import PaymentDraft
from frontdesk.services.drafts.transactions import TransactionFilter
from frontdesk.services.packages import save_package
from frontdesk.services.refund_states import mark_failed
from frontdesk.services.sales import sell
from frontdesk.services.stripe.revenue import revenue
from frontdesk.services.transactions import transaction_totals
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.views.revenue import Revenue, RevenuePart
from tests.builders import PACK
from tests.support.desk import Desk, busy_studio

FIRST = date(2027, 1, 4)


@pytest.fixture
def desk(database: Database) -> Desk:
    """A studio that counts in USD, on Monday, 4 January."""
    return Desk.found(database)


def seen(desk: Desk, first: date = FIRST, days: int = 7) -> Revenue:
    return desk.office.read(revenue, first, first + timedelta(days=days - 1))


def amounts(parts: tuple[RevenuePart, ...]) -> dict[str, int]:
    return {part.name or part.key: part.net.amount for part in parts if part.net.amount or part.times}


def assert_sums_agree(desk: Desk, report: Revenue) -> None:
    """The same as the transactions say, whichever way it is cut."""
    wanted = TransactionFilter(from_day=report.first_day, to_day=report.last_day)
    totals = desk.office.read(transaction_totals, wanted)
    assert (report.all.received, report.all.refunded) == (totals.all.received, totals.all.refunded)
    by_tender = {
        one.tender: (one.received, one.refunded) for one in totals.tenders if one.received or one.refunds
    }
    for part in report.tenders:
        assert by_tender.get(part.key, (part.received, part.refunded)) == (part.received, part.refunded)
    for parts in (report.days, report.tenders, report.packages):
        assert sum(part.received.amount for part in parts) == report.all.received.amount
        assert sum(part.refunded.amount for part in parts) == report.all.refunded.amount


def test_money_counts_on_its_day_by_its_tender_for_its_package(desk: Desk) -> None:
    mira, pack = desk.client(), desk.package()
    drop_in = desk.package(name="Drop-in", credits=1, bonus=0, price=desk.money(1500))
    sold = desk.sell(mira, pack)
    desk.clock.pass_time(days=2)
    desk.sell(mira, pack, drop_in, tender="external_card")
    desk.refund(sold.sale_id, 2000, 1)
    report = seen(desk)
    assert [day.net.amount for day in report.days] == [9000, 0, 8500, 0, 0, 0, 0]
    assert amounts(report.tenders) == {"external_card": 10500, "cash": 7000}
    assert [part.key for part in report.tenders] == ["external_card", "cash"]
    assert amounts(report.packages) == {"10-class pack": 16000, "Drop-in": 1500}
    assert report.packages[0].times == 2 and report.packages[0].refunded.amount == 2000
    assert report.all.net.amount == 17500 and report.all.times == 2
    assert_sums_agree(desk, report)


def test_what_lies_outside_of_the_days_does_not_count(desk: Desk) -> None:
    mira, pack = desk.client(), desk.package()
    sold = desk.sell(mira, pack)
    desk.clock.pass_time(days=1)
    desk.refund(sold.sale_id, 3000, 1)
    assert seen(desk, FIRST, 1).all.net.amount == 9000
    second = seen(desk, FIRST + timedelta(days=1), 1)
    assert second.all.received.amount == 0 and second.all.net.amount == -3000
    assert amounts(second.packages) == {"10-class pack": -3000}
    assert seen(desk, FIRST + timedelta(days=2), 5).packages == ()


def test_a_refund_that_failed_counts_nowhere(desk: Desk) -> None:
    sold = desk.sell(desk.client(), desk.package(), tender="bank_transfer")
    made = desk.refund(sold.sale_id, 3000, 1)
    assert seen(desk).all.net.amount == 6000
    desk.do(mark_failed, made.parts[0].transaction_id, "no such account")
    report = seen(desk)
    assert report.all.net.amount == 9000 and report.packages[0].net.amount == 9000
    assert_sums_agree(desk, report)


def test_where_a_part_of_a_refund_failed_the_rest_is_split_over_its_lines(desk: Desk) -> None:
    """S5."""
    mira, pack = desk.client(), desk.package()
    drop_in = desk.package(name="Drop-in", credits=1, bonus=0, price=desk.money(1500))
    draft = desk.sale_draft(mira, pack, drop_in)
    paid = (
        PaymentDraft("bank_transfer", desk.money(10000)),
        PaymentDraft("cash", desk.money(500)),
    )
    sold = desk.do(sell, replace(draft, payments=paid))
    made = desk.void(sold.sale_id)
    transfer = next(one for one in made.parts if one.tender == "bank_transfer")
    desk.do(mark_failed, transfer.transaction_id, "no such account")
    report = seen(desk)
    assert report.all.net.amount == 10000
    # 5.00 over lines of 90.00 and 15.00.
    assert {part.name: part.refunded.amount for part in report.packages} == {
        "10-class pack": 429,
        "Drop-in": 71,
    }
    assert_sums_agree(desk, report)


def test_a_package_that_was_renamed_is_one_package(desk: Desk) -> None:
    mira, pack = desk.client(), desk.package()
    desk.sell(mira, pack)
    desk.do(save_package, pack, replace(PACK, name="Ten classes"), 1)
    desk.sell(mira, pack)
    report = seen(desk)
    assert [(part.name, part.times) for part in report.packages] == [("Ten classes", 2)]


def test_the_sums_of_a_busy_studio_agree_for_any_days(database: Database) -> None:
    desk = busy_studio(database)
    chosen = random.Random(7)
    for _ in range(12):
        first = FIRST + timedelta(days=chosen.randint(-2, 8))
        assert_sums_agree(desk, seen(desk, first, chosen.randint(1, 12)))
    assert_sums_agree(desk, seen(desk, FIRST - timedelta(days=30), 120))


def test_disputed_payments_are_told_apart_and_do_not_change_the_sums(desk: Desk) -> None:
    """S8."""
    mira, pack = desk.client(), desk.package()
    for number, status in enumerate(("needs_response", "lost", "won"), 1):
        paid = (PaymentDraft("external_card", desk.money(9000), f"pi_{number}"),)
        desk.do(sell, replace(desk.sale_draft(mira, pack), payments=paid))
        desk.do(_dispute, number, status)
    report = seen(desk)
    assert (report.disputed.count, report.disputed.open.amount, report.disputed.lost.amount) == (
        2,
        9000,
        9000,
    )
    assert report.all.net.amount == 27000
    assert seen(desk, FIRST + timedelta(days=1)).disputed.count == 0


def _dispute(work: UnitOfWork, number: int, status: str) -> None:
    """As sync stores it."""
    body = {"object": "dispute", "amount": 9000, "currency": "usd", "status": status}
    work.connection.execute(
        sa.insert(stripe_object),
        {
            "id": f"dp_{number}", "kind": "dispute", "created": work.now, "status": status,
            "payment_intent": f"pi_{number}", "body": json.dumps(body), "fetched_at": work.now,
        },
    )  # fmt: skip
