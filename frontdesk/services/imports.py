"""Bringing in clients and part-used packs from another system, and taking an import back as a whole (D3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import NotFound, Problem, Refused
from frontdesk.models.calendar import expiry_instant, local_day
from frontdesk.models.client import client, client_event, client_merge
from frontdesk.models.imports import import_batch, import_row, import_undo
from frontdesk.models.ledger import credit_lot, ledger_op
from frontdesk.models.studio import staff
from frontdesk.models.text import fold
from frontdesk.services.changes import Topic
from frontdesk.services.clients import card_values
from frontdesk.services.csv_reading.import_row import ImportRow
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.drafts.imports import ImportDraft
from frontdesk.services.ledger_writer import Move, NewLot, Operation, post_many
from frontdesk.services.lots import lots_by_id, sweep_clients
from frontdesk.services.new_ids import next_ids
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.imports import (
    Action,
    ImportBatch,
    Imported,
    ImportPlan,
    ImportUndone,
    KeptRow,
    RowPlan,
)

#: What a pack without a name in the file is called on the client's card.
UNNAMED_PACK = "Imported pack"
_CHUNK = 10_000

_CLIENTS = sa.select(
    client.c.id,
    client.c.merged_into,
    client.c.name_folded,
    client.c.email_folded,
    client.c.phone_digits,
    client.c.member_code,
).where(client.c.hidden_at.is_(None))
_SAME_FILE = (
    sa.select(import_batch.c.recorded_at)
    .where(
        import_batch.c.file_hash == sa.bindparam("file_hash"),
        ~sa.exists().where(import_undo.c.batch_id == import_batch.c.id),
    )
    .order_by(import_batch.c.id.desc())
)
_BATCHES = (
    sa.select(
        import_batch,
        staff.c.name.label("staff_name"),
        import_undo.c.recorded_at.label("undone_at"),
        import_undo.c.kept,
    )
    .outerjoin(staff, staff.c.id == import_batch.c.staff_id)
    .outerjoin(import_undo, import_undo.c.batch_id == import_batch.c.id)
    .order_by(import_batch.c.id.desc())
)
_ROWS = (
    sa.select(import_row, credit_lot.c.op_id)
    .outerjoin(credit_lot, credit_lot.c.id == import_row.c.lot_id)
    .where(import_row.c.batch_id == sa.bindparam("batch_id"), import_row.c.action != "left_out")
    .order_by(import_row.c.number)
)
# Whatever was done to the client after the import itself, but for credits that ran out by themselves.
_LATER_OPS = (
    sa.select(ledger_op.c.client_id)
    .where(
        ledger_op.c.client_id.in_(sa.bindparam("ids", expanding=True)),
        ledger_op.c.kind != "expire",
        ledger_op.c.command_id != sa.bindparam("command_id"),
        ledger_op.c.recorded_at >= sa.bindparam("since", type_=ledger_op.c.recorded_at.type),
    )
    .distinct()
)
_IMPORT_COMMAND = sa.select(ledger_op.c.command_id).where(ledger_op.c.id == sa.bindparam("op_id"))
_LATER_EVENTS = (
    sa.select(client_event.c.client_id)
    .where(
        client_event.c.client_id.in_(sa.bindparam("ids", expanding=True)),
        client_event.c.kind.in_(("edited", "archived", "restored")),
        client_event.c.recorded_at >= sa.bindparam("since", type_=client_event.c.recorded_at.type),
    )
    .distinct()
)
_MERGES = sa.select(client_merge.c.client_id, client_merge.c.into_client_id).where(
    client_merge.c.recorded_at >= sa.bindparam("since", type_=client_merge.c.recorded_at.type)
)
_HIDE = (
    sa.update(client)
    .where(client.c.id == sa.bindparam("hidden_id"))
    .values(hidden_at=sa.bindparam("at"), updated_at=sa.bindparam("at"))
)


def plan_import(reading: Reading, draft: ImportDraft) -> ImportPlan:
    """What an import would do, row by row; writes nothing (D3).

    A row goes to a client who is there when the name and one of e-mail, phone and member code agree.
    """
    known = _Known.of(reading)
    rows = tuple(_plans(draft.rows, known))
    counted = Counter(row.action for row in rows)
    return ImportPlan(
        rows=rows,
        created=_distinct(draft.rows, rows, "created"),
        matched=counted["matched"],
        left_out=counted["left_out"],
        packs=sum(1 for row in rows if row.credits),
        credits=sum(row.credits for row in rows),
        imported_before=reading.connection.execute(_SAME_FILE, {"file_hash": draft.file_hash}).scalar(),
    )


def import_clients(work: UnitOfWork, draft: ImportDraft) -> Imported:
    """Bring the rows in, all of them or none: clients, and one lot for what is left of each pack (D3).

    Such a lot has no refund value here, since its money was never received here.

    Raises:
        Refused: imports.same_file (with ``at``) unless the draft says again; imports.nothing_to_do.
    """
    before = work.connection.execute(_SAME_FILE, {"file_hash": draft.file_hash}).scalar()
    if before is not None and not draft.again:
        raise Refused("imports.same_file", name=draft.file_name, at=before)
    plan = plan_import(work, draft)
    if not plan.created and not plan.packs:
        raise Refused("imports.nothing_to_do", name=draft.file_name)
    owners = _make_clients(work, draft.rows, plan)
    lots = _grant_packs(work, draft.rows, owners)
    batch_id = _keep_batch(work, draft, plan, owners, lots)
    work.changed(Topic.IMPORTS, batch_id)
    work.changed(Topic.CLIENTS)
    return Imported(batch_id, plan.created, plan.matched, plan.left_out, plan.packs, plan.credits)


def import_batches(reading: Reading) -> tuple[ImportBatch, ...]:
    """All imports, the newest first."""
    return tuple(
        ImportBatch(
            id=row.id,
            file_name=row.file_name,
            imported_at=row.recorded_at,
            staff_name=row.staff_name or "",
            created=row.created,
            matched=row.matched,
            left_out=row.left_out,
            packs=row.packs,
            credits=row.credits,
            undone_at=row.undone_at,
            kept=row.kept or 0,
        )
        for row in reading.connection.execute(_BATCHES)
    )


def undo_import(work: UnitOfWork, batch_id: int) -> ImportUndone:
    """Take an import back: void its credits and hide its clients, but for rows that were acted on since (D3).

    Raises:
        NotFound: imports.unknown. Refused: imports.undone_already.
    """
    batch = work.connection.execute(_BATCHES.where(import_batch.c.id == batch_id)).first()
    if batch is None:
        raise NotFound("imports.unknown")
    if batch.undone_at is not None:
        raise Refused("imports.undone_already", name=batch.file_name, at=batch.undone_at)
    rows = work.connection.execute(_ROWS, {"batch_id": batch_id}).all()
    clients = sorted({row.client_id for row in rows})
    for start in range(0, len(clients), _CHUNK):
        work.lock_clients(clients[start : start + _CHUNK])
    sweep_clients(work, clients)
    touched = _touched_since(work, batch, rows, clients)
    voided = _void_packs(work, [row for row in rows if row.client_id not in touched])
    hidden = _hide(work, sorted({r.client_id for r in rows if r.action == "created"} - touched.keys()))
    kept = tuple(KeptRow(r.number, r.client_id, touched[r.client_id]) for r in rows if r.client_id in touched)
    undone = ImportUndone(hidden, voided, kept)
    _keep_undo(work, batch_id, undone)
    return undone


# Planning


@dataclass(slots=True)
class _Known:
    """The studio's clients by what identifies them; a merged one by the id of who stands for them."""

    by_email: Mapping[tuple[str, str], int]
    by_phone: Mapping[tuple[str, str], int]
    by_code: Mapping[str, tuple[int, str]]
    emails: Mapping[str, int]

    @classmethod
    def of(cls, reading: Reading) -> _Known:
        by_email, by_phone, by_code, emails = {}, {}, {}, {}
        for row in reading.connection.execute(_CLIENTS):
            root = row.merged_into or row.id
            if row.email_folded:
                by_email[row.name_folded, row.email_folded] = root
                emails[row.email_folded] = root
            if row.phone_digits:
                by_phone[row.name_folded, row.phone_digits] = root
            if row.member_code:
                by_code[row.member_code.casefold()] = (root, row.name_folded)
        return cls(by_email, by_phone, by_code, emails)

    def find(self, row: ImportRow) -> int | None:
        """The client that the row is about, if there is one."""
        name = fold(row.name)
        owner = self.by_code.get(row.member_code.casefold()) if row.member_code else None
        if owner is not None and owner[1] == name:
            return owner[0]
        return self.by_email.get((name, fold(row.email))) or self.by_phone.get((name, row.digits))


