"""Where every act on credits begins: merged clients locked, what has run out swept, lots read (C5, D4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from frontdesk.errors import NotFound, Refused
from frontdesk.models.calendar import last_day, local_day
from frontdesk.models.client import client
from frontdesk.models.ledger import credit_lot
from frontdesk.services.changes import Topic
from frontdesk.services.client_group import client_group
from frontdesk.services.lots import LotState, balance, lots_of, sweep_clients
from frontdesk.services.unit_of_work import Reading, UnitOfWork

_OWNER = sa.select(credit_lot.c.client_id).where(credit_lot.c.id == sa.bindparam("lot_id"))
_OWNERS = (
    sa.select(credit_lot.c.client_id)
    .where(credit_lot.c.id.in_(sa.bindparam("lot_ids", expanding=True)))
    .distinct()
)
_HIDDEN = sa.select(client.c.id).where(
    client.c.id.in_(sa.bindparam("client_ids", expanding=True)), client.c.hidden_at.is_not(None)
)


@dataclass(frozen=True, slots=True)
class LockedCredits:
    """A client's credits, of everyone merged into them; ``group`` has the one who stands for all first.

    Read by ``lock_lots`` there may be lots of others too.
    """

    group: tuple[int, ...]
    lots: tuple[LotState, ...]

    @property
    def root(self) -> int:
        """The client that stands for the group."""
        return self.group[0]

    def lot(self, lot_id: int) -> LotState:
        """One of the lots.

        Raises:
            NotFound: credits.lot_unknown.
        """
        for lot in self.lots:
            if lot.lot_id == lot_id:
                return lot
        raise NotFound("credits.lot_unknown")


def lock_credits(work: UnitOfWork, client_id: int, *others: int) -> LockedCredits:
    """Lock the client (and others) with all they are merged with, sweep them all, and read the client's lots.

    Raises:
        NotFound: client.unknown. Refused: client.hidden, when their import was undone meanwhile.
    """
    wanted = (client_id, *others)
    locked: set[int] = set()
    groups = [client_group(work, each) for each in wanted]
    # A merge that another desk made before the lock was ours widens the group: look until it holds still.
    while not all(locked.issuperset(group) for group in groups):
        locked.update(*groups)
        work.lock_clients(locked)
        groups = [client_group(work, each) for each in wanted]
    if work.connection.execute(_HIDDEN, {"client_ids": sorted(locked)}).first() is not None:
        raise Refused("client.hidden")
    sweep_clients(work, sorted(locked))
    # A screen that shows the one who stands for all has to hear of a lot of any of them.
    work.changed(Topic.CREDITS, *locked)
    return LockedCredits(groups[0], lots_of(work, groups[0]))


def lock_lots(work: UnitOfWork, client_id: int, lot_ids: Iterable[int]) -> LockedCredits:
    """The same, and with everybody else who has one of these lots.

    An act on merged clients is taken back where its lots are, also after the clients were parted (D4).

    Raises:
        NotFound: client.unknown.
    """
    owners = sorted(work.connection.execute(_OWNERS, {"lot_ids": list(lot_ids)}).scalars())
    locked = lock_credits(work, client_id, *owners)
    parted = set(owners).difference(locked.group)
    if not parted:
        return locked
    return LockedCredits(locked.group, (*locked.lots, *lots_of(work, parted)))


def read_credits(reading: Reading, client_id: int) -> LockedCredits:
    """The same without locking, for previews; raises NotFound client.unknown."""
    group = client_group(reading, client_id)
    return LockedCredits(group, lots_of(reading, group))


def owner_of(reading: Reading, lot_id: int) -> int:
    """The client whose lot it is.

    Raises:
        NotFound: credits.lot_unknown.
    """
    owner = reading.connection.execute(_OWNER, {"lot_id": lot_id}).scalar()
    if owner is None:
        raise NotFound("credits.lot_unknown")
    return int(owner)


def usable_now(reading: Reading, group: Iterable[int]) -> int:
    """The balance of the group as it stands at this point of the command (C2)."""
    return balance(reading, group)


def today(reading: Reading) -> date:
    """The local date of now in the studio's zone."""
    return local_day(reading.now, reading.studio.zone)


def last_day_of(reading: Reading, lot: LotState) -> date | None:
    """The lot's last local date of use, None for never (C4)."""
    return None if lot.expires_at is None else last_day(lot.expires_at, reading.studio.zone)


def listed(lots: Iterable[LotState]) -> tuple[str, ...]:
    """What is there, for a message: "8 × Ten pack"."""
    return tuple(f"{lot.available} × {lot.title}" for lot in lots if lot.available)
