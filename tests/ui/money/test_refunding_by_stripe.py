"""Refunds that go back by Stripe, and what needs a decision about them, in the window on real books."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from frontdesk.models.sync import outbox
from frontdesk.services.changes import Change, Topic
from frontdesk.services.credit_account import credit_account
from frontdesk.services.decisions import CLIENT_UNSURE, OUTCOMES, open_sale_task
from frontdesk.services.drafts.refunds import RefundDraft
from frontdesk.services.drafts.sales import PaymentDraft, SaleDraft
from frontdesk.services.refunds import request_refund
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.outbox import change, open_ops
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.views.sales import SaleResult
from frontdesk.services.views.sync_status import SyncStatus
from frontdesk.ui import decision_words
from frontdesk.ui.dialogs.merge import MergeDialog
from frontdesk.ui.dialogs.refund import RefundDialog
from frontdesk.ui.dialogs.void_sale import VoidSaleDialog
from frontdesk.ui.screens.client_profile import ClientProfileScreen
from frontdesk.ui.screens.payments import PaymentsScreen
from frontdesk.ui.screens.profile.history import told
from frontdesk.ui.sync_board import SyncBoard
from frontdesk.ui.widgets.basics import Paragraph
from frontdesk.ui.widgets.fields import IntField
from frontdesk.ui.widgets.surfaces import Chip
from tests.services.stripe.refund_till import sell_by_stripe
from tests.services.stripe.studio import connect
from tests.support.event_loop import until
from tests.ui.money.conftest import DOWN, ENTER, ESC, TAB, Till, focused
from tests.ui.walk import assert_accessible, assert_nothing_cut_off
from tools.decision_rows import every_kind

INTENT = "pi_3Online"


def sold_by_stripe(till: Till, used: int = 4) -> SaleResult:
    """10 + 2 for 90.00, paid by Stripe, with some of it used."""
    connect(till.desk.office, till.desk.actor)
    draft: SaleDraft = till.desk.sale_draft(till.mira, till.pack)
    paid = SaleDraft(
        till.mira, draft.lines, None, (PaymentDraft("stripe_checkout", till.desk.money(9000), INTENT),)
    )
    sale: SaleResult = till.desk.do(sell_by_stripe, paid, INTENT)
    if used:
        till.desk.visit(till.mira, used)
    return sale


def hear(till: Till, **body: Any) -> None:
    """The pull brings an object."""
    usual = {"created": 1_790_000_000, "currency": "usd", "payment_intent": INTENT, "metadata": {}}
    till.desk.do(_hear, json.dumps(usual | body))


def _hear(work: UnitOfWork, text: str) -> None:
    apply_object(work, json.loads(text))


def refunded_at_stripe(till: Till, amount: int, **more: Any) -> None:
    hear(till, id="re_3", object="refund", amount=amount, **{"status": "succeeded", **more})


def disputed_at_stripe(till: Till, status: str, amount: int = 9000) -> None:
    due = {"due_by": 1_800_000_000}
    hear(till, id="du_1", object="dispute", amount=amount, status=status, reason="fraudulent",
         evidence_details=due, balance_transactions=[])  # fmt: skip


def set_state(till: Till, state: str) -> None:
    """How far the request has come."""
    till.desk.do(_set_state, state)


def _set_state(work: UnitOfWork, state: str) -> None:
    change(work, open_ops(work)[0].id, state=state)


async def test_no_reference_is_asked_and_the_dialog_says_what_stripe_does(till: Till) -> None:
    """S5, S6, U1: the keys are those of every refund."""
    sale = sold_by_stripe(till)
    dialog = await till.refund_dialog(sale)
    assert dialog.consequence.text.text() == (
        "54.00 USD go back to the card by Stripe. Set aside now, voided once Stripe has accepted it: "
        "8 credits. None stay. Used already, and staying so: 4 credits."
    )
    key = next(one for one in dialog.form.field_keys() if one.startswith("references."))
    assert not dialog.form[key].isVisible()
    assert_accessible(dialog)
    assert_nothing_cut_off(dialog)
    await till.press(TAB, TAB)
    await till.write("C")
    await till.press(ENTER)
    await until(lambda: not till.dialogs(RefundDialog))
    assert till.toast() == "54.00 USD go back as soon as Stripe is reached, 8 credits set aside"
    (op,) = till.desk.office.read(open_ops)
    assert op.call.params["payment_intent"] == INTENT and op.call.params["amount"] == 5400


async def test_what_went_back_is_told_apart_from_what_is_requested_or_lost(till: Till) -> None:
    """S5, S6, S8."""
    sale = sold_by_stripe(till)
    refunded_at_stripe(till, 2000)
    disputed_at_stripe(till, "lost", 1500)
    line = till.line(sale)
    till.desk.do(request_refund, RefundDraft(line.sale_line_id, till.desk.money(1000), 0, "illness"))
    dialog = await till.refund_dialog(sale)
    facts = ("Refunded so far", "Requested or on its way", "Lost by a dispute", "Can be refunded now")
    assert [dialog.money_facts.value(one) for one in facts] == ["20.00", "10.00", "15.00", "45.00"]
    assert dialog.money_after.text.text() == "45.00 → 36.00", "suggested were 54.00 in all"
    assert not dialog.disputes.isVisible()
    assert_accessible(dialog)
    assert_nothing_cut_off(dialog)


async def test_while_a_bank_only_asks_about_a_payment_it_can_be_refunded(till: Till) -> None:
    """S8: which the dialog says."""
    sale = sold_by_stripe(till)
    disputed_at_stripe(till, "warning_needs_response")
    dialog = await till.refund_dialog(sale)
    assert dialog.banner.text().startswith("The client's bank asks about this payment.")
    assert dialog.disputes.isHidden() and dialog.form["amount"].text() == "54.00"


async def test_of_a_fraction_the_next_amounts_that_stripe_refunds_are_told(till: Till) -> None:
    """S9: beside the field while it is typed, and nothing that was typed is lost."""
    dialog = await till.refund_dialog(sold_by_stripe(till))
    assert dialog.view is not None
    dialog.view = replace(dialog.view, step=10)
    await till.write("9.96")
    assert (
        dialog.form["amount"].accessibleDescription()
        == "Stripe cannot refund this fraction. Possible: 9.90 USD or 10.00 USD."
    )
    dialog.form["text"].setText("moved")
    await till.press(ENTER)
    assert (
        dialog.form.problem("amount")
        == "Stripe refunds multiples of 0.10 USD only. Type 9.90 USD or 10.00 USD."
    )
    assert (dialog.form["amount"].text(), dialog.form["text"].text()) == ("9.96", "moved")
    assert dialog.isVisible()
    dialog.form["amount"].selectAll()
    await till.write("10.00")
    assert dialog.form["amount"].accessibleDescription() == ""
    dialog.view = replace(dialog.view, step=7)
    dialog._prefill()
    assert dialog.form["amount"].text() == "53.97", "the nearest to the 54.00 that are suggested"


async def test_without_a_network_the_dialogs_say_that_it_waits(till: Till) -> None:
    """Y5."""
    board = SyncBoard(till.window)
    board.show(SyncStatus(mode="test", online=False))
    till.context.serve("sync", lambda: board)
    sale = sold_by_stripe(till)
    dialog = await till.refund_dialog(sale)
    assert "Stripe is not reached now" in dialog.consequence.text.text()
    await till.press(ESC)
    till.context.ask("void_sale", sale.sale_id)
    void = await till.opened(VoidSaleDialog)
    assert "90.00 USD go back to the card by Stripe." in void.consequence.text.text()
    assert "Stripe is not reached now" in void.consequence.text.text()
    void.form["reason_code"].set_value("entered_twice")
    await till.press(ENTER)
    await until(lambda: not till.dialogs(VoidSaleDialog))
    assert till.toast() == "Sale voided: 90.00 USD back, of it by Stripe once it accepts; 8 credits go"


async def test_the_chip_tells_where_the_request_stands(till: Till) -> None:
    """S6, Y4: unknown is not failed, and what is on its way is not done."""
    sale = sold_by_stripe(till)
    till.desk.refund(sale.sale_id)
    screen = await till.payments("transactions")
    await till.press(DOWN)
    pane = screen.transactions.pane
    assert pane.chip.text() == "Refund requested" and not pane.waiting.isVisible()
    assert any("4 used · 8 set aside (refund requested)" in one for one in texts(pane))
    payment = screen.transactions.model.rows()[1]
    assert screen.transactions._status(payment).text == "Refund requested"
    screen.transactions.show_transaction(payment.id)
    await till.settled()
    assert pane.chip.text() == "Refund requested"
    screen.transactions.show_transaction(screen.transactions.model.rows()[0].id)
    await till.settled()
    set_state(till, "unknown")
    screen.refresh((Change(Topic.SYNC),))
    await till.settled()
    assert pane.chip.text() == "Unknown, checking"
    assert screen.transactions._status(screen.transactions.model.rows()[0]).text == "Unknown, checking"
    op_id = till.desk.office.read(open_ops)[0].op_id
    refunded_at_stripe(till, 5400, status="pending", metadata={"op_id": op_id})
    screen.transactions.refresh()
    await till.settled()
    assert pane.chip.text() == "Refund on its way" and not pane.waiting.isVisible()
    refunded_at_stripe(
        till, 5400, status="failed", failure_reason="lost_or_stolen_card", metadata={"op_id": op_id}
    )
    screen.transactions.refresh()
    await till.settled()
    assert pane.chip.text() == "Refund failed"
    assert any("the card was lost or stolen" in one for one in texts(pane))
    assert_accessible(till.window)


async def said_everywhere(till: Till) -> dict[str, list[str]]:
    """What is said of the newest sale and its refund: list, detail, Purchases and History."""
    payments = await till.payments("transactions")
    payments.transactions.refresh()
    await till.settled()
    found: dict[str, list[str]] = {"list": [], "detail": []}
    for row in payments.transactions.model.rows():
        payments.transactions.show_transaction(row.id)
        await till.settled()
        found["list"].append(payments.transactions._status(row).text)
        found["detail"].append(payments.transactions.pane.chip.text())
    till.window.navigate("client", till.mira, "purchases")
    await till.settled()
    profile = till.window.current_screen()
    assert isinstance(profile, ClientProfileScreen)
    found["purchases"] = [one.text() for one in profile.purchases.cards[0].findChildren(Chip)]
    found["lines"] = [one for one in texts(profile.purchases.cards[0]) if one.startswith("90.00, ")]
    till.window.navigate("client", till.mira, "history")
    await till.settled()
    found["history"] = [
        told(till.context.formats, row) for row in profile.history.rows.rows() if row.area == "refund"
    ]
    return found


async def test_a_refund_by_stripe_is_told_in_the_same_words_everywhere(till: Till) -> None:
    """S6: it is refunded when it is, and not when it was asked for."""
    sale = sold_by_stripe(till)
    till.desk.refund(sale.sale_id)
    words = await said_everywhere(till)
    assert words == {
        "list": ["Refund requested", "Refund requested"],
        "detail": ["Refund requested", "Refund requested"],
        "purchases": ["Refund requested"],
        "lines": ["90.00, 54.00 to be refunded"],
        "history": ["Refund requested: 54.00 USD, 8 credits set aside, receipt D1-R-000001"],
    }
    op_id = till.desk.office.read(open_ops)[0].op_id
    refunded_at_stripe(till, 5400, status="pending", metadata={"op_id": op_id})
    words = await said_everywhere(till)
    assert words == {
        "list": ["Refund on its way", "Refund on its way"],
        "detail": ["Refund on its way", "Refund on its way"],
        "purchases": ["Refund on its way"],
        "lines": ["90.00, 54.00 to be refunded"],
        "history": ["Refund on its way: 54.00 USD, 8 credits voided, receipt D1-R-000001"],
    }
    refunded_at_stripe(till, 5400, metadata={"op_id": op_id})
    words = await said_everywhere(till)
    assert words == {
        "list": ["Refunded", "Partly refunded"],
        "detail": ["Refunded", "Partly refunded"],
        "purchases": ["Partly refunded"],
        "lines": ["90.00, 54.00 refunded"],
        "history": ["Refunded 54.00 USD, 8 credits voided, receipt D1-R-000001"],
    }
    refunded_at_stripe(till, 5400, status="failed", failure_reason="unknown", metadata={"op_id": op_id})
    words = await said_everywhere(till)
    assert words == {
        "list": ["Refund failed", "Paid"],
        "detail": ["Refund failed", "Paid"],
        "purchases": ["Paid"],
        "lines": [],
        "history": ["Refund failed: 54.00 USD, 0 credits voided, receipt D1-R-000001"],
    }


async def test_a_disputed_sale_and_one_to_be_voided_are_told_in_the_same_words_everywhere(till: Till) -> None:
    """S2, S8."""
    sale = sold_by_stripe(till)
    disputed_at_stripe(till, "needs_response")
    words = await said_everywhere(till)
    assert (words["list"], words["detail"], words["purchases"]) == (["Disputed"], ["Disputed"], ["Disputed"])
    disputed_at_stripe(till, "won")
    till.desk.void(sale.sale_id)
    words = await said_everywhere(till)
    assert words["list"] == words["detail"] == ["Refund requested", "Refund requested"]
    assert words["purchases"] == ["Refund requested"]
    assert words["history"] == [
        "Voiding the sale. Refund requested: 90.00 USD, 8 credits set aside, receipt D1-R-000001"
    ]
    op_id = till.desk.office.read(open_ops)[0].op_id
    refunded_at_stripe(till, 9000, metadata={"op_id": op_id})
    words = await said_everywhere(till)
    assert words["list"] == words["detail"] == ["Refunded", "Voided"]
    assert words["purchases"] == ["Voided"]
    assert words["history"] == ["Sale voided: 90.00 USD back, 8 credits voided, receipt D1-R-000001"]


async def test_where_the_money_and_the_credits_of_a_lost_dispute_went_stands_beside_the_payment(
    till: Till,
) -> None:
    """S8: else 90.00 are paid and no credit is left, and nothing says why."""
    sold_by_stripe(till)
    disputed_at_stripe(till, "lost", 9000)
    await said_everywhere(till)
    payments = await till.payments("transactions")
    payments.transactions.show_transaction(payments.transactions.model.rows()[0].id)
    await till.settled()
    told = "90.00 of it was lost by a dispute, and what was unused for it is voided"
    assert told in texts(payments.transactions.pane)


async def test_a_disputed_sale_of_today_cannot_be_voided_and_says_why(till: Till) -> None:
    """S2, S8: while a bank only asks it can."""
    sale = sold_by_stripe(till)
    disputed_at_stripe(till, "warning_needs_response")
    await till.go("clients")
    till.context.ask("void_sale", sale.sale_id)
    dialog = await till.opened(VoidSaleDialog)
    assert dialog.form.isVisible() and "bank asks about this payment" in dialog.banner.text()
    await till.press(ESC)
    disputed_at_stripe(till, "needs_response")
    till.context.ask("void_sale", sale.sale_id)
    dialog = await till.opened(VoidSaleDialog)
    assert dialog.banner.text().startswith(
        "A payment of this sale is disputed, and Stripe refuses to refund it."
    )
    assert not dialog.form.isVisible()
    close = dialog.findChild(QWidget, f"{dialog.banner.objectName()}Close")
    assert close is not None and not close.isVisible(), "there would be nothing left to read"
    assert_accessible(dialog)
    assert_nothing_cut_off(dialog)
    await till.press(ESC)


async def test_the_filter_finds_refunds_by_where_they_stand(till: Till) -> None:
    """F3, S6: one that is requested and not yet accepted too; a transfer to make is no refund on its way."""
    sale = sold_by_stripe(till)
    till.desk.refund(sale.sale_id)
    by_transfer = till.desk.sell(till.mira, till.pack, tender="bank_transfer")
    till.desk.refund(by_transfer.sale_id)
    screen = await till.payments("transactions")
    states, shown = screen.transactions.filter.state, screen.transactions.model.rows
    offered = [states.itemText(at) for at in range(states.count())]
    assert offered[2:4] == ["Refunded payments", "Partly refunded payments"]
    assert offered[5:] == ["Refund requested", "Refund on its way", "To be paid out", "Refund failed"]

    async def found_by(words: str) -> list[tuple[str, str]]:
        states.setCurrentIndex(offered.index(words))
        states.activated.emit(offered.index(words))
        await till.settled()
        return [(row.kind, screen.transactions._status(row).text) for row in shown()]

    assert await found_by("Refund requested") == [("refund", "Refund requested")]
    assert await found_by("Refund on its way") == []
    assert await found_by("To be paid out") == [("refund", "To be paid out")]
    op_id = till.desk.office.read(open_ops)[0].op_id
    refunded_at_stripe(till, 5400, status="pending", metadata={"op_id": op_id})
    assert await found_by("Refund on its way") == [("refund", "Refund on its way")]
    assert await found_by("Refund requested") == []
    refunded_at_stripe(till, 5400, status="failed", failure_reason="unknown", metadata={"op_id": op_id})
    assert await found_by("Refund failed") == [("refund", "Refund failed")]


def texts(widget: Any) -> list[str]:
    """What the labels in a widget say."""
    return [one.text() for one in widget.findChildren(QLabel)]


async def asked_about_a_part(till: Till) -> PaymentsScreen:
    """27.00 of 90.00 went back in Stripe's dashboard; the task that asks about its 4 credits is shown."""
    sold_by_stripe(till)
    refunded_at_stripe(till, 2700)
    screen = await till.payments("decisions")
    await till.press(DOWN)
    return screen


