"""The list "needs a decision": tasks that a person has to settle, and how each can be closed (S6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.errors import NotFound, Refused
from frontdesk.models.base import from_micros
from frontdesk.models.client import client
from frontdesk.models.money import Money
from frontdesk.models.sale import decision, money_transaction, refund, sale
from frontdesk.models.sync import outbox
from frontdesk.services.changes import Topic
from frontdesk.services.client_group import client_group, name_of
from frontdesk.services.drafts.checks import choice_problems, refuse
from frontdesk.services.drafts.sales import STRIPE_TENDERS
from frontdesk.services.receipt_numbers import receipt_number
from frontdesk.services.refund_holds import set_aside
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.used_credits import used_of_sale
from frontdesk.services.views.refunds import DecisionRow, OtherCard

#: A refund did not reach the client, who has the credits again meanwhile.
REFUND_FAILED: Final = "refund_failed"
#: The outcome of a task that another refund settled.
REFUNDED: Final = "paid_another_way"
#: Stripe was paid after the checkout was cancelled or had lapsed; for what was paid already; beyond the limit
#: per client; by a client who was archived meanwhile (S4, Y2).
PAID_LATE: Final = "paid_late"
PAID_TWICE: Final = "paid_twice"
LIMIT_BROKEN: Final = "limit_broken"
CLIENT_GONE: Final = "client_gone"
#: What was paid twice goes back by Stripe, or it is a purchase of its own.
GIVEN_BACK: Final = "given_back"
KEPT_AS_SALE: Final = "kept_as_sale"
#: A purchase online went to a new card, although several clients have the buyer's e-mail (Y2).
CLIENT_UNSURE: Final = "client_unsure"
#: Part of a sale's money was refunded in Stripe's dashboard: do its credits go too? (S7)
DASHBOARD_REFUND: Final = "dashboard_refund"
VOID_CREDITS: Final = "void_credits"
KEEP_CREDITS: Final = "keep_credits"
#: Stripe has refunded more than the books have left of the payment; they hold as much as they can (S6).
REFUND_EXCEEDS: Final = "refund_exceeds"
#: A payment is disputed: answered at Stripe, closed by itself. A dispute that was lost (S8).
DISPUTE_OPENED: Final = "dispute_opened"
DISPUTE_LOST: Final = "dispute_lost"
#: A refund that waited too long for the network to go out without asking; no row of its own (Y4).
REFUND_HELD: Final = "refund_held"
NOTED: Final = "noted"
#: By kind, what a person can close a task with; a refund closes its own by itself.
OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = {
    REFUND_FAILED: ("credits_kept", "settled_outside"),
    DASHBOARD_REFUND: (VOID_CREDITS, KEEP_CREDITS),
    REFUND_EXCEEDS: (NOTED,),
    DISPUTE_OPENED: (),
    DISPUTE_LOST: (NOTED,),
    PAID_LATE: ("sale_kept", "money_returned"),
    PAID_TWICE: (GIVEN_BACK, KEPT_AS_SALE),
    LIMIT_BROKEN: ("sale_kept", "money_returned"),
    CLIENT_GONE: ("sale_kept", "money_returned"),
    CLIENT_UNSURE: ("card_kept",),
}
#: The outcome of a task that asked whose purchase it was, once the cards are one.
_MERGED: Final = "cards_merged"
#: By kind, what is noted where a refund of the sale settles the task.
SETTLED_BY_REFUND: Final[Mapping[str, str]] = {
    REFUND_FAILED: REFUNDED,
    PAID_LATE: "money_returned",
    LIMIT_BROKEN: "money_returned",
    CLIENT_GONE: "money_returned",
}
#: By kind, the module whose ``decided(work, row, outcome)`` does what an outcome means for the books.
_FOLLOWED_BY: Final = {
    DASHBOARD_REFUND: "frontdesk.services.stripe.dashboard_refunds",
    PAID_TWICE: "frontdesk.services.stripe.second_payments",
}

#: A payment of its sale that Stripe knows.
_INTENT = (
    sa.select(sa.func.min(money_transaction.c.reference))
    .where(
        money_transaction.c.sale_id == decision.c.sale_id,
        money_transaction.c.kind == "payment",
        money_transaction.c.tender.in_(STRIPE_TENDERS),
    )
    .correlate(decision)
    .scalar_subquery()
)
_OPEN = (
    sa.select(
        decision,
        _INTENT.label("intent"),
        set_aside(decision.c.refund_id).label("set_aside"),
        name_of(decision.c.client_id).label("client"),
        sa.func.coalesce(refund.c.series, sale.c.series).label("series"),
        sa.func.coalesce(refund.c.number, sale.c.number).label("number"),
    )
    .outerjoin(refund, refund.c.id == decision.c.refund_id)
    .outerjoin(sale, sale.c.id == decision.c.sale_id)
    .where(decision.c.closed_at.is_(None))
    .order_by(decision.c.id)
)
_ONE = sa.select(decision).where(decision.c.id == sa.bindparam("decision_id")).with_for_update()
_OF_SALE = (
    sa.select(decision)
    .where(decision.c.kind == sa.bindparam("of_kind"), decision.c.sale_id == sa.bindparam("sale_id"))
    .order_by(decision.c.id)
)
_OF_REFUND = (
    sa.select(decision)
    .where(decision.c.kind == sa.bindparam("of_kind"), decision.c.refund_id == sa.bindparam("refund_id"))
    .order_by(decision.c.id.desc())
    .limit(1)
)
_DISPUTED = sa.select(decision.c.sale_id).where(
    decision.c.closed_at.is_(None),
    decision.c.kind == DISPUTE_OPENED,
    decision.c.sale_id.in_(sa.bindparam("sale_ids", expanding=True)),
)
_HELD: sa.Select[Any] = (
    sa.select(
        outbox.c.id.label("outbox_id"),
        outbox.c.created_at,
        money_transaction,
        name_of(money_transaction.c.client_id).label("client"),
        refund.c.series,
        refund.c.number,
    )
    .join(money_transaction, money_transaction.c.id == outbox.c.transaction_id)
    .join(refund, refund.c.id == money_transaction.c.refund_id)
    .where(outbox.c.finished_at.is_(None), outbox.c.state == "held")
    .order_by(outbox.c.id)
)
_UNSURE = sa.select(decision).where(decision.c.closed_at.is_(None), decision.c.kind == CLIENT_UNSURE)
_CLOSED_BY_MERGE = sa.select(decision).where(
    decision.c.kind == CLIENT_UNSURE,
    decision.c.outcome == _MERGED,
    decision.c.closed_at == sa.bindparam("merged_at"),
    decision.c.client_id.in_(sa.bindparam("client_ids", expanding=True)),
)
_CARDS = sa.select(client.c.id, client.c.name, client.c.created_at).where(
    client.c.id.in_(sa.bindparam("client_ids", expanding=True)), client.c.hidden_at.is_(None)
)
_ADD = sa.insert(decision)
_CLOSE = sa.update(decision).where(decision.c.id == sa.bindparam("decision_id"))


def open_decisions(reading: Reading) -> tuple[DecisionRow, ...]:
    """All tasks that wait, the oldest first, and refunds that are to be sent or taken back (Y4)."""
    code = reading.studio.currency
    rows = [_row(reading, row, code) for row in reading.connection.execute(_OPEN)]
    rows += [_held_row(row, code) for row in reading.connection.execute(_HELD).all()]
    return tuple(sorted(rows, key=lambda row: row.opened_at))


def decision_of_refund(reading: Reading, kind: str, refund_id: int) -> sa.Row[Any] | None:
    """The newest task of a kind about a refund, open or closed."""
    asked = {"of_kind": kind, "refund_id": refund_id}
    return reading.connection.execute(_OF_REFUND, asked).first()


def decisions_of_sale(reading: Reading, kind: str, sale_id: int) -> Sequence[sa.Row[Any]]:
    """All tasks of a kind about a sale, open and closed, the oldest first."""
    return reading.connection.execute(_OF_SALE, {"of_kind": kind, "sale_id": sale_id}).all()


def disputed(reading: Reading, sale_ids: Iterable[int]) -> frozenset[int]:
    """Those of these sales of which a payment is disputed (S8)."""
    asked = {"sale_ids": list(sale_ids)}
    return frozenset(reading.connection.execute(_DISPUTED, asked).scalars())


def close_decision(work: UnitOfWork, decision_id: int, outcome: str, credits: int | None = None) -> None:
    """Close a task with one of its outcomes.

    With ``credits`` so many of those that are set aside for a refund made in Stripe's dashboard are voided,
    and the client keeps the others (S7).

    Raises:
        InvalidDraft: no such outcome, or no such number of credits. NotFound: decision.unknown. Refused:
            decision.closed.
    """
    found = _find(work, decision_id)
    refuse(choice_problems("outcome", outcome, OUTCOMES[found.kind]))
    if credits is not None:
        refuse(choice_problems("outcome", outcome, (VOID_CREDITS,)))
        outcome = import_module(_FOLLOWED_BY[DASHBOARD_REFUND]).outcome_of(work, found, credits)
    _close(work, decision_id, outcome)
    if found.kind in _FOLLOWED_BY:
        import_module(_FOLLOWED_BY[found.kind]).decided(work, found, outcome)


def reopen_decision(work: UnitOfWork, decision_id: int) -> None:
    """Undo the closing of a task that changed nothing else in the books: the same task is opened anew.

    One that is open, or was opened anew before, stays as it is.

    Raises:
        NotFound: decision.unknown. Refused: decision.final.
    """
    found = work.connection.execute(_ONE, {"decision_id": decision_id}).first()
    if found is None:
        raise NotFound("decision.unknown")
    if found.closed_at is None:
        return
    if found.kind in _FOLLOWED_BY or found.outcome not in OUTCOMES[found.kind]:
        raise Refused("decision.final")
    _open_again(work, found)


def credits_to_void(outcome: str | None) -> int | None:
    """How many credits a person chose to void instead of all that were set aside; None if they did not."""
    word, _, number = (outcome or "").partition(":")
    return int(number) if word == VOID_CREDITS and number else None


def close_by_merge(work: UnitOfWork, one: Collection[int], other: Collection[int]) -> None:
    """Close what asked whose purchase it was: its card is merged with one that it could have been (Y2)."""
    for task in work.connection.execute(_UNSURE).all():
        others = set(task.facts["others"])
        asked = ((one, other), (other, one))
        if any(task.client_id in mine and others.intersection(theirs) for mine, theirs in asked):
            _close(work, task.id, _MERGED)


def reopen_by_parting(work: UnitOfWork, merged_at: datetime, client_ids: Iterable[int]) -> None:
    """Ask again whose purchase it was: the merge that had settled it is undone."""
    asked = {"merged_at": merged_at, "client_ids": list(client_ids)}
    for task in work.connection.execute(_CLOSED_BY_MERGE, asked).all():
        _open_again(work, task)


def close_by_itself(work: UnitOfWork, decision_id: int, outcome: str) -> None:
    """Close a task that was settled by what happened."""
    _close(work, decision_id, outcome)


def open_failed_refund(
    work: UnitOfWork,
    refund_row: sa.Row[Any],
    transaction: sa.Row[Any],
    line_id: int | None,
    credits: int,
    why: Mapping[str, str],
) -> int:
    """Open the task to pay a client another way, after a part of a refund failed; its id (S6).

    ``why`` holds Stripe's ``stripe_code`` and what it ``said``; empty where a person marked it as failed.
    """
    facts = {
        "transaction_id": transaction.id,
        "amount": -transaction.amount,
        "tender": transaction.tender,
        "credits": credits,
        "sale_line_id": line_id,
        **why,
    }
    row = {
        "kind": REFUND_FAILED,
        "client_id": refund_row.client_id,
        "sale_id": refund_row.sale_id,
        "refund_id": refund_row.id,
        "facts": facts,
        "opened_at": work.now,
    }
    return _add(work, row)


def open_sale_task(
    work: UnitOfWork,
    kind: str,
    *,
    client_id: int,
    sale_id: int,
    tender: str,
    amount: int,
    credits: int,
    refund_id: int | None = None,
    **facts: object,
) -> int:
    """Open a task about money that Stripe has for a sale; ``amount`` in minor units; its id (S4)."""
    row = {
        "kind": kind,
        "client_id": client_id,
        "sale_id": sale_id,
        "refund_id": refund_id,
        "facts": {"amount": amount, "tender": tender, "credits": credits, "sale_line_id": None, **facts},
        "opened_at": work.now,
    }
    return _add(work, row)


def _open_again(work: UnitOfWork, task: sa.Row[Any]) -> None:
    # What is closed stays closed in the books; a task with the same facts takes its place.
    known = decisions_of_sale(work, task.kind, task.sale_id)
    if not any(one.closed_at is None and one.facts == task.facts for one in known):
        kept = ("kind", "client_id", "sale_id", "refund_id", "facts", "opened_at")
        _add(work, {name: getattr(task, name) for name in kept})


def _add(work: UnitOfWork, row: Mapping[str, Any]) -> int:
    key = work.connection.execute(_ADD, row).inserted_primary_key
    assert key is not None
    work.changed(Topic.DECISIONS, key[0])
    return int(key[0])


def check_refund_task(work: UnitOfWork, decision_id: int, sale_id: int) -> None:
    """That a refund of this sale may settle the task.

    Raises:
        NotFound: decision.unknown. Refused: decision.closed, decision.other_sale.
    """
    found = _find(work, decision_id)
    if found.kind not in SETTLED_BY_REFUND or found.sale_id != sale_id:
        raise Refused("decision.other_sale")


def close_by_refund(work: UnitOfWork, decision_id: int) -> None:
    """Close the task that a refund has just settled."""
    _close(work, decision_id, SETTLED_BY_REFUND[_find(work, decision_id).kind])


def _find(work: UnitOfWork, decision_id: int) -> sa.Row[Any]:
    found = work.connection.execute(_ONE, {"decision_id": decision_id}).first()
    if found is None:
        raise NotFound("decision.unknown")
    if found.closed_at is not None:
        raise Refused("decision.closed")
    return found


def _close(work: UnitOfWork, decision_id: int, outcome: str) -> None:
    values = {"closed_at": work.now, "closed_by": work.actor.staff_id, "outcome": outcome}
    work.connection.execute(_CLOSE, {"decision_id": decision_id, **values})
    work.changed(Topic.DECISIONS, decision_id)


def _row(reading: Reading, row: sa.Row[Any], code: str) -> DecisionRow:
    facts = row.facts
    used = row.kind == DISPUTE_LOST and row.sale_id is not None
    return DecisionRow(
        id=row.id,
        stripe_page=_stripe_page(row),
        kind=row.kind,
        opened_at=row.opened_at,
        client_id=row.client_id,
        client=row.client or "",
        sale_id=row.sale_id,
        refund_id=row.refund_id,
        receipt="" if row.series is None else receipt_number(row.series, row.number),
        amount=Money(facts["amount"], code),
        # Others may have them: an answer is about what this one has.
        credits=row.set_aside if row.kind == DASHBOARD_REFUND else facts["credits"],
        tender=facts["tender"],
        sale_line_id=facts["sale_line_id"],
        outcomes=OUTCOMES[row.kind],
        stored=Money(facts.get("stored", 0), code),
        stripe_code=facts.get("stripe_code", ""),
        said=facts.get("said", ""),
        due_at=from_micros(facts["due_at"]) if facts.get("due_at") else None,
        used=used_of_sale(reading, row.sale_id) if used else (),
        can_be_refunded=row.kind in SETTLED_BY_REFUND,
        others=_others(reading, row) if row.kind == CLIENT_UNSURE else (),
    )


def _stripe_page(row: sa.Row[Any]) -> str:
    if row.facts.get("dispute_id"):
        return f"disputes/{row.facts['dispute_id']}"
    intent = row.facts.get("payment_intent") or row.intent or ""
    # A purchase that cost nothing has none.
    return f"payments/{intent}" if intent.startswith("pi_") else ""


def _others(reading: Reading, row: sa.Row[Any]) -> tuple[OtherCard, ...]:
    """The cards that a purchase could belong to, each once, the oldest first; merged ones are one (D4)."""
    own = client_group(reading, row.client_id)
    stands = {client_group(reading, id)[0] for id in row.facts["others"]} - set(own)
    cards = reading.connection.execute(_CARDS, {"client_ids": list(stands)}).all()
    return tuple(OtherCard(one.id, one.name, one.created_at) for one in sorted(cards))


def _held_row(row: sa.Row[Any], code: str) -> DecisionRow:
    return DecisionRow(
        id=-row.outbox_id,
        kind=REFUND_HELD,
        opened_at=row.created_at,
        client_id=row.client_id,
        client=row.client,
        sale_id=row.sale_id,
        refund_id=row.refund_id,
        receipt=receipt_number(row.series, row.number),
        amount=Money(-row.amount, code),
        credits=0,
        tender=row.tender,
        sale_line_id=None,
        outcomes=(),
        outbox_id=row.outbox_id,
    )
