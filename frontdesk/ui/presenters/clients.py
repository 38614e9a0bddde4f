"""What the Clients screen asks of the services: the list by name, and who is meant by a few letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontdesk.services.client_rows import client_counts, client_page
from frontdesk.services.package_lists import package_rows
from frontdesk.services.search import prepare_search, search_clients
from frontdesk.services.views.clients import ClientCounts, ClientFilter, ClientHit, ClientKey, ClientRow
from frontdesk.services.views.text import fold
from frontdesk.ui.tables.paged_table_model import Page, PageRequest

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

#: More hits than this are not shown: one more letter finds who is meant.
MOST_HITS = 40


class ClientsPresenter:
    """The Clients screen's asynchronous code."""

    def __init__(self, context: UiContext) -> None:
        self._tasks = context.tasks

    async def page(self, which: ClientFilter, request: PageRequest[ClientRow]) -> Page[ClientRow]:
        """A page of the list by name."""
        after = request.after
        key = None if after is None else ClientKey(fold(after.name), after.id)
        page = await self._tasks.read(client_page, which, key, request.limit, latest="clients.list")
        return Page(page.rows, page.more is not None)

    async def search(self, text: str) -> tuple[tuple[ClientHit, ...], bool]:
        """Who may be meant, archived clients too, and whether there are more than are shown (D2)."""
        most = MOST_HITS + 1
        found = await self._tasks.read(search_clients, text, most, archived=True, latest="clients.list")
        return found[:MOST_HITS], len(found) > MOST_HITS

    async def counts(self) -> ClientCounts:
        """How many clients each filter shows."""
        return await self._tasks.read(client_counts, latest="clients.counts")

    async def sells_anything(self) -> bool:
        """Whether there is a package, if only a draft."""
        return bool(await self._tasks.read(package_rows, latest="clients.packages"))

    async def prepare(self) -> None:
        """Makes the first mistyped search as fast as the later ones."""
        await self._tasks.read(prepare_search, latest="clients.prepare")
