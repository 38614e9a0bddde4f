"""Who a new or edited client may already be, and why: a hint that stands in nobody's way (D4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFrame, QGridLayout

from frontdesk.services.views.clients import DuplicateHint
from frontdesk.ui import client_words
from frontdesk.ui.tokens import SPACE_2, SPACE_3
from frontdesk.ui.widgets.basics import ElidedText, LinkButton, Text, empty

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

# Linguist knows calls of this name.
translate = QCoreApplication.translate


def reasons_in_words(reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Why two may be one: "same e-mail", "same phone"."""

    known = {
        "email": translate("SimilarClients", "same e-mail"),
        "phone": translate("SimilarClients", "same phone"),
        "name": translate("SimilarClients", "same name"),
    }
    return tuple(known.get(one, one) for one in reasons)


class SimilarClients(QFrame):
    """Hidden while there is nobody. `run` gets the id of who is meant; `action` says what it does."""

    def __init__(self, context: UiContext, action: str, run: Callable[[int], object], *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "well")
        self._formats, self._action, self._run = context.formats, action, run
        self._hints: tuple[DuplicateHint, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
        self._grid.setHorizontalSpacing(SPACE_3)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)
        self.hide()

    def hints(self) -> tuple[DuplicateHint, ...]:
        """Who is shown."""
        return self._hints

    def show_hints(self, hints: tuple[DuplicateHint, ...]) -> None:
        """Shows these instead of the ones before."""
        if hints == self._hints:
            return
        self._hints = hints
        empty(self._grid)
        self._grid.addWidget(Text(self.tr("There already?"), "secondary"), 0, 0, 1, 3)
        for at, hint in enumerate(hints, 1):
            client = hint.client
            why = ", ".join(reasons_in_words(hint.reasons))
            told = " · ".join(filter(None, (why, client_words.contact(client))))
            self._grid.addWidget(Text(client.name, "strong"), at, 0)
            self._grid.addWidget(ElidedText(told, "muted"), at, 1)
            link = LinkButton(self._action, partial(self._run, client.id), name=f"similar{client.id}")
            link.setAccessibleName(f"{self._action}: {client.name}")
            self._grid.addWidget(link, at, 2)
        self.setVisible(bool(hints))