async def test_a_refund_in_the_dashboard_waits_for_a_decision(till: Till) -> None:
    """S7."""
    screen = await asked_about_a_part(till)
    pane = screen.decisions.pane
    assert "27.00 USD went back to Mira Okafor" in pane.story.plain_text()
    assert [one.text() for one in pane.buttons] == ["Void 4 credits", "Let the client keep 4 credits"]
    assert pane.buttons[0].property("kind") == "danger", "what the rules suggest is the filled one"
    assert_accessible(till.window)
    assert_nothing_cut_off(till.window)
    pane.buttons[1].click()
    await till.settled()
    assert till.toast() == "Mira Okafor keeps 4 credits"
    assert till.find(QPushButton, "toastAction").isHidden(), "that cannot be undone"
    assert not screen.decisions.model.rowCount()
    assert till.desk.office.read(credit_account, till.mira).usable == 8


async def test_another_number_of_credits_can_be_chosen_to_go(till: Till) -> None:
    """S7, P6: the button tells it, bad input is told beside the field, and Enter there voids nothing yet."""
    screen = await asked_about_a_part(till)
    pane = screen.decisions.pane
    field = till.find(IntField, "decisionCredits")
    assert field.value() == 4
    says = {"9": "Void credits", "": "Void credits", "0": "Void none", "3": "Void 3 credits"}
    for typed, text in says.items():
        field.setFocus()
        field.selectAll()
        await till.press(Qt.Key.Key_Delete)
        await till.write(typed)
        assert pane.buttons[0].text() == text
        if typed in ("9", ""):
            pane.buttons[0].click()
            await till.settled()
            assert pane.form.problem("credits") and field.hasFocus()
            assert_nothing_cut_off(till.window)
        assert screen.decisions.model.rowCount() == 1
    means = till.find(Paragraph, "decision.void_creditsMeans").plain_text()
    assert means == "They are gone for good. The client keeps 1 credit, usable at once."
    assert_accessible(till.window)
    shown = pane.row
    assert shown is not None
    pane.show_row(replace(shown, id=0, kind="limit_broken", outcomes=OUTCOMES["limit_broken"]))
    assert not pane.form.isVisible()
    pane.show_row(shown)
    assert (field.text(), pane.buttons[0].text()) == ("3", "Void 3 credits"), "what was typed stays"
    field.setFocus()
    await till.press(ENTER)
    assert focused() is pane.buttons[0] and screen.decisions.model.rowCount() == 1
    await till.press(ENTER)
    assert till.toast() == "Voided: 3 credits of Mira Okafor"
    assert not screen.decisions.model.rowCount()
    assert till.desk.office.read(credit_account, till.mira).usable == 5


