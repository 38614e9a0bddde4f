"""Tells the screens what a command changed, on the Qt thread; other desks' changes come the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple
from weakref import ReferenceType, ref

from PySide6.QtCore import QObject
from shiboken6 import isValid

from frontdesk.services.changes import Change, Topic

Listener = Callable[[tuple[Change, ...]], None]


class _Watch(NamedTuple):
    owner: ReferenceType[QObject]
    topics: frozenset[Topic]
    listener: Listener


class ChangeNotifier:
    """Who watches which topic."""

    def __init__(self) -> None:
        self._watches: list[_Watch] = []

    def watch(self, owner: QObject, topics: Iterable[Topic], listener: Listener) -> None:
        """Calls `listener` with the changes of these topics for as long as `owner` lives."""
        self._watches.append(_Watch(ref(owner), frozenset(topics), listener))

    def broadcast(self, changes: Iterable[Change]) -> None:
        """Tells every watcher; called by the task runner after a write, on the Qt thread."""
        told = tuple(changes)
        if not told:
            return
        self._watches = [one for one in self._watches if _alive(one.owner)]
        for one in tuple(self._watches):
            wanted = tuple(change for change in told if change.topic in one.topics)
            if wanted and _alive(one.owner):
                one.listener(wanted)


def _alive(owner: ReferenceType[QObject]) -> bool:
    found = owner()
    return found is not None and isValid(found)
