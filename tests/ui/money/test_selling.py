"""The Sell dialog on real books, by the keyboard: steps, problems, drafts, and one sale for any Enter."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from frontdesk.services.changes import Change, Topic
from frontdesk.services.credit_account import credit_account
from frontdesk.services.drafts.sales import PaymentDraft
from frontdesk.services.packages import archive_package, package_draft, save_package
from frontdesk.ui import sale_words
from frontdesk.ui.dialogs.receipt import ReceiptDialog
from frontdesk.ui.dialogs.sell import SellDialog
from frontdesk.ui.i18n import PseudoTranslator, set_right_to_left
from frontdesk.ui.widgets import seen
from frontdesk.ui.widgets.seen import BOUNCE_S
from tests.support.event_loop import until
from tests.ui.money.conftest import ALT, CTRL, DOWN, ENTER, ESC, NO, SHIFT, TAB, Till, focused
from tests.ui.walk import LEAST_TARGET, assert_accessible, assert_nothing_cut_off


async def sold(dialog: SellDialog) -> None:
    """Waits until the sale is made and its page was seen."""
    await until(lambda: dialog.result_of_sale is not None)
    await until(dialog.is_armed)


def page_of(dialog: SellDialog) -> str:
    """What the page says that stands there once it is sold."""
    page = dialog.findChild(QWidget, "soldPage")
    assert page is not None
    return " ".join(label.text() for label in page.findChildren(QLabel))


@pytest.mark.parametrize("screen", ["clients", "packages", "payments", "settings"])
async def test_a_cash_sale_takes_at_most_fifteen_keys_from_any_screen(till: Till, screen: str) -> None:
    """U1: the client found by three letters, what was handed over, and back to where one was."""
    await till.go(screen)
    till.pressed = 0
    till.context.actions["sale.new"].trigger()
    till.pressed += 1
    dialog = await till.opened(SellDialog)
    await till.write("mir")
    await till.press(ENTER, ENTER)
    await till.write("100")
    await until(dialog.is_armed)
    await till.press(ENTER)
    await sold(dialog)
    await till.press(ENTER)
    await until(lambda: not till.dialogs(SellDialog))
    assert till.pressed <= 15, till.pressed
    assert len(till.bought()) == 1
    account = till.desk.office.read(credit_account, till.mira)
    assert account.usable == 12
    assert {lot.last_day.isoformat() for lot in account.lots if lot.last_day} == {"2027-04-04"}


async def test_f2_opens_the_dialog_from_the_keyboard(till: Till) -> None:
    await till.go("clients")
    await till.press(Qt.Key.Key_F2)
    await till.opened(SellDialog)
    await till.press(ESC)


async def test_what_is_due_and_until_when_stand_there_before_paying(till: Till) -> None:
    """C4, P3."""
    dialog = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    assert dialog.form.basket.lines()[0].name == "10-class pack"
    facts = till.find(QLabel, "sellPackagesLine0Facts").text()
    assert facts == "10 + 2 credits · use until 4 Apr 2027"
    assert dialog.consequence.text.text() == "Mira Okafor gets 12 credits, use until 4 Apr 2027."
    assert till.find(QLabel, "sellDue").text() == "90.00 USD"
    assert dialog.primary.text() == "Take 90.00 USD cash"
    assert not till.bought()
    await till.press(ESC)


async def test_change_is_shown_while_typing_and_in_big_figures_after(till: Till) -> None:
    dialog = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    await till.write("100")
    assert till.find(QLabel, "sellChange").text() == "10.00 USD"
    await until(dialog.is_armed)
    await till.press(ENTER)
    await sold(dialog)
    assert till.find(QLabel, "soldNumberNumber").text() == "10.00 USD"
    assert not dialog.form.isVisible() and dialog.primary.text() == "Done"
    assert dialog.windowTitle() == dialog.title_label.text() == "Sold"
    assert_accessible(dialog)
    await till.press(ENTER)
    assert till.bought()[0].total == till.desk.money(9000)


async def test_double_enter_sells_once_and_does_not_hide_the_change(till: Till) -> None:
    """S1: one command for the sale that is shown."""
    dialog = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    await until(dialog.is_armed)
    for _ in range(4):
        QTest.keyClick(focused(), ENTER)
    await until(lambda: dialog.result_of_sale is not None)
    QTest.keyClick(focused(), ENTER)
    assert dialog.isVisible()
    await till.settled()
    assert len(till.bought()) == 1
    await until(dialog.is_armed)
    await till.press(ENTER)


async def test_an_enter_that_bounces_on_the_package_does_not_sell(till: Till) -> None:
    dialog = await till.sell_dialog(client_id=till.mira)
    QTest.keyClick(dialog.form.basket.filter, ENTER)
    await till.settled()
    dialog._seen.counts_from += 60
    await till.press(ENTER)
    assert dialog.result_of_sale is None and not till.bought()
    await till.press(ESC)


@pytest.mark.parametrize("how", ["kept", "handed over"])
async def test_keys_pressed_before_the_payment_was_to_be_seen_take_no_money(till: Till, how: str) -> None:
    """S1: of a sale that was left, and of one that is opened with all that it needs, however slow its first
    picture is; one press after it sells.
    """
    dialog = await till.sell_dialog(
        client_id=till.mira, **({} if how == "kept" else {"package_id": till.pack})
    )
    if how == "kept":
        await till.press(ENTER)
        await till.write("100")
        await till.press(ESC)
        await until(lambda: not till.dialogs(SellDialog))
        dialog = await till.sell_dialog(client_id=till.mira)
    dialog._seen.forget()
    dialog.primary.setUpdatesEnabled(False)
    await until(lambda: dialog._quoted is not None)
    for _ in range(3):
        await till.press(ENTER)
        await asyncio.sleep(2 * BOUNCE_S)
    dialog.primary.setUpdatesEnabled(True)
    await till.press(ENTER)
    assert not dialog.is_busy() and dialog.result_of_sale is None and not till.bought()
    await until(dialog.is_armed)
    await till.press(ENTER)
    await sold(dialog)
    assert len(till.bought()) == 1
    await till.press(ENTER)


async def test_presses_of_one_finger_count_as_one_that_came_too_early(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S1: a press too early makes those that follow it closely wait."""
    dialog = await till.sell_dialog(client_id=till.mira, package_id=till.pack)
    pressed = dialog._seen
    for now, counts in ((100.0, False), (100.2, False), (100.4, False), (100.4 + BOUNCE_S, True)):
        monkeypatch.setattr(seen, "monotonic", lambda now=now: now)
        pressed.counts_from = 100.0 + BOUNCE_S if now == 100.0 else pressed.counts_from
        assert pressed.press() is counts
    await till.press(ESC)


