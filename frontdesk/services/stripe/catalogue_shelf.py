"""Reads what a package is to be at Stripe and what it is there, as far as that is known."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from frontdesk.errors import NotFound, Problem
from frontdesk.messages import sentence
from frontdesk.models.money import tax_on_top
from frontdesk.models.package import package, package_version
from frontdesk.models.sync import online_price, online_product, outbox, stripe_account
from frontdesk.services.drafts.packages import GIVEN
from frontdesk.services.stripe.amounts import charge_problem, to_stripe
from frontdesk.services.stripe.catalogue_steps import (
    CHANGE_PRICE,
    CREATE_PRICE,
    LinkWords,
    Offer,
    Product,
    Shelf,
    Sold,
)
from frontdesk.services.stripe.mirror import mirrored
from frontdesk.services.unit_of_work import Reading

#: Stripe takes messages of so many characters on the pages of a link.
_MESSAGE: Final = 500

_v = package_version.c
_ACCOUNT = sa.select(stripe_account.c.disconnected_at).where(stripe_account.c.id == 1)
_NEWEST = (
    sa.select(package.c.status, package_version)
    .join(package_version, sa.and_(_v.package_id == package.c.id, _v.number == package.c.version))
    .where(package.c.id == sa.bindparam("package_id"))
)
_PRODUCT = sa.select(online_product).where(online_product.c.package_id == sa.bindparam("package_id"))
_PRICES = (
    sa.select(online_price, *(_v[name] for name in GIVEN))
    .join(package_version, _v.id == online_price.c.package_version_id)
    .where(_v.package_id == sa.bindparam("package_id"))
    .order_by(_v.id)
)
_PRICE_OPS = (
    sa.select(outbox.c.params, outbox.c.result_id)
    .where(
        outbox.c.package_id == sa.bindparam("package_id"),
        outbox.c.kind.in_((CREATE_PRICE, CHANGE_PRICE)),
        outbox.c.state == "done",
    )
    .order_by(outbox.c.id.desc())
)


def is_connected(reading: Reading) -> bool:
    """Whether the studio has an account at Stripe that it uses."""
    account = reading.connection.execute(_ACCOUNT).first()
    return account is not None and account.disconnected_at is None


def read_shelf(reading: Reading, package_id: int) -> Shelf:
    """A package's place at Stripe.

    Raises:
        NotFound: package.unknown.
    """
    asked = {"package_id": package_id}
    newest = reading.connection.execute(_NEWEST, asked).first()
    if newest is None:
        raise NotFound("package.unknown")
    product = reading.connection.execute(_PRODUCT, asked).first()
    offer, problem = _offer(reading, newest)
    return Shelf(
        package_id=package_id,
        offer=offer,
        product=None if product is None else _product(product),
        prices=tuple(_sold(reading, row) for row in reading.connection.execute(_PRICES, asked).all()),
        key_holder=_key_holder(reading, package_id),
        problem=problem,
    )


def link_words(reading: Reading) -> LinkWords:
    """What buyers read on the pages of a Payment Link."""
    studio = {"studio": reading.studio.name}
    return LinkWords(
        thanks=sentence("catalogue.thanks", studio)[:_MESSAGE],
        replaced=sentence("catalogue.link_replaced", studio)[:_MESSAGE],
        gone=sentence("catalogue.link_gone", studio)[:_MESSAGE],
    )


def to_pay(reading: Reading, price: int, tax_milli_percent: int) -> int:
    """What a buyer pays for one, tax and all, in minor units (S2)."""
    if reading.studio.prices_include_tax:
        return price
    return price + tax_on_top(price, tax_milli_percent)


def _offer(reading: Reading, newest: sa.Row[Any]) -> tuple[Offer | None, Problem | None]:
    if newest.status != "published" or not newest.online:
        return None, None
    code = reading.studio.currency
    amount = to_pay(reading, newest.price, newest.tax_milli_percent)
    problem = charge_problem(amount, code, "price")
    if problem is not None:
        return None, problem
    offer = Offer(
        version_id=newest.id,
        name=newest.name,
        description=newest.description,
        amount=to_stripe(amount, code),
        currency=code.lower(),
        credits=newest.credits,
        bonus=newest.bonus,
        terms=_given(newest),
    )
    return offer, None


def _given(row: sa.Row[Any]) -> tuple[Any, ...]:
    eligible = None if row.eligible is None else tuple(row.eligible)
    return (*(getattr(row, name) for name in GIVEN if name != "eligible"), eligible)


def _product(row: sa.Row[Any]) -> Product:
    known = row.known
    return Product(
        product_id=row.product_id,
        active=known.get("active", True),
        name=known.get("name", ""),
        description=known.get("description", ""),
        default_price=known.get("default_price", ""),
    )


def _sold(reading: Reading, row: sa.Row[Any]) -> Sold:
    seen = mirrored(reading, row.price_id) or {}
    return Sold(
        version_id=row.package_version_id,
        price_id=row.price_id,
        price_active=row.price_active,
        link_id=row.link_id,
        link_url=row.link_url,
        link_active=row.link_active,
        terms=_given(row),
        amount=seen.get("unit_amount"),
        currency=seen.get("currency"),
    )


def _key_holder(reading: Reading, package_id: int) -> str:
    """The price that was given the lookup key last. Stripe's own word may be of before it moved on."""
    done = reading.connection.execute(_PRICE_OPS, {"package_id": package_id})
    return next((row.result_id for row in done if "lookup_key" in row.params), "")
