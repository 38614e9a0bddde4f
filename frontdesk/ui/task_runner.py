"""The only place that starts background work: coroutines on the Qt thread, reads and writes in their threads.

One thread writes to the database, two read (so that a keystroke never waits for a report), one does chores
such as files and late imports, one is the queue of the printer, one waits for the network and the keyring.
Work may be started before the loop runs; it then waits for it, so that the first window can paint before
asyncio is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from frontdesk.errors import Cancelled

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future, Task
    from concurrent.futures import ThreadPoolExecutor
    from uuid import UUID

    from PySide6.QtCore import QObject

    from frontdesk.ui.change_notifier import ChangeNotifier
    from frontdesk.ui.error_reporter import ErrorReporter

T = TypeVar("T")
Work = Coroutine[Any, Any, Any]


class Cancel(Protocol):
    """Ends a running query from another thread."""

    cancelled: bool

    def cancel(self) -> None: ...


class OfficeLike(Protocol):
    """What the runner needs of `frontdesk.services.office.Office`, which the ui must not import."""

    def read_cancellable(self, cancel: Any, query: Any, /, *args: Any, **kwargs: Any) -> Any: ...

    def write(
        self, use_case: Any, actor: Any, command_id: UUID | None, /, *args: Any, **kwargs: Any
    ) -> Any: ...


class TaskRunner:
    """Starts work, keeps strong references to it, reports its errors and ends it cleanly."""

    def __init__(self, errors: ErrorReporter, notifier: ChangeNotifier) -> None:
        self._errors = errors
        self._notifier = notifier
        self._loop: AbstractEventLoop | None = None
        self._office: OfficeLike | None = None
        self._make_cancel: Callable[[], Cancel] | None = None
        self._actor: Callable[[], Any] | None = None
        self._office_known: Future[None] | None = None
        self._waiting: list[tuple[Work, str | None]] = []
        self._tasks: set[Task[Any]] = set()
        self._latest_task: dict[str, Task[Any]] = {}
        self._latest_read: dict[str, Cancel] = {}
        self._reads: set[Cancel] = set()
        self._writes: set[Future[Any]] = set()
        self._threads: dict[str, ThreadPoolExecutor] = {}
        self._closing = False

    # Wiring, by the composition root

    def attach_loop(self, loop: AbstractEventLoop) -> None:
        """Gives the runner its loop and starts what has been waiting for it. Imports asyncio."""
        from concurrent.futures import ThreadPoolExecutor

        self._loop = loop
        self._threads = {
            "write": ThreadPoolExecutor(1, "writer"),
            "read": ThreadPoolExecutor(2, "reader"),
            "chore": ThreadPoolExecutor(1, "chores"),
            "paper": ThreadPoolExecutor(1, "printer"),
            "outside": ThreadPoolExecutor(1, "outside"),
        }
        loop.set_default_executor(self._threads["chore"])
        loop.set_exception_handler(self._unhandled)
        self._office_known = loop.create_future()
        if self._office is not None:
            self._office_known.set_result(None)
        waiting, self._waiting = self._waiting, []
        for work, latest in waiting:
            self.start(work, latest=latest)

    def attach_office(
        self, office: OfficeLike, make_cancel: Callable[[], Cancel], actor: Callable[[], Any]
    ) -> None:
        """Gives the runner the books; reads and writes that came earlier go on now.

        `make_cancel` is `office.Cancel`; `actor()` tells who acts, at the moment of each write.
        """
        self._office, self._make_cancel, self._actor = office, make_cancel, actor
        if self._office_known is not None and not self._office_known.done():
            self._office_known.set_result(None)

    # For presenters, screens and dialogs

    def start(self, work: Work, *, latest: str | None = None, owner: QObject | None = None) -> None:
        """Runs a coroutine in the background; an error that leaves it is reported to the person.

        With `latest`, an older unfinished work of that key is cancelled: typing replaces the older search.
        With `owner`, the work ends with it: what a dialog reads for itself nobody waits for when it is gone.
        """
        if self._closing:
            work.close()
            return
        if self._loop is None:
            if latest:
                for older in [one for one in self._waiting if one[1] == latest]:
                    older[0].close()
                    self._waiting.remove(older)
            self._waiting.append((work, latest))
            return
        task = self._loop.create_task(work)
        self._tasks.add(task)
        if owner is not None:
            owner.destroyed.connect(lambda: task.cancel())
        if latest:
            older_task = self._latest_task.get(latest)
            if older_task is not None:
                older_task.cancel()
            self._latest_task[latest] = task
        task.add_done_callback(partial(self._ended, latest))

    async def read(
        self, query: Callable[..., T], /, *args: Any, latest: str | None = None, **kwargs: Any
    ) -> T:
        """Runs a query in a reader thread; its first parameter, the Reading, is given by the office.

        With `latest`, an older read of that key is interrupted and raises Cancelled, which nobody is told of.
        Raises what the query raises.
        """
        office, make_cancel, _ = await self._books()
        cancel = make_cancel()
        if latest:
            older = self._latest_read.get(latest)
            if older is not None:
                older.cancel()
            self._latest_read[latest] = cancel
        self._reads.add(cancel)
        try:
            return await self._in_thread("read", _read, office, cancel, query, args, kwargs)
        except BaseException:
            # The waiter gave up: end the statement too.
            cancel.cancel()
            raise
        finally:
            self._reads.discard(cancel)
            if latest and self._latest_read.get(latest) is cancel:
                del self._latest_read[latest]

    async def write(
        self, use_case: Callable[..., T], /, *args: Any, command_id: UUID | None = None, **kwargs: Any
    ) -> T:
        """Runs a use case in the writer thread, as the staff member at the desk, and broadcasts what changed.

        Give the same `command_id` again when trying again: it is then carried out once. A write that has
        begun ends even if its waiter is cancelled. Raises what the use case raises.
        """
        import asyncio
        from uuid import uuid4

        office, _, actor = await self._books()
        command = command_id or uuid4()
        written = self._in_thread("write", partial(office.write, use_case, actor(), command, *args, **kwargs))
        self._writes.add(written)
        written.add_done_callback(self._written)
        outcome = await asyncio.shield(written)
        value: T = outcome.value
        return value

    async def chore(self, function: Callable[..., T], /, *args: Any) -> T:
        """Runs a function that is neither read nor write of the books: a file, a PDF, a late import."""
        await self._loop_known()
        return await self._in_thread("chore", function, *args)

    async def paper(self, function: Callable[..., T], /, *args: Any) -> T:
        """Runs a function that prints: in a queue of its own, since a printer may be slow or missing (S1)."""
        await self._loop_known()
        return await self._in_thread("paper", function, *args)

    async def outside(self, function: Callable[..., T], /, *args: Any) -> T:
        """Runs a function that waits for the network or the keyring, which may take half a minute."""
        await self._loop_known()
        return await self._in_thread("outside", function, *args)

    @property
    def is_closing(self) -> bool:
        """Whether the program is ending and no work starts any more."""
        return self._closing

    def late(self, module: str, name: str, *args: Any) -> Late[Any]:
        """A presenter that is imported in a thread and made (with `args`) when first asked for."""
        return Late(self, module, name, args)

    async def settled(self) -> None:
        """Waits until nothing is running: for tests and the end of the program."""
        import asyncio

        me = asyncio.current_task()
        while others := [one for one in (*self._tasks, *self._writes) if one is not me]:
            await asyncio.gather(*others, return_exceptions=True)
            await asyncio.sleep(0)

    def stop(self) -> None:
        """Nothing starts any more, and what waits for the loop is dropped; `close` does the rest."""
        self._closing = True
        for work, _ in self._waiting:
            work.close()
        self._waiting.clear()

    async def close(self) -> None:
        """Cancels what runs, lets begun writes end, and joins the threads. Nothing starts afterwards."""
        import asyncio

        self.stop()
        me = asyncio.current_task()
        for cancel in tuple(self._reads):
            cancel.cancel()
        running = [task for task in self._tasks if task is not me]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, *self._writes, return_exceptions=True)
        for pool in self._threads.values():
            pool.shutdown(wait=True, cancel_futures=True)
        self._threads.clear()

    # Pieces

    async def _loop_known(self) -> None:
        if self._loop is None:
            raise RuntimeError("background work outside the loop; use TaskRunner.start")

    async def _books(self) -> tuple[OfficeLike, Callable[[], Cancel], Callable[[], Any]]:
        import asyncio

        await self._loop_known()
        assert self._office_known is not None
        await asyncio.shield(self._office_known)
        assert self._office is not None and self._make_cancel is not None and self._actor is not None
        return self._office, self._make_cancel, self._actor

    def _in_thread(self, thread: str, function: Callable[..., T], *args: Any) -> Future[T]:
        assert self._loop is not None
        if self._closing or thread not in self._threads:
            raise Cancelled
        return self._loop.run_in_executor(self._threads[thread], partial(function, *args))

    def _written(self, written: Future[Any]) -> None:
        self._writes.discard(written)
        if not written.cancelled() and written.exception() is None:
            self._notifier.broadcast(written.result().changes)

    def _ended(self, latest: str | None, task: Task[Any]) -> None:
        self._tasks.discard(task)
        if latest and self._latest_task.get(latest) is task:
            del self._latest_task[latest]
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and not isinstance(error, Cancelled):
            self._errors.report(error)

    def _unhandled(self, _loop: AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Cancelled):
            return
        self._errors.report(
            error if isinstance(error, Exception) else RuntimeError(context.get("message", ""))
        )


def _read(
    office: OfficeLike, cancel: Cancel, query: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    if cancel.cancelled:
        # It was replaced while it stood in the queue.
        raise Cancelled
    return office.read_cancellable(cancel, query, *args, **kwargs)


class Late(Generic[T]):
    """A presenter by the name of its module, so that the first window does not wait for SQLAlchemy.

    self._presenter: Late[ClientsPresenter] = context.late(
        "frontdesk.ui.presenters.clients", "ClientsPresenter")
    ...
    rows = await (await self._presenter.get()).rows(text)
    """

    def __init__(self, tasks: TaskRunner, module: str, name: str, args: tuple[Any, ...]) -> None:
        self._tasks = tasks
        self._module = module
        self._name = name
        self._args = args
        self._made: T | None = None

    async def get(self) -> T:
        """The presenter, imported and made at the first call."""
        if self._made is None:
            from importlib import import_module

            module = await self._tasks.chore(import_module, self._module)
            if self._made is None:
                self._made = getattr(module, self._name)(*self._args)
        assert self._made is not None
        return self._made
