"""What screens are told of changes: commands one by one, what sync and other desks write together."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject

from frontdesk.services.changes import Change, Topic
from frontdesk.ui import change_notifier
from frontdesk.ui.change_notifier import ChangeNotifier
from tests.support.event_loop import until

CLIENT, SALE = Change(Topic.CLIENTS, (1,)), Change(Topic.SALES, (7,))


class Screen(QObject):
    """Remembers what it was told."""

    def __init__(self, notifier: ChangeNotifier, *topics: Topic) -> None:
        super().__init__()
        self.told: list[tuple[Change, ...]] = []
        notifier.watch(self, topics, self.told.append)


async def test_the_first_of_many_writes_is_told_at_once_and_the_others_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """L3, F6: a screen reads again once in a while, however often sync writes; and it misses nothing."""
    monkeypatch.setattr(change_notifier, "PAUSE_MS", 40)
    notifier = ChangeNotifier()
    screen = Screen(notifier, Topic.CLIENTS, Topic.SALES)
    notifier.gather((CLIENT,))
    assert screen.told == [(CLIENT,)]
    for number in (9, 8, 9):
        notifier.gather((Change(Topic.SALES, (number,)), Change(Topic.DESKS)))
    assert len(screen.told) == 1
    await until(lambda: len(screen.told) > 1)
    assert screen.told[1:] == [(Change(Topic.SALES, (8, 9)),)]
    notifier.gather((SALE,))
    await until(lambda: len(screen.told) > 2)
    assert screen.told[2:] == [(SALE,)]


async def test_after_a_pause_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_notifier, "PAUSE_MS", 1)
    notifier = ChangeNotifier()
    screen = Screen(notifier, Topic.SALES)
    notifier.gather((SALE,))
    await until(lambda: not notifier.is_gathering)
    notifier.gather((SALE,))
    assert screen.told == [(SALE,), (SALE,)]


async def test_everything_has_changed_where_one_write_does_not_say_what(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An empty tuple means: read everything again."""
    monkeypatch.setattr(change_notifier, "PAUSE_MS", 1)
    notifier = ChangeNotifier()
    screen = Screen(notifier, Topic.SALES)
    notifier.gather((SALE,))
    for change in (SALE, Change(Topic.SALES), SALE):
        notifier.gather((change,))
    await until(lambda: len(screen.told) > 1)
    assert screen.told[1] == (Change(Topic.SALES),)


def test_a_command_is_told_at_once() -> None:
    notifier = ChangeNotifier()
    screen = Screen(notifier, Topic.SALES)
    for _ in range(3):
        notifier.broadcast((SALE, CLIENT))
    assert screen.told == [(SALE,)] * 3
