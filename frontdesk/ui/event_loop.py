"""A typed wrapper over qasync: asyncio's loop, run by Qt's."""

from __future__ import annotations

from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from PySide6.QtWidgets import QApplication

_STEP_SECONDS = 0.002


def import_meanwhile(app: QApplication) -> None:
    """Imports what `make_loop` needs, in a thread, while the window that is shown already answers."""
    importing = Thread(target=import_module, args=("qasync",), name="imports")
    importing.start()
    while importing.is_alive():
        app.processEvents()
        importing.join(_STEP_SECONDS)


def make_loop(app: QApplication) -> AbstractEventLoop:
    """A loop for `run_forever()`; imports asyncio and qasync if nothing has done so yet."""
    import asyncio

    import qasync

    loop: AbstractEventLoop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    return loop
