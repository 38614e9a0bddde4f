"""A studio and its Stripe account side by side: packages with links, buyers, and the pull between them."""

from __future__ import annotations

from typing import Any

from frontdesk.models.sale import sale
from frontdesk.models.sync import sync_state
from frontdesk.services.stripe.pull import Puller
from frontdesk.services.stripe.wire import StripeCall
from frontdesk.services.views.sync import Pulled
from tests.services.stripe.direct_stripe import DirectStripe
from tests.services.stripe.studio import ConnectedStudio, OnlinePackage


class Pulling:
    """One desk that pulls; ``double`` is Stripe with its buyers, dashboard and banks."""

    def __init__(self, studio: ConnectedStudio, stripe: DirectStripe, lease: str = "desk-1") -> None:
        self.studio, self.stripe = studio, stripe
        self.double = stripe.double
        self.puller = Puller(studio.office, studio.online, lease)

    def link(self, package: OnlinePackage, amount: int = 9000) -> str:
        """A Payment Link at Stripe for a package, as publishing makes it; its id."""
        ids = {"package_id": str(package.package_id), "version_id": str(package.version_id)}
        _, price = self.double.sell_in_dashboard("Pack", amount)
        params = {
            "line_items": [{"price": price["id"], "quantity": 1}],
            "metadata": ids,
            "payment_intent_data": {"metadata": ids},
        }
        call = StripeCall("post", "/v1/payment_links", params, f"link-{price['id']}")
        return str(self.stripe.call(call).body["id"])

    def poll(self, **how: Any) -> Pulled:
        """Pull once."""
        return self.puller.poll(self.stripe, **how)

    @property
    def state(self) -> Any:
        """How far sync has come."""
        return self.studio.rows(sync_state)[0]

    @property
    def sales(self) -> int:
        """How many sales are in the books."""
        return len(self.studio.rows(sale))
