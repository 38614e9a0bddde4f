"""Views of packages: the list, one package with its versions, and what is on sale for a client."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from frontdesk.models.calendar import Validity
from frontdesk.models.money import Money


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A line of the package list. ``status`` is draft, published or archived (P2).

    ``sold`` counts the packs that were sold of all its versions (a pack's bonus lot is not counted apart).
    """

    id: int
    status: str
    version: int
    name: str
    credits: int
    bonus: int
    price: Money
    validity: Validity
    #: Ids of the class types it may be used for; None means all of them.
    eligible: tuple[int, ...] | None
    per_client_limit: int | None
    online: bool
    position: int
    sold: int


@dataclass(frozen=True, slots=True)
class PackageVersionRow:
    """One saved version of a package: who saved it and which fields it changed (P4).

    ``changed`` names attributes of ``PackageDraft``; it is empty for the first version.
    """

    id: int
    number: int
    name: str
    credits: int
    bonus: int
    price: Money
    validity: Validity
    saved_by: str
    saved_at: datetime
    changed: tuple[str, ...]
    sold: int


@dataclass(frozen=True, slots=True)
class PackageDetail:
    """All of one package, with its versions, the newest first."""

    row: PackageRow
    description: str
    tax_milli_percent: int
    created_at: datetime
    versions: tuple[PackageVersionRow, ...]


@dataclass(frozen=True, slots=True)
class PackageSaved:
    """What a save did: the version now valid, what changed, and how many sales stay as they are (P4)."""

    package_id: int
    version: int
    changed: tuple[str, ...]
    sold: int


@dataclass(frozen=True, slots=True)
class PackageOffer:
    """A package on sale, as the sale would take it today.

    ``last_day`` is the last local date of use if bought now (None: never expires); with a validity from the
    first class it is the latest possible one. ``refused`` names why this client cannot buy it, or is None;
    ``bought`` counts how often the client, with everyone merged into them, has (D4).
    """

    package_id: int
    version_id: int
    name: str
    description: str
    credits: int
    bonus: int
    price: Money
    tax_milli_percent: int
    validity: Validity
    eligible: tuple[int, ...] | None
    online: bool
    last_day: date | None
    per_client_limit: int | None = None
    bought: int = 0
    refused: str | None = None
