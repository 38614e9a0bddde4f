"""Sync beside the window: made in a thread once the window answers, told on the Qt thread, ended with it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from frontdesk.services.changes import Change, Topic
from frontdesk.services.ports import Clock, SecretStore

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from frontdesk.services.office import Office
    from frontdesk.services.stripe.line import StripeLine
    from frontdesk.services.stripe.worker import SyncWorker
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.main_window import MainWindow
    from frontdesk.ui.sync_board import SyncBoard

_TELL_AGAIN_MS = 60_000


class WindowSync(QObject):
    """Serves "stripe_line" and "sync" to the screens, and shows sync in the status line of the window."""

    def __init__(self, context: UiContext, window: MainWindow, loop: AbstractEventLoop) -> None:
        super().__init__(window)
        self._context, self._window, self._loop = context, window, loop
        self._line: StripeLine | None = None
        self._worker: SyncWorker | None = None
        self._board: SyncBoard | None = None
        self._ended = False

    async def start(
        self, office: Office, clock: Clock | None, secrets: Callable[[], SecretStore] | None
    ) -> None:
        """Import and make what syncs, and let it begin."""
        tasks = self._context.tasks
        wiring = await tasks.chore(import_module, "frontdesk.syncing")
        shown = await tasks.chore(import_module, "frontdesk.ui.sync_board")
        await tasks.chore(import_module, "frontdesk.ui.sync_words")
        watch = await tasks.chore(import_module, "frontdesk.ui.checkout_watch")
        if self._ended:
            return
        line: StripeLine = wiring.make_line(office, secrets, clock)
        worker: SyncWorker = wiring.make_worker(
            line,
            self._context.session.desk_id,
            changed=self._on_qt_thread(self._context.notifier.gather),
            status=self._on_qt_thread(self._show),
        )
        board: SyncBoard = shown.SyncBoard(self)
        board.attach(worker)
        board.changed.connect(self._tell)
        self._context.session.changed.connect(self._tell)
        self._context.serve("stripe_line", lambda: line)
        self._context.serve("sync", lambda: board)
        self._context.notifier.watch(self, (Topic.SYNC, Topic.CHECKOUTS), self._wake)
        watch.CheckoutWatch(self._context, self)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._touched)
        app.applicationStateChanged.connect(self._touched)
        # "Synced 12:04" becomes a day older at midnight, whether or not anything happens.
        self.startTimer(_TELL_AGAIN_MS)
        self._line, self._worker, self._board = line, worker, board
        worker.start()

    def stop(self) -> None:
        """End sync; waits for a moment, so not on the Qt thread."""
        self._ended = True
        if self._worker is not None:
            self._worker.stop()
        if self._line is not None:
            self._line.note_reads()

    # Qt

    def timerEvent(self, _event: object) -> None:
        """Words about times grow old; and a window that was hidden need not hear of everything at once."""
        self._tell()
        self._attend(touched=False)

    # Pieces

    def _on_qt_thread(self, told: Callable[[Any], None]) -> Callable[[Any], None]:
        def tell(value: Any) -> None:
            # At the end the loop may be gone before a call that hangs is.
            if not self._ended:
                self._loop.call_soon_threadsafe(self._told, told, value)

        return tell

    def _told(self, told: Callable[[Any], None], value: Any) -> None:
        if not self._ended:
            told(value)

    def _show(self, status: Any) -> None:
        if self._board is not None:
            self._board.show(status)

    def _tell(self) -> None:
        from frontdesk.ui.sync_words import state_line

        if self._board is not None and not self._ended:
            told = state_line(self._board.status, self._context.formats, self._context.messages)
            self._window.status.show_sync(*told)

    def _touched(self, *_how: object) -> None:
        self._attend(touched=self._is_shown)

    def _attend(self, *, touched: bool) -> None:
        if self._worker is not None and not self._ended:
            self._worker.attend(shown=self._is_shown, touched=touched)

    @property
    def _is_shown(self) -> bool:
        hidden = QApplication.applicationState() == Qt.ApplicationState.ApplicationHidden
        return self._window.isVisible() and not self._window.isMinimized() and not hidden

    def _wake(self, _changes: tuple[Change, ...]) -> None:
        if self._worker is not None:
            self._worker.wake()
