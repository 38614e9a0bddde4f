"""The one way to run use cases and queries: a transaction each, retried where need be, answered once (L1)."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, get_type_hints
from uuid import UUID, uuid4

import sqlalchemy as sa

from frontdesk.errors import Cancelled, CommandReused, FrontdeskError, NotFound, Refused, StorageFailed
from frontdesk.models.database import Database
from frontdesk.models.studio import command
from frontdesk.services import plain
from frontdesk.services.changes import Change
from frontdesk.services.ports import Clock, SystemClock
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork

P = ParamSpec("P")
T = TypeVar("T")

#: PostgreSQL: serialization failure, deadlock, and a connection that broke before the answer came.
RETRIED_STATES = ("40001", "40P01", "08000", "08003", "08006", "57P01")
#: PostgreSQL: a number that its column cannot hold.
OUT_OF_RANGE = "22003"
ATTEMPTS = 6
#: The channel on which desks tell each other what changed (L3).
CHANNEL = "frontdesk_changes"
#: So many of its own commands a program knows again, far more than it writes between two looks at the file.
_KNOWN_AGAIN = 5_000
#: In place of a command's id: nobody sends this again (L1). It is kept as a command only where it changed
#: something that is told, and may run twice where its connection breaks, so it comes out the same then.
UNREPEATED = UUID(int=0)
#: A NOTIFY payload must be shorter than 8000 bytes; longer lists are sent as "read everything again".
_MANY_IDS = 400

_FIND_COMMAND = sa.select(command.c.request_hash, command.c.result).where(
    command.c.command_id == sa.bindparam("wanted")
)
_KEEP_COMMAND = sa.insert(command)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What a use case answered and what it changed. ``replayed`` says that the answer was a stored one."""

    value: T
    changes: tuple[Change, ...]
    replayed: bool = False


