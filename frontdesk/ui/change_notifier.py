"""Tells the screens what changed, on the Qt thread: what a command did at once, all else gathered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple
from weakref import ReferenceType, ref

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from frontdesk.services.changes import Change, Topic

#: Milliseconds in which a screen reads again once at most, however much sync or another desk writes (L3, F6).
PAUSE_MS: Final = 500

Listener = Callable[[tuple[Change, ...]], None]


class _Watch(NamedTuple):
    owner: ReferenceType[QObject]
    topics: frozenset[Topic]
    listener: Listener


class ChangeNotifier:
    """Who watches which topic."""

    def __init__(self) -> None:
        self._watches: list[_Watch] = []
        self._gathered: dict[Topic, set[int] | None] = {}
        self._pause: QTimer | None = None

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

    def gather(self, changes: Iterable[Change]) -> None:
        """Tells them as ``broadcast`` does; what follows within the pause is told together at its end.

        For whatever may write many times a second: each telling lets the screens read again.
        """
        for change in changes:
            ids = self._gathered.setdefault(change.topic, set())
            if not change.ids:
                self._gathered[change.topic] = None
            elif ids is not None:
                ids.update(change.ids)
        if not self.is_gathering:
            self._tell_gathered()

    @property
    def is_gathering(self) -> bool:
        """Whether something was told so lately that what follows waits for the end of the pause."""
        return self._pause is not None and self._pause.isActive()

    def _tell_gathered(self) -> None:
        gathered, self._gathered = self._gathered, {}
        if gathered:
            if self._pause is None:
                self._pause = QTimer()
                self._pause.setSingleShot(True)
                self._pause.timeout.connect(self._tell_gathered)
            self._pause.start(PAUSE_MS)
            self.broadcast(Change(topic, tuple(sorted(ids or ()))) for topic, ids in gathered.items())


def _alive(owner: ReferenceType[QObject]) -> bool:
    found = owner()
    return found is not None and isValid(found)
