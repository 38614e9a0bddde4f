"""What the Payouts tab asks of the services: pages, what is on its way, one payout in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontdesk.services.stripe.payouts import on_its_way, payout_detail, payouts
from frontdesk.services.views.payouts import OnItsWay, PayoutDetail, PayoutRow
from frontdesk.ui.tables.paged_table_model import Page, PageRequest

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


class PayoutsPresenter:
    """The Payouts tab's asynchronous code."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks

    async def page(self, request: PageRequest[PayoutRow]) -> Page[PayoutRow]:
        """A page of payouts, the newest first."""
        latest = "payments.payouts" if request.after is None else None
        page = await self._tasks.read(payouts, request.after, request.limit, latest=latest)
        return Page(page.rows, page.more)

    async def on_its_way(self) -> OnItsWay:
        """What the bank does not have yet."""
        return await self._tasks.read(on_its_way, latest="payments.on_its_way")

    async def detail(self, payout_id: str) -> PayoutDetail:
        """One payout. Raises NotFound payout.unknown."""
        return await self._tasks.read(payout_detail, payout_id, latest="payments.payout")
