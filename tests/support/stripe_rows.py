"""Two rows in every table that is shared with Stripe, for the tests that break the database's own rules."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from frontdesk.models import sync
from frontdesk.services.stripe.actor import make_online_actor
from frontdesk.services.unit_of_work import UnitOfWork


def add_stripe_rows(work: UnitOfWork) -> None:
    """Rows as an open outbox, a mirror and checkouts leave them; no payment came in by Stripe."""
    make_online_actor(work)
    now = work.now

    def add(table: sa.Table, *rows: dict[str, Any]) -> None:
        for row in rows:
            work.connection.execute(sa.insert(table), row)

    add(sync.stripe_account, {
        "id": 1, "account_id": "acct_1", "livemode": False, "name": "Sunrise", "secret_name": "stripe-1",
        "facts": {}, "connected_at": now, "connected_by": 1,
    })  # fmt: skip
    add(sync.sync_state, {"id": 1})
    add(sync.stripe_reads, *({"day": day, "reads": 3} for day in (now.date(), now.date().replace(day=1))))
    add(sync.checkout, *(_checkout(work, number) for number in (1, 2)))
    paid = {"state": "paid", "closed_at": now}
    add(sync.checkout, *({**_checkout(work, 2 + number), **paid, "sale_id": number} for number in (1, 2)))
    add(sync.outbox, *(_operation(work, number) for number in (1, 2)))
    for name in ("ch_1", "ch_2"):
        add(
            sync.stripe_object,
            {"id": name, "kind": "charge", "created": now, "body": "{}", "fetched_at": now},
        )
        add(sync.stripe_event, {"id": f"evt_{name}", "created": now})
        add(sync.quarantine, {
            "object_id": name, "kind": "charge", "trouble": {}, "attempts": 1, "first_at": now,
            "last_at": now,
        })  # fmt: skip
        add(sync.stripe_customer, {"id": f"cus_{name}", "client_id": 1})
    for number in (1, 2):
        add(sync.online_product, {"package_id": number, "product_id": f"prod_{number}", "known": {}})
        add(sync.online_price, {
            "package_version_id": number, "price_id": f"price_{number}", "price_active": True,
            "link_id": f"plink_{number}",
        })  # fmt: skip
        add(sync.stripe_transaction, {"transaction_id": number, "stripe_id": f"pi_{number}"})


def _checkout(work: UnitOfWork, number: int) -> dict[str, Any]:
    return {
        "uid": f"uid-{number}", "tender": "stripe_checkout", "state": "open", "client_id": 1, "staff_id": 1,
        "desk_id": 1, "opened_at": work.now, "draft": {"sale": {"lines": []}},
        "currency": "USD", "amount": 9000, "total": 9000, "credits": 12, "session_id": f"cs_{number}",
        "payment_intent": f"pi_{number}", "sale_id": None,
    }  # fmt: skip


def _operation(work: UnitOfWork, number: int) -> dict[str, Any]:
    return {
        "op_id": f"op-{number}", "kind": "product", "idempotency_key": f"key-{number}", "method": "post",
        "path": "/v1/products", "params": {}, "api_version": "1", "account_id": "acct_1", "livemode": False,
        "moves_money": False, "state": "sending", "staff_id": 1, "desk_id": 1, "created_at": work.now,
    }  # fmt: skip
