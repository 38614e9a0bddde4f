"""What Stripe has said of parts of refunds: how far each request has come, and why one failed (S6, Y4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from frontdesk.models.sale import VOID_STATUSES
from frontdesk.models.sync import outbox, stripe_object, stripe_transaction
from frontdesk.services.drafts.sales import STRIPE_TENDERS
from frontdesk.services.unit_of_work import Reading

_ids: sa.BindParameter[Any] = sa.bindparam("transaction_ids", expanding=True)
_OPS = (
    sa.select(outbox.c.transaction_id, outbox.c.state, outbox.c.trouble)
    .where(outbox.c.transaction_id.in_(_ids))
    .order_by(outbox.c.id)
)
_OBJECTS = (
    sa.select(stripe_transaction.c.transaction_id, stripe_object.c.body)
    .join(stripe_object, stripe_object.c.id == stripe_transaction.c.stripe_id)
    .where(stripe_transaction.c.transaction_id.in_(_ids))
)


@dataclass(frozen=True, slots=True)
class PartWord:
    """``sync``: the state of what is still to be sent; ``why``: Stripe's code for why it failed."""

    sync: str = ""
    why: str = ""


def words_of_parts(reading: Reading, parts: Iterable[sa.Row[Any]]) -> Mapping[int, PartWord]:
    """By transaction, for those that wait for Stripe or failed there; asks nothing for all others."""
    by_stripe = [part for part in parts if part.tender in STRIPE_TENDERS]
    told = [part.id for part in by_stripe if part.status == "requested" or part.status in VOID_STATUSES]
    if not told:
        return {}
    found: dict[int, PartWord] = {}
    asked = {"transaction_ids": told}
    for row in reading.connection.execute(_OPS, asked):
        if row.state in ("failed", "cancelled"):
            params = (row.trouble or {}).get("params", {})
            found[row.transaction_id] = PartWord(why=params.get("stripe_code") or row.state)
        elif row.state != "done":
            found[row.transaction_id] = PartWord(sync=row.state)
    for transaction_id, body in reading.connection.execute(_OBJECTS, asked):
        found[transaction_id] = PartWord(why=json.loads(body).get("failure_reason") or "")
    return found
