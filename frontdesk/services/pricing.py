"""What the lines of a sale cost: the discount split over them, their tax, and until when they may be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from frontdesk.models.calendar import Validity
from frontdesk.models.money import percent_of, split_by_largest_remainder, tax_included, tax_on_top
from frontdesk.services.drafts.sales import DiscountDraft, PaymentDraft


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one version of a package, as a sale takes them (P4). ``price`` in minor units.

    ``status`` is the package's, ``newest`` whether this is its last version.
    """

    package_id: int
    version_id: int
    status: str
    newest: bool
    name: str
    credits: int
    bonus: int
    price: int
    validity: Validity
    eligible: tuple[int, ...] | None
    per_client_limit: int | None
    tax_milli_percent: int


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its money in minor units; ``total`` is what the client pays for it, tax included."""

    terms: Terms
    discount: int
    tax: int
    tax_on_top: bool
    total: int
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Basket:
    """Priced lines and their sums, in minor units."""

    lines: tuple[PricedLine, ...]
    subtotal: int
    discount: int
    tax: int
    total: int


def discount_of(subtotal: int, discount: DiscountDraft | None) -> int:
    """The discount in minor units; a percentage is rounded half up. It may exceed the subtotal."""
    if discount is None:
        return 0
    if discount.milli_percent is not None:
        return percent_of(subtotal, discount.milli_percent)
    assert discount.amount is not None
    return discount.amount.amount


def price_lines(
    terms: Sequence[Terms], discount: int, prices_include_tax: bool, purchase_day: date
) -> Basket:
    """Price the lines with a discount of at most their sum, split by the largest remainder (S2, S5)."""
    prices = [one.price for one in terms]
    shares = split_by_largest_remainder(discount, prices)
    lines = tuple(
        _priced(one, share, prices_include_tax, purchase_day)
        for one, share in zip(terms, shares, strict=True)
    )
    return Basket(
        lines=lines,
        subtotal=sum(prices),
        discount=discount,
        tax=sum(line.tax for line in lines),
        total=sum(line.total for line in lines),
    )


def _priced(terms: Terms, discount: int, prices_include_tax: bool, purchase_day: date) -> PricedLine:
    net, rate = terms.price - discount, terms.tax_milli_percent
    tax = tax_included(net, rate) if prices_include_tax else tax_on_top(net, rate)
    return PricedLine(
        terms=terms,
        discount=discount,
        tax=tax,
        tax_on_top=not prices_include_tax,
        total=net if prices_include_tax else net + tax,
        last_day=terms.validity.last_day(purchase_day),
    )


def change_of(payment: PaymentDraft) -> int:
    """Minor units that go back of the cash handed over; nothing where too little was given so far."""
    if payment.tender != "cash" or payment.cash_given is None:
        return 0
    return max(payment.cash_given.amount - payment.amount.amount, 0)
