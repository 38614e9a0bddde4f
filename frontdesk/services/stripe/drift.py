"""Notices what somebody changed in Stripe's dashboard, which is shown and never undone by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.models.package import package_version
from frontdesk.models.sync import online_price, online_product, outbox
from frontdesk.services.changes import Topic
from frontdesk.services.stripe.mirror import id_of
from frontdesk.services.stripe.wire import Body
from frontdesk.services.unit_of_work import Reading, UnitOfWork

#: What this program sets of a product.
PRODUCT_FIELDS: Final = ("active", "name", "description", "default_price")
#: Before the id of a price or link in the names of what drifted; a product's own fields have none.
PRICE, LINK = "price:", "link:"

_BY_PRODUCT = sa.select(online_product).where(online_product.c.product_id == sa.bindparam("object_id"))
_BY_PACKAGE = sa.select(online_product).where(online_product.c.package_id == sa.bindparam("package_id"))
_PRICES = sa.select(online_price, package_version.c.package_id).join(
    package_version, package_version.c.id == online_price.c.package_version_id
)
_BY_PRICE = _PRICES.where(online_price.c.price_id == sa.bindparam("object_id"))
_BY_LINK = _PRICES.where(online_price.c.link_id == sa.bindparam("object_id"))
_LAST_CHANGE = (
    sa.select(outbox.c.op_id)
    .where(
        outbox.c.package_id == sa.bindparam("package_id"),
        outbox.c.result_id == sa.bindparam("object_id"),
        outbox.c.state == "done",
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_NOTE = sa.update(online_product).where(online_product.c.package_id == sa.bindparam("drifted"))


def product_fields(body: Body) -> dict[str, Any]:
    """What this program sets of a product, as Stripe has it."""
    return {
        "active": body["active"],
        "name": body["name"],
        "description": body.get("description") or "",
        "default_price": id_of(body.get("default_price")),
    }


def apply_product(work: UnitOfWork, body: Body) -> None:
    """Compare a product as Stripe has it with what was set; twice or late changes nothing."""
    row = work.connection.execute(_BY_PRODUCT, {"object_id": body["id"]}).first()
    if row is None or body.get("deleted") or not _is_of_now(work, row.package_id, body):
        return
    theirs = product_fields(body)
    _note(
        work,
        row.package_id,
        {field: None if _same(row.known.get(field), value) else value for field, value in theirs.items()},
    )


def apply_price(work: UnitOfWork, body: Body) -> None:
    """Compare whether a price is active; all else of it cannot change."""
    row = work.connection.execute(_BY_PRICE, {"object_id": body["id"]}).first()
    if row is not None and _is_of_now(work, row.package_id, body):
        differs = row.price_active and not body["active"]
        _note(work, row.package_id, {PRICE + row.price_id: body["active"] if differs else None})


def apply_payment_link(work: UnitOfWork, body: Body) -> None:
    """Compare whether a Payment Link is open."""
    row = work.connection.execute(_BY_LINK, {"object_id": body["id"]}).first()
    if row is not None and _is_of_now(work, row.package_id, body):
        differs = row.link_active != body["active"]
        _note(work, row.package_id, {LINK + row.link_id: body["active"] if differs else None})


def drifted(reading: Reading, package_id: int) -> Mapping[str, Any]:
    """What somebody changed, by name, with Stripe's value."""
    row = reading.connection.execute(_BY_PACKAGE, {"package_id": package_id}).first()
    return {} if row is None or row.drift is None else row.drift


def forget_drift(work: UnitOfWork, package_id: int) -> None:
    """It is decided."""
    work.connection.execute(_NOTE, {"drifted": package_id, "drift": None})
    work.changed(Topic.PACKAGES, package_id)


def _is_of_now(work: UnitOfWork, package_id: int, body: Body) -> bool:
    """Whether the object shows our last change of it.

    Each change stamps its id on the object. Another stamp is that of an older state, which was fetched
    before our change, or of a change of which the answer is still to come: then nobody else has changed it.
    """
    stamp = (body.get("metadata") or {}).get("op_id")
    if stamp is None:
        return True
    asked = {"package_id": package_id, "object_id": body["id"]}
    last = work.connection.execute(_LAST_CHANGE, asked).scalar()
    return last is None or last == stamp


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, str) and isinstance(theirs, str):
        # Stripe may set blanks its own way; that is nobody's change.
        return ours.split() == theirs.split()
    return bool(ours == theirs)


def _note(work: UnitOfWork, package_id: int, found: Mapping[str, Any]) -> None:
    before = drifted(work, package_id)
    after = {**before, **found}
    kept = {name: value for name, value in after.items() if value is not None}
    if kept != before:
        work.connection.execute(_NOTE, {"drifted": package_id, "drift": kept or None})
        work.changed(Topic.PACKAGES, package_id)
