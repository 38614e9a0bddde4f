"""Bringing in clients and part-used packs from another system (D3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import Problem, Refused
from frontdesk.models.calendar import expiry_instant, local_day
from frontdesk.models.client import client, client_event
from frontdesk.models.imports import import_batch, import_row, import_undo
from frontdesk.models.studio import staff
from frontdesk.models.text import fold
from frontdesk.services import progress
from frontdesk.services.changes import Topic
from frontdesk.services.clients import card_values
from frontdesk.services.csv_reading.import_row import BLOCKING, ImportRow
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.drafts.imports import ImportDraft
from frontdesk.services.ledger_writer import NewLot, Operation, post_many
from frontdesk.services.new_ids import next_ids
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.imports import (
    Action,
    ImportBatch,
    Imported,
    ImportPlan,
    RowPlan,
)

#: What a pack without a name in the file is called on the client's card.
UNNAMED_PACK = "Imported pack"
_CHUNK = 10_000
#: How many clients or operations are written between two words about the progress.
_STEP = 2_000
#: Numbers are compared by their ends, since some systems write the country and others do not.
_LEAST_DIGITS, _COMPARED_DIGITS = 6, 9

_ADD_CLIENTS = sa.insert(client)
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
        matched=len({row.client_id for row in rows if row.action == "matched"}),
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
    one_at_a_time(work)
    before = work.connection.execute(_SAME_FILE, {"file_hash": draft.file_hash}).scalar()
    if before is not None and not draft.again:
        raise Refused("imports.same_file", name=draft.file_name, at=before)
    plan = plan_import(work, draft)
    if not plan.created and not plan.packs:
        raise Refused("imports.nothing_to_do", name=draft.file_name)
    owners = _make_clients(work, draft.rows, plan)
    lots = _grant_packs(work, draft.rows, plan, owners)
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
            if len(row.phone_digits) >= _LEAST_DIGITS:
                by_phone[row.name_folded, row.phone_digits[-_COMPARED_DIGITS:]] = root
            if row.member_code:
                by_code[row.member_code.casefold()] = (root, row.name_folded)
        return cls(by_email, by_phone, by_code, emails)

    def find(self, row: ImportRow) -> int | None:
        """The client that the row is about, if there is one."""
        name = fold(row.name)
        owner = self.by_code.get(row.member_code.casefold()) if row.member_code else None
        if owner is not None and owner[1] == name:
            return owner[0]
        return self.by_email.get((name, fold(row.email))) or self.by_phone.get(
            (name, row.digits[-_COMPARED_DIGITS:])
        )


def _plans(rows: Sequence[ImportRow], known: _Known) -> Iterable[RowPlan]:
    found: dict[int, int | None] = {}
    for row in rows:
        if not row.is_importable:
            # Why it is left out comes first; what else is wrong with it matters once that is mended.
            problems = tuple(sorted(row.problems, key=lambda problem: problem.code not in BLOCKING))
            yield RowPlan(row.number, "left_out", row.name, None, 0, problems)
            continue
        # A further pack of a person goes where the person's first row went.
        client_id = found.get(row.same_as) if row.same_as is not None else known.find(row)
        found[row.number] = client_id
        action: Action = "created" if client_id is None else "matched"
        problems = row.problems if client_id is not None else (*row.problems, *_clashes(row, known))
        credits = row.pack_credits or 0
        yield RowPlan(row.number, action, row.name, client_id, credits, problems, row.same_as is not None)


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
    for start in range(0, len(values), _STEP):
        part = values[start : start + _STEP]
        work.connection.execute(_ADD_CLIENTS, part)
        progress.tell(work.command_id, start + len(part), plan.created + plan.packs)
    note_events(work, ids, "imported")
    for row in rows:
        if row.same_as is not None and row.is_importable:
            owners[row.number] = owners[row.same_as]
    return owners


def _card(row: ImportRow, *, keep_code: bool) -> dict[str, Any]:
    draft = ClientDraft(row.name, row.email, row.phone, row.birthday, row.notes)
    return card_values(replace(draft, member_code=row.member_code if keep_code else ""))


def _grant_packs(
    work: UnitOfWork, rows: Sequence[ImportRow], plan: ImportPlan, owners: Mapping[int, int]
) -> dict[int, int]:
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
    for start in range(0, len(operations), _STEP):
        part = operations[start : start + _STEP]
        for operation, posted in zip(part, post_many(work, part), strict=True):
            mine = packs[operation.client_id]
            lots.update({row.number: lot_id for row, lot_id in zip(mine, posted.lot_ids, strict=True)})
        progress.tell(work.command_id, plan.created + len(lots), plan.created + plan.packs)
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
        **stamps(work),
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


def one_at_a_time(work: UnitOfWork) -> None:
    """Let no other desk import or take back meanwhile; SQLite has one writer anyway."""
    if work.connection.dialect.name == "postgresql":
        work.connection.exec_driver_sql("LOCK TABLE import_batch IN SHARE ROW EXCLUSIVE MODE")


def note_events(work: UnitOfWork, clients: Sequence[int], kind: str) -> None:
    """Write down what an import did to these clients' cards."""
    if clients:
        rows = [{"client_id": one, "kind": kind, "fields": None, **stamps(work)} for one in clients]
        work.connection.execute(sa.insert(client_event), rows)


def stamps(work: UnitOfWork) -> dict[str, Any]:
    """Who did it, where and when."""
    return {
        "staff_id": work.actor.staff_id or None,
        "desk_id": work.actor.desk_id or None,
        "recorded_at": work.now,
    }
