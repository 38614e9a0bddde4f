"""What the dialogs over a client's credits ask of the services: previews, and the acts themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from frontdesk.services.class_types import class_type_rows
from frontdesk.services.client_group import root_of
from frontdesk.services.client_rows import client_rows_by_id
from frontdesk.services.credit_account import credit_account
from frontdesk.services.credits import adjust, preview_removal
from frontdesk.services.drafts.credits import (
    AdjustDraft,
    EndFreezeDraft,
    ExtendDraft,
    FreezeDraft,
    ReviveDraft,
    TransferDraft,
    UndoVisitDraft,
    VisitDraft,
)
from frontdesk.services.extending import extend_lot
from frontdesk.services.freezing import end_freeze, freeze, preview_freeze
from frontdesk.services.reviving import revive
from frontdesk.services.transfers import transfer
from frontdesk.services.undoing_visits import undo_visit
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.clients import ClientRow
from frontdesk.services.views.credit_acts import (
    Adjusted,
    AdjustPreview,
    Extended,
    FreezePreview,
    Frozen,
    Revived,
    Transferred,
    Unfrozen,
)
from frontdesk.services.views.credits import CreditAccount
from frontdesk.services.views.settings import ClassTypeRow
from frontdesk.services.views.visits import RecordedVisit, UndoneVisit, VisitPreview
from frontdesk.services.visit_records import payments_of, visit_by_id
from frontdesk.services.visits import change_lot, preview_visit, record_visit

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


@dataclass(frozen=True, slots=True)
class Subject:
    """The client that a dialog is about, with their credits."""

    client: ClientRow
    account: CreditAccount


@dataclass(frozen=True, slots=True)
class VisitPayment:
    """A visit on the books: what it was, the lots that pay, and those that could instead."""

    client_id: int
    what: str
    preview: VisitPreview
    #: Titles and kinds of the lots that pay now.
    paid_by: tuple[tuple[str, str], ...]
    lot_ids: tuple[int, ...]


class CreditActsPresenter:
    """The asynchronous code of the dialogs over credits. Each act raises InvalidDraft or Refused."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks

    async def subject(self, client_id: int) -> Subject:
        """The client with all lots. Raises NotFound client.unknown."""
        return await self._tasks.read(_subject, client_id)

    async def class_types(self) -> tuple[ClassTypeRow, ...]:
        """Class types that are taught now."""
        rows = await self._tasks.read(class_type_rows)
        return tuple(row for row in rows if not row.archived)

    async def preview_removal(self, draft: AdjustDraft) -> AdjustPreview:
        """What a minus would take."""
        return await self._tasks.read(preview_removal, draft, latest="acts.preview")

    async def adjust(self, draft: AdjustDraft, command_id: UUID) -> Adjusted:
        """Adds or takes credits (C10)."""
        return await self._tasks.write(adjust, draft, command_id=command_id)

    async def preview_visit(self, draft: VisitDraft) -> VisitPreview:
        """Which lots would pay, and why (C6)."""
        return await self._tasks.read(preview_visit, draft, latest="acts.preview")

    async def record_visit(self, draft: VisitDraft, command_id: UUID) -> RecordedVisit:
        """Records a class attended (C7)."""
        return await self._tasks.write(record_visit, draft, command_id=command_id)

    async def undo_visit(self, visit_id: int) -> UndoneVisit:
        """Takes a visit back, to the same lots (C9)."""
        return await self._tasks.write(undo_visit, UndoVisitDraft(visit_id))

    async def visit_payment(self, visit_id: int) -> VisitPayment:
        """What a recorded visit is paid by. Raises NotFound visits.unknown."""
        return await self._tasks.read(_visit_payment, visit_id)

    async def change_lot(self, visit_id: int, lot_id: int, command_id: UUID) -> RecordedVisit:
        """Lets another lot pay (C6)."""
        return await self._tasks.write(change_lot, visit_id, lot_id, command_id=command_id)

    async def extend(self, draft: ExtendDraft, command_id: UUID) -> Extended:
        """Sets another last day (C11)."""
        return await self._tasks.write(extend_lot, draft, command_id=command_id)

    async def preview_freeze(self, draft: FreezeDraft) -> FreezePreview:
        """What a freeze would do to each lot."""
        return await self._tasks.read(preview_freeze, draft, latest="acts.preview")

    async def freeze(self, draft: FreezeDraft, command_id: UUID) -> Frozen:
        """Sets the client's lots aside (C11)."""
        return await self._tasks.write(freeze, draft, command_id=command_id)

    async def end_freeze(self, draft: EndFreezeDraft, command_id: UUID) -> Unfrozen:
        """Ends a freeze now, or cancels one that lies ahead."""
        return await self._tasks.write(end_freeze, draft, command_id=command_id)

    async def transfer(self, draft: TransferDraft, command_id: UUID) -> Transferred:
        """Moves credits to another client (C11)."""
        return await self._tasks.write(transfer, draft, command_id=command_id)

    async def revive(self, draft: ReviveDraft, command_id: UUID) -> Revived:
        """Makes returned credits usable again (C9)."""
        return await self._tasks.write(revive, draft, command_id=command_id)


def _subject(reading: Reading, client_id: int) -> Subject:
    root = root_of(reading, client_id)
    return Subject(client_rows_by_id(reading, [root])[root], credit_account(reading, root))


def _visit_payment(reading: Reading, visit_id: int) -> VisitPayment:
    record = visit_by_id(reading, visit_id)
    draft = VisitDraft(
        record.client_id, record.cost, record.class_at, record.class_type_id, record.title or record.what
    )
    named = {lot.lot_id: (lot.title, lot.kind) for lot in credit_account(reading, record.client_id).lots}
    lot_ids = tuple(payment.lot_id for payment in payments_of(reading, record))
    paid_by = tuple(named[lot_id] for lot_id in lot_ids)
    return VisitPayment(record.client_id, record.what, preview_visit(reading, draft), paid_by, lot_ids)
