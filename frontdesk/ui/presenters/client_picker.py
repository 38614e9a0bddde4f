"""What the client picker asks of the services: clients by a few letters, and one by id."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from frontdesk.services.client_group import root_of
from frontdesk.services.client_rows import client_rows_by_id
from frontdesk.services.search import search_clients
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.clients import ClientHit, ClientRow

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

_numbers = count(1)
#: As many as a popup shows; there are always more letters to type.
MOST = 8


class ClientPickerPresenter:
    """One picker's asynchronous code."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks
        # Two pickers of one dialog do not cancel each other's searches.
        self._latest = f"client_picker.{next(_numbers)}"

    async def search(self, text: str) -> tuple[ClientHit, ...]:
        """The best matches for what was typed so far (D2)."""
        return await self._tasks.read(search_clients, text, MOST, latest=self._latest)

    async def row(self, client_id: int) -> ClientRow:
        """One client as lists show them. Raises NotFound client.unknown."""
        return await self._tasks.read(_row, client_id)


def _row(reading: Reading, client_id: int) -> ClientRow:
    root = root_of(reading, client_id)
    return client_rows_by_id(reading, [root])[root]
