"""Words that are written from right to left, kept in their place in sentences that run the other way."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    import re


def in_order(text: str) -> str:
    """`text` as it has to be drawn: each piece that runs from right to left is isolated.

    Otherwise a sentence that begins with such a name would run from its end, and a number that follows one
    would stand before it.
    """
    # Nearly every text is told apart by this, without the pattern, which the start need not wait for.
    if text.isascii() or not any("\u0590" <= one <= "\u08ff" or one >= "\ufb1d" for one in text):
        return text
    if QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        return text
    return _pieces().sub("\u2067\\g<0>\u2069", text)


@cache
def _pieces() -> re.Pattern[str]:
    """Words with what stands between them: a name of several is one piece."""
    import re

    letter = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
    return re.compile(rf"{letter}+(?:[\s'’.\-]+{letter}+)*")
