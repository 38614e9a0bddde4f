"""The program in its window, offscreen, while sync runs: how long Qt's thread stood still, as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

from frontdesk.app import open_window
from frontdesk.paths import Places
from frontdesk.ui.main_window import MainWindow
from frontdesk.ui.sync_board import SyncBoard
from tests.services.stripe.studio import SECRET_NAME
from tests.support.secrets import KeptSecrets

_TICK_MS = 5
#: Seconds after which a sync is given up.
_LONGEST_SECONDS = 600.0


class _Ticker(QObject):
    """Notes how much later than its turn each tick of Qt's thread comes, in milliseconds.

    ``busy`` is for how much of that the program had a processor, whichever of its threads used it: on a
    machine that others use, too, the rest is not the program's.
    """

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self.busy: list[float] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._last = self._used = 0.0

    def start(self) -> None:
        self._last, self._used = time.perf_counter(), time.process_time()
        self._timer.start(_TICK_MS)

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now, used = time.perf_counter(), time.process_time()
        late = max(0.0, 1000 * (now - self._last) - _TICK_MS)
        self.late.append(late)
        self.busy.append(min(late, 1000 * (used - self._used)))
        self._last, self._used = now, used


async def _watched(window: MainWindow, screen: str, idle: float) -> None:
    """Wait for the end of the first sync, or for so many seconds where nothing syncs."""
    try:
        window.navigate(*screen.split("/"))
        await window.context.tasks.settled()
        while "sync" not in window.context.services:
            await asyncio.sleep(0.01)
        board: SyncBoard = window.context.ask("sync")
        ticker, began = _Ticker(), time.perf_counter()
        ticker.start()
        await (asyncio.sleep(idle) if idle else asyncio.wait_for(_first_sync(board), _LONGEST_SECONDS))
        ticker.stop()
        trouble = "" if board.status.trouble is None else board.status.trouble.code
        seconds = time.perf_counter() - began
        told = {"late": ticker.late, "busy": ticker.busy, "seconds": seconds, "trouble": trouble}
        print(json.dumps(told), flush=True)
    finally:
        window.close()


async def _first_sync(board: SyncBoard) -> None:
    while board.status.synced_at is None or board.status.progress is not None:
        await asyncio.sleep(0.05)


def main(home: str, wanted: str) -> int:
    """``wanted`` is JSON: the screen to show, the key (or none), and the seconds to be idle (or 0)."""
    asked = json.loads(wanted)
    kept = {SECRET_NAME: asked["key"]} if asked["key"] else {}

    def begin(window: MainWindow) -> None:
        window.context.tasks.start(_watched(window, asked["screen"], asked["idle"]))

    return open_window(Places(Path(home)), ready=begin, secrets=lambda: KeptSecrets(**kept))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