def _plans(rows: Sequence[ImportRow], known: _Known) -> Iterable[RowPlan]:
    found: dict[int, int | None] = {}
    for row in rows:
        if not row.is_importable:
            yield RowPlan(row.number, "left_out", row.name, None, 0, row.problems)
            continue
        # A further pack of a person goes where the person's first row went.
        client_id = found.get(row.same_as) if row.same_as is not None else known.find(row)
        found[row.number] = client_id
        action: Action = "created" if client_id is None else "matched"
        problems = row.problems if client_id is not None else (*row.problems, *_clashes(row, known))
        yield RowPlan(row.number, action, row.name, client_id, row.pack_credits or 0, problems)


def _clashes(row: ImportRow, known: _Known) -> Iterable[Problem]:
    """What a new client shares with another one who is there."""
    if row.same_as is not None:
        return
    if row.member_code and row.member_code.casefold() in known.by_code:
        yield Problem("member_code", "imports.member_code_in_use", {"value": row.member_code})
    if row.email and fold(row.email) in known.emails:
        yield Problem("email", "imports.email_in_use", {"value": row.email})


def _distinct(rows: Sequence[ImportRow], plans: Sequence[RowPlan], action: str) -> int:
    pairs = zip(rows, plans, strict=True)
    return sum(1 for row, plan in pairs if plan.action == action and row.same_as is None)


