"""The sweep: Stripe's objects themselves, listed and compared, where events are no help (Y3, Y5).

At the first sync, after a gap and on demand. Pages are read side by side, as fast as Stripe's limits allow;
this thread alone writes. Reading is ahead of writing, and only what is written counts as read.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal

import sqlalchemy as sa

from frontdesk.models.base import to_micros
from frontdesk.models.sync import sync_state
from frontdesk.services.changes import Topic
from frontdesk.services.office import UNREPEATED, Office
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe import quarantine
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.backfill import apply_page
from frontdesk.services.stripe.chunks import Chunks
from frontdesk.services.stripe.events import Wanted, next_cursor
from frontdesk.services.stripe.fetched import Fetched, apply_batches, fetch
from frontdesk.services.stripe.lanes import LANES, Lanes
from frontdesk.services.stripe.loose_ends import LOOKED_BACK, REFUNDS_WATCHED, loose_ends
from frontdesk.services.stripe.mirror import at_stripe, objects_in
from frontdesk.services.stripe.turns import TurnLost, go_on
from frontdesk.services.stripe.windows import Mark, Plan, Window
from frontdesk.services.stripe.wire import (
    Body,
    Busy,
    Declined,
    NotReached,
    StripeAnswer,
    StripeCall,
    StripeTrouble,
    Unclear,
)
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork
from frontdesk.services.views.sync import Pulled
from frontdesk.services.views.sync_status import SyncProgress

Reason = Literal["first", "gap", "asked"]
Tell = Callable[[SyncProgress], None]

#: Pages that are on their way or wait to be written; more are not asked for. Enough for what Stripe allows,
#: and few enough: what lies in memory is walked over for garbage while the window waits.
_AHEAD: Final = LANES
#: Seconds to wait for an answer before it is asked again whether to go on.
_PATIENCE: Final = 0.05
#: A page without a clear answer is asked for so often in a row.
_ATTEMPTS: Final = 3
#: Stripe's first days. The account's own ``created`` is when it was connected to a platform.
_STRIPE_BEGAN: Final = 1_300_000_000

_STATE = sa.select(sync_state).where(sync_state.c.id == 1)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page that was read and waits to be written."""

    window: Window
    bodies: Sequence[Body]
    at: datetime
    mark: Mark


