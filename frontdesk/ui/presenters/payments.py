"""What the Payments screen asks of the services: pages, totals, takings, one transaction, and the tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontdesk.services.decisions import close_decision, open_decisions, reopen_decision
from frontdesk.services.drafts.transactions import TransactionFilter, TransactionKey, TransactionSort
from frontdesk.services.refund_states import mark_transfer_done
from frontdesk.services.refunds import refund_view
from frontdesk.services.stripe.checkout_list import waiting_at
from frontdesk.services.stripe.status import send_now, take_back
from frontdesk.services.transaction_detail import transaction_detail
from frontdesk.services.transactions import takings, transaction_totals, transactions
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.calendar import local_day
from frontdesk.services.views.refunds import DecisionRow, RefundLine
from frontdesk.services.views.transactions import (
    Takings,
    TransactionDetail,
    TransactionPage,
    TransactionRow,
    TransactionTotals,
)
from frontdesk.ui.screens.money.wanted import STANDINGS, STATES, Wanted
from frontdesk.ui.tables.paged_table_model import Page, PageRequest

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


class PaymentsPresenter:
    """The Payments screen's asynchronous code."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks
        self._first_weekday = context.formats.locale.firstDayOfWeek().value

    async def page(self, wanted: Wanted, request: PageRequest[TransactionRow]) -> Page[TransactionRow]:
        """A page of transactions in the order that the list has now."""
        after = None if request.after is None else request.after.key
        sort = TransactionSort(request.sort or TransactionSort.AT)
        latest = "payments.page" if after is None else None
        page = await self._tasks.read(
            _page,
            wanted,
            self._first_weekday,
            sort,
            after,
            request.limit,
            request.descending,
            latest=latest,
        )
        return Page(page.rows, page.more is not None)

    async def totals(self, wanted: Wanted) -> TransactionTotals:
        """What the filter's transactions come to."""
        return await self._tasks.read(_totals, wanted, self._first_weekday, latest="payments.totals")

    async def takings(self) -> Takings:
        """The money of today's business day."""
        return await self._tasks.read(takings, latest="payments.takings")

    async def detail(self, transaction_id: int) -> TransactionDetail:
        """One transaction. Raises NotFound transaction.unknown."""
        return await self._tasks.read(transaction_detail, transaction_id, latest="payments.detail")

    async def mark_done(self, transaction_id: int) -> None:
        """Notes that a refund by bank transfer was paid out. Raises NotFound, Refused."""
        await self._tasks.write(mark_transfer_done, transaction_id)

    async def decisions(self) -> tuple[DecisionRow, ...]:
        """The tasks that wait, the oldest first."""
        return await self._tasks.read(open_decisions, latest="payments.decisions")

    async def waiting(self, desk_id: int) -> tuple[int, int]:
        """How many sales of a desk wait for Stripe, and how many tasks for a person; for the sidebar."""
        return await self._tasks.read(_waiting, desk_id, latest="payments.waiting")

    async def close_decision(self, decision_id: int, outcome: str, credits: int | None = None) -> None:
        """Closes a task; `credits` is how many go, if not all. Raises InvalidDraft, NotFound, Refused."""
        await self._tasks.write(close_decision, decision_id, outcome, credits)

    async def reopen_decision(self, decision_id: int) -> None:
        """Opens again what was closed by a mistake. Raises NotFound, Refused."""
        await self._tasks.write(reopen_decision, decision_id)

    async def send_held(self, outbox_id: int) -> None:
        """Sends a refund that waited too long for the network. Raises NotFound, Refused."""
        await self._tasks.write(send_now, outbox_id)

    async def take_back_held(self, outbox_id: int) -> None:
        """Takes such a refund back; its credits are free again. Raises NotFound, Refused."""
        await self._tasks.write(take_back, outbox_id)

    async def refundable_lines(self, sale_id: int) -> tuple[RefundLine, ...]:
        """The lines of a sale that something is left of. Raises NotFound sales.unknown."""
        view = await self._tasks.read(refund_view, sale_id)
        return tuple(one for one in view.lines if one.refundable or one.most_credits)


def _filter(reading: Reading, wanted: Wanted, first_weekday: int) -> TransactionFilter:
    today = local_day(reading.now, reading.studio.zone, reading.studio.day_starts_hour)
    from_day, to_day = wanted.days(today, first_weekday)
    kind, status, tenders = STATES[wanted.state]
    least, most = wanted.amounts()
    return TransactionFilter(
        from_day=from_day,
        to_day=to_day,
        tender=wanted.tender or None,
        tenders=tenders,
        kind=kind,
        status=status,
        standing=wanted.state if wanted.state in STANDINGS else None,
        staff_id=wanted.staff_id or None,
        min_amount=least,
        max_amount=most,
        text=wanted.text,
    )


def _waiting(reading: Reading, desk_id: int) -> tuple[int, int]:
    return waiting_at(reading, desk_id), len(open_decisions(reading))


def _page(
    reading: Reading,
    wanted: Wanted,
    first_weekday: int,
    sort: TransactionSort,
    after: TransactionKey | None,
    limit: int,
    descending: bool,
) -> TransactionPage:
    asked = _filter(reading, wanted, first_weekday)
    return transactions(reading, asked, sort, after, limit, descending=descending)


def _totals(reading: Reading, wanted: Wanted, first_weekday: int) -> TransactionTotals:
    return transaction_totals(reading, _filter(reading, wanted, first_weekday))
