"""What the dialogs over refunds and voids ask of the services (S2, S5, S6)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from frontdesk.services.decisions import open_decisions
from frontdesk.services.drafts.refunds import RefundDraft
from frontdesk.services.drafts.sales import VoidSaleDraft
from frontdesk.services.refund_states import mark_failed
from frontdesk.services.refunds import refund_view_of_line, request_refund
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.refunds import DecisionRow, RefundFailed, RefundResult, RefundView, VoidView
from frontdesk.services.void_sale import void_sale, void_view

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


class RefundsPresenter:
    """The asynchronous code of the refund, void and failed-refund dialogs."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks

    async def refund_view(
        self, sale_line_id: int, decision_id: int | None
    ) -> tuple[RefundView, DecisionRow | None]:
        """Both sides of the line's sale, and the open task that the refund settles. Raises NotFound."""
        return await self._tasks.read(_refund_view, sale_line_id, decision_id)

    async def refund(self, draft: RefundDraft, command_id: UUID) -> RefundResult:
        """Gives the money back and voids the credits. Raises InvalidDraft, NotFound, Refused."""
        return await self._tasks.write(request_refund, draft, command_id=command_id)

    async def void_view(self, sale_id: int) -> VoidView:
        """What taking the sale back would do. Raises NotFound."""
        return await self._tasks.read(void_view, sale_id)

    async def void(self, draft: VoidSaleDraft, command_id: UUID) -> RefundResult:
        """Takes the sale back. Raises InvalidDraft, NotFound, Refused."""
        return await self._tasks.write(void_sale, draft, command_id=command_id)

    async def mark_failed(self, transaction_id: int, text: str, command_id: UUID) -> RefundFailed:
        """Notes that a refund did not reach the client. Raises InvalidDraft, NotFound, Refused."""
        return await self._tasks.write(mark_failed, transaction_id, text, command_id=command_id)


def _refund_view(
    reading: Reading, sale_line_id: int, decision_id: int | None
) -> tuple[RefundView, DecisionRow | None]:
    view = refund_view_of_line(reading, sale_line_id)
    tasks = () if decision_id is None else open_decisions(reading)
    return view, next((one for one in tasks if one.id == decision_id), None)
