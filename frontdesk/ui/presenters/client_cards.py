"""What the dialogs over clients' cards ask of the services: creating, editing, duplicates, merging."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from frontdesk.services.client_group import root_of
from frontdesk.services.client_rows import client_rows_by_id
from frontdesk.services.clients import client_card, create_client, edit_client, suggest_member_code
from frontdesk.services.credit_account import credit_account
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.duplicates import similar_clients, suggest_duplicates
from frontdesk.services.merging import merge_clients, undo_merge
from frontdesk.services.purchases import client_purchases
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.clients import (
    ClientCard,
    ClientRow,
    ClientSaved,
    DuplicateHint,
    DuplicatePair,
    Merged,
)

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

#: Purchases are counted up to so many, beyond which it is "many" anyway.
_MANY = 50


@dataclass(frozen=True, slots=True)
class MergeSide:
    """One of two clients who may be the same person, as a merge shows them."""

    card: ClientCard
    row: ClientRow
    lots: int
    purchases: int


class ClientCardsPresenter:
    """The asynchronous code of these dialogs."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks

    async def similar(self, draft: ClientDraft, but: int | None = None) -> tuple[DuplicateHint, ...]:
        """Who else this may be; asked at each keystroke (D4)."""
        return await self._tasks.read(similar_clients, draft, but, latest="cards.similar")

    async def create(self, draft: ClientDraft, command_id: UUID) -> ClientSaved:
        """Makes a card. Raises InvalidDraft."""
        return await self._tasks.write(create_client, draft, command_id=command_id)

    async def card(self, client_id: int) -> ClientCard:
        """The card as it is. Raises NotFound client.unknown, Refused client.hidden."""
        return await self._tasks.read(client_card, client_id)

    async def edit(self, client_id: int, draft: ClientDraft, command_id: UUID) -> ClientSaved:
        """Changes a card. Raises InvalidDraft, Refused."""
        return await self._tasks.write(edit_client, client_id, draft, command_id=command_id)

    async def member_code(self) -> str:
        """A member code that nobody has."""
        return await self._tasks.read(suggest_member_code)

    async def side(self, client_id: int) -> MergeSide:
        """One side of a merge. Raises NotFound client.unknown."""
        return await self._tasks.read(_side, client_id)

    async def merge(self, from_id: int, into_id: int, command_id: UUID) -> Merged:
        """Shows one as the other from now on (D4). Raises Refused."""
        return await self._tasks.write(merge_clients, from_id, into_id, command_id=command_id)

    async def undo_merge(self, merge_id: int) -> None:
        """Parts them again. Raises Refused merge.undone."""
        await self._tasks.write(undo_merge, merge_id)

    async def duplicates(self) -> tuple[DuplicatePair, ...]:
        """Pairs who may be one person, the likeliest first."""
        return await self._tasks.read(suggest_duplicates, latest="cards.duplicates")


def _side(reading: Reading, client_id: int) -> MergeSide:
    root = root_of(reading, client_id)
    return MergeSide(
        card=client_card(reading, root),
        row=client_rows_by_id(reading, [root])[root],
        lots=len(credit_account(reading, root).live_lots),
        purchases=len(client_purchases(reading, root, None, _MANY)),
    )
