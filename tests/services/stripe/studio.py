"""A studio that is connected to Stripe: its account, how far sync has come, and who acts where sync does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.models.package import package_version
from frontdesk.models.sync import online_price, online_product, stripe_account, sync_state
from frontdesk.services.office import Office
from frontdesk.services.packages import publish_package
from frontdesk.services.stripe.actor import make_online_actor
from frontdesk.services.stripe.keys import PERMISSIONS
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork
from frontdesk.services.views.stripe_account import Use
from tests.builders import SetClock, make_client, make_package

ACCOUNT = "acct_1Sunrise"
SECRET_NAME = "stripe-sunrise"


@dataclass(frozen=True, slots=True)
class OnlinePackage:
    """A package on sale, and what it is at Stripe."""

    package_id: int
    version_id: int
    product_id: str
    price_id: str
    link_id: str


@dataclass
class ConnectedStudio:
    """Short verbs over the use cases; ``owner`` sits at the desk, ``online`` acts where sync does."""

    office: Office
    clock: SetClock
    owner: Actor
    online: Actor

    def do(self, use_case: Callable[..., Any], *arguments: Any, command_id: UUID | None = None) -> Any:
        """Run a use case as the owner; what it answers."""
        return self.office.write(use_case, self.owner, command_id, *arguments).value

    def sync(self, use_case: Callable[..., Any], *arguments: Any, command_id: UUID | None = None) -> Any:
        """Run a use case as sync does; what it answers."""
        return self.office.write(use_case, self.online, command_id, *arguments).value

    def see(self, query: Callable[..., Any], *arguments: Any) -> Any:
        """Run a query."""
        return self.office.read(query, *arguments)

    def rows(self, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> Sequence[sa.Row[Any]]:
        """The rows of a table, in the order of its key."""
        return self.office.read(_rows, table, conditions)

    def client(self, name: str = "Mira Okafor", **fields: Any) -> int:
        """A new client."""
        return make_client(self.office, self.owner, name, **fields)

    def online_package(self, **changes: Any) -> OnlinePackage:
        """A package on sale, online too, with the product, price and link that it has at Stripe."""
        package_id = make_package(self.office, self.owner, publish=False, **{"online": True, **changes})
        made = self.known_at_stripe(package_id)
        # Only now, so that nothing is left for the outbox to do.
        self.do(publish_package, package_id)
        return made

    def known_at_stripe(self, package_id: int) -> OnlinePackage:
        """Note a product, a price and a link for the newest version of a package."""
        found: OnlinePackage = self.sync(note_online_package, package_id)
        return found


def allowed(use: Use) -> set[str]:
    """What the program asks a key to be allowed, as the double calls it: tests get by with no more (A4)."""
    return {one.slug(use).removeprefix("rak_") for one in PERMISSIONS}


def connect(office: Office, owner: Actor, *, account_id: str = ACCOUNT, livemode: bool = False) -> Actor:
    """Note the account as a proved key would; who acts online."""
    return office.write(_connect, owner, None, account_id, livemode).value


def _connect(work: UnitOfWork, account_id: str, livemode: bool) -> Actor:
    row = {
        "id": 1, "account_id": account_id, "livemode": livemode, "name": "Sunrise", "country": "US",
        "secret_name": SECRET_NAME, "facts": {}, "connected_at": work.now,
        "connected_by": work.actor.staff_id,
    }  # fmt: skip
    work.connection.execute(sa.insert(stripe_account), row)
    work.connection.execute(sa.insert(sync_state), {"id": 1})
    return make_online_actor(work)


def note_online_package(work: UnitOfWork, package_id: int) -> OnlinePackage:
    """Rows of the catalogue as publishing leaves them once Stripe has confirmed."""
    versions = sa.select(package_version).where(package_version.c.package_id == package_id)
    newest = work.connection.execute(versions.order_by(package_version.c.number.desc())).first()
    assert newest is not None
    version_id = newest.id
    made = OnlinePackage(
        package_id, version_id, f"prod_{package_id}", f"price_{version_id}", f"plink_{version_id}"
    )
    known = {
        "active": True, "name": newest.name, "description": newest.description,
        "default_price": made.price_id,
    }  # fmt: skip
    product = {"package_id": package_id, "product_id": made.product_id, "known": known}
    noted = online_product.c.package_id == package_id
    if work.connection.execute(sa.update(online_product).where(noted).values(known=known)).rowcount == 0:
        work.connection.execute(sa.insert(online_product), product)
    price = {
        "package_version_id": version_id, "price_id": made.price_id, "price_active": True,
        "link_id": made.link_id, "link_url": f"https://buy.stripe.com/{version_id}", "link_active": True,
    }  # fmt: skip
    work.connection.execute(sa.insert(online_price), price)
    return made


def _rows(
    reading: Reading, table: sa.Table, conditions: tuple[sa.ColumnElement[bool], ...]
) -> Sequence[sa.Row[Any]]:
    statement = sa.select(table).where(*conditions).order_by(*table.primary_key.columns)
    return reading.connection.execute(statement).all()
