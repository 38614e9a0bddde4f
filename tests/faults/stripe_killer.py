"""Kills a program that syncs, and lets a new one go on."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from frontdesk.models.database import Database
from frontdesk.models.sync import outbox
from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Actor
from tests.builders import SetClock, build_studio
from tests.faults import stripe_books
from tests.faults.stripe_mortal import DEATHS, FROM_OUTSIDE, Life, live
from tests.services.stripe.studio import connect
from tests.stripe_double import ACCOUNT, StripeDouble
from tests.stripe_double.faults import Fault
from tests.support.books import assert_books_hold

#: Seconds between two programs: longer than the first waits of the outbox; checkouts stay open meanwhile.
_BETWEEN = 5


class Killer:
    """A studio whose program is started and killed. Between two programs nobody has the books open."""

    def __init__(self, url: str, stripe: StripeDouble) -> None:
        self.url, self.stripe = url, stripe
        self._database = Database.open(url)
        self.clock = SetClock(stripe.clock.time)
        #: The calls at which a program was killed already, and where: the next one may make them.
        self._struck: dict[str, str] = {}
        self._held: list[Fault] = []
        #: How many programs were killed elsewhere, by the point.
        self.pulls: Counter[str] = Counter()
        with self.office() as office:
            self.owner = build_studio(office)
            connect(office, self.owner, account_id=ACCOUNT)

    @contextmanager
    def office(self) -> Iterator[Office]:
        """The books, as long as no program runs."""
        try:
            yield Office(self._database, self.clock)
        finally:
            self._database.close()

    def do(self, use_case: Callable[..., Any], *arguments: Any, actor: Actor | None = None) -> Any:
        """What somebody does at the desk; a program of its own."""
        with self.office() as office:
            return office.write(use_case, actor or self.owner, None, *arguments).value

    def see(self, query: Callable[..., Any], *arguments: Any) -> Any:
        """Run a query."""
        with self.office() as office:
            return office.read(query, *arguments)

    def rows(self, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> list[Any]:
        """The rows of a table, in the order of its key."""
        statement = sa.select(table).where(*conditions).order_by(*table.primary_key.columns)
        return list(self.see(lambda reading: reading.connection.execute(statement).all()))

    def pass_time(self, **span: float) -> None:
        """Both clocks move on."""
        self.clock.pass_time(**span)
        self.stripe.clock.set(self.clock.at)

    # Lives

    def settle(self, points: Callable[[int], str]) -> None:
        """Start programs, and kill each at the first call that none was killed at yet, until none is left.

        ``points`` says where, by how many were killed before.
        """
        for _ in range(200):
            self.pass_time(seconds=_BETWEEN)
            killed = self._one_life(points)
            self.check_books()
            if not killed and not self.under_way():
                return
        raise AssertionError(f"it never ends: {self.under_way()}")

    def kill_at(self, point: str, nth: int, *, full: bool = False) -> bool:
        """Start a program and kill it where it comes by a point for the so-manieth time; whether it did."""
        self.pass_time(seconds=_BETWEEN)
        killed = self._run(self._life(full, (point, nth)), None)
        if killed:
            self.pulls[point] += 1
        self.check_books()
        return killed

    def live(self, *, full: bool = False) -> None:
        """Start a program that nobody kills."""
        self.pass_time(seconds=_BETWEEN)
        assert not self._run(self._life(full), lambda key: "live")

    def _life(self, full: bool = False, dies: tuple[str, int] | None = None) -> Life:
        return Life(self.url, self.stripe.url, self.stripe.key, self.clock.at, full, dies)

    def _one_life(self, points: Callable[[int], str]) -> bool:
        holding, self._held = self._held, []

        def told(key: str) -> str:
            if key in self._struck:
                return "live"
            self._struck[key] = points(len(self._struck))
            return self._struck[key]

        try:
            return self._run(self._life(), told)
        finally:
            # Stripe was at it for the whole life of the program after the one that asked.
            for fault in holding:
                fault.release()

    def _run(self, life: Life, told: Callable[[str], str] | None) -> bool:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.faults.test_kills", "tests.faults.test_stripe_kills"])
        mine, theirs = context.Pipe()
        process = context.Process(target=live, args=(life, theirs))
        process.start()
        theirs.close()
        try:
            while True:
                try:
                    message = mine.recv()
                except (EOFError, ConnectionResetError):
                    process.join()
                    assert process.exitcode in DEATHS, f"the program ended by itself: {process.exitcode}"
                    return True
                if message[0] == "ended":
                    process.join()
                    # Stripe is still at what a program before asked for, or nothing stood in the way.
                    assert message[1] in ("", "stripe.busy"), message
                    return False
                assert told is not None
                if self._strike(told(message[1]), mine.send, process):
                    return True
        finally:
            process.kill()
            process.join()
            mine.close()

    def _strike(self, point: str, tell: Callable[[str], None], process: Any) -> bool:
        """Tell a program where it dies; True where it was killed from here."""
        if point not in FROM_OUTSIDE:
            tell(point)
            return False
        kind: Any = FROM_OUTSIDE[point]
        fault = self.stripe.faults.add(kind, "POST")
        tell("live")
        fault.wait_until_reached()
        process.kill()
        process.join()
        self._held.append(fault)
        return True

    # The judgement

    @property
    def kills(self) -> Counter[tuple[str, str]]:
        """How many programs were killed at a call: by the kind of operation, and the point."""
        kinds = {row.idempotency_key: row.kind for row in self.rows(outbox)}
        return Counter((kinds[key], point) for key, point in self._struck.items())

    def check_books(self) -> None:
        """Whatever was cut off, the books hold."""
        with self.office() as office:
            assert_books_hold(office.database)

    def under_way(self) -> list[str]:
        """What is not at its end."""
        found: list[str] = self.see(stripe_books.under_way)
        return found

    def differences(self, refused: tuple[str, ...] = ()) -> list[str]:
        """Where the books and Stripe disagree; ``refused`` are kinds that Stripe had reason to refuse."""
        found: list[str] = self.see(stripe_books.differences, self.stripe.account, refused)
        return found
