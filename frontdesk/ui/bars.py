"""The bars around a screen: title and search above it, desk and state of the data beneath it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from frontdesk.ui.actions import Actions
from frontdesk.ui.icons import keep_promise
from frontdesk.ui.session import Session
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import SPACE_2, SPACE_4, SPACE_5, Tone
from frontdesk.ui.widgets.basics import ElidedText, IconButton, PressButton, Text
from frontdesk.ui.widgets.surfaces import Icon


class FindButton(PressButton):
    """Looks like a field and opens the palette."""

    def __init__(self, words: str, keys: str, run: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("findAnything")
        self.setProperty("kind", "find")
        self.setAccessibleName(words)
        self.setToolTip(f"{words}  {keys}")
        self.setAutoDefault(False)
        self._fit()
        theme().changed.connect(self._fit)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(SPACE_2)
        for widget in (Icon("search", size=16), Text(words, "muted"), None, Text(keys, "keys")):
            if widget is None:
                row.addStretch(1)
                continue
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(widget)
        self.clicked.connect(lambda _checked=False: run())

    def _fit(self) -> None:
        self.setFixedWidth(round(248 * max(1.0, theme().scale)))


class TopBar(QWidget):
    """Back, the screen's title, "Find anything", and the menu of all commands."""

    def __init__(self, actions: Actions, scope: Callable[[], str]) -> None:
        super().__init__()
        self.setObjectName("topBar")
        self.setFixedHeight(56)
        self._actions, self._scope = actions, scope
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_5, 0, SPACE_4, 0)
        row.setSpacing(SPACE_2)
        back = actions["go.back"]
        self.back_button = IconButton("back", back.text(), back.trigger, name="backButton")
        self.back_button.setToolTip(back.toolTip())
        self.back_button.hide()
        self.title = ElidedText("", "title", name="screenTitle")
        self.title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        find = actions["find.anything"]
        keys = find.shortcut().toString(find.shortcut().SequenceFormat.NativeText)
        self.find_button = FindButton(find.text(), keys, find.trigger)
        self.menu_button = IconButton("menu", self.tr("All commands"), name="menuButton")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.menu_button)
        self._menu.aboutToShow.connect(self._fill_menu)
        self.menu_button.setMenu(self._menu)
        row.addWidget(self.back_button)
        self._mark = Text("", "demo", name="topDemoMark")
        self._mark.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._mark.hide()
        row.addWidget(self.title)
        row.addWidget(self._mark)
        row.addStretch(1)
        row.addWidget(self.find_button)
        row.addWidget(self.menu_button)

    def show_mark(self, mark: str) -> None:
        """Says that no real money moves here, where the sidebar has no room for it; "" for nothing."""
        self._mark.setText(mark)
        self._mark.setVisible(bool(mark))

    def _fill_menu(self) -> None:
        self._menu.clear()
        area = ""
        for command in sorted(self._actions.usable(self._scope()), key=_area):
            if area and _area(command) != area:
                self._menu.addSeparator()
            area = _area(command)
            keep_promise(command.action)
            self._menu.addAction(command.action)


def _area(command: object) -> str:
    return str(getattr(command, "id", "")).partition(".")[0]


class StatusLine(QWidget):
    """State of the data on the left; desk and version on the right. A word stands beside every dot."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("statusLine")
        self.setFixedHeight(28)
        self._session = session
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_5, 0, SPACE_4, 0)
        row.setSpacing(6)
        self._dot = Icon("check", "good", 14)
        self._state = Text("", "secondary", name="dataState")
        self._desk = Text("", "secondary", name="deskName")
        self._sync: tuple[Icon, ElidedText] | None = None
        self._row = row
        row.addWidget(self._dot)
        row.addWidget(self._state)
        row.addStretch(1)
        row.addWidget(self._desk)
        session.changed.connect(self._show_desk)
        self._show_desk()
        self.set_state(self.tr("Opening the books…"))

    def set_state(self, text: str, tone: Tone = Tone.NEUTRAL) -> None:
        """Where the books are and whether they can be reached."""
        self._state.setText(text)
        self._dot.set_icon(*_icon_of(tone))

    def show_sync(self, text: str, tone: Tone) -> None:
        """How sync with Stripe stands; "" where there is none. Its place is made when it is first told."""
        if self._sync is None:
            if not text:
                return
            self._sync = Icon("info", "text_muted", 14), ElidedText("", "secondary", name="syncLine")
            self._row.insertSpacing(2, SPACE_4)
            self._row.insertWidget(3, self._sync[0])
            self._row.insertWidget(4, self._sync[1], 1)
            # The words take the room that was left free for them.
            self._row.setStretch(5, 0)
        dot, words = self._sync
        dot.set_icon(*_icon_of(tone))
        words.setText(text)
        words.updateGeometry()
        for widget in self._sync:
            widget.setVisible(bool(text))

    def _show_desk(self) -> None:
        parts = [self._session.desk_name]
        if self._session.version:
            parts.append(self.tr("version {number}").format(number=self._session.version))
        self._desk.setText(" · ".join(parts))


def _icon_of(tone: Tone) -> tuple[str, str]:
    """The icon of a tone and its colour."""
    name = {Tone.GOOD: "check", Tone.WARNING: "warning", Tone.DANGER: "error"}.get(tone, "info")
    return name, "text_muted" if tone is Tone.NEUTRAL else str(tone)
