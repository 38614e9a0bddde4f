"""Every command of the program in one registry: id, translated text, shortcut, icon, what it does.

Menus, tooltips, the command palette and the shortcut test read it, so nothing is reachable in one way only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from frontdesk.ui.icons import promise_icon

WINDOW = "window"


class Command(NamedTuple):
    """One entry: `scope` is WINDOW (everywhere) or the id of the screen or dialog that it works in."""

    id: str
    scope: str
    action: QAction
    icon: str = ""

    @property
    def text(self) -> str:
        """The text without its mnemonic mark."""
        return self.action.text().replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")

    @property
    def shortcut(self) -> str:
        """The shortcut as people read it, "" if there is none."""
        return self.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


class Actions(QObject):
    """The registry. Ids are dotted: "go.clients", "client.sell"."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands: dict[str, Command] = {}

    def add(
        self,
        id: str,
        text: str,
        run: Callable[[], object],
        *,
        owner: QWidget,
        shortcut: str = "",
        icon: str = "",
        scope: str = WINDOW,
        keywords: str = "",
    ) -> QAction:
        """Registers a command and makes its QAction, a child of `owner` and gone with it.

        `text` is translated by the caller. WINDOW commands work wherever the focus is in the window; others
        while it is inside `owner`. `keywords` are further words that the palette finds it by.
        Raises ValueError for an id or a shortcut that is taken.
        """
        if id in self._commands:
            raise ValueError(f"two commands are called {id}")
        keys = QKeySequence(shortcut)
        taken = self.taken_by(keys, scope)
        if taken:
            raise ValueError(f"{shortcut} of {id} is taken by {taken.id}")
        action = QAction(text, owner)
        action.setObjectName(f"action.{id}")
        action.setData(keywords)
        action.setShortcut(keys)
        action.setShortcutContext(
            Qt.ShortcutContext.WindowShortcut
            if scope == WINDOW
            else Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        action.setToolTip(tooltip(text, action))
        if icon:
            promise_icon(action, icon)
        action.triggered.connect(lambda _checked=False: run())
        owner.addAction(action)
        self._commands[id] = Command(id, scope, action, icon)
        action.destroyed.connect(lambda: self._forget(id))
        self.changed.emit()
        return action

    def __getitem__(self, id: str) -> QAction:
        return self._commands[id].action

    def all(self) -> tuple[Command, ...]:
        """Every command, in the order of registration."""
        return tuple(self._commands.values())

    def usable(self, *scopes: str) -> tuple[Command, ...]:
        """The enabled, visible commands of the window and of these scopes.

        What a scope has under the same words stands for what leads to it from elsewhere.
        """
        wanted = {WINDOW, *scopes}
        within = (command for command in self._commands.values() if command.scope in wanted)
        able = [one for one in within if one.action.isEnabled() and one.action.isVisible()]
        own = {one.text for one in able if one.scope != WINDOW}
        return tuple(one for one in able if one.scope != WINDOW or one.text not in own)

    def taken_by(self, keys: QKeySequence, scope: str = WINDOW) -> Command | None:
        """The command that these keys would clash with in that scope."""
        if keys.isEmpty():
            return None
        for command in self._commands.values():
            if command.action.shortcut() == keys and (
                WINDOW in (scope, command.scope) or scope == command.scope
            ):
                return command
        return None

    def _forget(self, id: str) -> None:
        self._commands.pop(id, None)


def allow(action: QAction, why_not: str) -> None:
    """Makes a command possible, or says in its tooltip and to those who hear it why it is not."""
    action.setEnabled(not why_not)
    action.setWhatsThis(why_not)
    plain = tooltip(action.text(), action)
    action.setToolTip(f"{plain}\n{why_not}" if why_not else plain)


def tooltip(text: str, action: QAction) -> str:
    """The text with the action's shortcut: "New client  Ctrl+N"."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    plain = text.replace("&", "").rstrip("…")
    return f"{plain}  {keys}" if keys else plain
