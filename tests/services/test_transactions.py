"""The transactions screen: pages, filters, totals, the takings of a day, and one transaction in full (F3)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.errors import NotFound
from frontdesk.models.money import Money
from frontdesk.models.sale import money_transaction
from frontdesk.services import refunded_payments, transaction_query
from frontdesk.services.desks import add_desk
from frontdesk.services.drafts.sales import DiscountDraft
from frontdesk.services.drafts.settings import DeskDraft
from frontdesk.services.drafts.staff import StaffDraft
from frontdesk.services.drafts.transactions import TransactionFilter, TransactionSort
from frontdesk.services.merging import merge_clients
from frontdesk.services.purchases import client_purchases
from frontdesk.services.refund_states import mark_failed, mark_transfer_done
from frontdesk.services.staff import add_staff
from frontdesk.services.transaction_detail import transaction_detail
from frontdesk.services.transactions import takings, transaction_totals, transactions
from frontdesk.services.unit_of_work import Actor
from frontdesk.services.views.sales import Purchase
from frontdesk.services.views.transactions import TransactionRow
from tests.services.till import Till, till

__all__ = ["till"]

BY_AMOUNT = TransactionSort.AMOUNT


def found(till: Till, wanted: TransactionFilter | None = None, **fields: Any) -> list[TransactionRow]:
    """All rows of a filter, newest first."""
    return list(till.see(transactions, wanted or TransactionFilter(**fields)).rows)


def receipts(till: Till, **fields: Any) -> list[str]:
    return [row.receipt for row in found(till, **fields)]


# --- The list ----------------------------------------------------------------------------------------


def test_the_newest_comes_first_and_tells_what_it_was(till: Till) -> None:
    """F3."""
    sold = till.take(till.on_sale(), till.on_sale("Five", 5000), payments=(till.by_card(14000, "T-7"),))
    till.clock.pass_time(hours=1)
    payment = till.refund_view(sold).payments[0].payment_id
    till.refund(sold, 1000, references=((payment, "R-7"),))
    back, paid = found(till)
    assert (back.kind, back.amount, back.receipt) == ("refund", Money(-1000, "USD"), "D1-R-000001")
    assert (paid.kind, paid.tender, paid.amount, paid.status) == (
        "payment",
        "external_card",
        Money(14000, "USD"),
        "succeeded",
    )
    assert (paid.client, paid.staff, paid.what, paid.reference) == (
        "Mira Okafor",
        "Ana",
        "10-class pack, Five",
        "T-7",
    )
    assert paid.at == till.clock.at - timedelta(hours=1)


def test_a_payment_tells_what_of_it_went_back(till: Till) -> None:
    """F3, S6: and says of what is under way what its refund says; what failed does not count."""
    sold = till.take(payments=(till.cash(4000), till.by_transfer(5000)))
    assert standings(till) == {"cash": "paid", "bank_transfer": "paid"}
    made = till.refund(sold, 6000)
    assert standings(till) == {"cash": "partly_refunded", "bank_transfer": "to_be_paid_out"}
    assert standings(till, "refund") == {"cash": "refunded", "bank_transfer": "to_be_paid_out"}
    assert purchase(till).status == "to_be_paid_out"
    assert (purchase(till).lines[0].refunded, purchase(till).lines[0].under_way) == (
        till.money(1000),
        till.money(5000),
    )
    pending = next(part.transaction_id for part in made.parts if part.tender == "bank_transfer")
    till.do(mark_failed, pending or 0)
    assert standings(till) == {"cash": "partly_refunded", "bank_transfer": "paid"}
    assert standings(till, "refund") == {"cash": "refunded", "bank_transfer": "refund_failed"}
    assert (purchase(till).status, purchase(till).lines[0].under_way) == ("partly_refunded", till.money(0))
    rest = till.refund(sold, 8000)
    waits = next(part.transaction_id for part in rest.parts if part.tender == "bank_transfer")
    till.do(mark_transfer_done, waits or 0)
    assert standings(till) == {"cash": "refunded", "bank_transfer": "refunded"}
    assert purchase(till).status == "refunded"


def test_a_payment_of_a_sale_taken_back_says_so(till: Till) -> None:
    """S2."""
    till.void(till.take())
    assert standings(till) == {"cash": "voided"} and purchase(till).status == "voided"
    assert standings(till, "refund") == {"cash": "refunded"}


def test_of_what_cost_nothing_the_credits_tell_whether_it_went_back(till: Till) -> None:
    """S5."""
    gift = till.take(till.on_sale("Gift", 0))
    till.refund(gift, 0, credits=4)
    assert standings(till) == {"free": "paid"} and purchase(till).status == "paid"
    till.refund(gift, 0, credits=8)
    assert standings(till) == {"free": "refunded"} and purchase(till).status == "refunded"
    till.void(till.take(till.on_sale("Other gift", 0)))
    assert [row.standing for row in found(till, kind="payment")] == ["voided", "refunded"]


def standings(till: Till, kind: str = "payment") -> dict[str, str]:
    """Where the payments, or the newest refunds, of each tender stand."""
    return {row.tender: row.standing for row in reversed(found(till, kind=kind))}


def purchase(till: Till) -> Purchase:
    """The sale as the client's profile shows it."""
    return till.see(client_purchases, till.mira)[0]


