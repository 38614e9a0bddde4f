"""The shell: sidebar, top bar, the screens, status line; navigation with history; a banner and a toast."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from frontdesk.services.changes import Topic
from frontdesk.ui.bars import StatusLine, TopBar
from frontdesk.ui.context import UiContext
from frontdesk.ui.error_reporter import Report
from frontdesk.ui.placing import fitting
from frontdesk.ui.screen import Screen, ScreenEntry
from frontdesk.ui.sidebar import Sidebar, mode_mark
from frontdesk.ui.theme import Scheme
from frontdesk.ui.tokens import NARROW_BELOW, SPACE_5, Tone
from frontdesk.ui.widgets.basics import Rule
from frontdesk.ui.widgets.surfaces import Banner
from frontdesk.ui.widgets.toast import Toast

Route = tuple[str, tuple[object, ...]]
_HISTORY = 50


class MainWindow(QMainWindow):
    """The one window. Call `navigate` for the first screen, then `show`."""

    def __init__(self, context: UiContext, entries: Iterable[ScreenEntry]) -> None:
        super().__init__()
        self.context = context
        self.setObjectName("mainWindow")
        self.setMinimumSize(720, 480)
        self.resize(fitting(QSize(1280, 800), self.screen().availableGeometry()))
        #: Asked before the window closes; answers whether it may. The composition root ends its work there.
        self.may_close: Callable[[], bool] = lambda: True
        self._entries = {entry.id: entry for entry in entries}
        self._screens: dict[str, Screen] = {}
        self._present: Route | None = None
        self._behind: list[Route] = []
        self._ahead: list[Route] = []
        context.window = self
        context.navigate = self.navigate
        context.back = self.escape
        self._add_actions()
        self._build()
        context.toast = self._toast.tell
        context.errors.add_surface(self)
        context.session.changed.connect(self._show_title)
        context.session.changed.connect(self._show_mark)
        self.restoreGeometry(context.preferences.state("window"))

    # Navigation

    def navigate(self, id: str, *route: object) -> None:
        """Shows a screen and hands it the route. Raises KeyError for a screen that is not there."""
        going: Route = (id, route)
        if self._present is not None and self._present != going:
            self._behind = [*self._behind, self._present][-_HISTORY:]
            self._ahead.clear()
        self._go(going)

    def back(self) -> None:
        """Shows the screen before this one."""
        if self._behind and self._present is not None:
            self._ahead.append(self._present)
            self._go(self._behind.pop())

    def forward(self) -> None:
        """Undoes `back`."""
        if self._ahead and self._present is not None:
            self._behind.append(self._present)
            self._go(self._ahead.pop())

    def escape(self) -> None:
        """Esc: what the screen has open, else one screen back."""
        screen = self.current_screen()
        if screen is None or not screen.go_back():
            self.back()

    def current_screen(self) -> Screen | None:
        """The screen that is shown."""
        return self._screens.get(self._present[0]) if self._present else None

    def screen_of(self, id: str) -> Screen:
        """A screen, made if it is not yet. Raises KeyError."""
        if id not in self._screens:
            screen = self._entries[id].factory(self.context)
            screen.title_changed.connect(self._show_title)
            self._screens[id] = screen
            self._stack.addWidget(screen)
        return self._screens[id]

    # What waits

    def count_waiting(self) -> None:
        """Tells beside Payments, from now on, what waits there; once the books are open.

        Sales of this desk that wait for Stripe (S4), which nothing else tells of after a restart, and tasks
        that need a decision (S6).
        """
        context = self.context
        presenter = context.late("frontdesk.ui.presenters.payments", "PaymentsPresenter")

        async def count() -> None:
            sales, tasks = await (await presenter.get()).waiting(context.session.desk_id)
            told = self._waiting_in_words(sales, tasks)
            number = context.formats.number(sales + tasks)
            self.sidebar.button("payments").set_count(number if told else "", told)

        def look(_changes: object = None) -> None:
            context.tasks.start(count(), latest="window.waiting")

        context.notifier.watch(self, (Topic.CHECKOUTS, Topic.DECISIONS, Topic.SYNC), look)
        look()

    def _waiting_in_words(self, sales: int, tasks: int) -> str:
        told = []
        if sales:
            words = (
                self.tr("1 sale waits for Stripe") if sales == 1 else self.tr("{count} sales wait for Stripe")
            )
            told.append(words.format(count=self.context.formats.number(sales)))
        if tasks:
            words = self.tr("1 needs a decision") if tasks == 1 else self.tr("{count} need a decision")
            told.append(words.format(count=self.context.formats.number(tasks)))
        return " · ".join(told)

    # Errors

    def show_report(self, report: Report) -> None:
        """An error, above the screen; nothing that was typed is lost."""
        text = self.tr("{message}  ({id})").format(message=report.text, id=report.id)
        self.banner.tell(text, Tone.DANGER)

    def quit(self) -> None:
        """Closes the window for a person."""
        if not self._asks_first():
            self.close()

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc that no field wanted goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.escape()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sidebar becomes narrow where room is short."""
        super().resizeEvent(event)
        self.sidebar.set_narrow(self._is_narrow())
        self._show_mark()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remembers its place. A person who closes it is asked first where something typed would be lost."""
        if (event.spontaneous() and self._asks_first()) or not self.may_close():
            event.ignore()
            return
        self.context.preferences.set_state("window", self.saveGeometry())
        super().closeEvent(event)

    # Pieces

    def _asks_first(self) -> bool:
        things = tuple(thing for screen in self._screens.values() for thing in screen.unsaved())
        if things:
            self.context.ask("unsaved", things)
        return bool(things)

    def _is_narrow(self) -> bool:
        return self.width() < NARROW_BELOW

    def _show_mark(self) -> None:
        """DEMO and TEST MODE stand beside the studio's name, or here where the sidebar has no room for it."""
        self.top.show_mark(mode_mark(self.context.studio) if self._is_narrow() else "")

    def _go(self, route: Route) -> None:
        id, rest = route
        screen = self.screen_of(id)
        self._present = route
        self._stack.setCurrentWidget(screen)
        self.sidebar.mark(self._entries[id].parent or id)
        self.top.back_button.setVisible(bool(self._behind))
        self.banner.clear()
        screen.entered(*rest)
        self._show_title()
        self._move_focus_into(screen)

    def _move_focus_into(self, screen: Screen) -> None:
        """Whoever goes to a screen can type at once; a screen that has put the focus somewhere keeps it."""
        if screen.isAncestorOf(self.focusWidget()):
            return
        inner = screen.nextInFocusChain()
        while inner is not None and screen.isAncestorOf(inner):
            if inner.focusPolicy() & Qt.FocusPolicy.TabFocus and inner.isEnabled() and not inner.isHidden():
                inner.setFocus()
                return
            inner = inner.nextInFocusChain()
        screen.setFocus()

    def _show_title(self) -> None:
        screen = self.current_screen()
        if screen is None or self._present is None:
            return
        title = screen.title() or self._entries[self._present[0]].title
        self.top.title.setText(title)
        # A copy of the studio has the same name, and its window stands beside the studio's.
        parts = (title, self.context.studio.name, mode_mark(self.context.studio))
        self.setWindowTitle(" · ".join(part for part in parts if part))

    def _scope(self) -> str:
        return self._present[0] if self._present else ""

    def _build(self) -> None:
        self.sidebar = Sidebar(self._entries.values(), self.context.session, self.navigate)
        self.top = TopBar(self.context.actions, self._scope)
        self.banner = Banner(name="windowBanner")
        self.status = StatusLine(self.context.session)
        self._stack = QStackedWidget()
        self._stack.setObjectName("screens")
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(Rule())
        told = QHBoxLayout()
        told.setContentsMargins(SPACE_5, 0, SPACE_5, 0)
        told.addWidget(self.banner)
        column.addLayout(told)
        column.addWidget(self._stack, 1)
        column.addWidget(Rule())
        column.addWidget(self.status)
        # Over the status line, where nothing is pressed.
        self._toast = Toast(middle)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addWidget(middle, 1)
        self.setCentralWidget(whole)

    def _add_actions(self) -> None:
        add = partial(self.context.actions.add, owner=self)
        add("find.anything", self.tr("Find anything"), self.open_palette, shortcut="Ctrl+K", icon="search")
        for entry in self._entries.values():
            if entry.in_sidebar:
                add(
                    f"go.{entry.id}",
                    self.tr("Go to {screen}").format(screen=entry.title),
                    partial(self.navigate, entry.id),
                    shortcut=entry.shortcut,
                    icon=entry.icon,
                )
        add("go.back", self.tr("Go back"), self.back, shortcut="Alt+Left", icon="back")
        add("go.forward", self.tr("Go forward"), self.forward, shortcut="Alt+Right", icon="chevron-right")
        add(
            "desk.switch_staff",
            self.tr("Switch staff member"),
            lambda: self.sidebar.open_staff_menu(),
            # Not Ctrl+U: in a text field that deletes the line, where the system is a Unix.
            shortcut="F9",
            icon="switch-user",
        )
        add("look.light", self.tr("Light colours"), partial(self._set_scheme, Scheme.LIGHT), icon="sun")
        add("look.dark", self.tr("Dark colours"), partial(self._set_scheme, Scheme.DARK), icon="moon")
        add(
            "look.system",
            self.tr("Colours as the system has them"),
            partial(self._set_scheme, Scheme.SYSTEM),
            icon="desk",
        )
        add("look.larger", self.tr("Larger text"), partial(self._scale, 0.1), shortcut="Ctrl++", icon="plus")
        add(
            "look.smaller",
            self.tr("Smaller text"),
            partial(self._scale, -0.1),
            shortcut="Ctrl+-",
            icon="minus",
        )
        add(
            "find.commands",
            self.tr("Show all commands and shortcuts"),
            self.open_palette,
            shortcut="F1",
            icon="help",
        )
        add("window.close", self.tr("Quit"), self.quit, shortcut="Ctrl+Q", icon="close")

    def open_palette(self) -> None:
        """Opens Ctrl+K over the screen."""
        # Late: the first window shows no palette.
        from frontdesk.ui.command_palette import palette_of

        palette_of(self).open(self._scope())

    def _set_scheme(self, scheme: Scheme) -> None:
        self.context.preferences.scheme = scheme
        self.context.theme.set_scheme(scheme)

    def _scale(self, step: float) -> None:
        scale = round(self.context.theme.scale + step, 1)
        self.context.theme.set_scale(scale)
        self.context.preferences.text_scale = self.context.theme.scale
