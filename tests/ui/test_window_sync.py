"""The window tells sync whether anybody looks at it, so that Stripe is asked no more often than that (Y3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit

from frontdesk.services.stripe.rhythm import QUIET, RESTING, SPARING, Rhythm
from frontdesk.ui.context import UiContext
from frontdesk.window_sync import WindowSync
from tests.builders import Seconds
from tests.support.event_loop import until
from tests.support.secrets import KeptSecrets
from tests.ui.conftest import Show
from tests.ui.desks import ScreenDesk, screen_desk


@pytest.fixture
def desk(running: UiContext, _sqlite_template: Path, tmp_path: Path, show: Show) -> Iterator[ScreenDesk]:
    with screen_desk(running, _sqlite_template, tmp_path) as made:
        show(made.window)
        yield made


@asynccontextmanager
async def syncing(desk: ScreenDesk, watch: Seconds) -> AsyncIterator[tuple[WindowSync, Rhythm]]:
    """Sync runs beside the window, of a studio that is not connected."""
    sync = WindowSync(desk.context, desk.window, asyncio.get_event_loop())
    await sync.start(desk.office, None, KeptSecrets)
    worker = sync._worker
    assert worker is not None
    worker._rhythm = Rhythm(watch)
    try:
        yield sync, worker._rhythm
    finally:
        await desk.context.tasks.chore(sync.stop)
        await desk.settled()


async def test_a_window_that_nobody_sees_or_touches_lets_stripe_rest(desk: ScreenDesk) -> None:
    watch = Seconds()
    await desk.in_front()
    async with syncing(desk, watch) as (sync, rhythm):
        assert rhythm.until_next(is_low=False) == QUIET
        desk.window.showMinimized()
        sync.timerEvent(None)
        assert rhythm.until_next(is_low=False) == RESTING
        desk.window.showNormal()
        sync.timerEvent(None)
        assert rhythm.until_next(is_low=False) == QUIET
        desk.window.hide()
        sync.timerEvent(None)
        assert rhythm.until_next(is_low=False) == RESTING


async def test_the_keyboard_going_on_in_the_window_is_somebody(desk: ScreenDesk) -> None:
    watch = Seconds()
    await desk.in_front()
    async with syncing(desk, watch) as (sync, rhythm):
        watch.at += 45 * 60
        sync.timerEvent(None)
        assert rhythm.until_next(is_low=False) == SPARING, "it is looked at, but not touched"
        field = QLineEdit(desk.window)
        field.show()
        field.setFocus()
        await until(field.hasFocus)
        assert rhythm.until_next(is_low=False) == QUIET
