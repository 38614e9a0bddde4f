"""Views of sales: what the dialog shows before paying, a sale made, a client's purchases, and receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from frontdesk.errors import Problem
from frontdesk.models.money import Money


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line as it would be sold now. ``total`` is what the client pays for it, tax included.

    ``last_day`` is the last local date of use (C4; None: never expires). With ``starts_with_first_class`` it
    is the latest possible one, and the validity begins on ``first_class_by`` at the latest.
    """

    package_id: int
    version_id: int
    name: str
    credits: int
    bonus: int
    list_price: Money
    discount: Money
    tax: Money
    tax_milli_percent: int
    tax_on_top: bool
    total: Money
    last_day: date | None
    starts_with_first_class: bool = False
    first_class_by: date | None = None


@dataclass(frozen=True, slots=True)
class SaleQuote:
    """What the dialog shows before paying. ``due`` is the total less the draft's payments (below 0: too
    much).

    ``change`` is what goes back to the client of the cash handed over. ``problems`` name why the sale would
    be refused now: terms that changed meanwhile, a package not on sale any more, a limit per client, a
    discount that is too large; their fields are those of ``SaleDraft``. ``unpaid_visits`` and
    ``unpaid_credits`` are what the new credits could settle (C12).
    """

    lines: tuple[QuoteLine, ...]
    subtotal: Money
    discount: Money
    tax: Money
    tax_name: str
    tax_on_top: bool
    total: Money
    due: Money
    change: Money
    credits: int
    bonus: int
    unpaid_visits: int
    unpaid_credits: int
    problems: tuple[Problem, ...] = ()

    @property
    def last_days(self) -> tuple[date | None, ...]:
        """The last day of use of each line."""
        return tuple(line.last_day for line in self.lines)


@dataclass(frozen=True, slots=True)
class SoldLine:
    """Until when a line's credits may be used, as the sale wrote it; read as on a quote's line."""

    last_day: date | None
    starts_with_first_class: bool = False


@dataclass(frozen=True, slots=True)
class SaleResult:
    """A sale that was made and is durable. ``settled_visits`` counts the unpaid visits it paid for.

    ``lines`` are those of the sale in their order: it may have been made on another day than its quote.
    """

    sale_id: int
    client_id: int
    receipt: str
    total: Money
    change: Money
    lot_ids: tuple[int, ...]
    settled_visits: int = 0
    lines: tuple[SoldLine, ...] = ()


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """One package of a purchase, with what became of its credits, purchased and bonus together.

    ``under_way`` is to go back and has not gone yet; ``refunded`` has (S6). ``lost`` a dispute took (S8).
    """

    sale_line_id: int
    name: str
    credits: int
    bonus: int
    total: Money
    refunded: Money
    under_way: Money
    lost: Money
    used: int
    left: int
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Purchase:
    """A sale in a client's Purchases. ``status``: what became of its money (`services.views.standings`).

    ``can_void`` says that it is of today's business day and not taken back yet (S2), ``at_desk`` of a sale
    by Stripe that a desk began it.
    """

    sale_id: int
    receipt: str
    sold_at: datetime
    staff: str
    tenders: tuple[str, ...]
    at_desk: bool
    total: Money
    refunded: Money
    status: str
    can_void: bool
    lines: tuple[PurchaseLine, ...]


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A line of a receipt; its credits read as 10 + 2. ``discount`` and ``total`` as on a quote's line.

    On a refund's receipt ``total`` is what went back and ``credits`` how many were voided.
    """

    name: str
    credits: int
    bonus: int
    list_price: Money
    discount: Money
    total: Money
    last_day: date | None
    starts_with_first_class: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptTax:
    """The tax of one rate; the rate in thousandths of a percent, ``net`` without the tax."""

    name: str
    rate_milli_percent: int
    net: Money
    tax: Money
    on_top: bool


@dataclass(frozen=True, slots=True)
class ReceiptTender:
    """Money that came in, or went back, by one tender. ``at_desk``: by Stripe, for a sale begun at a desk."""

    tender: str
    amount: Money
    reference: str = ""
    cash_given: Money | None = None
    cash_change: Money | None = None
    at_desk: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that a receipt prints (S10). ``kind``: sale, refund or void; ``copy``: it says COPY.

    ``of_receipt`` is the number of the sale that a refund belongs to. ``at`` is in UTC, to be shown in the
    studio's ``zone``.
    """

    kind: str
    id: int
    number: str
    copy: bool
    at: datetime
    zone: str
    studio: str
    demo: bool
    header: str
    footer: str
    client: str
    staff: str
    lines: tuple[ReceiptLine, ...]
    subtotal: Money
    discount: Money
    taxes: tuple[ReceiptTax, ...]
    total: Money
    tenders: tuple[ReceiptTender, ...]
    of_receipt: str = ""
