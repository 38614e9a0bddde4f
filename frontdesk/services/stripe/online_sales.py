"""Purchases on the studio's Payment Links: each becomes a sale, dated when Stripe was paid (Y2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models.calendar import local_day
from frontdesk.models.money import Money
from frontdesk.models.package import package_version
from frontdesk.models.sync import online_price, stripe_transaction
from frontdesk.services.decisions import CLIENT_UNSURE, open_sale_task
from frontdesk.services.drafts.sales import PaymentDraft
from frontdesk.services.pricing import Basket
from frontdesk.services.stripe.amounts import from_stripe
from frontdesk.services.stripe.bulk_sales import NewSale, write_many
from frontdesk.services.stripe.matching import Buyer, Match, match_buyers
from frontdesk.services.stripe.mirror import at_stripe, expanded, id_of, mirrored, objects_in, of_intent
from frontdesk.services.stripe.paid_sales import (
    basket_as_paid,
    online_command,
    sale_of_intent,
    write_paid_sale,
)
from frontdesk.services.stripe.wire import Body
from frontdesk.services.unit_of_work import Reading, UnitOfWork

TENDER: Final = "stripe_checkout"
_PAID: Final = ("paid", "no_payment_required")
_CHUNK: Final = 500

_VERSION = sa.select(package_version.c.id).where(
    package_version.c.id == sa.bindparam("version_id"),
    package_version.c.package_id == sa.bindparam("package_id"),
)
_BY_LINK = sa.select(online_price.c.package_version_id).where(
    online_price.c.link_id == sa.bindparam("link_id")
)
_BY_PRICE = sa.select(online_price.c.package_version_id).where(
    online_price.c.price_id.in_(sa.bindparam("price_ids", expanding=True))
)
_WRITTEN = sa.select(stripe_transaction.c.stripe_id).where(
    stripe_transaction.c.stripe_id.in_(sa.bindparam("ids", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase of one of the studio's packages; ``total`` is what was received, in minor units.

    ``paid_by`` names the payment: its intent, or the session of one that cost nothing.
    """

    session_id: str
    version_id: int
    paid_by: str
    total: int
    paid_at: datetime
    buyer: Buyer

    def payment(self, code: str) -> PaymentDraft:
        """The payment as the books take it."""
        return PaymentDraft(TENDER, Money(self.total, code), self.paid_by)


def apply_session(work: UnitOfWork, body: Body) -> None:
    """Make the sale of a paid session, once; what is not of these books stays a foreign payment (Y2).

    Raises:
        Refused: sync.other_currency, sync.several_packages; what amounts.from_stripe refuses.
    """
    purchase = purchase_of(work, body)
    if purchase is None or sale_of_intent(work, purchase.paid_by) is not None:
        return
    (match,) = match_buyers(work, (purchase.buyer,))
    code = work.studio.currency
    basket = basket_as_paid(work, purchase.version_id, purchase.total, purchase.paid_at)
    sold = write_paid_sale(
        work,
        match.client_id,
        basket,
        (purchase.payment(code),),
        purchase.paid_at,
        purchase.paid_by,
        online_command(purchase.session_id),
    )
    _ask_whose(work, basket, match, sold.sale_id)


def apply_sessions(work: UnitOfWork, bodies: Sequence[Body]) -> int:
    """As ``apply_session`` for a page of them; how many sales were made.

    Raises:
        Refused: as there; nothing of the page is kept then.
    """
    sold: dict[tuple[str, ...], int | None] = {}
    paid = [found for body in bodies if (found := purchase_of(work, body, sold)) is not None]
    written = _written(work, [one.paid_by for one in paid])
    new = list({one.paid_by: one for one in paid if one.paid_by not in written}.values())
    matches = match_buyers(work, [one.buyer for one in new])
    code, zone = work.studio.currency, work.studio.zone
    baskets: dict[tuple[int, int, date], Basket] = {}
    for one in new:
        key = (one.version_id, one.total, local_day(one.paid_at, zone))
        if key not in baskets:
            baskets[key] = basket_as_paid(work, one.version_id, one.total, one.paid_at)
    sales = [
        NewSale(
            client_id=match.client_id,
            basket=baskets[one.version_id, one.total, local_day(one.paid_at, zone)],
            payment=one.payment(code),
            paid_at=one.paid_at,
            paid_by=one.paid_by,
            command=online_command(one.session_id),
        )
        for one, match in zip(new, matches, strict=True)
    ]
    for made, match, sale_id in zip(sales, matches, write_many(work, sales), strict=True):
        _ask_whose(work, made.basket, match, sale_id)
    return len(new)


