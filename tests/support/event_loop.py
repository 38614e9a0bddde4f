"""asyncio on Qt's event loop, for tests that are coroutines.

A coroutine test may click and type by qtbot, but not call `qtbot.wait…`: that would run a second loop
inside the first. It awaits what it waits for: `await until(lambda: …)` or `await emitted(signal)`.
"""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

SECONDS_FOR_A_TEST = 60.0
SECONDS_TO_WAIT = 10.0


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[QEventLoop]:
    """A running-ready loop; whatever reaches its exception handler fails the test."""
    failures: list[dict[str, Any]] = []
    qapp.setQuitOnLastWindowClosed(False)
    loop = QEventLoop(qapp)
    executor = ThreadPoolExecutor(4, thread_name_prefix="qloop")
    loop.set_default_executor(executor)
    loop.set_exception_handler(lambda _, context: failures.append(context))
    asyncio.set_event_loop(loop)
    try:
        yield loop
        _finish(loop)
    finally:
        executor.shutdown()
        loop.close()
        asyncio.set_event_loop(None)
    for failure in failures:
        raise failure.get("exception") or AssertionError(failure["message"])


def _finish(loop: QEventLoop) -> None:
    """Cancels what is still pending and lets it end."""
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    if pending:
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))


async def until(condition: Callable[[], object], seconds: float = SECONDS_TO_WAIT) -> None:
    """Waits until the condition holds; raises TimeoutError after so many seconds."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.002)


async def emitted(signal: SignalInstance, seconds: float = SECONDS_TO_WAIT) -> tuple[Any, ...]:
    """Waits for the signal and returns its arguments; raises TimeoutError after so many seconds."""
    arrived: asyncio.Future[tuple[Any, ...]] = asyncio.get_running_loop().create_future()

    def arrive(*arguments: Any) -> None:
        if not arrived.done():
            arrived.set_result(arguments)

    signal.connect(arrive)
    try:
        return await asyncio.wait_for(arrived, seconds)
    finally:
        # A dialog may be deleted as soon as it has told that it is done.
        with suppress(RuntimeError):
            signal.disconnect(arrive)


def give_loop_to_coroutine_tests(items: list[pytest.Item], after: str) -> None:
    """Lets every coroutine test have the loop, set up right after the fixture `after`."""
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            if "qloop" in item.fixturenames:
                item.fixturenames.remove("qloop")
            item.fixturenames.insert(item.fixturenames.index(after) + 1, "qloop")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs a coroutine test to its end on the loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    loop = pyfuncitem.funcargs["qloop"]
    assert isinstance(loop, QEventLoop)
    loop.run_until_complete(asyncio.wait_for(pyfuncitem.obj(**arguments), SECONDS_FOR_A_TEST))
    return True
