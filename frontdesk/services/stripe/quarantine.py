"""Objects that could not be applied: kept aside with their trouble, and tried again while all goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from frontdesk.errors import FrontdeskError
from frontdesk.models.sync import quarantine
from frontdesk.services import plain
from frontdesk.services.changes import Topic
from frontdesk.services.faults import place_of
from frontdesk.services.stripe.events import FETCHED, UNREADABLE, Wanted
from frontdesk.services.unit_of_work import Reading, UnitOfWork

#: Between two attempts: a minute, doubled each time, a day at most.
_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(days=1)

_q = quarantine.c
_OPEN = sa.select(quarantine).where(_q.solved_at.is_(None)).order_by(_q.last_at, _q.object_id)
_SOLVED = sa.update(quarantine).where(
    _q.object_id.in_(sa.bindparam("ids", expanding=True)), _q.solved_at.is_(None)
)
_COMPARED = sa.update(quarantine).where(_q.kind == UNREADABLE, _q.solved_at.is_(None))


def _upsert(insert: Any) -> Any:
    adding = insert(quarantine)
    new = adding.excluded
    # What was solved and fails anew begins again.
    again: dict[str, Any] = {"first_at": sa.case((_q.solved_at.is_(None), _q.first_at), else_=new.first_at)}
    again["attempts"] = sa.case((_q.solved_at.is_(None), _q.attempts + 1), else_=1)
    again |= {"kind": new.kind, "trouble": new.trouble, "last_at": new.last_at, "solved_at": sa.null()}
    return adding.on_conflict_do_update(index_elements=["object_id"], set_=again)


_UPSERTS: Final = {"sqlite": _upsert(sqlite.insert), "postgresql": _upsert(postgresql.insert)}


def set_aside(work: UnitOfWork, kind: str, object_id: str, error: Exception, at: datetime) -> None:
    """Keep an object aside; ``at`` is Stripe's time of this attempt."""
    row = {
        "object_id": object_id,
        "kind": kind,
        "trouble": trouble_of(error, kind, object_id),
        "attempts": 1,
        "first_at": at,
        "last_at": at,
    }
    work.connection.execute(_UPSERTS[work.connection.dialect.name], row)
    work.changed(Topic.SYNC)


def note_applied(work: UnitOfWork, ids: Iterable[str]) -> None:
    """These were applied: whatever stood in their way is solved."""
    named = sorted(set(ids))
    if named and work.connection.execute(_SOLVED, {"ids": named, "solved_at": work.now}).rowcount:
        work.changed(Topic.SYNC)


def note_compared(work: UnitOfWork) -> None:
    """All objects were listed: what an event that could not be read may have told is in the books."""
    if work.connection.execute(_COMPARED, {"solved_at": work.now}).rowcount:
        work.changed(Topic.SYNC)


def to_try_again(reading: Reading, at: datetime, *, all_of_them: bool = False) -> tuple[Wanted, ...]:
    """What is due to be fetched and applied anew at an instant of Stripe's."""
    return tuple(
        Wanted(row.kind, row.object_id)
        for row in reading.connection.execute(_OPEN)
        if row.kind in FETCHED and (all_of_them or row.last_at + _wait(row.attempts) <= at)
    )


def _wait(attempts: int) -> timedelta:
    doubled: int = 1 << min(attempts - 1, 20)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)


def trouble_of(error: Exception, kind: str, object_id: str) -> Mapping[str, Any]:
    """What is kept of an error: code and parameters, and of one that nobody expected only its place (A7)."""
    if isinstance(error, FrontdeskError):
        return {"code": error.code, "params": plain.to_plain(dict(error.params))}
    return {
        "code": "sync.not_understood",
        "params": {"kind": kind, "id": object_id, "detail": place_of(error)},
    }
