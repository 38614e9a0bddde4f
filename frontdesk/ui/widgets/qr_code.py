"""A QR code: dark on white in every theme, since many scanners read nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

#: White around the code, in modules: scanners need it to find the code.
_QUIET = 4
#: The side of the widget in logical pixels; a phone reads it from an arm's length.
_SIDE = 176


class QrCode(QWidget):
    """Shows a text, mostly a link, as a QR code. `label` is its accessible name."""

    def __init__(self, label: str, *, side: int = _SIDE, name: str = "qrCode") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._side = side
        self._text = ""
        self._rows: Sequence[Sequence[int]] = ()

    def set_text(self, text: str) -> None:
        """Shows this text; without one there is nothing to see."""
        if text != self._text:
            self._text = text
            self._rows = modules_of(text) if text else ()
            self.update()

    def text(self) -> str:
        """What the code says."""
        return self._text

    def image(self, side: int) -> QImage:
        """The code as a picture of at most so many pixels, each module as large as the next."""
        count = len(self._rows) + 2 * _QUIET
        module = max(1, side // count)
        made = QImage(module * count, module * count, QImage.Format.Format_RGB32)
        painter = QPainter(made)
        _paint(painter, self._rows, QRectF(made.rect()), module)
        painter.end()
        return made

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(self._side, self._side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the code on its white ground, its modules on whole pixels of the screen."""
        if not self._rows:
            return
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        count = len(self._rows) + 2 * _QUIET
        module = max(1, int(min(self.width(), self.height()) * ratio) // count) / ratio
        _paint(painter, self._rows, QRectF(self.rect()), module)
        painter.end()


def modules_of(text: str) -> Sequence[Sequence[int]]:
    """The rows of a code, 1 for dark, without white around it; a seventh of it may be dirty or torn."""
    # Late, since most starts show none.
    import segno

    return segno.make(text, error="m", micro=False).matrix


def _paint(painter: QPainter, rows: Sequence[Sequence[int]], ground: QRectF, module: float) -> None:
    """Fills the ground and draws the code in its middle."""
    painter.fillRect(ground, Qt.GlobalColor.white)
    side = module * len(rows)
    left, top = (ground.width() - side) / 2, (ground.height() - side) / 2
    painter.translate(round(left), round(top))
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                painter.fillRect(QRectF(x * module, y * module, module, module), Qt.GlobalColor.black)
