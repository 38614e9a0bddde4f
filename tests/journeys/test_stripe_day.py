"""A day with Stripe at the running program: key put in, sold online, refunded there, the network gone."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from PySide6.QtWidgets import QApplication, QLabel

from frontdesk.models.client import client
from frontdesk.models.database import Database
from frontdesk.models.money import Money
from frontdesk.models.sync import online_price
from frontdesk.opening import open_office
from frontdesk.paths import Places
from frontdesk.services.decisions import open_decisions
from frontdesk.services.drafts.checkouts import CheckoutDraft
from frontdesk.services.drafts.refunds import RefundDraft
from frontdesk.services.drafts.sales import PaymentDraft, SaleDraft, SaleLineDraft
from frontdesk.services.gateways.stripe_gateway import BASE_VARIABLE
from frontdesk.services.lots import lots_of
from frontdesk.services.packages import publish_package
from frontdesk.services.refunds import request_refund
from frontdesk.services.stripe import worker
from frontdesk.services.stripe.checkouts import open_checkout
from frontdesk.services.unit_of_work import Reading
from frontdesk.ui.main_window import MainWindow
from frontdesk.ui.screens.payments import PaymentsScreen
from tests.builders import build_studio, make_client, make_package
from tests.journeys.program import Person, run_program
from tests.services.stripe.studio import allowed
from tests.stripe_double import Clock, StripeDouble
from tests.support.books import assert_books_hold
from tests.support.event_loop import until
from tests.support.secrets import KeptSecrets

KEY = "rk_live_51TheKeyOfThisJourney"
EMAIL = "mira@example.com"
#: Longer than any wait of sync's own after a trouble.
SECONDS = 30.0


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeDouble]:
    """Stripe with the studio's live account, where the program looks for it."""
    # A person waits for 15 seconds between two presses of the key.
    monkeypatch.setattr(worker, "FLOOR", 0.0)
    with StripeDouble(clock=Clock(datetime.now(UTC)), livemode=True) as double:
        double.add_key(KEY, permissions=allowed("owner"))
        monkeypatch.setenv(BASE_VARIABLE, double.url)
        yield double


@pytest.fixture
def mira(places: Places) -> int:
    """A studio with a client and a package that is not on sale yet."""
    office = open_office(places)
    owner = build_studio(office)
    make_package(office, owner, publish=False, online=True, price=Money(9000, "USD"))
    client_id = make_client(office, owner, email=EMAIL)
    office.database.close()
    return client_id


async def put_key_in(person: Person) -> MainWindow:
    """Pastes the key under Settings, Payments."""
    window = await person.window()
    await until(lambda: "stripe_line" in window.context.services, SECONDS)
    window.navigate("settings", "payments")
    await person.settled()
    await person.tab_to("paymentsKey")
    QApplication.clipboard().setText(KEY)
    await person.press("Ctrl+V", "Return")
    QApplication.clipboard().clear()
    await until(lambda: "may do all" in person.text("paymentsBannerText"), SECONDS)
    board = window.context.ask("sync")
    await until(lambda: board.status.synced_at is not None and board.status.progress is None, SECONDS)
    return window


async def payments(window: MainWindow, person: Person) -> PaymentsScreen:
    window.navigate("payments", "transactions")
    await person.settled()
    screen = window.current_screen()
    assert isinstance(screen, PaymentsScreen)
    return screen


async def cut_off_at(stripe: StripeDouble, path: str, done: Awaitable[object]) -> None:
    """Stripe does what is asked for, and the cable is pulled before anybody hears of it."""
    fault = stripe.faults.add("lost_reply", "POST", path, times=None)
    await done
    await until(lambda: fault.fired > 0, SECONDS)
    stripe.go_offline()


async def back_again(person: Person, stripe: StripeDouble) -> MainWindow:
    """The program starts without a network, and later there is one; the window once nothing waits."""
    window = await person.window()
    await until(lambda: "sync" in window.context.services, SECONDS)
    board = window.context.ask("sync")
    await until(lambda: board.status.trouble is not None and board.status.waiting > 0, SECONDS)
    stripe.faults.clear()
    stripe.go_online()
    await until(lambda: board.status.trouble is None and board.status.waiting == 0, SECONDS)
    return window


def _link(reading: Reading) -> str | None:
    found = sa.select(online_price.c.link_id).where(online_price.c.link_active)
    return reading.connection.execute(found).scalar()


def _new_client(reading: Reading) -> int:
    """Whom an online sale brought."""
    found = sa.select(client.c.id).where(client.c.source == "stripe", client.c.name == "Tom Weber")
    return int(reading.connection.execute(found).scalar_one())


def _credits(reading: Reading, client_id: int) -> int:
    return sum(lot.usable for lot in lots_of(reading, [client_id]))


def amounts(screen: PaymentsScreen) -> list[int]:
    return [row.amount.amount for row in screen.transactions.model.rows()]