class Sweeper:
    """Lists what the account holds while it is the turn of ``lease``. Use it from one thread."""

    def __init__(self, office: Office, actor: Actor, lease: str, chunks: Chunks) -> None:
        self._office = office
        self._actor = actor
        self._lease = lease
        self._chunks = chunks

    def run(
        self,
        gateway: PaymentGateway,
        goes_on: Callable[[], bool],
        tell: Tell,
        reason: Reason,
    ) -> Pulled:
        """Sweep, or go on with a sweep that was stopped; ``whole`` where it came to its end, and not
        ``elected`` where another desk took it over meanwhile.

        Raises:
            StripeTrouble: what Stripe or the network said against it; what was written stays.
        """
        try:
            return self._run(gateway, goes_on, tell, reason)
        except TurnLost:
            return Pulled(elected=False, whole=False, swept=True)

    def _run(
        self, gateway: PaymentGateway, goes_on: Callable[[], bool], tell: Tell, reason: Reason
    ) -> Pulled:
        kept = self._office.read(_kept)
        plan = Plan.restored(kept) if kept else self._new_plan(gateway, reason)
        before = plan.objects
        listing = _Listing(self, gateway, plan, goes_on, tell)
        listing.run()
        if goes_on():
            done = self._tie_up(gateway, plan, goes_on)
            if done and goes_on():
                self._office.write(_End(self._lease, plan).note, self._actor)
                return Pulled(True, True, 0, plan.objects - before, plan.set_aside, True)
        return Pulled(True, False, 0, plan.objects - before, plan.set_aside, True)

    def write(self, page: _Page, plan: Plan, goes_on: Callable[[], bool]) -> None:
        """Apply a page, as many objects a transaction as leave the desk its turns; its mark with the last."""
        bodies, chunks = page.bodies, self._chunks.of(page.window.list)
        while goes_on():
            part, bodies = bodies[: chunks.size], bodies[chunks.size :]
            if not bodies:
                page.window.written = page.mark
                plan.listed[page.window.list] += len(page.bodies)
            with chunks.timed(len(part) or 1):
                written = _Part(self._lease, part, page.at, None if bodies else plan.kept)
                applied = self._office.write(written.apply, self._actor, UNREPEATED).value
            plan.objects += applied[0]
            plan.set_aside += applied[1]
            if not bodies:
                return

    def _new_plan(self, gateway: PaymentGateway, reason: Reason) -> Plan:
        answer = gateway.call(StripeCall("get", "/v1/account"))
        if answer.server_time is None:
            raise Unclear("stripe.odd_list", path="/v1/account")
        began = to_micros(answer.server_time) // 1_000_000
        high_water = self._office.read(_high_water)
        since = _STRIPE_BEGAN
        if reason == "gap" and high_water is not None:
            since = to_micros(high_water - LOOKED_BACK) // 1_000_000
        elif reason == "asked":
            since = began - int(REFUNDS_WATCHED.total_seconds())
        plan = Plan.new(reason, since, began)
        self._office.write(_Begin(self._lease, plan, answer.body).note, self._actor)
        return plan

    def _tie_up(self, gateway: PaymentGateway, plan: Plan, goes_on: Callable[[], bool]) -> bool:
        """Fetch what no list tells: open ends of the books, and what balance transactions name."""
        wanted = self._office.read(loose_ends, at_stripe(plan.since), at_stripe(plan.began))
        fetched = _side_by_side(gateway, wanted, at_stripe(plan.began), goes_on)
        count, aside = apply_batches(self._office, self._actor, self._chunks, fetched)
        plan.objects += count
        plan.set_aside += aside
        return count == len(wanted)


class _Listing:
    """The lists of a sweep under way."""

    def __init__(
        self, sweeper: Sweeper, gateway: PaymentGateway, plan: Plan, goes_on: Callable[[], bool], tell: Tell
    ) -> None:
        self._sweeper, self._gateway, self._plan = sweeper, gateway, plan
        self._goes_on, self._tell = goes_on, tell
        self._backlog: deque[_Page] = deque()
        self._tries: Counter[int] = Counter()
        self._not_before: dict[int, float] = {}
        self._trouble: StripeTrouble | None = None
        self._began, self._before = time.monotonic(), plan.listed.total()

    def run(self) -> None:
        """Read and write until all is listed, or it is to end."""
        with Lanes[int, StripeAnswer]() as lanes:
            while self._goes_on():
                if self._trouble is None:
                    self._send(lanes)
                patience = 0.0
                if self._backlog:
                    self._write(self._backlog.popleft())
                elif lanes.busy or self._waits():
                    patience = _PATIENCE
                else:
                    break
                for place, answer in lanes.arrived(patience):
                    self._take(place, answer)
        if self._trouble is not None and self._goes_on():
            raise self._trouble

    def _waits(self) -> bool:
        return self._trouble is None and any(not one.read.over for one in self._plan.windows)

    def _send(self, lanes: Lanes[int, StripeAnswer]) -> None:
        self._plan.cut_longest()
        places = {id(one): place for place, one in enumerate(self._plan.windows)}
        for window in self._plan.to_read(lanes.busy):
            place = places[id(window)]
            if len(lanes.busy) + len(self._backlog) >= _AHEAD:
                return
            if self._not_before.get(place, 0.0) <= time.monotonic():
                lanes.send(place, partial(self._gateway.call, window.call))

    def _take(self, place: int, answer: StripeAnswer | StripeTrouble) -> None:
        window = self._plan.windows[place]
        try:
            if isinstance(answer, StripeTrouble):
                raise answer
            cursor = next_cursor(window.call.path, answer.body)
            if cursor is not None and cursor == window.read.after:
                raise Unclear("stripe.odd_list", path=window.call.path)
        except StripeTrouble as trouble:
            self._put_off(place, window, trouble)
            return
        self._tries[place] = 0
        at = answer.server_time or at_stripe(self._plan.began)
        bodies = tuple(objects_in(answer.body))
        self._backlog.append(_Page(window, bodies, at, window.move_on(answer.body, cursor)))

    def _put_off(self, place: int, window: Window, trouble: StripeTrouble) -> None:
        """Ask for the page once more, or end."""
        self._tries[place] += 1
        if isinstance(trouble, Busy):
            asked = trouble.params.get("retry_after")
            wait = min(2 ** self._tries[place], 60) if asked is None else asked
            self._not_before[place] = time.monotonic() + wait
        elif self._tries[place] >= _ATTEMPTS or isinstance(trouble, NotReached):
            self._trouble = trouble
        elif isinstance(trouble, Declined) and window.read.after:
            window.start_again()
        elif not isinstance(trouble, Unclear):
            self._trouble = trouble

    def _write(self, page: _Page) -> None:
        self._sweeper.write(page, self._plan, self._goes_on)
        listed, expected = self._plan.listed.total(), self._plan.expected
        rate = (listed - self._before) / max(time.monotonic() - self._began, 1e-3)
        left = None if expected is None or not rate else int(max(expected - listed, 0) / rate)
        what = "first" if self._plan.reason == "first" else "sweep"
        self._tell(SyncProgress(what, listed, expected, rate, left))


