"""What a studio that sells by Stripe has in its books, without Stripe: for pictures and tests of screens.

Every function is a use case of its own, for ``Office.write``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from frontdesk.models.base import to_micros
from frontdesk.models.money import Money
from frontdesk.models.sale import money_transaction, sale_line
from frontdesk.models.sync import (
    checkout,
    outbox,
    quarantine,
    stripe_account,
    stripe_reads,
    stripe_transaction,
    sync_state,
)
from frontdesk.services.drafts.checkouts import QR_CODE, READER, CheckoutDraft
from frontdesk.services.drafts.refunds import RefundDraft
from frontdesk.services.drafts.sales import PaymentDraft, SaleDraft, SaleLineDraft
from frontdesk.services.package_lists import packages_on_sale
from frontdesk.services.refunds import request_refund
from frontdesk.services.stripe.actor import make_online_actor
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.checkouts import open_checkout
from frontdesk.services.stripe.mirror import store
from frontdesk.services.stripe.paid_sales import record_paid
from frontdesk.services.stripe.wire import Body
from frontdesk.services.unit_of_work import Reading, UnitOfWork

#: The letters of Stripe's ids and readers that are shown: they are data.
IDS = "acct po ch pi BBPOS WisePOS"
_FEE_OF_100, _FEE = 29, 30
_WANTED = ["representative.id_number", "external_account"]


def connected(work: UnitOfWork) -> None:
    """The account in test mode, synced a minute ago; Stripe still wants something."""
    facts = {
        "charges_enabled": True,
        "payouts_enabled": False,
        "requirements": {"currently_due": _WANTED, "current_deadline": _seconds(work.now) + 9 * 86_400},
    }
    account = {
        "id": 1, "account_id": "acct_1Sunrise", "livemode": False, "name": work.studio.name, "country": "US",
        "secret_name": "stripe-sunrise", "facts": facts, "connected_at": work.now,
        "connected_by": work.actor.staff_id, "checked_at": work.now,
    }  # fmt: skip
    before = work.now - timedelta(minutes=1)
    work.connection.execute(sa.insert(stripe_account), account)
    state = {"id": 1, "high_water": before, "complete_at": before, "swept_at": before}
    work.connection.execute(sa.insert(sync_state), state)
    work.connection.execute(sa.insert(stripe_reads), {"day": work.now.date(), "reads": 412})
    make_online_actor(work)


def waiting_checkout(work: UnitOfWork, client_id: int) -> int:
    """A page for the first package on sale, which Stripe has not made yet; its id."""
    offer = packages_on_sale(work)[0]
    line = SaleLineDraft(offer.package_id, offer.version_id)
    draft = SaleDraft(client_id, (line,), payments=(PaymentDraft(QR_CODE, offer.price),))
    return open_checkout(work, CheckoutDraft(draft)).checkout_id


def page_is_there(work: UnitOfWork, checkout_id: int) -> None:
    """Stripe has made the page: it can be paid for another twelve minutes."""
    found = {
        "state": "open",
        "session_id": f"cs_test_{checkout_id}",
        "url": f"https://checkout.stripe.com/c/pay/cs_test_{checkout_id}",
        "expires_at": work.now + timedelta(minutes=12),
    }
    work.connection.execute(sa.update(checkout).where(checkout.c.id == checkout_id), found)
    _finish(work, checkout_id)


def sold_by_code(work: UnitOfWork, client_id: int, intent: str) -> int:
    """A sale whose code the client has paid just now; its id."""
    checkout_id = waiting_checkout(work, client_id)
    page_is_there(work, checkout_id)
    row = work.connection.execute(sa.select(checkout).where(checkout.c.id == checkout_id)).one()
    sold = record_paid(work, row, intent, work.now)
    paid = {"state": "paid", "sale_id": sold.sale_id, "payment_intent": intent, "closed_at": work.now}
    work.connection.execute(sa.update(checkout).where(checkout.c.id == checkout_id), paid)
    return sold.sale_id


def payment_of(reading: Reading, sale_id: int) -> int:
    """The payment of a sale that has one alone."""
    paid = sa.select(money_transaction.c.id).where(
        money_transaction.c.sale_id == sale_id, money_transaction.c.kind == "payment"
    )
    return int(reading.connection.execute(paid).scalar_one())


def dispute(work: UnitOfWork, sale_id: int, status: str) -> None:
    """The bank of the card asks all of that sale's payment back, and says how it stands."""
    one = sa.select(money_transaction).where(money_transaction.c.id == payment_of(work, sale_id))
    paid = work.connection.execute(one).one()
    found = {
        "object": "dispute", "id": f"du_{sale_id}", "amount": paid.amount, "status": status,
        "currency": work.studio.currency.lower(), "reason": "fraudulent", "metadata": {},
        "payment_intent": paid.reference, "created": _seconds(work.now), "balance_transactions": [],
        "evidence_details": {"due_by": _seconds(work.now) + 9 * 86_400},
    }  # fmt: skip
    apply_object(work, found)


