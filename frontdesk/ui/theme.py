"""The theme at work: fonts, palette and style sheet from the tokens, light or dark, switched live.

`theme()` is the one of this process: paint code asks it for `colors`, and `theme().changed` tells when they
became others. Icons are in `frontdesk.ui.icons`.
"""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from frontdesk.ui.resources import resource
from frontdesk.ui.stylesheet import stylesheet
from frontdesk.ui.tokens import DARK, FONT_FAMILY, LIGHT, TYPE_SCALE, Colors, Size

#: What QApplication is made with. Setting the style afterwards would make PySide6 look at every style class,
#: which takes 5 ms of a start.
ARGUMENTS = ("frontdesk", "-style", "Fusion")
_FONT_FILES = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")


class Scheme(StrEnum):
    """What a person may choose in Settings."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """Colours and type as they are now."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.colors: Colors = LIGHT
        self.scheme = Scheme.SYSTEM
        self.scale = 1.0
        self._fonts_loaded = False

    def install(self, app: QApplication, scheme: Scheme = Scheme.SYSTEM, scale: float = 1.0) -> None:
        """Gives an application that was made with `ARGUMENTS` its look. Once, before the first widget."""
        self._load_fonts()
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._system_changed)
        self.scheme, self.scale = scheme, scale
        self._apply()
        # Late, since the ring asks this module for its colour.
        from frontdesk.ui.widgets.focus_ring import FocusRing

        FocusRing(app)

    def set_scheme(self, scheme: Scheme) -> None:
        """Switches to light, dark or what the system says, at once."""
        if scheme is not self.scheme:
            self.scheme = scheme
            self._apply()

    def set_scale(self, scale: float) -> None:
        """Sets the text size, 1.0 = as designed, between 0.8 and 2.0."""
        scale = min(2.0, max(0.8, scale))
        if scale != self.scale:
            self.scale = scale
            self._apply()

    def color(self, role: str) -> QColor:
        """The colour of a role, e.g. "text_muted"."""
        return QColor(getattr(self.colors, role))

    def font(self, size: Size = Size.BODY, weight: int = 400) -> QFont:
        """A font of the type scale, with tabular figures, for code that paints."""
        font = QFont(FONT_FAMILY)
        font.setPixelSize(max(9, round(TYPE_SCALE[size] * self.scale)))
        font.setWeight(QFont.Weight(weight))
        # Numbers are the content here, so every figure of the program is tabular.
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def _load_fonts(self) -> None:
        if not self._fonts_loaded:
            for name in _FONT_FILES:
                QFontDatabase.addApplicationFont(str(resource("fonts", name)))
            self._fonts_loaded = True

    def _system_changed(self) -> None:
        if self.scheme is Scheme.SYSTEM:
            self._apply()

    def _is_dark(self) -> bool:
        if self.scheme is Scheme.SYSTEM:
            return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self.scheme is Scheme.DARK

    def _apply(self) -> None:
        self.colors = DARK if self._is_dark() else LIGHT
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setFont(self.font())
            app.setPalette(_palette(self.colors))
            app.setStyleSheet(stylesheet(self.colors, self.scale))
        self.changed.emit()


def _palette(c: Colors) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    colors = {
        role.Window: c.surface,
        role.WindowText: c.text,
        role.Base: c.surface,
        role.AlternateBase: c.sunken,
        role.Text: c.text,
        role.Button: c.raised,
        role.ButtonText: c.text,
        role.BrightText: c.on_accent,
        role.Highlight: c.accent,
        role.HighlightedText: c.on_accent,
        role.Accent: c.accent,
        role.Link: c.accent,
        role.LinkVisited: c.accent,
        role.ToolTipBase: c.toast,
        role.ToolTipText: c.on_toast,
        role.PlaceholderText: c.text_muted,
        role.Light: c.raised,
        role.Midlight: c.hover,
        role.Mid: c.hairline,
        role.Dark: c.control_border,
        role.Shadow: c.ground,
    }
    for name, color in colors.items():
        palette.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(c.text_muted))
    return palette


_theme: Theme | None = None


def theme() -> Theme:
    """The theme of this process."""
    global _theme
    if _theme is None:
        _theme = Theme()
    return _theme
