"""Selling by QR code and card reader, by the keyboard, against a double of Stripe (S2, S4, U1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton, QWidget

from frontdesk.services.changes import Change, Topic
from frontdesk.services.drafts.checkouts import ReaderDraft
from frontdesk.services.gateways.stripe_gateway import StripeGateway
from frontdesk.services.receipts import receipt
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.checkout_list import checkouts_to_watch, pending_checkouts
from frontdesk.services.stripe.push import Pusher
from frontdesk.services.stripe.readers import reader_rows, register_reader
from frontdesk.services.unit_of_work import Actor
from frontdesk.services.views.checkouts import CheckoutRow
from frontdesk.services.views.sync_status import SyncStatus
from frontdesk.ui import money_words
from frontdesk.ui.checkout_watch import CheckoutWatch
from frontdesk.ui.dialogs.checkout import CheckoutDialog
from frontdesk.ui.dialogs.register_reader import RegisterReaderDialog
from frontdesk.ui.dialogs.sell import SellDialog
from frontdesk.ui.i18n import PseudoTranslator, set_right_to_left
from frontdesk.ui.receipt_paper import receipt_html
from frontdesk.ui.sync_board import SyncBoard
from frontdesk.ui.theme import Scheme, theme
from frontdesk.ui.widgets.qr_code import QrCode
from tests.services.stripe.online_till import PLACE
from tests.services.stripe.studio import allowed, connect
from tests.stripe_double import ACCOUNT, Clock, StripeDouble
from tests.support.event_loop import until
from tests.ui.money.conftest import ALT, CTRL, ENTER, ESC, Till
from tests.ui.walk import assert_accessible, assert_nothing_cut_off

FOUR, FIVE = Qt.Key.Key_4, Qt.Key.Key_5


@dataclass
class Online:
    """Stripe's side of the till: what sync does, and what the client does."""

    till: Till
    stripe: StripeDouble
    gateway: StripeGateway
    actor: Actor

    def run(self, use_case: Any, *arguments: Any) -> Any:
        """A use case as sync runs it; the screens are told."""
        outcome = self.till.desk.office.write(use_case, self.actor, None, *arguments)
        self.till.context.notifier.broadcast(outcome.changes)
        return outcome.value

    async def sync(self) -> None:
        """Sends what waits, and asks about all that is open."""
        for _ in range(4):
            Pusher(self.till.desk.office, self.actor, "desk-1").push(self.gateway)
        for watched in self.till.desk.office.read(checkouts_to_watch):
            for call in watched.calls:
                answer = self.gateway.call(call)
                self.run(apply_object, answer.body, answer.server_time)
        # The pusher's own changes are told by the worker.
        self.till.context.notifier.broadcast((Change(Topic.CHECKOUTS),))
        await self.till.settled()

    def pending(self) -> tuple[CheckoutRow, ...]:
        """What waits."""
        return self.till.desk.office.read(pending_checkouts)

    async def pay(self) -> None:
        """The client pays on their phone."""
        (session,) = list(self.stripe.account.sessions.live)
        self.stripe.pay_session(session["id"])
        await self.sync()

    def pass_time(self, seconds: int) -> None:
        """Both clocks move on."""
        self.till.desk.clock.pass_time(seconds=seconds)
        self.stripe.clock.set(self.till.desk.clock.at)


@pytest.fixture
def online(till: Till) -> Iterator[Online]:
    """The till's studio, connected to a double of Stripe."""
    with StripeDouble(clock=Clock(till.desk.clock.at)) as stripe:
        key = stripe.add_key("rk_test_OfTheTill", permissions=allowed("desk"))
        gateway = StripeGateway(key, stripe.url)
        actor = connect(till.desk.office, till.desk.actor, account_id=ACCOUNT)
        yield Online(till, stripe, gateway, actor)
        gateway.close()


@pytest.fixture
def reader(online: Online) -> str:
    """A simulated reader called Front desk."""
    online.run(register_reader, ReaderDraft("simulated-wpe", "Front desk", **PLACE))
    for _ in range(3):
        Pusher(online.till.desk.office, online.actor, "desk-1").push(online.gateway)
    return online.till.desk.office.read(reader_rows)[0].id


async def waiting(online: Online, key: Qt.Key = FOUR) -> CheckoutDialog:
    """The dialog of a sale to Mira that waits for Stripe."""
    till = online.till
    dialog = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    await till.press(key, held=ALT)
    await until(dialog.is_armed)
    await till.press(ENTER)
    made = await till.opened(CheckoutDialog)
    await online.sync()
    return made


