"""Kills a program that syncs, lets a new one go on, and says where books and Stripe disagree afterwards."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from frontdesk.models.database import Database
from frontdesk.models.sale import money_transaction
from frontdesk.models.sync import checkout, outbox, quarantine, stripe_transaction
from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Actor
from tests.builders import SetClock, build_studio
from tests.faults.stripe_mortal import DEATHS, FROM_OUTSIDE, Life, live
from tests.services.stripe.studio import connect
from tests.stripe_double import ACCOUNT, StripeDouble
from tests.stripe_double.faults import Fault
from tests.support.books import assert_books_hold

#: Seconds between two programs: longer than the first waits of the outbox; checkouts stay open meanwhile.
_BETWEEN = 5
_EFFECTIVE = ("pending", "requires_action", "succeeded")


def _anything(one: dict[str, Any]) -> bool:
    return True


#: Where things are made: the double's name of the list, and which of it the program made.
_MADE: dict[str, tuple[str, Callable[[dict[str, Any]], bool]]] = {
    "/v1/products": ("products", lambda one: "package_id" in one["metadata"]),
    "/v1/prices": ("prices", lambda one: "version_id" in one["metadata"]),
    "/v1/payment_links": ("payment_links", _anything),
    "/v1/checkout/sessions": ("checkout_sessions", lambda one: one["payment_link"] is None),
    "/v1/payment_intents": (
        "payment_intents", lambda one: one["payment_method_types"] == ["card_present"]
    ),
    "/v1/refunds": ("refunds", lambda one: "op_id" in one["metadata"]),
    "/v1/terminal/locations": ("locations", _anything),
    "/v1/terminal/readers": ("readers", _anything),
}  # fmt: skip


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
        return [
            *(f"{row.kind} {row.state}" for row in self.rows(outbox, outbox.c.finished_at.is_(None))),
            *(f"checkout {row.state}" for row in self.rows(checkout, checkout.c.state == "closing")),
        ]

    def differences(self, refused: tuple[str, ...] = ()) -> list[str]:
        """Where the books and Stripe disagree; nothing, where each thing was done once.

        ``refused`` are the kinds of operations that Stripe had reason to refuse.
        """
        return [*self._made(), *self._money(), *self._refunds(), *self._odd(refused)]

    def _made(self) -> Iterator[str]:
        """Whatever an operation made is there once, and nothing that none made."""
        here: Counter[tuple[str, str]] = Counter()
        for row in self.rows(outbox, outbox.c.state == "done"):
            if row.path in _MADE:
                here[row.path, row.result_id] += 1
        there = Counter(
            (path, one["id"])
            for path, (name, is_ours) in _MADE.items()
            for one in self.stripe.account.collections[name]
            if is_ours(one)
        )
        if there != here:
            yield f"only at Stripe {sorted(there - here)}, only here {sorted(here - there)}"

    def _money(self) -> Iterator[str]:
        there = Counter(
            (one["payment_intent"], one["amount"])
            for one in self.stripe.account.charges
            if one["status"] == "succeeded"
        )
        here = Counter((row.stripe_id, row.amount) for row in self.see(_by_stripe, "payment"))
        if there != here:
            yield f"payments: Stripe {there}, books {here}"

    def _refunds(self) -> Iterator[str]:
        there = Counter(
            (one["id"], -one["amount"]) for one in self.stripe.account.refunds if one["status"] in _EFFECTIVE
        )
        here = Counter(
            (row.stripe_id, row.amount) for row in self.see(_by_stripe, "refund") if row.status in _EFFECTIVE
        )
        if there != here:
            yield f"refunds: Stripe {there}, books {here}"

    def _odd(self, refused: tuple[str, ...]) -> Iterator[str]:
        yield from self.under_way()
        for row in self.rows(outbox, outbox.c.state == "failed", outbox.c.kind.not_in(refused)):
            yield f"{row.kind} failed: {row.trouble}"
        for row in self.rows(quarantine, quarantine.c.solved_at.is_(None)):
            yield f"set aside: {row.object_id} {row.trouble}"


def _by_stripe(reading: Any, kind: str) -> list[Any]:
    statement = (
        sa.select(stripe_transaction.c.stripe_id, money_transaction.c.amount, money_transaction.c.status)
        .join(money_transaction, money_transaction.c.id == stripe_transaction.c.transaction_id)
        .where(money_transaction.c.kind == kind)
    )
    return list(reading.connection.execute(statement))
