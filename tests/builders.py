"""Studios, packages and clients for tests, made by the same use cases that the program runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from frontdesk.models.money import Money
from frontdesk.services.clients import create_client
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.drafts.packages import PackageDraft
from frontdesk.services.drafts.sales import FREE, PaymentDraft, SaleDraft, SaleLineDraft
from frontdesk.services.drafts.settings import StudioDraft
from frontdesk.services.office import Office
from frontdesk.services.package_lists import packages_on_sale
from frontdesk.services.packages import create_package, publish_package
from frontdesk.services.sales import sell
from frontdesk.services.settings import create_studio
from frontdesk.services.unit_of_work import NOBODY, Actor
from frontdesk.services.views.sales import SaleResult

#: When a test's clock starts: an ordinary Monday morning in Berlin.
MORNING = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)

STUDIO = StudioDraft(
    name="Sunrise", currency="USD", zone="Europe/Berlin", desk_name="Front desk", owner_name="Ana"
)
PACK = PackageDraft(name="10-class pack", credits=10, bonus=2, price=Money(9000, "USD"), validity_count=90)


class Seconds:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        """The time, in seconds."""
        return self.at


class SetClock:
    """A clock that stands still until the test moves it."""

    follows_server = False

    def __init__(self, at: datetime = MORNING) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant that was set."""
        return self.at

    def pass_time(self, **span: float) -> None:
        """Move on by days, hours, minutes … as timedelta takes them."""
        self.at += timedelta(**span)


def build_studio(office: Office, **changes: Any) -> Actor:
    """Found a studio (``changes`` to ``STUDIO``); its owner at its first desk."""
    founded = office.write(create_studio, NOBODY, None, replace(STUDIO, **changes)).value
    return Actor(founded.staff_id, founded.desk_id)


def make_package(office: Office, actor: Actor, *, publish: bool = True, **changes: Any) -> int:
    """Save a package (``changes`` to ``PACK``), put it on sale unless told otherwise; its id."""
    package_id = office.write(create_package, actor, None, replace(PACK, **changes)).value.package_id
    if publish:
        office.write(publish_package, actor, None, package_id)
    return package_id


def make_client(office: Office, actor: Actor, name: str = "Mira Okafor", **fields: Any) -> int:
    """Create a client's card; its id."""
    return office.write(create_client, actor, None, ClientDraft(name=name, **fields)).value.client_id


def make_sale(office: Office, actor: Actor, client_id: int, package_id: int, packs: int = 1) -> SaleResult:
    """Sell a package on sale for cash, without tax or discount, or several packs of it at once."""
    offer = next(one for one in office.read(packages_on_sale) if one.package_id == package_id)
    payment = PaymentDraft(
        "cash" if offer.price else FREE, replace(offer.price, amount=packs * offer.price.amount)
    )
    lines = packs * (SaleLineDraft(package_id, offer.version_id),)
    return office.write(sell, actor, None, SaleDraft(client_id, lines, payments=(payment,))).value