def text(till: Till, name: str) -> str:
    return till.find(QLabel, name).text()


# --- QR code -----------------------------------------------------------------------------------------


async def test_a_sale_by_qr_code_becomes_sold_by_itself(online: Online) -> None:
    """S4: and takes no more keys than one for cash (U1)."""
    till = online.till
    await till.go("clients")
    till.pressed = 0
    till.context.actions["sale.new"].trigger()
    till.pressed += 1
    selling = await till.opened(SellDialog)
    await till.write("mir")
    await till.press(ENTER, ENTER)
    await till.press(FOUR, held=ALT)
    assert selling.primary.text() == "Show QR code for 90.00 USD"
    await until(selling.is_armed)
    await till.press(ENTER)
    dialog = await till.opened(CheckoutDialog)
    assert not till.dialogs(SellDialog) and not till.bought()
    assert dialog.page.chip.text() == "Being prepared"
    await online.sync()
    code = till.find(QrCode, "waitingCode")
    assert code.isVisible() and code.text().startswith("https://")
    assert text(till, "waitingAmountNumber") == "90.00 USD"
    assert dialog.page.chip.text() == "Waiting for the client"
    assert_accessible(dialog)
    await online.pay()
    assert dialog.result_of_sale is not None and dialog.title_label.text() == "Sold"
    assert dialog.windowTitle() == "Sold"
    assert text(till, "soldNumberNumber") == "90.00 USD"
    await until(dialog.is_armed)
    await till.press(ENTER)
    await until(lambda: not till.dialogs(CheckoutDialog))
    assert till.pressed <= 15
    assert till.bought()[0].tenders == ("stripe_checkout",)


async def test_it_is_called_a_qr_code_wherever_a_person_reads_it(online: Online) -> None:
    """S2: what is stored is the same as of a link that was paid at home, and is told apart from it."""
    till = online.till
    dialog = await waiting(online)
    await online.pay()
    dialog.reject()
    (sale,) = till.bought()
    assert money_words.tenders(sale.tenders, sale.at_desk) == "QR code"
    screen = await till.payments("transactions")
    model = screen.transactions.model
    told = [model.index(0, column).data() for column in range(model.columnCount())]
    assert "QR code" in told
    screen.transactions.table.selectRow(0)
    await till.settled()
    assert any("Payment by QR code" in one.text() for one in screen.transactions.pane.findChildren(QLabel))
    printed = till.desk.office.read(receipt, "sale", sale.sale_id)
    assert "QR code" in receipt_html(printed, till.context.formats)


async def test_an_enter_of_before_closes_nothing(online: Online) -> None:
    """U2: while there is only to wait, and when it has just been paid."""
    till = online.till
    dialog = await waiting(online)
    await till.press(ENTER)
    assert dialog.isVisible() and len(online.pending()) == 1
    await online.pay()
    dialog._seen.counts_from += 60
    await till.press(ENTER)
    assert dialog.isVisible()
    await till.press(ESC)


async def test_the_link_can_be_copied(online: Online) -> None:
    dialog = await waiting(online)
    till = online.till
    till.find(QPushButton, "waitingCopyButton").click()
    assert QApplication.clipboard().text() == till.find(QrCode, "waitingCode").text()
    assert "copied" in till.toast()
    dialog.reject()


async def test_esc_leaves_it_waiting_and_says_where(online: Online) -> None:
    """U2, S4: it can be shown again."""
    till = online.till
    await waiting(online)
    await till.press(ESC)
    await until(lambda: not till.dialogs(CheckoutDialog))
    assert till.toast().startswith("The payment of Mira Okafor still waits")
    (row,) = online.pending()
    till.context.ask("checkout", row.id)
    again = await till.opened(CheckoutDialog)
    assert again.page.chip.text() == "Waiting for the client"
    await online.pay()
    assert again.result_of_sale is not None
    again.reject()


async def test_a_sale_says_what_the_client_is_asked_to_pay_already(online: Online) -> None:
    """S4: nobody is asked twice."""
    till = online.till
    tom = till.desk.client("Tom Weiß")
    await waiting(online)
    await till.press(ESC)
    selling = await till.sell_dialog(client_id=till.mira)
    await until(selling.form.waiting.isVisible)
    assert text(till, "sellWaitingText") == "90.00 USD by QR code still waits"
    assert_accessible(selling)
    till.find(QPushButton, "sellWaitingShow").click()
    shown = await till.opened(CheckoutDialog)
    shown.reject()
    selling.form.picker.set_client_id(tom)
    await until(lambda: not selling.form.waiting.isVisible())
    selling.reject()


