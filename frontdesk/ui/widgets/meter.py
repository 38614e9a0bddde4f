"""A line that is filled so far as something has come; words beside it say the same."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import Tone

_HEIGHT = 6


class Meter(QWidget):
    """`set(0.4)` fills two fifths."""

    def __init__(self, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.share = 0.0
        self._tone = Tone.ACCENT

    def set(self, share: float, tone: Tone = Tone.ACCENT) -> None:
        """Fills it: 0 is empty, 1 and more is full."""
        self.share, self._tone = max(0.0, min(1.0, share)), tone
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the line and what is filled of it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colors, whole = theme().colors, QRectF(self.rect())
        painter.setBrush(QColor(colors.neutral_quiet))
        painter.drawRoundedRect(whole, _HEIGHT / 2, _HEIGHT / 2)
        if self.share > 0:
            width = max(float(_HEIGHT), whole.width() * self.share)
            left = whole.right() - width if self.isRightToLeft() else whole.left()
            painter.setBrush(QColor(colors.ink(self._tone)))
            painter.drawRoundedRect(QRectF(left, 0, width, _HEIGHT), _HEIGHT / 2, _HEIGHT / 2)
        painter.end()
