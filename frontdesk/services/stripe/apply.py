"""What follows from an object of Stripe's: it is kept, and whoever knows its kind interprets it (Y3).

Whether it came as the answer to a call of ours or by the pull makes no difference, nor does how often or in
which order it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Final

import sqlalchemy as sa

from frontdesk.models.sync import checkout, stripe_account
from frontdesk.services.changes import Topic
from frontdesk.services.stripe.mirror import KEPT_APART, id_of, of_intent, store
from frontdesk.services.stripe.wire import Body
from frontdesk.services.unit_of_work import Reading, UnitOfWork

Applier = Callable[[UnitOfWork, Body], None]

#: Who interprets which kind. By name, since each may put work into the outbox, whose answers come back here.
_APPLIERS: Final[Mapping[str, tuple[str, str]]] = {
    "checkout.session": ("apply", "apply_session"),
    "payment_intent": ("checkouts", "apply_payment_intent"),
    "refund": ("refunding", "apply_refund"),
    "dispute": ("disputes", "apply_dispute"),
    "product": ("drift", "apply_product"),
    "price": ("drift", "apply_price"),
    "payment_link": ("drift", "apply_payment_link"),
    "account": ("apply", "apply_account"),
    "terminal.reader": ("checkouts", "apply_reader"),
}
#: What may be known before the sale that it belongs to.
_FOLLOW_A_SALE: Final = ("refund", "dispute")
#: What is kept of the account: what it may do, and what Stripe still wants of the studio.
_FACTS: Final = (
    "charges_enabled",
    "payouts_enabled",
    "details_submitted",
    "requirements",
    "default_currency",
)

_CHECKOUT = sa.select(checkout.c.id).where(checkout.c.uid.in_(sa.bindparam("uids", expanding=True)))
_SET_FACTS = sa.update(stripe_account).where(stripe_account.c.account_id == sa.bindparam("is_account"))


def apply_object(work: UnitOfWork, body: Body, fetched_at: datetime | None = None) -> None:
    """Keep an object with all that stands expanded in it, and let follow what follows.

    ``fetched_at`` is Stripe's time of the answer, None where nobody noted it. A state that is older than the
    one that is known changes nothing.
    """
    for one in keep(work, body, fetched_at):
        interpret(work, one)


def keep(work: UnitOfWork, body: Body, fetched_at: datetime | None) -> tuple[Body, ...]:
    """Keep an object with all that stands expanded in it; what of that is news, for ``interpret``."""
    return tuple(one for one in with_expanded(body) if store(work, [one], fetched_at))


def interpret(work: UnitOfWork, body: Body) -> None:
    """Let follow what follows from an object, as a command of its own within this transaction."""
    applier = _applier(body["object"])
    if applier is None:
        return
    own = work.on_behalf_of(work.actor, work.derived_id(body["id"]))
    applier(own, body)
    if body["object"] in ("checkout.session", "payment_intent"):
        _catch_up(own, body)


def with_expanded(body: Body) -> Iterator[Body]:
    """The object, and the payment, charge and balance transaction that stand expanded in it."""
    yield body
    for name in KEPT_APART:
        inner = body.get(name)
        if isinstance(inner, dict) and inner.get("object"):
            yield from with_expanded(inner)


def apply_session(work: UnitOfWork, body: Body) -> None:
    """A Checkout Session: of a checkout at the desk, or of a buyer on one of the studio's Payment Links."""
    if is_checkout(work, body):
        applier = _found("checkouts", "apply_session")
    else:
        applier = _found("online_sales", "apply_session")
    if applier is not None:
        applier(work, body)


def apply_account(work: UnitOfWork, body: Body) -> None:
    """What the account may do now, and what Stripe still wants of the studio (Y6)."""
    facts = {name: body[name] for name in _FACTS if name in body}
    changed = {"is_account": body["id"], "facts": facts, "checked_at": work.now}
    work.connection.execute(_SET_FACTS, changed)
    work.changed(Topic.SYNC)


def is_checkout(reading: Reading, body: Body) -> bool:
    """Whether a session or a payment belongs to a checkout of these books."""
    metadata = body.get("metadata")
    named = metadata.get("sale_uid") if isinstance(metadata, dict) else None
    uids = [one for one in (body.get("client_reference_id"), named) if isinstance(one, str) and one]
    return bool(uids) and reading.connection.execute(_CHECKOUT, {"uids": uids}).first() is not None


def _catch_up(work: UnitOfWork, body: Body) -> None:
    """Refunds and disputes that came before the sale that they belong to."""
    intent = body["id"] if body["object"] == "payment_intent" else id_of(body.get("payment_intent"))
    if not intent:
        return
    for kind in _FOLLOW_A_SALE:
        applier = _applier(kind)
        for earlier in of_intent(work, kind, intent) if applier is not None else ():
            assert applier is not None
            applier(work.on_behalf_of(work.actor, work.derived_id(earlier["id"])), earlier)


@cache
def _applier(kind: str) -> Applier | None:
    """Who interprets objects of this kind; None for those that are only kept."""
    return _found(*_APPLIERS[kind]) if kind in _APPLIERS else None


@cache
def _found(module: str, function: str) -> Applier | None:
    name = f"frontdesk.services.stripe.{module}"
    if find_spec(name) is None:
        return None
    applier: Applier | None = getattr(import_module(name), function, None)
    return applier
