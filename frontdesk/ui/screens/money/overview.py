"""The Overview tab: what a period brought, day by day, by tender and by package (Y6)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from frontdesk.services.views.revenue import Revenue, RevenuePart
from frontdesk.ui import money_words
from frontdesk.ui.screens.money.periods import LAST_MONTH, MONTH, NINETY, PERIODS, THIRTY, WEEK
from frontdesk.ui.tables.ordered_list_model import no_pages
from frontdesk.ui.tables.paged_table_model import Cell, Column, PagedTableModel
from frontdesk.ui.tokens import SPACE_2, SPACE_5
from frontdesk.ui.widgets.bar_chart import Bar, BarChart
from frontdesk.ui.widgets.basics import Text
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.short_table import ShortTable
from frontdesk.ui.widgets.surfaces import BigNumber, EmptyState, ScrollPage

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.overview import OverviewPresenter
    from frontdesk.ui.task_runner import Late

_KEY = "payments/overview"


class OverviewTab(QWidget):
    """The period stays what it was, also over a restart."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setObjectName("overviewTab")
        self._context = context
        self._presenter: Late[OverviewPresenter] = context.late(
            "frontdesk.ui.presenters.overview", "OverviewPresenter"
        )
        #: What is shown, None before it was read.
        self.revenue: Revenue | None = None
        self._build()

    def load(self) -> None:
        """Reads the period again."""
        self._context.tasks.start(self._load(), latest="payments.load_overview")

    def focus_first(self) -> None:
        """Gives the keyboard to the choice of the period."""
        self.period.setFocus()

    def choose(self, period: str) -> None:
        """Shows another period."""
        self.period.set_value(period)
        self._context.preferences.set_text(_KEY, period)
        self.load()

    # Pieces

    def _build(self) -> None:
        kept = self._context.preferences.text(_KEY)
        names = {
            WEEK: self.tr("7 days"),
            THIRTY: self.tr("30 days"),
            NINETY: self.tr("90 days"),
            MONTH: self.tr("This month"),
            LAST_MONTH: self.tr("Last month"),
        }
        self.period = Segments(
            [(names[one], one) for one in PERIODS], kept if kept in PERIODS else THIRTY, name="overviewPeriod"
        )
        self.period.setAccessibleName(self.tr("Period"))
        self.period.chosen.connect(lambda period: self.choose(str(period)))
        self.net = BigNumber(name="overviewNet")
        self.net.caption.setWordWrap(True)
        self.disputed = Text("", "body", wrap=True, name="overviewDisputed")
        self.disputed.hide()
        self.chart = BarChart(name="overviewChart", label=self.tr("Revenue by day"))
        self.chart.marked.connect(self._tell_day)
        self.day = Text("", "muted", name="overviewDay")
        self.days = self._table("overviewDays", self.tr("Revenue by day"), self._day_columns())
        self.tenders = self._table("overviewTenders", self.tr("Revenue by tender"), self._tender_columns())
        self.packages = self._table(
            "overviewPackages", self.tr("Revenue by package"), self._package_columns()
        )
        self.nothing = EmptyState(
            self.tr("No money moved in these days."),
            self.tr("Sell"),
            lambda: self._context.ask("sell"),
            icon="payments",
            name="overviewEmpty",
        )
        self._lay_out()

    def _lay_out(self) -> None:
        page = ScrollPage(name="overviewPage")
        page.body.addWidget(self.period)
        page.body.addWidget(self.net)
        page.body.addWidget(self.disputed)
        self._figures = QWidget()
        column = QVBoxLayout(self._figures)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_2)
        column.addWidget(self.chart)
        column.addWidget(self.day)
        column.addSpacing(SPACE_2)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_5)
        grid.setVerticalSpacing(SPACE_2)
        self._sections = (
            (Text(self.tr("By tender"), "section"), self.tenders),
            (Text(self.tr("By package"), "section"), self.packages),
        )
        for at, (title, table) in enumerate(self._sections):
            grid.addWidget(title, 0, at)
            grid.addWidget(table, 1, at, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(at, 2 + at)
        column.addLayout(grid)
        column.addSpacing(SPACE_2)
        column.addWidget(Text(self.tr("By day"), "section"))
        column.addWidget(self.days)
        page.body.addWidget(self._figures)
        page.body.addWidget(self.nothing)
        self._figures.hide()
        self.nothing.hide()
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(page)

    def _table(self, name: str, label: str, columns: list[Column[RevenuePart]]) -> ShortTable:
        model: PagedTableModel[RevenuePart] = PagedTableModel(
            self._context.tasks, columns, no_pages, key=lambda part: part.key, parent=self
        )
        return ShortTable(model, name=name, label=label)

    def _money_columns(self) -> list[Column[RevenuePart]]:
        formats = self._context.formats
        return [
            Column(
                self.tr("In"), lambda part: Cell(formats.amount(part.received), muted=True), 104, right=True,
                hide_below=420,
            ),
            Column(
                self.tr("Out"), lambda part: Cell(formats.amount(part.refunded), muted=True), 92, right=True,
                hide_below=420,
            ),
            Column(
                self.tr("Net, {currency}").format(currency=formats.currency),
                lambda part: Cell(formats.amount(part.net), strong=True),
                116,
                right=True,
            ),
        ]  # fmt: skip

    def _day_columns(self) -> list[Column[RevenuePart]]:
        def day(part: RevenuePart) -> Cell:
            return Cell(self._context.formats.date(date.fromisoformat(part.key)))

        return [Column(self.tr("Day"), day), self._times(self.tr("Payments")), *self._money_columns()]

    def _tender_columns(self) -> list[Column[RevenuePart]]:
        name = Column[RevenuePart](self.tr("Tender"), lambda part: Cell(money_words.tender_name(part.key)))
        return [name, *self._money_columns()]

    def _package_columns(self) -> list[Column[RevenuePart]]:
        name = Column[RevenuePart](self.tr("Package"), lambda part: Cell(part.name))
        return [name, self._times(self.tr("Sold")), *self._money_columns()]

    def _times(self, title: str) -> Column[RevenuePart]:
        formats = self._context.formats
        return Column(
            title, lambda part: Cell(formats.number(part.times), muted=True), 84, right=True, hide_below=500
        )

    async def _load(self) -> None:
        self.show_revenue(await (await self._presenter.get()).revenue(self.period.value()))

    def show_revenue(self, revenue: Revenue) -> None:
        """Shows what a period brought."""
        self.revenue = revenue
        formats, all = self._context.formats, revenue.all
        words = self.tr("from {first} to {last} · received {received}, refunded {refunded}")
        told = words.format(
            first=formats.date(revenue.first_day),
            last=formats.date(revenue.last_day),
            received=formats.amount(all.received),
            refunded=formats.amount(all.refunded),
        )
        self.net.set(formats.money(all.net), told)
        moved = [part for part in revenue.days if part.times or part.refunded.amount]
        self._figures.setVisible(bool(moved))
        self.nothing.setVisible(not moved)
        self._tell_disputed(revenue)
        self.chart.set_bars([self._bar(part) for part in revenue.days], formats.amount)
        self._tell_day(self.chart.at)
        self.days.set_rows(moved[::-1])
        self.tenders.set_rows(revenue.tenders)
        self.packages.set_rows(revenue.packages)

    def _bar(self, part: RevenuePart) -> Bar:
        formats, day = self._context.formats, date.fromisoformat(part.key)
        under = formats.locale.toString(QDate(day.year, day.month, day.day), "d MMM")
        return Bar(part.net.amount, under, self._day_in_words(part))

    def _day_in_words(self, part: RevenuePart) -> str:
        formats = self._context.formats
        words = self.tr("{day}: net {net} · in {received}, out {refunded}")
        return words.format(
            day=formats.date(date.fromisoformat(part.key)),
            net=formats.money(part.net),
            received=formats.amount(part.received),
            refunded=formats.amount(part.refunded),
        )

    def _tell_day(self, at: int) -> None:
        bars = self.chart.bars()
        hint = self.tr("A click or the arrows show a day.")
        self.day.setText(bars[at].words if 0 <= at < len(bars) else hint)

    def _tell_disputed(self, revenue: Revenue) -> None:
        told = money_words.not_taken_off(revenue.disputed, self._context.formats)
        self.disputed.setText(told)
        self.disputed.setVisible(bool(told))
