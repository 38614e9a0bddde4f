"""No test may leave a thread or a window behind."""

import gc
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget


@contextmanager
def no_leaked_threads(seconds: float = 5.0) -> Iterator[None]:
    """Fails when a thread that began inside does not end within so many seconds after."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + seconds
    begun = [thread for thread in threading.enumerate() if thread not in before]
    for thread in begun:
        # Python knows a QThread that ran Python code as a dummy, and for ever; Qt itself warns of those.
        if not isinstance(thread, threading._DummyThread):
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                pytest.fail(f"the test left a thread behind: {thread.name}", pytrace=False)


@contextmanager
def no_leaked_windows(passed: pytest.StashKey[bool], item: pytest.Item) -> Iterator[None]:
    """Fails when a window that was made inside is still alive, after a test that passed.

    (The traceback of a test that failed holds its windows.)
    """
    before = set(_windows())
    yield
    if gc.isenabled():
        gc.disable()
        pytest.fail("the test switched Python's collector on, which ends a process that has windows")
    # Python's cyclic collector is off, since in a worker thread it would destroy Qt's objects there
    # and the process would die. This is where it runs instead; it also ends windows in cycles.
    gc.collect(1)
    leaked = [window for window in _windows() if window not in before]
    if leaked and passed in item.stash and item.stash[passed]:
        pytest.fail("the test left windows behind: " + ", ".join(map(_described, leaked)), pytrace=False)


def _windows() -> list[QWidget]:
    if QApplication.instance() is None:
        return []
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return [window for window in QApplication.topLevelWidgets() if window.parent() is None]


def _described(window: QWidget) -> str:
    return f"{type(window).__name__} {window.objectName() or window.windowTitle() or 'without a name'!r}"
