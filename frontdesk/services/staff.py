"""Staff members by name: every operation in the books has one of them as its actor."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from frontdesk.errors import NotFound, Problem, Refused
from frontdesk.models.studio import staff
from frontdesk.models.text import fold, tidy
from frontdesk.services.changes import Topic
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.staff import StaffDraft
from frontdesk.services.settings_lock import lock_settings
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.settings import StaffRow

_STAFF = sa.select(staff.c.id, staff.c.name, staff.c.archived_at).where(~staff.c.system).order_by(staff.c.id)
_CHANGE = sa.update(staff).where(staff.c.id == sa.bindparam("staff_id"))


def staff_rows(reading: Reading) -> tuple[StaffRow, ...]:
    """Everyone on the list by name, the archived ones last."""
    found = (
        StaffRow(row.id, row.name, row.archived_at is not None) for row in reading.connection.execute(_STAFF)
    )
    return tuple(sorted(found, key=lambda one: (one.archived, fold(one.name), one.id)))


def add_staff(work: UnitOfWork, draft: StaffDraft) -> int:
    """Add a staff member; returns the id. Names differ among those who are not archived.

    Raises:
        InvalidDraft: what the draft's problems say, staff.name_taken.
    """
    refuse(draft.problems())
    lock_settings(work)
    name = tidy(draft.name)
    _refuse_taken_name(staff_rows(work), name)
    return put_on_list(work, name)


def put_on_list(work: UnitOfWork, name: str, *, system: bool = False) -> int:
    """Write down a staff member whose name was checked; returns the id."""
    row = {"name": name, "created_at": work.now, "system": system}
    staff_id: int = work.connection.execute(sa.insert(staff).returning(staff.c.id), row).scalar_one()
    work.changed(Topic.STAFF, staff_id)
    return staff_id


def rename_staff(work: UnitOfWork, staff_id: int, draft: StaffDraft) -> None:
    """Give a staff member another name, also in lines of the past, which show the name of their id (C15).

    Raises:
        NotFound: staff.unknown.
        InvalidDraft: what the draft's problems say, staff.name_taken.
    """
    refuse(draft.problems())
    lock_settings(work)
    name = tidy(draft.name)
    rows = staff_rows(work)
    renamed = _one(rows, staff_id)
    if not renamed.archived:
        _refuse_taken_name((one for one in rows if one.id != staff_id), name)
    work.connection.execute(_CHANGE, {"staff_id": staff_id, "name": name})
    work.changed(Topic.STAFF, staff_id)


def archive_staff(work: UnitOfWork, staff_id: int) -> None:
    """Take a staff member off the switcher; what they did keeps their name. Archiving twice changes nothing.

    Raises:
        NotFound: staff.unknown.
        Refused: staff.last_one, since somebody has to be at the desk.
    """
    lock_settings(work)
    rows = staff_rows(work)
    archived = _one(rows, staff_id)
    if archived.archived:
        return
    if not any(one.id != staff_id and not one.archived for one in rows):
        raise Refused("staff.last_one", name=archived.name)
    work.connection.execute(_CHANGE, {"staff_id": staff_id, "archived_at": work.now})
    work.changed(Topic.STAFF, staff_id)


def restore_staff(work: UnitOfWork, staff_id: int) -> None:
    """Put an archived staff member on the switcher again. Restoring twice changes nothing.

    Raises:
        NotFound: staff.unknown.
        InvalidDraft: staff.name_taken, if somebody has the name by now.
    """
    lock_settings(work)
    rows = staff_rows(work)
    restored = _one(rows, staff_id)
    if not restored.archived:
        return
    _refuse_taken_name(rows, restored.name)
    work.connection.execute(_CHANGE, {"staff_id": staff_id, "archived_at": None})
    work.changed(Topic.STAFF, staff_id)


def _one(rows: Iterable[StaffRow], staff_id: int) -> StaffRow:
    found = next((one for one in rows if one.id == staff_id), None)
    if found is None:
        raise NotFound("staff.unknown")
    return found


def _refuse_taken_name(others: Iterable[StaffRow], name: str) -> None:
    if any(fold(one.name) == fold(name) for one in others if not one.archived):
        refuse([Problem("name", "staff.name_taken", {"name": name})])
