"""Where a thing goes inside a rectangle, in either direction of reading.

Qt has this as QStyle.alignedRect; but the first mention of QStyle costs the start-up several milliseconds.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt

#: What the frame of a window takes in most systems; it is not known before the window is shown.
_FRAME = QSize(8, 40)


def placed(way: Qt.LayoutDirection, at_end: bool, size: QSize, inside: QRect) -> QRect:
    """A box of `size` in the vertical middle of `inside`, at the end of the line or at its start."""
    mirrored = way is Qt.LayoutDirection.RightToLeft
    left = inside.right() + 1 - size.width() if at_end != mirrored else inside.left()
    top = inside.top() + (inside.height() - size.height()) // 2
    return QRect(left, top, size.width(), size.height())


def beside(way: Qt.LayoutDirection, at_end: bool, used: int, inside: QRect) -> QRect:
    """What is left of `inside` beside something `used` pixels wide at the end or start of the line."""
    mirrored = way is Qt.LayoutDirection.RightToLeft
    return inside.adjusted(0, 0, -used, 0) if at_end != mirrored else inside.adjusted(used, 0, 0, 0)


def fitting(wanted: QSize, room: QRect) -> QSize:
    """The size of a new window with its frame in the room of a screen: none of it is out of reach."""
    return wanted.boundedTo(room.size() - _FRAME)
