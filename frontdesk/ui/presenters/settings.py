"""What the Settings screen asks of the services: all settings at once, each change, the check, the export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from frontdesk.services.class_types import (
    add_class_type,
    archive_class_type,
    class_type_rows,
    edit_class_type,
    reorder_class_types,
    restore_class_type,
)
from frontdesk.services.desks import add_desk, desk_rows, rename_desk
from frontdesk.services.drafts.class_types import ClassTypeDraft
from frontdesk.services.drafts.settings import DeskDraft, ReceiptTextDraft, StudioSettingsDraft, TaxDraft
from frontdesk.services.drafts.staff import StaffDraft
from frontdesk.services.exports import ExportResult, export_everything
from frontdesk.services.settings import change_receipt_text, change_studio, change_tax, studio_view
from frontdesk.services.staff import add_staff, archive_staff, rename_staff, restore_staff, staff_rows
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.verify import check_books
from frontdesk.services.views.settings import ClassTypeRow, DeskRow, StaffRow, StudioView
from frontdesk.services.views.verify import BooksReport

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


@dataclass(frozen=True, slots=True)
class AllSettings:
    """Every setting of the studio in one picture. `server` is the database's address, "" for a file."""

    studio: StudioView
    desks: tuple[DeskRow, ...]
    staff: tuple[StaffRow, ...]
    class_types: tuple[ClassTypeRow, ...]
    server: str


class SettingsPresenter:
    """The Settings screen's asynchronous code. Writes raise InvalidDraft and Refused as the use cases do."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks

    async def everything(self) -> AllSettings:
        """All settings."""
        return await self._tasks.read(_everything)

    async def change_studio(self, draft: StudioSettingsDraft) -> None:
        """Name, currency, zone, business day (S9, C4, D8)."""
        await self._tasks.write(change_studio, draft)

    async def change_tax(self, draft: TaxDraft) -> None:
        """The rate of new packages, and whether prices include it (S2)."""
        await self._tasks.write(change_tax, draft)

    async def change_receipt_text(self, draft: ReceiptTextDraft) -> None:
        """What stands above and below every receipt (S10)."""
        await self._tasks.write(change_receipt_text, draft)

    async def add_desk(self, draft: DeskDraft) -> int:
        """A further desk with its receipt numbers (S1)."""
        return await self._tasks.write(add_desk, draft)

    async def rename_desk(self, desk_id: int, name: str) -> None:
        """Another name; the prefix stays (S1)."""
        await self._tasks.write(rename_desk, desk_id, name)

    async def add_staff(self, draft: StaffDraft) -> int:
        """A further staff member."""
        return await self._tasks.write(add_staff, draft)

    async def rename_staff(self, staff_id: int, draft: StaffDraft) -> None:
        """Another name (C15)."""
        await self._tasks.write(rename_staff, staff_id, draft)

    async def archive_staff(self, staff_id: int) -> None:
        """Off the switcher."""
        await self._tasks.write(archive_staff, staff_id)

    async def restore_staff(self, staff_id: int) -> None:
        """On the switcher again."""
        await self._tasks.write(restore_staff, staff_id)

    async def add_class_type(self, draft: ClassTypeDraft) -> int:
        """A further class type (C13)."""
        return await self._tasks.write(add_class_type, draft)

    async def edit_class_type(self, class_type_id: int, draft: ClassTypeDraft) -> None:
        """Other terms for what is booked from now on (C13)."""
        await self._tasks.write(edit_class_type, class_type_id, draft)

    async def archive_class_type(self, class_type_id: int) -> None:
        """Offered no more."""
        await self._tasks.write(archive_class_type, class_type_id)

    async def restore_class_type(self, class_type_id: int) -> None:
        """Offered again."""
        await self._tasks.write(restore_class_type, class_type_id)

    async def reorder_class_types(self, ids: tuple[int, ...]) -> None:
        """Keeps this order."""
        await self._tasks.write(reorder_class_types, ids)

    async def check_books(self, progress: Callable[[str, int, int], None]) -> BooksReport:
        """Proves every rule of the books (R7); `progress` is called in the reader's thread."""
        return await self._tasks.read(check_books, progress=progress)

    async def export(self, folder: str, progress: Callable[[str, int], None]) -> ExportResult:
        """Writes everything as CSV, XLSX and JSON (D3); `progress` is called in the reader's thread."""
        return await self._tasks.read(export_everything, folder, progress)


def _everything(reading: Reading) -> AllSettings:
    engine = reading.connection.engine
    shared = engine.dialect.name != "sqlite"
    return AllSettings(
        studio=studio_view(reading),
        desks=desk_rows(reading),
        staff=staff_rows(reading),
        class_types=class_type_rows(reading),
        server=engine.url.render_as_string(hide_password=True) if shared else "",
    )
