"""Whether what Enter does was to be seen before it was pressed: no key that came earlier takes money, or
brings hundreds of clients in."""

from __future__ import annotations

from math import inf
from time import monotonic
from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

#: Seconds that a finger may stay on Enter, or press it twice.
BOUNCE_S: Final = 0.25


class Seen(QObject):
    """Counts from when `shown` was painted, since keys that wait while a slow computer paints are older."""

    def __init__(self, shown: QWidget) -> None:
        super().__init__(shown)
        self._shown = shown
        #: From when on a key counts, on the monotonic clock.
        self.counts_from = inf
        shown.installEventFilter(self)

    def forget(self) -> None:
        """Something else is shown now; keys count once it was painted and a finger could leave the key."""
        self.counts_from = inf
        self._shown.update()

    def is_long_enough(self) -> bool:
        """Whether a key that is pressed now means what is shown."""
        return monotonic() >= self.counts_from

    def press(self) -> bool:
        """The same for one that was pressed; too early it makes those that follow it closely wait, too."""
        if self.is_long_enough():
            return True
        self.counts_from = max(self.counts_from, monotonic() + BOUNCE_S)
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is painted can be seen."""
        if event.type() == QEvent.Type.Paint and self.counts_from == inf:
            self.counts_from = monotonic() + BOUNCE_S
        return super().eventFilter(watched, event)
