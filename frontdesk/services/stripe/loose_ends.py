"""What no list of Stripe's tells by itself: objects that may change long after they were created (Y3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from frontdesk.models.sync import checkout, stripe_object
from frontdesk.services.stripe import quarantine
from frontdesk.services.stripe.events import FETCHED, Wanted
from frontdesk.services.unit_of_work import Reading

#: After a gap what was created so long before it is listed again, for what became of it meanwhile.
LOOKED_BACK: Final = timedelta(days=30)
#: A refund may fail so long after it was made.
REFUNDS_WATCHED: Final = timedelta(days=120)

_o = stripe_object.c
_OPEN_CHECKOUTS = sa.select(checkout.c.session_id, checkout.c.payment_intent).where(
    checkout.c.closed_at.is_(None)
)
_MAY_CHANGE = {
    "refund": _o.status.not_in(("failed", "canceled")),
    "dispute": _o.status.not_in(("won", "lost", "warning_closed", "prevented")),
    "payout": _o.status.in_(("pending", "in_transit")),
    # Complete, with a method whose money takes days.
    "checkout.session": _o.status == "unpaid",
}
#: What was created since is listed anyway; refunds are watched for a while, all else until its end.
_NOT_FINAL = sa.select(_o.kind, _o.id).where(
    _o.created < sa.bindparam("listed", type_=_o.created.type),
    sa.or_(*(sa.and_(_o.kind == kind, is_open) for kind, is_open in _MAY_CHANGE.items())),
    sa.or_(
        _o.kind != "refund",
        _o.status.in_(("pending", "requires_action")),
        _o.created >= sa.bindparam("watched", type_=_o.created.type),
    ),
)
_named = stripe_object.alias("named")
#: Balance transactions are the spine: what they name and no list had is fetched by itself.
_NAMED_ALONE = (
    sa.select(_o.source)
    .where(
        _o.kind == "balance_transaction",
        _o.source != "",
        ~sa.exists().where(_named.c.id == _o.source),
    )
    .distinct()
)
_KINDS_NAMED: Final = {"re": "refund", "pyr": "refund", "dp": "dispute", "du": "dispute"}


def loose_ends(reading: Reading, listed: datetime, began: datetime) -> tuple[Wanted, ...]:
    """What has to be fetched after everything created from ``listed`` on was listed, at ``began``."""
    found = dict.fromkeys(
        (*_of_checkouts(reading), *_not_final(reading, listed, began), *_named_alone(reading))
    )
    again = quarantine.to_try_again(reading, began, all_of_them=True)
    return tuple(dict.fromkeys((*(Wanted(kind, one) for kind, one in found), *again)))


def _of_checkouts(reading: Reading) -> Iterator[tuple[str, str]]:
    for row in reading.connection.execute(_OPEN_CHECKOUTS):
        if row.session_id is not None:
            yield "checkout.session", row.session_id
        elif row.payment_intent is not None:
            yield "payment_intent", row.payment_intent


def _not_final(reading: Reading, listed: datetime, began: datetime) -> Iterator[tuple[str, str]]:
    asked = {"listed": listed, "watched": began - REFUNDS_WATCHED}
    for row in reading.connection.execute(_NOT_FINAL, asked):
        assert row.kind in FETCHED
        yield row.kind, row.id


def _named_alone(reading: Reading) -> Iterator[tuple[str, str]]:
    for name in reading.connection.execute(_NAMED_ALONE).scalars():
        kind = _KINDS_NAMED.get(name.partition("_")[0])
        if kind is not None:
            yield kind, name