async def test_a_key_that_is_held_down_takes_no_money(till: Till) -> None:
    """S1: it has been down since before the payment was to be seen."""
    dialog = await till.sell_dialog(client_id=till.mira, package_id=till.pack)
    await until(dialog.is_armed)
    for widget in (focused(), dialog.primary):
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(widget, QKeyEvent(kind, ENTER, NO, "\r", True))
        assert not dialog.is_busy() and dialog.result_of_sale is None
    assert not till.bought()
    await till.press(ESC)


async def test_enter_in_a_sale_that_was_left_goes_from_the_client_to_the_payment_first(till: Till) -> None:
    """U1: whoever is next may be somebody else; only from the payment is money taken."""
    await till.sell_dialog()
    await till.write("mir")
    await till.press(ENTER, ENTER)
    await till.press(ESC)
    await until(lambda: not till.dialogs(SellDialog))
    again = await till.sell_dialog()
    assert again.form.picker.field.hasFocus() and again.form.basket.lines()
    await until(again.is_armed)
    await till.press(ENTER)
    assert focused().objectName() == "sellPayment0Given" and not till.bought()
    again.form.is_touched = False
    await till.press(ESC)


async def test_a_quick_amount_is_what_was_handed_over(till: Till) -> None:
    dialog = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    till.find(QPushButton, "sellPayment0Quick0").click()
    await until(dialog.is_armed)
    dialog.primary.click()
    await sold(dialog)
    assert dialog.result_of_sale is not None
    assert dialog.result_of_sale.change == till.desk.money(1000)
    await till.press(ENTER)