def _side_by_side(
    gateway: PaymentGateway, wanted: Sequence[Wanted], at: datetime, goes_on: Callable[[], bool]
) -> Iterator[Fetched]:
    """The objects as they arrive.

    Raises:
        StripeTrouble: after what arrived before it.
    """
    waiting = deque(wanted)
    with Lanes[Wanted, Fetched]() as lanes:
        while goes_on() and (waiting or lanes.busy):
            while waiting and not lanes.are_full:
                one = waiting.popleft()
                lanes.send(one, partial(fetch, gateway, one, at))
            for _, found in lanes.arrived(_PATIENCE):
                if isinstance(found, StripeTrouble):
                    raise found
                yield found


# --- What is kept ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a page for one transaction; the last one brings what is to be kept of the plan."""

    lease: str
    bodies: Sequence[Body]
    at: datetime
    kept: dict[str, Any] | None

    def apply(self, work: UnitOfWork) -> tuple[int, ...]:
        """Apply it; how many objects, and how many of them were set aside."""
        applied = apply_page(work, self.bodies, self.at)
        if self.kept is not None:
            go_on(work, self.lease, {"sweep": self.kept})
        return applied.objects, applied.set_aside


@dataclass(frozen=True, slots=True)
class _Begin:
    """The start of a sweep, with the account as it is now."""

    lease: str
    plan: Plan
    account: Body

    def note(self, work: UnitOfWork) -> None:
        """Write it down."""
        apply_object(work, self.account, at_stripe(self.plan.began))
        go_on(work, self.lease, {"sweep": self.plan.kept})


@dataclass(frozen=True, slots=True)
class _End:
    """The end of a sweep: everything up to its start is in the books."""

    lease: str
    plan: Plan

    def note(self, work: UnitOfWork) -> None:
        """Move the marks on, never back."""
        state = work.connection.execute(_STATE.with_for_update()).one()
        began = at_stripe(self.plan.began)
        marks = {
            "high_water": max(began, state.high_water or began),
            "complete_at": max(began, state.complete_at or began),
            "swept_at": began,
            "sweep": None,
        }
        go_on(work, self.lease, marks)
        quarantine.note_compared(work)
        work.changed(Topic.SYNC)


def _kept(reading: Reading) -> dict[str, Any] | None:
    found: dict[str, Any] | None = reading.connection.execute(_STATE).one().sweep
    return found


def _high_water(reading: Reading) -> datetime | None:
    found: datetime | None = reading.connection.execute(_STATE).one().high_water
    return found
