"""The Overview tab on real books: periods, the chart and its keys, tables, and what is disputed (Y6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolTip

from frontdesk.services.sales import sell
from frontdesk.services.views.revenue import Disputed
from frontdesk.ui.dialogs.sell import SellDialog
from frontdesk.ui.screens.money.overview import OverviewTab
from frontdesk.ui.screens.money.periods import LAST_MONTH, MONTH, NINETY, THIRTY, WEEK, days_of
from frontdesk.ui.theme import Scheme, theme
from frontdesk.ui.widgets.bar_chart import Bar, BarChart, ticks
from frontdesk.ui.widgets.short_table import ShortTable
from tests.ui.money.conftest import ALT, Till
from tests.ui.walk import assert_accessible, assert_nothing_cut_off

LEFT, RIGHT, HOME, END = Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End


def three_days(till: Till) -> None:
    """90.00 in cash, 90.00 by card and 15.00 in cash with 20.00 back, on three days up to today."""
    drop_in = till.desk.package(name="Drop-in", credits=1, bonus=0, price=till.desk.money(1500))
    till.desk.clock.pass_time(days=-2)
    sold = till.desk.sell(till.mira, till.pack)
    till.desk.clock.pass_time(days=1)
    till.desk.sell(till.mira, till.pack, tender="external_card")
    till.desk.clock.pass_time(days=1)
    till.desk.sell(till.mira, drop_in)
    till.desk.refund(sold.sale_id, 2000, 1)


async def overview(till: Till) -> OverviewTab:
    return (await till.payments("overview")).overview


def cells(table: ShortTable) -> list[list[str]]:
    model = table.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


async def test_a_period_shows_its_net_and_where_it_came_from(till: Till) -> None:
    three_days(till)
    tab = await overview(till)
    assert till.find(QLabel, "overviewNetNumber").text() == "175.00 USD"
    assert "received 195.00, refunded 20.00" in till.find(QLabel, "overviewNetCaption").text()
    assert cells(tab.tenders) == [
        ["Card terminal", "90.00", "0.00", "90.00"],
        ["Cash", "105.00", "20.00", "85.00"],
    ]
    assert [row[0] for row in cells(tab.packages)] == ["10-class pack", "Drop-in"]
    assert [row[-1] for row in cells(tab.days)] == ["−5.00", "90.00", "90.00"]
    assert not tab.disputed.isVisible() and tab.chart.isVisible()


async def test_only_what_is_disputed_is_told(till: Till) -> None:
    """Y6: no word of an amount that is nothing."""
    three_days(till)
    tab = await overview(till)
    assert tab.revenue is not None
    none, some = till.desk.money(0), till.desk.money(9000)
    for open, lost, told in (
        (some, none, "Not taken off: 90.00 USD is disputed at Stripe and not decided."),
        (none, some, "Not taken off: 90.00 USD of disputes at Stripe that were lost."),
        (some, some, "Not taken off: 90.00 USD is disputed at Stripe and not decided, 90.00 USD was lost."),
    ):
        tab.show_revenue(replace(tab.revenue, disputed=Disputed(1, open, lost)))
        assert tab.disputed.isVisible() and tab.disputed.text() == told
    tab.show_revenue(replace(tab.revenue, disputed=Disputed(1, none, none)))
    assert not tab.disputed.isVisible()


async def test_each_period_reads_its_own_days_and_is_there_again_at_the_next_start(till: Till) -> None:
    three_days(till)
    tab = await overview(till)
    assert len(tab.chart.bars()) == 30
    till.find(QPushButton, "overviewPeriod0").click()
    await till.settled()
    assert len(tab.chart.bars()) == 7
    again = OverviewTab(till.context)
    assert again.period.value() == WEEK
    again.deleteLater()
    for period, days in ((NINETY, 90), (MONTH, 4), (LAST_MONTH, 31)):
        tab.choose(period)
        await till.settled()
        assert len(tab.chart.bars()) == days


def test_periods_are_business_days() -> None:
    monday = date(2027, 3, 1)
    assert days_of(WEEK, monday) == (date(2027, 2, 23), monday)
    assert days_of(THIRTY, monday) == (date(2027, 1, 31), monday)
    assert days_of(MONTH, monday) == (monday, monday)
    assert days_of(LAST_MONTH, monday) == (date(2027, 2, 1), date(2027, 2, 28))


async def test_the_arrows_walk_over_the_days_and_say_each(till: Till) -> None:
    """U3."""
    three_days(till)
    tab = await overview(till)
    tab.chart.setFocus()
    assert tab.day.text().startswith("4 Jan 2027: net −5.00 USD · in 15.00, out 20.00")
    await till.press(LEFT)
    assert tab.day.text().startswith("3 Jan 2027: net 90.00")
    assert tab.chart.accessibleDescription() == tab.day.text()
    await till.press(RIGHT, RIGHT)
    assert tab.day.text().startswith("4 Jan 2027")
    await till.press(HOME)
    assert tab.chart.at == 0
    await till.press(END)
    assert tab.chart.at == 29


async def test_the_mouse_marks_a_day_and_its_words_are_the_tooltip(till: Till) -> None:
    three_days(till)
    tab = await overview(till)
    over = tab.chart._column(28).center().toPoint()
    QTest.mouseClick(tab.chart, Qt.MouseButton.LeftButton, pos=over)
    assert tab.chart.at == 28 and tab.day.text().startswith("3 Jan 2027")
    QApplication.sendEvent(tab.chart, QHelpEvent(QEvent.Type.ToolTip, over, tab.chart.mapToGlobal(over)))
    assert QToolTip.text().startswith("3 Jan 2027: net 90.00")
    QToolTip.hideText()


async def test_a_sale_elsewhere_is_in_it_at_once(till: Till) -> None:
    tab = await overview(till)
    assert till.find(QPushButton, "overviewEmptyAction").isVisible() and not tab.chart.isVisible()
    await till.context.tasks.write(sell, till.desk.sale_draft(till.mira, till.pack))
    await till.settled()
    assert till.find(QLabel, "overviewNetNumber").text() == "90.00 USD" and tab.chart.isVisible()


async def test_a_period_without_money_leads_on(till: Till) -> None:
    """U6."""
    await overview(till)
    till.find(QPushButton, "overviewEmptyAction").click()
    dialog = await till.opened(SellDialog)
    dialog.reject()


async def test_the_tab_is_a_key_away(till: Till) -> None:
    """U2."""
    screen = await till.payments()
    await till.press(Qt.Key.Key_2, held=ALT)
    assert screen.tabs.current() == "overview"


@pytest.mark.parametrize("size", [(1024, 640), (1920, 1080)])
async def test_nothing_is_cut_off(till: Till, size: tuple[int, int]) -> None:
    """U3."""
    three_days(till)
    till.window.resize(*size)
    await overview(till)
    assert_nothing_cut_off(till.window)
    theme().set_scheme(Scheme.DARK)
    assert_accessible(till.window)


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [
        (0, 0, [0, 1]),
        (0, 9000, [0, 5000, 10000]),
        (-500, 9000, [-5000, 0, 5000, 10000]),
        (-2000, 0, [-2000, -1000, 0]),
        (0, 3, [0, 1, 2, 3]),
        (0, 29_900, [0, 10_000, 20_000, 30_000]),
    ],
)
def test_lines_across_stand_at_round_numbers(least: int, most: int, expected: list[int]) -> None:
    assert ticks(least, most) == expected


def test_from_right_to_left_the_first_day_is_on_the_right(look: None, qtbot: object) -> None:
    """U7."""
    chart = BarChart(name="chart", label="Chart")
    chart.resize(400, 168)
    chart.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    chart.set_bars([Bar(1, "a", "a"), Bar(2, "b", "b")], str)
    assert chart._column(0).left() > chart._column(1).left()
    assert chart._bar_at(QPoint(390, 80)) in (0, -1) and chart._bar_at(QPoint(300, 80)) == 0
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_End)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart.at == 0
    chart.grab()
    chart.deleteLater()
