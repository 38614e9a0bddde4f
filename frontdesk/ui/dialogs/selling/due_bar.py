"""What is due in big figures, always in sight above the buttons, and the change beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout

from frontdesk.ui.tokens import SPACE_2, SPACE_5, Tone
from frontdesk.ui.widgets.basics import Text

_BASELINE = Qt.AlignmentFlag.AlignBottom


class DueBar(QFrame):
    """Two big numbers with their words."""

    def __init__(self, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        line = QHBoxLayout(self)
        line.setContentsMargins(SPACE_5, SPACE_2, SPACE_5, SPACE_2)
        line.setSpacing(SPACE_2)
        self.due = Text("", "big", name="sellDue")
        self._due_words = Text("", "muted", name="sellDueWords")
        self.change = Text("", "big", name="sellChange")
        self._change_words = Text("", "muted", name="sellChangeWords")
        for label in (self.due, self._due_words):
            line.addWidget(label, 0, _BASELINE)
        line.addStretch(1)
        for label in (self.change, self._change_words):
            line.addWidget(label, 0, _BASELINE)
        for small in (self._due_words, self._change_words):
            small.setContentsMargins(0, 0, 0, 5)

    def set_due(self, amount: str, words: str) -> None:
        """What is to pay."""
        self.due.setText(amount)
        self._due_words.setText(words)

    def set_change(self, amount: str, words: str, tone: Tone) -> None:
        """What goes back, or is missing; without words there is neither."""
        self.change.setText(amount if words else "")
        self.change.set_tone(tone)
        self._change_words.setText(words)
