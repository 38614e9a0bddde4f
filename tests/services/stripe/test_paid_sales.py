"""Sales of money that Stripe has: once, in the right days, on the terms that were paid for (S4, Y2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from frontdesk.errors import NotFound
from frontdesk.models.ledger import ledger_op
from frontdesk.models.money import Money
from frontdesk.models.sale import money_transaction, sale, sale_line
from frontdesk.services.decisions import open_decisions
from frontdesk.services.drafts.sales import PaymentDraft
from frontdesk.services.drafts.settings import TaxDraft
from frontdesk.services.office import Office
from frontdesk.services.sale_writer import WrittenSale
from frontdesk.services.settings import change_tax
from frontdesk.services.stripe.paid_sales import (
    basket_as_paid,
    online_command,
    sale_of_intent,
    write_paid_sale,
)
from frontdesk.services.unit_of_work import Actor, UnitOfWork
from frontdesk.services.verify import check_books
from tests.builders import SetClock
from tests.services.stripe.online_till import OnlineTill, online_till
from tests.services.stripe.test_checkouts import rows


@pytest.fixture
def till(office: Office, actor: Actor, clock: SetClock) -> Iterator[OnlineTill]:
    """A till at a double of Stripe."""
    with online_till(office, actor, clock) as made:
        yield made


def bought_online(
    work: UnitOfWork, client_id: int, version_id: int, total: int, paid_at: datetime, intent: str
) -> WrittenSale:
    """A purchase on a Payment Link, as the pull writes it."""
    basket = basket_as_paid(work, version_id, total, paid_at)
    payments = (PaymentDraft("stripe_checkout", Money(total, "USD"), intent),)
    return write_paid_sale(work, client_id, basket, payments, paid_at, intent, online_command(f"cs_{intent}"))


def buy(
    till: OnlineTill, total: int = 9000, intent: str = "pi_1", ago: timedelta = timedelta()
) -> WrittenSale:
    version = till.on_sale().version_id
    made: WrittenSale = till.office.write(
        bought_online, till.online, None, till.mira, version, total, till.clock.at - ago, intent
    ).value
    return made


def test_a_purchase_is_of_the_series_online_and_of_the_day_it_was_paid(till: OnlineTill) -> None:
    """Y2, S1, C4, D8."""
    till.at(2027, 1, 10, 0, 30)
    sold = buy(till, ago=timedelta(hours=1))
    assert sold.receipt == "Online-000001"
    (made,) = rows(till, sale)
    (paid,) = rows(till, money_transaction)
    assert made.sold_at == paid.at == datetime(2027, 1, 9, 22, 30, tzinfo=UTC)
    assert made.business_day == paid.business_day == date(2027, 1, 9)
    assert {card.last_day for card in till.account().lots} == {date(2027, 4, 9)}
    (op,) = rows(till, ledger_op)
    assert (op.effective_at, op.recorded_at) == (made.sold_at, till.clock.at)
    assert till.see(sale_of_intent, "pi_1") == sold.sale_id and till.see(sale_of_intent, "pi_2") is None


def test_credits_that_ran_out_before_they_were_told_of_are_gone(till: OnlineTill) -> None:
    """C5: a purchase that sync found a year later."""
    buy(till, ago=timedelta(days=365))
    assert till.usable() == 0
    till.take()
    assert till.usable() == 12
    assert not till.see(check_books).findings


def test_a_clock_that_is_behind_dates_it_now(till: OnlineTill) -> None:
    """Credits of tomorrow could not be used today."""
    buy(till, ago=-timedelta(hours=5))
    (made,) = rows(till, sale)
    assert made.sold_at == till.clock.at and till.usable() == 12


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("total", [9000, 10710, 7777, 1])
def test_whatever_was_paid_the_books_hold_it(till: OnlineTill, inside: bool, total: int) -> None:
    """Y1, S2: another amount than the version costs is its own price, with the tax inside."""
    till.do(change_tax, TaxDraft("VAT", 19_000, inside))
    till.on_sale(tax_milli_percent=19_000)
    buy(till, total)
    (line,) = rows(till, sale_line)
    (made,) = rows(till, sale)
    assert line.total == made.total == total
    assert (line.tax > 0) == (total > 1)
    assert line.tax_on_top == (not inside and total == 10710)
    assert not till.see(check_books).findings


def test_a_limit_that_an_online_purchase_breaks_is_a_task(till: OnlineTill) -> None:
    """Y2."""
    till.on_sale(per_client_limit=1)
    buy(till)
    buy(till, intent="pi_2")
    (task,) = till.see(open_decisions)
    assert (task.kind, task.amount, task.receipt) == ("limit_broken", till.money(9000), "Online-000002")
    assert till.usable() == 24


def test_nobody_is_nobody(till: OnlineTill) -> None:
    till.mira = 999
    with pytest.raises(NotFound):
        buy(till)


def test_a_sale_at_the_desk_is_dated_now(till: OnlineTill) -> None:
    """S1."""
    till.take()
    with till.office.database.reading() as connection:
        assert connection.execute(sa.select(sale.c.sold_at)).scalar() == till.clock.at
