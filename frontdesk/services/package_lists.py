"""Packages as lists show them, one package with its versions, and what a client can buy now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from frontdesk.errors import NotFound
from frontdesk.models.calendar import Validity, local_day
from frontdesk.models.money import Money
from frontdesk.models.package import package, package_version
from frontdesk.models.sale import sale_line
from frontdesk.models.studio import staff
from frontdesk.services.bought import times_bought
from frontdesk.services.client_group import client_group
from frontdesk.services.packages import TERMS
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.views.packages import PackageDetail, PackageOffer, PackageRow, PackageVersionRow

_NEWEST = sa.and_(package_version.c.package_id == package.c.id, package_version.c.number == package.c.version)
_SOLD = (
    sa.select(sa.func.count())
    .where(sale_line.c.package_id == package.c.id)
    .correlate(package)
    .scalar_subquery()
)
_LIST = (
    sa.select(
        package.c.id,
        package.c.status,
        package.c.version,
        package.c.position,
        package.c.created_at,
        package_version.c.id.label("version_id"),
        *(package_version.c[name] for name in TERMS),
    )
    .join(package_version, _NEWEST)
    .order_by(package.c.position, package.c.id)
)
_ROWS = _LIST.add_columns(_SOLD.label("sold"))
_ONE = _ROWS.where(package.c.id == sa.bindparam("package_id"))
_ON_SALE = _LIST.where(package.c.status == "published")
_SOLD_OF_VERSION = (
    sa.select(sa.func.count())
    .where(sale_line.c.package_version_id == package_version.c.id)
    .correlate(package_version)
    .scalar_subquery()
)
_VERSIONS = (
    sa.select(package_version, staff.c.name.label("saved_by_name"), _SOLD_OF_VERSION.label("sold"))
    .join(staff, staff.c.id == package_version.c.saved_by)
    .where(package_version.c.package_id == sa.bindparam("package_id"))
    .order_by(package_version.c.number)
)


def package_rows(reading: Reading) -> tuple[PackageRow, ...]:
    """All packages in the order they are shown and sold in (P1, P2)."""
    code = reading.studio.currency
    return tuple(_row(row, code) for row in reading.connection.execute(_ROWS))


def package_detail(reading: Reading, package_id: int) -> PackageDetail:
    """One package with every version of its terms, the newest first (P4).

    Raises:
        NotFound: package.unknown.
    """
    row = reading.connection.execute(_ONE, {"package_id": package_id}).first()
    if row is None:
        raise NotFound("package.unknown")
    code = reading.studio.currency
    versions = reading.connection.execute(_VERSIONS, {"package_id": package_id}).all()
    return PackageDetail(
        row=_row(row, code),
        description=row.description,
        tax_milli_percent=row.tax_milli_percent,
        created_at=row.created_at,
        versions=tuple(reversed(_versions(versions, code))),
    )


def packages_on_sale(reading: Reading, client_id: int | None = None) -> tuple[PackageOffer, ...]:
    """What is on sale now, in order, and for a client whether the limit per client allows it (P1, P2, D4).

    Raises:
        NotFound: client.unknown.
    """
    bought = {} if client_id is None else times_bought(reading, client_group(reading, client_id))
    return tuple(_offer(reading, row, bought) for row in reading.connection.execute(_ON_SALE))


def _offer(reading: Reading, row: sa.Row[Any], bought: Mapping[int, int]) -> PackageOffer:
    validity = _validity(row)
    times = bought.get(row.id, 0)
    limit = row.per_client_limit
    today = local_day(reading.now, reading.studio.zone)
    return PackageOffer(
        package_id=row.id,
        version_id=row.version_id,
        name=row.name,
        description=row.description,
        credits=row.credits,
        bonus=row.bonus,
        price=Money(row.price, reading.studio.currency),
        tax_milli_percent=row.tax_milli_percent,
        validity=validity,
        eligible=_eligible(row),
        online=row.online,
        last_day=validity.last_day(today),
        per_client_limit=limit,
        bought=times,
        refused="package.limit_reached" if limit is not None and times >= limit else None,
    )


def _row(row: sa.Row[Any], code: str) -> PackageRow:
    return PackageRow(
        id=row.id,
        status=row.status,
        version=row.version,
        name=row.name,
        credits=row.credits,
        bonus=row.bonus,
        price=Money(row.price, code),
        validity=_validity(row),
        eligible=_eligible(row),
        per_client_limit=row.per_client_limit,
        online=row.online,
        position=row.position,
        sold=row.sold,
    )


def _versions(rows: Sequence[sa.Row[Any]], code: str) -> list[PackageVersionRow]:
    changes = [()] + [
        tuple(name for name in TERMS if getattr(older, name) != getattr(newer, name))
        for older, newer in pairwise(rows)
    ]
    return [
        PackageVersionRow(
            id=row.id,
            number=row.number,
            name=row.name,
            credits=row.credits,
            bonus=row.bonus,
            price=Money(row.price, code),
            validity=_validity(row),
            saved_by=row.saved_by_name,
            saved_at=row.saved_at,
            changed=changed,
            sold=row.sold,
        )
        for row, changed in zip(rows, changes, strict=True)
    ]


def _validity(row: sa.Row[Any]) -> Validity:
    return Validity(row.validity_kind, row.validity_count, row.validity_starts, row.latest_start_days)


def _eligible(row: sa.Row[Any]) -> tuple[int, ...] | None:
    return None if row.eligible is None else tuple(row.eligible)
