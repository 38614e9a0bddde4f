"""A typed wrapper over qasync: asyncio's loop, run by Qt's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from PySide6.QtWidgets import QApplication


def make_loop(app: QApplication) -> AbstractEventLoop:
    """A loop for `run_forever()`; imports asyncio and qasync, so call it after the first frame."""
    import asyncio

    import qasync

    loop: AbstractEventLoop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    return loop
