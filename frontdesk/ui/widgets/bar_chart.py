"""Bars along a line, one for each day: the arrows walk over them, and each says its value in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import FOCUS_WIDTH, RADIUS, SPACE_1, SPACE_2, SPACE_3, Size

_HEIGHT: Final = 168
#: A bar is no wider, however few there are.
_WIDEST: Final = 44
#: Lines across, beside the one at zero.
_LINES: Final = 3
_STEPS: Final = (1, 2, 5)


class Bar(NamedTuple):
    """One bar: its value, a short text beneath it where there is room, and all of it in words."""

    value: int
    under: str
    words: str


class BarChart(QWidget):
    """`marked` tells which bar the arrows or a click chose, -1 for none."""

    marked = Signal(int)

    def __init__(self, *, name: str, label: str) -> None:
        """`label` is the accessible name."""
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._bars: tuple[Bar, ...] = ()
        self._axis: Callable[[int], str] = str
        self._ticks = [0, 1]
        #: The bar that is marked, -1 for none.
        self.at = -1
        theme().changed.connect(self._restyled)

    def set_bars(self, bars: Sequence[Bar], axis: Callable[[int], str]) -> None:
        """Shows these bars; `axis` puts a value into words for the lines across."""
        self._bars, self._axis = tuple(bars), axis
        values = [bar.value for bar in bars]
        self._ticks = ticks(min(values, default=0), max(values, default=0))
        self._mark(-1)
        self.update()

    def bars(self) -> tuple[Bar, ...]:
        """What is shown."""
        return self._bars

    # Qt

    def sizeHint(self) -> QSize:
        """As high as larger text needs."""
        return QSize(480, round(_HEIGHT * max(1.0, theme().scale)))

    def minimumSizeHint(self) -> QSize:
        """Bars may become thin."""
        return QSize(200, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows, Home and End walk over the bars."""
        last = len(self._bars) - 1
        forth = -1 if self.isRightToLeft() else 1
        match Qt.Key(event.key()):
            case Qt.Key.Key_Right:
                at = self.at + forth if self.at >= 0 else 0
            case Qt.Key.Key_Left:
                at = self.at - forth if self.at >= 0 else last
            case Qt.Key.Key_Home:
                at = 0
            case Qt.Key.Key_End:
                at = last
            case _:
                super().keyPressEvent(event)
                return
        self._mark(max(0, min(last, at)) if self._bars else -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click marks the bar beneath it."""
        self._mark(self._bar_at(event.position().toPoint()))

    def event(self, event: QEvent) -> bool:
        """A bar's words are its tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self._bar_at(event.pos())
            if at >= 0:
                QToolTip.showText(event.globalPos(), self._bars[at].words, self, self._column(at).toRect())
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows which bar the arrows are at."""
        super().focusInEvent(event)
        if self.at < 0 and self._bars:
            self._mark(len(self._bars) - 1)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The mark stays, the ring goes."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws lines, bars and what stands beneath them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme().font(Size.SECONDARY))
        if self._bars:
            self._draw_lines(painter)
            for at in range(len(self._bars)):
                self._draw_bar(painter, at)
            self._draw_texts(painter)
        if self.hasFocus():
            self._draw_ring(painter)
        painter.end()

    # Pieces

    def _restyled(self) -> None:
        self.updateGeometry()
        self.update()

    def _mark(self, at: int) -> None:
        if at == self.at:
            return
        self.at = at
        self.setAccessibleDescription(self._bars[at].words if at >= 0 else "")
        self.update()
        self.marked.emit(at)

    def _draw_lines(self, painter: QPainter) -> None:
        colors = theme().colors
        plot, metrics = self._plot(), QFontMetrics(painter.font())
        for value in self._ticks:
            y = self._y(value)
            painter.setPen(QPen(QColor(colors.control_border if value == 0 else colors.hairline), 1))
            painter.drawLine(round(plot.left()), round(y), round(plot.right()), round(y))
            painter.setPen(QColor(colors.text_muted))
            height = metrics.height()
            beside = QRectF(0, y - height / 2, plot.left() - SPACE_2, height)
            side = Qt.AlignmentFlag.AlignRight
            if self.isRightToLeft():
                beside = QRectF(plot.right() + SPACE_2, y - height / 2, self.width(), height)
                side = Qt.AlignmentFlag.AlignLeft
            painter.drawText(
                beside, int(side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute),
                self._axis(value),
            )  # fmt: skip

    def _draw_bar(self, painter: QPainter, at: int) -> None:
        colors, value = theme().colors, self._bars[at].value
        if at == self.at:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.hover))
            painter.drawRect(self._column(at))
        if not value:
            return
        zero, end = self._y(0), self._y(value)
        column = self._column(at)
        width = max(1.0, min(_WIDEST, column.width() * 0.72))
        # However little it is, it can be seen.
        height = max(2.0, abs(zero - end))
        bar = QRectF(column.center().x() - width / 2, zero - height if value > 0 else zero, width, height)
        role = "danger" if value < 0 else "accent_hover" if at == self.at else "accent"
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(colors, role)))
        radius = min(2.0, width / 3)
        painter.drawRoundedRect(bar, radius, radius)

    def _draw_texts(self, painter: QPainter) -> None:
        """What stands beneath the bars: as many as fit, the last one always."""
        painter.setPen(QColor(theme().colors.text_muted))
        metrics = QFontMetrics(painter.font())
        widest = max(metrics.horizontalAdvance(bar.under) for bar in self._bars) + SPACE_3
        step = max(1, -(-widest // max(1, round(self._column(0).width()))))
        top = self.height() - metrics.height()
        for at in range(len(self._bars) - 1, -1, -step):
            middle = self._column(at).center().x()
            wide = metrics.horizontalAdvance(self._bars[at].under)
            left = max(0.0, min(self.width() - wide, middle - wide / 2))
            painter.drawText(
                QRectF(left, top, wide + 2, metrics.height()),
                int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute),
                self._bars[at].under,
            )

    def _draw_ring(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme().colors.accent), FOCUS_WIDTH))
        inside = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(inside, RADIUS, RADIUS)

    # Pieces: where things stand

    def _plot(self) -> QRectF:
        metrics = QFontMetrics(theme().font(Size.SECONDARY))
        beside = max(metrics.horizontalAdvance(self._axis(value)) for value in self._ticks) + SPACE_2
        top, beneath = metrics.height() / 2 + SPACE_1, metrics.height() + SPACE_2
        width = self.width() - beside - SPACE_1
        left = SPACE_1 if self.isRightToLeft() else beside
        return QRectF(left, top, max(1, width), max(1, self.height() - top - beneath))

    def _column(self, at: int) -> QRectF:
        plot = self._plot()
        width = plot.width() / max(1, len(self._bars))
        place = len(self._bars) - 1 - at if self.isRightToLeft() else at
        return QRectF(plot.left() + place * width, plot.top(), width, plot.height())

    def _bar_at(self, point: QPoint) -> int:
        return next((at for at in range(len(self._bars)) if self._column(at).contains(point)), -1)

    def _y(self, value: int) -> float:
        ticks, plot = self._ticks, self._plot()
        span = ticks[-1] - ticks[0] or 1
        return plot.bottom() - (value - ticks[0]) * plot.height() / span


def ticks(least: int, most: int) -> list[int]:
    """Round numbers from below `least` to above `most`, zero among them, few enough to be read."""
    least, most = min(0, least), max(0, most)
    span = most - least or 1
    step = next(
        unit * 10**power for power in range(19) for unit in _STEPS if unit * 10**power * _LINES >= span
    )
    first, last = least // step, -(-most // step)
    return [at * step for at in range(first, max(last, first + 1) + 1)]
