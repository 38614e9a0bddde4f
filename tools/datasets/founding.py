"""Founds a generated studio with the real use cases: desks, staff, class types and packages."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from frontdesk.models.base import canonical_json, to_micros
from frontdesk.models.calendar import expiry_instant
from frontdesk.models.database import Database
from frontdesk.models.migrate import migrate
from frontdesk.models.money import Money
from frontdesk.models.package import package_version
from frontdesk.services.class_types import add_class_type
from frontdesk.services.desks import add_desk
from frontdesk.services.drafts.class_types import ClassTypeDraft
from frontdesk.services.drafts.packages import PackageDraft
from frontdesk.services.drafts.settings import DeskDraft, StudioDraft, TaxDraft
from frontdesk.services.drafts.staff import StaffDraft
from frontdesk.services.office import Office
from frontdesk.services.packages import create_package, package_draft, publish_package, save_package
from frontdesk.services.sale_writer import validity_kept
from frontdesk.services.settings import change_tax, create_studio
from frontdesk.services.staff import add_staff
from frontdesk.services.unit_of_work import NOBODY, Actor
from tools.datasets import catalogue


class SetClock:
    """A clock that stands where it is put."""

    follows_server = False

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it was put to."""
        return self.at


@dataclass(frozen=True, slots=True)
class Version:
    """A version on sale from ``since`` on, in microseconds since the epoch; its JSON as a sale keeps it."""

    id: int
    package_id: int
    since: int
    price: int
    offer: catalogue.Offer
    validity_kept: dict[str, Any]
    validity_json: str
    eligible_json: str | None

    def expires_at(self, day: date) -> int | None:
        """When credits bought on that day run out, in microseconds since the epoch."""
        last = self.offer.validity.last_day(day)
        return None if last is None else to_micros(expiry_instant(last, catalogue.ZONE))


def found_studio(path: Path, rng: random.Random, until: date, name: str) -> list[list[Version]]:
    """Make the file with all that is there before the first client; returns each package's versions."""
    database = Database.open(path)
    try:
        migrate(database)
        clock = SetClock(_noon(catalogue.days(until)[0] - timedelta(days=7)))
        office = Office(database, clock)
        actor = _found(office, rng, name)
        packages = [_put_on_sale(office, clock, rng, actor, offer) for offer in catalogue.OFFERS]
        for year in range(1, catalogue.YEARS):
            clock.at = _noon(until - timedelta(days=365 * (catalogue.YEARS - year) - 20))
            for package_id in packages:
                _raise_price(office, rng, actor, package_id)
        with database.reading() as connection:
            return [_versions(connection, package_id) for package_id in packages]
    finally:
        database.close()


def _found(office: Office, rng: random.Random, name: str) -> Actor:
    first_desk, owner = catalogue.DESKS[0][0], catalogue.STAFF[0]
    draft = StudioDraft(name, catalogue.CURRENCY, catalogue.ZONE_NAME, first_desk, owner)
    founded = office.write(create_studio, NOBODY, _command(rng), draft).value
    actor = Actor(founded.staff_id, founded.desk_id)
    office.write(change_tax, actor, _command(rng), TaxDraft(catalogue.TAX_NAME, catalogue.TAX))
    for desk, prefix in catalogue.DESKS[1:]:
        office.write(add_desk, actor, _command(rng), DeskDraft(desk, prefix))
    for member in catalogue.STAFF[1:]:
        office.write(add_staff, actor, _command(rng), StaffDraft(member))
    for kind, cost, colour in catalogue.CLASS_TYPES:
        office.write(add_class_type, actor, _command(rng), ClassTypeDraft(kind, cost, colour))
    return actor


def _put_on_sale(
    office: Office, clock: SetClock, rng: random.Random, actor: Actor, offer: catalogue.Offer
) -> int:
    clock.at += timedelta(minutes=5)
    draft = PackageDraft(
        name=offer.name,
        credits=offer.credits,
        bonus=offer.bonus,
        price=Money(offer.price, catalogue.CURRENCY),
        validity_kind=offer.validity.kind,
        validity_count=offer.validity.count,
        eligible=offer.eligible,
        per_client_limit=offer.limit,
        tax_milli_percent=catalogue.TAX,
    )
    package_id = office.write(create_package, actor, _command(rng), draft).value.package_id
    office.write(publish_package, actor, _command(rng), package_id)
    return package_id


def _raise_price(office: Office, rng: random.Random, actor: Actor, package_id: int) -> None:
    draft = office.read(package_draft, package_id)
    assert draft.price is not None
    dearer = replace(draft, price=Money(draft.price.amount * 105 // 100 // 50 * 50, draft.price.currency))
    number = office.read(_newest, package_id)
    office.write(save_package, actor, _command(rng), package_id, dearer, number)


def _newest(reading: object, package_id: int) -> int:
    connection: sa.Connection = getattr(reading, "connection")  # noqa: B009
    newest = sa.select(sa.func.max(package_version.c.number)).where(
        package_version.c.package_id == package_id
    )
    return int(connection.execute(newest).scalar_one())


def _versions(connection: sa.Connection, package_id: int) -> list[Version]:
    rows = connection.execute(
        sa.select(package_version)
        .where(package_version.c.package_id == package_id)
        .order_by(package_version.c.number)
    )
    offer = catalogue.OFFERS[package_id - 1]
    eligible = None if offer.eligible is None else canonical_json(list(offer.eligible))
    kept = validity_kept(offer.validity)
    terms = canonical_json(kept)
    return [
        Version(row.id, package_id, to_micros(row.saved_at), row.price, offer, kept, terms, eligible)
        for row in rows
    ]


def _command(rng: random.Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
