"""The composition root: paints the first window, then loads the books behind it, and ends in steps.

The order matters (F1): Qt and the first rows by plain SQL, the first frame, and only then asyncio, SQLAlchemy
and the presenters, which are imported in a thread while the window already answers.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from frontdesk import __version__
from frontdesk.errors import FrontdeskError, Refused, StorageFailed
from frontdesk.paths import Places
from frontdesk.services.changes import Change, Topic
from frontdesk.services.first_rows import first_rows
from frontdesk.services.ports import Clock, SecretStore, SystemClock
from frontdesk.services.views.first_rows import FirstRows
from frontdesk.ui import display
from frontdesk.ui.context import UiContext, make_context
from frontdesk.ui.garbage import GarbageCollector
from frontdesk.ui.i18n import install_language
from frontdesk.ui.main_window import MainWindow
from frontdesk.ui.openers import add_global_actions, import_the_rest, serve_dialogs
from frontdesk.ui.preferences import Preferences
from frontdesk.ui.screen_list import screen_entries
from frontdesk.ui.session import Session, StaffFacts, StudioFacts
from frontdesk.ui.single_instance import SingleInstance
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import Tone

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Task

    from frontdesk.services.listening import FileWatch, Listener
    from frontdesk.services.office import Office
    from frontdesk.window_sync import WindowSync

log = logging.getLogger("frontdesk.app")

#: Prints when the first window was painted and when the books were loaded, for the benchmark of the start.
TRACE_VARIABLE = "FRONTDESK_TRACE_START"
Ready = Callable[[MainWindow], object]
#: What the Qt thread uses as soon as the books are open; to import these there would stop the window.
_ASKED_NEXT = ("desks", "lots", "settings", "staff")
_SWEEP_EVERY_MS = 60_000
_FREEZE_AFTER_MS = 3_000


def open_window(
    places: Places,
    *,
    demo: bool = False,
    verbose: bool = False,
    ready: Ready | None = None,
    clock: Clock | None = None,
    secrets: Callable[[], SecretStore] | None = None,
) -> int:
    """Run the program until its window is closed; returns the exit code.

    ``ready`` is called with the window when the books are open and the start is over. ``clock`` tells the
    time; None takes the computer's, or the server's where there is one. ``secrets`` makes the place of the
    key for Stripe; None takes the computer's keyring.
    """
    from frontdesk.logs import start_logging

    if not display.is_named():
        return display.EXIT_CODE
    start_logging(places.logs, verbose=verbose)
    app = display.make_application()
    app.setApplicationName("Frontdesk")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("frontdesk")
    app.setQuitOnLastWindowClosed(False)
    instance = SingleInstance(places.lock)
    if not instance.is_first():
        return _wake(instance, places)
    try:
        return Program(app, places, instance, demo=demo, ready=ready, clock=clock, secrets=secrets).run()
    finally:
        instance.release()


def _wake(instance: SingleInstance, places: Places) -> int:
    if not instance.is_taken():
        print(
            f"Frontdesk cannot write to {places.home}. Give this user the right to write there and see that"
            " there is space, or name another folder with --home.",
            file=sys.stderr,
        )
        return 3
    if instance.wake_first():
        print("Frontdesk is open already; its window is in front now.")
        return 0
    print(
        f"Another Frontdesk holds {places.lock} and does not answer. Close it, then start again.",
        file=sys.stderr,
    )
    return 3


class Program(QObject):
    """The running program on one studio."""

    def __init__(
        self,
        app: QApplication,
        places: Places,
        instance: SingleInstance,
        *,
        demo: bool = False,
        ready: Ready | None = None,
        clock: Clock | None = None,
        secrets: Callable[[], SecretStore] | None = None,
    ) -> None:
        super().__init__()
        self._app = app
        self._places = places
        self._demo = demo
        self._ready = ready
        self._clock: Clock = clock or SystemClock()
        self._secrets = secrets
        self._collector = GarbageCollector(self)
        self._preferences = Preferences(places.preferences)
        self._locale = install_language(app, self._preferences.language)
        theme().install(app, self._preferences.scheme, self._preferences.text_scale)
        self._loop: AbstractEventLoop | None = None
        self._office: Office | None = None
        self._listener: Listener | FileWatch | None = None
        self._sync: WindowSync | None = None
        self._context: UiContext | None = None
        self._window: MainWindow | None = None
        self._ending = False
        self._exit_code = 0
        self._instance = instance
        instance.woken.connect(self._show_in_front)

    def run(self) -> int:
        """Show the first window, then run until it is closed; returns the exit code."""
        first = self._first_rows()
        if first is not None:
            self._open(first)
            # Paints now: everything heavy starts after this line.
            self._app.processEvents()
            _trace("painted")
        # It imports asyncio, so it comes after the first frame.
        from frontdesk.ui.event_loop import import_meanwhile, make_loop

        import_meanwhile(self._app)
        self._loop = loop = make_loop(self._app)
        if self._context is not None:
            self._attach(self._context)
            self._context.tasks.start(self._load())
        else:
            begin = loop.create_task(self._begin())
            begin.add_done_callback(self._begun)
        QTimer.singleShot(0, self._instance.listen)
        QTimer.singleShot(_FREEZE_AFTER_MS, self._collector.freeze)
        try:
            loop.run_forever()
        finally:
            loop.close()
        return self._exit_code

    def _first_rows(self) -> FirstRows | None:
        """What the first frame shows, if a file of this computer has it at hand."""
        if self._places.database_url is not None:
            return None
        return first_rows(self._places.books, self._clock.now())

    # The window

    def _open(self, first: FirstRows) -> None:
        """Build and show the main window with its first rows."""
        session = _session(first, self._places, self._preferences)
        context = make_context(
            session=session,
            preferences=self._preferences,
            theme=theme(),
            locale=self._locale,
            now=self._clock.now,
        )
        context.errors.install()
        context.serve("first_client_rows", lambda: first.clients)
        window = MainWindow(context, screen_entries())
        window.may_close = self._may_close
        serve_dialogs(context)
        add_global_actions(context, window)
        session.changed.connect(lambda: setattr(self._preferences, "staff_id", session.staff_id))
        context.notifier.watch(window, (Topic.STUDIO, Topic.STAFF, Topic.DESKS), self._studio_changed)
        self._context, self._window = context, window
        window.navigate("clients")
        window.show()

    def _attach(self, context: UiContext) -> None:
        assert self._loop is not None
        context.tasks.attach_loop(self._loop)

    async def _load(self) -> None:
        """Import what is heavy, open the books and let waiting reads go on."""
        assert self._context is not None
        context = self._context
        try:
            office = await context.tasks.chore(_open_office, self._places, self._clock)
        except FrontdeskError:
            # The banner says why; the rows that were painted must not look like open books.
            if self._window is not None:
                self._window.status.set_state(self.tr("The books could not be opened"), Tone.DANGER)
            raise
        self._take_books(office)
        self._collector.freeze()
        _trace("loaded")
        await self._settle_in()

    async def _settle_in(self) -> None:
        """What the fast start left out: the newest settings, and what has expired meanwhile."""
        assert self._context is not None
        context = self._context
        await self._refresh_session()
        await self._sweep()
        if self._ready is not None and self._window is not None:
            self._ready(self._window)
        timer = QTimer(self)
        timer.timeout.connect(lambda: context.tasks.start(self._sweep(), latest="sweep"))
        timer.start(_SWEEP_EVERY_MS)
        # Keys that follow F2 at once are typed into a dialog only once it is there.
        await import_the_rest(context)
        if self._window is not None:
            self._window.count_waiting()
        await self._start_sync()
        self._collector.freeze()

    async def _start_sync(self) -> None:
        """Let sync run beside the window; all that it needs is imported in a thread (F1)."""
        assert self._context is not None and self._window is not None
        assert self._loop is not None and self._office is not None
        module = await self._context.tasks.chore(import_module, "frontdesk.window_sync")
        self._sync = module.WindowSync(self._context, self._window, self._loop)
        await self._sync.start(self._office, self._clock, self._secrets)

    def _take_books(self, office: Office) -> None:
        from frontdesk.services.office import Cancel
        from frontdesk.services.unit_of_work import Actor

        assert self._context is not None
        session = self._context.session
        self._office = office
        self._context.tasks.attach_office(office, Cancel, lambda: Actor(session.staff_id, session.desk_id))
        self._say_where(True)
        self._listen(office)

    def _listen(self, office: Office) -> None:
        """Hear what others write: other desks on a server, the command line in a file."""
        from frontdesk.services.listening import FileWatch, Listener

        assert self._context is not None and self._loop is not None
        loop, context = self._loop, self._context

        def told(changes: tuple[Change, ...]) -> None:
            loop.call_soon_threadsafe(context.notifier.gather, changes)

        def reached() -> None:
            loop.call_soon_threadsafe(self._say_where, True)

        def lost() -> None:
            loop.call_soon_threadsafe(self._say_where, False)

        if office.database.path is not None:
            self._listener = FileWatch(office, told=told)
        else:
            self._listener = Listener(office.database.url, told=told, reached=reached, lost=lost)
        self._listener.start()

    def _say_where(self, reached: bool) -> None:
        """The status line: where the books are, and whether they can be reached."""
        if self._window is None or self._office is None:
            return
        status = self._window.status
        if self._office.database.path is not None:
            status.set_state(self.tr("The books are on this computer"), Tone.GOOD)
        elif reached:
            server = self._office.database.url.host or "localhost"
            status.set_state(self.tr("Connected to {server}").format(server=server), Tone.GOOD)
        else:
            status.set_state(self.tr("The server cannot be reached. Trying again…"), Tone.DANGER)

    async def _sweep(self) -> None:
        """Write down what has expired (C5): at the start and, by the minute, at the change of day."""
        from frontdesk.services.lots import sweep_due

        assert self._context is not None
        while await self._context.tasks.write(sweep_due):
            pass

    def _studio_changed(self, _changes: tuple[Change, ...]) -> None:
        assert self._context is not None
        self._context.tasks.start(self._refresh_session(), latest="session")

    async def _refresh_session(self) -> None:
        from frontdesk.services.desks import desk_rows
        from frontdesk.services.settings import studio_view
        from frontdesk.services.staff import staff_rows

        assert self._context is not None
        tasks, session = self._context.tasks, self._context.session
        view = await tasks.read(studio_view)
        staff = await tasks.read(staff_rows)
        desks = {desk.id: desk.name for desk in await tasks.read(desk_rows)}
        session.update(
            studio=StudioFacts(
                view.name, view.currency, view.zone, view.demo, view.prices_include_tax, view.test_mode
            ),
            staff=tuple(StaffFacts(one.id, one.name) for one in staff if not one.archived),
            desk_name=desks.get(session.desk_id),
        )

    # The first start, and books that are not at hand at once

    async def _begin(self) -> None:
        """Set a studio up where there is none, open the books, then the window."""
        from frontdesk.welcome import Welcome

        assert self._loop is not None
        welcome = Welcome(self._places, self._preferences, self._locale, self._clock, demo=self._demo)
        self._attach(welcome.context)
        try:
            begun = await welcome.begin()
        finally:
            await welcome.context.tasks.close()
        if begun is None:
            self._loop.stop()
            return
        self._places = begun.places
        self._open(begun.first)
        assert self._context is not None
        self._attach(self._context)
        self._take_books(begun.office)
        self._context.tasks.start(self._settle_in())

    def _begun(self, begin: Task[None]) -> None:
        error = None if begin.cancelled() else begin.exception()
        if error is None:
            return
        from frontdesk.welcome import tell_and_quit

        assert self._loop is not None
        self._exit_code = 4 if isinstance(error, StorageFailed) else 3
        tell_and_quit(error, self._preferences, self._locale, self._loop.stop)

    # The end

    def _may_close(self) -> bool:
        """The window asks before it closes: first the work ends, then the window goes."""
        if self._ending:
            return True
        if self._loop is None:
            # Somebody is faster than the loop that ends the work; so as soon as it is there.
            assert self._window is not None
            QTimer.singleShot(0, self._window.close)
            return False
        self._ending = True
        self._end_task = self._loop.create_task(self._end())
        return False

    async def _end(self) -> None:
        """Let begun writes finish, close the books, then leave the loop."""
        assert self._context is not None and self._window is not None and self._loop is not None
        # Whoever still works beside the window must not find the books closed.
        for beside in (self._sync, self._listener):
            if beside is not None:
                await self._loop.run_in_executor(None, beside.stop)
        await self._context.tasks.close()
        if self._office is not None:
            self._office.database.close()
        self._preferences.save()
        self._window.close()
        self._loop.stop()

    def _show_in_front(self) -> None:
        window = self._window
        if window is not None:
            window.showNormal() if window.isMinimized() else window.show()
            window.raise_()
            window.activateWindow()


def _session(first: FirstRows, places: Places, preferences: Preferences) -> Session:
    desk = next((one for one in first.desks if one.name == places.desk), None)
    if places.desk and desk is None:
        names = ", ".join(one.name for one in first.desks)
        raise Refused("home.unknown_desk", desk=places.desk, desks=names)
    desk = desk or first.desks[0]
    return Session(
        StudioFacts(first.studio_name, first.currency, first.zone, first.demo, test_mode=first.test_mode),
        desk_id=desk.id,
        desk_name=desk.name,
        staff=tuple(StaffFacts(one.id, one.name) for one in first.staff if not one.archived),
        staff_id=preferences.staff_id,
        version=__version__,
    )


def _open_office(places: Places, clock: Clock) -> Office:
    """In a thread: this import brings SQLAlchemy, and the queries that come next bring its statements."""
    from frontdesk.opening import open_office

    office = open_office(places, clock=clock)
    for name in _ASKED_NEXT:
        import_module(f"frontdesk.services.{name}")
    return office


def _trace(what: str) -> None:
    """One line for the benchmark: what happened, and how long after the process was made."""
    if TRACE_VARIABLE in os.environ:
        started = float(os.environ[TRACE_VARIABLE] or 0)
        print(f"{what} {time.time() - started:.4f}", flush=True)
