"""How a sale is paid: one tender or several, cash with what was handed over and the change (S2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from frontdesk.errors import Problem
from frontdesk.services.drafts.checkouts import CheckoutDraft
from frontdesk.services.drafts.sales import MOST_PAYMENTS, STRIPE_TENDERS, PaymentDraft, SaleDraft
from frontdesk.services.views.checkouts import StripeTenders
from frontdesk.services.views.money import Money
from frontdesk.ui.dialogs.selling.payment_row import CARD, CASH, PaymentRow
from frontdesk.ui.tokens import SPACE_3
from frontdesk.ui.widgets.basics import LinkButton, Text

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


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
        self._stripe, self._why_not = StripeTenders(False, False, ()), ""
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

    def set_stripe(self, tenders: StripeTenders, why_not: str) -> None:
        """What Stripe can be paid by; with a reason ``why_not`` it cannot be now."""
        self._stripe, self._why_not = tenders, why_not
        for row in self.rows:
            row.set_stripe(tenders, why_not)

    def checkout(self, draft: SaleDraft) -> CheckoutDraft | None:
        """The sale as a checkout, if one of its payments is by Stripe."""
        row = next((one for one in self.rows if one.tender in STRIPE_TENDERS), None)
        if row is None or not draft.payments:
            return None
        return CheckoutDraft(draft, row.reader_id, row.wants_email)

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

    def start_over(self) -> None:
        """One payment in cash of all that is due, as in a sale that was just begun."""
        while self.rows:
            self._drop(self.rows[-1])
        self._add_row()
        self._arrange()
        self._balance()
        self.edited.emit()

    # Pieces

    def _add_row(self, tender: str = CASH) -> PaymentRow:
        at = len(self.rows)
        row = PaymentRow(self._context, name=f"{self.objectName()}{at}")
        row.set_stripe(self._stripe, self._why_not)
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
