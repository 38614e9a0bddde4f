"""A till for tests of money: sales, refunds and voids in few words, at the desk of the credits' tests."""

from __future__ import annotations

from typing import Any

import pytest

from frontdesk.models.money import Money
from frontdesk.services.drafts.refunds import RefundDraft
from frontdesk.services.drafts.sales import (
    DiscountDraft,
    PaymentDraft,
    SaleDraft,
    SaleLineDraft,
    VoidSaleDraft,
)
from frontdesk.services.office import Office
from frontdesk.services.package_lists import packages_on_sale
from frontdesk.services.refunds import refund_view, request_refund
from frontdesk.services.sales import quote, sell
from frontdesk.services.unit_of_work import Actor
from frontdesk.services.views.refunds import RefundLine, RefundResult, RefundView
from frontdesk.services.views.sales import SaleQuote, SaleResult
from frontdesk.services.void_sale import void_sale
from tests.builders import SetClock, make_package
from tests.services.credit_desk import CreditDesk


class Till(CreditDesk):
    """Verbs take the client first made, and a pack of 10 + 2 for 90.00, unless told otherwise."""

    def __init__(self, office: Office, actor: Actor, clock: SetClock, currency: str = "USD") -> None:
        super().__init__(office, actor, clock)
        self.currency = currency

    def money(self, amount: int) -> Money:
        """An amount in minor units of the studio's currency."""
        return Money(amount, self.currency)

    def on_sale(self, name: str = "10-class pack", price: int = 9000, **changes: Any) -> SaleLineDraft:
        """A line of the package with this name, which is put on sale if it isn't yet."""
        if all(one.name != name for one in self.see(packages_on_sale)):
            make_package(self.office, self.actor, name=name, price=self.money(price), **changes)
        offer = next(one for one in self.see(packages_on_sale) if one.name == name)
        return SaleLineDraft(offer.package_id, offer.version_id)

    def cash(self, amount: int, given: int | None = None) -> PaymentDraft:
        """A payment in cash."""
        return PaymentDraft("cash", self.money(amount), "", None if given is None else self.money(given))

    def by_card(self, amount: int, reference: str = "T-1") -> PaymentDraft:
        """A payment by the external terminal."""
        return PaymentDraft("external_card", self.money(amount), reference)

    def by_transfer(self, amount: int) -> PaymentDraft:
        """A payment by bank transfer."""
        return PaymentDraft("bank_transfer", self.money(amount))

    def draft(
        self,
        *lines: SaleLineDraft,
        discount: DiscountDraft | None = None,
        payments: tuple[PaymentDraft, ...] | None = None,
        client_id: int | None = None,
        settle: bool = False,
    ) -> SaleDraft:
        """A sale, paid exactly in cash unless told otherwise."""
        wanted = lines or (self.on_sale(),)
        basket = SaleDraft(client_id or self.mira, wanted, discount, (), settle)
        if payments is None:
            total = self.see(quote, basket).total.amount
            payments = (self.cash(total),) if total else ()
        return SaleDraft(basket.client_id, wanted, discount, payments, settle)

    def take(self, *lines: SaleLineDraft, **fields: Any) -> SaleResult:
        """Make a sale."""
        return self.do(sell, self.draft(*lines, **fields))

    def quote(self, *lines: SaleLineDraft, **fields: Any) -> SaleQuote:
        """What a sale would cost."""
        return self.see(quote, self.draft(*lines, **fields))

    def refund_view(self, sale: SaleResult) -> RefundView:
        """Both sides of a sale."""
        return self.see(refund_view, sale.sale_id)

    def line(self, sale: SaleResult, place: int = 0) -> RefundLine:
        """Both sides of one of its lines."""
        return self.refund_view(sale).lines[place]

    def refund_draft(
        self, sale: SaleResult, amount: int | None = None, credits: int | None = None, **fields: Any
    ) -> RefundDraft:
        """A refund of the sale's first line: what is suggested, unless told otherwise."""
        line = self.line(sale, fields.pop("place", 0))
        amount = line.suggested.amount if amount is None else amount
        return RefundDraft(
            line.sale_line_id,
            self.money(amount),
            line.credits_for_amount(amount) if credits is None else credits,
            fields.pop("reason_code", "client_request"),
            **fields,
        )

    def refund(self, sale: SaleResult, amount: int | None = None, **fields: Any) -> RefundResult:
        """Refund the sale's first line."""
        return self.do(request_refund, self.refund_draft(sale, amount, **fields))

    def void(self, sale: SaleResult, **fields: Any) -> RefundResult:
        """Take the sale back."""
        return self.do(void_sale, VoidSaleDraft(sale.sale_id, "entered_twice", **fields))


@pytest.fixture
def till(office: Office, actor: Actor, clock: SetClock) -> Till:
    """A till in a studio that counts in USD, with one client."""
    return Till(office, actor, clock)
