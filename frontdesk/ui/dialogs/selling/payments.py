"""How a sale is paid: one tender or several, cash with what was handed over and the change (S2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.errors import Problem
from frontdesk.models.money import Money
from frontdesk.services.drafts.sales import DESK_TENDERS, MOST_PAYMENTS, PaymentDraft
from frontdesk.ui import money_words, sale_words
from frontdesk.ui.tokens import SPACE_1, SPACE_3
from frontdesk.ui.widgets.basics import IconButton, LinkButton, SecondaryButton, Text
from frontdesk.ui.widgets.choices import Segments
from frontdesk.ui.widgets.fields import MoneyField, TextField
from frontdesk.ui.widgets.form import Form

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

CASH, CARD = DESK_TENDERS[0], DESK_TENDERS[1]


class PaymentsPart(QWidget):
    """One payment of all that is due, or several that add up to it; nothing for a sale that costs nothing.

    `split_button` is placed by the form.
    """

    edited = Signal()

    def __init__(self, context: UiContext, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._context = context
        self._total: Money | None = None
        self.rows: list[PaymentRow] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        self._nothing = Text(self.tr("There is nothing to pay."), "muted", name=f"{name}Nothing")
        column.addWidget(self._nothing)
        self._column = QVBoxLayout()
        self._column.setSpacing(SPACE_3)
        column.addLayout(self._column)
        self._problem = Text("", "problem", wrap=True, name=f"{name}Problem")
        column.addWidget(self._problem)
        self.split_button = LinkButton(
            self.tr("Split the payment"), self.split, name=f"{name}Split", icon="plus"
        )
        self.split_button.setToolTip(self.tr("Split the payment  Alt+S"))
        self._add_row()
        self._arrange()

    # For the dialog

    def set_total(self, total: Money | None) -> None:
        """What all payments come to; None while that is not known."""
        if total != self._total:
            self._total = total
            self._balance()
            self._arrange()

    def drafts(self) -> tuple[PaymentDraft, ...]:
        """The payments as far as they can be read; none while the total is not known or nothing."""
        if not self._total:
            return ()
        return tuple(row.draft() for row in self.rows)

    def is_readable(self) -> bool:
        """Whether all that is typed can be read; what cannot is marked."""
        if not self._total:
            return True
        unreadable = [row for row in self.rows if row.form.values() is None]
        return not unreadable

    def change(self) -> int:
        """What goes back to the client of the cash handed over, in minor units; below 0: too little."""
        return sum(row.change() for row in self.rows) if self._total else 0

    def split(self) -> None:
        """One payment more; it takes what is still due."""
        if not self._total or len(self.rows) >= MOST_PAYMENTS:
            return
        added = self._add_row(tender=CARD if self.rows[-1].tender == CASH else CASH)
        self._arrange()
        self._balance()
        first = self.rows[0].form["amount"] if len(self.rows) == 2 else added.form["amount"]
        first.setFocus()
        first.selectAll()
        self.edited.emit()

    def choose(self, tender: str) -> None:
        """Another way to pay, for the payment that has the focus, else the last one."""
        row = next((one for one in self.rows if one.isAncestorOf(self.focusWidget())), self.rows[-1])
        row.choose(tender)
        row.focus_next_field()

    def focus_first(self) -> None:
        """What is to be typed first."""
        if self._total is None or self._total:
            self.rows[0].focus_next_field()

    def show_problems(self, problems: Iterable[Problem], *, focus: bool) -> bool:
        """Problems of the payments beside their fields; what is wrong with all of them beneath."""
        found = False
        by_row: dict[int, list[Problem]] = {}
        whole: list[str] = []
        for problem in problems:
            found = True
            at, _, field = problem.field.partition(".")
            if at.isdecimal() and int(at) < len(self.rows):
                by_row.setdefault(int(at), []).append(Problem(field, problem.code, problem.params))
            else:
                whole.append(self._context.messages.problem(problem))
        for place, row in enumerate(self.rows):
            shown = row.form.show_problems(by_row.get(place, []), focus=focus)
            focus = focus and not shown
        self._problem.setText("\n".join(whole))
        self._problem.setVisible(bool(whole))
        return found

    def snapshot(self) -> list[dict[str, Any]]:
        """What is typed, for keeping a draft."""
        return [{**row.form.snapshot(), "": row.is_set} for row in self.rows]

    def restore(self, snapshot: Sequence[dict[str, Any]]) -> None:
        """Puts back what `snapshot` took."""
        while self.rows:
            self._drop(self.rows[-1])
        for kept in snapshot:
            row = self._add_row()
            row.form.restore({key: raw for key, raw in kept.items() if key})
            row.is_set = bool(kept[""])
            row.show_tender()
        self._arrange()

    # Pieces

    def _add_row(self, tender: str = CASH) -> PaymentRow:
        at = len(self.rows)
        row = PaymentRow(self._context, name=f"{self.objectName()}{at}")
        row.choose(tender)
        row.form.edited.connect(partial(self._row_edited, row))
        row.remove_button.clicked.connect(partial(self._remove, row))
        self.rows.append(row)
        self._column.addWidget(row)
        return row

    def _remove(self, row: PaymentRow) -> None:
        self._drop(row)
        self._arrange()
        self._balance()
        self.rows[-1].focus_next_field()
        self.edited.emit()

    def _drop(self, row: PaymentRow) -> None:
        self.rows.remove(row)
        row.hide()
        row.deleteLater()

    def _row_edited(self, row: PaymentRow) -> None:
        self._problem.hide()
        if row.form["amount"].hasFocus():
            row.is_set = True
        row.show_tender()
        self._balance()
        self.edited.emit()

    def _balance(self) -> None:
        """The last payment that nobody typed takes what the others leave."""
        if not self._total:
            return
        if len(self.rows) == 1:
            self.rows[0].is_set = False
        free = [row for row in self.rows if not row.is_set]
        if free:
            others = sum(row.amount() for row in self.rows if row is not free[-1])
            free[-1].form["amount"].set_value(max(0, self._total.amount - others))
        for row in self.rows:
            row.offer_amounts(3 if len(self.rows) == 1 else 1)

    def _arrange(self) -> None:
        pays = self._total is None or bool(self._total)
        several = len(self.rows) > 1
        for row in self.rows:
            row.setVisible(pays)
            row.form.set_visible("amount", several)
            row.remove_button.setVisible(several)
        self._nothing.setVisible(not pays)
        self._problem.setVisible(pays and bool(self._problem.text()))
        self.split_button.setVisible(pays and len(self.rows) < MOST_PAYMENTS)


class PaymentRow(QWidget):
    """One payment: its tender, its amount where there are several, and what that tender asks for."""

    def __init__(self, context: UiContext, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._formats = context.formats
        #: The amount was typed by a person and stays.
        self.is_set = False
        formats = context.formats
        self.form = Form(context.messages, name=f"{name}Form")
        self.remove_button = IconButton("close", self.tr("Take this payment out"), name=f"{name}Remove")
        tenders = [(money_words.tender_name(code), code) for code in DESK_TENDERS]
        segments = Segments(tenders, name=f"{name}Tender")
        segments.setToolTip(self.tr("Alt+1 cash, Alt+2 card terminal, Alt+3 bank transfer"))
        self.form.add("tender", self.tr("Paid by"), segments, beside=[self.remove_button])
        self.form.add("amount", self.tr("Amount"), MoneyField(formats, name=f"{name}Amount"))
        self.form.add(
            "cash_given",
            self.tr("Cash given"),
            MoneyField(formats, name=f"{name}Given"),
            beside=[self._quick(name)],
        )
        reference = TextField(name=f"{name}Reference")
        self.form.add("reference", self.tr("Reference"), reference)
        self.form.side_by_side("amount", "cash_given", "reference")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        for key in ("cash_given", "amount"):
            self.form[key].setFixedWidth(140)
        self.show_tender()

    @property
    def tender(self) -> str:
        """The code of the tender."""
        return str(self.form["tender"].value())

    def choose(self, tender: str) -> None:
        """Another tender."""
        self.form["tender"].set_value(tender)
        self.show_tender()
        self.form.edited.emit()

    def amount(self) -> int:
        """Minor units, 0 while they cannot be read."""
        return int(self.form.readable_values().get("amount") or 0)

    def change(self) -> int:
        """Cash given less the amount; 0 where nothing was typed."""
        given = self.form.readable_values().get("cash_given")
        return int(given) - self.amount() if self.tender == CASH and given is not None else 0

    def draft(self) -> PaymentDraft:
        """The payment as far as it can be read."""
        values, code = self.form.readable_values(), self._formats.currency
        given = values.get("cash_given") if self.tender == CASH else None
        return PaymentDraft(
            tender=self.tender,
            amount=Money(self.amount(), code),
            reference="" if self.tender == CASH else values["reference"],
            cash_given=None if given is None else Money(given, code),
        )

    def show_tender(self) -> None:
        """Only what belongs to the tender."""
        is_cash = self.tender == CASH
        self.form.set_visible("cash_given", is_cash)
        self.form.set_visible("reference", not is_cash)
        hints = {
            CASH: "",
            CARD: self.tr("as the terminal printed it"),
        }
        self.form["reference"].setPlaceholderText(hints.get(self.tender, self.tr("if there is one")))

    def offer_amounts(self, most: int) -> None:
        """Offers round amounts for what is due now."""
        due = self.amount()
        self.form["cash_given"].setPlaceholderText(self._formats.amount(due) if due else "")
        offered = sale_words.quick_amounts(due)[:most] if due else ()
        for at, button in enumerate(self._buttons):
            amount = offered[at] if at < len(offered) else 0
            button.setVisible(bool(amount))
            button.setProperty("amount", amount)
            button.setText(self._formats.amount(amount))
            button.setAccessibleName(self.tr("{amount} given").format(amount=self._formats.money(amount)))

    def focus_next_field(self) -> None:
        """What is to be typed for this tender."""
        self.form["cash_given" if self.tender == CASH else "reference"].setFocus()

    def _quick(self, name: str) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_1)
        self._buttons: list[SecondaryButton] = []
        for at in range(3):
            button = SecondaryButton("", name=f"{name}Quick{at}")
            button.clicked.connect(partial(self._given, button))
            button.hide()
            self._buttons.append(button)
            line.addWidget(button)
        return holder

    def _given(self, button: SecondaryButton, _checked: bool = False) -> None:
        field = self.form["cash_given"]
        field.set_value(int(button.property("amount")))
        field.setFocus()
        field.edited.emit()
