"""What the Sync and Pending tabs ask of the services: what waits for Stripe, and what people do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontdesk.services.clients import client_card
from frontdesk.services.stripe.checkout_list import checkout_view, pending_checkouts
from frontdesk.services.stripe.checkouts import cancel_checkout
from frontdesk.services.stripe.status import send_now, sync_view, take_back
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.checkouts import CheckoutRow
from frontdesk.services.views.sync_status import SyncView

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


class SyncPresenter:
    """The asynchronous code of both tabs."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks

    async def view(self) -> SyncView:
        """All that the books know of sync."""
        return await self._tasks.read(sync_view, latest="payments.sync")

    async def send_now(self, outbox_id: int) -> None:
        """Sends what was held or waits. Raises NotFound, Refused."""
        await self._tasks.write(send_now, outbox_id)

    async def take_back(self, outbox_id: int) -> None:
        """Takes back what was never sent. Raises NotFound, Refused."""
        await self._tasks.write(take_back, outbox_id)

    async def checkouts(self) -> tuple[CheckoutRow, ...]:
        """Sales that wait for Stripe, the oldest first."""
        return await self._tasks.read(pending_checkouts, latest="payments.checkouts")

    async def link(self, checkout_id: int) -> tuple[str, str]:
        """Where a sale can be paid and the client's e-mail, "" for what is not there. Raises NotFound."""
        return await self._tasks.read(_link, checkout_id, latest="payments.checkout_link")

    async def cancel_checkout(self, checkout_id: int) -> None:
        """Takes a sale back that was not paid. Raises NotFound, Refused."""
        await self._tasks.write(cancel_checkout, checkout_id)


def _link(reading: Reading, checkout_id: int) -> tuple[str, str]:
    view = checkout_view(reading, checkout_id)
    return view.url, client_card(reading, view.row.client_id).email
