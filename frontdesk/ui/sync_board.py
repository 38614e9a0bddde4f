"""Where the ui finds sync: its state as it is now, and the few things that a person may ask of it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Signal

from frontdesk.services.views.sync_status import SyncStatus


class SyncLike(Protocol):
    """What the board needs of `services.stripe.worker.SyncWorker`, which the ui must not import."""

    def sync_now(self, *, full: bool = False) -> int: ...

    def cancel(self) -> None: ...

    def retry(self, object_id: str) -> None: ...


class SyncBoard(QObject):
    """Made by the composition root and served as "sync"; lives on the Qt thread."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        #: The state that was told last.
        self.status = SyncStatus()
        self._worker: SyncLike | None = None

    def attach(self, worker: SyncLike) -> None:
        """Names who syncs."""
        self._worker = worker

    def show(self, status: SyncStatus) -> None:
        """Takes a new state in and tells everyone who shows it."""
        if status != self.status:
            self.status = status
            self.changed.emit()

    @property
    def is_attached(self) -> bool:
        """Whether anybody syncs here."""
        return self._worker is not None

    def sync_now(self, *, full: bool = False) -> int:
        """Asks Stripe for what is new, or compares everything; 0, or the seconds until that is possible."""
        return self._worker.sync_now(full=full) if self._worker is not None else 0

    def cancel(self) -> None:
        """Stops what runs; it goes on from there later."""
        if self._worker is not None:
            self._worker.cancel()

    def retry(self, object_id: str) -> None:
        """Tries again what could not be applied."""
        if self._worker is not None:
            self._worker.retry(object_id)
