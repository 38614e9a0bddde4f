"""Looks at Stripe for what an unanswered request may have made, whatever this computer's clock says (Y4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe.events import PAGE, pages
from frontdesk.services.stripe.mirror import at_stripe, objects_in
from frontdesk.services.stripe.outbox import Op
from frontdesk.services.stripe.wire import Body

#: The computer's clock dated the first attempt, and Stripe's the object.
_CLOCKS_DIFFER: Final = timedelta(days=1)
#: So far back it is looked in any case, by Stripe's own time: a clock may be ahead by any number of days.
_AT_LEAST: Final = timedelta(days=45)


def made_since(gateway: PaymentGateway, path: str, op: Op, *, dated: bool = True) -> Iterator[Body]:
    """What a list holds, the newest first, back to before the request; all of it, where it is not ``dated``.

    Raises:
        StripeTrouble: as the gateway.
    """
    for page, at in pages(gateway, path, {"limit": PAGE}, lambda: True):
        yield from objects_in(page)
        oldest = page["data"][-1] if page["data"] else {}
        if dated and "created" in oldest and at_stripe(oldest["created"]) < _since(op, at):
            return


def _since(op: Op, at: datetime | None) -> datetime:
    first = (op.first_sent_at or op.created_at) - _CLOCKS_DIFFER
    return first if at is None else min(first, at - _AT_LEAST)
