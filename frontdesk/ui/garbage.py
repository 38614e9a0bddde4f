"""Python's cyclic garbage collector on the Qt thread alone.

In a worker thread the collector destroys QObjects there, and the process dies. So it is switched off, and a
timer on the Qt thread does what it would have done.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1_000


class GarbageCollector(QObject):
    """Collects on the thread that made it, from the first `freeze` on and for as long as it lives."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.check)

    def check(self) -> None:
        """Collects the generations whose thresholds are passed, the oldest such one."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if 0 < thresholds[generation] < counts[generation]:
                gc.collect(generation)
                return

    def freeze(self) -> None:
        """Call when a part of the start is over: what lives now stays, and no later collection walks over it.

        Without a collection before it, which would stop the window: imports leave next to no garbage.
        """
        gc.freeze()
        if not self._timer.isActive():
            self._timer.start()
