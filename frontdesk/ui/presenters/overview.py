"""What the Overview tab asks of the services: the revenue of a period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontdesk.services.stripe.revenue import revenue
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.calendar import local_day
from frontdesk.services.views.revenue import Revenue
from frontdesk.ui.screens.money.periods import days_of

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


class OverviewPresenter:
    """The Overview tab's asynchronous code."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks

    async def revenue(self, period: str) -> Revenue:
        """The money of a period of `money.periods`."""
        return await self._tasks.read(_revenue, period, latest="payments.revenue")


def _revenue(reading: Reading, period: str) -> Revenue:
    today = local_day(reading.now, reading.studio.zone, reading.studio.day_starts_hour)
    return revenue(reading, *days_of(period, today))
