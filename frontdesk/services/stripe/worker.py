"""Sync in the background: one thread sends what waits, one asks Stripe what happened (Y3, Y4, Y5).

Neither ever stops the other or the desk. What stands in the way (no network, no key) is told, and both go on
by themselves once it is gone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

from frontdesk.errors import FrontdeskError
from frontdesk.services.changes import Change
from frontdesk.services.faults import mark_of
from frontdesk.services.office import Office
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe.actor import online_actor
from frontdesk.services.stripe.budget import reads_view
from frontdesk.services.stripe.heard import HeardGateway, HeardOffice
from frontdesk.services.stripe.line import StripeLine
from frontdesk.services.stripe.outbox import next_due_at, release_leases
from frontdesk.services.stripe.payouts import load_payouts
from frontdesk.services.stripe.pull import Puller
from frontdesk.services.stripe.push import Pusher
from frontdesk.services.stripe.readers import ask_for_readers, take_in_readers
from frontdesk.services.stripe.rhythm import RESTING, Rhythm
from frontdesk.services.stripe.status import send_without_waiting, sync_facts
from frontdesk.services.stripe.status_teller import StatusTeller
from frontdesk.services.stripe.watching import Watcher
from frontdesk.services.stripe.wire import Declined, NotAllowed
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork
from frontdesk.services.views.sync import Pulled
from frontdesk.services.views.sync_status import SyncFacts, SyncProgress, SyncStatus

log = logging.getLogger("frontdesk.sync")

#: A person may ask for news once in so many seconds.
FLOOR: Final = 15.0
#: Everything is compared once a day: events can be missed.
COMPARE_AFTER: Final = timedelta(hours=24)
#: Seconds before the next attempt after the first, second … trouble.
_BACKOFF: Final = (2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
#: However little there is to do, the books are looked at again after this: another desk may have written.
_IDLE: Final = 30.0
#: A call takes longer than this only where the network hangs; its thread then ends with the process.
_END: Final = 3.0


class SyncWorker:
    """Syncs one studio while the program runs; its methods may be called from any thread and never wait.

    ``lease`` names this program at this desk, the same after a restart. ``changed`` is told what the books
    changed, ``status`` how sync stands; both are called in its threads.
    """

    def __init__(
        self,
        line: StripeLine,
        office: Office,
        lease: str,
        *,
        changed: Callable[[tuple[Change, ...]], None],
        status: Callable[[SyncStatus], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line, self._lease, self._clock = line, lease, clock
        self._teller = StatusTeller(status, clock)
        self._office = HeardOffice(office.giving_way(), self._look_at_the_books, changed)
        self._stopping = False
        self._cancelled = False
        self._came_back = False
        self._asked = self._full = self._attended = False
        self._asked_at = -FLOOR
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._push = _Loop("stripe-push", self._push_once)
        self._pull = _Loop("stripe-pull", self._pull_once)
        self._loops = (self._push, self._pull)
        self._hands: _Hands | None = None
        self._rhythm = Rhythm(clock)

    @property
    def status(self) -> SyncStatus:
        """How sync stands now."""
        return self._teller.status

    def start(self) -> None:
        """Begin."""
        for loop in self._loops:
            loop.start()

    def wake(self) -> None:
        """Something was put into the outbox, or the connection changed."""
        self._push.wake()
        status = self._teller.status
        if status.mode in ("off", "no_key"):
            self._pull.wake()
        elif status.trouble is not None:
            self._pull.hurry()

    def attend(self, *, shown: bool, touched: bool) -> None:
        """Whether this desk's window is on the screen, and whether somebody did something in it just now.

        Where nobody looks, Stripe is asked for news more seldom (Y3).
        """
        if self._rhythm.attend(shown=shown, touched=touched):
            with self._lock:
                self._attended = True
            self._pull.wake()

    def renew(self) -> None:
        """Another key was put in, or the network is said to be back: look at Stripe at once."""
        self._line.renew()
        with self._lock:
            self._attended = False
        for loop in self._loops:
            loop.wake()

    def sync_now(self, *, full: bool = False) -> int:
        """Ask for news at once, or compare everything; 0, or the seconds until that is possible again."""
        with self._lock:
            since = self._clock() - self._asked_at
            if since < FLOOR:
                return max(1, round(FLOOR - since))
            self._asked_at = self._clock()
            self._asked, self._full = True, full
            self._cancelled = False
        for loop in self._loops:
            loop.wake()
        return 0

    def cancel(self) -> None:
        """Stop what the pull is doing; what was applied stays, and it goes on from there later (Y5)."""
        self._cancelled = True
        self._progress(None)

    def retry(self, object_id: str) -> None:
        """Fetch and apply anew what was set aside: all of it, ``object_id`` among it."""
        log.info("%s is tried again", object_id)
        with self._lock:
            self._asked = True
        self._pull.wake()

    def stop(self) -> None:
        """End both threads. A call that is under way is not waited for: its operation stays in the outbox."""
        self._stopping = True
        for loop in self._loops:
            loop.stop()
        ends_at = time.monotonic() + _END
        for loop in self._loops:
            loop.join(max(0.1, ends_at - time.monotonic()))

    # What one round of each thread does; the answer is how many seconds to wait for the next

    def _push_once(self) -> float:
        return self._round("push", self._push_all)

    def _pull_once(self) -> float:
        return self._round("pull", self._pull_all)

    def _round(self, name: str, work: Callable[[_Hands, PaymentGateway], float]) -> float:
        loop = self._push if name == "push" else self._pull
        try:
            hands = self._ready()
            if hands is None:
                return _IDLE
            opened = self._line.gateway()
            self._teller.has_key(name)
            hindered = partial(self._teller.hindered, name)
            seconds = work(hands, HeardGateway(opened, partial(self._answered, name), hindered))
            self._teller.went_through(name)
            return seconds
        except FrontdeskError as error:
            if self._stopping:
                return 0.0
            self._teller.hindered(name, error)
            log.info("%s waits: %s", name, error.code)
        except Exception as error:
            if self._stopping:
                # The books were closed meanwhile.
                return 0.0
            mark = mark_of(error)
            self._teller.hindered(name, FrontdeskError("sync.unexpected", id=mark))
            log.exception("%s met something unexpected (%s)", name, mark)
        return loop.backoff()

    def _answered(self, name: str) -> None:
        """Stripe answered: whoever waits for the network need not wait longer."""
        if self._teller.well(name):
            self._came_back = True
            for loop in self._loops:
                loop.hurry()

    def _ready(self) -> _Hands | None:
        """Who does the work, once the studio is connected."""
        if self._look_at_the_books().livemode is None:
            return None
        with self._lock:
            if self._hands is None:
                actor = self._office.read(online_actor)
                if actor is None:
                    return None
                self._office.write(release_own, actor, None, self._lease)
                self._hands = _Hands(self._office, actor, self._lease, self._clock)
            return self._hands

    def _push_all(self, hands: _Hands, gateway: PaymentGateway) -> float:
        if self._came_back:
            self._came_back = False
            self._office.write(send_without_waiting, hands.actor)
        due = self._office.read(_push_due_in)
        if due is not None and due <= 0:
            hands.pusher.push(gateway, self._goes_on)
            due = self._office.read(_push_due_in)
        hands.watcher.look(gateway, self._goes_on)
        waits = (due, hands.watcher.due_in())
        return max(0.2, min((_IDLE, *(one for one in waits if one is not None))))

    def _pull_all(self, hands: _Hands, gateway: PaymentGateway) -> float:
        with self._lock:
            asked, full, attended = self._asked, self._full, self._attended
            self._asked = self._full = self._attended = False
            self._cancelled = False
        if attended and not (asked or full):
            # Who comes back a minute after a poll need not have another, but the next one soon.
            left = self._rhythm.left(is_low=self._office.read(reads_view).is_low)
            if left:
                return left
        sweep = full or self._office.read(_compare_is_due)
        try:
            pulled = hands.puller.poll(
                gateway, self._goes_on_pulling, self._progress, on_demand=asked, sweep=sweep
            )
            if pulled.elected and pulled.whole:
                load_payouts(self._office, hands.actor, gateway, self._goes_on_pulling)
                if pulled.swept or asked:
                    self._look_at_readers(hands, gateway)
        finally:
            self._progress(None)
            self._look_at_the_books()
        return self._until_next(hands, pulled)

    def _look_at_readers(self, hands: _Hands, gateway: PaymentGateway) -> None:
        try:
            readers = ask_for_readers(gateway)
        except (NotAllowed, Declined) as error:
            # A key for a studio without readers need not be allowed to.
            log.info("readers are not known: %s", error.code)
        else:
            self._office.write(take_in_readers, hands.actor, None, readers)

    def _until_next(self, hands: _Hands, pulled: Pulled) -> float:
        self._rhythm.polled(news=bool(pulled.events) or pulled.swept)
        seconds = self._rhythm.until_next(is_low=self._office.read(reads_view).is_low)
        if seconds >= RESTING and pulled.elected:
            # Whoever opens another desk has news at once.
            hands.puller.give_up_turn()
        return seconds

    # Pieces

    def _goes_on(self) -> bool:
        return not self._stopping

    def _goes_on_pulling(self) -> bool:
        return not (self._stopping or self._cancelled)

    def _progress(self, at: SyncProgress | None) -> None:
        self._teller.progress(at)
        if self._cancelled and at is not None:
            # Told while it was being stopped: nothing may stand there as if it went on.
            self._teller.progress(None)

    def _look_at_the_books(self) -> SyncFacts:
        # One at a time: what one thread read before the other wrote may not be told after what that one read.
        with self._looking:
            facts = self._office.read(sync_facts)
            self._teller.facts(facts)
            return facts


class _Hands:
    """What works on a connected studio."""

    def __init__(self, office: Office, actor: Actor, lease: str, clock: Callable[[], float]) -> None:
        self.actor = actor
        self.pusher = Pusher(office, actor, f"{lease}push")
        self.puller = Puller(office, actor, f"{lease}pull")
        self.watcher = Watcher(office, actor, clock)


class _Loop:
    """A thread that does one thing again and again, waits in between, and can be woken or stopped."""

    def __init__(self, name: str, once: Callable[[], float]) -> None:
        self._once = once
        self._wake = threading.Event()
        self._stopping = False
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Do it at once."""
        self._wake.set()

    def hurry(self) -> None:
        """Do it at once where it only waits because of a trouble."""
        if self._failures:
            self._failures = 0
            self._wake.set()

    def backoff(self) -> float:
        """Seconds until the next attempt; one more trouble is counted."""
        self._failures += 1
        return _BACKOFF[min(self._failures, len(_BACKOFF)) - 1]

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    def join(self, seconds: float) -> None:
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            before = self._failures
            seconds = self._once()
            if self._failures == before:
                self._failures = 0
            if not self._stopping:
                self._wake.wait(seconds)


def release_own(work: UnitOfWork, lease: str) -> None:
    """What this program was sending when it ended may be sent again at once, under the same key (Y4)."""
    release_leases(work, lease)


def _push_due_in(reading: Reading) -> float | None:
    """Seconds until something may be sent; None where nothing is there, or only people can move it on."""
    due = next_due_at(reading)
    return None if due is None else (due - reading.now).total_seconds()


def _compare_is_due(reading: Reading) -> bool:
    """Whether it is a day ago that everything was compared; the first time the puller sees for itself."""
    swept_at = sync_facts(reading).swept_at
    return swept_at is not None and reading.now - swept_at > COMPARE_AFTER
