"""The base of all screens, and their entry in the main window's list."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from frontdesk.services.changes import Change, Topic
from frontdesk.ui.widgets.surfaces import BusyBar

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


class ScreenEntry(NamedTuple):
    """A screen of the main window.

    `title` is translated text. `in_sidebar` False: reached by routes only (a client's profile); `parent` is
    then the id of the sidebar entry that stays marked, and `at_bottom` puts an entry beneath the others
    (Settings).
    """

    id: str
    title: str
    icon: str
    shortcut: str
    factory: Callable[[UiContext], Screen]
    in_sidebar: bool = True
    at_bottom: bool = False
    parent: str = ""


class Screen(QWidget):
    """A page of the main window. Subclasses fill `body` and override what they need."""

    #: `title()` answers something else now.
    title_changed = Signal()
    #: What this screen shows: `refresh` is called when one of these changes.
    topics: tuple[Topic, ...] = ()
    #: Space around `body`; a screen that is one table or a MasterDetail sets it to 0.
    margin: int = 0

    def __init__(self, context: UiContext, id: str, *, name: str) -> None:
        super().__init__()
        self.context = context
        self.id = id
        self.setObjectName(name)
        self.busy = BusyBar()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.busy)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(self.margin, self.margin, self.margin, self.margin)
        self.body.setSpacing(0)
        column.addLayout(self.body, 1)
        self._stale: tuple[Change, ...] = ()
        if self.topics:
            context.notifier.watch(self, self.topics, self._changed)

    # To override

    def entered(self, *route: object) -> None:
        """The screen is shown; `route` is what follows its id in `context.navigate`."""

    def refresh(self, changes: tuple[Change, ...]) -> None:
        """Something that this screen shows has changed; called when it is visible, or at its next showing."""

    def go_back(self) -> bool:
        """Esc: closes the innermost thing that is open here; False if there is none."""
        return False

    def chosen_client(self) -> int | None:
        """The client that is open or chosen here; "Sell" and "Record visit" mean them."""
        return None

    def unsaved(self) -> tuple[str, ...]:
        """What was typed here and is not saved, a line each: it would be lost with the program."""
        return ()

    def title(self) -> str:
        """A title of its own for the top bar, e.g. a client's name; "" takes the entry's."""
        return ""

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        """Catches up with what changed while it was hidden."""
        super().showEvent(event)
        if self._stale:
            changes, self._stale = self._stale, ()
            self.refresh(changes)

    def _changed(self, changes: tuple[Change, ...]) -> None:
        if self.isVisible():
            self.refresh(changes)
        else:
            self._stale += changes
