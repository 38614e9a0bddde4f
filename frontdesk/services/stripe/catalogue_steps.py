"""What a package still lacks at Stripe: the next step, from what is wanted and what is there (Y1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from frontdesk.errors import Problem
from frontdesk.services.stripe.outbox import NewOp

CREATE_PRODUCT: Final = "catalogue.create_product"
CHANGE_PRODUCT: Final = "catalogue.change_product"
CREATE_PRICE: Final = "catalogue.create_price"
CHANGE_PRICE: Final = "catalogue.change_price"
CREATE_LINK: Final = "catalogue.create_link"
CHANGE_LINK: Final = "catalogue.change_link"
STEPS: Final = (CREATE_PRODUCT, CHANGE_PRODUCT, CREATE_PRICE, CHANGE_PRICE, CREATE_LINK, CHANGE_LINK)

PRODUCTS: Final = "/v1/products"
PRICES: Final = "/v1/prices"
LINKS: Final = "/v1/payment_links"


@dataclass(frozen=True, slots=True)
class Offer:
    """What is to be sold: ``amount`` is Stripe's integer, ``terms`` is what a buyer gets for it."""

    version_id: int
    name: str
    description: str
    amount: int
    currency: str
    credits: int
    bonus: int
    terms: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Sold:
    """A price at Stripe and its Payment Link; ``amount`` and ``currency`` are None where nobody saw them."""

    version_id: int
    price_id: str
    price_active: bool
    link_id: str | None
    link_url: str
    link_active: bool
    terms: tuple[Any, ...]
    amount: int | None = None
    currency: str | None = None

    def fits(self, offer: Offer) -> bool:
        """Whether it sells just this: another name alone needs neither a new price nor a new link."""
        return (
            self.terms == offer.terms
            and self.amount in (None, offer.amount)
            and self.currency in (None, offer.currency)
        )


@dataclass(frozen=True, slots=True)
class Product:
    """A product as Stripe has it."""

    product_id: str
    active: bool
    name: str
    description: str
    default_price: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A package's place at Stripe. Without an ``offer`` nothing of it is to be sold there.

    ``key_holder`` is the price that bears the package's lookup key, as far as that is known; ``problem`` is
    why Stripe cannot charge what the package costs.
    """

    package_id: int
    offer: Offer | None
    product: Product | None
    prices: tuple[Sold, ...] = ()
    key_holder: str = ""
    problem: Problem | None = None

    @property
    def current(self) -> Sold | None:
        """The price that sells the offer: the one that names this version, else one that is on sale."""
        if self.offer is None:
            return None
        offer = self.offer
        fitting = [one for one in self.prices if one.fits(offer)]
        return max(
            fitting,
            key=lambda one: (one.version_id == offer.version_id, one.link_active, one.version_id),
            default=None,
        )

    @property
    def shown(self) -> Sold | None:
        """The price that sells the offer, or that sold the last one."""
        return self.current or next((one for one in reversed(self.prices) if one.link_id), None)


@dataclass(frozen=True, slots=True)
class LinkWords:
    """What the pages of a Payment Link say: after paying, and on a link that is closed."""

    thanks: str
    replaced: str
    gone: str


def lookup_key(package_id: int) -> str:
    """By which a studio's own site finds the price that a package has now."""
    return f"frontdesk:{package_id}"


def next_step(shelf: Shelf, words: LinkWords) -> NewOp | None:
    """What Stripe has to do next; None where it has all of it.

    Only one step at a time is under way for a package, so that their order holds by itself: the default
    price moves before the old one is archived, which Stripe would refuse, and links close before their
    product is archived, which would close them without a word.
    """
    if shelf.offer is None:
        return _taking_off(shelf, words)
    return _bringing_on(shelf, shelf.offer, words)


def _taking_off(shelf: Shelf, words: LinkWords) -> NewOp | None:
    if shelf.product is None:
        return None
    for one in shelf.prices:
        if one.link_active:
            return _close_link(shelf, one, words.gone)
    if shelf.product.active:
        return _change_product(shelf, shelf.product, active=False)
    return None


