"""The form of a sale: client, packages, discount, unpaid visits and payments, each with its problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from frontdesk.errors import Problem
from frontdesk.services.drafts.sales import SaleDraft
from frontdesk.services.views.packages import PackageOffer
from frontdesk.services.views.sales import SaleQuote
from frontdesk.ui.dialogs.selling.basket import PackageBasket
from frontdesk.ui.dialogs.selling.discount import DiscountPart
from frontdesk.ui.dialogs.selling.payments import PaymentsPart
from frontdesk.ui.dialogs.selling.still_waiting import StillWaiting
from frontdesk.ui.tokens import SPACE_3
from frontdesk.ui.widgets.basics import Rule
from frontdesk.ui.widgets.client_picker import ClientPicker
from frontdesk.ui.widgets.fields import CheckField
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.surfaces import KeyValues

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

SETTLE = "settle_unpaid_visits"


class SaleForm(Form):
    """Fills in a SaleDraft. Problems of its parts (`discount.amount`, `payments.0.reference`) go to them."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context.messages, name="sellForm")
        self._context = context
        self.picker: ClientPicker = self.add(
            "client_id", self.tr("Client"), ClientPicker(context, name="sellClient")
        )
        self.waiting = StillWaiting(context, name="sellWaiting")
        self.add_widget(self.waiting)
        self.basket: PackageBasket = self.add(
            "lines", self.tr("Package"), PackageBasket(context, name="sellPackages")
        )
        self.settle: CheckField = self.add(SETTLE, "", CheckField("", name="sellSettle"))
        self.set_visible(SETTLE, False)
        self.discount = DiscountPart(context, name="sellDiscount")
        self.payments = PaymentsPart(context, name="sellPayment")
        self.links = QWidget()
        line = QHBoxLayout(self.links)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_3)
        for link in (self.basket.more_button, self.discount.open_button, self.payments.split_button):
            line.addWidget(link)
        line.addStretch(1)
        self.add_widget(self.links)
        self.add_widget(self.discount)
        self.sums = KeyValues(name="sellSums", right=True)
        self.sums.hide()
        self.add_widget(self.sums)
        self.add_widget(Rule())
        self.add_widget(self.payments)
        for part in (self.discount, self.payments):
            part.edited.connect(self._part_edited)

    def draft(self) -> SaleDraft:
        """The sale as far as it can be read."""
        values = self.readable_values()
        return SaleDraft(
            client_id=values.get("client_id"),
            lines=values["lines"],
            discount=self.discount.draft(),
            payments=self.payments.drafts(),
            settle_unpaid_visits=bool(values[SETTLE]) and not self.settle.isHidden(),
        )

    def is_readable(self) -> bool:
        """Whether all that is typed can be read; what cannot is marked and has the focus."""
        return self.values() is not None and self.discount.is_readable() and self.payments.is_readable()

    def show_quote(self, quote: SaleQuote | None, offers: Sequence[PackageOffer]) -> None:
        """What it comes to; without a quote (no client yet) the sum of the prices."""
        self.links.setVisible(bool(offers))
        self._show_sums(quote)
        unpaid = quote is not None and quote.unpaid_visits > 0 and quote.credits > 0
        self.set_visible(SETTLE, unpaid)
        if quote is not None:
            self.basket.show_quote(quote.lines)
            self.payments.set_total(quote.total)
        if quote is not None and unpaid:
            self._offer_to_settle(quote.unpaid_visits, quote.unpaid_credits)

    # Form

    def show_problems(self, problems: Iterable[Problem], *, focus: bool = True) -> bool:
        """Shows each problem where its field is."""
        own: list[Problem] = []
        parts: dict[str, list[Problem]] = {"discount": [], "payments": []}
        for problem in problems:
            part, _, field = problem.field.partition(".")
            if part in parts:
                parts[part].append(Problem(field, problem.code, problem.params))
            else:
                own.append(problem)
        found = super().show_problems(own, focus=focus)
        found |= self.discount.show_problems(parts["discount"], focus=focus and not found)
        found |= self.payments.show_problems(parts["payments"], focus=focus and not found)
        return found

    def snapshot(self) -> dict[str, Any]:
        """What is typed, in all parts."""
        return {
            **super().snapshot(),
            "discount": self.discount.snapshot(),
            "payments": self.payments.snapshot(),
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Puts back what `snapshot` took."""
        self.discount.restore(snapshot["discount"])
        self.payments.restore(snapshot["payments"])
        super().restore(snapshot)

    # Pieces

    def _part_edited(self) -> None:
        self.is_touched = True
        self.edited.emit()

    def _offer_to_settle(self, visits: int, credits: int) -> None:
        number = self._context.formats.number
        told = (
            self.tr("Settle 1 unpaid visit with the new credits (it takes {credits})")
            if visits == 1
            else self.tr("Settle {visits} unpaid visits with the new credits (they take {credits})")
        ).format(visits=number(visits), credits=number(credits))
        self.settle.setText(told)
        self.settle.setAccessibleName(told)

    def _show_sums(self, quote: SaleQuote | None) -> None:
        if quote is None or not (quote.discount or quote.tax):
            self.sums.hide()
            return
        amount = self._context.formats.amount
        pairs = [(self.tr("Prices"), amount(quote.subtotal))]
        if quote.discount:
            pairs.append((self.tr("Discount"), amount(-quote.discount.amount)))
        if quote.tax:
            name = quote.tax_name or self.tr("Tax")
            words = name if quote.tax_on_top else self.tr("{tax} included").format(tax=name)
            pairs.append((words, amount(quote.tax)))
        total = self.tr("Total")
        self.sums.set([*pairs, (total, amount(quote.total))], strong=total)
        self.sums.show()
