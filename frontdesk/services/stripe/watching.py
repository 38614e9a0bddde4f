"""Keeps an eye on sales that wait for Stripe: each is asked for by itself while somebody waits (Y3)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from frontdesk.services.office import Office
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe.checkout_list import checkouts_to_watch
from frontdesk.services.stripe.chunks import Chunks
from frontdesk.services.stripe.events import Wanted
from frontdesk.services.stripe.fetched import Fetched, apply_batches
from frontdesk.services.stripe.wire import Declined, StripeCall
from frontdesk.services.unit_of_work import Actor, Reading
from frontdesk.services.views.checkouts import WatchedCheckout


class Watcher:
    """Remembers when it looked last at each open checkout. Use it from one thread."""

    def __init__(self, office: Office, actor: Actor, clock: Callable[[], float] = time.monotonic) -> None:
        self._office, self._actor, self._clock = office, actor, clock
        self._looked: dict[int, float] = {}
        self._chunks = Chunks(size=1)

    def look(self, gateway: PaymentGateway, goes_on: Callable[[], bool]) -> int:
        """Ask for whatever is due, and let the books follow; how many objects were asked for.

        Raises:
            StripeTrouble: what Stripe or the network said against it; what was asked before is applied.
        """
        due = [one for one in self._open() if self._due_in(one) <= 0]
        found = self._answers(gateway, due, goes_on)
        return apply_batches(self._office, self._actor, self._chunks, found)[0]

    def due_in(self) -> float | None:
        """Seconds until the next look, None where nothing waits."""
        return min((max(0.0, self._due_in(one)) for one in self._open()), default=None)

    # Pieces

    def _open(self) -> tuple[WatchedCheckout, ...]:
        found = self._office.read(checkouts_to_watch)
        known = {one.checkout_id for one in found}
        self._looked = {id: at for id, at in self._looked.items() if id in known}
        return found

    def _due_in(self, one: WatchedCheckout) -> float:
        looked = self._looked.get(one.checkout_id)
        return 0.0 if looked is None else looked + one.every - self._clock()

    def _answers(
        self, gateway: PaymentGateway, due: Iterable[WatchedCheckout], goes_on: Callable[[], bool]
    ) -> Iterator[Fetched]:
        for one in due:
            # Noted before the call: where it fails, the next look is not sooner for that.
            self._looked[one.checkout_id] = self._clock()
            for call in one.calls:
                if not goes_on():
                    return
                answer = self._asked(gateway, call)
                if answer is not None:
                    yield answer

    def _asked(self, gateway: PaymentGateway, call: StripeCall) -> Fetched | None:
        try:
            answer = gateway.call(call)
        except Declined:
            # A reader that was taken away, say: the pull tells what became of the payment.
            return None
        body = answer.body
        at = answer.server_time or self._office.read(_now)
        return Fetched(Wanted(body["object"], body["id"]), body, at)


def _now(reading: Reading) -> datetime:
    return reading.now