# Writing


def _make_clients(work: UnitOfWork, rows: Sequence[ImportRow], plan: ImportPlan) -> dict[int, int]:
    """Make the new clients; the client of every importable row, by the row's number."""
    owners = {one.number: one.client_id for one in plan.rows if one.client_id is not None}
    new = [
        (row, one)
        for row, one in zip(rows, plan.rows, strict=True)
        if one.action == "created" and row.same_as is None
    ]
    ids = next_ids(work, client, len(new))
    stamps = {"source": "import", "created_at": work.now, "updated_at": work.now}
    values = []
    for client_id, (row, one) in zip(ids, new, strict=True):
        owners[row.number] = client_id
        taken = any(problem.code == "imports.member_code_in_use" for problem in one.problems)
        values.append({"id": client_id, **_card(row, keep_code=not taken), **stamps})
    if values:
        work.connection.execute(sa.insert(client), values)
    _note_events(work, ids, "imported")
    for row in rows:
        if row.same_as is not None and row.is_importable:
            owners[row.number] = owners[row.same_as]
    return owners


def _card(row: ImportRow, *, keep_code: bool) -> dict[str, Any]:
    draft = ClientDraft(row.name, row.email, row.phone, row.birthday, row.notes)
    return card_values(replace(draft, member_code=row.member_code if keep_code else ""))


def _grant_packs(work: UnitOfWork, rows: Sequence[ImportRow], owners: Mapping[int, int]) -> dict[int, int]:
    """Grant what is left of each pack; the lot of each row that has one, by the row's number."""
    packs: defaultdict[int, list[ImportRow]] = defaultdict(list)
    for row in rows:
        if row.is_importable and row.pack_credits:
            packs[owners[row.number]].append(row)
    clients = sorted(packs)
    for start in range(0, len(clients), _CHUNK):
        work.lock_clients(clients[start : start + _CHUNK])
    operations = [
        Operation(
            client_id=client_id,
            kind="import",
            reason_code="import",
            lots=tuple(_lot(work, row) for row in packs[client_id]),
        )
        for client_id in clients
    ]
    lots: dict[int, int] = {}
    for operation, posted in zip(operations, post_many(work, operations), strict=True):
        mine = packs[operation.client_id]
        lots.update({row.number: lot_id for row, lot_id in zip(mine, posted.lot_ids, strict=True)})
    return lots


def _lot(work: UnitOfWork, row: ImportRow) -> NewLot:
    last_day = row.pack_expires
    assert row.pack_credits is not None
    if last_day is not None and last_day < local_day(work.now, work.studio.zone):
        # The dry run was shown on an earlier day; the pack has run out since.
        raise Refused("imports.plan_is_old", row=row.number)
    return NewLot(
        kind="imported",
        title=row.pack_name or UNNAMED_PACK,
        credits=row.pack_credits,
        effective_at=work.now,
        expires_at=None if last_day is None else expiry_instant(last_day, work.studio.zone),
    )


