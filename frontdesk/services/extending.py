"""Another last day of use for one lot, also after it expired (C11)."""

from __future__ import annotations

from frontdesk.errors import Refused
from frontdesk.models.calendar import expiry_instant, local_day
from frontdesk.models.text import tidy_lines
from frontdesk.services.credits import check_last_day
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.credits import ExtendDraft
from frontdesk.services.ledger_writer import Move, NewTerm, Operation, post
from frontdesk.services.locked_credits import last_day_of, lock_credits, owner_of, usable_now
from frontdesk.services.refunded_lots import wholly_refunded
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.views.credit_acts import Extended


def extend_lot(work: UnitOfWork, draft: ExtendDraft) -> Extended:
    """Set the lot's last day, later or earlier, None for never; what had expired comes back (C11).

    Raises:
        InvalidDraft: a field is wrong, or the day is past. Refused: credits.nothing_to_extend,
            credits.same_last_day. NotFound: credits.lot_unknown.
    """
    refuse(draft.problems())
    locked = lock_credits(work, owner_of(work, draft.lot_id))
    lot = locked.lot(draft.lot_id)
    zone = work.studio.zone
    check_last_day(work, "last_day", draft.last_day, earliest=local_day(lot.effective_at, zone))
    before = last_day_of(work, lot)
    if not lot.remaining and (not lot.expired or wholly_refunded(work, [lot.lot_id])):
        raise Refused("credits.nothing_to_extend", title=lot.title)
    if before == draft.last_day:
        raise Refused("credits.same_last_day", title=lot.title)
    expires_at = None if draft.last_day is None else expiry_instant(draft.last_day, zone)
    back = (Move(lot.lot_id, "reinstate", lot.expired, "expired"),) if lot.expired else ()
    post(
        work,
        Operation(
            client_id=lot.client_id,
            kind="extend",
            terms=(NewTerm(lot.lot_id, "extend", lot.effective_at, expires_at),),
            moves=back,
            reason_code=draft.reason_code,
            note=tidy_lines(draft.note),
        ),
    )
    return Extended(lot.lot_id, before, draft.last_day, lot.expired, usable_now(work, locked.group))
