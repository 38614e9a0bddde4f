"""Keeps a package that is sold online the same at Stripe: product, price and Payment Link (P5, Y1, Y4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.models.package import package, package_version
from frontdesk.models.sync import online_price, online_product, outbox
from frontdesk.services.changes import Topic
from frontdesk.services.stripe import catalogue_steps as steps
from frontdesk.services.stripe.apply import apply_object
from frontdesk.services.stripe.catalogue_finding import bears, find_changed, find_created
from frontdesk.services.stripe.catalogue_shelf import is_connected, link_words, read_shelf
from frontdesk.services.stripe.drift import PRODUCT_FIELDS, product_fields
from frontdesk.services.stripe.mirror import mirrored
from frontdesk.services.stripe.outbox import NewOp, Op, OpKind, enqueue, finish, op_of
from frontdesk.services.stripe.wire import Body
from frontdesk.services.unit_of_work import Reading, UnitOfWork

_LOCK = sa.select(package.c.id).where(package.c.id == sa.bindparam("package_id")).with_for_update()
_FOLLOWED = (
    sa.select(package.c.id)
    .join(
        package_version,
        sa.and_(package_version.c.package_id == package.c.id, package_version.c.number == package.c.version),
    )
    .outerjoin(online_product, online_product.c.package_id == package.c.id)
    .where(
        sa.or_(
            online_product.c.package_id.is_not(None),
            sa.and_(package.c.status == "published", package_version.c.online),
        )
    )
    .order_by(package.c.id)
)
_OPEN = (
    sa.select(outbox)
    .where(
        outbox.c.package_id == sa.bindparam("package_id"),
        outbox.c.kind.in_(steps.STEPS),
        outbox.c.finished_at.is_(None),
    )
    .order_by(outbox.c.id)
)
#: Whoever holds the row is sending it or writing down its end, and follows the package after that.
_UNSENT = (
    sa.select(outbox.c.id)
    .where(
        outbox.c.id == sa.bindparam("outbox_id"), outbox.c.state == "new", outbox.c.first_sent_at.is_(None)
    )
    .with_for_update(skip_locked=True)
)
_IN_OUTBOX = sa.select(outbox.c.id).where(outbox.c.package_id == sa.bindparam("package_id")).limit(1)
_NEWEST = (
    sa.select(package_version)
    .join(
        package,
        sa.and_(package.c.id == package_version.c.package_id, package.c.version == package_version.c.number),
    )
    .where(package.c.id == sa.bindparam("package_id"))
)
_PRODUCT = sa.select(online_product).where(online_product.c.package_id == sa.bindparam("package_id"))
_CHANGE_PRODUCT = sa.update(online_product).where(online_product.c.package_id == sa.bindparam("changed_id"))
_CHANGE_BY_PRICE = sa.update(online_price).where(online_price.c.price_id == sa.bindparam("changed_id"))
_CHANGE_BY_LINK = sa.update(online_price).where(online_price.c.link_id == sa.bindparam("changed_id"))
_FORGET_PRICES = sa.delete(online_price).where(
    online_price.c.package_version_id.in_(
        sa.select(package_version.c.id).where(package_version.c.package_id == sa.bindparam("package_id"))
    )
)
_FORGET_PRODUCT = sa.delete(online_product).where(online_product.c.package_id == sa.bindparam("package_id"))


# --- Following -------------------------------------------------------------------------------------


def follow(work: UnitOfWork, package_id: int) -> None:
    """Put the next step of a package into the outbox, if Stripe does not have all of it yet.

    Each step that Stripe confirms is followed by the next, so that it ends where the package is by then,
    however often it was edited meanwhile. What was not sent yet gives way to what is wanted now. While the
    studio is not connected nothing is put there: ``follow_all`` catches up.

    Raises:
        NotFound: package.unknown.
    """
    if not is_connected(work):
        return
    work.connection.execute(_LOCK, {"package_id": package_id}).all()
    wanted = _next(work, package_id)
    for row in work.connection.execute(_OPEN, {"package_id": package_id}).all():
        op = op_of(row)
        if (wanted is not None and _asks(op, wanted)) or not _is_unsent(work, op):
            return
        finish(work, op, "cancelled")
    if wanted is not None:
        enqueue(work, wanted)
        work.changed(Topic.PACKAGES, package_id)


def follow_all(work: UnitOfWork) -> None:
    """Catch up with every package, after the studio was connected or what all of them depend on changed."""
    for package_id in work.connection.execute(_FOLLOWED).scalars().all():
        follow(work, package_id)


def try_again(work: UnitOfWork, package_id: int) -> None:
    """A person asks for what Stripe refused once more, under a key of its own.

    Raises:
        NotFound: package.unknown.
    """
    follow(work, package_id)


def is_known(reading: Reading, package_id: int) -> bool:
    """Whether Stripe has heard of a package, or may have."""
    asked = {"package_id": package_id}
    there = reading.connection.execute(_PRODUCT, asked).first()
    return there is not None or reading.connection.execute(_IN_OUTBOX, asked).first() is not None


def _next(work: UnitOfWork, package_id: int) -> NewOp | None:
    shelf = read_shelf(work, package_id)
    offer = shelf.offer
    if offer and any(one.version_id == offer.version_id and not one.fits(offer) for one in shelf.prices):
        _make_version(work, package_id)
        shelf = read_shelf(work, package_id)
    return steps.next_step(shelf, link_words(work))


def _make_version(work: UnitOfWork, package_id: int) -> None:
    """A version has one price, and the same terms cost another since the studio's currency or tax changed."""
    row = work.connection.execute(_NEWEST, {"package_id": package_id}).mappings().one()
    number = row["number"] + 1
    made = {name: value for name, value in row.items() if name != "id"}
    saved = {"number": number, "saved_by": work.actor.staff_id, "saved_at": work.now}
    work.connection.execute(sa.insert(package_version), {**made, **saved})
    work.connection.execute(sa.update(package).where(package.c.id == package_id).values(version=number))