async def test_a_number_that_is_not_set_aside_any_more_is_told_beside_the_field(till: Till) -> None:
    """S7: a second refund took what was left, and its failure is heard of; or another desk was first."""
    screen = await asked_about_a_part(till)
    pane = screen.decisions.pane
    assert pane.row is not None
    pane.row = replace(pane.row, credits=6)
    pane._show_number(pane.row)
    pane.buttons[0].click()
    await until(lambda: pane.form.problem("credits"))
    assert "4" in pane.form.problem("credits") and screen.decisions.model.rowCount() == 1


async def test_a_refund_that_was_not_sent_is_sent_or_taken_back(till: Till) -> None:
    """Y4."""
    sale = sold_by_stripe(till)
    till.desk.refund(sale.sale_id, 2700, 4)
    till.desk.refund(sale.sale_id, 2700, 4)
    till.desk.do(_hold_all)
    screen = await till.payments("decisions")
    assert screen.decisions.model.rowCount() == 2
    await till.press(DOWN)
    pane = screen.decisions.pane
    assert pane.chip.text() == "Refund not sent"
    assert [one.text() for one in pane.buttons] == ["Refund 27.00 USD at Stripe", "Do not refund"]
    assert_accessible(till.window)
    first = pane.row
    await till.press(ENTER, ENTER)
    assert screen.decisions.model.rowCount() == 1
    assert pane.row is not None and pane.row != first, "the next one is shown"
    assert focused() is screen.decisions.table, "where an Enter too many settles nothing"
    await till.press(ENTER, TAB, ENTER)
    assert not screen.decisions.model.rowCount()
    assert till.toast() == "27.00 USD are not refunded, and the credits are usable again"
    assert till.desk.office.read(credit_account, till.mira).usable == 4


