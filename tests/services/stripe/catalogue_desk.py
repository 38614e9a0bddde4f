"""A package on its way to Stripe and back: the studio, the double, and short verbs over both."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from frontdesk.models.sync import online_price, online_product, outbox
from frontdesk.services.packages import package_draft, save_package
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe import outbox as ops
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.online_state import online_state
from frontdesk.services.stripe.push import Pusher
from frontdesk.services.stripe.wire import NotReached, StripeCall
from frontdesk.services.views.online_packages import OnlineState
from tests.builders import make_package
from tests.services.stripe.direct_stripe import DirectStripe
from tests.services.stripe.studio import ConnectedStudio

LEASE = "desk-1"
Objects = list[dict[str, Any]]


@dataclass
class CatalogueDesk:
    """What one does with a package, and what Stripe has of it."""

    studio: ConnectedStudio
    stripe: DirectStripe

    def package(self, **changes: Any) -> int:
        """A published package that is sold online."""
        return make_package(self.studio.office, self.studio.owner, **{"online": True, **changes})

    def edit(self, package_id: int, **changes: Any) -> None:
        """Save other terms."""
        draft = self.studio.see(package_draft, package_id)
        version = self.studio.see(_version, package_id)
        self.studio.do(save_package, package_id, replace(draft, **changes), version)

    def push(self, gateway: PaymentGateway | None = None, *, steps: int = 100) -> int:
        """Send all that is due, but so many steps at most; how many operations came to an end."""
        pusher = Pusher(self.studio.office, self.studio.online, LEASE)
        left = iter(range(steps))
        with suppress(NotReached):
            return pusher.push(gateway or self.stripe, lambda: next(left, None) is not None)
        return 0

    def start_again(self) -> None:
        """The program was killed, and starts."""
        self.studio.sync(ops.release_leases, LEASE)
        self.pass_time(minutes=2)

    def pass_time(self, **span: float) -> None:
        """Time goes by here and at Stripe."""
        self.studio.clock.pass_time(**span)
        self.stripe.double.clock.advance(**span)

    def pull(self, *objects: dict[str, Any]) -> None:
        """Apply objects as the pull fetches them: as they are now."""
        for one in objects:
            kind = {"product": "products", "price": "prices", "payment_link": "payment_links"}[one["object"]]
            body = self.stripe.call(StripeCall("get", f"/v1/{kind}/{one['id']}")).body
            self.studio.sync(apply_object, body)

    def state(self, package_id: int) -> OnlineState:
        """What the package's screen shows."""
        found: OnlineState = self.studio.see(online_state, package_id)
        return found

    # At Stripe

    @property
    def products(self) -> Objects:
        """Everything there, the oldest first."""
        return self._all("products")

    @property
    def prices(self) -> Objects:
        return self._all("prices")

    @property
    def links(self) -> Objects:
        return self._all("payment_links")

    def _all(self, kind: str) -> Objects:
        return [dict(one) for one in getattr(self.stripe.double.account, kind)]

    # In the outbox

    def sent(self) -> list[str]:
        """The kinds of what was done, in order."""
        rows = self.studio.rows(outbox, outbox.c.state == "done")
        return [row.kind.removeprefix("catalogue.") for row in rows]

    def open(self) -> list[str]:
        """The kinds of what waits."""
        rows = self.studio.rows(outbox, outbox.c.finished_at.is_(None))
        return [row.kind.removeprefix("catalogue.") for row in rows]

    def known(self) -> tuple[list[Any], list[Any]]:
        """What the books say of Stripe."""
        return list(self.studio.rows(online_product)), list(self.studio.rows(online_price))


def _version(reading: Any, package_id: int) -> int:
    statement = sa.text("SELECT version FROM package WHERE id = :package_id")
    return int(reading.connection.execute(statement, {"package_id": package_id}).scalar_one())


def once(disturb: Callable[[StripeCall], None]) -> Callable[[StripeCall], None]:
    """Disturbs one call alone."""
    done: list[StripeCall] = []

    def only_once(call: StripeCall) -> None:
        if not done:
            done.append(call)
            disturb(call)

    return only_once
