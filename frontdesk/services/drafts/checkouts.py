"""Drafts of taking money by Stripe: a sale that waits for it, and a card reader to be set up (S2, S4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from frontdesk.errors import Problem
from frontdesk.services.drafts.checks import line_problems
from frontdesk.services.drafts.sales import ALL_TENDERS, STRIPE_TENDERS, PaymentDraft, SaleDraft

READER: Final = "stripe_reader"
QR_CODE: Final = "stripe_checkout"
CODE_LIMIT: Final = 64
LABEL_LIMIT: Final = 60
ADDRESS_LIMIT: Final = 100


@dataclass(frozen=True, slots=True)
class CheckoutDraft:
    """A sale of which Stripe collects a part, or all: one of its payments has a tender of Stripe's.

    ``reader_id`` is Stripe's name of the card reader, for that tender. With ``email_receipt`` Stripe sends
    its receipt to the client's e-mail address.
    """

    sale: SaleDraft
    reader_id: str = ""
    email_receipt: bool = False

    @property
    def place(self) -> int:
        """Which of the payments is Stripe's; only of a draft without problems."""
        return next(at for at, one in enumerate(self.sale.payments) if one.tender in STRIPE_TENDERS)

    @property
    def payment(self) -> PaymentDraft:
        """What Stripe is to collect; only of a draft without problems."""
        return self.sale.payments[self.place]

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong; the fields are those of the sale, and ``payments.0.reader``."""
        return (*self.sale.problems(ALL_TENDERS), *self._stripe_problems())

    def _stripe_problems(self) -> Iterator[Problem]:
        places = [at for at, one in enumerate(self.sale.payments) if one.tender in STRIPE_TENDERS]
        if not places:
            yield Problem("payments", "checkout.nothing_by_stripe")
        for place in places[1:]:
            yield Problem(f"payments.{place}.tender", "checkout.twice_by_stripe")
        if places and self.sale.payments[places[0]].tender == READER and not self.reader_id:
            yield Problem(f"payments.{places[0]}.reader", "checkout.no_reader")


@dataclass(frozen=True, slots=True)
class ReaderDraft:
    """A card reader to register: the code that it shows, its name, and the address that it stands at.

    ``country`` is an ISO 3166 code of two letters.
    """

    code: str = ""
    label: str = ""
    street: str = ""
    city: str = ""
    postal_code: str = ""
    state: str = ""
    country: str = ""

    def problems(self, *, place_is_known: bool = False) -> tuple[Problem, ...]:
        """What is wrong, field by field; where Stripe knows the place already, the address is not needed."""
        needed = not place_is_known
        return (
            *line_problems("code", self.code, CODE_LIMIT, required=True),
            *line_problems("label", self.label, LABEL_LIMIT, required=True),
            *line_problems("street", self.street, ADDRESS_LIMIT, required=needed),
            *line_problems("city", self.city, ADDRESS_LIMIT, required=needed),
            *line_problems("postal_code", self.postal_code, ADDRESS_LIMIT),
            *line_problems("state", self.state, ADDRESS_LIMIT),
            *(self._country_problems() if needed else ()),
        )

    def _country_problems(self) -> Iterator[Problem]:
        if len(self.country.strip()) != 2 or not self.country.strip().isalpha():
            yield Problem("country", "reader.country_missing")
