"""More days for many clients' lots at once, as for a holiday: preview, one command, and undo (C11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final, Literal

import sqlalchemy as sa

from frontdesk.errors import NotFound, Refused
from frontdesk.models.base import Instant
from frontdesk.models.calendar import LAST_DATE, expiry_instant, last_day
from frontdesk.models.client import client
from frontdesk.models.ledger import credit_lot, ledger_entry, ledger_op, lot_balance, lot_term, note
from frontdesk.models.sale import sale_line
from frontdesk.models.studio import staff
from frontdesk.models.text import tidy_lines
from frontdesk.services.changes import Topic
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.credits import BulkExtendDraft
from frontdesk.services.ledger_writer import NewTerm, Operation, post
from frontdesk.services.lot_origins import sale_lines_of
from frontdesk.services.lots import sweep_clients
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.credit_acts import (
    BulkExtended,
    BulkExtendPreview,
    BulkExtendRow,
    BulkExtension,
    BulkUndone,
    KeptLot,
)

#: How many lots a preview lists one by one; it counts all.
PREVIEW_ROWS: Final = 200
#: Clients locked by one statement: SQLite takes 32,766 parameters.
_CHUNK: Final = 10_000

_root = client.alias("root")
_ACTIVE = (
    sa.select(
        lot_balance.c.lot_id,
        lot_balance.c.client_id,
        lot_balance.c.remaining,
        lot_balance.c.effective_at,
        lot_balance.c.expires_at,
        credit_lot.c.title,
        credit_lot.c.eligible,
        sa.func.coalesce(_root.c.id, client.c.id).label("root_id"),
        sa.func.coalesce(_root.c.name, client.c.name).label("client"),
    )
    .join(credit_lot, credit_lot.c.id == lot_balance.c.lot_id)
    .join(client, client.c.id == lot_balance.c.client_id)
    .outerjoin(_root, _root.c.id == client.c.merged_into)
    .where(
        lot_balance.c.remaining > 0,
        lot_balance.c.expires_at >= sa.bindparam("since", type_=Instant()),
        lot_balance.c.expires_at <= sa.bindparam("until", type_=Instant()),
        client.c.hidden_at.is_(None),
    )
    .order_by(lot_balance.c.expires_at, lot_balance.c.lot_id)
)
_PACKAGE_LINES = sa.select(sale_line.c.id).where(sale_line.c.package_id == sa.bindparam("package_id"))
_BATCH = (
    sa.select(ledger_op.c.id, ledger_op.c.client_id)
    .where(ledger_op.c.command_id == sa.bindparam("batch"), ledger_op.c.kind == "bulk_extend")
    .order_by(ledger_op.c.client_id)
)
_before = lot_term.alias("before")
_paying = ledger_op.alias("paying")
#: A class on a day that only the extension made possible.
_used_since = (
    sa.exists()
    .where(
        ledger_entry.c.lot_id == lot_term.c.lot_id,
        ledger_entry.c.type == "redeem",
        ledger_entry.c.op_id > lot_term.c.op_id,
        _paying.c.id == ledger_entry.c.op_id,
        sa.func.coalesce(_paying.c.class_at, _paying.c.effective_at) >= _before.c.expires_at,
    )
    .correlate(lot_term, _before)
)
_BATCH_TERMS = (
    sa.select(
        lot_term.c.lot_id,
        lot_term.c.seq,
        lot_term.c.op_id,
        lot_term.c.client_id,
        _before.c.effective_at.label("old_start"),
        _before.c.expires_at.label("old_end"),
        lot_balance.c.term_seq,
        lot_balance.c.expires_at,
        credit_lot.c.title,
        sa.func.coalesce(_root.c.id, client.c.id).label("root_id"),
        sa.func.coalesce(_root.c.name, client.c.name).label("client"),
        _used_since.label("used_since"),
    )
    .join(_before, (_before.c.lot_id == lot_term.c.lot_id) & (_before.c.seq == lot_term.c.seq - 1))
    .join(ledger_op, ledger_op.c.id == lot_term.c.op_id)
    .join(lot_balance, lot_balance.c.lot_id == lot_term.c.lot_id)
    .join(credit_lot, credit_lot.c.id == lot_term.c.lot_id)
    .join(client, client.c.id == lot_term.c.client_id)
    .outerjoin(_root, _root.c.id == client.c.merged_into)
    .where(ledger_op.c.command_id == sa.bindparam("batch"), ledger_op.c.kind == "bulk_extend")
    .order_by(lot_term.c.client_id, lot_term.c.lot_id)
)
_TAKEN_BACK = sa.select(ledger_op.c.reverses_op_id).where(
    ledger_op.c.reverses_op_id.in_(sa.bindparam("op_ids", expanding=True)), ledger_op.c.kind == "undo_extend"
)
#: Lots with something in them that came of others by a transfer.
_PASSED_ON = (
    sa.select(
        credit_lot.c.id.label("lot_id"),
        credit_lot.c.origin_lot_id,
        credit_lot.c.op_id,
        credit_lot.c.title,
        lot_balance.c.remaining,
        lot_balance.c.expires_at,
        sa.func.coalesce(_root.c.id, client.c.id).label("root_id"),
        sa.func.coalesce(_root.c.name, client.c.name).label("client"),
    )
    .join(lot_balance, lot_balance.c.lot_id == credit_lot.c.id)
    .join(client, client.c.id == credit_lot.c.client_id)
    .outerjoin(_root, _root.c.id == client.c.merged_into)
    .where(credit_lot.c.origin_lot_id.in_(sa.bindparam("lot_ids", expanding=True)))
    .order_by(credit_lot.c.id)
)
_undoing = ledger_op.alias("undoing")
_BATCHES = (
    sa.select(
        ledger_op.c.command_id,
        sa.func.min(ledger_op.c.id).label("first_op"),
        sa.func.min(ledger_op.c.recorded_at).label("at"),
        sa.func.count(sa.distinct(ledger_op.c.client_id)).label("clients"),
        sa.func.count(lot_term.c.lot_id).label("lots"),
        sa.func.count(_undoing.c.id).label("undone"),
    )
    .join(lot_term, lot_term.c.op_id == ledger_op.c.id)
    .outerjoin(_undoing, (_undoing.c.reverses_op_id == ledger_op.c.id) & (_undoing.c.kind == "undo_extend"))
    .where(ledger_op.c.kind == sa.literal_column("'bulk_extend'"))
    .group_by(ledger_op.c.command_id)
    .order_by(sa.desc("at"), sa.desc("first_op"))
    .limit(50)
)
_FIRST_OPS = (
    sa.select(ledger_op.c.id, ledger_op.c.reason_code, staff.c.name, note.c.text)
    .outerjoin(staff, staff.c.id == ledger_op.c.staff_id)
    .outerjoin(note, note.c.id == ledger_op.c.note_id)
    .where(ledger_op.c.id.in_(sa.bindparam("op_ids", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class _Longer:
    """A lot that fits, with the days it is about to get."""

    row: Any
    last_day: date
    new_last_day: date


def preview_bulk_extension(reading: Reading, draft: BulkExtendDraft) -> BulkExtendPreview:
    """How many lots, clients and credits would get more days, and the first of the lots (C11)."""
    found = list(_fitting(reading, draft))
    rows = tuple(
        BulkExtendRow(
            lot_id=one.row.lot_id,
            client_id=one.row.root_id,
            client=one.row.client,
            title=one.row.title,
            remaining=one.row.remaining,
            last_day=one.last_day,
            new_last_day=one.new_last_day,
        )
        for one in found[:PREVIEW_ROWS]
    )
    credits = sum(one.row.remaining for one in found)
    return BulkExtendPreview(len(found), len({one.row.root_id for one in found}), credits, rows)


def extend_in_bulk(work: UnitOfWork, draft: BulkExtendDraft) -> BulkExtended:
    """Give every active lot that fits so many days more, all in one command (C11).

    Raises:
        InvalidDraft: a field is wrong. Refused: credits.nothing_in_bulk.
    """
    refuse(draft.problems())
    _lock(work, {one.row.client_id for one in _fitting(work, draft)})
    found = list(_fitting(work, draft))
    if not found:
        raise Refused("credits.nothing_in_bulk")
    by_client: dict[int, list[_Longer]] = {}
    for one in found:
        by_client.setdefault(one.row.client_id, []).append(one)
    for client_id, mine in by_client.items():
        post(
            work,
            Operation(
                client_id=client_id,
                kind="bulk_extend",
                terms=tuple(_longer_term(work, one) for one in mine),
                reason_code=draft.reason_code,
                note=tidy_lines(draft.note),
            ),
        )
    credits = sum(one.row.remaining for one in found)
    clients = {one.row.root_id for one in found}
    work.changed(Topic.CREDITS, *clients)
    return BulkExtended(work.command_id.hex, len(found), len(clients), credits)


def undo_bulk_extension(work: UnitOfWork, batch: str) -> BulkUndone:
    """Put last days back to what they were, and report the lots that something happened to since (C11).

    Credits that were transferred since keep their days too: their new owner was promised them.

    Raises:
        NotFound: credits.batch_unknown. Refused: credits.batch_undone.
    """
    ops = work.connection.execute(_BATCH, {"batch": batch}).all()
    if not ops:
        raise NotFound("credits.batch_unknown")
    _lock(work, {op.client_id for op in ops})
    if any(_taken_back(work, [op.id for op in ops])):
        raise Refused("credits.batch_undone")
    kept: list[KeptLot] = []
    back: dict[int, list[Any]] = {}
    rows = work.connection.execute(_BATCH_TERMS, {"batch": batch}).all()
    for row in rows:
        why = _why_kept(row)
        if why is None:
            back.setdefault(row.op_id, []).append(row)
        else:
            kept.append(_kept(work, row, why))
    kept += [_kept(work, row, "changed_since") for row in _passed_on(work, rows)]
    for op_id, rows in back.items():
        _put_back(work, op_id, rows)
    # A lot whose old last day is past runs out again.
    gone = {row.client_id for rows in back.values() for row in rows if row.old_end <= work.now}
    sweep_clients(work, sorted(gone))
    work.changed(Topic.CREDITS, *{row.root_id for rows in back.values() for row in rows})
    return BulkUndone(sum(len(rows) for rows in back.values()), tuple(kept))


def bulk_extensions(reading: Reading) -> tuple[BulkExtension, ...]:
    """The latest bulk extensions, the newest first, for the list from which one can be undone."""
    rows = reading.connection.execute(_BATCHES).all()
    ids = [row.first_op for row in rows]
    first = {row.id: row for row in reading.connection.execute(_FIRST_OPS, {"op_ids": ids})} if ids else {}
    return tuple(
        BulkExtension(
            batch=row.command_id,
            at=row.at,
            staff=first[row.first_op].name or "",
            reason_code=first[row.first_op].reason_code or "",
            note=first[row.first_op].text or "",
            lots=row.lots,
            clients=row.clients,
            undone=row.undone > 0,
        )
        for row in rows
    )


def _fitting(reading: Reading, draft: BulkExtendDraft) -> Iterator[_Longer]:
    zone = reading.studio.zone
    since = reading.now + timedelta(microseconds=1)
    if draft.expiring_from is not None:
        since = max(since, expiry_instant(min(draft.expiring_from, LAST_DATE), zone))
    until = datetime.max.replace(tzinfo=UTC)
    if draft.expiring_through is not None:
        until = expiry_instant(min(draft.expiring_through, LAST_DATE), zone)
    rows = reading.connection.execute(_ACTIVE, {"since": since, "until": until}).all()
    later = cache(lambda ends: _later(last_day(ends, zone), draft.days))
    for row in _of_package(reading, rows, draft.package_id):
        if draft.class_type_id is None or row.eligible is None or draft.class_type_id in row.eligible:
            yield _Longer(row, *later(row.expires_at))


def _later(day: date, days: int) -> tuple[date, date]:
    # No further than the calendar goes: a lot that ends there keeps nobody else from getting the days.
    return day, min(day + timedelta(days=days), LAST_DATE)


def _of_package(reading: Reading, rows: Sequence[Any], package_id: int | None) -> Sequence[Any]:
    if package_id is None:
        return rows
    sold = set(reading.connection.execute(_PACKAGE_LINES, {"package_id": package_id}).scalars())
    line_of = sale_lines_of(reading, [row.lot_id for row in rows])
    return [row for row in rows if line_of.get(row.lot_id) in sold]


def _longer_term(work: UnitOfWork, one: _Longer) -> NewTerm:
    ends = expiry_instant(one.new_last_day, work.studio.zone)
    return NewTerm(one.row.lot_id, "extend", one.row.effective_at, ends)


def _lock(work: UnitOfWork, client_ids: Iterable[int]) -> None:
    ordered = sorted(client_ids)
    for start in range(0, len(ordered), _CHUNK):
        work.lock_clients(ordered[start : start + _CHUNK])


def _taken_back(work: UnitOfWork, op_ids: Sequence[int]) -> Iterator[int]:
    for start in range(0, len(op_ids), _CHUNK):
        yield from work.connection.execute(_TAKEN_BACK, {"op_ids": op_ids[start : start + _CHUNK]}).scalars()


def _why_kept(row: Any) -> Literal["changed_since", "used_since"] | None:
    if row.term_seq != row.seq:
        return "changed_since"
    return "used_since" if row.used_since else None


def _kept(work: UnitOfWork, row: Any, why: Literal["changed_since", "used_since"]) -> KeptLot:
    ends = None if row.expires_at is None else last_day(row.expires_at, work.studio.zone)
    return KeptLot(row.lot_id, row.root_id, row.client, row.title, ends, why)


def _passed_on(work: UnitOfWork, extended: Sequence[Any]) -> Iterator[Any]:
    """The lots that credits of the extended ones were transferred to since, and from there on."""
    since = {row.lot_id: row.op_id for row in extended}
    own = set(since)
    while since:
        asked, found = list(since), {}
        for start in range(0, len(asked), _CHUNK):
            for row in work.connection.execute(_PASSED_ON, {"lot_ids": asked[start : start + _CHUNK]}):
                if row.op_id > since[row.origin_lot_id] and row.lot_id not in own:
                    found[row.lot_id] = row.op_id
                    if row.remaining:
                        yield row
        since = found


def _put_back(work: UnitOfWork, op_id: int, rows: Sequence[Any]) -> None:
    post(
        work,
        Operation(
            client_id=rows[0].client_id,
            kind="undo_extend",
            terms=tuple(NewTerm(row.lot_id, "undo_extend", row.old_start, row.old_end) for row in rows),
            reverses_op_id=op_id,
        ),
    )