async def test_the_receipt_of_what_was_just_sold_can_be_seen_as_it_looks_on_paper(till: Till) -> None:
    """S10."""
    dialog = await till.sell_dialog(client_id=till.mira, package_id=till.pack)
    await until(dialog.is_armed)
    await till.press(ENTER)
    await sold(dialog)
    assert_nothing_cut_off(dialog)
    till.find(QPushButton, "sellReceiptButton").click()
    receipt = await till.opened(ReceiptDialog)
    await until(lambda: "Total" in receipt.paper.text())
    assert "D1-000001" in receipt.paper.text() and "use until 4 Apr 2027" in receipt.paper.text()
    assert not till.dialogs(SellDialog)
    await till.press(ESC)


@pytest.mark.parametrize(
    ("due", "currency", "offered"),
    [
        (9000, "USD", (10000,)),
        (8550, "USD", (9000, 10000)),
        (2900, "USD", (3000, 4000, 5000)),
        (1500, "USD", (2000, 5000, 10000)),
        (10000, "USD", ()),
        (16500, "USD", (17000, 18000, 20000)),
        (505000, "USD", (510000,)),
        (9000, "EUR", (10000, 20000)),
        (9000, "GBP", (10000,)),
        (9800, "JPY", (10000,)),
        (9000, "XAF", (10000, 20000)),
        (8550, "XAF", (9000, 10000, 20000)),
        (1, "XAF", (2, 5)),
    ],
)
def test_quick_amounts_are_what_notes_come_to(due: int, currency: str, offered: tuple[int, ...]) -> None:
    """No note of 200 dollars is offered, since there is none."""
    assert sale_words.quick_amounts(due, currency) == offered


async def test_bad_input_is_told_beside_its_field(till: Till) -> None:
    """P6, S2."""
    dialog = await till.sell_dialog()
    await until(dialog.is_armed)
    dialog.primary.click()
    assert dialog.form.problem("client_id") and dialog.form.problem("lines")
    dialog.form.picker.set_client_id(till.mira)
    await till.settled()
    await till.press(ENTER)
    await till.write("50")
    await until(dialog.is_armed)
    await till.press(ENTER)
    row = dialog.form.payments.rows[0]
    assert row.form.problem("cash_given").startswith("The cash given, 50.00 USD")
    await till.press(Qt.Key.Key_2, held=ALT)
    assert row.tender == "external_card"
    await till.press(ENTER)
    assert row.form.problem("reference") == "Type the reference that the card terminal printed."
    await till.press(Qt.Key.Key_D, held=CTRL)
    dialog.primary.click()
    discount = dialog.form.discount.form
    assert discount.problem("milli_percent") and discount.problem("reason_code")
    assert_accessible(dialog)
    assert not till.bought()
    await till.press(ESC)


async def test_a_card_sale_keeps_the_reference(till: Till) -> None:
    """S2."""
    dialog = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    payment = dialog.form.payments.rows[0].form
    assert payment._rows["reference"].label.text() == "Reference"
    dialog.form.payments.choose("external_card")
    assert payment._rows["reference"].label.text() == "Reference (required)"
    await till.write("T-77")
    assert dialog.primary.text() == "Take 90.00 USD by card terminal"
    await until(dialog.is_armed)
    await till.press(ENTER)
    await sold(dialog)
    assert till.bought()[0].tenders == ("external_card",)
    await till.press(ENTER)


