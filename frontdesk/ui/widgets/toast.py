"""A toast: what was just done, with Undo. It never covers what is typed into and takes no focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from frontdesk.ui.tokens import SPACE_1, SPACE_2, SPACE_4, SPACE_5
from frontdesk.ui.widgets.basics import Button, Text

_STAYS_MS = 8_000


class _ToastButton(Button):
    KIND = "toast"


class Toast(QFrame):
    """One at a time, a newer one replaces it. It stands where the last line of its host ends."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setObjectName("toast")
        self.setProperty("kind", "toast")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_4, SPACE_1, SPACE_2, SPACE_1)
        row.setSpacing(SPACE_4)
        self._text = Text("", name="toastText")
        self._button = _ToastButton("", self._do, name="toastAction")
        self._run: Callable[[], object] | None = None
        row.addWidget(self._text)
        row.addWidget(self._button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def tell(self, text: str, action: str = "", run: Callable[[], object] | None = None) -> None:
        """Says what was done, for eight seconds, or as long as the mouse or focus is on it."""
        self._text.setText(text)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._run = run
        self.adjustSize()
        self._place()
        host = self.parentWidget()
        if host:
            # Again and again is once; not before, since the first window has nothing to tell.
            host.installEventFilter(self)
        self.show()
        self.raise_()
        self._timer.start(_STAYS_MS)

    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def event(self, event: QEvent) -> bool:
        """Grows with its text when that is shown larger."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self.adjustSize()
            self._place()
        return done

    def enterEvent(self, event: object) -> None:
        """Stays while the mouse is on it."""
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Goes some time after the mouse has left."""
        self._timer.start(_STAYS_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keeps its place when the host changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _do(self) -> None:
        self.hide()
        if self._run:
            self._run()

    def _place(self) -> None:
        host = self.parentWidget()
        if host:
            self.setMaximumWidth(max(200, host.width() - 2 * SPACE_5))
            left = SPACE_2 if self.isRightToLeft() else host.width() - self.width() - SPACE_2
            self.move(left, host.height() - self.height() - SPACE_1)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
