"""Stripe's list of events: what it tells to look at, read whole and each object once (Y3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from frontdesk.models.base import EPOCH, to_micros
from frontdesk.models.sync import stripe_event
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe.mirror import at_stripe, id_of, objects_in
from frontdesk.services.stripe.wire import Body, StripeCall, Unclear
from frontdesk.services.unit_of_work import Reading, UnitOfWork

#: An event may become visible after a newer one: so far back each poll looks again.
OVERLAP: Final = timedelta(seconds=600)
#: More than this is faster, and whole, by listing the objects themselves.
MOST_PAGES: Final = 50
PAGE: Final = 100
#: Stripe lists an event for 30 days; what the overlap cannot see again need not be known any longer.
KEPT: Final = timedelta(days=31)
_CHUNK: Final = 500

#: How each kind is fetched: the path, what is expanded. In the order in which they are applied: whatever
#: comes first leaves less to be caught up with.
FETCHED: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "account": ("/v1/account", ()),
    "product": ("/v1/products/{}", ()),
    "price": ("/v1/prices/{}", ()),
    "payment_link": ("/v1/payment_links/{}", ()),
    "checkout.session": (
        "/v1/checkout/sessions/{}",
        ("line_items", "payment_intent.latest_charge.balance_transaction"),
    ),
    "payment_intent": ("/v1/payment_intents/{}", ("latest_charge.balance_transaction",)),
    "charge": ("/v1/charges/{}", ("balance_transaction",)),
    "refund": ("/v1/refunds/{}", ()),
    "dispute": ("/v1/disputes/{}", ()),
    "payout": ("/v1/payouts/{}", ()),
}
#: The kind of what an event is about, where that cannot be read.
UNREADABLE: Final = "event"
#: What stands for the id of an event that has none; with its second, so that another one is heard, too.
_NAMELESS: Final = "event_without_id"
_ORDER: Final = {kind: place for place, kind in enumerate(FETCHED)}

_KNOWN = sa.select(stripe_event.c.id).where(stripe_event.c.id.in_(sa.bindparam("ids", expanding=True)))
_NOTE: Final = {
    name: module.insert(stripe_event).on_conflict_do_nothing()
    for name, module in (("sqlite", sqlite), ("postgresql", postgresql))
}
_FORGET = sa.delete(stripe_event).where(
    stripe_event.c.created < sa.bindparam("before", type_=stripe_event.c.created.type)
)


@dataclass(frozen=True, slots=True)
class Event:
    """That something happened to an object. ``intent`` and ``gone`` are hints: the object is the truth."""

    id: str
    created: datetime
    kind: str
    object_id: str
    intent: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """The events since an instant, the newest first, and Stripe's time of the first answer.

    ``whole`` is False where there were more pages than a poll reads, or where it was stopped.
    """

    events: tuple[Event, ...]
    at: datetime | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """An object to be fetched once, with the events that told of it."""

    kind: str
    id: str
    events: tuple[Event, ...] = ()
    gone: bool = False

    @property
    def call(self) -> StripeCall:
        """The read that fetches it."""
        path, expand = FETCHED[self.kind]
        params: dict[str, Any] = {"expand": list(expand)} if expand else {}
        return StripeCall("get", path.format(self.id), params)


def read_events(
    gateway: PaymentGateway, since: datetime, goes_on: Callable[[], bool], most: int | None = MOST_PAGES
) -> Listed:
    """All events since an instant of Stripe's, as far as they are on so many pages; None for any number.

    Raises:
        StripeTrouble: among others stripe.odd_list, for a list that does not move on.
    """
    params: dict[str, Any] = {"created": {"gte": to_micros(since) // 1_000_000}, "limit": PAGE}
    found: list[Event] = []
    at: datetime | None = None
    for page, answered in pages(gateway, "/v1/events", params, goes_on):
        at = at or answered
        found += [_event(body, at) for body in objects_in(page)]
        if not page.get("has_more"):
            return Listed(tuple(found), at, whole=True)
        if most is not None and len(found) >= most * PAGE:
            break
    return Listed(tuple(found), at, whole=False)


def pages(
    gateway: PaymentGateway, path: str, params: dict[str, Any], goes_on: Callable[[], bool]
) -> Iterator[tuple[Body, datetime | None]]:
    """The pages of a list, with Stripe's time of each; ends early where ``goes_on`` says no.

    Raises:
        StripeTrouble: among others stripe.odd_list.
    """
    seen: set[str] = set()
    while goes_on():
        answer = gateway.call(StripeCall("get", path, params))
        page = answer.body
        cursor = next_cursor(path, page)
        if cursor in seen:
            raise Unclear("stripe.odd_list", path=path)
        yield page, answer.server_time
        if cursor is None:
            return
        seen.add(cursor)
        params = {**params, "starting_after": cursor}


def next_cursor(path: str, page: Body) -> str | None:
    """Where the next page begins; None where there is none.

    An object without an id at the end is listed once more with the next page.

    Raises:
        Unclear: stripe.odd_list, where there is more and nothing to begin from.
    """
    data = page.get("data")
    if not isinstance(data, list) or (page.get("has_more") and not data):
        raise Unclear("stripe.odd_list", path=path)
    if not page.get("has_more"):
        return None
    last = next((one["id"] for one in reversed(data) if isinstance(one, dict) and one.get("id")), None)
    if last is None:
        raise Unclear("stripe.odd_list", path=path)
    return str(last)


def _event(body: Body, at: datetime | None) -> Event:
    """What an event tells; one of the kind UNREADABLE where that, or what it is about, is not to be seen."""
    event_id, created = body.get("id"), body.get("created")
    if not isinstance(event_id, str) or not event_id:
        event_id = f"{_NAMELESS}_{created}" if isinstance(created, int) else _NAMELESS
    data = body.get("data")
    told = data.get("object") if isinstance(data, dict) else None
    about = told if isinstance(told, dict) else {}
    kind, about_id = str(about.get("object") or ""), str(about.get("id") or "")
    is_readable = about and (about_id or kind not in FETCHED)
    if not is_readable or not isinstance(created, int):
        when = at_stripe(created) if isinstance(created, int) else at or EPOCH
        return Event(event_id, when, UNREADABLE, event_id)
    intent = about_id if kind == "payment_intent" else id_of(about.get("payment_intent"))
    gone = str(body.get("type", "")).endswith(".deleted")
    return Event(event_id, at_stripe(created), kind, about_id, intent, gone)


def without_known(reading: Reading, events: Sequence[Event]) -> tuple[Event, ...]:
    """The events that were not applied yet, each once."""
    known: set[str] = set()
    for start in range(0, len(events), _CHUNK):
        ids = [event.id for event in events[start : start + _CHUNK]]
        known.update(reading.connection.execute(_KNOWN, {"ids": ids}).scalars())
    return tuple({event.id: event for event in events if event.id not in known}.values())


def wanted(events: Iterable[Event]) -> tuple[Wanted, ...]:
    """What has to be fetched: each object once, and none that comes expanded in another.

    A session brings its payment, a payment its charge. Events about other kinds want nothing.
    """
    found: dict[tuple[str, str], Wanted] = {}
    listed = [event for event in events if event.kind in FETCHED and event.object_id]
    sessions = {one.intent: one.object_id for one in listed if one.kind == "checkout.session" and one.intent}
    intents = {one.object_id for one in listed if one.kind == "payment_intent"}
    for event in listed:
        kind, object_id = event.kind, event.object_id
        if kind in ("payment_intent", "charge") and event.intent in sessions:
            kind, object_id = "checkout.session", sessions[event.intent]
        elif kind == "charge" and event.intent in intents:
            kind, object_id = "payment_intent", event.intent
        one = found.get((kind, object_id)) or Wanted(kind, object_id)
        gone = one.gone or event.gone
        found[kind, object_id] = replace(one, events=(*one.events, event), gone=gone)
    return tuple(sorted(found.values(), key=lambda one: (_ORDER[one.kind], min(_times(one)), one.id)))


def _times(one: Wanted) -> Iterator[datetime]:
    return (event.created for event in one.events)


def note_events(work: UnitOfWork, events: Iterable[Event]) -> None:
    """Remember that these were applied; twice is once, also where another desk was faster."""
    rows = [
        {"id": event.id, "created": event.created} for event in {event.id: event for event in events}.values()
    ]
    if rows:
        work.connection.execute(_NOTE[work.connection.dialect.name], rows)


def forget_old_events(work: UnitOfWork, at: datetime) -> None:
    """Forget what Stripe does not list any more, by its own time."""
    work.connection.execute(_FORGET, {"before": at - KEPT})
