"""Credits that come back after they expired or were voided, and how long they may be used then (C9, S6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final, Literal

import sqlalchemy as sa

from frontdesk.errors import NotFound, Refused
from frontdesk.models.calendar import expiry_instant, last_day
from frontdesk.models.ledger import ledger_entry, ledger_op
from frontdesk.models.text import tidy_lines
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.credits import ReviveDraft
from frontdesk.services.ledger_writer import Move, NewTerm, Operation, post
from frontdesk.services.locked_credits import LockedCredits, lock_lots, today, usable_now
from frontdesk.services.lots import LotState
from frontdesk.services.refunded_lots import wholly_refunded
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.credit_acts import Revived

#: What comes back without the client's doing may be used for this many days after today at least.
LEAST_DAYS: Final = 14

_undone = ledger_op.alias("undone")
_OWNER = sa.select(ledger_op.c.client_id).where(
    ledger_op.c.id == sa.bindparam("op_id"), ledger_op.c.kind == "undo_visit"
)
#: What undone visits gave back to lots that had run out, by all operations of their command.
_EXPIRED_AT_ONCE = (
    sa.select(
        _undone.c.id.label("undo_op_id"),
        ledger_op.c.id.label("op_id"),
        ledger_entry.c.lot_id,
        (-ledger_entry.c.delta).label("credits"),
    )
    .join(_undone, (_undone.c.command_id == ledger_op.c.command_id) & (_undone.c.kind == ledger_op.c.kind))
    .join(ledger_entry, ledger_entry.c.op_id == ledger_op.c.id)
    .where(
        _undone.c.id.in_(sa.bindparam("undo_op_ids", expanding=True)),
        _undone.c.kind == "undo_visit",
        ledger_entry.c.type == "expire",
    )
    .order_by(ledger_entry.c.id)
)
#: What undone visits gave back to lots that had run out, and what came back from those since.
_BACK_AND_GONE = (
    sa.select(ledger_entry.c.lot_id, ledger_entry.c.delta)
    .join(ledger_op, ledger_op.c.id == ledger_entry.c.op_id)
    .where(
        ledger_entry.c.lot_id.in_(sa.bindparam("lot_ids", expanding=True)),
        sa.or_(
            sa.and_(ledger_entry.c.type == "expire", ledger_op.c.kind == "undo_visit"),
            ledger_entry.c.undoes == "expired",
        ),
    )
    .order_by(ledger_entry.c.id)
)
_REVIVED = sa.select(ledger_op.c.reverses_op_id).where(
    ledger_op.c.reverses_op_id.in_(sa.bindparam("op_ids", expanding=True)), ledger_op.c.kind == "revive"
)


def coming_back(
    reading: Reading,
    lot: LotState,
    credits: int,
    undoes: Literal["voided", "expired"],
    *,
    reason: str = "reinstate",
    least_days: int = LEAST_DAYS,
) -> tuple[NewTerm | None, Move]:
    """What puts so many voided or expired credits of the lot back: an entry and, if need be, a new term.

    They may be used until max(the lot's last day, today + ``least_days``). Put both into one Operation on
    ``lot.client_id``; the term is None where the lot's own last day is late enough.
    """
    move = Move(lot.lot_id, "reinstate", credits, undoes)
    least = today(reading) + timedelta(days=least_days)
    if lot.expires_at is None or last_day(lot.expires_at, reading.studio.zone) >= least:
        return None, move
    return NewTerm(lot.lot_id, reason, lot.effective_at, expiry_instant(least, reading.studio.zone)), move


def revive(work: UnitOfWork, draft: ReviveDraft) -> Revived:
    """Make the credits that an undone visit gave back to expired lots usable for N days after today (C9).

    Nothing else that the lots had lost by expiring comes back with them, and nothing that has come back
    meanwhile: for an extension, or for a class that was recorded again.

    Raises:
        InvalidDraft: a field is wrong. NotFound: credits.op_unknown. Refused: credits.already_revived,
            credits.nothing_to_revive.
    """
    refuse(draft.problems())
    owner = work.connection.execute(_OWNER, {"op_id": draft.undo_op_id}).scalar()
    if owner is None:
        raise NotFound("credits.op_unknown")
    expired = _expired_at_once(work, [draft.undo_op_id])
    locked = lock_lots(work, owner, [row.lot_id for row in expired])
    if _revived(work, expired):
        raise Refused("credits.already_revived")
    back = [(row.op_id, locked.lot(row.lot_id), credits) for row, credits in _to_bring_back(work, expired)]
    if not back:
        raise Refused("credits.nothing_to_revive")
    for op_id in dict.fromkeys(op_id for op_id, _, _ in back):
        _revive(work, op_id, [(lot, credits) for of, lot, credits in back if of == op_id], draft)
    return Revived(
        sum(credits for _, _, credits in back),
        _last_day(work, locked, [lot.lot_id for _, lot, _ in back], draft.days),
        usable_now(work, locked.group),
    )


def revivable(reading: Reading, undo_op_ids: Iterable[int]) -> dict[int, int]:
    """How many credits `revive` would bring back now, by the operation of the undone visit (C9).

    Those for which it would bring back none are left out.
    """
    expired = _expired_at_once(reading, undo_op_ids)
    revived = _revived(reading, expired)
    over = {row.undo_op_id for row in expired if row.op_id in revived}
    found: dict[int, int] = {}
    for row, credits in _to_bring_back(reading, [row for row in expired if row.undo_op_id not in over]):
        found[row.undo_op_id] = found.get(row.undo_op_id, 0) + credits
    return found


def _expired_at_once(reading: Reading, undo_op_ids: Iterable[int]) -> Sequence[Any]:
    return reading.connection.execute(_EXPIRED_AT_ONCE, {"undo_op_ids": list(undo_op_ids)}).all()


def _revived(reading: Reading, expired: Iterable[sa.Row[Any]]) -> frozenset[int]:
    """Of the operations that gave back, those that were revived."""
    op_ids = sorted({row.op_id for row in expired})
    return frozenset(reading.connection.execute(_REVIVED, {"op_ids": op_ids}).scalars())


def _to_bring_back(reading: Reading, expired: Sequence[sa.Row[Any]]) -> Iterator[tuple[sa.Row[Any], int]]:
    """What of it is still gone and can be had; of a lot whose money went back, nothing can."""
    left = _still_gone(reading, {row.lot_id for row in expired})
    refunded = wholly_refunded(reading, {lot_id for lot_id, credits in left.items() if credits})
    for row in expired:
        credits = min(int(row.credits), left[row.lot_id])
        if credits and row.lot_id not in refunded:
            yield row, credits


def _still_gone(reading: Reading, lot_ids: set[int]) -> dict[int, int]:
    """What undone visits gave back to each expired lot, less what came back since: of this first."""
    left = dict.fromkeys(lot_ids, 0)
    for row in reading.connection.execute(_BACK_AND_GONE, {"lot_ids": sorted(lot_ids)}):
        left[row.lot_id] = max(left[row.lot_id] - row.delta, 0)
    return left


def _revive(work: UnitOfWork, op_id: int, back: list[tuple[LotState, int]], draft: ReviveDraft) -> None:
    parts = [
        coming_back(work, lot, credits, "expired", reason="revive", least_days=draft.days)
        for lot, credits in back
    ]
    post(
        work,
        Operation(
            client_id=back[0][0].client_id,
            kind="revive",
            terms=tuple(term for term, _ in parts if term is not None),
            moves=tuple(move for _, move in parts),
            reason_code=draft.reason_code,
            note=tidy_lines(draft.note),
            reverses_op_id=op_id,
        ),
    )


def _last_day(work: UnitOfWork, locked: LockedCredits, lot_ids: list[int], days: int) -> date:
    """The first of the last days that the revived lots have now."""
    least = today(work) + timedelta(days=days)
    held = (locked.lot(lot_id).expires_at for lot_id in lot_ids)
    ends = [least if end is None else max(least, last_day(end, work.studio.zone)) for end in held]
    return min(ends)