async def test_a_kept_sale_forgets_how_the_last_client_wanted_to_pay(online: Online) -> None:
    """U2: the next one's payment begins in cash."""
    till = online.till
    till.desk.client("Ada Dubois")
    await till.sell_dialog()
    await till.write("mir")
    await till.press(ENTER, ENTER)
    await till.press(FOUR, held=ALT)
    await till.press(ESC)
    await until(lambda: not till.dialogs(SellDialog))
    again = await till.sell_dialog()
    assert again.form.payments.rows[0].tender == "stripe_checkout"
    assert text(till, "sellDialogSubtitle") == "for Mira Okafor"
    await till.write("ada")
    await till.press(ENTER)
    assert again.form.payments.rows[0].tender == "cash"
    assert text(till, "sellDialogSubtitle") == "for Ada Dubois"
    assert again.primary.text() == "Take 90.00 USD cash"
    again.form.is_touched = False
    await till.press(ESC)


async def test_what_was_left_waiting_says_what_became_of_it(online: Online) -> None:
    """S4: whoever serves the next client hears of it; who looks at it needs no toast."""
    till = online.till
    watch = CheckoutWatch(till.context, till.window)
    await waiting(online)
    await till.press(ESC)
    await until(lambda: not till.dialogs(CheckoutDialog))
    await online.pay()
    await until(lambda: till.toast() == "Mira Okafor paid 90.00 USD · receipt D1-000001")
    till.context.toast("")
    online.pass_time(60)
    await waiting(online)
    await till.press(ESC)
    online.pass_time(60 * 32)
    await online.sync()
    await until(lambda: till.toast() == "Mira Okafor: 90.00 USD was not paid in time")
    watch.deleteLater()


async def test_what_a_dialog_shows_is_not_told_twice(online: Online) -> None:
    till = online.till
    watch = CheckoutWatch(till.context, till.window)
    dialog = await waiting(online)
    await online.pay()
    assert dialog.result_of_sale is not None and "paid" not in till.toast()
    await till.press(ESC)
    watch.deleteLater()


async def test_cancelled_it_says_so_and_offers_to_sell_again(online: Online) -> None:
    """S4."""
    till = online.till
    dialog = await waiting(online)
    till.find(QPushButton, "checkoutTakeBackButton").click()
    await till.settled()
    assert dialog.page.chip.text() == "Being cancelled"
    assert not till.find(QPushButton, "checkoutTakeBackButton").isVisible()
    await online.sync()
    assert dialog.page.chip.text() == "Cancelled" and dialog.title_label.text() == "Not paid"
    assert not till.find(QrCode, "waitingCode").isVisible()
    await until(dialog.is_armed)
    await till.press(ENTER)
    again = await till.opened(SellDialog)
    assert [one.name for one in again.form.basket.lines()] == ["10-class pack"]
    await till.press(ESC)
    assert not till.bought()


async def test_cancelled_without_a_network_it_warns_of_money_that_may_be_there(online: Online) -> None:
    """S4, Y5: never take it twice."""
    till = online.till
    board = SyncBoard()
    board.show(SyncStatus(mode="test", online=True))
    till.context.serve("sync", lambda: board)
    dialog = await waiting(online)
    board.show(SyncStatus(mode="test", online=False))
    await till.settled()
    assert dialog.page.chip.text() == "No network"
    assert "whether it was paid shows once it is back" in dialog.page.story.plain_text()
    assert till.find(QrCode, "waitingCode").isVisible()
    till.find(QPushButton, "checkoutTakeBackButton").click()
    await till.settled()
    assert dialog.page.chip.text() == "Not cancelled yet"
    assert "look at their phone before you take money another way" in dialog.page.story.plain_text()
    assert not till.find(QPushButton, "checkoutTakeBackButton").isVisible()
    assert not till.find(QrCode, "waitingCode").isVisible()
    await till.press(ESC)