def refund_under_way(work: UnitOfWork, sale_id: int) -> None:
    """All of a sale's only line is asked back; the request waits for Stripe."""
    line = sa.select(sale_line).where(sale_line.c.sale_id == sale_id)
    row = work.connection.execute(line).one()
    back = Money(row.total, work.studio.currency)
    request_refund(work, RefundDraft(row.id, back, row.credits + row.bonus, "illness"))


def reader_checkout(work: UnitOfWork, client_id: int) -> int:
    """A sale that the card reader at the desk asks the client's card for; its id."""
    device = {
        "object": "terminal.reader", "id": "tmr_1", "label": "Front desk", "device_type": "bbpos_wisepos_e",
        "status": "online", "created": _seconds(work.now),
    }  # fmt: skip
    store(work, [device], work.now)
    offer = packages_on_sale(work)[0]
    line = SaleLineDraft(offer.package_id, offer.version_id)
    draft = SaleDraft(client_id, (line,), payments=(PaymentDraft(READER, offer.price),))
    asked = open_checkout(work, CheckoutDraft(draft, reader_id="tmr_1")).checkout_id
    found = {"state": "open", "payment_intent": f"pi_reader_{asked}", "last_word": "in_progress"}
    work.connection.execute(sa.update(checkout).where(checkout.c.id == asked), found)
    _finish(work, asked)
    return asked


def shown_checkout(reading: Reading) -> int:
    """The checkout whose page is there."""
    there = sa.select(checkout.c.id).where(checkout.c.url != "").order_by(checkout.c.id).limit(1)
    return int(reading.connection.execute(there).scalar_one())


def _finish(work: UnitOfWork, checkout_id: int) -> None:
    sent = sa.update(outbox).where(outbox.c.checkout_id == checkout_id)
    work.connection.execute(sent, {"state": "done", "finished_at": work.now})


