"""One program per studio: a second start wakes the first one's window and ends."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

_WAIT_MS = 1_500
_HERE = b"here\n"


class SingleInstance(QObject):
    """Holds the lock of a home folder; ``woken`` is emitted when a second start asks for the window."""

    woken = Signal()

    def __init__(self, lock: Path) -> None:
        super().__init__()
        self._lock = QLockFile(str(lock))
        # A lock whose process is gone is stale at once, however young it is.
        self._lock.setStaleLockTime(0)
        self._path = lock
        self._server: QLocalServer | None = None

    def is_first(self) -> bool:
        """Whether no other program has this studio open; keeps the lock if so."""
        return self._lock.tryLock(0)

    def is_taken(self) -> bool:
        """Why this is not the first: another program has the lock, or else it cannot be made at all."""
        return self._lock.error() is QLockFile.LockError.LockFailedError

    def wake_first(self) -> bool:
        """Ask the program that holds the lock to show its window; False where it does not answer."""
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(self._name())
        if not socket.waitForConnected(_WAIT_MS):
            return False
        # A program that hangs is connected to as well; one that answers has its window in front.
        return socket.waitForReadyRead(_WAIT_MS)

    def listen(self) -> None:
        """Answer later starts. After the first frame, since QtNetwork takes its time to load."""
        from PySide6.QtNetwork import QLocalServer

        QLocalServer.removeServer(self._name())
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        self._server.listen(self._name())

    def release(self) -> None:
        """Let the next start be the first."""
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

    def _name(self) -> str:
        # Late, since the first window needs no server.
        from hashlib import sha256

        return f"frontdesk-{sha256(os.fsencode(self._path)).hexdigest()[:16]}"

    def _answer(self) -> None:
        assert self._server is not None
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            self.woken.emit()
            socket.write(_HERE)
