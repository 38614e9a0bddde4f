"""The credits of a refund: set aside while it is requested, voided once accepted, back if it fails (S6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from uuid import UUID

import sqlalchemy as sa

from frontdesk.models import chain
from frontdesk.models.ledger import client_head, ledger_entry, ledger_op
from frontdesk.models.money import split_by_largest_remainder
from frontdesk.models.refund_math import standing
from frontdesk.models.sale import VOID_STATUSES
from frontdesk.services.dashboard_questions import MADE_IN_STRIPE, settle_questions
from frontdesk.services.decisions import (
    DASHBOARD_REFUND,
    KEEP_CREDITS,
    credits_to_void,
    decision_of_refund,
)
from frontdesk.services.failed_refunds import settle_failed
from frontdesk.services.ledger_writer import Move, NewHold, NewTerm, Operation, post
from frontdesk.services.lots import LotState, lots_by_id
from frontdesk.services.refund_claims import (
    Claims,
    claims_of,
    held_to_void,
    last_first,
    lots_of,
    to_give_back,
    unclaimed,
)
from frontdesk.services.refunded_lots import is_gone, is_lost, wholly_refunded
from frontdesk.services.reviving import coming_back
from frontdesk.services.sale_facts import RefundFacts, SaleFacts, read_sales, to_void
from frontdesk.services.subjects import refund_subject_rows
from frontdesk.services.unit_of_work import Reading, UnitOfWork

#: Who asks what becomes of money that was paid twice. It makes refunds itself.
_ASKS_AGAIN = "frontdesk.services.stripe.second_payments"

_SEQ = sa.select(client_head.c.seq).where(client_head.c.client_id == sa.bindparam("client_id"))
#: Credits of these lots that came back by an undone visit and were voided at once, less what was given back.
_VOIDED_AT_ONCE = (
    sa.select(ledger_entry.c.lot_id, (-sa.func.sum(ledger_entry.c.delta)).label("credits"))
    .join(ledger_op, ledger_op.c.id == ledger_entry.c.op_id)
    .where(
        ledger_entry.c.lot_id.in_(sa.bindparam("lot_ids", expanding=True)),
        ledger_entry.c.type.in_(("void", "reinstate")),
        ledger_op.c.kind.in_(("undo_visit", "reinstate")),
        ledger_op.c.refund_id.is_(None),
    )
    .where((ledger_entry.c.type == "void") | (ledger_entry.c.undoes == "voided"))
    .group_by(ledger_entry.c.lot_id)
    .order_by(ledger_entry.c.lot_id)
)


@dataclass(frozen=True, slots=True)
class Because:
    """What a refund's operations are told with. ``own`` lets the buyer's first one bear the command's own id,
    and be written even where no credit moves.
    """

    reason_code: str
    kept_note: tuple[int, str] | None = None
    own: bool = False


def read_sale(reading: Reading, sale_id: int) -> SaleFacts:
    """A sale that is there, as it stands now."""
    return read_sales(reading, [sale_id])[sale_id]


def standing_of(reading: Reading, facts: SaleFacts, refunded: RefundFacts) -> tuple[int, int]:
    """How many credits of this refund are to be voided and set aside as it stands now.

    Of one made in Stripe's dashboard what it has: others, and visits undone since, change what it could have.
    """
    if refunded.row.reason_code != MADE_IN_STRIPE:
        return _standing(reading, facts, refunded, refunded.credits_voided)
    claims = claims_of(reading, refunded.row.id)
    return sum(claims.voided.values()), sum(claims.held.values())


def _standing(reading: Reading, facts: SaleFacts, refunded: RefundFacts, credits: int) -> tuple[int, int]:
    amount = refunded.row.amount
    failed = -sum(one.amount for one in refunded.parts if one.status in VOID_STATUSES)
    requested = -sum(one.amount for one in refunded.parts if one.status == "requested")
    # With all of the sale's money back, its credits go whatever was decided about a part of it (S7).
    if refunded.row.reason_code == MADE_IN_STRIPE and not is_gone(reading, facts):
        decided = decision_of_refund(reading, DASHBOARD_REFUND, refunded.row.id)
        if decided is not None and decided.closed_at is None:
            requested = amount - failed
        if decided is not None and decided.outcome == KEEP_CREDITS:
            return 0, 0
    return standing(credits, amount, failed, requested)


def _wanted(
    reading: Reading, facts: SaleFacts, refunded: RefundFacts, claims: Claims, *, share_alone: bool = False
) -> dict[int, int]:
    """How many credits of each line are this refund's. Of one made in Stripe's dashboard as much of its
    own share as others have left there, in whatever order they were heard of; and all that is left once none
    of the sale's money is here (S7). Until then no more than a person chose to void.
    """
    wanted = {row.sale_line_id: int(row.credits_voided) for row in refunded.lines}
    if refunded.row.reason_code != MADE_IN_STRIPE:
        return wanted
    takes_all = not share_alone and is_gone(reading, facts)
    for line in facts.lines:
        has = sum(claims.of(lot.lot_id) for lot in (*line.own, *line.elsewhere))
        there = has + sum(to_void(lot) for lot in line.own)
        share = wanted.get(line.row.id, 0)
        wanted[line.row.id] = there + line.left_elsewhere if takes_all else min(share, there)
    decided = decision_of_refund(reading, DASHBOARD_REFUND, refunded.row.id)
    chosen = None if decided is None or is_gone(reading, facts) else credits_to_void(decided.outcome)
    if chosen is None or sum(wanted.values()) <= chosen:
        return wanted
    shares = split_by_largest_remainder(chosen, list(wanted.values()))
    return dict(zip(wanted, shares, strict=True))


def settle_sale(work: UnitOfWork, facts: SaleFacts, refund_id: int, because: Because) -> int:
    """Move the credits of a refund to where its parts stand now; how many came back.

    Run it after every change of a part, with the sale locked and ``facts`` read since. It voids no more than
    is left and never fails; what was set aside cannot have been used. What comes back may be used until
    max(old last day, today + 14 days) if it had been voided, or if it has run out while it was set aside.
    Credits that wait for a decision about a refund made in Stripe's dashboard go without one once all of the
    sale's money went back (S7).
    """
    settle_questions(work, facts)
    credits = settle_credits(work, facts, refund_id, because)
    settle_others(work, facts, refund_id, because.reason_code)
    settle_failed(work, facts)
    import_module(_ASKS_AGAIN).follow(work, read_sale(work, facts.row.id))
    return credits


def settle_others(work: UnitOfWork, facts: SaleFacts, refund_id: int, reason_code: str) -> None:
    """The same for those made in Stripe's dashboard: one may take now what this one had before (S7)."""
    for one in facts.refunds:
        if one.row.reason_code == MADE_IN_STRIPE and one.row.id != refund_id:
            settle_credits(work, read_sale(work, facts.row.id), one.row.id, Because(reason_code))