def _hold_all(work: UnitOfWork) -> None:
    work.connection.execute(sa.update(outbox).values(state="held"))


async def test_todays_takings_and_the_overview_tell_alike_what_a_dispute_took(till: Till) -> None:
    """S8: neither takes it off, since what came in and went back by refunds is what a day is closed by."""
    sold_by_stripe(till)
    screen = await till.payments("transactions")
    told = till.find(QLabel, "takingsDisputed")
    assert till.find(QLabel, "takingsNet").text() == "90.00 USD" and not told.isVisible()
    model = screen.transactions.model
    row = [model.index(0, column).data() for column in range(model.columnCount())]
    assert "Online link" in row, "a sale that no desk began"
    disputed_at_stripe(till, "needs_response")
    await till.payments("transactions")
    assert told.isVisible()
    assert told.text() == "Not taken off: 90.00 USD is disputed at Stripe and not decided."
    disputed_at_stripe(till, "lost", 1500)
    await till.payments("transactions")
    assert told.text() == "Not taken off: 15.00 USD of disputes at Stripe that were lost."
    assert till.find(QLabel, "takingsNet").text() == "90.00 USD"
    await till.payments("overview")
    assert screen.overview.disputed.text() == told.text()
    assert till.find(QLabel, "overviewNetNumber").text() == "90.00 USD"


