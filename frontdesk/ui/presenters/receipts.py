"""What receipts ask of the services: to be read, and to be noted as printed (S10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontdesk.services.receipts import ReceiptKind, print_receipt, receipt
from frontdesk.services.views.sales import Receipt

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


class ReceiptsPresenter:
    """The asynchronous code of receipts on screen, on paper and in files."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks

    async def receipt(self, kind: ReceiptKind, receipt_id: int) -> Receipt:
        """The receipt of a sale or a refund. Raises NotFound receipt.unknown."""
        return await self._tasks.read(receipt, kind, receipt_id)

    async def print_receipt(self, kind: ReceiptKind, receipt_id: int) -> Receipt:
        """The receipt to print or save, noted as such: all but the first say COPY. Raises NotFound."""
        return await self._tasks.write(print_receipt, kind, receipt_id)