async def test_a_discount_needs_a_reason_and_changes_what_is_due_at_once(till: Till) -> None:
    """S2."""
    dialog = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    await till.press(Qt.Key.Key_D, held=CTRL)
    await till.write("10")
    assert till.find(QLabel, "sellDue").text() == "81.00 USD"
    assert dialog.form.sums.value("Discount") == "−9.00"
    await until(dialog.is_armed)
    await till.press(ENTER)
    assert dialog.form.discount.form.problem("reason_code").startswith("Choose a reason")
    await till.write("L")
    await until(dialog.is_armed)
    # The reason is chosen by it, and the payment is seen first.
    await till.press(ENTER)
    assert focused().objectName() == "sellPayment0Given" and not till.bought()
    await until(dialog.is_armed)
    await till.press(ENTER)
    await sold(dialog)
    assert till.bought()[0].total == till.desk.money(8100)
    await till.press(ENTER)


async def test_a_payment_can_be_split_and_the_rest_follows(till: Till) -> None:
    """S2."""
    dialog = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    await till.press(Qt.Key.Key_S, held=ALT)
    await till.write("50")
    drafts = dialog.form.payments.drafts()
    assert drafts == (
        PaymentDraft("cash", till.desk.money(5000)),
        PaymentDraft("external_card", till.desk.money(4000)),
    )
    dialog.form.payments.rows[1].form["reference"].setFocus()
    await till.write("T-1")
    await until(dialog.is_armed)
    await till.press(ENTER)
    await sold(dialog)
    assert till.bought()[0].tenders == ("cash", "external_card")
    await till.press(ENTER)


async def test_payments_that_do_not_add_up_are_told(till: Till) -> None:
    dialog = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    dialog.form.payments.split()
    for at, amount in enumerate(("50", "20")):
        field = dialog.form.payments.rows[at].form["amount"]
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, amount)
    dialog.form.payments.rows[1].choose("cash")
    await until(dialog.is_armed)
    dialog.primary.click()
    await till.settled()
    problem = till.find(QLabel, "sellPaymentProblem")
    assert "70.00 USD" in problem.text() and problem.isVisible()
    assert not till.bought()
    await till.press(ESC)


async def test_several_packages_are_one_sale(till: Till) -> None:
    till.desk.package(name="Drop-in", credits=1, bonus=0, price=till.desk.money(1500), validity_count=30)
    dialog = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    await till.press(Qt.Key.Key_P, held=ALT)
    await till.write("drop")
    await till.press(ENTER)
    assert till.find(QLabel, "sellDue").text() == "105.00 USD"
    await until(dialog.is_armed)
    await till.press(ENTER)
    await sold(dialog)
    assert [line.name for line in till.bought()[0].lines] == ["10-class pack", "Drop-in"]
    await till.press(ENTER)


@pytest.mark.parametrize("key", [None, DOWN])
async def test_esc_leaves_the_list_of_further_packages_and_not_the_sale(
    till: Till, key: Qt.Key | None
) -> None:
    """U2: first what was typed goes, then the list, and only then the dialog."""
    till.desk.package(name="Drop-in", credits=1, bonus=0, price=till.desk.money(1500), validity_count=30)
    dialog = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    basket = dialog.form.basket
    await till.press(Qt.Key.Key_P, held=ALT)
    await till.write("drop")
    await till.press(ESC)
    assert basket.filter.isVisible() and not basket.filter.text()
    await till.press(*([key] if key else []), ESC)
    assert not basket.filter.isVisible() and basket.more_button.hasFocus()
    assert dialog.isVisible() and len(basket.lines()) == 1
    await till.press(ESC)
    await until(lambda: not till.dialogs(SellDialog))


async def test_arrows_choose_a_package_and_a_line_can_be_taken_out(till: Till) -> None:
    till.desk.package(name="Drop-in", credits=1, bonus=0, price=till.desk.money(1500), validity_count=30)
    dialog = await till.sell_dialog(client_id=till.mira)
    await till.press(DOWN, ENTER)
    assert [one.name for one in dialog.form.basket.lines()] == ["Drop-in"]
    dialog.form.basket.remove(0)
    await till.settled()
    assert dialog.form.basket.filter.hasFocus() and not dialog.form.basket.lines()
    await till.press(ESC)


