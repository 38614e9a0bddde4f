"""Packages: saving versions of their terms, putting them on sale and taking them off, their order (P1–P6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import NotFound, Problem, Refused
from frontdesk.models.money import MAX_AMOUNT, Money, currency, share_half_up
from frontdesk.models.package import package, package_version
from frontdesk.models.sale import sale_line
from frontdesk.models.studio import class_type
from frontdesk.models.sync import checkout
from frontdesk.models.text import fold, tidy, tidy_lines
from frontdesk.services.changes import Topic
from frontdesk.services.drafts.checks import refuse
from frontdesk.services.drafts.packages import DESCRIPTION_LIMIT, PackageDraft
from frontdesk.services.positions import in_new_order
from frontdesk.services.settings_lock import lock_settings
from frontdesk.services.stripe import catalogue
from frontdesk.services.stripe.amounts import charge_problem
from frontdesk.services.stripe.catalogue_shelf import to_pay
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.services.views.packages import PackageSaved

#: The columns of a version that say what is sold; each is an attribute of PackageDraft too.
TERMS = (
    "name",
    "description",
    "credits",
    "bonus",
    "price",
    "validity_kind",
    "validity_count",
    "validity_starts",
    "latest_start_days",
    "eligible",
    "per_client_limit",
    "online",
    "tax_milli_percent",
)

_NEWEST = sa.and_(package_version.c.package_id == package.c.id, package_version.c.number == package.c.version)
_PACKAGE = (
    sa.select(package.c.id, package.c.status, package.c.version, *(package_version.c[name] for name in TERMS))
    .join(package_version, _NEWEST)
    .where(package.c.id == sa.bindparam("package_id"))
)
_ALL_IDS = sa.select(package.c.id).order_by(package.c.id)
_POSITIONS = sa.select(package.c.id, package.c.position)
_LAST = sa.select(sa.func.coalesce(sa.func.max(package.c.position), 0))
_SOLD = sa.select(sa.func.count()).where(sale_line.c.package_id == sa.bindparam("package_id"))
#: What Stripe was asked for and was not paid, as far as is known yet.
_ASKED_FOR = sa.select(checkout.c.draft).where(checkout.c.sale_id.is_(None))
_OTHERS_ON_SALE = sa.select(package.c.id).where(
    package.c.status == "published",
    package.c.name_folded == sa.bindparam("name_folded"),
    package.c.id != sa.bindparam("package_id"),
)
_CLASS_TYPES = sa.select(class_type.c.id).where(
    class_type.c.id.in_(sa.bindparam("class_type_ids", expanding=True))
)
_CHANGE = sa.update(package).where(package.c.id == sa.bindparam("changed_id"))
_DELETE_VERSIONS = sa.delete(package_version).where(package_version.c.package_id == sa.bindparam("gone_id"))
_DELETE = sa.delete(package).where(package.c.id == sa.bindparam("gone_id"))


def package_draft(reading: Reading, package_id: int) -> PackageDraft:
    """The newest saved terms of a package, ready to be edited (P1).

    Raises:
        NotFound: package.unknown.
    """
    return _draft_of(reading, _package(reading, package_id))


def create_package(work: UnitOfWork, draft: PackageDraft) -> PackageSaved:
    """Save a new package as a draft, which no sale can see until it is published (P1, P2).

    Raises:
        InvalidDraft: what the draft's problems say, package.other_currency, package.unknown_class_type.
    """
    _refuse_bad(work, draft)
    lock_settings(work)
    terms = _terms(draft)
    row = {
        "status": "draft",
        "version": 1,
        "name_folded": fold(terms["name"]),
        "position": work.connection.execute(_LAST).scalar_one() + 1,
        "created_at": work.now,
    }
    package_id: int = work.connection.execute(sa.insert(package).returning(package.c.id), row).scalar_one()
    _add_version(work, package_id, 1, terms)
    work.changed(Topic.PACKAGES, package_id)
    return PackageSaved(package_id, 1, (), 0)


def save_package(work: UnitOfWork, package_id: int, draft: PackageDraft, seen_version: int) -> PackageSaved:
    """Save changed terms as a new version; packs that were sold keep theirs (P4).

    Without a change nothing is saved. ``seen_version`` is the version that the person was editing.

    Raises:
        NotFound: package.unknown.
        InvalidDraft: what the draft's problems say, package.name_on_sale and those of ``create_package``.
        Refused: package.changed, if another desk has saved a version meanwhile.
    """
    _refuse_bad(work, draft)
    lock_settings(work)
    row = _package(work, package_id)
    terms = _terms(draft)
    changed = tuple(name for name in TERMS if terms[name] != getattr(row, name))
    sold = work.connection.execute(_SOLD, {"package_id": package_id}).scalar_one()
    if not changed:
        return PackageSaved(package_id, row.version, (), sold)
    if row.version != seen_version:
        raise Refused("package.changed", name=row.name)
    if row.status == "published":
        _refuse_taken_name(work, package_id, terms["name"])
    _add_version(work, package_id, row.version + 1, terms)
    _change(work, package_id, version=row.version + 1, name_folded=fold(terms["name"]))
    catalogue.follow(work, package_id)
    return PackageSaved(package_id, row.version + 1, changed, sold)


def publish_package(work: UnitOfWork, package_id: int) -> None:
    """Put a draft or an archived package on sale at the desk at once, and online once Stripe has it (P2).

    Raises:
        NotFound: package.unknown.
        InvalidDraft: package.name_on_sale, and whatever the saved terms lack by now (P6).
        Refused: package.already_published.
    """
    lock_settings(work)
    row = _package(work, package_id)
    if row.status == "published":
        raise Refused("package.already_published", name=row.name)
    _refuse_bad(work, _draft_of(work, row))
    _refuse_taken_name(work, package_id, row.name)
    _change_status(work, package_id, "published")


def unpublish_package(work: UnitOfWork, package_id: int) -> None:
    """Take a package off sale and make it a draft again; sold packs live on (P2).

    Raises:
        NotFound: package.unknown.
        Refused: package.not_published.
    """
    lock_settings(work)
    row = _package(work, package_id)
    if row.status != "published":
        raise Refused("package.not_published", name=row.name)
    _change_status(work, package_id, "draft")


def archive_package(work: UnitOfWork, package_id: int) -> None:
    """Take a package off sale and out of the way; sold packs live on (P2). Archiving twice changes nothing.

    Raises:
        NotFound: package.unknown.
    """
    lock_settings(work)
    if _package(work, package_id).status != "archived":
        _change_status(work, package_id, "archived")


def restore_package(work: UnitOfWork, package_id: int) -> None:
    """Make an archived package a draft again, to be looked over before it goes on sale (P2).

    Raises:
        NotFound: package.unknown.
        Refused: package.not_archived.
    """
    lock_settings(work)
    row = _package(work, package_id)
    if row.status != "archived":
        raise Refused("package.not_archived", name=row.name)
    _change_status(work, package_id, "draft")


def duplicate_package(work: UnitOfWork, package_id: int, name: str) -> PackageSaved:
    """Save a copy of a package under another name, as a draft at the end of the list (P2).

    Raises:
        NotFound: package.unknown.
        InvalidDraft: what is wrong with the name, and whatever the copied terms lack by now.
    """
    return create_package(work, replace(package_draft(work, package_id), name=name))


def reorder_packages(work: UnitOfWork, package_ids: tuple[int, ...]) -> None:
    """Show and sell these packages in this order; the others keep their places between them (P1).

    Raises:
        NotFound: package.unknown.
    """
    lock_settings(work)
    positions = {row.id: row.position for row in work.connection.execute(_POSITIONS)}
    for package_id, position in in_new_order(positions, package_ids, "package.unknown"):
        _change(work, package_id, position=position)


def delete_package(work: UnitOfWork, package_id: int) -> None:
    """Delete a package that was never sold, with its versions (P2).

    Raises:
        NotFound: package.unknown.
        Refused: package.sold, with how often; package.at_stripe; package.asked_for.
    """
    lock_settings(work)
    row = _package(work, package_id)
    sold = work.connection.execute(_SOLD, {"package_id": package_id}).scalar_one()
    if sold:
        raise Refused("package.sold", name=row.name, count=sold)
    if catalogue.is_known(work, package_id):
        raise Refused("package.at_stripe", name=row.name)
    if _is_asked_for(work, package_id):
        raise Refused("package.asked_for", name=row.name)
    work.connection.execute(_DELETE_VERSIONS, {"gone_id": package_id})
    work.connection.execute(_DELETE, {"gone_id": package_id})
    work.changed(Topic.PACKAGES, package_id)


def _is_asked_for(reading: Reading, package_id: int) -> bool:
    """Whether a client was asked to pay for it by Stripe: whoever pays late needs its terms (S4)."""
    drafts = reading.connection.execute(_ASKED_FOR).scalars()
    return any(line["package_id"] == package_id for draft in drafts for line in draft["sale"]["lines"])


def keep_prices_in(work: UnitOfWork, code: str) -> None:
    """Save every package with the number on its price tag in another currency: 90.00 USD, 90 JPY (S9).

    Only before the first sale, where the studio's currency may still change.
    """
    old, new = currency(work.studio.currency).exponent, currency(code).exponent
    if old == new:
        return
    for package_id in work.connection.execute(_ALL_IDS).scalars().all():
        row = _package(work, package_id)
        price = min(share_half_up(row.price, 10**new, 10**old), MAX_AMOUNT)
        if price != row.price:
            _add_version(work, package_id, row.version + 1, {**_terms_of(row), "price": price})
            _change(work, package_id, version=row.version + 1)


def _package(reading: Reading, package_id: int) -> sa.Row[Any]:
    row = reading.connection.execute(_PACKAGE, {"package_id": package_id}).first()
    if row is None:
        raise NotFound("package.unknown")
    return row


def _terms_of(row: sa.Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in TERMS}


def _draft_of(reading: Reading, row: sa.Row[Any]) -> PackageDraft:
    eligible = None if row.eligible is None else tuple(row.eligible)
    price = Money(row.price, reading.studio.currency)
    return PackageDraft(**{**_terms_of(row), "eligible": eligible, "price": price})


def _terms(draft: PackageDraft) -> dict[str, Any]:
    """The columns of a version as a draft without problems fills them."""
    validity = draft.validity
    assert draft.price is not None
    return {
        "name": tidy(draft.name),
        "description": tidy_lines(draft.description, DESCRIPTION_LIMIT),
        "credits": draft.credits,
        "bonus": draft.bonus,
        "price": draft.price.amount,
        "validity_kind": validity.kind,
        "validity_count": validity.count,
        "validity_starts": validity.starts,
        "latest_start_days": validity.latest_start_days,
        "eligible": None if draft.eligible is None else sorted(set(draft.eligible)),
        "per_client_limit": draft.per_client_limit,
        "online": draft.online,
        "tax_milli_percent": draft.tax_milli_percent,
    }


def _refuse_bad(reading: Reading, draft: PackageDraft) -> None:
    problems = list(draft.problems())
    wanted = reading.studio.currency
    if isinstance(draft.price, Money) and draft.price.currency != wanted:
        problems.append(Problem("price", "package.other_currency", {"currency": wanted}))
    elif not problems:
        problems.extend(_charge_problems(reading, draft))
    if draft.eligible and not problems:
        known = reading.connection.execute(_CLASS_TYPES, {"class_type_ids": list(draft.eligible)}).scalars()
        if set(known) != set(draft.eligible):
            problems.append(Problem("eligible", "package.unknown_class_type"))
    refuse(problems)


def _charge_problems(reading: Reading, draft: PackageDraft) -> Iterator[Problem]:
    """What Stripe has against the price with its tax, where that comes on top (P6)."""
    if draft.online and draft.price is not None:
        amount = to_pay(reading, draft.price.amount, draft.tax_milli_percent)
        problem = charge_problem(amount, draft.price.currency, "price")
        if problem is not None:
            yield problem


def _refuse_taken_name(work: UnitOfWork, package_id: int, name: str) -> None:
    asked = {"name_folded": fold(name), "package_id": package_id}
    if work.connection.execute(_OTHERS_ON_SALE, asked).first() is not None:
        refuse([Problem("name", "package.name_on_sale", {"name": name})])


def _add_version(work: UnitOfWork, package_id: int, number: int, terms: dict[str, Any]) -> None:
    saved = {"saved_by": work.actor.staff_id, "saved_at": work.now}
    row = {"package_id": package_id, "number": number, **terms, **saved}
    work.connection.execute(sa.insert(package_version), row)


def _change_status(work: UnitOfWork, package_id: int, status: str) -> None:
    _change(work, package_id, status=status)
    catalogue.follow(work, package_id)


def _change(work: UnitOfWork, package_id: int, **values: object) -> None:
    work.connection.execute(_CHANGE, {"changed_id": package_id, **values})
    work.changed(Topic.PACKAGES, package_id)
