"""Our line icons, coloured by role and recoloured when the theme changes.

`set_icon(button_or_action, "plus")` is what screens use; `pixmap` is for code that paints. The files are
resources/icons/*.svg: 24 px grid, 1.75 px stroke, `currentColor`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol
from weakref import WeakKeyDictionary

from PySide6.QtCore import QBuffer, QByteArray, QSize, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QIcon, QImageReader, QPainter, QPixmap

from frontdesk.ui.painting import fill
from frontdesk.ui.resources import resource
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import ICON


class HasIcon(Protocol):
    """A button or an action."""

    def setIcon(self, icon: QIcon, /) -> None: ...


_in_use: WeakKeyDictionary[HasIcon, tuple[str, str, str | None]] = WeakKeyDictionary()
_following = False


@lru_cache(maxsize=256)
def _mask(name: str, pixels: int) -> QPixmap:
    """The icon in black on nothing, `pixels` device pixels square."""
    buffer = QBuffer()
    drawing = resource("icons", f"{name}.svg").read_bytes()
    buffer.setData(QByteArray(drawing.replace(b"currentColor", b"#000")))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"svg"))
    reader.setScaledSize(QSize(pixels, pixels))
    return QPixmap.fromImage(reader.read())


@lru_cache(maxsize=512)
def _tinted(name: str, color: str, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(_mask(name, round(size * ratio)))
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    fill(painter, pixmap.rect(), QColor(color))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _ratio() -> float:
    app = QGuiApplication.instance()
    return app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0


def pixmap(name: str, role: str = "text_muted", size: int = ICON) -> QPixmap:
    """The icon in the colour of a role, `size` logical pixels square, sharp on every screen in use."""
    return _tinted(name, getattr(theme().colors, role), size, _ratio())


def icon(name: str, role: str = "text_muted", checked_role: str | None = None, size: int = ICON) -> QIcon:
    """The icon as it is in the present theme; `checked_role` colours it while its button is checked."""
    made = QIcon()
    made.addPixmap(pixmap(name, role, size))
    if checked_role:
        made.addPixmap(pixmap(name, checked_role, size), QIcon.Mode.Normal, QIcon.State.On)
    return made


def set_icon(target: HasIcon, name: str, role: str = "text_muted", checked_role: str | None = None) -> None:
    """Gives a button or action an icon that follows the theme."""
    global _following
    if not _following:
        theme().changed.connect(_recolour, Qt.ConnectionType.DirectConnection)
        _following = True
    _in_use[target] = (name, role, checked_role)
    target.setIcon(icon(name, role, checked_role))


def promise_icon(action: QAction, name: str) -> None:
    """Gives an action its icon when `keep_promise` asks for it: most are never seen, and start-up waits."""
    action.setProperty("iconName", name)


def keep_promise(action: QAction) -> None:
    """Draws the icon that was promised, before the action is shown."""
    name = action.property("iconName")
    if name and action.icon().isNull():
        set_icon(action, str(name))


def _recolour() -> None:
    for target, (name, role, checked_role) in list(_in_use.items()):
        try:
            target.setIcon(icon(name, role, checked_role))
        except RuntimeError:
            # Qt has deleted the button before Python let go of its name.
            _in_use.pop(target, None)