def _bringing_on(shelf: Shelf, offer: Offer, words: LinkWords) -> NewOp | None:
    product = shelf.product
    if product is None:
        return _create_product(shelf, offer)
    wanted = {"name": offer.name, "description": offer.description, "active": True}
    changed = {field: value for field, value in wanted.items() if getattr(product, field) != value}
    if changed:
        return _change_product(shelf, product, **changed)
    sold = shelf.current
    if sold is None:
        return _create_price(shelf, product, offer)
    if not sold.price_active or shelf.key_holder not in ("", sold.price_id):
        key = {"lookup_key": lookup_key(shelf.package_id), "transfer_lookup_key": True}
        return _change_price(shelf, sold, active=True, **key)
    if product.default_price != sold.price_id:
        return _change_product(shelf, product, default_price=sold.price_id)
    if sold.link_id is None:
        return _create_link(shelf, sold, offer, words)
    if not sold.link_active or sold.version_id != offer.version_id:
        return _open_link(shelf, sold, offer)
    return _retiring(shelf, sold, words)


def _retiring(shelf: Shelf, sold: Sold, words: LinkWords) -> NewOp | None:
    others = [one for one in shelf.prices if one is not sold]
    for one in others:
        if one.link_active:
            return _close_link(shelf, one, words.replaced)
    for one in others:
        if one.price_active:
            return _change_price(shelf, one, active=False)
    return None


def _create_product(shelf: Shelf, offer: Offer) -> NewOp:
    params: dict[str, Any] = {"name": offer.name, "metadata": {"package_id": str(shelf.package_id)}}
    if offer.description:
        # Stripe refuses an empty one here, and takes it in a change.
        params["description"] = offer.description
    return NewOp(CREATE_PRODUCT, PRODUCTS, params, package_id=shelf.package_id)


def _change_product(shelf: Shelf, product: Product, **changed: Any) -> NewOp:
    path = f"{PRODUCTS}/{product.product_id}"
    return NewOp(CHANGE_PRODUCT, path, changed, package_id=shelf.package_id)


def _create_price(shelf: Shelf, product: Product, offer: Offer) -> NewOp:
    counts = {"credits": str(offer.credits), "bonus": str(offer.bonus)}
    params = {
        "product": product.product_id,
        "currency": offer.currency,
        "unit_amount": offer.amount,
        "lookup_key": lookup_key(shelf.package_id),
        "transfer_lookup_key": True,
        "metadata": {**_ids(shelf, offer.version_id), **counts},
    }
    return NewOp(CREATE_PRICE, PRICES, params, package_id=shelf.package_id)


def _change_price(shelf: Shelf, sold: Sold, **changed: Any) -> NewOp:
    return NewOp(CHANGE_PRICE, f"{PRICES}/{sold.price_id}", changed, package_id=shelf.package_id)


def _create_link(shelf: Shelf, sold: Sold, offer: Offer, words: LinkWords) -> NewOp:
    ids = _ids(shelf, offer.version_id)
    params = {
        "line_items": [{"price": sold.price_id, "quantity": 1}],
        # Without a customer of Stripe's, who bought would be an address alone.
        "customer_creation": "always",
        "after_completion": {
            "type": "hosted_confirmation",
            "hosted_confirmation": {"custom_message": words.thanks},
        },
        "metadata": ids,
        # A link's own metadata goes to its sessions, and not on to their payments.
        "payment_intent_data": {"metadata": ids},
    }
    return NewOp(CREATE_LINK, LINKS, params, package_id=shelf.package_id)


def _open_link(shelf: Shelf, sold: Sold, offer: Offer) -> NewOp:
    """Opens a link again, and lets it name the version that it sells now."""
    ids = _ids(shelf, offer.version_id)
    changed = {
        "active": True,
        "inactive_message": "",
        "metadata": ids,
        "payment_intent_data": {"metadata": ids},
    }
    return _change_link(shelf, sold, changed)


def _close_link(shelf: Shelf, sold: Sold, message: str) -> NewOp:
    return _change_link(shelf, sold, {"active": False, "inactive_message": message})


def _change_link(shelf: Shelf, sold: Sold, changed: Mapping[str, Any]) -> NewOp:
    return NewOp(CHANGE_LINK, f"{LINKS}/{sold.link_id}", changed, package_id=shelf.package_id)


def _ids(shelf: Shelf, version_id: int) -> dict[str, str]:
    """Metadata names by ids alone: what Stripe keeps there is seen by everybody with access to it."""
    return {"package_id": str(shelf.package_id), "version_id": str(version_id)}
