"""What this person at this computer likes: theme, language, text size, window places. One ini file.

Nothing here belongs to the studio's books; losing the file loses habits, not data.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from frontdesk.ui.i18n import SYSTEM
from frontdesk.ui.theme import Scheme


class Preferences:
    """Typed access to the file at `path`, which is made when first needed."""

    def __init__(self, path: Path) -> None:
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def folder(self) -> Path:
        """Where the file lies: the home folder, with the books beside it."""
        return Path(self._settings.fileName()).parent

    @property
    def scheme(self) -> Scheme:
        """Light, dark or as the system."""
        try:
            return Scheme(self.text("look/scheme", Scheme.SYSTEM.value))
        except ValueError:
            return Scheme.SYSTEM

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self.set_text("look/scheme", scheme.value)

    @property
    def text_scale(self) -> float:
        """Text size, 1.0 = as designed."""
        try:
            return min(2.0, max(0.8, float(self.text("look/text_scale", "1.0"))))
        except ValueError:
            return 1.0

    @text_scale.setter
    def text_scale(self, scale: float) -> None:
        self.set_text("look/text_scale", str(scale))

    @property
    def language(self) -> str:
        """A language code, or "system". Takes effect at the next start."""
        return self.text("look/language", SYSTEM)

    @language.setter
    def language(self, language: str) -> None:
        self.set_text("look/language", language)

    @property
    def staff_id(self) -> int | None:
        """Who acted last at this computer."""
        text = self.text("desk/staff_id")
        return int(text) if text.isdecimal() else None

    @staff_id.setter
    def staff_id(self, staff_id: int) -> None:
        self.set_text("desk/staff_id", str(staff_id))

    def text(self, key: str, default: str = "") -> str:
        """Any other small preference of a screen, e.g. "payments/period"."""
        value = self._settings.value(key, default)
        return value if isinstance(value, str) else default

    def set_text(self, key: str, value: str) -> None:
        """Keeps a small preference of a screen."""
        self._settings.setValue(key, value)

    def state(self, key: str) -> QByteArray:
        """Geometry or state that a window or splitter has saved; empty if there is none."""
        value = self._settings.value(f"state/{key}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_state(self, key: str, state: QByteArray) -> None:
        """Keeps a geometry or state."""
        self._settings.setValue(f"state/{key}", state)

    def save(self) -> None:
        """Writes the file now; otherwise Qt does it soon by itself."""
        self._settings.sync()
