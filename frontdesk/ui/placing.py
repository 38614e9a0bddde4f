"""Where a thing goes inside a rectangle, in either direction of reading.

Qt has this as QStyle.alignedRect; but the first mention of QStyle costs the start-up several milliseconds.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt


def placed(way: Qt.LayoutDirection, at_end: bool, size: QSize, inside: QRect) -> QRect:
    """A box of `size` in the vertical middle of `inside`, at the end of the line or at its start."""
    mirrored = way is Qt.LayoutDirection.RightToLeft
    left = inside.right() + 1 - size.width() if at_end != mirrored else inside.left()
    top = inside.top() + (inside.height() - size.height()) // 2
    return QRect(left, top, size.width(), size.height())
