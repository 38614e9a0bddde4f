"""The sidebar: the studio, its screens, Settings, and who is at the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QCoreApplication, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from frontdesk.ui.icons import set_icon
from frontdesk.ui.screen import ScreenEntry
from frontdesk.ui.session import Session, StudioFacts
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import ICON, SIDEBAR_NARROW, SIDEBAR_WIDTH, SPACE_1, SPACE_2, SPACE_3
from frontdesk.ui.widgets.basics import PressButton, Text
from frontdesk.ui.widgets.surfaces import Icon


def mode_mark(studio: StudioFacts) -> str:
    """What has to be told on every screen: that no real money moves here (A4); "" where it does."""
    marks = []
    if studio.demo:
        marks.append(QCoreApplication.translate("Sidebar", "DEMO"))
    if studio.test_mode:
        marks.append(QCoreApplication.translate("Sidebar", "TEST MODE"))
    return " · ".join(marks)


class NavButton(PressButton):
    """One line of the sidebar; an icon alone where the sidebar is narrow."""

    def __init__(
        self, text: str, icon: str, run: Callable[[], object], *, name: str, checkable: bool
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "nav")
        self.setCheckable(checkable)
        self.setAutoDefault(False)
        self.setIconSize(QSize(ICON, ICON))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_icon(self, icon, "text_muted", "accent")
        self._words = ""
        self._narrow = False
        self._count = ""
        self._tip = self._waits = ""
        self._badge = Text("", "strong", name=f"{name}.count", parent=self)
        self._badge.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._badge.hide()
        self.set_words(text)
        self.clicked.connect(lambda _checked=False: run())
        theme().changed.connect(self._show_count)

    def set_words(self, text: str) -> None:
        """Other words, e.g. another name."""
        self._words = text
        self.setAccessibleName(text)
        self.set_narrow(self._narrow)

    def set_count(self, count: str, words: str) -> None:
        """How many things wait there, "" for none; `words` say which, also to those who do not see it."""
        self._count = count
        self.setAccessibleDescription(words)
        self._waits = words
        self.set_tip(self._tip)
        self._show_count()

    def set_tip(self, text: str) -> None:
        """What its tooltip says; beneath it stands what waits there."""
        self._tip = text
        self.setToolTip("\n".join(filter(None, (text, self._waits))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the count at the end of the line."""
        super().resizeEvent(event)
        self._show_count()

    def _show_count(self) -> None:
        """The number beside the words, a dot at the icon's corner."""
        self._badge.setText("•" if self._narrow else self._count)
        self._badge.adjustSize()
        top = 0 if self._narrow else (self.height() - self._badge.height()) // 2
        end = SPACE_1 if self._narrow else SPACE_3
        left = end if self.isRightToLeft() else self.width() - self._badge.width() - end
        self._badge.move(left, top)
        self._badge.setVisible(bool(self._count))

    def set_narrow(self, narrow: bool) -> None:
        """Shows the icon alone; the tooltip keeps the words."""
        self._narrow = narrow
        # The gap between icon and words cannot be set in the style sheet.
        self.setText("" if narrow else f"  {self._words}")
        self._show_count()


class Sidebar(QFrame):
    """Marks the screen that is shown; `go` is called with a screen's id and where in it to go."""

    def __init__(self, entries: Iterable[ScreenEntry], session: Session, go: Callable[..., object]) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setProperty("kind", "sidebar")
        self._session, self._go = session, go
        self._buttons: dict[str, NavButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_2, SPACE_3, SPACE_2, SPACE_2)
        column.setSpacing(2)
        column.addWidget(self._head())
        column.addSpacing(SPACE_3)
        bottom: list[NavButton] = []
        for entry in entries:
            if not entry.in_sidebar:
                continue
            button = NavButton(
                entry.title,
                entry.icon,
                lambda id=entry.id: go(id),  # type: ignore[misc]
                name=f"nav.{entry.id}",
                checkable=True,
            )
            button.set_tip(f"{entry.title}  {entry.shortcut}".rstrip())
            self._buttons[entry.id] = button
            if entry.at_bottom:
                bottom.append(button)
            else:
                column.addWidget(button)
        column.addStretch(1)
        for button in bottom:
            column.addWidget(button)
        self.staff_button = NavButton("", "user", self.open_staff_menu, name="staffSwitcher", checkable=False)
        column.addWidget(self.staff_button)
        session.changed.connect(self._show_session)
        self._show_session()
        self.set_narrow(False)

    def mark(self, id: str) -> None:
        """Marks the entry of a screen."""
        for entry_id, button in self._buttons.items():
            button.setChecked(entry_id == id)

    def button(self, id: str) -> NavButton:
        """The button of a screen. Raises KeyError."""
        return self._buttons[id]

    def set_narrow(self, narrow: bool) -> None:
        """56 px with icons alone, or 208 px with words."""
        self.setFixedWidth(SIDEBAR_NARROW if narrow else SIDEBAR_WIDTH)
        for button in (*self._buttons.values(), self.staff_button):
            button.set_narrow(narrow)
        self._words.setVisible(not narrow)

    def open_staff_menu(self) -> None:
        """Shows who may take over the desk."""
        menu = QMenu(self)
        menu.setObjectName("staffMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for one in self._session.staff:
            action = QAction(one.name, menu)
            action.setCheckable(True)
            action.setChecked(one.id == self._session.staff_id)
            action.triggered.connect(lambda _on=False, id=one.id: self._session.switch_to(id))
            group.addAction(action)
            menu.addAction(action)
            if action.isChecked():
                # Down goes to the next person from here.
                menu.setActiveAction(action)
        menu.addSeparator()
        add = menu.addAction(self.tr("Add or rename staff…"))
        add.triggered.connect(lambda: self._go("settings", "staff"))
        height = menu.sizeHint().height()
        menu.popup(self.staff_button.mapToGlobal(QPoint(0, -height - 2)))

    def _head(self) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(10, SPACE_1, SPACE_2, SPACE_1)
        row.setSpacing(10)
        row.addWidget(Icon("mark", "accent", 20), 0, Qt.AlignmentFlag.AlignTop)
        self._words = QWidget()
        lines = QVBoxLayout(self._words)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(SPACE_1)
        self._studio = Text("", "strong", wrap=True, name="studioName")
        self._mark = Text("", "demo", name="demoMark")
        self._mark.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        lines.addWidget(self._studio)
        lines.addWidget(self._mark)
        row.addWidget(self._words, 1)
        return head

    def _show_session(self) -> None:
        self._studio.setText(self._session.studio.name)
        mark = mode_mark(self._session.studio)
        self._mark.setText(mark)
        self._mark.setVisible(bool(mark))
        name = self._session.staff_name
        self.staff_button.set_words(name or self.tr("Nobody"))
        self.staff_button.set_tip(self.tr("{name} is at the desk. Click to switch.").format(name=name))
        self.staff_button.setAccessibleName(self.tr("Switch staff member, now {name}").format(name=name))