async def test_a_free_package_asks_for_no_payment(till: Till) -> None:
    """P1."""
    taster = till.desk.package(name="Taster", credits=1, bonus=0, price=till.desk.money(0))
    dialog = await till.sell_dialog(client_id=till.mira, package_id=taster)
    await until(lambda: dialog.form.basket.lines())
    await till.settled()
    assert dialog.primary.text() == "Complete the free sale"
    assert not dialog.form.payments.rows[0].isVisible()
    await until(dialog.is_armed)
    await till.press(ENTER)
    await sold(dialog)
    assert till.bought()[0].tenders == ("free",)
    await till.press(ENTER)


async def test_esc_keeps_the_sale_with_a_way_back_to_it(till: Till) -> None:
    """U2."""
    dialog = await till.sell_dialog()
    await till.write("mir")
    await till.press(ENTER, ENTER)
    dialog.form.payments.split()
    await till.write("50")
    await till.press(ESC)
    await until(lambda: not till.dialogs(SellDialog))
    assert till.toast() == "The sale to Mira Okafor is kept"
    again = await till.sell_dialog()
    client = again.form.picker.client()
    assert client is not None and client.id == till.mira
    assert [one.name for one in again.form.basket.lines()] == ["10-class pack"]
    assert [one.amount.amount for one in again.form.payments.drafts()] == [5000, 4000]
    assert "here again" in again.banner.text()
    till.find(QPushButton, "sellDialogBannerAction").click()
    await till.settled()
    assert again.form.picker.client() is None and not again.form.basket.lines()
    await till.press(ESC)


async def test_the_next_client_typed_into_a_kept_sale_takes_the_place_of_the_last(till: Till) -> None:
    """With a queue waiting nobody looks: F2 and a name never sell to who stood there before."""
    ada = till.desk.client("Ada Dubois")
    await till.sell_dialog()
    await till.write("mir")
    await till.press(ENTER, ENTER, ESC)
    await until(lambda: not till.dialogs(SellDialog))
    again = await till.sell_dialog()
    assert again.form.picker.value() == till.mira
    await till.write("ada")
    await till.press(ENTER)
    assert again.form.picker.value() == ada
    assert again.consequence.text.text().startswith("Ada Dubois gets 12 credits")
    again.form.is_touched = False
    await till.press(ESC)


async def test_a_sale_that_was_left_is_a_key_away(till: Till) -> None:
    """U2: also the one that was begun in a profile, from any other screen."""
    await till.go("clients")
    await till.press(Qt.Key.Key_F2, held=SHIFT)
    assert till.toast() == "No sale was left unfinished"
    await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER, ESC)
    await until(lambda: not till.dialogs(SellDialog))
    await till.go("settings")
    await till.press(Qt.Key.Key_F2, held=SHIFT)
    again = await till.opened(SellDialog)
    client = again.form.picker.client()
    assert client is not None and client.id == till.mira
    assert [one.name for one in again.form.basket.lines()] == ["10-class pack"]
    again.form.is_touched = False
    await till.press(ESC)


async def test_the_only_package_on_sale_is_chosen_and_enter_goes_on_from_it(till: Till) -> None:
    """U1, C4: what is due and until when is there at once, and the Enter that said yes takes no money."""
    dialog = await till.sell_dialog()
    await till.write("mir")
    await till.press(ENTER)
    await until(lambda: dialog.primary.text() == "Take 90.00 USD cash")
    assert [one.name for one in dialog.form.basket.lines()] == ["10-class pack"]
    assert dialog.consequence.text.text() == "Mira Okafor gets 12 credits, use until 4 Apr 2027."
    assert dialog.form.basket.filter.hasFocus() and not dialog.form.basket.table.isVisible()
    assert_accessible(dialog)
    assert_nothing_cut_off(dialog)
    await until(dialog.is_armed)
    await till.press(DOWN, ENTER)
    assert [one.name for one in dialog.form.basket.lines()] == ["10-class pack"], "one, not two"
    assert not dialog.form.basket.filter.isVisible() and focused().objectName() == "sellPayment0Given"
    assert dialog.result_of_sale is None and not till.bought()
    await till.press(ESC)