def _keep_batch(
    work: UnitOfWork,
    draft: ImportDraft,
    plan: ImportPlan,
    owners: Mapping[int, int],
    lots: Mapping[int, int],
) -> int:
    added = sa.insert(import_batch).returning(import_batch.c.id)
    values = {
        "file_name": draft.file_name,
        "file_hash": draft.file_hash,
        "created": plan.created,
        "matched": plan.matched,
        "left_out": plan.left_out,
        "packs": plan.packs,
        "credits": plan.credits,
        **_stamps(work),
    }
    batch_id: int = work.connection.execute(added, values).scalar_one()
    rows = [
        {
            "batch_id": batch_id,
            "number": one.number,
            "action": one.action,
            "client_id": owners.get(one.number) if one.action != "left_out" else None,
            "lot_id": lots.get(one.number),
            "problems": [[problem.field, problem.code] for problem in one.problems] or None,
        }
        for one in plan.rows
    ]
    work.connection.execute(sa.insert(import_row), rows)
    return batch_id


# Taking back


def _touched_since(
    work: UnitOfWork, batch: sa.Row[Any], rows: Sequence[sa.Row[Any]], clients: Sequence[int]
) -> dict[int, str]:
    """Clients that were acted on after the import, and why their rows stay."""
    op_id = next((row.op_id for row in rows if row.op_id is not None), None)
    own = work.connection.execute(_IMPORT_COMMAND, {"op_id": op_id}).scalar() or ""
    since = {"since": batch.recorded_at}
    merged = {one for pair in work.connection.execute(_MERGES, since) for one in pair}
    touched: dict[int, str] = {one: "merged" for one in clients if one in merged}
    for start in range(0, len(clients), _CHUNK):
        asked = {"ids": clients[start : start + _CHUNK], **since}
        touched.update(dict.fromkeys(work.connection.execute(_LATER_EVENTS, asked).scalars(), "edited"))
        used = work.connection.execute(_LATER_OPS, {**asked, "command_id": own}).scalars()
        touched.update(dict.fromkeys(used, "used"))
    return touched


def _void_packs(work: UnitOfWork, rows: Sequence[sa.Row[Any]]) -> int:
    lot_ids = [row.lot_id for row in rows if row.lot_id is not None]
    moves: defaultdict[int, list[Move]] = defaultdict(list)
    for start in range(0, len(lot_ids), _CHUNK):
        for lot in lots_by_id(work, lot_ids[start : start + _CHUNK]):
            if lot.remaining:
                moves[lot.client_id].append(Move(lot.lot_id, "void", -lot.remaining))
    operations = [
        Operation(
            client_id=client_id, kind="undo_import", reason_code="import", moves=tuple(moves[client_id])
        )
        for client_id in sorted(moves)
    ]
    post_many(work, operations)
    return -sum(move.delta for mine in moves.values() for move in mine)


def _hide(work: UnitOfWork, clients: Sequence[int]) -> int:
    if clients:
        work.connection.execute(_HIDE, [{"hidden_id": one, "at": work.now} for one in clients])
        _note_events(work, clients, "import_undone")
        work.changed(Topic.CLIENTS)
    return len(clients)


def _keep_undo(work: UnitOfWork, batch_id: int, undone: ImportUndone) -> None:
    values = {
        "batch_id": batch_id,
        "hidden": undone.hidden,
        "voided": undone.voided,
        "kept": len(undone.kept),
        **_stamps(work),
    }
    work.connection.execute(sa.insert(import_undo), values)
    work.changed(Topic.IMPORTS, batch_id)


def _note_events(work: UnitOfWork, clients: Sequence[int], kind: str) -> None:
    if clients:
        rows = [{"client_id": one, "kind": kind, "fields": None, **_stamps(work)} for one in clients]
        work.connection.execute(sa.insert(client_event), rows)


def _stamps(work: UnitOfWork) -> dict[str, Any]:
    return {
        "staff_id": work.actor.staff_id or None,
        "desk_id": work.actor.desk_id or None,
        "recorded_at": work.now,
    }
