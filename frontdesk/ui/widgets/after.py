"""One line of what is now and what will be: "Left for the client   8 → 0"."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout

from frontdesk.ui.tokens import SPACE_2, SPACE_3
from frontdesk.ui.widgets.basics import Text


class After(QFrame):
    """What is now, and what will be."""

    def __init__(self, what: str, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "well")
        line = QHBoxLayout(self)
        line.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
        line.addWidget(Text(what, "muted"))
        line.addStretch(1)
        self.text = Text("", "strong", name=f"{name}Text")
        line.addWidget(self.text)

    def tell(self, before: str, after: str) -> None:
        """Shows both; without an `after` what is now alone."""
        words = self.tr("{before} → {after}") if after else "{before}"
        self.text.setText(words.format(before=before, after=after))
