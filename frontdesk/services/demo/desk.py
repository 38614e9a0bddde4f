"""The demo studio's desk: runs the real use cases at the times that the story gives, in one transaction."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from typing import Concatenate, Literal, ParamSpec, TypeVar
from uuid import UUID

import sqlalchemy as sa

from frontdesk.models.money import Money, percent_of
from frontdesk.services.demo.setting import CURRENCY
from frontdesk.services.drafts.credits import VisitDraft
from frontdesk.services.drafts.sales import DiscountDraft, PaymentDraft, SaleDraft, SaleLineDraft
from frontdesk.services.package_lists import packages_on_sale
from frontdesk.services.sales import sell
from frontdesk.services.unit_of_work import NOBODY, Actor, UnitOfWork
from frontdesk.services.views.packages import PackageOffer
from frontdesk.services.views.sales import SaleResult
from frontdesk.services.views.visits import RecordedVisit
from frontdesk.services.visits import record_visit

P = ParamSpec("P")
T = TypeVar("T")

_TENDERS = ("external_card", "cash", "bank_transfer")
_BANKNOTES = (1000, 2000, 5000)


class MovedClock:
    """A clock that the story puts forward."""

    follows_server = False

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it was put to."""
        return self.at


class Desk:
    """Does everything on one connection, so that the demo studio is there as a whole or not at all."""

    def __init__(self, connection: sa.Connection, rng: random.Random, at: datetime) -> None:
        self.rng = rng
        self.clock = MovedClock(at)
        self._connection = connection
        self._actor = NOBODY
        self._offers: dict[str, PackageOffer] = {}

    def sits(self, staff_id: int, desk_id: int) -> None:
        """Who acts from now on."""
        self._actor = Actor(staff_id, desk_id)

    def someone_sits(self) -> None:
        """The owner or one of her colleagues acts from now on."""
        self.sits(self.rng.choices((1, 2, 3), (5, 4, 2))[0], self._actor.desk_id)

    def do(self, use_case: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case as a command of its own, now by the story's clock."""
        command_id = UUID(int=self.rng.getrandbits(128), version=4)
        return use_case(UnitOfWork(self._connection, self.clock, self._actor, command_id), *args, **kwargs)

    def look_at_prices(self) -> None:
        """Learn which version of each package is on sale."""
        self._offers = {offer.name: offer for offer in self.do(packages_on_sale)}

    def sell(
        self, client_id: int, package: str, *, tender: str = "", discount: DiscountDraft | None = None
    ) -> SaleResult:
        """Sell a package; an empty ``tender`` leaves it to chance, and splits a larger sum now and then."""
        offer = self._offers[package]
        price = offer.price.amount
        if discount is not None:
            assert discount.milli_percent is not None
            price -= percent_of(price, discount.milli_percent)
        draft = SaleDraft(
            client_id=client_id,
            lines=(SaleLineDraft(offer.package_id, offer.version_id),),
            discount=discount,
            payments=self._payments(price, tender),
            settle_unpaid_visits=True,
        )
        return self.do(sell, draft)

    def attend(
        self, client_id: int, class_type_id: int, class_at: datetime, credits: int, *, unpaid: bool = False
    ) -> RecordedVisit:
        """Record a visit; without credits it is refused, or unpaid if that is wanted."""
        when_short: Literal["unpaid", "refuse"] = "unpaid" if unpaid else "refuse"
        return self.do(
            record_visit, VisitDraft(client_id, credits, class_at, class_type_id, when_short=when_short)
        )

    def _payments(self, total: int, tender: str) -> tuple[PaymentDraft, ...]:
        if not tender and total > 5000 and self.rng.random() < 0.06:
            return (self._payment("cash", 2000), self._payment("external_card", total - 2000))
        chosen = tender or self.rng.choices(_TENDERS, (62, 28, 10))[0]
        return (self._payment(chosen, total),)

    def _payment(self, tender: str, amount: int) -> PaymentDraft:
        money = Money(amount, CURRENCY)
        if tender == "cash":
            note = self.rng.choice(_BANKNOTES)
            return PaymentDraft(tender, money, cash_given=Money(-(-amount // note) * note, CURRENCY))
        prefix = "T" if tender == "external_card" else "Transfer "
        return PaymentDraft(tender, money, reference=f"{prefix}{self.rng.randrange(100_000, 999_999)}")
