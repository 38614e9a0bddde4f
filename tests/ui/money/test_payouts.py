"""The Payouts tab: what is on its way, the list, and one with its transactions, fees and net (Y6)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from frontdesk.ui.screens.money.payouts import PayoutsTab
from frontdesk.ui.theme import Scheme, theme
from frontdesk.ui.widgets.basics import Paragraph
from tests.ui.money.conftest import DOWN, ENTER, ESC, Till
from tests.ui.money.test_overview import cells
from tests.ui.walk import assert_accessible, assert_nothing_cut_off
from tools.stripe_rows import connected, payouts

ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole


def some_payouts(till: Till) -> None:
    """Twelve payouts; those that Stripe lists hold four payments of 90.00 each."""
    for _ in range(48):
        till.desk.sell(till.mira, till.pack, tender="external_card")
    till.desk.do(connected)
    till.desk.do(payouts)


async def payouts_tab(till: Till) -> PayoutsTab:
    return (await till.payments("payouts")).payouts


async def test_the_newest_is_on_top_and_what_is_on_its_way_is_told(till: Till) -> None:
    some_payouts(till)
    tab = await payouts_tab(till)
    assert [row.id for row in tab.model.rows()][:3] == ["po_000", "po_001", "po_002"]
    told = till.find(QLabel, "payoutsOnTheirWay").text()
    assert told.startswith("On their way to the bank: 696.72 USD in 2 payouts, the first arriving")


async def test_a_payout_shows_what_it_holds_and_whose_payments_those_are(till: Till) -> None:
    some_payouts(till)
    tab = await payouts_tab(till)
    await till.press(DOWN, DOWN, DOWN)
    assert tab.shown_id == "po_002" and tab.pane.isVisible()
    assert tab.pane.amount.number.text() == "333.36 USD" and tab.pane.chip.text() == "Paid out"
    assert cells(tab.pane.sums) == [
        ["Payments · 4", "360.00", "11.64", "348.36"],
        ["Refunds · 1", "−15.00", "0.00", "−15.00"],
        ["Together", "345.00", "11.64", "333.36"],
    ]
    lines = cells(tab.pane.lines)
    fees = [tab.pane.lines.model().index(at, 1).data(ACCESSIBLE) for at in range(len(lines))]
    assert fees.count("90.00, fee 2.91") == 4
    told = [tab.pane.lines.model().index(at, 0).data(ACCESSIBLE) for at in range(len(lines))]
    sold = [one for one in told if one.startswith("Mira Okafor")]
    assert len(set(sold)) == 4 and all(one.endswith(" · 10-class pack") for one in sold), told
    assert lines.count(["Mira Okafor", "90.00", "87.09"]) == 4
    assert ["Refund", "−15.00", "−15.00"] in lines
    assert tab.pane.facts.value("Fees") == "11.64 USD"
    assert not tab.pane.note.isVisible()


async def test_enter_goes_from_a_line_to_its_transaction(till: Till) -> None:
    some_payouts(till)
    screen = await till.payments("payouts")
    await till.press(DOWN, DOWN, DOWN, ENTER)
    assert screen.payouts.pane.lines.hasFocus()
    await till.press(DOWN, ENTER)
    assert screen.tabs.current() == "transactions" and screen.transactions.pane.isVisible()


@pytest.mark.parametrize(
    ("payout_id", "told"),
    [
        ("po_000", "Stripe puts its transactions together"),
        ("po_003", "It was started by hand"),
        ("po_006", "The bank did not take it: “The bank account has been closed.”"),
    ],
)
async def test_why_a_payout_shows_no_transactions_is_told(till: Till, payout_id: str, told: str) -> None:
    some_payouts(till)
    tab = await payouts_tab(till)
    tab.table.choose(payout_id)
    await till.settled()
    assert till.find(Paragraph, "payoutNote").plain_text().startswith(told)


async def test_esc_closes_a_payout(till: Till) -> None:
    """U2."""
    some_payouts(till)
    tab = await payouts_tab(till)
    await till.press(DOWN)
    await till.press(ESC)
    assert not tab.pane.isVisible() and tab.table.hasFocus() and tab.shown_id == ""


async def test_an_empty_list_leads_on(till: Till) -> None:
    """U6."""
    screen = await till.payments("payouts")
    assert till.find(QLabel, "payoutsOnTheirWay").text() == "Nothing is on its way to the bank."
    till.find(QPushButton, "payoutsEmptyAction").click()
    await till.settled()
    assert screen.tabs.current() == "sync"


@pytest.mark.parametrize("size", [(720, 480), (1024, 640), (1920, 1080)])
async def test_nothing_is_cut_off(till: Till, size: tuple[int, int]) -> None:
    """U3."""
    some_payouts(till)
    till.window.resize(*size)
    tab = await payouts_tab(till)
    await till.press(DOWN, DOWN, DOWN, ENTER)
    assert tab.pane.isVisible()
    assert_nothing_cut_off(till.window)
    theme().set_scheme(Scheme.DARK)
    assert_accessible(till.window)