async def test_a_disputed_payment_is_told_wherever_its_sale_is(till: Till) -> None:
    """S8: in the list, in the refund dialog, on the profile; lost, what was used is listed."""
    sale = sold_by_stripe(till)
    disputed_at_stripe(till, "needs_response")
    screen = await till.payments("transactions")
    await till.press(DOWN)
    assert screen.transactions.pane.chip.text() == "Disputed"
    assert screen.transactions.pane.warning.isVisible()
    assert any("4 used · 8 set aside (disputed)" in one for one in texts(screen.transactions.pane))
    assert_nothing_cut_off(till.window)
    dialog = await till.refund_dialog(sale)
    assert dialog.banner.isHidden() and dialog.primary.text() == "Refund"
    assert dialog.disputes.isVisible()
    assert dialog.disputes.text().startswith("90.00 USD of the payment by Stripe are disputed.")
    assert dialog.money_facts.value("Can be refunded now") == "0.00"
    await till.write("10.00")
    await till.press(ENTER)
    assert "the rest is disputed" in dialog.form.problem("amount")
    assert_nothing_cut_off(dialog)
    await till.press(ESC)
    await till.payments("decisions")
    await till.press(DOWN)
    pane = screen.decisions.pane
    assert pane.chip.text() == "Disputed"
    assert [one.text() for one in pane.buttons] == ["Answer the dispute in Stripe"]
    opened: list[str] = []
    till.context.serve("open_address", opened.append)
    pane.buttons[0].click()
    assert [one.removeprefix("https://dashboard.stripe.com/") for one in opened] in (
        ["disputes/du_1"],
        ["test/disputes/du_1"],
    )
    assert pane.facts.value("Reason") == "the cardholder says they did not pay"
    await till.go("client", till.mira, "credits")
    assert any("disputed" in one for one in texts(till.window.current_screen()))
    disputed_at_stripe(till, "lost")
    await till.payments("decisions")
    await till.press(DOWN)
    assert pane.chip.text() == "Dispute lost"
    assert pane.facts.value("Used, and staying so").startswith("4 credits on 4 Jan 2027")
    pane.buttons[0].click()
    await till.settled()
    assert not screen.decisions.model.rowCount()


