"""Types of qasync, as far as Frontdesk uses it: the asyncio event loop that runs on Qt's."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, ParamSpec, Self, TypeVar

from PySide6.QtCore import QCoreApplication

_P = ParamSpec("_P")
_T = TypeVar("_T")

class QEventLoop(asyncio.SelectorEventLoop):
    def __init__(
        self,
        app: QCoreApplication | None = ...,
        set_running_loop: bool = ...,
        already_running: bool = ...,
    ) -> None: ...
    def set_default_executor(self, executor: Executor | None) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *args: object) -> None: ...

class QThreadExecutor(Executor):
    def __init__(self, max_workers: int = ..., stack_size: int | None = ...) -> None: ...

def asyncSlot(
    *types: type | str, **options: Any
) -> Callable[[Callable[_P, Coroutine[Any, Any, _T]]], Callable[_P, asyncio.Task[_T]]]: ...
def asyncClose(fn: Callable[_P, Coroutine[Any, Any, _T]]) -> Callable[_P, None]: ...
