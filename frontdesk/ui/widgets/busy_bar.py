"""The quiet line that runs while something takes long."""

from __future__ import annotations

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from frontdesk.ui.painting import fill
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import BUSY_AFTER_MS


class BusyBar(QWidget):
    """A quiet line that runs while something takes longer than 150 ms; it always keeps its two pixels.

    Once it is known how far the work is, the line tells that instead of running.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(2)
        self._busy = 0
        self._at = 0
        self._done = self._total = 0
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(BUSY_AFTER_MS)
        self._late.timeout.connect(self._begin)
        self._tick = QTimer(self)
        self._tick.setInterval(33)
        self._tick.timeout.connect(self._step)

    def start(self) -> None:
        """Something began; calls nest."""
        self._busy += 1
        if self._busy == 1:
            self._late.start()

    def stop(self) -> None:
        """Something ended."""
        self._busy = max(0, self._busy - 1)
        if not self._busy:
            self._late.stop()
            self._tick.stop()
            self._done = self._total = 0
            self.update()

    def show_progress(self, done: int, total: int) -> None:
        """How much of the work is done, in any unit."""
        self._done, self._total = done, total
        self.update()

    def is_shown(self) -> bool:
        """Whether the line is running."""
        return self._tick.isActive()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the moving part."""
        if not self._tick.isActive():
            return
        painter = QPainter(self)
        if self._total:
            fill(painter, self.rect(), theme().color("hairline"))
            width = min(self.width(), self.width() * self._done // self._total)
            left = self.width() - width if self.isRightToLeft() else 0
        else:
            width = max(80, self.width() // 5)
            left = (self._at % 100) * (self.width() + width) // 100 - width
        fill(painter, QRect(left, 0, width, 2), theme().color("accent"))
        painter.end()

    def _begin(self) -> None:
        self._at = 0
        self._tick.start()

    def _step(self) -> None:
        self._at += 2
        self.update()
