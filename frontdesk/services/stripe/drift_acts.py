"""What a person decides about changes made in Stripe's dashboard: take Stripe's, or keep ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models.money import WHOLE_MILLI_PERCENT, Money, share_half_up
from frontdesk.models.package import package
from frontdesk.models.sync import online_price, online_product
from frontdesk.services.drafts.packages import PackageDraft
from frontdesk.services.packages import package_draft, publish_package, save_package
from frontdesk.services.settings_lock import lock_settings
from frontdesk.services.stripe.catalogue import follow
from frontdesk.services.stripe.catalogue_shelf import read_shelf, to_pay
from frontdesk.services.stripe.catalogue_steps import Shelf
from frontdesk.services.stripe.drift import LINK, PRICE, PRODUCT_FIELDS, drifted, forget_drift
from frontdesk.services.stripe.online_state import cost
from frontdesk.services.unit_of_work import Reading, UnitOfWork

_KNOWN = sa.select(online_product.c.known).where(online_product.c.package_id == sa.bindparam("package_id"))
_SET_KNOWN = sa.update(online_product).where(online_product.c.package_id == sa.bindparam("known_of"))
_SET_PRICE = sa.update(online_price).where(online_price.c.price_id == sa.bindparam("changed_id"))
_SET_LINK = sa.update(online_price).where(online_price.c.link_id == sa.bindparam("changed_id"))
_STATE = sa.select(package.c.status, package.c.version).where(package.c.id == sa.bindparam("package_id"))
#: Of a package that is sold online: any of these set to inactive means that nobody can buy it there.
_ON_SALE: Final = ("active", PRICE, LINK)


def keep_ours(work: UnitOfWork, package_id: int) -> None:
    """Set everything at Stripe again as the package says (Y1).

    Raises:
        NotFound: package.unknown.
    """
    lock_settings(work)
    _believe(work, package_id, drifted(work, package_id))
    forget_drift(work, package_id)
    follow(work, package_id)


def take_theirs(work: UnitOfWork, package_id: int) -> None:
    """Change the package to what Stripe says: a new version with its name, description or price (P4).

    What was closed there is sold at the desk alone from now on, and what was opened there is put on sale. A
    link of earlier terms stays as it is.

    Raises:
        NotFound: package.unknown.
        InvalidDraft: what is wrong with their name, description or price.
        Refused: catalogue.price_not_ours.
    """
    lock_settings(work)
    shelf = read_shelf(work, package_id)
    theirs = _of_now(shelf, drifted(work, package_id))
    draft = _as_there(work, shelf, package_draft(work, package_id), theirs)
    state = work.connection.execute(_STATE, {"package_id": package_id}).one()
    _believe(work, package_id, theirs)
    forget_drift(work, package_id)
    save_package(work, package_id, draft, state.version)
    if draft.online and state.status != "published" and _opened(theirs):
        publish_package(work, package_id)
    follow(work, package_id)


def _of_now(shelf: Shelf, theirs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without what concerns the links of earlier terms."""
    sold = shelf.shown
    mine = set() if sold is None else {PRICE + sold.price_id, f"{LINK}{sold.link_id}"}
    return {name: value for name, value in theirs.items() if ":" not in name or name in mine}


def _as_there(reading: Reading, shelf: Shelf, draft: PackageDraft, theirs: Mapping[str, Any]) -> PackageDraft:
    changed: dict[str, Any] = {name: theirs[name] for name in ("name", "description") if name in theirs}
    if "default_price" in theirs:
        changed["price"] = _their_price(reading, draft, shelf, theirs["default_price"])
    if _closed(theirs):
        changed["online"] = False
    elif _opened(theirs):
        changed["online"] = True
    return replace(draft, **changed)


def _closed(theirs: Mapping[str, Any]) -> bool:
    return any(value is False for name, value in theirs.items() if name.startswith(_ON_SALE))


def _opened(theirs: Mapping[str, Any]) -> bool:
    return any(value is True for name, value in theirs.items() if name.startswith(_ON_SALE))


def _their_price(reading: Reading, draft: PackageDraft, shelf: Shelf, price_id: str) -> Money:
    """The price before tax where that comes on top, of which Stripe's is the whole."""
    found = cost(reading, price_id)
    if isinstance(found, Money) and found.currency == reading.studio.currency:
        rate = 0 if reading.studio.prices_include_tax else draft.tax_milli_percent
        amount = share_half_up(found.amount, WHOLE_MILLI_PERCENT, WHOLE_MILLI_PERCENT + rate)
        if to_pay(reading, amount, draft.tax_milli_percent) == found.amount:
            return Money(amount, found.currency)
    raise Refused("catalogue.price_not_ours", name=draft.name)


def _believe(work: UnitOfWork, package_id: int, theirs: Mapping[str, Any]) -> None:
    """From now on Stripe is known to have what it has; what is wanted otherwise follows by itself."""
    known = work.connection.execute(_KNOWN, {"package_id": package_id}).scalar()
    if known is None:
        return
    there = {field: theirs[field] for field in PRODUCT_FIELDS if field in theirs}
    work.connection.execute(_SET_KNOWN, {"known_of": package_id, "known": {**known, **there}})
    for name, active in theirs.items():
        kind, _, object_id = name.partition(":")
        if kind + ":" == PRICE:
            work.connection.execute(_SET_PRICE, {"changed_id": object_id, "price_active": active})
        elif kind + ":" == LINK:
            work.connection.execute(_SET_LINK, {"changed_id": object_id, "link_active": active})
