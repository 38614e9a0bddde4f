"""Clients in Ctrl+K: Enter opens the profile of who was found."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from frontdesk.ui import client_words

if TYPE_CHECKING:
    from frontdesk.ui.command_palette import PaletteEntry
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.client_picker import ClientPickerPresenter
    from frontdesk.ui.task_runner import Late


class ClientFinder:
    """A PaletteProvider."""

    def __init__(self, context: UiContext) -> None:
        self._context = context
        self._presenter: Late[ClientPickerPresenter] = context.late(
            "frontdesk.ui.presenters.client_picker", "ClientPickerPresenter"
        )

    async def search(self, text: str) -> Sequence[PaletteEntry]:
        """The best matches for what was typed so far."""
        # Late: the first window shows no palette.
        from frontdesk.ui.command_palette import PaletteEntry

        found = await (await self._presenter.get()).search(text)
        return [
            PaletteEntry(
                client.name,
                partial(self._context.navigate, "client", client.id),
                second=client_words.contact(client),
                icon="user",
                keys=client_words.credits(self._context.formats, client.credits),
            )
            for client in found
        ]
