"""Sales that wait for Stripe: opening one, taking it back, and what follows from Stripe's word (S2, S4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.errors import NotFound, Problem, Refused
from frontdesk.models.client import client
from frontdesk.models.money import Money
from frontdesk.models.sync import checkout, outbox, stripe_customer
from frontdesk.models.text import LINE_LIMIT, tidy
from frontdesk.services import plain
from frontdesk.services.changes import Topic
from frontdesk.services.decisions import PAID_LATE, open_sale_task
from frontdesk.services.drafts.checkouts import READER, CheckoutDraft
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.sales import SaleDraft
from frontdesk.services.ledger_writer import add_note
from frontdesk.services.sale_checks import CheckedSale, check_sale, hold_settings, payment_problems
from frontdesk.services.stripe import checkout_calls as calls
from frontdesk.services.stripe.amounts import charge_problem, from_stripe
from frontdesk.services.stripe.mirror import at_stripe, expanded, id_of, of_intent
from frontdesk.services.stripe.outbox import enqueue, finish, op_of
from frontdesk.services.stripe.paid_sales import record_paid, sale_of_intent
from frontdesk.services.stripe.second_payments import bought_meanwhile, record_second
from frontdesk.services.stripe.wire import Body
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.checkouts import OpenedCheckout

#: The bank is at work: it can neither be taken back nor is it money yet.
UNDER_WAY: Final = "processing"
#: The reader asks for the card, or may do so: its command went unanswered.
ON_READER: Final = ("in_progress", "terminal_reader_timeout")

_c = checkout.c
_ONE = sa.select(checkout).where(_c.id == sa.bindparam("checkout_id")).with_for_update()
_OF_UID = sa.select(checkout).where(_c.uid == sa.bindparam("uid")).with_for_update()
_OF_READER = (
    sa.select(checkout)
    .where(_c.reader_id == sa.bindparam("reader_id"), _c.payment_intent.is_not(None), _c.closed_at.is_(None))
    .order_by(_c.id)
    .with_for_update()
)
_ADD = sa.insert(checkout).returning(_c.id)
_MOVE = sa.update(checkout).where(_c.id == sa.bindparam("checkout_id"))
_NOT_SENT = (
    sa.select(outbox)
    .where(
        outbox.c.checkout_id == sa.bindparam("checkout_id"),
        outbox.c.state == "new",
        outbox.c.first_sent_at.is_(None),
        outbox.c.finished_at.is_(None),
    )
    .with_for_update()
)
_STILL_ASKED = sa.select(outbox.c.id).where(
    outbox.c.checkout_id == sa.bindparam("checkout_id"), outbox.c.finished_at.is_(None)
)
_EMAIL = sa.select(client.c.email).where(client.c.id == sa.bindparam("client_id"))
_CUSTOMER = (
    sa.select(stripe_customer.c.id)
    .where(stripe_customer.c.client_id.in_(sa.bindparam("client_ids", expanding=True)))
    .order_by(stripe_customer.c.id)
    .limit(1)
)
#: Problems of an amount that the desk can solve by another tender.
_AT_THE_DESK: Final = {
    "stripe.amount_too_small": "checkout.amount_too_small",
    "stripe.amount_too_large": "checkout.amount_too_large",
}


# --- The desk ----------------------------------------------------------------------------------------


def open_checkout(work: UnitOfWork, draft: CheckoutDraft) -> OpenedCheckout:
    """Let Stripe collect its part of a sale. Nothing is booked: the sale is made when Stripe says paid (S4).

    Raises:
        InvalidDraft, NotFound, Refused: as ``sales.sell``; checkout.…, stripe.… for what Stripe cannot take.
        Refused: stripe.not_connected.
    """
    refuse(draft.problems())
    hold_settings(work)
    checked = check_sale(work, draft.sale, lock=True)
    code = work.studio.currency
    refuse((*checked.wrong, *payment_problems(draft.sale.payments, checked.basket.total, code)))
    refuse(_amount_problems(draft, code))
    for problem in checked.refused:
        raise Refused(problem.code, **problem.params)
    uid = work.derived_id("checkout").hex
    row = _new_row(work, draft, checked, uid)
    checkout_id = int(work.connection.execute(_ADD, row).scalar_one())
    part = calls.Part(uid, checkout_id, row["amount"], row["total"], code, checked.basket.lines)
    asked = _buyer(work, checked.group, draft.email_receipt)
    by_reader = draft.payment.tender == READER
    enqueue(
        work, calls.create_payment(part, asked) if by_reader else calls.create_session(part, asked, work.now)
    )
    work.changed(Topic.CHECKOUTS, checkout_id)
    return OpenedCheckout(checkout_id, uid)


def cancel_checkout(work: UnitOfWork, checkout_id: int) -> None:
    """Take a checkout back: nobody can pay it once Stripe has confirmed that. If it was paid, it is a sale.

    Raises:
        NotFound: checkout.unknown. Refused: checkout.paid, checkout.over, checkout.under_way.
    """
    row = _open_row(work, checkout_id)
    if row.last_word == UNDER_WAY:
        raise Refused("checkout.under_way")
    if _nothing_asks(work, row):
        close(work, row, "cancelled")
        return
    if row.state == "closing":
        return
    unsent = [op_of(one) for one in work.connection.execute(_NOT_SENT, {"checkout_id": row.id}).all()]
    for op in unsent:
        finish(work, op, "cancelled")
    if row.state == "opening" and unsent:
        close(work, row, "cancelled")
        return
    move(work, row, state="closing")
    ask_to_close(work, row)


def _nothing_asks(work: UnitOfWork, row: sa.Row[Any]) -> bool:
    """Whether Stripe is neither known to have it nor asked for it, as only a damaged outbox leaves it."""
    if row.session_id is not None or row.payment_intent is not None:
        return False
    return work.connection.execute(_STILL_ASKED, {"checkout_id": row.id}).first() is None


def ask_to_close(work: UnitOfWork, row: sa.Row[Any]) -> None:
    """Ask Stripe to end what it has of a checkout; nothing while it is not known whether it has anything."""
    if row.tender != READER:
        if row.session_id is not None:
            enqueue(work, calls.expire_session(row.id, row.session_id))
    elif row.payment_intent is not None:
        # Only its own payment is taken from the reader, which another desk may be using.
        if row.last_word in ON_READER:
            enqueue(work, calls.cancel_action(row.id, row.reader_id))
        else:
            enqueue(work, calls.cancel_payment(row.id, row.payment_intent))


def send_to_reader(work: UnitOfWork, checkout_id: int, reader_id: str) -> None:
    """Let a reader, the same or another, ask for the card once more; for the same payment (S4).

    Raises:
        NotFound: checkout.unknown. Refused: checkout.paid, checkout.over, checkout.under_way,
        checkout.not_on_a_reader.
    """
    row = _open_row(work, checkout_id)
    if row.last_word == UNDER_WAY:
        raise Refused("checkout.under_way")
    if row.payment_intent is None or row.tender != READER or row.state != "open":
        raise Refused("checkout.not_on_a_reader")
    move(work, row, reader_id=reader_id, last_word="")
    enqueue(work, calls.process_payment(row.id, reader_id, row.payment_intent))


def _amount_problems(draft: CheckoutDraft, code: str) -> tuple[Problem, ...]:
    found = charge_problem(draft.payment.amount.amount, code, f"payments.{draft.place}.amount")
    if found is None:
        return ()
    return (Problem(found.field, _AT_THE_DESK.get(found.code, found.code), found.params),)


def _new_row(work: UnitOfWork, draft: CheckoutDraft, checked: CheckedSale, uid: str) -> dict[str, Any]:
    lines = checked.basket.lines
    return {
        "uid": uid,
        "tender": draft.payment.tender,
        "state": "opening",
        "client_id": checked.group[0],
        "staff_id": work.actor.staff_id,
        "desk_id": work.actor.desk_id,
        "opened_at": work.now,
        "draft": _kept(work, draft.sale),
        "currency": work.studio.currency,
        "amount": draft.payment.amount.amount,
        "total": checked.basket.total,
        "credits": sum(one.terms.credits + one.terms.bonus for one in lines),
        "reader_id": draft.reader_id if draft.payment.tender == READER else "",
    }


def _kept(work: UnitOfWork, draft: SaleDraft) -> dict[str, Any]:
    """The sale as the checkout keeps it; the discount's words go where they can be erased (A7)."""
    discount, note_id = draft.discount, None
    if discount is not None:
        words = tidy(discount.text, LINE_LIMIT)
        note_id = add_note(work, words)[0] if words else None
        discount = replace(discount, text="")
    return {
        "sale": plain.to_plain(replace(draft, discount=discount)),
        "note_id": note_id,
        "tax_inside": work.studio.prices_include_tax,
    }


