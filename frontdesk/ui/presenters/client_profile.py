"""What a client's profile asks of the services: card, credits, statement, purchases, history, notes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from frontdesk.errors import FrontdeskError
from frontdesk.services.client_history import AREAS, client_history
from frontdesk.services.clients import (
    archive_client,
    change_alert,
    change_notes,
    client_card,
    restore_client,
)
from frontdesk.services.credit_account import credit_account
from frontdesk.services.merging import undo_merge
from frontdesk.services.purchases import client_purchases
from frontdesk.services.statement import credit_statement
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.clients import ClientCard, HistoryKey, HistoryRow
from frontdesk.services.views.credits import CreditAccount
from frontdesk.services.views.sales import Purchase
from frontdesk.services.views.statement import StatementKey, StatementLine
from frontdesk.ui.tables.paged_table_model import Page, PageRequest

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

#: The newest of each that the overview shows.
FEW = 4
#: Lines among which the newest visits are looked for.
RECENT_LINES = 40


@dataclass(frozen=True, slots=True)
class Profile:
    """A client as the head of the profile and its overview show them, in one picture of the books."""

    card: ClientCard
    account: CreditAccount
    visits: tuple[StatementLine, ...]
    purchases: tuple[Purchase, ...]


class ClientProfilePresenter:
    """The profile's asynchronous code."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks

    async def opened(self, client_id: int) -> Profile:
        """The client, or who they were merged into. Raises NotFound client.unknown, Refused client.hidden."""
        return await self._tasks.read(read_profile, client_id, latest="profile")

    async def prepare(self, client_id: int) -> None:
        """Makes the first profile, of whoever it is, open as fast as the later ones."""
        with suppress(FrontdeskError):
            await self._tasks.read(read_profile, client_id)

    async def statement(self, client_id: int, request: PageRequest[StatementLine]) -> Page[StatementLine]:
        """A page of the credit statement (C15)."""
        after = request.after
        key = None if after is None else StatementKey(after.at, after.op_id)
        page = await self._tasks.read(
            credit_statement, client_id, key, request.limit, latest="profile.statement"
        )
        return Page(page.lines, page.next is not None)

    async def purchases(self, client_id: int, before: int | None, limit: int) -> tuple[Purchase, ...]:
        """Sales, the newest first; ``before`` is the last sale's id of the page before."""
        return await self._tasks.read(client_purchases, client_id, before, limit, latest="profile.purchases")

    async def history(self, client_id: int, request: PageRequest[HistoryRow]) -> Page[HistoryRow]:
        """A page of all that happened to the client (D1)."""
        after = request.after
        key = None if after is None else HistoryKey(after.at, AREAS.index(after.area), after.id)
        page = await self._tasks.read(client_history, client_id, key, request.limit, latest="profile.history")
        return Page(page.rows, page.more is not None)

    async def save_notes(self, client_id: int, notes: str) -> None:
        """Keeps the notes. Raises InvalidDraft."""
        await self._tasks.write(change_notes, client_id, notes)

    async def save_alert(self, client_id: int, alert: str) -> None:
        """Keeps what is shown at check-in. Raises InvalidDraft."""
        await self._tasks.write(change_alert, client_id, alert)

    async def archive(self, client_id: int) -> None:
        """Takes the client off the list. Raises Refused."""
        await self._tasks.write(archive_client, client_id)

    async def restore(self, client_id: int) -> None:
        """Puts the client on the list again. Raises Refused."""
        await self._tasks.write(restore_client, client_id)

    async def undo_merge(self, merge_id: int) -> None:
        """Parts two clients again (D4). Raises Refused."""
        await self._tasks.write(undo_merge, merge_id)


def read_profile(reading: Reading, client_id: int) -> Profile:
    """The client, or who they were merged into. Raises NotFound client.unknown, Refused client.hidden."""
    card = client_card(reading, client_id)
    lines = credit_statement(reading, card.id, None, RECENT_LINES).lines
    # A visit that was settled later has two lines; a visit that was paid by credits bought after it has one.
    visits = {line.visit_id: line for line in lines if "undo_visit" in line.actions}
    return Profile(
        card=card,
        account=credit_account(reading, card.id),
        visits=tuple(visits.values())[:FEW],
        purchases=client_purchases(reading, card.id, None, FEW),
    )
