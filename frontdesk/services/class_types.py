"""Class types: what is taught, what it costs in credits, and in which order lists show it."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from frontdesk.errors import NotFound, Problem
from frontdesk.models.studio import class_type
from frontdesk.models.text import fold, tidy
from frontdesk.services.changes import Topic
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.class_types import ClassTypeDraft
from frontdesk.services.positions import in_new_order
from frontdesk.services.settings_lock import lock_settings
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.settings import ClassTypeRow

_CLASS_TYPES = sa.select(class_type).order_by(class_type.c.position, class_type.c.id)
_LAST = sa.select(sa.func.coalesce(sa.func.max(class_type.c.position), 0))
_CHANGE = sa.update(class_type).where(class_type.c.id == sa.bindparam("class_type_id"))


def class_type_rows(reading: Reading) -> tuple[ClassTypeRow, ...]:
    """All class types in their order, the archived ones among them (C13)."""
    return tuple(
        ClassTypeRow(row.id, row.name, row.cost, row.colour, row.position, row.archived_at is not None)
        for row in reading.connection.execute(_CLASS_TYPES)
    )


def add_class_type(work: UnitOfWork, draft: ClassTypeDraft) -> int:
    """Add a class type at the end of the list; returns its id (C13).

    Raises:
        InvalidDraft: what the draft's problems say, class_type.name_taken.
    """
    refuse(draft.problems())
    lock_settings(work)
    values = _values(draft)
    _refuse_taken_name(class_type_rows(work), values["name"])
    position = work.connection.execute(_LAST).scalar_one() + 1
    added = sa.insert(class_type).returning(class_type.c.id)
    row = {**values, "position": position, "created_at": work.now}
    class_type_id: int = work.connection.execute(added, row).scalar_one()
    work.changed(Topic.CLASS_TYPES, class_type_id)
    return class_type_id


def edit_class_type(work: UnitOfWork, class_type_id: int, draft: ClassTypeDraft) -> None:
    """Change a class type. A new cost counts for what is booked from now on (C13).

    Raises:
        NotFound: class_type.unknown.
        InvalidDraft: what the draft's problems say, class_type.name_taken.
    """
    refuse(draft.problems())
    lock_settings(work)
    values = _values(draft)
    rows = class_type_rows(work)
    if not _one(rows, class_type_id).archived:
        _refuse_taken_name((one for one in rows if one.id != class_type_id), values["name"])
    work.connection.execute(_CHANGE, {"class_type_id": class_type_id, **values})
    work.changed(Topic.CLASS_TYPES, class_type_id)


def archive_class_type(work: UnitOfWork, class_type_id: int) -> None:
    """Offer a class type no more; packages that name it keep it. Archiving twice changes nothing.

    Raises:
        NotFound: class_type.unknown.
    """
    lock_settings(work)
    if not _one(class_type_rows(work), class_type_id).archived:
        work.connection.execute(_CHANGE, {"class_type_id": class_type_id, "archived_at": work.now})
        work.changed(Topic.CLASS_TYPES, class_type_id)


def restore_class_type(work: UnitOfWork, class_type_id: int) -> None:
    """Offer an archived class type again. Restoring twice changes nothing.

    Raises:
        NotFound: class_type.unknown.
        InvalidDraft: class_type.name_taken, if another one has the name by now.
    """
    lock_settings(work)
    rows = class_type_rows(work)
    restored = _one(rows, class_type_id)
    if restored.archived:
        _refuse_taken_name(rows, restored.name)
        work.connection.execute(_CHANGE, {"class_type_id": class_type_id, "archived_at": None})
        work.changed(Topic.CLASS_TYPES, class_type_id)


def reorder_class_types(work: UnitOfWork, class_type_ids: tuple[int, ...]) -> None:
    """Show these class types in this order; the others keep their places between them.

    Raises:
        NotFound: class_type.unknown.
    """
    lock_settings(work)
    positions = {one.id: one.position for one in class_type_rows(work)}
    for class_type_id, position in in_new_order(positions, class_type_ids, "class_type.unknown"):
        work.connection.execute(_CHANGE, {"class_type_id": class_type_id, "position": position})
    work.changed(Topic.CLASS_TYPES, *class_type_ids)


def _values(draft: ClassTypeDraft) -> dict[str, str | int | None]:
    return {"name": tidy(draft.name), "cost": draft.cost, "colour": draft.colour}


def _one(rows: Iterable[ClassTypeRow], class_type_id: int) -> ClassTypeRow:
    found = next((one for one in rows if one.id == class_type_id), None)
    if found is None:
        raise NotFound("class_type.unknown")
    return found


def _refuse_taken_name(others: Iterable[ClassTypeRow], name: object) -> None:
    if any(fold(one.name) == fold(str(name)) for one in others if not one.archived):
        refuse([Problem("name", "class_type.name_taken", {"name": name})])
