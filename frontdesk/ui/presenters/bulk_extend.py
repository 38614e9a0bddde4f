"""What the dialog for many last days asks of the services: filters, preview, the act, and its undo (C11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from frontdesk.services.bulk_extending import (
    bulk_extensions,
    extend_in_bulk,
    preview_bulk_extension,
    undo_bulk_extension,
)
from frontdesk.services.class_types import class_type_rows
from frontdesk.services.drafts.credits import BulkExtendDraft
from frontdesk.services.package_lists import package_rows
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.credit_acts import BulkExtended, BulkExtendPreview, BulkExtension, BulkUndone

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


@dataclass(frozen=True, slots=True)
class Filters:
    """What the filters offer, as id and name, and the bulk extensions made earlier."""

    packages: tuple[tuple[int, str], ...]
    class_types: tuple[tuple[int, str], ...]
    earlier: tuple[BulkExtension, ...]


class BulkExtendPresenter:
    """The dialog's asynchronous code."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks

    async def filters(self) -> Filters:
        """Packages that were ever on sale, class types, earlier extensions."""
        return await self._tasks.read(_filters)

    async def preview(self, draft: BulkExtendDraft) -> BulkExtendPreview:
        """Which lots fit, and what becomes of their last days."""
        return await self._tasks.read(preview_bulk_extension, draft, latest="bulk_extend.preview")

    async def extend(self, draft: BulkExtendDraft, command_id: UUID) -> BulkExtended:
        """Extends all that fit. Raises InvalidDraft, Refused credits.nothing_in_bulk."""
        return await self._tasks.write(extend_in_bulk, draft, command_id=command_id)

    async def undo(self, batch: str) -> BulkUndone:
        """Takes an extension back, but for lots that were changed or used since."""
        return await self._tasks.write(undo_bulk_extension, batch)


def _filters(reading: Reading) -> Filters:
    return Filters(
        packages=tuple((row.id, row.name) for row in package_rows(reading) if row.status != "draft"),
        class_types=tuple((row.id, row.name) for row in class_type_rows(reading) if not row.archived),
        earlier=bulk_extensions(reading),
    )
