"""The mirror: the newest state of each of Stripe's objects, without what can identify a person (Y3, A7)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from frontdesk.models.base import EPOCH, from_micros
from frontdesk.models.sync import stripe_object, sync_state
from frontdesk.services.stripe.wire import Body
from frontdesk.services.unit_of_work import Reading, UnitOfWork

#: How far along a status is. An answer that was stored at Stripe long ago, and one of the same second, take
#: nothing back of what is known already.
_FURTHER: Final = {
    1: (
        "unpaid",
        "pending",
        "processing",
        "in_transit",
        "under_review",
        "warning_under_review",
        "requires_capture",
    ),
    2: ("complete", "succeeded", "paid", "available"),
    3: ("failed", "canceled", "expired", "won", "lost", "warning_closed", "prevented"),
}
#: What tells who somebody is, or lets somebody pay: it is read where it is needed, and never kept (A7).
_NOT_KEPT: Final = frozenset(
    (
        "billing_details", "client_secret", "collected_information", "custom_fields", "customer_details",
        "customer_email", "destination_details", "evidence", "instructions_email", "owner",
        "payment_method_details", "receipt_email", "shipping", "shipping_details",
    )
)  # fmt: skip
_NOT_KEPT_OF: Final = {
    "customer": frozenset(
        (
            "address", "business_name", "description", "email", "individual_name", "invoice_settings", "name",
            "phone", "sources", "tax_ids",
        )
    ),
    "account": frozenset(
        ("business_profile", "company", "email", "external_accounts", "individual", "settings")
    ),
    "payment_method": frozenset(
        ("boleto", "card", "cashapp", "link", "paypal", "pix", "sepa_debit", "us_bank_account")
    ),
}  # fmt: skip
_LEFT_OUT: Final = {kind: _NOT_KEPT | names for kind, names in _NOT_KEPT_OF.items()}
#: What may stand in place of its id, and is an object of its own here.
KEPT_APART: Final = ("payment_intent", "latest_charge", "charge", "balance_transaction")
#: What of a card is kept, for people to tell one payment from another.
_OF_CARD: Final = ("brand", "last4")
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
#: For half a character, which no database takes: Stripe repeats whatever somebody has sent it.
_ESCAPER: Final = json.JSONEncoder(separators=(",", ":"))

_o = stripe_object.c
_BODY = sa.select(_o.body).where(_o.id == sa.bindparam("object_id"))
_OF_INTENT = (
    sa.select(_o.body)
    .where(
        _o.payment_intent == sa.bindparam("intent"),
        _o.payment_intent != "",
        _o.kind == sa.bindparam("of_kind"),
    )
    .order_by(_o.created, _o.id)
)
_HIGH_WATER = sa.select(sync_state.c.high_water).where(sync_state.c.id == 1)


def _rank(status: str) -> str:
    steps = (
        f"WHEN {status} IN ({', '.join(map(repr, words))}) THEN {rank}" for rank, words in _FURTHER.items()
    )
    return f"CASE {' '.join(steps)} ELSE 0 END"


_FURTHER_ALONG: Final = f"{_rank('excluded.status')} >= {_rank('stripe_object.status')}"
_NEWER: Final = (
    "excluded.fetched_at > stripe_object.fetched_at"
    f" OR excluded.fetched_at = stripe_object.fetched_at AND {_FURTHER_ALONG}"
)


def _upsert(insert: Any, newer: str) -> Any:
    """INSERT … ON CONFLICT for one dialect."""
    adding = insert(stripe_object)
    kept = {"status": "excluded.status", "source": "excluded.source", "body": "excluded.body"}
    for name in ("payment_intent", "payout"):
        kept[name] = f"COALESCE(NULLIF(excluded.{name}, ''), stripe_object.{name})"
    kept["fetched_at"] = (
        "CASE WHEN excluded.fetched_at > stripe_object.fetched_at"
        " THEN excluded.fetched_at ELSE stripe_object.fetched_at END"
    )
    return adding.on_conflict_do_update(
        index_elements=["id"],
        set_={name: sa.text(expression) for name, expression in kept.items()},
        where=sa.text(newer),
    ).execution_options(preserve_rowcount=True)


_UPSERTS: Final = {
    (name, dated): _upsert(module.insert, newer)
    for name, module in (("sqlite", sqlite), ("postgresql", postgresql))
    for dated, newer in ((True, _NEWER), (False, _FURTHER_ALONG))
}


def store(work: UnitOfWork, bodies: Sequence[Body], fetched_at: datetime | None, *, payout: str = "") -> bool:
    """Keep objects; False where there was but one, and what is known of it is newer.

    ``fetched_at`` is Stripe's time of the answer, None where nobody noted it: then only an object that is
    known to be further along stays. ``payout`` is what the listed balance transactions went to the bank with.
    """
    if not bodies:
        return False
    at = fetched_at or work.connection.execute(_HIGH_WATER).scalar() or EPOCH
    rows = [_row(body, at, payout) for body in bodies]
    statement = _UPSERTS[work.connection.dialect.name, fetched_at is not None]
    done = work.connection.execute(statement, rows if len(rows) > 1 else rows[0])
    return len(rows) > 1 or done.rowcount > 0


def mirrored(reading: Reading, object_id: str) -> Body | None:
    """An object as it was last seen; None where it never was."""
    text = reading.connection.execute(_BODY, {"object_id": object_id}).scalar()
    return None if text is None else body_of(text)


def of_intent(reading: Reading, kind: str, payment_intent: str) -> tuple[Body, ...]:
    """The objects of a kind that belong to a payment intent, as they were last seen, the oldest first."""
    asked = {"intent": payment_intent, "of_kind": kind}
    return tuple(body_of(text) for text in reading.connection.execute(_OF_INTENT, asked).scalars())


def id_of(value: Any) -> str:
    """The id of what a field refers to, whether it was expanded or not; empty where it refers to nothing."""
    if isinstance(value, dict):
        return str(value.get("id") or "")
    return str(value or "")


def expanded(body: Body, *names: str) -> Iterator[Body]:
    """What stands expanded in these fields, one in the other."""
    found: Any = body
    for name in names:
        found = found.get(name)
        if not isinstance(found, dict):
            return
        yield found


def at_stripe(seconds: int) -> datetime:
    """An instant as Stripe writes it: whole seconds since 1970."""
    return from_micros(seconds * 1_000_000)


def objects_in(page: Body) -> Iterable[Body]:
    """What a page of a list holds."""
    return (one for one in page.get("data", ()) if isinstance(one, dict))


def without_persons(body: Body) -> Body:
    """An object as it is kept; a payment or charge that stands expanded in it is only named.

    However deep it lies: a payment that was refused shows the payer's card with name and address.
    """
    left_out = _LEFT_OUT.get(body.get("object", ""), _NOT_KEPT)
    kept: Body = {}
    # A first sync comes by here with millions of values: most of them are neither dict nor list.
    for name, value in body.items():
        if name in left_out:
            continue
        if isinstance(value, dict):
            kept[name] = value.get("id") if name in KEPT_APART else without_persons(value)
        else:
            kept[name] = _each_without_persons(value) if isinstance(value, list) else value
    method = body.get("payment_method_details")
    if isinstance(method, dict):
        kind = method.get("type", "")
        card = method.get(kind) or {}
        kept["payment_method_details"] = {
            "type": kind,
            kind: {one: card[one] for one in _OF_CARD if one in card},
        }
    return kept


def _each_without_persons(values: list[Any]) -> list[Any]:
    return [
        without_persons(one)
        if isinstance(one, dict)
        else _each_without_persons(one)
        if isinstance(one, list)
        else one
        for one in values
    ]


def body_of(text: str) -> Body:
    """An object from the text that is kept of it."""
    found: Body = json.loads(text)
    return found


def _text(body: Body) -> str:
    text = _ENCODER.encode(body)
    try:
        text.encode()
    except UnicodeEncodeError:
        return _ESCAPER.encode(body)
    return text


def _row(body: Body, fetched_at: datetime, payout: str) -> dict[str, Any]:
    kind, created = body["object"], body.get("created")
    status = body.get("status")
    if status is None and "active" in body:
        status = "active" if body["active"] else "inactive"
    if status == "complete" and body.get("payment_status") == "unpaid":
        # A session whose money takes days, or never comes.
        status = "unpaid"
    if not all(isinstance(one, str) for one in (body["id"], kind, status or "")):
        raise TypeError("an object without a name or a state in words")
    return {
        "id": body["id"],
        "kind": kind,
        "created": fetched_at if created is None else at_stripe(created),
        "status": status or "",
        "payment_intent": body["id"] if kind == "payment_intent" else id_of(body.get("payment_intent")),
        "source": id_of(body.get("source")) if kind == "balance_transaction" else "",
        "payout": body["id"] if kind == "payout" else payout,
        "body": _text(without_persons(body)),
        "fetched_at": fetched_at,
    }
