"""The filter of the transactions: one line of choices, a second one for days and amounts where wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.errors import FrontdeskError
from frontdesk.services.drafts.sales import DESK_TENDERS, FREE, STRIPE_TENDERS
from frontdesk.ui import money_words
from frontdesk.ui.screens.money.wanted import ALL, DAYS, MONTH, TODAY, WEEK, YESTERDAY, Wanted
from frontdesk.ui.tokens import SPACE_2, SPACE_3, SPACE_4, SPACE_5
from frontdesk.ui.widgets.basics import LinkButton, Text
from frontdesk.ui.widgets.fields import DateField, MoneyField, SearchField, Select

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

_ANY_AMOUNT, _AMOUNTS = "any", "between"
_KEY = "payments/filter"


class FilterBar(QWidget):
    """`changed` tells every change; what is chosen is kept in the preferences."""

    changed = Signal()

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setObjectName("paymentsFilter")
        self._context = context
        self._build_choices()
        self._build_ranges()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_5, SPACE_3, SPACE_5, SPACE_3)
        column.setSpacing(SPACE_2)
        first = QHBoxLayout()
        first.setSpacing(SPACE_2)
        first.addWidget(self.search, 1)
        for field in (self.period, self.tender, self.state, self.staff, self.amount):
            first.addWidget(field)
        column.addLayout(first)
        column.addWidget(self._second)
        self._show(Wanted.from_text(context.preferences.text(_KEY)))
        context.session.changed.connect(self._show_staff)
        choices = (self.period, self.tender, self.state, self.staff, self.amount)
        for one in (*choices, self.first_day, self.last_day, self.least, self.most):
            one.edited.connect(self._edited)
        self.search.searched.connect(lambda _text: self._edited())

    def wanted(self) -> Wanted:
        """What is asked for; a day or an amount that cannot be read (yet) does not count."""
        between = self.amount.value() == _AMOUNTS
        days = self.period.value() == DAYS
        return Wanted(
            period=self.period.value(),
            first_day=_read(self.first_day) if days else None,
            last_day=_read(self.last_day) if days else None,
            tender=self.tender.value(),
            state=self.state.value(),
            staff_id=self.staff.value() or 0,
            least=_read(self.least) if between else None,
            most=_read(self.most) if between else None,
            text=self.search.text().strip(),
        )

    def clear(self) -> None:
        """Lets everything through again."""
        with QSignalBlocker(self.search):
            self.search.clear()
        self._show(Wanted())
        self._edited()

    # Pieces

    def _build_choices(self) -> None:
        self.search = SearchField(self.tr("Client, receipt, reference"), name="paymentsSearch")
        self.search.setMinimumWidth(150)
        periods = [
            (self.tr("All days"), ALL),
            (self.tr("Today"), TODAY),
            (self.tr("Yesterday"), YESTERDAY),
            (self.tr("This week"), WEEK),
            (self.tr("This month"), MONTH),
            (self.tr("Choose days…"), DAYS),
        ]
        self.period = self._select(periods, self.tr("Days"), "paymentsPeriod")
        tenders = [(money_words.tender_name(code), code) for code in (*DESK_TENDERS, *STRIPE_TENDERS, FREE)]
        self.tender = self._select(
            [(self.tr("Any tender"), ""), *tenders], self.tr("Tender"), "paymentsTender"
        )
        states = [
            (self.tr("In and out"), ""),
            (self.tr("Payments"), "payments"),
            (self.tr("Refunded payments"), "refunded"),
            (self.tr("Partly refunded payments"), "partly_refunded"),
            (self.tr("Refunds"), "refunds"),
            (money_words.standing("refund_requested")[0], "requested"),
            (money_words.standing("refund_pending")[0], "on_its_way"),
            (money_words.standing("to_be_paid_out")[0], "pending"),
            (money_words.standing("refund_failed")[0], "failed"),
        ]
        self.state = self._select(states, self.tr("Kind and status"), "paymentsState")
        self.staff = self._select([], self.tr("Staff member"), "paymentsStaff")
        self._show_staff()
        amounts = [(self.tr("Any amount"), _ANY_AMOUNT), (self.tr("Between…"), _AMOUNTS)]
        self.amount = self._select(amounts, self.tr("Amount"), "paymentsAmount")

    def _build_ranges(self) -> None:
        formats = self._context.formats
        self.first_day = DateField(formats, name="paymentsFirstDay")
        self.last_day = DateField(formats, name="paymentsLastDay")
        self.least = MoneyField(formats, name="paymentsLeast")
        self.most = MoneyField(formats, name="paymentsMost")
        self._days = self._range(
            (self.tr("From"), self.first_day, self.tr("First day")),
            (self.tr("to"), self.last_day, self.tr("Last day")),
        )
        self._amounts = self._range(
            (self.tr("Amount from"), self.least, self.tr("Least amount")),
            (self.tr("to"), self.most, self.tr("Largest amount")),
        )
        self.clear_button = LinkButton(self.tr("Clear the filter"), self.clear, name="paymentsClear")
        self._second = QWidget()
        line = QHBoxLayout(self._second)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_4)
        line.addWidget(self._days)
        line.addWidget(self._amounts)
        line.addWidget(self.clear_button)
        line.addStretch(1)

    def _select(self, choices: list[tuple[str, str]], label: str, name: str) -> Select:
        field = Select(choices, name=name)
        field.setAccessibleName(label)
        field.setToolTip(label)
        field.setSizeAdjustPolicy(Select.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        field.setMinimumContentsLength(8)
        field.view().setMinimumWidth(170)
        return field

    def _range(self, *ends: tuple[str, DateField | MoneyField, str]) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_2)
        for words, field, name in ends:
            field.setAccessibleName(name)
            field.setFixedWidth(140 if isinstance(field, DateField) else 116)
            line.addWidget(Text(words, "muted"))
            line.addWidget(field)
        return holder

    def _show_staff(self) -> None:
        people = [(one.name, one.id) for one in self._context.session.staff]
        self.staff.set_choices([(self.tr("All staff"), 0), *people])

    def _show(self, wanted: Wanted) -> None:
        self.period.set_value(wanted.period)
        self.first_day.set_value(wanted.first_day)
        self.last_day.set_value(wanted.last_day)
        self.tender.set_value(wanted.tender)
        self.state.set_value(wanted.state)
        known = {one.id for one in self._context.session.staff}
        self.staff.set_value(wanted.staff_id if wanted.staff_id in known else 0)
        between = wanted.least is not None or wanted.most is not None
        self.amount.set_value(_AMOUNTS if between else _ANY_AMOUNT)
        self.least.set_value(wanted.least)
        self.most.set_value(wanted.most)
        self._arrange()

    def _arrange(self) -> None:
        self._days.setVisible(self.period.value() == DAYS)
        self._amounts.setVisible(self.amount.value() == _AMOUNTS)
        plain = self.wanted().is_plain()
        opened = self.period.value() == DAYS or self.amount.value() == _AMOUNTS
        self._second.setVisible(opened or not plain)

    def _edited(self) -> None:
        self._arrange()
        self._context.preferences.set_text(_KEY, self.wanted().to_text())
        self.changed.emit()


def _read(field: DateField | MoneyField) -> Any:
    try:
        return field.value()
    except FrontdeskError:
        return None