async def test_what_was_handed_over_already_is_to_be_given_back(online: Online) -> None:
    """S2."""
    till = online.till
    selling = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    await till.press(Qt.Key.Key_S, held=ALT)
    await till.write("50")
    selling.form.payments.rows[1].choose("stripe_checkout")
    assert selling.primary.text() == "Show QR code for 40.00 USD"
    await until(selling.is_armed)
    selling.primary.click()
    dialog = await till.opened(CheckoutDialog)
    await online.sync()
    assert "Besides, the client pays 50.00 USD in cash." in dialog.page.rest.plain_text()
    till.find(QPushButton, "checkoutTakeBackButton").click()
    await online.sync()
    assert "Give back what the client handed over already: 50.00 USD in cash." in (
        dialog.page.rest.plain_text()
    )
    await till.press(ESC)


async def test_unknown_is_not_called_failed(online: Online) -> None:
    """Y4."""
    till = online.till
    online.stripe.faults.add("lost_reply", "POST", "/v1/checkout/sessions$")
    dialog = await waiting(online)
    assert dialog.page.chip.text() == "Unknown, checking"
    assert dialog.page.story.plain_text().endswith("It is being checked.")
    online.pass_time(90)
    await online.sync()
    assert dialog.page.chip.text() == "Waiting for the client"
    await till.press(ESC)


async def test_stripes_receipt_goes_to_the_client_unless_they_do_not_want_it(online: Online) -> None:
    """S10."""
    till = online.till
    selling = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    check = till.find(QCheckBox, "sellPayment0EmailReceipt")
    assert not check.isVisible()
    await till.press(FOUR, held=ALT)
    assert check.isVisible() and check.text() == "E-mail Stripe's receipt to mira@example.com"
    assert selling.form.payments.rows[0].wants_email
    check.click()
    await until(selling.is_armed)
    selling.primary.click()
    await till.opened(CheckoutDialog)
    await online.sync()
    await online.pay()
    (intent,) = list(online.stripe.account.payment_intents.live)
    assert intent["receipt_email"] is None
    await till.press(ESC)


# --- Card reader -------------------------------------------------------------------------------------


async def test_a_sale_on_the_reader_becomes_sold_by_itself(online: Online, reader: str) -> None:
    """S4."""
    till = online.till
    dialog = await waiting(online, FIVE)
    assert dialog.page.chip.text() == "Waiting for the card"
    assert "Front desk asks for the card" in dialog.page.story.plain_text()
    assert_accessible(dialog)
    online.stripe.tap_card(reader)
    await online.sync()
    assert dialog.result_of_sale is not None
    await till.press(ESC)
    assert till.bought()[0].tenders == ("stripe_reader",)


async def test_a_declined_card_is_told_and_sent_again(online: Online, reader: str) -> None:
    """S4."""
    till = online.till
    dialog = await waiting(online, FIVE)
    online.pass_time(5)
    online.stripe.tap_card(reader, "insufficient_funds")
    await online.sync()
    assert dialog.page.chip.text() == "Not paid yet"
    assert "there is not enough on it" in dialog.page.story.plain_text()
    assert dialog.primary.text() == "Send it again"
    await until(dialog.is_armed)
    await till.press(ENTER)
    await online.sync()
    assert dialog.page.chip.text() == "Waiting for the card"
    online.pass_time(5)
    till.find(QPushButton, "checkoutTestCardButton").click()
    await till.settled()
    await online.sync()
    assert dialog.result_of_sale is not None
    await till.press(ESC)


async def test_without_a_reader_one_can_be_set_up_on_the_way(online: Online) -> None:
    till = online.till
    selling = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    await till.press(FIVE, held=ALT)
    await until(selling.is_armed)
    selling.primary.click()
    assert selling.form.payments.rows[0].form.problem("reader").startswith("No card reader is chosen")
    till.find(QPushButton, "sellPayment0SetUpReader").click()
    dialog = await till.opened(RegisterReaderDialog)
    assert_accessible(dialog)
    dialog.form.set_values(code="simulated-wpe", label="Front desk", **PLACE)
    dialog.primary.click()
    await till.settled()
    await online.sync()
    await till.settled()
    row = selling.form.payments.rows[0]
    assert row.reader_id == online.till.desk.office.read(reader_rows)[0].id
    assert row.form.problem("reader") == "", "it was said that there is none"
    selling.reject()