async def test_the_only_package_on_sale_can_be_sold_twice_to_one_client(till: Till) -> None:
    dialog = await till.sell_dialog(client_id=till.mira)
    await until(lambda: dialog.form.basket.lines())
    await till.press(Qt.Key.Key_P, held=ALT)
    assert dialog.form.basket.table.isVisible()
    await till.press(DOWN, ENTER)
    assert len(dialog.form.basket.lines()) == 2 and focused().objectName() == "sellPayment0Given"
    await till.press(ESC)


async def test_the_only_package_on_sale_is_there_once_if_its_name_is_typed_all_the_same(till: Till) -> None:
    """U1: who types a name from habit wants one."""
    dialog = await till.sell_dialog()
    await till.write("mir")
    await till.press(ENTER)
    await until(lambda: dialog.form.basket.lines())
    await till.write("10")
    await till.press(ENTER)
    assert [one.name for one in dialog.form.basket.lines()] == ["10-class pack"]
    assert not dialog.form.basket.filter.isVisible() and focused().objectName() == "sellPayment0Given"
    await until(dialog.is_armed)
    assert dialog.result_of_sale is None and not till.bought()
    await till.press(ESC)


async def test_a_sale_that_was_left_keeps_no_package_that_nobody_said_yes_to(till: Till) -> None:
    """P1: the next client may have another one."""
    dialog = await till.sell_dialog()
    await till.write("mir")
    await till.press(ENTER)
    await until(lambda: dialog.form.basket.lines())
    await till.press(ESC)
    await until(lambda: not till.dialogs(SellDialog))
    till.desk.package(name="Drop-in", credits=1, bonus=0, price=till.desk.money(1500), validity_count=30)
    again = await till.sell_dialog()
    await until(lambda: len(again.form.basket._offers) == 2)
    await till.settled()
    assert again.form.picker.client() and not again.form.basket.lines()
    assert again.form.basket.table.isVisible()
    again.form.is_touched = False
    await till.press(ESC)


async def test_a_name_typed_where_packages_are_looked_for_never_goes_on_to_the_money(till: Till) -> None:
    """F2 in a profile and the next client's name: the one whose profile is open must not pay for it."""
    till.desk.client("Ada Dubois")
    dialog = await till.sell_dialog(client_id=till.mira)
    await until(lambda: dialog.form.basket.lines())
    await till.write("ada")
    await till.press(ENTER, ENTER)
    assert dialog.form.basket.filter.hasFocus() and dialog.result_of_sale is None
    await until(dialog.is_armed)
    await till.press(ENTER)
    assert dialog.form.basket.filter.hasFocus() and not till.bought()
    await till.press(ESC)


async def test_of_several_packages_none_is_chosen_and_one_that_was_taken_out_stays_out(till: Till) -> None:
    dialog = await till.sell_dialog(client_id=till.mira)
    await until(lambda: dialog.form.basket.lines())
    dialog.form.basket.remove(0)
    await till.settled()
    assert dialog.form.basket.table.isVisible() and dialog.form.basket.filter.hasFocus()
    till.desk.package(name="Drop-in", credits=1, bonus=0, price=till.desk.money(1500), validity_count=30)
    till.context.notifier.broadcast([Change(Topic.PACKAGES)])
    await until(lambda: len(dialog.form.basket._offers) == 2)
    assert not dialog.form.basket.lines()
    dialog.form.is_touched = False
    await till.press(ESC)
    again = await till.sell_dialog(client_id=till.mira)
    await until(lambda: len(again.form.basket._offers) == 2)
    await till.settled()
    assert not again.form.basket.lines() and again.form.basket.table.isVisible()
    await till.press(ESC)


