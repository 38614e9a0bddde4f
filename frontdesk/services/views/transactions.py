"""Views of transactions: pages of the list, totals, the takings of a day, and one transaction in full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from frontdesk.models.money import Money
from frontdesk.services.drafts.transactions import TransactionKey
from frontdesk.services.views.refunds import RefundMade
from frontdesk.services.views.revenue import Disputed


@dataclass(frozen=True, slots=True)
class TransactionRow:
    """A payment, or a part of a refund (its amount is negative). ``kind``: payment or refund.

    ``what`` names the sale's packages. ``status``: requested, pending, succeeded, failed or cancelled.
    ``standing`` is what is told of it (`frontdesk.services.views.standings`); a payment's is what became of
    its money (S6). ``disputed`` says so of a payment by Stripe which the bank was asked to take back (S8).
    ``at_desk`` says of a sale by Stripe that a desk began it, so that its page was a QR code.
    """

    id: int
    at: datetime
    kind: str
    tender: str
    amount: Money
    status: str
    receipt: str
    reference: str
    sale_id: int
    refund_id: int | None
    client_id: int
    client: str
    staff: str
    what: str
    standing: str
    disputed: bool = False
    at_desk: bool = False

    @property
    def key(self) -> TransactionKey:
        """Where a page that ends with this row ends."""
        return TransactionKey(self.at, self.amount.amount, self.id)


@dataclass(frozen=True, slots=True)
class TransactionPage:
    """A page of transactions; ``more`` begins the next page, None at the end."""

    rows: tuple[TransactionRow, ...]
    more: TransactionKey | None


@dataclass(frozen=True, slots=True)
class TenderTotal:
    """Money by one tender. ``refunded`` (not negative) counts what was refunded and did not fail.

    ``pending`` is the part of it that is not confirmed yet.
    """

    tender: str
    payments: int
    received: Money
    refunds: int
    refunded: Money
    pending: Money

    @property
    def net(self) -> Money:
        """Received less refunded."""
        return self.received - self.refunded


@dataclass(frozen=True, slots=True)
class TransactionTotals:
    """Totals of a filter, or of a day, by tender and over all.

    ``count`` counts all rows, failed ones too, which no amount includes. ``partial`` says that so many rows
    match the text that only the newest were looked at.
    """

    tenders: tuple[TenderTotal, ...]
    all: TenderTotal
    count: int
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Takings:
    """The money of one business day in the studio's zone; no sum is less for what is ``disputed`` of it."""

    day: date
    totals: TransactionTotals
    disputed: Disputed


@dataclass(frozen=True, slots=True)
class DetailLine:
    """A line of the transaction's sale, with what became of its credits, purchased and bonus together.

    ``disputed`` of those ``left`` are set aside while its payment is disputed (S8). ``requested`` are not
    left: they are set aside for refunds that Stripe has yet to accept (S6).
    """

    sale_line_id: int
    name: str
    credits: int
    bonus: int
    list_price: Money
    discount: Money
    tax: Money
    total: Money
    used: int
    left: int
    last_day: date | None
    disputed: int = 0
    requested: int = 0


@dataclass(frozen=True, slots=True)
class DetailPayment:
    """A payment of the transaction's sale; ``lost`` of it is what disputes took for good, if any (S8)."""

    transaction_id: int
    tender: str
    amount: Money
    status: str
    reference: str
    cash_given: Money | None
    cash_change: Money | None
    lost: Money | None = None


@dataclass(frozen=True, slots=True)
class TransactionDetail:
    """One transaction with its whole sale: lines, payments, refunds, discount, who, where and when."""

    row: TransactionRow
    sale_receipt: str
    sold_at: datetime
    sold_by: str
    desk: str
    subtotal: Money
    discount: Money
    discount_code: str
    discount_text: str
    tax: Money
    tax_name: str
    total: Money
    lines: tuple[DetailLine, ...]
    payments: tuple[DetailPayment, ...]
    refunds: tuple[RefundMade, ...]
    can_void: bool
    can_refund: bool
    can_mark_done: bool
    can_mark_failed: bool