async def test_what_stripe_has_against_a_reader_stands_beside_its_code(online: Online) -> None:
    """U6: a mistyped code is told where it was typed, and can be put right there."""
    till = online.till
    board = SyncBoard()
    board.show(SyncStatus(mode="test", online=False))
    till.context.serve("sync", lambda: board)
    till.context.ask("register_reader")
    dialog = await till.opened(RegisterReaderDialog)
    dialog.form.set_values(code="apple-pear-plumm", label="Front desk", **PLACE)
    dialog.primary.click()
    await till.settled()
    assert dialog.isVisible() and dialog.banner.text().startswith("No network: the reader is registered")
    assert not dialog.primary.isEnabled()
    board.show(SyncStatus(mode="test", online=True))
    await online.sync()
    assert dialog.isVisible() and dialog.form.problem("code").startswith("Stripe refused")
    assert dialog.primary.isEnabled() and not dialog.banner.isVisible()
    assert_accessible(dialog)
    dialog.form.set_values(code="simulated-wpe")
    dialog.primary.click()
    await till.settled()
    await online.sync()
    await until(lambda: not till.dialogs(RegisterReaderDialog))
    assert till.toast() == "The reader is registered"


# --- Where it cannot be ------------------------------------------------------------------------------


async def test_without_stripe_the_tenders_are_those_of_the_desk(till: Till) -> None:
    selling = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    await till.press(FOUR, held=ALT)
    assert selling.form.payments.rows[0].tender == "cash"
    assert not till.find(QPushButton, "sellPayment0Tender3").isVisible()
    await till.press(ESC)


async def test_without_a_network_they_say_why_they_cannot_be_chosen(online: Online) -> None:
    """Y5: no new card taking while offline."""
    till = online.till
    board = SyncBoard()
    board.show(SyncStatus(mode="test", online=True))
    till.context.serve("sync", lambda: board)
    selling = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    row = selling.form.payments.rows[0]
    assert till.find(QPushButton, "sellPayment0Tender3").isEnabled()
    board.show(SyncStatus(mode="test", online=False))
    assert not till.find(QPushButton, "sellPayment0Tender3").isEnabled()
    await till.press(FOUR, held=ALT)
    assert row.tender == "cash"
    assert (
        "No network: QR code and card reader cannot be used."
        in till.find(QPushButton, "sellPayment0Tender3").toolTip()
    )
    board.show(SyncStatus(mode="test", online=True))
    await till.press(FOUR, held=ALT)
    assert row.tender == "stripe_checkout"
    await till.press(ESC)


# --- Look --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("scale", [1.0, 1.5])
async def test_nothing_is_cut_off(online: Online, reader: str, scheme: Scheme, scale: float) -> None:
    """U3."""
    theme().set_scheme(scheme)
    theme().set_scale(scale)
    till = online.till
    selling = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    await till.press(FIVE, held=ALT)
    await until(selling.is_armed)
    assert_nothing_cut_off(selling)
    await till.press(ESC)
    dialog = await waiting(online)
    assert_nothing_cut_off(dialog)
    await till.press(ESC)


@pytest.mark.parametrize("turned", [False, True])
async def test_longer_texts_and_the_other_direction_lay_out(
    online: Online, reader: str, qapp: QApplication, turned: bool
) -> None:
    """U7: 40 % longer, and from right to left."""
    translator = PseudoTranslator()
    set_right_to_left(turned)
    if not turned:
        qapp.installTranslator(translator)
    try:
        till = online.till
        selling = await till.sell_dialog(client_id=till.mira)
        await till.press(ENTER)
        await till.press(FIVE, held=ALT)
        await until(selling.is_armed)
        assert_nothing_cut_off(selling)
        selling.form.is_touched = False
        await till.press(ESC)
        dialog = await waiting(online)
        assert_nothing_cut_off(dialog)
        await till.press(ESC)
    finally:
        qapp.removeTranslator(translator)
        set_right_to_left(False)


async def test_ctrl_p_prints_only_what_is_sold(online: Online) -> None:
    till = online.till
    dialog = await waiting(online)
    await till.press(Qt.Key.Key_P, held=CTRL)
    assert not dialog.banner.isVisible()
    await till.press(ESC)


async def test_the_profile_tells_what_comes_once_it_is_paid(online: Online) -> None:
    """S4: and its line opens it again."""
    till = online.till
    await waiting(online)
    await till.press(ESC)
    await till.go("client", till.mira, "credits")
    (row,) = online.pending()
    line = till.find(QPushButton, f"creditsWaiting{row.id}")
    assert line.isVisible() and line.text() == "12 credits as soon as 90.00 USD is paid"
    line.click()
    dialog = await till.opened(CheckoutDialog)
    await online.pay()
    dialog.reject()
    await till.settled()
    assert not till.find(QWidget, "creditsWaiting").isVisible()
