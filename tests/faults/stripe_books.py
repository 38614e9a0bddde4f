"""Where the books of a studio and its account at the double of Stripe disagree: what is missing or twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from frontdesk.models.sale import money_transaction
from frontdesk.models.sync import checkout, outbox, quarantine, stripe_transaction
from frontdesk.services.unit_of_work import Reading
from tests.stripe_double.account import Account

_EFFECTIVE = ("pending", "requires_action", "succeeded")


def _anything(one: dict[str, Any]) -> bool:
    return True


#: Where things are made: the double's name of the list, and which of it the program made.
_MADE: dict[str, tuple[str, Callable[[dict[str, Any]], bool]]] = {
    "/v1/products": ("products", lambda one: "package_id" in one["metadata"]),
    "/v1/prices": ("prices", lambda one: "version_id" in one["metadata"]),
    "/v1/payment_links": ("payment_links", _anything),
    "/v1/checkout/sessions": ("checkout_sessions", lambda one: one["payment_link"] is None),
    "/v1/payment_intents": (
        "payment_intents", lambda one: one["payment_method_types"] == ["card_present"]
    ),
    "/v1/refunds": ("refunds", lambda one: "op_id" in one["metadata"]),
    "/v1/terminal/locations": ("locations", _anything),
    "/v1/terminal/readers": ("readers", _anything),
}  # fmt: skip


def under_way(reading: Reading) -> list[str]:
    """What is not at its end."""
    return [
        *(f"{row.kind} {row.state}" for row in _rows(reading, outbox, outbox.c.finished_at.is_(None))),
        *(f"checkout {row.state}" for row in _rows(reading, checkout, checkout.c.state == "closing")),
    ]


def differences(reading: Reading, account: Account, refused: tuple[str, ...] = ()) -> list[str]:
    """Nothing, where each thing was done once; ``refused`` are kinds that Stripe had reason to refuse."""
    return [
        *_made(reading, account),
        *_money(reading, account),
        *_refunds(reading, account),
        *_odd(reading, refused),
    ]


def _made(reading: Reading, account: Account) -> Iterator[str]:
    """Whatever an operation made is there once, and nothing that none made."""
    here: Counter[tuple[str, str]] = Counter()
    for row in _rows(reading, outbox, outbox.c.state == "done"):
        if row.path in _MADE:
            here[row.path, row.result_id] += 1
    there = Counter(
        (path, one["id"])
        for path, (name, is_ours) in _MADE.items()
        for one in account.collections[name]
        if is_ours(one)
    )
    if there != here:
        yield f"only at Stripe {sorted(there - here)}, only here {sorted(here - there)}"


def _money(reading: Reading, account: Account) -> Iterator[str]:
    there = Counter(
        (one["payment_intent"], one["amount"]) for one in account.charges if one["status"] == "succeeded"
    )
    here = Counter((row.stripe_id, row.amount) for row in _by_stripe(reading, "payment"))
    if there != here:
        yield f"payments: only at Stripe {there - here}, only in the books {here - there}"


def _refunds(reading: Reading, account: Account) -> Iterator[str]:
    there = Counter((one["id"], -one["amount"]) for one in account.refunds if one["status"] in _EFFECTIVE)
    here = Counter(
        (row.stripe_id, row.amount) for row in _by_stripe(reading, "refund") if row.status in _EFFECTIVE
    )
    if there != here:
        yield f"refunds: only at Stripe {there - here}, only in the books {here - there}"


def _odd(reading: Reading, refused: tuple[str, ...]) -> Iterator[str]:
    yield from under_way(reading)
    for row in _rows(reading, outbox, outbox.c.state == "failed", outbox.c.kind.not_in(refused)):
        yield f"{row.kind} failed: {row.trouble}"
    for row in _rows(reading, quarantine, quarantine.c.solved_at.is_(None)):
        yield f"set aside: {row.object_id} {row.trouble}"


def _by_stripe(reading: Reading, kind: str) -> list[Any]:
    statement = (
        sa.select(stripe_transaction.c.stripe_id, money_transaction.c.amount, money_transaction.c.status)
        .join(money_transaction, money_transaction.c.id == stripe_transaction.c.transaction_id)
        .where(money_transaction.c.kind == kind)
    )
    return list(reading.connection.execute(statement))


def _rows(reading: Reading, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> list[Any]:
    statement = sa.select(table).where(*conditions).order_by(*table.primary_key.columns)
    return list(reading.connection.execute(statement))
