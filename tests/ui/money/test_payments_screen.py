"""The Payments screen on real books: list, filter, totals, takings, one transaction in full, and its keys."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPushButton

from frontdesk.models.sale import TRANSACTION_STATUSES
from frontdesk.services.sales import sell
from frontdesk.services.views.standings import standing_of_part
from frontdesk.ui import money_words
from frontdesk.ui.dialogs.receipt import ReceiptDialog
from frontdesk.ui.dialogs.refund import RefundDialog
from frontdesk.ui.screens.money.wanted import ALL, DAYS, MONTH, TODAY, WEEK, YESTERDAY, Wanted
from frontdesk.ui.screens.payments import PaymentsScreen
from frontdesk.ui.tables.paged_table_model import CELL_ROLE
from frontdesk.ui.theme import Scheme, theme
from frontdesk.ui.tokens import SPACE_3, SPACE_5
from frontdesk.ui.widgets.cell_delegate import CellDelegate
from tests.support.event_loop import until
from tests.ui.money.conftest import CTRL, DOWN, ENTER, ESC, Till
from tests.ui.walk import assert_accessible, assert_no_clashes, assert_nothing_cut_off


def four_days(till: Till) -> None:
    """A sale on each of four days: 90.00 in cash, by card, by transfer, and 15.00 in cash by Ben."""
    drop_in = till.desk.package(name="Drop-in", credits=1, bonus=0, price=till.desk.money(1500))
    tom = till.desk.client("Tom Weiß")
    till.desk.clock.pass_time(days=-3)
    till.desk.sell(till.mira, till.pack)
    till.desk.clock.pass_time(days=1)
    till.desk.sell(tom, till.pack, tender="external_card")
    till.desk.clock.pass_time(days=1)
    refunded = till.desk.sell(tom, till.pack, tender="bank_transfer")
    till.desk.refund(refunded.sale_id, 2000, 1)
    till.desk.clock.pass_time(days=1)
    till.desk.sell(till.mira, drop_in)


def amounts(screen: PaymentsScreen) -> list[int]:
    return [row.amount.amount for row in screen.transactions.model.rows()]


async def choose(till: Till, screen: PaymentsScreen, field: str, value: Any) -> None:
    """Chooses in the filter as a person does."""
    select = getattr(screen.transactions.filter, field)
    select.set_value(value)
    select.edited.emit()
    await till.settled()


async def test_the_newest_transaction_is_on_top_and_the_totals_beneath(till: Till) -> None:
    four_days(till)
    screen = await till.payments()
    assert amounts(screen) == [1500, -2000, 9000, 9000, 9000]
    assert till.find(QLabel, "paymentsCount").text() == "5 transactions"
    assert till.find(QLabel, "paymentsIn").text() == "in 285.00"
    assert till.find(QLabel, "paymentsOut").text() == "out 20.00"
    assert till.find(QLabel, "paymentsNet").text() == "net 265.00 USD"
    assert till.find(QLabel, "takingsNet").text() == "15.00 USD"
    assert till.find(QLabel, "takingsTenders").text() == "cash 15.00"


async def test_a_payment_that_went_back_says_so_also_where_the_list_is_narrow(till: Till) -> None:
    """S5, S6"""
    four_days(till)
    whole = till.desk.sell(till.mira, till.pack)
    till.desk.refund(whole.sale_id, 9000, 12)
    screen = await till.payments()
    table, model = screen.transactions.table, screen.transactions.model
    titles = [column.title for column in model.columns]
    status, narrow = titles.index("Status"), len(titles) - titles[::-1].index("Client") - 1
    said = [model.index(row, status).data() for row in range(model.rowCount())]
    assert said[:4] == ["Refunded", "Refunded", "Paid", "To be paid out"]
    assert said[4:] == ["To be paid out", "Paid", "Paid"]
    assert table.isColumnHidden(narrow) and not table.isColumnHidden(status)
    till.window.resize(1024, 640)
    table.selectRow(2)
    await till.settled()
    assert not table.isColumnHidden(narrow) and table.isColumnHidden(status)
    cells = [model.index(row, narrow).data(CELL_ROLE) for row in range(model.rowCount())]
    assert all(cell.tag_whole for cell in cells)
    tags = [cell.tag for cell in cells]
    assert tags == ["Refunded", "Refunded", "", "To be paid out", "To be paid out", "", ""]


async def test_every_word_of_a_status_has_room_in_the_smallest_window(till: Till) -> None:
    """U3: in a column of its own, and behind the name, which gives way."""
    four_days(till)
    till.window.resize(1024, 640)
    screen = await till.payments()
    table, columns = screen.transactions.table, screen.transactions.model.columns
    codes = (
        *(standing_of_part(status, tender, sync) for status, tender, sync in product(
            TRANSACTION_STATUSES, ("stripe_checkout", "bank_transfer"), ("", "unknown", "held")
        )),
        "paid", "voided", "partly_refunded", "disputed", "dispute_lost",
    )  # fmt: skip
    delegate = table.itemDelegate()
    assert isinstance(delegate, CellDelegate)
    longest = max(delegate._chip_width(money_words.standing(code)[0]) for code in codes)
    titles = [column.title for column in columns]
    status, narrow = titles.index("Status"), len(titles) - titles[::-1].index("Client") - 1
    assert not table.isColumnHidden(status) and table.columnWidth(status) >= longest + 2 * SPACE_3
    table.selectRow(0)
    await till.settled()
    assert not table.isColumnHidden(narrow) and table.columnWidth(narrow) >= longest + 2 * SPACE_5 + 48


async def test_a_click_on_the_amount_sorts_by_it(till: Till) -> None:
    four_days(till)
    screen = await till.payments()
    table = screen.transactions.table
    place = table.horizontalHeader().sectionViewportPosition(table.model().columnCount() - 1) + 20
    for expected in ([9000, 9000, 9000, 1500, -2000], [-2000, 1500, 9000, 9000, 9000]):
        QTest.mouseClick(
            table.horizontalHeader().viewport(),
            Qt.MouseButton.LeftButton,
            pos=QPoint(place, 10),
        )
        await till.settled()
        assert amounts(screen) == expected


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("period", TODAY, [1500]),
        ("period", YESTERDAY, [-2000, 9000]),
        ("period", WEEK, [1500]),
        ("period", MONTH, [1500, -2000, 9000, 9000, 9000]),
        ("tender", "external_card", [9000]),
        ("state", "refunds", [-2000]),
        ("state", "pending", [-2000]),
        ("state", "failed", []),
        ("staff", 2, []),
    ],
)
async def test_each_choice_of_the_filter_narrows_list_and_totals(
    till: Till, field: str, value: Any, expected: list[int]
) -> None:
    till.desk.clock.pass_time(days=7)  # so that all four days are of January
    four_days(till)
    screen = await till.payments()
    await choose(till, screen, field, value)
    assert amounts(screen) == expected
    assert till.find(QLabel, "paymentsCount").text().startswith(str(len(expected)))


async def test_payments_are_found_by_what_of_them_went_back(till: Till) -> None:
    """S6: by the words that they bear in the list; one whose refund is still to be paid out bears another."""
    four_days(till)
    part, whole = (till.desk.sell(till.mira, till.pack) for _ in range(2))
    till.desk.refund(part.sale_id, 1000, 1)
    till.desk.refund(whole.sale_id, 9000, 12)
    screen = await till.payments()
    for state, sale_id, word in (
        ("partly_refunded", part.sale_id, "Partly refunded"),
        ("refunded", whole.sale_id, "Refunded"),
    ):
        await choose(till, screen, "state", state)
        (row,) = screen.transactions.model.rows()
        assert (row.kind, row.sale_id) == ("payment", sale_id)
        assert money_words.standing(row.standing)[0] == word
        assert till.find(QLabel, "paymentsCount").text().startswith("1 ")
    screen.transactions.filter.clear()
    await till.settled()


async def test_days_amounts_and_text_narrow_the_list(till: Till) -> None:
    four_days(till)
    screen = await till.payments()
    bar = screen.transactions.filter
    await choose(till, screen, "period", DAYS)
    bar.first_day.setFocus()
    await till.write("2 Jan 2027")
    bar.last_day.setFocus()
    await till.write("3 Jan 2027")
    assert amounts(screen) == [-2000, 9000, 9000]
    await choose(till, screen, "amount", "between")
    bar.least.setFocus()
    await till.write("50")
    assert amounts(screen) == [9000, 9000]
    till.find(QPushButton, "paymentsClear").click()
    await till.settled()
    assert len(amounts(screen)) == 5 and not bar.first_day.isVisible()
    bar.search.setFocus()
    await till.write("weis")
    assert amounts(screen) == [-2000, 9000, 9000]


async def test_letters_typed_into_the_list_search_and_esc_takes_them_back(till: Till) -> None:
    """U2."""
    four_days(till)
    screen = await till.payments()
    await till.write("mir")
    assert amounts(screen) == [1500, 9000]
    await till.press(ESC)
    assert len(amounts(screen)) == 5


async def test_the_filter_is_there_again_at_the_next_start_without_the_search(till: Till) -> None:
    screen = await till.payments()
    await choose(till, screen, "period", WEEK)
    screen.transactions.filter.search.setText("mira")
    await till.settled()
    kept = Wanted.from_text(till.context.preferences.text("payments/filter"))
    assert kept == Wanted(period=WEEK)


def test_a_kept_filter_that_nobody_understands_lets_everything_through() -> None:
    for text in ("", "{", "[]", '{"period": "never"}', '{"state": "x"}'):
        assert Wanted.from_text(text) == Wanted()
    kept = Wanted(DAYS, date(2027, 1, 2), None, "cash", "refunds", 3, 100, None)
    assert Wanted.from_text(kept.to_text()) == kept


def test_presets_are_business_days_and_the_week_begins_where_the_locale_says() -> None:
    friday = date(2027, 1, 8)
    assert Wanted(TODAY).days(friday, 1) == (friday, friday)
    assert Wanted(WEEK).days(friday, 1) == (date(2027, 1, 4), friday)
    assert Wanted(WEEK).days(friday, 7) == (date(2027, 1, 3), friday)
    assert Wanted(MONTH).days(friday, 1) == (date(2027, 1, 1), friday)
    assert Wanted(ALL).days(friday, 1) == (None, None)


def test_amounts_of_refunds_are_typed_without_a_minus() -> None:
    assert Wanted(state="refunds", least=1000, most=5000).amounts() == (-5000, -1000)
    assert Wanted(state="refunds", least=1000).amounts() == (None, -1000)
    assert Wanted(least=1000, most=5000).amounts() == (1000, 5000)


async def test_a_transaction_is_shown_in_full(till: Till) -> None:
    sale = till.desk.sell(till.mira, till.pack, discount=500, tender="external_card")
    till.desk.visit(till.mira, 4)
    till.desk.refund(sale.sale_id, 2000, 2)
    screen = await till.payments()
    await till.press(DOWN, DOWN)
    pane = screen.transactions.pane
    assert pane.isVisible()
    assert pane.amount.number.text() == "85.00 USD" and pane.chip.text() == "Partly refunded"
    assert pane.facts.value("Client") == "Mira Okafor"
    assert pane.facts.value("Reference") == "T-1"
    told = " | ".join(label.text() for label in pane.findChildren(QLabel) if label.isVisibleTo(pane))
    assert "10-class pack · 10 + 2" in told
    assert "4 used · 6 credits left" in told
    assert "Discount (Loyalty) “ten years here”" in told
    assert "2 credits voided · Client's request “moves away”" in told
    assert "20.00 by card terminal: Refunded, reference R-1" in told
    assert_accessible(till.window)
    assert_nothing_cut_off(till.window)


async def test_esc_closes_what_is_shown_in_full_and_the_keyboard_is_in_the_list(till: Till) -> None:
    """U2."""
    till.desk.sell(till.mira, till.pack)
    screen = await till.payments()
    await till.press(DOWN)
    assert screen.chosen_client() == till.mira
    await till.press(ESC)
    assert not screen.transactions.pane.isVisible()
    assert screen.transactions.table.hasFocus() and screen.chosen_client() is None


async def test_a_route_shows_a_transaction_wherever_it_stands(till: Till) -> None:
    four_days(till)
    first = (await till.payments()).transactions.model.rows()[-1].id
    await till.go("clients")
    screen = await till.payments("transactions", first)
    assert screen.transactions.shown_id == first and screen.transactions.pane.isVisible()


async def test_a_sale_elsewhere_appears_and_the_chosen_row_stays(till: Till) -> None:
    till.desk.sell(till.mira, till.pack)
    screen = await till.payments()
    await till.press(DOWN)
    chosen = screen.transactions.shown_id
    await till.context.tasks.write(sell, till.desk.sale_draft(till.mira, till.pack))
    await till.settled()
    assert len(amounts(screen)) == 2 and screen.transactions.shown_id == chosen
    assert screen.transactions.table.current().id == chosen


async def test_receipt_and_client_are_a_key_away(till: Till) -> None:
    till.desk.sell(till.mira, till.pack)
    await till.payments()
    await till.press(DOWN)
    await till.press(Qt.Key.Key_P, held=CTRL)
    await till.opened(ReceiptDialog)
    await till.press(ESC)
    await until(lambda: not till.dialogs(ReceiptDialog))
    await till.payments()
    await till.press(Qt.Key.Key_G, held=CTRL)
    screen = till.window.current_screen()
    assert screen is not None and screen.id == "client"
    await till.settled()


async def test_of_several_lines_the_one_to_refund_is_asked_for(till: Till) -> None:
    """S5."""
    drop_in = till.desk.package(name="Drop-in", credits=1, bonus=0, price=till.desk.money(1500))
    till.desk.sell(till.mira, till.pack, drop_in)
    await till.payments()
    await till.press(DOWN)
    await till.press(Qt.Key.Key_R, held=CTRL)
    menu = till.find(QMenu, "refundLineMenu")
    assert [action.text() for action in menu.actions()] == ["10-class pack   90.00", "Drop-in   15.00"]
    menu.actions()[1].trigger()
    menu.hide()
    dialog = await till.opened(RefundDialog)
    assert dialog.form["amount"].text() == "15.00"
    await till.press(ESC)


async def test_empty_lists_teach_and_lead_on(till: Till) -> None:
    """U6."""
    screen = await till.payments()
    assert till.find(QPushButton, "transactionsEmptyAction").isVisible()
    await choose(till, screen, "state", "failed")
    till.find(QPushButton, "transactionsNoneAction").click()
    await till.settled()
    assert screen.transactions.filter.wanted().is_plain()
    await till.payments("decisions")
    assert "Nothing waits" in till.find(QLabel, "decisionsEmptySentence").text()
    assert_accessible(till.window)


async def test_every_command_of_the_screen_is_in_the_palette_and_none_clash(till: Till) -> None:
    """U2."""
    await till.payments()
    assert_no_clashes(till.context)
    usable = {one.id for one in till.context.actions.usable("payments")}
    assert {"payments.refund", "payments.receipt", "payments.client", "payments.search"} <= usable


@pytest.mark.parametrize("size", [(720, 480), (1024, 640), (1920, 1080)])
async def test_nothing_is_cut_off_at_any_size(till: Till, size: tuple[int, int]) -> None:
    """U3."""
    four_days(till)
    till.window.resize(*size)
    screen = await till.payments()
    await till.press(DOWN, ENTER)
    assert screen.transactions.pane.isVisible()
    assert_nothing_cut_off(till.window)
    theme().set_scheme(Scheme.DARK)
    assert_accessible(till.window)