def _asks(op: Op, wanted: NewOp) -> bool:
    """Whether an operation asks for just this."""
    return (
        op.kind == wanted.kind
        and op.call.path == wanted.path
        and _plain(op.call.params) == _plain(wanted.params)
    )


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters without the operation's own id."""
    metadata = {name: value for name, value in params.get("metadata", {}).items() if name != "op_id"}
    return {**params, "metadata": metadata}


def _is_unsent(work: UnitOfWork, op: Op) -> bool:
    return work.connection.execute(_UNSENT, {"outbox_id": op.id}).first() is not None


# --- What Stripe answered --------------------------------------------------------------------------


def _product_created(work: UnitOfWork, op: Op, body: Body) -> None:
    row = {"product_id": body["id"], "known": product_fields(body), "drift": None}
    work.connection.execute(_FORGET_PRODUCT, {"package_id": op.package_id})
    work.connection.execute(sa.insert(online_product), {"package_id": op.package_id, **row})


def _product_changed(work: UnitOfWork, op: Op, _body: Body) -> None:
    row = work.connection.execute(_PRODUCT, {"package_id": op.package_id}).first()
    if row is not None:
        # As it was asked for: should Stripe write it another way, asking again would never end.
        asked = {field: op.call.params[field] for field in PRODUCT_FIELDS if field in op.call.params}
        work.connection.execute(
            _CHANGE_PRODUCT, {"changed_id": op.package_id, "known": {**row.known, **asked}}
        )


def _price_created(work: UnitOfWork, op: Op, body: Body) -> None:
    version_id = int(op.call.params["metadata"]["version_id"])
    row = {"package_version_id": version_id, "price_id": body["id"], "price_active": True}
    work.connection.execute(sa.insert(online_price), row)


def _price_changed(work: UnitOfWork, op: Op, body: Body) -> None:
    work.connection.execute(
        _CHANGE_BY_PRICE, {"changed_id": body["id"], "price_active": op.call.params["active"]}
    )


def _link_created(work: UnitOfWork, op: Op, body: Body) -> None:
    price_id = op.call.params["line_items"][0]["price"]
    link = {"link_id": body["id"], "link_url": body["url"], "link_active": True}
    work.connection.execute(_CHANGE_BY_PRICE, {"changed_id": price_id, **link})


def _link_changed(work: UnitOfWork, op: Op, body: Body) -> None:
    changed: dict[str, Any] = {"link_active": op.call.params["active"]}
    named = op.call.params["metadata"].get("version_id")
    if named is not None:
        changed["package_version_id"] = int(named)
    work.connection.execute(_CHANGE_BY_LINK, {"changed_id": body["id"], **changed})


_RECORD: Final = {
    steps.CREATE_PRODUCT: _product_created,
    steps.CHANGE_PRODUCT: _product_changed,
    steps.CREATE_PRICE: _price_created,
    steps.CHANGE_PRICE: _price_changed,
    steps.CREATE_LINK: _link_created,
    steps.CHANGE_LINK: _link_changed,
}


def _done(work: UnitOfWork, op: Op, body: Body) -> None:
    assert op.package_id is not None
    work.connection.execute(_LOCK, {"package_id": op.package_id}).all()
    _RECORD[op.kind](work, op, body)
    work.changed(Topic.PACKAGES, op.package_id)
    _see(work, op, body)
    follow(work, op.package_id)


def _see(work: UnitOfWork, op: Op, body: Body) -> None:
    """Keep the object as it is. An answer that Stripe repeats is of before what the pull has seen since."""
    seen = mirrored(work, body["id"])
    newest = seen if seen is not None and bears(seen, op.op_id) else body
    apply_object(work, newest, op.answered_at if newest is body else None)


def _failed(work: UnitOfWork, op: Op, params: Mapping[str, Any]) -> None:
    """Shown with the package until somebody tries again or changes it."""
    assert op.package_id is not None
    work.changed(Topic.PACKAGES, op.package_id)
    if params.get("stripe_code") == "resource_missing":
        # It was deleted at Stripe: what hung on it is gone with it, and is made anew.
        work.connection.execute(_FORGET_PRICES, {"package_id": op.package_id})
        work.connection.execute(_FORGET_PRODUCT, {"package_id": op.package_id})
        follow(work, op.package_id)


KINDS: tuple[OpKind, ...] = tuple(
    OpKind(name, _done, _failed, find_created if "create" in name else find_changed) for name in steps.STEPS
)