def purchase_of(
    reading: Reading, body: Body, sold: dict[tuple[str, ...], int | None] | None = None
) -> Purchase | None:
    """What a session bought of these books; None for what is not paid, or not of them.

    ``sold`` remembers between sessions which version is meant by what.

    Raises:
        Refused: sync.other_currency, sync.several_packages; what amounts.from_stripe refuses.
    """
    if body.get("status") != "complete" or body.get("payment_status") not in _PAID:
        return None
    version_id = _version(reading, body, {} if sold is None else sold)
    if version_id is None:
        return None
    code, paid_in = reading.studio.currency, str(body.get("currency") or "").upper()
    if paid_in != code:
        raise Refused("sync.other_currency", paid_in=paid_in, currency=code)
    return Purchase(
        session_id=body["id"],
        version_id=version_id,
        paid_by=id_of(body.get("payment_intent")) or body["id"],
        total=from_stripe(body["amount_total"], code),
        paid_at=_paid_at(reading, body),
        buyer=Buyer.of(body),
    )


def _version(reading: Reading, body: Body, sold: dict[tuple[str, ...], int | None]) -> int | None:
    """The version whose terms were bought: the session names it, since its link may sell another by now."""
    named = body.get("metadata") or {}
    key = (
        str(named.get("version_id") or ""),
        str(named.get("package_id") or ""),
        id_of(body.get("payment_link")),
    )
    if key not in sold:
        sold[key] = _named_version(reading, *key)
    found = sold[key]
    if found is None:
        return _by_lines(reading, body)
    _refuse_several(body)
    return found


def _named_version(reading: Reading, version: str, package: str, link: str) -> int | None:
    if all(one.isdecimal() and len(one) < 19 for one in (version, package)):
        return _one(reading, _VERSION, {"version_id": int(version), "package_id": int(package)})
    return _one(reading, _BY_LINK, {"link_id": link}) if link else None


def _by_lines(reading: Reading, body: Body) -> int | None:
    """By the price that was sold, where a site of the studio's own made the session."""
    lines = objects_in(body.get("line_items") or {})
    prices = sorted({id_of(line.get("price")) for line in lines} - {""})
    found = reading.connection.execute(_BY_PRICE, {"price_ids": prices}).scalars().all() if prices else []
    if not found:
        return None
    _refuse_several(body)
    return int(found[0])


def _refuse_several(body: Body) -> None:
    """One sale is of one package: what was paid for two must not pass for the price of one."""
    lines = list(objects_in(body.get("line_items") or {}))
    if len(lines) > 1 or any(line.get("quantity", 1) != 1 for line in lines):
        raise Refused("sync.several_packages")


def _one(reading: Reading, statement: sa.Select[Any], asked: Mapping[str, Any]) -> int | None:
    found = reading.connection.execute(statement, asked).scalar()
    return None if found is None else int(found)


def _paid_at(reading: Reading, body: Body) -> datetime:
    """When Stripe was paid: the charge says so, else the payment, else the session."""
    intent = body.get("payment_intent")
    seen: list[Body] = [body, *expanded(body, "payment_intent", "latest_charge")]
    if isinstance(intent, str) and intent:
        seen += [one for one in (mirrored(reading, intent),) if one is not None]
        seen += [one for one in of_intent(reading, "charge", intent) if one.get("status") == "succeeded"]
    return at_stripe(next(one["created"] for one in reversed(seen) if "created" in one))


def _written(reading: Reading, ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(ids), _CHUNK):
        found.update(reading.connection.execute(_WRITTEN, {"ids": ids[start : start + _CHUNK]}).scalars())
    return found


def _ask_whose(work: UnitOfWork, bought: Basket, match: Match, sale_id: int) -> None:
    """Where several clients have the buyer's e-mail, a person has to say who it is."""
    if match.others:
        terms = bought.lines[0].terms
        open_sale_task(
            work,
            CLIENT_UNSURE,
            client_id=match.client_id,
            sale_id=sale_id,
            tender=TENDER,
            amount=bought.total,
            credits=terms.credits + terms.bonus,
            others=list(match.others),
        )
