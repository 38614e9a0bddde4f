"""Views of sales that wait for Stripe: the list of them, one with how it stands, and card readers (S4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from frontdesk.models.money import Money
from frontdesk.services.stripe.wire import StripeCall
from frontdesk.services.views.sales import SaleQuote, SaleResult


@dataclass(frozen=True, slots=True)
class OpenedCheckout:
    """A checkout that was opened; ``uid`` names it at Stripe."""

    checkout_id: int
    uid: str


@dataclass(frozen=True, slots=True)
class CheckoutRow:
    """A checkout in a list. ``amount`` is Stripe's part of ``total``; ``credits`` come once it is paid.

    ``standing`` is one of:
    preparing, unclear (sent, no answer yet), offline (to be sent once there is a network), refused_now (Stripe
    is busy, or the key is no good for it),
    ready (the page can be paid), sending (to the reader), on_reader, stopped (by the reader, for ``word``),
    under_way (the bank works on it), closing, paid, cancelled, lapsed, failed (for ``word``).
    """

    id: int
    client_id: int
    client: str
    tender: str
    amount: Money
    total: Money
    credits: int
    opened_at: datetime
    expires_at: datetime | None
    standing: str
    word: str
    staff: str
    sale_id: int | None


@dataclass(frozen=True, slots=True)
class CheckoutView:
    """One checkout: what it sells (its days as of the purchase, or of now), and how it stands.

    ``url`` is where it is paid, "" where it cannot be. ``result`` is the sale once there is one.
    ``others`` are the payments by other tenders, which the client has handed over already.
    """

    row: CheckoutRow
    quote: SaleQuote
    url: str
    reader_id: str
    reader: str
    others: tuple[tuple[str, Money], ...]
    result: SaleResult | None


@dataclass(frozen=True, slots=True)
class WatchedCheckout:
    """What to ask Stripe about an open checkout, and after how many seconds again."""

    checkout_id: int
    calls: tuple[StripeCall, ...]
    every: int


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """A card reader as it was last seen; ``online`` can be out of date."""

    id: str
    label: str
    device: str
    online: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class StripeTenders:
    """What can be paid by Stripe at this desk: ``refused`` is the code of why nothing can, None if it can.

    ``email`` is the client's, to which Stripe may send its receipt.
    """

    connected: bool
    livemode: bool
    readers: tuple[ReaderRow, ...]
    refused: str | None = None
    email: str = ""
