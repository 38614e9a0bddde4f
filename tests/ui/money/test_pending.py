"""The Pending tab: sales that wait for Stripe, their links, and taking one back (S4)."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton

from frontdesk.models.sync import checkout
from frontdesk.services.changes import Topic
from frontdesk.services.stripe.actor import make_online_actor
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.views.sync_status import SyncStatus
from frontdesk.ui.dialogs.sell import SellDialog
from frontdesk.ui.screens.money.pending import PendingTab
from frontdesk.ui.sync_board import SyncBoard
from frontdesk.ui.theme import Scheme, theme
from tests.ui.money.conftest import DOWN, ENTER, ESC, Till
from tests.ui.walk import assert_accessible, assert_nothing_cut_off
from tools.stripe_rows import connected, page_is_there, waiting_checkout


def two_wait(till: Till) -> None:
    """Mira's page can be paid, Tom's is being opened."""
    tom = till.desk.client("Tom Weiß")
    till.desk.clock.pass_time(minutes=-19)
    till.desk.do(connected)
    first = till.desk.do(waiting_checkout, till.mira)
    till.desk.clock.pass_time(minutes=8)
    till.desk.do(waiting_checkout, tom)
    till.desk.clock.pass_time(minutes=11)
    till.desk.do(page_is_there, first)


async def pending(till: Till) -> PendingTab:
    return (await till.payments("pending")).pending


def statuses(tab: PendingTab) -> list[str]:
    return [row.standing for row in tab.model.rows()]


class Mails(QObject):
    """Hears what would be opened in the program that writes e-mails."""

    opened = Signal(QUrl)

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @Slot(QUrl)
    def hear(self, url: QUrl) -> None:
        self.urls.append(url)


async def test_the_oldest_is_on_top_with_its_age_and_status_in_words(till: Till) -> None:
    two_wait(till)
    tab = await pending(till)
    assert [(row.client, row.standing) for row in tab.model.rows()] == [
        ("Mira Okafor", "ready"),
        ("Tom Weiß", "preparing"),
    ]
    told = [tab.model.index(0, column).data() for column in range(tab.model.columnCount())]
    assert told == ["Mira Okafor", "12", "Ana", "19 min", "Waiting for the client", "90.00"]
    screen = await till.payments("pending")
    assert screen.tabs.bar.tabText(2) == "Pending (2)"


async def test_its_age_stands_in_the_list_also_where_there_is_little_room(till: Till) -> None:
    """S4, U3: beside the one that is shown in full."""
    two_wait(till)
    till.window.resize(1024, 640)
    tab = await pending(till)
    await till.press(DOWN)
    assert tab.pane.isVisible()
    shown = [
        tab.model.columns[at].title
        for at in range(tab.model.columnCount())
        if not tab.table.isColumnHidden(at)
    ]
    assert shown == ["Client", "Since", "Status", "Amount, USD"]


async def test_the_first_screen_tells_that_a_sale_still_waits(till: Till) -> None:
    """S4: also after a restart, beside Payments, in the tooltip and for those who hear it."""
    two_wait(till)
    elsewhere = replace(till.desk.actor, desk_id=till.desk.do(make_online_actor).desk_id)
    till.desk.office.write(waiting_checkout, elsewhere, None, till.mira)
    await till.go("clients")
    button = till.window.sidebar.button("payments")
    badge = button.findChildren(QLabel, "nav.payments.count")[0]
    button.set_narrow(False)
    till.window.count_waiting()
    await till.settled()
    assert badge.isVisible() and badge.text() == "2", "the other desk tells of its own"
    assert button.accessibleDescription() == "2 sales wait for Stripe"
    assert button.toolTip().partition("\n")[2] == "2 sales wait for Stripe"
    await till.context.tasks.write(_lapse)
    await till.settled()
    assert badge.text() == "1" and button.accessibleDescription() == "1 sale waits for Stripe"


async def test_without_a_network_nobody_can_see_what_was_paid(till: Till) -> None:
    """S4: the list says so by itself, and takes it back when the network is there again."""
    board = SyncBoard()
    till.context.serve("sync", lambda: board)
    two_wait(till)
    tab = await pending(till)
    await till.press(DOWN)
    assert (statuses(tab), tab.pane.chip.text()) == (["ready", "preparing"], "Waiting for the client")
    board.show(SyncStatus(online=False))
    assert (statuses(tab), tab.pane.chip.text()) == (["dark", "offline"], "No network")
    board.show(SyncStatus(online=True))
    assert (statuses(tab), tab.pane.chip.text()) == (["ready", "preparing"], "Waiting for the client")
    await till.settled()


async def test_one_in_full_can_be_shown_again(till: Till) -> None:
    asked: list[int] = []
    till.context.serve("checkout", asked.append)
    two_wait(till)
    tab = await pending(till)
    await till.press(DOWN, ENTER)
    assert tab.pane.isVisible() and tab.pane.amount.number.text() == "90.00 USD"
    assert tab.pane.facts.value("Brings") == "12 credits"
    assert tab.pane.again.hasFocus()
    await till.press(ENTER)
    assert asked == [tab.model.rows()[0].id]
    await till.press(ESC)
    assert not tab.pane.isVisible()


async def test_the_link_is_copied_or_mailed_where_there_is_one(till: Till) -> None:
    two_wait(till)
    tab = await pending(till)
    await till.press(DOWN, DOWN)
    assert not tab.pane.copy.isVisible() and not tab.pane.send.isVisible()
    tab.table.selectRow(0)
    await till.settled()
    till.find(QPushButton, "pending.copy").click()
    assert QGuiApplication.clipboard().text() == "https://checkout.stripe.com/c/pay/cs_test_1"
    assert till.toast().startswith("The link is copied, valid until 09:")
    mails = Mails()
    # The stub wants bytes, PySide6 itself a text.
    QDesktopServices.setUrlHandler("mailto", mails, "hear")  # type: ignore[arg-type]
    try:
        till.find(QPushButton, "pending.send").click()
    finally:
        QDesktopServices.unsetUrlHandler("mailto")
    assert mails.urls[0].path() == "mira@example.com"
    assert "checkout.stripe.com" in mails.urls[0].query()


async def test_a_sale_is_taken_back_and_says_so(till: Till) -> None:
    two_wait(till)
    tab = await pending(till)
    await till.press(DOWN)
    till.find(QPushButton, "pending.cancel").click()
    await till.settled()
    assert statuses(tab) == ["closing", "preparing"]
    assert till.toast() == "The payment of Mira Okafor is being cancelled"
    assert tab.pane.chip.text() == "Being cancelled" and not tab.pane.cancel.isEnabled()


async def test_what_is_paid_leaves_the_list(till: Till) -> None:
    two_wait(till)
    tab = await pending(till)
    await till.press(DOWN)
    await till.context.tasks.write(_lapse)
    await till.settled()
    assert [row.client for row in tab.model.rows()] == ["Tom Weiß"]
    assert not tab.pane.isVisible()


def _lapse(work: UnitOfWork) -> None:
    over = sa.update(checkout).where(checkout.c.session_id.is_not(None))
    work.connection.execute(over, {"state": "lapsed", "closed_at": work.now})
    work.changed(Topic.CHECKOUTS)


async def test_an_empty_list_leads_on(till: Till) -> None:
    """U6."""
    await pending(till)
    till.find(QPushButton, "pendingEmptyAction").click()
    (await till.opened(SellDialog)).reject()


@pytest.mark.parametrize("size", [(720, 480), (1024, 640), (1920, 1080)])
async def test_nothing_is_cut_off(till: Till, size: tuple[int, int]) -> None:
    """U3."""
    two_wait(till)
    till.window.resize(*size)
    tab = await pending(till)
    await till.press(DOWN, ENTER)
    assert tab.pane.isVisible()
    assert_nothing_cut_off(till.window)
    theme().set_scheme(Scheme.DARK)
    assert_accessible(till.window)
