"""How entries of a list under a field are painted: the chosen one, an icon first, what stands at the end."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from frontdesk.ui.icons import pixmap
from frontdesk.ui.placing import beside, placed
from frontdesk.ui.reading_order import in_order
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import RADIUS, SPACE_3

_START = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_END = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def chosen(painter: QPainter, row: QRect) -> None:
    """The ground of the entry that Enter takes."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme().colors.accent_quiet))
    painter.drawRoundedRect(row.adjusted(4, 1, -4, -1), RADIUS, RADIUS)


def icon_first(painter: QPainter, inside: QRect, name: str, role: str, size: int, gap: int) -> QRect:
    """Draws an icon where the line begins, and answers what is left of the line."""
    way = painter.layoutDirection()
    painter.drawPixmap(placed(way, False, QSize(size, size), inside).topLeft(), pixmap(name, role, size))
    return beside(way, False, size + gap, inside)


def at_end(painter: QPainter, inside: QRect, text: str, font: QFont, color: str) -> QRect:
    """Writes where the line ends, and answers what is left of the line."""
    painter.setFont(font)
    painter.setPen(QColor(color))
    painter.drawText(inside, int(_END), text)
    used = painter.fontMetrics().horizontalAdvance(text) + SPACE_3
    return beside(painter.layoutDirection(), True, used, inside)


def elided(painter: QPainter, inside: QRect, text: str, font: QFont, color: str) -> QRect:
    """Writes as much of a text as fits where the line begins, and answers what is left of the line."""
    painter.setFont(font)
    painter.setPen(QColor(color))
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(in_order(text), Qt.TextElideMode.ElideRight, inside.width())
    painter.drawText(inside, int(_START), shown)
    return beside(painter.layoutDirection(), False, metrics.horizontalAdvance(shown) + SPACE_3, inside)
