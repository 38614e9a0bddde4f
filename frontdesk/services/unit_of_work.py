"""What a use case works in: one short transaction with its actor, its time and its studio (law 2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models.base import from_micros
from frontdesk.models.client import client
from frontdesk.models.ledger import client_head
from frontdesk.models.studio import studio as studio_table
from frontdesk.services.changes import Change, Topic
from frontdesk.services.ports import Clock

_STUDIO = sa.select(studio_table).where(studio_table.c.id == 1)
_SERVER_TIME = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"
_LOCK_CLIENTS = (
    sa.select(client.c.id)
    .join(client_head, client_head.c.client_id == client.c.id)
    .where(client.c.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(client.c.id)
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and at which desk."""

    staff_id: int
    desk_id: int


#: Who founds the studio: there is no staff member and no desk yet. No other use case can act as nobody,
#: since every row that names its actor refers to a staff member.
NOBODY = Actor(0, 0)


@dataclass(frozen=True, slots=True)
class StudioTerms:
    """The settings that rules depend on. ``currency`` is an ISO 4217 code, ``zone_name`` an IANA name."""

    name: str
    currency: str
    zone_name: str
    day_starts_hour: int
    prices_include_tax: bool
    tax_name: str
    default_tax_milli_percent: int
    receipt_header: str
    receipt_footer: str
    demo: bool
    trial: bool

    @property
    def zone(self) -> ZoneInfo:
        """The studio's time zone."""
        return ZoneInfo(self.zone_name)


class Reading:
    """What every query gets first: a connection in one transaction, the time and the studio."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self.connection = connection
        self._clock = clock
        self._now: datetime | None = None
        self._studio: StudioTerms | None = None

    @property
    def now(self) -> datetime:
        """The instant of this command or query, taken once; the server's where there is one."""
        if self._now is None:
            self._now = self._take_time()
        return self._now

    @property
    def studio(self) -> StudioTerms:
        """The studio's settings as this transaction sees them.

        Raises:
            Refused: studio.missing, before the first start's wizard is done.
        """
        if self._studio is None:
            self._studio = _read_studio(self.connection)
        return self._studio

    def forget_studio(self) -> None:
        """Read the settings again at the next look, after a use case changed them."""
        self._studio = None

    def _take_time(self) -> datetime:
        if self._clock.follows_server and self.connection.dialect.name == "postgresql":
            return from_micros(int(self.connection.exec_driver_sql(_SERVER_TIME).scalar_one()))
        return self._clock.now().astimezone(UTC)


class UnitOfWork(Reading):
    """What every use case gets first. The transaction commits where the use case returns, and only there."""

    def __init__(self, connection: sa.Connection, clock: Clock, actor: Actor, command_id: UUID) -> None:
        super().__init__(connection, clock)
        self.actor = actor
        self.command_id = command_id
        self._changes: dict[Topic, set[int]] = {}

    def lock_clients(self, ids: Iterable[int]) -> None:
        """Let no other desk write to these clients until this transaction ends.

        The time is taken anew after the lock, so that waiting for it cannot date a command too early.
        SQLite has one writer at a time, so there the transaction itself is the lock.

        Raises:
            Refused: client.unknown.
        """
        wanted = sorted(set(ids))
        found = self.connection.execute(_LOCK_CLIENTS, {"ids": wanted}).scalars().all()
        if len(found) != len(wanted):
            raise Refused("client.unknown")
        if self.connection.dialect.name == "postgresql":
            self._now = None

    def on_behalf_of(self, actor: Actor, command_id: UUID) -> "UnitOfWork":
        """This transaction for what another actor decided earlier and is carried out only now, as a command
        of its own.
        """
        other = UnitOfWork(self.connection, self._clock, actor, command_id)
        other._now, other._studio, other._changes = self.now, self._studio, self._changes
        return other

    def derived_id(self, name: str) -> UUID:
        """The id of a further operation that this command causes: the same one at every retry."""
        return uuid5(self.command_id, name)

    def changed(self, topic: Topic, *ids: int) -> None:
        """Note what this command changed, for the screens and the other desks."""
        self._changes.setdefault(topic, set()).update(ids)

    @property
    def changes(self) -> tuple[Change, ...]:
        """All that was noted, by topic."""
        return tuple(Change(topic, tuple(sorted(ids))) for topic, ids in self._changes.items())


def _read_studio(connection: sa.Connection) -> StudioTerms:
    row = connection.execute(_STUDIO).mappings().first()
    if row is None:
        raise Refused("studio.missing")
    return StudioTerms(
        name=row["name"],
        currency=row["currency"],
        zone_name=row["zone"],
        day_starts_hour=row["day_starts_hour"],
        prices_include_tax=row["prices_include_tax"],
        tax_name=row["tax_name"],
        default_tax_milli_percent=row["default_tax_milli_percent"],
        receipt_header=row["receipt_header"],
        receipt_footer=row["receipt_footer"],
        demo=row["demo"],
        trial=row["trial"],
    )