def test_a_day_with_stripe(places: Places, mira: int, stripe: StripeDouble) -> None:
    """Y1, Y2, Y3, Y5, S7: with a key that is allowed no more than the program asks for."""
    secrets = KeptSecrets()

    async def journey(person: Person) -> None:
        window = await put_key_in(person)
        tasks, board = window.context.tasks, window.context.ask("sync")
        assert person.find(QLabel, "syncLine").text().startswith("Live · Online · synced")
        assert KEY in secrets.kept.values()

        # A package goes on sale, and Stripe has it by itself.
        await tasks.write(publish_package, 1)
        link = None
        while link is None:
            await until(lambda: board.status.waiting == 0, SECONDS)
            link = await tasks.read(_link)

        # Two people buy it: one whom the studio knows by the e-mail, and one who is new.
        first = stripe.pay_link(link, email=EMAIL, name="Mira Okafor")
        second = stripe.pay_link(link, email="tom@example.com", name="Tom Weber")
        screen = await payments(window, person)
        await person.press("F5")
        await until(lambda: amounts(screen) == [9000, 9000], SECONDS)
        tom = await tasks.read(_new_client)
        assert await tasks.read(_credits, mira) == await tasks.read(_credits, tom) == 12

        # Given back in Stripe's dashboard: the money and the credits go here, too.
        stripe.refund_in_dashboard(first["payment_intent"])
        await person.press("F5")
        await until(lambda: amounts(screen) == [-9000, 9000, 9000], SECONDS)
        assert await tasks.read(_credits, mira) == 0

        # A part of the other: its credits wait for somebody's word, with a number suggested.
        stripe.refund_in_dashboard(second["payment_intent"], 4500)
        await person.press("F5")
        await until(lambda: amounts(screen) == [-4500, -9000, 9000, 9000], SECONDS)
        (task,) = await tasks.read(open_decisions)
        assert (task.kind, task.client_id, task.amount.amount, task.credits) == (
            "dashboard_refund", tom, 4500, 6,
        )  # fmt: skip

        # The network goes, and somebody buys meanwhile.
        stripe.go_offline()
        await person.press("F5")
        await until(lambda: board.status.trouble is not None, 3)
        assert person.find(QLabel, "syncLine").text().startswith("Live · Offline: ")
        stripe.go_online()
        stripe.pay_link(link, email=EMAIL, name="Mira Okafor")
        await until(lambda: amounts(screen) == [9000, -4500, -9000, 9000, 9000], SECONDS)
        assert person.find(QLabel, "syncLine").text().startswith("Live · Online · ")
        assert await tasks.read(_credits, mira) == 12

    assert run_program(places, journey, secrets=lambda: secrets) == 0
    database = Database.open(places.database)
    try:
        assert_books_hold(database)
    finally:
        database.close()


def test_the_cable_is_pulled_in_the_middle_and_put_back_after_a_restart(
    places: Places, mira: int, stripe: StripeDouble
) -> None:
    """Y4, S4, S6: of a publish, a sale by QR code and a refund, each of which Stripe has carried out once."""
    secrets = KeptSecrets()
    price = Money(9000, "USD")
    bought = SaleDraft(mira, (SaleLineDraft(1, 1),), None, (PaymentDraft("stripe_checkout", price),))

    async def publishes(person: Person) -> None:
        tasks = (await put_key_in(person)).context.tasks
        await cut_off_at(stripe, "/v1/prices$", tasks.write(publish_package, 1))

    async def sells(person: Person) -> None:
        tasks = (await back_again(person, stripe)).context.tasks
        asked = tasks.write(open_checkout, CheckoutDraft(bought))
        await cut_off_at(stripe, "/v1/checkout/sessions$", asked)

    async def refunds(person: Person) -> None:
        window = await back_again(person, stripe)
        screen = await payments(window, person)
        (page,) = stripe.account.sessions
        stripe.pay_session(page["id"])
        await until(lambda: amounts(screen) == [9000], SECONDS)
        asked = window.context.tasks.write(request_refund, RefundDraft(1, Money(4500, "USD"), 6, "illness"))
        await cut_off_at(stripe, "/v1/refunds$", asked)

    async def looks(person: Person) -> None:
        window = await back_again(person, stripe)
        screen = await payments(window, person)
        await until(lambda: amounts(screen) == [-4500, 9000], SECONDS)
        assert await window.context.tasks.read(_credits, mira) == 6

    for journey in (publishes, sells, refunds, looks):
        assert run_program(places, journey, secrets=lambda: secrets) == 0
    at_stripe = stripe.account
    # The page to pay on has a price of its own, without our words.
    assert len([one for one in at_stripe.prices if one["metadata"]]) == 1
    for there in (at_stripe.payment_links, at_stripe.sessions, at_stripe.charges, at_stripe.refunds):
        assert len(list(there)) == 1, there.kind
    database = Database.open(places.database)
    try:
        assert_books_hold(database)
    finally:
        database.close()
