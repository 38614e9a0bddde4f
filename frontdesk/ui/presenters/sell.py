"""What the Sell dialog asks of the services: what is on sale, what it would cost, and the sale itself."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from frontdesk.services.drafts.sales import SaleDraft
from frontdesk.services.package_lists import packages_on_sale
from frontdesk.services.sales import quote, sell
from frontdesk.services.views.packages import PackageOffer
from frontdesk.services.views.sales import SaleQuote, SaleResult

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


class SellPresenter:
    """The Sell dialog's asynchronous code."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks

    async def offers(self, client_id: int | None) -> tuple[PackageOffer, ...]:
        """What is on sale, with the limits of this client."""
        return await self._tasks.read(packages_on_sale, client_id, latest="sell.offers")

    async def quote(self, draft: SaleDraft) -> SaleQuote:
        """What the sale would cost and grant now. Raises InvalidDraft, NotFound."""
        return await self._tasks.read(quote, draft, latest="sell.quote")

    async def sell(self, draft: SaleDraft, command_id: UUID) -> SaleResult:
        """Makes the sale, once for this command. Raises InvalidDraft, NotFound, Refused."""
        return await self._tasks.write(sell, draft, command_id=command_id)
