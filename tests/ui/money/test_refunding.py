"""The refund, void and failed-refund dialogs on real books: both sides, by the keyboard, once."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton

from frontdesk.services.credit_account import credit_account
from frontdesk.services.drafts.sales import PaymentDraft
from frontdesk.services.refund_states import mark_failed
from frontdesk.services.refunds import refund_view
from frontdesk.services.sales import sell
from frontdesk.services.views.sales import SaleResult
from frontdesk.ui.dialogs.mark_failed import MarkFailedDialog
from frontdesk.ui.dialogs.refund import RefundDialog
from frontdesk.ui.dialogs.void_sale import VoidSaleDialog
from frontdesk.ui.screens.payments import PaymentsScreen
from frontdesk.ui.widgets.basics import Button
from tests.support.event_loop import until
from tests.ui.money.conftest import CTRL, DOWN, ENTER, ESC, TAB, Till, focused
from tests.ui.walk import assert_accessible, assert_nothing_cut_off


def used_four(till: Till, tender: str = "cash") -> SaleResult:
    """10 + 2 for 90.00, 4 used."""
    sale = till.desk.sell(till.mira, till.pack, tender=tender)
    till.desk.visit(till.mira, 4)
    return sale


def tabs(screen: PaymentsScreen) -> list[str]:
    """What the tabs of the Payments screen say."""
    bar = screen.tabs.bar
    return [bar.tabText(place) for place in range(bar.count())]


async def test_after_four_of_ten_and_two_it_suggests_54_and_voids_8(till: Till) -> None:
    """S5."""
    dialog = await till.refund_dialog(used_four(till))
    assert dialog.form["amount"].text() == "54.00"
    assert dialog.form["credits_to_void"].text() == "8"
    assert dialog.primary.text() == "Refund 54.00 USD and void 8 credits"
    assert dialog.money_after.text.text() == "90.00 → 36.00"
    assert dialog.credits_after.text.text() == "8 → 0"
    assert dialog.consequence.text.text() == (
        "Back to the client: 54.00 USD in cash. Voided: 8 credits, none stay. "
        "Used already, and staying so: 4 credits."
    )
    assert_accessible(dialog)
    assert_nothing_cut_off(dialog)
    await till.press(ESC)


async def test_27_would_void_4_and_the_credits_follow_every_key(till: Till) -> None:
    """S5."""
    dialog = await till.refund_dialog(used_four(till))
    await till.write("2")
    assert dialog.form["credits_to_void"].text() == "1"
    await till.write("7.00")
    assert dialog.form["credits_to_void"].text() == "4"
    assert dialog.primary.text() == "Refund 27.00 USD and void 4 credits"
    await till.press(ESC)


async def test_credits_changed_by_hand_stay_until_they_are_let_follow(till: Till) -> None:
    """S5."""
    dialog = await till.refund_dialog(used_four(till))
    await till.press(TAB)
    await till.write("3")
    amount = dialog.form["amount"]
    amount.setFocus()
    await till.write("27")
    assert dialog.form["credits_to_void"].text() == "3"
    till.find(QPushButton, "refundFollow").click()
    assert dialog.form["credits_to_void"].text() == "4"
    await till.press(ESC)


async def test_with_the_last_of_the_money_all_credits_go(till: Till) -> None:
    """S5."""
    dialog = await till.refund_dialog(used_four(till))
    await till.press(TAB)
    await till.write("3")
    dialog.form["amount"].setFocus()
    await till.write("90")
    field = dialog.form["credits_to_void"]
    assert field.text() == "8" and field.isReadOnly()
    await till.press(ESC)


async def test_a_full_refund_with_its_reason_takes_at_most_eighteen_keys(till: Till) -> None:
    """U1: from another screen, the newest sale."""
    used_four(till)
    await till.go("clients")
    till.pressed = 0
    await till.press(Qt.Key.Key_3, held=CTRL)
    await till.press(DOWN)
    await till.press(Qt.Key.Key_R, held=CTRL)
    dialog = await till.opened(RefundDialog)
    await till.press(TAB, TAB)
    await till.write("C")
    assert dialog.form["reason_code"].value() == "client_request"
    await till.press(ENTER)
    await until(lambda: not till.dialogs(RefundDialog))
    assert till.pressed <= 18, till.pressed
    assert till.bought()[0].refunded == till.desk.money(5400)
    assert till.desk.office.read(credit_account, till.mira).usable == 0
    assert till.toast() == "54.00 USD refunded, 8 credits voided"


async def test_double_enter_refunds_once(till: Till) -> None:
    sale = used_four(till)
    dialog = await till.refund_dialog(sale)
    await till.write("10")
    dialog.form["reason_code"].set_value("goodwill")
    for _ in range(3):
        QTest.keyClick(focused(), ENTER)
    await until(lambda: not till.dialogs(RefundDialog))
    await till.settled()
    assert len(till.desk.office.read(refund_view, sale.sale_id).refunds) == 1


async def test_after_a_refund_the_keyboard_is_where_it_was(till: Till) -> None:
    """A third Enter must not leave the screen by way of whatever has the focus by then."""
    sale = used_four(till)
    line_id = till.line(sale).sale_line_id
    await till.go("client", till.mira, "purchases")
    till.find(QPushButton, f"purchaseRefund{line_id}").setFocus()
    await till.press(ENTER)
    dialog = await till.opened(RefundDialog)
    await till.write("27")
    await till.press(TAB, TAB, DOWN, ENTER)
    await until(lambda: not till.dialogs(RefundDialog))
    till.window.activateWindow()
    await until(till.window.isActiveWindow)
    del dialog
    assert focused().objectName() == f"purchaseRefund{line_id}"
    assert focused() is till.find(QPushButton, f"purchaseRefund{line_id}")
    assert till.toast() in till.window._toast.text() and till.window._toast.isVisible()
    await till.go("packages")
    toast = till.window._toast
    at = till.window.mapFromGlobal(toast.mapToGlobal(toast.rect().center()))
    above = till.window.childAt(at)
    assert above is not None and (above is toast or toast.isAncestorOf(above)), "a screen covers the toast"


async def test_a_reason_and_an_amount_that_is_there_are_asked_for_beside_the_fields(till: Till) -> None:
    """S5, S6: 90.01 is impossible."""
    dialog = await till.refund_dialog(used_four(till))
    await till.write("90.01")
    assert "90.00 USD" in dialog.consequence.text.text()
    await till.press(ENTER)
    assert dialog.form.problem("amount") == "At most 90.00 USD can still be refunded here. Type that or less."
    assert dialog.form.problem("reason_code").startswith("Choose a reason")
    dialog.form["amount"].setFocus()
    dialog.form["amount"].selectAll()
    await till.write("ten")
    await till.press(ENTER)
    assert dialog.form.problem("amount") and dialog.isVisible()
    assert not till.bought()[0].refunded
    await till.press(ESC)


async def test_a_card_refund_names_the_terminal_and_asks_for_its_reference(till: Till) -> None:
    """S5."""
    sale = used_four(till, tender="external_card")
    dialog = await till.refund_dialog(sale)
    key = next(one for one in dialog.form.field_keys() if one.startswith("references."))
    assert dialog.form[key].isVisible()
    assert dialog.form._rows[key].label.text().endswith("(required)")
    dialog.form["reason_code"].set_value("illness")
    await till.press(ENTER)
    assert dialog.form.problem(key).startswith("Refund 54.00 USD on your card terminal")
    assert dialog.form[key].hasFocus()
    await till.write("R-9")
    await till.press(ENTER)
    await until(lambda: not till.dialogs(RefundDialog))
    made = till.desk.office.read(refund_view, sale.sale_id).refunds[0]
    assert made.parts[0].reference == "R-9"


async def test_of_a_split_sale_each_payment_tells_what_goes_and_what_can_go_back_by_it(till: Till) -> None:
    """S5: money by payment, also of one by which nothing goes; of a single one nothing is repeated."""
    draft = till.desk.sale_draft(till.mira, till.pack)
    cash = PaymentDraft("cash", till.desk.money(5000))
    card = PaymentDraft("external_card", till.desk.money(4000), "T-1")
    sale = till.desk.do(sell, replace(draft, payments=(cash, card)))
    till.desk.visit(till.mira, 4)
    dialog = await till.refund_dialog(sale)
    assert dialog.ways.value("by card terminal") == "40.00 of 40.00"
    assert dialog.ways.value("by cash") == "14.00 of 50.00"
    assert_accessible(dialog)
    assert_nothing_cut_off(dialog)
    await till.write("30")
    assert dialog.ways.value("by card terminal") == "30.00 of 40.00"
    assert dialog.ways.value("by cash") == "0.00 of 50.00" and dialog.ways.isVisible()
    dialog.form.is_touched = False
    await till.press(ESC)
    dialog = await till.refund_dialog(till.desk.sell(till.mira, till.pack))
    assert not dialog.ways.isVisible()
    await till.press(ESC)


async def test_credits_that_only_followed_go_on_following_where_the_refund_is_taken_up_again(
    till: Till,
) -> None:
    """S5, U2: what nobody changed by hand is not said to be, and no more is voided than the amount takes."""
    sale = used_four(till)
    await till.refund_dialog(sale)
    await till.write("90.01")
    await till.press(ESC)
    await until(lambda: not till.dialogs(RefundDialog))
    again = await till.refund_dialog(sale)
    assert again.form["amount"].text() == "90.01"
    await till.press(Qt.Key.Key_A, held=CTRL)
    await till.write("27")
    assert again.primary.text() == "Refund 27.00 USD and void 4 credits"
    again.form["credits_to_void"].setFocus()
    again.form["credits_to_void"].selectAll()
    await till.write("6")
    await till.press(ESC)
    await until(lambda: not till.dialogs(RefundDialog))
    again = await till.refund_dialog(sale)
    again.form["amount"].setFocus()
    again.form["amount"].selectAll()
    await till.write("20")
    assert again.primary.text() == "Refund 20.00 USD and void 6 credits"
    again.form.is_touched = False
    await till.press(ESC)


async def test_what_was_typed_is_there_again_and_can_start_over(till: Till) -> None:
    """U2."""
    sale = used_four(till)
    dialog = await till.refund_dialog(sale)
    await till.write("20")
    dialog.form["text"].setFocus()
    await till.write("moves to Spain")
    await till.press(ESC)
    await until(lambda: not till.dialogs(RefundDialog))
    again = await till.refund_dialog(sale)
    assert again.form["amount"].text() == "20.00" and again.form["text"].text() == "moves to Spain"
    till.find(QPushButton, "refundDialogBannerAction").click()
    assert again.form["amount"].text() == "54.00" and again.form["credits_to_void"].text() == "8"
    await till.press(ESC)


async def test_a_bank_refund_waits_until_it_is_marked_as_paid_out(till: Till) -> None:
    """S6."""
    sale = used_four(till, tender="bank_transfer")
    till.desk.refund(sale.sale_id)
    screen = await till.payments()
    await till.press(DOWN)
    pane = screen.transactions.pane
    assert pane.chip.text() == "To be paid out" and pane.waiting.isVisible()
    assert_accessible(till.window)
    till.find(QPushButton, "transaction.paidOut").click()
    await till.settled()
    assert pane.chip.text() == "Refunded" and not pane.waiting.isVisible()


async def test_a_refund_that_failed_becomes_a_task_and_another_refund_closes_it(till: Till) -> None:
    """S6."""
    sale = used_four(till, tender="bank_transfer")
    till.desk.refund(sale.sale_id)
    screen = await till.payments()
    await till.press(DOWN)
    till.find(QPushButton, "transaction.failed").click()
    await till.settled()
    dialog = await till.opened(MarkFailedDialog)
    assert_accessible(dialog)
    await till.write("account closed")
    await till.press(ENTER)
    await until(lambda: not till.dialogs(MarkFailedDialog))
    await till.settled()
    assert "Needs a decision (1)" in tabs(screen)
    assert till.desk.office.read(credit_account, till.mira).usable == 8
    await till.payments("decisions")
    await till.press(DOWN)
    assert "54.00 USD by bank transfer did not reach Mira Okafor" in screen.decisions.pane.story.plain_text()
    assert_accessible(till.window)
    assert focused() is screen.decisions.table
    await till.press(ENTER)
    assert focused() is till.find(QPushButton, "decision.refund")
    assert "Pay back 54.00 USD another way…" in screen.decisions.pane.buttons[0].text()
    await till.press(ENTER)
    refund = await till.opened(RefundDialog)
    refund.form["instead"].set_value("cash")
    refund.form["instead"].edited.emit()
    assert "54.00 USD in cash" in refund.consequence.text.text()
    refund.form["reason_code"].set_value("client_request")
    refund.primary.click()
    await until(lambda: not till.dialogs(RefundDialog))
    await till.settled()
    assert "Needs a decision" in tabs(screen)
    assert not screen.decisions.model.rowCount()


async def test_a_task_is_closed_by_a_button_that_says_what_follows_and_opened_again(till: Till) -> None:
    """S6."""
    refund = till.desk.refund(used_four(till, tender="bank_transfer").sale_id)
    till.desk.do(mark_failed, refund.parts[0].transaction_id, "")
    screen = await till.payments("decisions")
    await till.press(DOWN, ENTER, TAB)
    button = till.find(QPushButton, "decision.credits_kept")
    assert focused() is button and button.text() == "Let the client keep 8 credits"
    assert "stays with the studio" in button.accessibleDescription()
    await till.press(ENTER)
    assert not screen.decisions.model.rowCount()
    assert till.toast() == "The studio keeps 54.00 USD of Mira Okafor"
    till.find(QPushButton, "toastAction").click()
    await till.settled()
    assert [row.kind for row in screen.decisions.model.rows()] == ["refund_failed"]


async def test_a_sale_of_today_is_taken_back_with_a_reason(till: Till) -> None:
    """S2."""
    sale = used_four(till)
    screen = await till.payments()
    await till.press(DOWN)
    await till.press(Qt.Key.Key_V, held=CTRL | Qt.KeyboardModifier.ShiftModifier)
    dialog = await till.opened(VoidSaleDialog)
    assert dialog.consequence.text.text() == (
        "Back to the client: 90.00 USD in cash. Voided: 8 credits, none stay. "
        "Used already, and staying so: 4 credits."
    )
    assert dialog.primary.text() == "Void sale: 90.00 USD back, 8 credits voided"
    assert_accessible(dialog)
    await till.press(ENTER)
    assert dialog.form.problem("reason_code")
    dialog.form["reason_code"].set_value("wrong_client")
    await till.press(ENTER)
    await until(lambda: not till.dialogs(VoidSaleDialog))
    await till.settled()
    assert till.bought()[0].status == "voided"
    assert till.line(sale).left == 0
    assert screen.transactions.model.rowCount() == 2


async def test_tab_comes_to_a_reference_that_was_added_later_before_the_button(till: Till) -> None:
    sale = till.desk.sell(till.mira, till.pack, tender="external_card")
    await till.go("clients")
    till.context.ask("void_sale", sale.sale_id)
    dialog = await till.opened(VoidSaleDialog)
    names = [focused().objectName()]
    for _ in range(3):
        await till.press(TAB)
        names.append(focused().objectName())
    assert names[:2] == ["voidSaleReason", "voidSaleText"]
    assert names[2].startswith("voidSaleReference")
    assert names[3] == "voidSaleButton"
    dialog.form.is_touched = False
    await till.press(ESC)


def footer(dialog: VoidSaleDialog) -> dict[str, str]:
    """The buttons that one can press, and what kind each is."""
    items = [dialog.footer.itemAt(at) for at in range(dialog.footer.count())]
    shown = [item.widget() for item in items if item is not None]
    return {one.text(): one.property("kind") for one in shown if isinstance(one, Button) and one.isVisible()}


async def test_of_a_sale_of_yesterday_the_void_dialog_leads_to_its_refund(till: Till) -> None:
    """S2: and says why; nothing there destroys anything any more."""
    sale = used_four(till)
    till.desk.clock.pass_time(days=1)
    await till.go("clients")
    till.context.ask("void_sale", sale.sale_id)
    dialog = await till.opened(VoidSaleDialog)
    assert "4 Jan 2027" in dialog.banner.text() and "Refund it instead" in dialog.banner.text()
    assert footer(dialog) == {"Cancel": "secondary", "Refund…": "primary"}
    assert not dialog.form.isVisible() and not dialog.consequence.isVisible()
    assert_accessible(dialog)
    assert_nothing_cut_off(dialog)
    await till.press(ENTER)
    refund = await till.opened(RefundDialog)
    assert not till.dialogs(VoidSaleDialog)
    assert refund.line.sale_line_id == till.line(sale).sale_line_id
    refund.form.is_touched = False
    await till.press(ESC)


async def test_of_several_packages_one_is_chosen_to_be_refunded_instead(till: Till) -> None:
    """S2, S5."""
    sale = till.desk.sell(till.mira, till.pack, till.desk.package(name="Intro offer"))
    till.desk.clock.pass_time(days=1)
    await till.go("clients")
    till.context.ask("void_sale", sale.sale_id)
    await till.opened(VoidSaleDialog)
    await till.press(ENTER)
    menu = till.find(QMenu, "refundLineMenu")
    assert [one.text() for one in menu.actions()] == ["10-class pack   90.00", "Intro offer   90.00"]
    menu.actions()[1].trigger()
    menu.close()
    refund = await till.opened(RefundDialog)
    assert refund.line.name == "Intro offer" and not till.dialogs(VoidSaleDialog)
    refund.form.is_touched = False
    await till.press(ESC)


async def test_a_business_day_that_ends_while_the_void_dialog_is_open_changes_its_button(till: Till) -> None:
    """S2, D8."""
    sale = used_four(till, "external_card")
    await till.go("clients")
    till.context.ask("void_sale", sale.sale_id)
    dialog = await till.opened(VoidSaleDialog)
    assert "danger" in footer(dialog).values()
    assert dialog.view is not None
    dialog.form["reason_code"].set_value("wrong_client")
    key = f"references.{dialog.view.parts[0].payment_id}"
    assert dialog.form._rows[key].label.text().endswith("(required)")
    dialog.form[key].setText("V-1")
    till.desk.clock.pass_time(days=1)
    dialog.primary.click()
    await until(lambda: dialog.primary.text() == "Refund…")
    assert "4 Jan 2027" in dialog.banner.text()
    assert footer(dialog) == {"Cancel": "secondary", "Refund…": "primary"}
    await till.press(ESC)


async def test_of_a_sale_that_was_taken_back_the_void_dialog_only_says_so(till: Till) -> None:
    """S2: taken back at another desk while this one had it on the screen."""
    sale = used_four(till)
    till.desk.void(sale.sale_id)
    await till.go("clients")
    till.context.ask("void_sale", sale.sale_id)
    dialog = await till.opened(VoidSaleDialog)
    assert "taken back or refunded already" in dialog.banner.text()
    assert footer(dialog) == {"Close": "primary"}
    await till.press(ENTER)
    assert not till.dialogs(VoidSaleDialog)
