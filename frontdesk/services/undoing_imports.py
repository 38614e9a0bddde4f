"""Taking an import back: its credits voided, its clients hidden, but for what was acted on since (D3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import NotFound, Refused
from frontdesk.models.client import client, client_event, client_merge
from frontdesk.models.imports import import_batch, import_row, import_undo
from frontdesk.models.ledger import credit_lot, ledger_entry, ledger_op, lot_hold, lot_term
from frontdesk.services import progress
from frontdesk.services.changes import Topic
from frontdesk.services.imports import note_events, one_at_a_time, stamps
from frontdesk.services.ledger_writer import Move, Operation, post_many
from frontdesk.services.lots import lots_by_id, sweep_clients
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.views.imports import ImportUndone, KeptRow

#: How many ids one statement asks for.
_CHUNK = 10_000
#: How many operations or clients are written between two words about the progress.
_STEP = 2_000

_BATCH = (
    sa.select(
        import_batch.c.file_name, import_batch.c.recorded_at, import_undo.c.recorded_at.label("undone_at")
    )
    .outerjoin(import_undo, import_undo.c.batch_id == import_batch.c.id)
    .where(import_batch.c.id == sa.bindparam("batch_id"))
)
_ROWS = (
    sa.select(import_row, credit_lot.c.op_id)
    .outerjoin(credit_lot, credit_lot.c.id == import_row.c.lot_id)
    .where(import_row.c.batch_id == sa.bindparam("batch_id"), import_row.c.action != "left_out")
    .order_by(import_row.c.number)
)
_IMPORT_COMMAND = sa.select(ledger_op.c.command_id).where(ledger_op.c.id == sa.bindparam("op_id"))
_since = sa.bindparam("since", type_=import_batch.c.recorded_at.type)
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
# Whatever was done to a client after the import itself, but for credits that ran out by themselves.
_LATER_OPS = (
    sa.select(ledger_op.c.client_id)
    .where(
        ledger_op.c.client_id.in_(_IDS),
        ledger_op.c.kind != "expire",
        ledger_op.c.command_id != sa.bindparam("command_id"),
        ledger_op.c.recorded_at >= _since,
    )
    .distinct()
)
_LATER_EVENTS = (
    sa.select(client_event.c.client_id)
    .where(
        client_event.c.client_id.in_(_IDS),
        client_event.c.kind.in_(("edited", "archived", "restored")),
        client_event.c.recorded_at >= _since,
    )
    .distinct()
)
_MERGES = sa.select(client_merge.c.client_id, client_merge.c.into_client_id).where(
    client_merge.c.recorded_at >= _since
)
_HIDE = (
    sa.update(client)
    .where(client.c.id == sa.bindparam("hidden_id"))
    .values(hidden_at=sa.bindparam("at"), updated_at=sa.bindparam("at"))
)


def _moved(table: sa.Table) -> sa.Select[Any]:
    """Lots that an operation after their grant wrote something of this table about."""
    return (
        sa.select(table.c.lot_id)
        .join(credit_lot, credit_lot.c.id == table.c.lot_id)
        .join(ledger_op, ledger_op.c.id == table.c.op_id)
        .where(table.c.lot_id.in_(_IDS), table.c.op_id != credit_lot.c.op_id, ledger_op.c.kind != "expire")
    )


_LATER_LOTS = sa.union(*(_moved(table) for table in (ledger_entry, lot_term, lot_hold)))


def undo_import(work: UnitOfWork, batch_id: int) -> ImportUndone:
    """Take an import back: void its credits and hide its clients, but for rows that were acted on since (D3).

    A client whom the import made stays with all their rows once anything was done with them. Of a client
    who was here before, a pack stays once it was used or changed.

    Raises:
        NotFound: imports.unknown. Refused: imports.undone_already.
    """
    one_at_a_time(work)
    batch = work.connection.execute(_BATCH, {"batch_id": batch_id}).first()
    if batch is None:
        raise NotFound("imports.unknown")
    if batch.undone_at is not None:
        raise Refused("imports.undone_already", name=batch.file_name, at=batch.undone_at)
    rows = work.connection.execute(_ROWS, {"batch_id": batch_id}).all()
    clients = sorted({row.client_id for row in rows})
    for part in _parts(clients, _CHUNK):
        work.lock_clients(part)
    sweep_clients(work, clients)
    kept = {row.number: why for row, why in _acted_on(work, batch.recorded_at, rows)}
    voided = _void_packs(work, [row for row in rows if row.number not in kept])
    hidden = _hide(
        work, sorted({r.client_id for r in rows if r.action == "created" and r.number not in kept})
    )
    undone = ImportUndone(
        hidden,
        voided,
        tuple(KeptRow(r.number, r.client_id, kept[r.number]) for r in rows if r.number in kept),
    )
    _keep_undo(work, batch_id, undone)
    return undone


def _acted_on(
    work: UnitOfWork, since: datetime, rows: Sequence[sa.Row[Any]]
) -> Iterator[tuple[sa.Row[Any], str]]:
    """The rows that stay, and why: used, edited or merged."""
    made = sorted({row.client_id for row in rows if row.action == "created"})
    own = next((row.op_id for row in rows if row.op_id is not None), None)
    clients = _touched_clients(work, made, since, own)
    packs = [row.lot_id for row in rows if row.action == "matched" and row.lot_id is not None]
    lots: set[int] = set()
    for part in _parts(packs, _CHUNK):
        lots.update(work.connection.execute(_LATER_LOTS, {"ids": part}).scalars())
    for row in rows:
        if row.action == "created" and row.client_id in clients:
            yield row, clients[row.client_id]
        elif row.action == "matched" and row.lot_id in lots:
            yield row, "used"


def _touched_clients(
    work: UnitOfWork, clients: Sequence[int], imported_at: datetime, op_id: int | None
) -> dict[int, str]:
    own = work.connection.execute(_IMPORT_COMMAND, {"op_id": op_id}).scalar() or ""
    since = {"since": imported_at}
    merged = {one for pair in work.connection.execute(_MERGES, since) for one in pair}
    touched: dict[int, str] = {one: "merged" for one in clients if one in merged}
    for part in _parts(clients, _CHUNK):
        asked = {"ids": part, **since}
        touched.update(dict.fromkeys(work.connection.execute(_LATER_EVENTS, asked).scalars(), "edited"))
        used = work.connection.execute(_LATER_OPS, {**asked, "command_id": own}).scalars()
        touched.update(dict.fromkeys(used, "used"))
    return touched


def _void_packs(work: UnitOfWork, rows: Sequence[sa.Row[Any]]) -> int:
    moves: defaultdict[int, list[Move]] = defaultdict(list)
    for part in _parts([row.lot_id for row in rows if row.lot_id is not None], _CHUNK):
        for lot in lots_by_id(work, part):
            if lot.remaining:
                moves[lot.client_id].append(Move(lot.lot_id, "void", -lot.remaining))
    operations = [
        Operation(client_id=one, kind="undo_import", reason_code="import", moves=tuple(moves[one]))
        for one in sorted(moves)
    ]
    for at, part in enumerate(_parts(operations, _STEP)):
        post_many(work, part)
        progress.tell(work.command_id, at * _STEP + len(part), len(operations))
    return -sum(move.delta for mine in moves.values() for move in mine)


def _hide(work: UnitOfWork, clients: Sequence[int]) -> int:
    if clients:
        work.connection.execute(_HIDE, [{"hidden_id": one, "at": work.now} for one in clients])
        note_events(work, clients, "import_undone")
        work.changed(Topic.CLIENTS)
    return len(clients)


def _keep_undo(work: UnitOfWork, batch_id: int, undone: ImportUndone) -> None:
    values = {
        "batch_id": batch_id,
        "hidden": undone.hidden,
        "voided": undone.voided,
        "kept": len(undone.kept),
        **stamps(work),
    }
    work.connection.execute(sa.insert(import_undo), values)
    work.changed(Topic.IMPORTS, batch_id)


def _parts(things: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]