def work_that_waits(work: UnitOfWork, package_id: int) -> None:
    """One of each state that a person sees, and an object that could not be applied."""
    busy = {"code": "stripe.busy", "params": {"reason": "endpoint-rate"}}
    lost = {"code": "stripe.no_answer", "params": {"detail": "timeout"}}
    said = {"code": "stripe.declined", "params": {"said": "Your account cannot currently make charges."}}
    rows = (
        ("catalogue.create_price", "waiting", busy, timedelta(minutes=2), False),
        ("catalogue.create_link", "unknown", lost, timedelta(minutes=3), False),
        ("refund.create", "held", None, timedelta(hours=5), True),
        ("catalogue.change_product", "failed", said, timedelta(hours=20), False),
    )
    for number, (kind, state, trouble, ago, moves_money) in enumerate(rows):
        row = {
            "op_id": f"{number:032x}", "kind": kind, "idempotency_key": f"frontdesk-{number}",
            "method": "post", "path": "/v1/prices", "params": {}, "api_version": "1",
            "account_id": "acct_1Sunrise", "livemode": False, "moves_money": moves_money, "state": state,
            "attempts": 0 if state == "held" else 3, "package_id": package_id, "trouble": trouble,
            "staff_id": work.actor.staff_id, "desk_id": work.actor.desk_id, "created_at": work.now - ago,
            "first_sent_at": None if state == "held" else work.now - ago,
            "next_try_at": None if state == "held" else work.now + timedelta(minutes=1),
            "finished_at": work.now if state == "failed" else None,
        }  # fmt: skip
        work.connection.execute(sa.insert(outbox), row)
    odd = {"kind": "charge", "id": "ch_1NotUnderstood", "detail": "KeyError at revenue.py:41"}
    trouble = {"code": "sync.not_understood", "params": odd}
    aside = {
        "object_id": "ch_1NotUnderstood", "kind": "charge", "trouble": trouble, "attempts": 4,
        "first_at": work.now - timedelta(hours=2), "last_at": work.now - timedelta(minutes=9),
    }  # fmt: skip
    work.connection.execute(sa.insert(quarantine), aside)


def payouts(work: UnitOfWork, count: int = 12) -> None:
    """Payouts of the last weeks, the newest on its way; the itemised ones hold payments of the books."""
    paid = sa.select(money_transaction.c.id, money_transaction.c.amount).where(
        money_transaction.c.kind == "payment", money_transaction.c.tender == "external_card"
    )
    payments = work.connection.execute(paid.order_by(money_transaction.c.id.desc()).limit(4 * count)).all()
    for number in range(count):
        held = payments[4 * number : 4 * number + 4]
        _payout(work, number, [(row.id, int(row.amount)) for row in held])


def _payout(work: UnitOfWork, number: int, held: list[tuple[int, int]]) -> None:
    payout_id, made = f"po_{number:03d}", work.now - timedelta(days=2 * number, hours=2)
    by_hand = number == 3
    listed = number > 1 and not by_hand and bool(held)
    moved = [_moved(id, amount, made) for id, amount in held]
    if listed and number % 4 == 2:
        # Somebody had some of it back.
        moved.append({**_moved(0, -1500, made), "id": f"txn_back_{number}", "reporting_category": "refund"})
    net = sum(one["net"] for one in moved) or 24_000
    status = {0: "pending", 1: "in_transit", 6: "failed"}.get(number, "paid")
    arrives = (made + timedelta(days=3)).replace(hour=0, minute=0, second=0, microsecond=0)
    body: Body = {
        "object": "payout", "id": payout_id, "amount": net, "currency": work.studio.currency.lower(),
        "created": _seconds(made), "arrival_date": _seconds(arrives), "status": status,
        "automatic": not by_hand, "method": "standard",
        "reconciliation_status": "completed" if listed else "not_applicable" if by_hand else "in_progress",
    }  # fmt: skip
    if status == "failed":
        body["failure_message"] = "The bank account has been closed."
    store(work, [body], work.now)
    if not listed:
        return
    for id, _amount in held:
        intent = f"pi_{id}"
        charge = {"object": "charge", "id": f"ch_{id}", "payment_intent": intent, "created": _seconds(made)}
        store(work, [charge], work.now)
        work.connection.execute(sa.insert(stripe_transaction), {"transaction_id": id, "stripe_id": intent})
    store(work, moved, work.now, payout=payout_id)


def _moved(id: int, amount: int, at: datetime) -> Body:
    fee = amount * _FEE_OF_100 // 1_000 + _FEE if amount > 0 else 0
    return {
        "object": "balance_transaction", "id": f"txn_{id}", "amount": amount, "fee": fee,
        "net": amount - fee, "currency": "usd", "created": _seconds(at - timedelta(days=2)),
        "status": "available", "source": f"ch_{id}" if id else None, "reporting_category": "charge",
        "type": "charge", "description": None,
    }  # fmt: skip


def _seconds(at: datetime) -> int:
    return to_micros(at) // 1_000_000
