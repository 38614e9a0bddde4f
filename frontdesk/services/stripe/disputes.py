"""Disputes of payments by Stripe: credits set aside while one is open, free or voided at its end (S8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.models.base import to_micros
from frontdesk.models.ledger import ledger_entry, ledger_op
from frontdesk.models.refund_math import share_to_void
from frontdesk.services.changes import Topic
from frontdesk.services.dashboard_questions import settle_questions
from frontdesk.services.decisions import (
    DISPUTE_LOST,
    DISPUTE_OPENED,
    close_by_itself,
    decisions_of_sale,
    open_sale_task,
)
from frontdesk.services.drafts.sales import STRIPE_TENDERS
from frontdesk.services.failed_refunds import settle_failed
from frontdesk.services.ledger_writer import Move, NewHold, NewTerm, Operation, post
from frontdesk.services.lots import HoldState, LotState, by_client, open_holds
from frontdesk.services.refund_claims import voids
from frontdesk.services.refund_credits import Because, give_back_returned, read_sale, settle_credits
from frontdesk.services.refund_writer import lock_sale
from frontdesk.services.refunded_lots import LOST, is_gone, is_lost
from frontdesk.services.reviving import coming_back
from frontdesk.services.sale_facts import LineState, SaleFacts
from frontdesk.services.stripe.amounts import from_stripe
from frontdesk.services.stripe.disputed_money import GONE, WON, end_of, lost_money, over_lines
from frontdesk.services.stripe.mirror import at_stripe, id_of, mirrored
from frontdesk.services.stripe.paid_sales import sale_of_intent
from frontdesk.services.stripe.second_payments import close_open, follow
from frontdesk.services.stripe.wire import Body
from frontdesk.services.unit_of_work import Reading, UnitOfWork

#: The reason of the operations by which one over a part of the money took its share of what was unused.
_LOST_IN_PART: Final = "dispute_lost_in_part"

#: The reason of those that let go of what was set aside, and give back what one took that is won after all.
_FREE: Final = "dispute_won"
#: How one ends for which its task is closed that told of a loss.
_ENDED_WELL: Final = ("won", "warning_closed", "prevented")

#: What disputes have voided of each lot; what refunds had set aside is voided as theirs.
_TAKEN = (
    sa.select(ledger_entry.c.lot_id, (-sa.func.sum(ledger_entry.c.delta)).label("credits"))
    .join(ledger_op, ledger_op.c.id == ledger_entry.c.op_id)
    .where(
        ledger_op.c.sale_id == sa.bindparam("sale_id"),
        ledger_op.c.reason_code.in_((LOST, _LOST_IN_PART, _FREE)),
        ledger_op.c.refund_id.is_(None),
    )
    .group_by(ledger_entry.c.lot_id)
)


def apply_dispute(work: UnitOfWork, body: Body) -> None:
    """Let follow what follows from a dispute as Stripe has it now (S8).

    While it is open, in whatever words, every credit of its sale is set aside, and a task tells until when
    Stripe wants an answer. Won or closed, they are free again. Lost, what is unused is voided, as a refund of
    as much would void it (S5), and what was used is listed. Prevented it counts as lost if Stripe's balance
    shows that the money went, else refunds tell. A dispute of a payment that these books don't know stays in
    the mirror until its sale arrives.
    """
    sale_id = _sale_of(work, body)
    if sale_id is None:
        return
    facts = lock_sale(work, sale_id)
    opened = _task(work, DISPUTE_OPENED, sale_id, body["id"])
    lost = _task(work, DISPUTE_LOST, sale_id, body["id"])
    end = end_of(work, body)
    if end == "":
        # Also one that a bank takes up again after it had ended.
        if opened is None or opened.closed_at is not None:
            _open(work, facts, body)
        return
    if opened is not None and opened.closed_at is None:
        close_by_itself(work, opened.id, body["status"])
    if end == GONE and _is_lost_anew(opened, lost):
        _lose(work, facts, body)
    else:
        if end != GONE and lost is not None:
            _tell_end(work, facts, body, lost)
            _give_back(work, sale_id)
        if not _others_open(work, sale_id):
            _release(work, read_sale(work, sale_id))
    work.changed(Topic.SALES, sale_id)
    work.changed(Topic.PAYMENTS, *(one.id for one in facts.payments))


def _sale_of(reading: Reading, body: Body) -> int | None:
    intent = id_of(body.get("payment_intent"))
    if not intent:
        charge = mirrored(reading, id_of(body.get("charge"))) or {}
        intent = id_of(charge.get("payment_intent"))
    return sale_of_intent(reading, intent)


def _task(reading: Reading, kind: str, sale_id: int, dispute_id: str) -> sa.Row[Any] | None:
    """The newest task about a dispute."""
    tasks = decisions_of_sale(reading, kind, sale_id)
    return next((one for one in reversed(tasks) if one.facts.get("dispute_id") == dispute_id), None)


def _is_lost_anew(opened: sa.Row[Any] | None, lost: sa.Row[Any] | None) -> bool:
    """Whether a dispute that is lost was not lost before, or was open or won since."""
    if lost is None or lost.outcome in _ENDED_WELL:
        return True
    return opened is not None and opened.id > lost.id


def _tell_end(work: UnitOfWork, facts: SaleFacts, body: Body, lost: sa.Row[Any]) -> None:
    """Close the task that told of a loss; one that a person has closed is followed by one that tells the end.

    So it is known that it was won since, should it be lost again.
    """
    if lost.outcome in _ENDED_WELL:
        return
    told = lost.id if lost.closed_at is None else _open_task(work, DISPUTE_LOST, facts, body, 0)
    close_by_itself(work, told, body["status"])


def _others_open(reading: Reading, sale_id: int) -> bool:
    return any(one.closed_at is None for one in decisions_of_sale(reading, DISPUTE_OPENED, sale_id))


# --- What follows -------------------------------------------------------------------------------------


def _open(work: UnitOfWork, facts: SaleFacts, body: Body) -> None:
    lots = _lots(facts)
    held = _holds(work, lots, "dispute")
    for client_id, mine in by_client(lots).items():
        holds = tuple(NewHold(lot.lot_id, "dispute", work.now) for lot in mine if lot.lot_id not in held)
        if holds:
            _post(work, facts, client_id, "hold", "dispute_opened", holds=holds)
    due = (body.get("evidence_details") or {}).get("due_by")
    due_at = to_micros(at_stripe(due)) if due else None
    _open_task(work, DISPUTE_OPENED, facts, body, sum(lot.remaining for lot in lots), due_at)


def _release(
    work: UnitOfWork,
    facts: SaleFacts,
    taken: Mapping[int, int] | None = None,
    reason: str = _FREE,
    *,
    frees: bool = True,
) -> None:
    """Free what is set aside, but for what is ``taken`` of lots, by id, which is voided."""
    lots, taken = _lots(facts), taken or {}
    held = _holds(work, lots, "dispute") if frees else {}
    for client_id, mine in by_client(lots).items():
        closes = tuple(hold.hold_id for lot in mine for hold in held.get(lot.lot_id, ()))
        moves = tuple(Move(lot.lot_id, "void", -taken[lot.lot_id]) for lot in mine if lot.lot_id in taken)
        # What ran out while it was set aside is usable for some days again.
        gone = [lot for lot in mine if lot.lot_id in held and lot.is_expired]
        left = [lot for lot in gone if lot.remaining > taken.get(lot.lot_id, 0)]
        terms = [coming_back(work, lot, 0, "voided")[0] for lot in left]
        if closes or moves:
            kept = tuple(term for term in terms if term is not None)
            _post(work, facts, client_id, "release", reason, closes=closes, moves=moves, terms=kept)


def _lose(work: UnitOfWork, facts: SaleFacts, body: Body) -> None:
    sale_id, lots = facts.row.id, _lots(facts)
    lost = lost_money(work, [sale_id]).get(sale_id, 0)
    if lost >= facts.row.total - facts.accepted:
        _open_task(work, DISPUTE_LOST, facts, body, sum(lot.remaining for lot in lots))
        _lose_all(work, sale_id)
        return
    taken = _share(work, facts, lost)
    _release(work, facts, taken, _LOST_IN_PART, frees=not _others_open(work, sale_id))
    _open_task(work, DISPUTE_LOST, facts, body, sum(taken.values()))


def settle_lost(work: UnitOfWork, sale_id: int) -> None:
    """Take what lost disputes have yet to take, after credits came back that a refund had (S6, S8).

    Give back what they had taken beyond that, and what one had that was lost and won after all.
    """
    lost = lost_money(work, [sale_id]).get(sale_id, 0)
    facts = lock_sale(work, sale_id)
    if lost and not is_lost(work, facts):
        taken = _share(work, facts, lost)
        if taken:
            _release(work, facts, taken, _LOST_IN_PART, frees=False)
    won = any(_is_won(work, task) for task in decisions_of_sale(work, DISPUTE_LOST, sale_id))
    if won or (lost and _too_much(work, facts, lost)):
        _give_back(work, sale_id)


def _is_won(reading: Reading, told: sa.Row[Any]) -> bool:
    """Whether the dispute that a task tells of as lost was won after all."""
    body = mirrored(reading, told.facts["dispute_id"])
    return body is not None and end_of(reading, body) == WON


def _give_back(work: UnitOfWork, sale_id: int) -> None:
    """Money that had been lost is here again: what was taken for it is the client's, with its last day late
    enough (S6). What refunds and other disputes have a right to stays voided.
    """
    facts = read_sale(work, sale_id)
    if is_gone(work, facts):
        return
    back = _too_much(work, facts, lost_money(work, [sale_id]).get(sale_id, 0))
    for client_id in by_client([lot for lot, _ in back]):
        parts = [coming_back(work, lot, count, "voided") for lot, count in back if lot.client_id == client_id]
        terms = tuple(term for term, _ in parts if term is not None)
        moves = tuple(move for _, move in parts)
        _post(work, facts, client_id, "release", _FREE, "again", moves=moves, terms=terms)
    settle_questions(work, facts)
    for one in facts.refunds:
        settle_credits(work, read_sale(work, sale_id), one.row.id, Because(_FREE))
    give_back_returned(work, read_sale(work, sale_id), _FREE)
    settle_failed(work, read_sale(work, sale_id))
    follow(work, read_sale(work, sale_id))


def _share(work: UnitOfWork, facts: SaleFacts, lost: int) -> dict[int, int]:
    """What is still to be taken of each lot: together as much as a refund of all that is lost would (S5)."""
    found = defaultdict[int, int](int)
    for line, due, taken in _due(work, facts, lost):
        mine = sum(taken.get(lot.lot_id, 0) for lot in line.own)
        for lot, count in voids(replace(line, elsewhere=()), max(due - mine, 0)):
            found[lot.lot_id] += count
    return found


def _too_much(work: UnitOfWork, facts: SaleFacts, lost: int) -> list[tuple[LotState, int]]:
    """What disputes have taken of each lot beyond that, of the purchased before the bonus.

    So is all that they have of lots that were transferred: those go only with all of the money.
    """
    found: list[tuple[LotState, int]] = []
    for line, due, taken in _due(work, facts, lost):
        found += [(lot, taken[lot.lot_id]) for lot in line.elsewhere if taken.get(lot.lot_id, 0) > 0]
        rest = sum(taken.get(lot.lot_id, 0) for lot in line.own) - due
        for lot in line.own:
            count = min(taken.get(lot.lot_id, 0), rest)
            if count > 0:
                found.append((lot, count))
                rest -= count
    return found


def _due(work: UnitOfWork, facts: SaleFacts, lost: int) -> Iterator[tuple[LineState, int, dict[int, int]]]:
    """Of each line how many credits are due for what is lost, and what disputes have taken of its lots."""
    taken = _taken_so_far(work, facts)
    shares = over_lines(lost, [one.facts for one in facts.lines])
    for line, share in zip(facts.lines, shares, strict=True):
        mine = {lot.lot_id: taken[lot.lot_id] for lot in (*line.own, *line.elsewhere) if lot.lot_id in taken}
        yield line, share_to_void(line.facts, share), mine


def _taken_so_far(reading: Reading, facts: SaleFacts) -> dict[int, int]:
    """By lot, the credits that disputes have taken."""
    rows = reading.connection.execute(_TAKEN, {"sale_id": facts.row.id})
    return {row.lot_id: int(row.credits) for row in rows}


def _lose_all(work: UnitOfWork, sale_id: int) -> None:
    """All that is left goes, what refunds have set aside too: there is no more of it than was granted.

    So nothing is left to be decided about them. What a refund had set aside is voided as the refund's, since
    the client has it again if that money did not go after all.
    """
    facts = read_sale(work, sale_id)
    settle_questions(work, facts)
    close_open(work, sale_id)
    for one in facts.refunds:
        settle_credits(work, read_sale(work, sale_id), one.row.id, Because(LOST), share_alone=True)
    facts = read_sale(work, sale_id)
    settle_failed(work, facts)
    lots = _lots(facts)
    held = open_holds(work, [lot.lot_id for lot in lots])
    for client_id, mine in by_client(lots).items():
        holds = (hold for lot in mine for hold in held.get(lot.lot_id, ()))
        closes = tuple(hold.hold_id for hold in holds if hold.kind != "freeze")
        moves = tuple(Move(lot.lot_id, "void", -lot.remaining) for lot in mine if lot.remaining)
        if closes or moves or client_id == facts.row.client_id:
            _post(work, facts, client_id, "release", LOST, closes=closes, moves=moves)


def _open_task(
    work: UnitOfWork, kind: str, facts: SaleFacts, body: Body, credits: int, due_at: int | None = None
) -> int:
    tender = next((one.tender for one in facts.payments if one.tender in STRIPE_TENDERS), "free")
    work.changed(Topic.SALES, facts.row.id)
    work.changed(Topic.PAYMENTS, *(one.id for one in facts.payments))
    return open_sale_task(
        work,
        kind,
        client_id=facts.row.client_id,
        sale_id=facts.row.id,
        tender=tender,
        amount=from_stripe(body["amount"], body["currency"]),
        credits=credits,
        dispute_id=body["id"],
        stripe_code=body.get("reason") or "",
        due_at=due_at,
    )


def _post(
    work: UnitOfWork,
    facts: SaleFacts,
    client_id: int,
    kind: str,
    reason_code: str,
    place: str = "",
    *,
    holds: tuple[NewHold, ...] = (),
    closes: tuple[int, ...] = (),
    moves: tuple[Move, ...] = (),
    terms: tuple[NewTerm, ...] = (),
) -> None:
    buyer = facts.row.client_id
    operation = Operation(
        client_id=client_id,
        kind=kind,
        holds=holds,
        closes=closes,
        moves=moves,
        terms=terms,
        command_id=work.derived_id(f"{reason_code}{place}:{facts.row.id}"),
        reason_code=reason_code,
        peer_client_id=None if client_id == buyer else buyer,
        sale_id=facts.row.id,
    )
    post(work, operation)


def _lots(facts: SaleFacts) -> list[LotState]:
    return [lot for line in facts.lines for lot in (*line.own, *line.elsewhere)]


def _holds(reading: Reading, lots: Sequence[LotState], kind: str) -> dict[int, list[HoldState]]:
    """The open holds of a kind by lot, also of lots that are empty: what comes back is held as well."""
    found = open_holds(reading, [lot.lot_id for lot in lots])
    by_kind = {lot_id: [one for one in holds if one.kind == kind] for lot_id, holds in found.items()}
    return {lot_id: holds for lot_id, holds in by_kind.items() if holds}
