"""How fast and how often Stripe is asked: limits by the second, an allowance of reads by the month (Y5)."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa

from frontdesk.errors import FrontdeskError
from frontdesk.models.sale import money_transaction
from frontdesk.models.sync import stripe_reads, stripe_transaction
from frontdesk.services.office import UNREPEATED, Office
from frontdesk.services.stripe.actor import online_actor
from frontdesk.services.stripe.wire import StripeCall
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.stripe_account import ReadsView

#: Requests a second that Stripe takes of an account, and of them for one endpoint.
LIVE_RATE: Final = 100.0
TEST_RATE: Final = 25.0
ENDPOINT_RATE: Final = 25.0
#: What is kept below the limits: clocks differ, and requests bunch up on their way.
_MARGIN: Final = 0.98
_BURST: Final = 0.2
#: Where several desks share the account: one of them pulls, and leaves room for the few calls of the others.
_SHARED_MARGIN: Final = 0.8
_SHARED_BURST: Final = 0.08
#: GETs a second once the allowance of reads runs low. Whoever waits for one sale does not feel it.
SLOW_RATE: Final = 1.0

#: An account may read so often in 30 days at least, and so often for each payment in that time.
LEAST_READS: Final = 10_000
READS_A_PAYMENT: Final = 500
PERIOD: Final = timedelta(days=30)
#: Reads are noted after so many, or so long after the last note.
NOTE_AFTER: Final = 20
NOTE_SECONDS: Final = 60.0

_ID: Final = re.compile(
    r"/(?:acct|ch|cs|cus|dp|du|evt|pi|plink|po|price|prod|py|pyr|re|tml|tmr|txn)_[^/]+", re.ASCII
)
_ADD: Final = sa.text(
    "INSERT INTO stripe_reads (day, reads) VALUES (:day, :reads)"
    " ON CONFLICT (day) DO UPDATE SET reads = stripe_reads.reads + excluded.reads"
).bindparams(sa.bindparam("day", type_=sa.Date), sa.bindparam("reads", type_=sa.Integer))
_USED: Final = sa.select(sa.func.coalesce(sa.func.sum(stripe_reads.c.reads), 0)).where(
    stripe_reads.c.day > sa.bindparam("after")
)
_PAYMENTS: Final = (
    sa.select(sa.func.count())
    .select_from(stripe_transaction)
    .join(money_transaction, money_transaction.c.id == stripe_transaction.c.transaction_id)
    .where(money_transaction.c.kind == "payment", money_transaction.c.at > sa.bindparam("since"))
)


class Bucket:
    """Tokens that come at a steady rate a second; ``burst`` of them wait at most."""

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate, self.burst = rate, max(1.0, burst)
        self._left, self._at = self.burst, now

    def due_in(self, now: float) -> float:
        """Seconds until there is a token, 0 where there is one."""
        self._left = min(self.burst, self._left + (now - self._at) * self.rate)
        self._at = now
        # A sleep may end a hair early, and a token that lacks a billionth is there.
        return max(0.0, (1.0 - self._left) / self.rate) if self._left < 1.0 - 1e-9 else 0.0

    def take(self) -> None:
        """Use up one."""
        self._left -= 1.0


class Pacer:
    """Lets calls wait so that Stripe never has to refuse one for its limits. One for all threads."""

    def __init__(
        self,
        *,
        livemode: bool,
        shared: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """``shared`` says that other desks may call the same account meanwhile."""
        self._share = (_SHARED_MARGIN, _SHARED_BURST) if shared else (_MARGIN, _BURST)
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._all = self._bucket(LIVE_RATE if livemode else TEST_RATE)
        self._endpoints: dict[str, Bucket] = {}
        self._reads = Bucket(SLOW_RATE, 1.0, clock())
        #: Set while the allowance of reads runs low.
        self.is_slow = False

    def wait_for(self, call: StripeCall) -> None:
        """Return when the call may go out."""
        while delay := self._take(call):
            self._sleep(delay)

    def _take(self, call: StripeCall) -> float:
        """Take a token of each bucket; seconds to wait, if one of them is empty."""
        with self._lock:
            name = endpoint(call)
            if name not in self._endpoints:
                self._endpoints[name] = self._bucket(ENDPOINT_RATE)
            buckets = [self._all, self._endpoints[name]]
            if self.is_slow and call.method == "get":
                buckets.append(self._reads)
            now = self._clock()
            delay = max(one.due_in(now) for one in buckets)
            if not delay:
                for one in buckets:
                    one.take()
            return delay

    def _bucket(self, rate: float) -> Bucket:
        margin, burst = self._share
        return Bucket(rate * margin, rate * burst, self._clock())


class ReadCounter:
    """Counts reads by the day, UTC, and notes them in the books in batches. One for all threads."""

    def __init__(
        self, office: Office, now: Callable[[], datetime], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._office, self._now, self._clock = office, now, clock
        self._lock = threading.Lock()
        self._days: dict[date, int] = {}
        self._noted_at = clock()

    def count(self) -> ReadsView | None:
        """Count a read; what is used and allowed where it was noted now, else None."""
        with self._lock:
            day = self._now().date()
            self._days[day] = self._days.get(day, 0) + 1
            due = sum(self._days.values()) >= NOTE_AFTER or self._clock() - self._noted_at >= NOTE_SECONDS
        return self.note() if due else None

    def note(self) -> ReadsView | None:
        """Write down what was counted; None where the books cannot be written, and it is kept for later."""
        with self._lock:
            days, self._days = self._days, {}
            self._noted_at = self._clock()
        try:
            actor = self._office.read(online_actor)
            for day in sorted(days) if actor is not None else ():
                assert actor is not None
                self._office.write(add_reads, actor, UNREPEATED, day, days[day])
                del days[day]
            return self._office.read(reads_view)
        except FrontdeskError:
            return None
        finally:
            with self._lock:
                for day, reads in days.items():
                    self._days[day] = self._days.get(day, 0) + reads


def add_reads(work: UnitOfWork, day: date, reads: int) -> None:
    """Note so many reads of Stripe on a day, UTC."""
    work.connection.execute(_ADD, {"day": day, "reads": reads})


def reads_view(reading: Reading) -> ReadsView:
    """Reads of the last 30 days, against what Stripe allows for the payments of that time (Y3)."""
    used = reading.connection.execute(_USED, {"after": reading.now.date() - PERIOD}).scalar_one()
    payments = reading.connection.execute(_PAYMENTS, {"since": reading.now - PERIOD}).scalar_one()
    return ReadsView(int(used), max(LEAST_READS, READS_A_PAYMENT * int(payments)))


def endpoint(call: StripeCall) -> str:
    """The endpoint of a call, as Stripe counts them: its method and path without ids."""
    return f"{call.method} {_ID.sub('/{id}', call.path)}"