@pytest.fixture(params=["few", "many"])
def month(till: Till, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Till:
    """A month with all kinds of transactions, read as if they were few, and as if they were very many."""
    if request.param == "many":
        monkeypatch.setattr(transaction_query, "FEW", 0)
        monkeypatch.setattr(transaction_query, "FEW_BY_DAY", 0)
        monkeypatch.setattr(refunded_payments, "FEW_REFUNDS", 0)
        monkeypatch.setattr(refunded_payments, "_FREQUENT", dict.fromkeys(TransactionSort, 1))
    dice = random.Random(7)
    staff = [till.actor.staff_id, till.do(add_staff, StaffDraft("Ben"))]
    clients = [till.mira, *(till.client(name) for name in ("Noah Berg", "Zoë Li"))]
    lines = [till.on_sale(), till.on_sale("Five", 5000), till.on_sale("Gift", 0)]
    for place in range(60):
        till.clock.pass_time(hours=dice.choice((0, 1, 11, 26)))
        till.actor = replace(till.actor, staff_id=dice.choice(staff))
        line = dice.choice(lines)
        total = till.quote(line).total.amount
        payments: tuple[Any, ...] = ()
        if total:
            ways = (till.cash(total), till.by_card(total, f"T-{place}"), till.by_transfer(total))
            payments = (dice.choice(ways),)
        sold = till.take(line, client_id=dice.choice(clients), payments=payments)
        if total and dice.random() < 0.4:
            till.clock.pass_time(minutes=5)
            payment = till.refund_view(sold).payments[0].payment_id
            amount = dice.choice((100, 2500, total))
            made = till.refund(sold, amount, references=((payment, f"R-{place}"),))
            if made.pending and dice.random() < 0.5:
                till.do(mark_failed, made.parts[0].transaction_id or 0)
        elif total and dice.random() < 0.2:
            payment = till.refund_view(sold).payments[0].payment_id
            till.void(sold, references=((payment, f"V-{place}"),))
    return till


def filters(rows: list[TransactionRow]) -> Iterator[TransactionFilter]:
    """Filters of every kind and in many combinations."""
    dice = random.Random(11)
    days = sorted({row.at.date() for row in rows})
    staff = {"Ana": 1, "Ben": 2}
    yield TransactionFilter()
    for _ in range(60):
        row, other = dice.choice(rows), dice.choice(rows)
        fields: dict[str, Any] = {
            "from_day": dice.choice(days),
            "to_day": dice.choice(days),
            "tender": row.tender,
            "kind": row.kind,
            "status": row.status,
            "standing": dice.choice(("refunded", "partly_refunded")),
            "staff_id": staff[row.staff],
            "client_id": row.client_id,
            "min_amount": min(row.amount.amount, other.amount.amount),
            "max_amount": max(row.amount.amount, other.amount.amount),
            "tenders": dice.choice((("cash", "free"), ("bank_transfer",), (row.tender, "external_card"))),
            "text": dice.choice((row.receipt, row.reference or "D1", row.client[:4])),
        }
        yield TransactionFilter(
            **{name: fields[name] for name in dice.sample(list(fields), dice.choice((1, 2, 3)))}
        )


def passes(row: TransactionRow, wanted: TransactionFilter, business_day: date) -> bool:
    """The same filter in Python, but for the text."""
    staff = {"Ana": 1, "Ben": 2}
    return (
        (wanted.from_day is None or business_day >= wanted.from_day)
        and (wanted.to_day is None or business_day <= wanted.to_day)
        and wanted.tender in (None, row.tender)
        and (wanted.tenders is None or row.tender in wanted.tenders)
        and wanted.kind in (None, row.kind)
        and wanted.status in (None, row.status)
        and (wanted.standing is None or (row.kind == "payment" and row.standing == wanted.standing))
        and wanted.staff_id in (None, staff[row.staff])
        and wanted.client_id in (None, row.client_id)
        and (wanted.min_amount is None or row.amount.amount >= wanted.min_amount)
        and (wanted.max_amount is None or row.amount.amount <= wanted.max_amount)
        and (not wanted.text or _has_text(row, wanted.text))
    )


def _has_text(row: TransactionRow, text: str) -> bool:
    beginnings = row.receipt.startswith(text) or (bool(row.reference) and row.reference.startswith(text))
    return beginnings or text.casefold() in row.client.casefold()


def business_days(till: Till) -> dict[int, date]:
    with till.office.database.reading() as connection:
        rows = connection.execute(sa.select(money_transaction.c.id, money_transaction.c.business_day))
        return {row.id: row.business_day for row in rows}


def test_every_filter_in_every_order_page_by_page(month: Till) -> None:
    """F3: against the same filter in Python."""
    everything, days = found(month), business_days(month)
    assert len(everything) == len(days) >= 70
    for wanted in filters(everything):
        for sort in TransactionSort:
            for descending in (True, False):
                expected = [row for row in everything if passes(row, wanted, days[row.id])]
                key = {TransactionSort.AT: _by_time, BY_AMOUNT: _by_amount}[sort]
                expected.sort(key=key, reverse=descending)
                got = list(_paged(month, wanted, sort, descending))
                assert [row.id for row in got] == [row.id for row in expected], (wanted, sort, descending)


def _by_time(row: TransactionRow) -> tuple[datetime, int]:
    return row.at, row.id


def _by_amount(row: TransactionRow) -> tuple[int, int]:
    return row.amount.amount, row.id


def _paged(
    till: Till, wanted: TransactionFilter, sort: TransactionSort, descending: bool
) -> Iterator[TransactionRow]:
    after = None
    while True:
        page = till.see(transactions, wanted, sort, after, 17, descending=descending)
        yield from page.rows
        after = page.more
        if after is None:
            return


@pytest.mark.parametrize("standing", ["refunded", "partly_refunded"])
def test_payments_are_found_by_what_of_them_went_back(month: Till, standing: str) -> None:
    """F3, S6: as the list calls them, in every order, with their totals."""
    everything = found(month)
    expected = [row for row in everything if (row.kind, row.standing) == ("payment", standing)]
    assert expected and {row.standing for row in everything} >= {"paid", "voided", "to_be_paid_out"}
    wanted = TransactionFilter(standing=standing)
    assert list(_paged(month, wanted, TransactionSort.AT, True)) == expected
    assert list(_paged(month, wanted, TransactionSort.AT, False)) == expected[::-1]
    by_amount = sorted(expected, key=_by_amount)
    assert list(_paged(month, wanted, BY_AMOUNT, False)) == by_amount
    totals = month.see(transaction_totals, wanted)
    received = sum(row.amount.amount for row in expected)
    assert (totals.count, totals.all.received.amount) == (len(expected), received)
    assert totals.all.refunds == 0


def test_totals_agree_with_the_list(month: Till) -> None:
    """F3."""
    everything, days = found(month), business_days(month)
    for wanted in filters(everything):
        rows = [row for row in everything if passes(row, wanted, days[row.id])]
        totals = month.see(transaction_totals, wanted)
        live = [row for row in rows if row.status not in ("failed", "cancelled")]
        assert totals.count == len(rows), wanted
        assert totals.all.net.amount == sum(row.amount.amount for row in live), wanted
        for one in totals.tenders:
            own = [row for row in live if row.tender == one.tender]
            assert one.received.amount == sum(row.amount.amount for row in own if row.kind == "payment")
            assert one.refunded.amount == -sum(row.amount.amount for row in own if row.kind == "refund")
            assert one.pending.amount == -sum(row.amount.amount for row in own if row.status == "pending")
        assert not totals.partial


def test_no_filter_reads_the_whole_table(month: Till) -> None:
    """F3: by the plan of every statement. A server plans by its statistics, and is not asked."""
    if month.office.database.dialect != "sqlite":
        return
    everything = found(month)
    for wanted in filters(everything):
        for sort in TransactionSort:
            with statements(month) as seen:
                month.see(transactions, wanted, sort)
            for told in plans(month, seen):
                assert "SCAN money_transaction" not in told, (wanted, sort)


@contextmanager
def statements(till: Till) -> Iterator[list[tuple[str, Any]]]:
    """Collects what is sent to the database."""
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        seen.append((statement, parameters))

    engine = till.office.database._engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def plans(till: Till, seen: list[tuple[str, Any]]) -> Iterator[str]:
    with till.office.database.reading() as connection:
        for statement, parameters in seen:
            if "money_transaction" in statement and statement.lstrip().startswith("SELECT"):
                steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                yield "\n".join(str(step[3]) for step in steps)


def test_the_plan_of_a_full_scan_would_be_seen(month: Till) -> None:
    """The check above can fail."""
    if month.office.database.dialect == "sqlite":
        everything: list[tuple[str, Any]] = [("SELECT * FROM money_transaction WHERE cash_change = 1", ())]
        assert any("SCAN money_transaction" in plan for plan in plans(month, everything))


# --- Text --------------------------------------------------------------------------------------------


def test_a_receipt_is_found_by_its_number_in_every_series(till: Till) -> None:
    """F3."""
    bar = Actor(till.actor.staff_id, till.do(add_desk, DeskDraft("Bar", "BAR")))
    sold = till.take()
    till.refund(sold, 100)
    till.actor = bar
    till.take(client_id=till.client("Noah"))
    assert sorted(receipts(till, text="1")) == ["BAR-000001", "D1-000001", "D1-R-000001"]
    assert receipts(till, text="d1-1") == ["D1-000001"]
    assert receipts(till, text="D1-R-000001") == ["D1-R-000001"]
    assert receipts(till, text=" bar ") == ["BAR-000001"]
    assert sorted(receipts(till, text="D1")) == ["D1-000001", "D1-R-000001"]
    assert receipts(till, text="BAR-000002") == []


def test_clients_and_references_are_found_by_text(till: Till) -> None:
    """F3, D2."""
    till.take(payments=(till.by_card(9000, "Ab-123"),))
    till.take(client_id=till.client("Zoë Ólafsdóttir"))
    assert receipts(till, text="Ab-1") == ["D1-000001"]
    assert receipts(till, text="olafs") == ["D1-000002"]
    assert receipts(till, text="zoe") == ["D1-000002"]
    assert receipts(till, text="100%") == []
    assert receipts(till, text="'; DROP TABLE sale") == []


def test_merged_clients_are_one(till: Till) -> None:
    """D4."""
    other = till.client("M. Okafor")
    till.take(client_id=other)
    till.take()
    till.do(merge_clients, other, till.mira)
    assert receipts(till, client_id=till.mira) == receipts(till, client_id=other)
    assert {row.client for row in found(till, client_id=other)} == {"Mira Okafor"}
    assert len(receipts(till, text="Mira")) == 2
    with pytest.raises(NotFound, match=r"client\.unknown"):
        found(till, client_id=999)


# --- Takings and details -----------------------------------------------------------------------------


def test_the_takings_of_a_day_tell_what_came_in_and_what_went_back(till: Till) -> None:
    """S3: by business day in the studio's zone."""
    till.at(2027, 1, 4, 23, 59)
    first = till.take(payments=(till.cash(5000), till.by_transfer(4000)))
    till.at(2027, 1, 5, 0, 1)
    till.take()
    till.refund(first, 5000)
    shown = till.see(takings)
    assert shown.day == date(2027, 1, 5)
    cash, bank = shown.totals.tenders
    assert (cash.tender, cash.received, cash.refunded, cash.net) == (
        "cash",
        till.money(9000),
        till.money(1000),
        till.money(8000),
    )
    assert (bank.tender, bank.payments, bank.refunded, bank.pending) == (
        "bank_transfer",
        0,
        till.money(4000),
        till.money(4000),
    )
    assert shown.totals.all.net == till.money(4000)
    before = till.see(takings, date(2027, 1, 4)).totals
    assert (before.all.received, before.all.payments) == (till.money(9000), 2)
    assert till.see(takings, date(2026, 1, 1)).totals.count == 0


def test_a_refund_that_failed_counts_in_no_total(till: Till) -> None:
    """S6."""
    sold = till.take(payments=(till.by_transfer(9000),))
    till.do(mark_failed, till.refund(sold).parts[0].transaction_id or 0)
    totals = till.see(takings).totals
    assert (totals.count, totals.all.refunds, totals.all.net) == (2, 0, till.money(9000))


def test_one_transaction_tells_all_of_its_sale(till: Till) -> None:
    """F3."""
    discount = DiscountDraft("other", till.money(1000), text="Raffle")
    sold = till.take(discount=discount, payments=(till.cash(3000, 5000), till.by_transfer(5000)))
    till.visit(3)
    till.refund(sold, 2000)
    back, bank, cash = found(till)
    shown = till.see(transaction_detail, cash.id)
    assert shown.row == cash
    assert (shown.sale_receipt, shown.sold_by, shown.desk) == ("D1-000001", "Ana", "Front desk")
    assert (shown.subtotal, shown.discount, shown.total) == (
        till.money(9000),
        till.money(1000),
        till.money(8000),
    )
    assert (shown.discount_code, shown.discount_text) == ("other", "Raffle")
    (line,) = shown.lines
    assert (line.used, line.left, line.last_day) == (3, 9 - shown.refunds[0].credits_voided, date(2027, 4, 4))
    assert [(one.tender, one.cash_change) for one in shown.payments] == [
        ("cash", till.money(2000)),
        ("bank_transfer", None),
    ]
    assert [one.amount for one in shown.refunds] == [till.money(2000)]
    assert (shown.can_void, shown.can_refund) == (True, True)
    assert (shown.can_mark_done, shown.can_mark_failed) == (False, False)
    refunded = till.see(transaction_detail, back.id)
    assert (refunded.can_mark_done, refunded.can_mark_failed) == (True, True)
    assert till.see(transaction_detail, bank.id).row.tender == "bank_transfer"
    with pytest.raises(NotFound, match=r"transaction\.unknown"):
        till.see(transaction_detail, 999)


def test_a_day_far_away_is_an_empty_day(till: Till) -> None:
    """F3."""
    till.take()
    assert receipts(till, from_day=date(1, 1, 1), to_day=date(2999, 12, 31)) == ["D1-000001"]
    assert receipts(till, from_day=date(2999, 12, 31)) == []
    assert till.see(takings, date(2999, 12, 31)).totals.count == 0
    till.clock.at = datetime(2027, 1, 4, 22, 59, 59, tzinfo=UTC)
    till.take()
    assert len(receipts(till, from_day=date(2027, 1, 4), to_day=date(2027, 1, 4))) == 2
