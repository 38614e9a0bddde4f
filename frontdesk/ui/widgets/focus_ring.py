"""The focus ring: two pixels around whatever button, tab or check box has the keyboard.

Fields show the focus by their own border and lists by their selected row; they need no ring.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QTabBar,
    QWidget,
)
from shiboken6 import isValid

from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import FOCUS_WIDTH, RADIUS

_GAP = 1
_OUT = FOCUS_WIDTH + _GAP
#: The style sheet's distance between two tabs, which belongs to the first one's rectangle.
_TAB_GAP = 22


class FocusRing(QObject):
    """One for the whole application; follows `focusChanged`."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._ring: _Ring | None = None
        self._watched: list[QWidget] = []
        self._target: QWidget | None = None
        app.focusChanged.connect(self._moved)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the target and what it stands in."""
        if event.type() in (
            QEvent.Type.Move,
            QEvent.Type.Resize,
            QEvent.Type.Show,
            QEvent.Type.Hide,
            QEvent.Type.LayoutRequest,
        ):
            self._place()
        return False

    def _moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        for widget in self._watched:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []
        self._target = new if isinstance(new, QAbstractButton | QTabBar) else None
        if self._ring is not None:
            if isValid(self._ring):
                self._ring.hide()
                self._ring.deleteLater()
            self._ring = None
        if self._target is None:
            return
        host = _host(self._target)
        inner: QWidget | None = self._target
        while inner is not None and inner is not host:
            inner.installEventFilter(self)
            self._watched.append(inner)
            inner = inner.parentWidget()
        self._ring = _Ring(host)
        self._place()

    def _place(self) -> None:
        ring, target = self._ring, self._target
        if ring is None or target is None or not isValid(ring) or not isValid(target):
            return
        host = ring.parentWidget()
        if host is None or not target.isVisible():
            ring.hide()
            return
        area = target.rect()
        if isinstance(target, QTabBar):
            area = target.tabRect(target.currentIndex()).adjusted(0, 0, -_TAB_GAP, 0)
        at = target.mapTo(host, QPoint(0, 0))
        outside = QRect(area.translated(at)).adjusted(-_OUT, -_OUT, _OUT, _OUT)
        # Never cut off at the edge of the host.
        ring.setGeometry(outside.intersected(host.rect()))
        ring.show()
        ring.raise_()


class _Ring(QWidget):
    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setObjectName("focusRing")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color("accent"), FOCUS_WIDTH))
        half = FOCUS_WIDTH / 2
        radius = RADIUS + _OUT - half
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), radius, radius)
        painter.end()


def _host(target: QWidget) -> QWidget:
    """The window, or the viewport that the target scrolls in: the ring is cut off where the target is."""
    widget: QWidget | None = target.parentWidget()
    while widget is not None and not widget.isWindow():
        above: QWidget | None = widget.parentWidget()
        if isinstance(above, QAbstractScrollArea) and above.viewport() is widget:
            return widget
        widget = above
    return target.window()
