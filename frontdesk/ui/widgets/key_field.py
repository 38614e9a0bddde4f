"""The field that a key is pasted into."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from frontdesk.ui.widgets.text_fields import TextField


class KeyField(TextField):
    """A key, as dots; it is neither kept nor handed on by the field (A4)."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
        )

    def value(self) -> Any:
        """What was pasted, as it is: the draft tells what came along."""
        return self.text()

    def forget(self) -> None:
        """Empties the field; nothing of it can be brought back."""
        self.setText("")