async def test_a_task_of_every_kind_can_be_read_and_settled_by_keyboard(till: Till) -> None:
    """U3: each says to whom and how much, and each button what follows; at the smallest size, too."""
    till.window.resize(1024, 640)
    screen = await till.payments("decisions")
    pane, formats = screen.decisions.pane, till.context.formats
    rows = every_kind(formats.now(), formats.currency)
    screen.decisions.model.set_rows(rows)
    filled: dict[str, str] = {}
    for row in rows:
        screen.decisions.table.choose(row.id)
        await until(lambda: pane.buttons[-1].isVisible())
        told = pane.story.plain_text()
        assert "Mira Okafor" in told and "45.00 USD" in told and "{" not in told
        assert pane.chip.text() != row.kind
        kinds = [str(one.property("kind")) for one in pane.buttons]
        assert kinds[0] in ("primary", "danger") and set(kinds[1:]) <= {"secondary"}
        for button in pane.buttons:
            means = pane.findChildren(Paragraph, f"{button.objectName()}Means")[-1]
            assert means.plain_text() == button.accessibleDescription() != ""
        assert_accessible(till.window)
        assert_nothing_cut_off(till.window)
        filled[row.kind] = pane.buttons[0].text()
    assert filled == {
        "refund_failed": "Pay back 45.00 USD another way…",
        "dashboard_refund": "Void 6 credits",
        "refund_exceeds": "Leave the books as they are",
        "dispute_opened": "Answer the dispute in Stripe",
        "dispute_lost": "Close the task",
        "paid_late": "Keep the sale",
        "paid_twice": "Refund 45.00 USD at Stripe",
        "limit_broken": "Keep the sale",
        "client_gone": "Keep the sale",
        "client_unsure": "Merge with Mira Okafor…",
        "refund_held": "Refund 45.00 USD at Stripe",
    }


