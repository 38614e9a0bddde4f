"""Asks Stripe whether a product, price or link was made after all, where its key may be forgotten (Y4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from frontdesk.services.ports import PaymentGateway
from frontdesk.services.stripe.catalogue_steps import PRICES, PRODUCTS
from frontdesk.services.stripe.looking_up import made_since
from frontdesk.services.stripe.outbox import Op
from frontdesk.services.stripe.wire import Body, Declined, StripeCall

_PAGE: Final = 100
#: No studio has more; what comes after is older than anything that could be looked for.
_MOST_PAGES: Final = 50


def find_created(gateway: PaymentGateway, op: Op) -> Body | None:
    """The object that bears this operation's id, among those of its kind; None where there is none."""
    for body in _candidates(gateway, op):
        if bears(body, op.op_id):
            return body
    return None


def find_changed(gateway: PaymentGateway, op: Op) -> Body | None:
    """The object, if this was the last change of it; else the change is sent again, which does no harm."""
    try:
        body = gateway.call(StripeCall("get", op.call.path)).body
    except Declined:
        # Gone altogether: the change itself is answered with what is wrong.
        return None
    return body if bears(body, op.op_id) else None


def bears(body: Body, op_id: str) -> bool:
    """Whether an object bears the id of this operation."""
    return bool((body.get("metadata") or {}).get("op_id") == op_id)


def _candidates(gateway: PaymentGateway, op: Op) -> Iterator[Body]:
    """Among which it is; links can be told apart by nothing that Stripe filters by."""
    if op.call.path == PRODUCTS:
        return made_since(gateway, PRODUCTS, op)
    narrowed = {"lookup_keys": [op.call.params["lookup_key"]]} if op.call.path == PRICES else {}
    return _listed(gateway, op.call.path, narrowed)


def _listed(gateway: PaymentGateway, path: str, narrowed: dict[str, Any]) -> Iterator[Body]:
    params = {**narrowed, "limit": _PAGE}
    for _ in range(_MOST_PAGES):
        page = gateway.call(StripeCall("get", path, params)).body
        found: list[Body] = page["data"]
        yield from found
        if not page["has_more"] or not found:
            return
        params = {**params, "starting_after": found[-1]["id"]}
