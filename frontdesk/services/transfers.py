"""Giving what is left of a lot to another client: two linked operations under the same terms (C11)."""

from __future__ import annotations

from frontdesk.errors import Refused
from frontdesk.models.text import tidy_lines
from frontdesk.services.client_group import root_of
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.credits import TransferDraft
from frontdesk.services.ledger_writer import Move, NewLot, Operation, post
from frontdesk.services.locked_credits import lock_credits, owner_of, read_credits, usable_now
from frontdesk.services.lots import LotState
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.views.credit_acts import Transferred


def transfer(work: UnitOfWork, draft: TransferDraft) -> Transferred:
    """Move credits of a lot to another client, who may use them until the same day for the same classes.

    The new lot names its origin and so, through it, the sale; it counts as its root's kind in the order of
    use (C6).

    Raises:
        InvalidDraft: a field is wrong. NotFound: credits.lot_unknown, client.unknown. Refused:
            credits.same_client, credits.lot_expired, credits.lot_frozen, credits.too_few_in_lot,
            credits.too_few_held.
    """
    refuse(draft.problems())
    giver = lock_credits(work, owner_of(work, draft.lot_id), draft.to_client_id)
    taker = root_of(work, draft.to_client_id)
    if taker == giver.root:
        raise Refused("credits.same_client")
    lot = giver.lot(draft.lot_id)
    credits = _transferable(work, lot, draft.credits)
    note = tidy_lines(draft.note)
    post(
        work,
        Operation(
            client_id=lot.client_id,
            kind="transfer_out",
            moves=(Move(lot.lot_id, "transfer_out", -credits),),
            peer_client_id=taker,
            reason_code=draft.reason_code,
            note=note,
        ),
    )
    posted = post(
        work,
        Operation(
            client_id=taker,
            kind="transfer_in",
            lots=(_received(lot, credits),),
            peer_client_id=giver.root,
            reason_code=draft.reason_code,
            note=note,
        ),
    )
    peer = read_credits(work, taker)
    return Transferred(
        posted.lot_ids[0], credits, usable_now(work, giver.group), sum(one.usable for one in peer.lots)
    )


def _received(lot: LotState, credits: int) -> NewLot:
    return NewLot(
        kind="transferred",
        title=lot.title,
        credits=credits,
        effective_at=lot.effective_at,
        expires_at=lot.expires_at,
        complimentary=lot.complimentary,
        eligible=lot.eligible,
        origin_lot_id=lot.lot_id,
    )


def _transferable(work: UnitOfWork, lot: LotState, asked: int | None) -> int:
    if lot.is_expired:
        raise Refused("credits.lot_expired", title=lot.title)
    # A freeze has moved the last day already, for days that only this client is without their credits.
    if any(hold.kind == "freeze" and (hold.ends_at is None or hold.ends_at > work.now) for hold in lot.holds):
        raise Refused("credits.lot_frozen", title=lot.title)
    credits = lot.available if asked is None else asked
    if credits < 1 or credits > lot.available:
        code = "credits.too_few_held" if lot.held else "credits.too_few_in_lot"
        raise Refused(code, asked=max(credits, 1), there=lot.available, title=lot.title, held=lot.held)
    return credits
