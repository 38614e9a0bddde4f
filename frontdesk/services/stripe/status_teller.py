"""Puts together how sync stands, of what its threads say and of the books; each change is told once (Y5)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from frontdesk.errors import FrontdeskError
from frontdesk.services.stripe.wire import NotReached, StripeTrouble
from frontdesk.services.views.sync_status import Mode, SyncFacts, SyncProgress, SyncStatus, Trouble

#: Seconds between two tellings of how far something has come.
_PAUSE: Final = 0.2
#: Seconds after which a rate says something.
_SETTLED: Final = 1.0


class StatusTeller:
    """One for both threads. ``tell`` is called with every new state, in the thread that brought it about."""

    def __init__(self, tell: Callable[[SyncStatus], None], clock: Callable[[], float]) -> None:
        self._tell, self._clock = tell, clock
        self._lock = threading.RLock()
        self.status = SyncStatus()
        self._facts = SyncFacts()
        self._troubles: dict[str, FrontdeskError] = {}
        self._began: tuple[str, int, float] | None = None
        self._told_at = 0.0

    def facts(self, facts: SyncFacts) -> None:
        """What the books know."""
        with self._lock:
            if facts.livemode is None:
                self._troubles.clear()
            self._facts = facts
            self._show(self.status.progress)

    def hindered(self, name: str, error: FrontdeskError) -> None:
        """One of the threads cannot go on for now."""
        with self._lock:
            self._troubles[name] = error
            self._show(self.status.progress)

    def well(self, name: str) -> bool:
        """Stripe answered one of the threads; whether that ended a trouble."""
        with self._lock:
            gone = [
                one for one, error in self._troubles.items() if one == name or isinstance(error, NotReached)
            ]
            for one in gone:
                del self._troubles[one]
            ended = bool(gone)
            if ended or self.status.online is None:
                self._show(self.status.progress, answered=True)
            return ended

    def has_key(self, name: str) -> None:
        """One of the threads was given the line: whatever was wrong with the key is not wrong any more."""
        with self._lock:
            error = self._troubles.get(name)
            if error is not None and _is_of_the_key(error):
                del self._troubles[name]
                self._show(self.status.progress)

    def went_through(self, name: str) -> None:
        """One of the threads came to the end of its round; what only Stripe's answer can end is left."""
        with self._lock:
            error = self._troubles.get(name)
            if error is not None and not isinstance(error, StripeTrouble):
                del self._troubles[name]
                self._show(self.status.progress)

    def progress(self, at: SyncProgress | None) -> None:
        """How far something has come; None once it is over."""
        with self._lock:
            now = self._clock()
            if at is None:
                self._began = None
                self._show(None)
                return
            if self._began is None or self._began[0] != at.what or at.done < self._began[1]:
                self._began = at.what, at.done, now
            elif now - self._told_at < _PAUSE:
                return
            self._told_at = now
            self._show(self._paced(at, now))

    # Pieces

    def _paced(self, at: SyncProgress, now: float) -> SyncProgress:
        assert self._began is not None
        _, done, began_at = self._began
        if now - began_at < _SETTLED or at.rate:
            return at
        rate = (at.done - done) / (now - began_at)
        left = None if at.total is None or rate <= 0 else max(0, round((at.total - at.done) / rate))
        return replace(at, rate=rate, left=left)

    def _show(self, progress: SyncProgress | None, *, answered: bool = False) -> None:
        error = next(iter(self._troubles.values()), None)
        new = SyncStatus(
            mode=self._mode(error),
            online=self._online(error, answered),
            trouble=None if error is None else Trouble(error.code, dict(error.params)),
            synced_at=self._facts.synced_at,
            waiting=self._facts.waiting,
            progress=progress,
        )
        if new != self.status:
            self.status = new
            self._tell(new)

    def _mode(self, error: FrontdeskError | None) -> Mode:
        if self._facts.livemode is None:
            return "off"
        # What Stripe itself says against a key is a trouble; anything else means that there is none.
        if error is not None and not isinstance(error, StripeTrouble) and _is_of_the_key(error):
            return "no_key"
        return "live" if self._facts.livemode else "test"

    def _online(self, error: FrontdeskError | None, answered: bool) -> bool | None:
        if self._facts.livemode is None:
            return None
        if error is not None:
            return False
        # Where a trouble went without an answer, nobody knows until the next call.
        return True if answered or self.status.online else None


def _is_of_the_key(error: FrontdeskError) -> bool:
    if isinstance(error, StripeTrouble):
        return error.code == "stripe.key_revoked"
    return error.code.startswith(("keyring.", "stripe."))
