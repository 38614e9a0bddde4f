"""The pull: one desk asks Stripe what happened, looks at what it is about, and lets the books follow (Y3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models.sync import sync_state
from frontdesk.services.changes import Topic
from frontdesk.services.office import UNREPEATED, Office
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe import quarantine
from frontdesk.services.stripe.chunks import Chunks
from frontdesk.services.stripe.events import (
    MOST_PAGES,
    OVERLAP,
    UNREADABLE,
    Event,
    Wanted,
    forget_old_events,
    note_events,
    read_events,
    wanted,
    without_known,
)
from frontdesk.services.stripe.fetched import Fetched, apply_batches, fetch
from frontdesk.services.stripe.sweep import Reason, Sweeper
from frontdesk.services.stripe.turns import TURN, give_up_turn, has_turn, take_turn
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork
from frontdesk.services.views.sync import Pulled
from frontdesk.services.views.sync_status import SyncProgress

#: Stripe lists events for 30 days; with so much of them missed the objects are listed instead.
GAP: Final = timedelta(days=25)

Tell = Callable[[SyncProgress], None]

_STATE = sa.select(sync_state).where(sync_state.c.id == 1)
_SET = sa.update(sync_state).where(sync_state.c.id == 1)


class Puller:
    """Pulls for a studio. Use it from one thread; ``lease`` names this desk's program among all."""

    def __init__(self, office: Office, actor: Actor, lease: str, *, most_pages: int = MOST_PAGES) -> None:
        """``most_pages`` of events are read; where there are more, the objects themselves are listed."""
        self._office = office
        self._actor = actor
        self._lease = lease
        self._most_pages = most_pages
        self._chunks = Chunks()

    def poll(
        self,
        gateway: PaymentGateway,
        goes_on: Callable[[], bool] = lambda: True,
        tell: Tell = lambda _: None,
        *,
        on_demand: bool = False,
        sweep: bool = False,
    ) -> Pulled:
        """Apply what happened since the last time, by listing objects themselves where events do not help.

        ``on_demand`` takes the turn from another desk, and tries again at once what was set aside; ``sweep``
        lists the objects in any case, where it is this desk's turn. What was applied before a trouble or a
        stop stays applied, and the next poll goes on from there.

        Raises:
            StripeTrouble: what Stripe or the network said against it.
        """
        if not self._take_turn(on_demand):
            return Pulled(elected=False, whole=False)
        state = self._office.read(_state)
        reason: Reason | None = "asked" if sweep else None
        if state.sweep is not None or state.high_water is None:
            reason = "first"
        if reason is None:
            return self._by_events(gateway, goes_on, tell, state, on_demand=on_demand)
        return self._by_sweep(gateway, goes_on, tell, reason)

    def give_up_turn(self) -> None:
        """Let another desk pull from now on."""
        self._office.write(give_up_turn, self._actor, UNREPEATED, self._lease)

    def _take_turn(self, by_force: bool) -> bool:
        if self._office.read(has_turn, self._lease):
            return True
        return self._office.write(take_turn, self._actor, UNREPEATED, self._lease, by_force).value

    def _by_sweep(
        self, gateway: PaymentGateway, goes_on: Callable[[], bool], tell: Tell, reason: Reason
    ) -> Pulled:
        sweeper = Sweeper(self._office, self._actor, self._lease, self._chunks)
        swept = sweeper.run(gateway, goes_on, tell, reason)
        if not swept.whole:
            return swept
        # What happened since it began, however much that is.
        state = self._office.read(_state)
        since = self._by_events(gateway, goes_on, tell, state, after_sweep=True)
        return Pulled(
            whole=since.whole,
            events=since.events,
            objects=swept.objects + since.objects,
            set_aside=swept.set_aside + since.set_aside,
            swept=True,
        )

    def _by_events(
        self,
        gateway: PaymentGateway,
        goes_on: Callable[[], bool],
        tell: Tell,
        state: sa.Row[Any],
        *,
        on_demand: bool = False,
        after_sweep: bool = False,
    ) -> Pulled:
        most = None if after_sweep else self._most_pages
        listed = read_events(gateway, state.high_water - OVERLAP, goes_on, most)
        at = listed.at or state.high_water
        missed = at - max(state.high_water, state.complete_at or state.high_water) > GAP
        if goes_on() and not after_sweep and (missed or not listed.whole):
            return self._by_sweep(gateway, goes_on, tell, "gap")
        new = self._office.read(without_known, listed.events)
        todo = _merged(wanted(new), self._office.read(quarantine.to_try_again, at, all_of_them=on_demand))
        count, aside = apply_batches(
            self._office, self._actor, self._chunks, self._fetch_all(gateway, todo, at, goes_on, tell)
        )
        whole = goes_on() and listed.whole and count == len(todo)
        if whole:
            newest = max((event.created for event in listed.events), default=state.high_water)
            finished = _Finished(self._lease, newest, at, new, is_told=on_demand or after_sweep or bool(todo))
            self._office.write(finished.note, self._actor, UNREPEATED)
        return Pulled(whole=whole, events=len(new), objects=count, set_aside=aside)

    def _fetch_all(
        self,
        gateway: PaymentGateway,
        todo: tuple[Wanted, ...],
        at: datetime,
        goes_on: Callable[[], bool],
        tell: Tell,
    ) -> Iterator[Fetched]:
        for done, one in enumerate(todo):
            if not goes_on():
                return
            tell(SyncProgress("poll", done, len(todo)))
            yield fetch(gateway, one, at)


def _merged(told: tuple[Wanted, ...], again: Iterable[Wanted]) -> tuple[Wanted, ...]:
    named = {one.id for one in told}
    return (*told, *(one for one in again if one.id not in named))


# --- Marks -------------------------------------------------------------------------------------------


def _state(reading: Reading) -> sa.Row[Any]:
    return reading.connection.execute(_STATE).one()


@dataclass(slots=True)
class _Finished:
    """The end of a poll that applied everything: how far sync has come, by Stripe's time."""

    lease: str
    newest: datetime
    at: datetime
    events: Iterable[Event] = field(default_factory=tuple)
    is_told: bool = True

    def note(self, work: UnitOfWork) -> None:
        """Move the marks on, never back, and forget what Stripe does not list any more."""
        state = work.connection.execute(_STATE.with_for_update()).one()
        for event in self.events:
            if event.kind == UNREADABLE:
                error = Refused("sync.not_understood", kind=UNREADABLE, id=event.id, detail="data")
                quarantine.set_aside(work, UNREADABLE, event.id, error, self.at)
        # Those about kinds that nothing here knows, too.
        note_events(work, self.events)
        forget_old_events(work, self.at)
        marks = {
            "high_water": max(self.newest, state.high_water or self.newest),
            "complete_at": max(self.at, state.complete_at or self.at),
        }
        if state.puller == self.lease:
            marks["puller_until"] = work.now + TURN
        work.connection.execute(_SET, marks)
        # Else there is nothing to be read again: thousands of polls a year find nothing.
        if self.is_told:
            work.changed(Topic.SYNC)
