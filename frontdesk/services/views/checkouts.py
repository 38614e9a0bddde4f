"""Views of sales that wait for Stripe: the list of them, one with how it stands, and card readers (S4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from frontdesk.models.money import Money
from frontdesk.services.stripe.wire import StripeCall
from frontdesk.services.views.sales import SaleQuote, SaleResult

#: Standings of what ended without a sale.
OVER: Final = ("cancelled", "lapsed", "failed")


@dataclass(frozen=True, slots=True)
class OpenedCheckout:
    """A checkout that was opened; ``uid`` names it at Stripe."""

    checkout_id: int
    uid: str


@dataclass(frozen=True, slots=True)
class CheckoutRow:
    """A checkout in a list. ``amount`` is Stripe's part of ``total``; ``credits`` come once it is paid.

    ``standing`` is one of:
    preparing, unclear (sent, no answer yet), offline (to be made once there is a network: nobody was shown
    how to pay it), dark (it can be paid, and nobody here can see whether it was), refused_now (Stripe is
    busy, or the key is no good for it),
    ready (the page can be paid), sending (to the reader), on_reader, stopped (by the reader, for ``word``),
    under_way (the bank works on it), closing, closing_offline (it may be paid until there is a network),
    closing_unseen (nobody was shown how to pay it), paid, cancelled, lapsed, failed (for ``word``).
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

    @property
    def is_closing(self) -> bool:
        """Whether it was cancelled at the desk, and Stripe has not confirmed that yet."""
        return self.standing in ("closing", "closing_offline", "closing_unseen")

    @property
    def can_cancel(self) -> bool:
        """Whether it is neither over nor being ended, and no bank has begun."""
        return not self.is_closing and self.standing not in ("under_way", "paid", *OVER)

    def seen_offline(self) -> CheckoutRow:
        """The same at a desk that has no network: what happens at Stripe cannot be seen from there."""
        dark = {"closing": "closing_offline", "preparing": "offline", "unclear": "dark"}
        dark |= dict.fromkeys(("ready", "sending", "on_reader", "refused_now"), "dark")
        return replace(self, standing=dark.get(self.standing, self.standing))


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
class Registration:
    """How far a reader is that is being registered: ``state`` as of the outbox, why it does not go on (a code
    with its parameters), and whether that is about the reader itself, not about the place that it stands at.
    """

    state: str
    code: str
    params: Mapping[str, Any]
    of_reader: bool


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