class Cancel:
    """A handle by which another thread ends a running query. It never touches a write."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._interrupt: Callable[[], None] | None = None
        self.cancelled = False

    def cancel(self) -> None:
        """End the query at once; its reader gets ``Cancelled``."""
        with self._lock:
            self.cancelled = True
            if self._interrupt is not None:
                self._interrupt()

    def attach(self, interrupt: Callable[[], None] | None) -> None:
        """Name what ends the running statement; None when the query is over."""
        with self._lock:
            if interrupt is not None and self.cancelled:
                raise Cancelled
            self._interrupt = interrupt


class Office:
    """Runs use cases and queries on one database. Safe to call from several threads."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self.database = database
        self._clock = clock or SystemClock()
        #: The newest commands written here, by id; on a file all others are of other programs.
        self.own_commands: deque[str] = deque(maxlen=_KNOWN_AGAIN)
        self._gives_way = False

    def giving_way(self) -> Self:
        """This office for what runs beside people: it writes into a file only where nobody else wants to."""
        other = copy(self)
        other._gives_way = True
        return other

    def read(self, query: Callable[Concatenate[Reading, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query in one consistent picture of the books.

        Raises:
            NotFound: books.number_too_large, where an id is beyond what the database can hold.
            StorageFailed: the database could not be read.
        """
        return self.read_cancellable(Cancel(), query, *args, **kwargs)

    def read_cancellable(
        self,
        cancel: Cancel,
        query: Callable[Concatenate[Reading, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """As ``read``; raises Cancelled where ``cancel`` was used meanwhile."""
        try:
            with self.database.reading() as connection:
                cancel.attach(_interrupter(connection))
                try:
                    return query(Reading(connection, self._clock), *args, **kwargs)
                finally:
                    cancel.attach(None) if not cancel.cancelled else None
        except sa.exc.DBAPIError as error:
            if cancel.cancelled:
                raise Cancelled from error
            raise storage_error(error) from error
        except OverflowError as error:
            raise _number_error(error) from error

    def write(
        self,
        use_case: Callable[Concatenate[UnitOfWork, P], T],
        actor: Actor,
        command_id: UUID | None = None,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Outcome[T]:
        """Run a use case in one transaction, once per command id however often it is sent; ``UNREPEATED`` is
        for what only says how far the program itself has come.

        Raises:
            FrontdeskError: what the use case refuses; CommandReused; StorageFailed; books.number_too_large.
        """
        command_id = command_id or uuid4()
        name = f"{use_case.__module__}.{use_case.__qualname__}"
        request = plain.request_hash(name, args, kwargs)
        for attempt in range(ATTEMPTS):
            try:
                return self._attempt(use_case, name, request, actor, command_id, args, kwargs)
            except sa.exc.DBAPIError as error:
                if not _worth_a_retry(error) or attempt == ATTEMPTS - 1:
                    raise storage_error(error) from error
            except OverflowError as error:
                raise _number_error(error) from error
            # Desks that met once should not meet again.
            time.sleep(random.uniform(0, 0.02 * 2**attempt))
        raise AssertionError("unreachable")

    def _attempt(
        self,
        use_case: Callable[..., T],
        name: str,
        request: str,
        actor: Actor,
        command_id: UUID,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Outcome[T]:
        is_repeated = command_id != UNREPEATED
        with self.database.writing(gives_way=self._gives_way) as connection:
            if is_repeated:
                known = connection.execute(_FIND_COMMAND, {"wanted": command_id.hex}).first()
                if known is not None:
                    if known.request_hash != request:
                        raise CommandReused
                    return Outcome(plain.restored(_answer_type(use_case), known.result), (), replayed=True)
            work = UnitOfWork(connection, self._clock, actor, command_id if is_repeated else uuid4())
            value = use_case(work, *args, **kwargs)
            changes = work.changes
            if is_repeated or changes:
                self._keep(work, name, request, plain.stored(value))
            if connection.dialect.name == "postgresql" and changes:
                connection.exec_driver_sql("SELECT pg_notify(%s, %s)", (CHANNEL, encode_changes(changes)))
        return Outcome(value, changes)

    def _keep(self, work: UnitOfWork, name: str, request: str, result: str) -> None:
        command_id = work.command_id.hex
        # Before it can be seen.
        self.own_commands.append(command_id)
        row = {
            "command_id": command_id,
            "use_case": name,
            "request_hash": request,
            "result": result,
            "staff_id": work.actor.staff_id or None,
            "desk_id": work.actor.desk_id or None,
            "recorded_at": work.now,
        }
        work.connection.execute(_KEEP_COMMAND, row)


@cache
def _answer_type(use_case: Callable[..., Any]) -> Any:
    return get_type_hints(use_case)["return"]


def encode_changes(changes: tuple[Change, ...]) -> str:
    """Changes as one line of JSON, short enough for a notification."""
    few = [
        [change.topic.value, list(change.ids) if len(change.ids) <= _MANY_IDS else []] for change in changes
    ]
    return json.dumps(few, separators=(",", ":"))


def _interrupter(connection: sa.Connection) -> Callable[[], None]:
    driver: Any = connection.connection.driver_connection
    interrupt: Callable[[], None] = driver.interrupt if connection.dialect.name == "sqlite" else driver.cancel
    return interrupt


def _worth_a_retry(error: sa.exc.DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    # A lost connection leaves it unclear whether the commit came through; at the retry the command tells.
    return (
        state in RETRIED_STATES
        or (error.connection_invalidated and state is None)
        or _same_command_raced(error)
    )


def _same_command_raced(error: sa.exc.DBAPIError) -> bool:
    return isinstance(error, sa.exc.IntegrityError) and "pk_command" in str(error.orig)


def storage_error(error: sa.exc.DBAPIError) -> FrontdeskError:
    """The database's complaint as an error with a cause and a next step.

    A refusal by one of our triggers or constraints becomes ``Refused('books.refused')``: the rule held, and
    the caller should have asked first.
    """
    text = str(error.orig)
    if getattr(error.orig, "sqlstate", None) == OUT_OF_RANGE:
        return NotFound("books.number_too_large")
    # Not by the text alone: what SQLite says against a damaged schema quotes our triggers.
    if isinstance(error, sa.exc.IntegrityError):
        return Refused("books.refused", rule=_rule(text))
    for part, code in _STORAGE_CAUSES:
        if part in text.casefold():
            return StorageFailed(code, detail=text)
    return StorageFailed("storage.failed", detail=text)


def _number_error(error: OverflowError) -> Exception:
    """SQLite's driver says that a number is too large before any database sees it; other such errors stay."""
    return NotFound("books.number_too_large") if "SQLite INTEGER" in str(error) else error


_STORAGE_CAUSES = (
    ("disk is full", "storage.disk_full"),
    ("no space left", "storage.disk_full"),
    ("readonly", "storage.read_only"),
    ("read-only", "storage.read_only"),
    ("database is locked", "storage.locked"),
    ("malformed", "storage.damaged"),
    ("not a database", "storage.damaged"),
    ("disk i/o error", "storage.device"),
    ("unable to open", "storage.cannot_open"),
    ("connection", "storage.unreachable"),
)


def _rule(text: str) -> str:
    marked = text.partition("frontdesk:")[2]
    return marked.split()[0] if marked else text.splitlines()[0]
