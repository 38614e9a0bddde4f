"""Python's cyclic garbage collector on the Qt thread alone.

In a worker thread the collector destroys QObjects there, and the process dies. So it is switched off, and a
timer on the Qt thread does what it would have done.
"""

from __future__ import annotations

import gc
import time
from typing import Final

from PySide6.QtCore import QObject, QTimer

#: Often, and then little: what a busy worker leaves in a second takes longer to walk over than a frame.
_EVERY_MS: Final = 100
#: The middle generation after so many of the youngest, for the same reason.
_MIDDLE_AFTER: Final = 2
#: Seconds between two walks over everything, which take as long as there is much.
_ALL_AFTER: Final = 600.0


class GarbageCollector(QObject):
    """Collects on the thread that made it, from the first `freeze` on and for as long as it lives."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._all_at = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.check)

    def check(self) -> None:
        """Collects the generations whose thresholds are passed, the oldest such one."""
        young, middle, old = gc.get_count()
        few, _, many = gc.get_threshold()
        if old > many and time.monotonic() - self._all_at > _ALL_AFTER:
            self._all_at = time.monotonic()
            gc.collect(2)
        elif middle > _MIDDLE_AFTER:
            gc.collect(1)
        elif young > few > 0:
            gc.collect(0)

    def freeze(self) -> None:
        """Call when a part of the start is over: what lives now stays, and no later collection walks over it.

        Without a collection before it, which would stop the window: imports leave next to no garbage.
        """
        gc.freeze()
        if not self._timer.isActive():
            self._timer.start()
