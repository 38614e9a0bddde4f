"""Says where a package stands at Stripe, for its editor (P5, Y1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import FrontdeskError
from frontdesk.models.money import Money
from frontdesk.models.package import package, package_version
from frontdesk.models.sync import outbox
from frontdesk.services.stripe import catalogue_steps as steps
from frontdesk.services.stripe.amounts import from_stripe
from frontdesk.services.stripe.catalogue_shelf import is_connected, link_words, read_shelf
from frontdesk.services.stripe.drift import LINK, PRICE, drifted
from frontdesk.services.stripe.mirror import mirrored
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.online_packages import Drift, OnlineState

_LAST = (
    sa.select(outbox)
    .where(outbox.c.package_id == sa.bindparam("package_id"), outbox.c.kind.in_(steps.STEPS))
    .order_by(outbox.c.id.desc())
    .limit(1)
)

_DRAFT = (
    sa.select(package.c.id)
    .join(
        package_version,
        sa.and_(package_version.c.package_id == package.c.id, package_version.c.number == package.c.version),
    )
    .where(
        package.c.id == sa.bindparam("package_id"),
        package.c.status == "draft",
        package_version.c.online.is_(True),
    )
)


def online_state(reading: Reading, package_id: int) -> OnlineState:
    """Where a package stands at Stripe.

    Raises:
        NotFound: package.unknown.
    """
    shelf = read_shelf(reading, package_id)
    drift = tuple(_drift(reading, shelf))
    links = any(one.link_active for one in shelf.prices)
    found: dict[str, Any] = {"drift": drift, "has_link": links}
    if shelf.problem is not None:
        return OnlineState("failed", trouble=shelf.problem.code, trouble_params=shelf.problem.params, **found)
    lacking = steps.next_step(shelf, link_words(reading))
    if lacking is None:
        sold = shelf.current
        if sold is None:
            return OnlineState("off", is_draft=_is_draft(reading, package_id), **found)
        closed = any(one.theirs is False for one in drift)
        return OnlineState("on_sale", url="" if closed else sold.link_url, **found)
    if not is_connected(reading):
        return OnlineState("not_connected", step=lacking.kind, **found)
    return _under_way(reading, package_id, lacking.kind, found)


def _is_draft(reading: Reading, package_id: int) -> bool:
    return reading.connection.execute(_DRAFT, {"package_id": package_id}).first() is not None


def _under_way(reading: Reading, package_id: int, lacking: str, found: Mapping[str, Any]) -> OnlineState:
    last = reading.connection.execute(_LAST, {"package_id": package_id}).first()
    if last is None:
        return OnlineState("waiting", step=lacking, **found)
    trouble = last.trouble or {}
    told = {"trouble": trouble.get("code", ""), "trouble_params": trouble.get("params", {})}
    if last.state in ("failed", "cancelled"):
        return OnlineState("failed", step=last.kind, since=last.finished_at, **told, **found)
    checking = last.state == "unknown"
    return OnlineState("waiting", step=last.kind, since=last.created_at, checking=checking, **told, **found)


def _drift(reading: Reading, shelf: steps.Shelf) -> Iterator[Drift]:
    """What was changed there, as far as it still matters."""
    theirs = drifted(reading, shelf.package_id)
    product = shelf.product
    if product is None or not theirs:
        return
    for name in ("name", "description"):
        if name in theirs:
            yield Drift(name, getattr(product, name), theirs[name])
    if "default_price" in theirs:
        ours, other = cost(reading, product.default_price), cost(reading, theirs["default_price"])
        yield Drift("default_price", ours, other)
    if "active" in theirs:
        yield Drift("product", product.active, theirs["active"])
    # An archived product takes its price and links with it.
    links_matter = theirs.get("active") is not False
    for one in shelf.prices if links_matter else ():
        yield from _drift_of(one, theirs, one is shelf.shown)


def _drift_of(one: steps.Sold, theirs: Mapping[str, Any], shown: bool) -> Iterator[Drift]:
    price, link = PRICE + one.price_id, f"{LINK}{one.link_id}"
    if shown and price in theirs:
        yield Drift("price", one.price_active, theirs[price])
    if link in theirs:
        yield Drift("link" if shown else "old_link", one.link_active, theirs[link])


def cost(reading: Reading, price_id: str) -> Money | str:
    """What a price at Stripe costs, where it was seen; else its id, empty for none."""
    seen = mirrored(reading, price_id) if price_id else None
    if seen is None or seen.get("unit_amount") is None or seen.get("type") != "one_time":
        return price_id
    try:
        return Money(from_stripe(seen["unit_amount"], seen["currency"]), seen["currency"].upper())
    except FrontdeskError:
        return price_id