def settle_credits(
    work: UnitOfWork, facts: SaleFacts, refund_id: int, because: Because, *, share_alone: bool = False
) -> int:
    """The same for this refund alone; with ``share_alone`` what others leave behind is not for it to take."""
    refunded = facts.refund(refund_id)
    claims = claims_of(work, refund_id)
    by_line = _wanted(work, facts, refunded, claims, share_alone=share_alone)
    voided, held = _standing(work, facts, refunded, sum(by_line.values()))
    if is_lost(work, facts):
        # The money is gone by the dispute, whatever becomes of the refund.
        claimed_now = sum(claims.voided.values()) + sum(claims.held.values())
        voided, held = max(voided + held, claimed_now), 0
        back = tuple(last_first(facts, claims.voided, sum(claims.voided.values()) - voided))
    else:
        back = tuple(to_give_back(facts, by_line, claims, voided))
    more_void = voided - sum(claims.voided.values()) + sum(count for _, count in back)
    more_held = held - sum(claims.held.values())
    if back or (because.own and because.reason_code == "refund_failed"):
        _post(work, facts, refunded, because, _Step("reinstate", *_terms_and_moves(work, back)))
        because = Because(because.reason_code, because.kept_note)
    for lot, count in back:
        claims.voided[lot.lot_id] -= count
    # Read anew, since a credit that came back may be set aside for another part.
    lots = {lot.lot_id: lot for lot in lots_by_id(work, list(lots_of(facts)))} if back else lots_of(facts)
    step = _taking(work, facts, by_line, claims, lots, max(more_void, 0), more_held)
    if because.own or not step.is_empty:
        _post(work, facts, refunded, because, step)
    return max(sum(count for _, count in back) + step.freed, 0)


def give_back_returned(work: UnitOfWork, facts: SaleFacts, reason_code: str = "refund_failed") -> int:
    """Credits of visits undone after a refund: with the money here again they are the client's; how many."""
    lots = list(lots_of(facts))
    rows = work.connection.execute(_VOIDED_AT_ONCE, {"lot_ids": lots})
    voided = {row.lot_id: int(row.credits) for row in rows if row.credits}
    gone = wholly_refunded(work, voided)
    # Read anew: what the refund itself had voided may have given the lot a later last day.
    returned = tuple((lot, voided[lot.lot_id]) for lot in lots_by_id(work, set(voided) - gone))
    terms, moves = _terms_and_moves(work, returned)
    for client_id in dict.fromkeys(lot.client_id for lot, _ in returned):
        mine = {lot.lot_id for lot, _ in returned if lot.client_id == client_id}
        post(
            work,
            Operation(
                client_id=client_id,
                kind="reinstate",
                terms=tuple(one for one in terms if one.lot_id in mine),
                moves=tuple(one for one in moves if one.lot_id in mine),
                command_id=_next_id(work, f"returned:{facts.row.id}", client_id),
                reason_code=reason_code,
                sale_id=facts.row.id,
            ),
        )
    return sum(count for _, count in returned)


# --- What is to be posted -----------------------------------------------------------------------------


