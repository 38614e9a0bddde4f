"""The program that is killed: it syncs a studio with a double of Stripe over HTTP, and dies where told."""

from __future__ import annotations

import os
import resource
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from uuid import UUID

import sqlalchemy as sa

from frontdesk.errors import FrontdeskError
from frontdesk.models.database import Database
from frontdesk.services.gateways.stripe_gateway import StripeGateway
from frontdesk.services.office import Office, Outcome
from frontdesk.services.stripe import chunks
from frontdesk.services.stripe.kinds import kinds
from frontdesk.services.stripe.line import StripeLine
from frontdesk.services.stripe.wire import StripeAnswer, StripeCall
from frontdesk.services.unit_of_work import Actor, UnitOfWork
from frontdesk.syncing import sync_once
from tests.builders import SetClock
from tests.services.stripe.studio import SECRET_NAME
from tests.support.secrets import KeptSecrets

P = ParamSpec("P")
T = TypeVar("T")

#: Around a call that changes something at Stripe, in the order in which a program comes by. While Stripe is
#: at it and when it has done it, the program is killed from outside.
OP_POINTS: Final = ("before", "under way", "done", "answered", "written", "committing", "committed")
FROM_OUTSIDE: Final = {"under way": "hold", "done": "timeout_after"}
#: Around a transaction: all its statements are through, its pages are half on the disk, it is through.
WRITE_POINTS: Final = ("written", "committing", "committed")
#: Around a call that only asks.
READ_POINTS: Final = ("asking", "read")
#: What a death looks like from outside: in the middle of a write the kernel kills with a signal of its own.
DEATHS: Final = (-signal.SIGKILL, -signal.SIGXFSZ)

#: A frame of the write-ahead log, and the head of the file.
_FRAME, _HEAD = 24 + 4096, 32

# Here, so that the children share what takes longer to import than to sync once.
kinds()
StripeGateway("rk_test_Nobody", "http://127.0.0.1:1").close()


@dataclass(frozen=True)
class Life:
    """What a program is to do; ``dies`` names the point and the so-manieth of its kind.

    Without ``dies`` it asks on its pipe before each call that changes something, and is told there.
    """

    url: str
    base: str
    key: str
    at: datetime
    full: bool = False
    dies: tuple[str, int] | None = None


def live(life: Life, pipe: Connection) -> None:
    """Sync once as the command line does; the pipe gets the code of what stood in the way, or nothing."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Python ignores it.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    # As on a slow computer: a page takes several transactions, between which there is somewhere to die.
    chunks._MOST = 8  # type: ignore[misc]
    database = Database.open(life.url)
    fate = _Fate(database, life.dies, pipe)
    clock = SetClock(life.at)
    office = _MortalOffice(Office(database, clock), fate, clock)
    secrets = KeptSecrets(**{SECRET_NAME: life.key})
    line = StripeLine(
        office, secrets, lambda secret: _MortalGateway(StripeGateway(secret, life.base), fate), clock.now
    )
    try:
        sync_once(line, full=life.full)
        code = ""
    except FrontdeskError as error:
        code = error.code
    database.close()
    pipe.send(("ended", code))


def die() -> None:
    """As a power cut would: no clean-up, no farewell."""
    os.kill(os.getpid(), signal.SIGKILL)


class _Fate:
    """Knows where this program dies."""

    def __init__(self, database: Database, dies: tuple[str, int] | None, pipe: Connection) -> None:
        self._database, self._dies, self._pipe = database, dies, pipe
        self._lock = threading.Lock()
        self._passed = dict.fromkeys((*OP_POINTS, *READ_POINTS), 0)
        sa.event.listen(database._engine, "commit", self._commit)

    def passes(self, point: str) -> None:
        """The program comes by a point; here it may end."""
        if self._is_here(point):
            die()

    def asks(self, call: StripeCall) -> None:
        """It is about to change something at Stripe."""
        if self._dies is None:
            self._pipe.send(("about", call.idempotency_key))
            told = self._pipe.recv()
            if told != "live":
                # The next time it comes by.
                self._passed = dict.fromkeys(self._passed, 0)
                self._dies = (told, 1)

    def _is_here(self, point: str) -> bool:
        with self._lock:
            self._passed[point] += 1
            return self._dies == (point, self._passed[point])

    def _commit(self, connection: sa.Connection) -> None:
        self.passes("written")
        if self._is_here("committing"):
            driver: Any = connection.connection.driver_connection
            if self._database.path is None:
                # On its way to the server, which goes on without anybody to tell.
                driver.pgconn.send_query(b"COMMIT")
                die()
            log = f"{self._database.path}-wal"
            there = os.path.getsize(log) if os.path.exists(log) else 0
            # One page whole, the next one torn.
            most = there + _HEAD + _FRAME + _FRAME // 2
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


class _MortalGateway:
    """Stripe over the network, with points to die at."""

    def __init__(self, inner: StripeGateway, fate: _Fate) -> None:
        self._inner, self._fate = inner, fate

    def call(self, call: StripeCall) -> StripeAnswer:
        """As the gateway does."""
        if call.method == "get":
            self._fate.passes("asking")
            answer = self._inner.call(call)
            self._fate.passes("read")
            return answer
        self._fate.asks(call)
        self._fate.passes("before")
        answer = self._inner.call(call)
        self._fate.passes("answered")
        return answer


class _MortalOffice(Office):
    """The studio's office, with a point after each commit."""

    def __init__(self, office: Office, fate: _Fate, clock: SetClock) -> None:
        super().__init__(office.database, clock)
        self._fate = fate

    def write(
        self,
        use_case: Callable[Concatenate[UnitOfWork, P], T],
        actor: Actor,
        command_id: UUID | None = None,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Outcome[T]:
        """As the office does."""
        outcome = super().write(use_case, actor, command_id, *args, **kwargs)
        self._fate.passes("committed")
        return outcome