def _buyer(work: UnitOfWork, group: tuple[int, ...], email_receipt: bool) -> calls.Asked:
    customer = work.connection.execute(_CUSTOMER, {"client_ids": list(group)}).scalar()
    email = work.connection.execute(_EMAIL, {"client_id": group[0]}).scalar_one()
    return calls.Asked(customer or "", email, email_receipt)


# --- Rows --------------------------------------------------------------------------------------------


def one_row(work: UnitOfWork, checkout_id: int) -> sa.Row[Any]:
    """A checkout, locked.

    Raises:
        NotFound: checkout.unknown.
    """
    row = work.connection.execute(_ONE, {"checkout_id": checkout_id}).first()
    if row is None:
        raise NotFound("checkout.unknown")
    return row


def _open_row(work: UnitOfWork, checkout_id: int) -> sa.Row[Any]:
    row = one_row(work, checkout_id)
    if row.state == "paid":
        raise Refused("checkout.paid")
    if row.closed_at is not None:
        raise Refused("checkout.over")
    return row


def move(work: UnitOfWork, row: sa.Row[Any], **values: object) -> None:
    """Move a checkout on; says nothing where nothing changes."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed:
        work.connection.execute(_MOVE, {"checkout_id": row.id, **changed})
        work.changed(Topic.CHECKOUTS, row.id)


def close(work: UnitOfWork, row: sa.Row[Any], state: str, **values: object) -> None:
    """End a checkout without a sale."""
    if row.closed_at is None:
        move(work, row, state=state, closed_at=work.now, **values)


# --- Stripe ------------------------------------------------------------------------------------------


def apply_session(work: UnitOfWork, body: Body) -> None:
    """What follows from a Checkout Session; nothing, where it is not one of a desk's checkouts (S4, Y3).

    Raises:
        Refused: checkout.other_amount, checkout.no_payment, sync.other_currency.
    """
    row = _row_of(work, body.get("client_reference_id"), body)
    if row is None:
        return
    intent, status = id_of(body.get("payment_intent")), body.get("status")
    if body.get("payment_status") == "paid":
        _paid(work, row, intent, (body["amount_total"], body["currency"]), _paid_at(work, body, intent))
    elif row.closed_at is not None or row.session_id not in (None, body["id"]):
        # A second page for one sale, or one that is over: only money would matter.
        return
    elif status == "expired":
        known = {"session_id": body["id"], "url": ""}
        close(work, row, "cancelled" if row.state == "closing" else "lapsed", **known)
    elif status == "complete":
        known = {"session_id": body["id"], "payment_intent": intent or None, "url": ""}
        move(work, row, state="open", last_word=UNDER_WAY, **known)
    elif status == "open":
        move(
            work,
            row,
            state="open" if row.state == "opening" else row.state,
            session_id=body["id"],
            url=body.get("url") or "",
            expires_at=at_stripe(body["expires_at"]),
        )


def apply_payment_intent(work: UnitOfWork, body: Body) -> None:
    """What follows from a payment intent; nothing, where it is not one of a desk's checkouts (S4, Y3).

    Raises:
        Refused: checkout.other_amount, sync.other_currency.
    """
    row = _row_of(work, None, body)
    if row is None:
        return
    status = body.get("status")
    if status == "succeeded":
        received = (body["amount_received"], body["currency"])
        _paid(work, row, body["id"], received, _paid_at(work, {"payment_intent": body}, body["id"]))
    elif row.closed_at is not None or row.payment_intent not in (None, body["id"]):
        return
    elif status == "processing":
        move(work, row, payment_intent=body["id"], last_word=UNDER_WAY)
    elif row.tender == READER:
        _apply_card(work, row, body)
    elif body.get("last_payment_error") and row.last_word == UNDER_WAY:
        # The bank said no after days. Before the page is complete, the buyer just tries another card.
        close(work, row, "failed", last_word=_decline(body))


def _apply_card(work: UnitOfWork, row: sa.Row[Any], body: Body) -> None:
    if body.get("status") == "canceled":
        close(work, row, "cancelled", payment_intent=body["id"])
        return
    word = _decline(body) if body.get("last_payment_error") else row.last_word
    state = "open" if row.state == "opening" else row.state
    move(work, row, state=state, payment_intent=body["id"], last_word=word)


def apply_reader(work: UnitOfWork, body: Body) -> None:
    """What follows from what a reader is doing. It is progress alone: the payment says whether it is paid."""
    action = body.get("action") or {}
    command = action.get("process_payment_intent") or {}
    intent = id_of(command.get("payment_intent"))
    for row in work.connection.execute(_OF_READER, {"reader_id": body["id"]}).all():
        if row.payment_intent != intent or row.last_word == UNDER_WAY:
            continue
        if action.get("status") == "in_progress":
            move(work, row, last_word="in_progress")
        elif action.get("status") == "failed" and row.last_word in ("", *ON_READER):
            move(work, row, last_word=action.get("failure_code") or "failed")


def _row_of(work: UnitOfWork, reference: str | None, body: Body) -> sa.Row[Any] | None:
    uid = reference or (body.get("metadata") or {}).get("sale_uid")
    return work.connection.execute(_OF_UID, {"uid": uid}).first() if uid else None


def _decline(body: Body) -> str:
    error = body["last_payment_error"]
    return str(error.get("decline_code") or error.get("code") or "declined")


def _paid_at(reading: Reading, body: Body, intent: str) -> datetime:
    """When the money came in: of the deepest of payment, charge and balance transaction that tells."""
    found = list(expanded(body, "payment_intent", "latest_charge", "balance_transaction"))[1:]
    if not found:
        found = [one for one in of_intent(reading, "charge", intent) if one.get("status") == "succeeded"]
    return at_stripe(found[-1]["created"]) if found else reading.now


def _paid(
    work: UnitOfWork, row: sa.Row[Any], intent: str, received: tuple[int, str], paid_at: datetime
) -> None:
    """Make the sale, once. What is paid late or twice becomes a task for a person, too (S4)."""
    if not intent:
        # By its payment alone it is known whether it is paid twice, and refunded.
        raise Refused("checkout.no_payment")
    amount, currency = from_stripe(*received), received[1].upper()
    is_first = row.state != "paid"
    if currency != row.currency or (is_first and amount != row.amount):
        due = Money(row.amount, row.currency)
        raise Refused("checkout.other_amount", received=Money(amount, currency), due=due)
    if currency != work.studio.currency:
        # It was over when the studio changed its currency, and is paid after all.
        raise Refused("sync.other_currency", paid_in=currency, currency=work.studio.currency)
    if not is_first:
        if intent != row.payment_intent and sale_of_intent(work, intent) is None:
            record_second(work, row, intent, amount, paid_at)
        return
    if row.closed_at is None and row.state != "closing":
        sale_id = record_paid(work, row, intent, paid_at).sale_id
    else:
        sale_id = _paid_late(work, row, intent, paid_at)
    paid = {"state": "paid", "payment_intent": intent, "sale_id": sale_id, "url": "", "last_word": ""}
    move(work, row, closed_at=row.closed_at or work.now, **paid)


def _paid_late(work: UnitOfWork, row: sa.Row[Any], intent: str, paid_at: datetime) -> int:
    """The sale of money that came after somebody had cancelled, who may have taken it another way since."""
    if bought_meanwhile(work, row):
        return record_second(work, row, intent, row.amount, paid_at)
    sold = record_paid(work, row, intent, paid_at)
    open_sale_task(
        work,
        PAID_LATE,
        client_id=row.client_id,
        sale_id=sold.sale_id,
        tender=row.tender,
        amount=row.amount,
        credits=row.credits,
    )
    return sold.sale_id
