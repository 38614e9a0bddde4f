"""Pages of Stripe's lists into the mirror and the books, many objects at once and none read twice (Y3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.errors import FrontdeskError
from frontdesk.models.sync import stripe_object, stripe_transaction
from frontdesk.services.stripe.apply import is_checkout, with_expanded
from frontdesk.services.stripe.fetched import interpreted
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
    store(work, everything, at)
    aside = 0
    if bodies[0]["object"] == SESSION:
        aside = _apply_sessions(work, bodies, at)
    elif bodies[0]["object"] in _ONE_BY_ONE:
        aside = sum(not interpreted(work, body, at) for body in sorted(bodies, key=_place))
    return Applied(len(everything), aside)


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
    if not _at_once(work, online):
        return aside + sum(not interpreted(work, body, at) for body in online)
    return aside + _catch_up(work, online, at)


def _at_once(work: UnitOfWork, bodies: Sequence[Body]) -> bool:
    """All sales of a page together; False where one of them cannot be made, and nothing is."""
    savepoint = work.connection.begin_nested()
    try:
        apply_sessions(work, bodies)
        savepoint.commit()
    except (FrontdeskError, sa.exc.IntegrityError, sa.exc.DataError, LookupError, TypeError, ValueError):
        savepoint.rollback()
        return False
    return True


def _catch_up(work: UnitOfWork, sessions: Sequence[Body], at: datetime) -> int:
    """Refunds and disputes that were listed before the sales that they belong to."""
    intents = sorted({id_of(body.get("payment_intent")) for body in sessions} - {""})
    aside = 0
    for start in range(0, len(intents), _CHUNK):
        asked: dict[str, Any] = {"intents": intents[start : start + _CHUNK]}
        for text in work.connection.execute(_EARLIER, asked).scalars().all():
            aside += not interpreted(work, body_of(text), at)
    return aside