async def test_nobody_is_asked_about_credits_that_there_are_not(till: Till) -> None:
    """S6, S8."""
    formats = till.context.formats
    for row in every_kind(formats.now(), formats.currency):
        if row.kind in ("refund_failed", "dashboard_refund", "dispute_opened", "dispute_lost"):
            bare = replace(row, credits=0)
            told = [decision_words.story(formats, bare)]
            told += [f"{act.text} {act.means}" for act in decision_words.acts(formats, bare)]
            told += [decision_words.done(formats, bare, outcome) for outcome in row.outcomes]
            assert not any("0 credits" in one for one in told), told


async def test_whose_purchase_it_was_is_answered_by_a_merge(till: Till) -> None:
    """Y2, D4: a card of another name is not what is suggested; the merge undone, the task is back."""
    connect(till.desk.office, till.desk.actor)
    new, noah = till.desk.client("Noah Buyer"), till.desk.client("Noah Okafor")
    sale = till.desk.sell(new, till.pack)
    till.desk.do(_unsure, new, sale.sale_id, [till.mira, noah])
    screen = await till.payments("decisions")
    await till.press(DOWN)
    pane = screen.decisions.pane
    assert [one.text() for one in pane.buttons] == [
        "Keep the new card",
        "Merge with Mira Okafor…",
        "Merge with Noah Okafor…",
    ]
    pane.buttons[2].click()
    dialog = await till.opened(MergeDialog)
    assert "Noah Buyer" in dialog.consequence.text.text() and "Noah Okafor" in dialog.consequence.text.text()
    await till.press(ENTER)
    await until(lambda: not till.dialogs(MergeDialog))
    await till.settled()
    assert not screen.decisions.model.rowCount()
    till.find(QPushButton, "toastAction").click()
    await till.settled()
    assert [row.kind for row in screen.decisions.model.rows()] == ["client_unsure"]


def _unsure(work: UnitOfWork, client_id: int, sale_id: int, others: list[int]) -> None:
    open_sale_task(
        work,
        CLIENT_UNSURE,
        client_id=client_id,
        sale_id=sale_id,
        tender="stripe_checkout",
        amount=9000,
        credits=12,
        others=others,
    )


async def test_the_sidebar_tells_how_many_tasks_wait(till: Till) -> None:
    """S6: also where it is narrow, and for those who hear it."""
    till.window.count_waiting()
    await till.settled()
    button = till.window.sidebar.button("payments")
    badge = button.findChildren(QLabel, "nav.payments.count")[0]
    assert badge.isHidden() and button.accessibleDescription() == ""
    sold_by_stripe(till)
    refunded_at_stripe(till, 2700)
    till.context.notifier.broadcast((Change(Topic.DECISIONS),))
    await till.settled()
    button.set_narrow(False)
    assert badge.isVisible() and badge.text() == "1"
    button.set_narrow(True)
    assert badge.text() == "•" and button.accessibleDescription() == "1 needs a decision"
