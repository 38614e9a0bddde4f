"""Desks: their names, and the prefixes that begin their receipt numbers."""

from __future__ import annotations

import sqlalchemy as sa

from frontdesk.errors import NotFound, Problem
from frontdesk.models.sale import receipt_series
from frontdesk.models.studio import desk
from frontdesk.models.text import fold, tidy
from frontdesk.services.changes import Topic
from frontdesk.services.drafts.checks import line_problems, refuse
from frontdesk.services.drafts.settings import DESK_NAME_LIMIT, DeskDraft
from frontdesk.services.settings_lock import lock_settings
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.settings import DeskRow

#: What a desk's prefix is followed by in the series of its refunds (S1).
REFUND_SUFFIX = "-R"

_DESKS = sa.select(desk.c.id, desk.c.name, desk.c.prefix).where(~desk.c.system).order_by(desk.c.id)
_RENAME = sa.update(desk).where(desk.c.id == sa.bindparam("desk_id"))


def desk_rows(reading: Reading) -> tuple[DeskRow, ...]:
    """All desks, the first one first."""
    return tuple(DeskRow(row.id, row.name, row.prefix) for row in reading.connection.execute(_DESKS))


def add_desk(work: UnitOfWork, draft: DeskDraft) -> int:
    """Add a desk with its two series of receipt numbers, for sales and for refunds (S1); returns its id.

    Raises:
        InvalidDraft: what the draft's problems say, desk.name_taken, desk.prefix_taken.
    """
    refuse(draft.problems())
    lock_settings(work)
    name = tidy(draft.name, DESK_NAME_LIMIT)
    desks = desk_rows(work)
    _refuse_taken_name(desks, name)
    if any(one.prefix == draft.prefix for one in desks):
        refuse([Problem("prefix", "desk.prefix_taken", {"prefix": draft.prefix})])
    return open_desk(work, name, draft.prefix)


def open_desk(work: UnitOfWork, name: str, prefix: str, *, system: bool = False) -> int:
    """Write down a desk whose name and prefix were checked, with its receipt series; returns its id (S1)."""
    row = {"name": name, "prefix": prefix, "created_at": work.now, "system": system}
    desk_id: int = work.connection.execute(sa.insert(desk).returning(desk.c.id), row).scalar_one()
    series = (("sale", prefix), ("refund", prefix + REFUND_SUFFIX))
    work.connection.execute(
        sa.insert(receipt_series),
        [{"series": name, "kind": kind, "desk_id": desk_id} for kind, name in series],
    )
    work.changed(Topic.DESKS, desk_id)
    return desk_id


def rename_desk(work: UnitOfWork, desk_id: int, name: str) -> None:
    """Give a desk another name. Its prefix stays, since printed receipts carry it (S1).

    Raises:
        NotFound: desk.unknown.
        InvalidDraft: what is wrong with the name, desk.name_taken.
    """
    refuse(line_problems("name", name, DESK_NAME_LIMIT, required=True))
    lock_settings(work)
    tidied = tidy(name, DESK_NAME_LIMIT)
    desks = desk_rows(work)
    if not any(one.id == desk_id for one in desks):
        raise NotFound("desk.unknown")
    _refuse_taken_name([one for one in desks if one.id != desk_id], tidied)
    work.connection.execute(_RENAME, {"desk_id": desk_id, "name": tidied})
    work.changed(Topic.DESKS, desk_id)


def _refuse_taken_name(others: tuple[DeskRow, ...] | list[DeskRow], name: str) -> None:
    if any(fold(one.name) == fold(name) for one in others):
        refuse([Problem("name", "desk.name_taken", {"name": name})])
