"""Pages of Stripe's lists into the mirror and the books, many objects at once and none read twice (Y3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.models.sync import stripe_object, stripe_transaction
from frontdesk.services.stripe import quarantine
from frontdesk.services.stripe.apply import is_checkout, with_expanded
from frontdesk.services.stripe.fetched import attempted, interpreted
from frontdesk.services.stripe.mirror import body_of, id_of, store
from frontdesk.services.stripe.online_sales import apply_sessions
from frontdesk.services.stripe.wire import Body
from frontdesk.services.unit_of_work import UnitOfWork

SESSION: Final = "checkout.session"
#: What the books follow one by one; all else of a list is only kept.
_ONE_BY_ONE: Final = ("refund", "dispute", "product", "price", "payment_link", "account")
_CHUNK: Final = 500

_o = stripe_object.c
_EARLIER = (
    sa.select(_o.body)
    .join(stripe_transaction, stripe_transaction.c.stripe_id == _o.payment_intent)
    .where(
        _o.payment_intent.in_(sa.bindparam("intents", expanding=True)),
        _o.payment_intent != "",
        _o.kind.in_(("refund", "dispute")),
    )
    .order_by(_o.created, _o.id)
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a page: objects kept, and how many of them could not be applied."""

    objects: int = 0
    set_aside: int = 0


def apply_page(work: UnitOfWork, bodies: Sequence[Body], at: datetime) -> Applied:
    """Keep a page of one kind of object with all that stands expanded in it, and let the books follow."""
    if not bodies:
        return Applied()
    everything = [one for body in bodies for one in with_expanded(body)]
    kept, aside = bodies, 0
    if attempted(work, partial(store, work, everything, at)) is not None:
        kept = [body for body in bodies if _kept_alone(work, body, at)]
        aside = len(bodies) - len(kept)
    if kept and kept[0]["object"] == SESSION:
        aside += _apply_sessions(work, kept, at)
    elif kept and kept[0]["object"] in _ONE_BY_ONE:
        aside += sum(not interpreted(work, body, at) for body in sorted(kept, key=_place))
    return Applied(len(everything), aside)


def _kept_alone(work: UnitOfWork, body: Body, at: datetime) -> bool:
    """Keep one object of a page that could not be kept at once, or set it aside."""
    error = attempted(work, lambda: store(work, list(with_expanded(body)), at))
    if error is not None:
        kind = str(body.get("object") or "object")
        quarantine.set_aside(work, kind, str(body.get("id") or f"{kind}_without_id"), error, at)
    return error is None


def _place(body: Body) -> tuple[bool, int]:
    """What came to nothing first, since it makes room for what was done in its place; then as it was made."""
    created = body.get("created")
    is_over = body.get("status") in ("failed", "canceled")
    return not is_over, created if isinstance(created, int) else 0


def _apply_sessions(work: UnitOfWork, bodies: Sequence[Body], at: datetime) -> int:
    aside = 0
    online = []
    for body in bodies:
        if is_checkout(work, body):
            aside += not interpreted(work, body, at)
        else:
            online.append(body)
    # All sales of a page together; where one of them cannot be made, each by itself.
    if attempted(work, partial(apply_sessions, work, online)) is not None:
        return aside + sum(not interpreted(work, body, at) for body in online)
    return aside + _catch_up(work, online, at)


def _catch_up(work: UnitOfWork, sessions: Sequence[Body], at: datetime) -> int:
    """Refunds and disputes that were listed before the sales that they belong to."""
    intents = sorted({id_of(body.get("payment_intent")) for body in sessions} - {""})
    aside = 0
    for start in range(0, len(intents), _CHUNK):
        asked: dict[str, Any] = {"intents": intents[start : start + _CHUNK]}
        for text in work.connection.execute(_EARLIER, asked).scalars().all():
            aside += not interpreted(work, body_of(text), at)
    return aside