@dataclass(slots=True)
class _Step:
    """The rows of one operation, or of one for each client, whose lots they are."""

    kind: str
    terms: list[NewTerm] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    holds: list[NewHold] = field(default_factory=list)
    closes: dict[int, list[int]] = field(default_factory=dict)
    #: Credits that are let go; negative where more are set aside.
    freed: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be written."""
        return not (self.moves or self.holds or self.closes or self.terms)

    @property
    def lot_ids(self) -> set[int]:
        """The lots it touches."""
        rows: Iterable[NewTerm | Move | NewHold] = (*self.terms, *self.moves, *self.holds)
        return {one.lot_id for one in rows} | set(self.closes)


def _taking(
    work: UnitOfWork,
    facts: SaleFacts,
    by_line: Mapping[int, int],
    claims: Claims,
    lots: Mapping[int, LotState],
    to_be_voided: int,
    more_held: int,
) -> _Step:
    """Void what was set aside, or what is there; set aside what is there, or let it go."""
    held, voided = dict(claims.held), defaultdict[int, int](int)
    out_of_hold = min(to_be_voided, max(-more_held, 0))
    for lot_id, count in held_to_void(facts, by_line, claims, out_of_hold):
        voided[lot_id] += count
        held[lot_id] -= count
    letting_go = max(-more_held, 0) - out_of_hold
    freed = [(lot.lot_id, count) for lot, count in last_first(facts, held, letting_go)]
    for lot_id, count in freed:
        held[lot_id] -= count
    missing = to_be_voided - out_of_hold
    for lot_id, count in unclaimed(facts, by_line, claims, lots, missing + max(more_held, 0)):
        at_once = min(count, missing)
        missing -= at_once
        voided[lot_id] += at_once
        held[lot_id] = held.get(lot_id, 0) + count - at_once
    changed = [lot_id for lot_id, count in held.items() if count != claims.held.get(lot_id, 0)]
    step = _Step(
        kind="refund",
        moves=[Move(lot_id, "void", -count) for lot_id, count in voided.items() if count],
        holds=[
            NewHold(lot_id, "refund", work.now, credits=held[lot_id]) for lot_id in changed if held[lot_id]
        ],
        closes={lot_id: claims.holds[lot_id] for lot_id in changed if lot_id in claims.holds},
        freed=sum(claims.held.values()) - sum(held.values()) - out_of_hold,
    )
    # Nobody loses credits by waiting: what ran out while it was set aside is usable for some days again.
    gone = (lots[lot_id] for lot_id, _ in freed if lots[lot_id].is_expired)
    step.terms = [term for lot in gone if (term := coming_back(work, lot, 0, "voided")[0]) is not None]
    return step


def _terms_and_moves(
    work: UnitOfWork, back: Iterable[tuple[LotState, int]]
) -> tuple[list[NewTerm], list[Move]]:
    """What gives voided credits back to their lots: later last days, and entries."""
    parts = [coming_back(work, lot, count, "voided") for lot, count in back]
    return [term for term, _ in parts if term is not None], [move for _, move in parts]


def _post(work: UnitOfWork, facts: SaleFacts, refunded: RefundFacts, because: Because, step: _Step) -> None:
    """One operation for each client whose lots it touches; one for the buyer in any case if asked for."""
    lots, buyer = lots_of(facts), refunded.row.client_id
    touched = dict.fromkeys(lots[lot_id].client_id for lot_id in step.lot_ids)
    subject_hash = chain.subject_hash(refund_subject_rows(work.connection, refunded.row.id))
    for client_id in ({buyer: None} if because.own else {}) | touched:
        mine = {lot_id for lot_id in step.lot_ids if lots[lot_id].client_id == client_id}
        part = _Step(
            step.kind,
            [one for one in step.terms if one.lot_id in mine],
            [one for one in step.moves if one.lot_id in mine],
            [one for one in step.holds if one.lot_id in mine],
            {lot_id: ids for lot_id, ids in step.closes.items() if lot_id in mine},
        )
        own = because.own and client_id == buyer
        post(
            work,
            Operation(
                client_id=client_id,
                kind=_kind(part),
                terms=tuple(part.terms),
                moves=tuple(part.moves),
                holds=tuple(part.holds),
                closes=tuple(hold_id for ids in part.closes.values() for hold_id in ids),
                command_id=None if own else _next_id(work, f"refund:{refunded.row.id}", client_id),
                reason_code=because.reason_code,
                kept_note=because.kept_note,
                peer_client_id=None if client_id == buyer else buyer,
                sale_id=refunded.row.sale_id,
                refund_id=refunded.row.id,
                subject_hash=subject_hash,
            ),
        )


def _kind(part: _Step) -> str:
    if part.kind == "reinstate" or part.moves:
        return part.kind
    if part.holds:
        return "hold"
    return "release" if part.closes else part.kind


def _next_id(work: UnitOfWork, name: str, client_id: int) -> UUID:
    """An id that no other operation of this command on this client has."""
    seq = work.connection.execute(_SEQ, {"client_id": client_id}).scalar_one()
    return work.derived_id(f"{name}:{seq}")
