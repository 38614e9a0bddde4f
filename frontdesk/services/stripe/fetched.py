"""Objects fetched one by one: read outside of any transaction, applied a few in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import sqlalchemy as sa

from frontdesk.services.office import UNREPEATED, Office
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe import quarantine
from frontdesk.services.stripe.apply import interpret, keep
from frontdesk.services.stripe.chunks import Chunks
from frontdesk.services.stripe.events import Wanted, note_events
from frontdesk.services.stripe.mirror import mirrored
from frontdesk.services.stripe.wire import Body, Declined, NotAllowed, StripeTrouble
from frontdesk.services.unit_of_work import Actor, UnitOfWork

#: The key is good, but not for this kind: the others go on.
_THIS_KIND_ALONE: Final = ("stripe.permission_missing", "stripe.not_permitted")

#: What a database says against what one object holds; the last two against a list or a number for a text.
_OF_THE_OBJECT: Final = (
    sa.exc.IntegrityError,
    sa.exc.DataError,
    sa.exc.InterfaceError,
    sa.exc.ProgrammingError,
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """An object as Stripe has it; without a ``body`` it is gone, or ``trouble`` says why it is not here."""

    wanted: Wanted
    body: Body | None
    at: datetime
    trouble: StripeTrouble | None = None


def fetch(gateway: PaymentGateway, wanted: Wanted, at: datetime) -> Fetched:
    """Read an object; ``at`` is Stripe's time as far as it is known, where the answer names none.

    Raises:
        StripeTrouble: what concerns every call: no answer, too many, a key that is no good any more.
    """
    try:
        answer = gateway.call(wanted.call)
    except Declined as declined:
        gone = declined.params.get("stripe_code") == "resource_missing"
        return Fetched(wanted, None, at, None if gone else declined)
    except NotAllowed as refusal:
        if refusal.code not in _THIS_KIND_ALONE:
            raise
        return Fetched(wanted, None, at, refusal)
    if answer.body.get("deleted"):
        return Fetched(wanted, None, answer.server_time or at)
    return Fetched(wanted, answer.body, answer.server_time or at)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction applies. Not the data of a command: it is what Stripe says, and never repeated."""

    fetched: Sequence[Fetched]

    def apply(self, work: UnitOfWork) -> int:
        """Apply all of it, each by itself, and remember the events; how many could not be applied."""
        applied = [one.wanted.id for one in self.fetched if apply_one(work, one)]
        quarantine.note_applied(work, applied)
        note_events(work, [event for one in self.fetched for event in one.wanted.events])
        return len(self.fetched) - len(applied)


def apply_one(work: UnitOfWork, one: Fetched) -> bool:
    """Apply an object, or set it aside; whether it was applied."""
    wanted = one.wanted
    if one.trouble is not None:
        quarantine.set_aside(work, wanted.kind, wanted.id, one.trouble, one.at)
        return False
    body = _as_gone(work, wanted.id) if one.body is None else one.body
    if body is None:
        return True
    news: list[Body] = []
    error = attempted(work, lambda: news.extend(keep(work, body, one.at)))
    if error is not None:
        # By what was asked for: an object that cannot be kept need not tell who it is.
        quarantine.set_aside(work, wanted.kind, wanted.id, error, one.at)
        return False
    return all(interpreted(work, found, one.at) for found in news)


def interpreted(work: UnitOfWork, body: Body, at: datetime) -> bool:
    """Let follow what follows from an object that is kept, or set it aside and change nothing else."""
    error = attempted(work, partial(interpret, work, body))
    if error is not None:
        quarantine.set_aside(work, body["object"], body["id"], error, at)
    return error is None


def attempted(work: UnitOfWork, act: Callable[[], object]) -> Exception | None:
    """Do it all or not at all; what stood in its way. A database that is not well is raised."""
    savepoint = work.connection.begin_nested()
    try:
        act()
        savepoint.commit()
    except sa.exc.DBAPIError as error:
        savepoint.rollback()
        if error.connection_invalidated or not isinstance(error, _OF_THE_OBJECT):
            raise
        return error
    except Exception as error:  # noqa: BLE001  (one object that nobody expected must not keep all others out)
        savepoint.rollback()
        return error
    return None


def _as_gone(work: UnitOfWork, object_id: str) -> Body | None:
    """What was deleted at Stripe, as it was last seen and no longer active."""
    seen = mirrored(work, object_id)
    return None if seen is None else {**seen, "active": False, "deleted": True}


def apply_batches(
    office: Office, actor: Actor, chunks: Chunks, fetched: Iterable[Fetched]
) -> tuple[int, int]:
    """Apply what is fetched meanwhile, a few a transaction; how many, and how many of them were set aside."""
    count = aside = 0
    waiting: list[Fetched] = []

    def write() -> None:
        nonlocal count, aside
        with chunks.timed(len(waiting)):
            aside += office.write(Batch(tuple(waiting)).apply, actor, UNREPEATED).value
        count += len(waiting)
        waiting.clear()

    try:
        for one in fetched:
            waiting.append(one)
            if len(waiting) >= chunks.size:
                write()
    finally:
        # What was read is applied, also where the next read failed.
        if waiting:
            write()
    return count, aside