async def test_what_was_chosen_by_itself_goes_with_a_client_who_may_not_have_it(till: Till) -> None:
    """P1: and leaves nothing behind where nobody said yes to it."""
    till.desk.do(archive_package, till.pack)
    intro = till.desk.package(name="Intro offer", price=till.desk.money(2900), per_client_limit=1)
    ada = till.desk.client("Ada Dubois")
    till.desk.sell(ada, intro)
    dialog = await till.sell_dialog(client_id=till.mira)
    await until(lambda: dialog.form.basket.lines())
    dialog.form.picker.set_client_id(ada)
    await until(lambda: not dialog.form.basket.lines())
    assert dialog.form.basket.table.isVisible()
    dialog.form.picker.set_client_id(till.mira)
    await until(lambda: dialog.form.basket.lines())
    assert not dialog.form.is_touched
    await till.press(ESC)
    await until(lambda: not till.dialogs(SellDialog))
    assert not till.context.drafts


@pytest.mark.parametrize("turned", [False, True])
async def test_longer_texts_and_the_other_direction_lay_out(till: Till, turned: bool) -> None:
    """U7: 40 % longer, and from right to left."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    translator = PseudoTranslator()
    set_right_to_left(turned)
    if not turned:
        app.installTranslator(translator)
    try:
        dialog = await till.sell_dialog(client_id=till.mira)
        await till.press(ENTER)
        dialog.form.discount.open_up()
        dialog.form.payments.split()
        await until(lambda: dialog.form.payments.rows[1].remove_button.height() >= LEAST_TARGET)
        assert_nothing_cut_off(dialog)
        dialog.form.is_touched = False
        dialog.reject()
        refund = await till.refund_dialog(till.desk.sell(till.mira, till.pack, tender="external_card"))
        assert_nothing_cut_off(refund)
        refund.reject()
        await till.payments()
        await till.press(DOWN)
        assert_nothing_cut_off(till.find(QWidget, "transactionPane"))
    finally:
        app.removeTranslator(translator)
        set_right_to_left(False)


async def test_a_dialog_in_which_nothing_was_done_leaves_nothing(till: Till) -> None:
    await till.sell_dialog()
    await till.press(ESC)
    await until(lambda: not till.dialogs(SellDialog))
    assert not till.context.drafts


async def test_unpaid_visits_are_settled_with_the_new_credits(till: Till) -> None:
    """C12."""
    for _ in range(2):
        assert not till.desk.visit(till.mira, when_short="unpaid").paid
    dialog = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    assert dialog.form.settle.isVisible() and "2 unpaid visits" in dialog.form.settle.text()
    dialog.form.settle.click()
    await until(dialog.is_armed)
    dialog.primary.click()
    await sold(dialog)
    assert dialog.result_of_sale is not None and dialog.result_of_sale.settled_visits == 2
    assert till.desk.office.read(credit_account, till.mira).usable == 10
    await till.press(ENTER)


async def test_a_limit_per_client_is_told_before_paying(till: Till) -> None:
    """P1."""
    intro = till.desk.package(name="Intro offer", price=till.desk.money(2900), per_client_limit=1)
    till.desk.sell(till.mira, intro)
    dialog = await till.sell_dialog(client_id=till.mira, package_id=intro)
    await until(lambda: dialog.form.basket.lines())
    await till.settled()
    assert "Intro offer" in dialog.form.problem("lines")
    await until(dialog.is_armed)
    dialog.primary.click()
    await till.settled()
    assert len(till.bought()) == 1
    await till.press(ESC)


async def test_terms_that_change_meanwhile_are_shown_before_they_are_sold(till: Till) -> None:
    """P4."""
    dialog = await till.sell_dialog(client_id=till.mira)
    await till.press(ENTER)
    dearer = replace(till.desk.office.read(package_draft, till.pack), price=till.desk.money(9900))
    await till.context.tasks.write(save_package, till.pack, dearer, 1)
    await until(lambda: "99.00" in dialog.primary.text())
    assert "changed meanwhile" in dialog.banner.text()
    await until(dialog.is_armed)
    await till.press(ENTER)
    await sold(dialog)
    assert till.bought()[0].total == till.desk.money(9900)
    await till.press(ENTER)


async def test_the_last_day_moves_with_midnight_while_the_dialog_is_open(till: Till) -> None:
    """C4: in the dialog of a sale, in its list of packages, and nothing is said where nothing moved."""
    forever = till.desk.package(name="Gift", validity_kind="never", validity_count=None)
    dialog = await till.sell_dialog(client_id=till.mira, package_id=till.pack)
    await until(lambda: "4 Apr 2027" in dialog.consequence.text.text())
    till.desk.clock.pass_time(days=1)
    assert not dialog.is_armed(), "what is shown is not what would be sold"
    await until(lambda: "5 Apr 2027" in dialog.consequence.text.text())
    assert till.find(QLabel, "sellPackagesLine0Facts").text() == "10 + 2 credits · use until 5 Apr 2027"
    assert dialog.banner.text() == "It is 5 Jan 2027 by now, and the last day of use has moved with it."
    await till.settled()
    assert {str(one.last_day) for one in dialog.form.basket._offers} == {"2027-04-05", "None"}
    await till.press(ESC)
    dialog = await till.sell_dialog(client_id=till.mira, package_id=forever)
    await until(lambda: "no end date" in dialog.consequence.text.text())
    till.desk.clock.pass_time(days=1)
    await until(dialog.is_armed)
    assert not dialog.banner.text()
    await till.press(ESC)


async def test_an_enter_just_after_midnight_shows_the_new_day_before_it_sells(till: Till) -> None:
    """C4."""
    dialog = await till.sell_dialog(client_id=till.mira, package_id=till.pack)
    await until(dialog.is_armed)
    dialog._clock.stop()
    till.desk.clock.pass_time(days=1)
    await till.press(ENTER)
    await until(lambda: "5 Apr 2027" in dialog.consequence.text.text())
    assert dialog.result_of_sale is None and not till.bought()
    await until(dialog.is_armed)
    await till.press(ENTER)
    await sold(dialog)
    assert "5 Apr 2027" in page_of(dialog)
    await till.press(ENTER)


async def test_the_page_after_shows_the_day_that_was_written(till: Till) -> None:
    """C4: not what was shown before, whichever clock is ahead."""
    dialog = await till.sell_dialog(client_id=till.mira, package_id=till.pack)
    await until(dialog.is_armed)
    shown = till.desk.clock.at
    till.context.formats._clock = lambda: shown
    till.desk.clock.pass_time(days=1)
    await till.press(ENTER)
    await sold(dialog)
    assert "5 Apr 2027" in page_of(dialog) and "4 Apr 2027" not in page_of(dialog)
    assert str(till.bought()[0].lines[0].last_day) == "2027-04-05"
    await till.press(ENTER)


async def test_a_visit_that_is_settled_starts_what_was_sold_and_the_page_says_so(till: Till) -> None:
    """P1, C4, C12."""
    till.desk.clock.pass_time(days=2)
    till.desk.visit(till.mira, when_short="unpaid")
    starter = till.desk.package(
        name="Starter", validity_starts="first_class", validity_count=30, latest_start_days=60
    )
    dialog = await till.sell_dialog(client_id=till.mira, package_id=starter)
    await until(lambda: "counted from the first class" in dialog.consequence.text.text())
    dialog.form.settle.click()
    await until(dialog.is_armed)
    dialog.primary.click()
    await sold(dialog)
    assert "use until 5 Feb 2027" in page_of(dialog) and "first class" not in page_of(dialog)
    await till.press(ENTER)


async def test_the_dialog_is_accessible_and_fits_a_small_window(till: Till) -> None:
    """U3."""
    dialog = await till.sell_dialog()
    assert_accessible(dialog)
    await till.write("mir")
    await till.press(ENTER, ENTER)
    dialog.form.discount.open_up()
    dialog.form.payments.split()
    await until(lambda: dialog.form.payments.rows[1].remove_button.height() >= LEAST_TARGET)
    assert_accessible(dialog)
    assert_nothing_cut_off(dialog)
    assert dialog.height() <= 640
    await till.press(TAB, ESC)
