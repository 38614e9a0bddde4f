"""Thirty days without a network, after an update of old books: nothing lost, and nothing twice (R6).

The double of Stripe goes on meanwhile: buyers buy on links that are out of date here, the dashboard gives
back, a bank complains. The desk sells for cash, changes packages and asks for refunds; the program is closed
and opened again, and somebody sets the computer's clock wrong.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.models.base import metadata
from frontdesk.models.database import Database
from frontdesk.models.migrate import HEAD, revision
from frontdesk.models.money import Money
from frontdesk.models.package import package
from frontdesk.models.sale import money_transaction, sale, sale_line
from frontdesk.models.sync import (
    checkout,
    outbox,
    stripe_account,
    stripe_event,
    stripe_object,
    stripe_reads,
    stripe_transaction,
    sync_state,
)
from frontdesk.opening import open_office
from frontdesk.paths import Places
from frontdesk.services.drafts.checkouts import CheckoutDraft
from frontdesk.services.drafts.refunds import RefundDraft
from frontdesk.services.drafts.sales import PaymentDraft, SaleDraft, SaleLineDraft
from frontdesk.services.gateways.stripe_gateway import StripeGateway
from frontdesk.services.package_lists import packages_on_sale
from frontdesk.services.packages import archive_package, package_draft, publish_package, save_package
from frontdesk.services.refunds import refund_view, request_refund
from frontdesk.services.stripe import checkout_calls as calls
from frontdesk.services.stripe.accounts import connect_account
from frontdesk.services.stripe.checkouts import cancel_checkout, open_checkout
from frontdesk.services.stripe.line import StripeLine
from frontdesk.services.stripe.status import send_now, take_back
from frontdesk.services.stripe.wire import NotReached, StripeCall
from frontdesk.syncing import sync_once
from tests.faults import stripe_books
from tests.faults.first_tables import take_back_to_first_tables
from tests.stripe_double import Clock, StripeDouble
from tests.support.books import assert_books_hold
from tests.support.databases import FreshDatabases, SqliteDatabases
from tests.support.desk import Desk
from tests.support.secrets import KeptSecrets

DAYS = 30
SECRET = "stripe-month"
EMAILS = ("ada@example.com", "ben@example.com", "cem@example.com")
#: What the screens and the pull note of themselves; everything else stands still where nothing happens.
_NOTES = (stripe_account, stripe_event, stripe_object, stripe_reads, sync_state)

_VERSIONS = (
    sa.select(stripe_transaction.c.stripe_id, sale_line.c.package_version_id)
    .join(money_transaction, money_transaction.c.id == stripe_transaction.c.transaction_id)
    .join(sale_line, sale_line.c.sale_id == money_transaction.c.sale_id)
    .where(money_transaction.c.kind == "payment")
)


class Month:
    """A studio at its desk, and its account at Stripe, whose time is the true one."""

    def __init__(self, places: Places, stripe: StripeDouble, seed: int) -> None:
        self.places, self.stripe = places, stripe
        self.numbers = random.Random(seed)
        #: The prices of what was sold for cash, as the test counts them.
        self.cash: list[int] = []
        #: By how much the computer's clock is wrong.
        self.wrong = timedelta()
        self.desk = Desk.found(Database.open(places.database))
        self.clock = self.desk.clock
        self.line: StripeLine | None = None
        self._tell_time()

    # The program

    def start(self) -> None:
        """Close the program, where it runs, and open it again."""
        self.close()
        self.desk.office = open_office(self.places, clock=self.clock)
        secrets = KeptSecrets(**{SECRET: self.stripe.key})
        self.line = StripeLine(self.desk.office, secrets, self._gateway, self.clock.now)

    def close(self) -> None:
        """End the program."""
        if self.line is not None:
            assert_books_hold(self.desk.office.database)
        self.desk.office.database.close()

    def sync(self, *, full: bool = False, reached: bool = True) -> None:
        """One pass of sync, as it runs in the background; without a network nothing comes of it."""
        assert self.line is not None
        if reached:
            sync_once(self.line, full=full)
            return
        with pytest.raises(NotReached):
            sync_once(self.line)
        assert self.line.state.kind == "offline"

    def _gateway(self, secret: str) -> StripeGateway:
        return StripeGateway(secret, self.stripe.url, timeout=(2.0, 2.0))

    def pass_time(self, **span: float) -> None:
        """The true time moves on, and the computer's clock with it."""
        self.stripe.clock.advance(**span)
        self._tell_time()

    def set_wrong(self, **span: float) -> None:
        """Somebody sets the computer's clock."""
        self.wrong = timedelta(**span)
        self._tell_time()

    def _tell_time(self) -> None:
        self.clock.at = self.stripe.clock.time + self.wrong

    # The desk

    def trade_before(self) -> None:
        """A studio that has never heard of Stripe: packages, clients, sales, visits, a refund."""
        for name, price in (("10-class pack", 9000), ("5-class pack", 5000), ("Trial", 1500)):
            self.desk.package(name=name, price=Money(price, "USD"), online=name != "Trial")
        for name in ("Ada", "Ben"):
            self.desk.client(name, email=f"{name.lower()}@example.com")
        for _ in range(6):
            self.sell_for_cash()
            self.pass_time(days=1)
        self.desk.adjust(1, 2)
        self.desk.refund(1, 500, 1)

    def connect(self) -> None:
        """The owner puts the key in, and everything comes to Stripe."""
        assert self.line is not None
        with closing(self._gateway(self.stripe.key)) as gateway:
            body = gateway.call(StripeCall("get", "/v1/account")).body
        self.do(connect_account, json.dumps(body), True, SECRET)
        self.sync()

    def do(self, use_case: Any, *arguments: Any) -> Any:
        return self.desk.do(use_case, *arguments)

    def rows(self, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> list[Any]:
        with self.desk.office.database.reading() as connection:
            return list(connection.execute(sa.select(table).where(*conditions).order_by(table.c.id)))

    def offers(self) -> Any:
        return self.desk.office.read(packages_on_sale)

    def sell_for_cash(self) -> None:
        """A sale, and sometimes a class at once."""
        offer = self.numbers.choice(self.offers())
        client = self.numbers.choice((1, 2))
        self.desk.sell(client, offer.package_id)
        self.cash.append(offer.price.amount)
        if self.numbers.random() < 0.5:
            self.desk.visit(client)

    def edit(self) -> None:
        """Another price for a package on sale; sometimes it goes off sale and on again."""
        offer = self.numbers.choice([one for one in self.offers() if one.price.amount > 2000])
        draft = self.desk.office.read(package_draft, offer.package_id)
        price = Money(offer.price.amount + 100, "USD")
        (row,) = self.rows(package, package.c.id == offer.package_id)
        self.do(save_package, offer.package_id, replace(draft, price=price), row.version)
        if self.numbers.random() < 0.3:
            self.do(archive_package, offer.package_id)
            self.do(publish_package, offer.package_id)

    def open_checkout(self) -> int:
        """A sale by code, opened by somebody who has not noticed yet that there is no network."""
        offer = self.numbers.choice(self.offers())
        line = SaleLineDraft(offer.package_id, offer.version_id)
        draft = SaleDraft(1, (line,), None, (PaymentDraft("stripe_checkout", offer.price),))
        opened: int = self.do(open_checkout, CheckoutDraft(draft)).checkout_id
        return opened

    def request_refund(self, sale_id: int, share: int) -> None:
        """A refund of a part of what was paid by Stripe."""
        (line,) = self.desk.office.read(refund_view, sale_id).lines
        amount = line.suggested.amount // share
        credits = line.credits_for_amount(amount)
        self.do(
            request_refund, RefundDraft(line.sale_line_id, Money(amount, "USD"), credits, "client_request")
        )

    # Meanwhile at Stripe

    def buy_online(self) -> None:
        """Somebody buys on a link, whatever it sells by now."""
        links = [one for one in self.stripe.account.payment_links if one["active"]]
        email = self.numbers.choice(EMAILS)
        self.stripe.pay_link(self.numbers.choice(links)["id"], email, email[:3])

    def give_back_in_dashboard(self) -> None:
        """All of a purchase goes back."""
        whole = [one for one in self.stripe.account.charges if not one["amount_refunded"]]
        self.stripe.refund_in_dashboard(self.numbers.choice(whole)["id"])


# --- The story ---------------------------------------------------------------------------------------


@pytest.fixture
def sqlite(_sqlite_template: Path, tmp_path: Path) -> Iterator[FreshDatabases]:
    """Fresh files: only they are brought to newer tables by the program that opens them."""
    made = SqliteDatabases(_sqlite_template, tmp_path)
    yield made
    made.drop_all()


def everything(month: Month) -> dict[str, Counter[str]]:
    """Every row, but for what a pull notes of itself."""
    with month.desk.office.database.reading() as connection:
        return {
            table.name: Counter(repr(tuple(row)) for row in connection.execute(sa.select(table)))
            for table in metadata.sorted_tables
            if table not in _NOTES and table.name != "command"
        }


def begin(month: Month, databases: FreshDatabases) -> list[int]:
    """Old books, opened by this program, and a day with Stripe; the sales that are to go back later."""
    month.trade_before()
    month.close()
    take_back_to_first_tables(databases, month.places.database)
    month.start()
    assert revision(month.desk.office.database) == HEAD
    assert list((month.places.home / "copies").glob("before-*.db"))
    assert [row.total for row in month.rows(sale)] == month.cash
    month.connect()
    opened = [month.open_checkout() for _ in range(2)]
    month.sync()
    for row in month.rows(checkout, checkout.c.id.in_(opened)):
        month.stripe.pay_session(row.session_id)
    month.buy_online()
    month.sync()
    paid = month.rows(checkout, checkout.c.state == "paid")
    assert len(paid) == 2
    return [row.sale_id for row in paid]


def live_without_network(month: Month, paid: list[int]) -> None:
    """Thirty days, some of them with something of their own."""
    by_day: dict[int, Callable[[], object]] = {
        2: lambda: month.request_refund(paid[0], 3),
        3: lambda: month.do(cancel_checkout, month.open_checkout()),
        4: lambda: month.request_refund(paid[1], 2),
        5: month.open_checkout,
        8: lambda: month.set_wrong(days=3),
        9: month.give_back_in_dashboard,
        11: lambda: month.stripe.open_dispute(list(month.stripe.account.charges)[2]["id"]),
        12: lambda: month.set_wrong(days=-2),
        15: lambda: month.set_wrong(),
        16: lambda: month.sync(reached=False),
        20: lambda: month.set_wrong(hours=-7),
    }
    for day in range(1, DAYS + 1):
        month.pass_time(days=1)
        if month.numbers.random() < 0.6:
            month.start()
        by_day.get(day, int)()
        for act, often in ((month.sell_for_cash, 0.7), (month.edit, 0.25), (month.buy_online, 0.6)):
            if month.numbers.random() < often:
                act()
        if month.numbers.random() < 0.7:
            month.sync(reached=False)


def decide_on_refunds(month: Month) -> None:
    """Both waited for a person: one is sent after all, the other one taken back."""
    first, second = month.rows(outbox, outbox.c.kind == "refund.create")
    assert (first.state, second.state) == ("held", "held")
    assert not [one for one in month.stripe.account.refunds if "op_id" in one["metadata"]]
    month.do(send_now, first.id)
    month.do(take_back, second.id)
    for _ in range(2):
        month.pass_time(minutes=2)
        month.sync()


@pytest.mark.property
@pytest.mark.parametrize("wrong", [0, -2, 2], ids=["clock-right", "clock-behind", "clock-ahead"])
def test_after_a_month_without_network_nothing_is_lost_and_nothing_is_there_twice(
    sqlite: FreshDatabases, tmp_path: Path, wrong: int
) -> None:
    """R6: on the first day of the network the computer's clock is right, or days off."""
    home = tmp_path / "home"
    home.mkdir()
    Path(sqlite.new().removeprefix("sqlite:///")).rename(home / "studio.db")
    with StripeDouble(clock=Clock(), livemode=True) as stripe:
        month = Month(Places(home), stripe, seed=wrong)
        paid = begin(month, sqlite)
        stripe.go_offline()
        live_without_network(month, paid)
        month.pass_time(days=1)
        month.set_wrong(days=wrong)
        month.start()
        stripe.go_online()
        month.sync()
        decide_on_refunds(month)
        assert month.desk.office.read(stripe_books.differences, stripe.account, (calls.CREATE_SESSION,)) == []
        assert_sold_once(month)
        assert_links_sell_what_is_on_sale(month)
        before = everything(month)
        month.pass_time(minutes=20)
        month.start()
        month.sync()
        month.sync(full=True)
        assert everything(month) == before, "what is in the books already comes in once more"
        month.close()


def assert_sold_once(month: Month) -> None:
    """Cash as the test counts it, online what Stripe was paid for, on the terms that the link named."""
    cash = month.rows(
        money_transaction, money_transaction.c.tender == "cash", money_transaction.c.kind == "payment"
    )
    assert [row.amount for row in cash] == month.cash
    states = Counter(row.state for row in month.rows(checkout))
    assert states == {"paid": 2, "cancelled": 1, "failed": 1}, "nobody is asked for money a month later"
    with month.desk.office.database.reading() as connection:
        sold = connection.execute(_VERSIONS).all()
    named = {
        one["payment_intent"]: one["metadata"]["version_id"]
        for one in month.stripe.account.sessions
        if one["payment_link"] and one["payment_status"] == "paid"
    }
    assert {intent: str(version) for intent, version in sold if intent in named} == named


def assert_links_sell_what_is_on_sale(month: Month) -> None:
    """After all the changes that nobody could be told of, the newest terms alone are on sale."""
    links = [one for one in month.stripe.account.payment_links if one["active"]]
    there = sorted(month.stripe.account.items_of(one["id"])[0]["price"]["unit_amount"] for one in links)
    online = [one for one in month.offers() if one.name != "Trial"]
    assert there == sorted(one.price.amount for one in online)
