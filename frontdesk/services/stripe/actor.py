"""Who acts where sync does: a staff member and a desk that nobody can choose (S1)."""

from __future__ import annotations

import sqlalchemy as sa

from frontdesk.models.studio import desk, staff
from frontdesk.services.desks import open_desk
from frontdesk.services.staff import put_on_list
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork

#: The receipts of sales that came in by sync begin with this, their refunds with Online-R.
ONLINE_PREFIX = "Online"
STRIPE_NAME = "Stripe"

_STAFF = sa.select(staff.c.id).where(staff.c.system).order_by(staff.c.id).limit(1)
_DESK = sa.select(desk.c.id).where(desk.c.system).order_by(desk.c.id).limit(1)


def online_actor(reading: Reading) -> Actor | None:
    """Who acts where sync does; None before the studio was connected."""
    staff_id = reading.connection.execute(_STAFF).scalar()
    desk_id = reading.connection.execute(_DESK).scalar()
    return None if staff_id is None or desk_id is None else Actor(staff_id, desk_id)


def make_online_actor(work: UnitOfWork) -> Actor:
    """The same, written down if it is not there yet."""
    found = online_actor(work)
    if found is not None:
        return found
    return Actor(
        put_on_list(work, STRIPE_NAME, system=True),
        open_desk(work, ONLINE_PREFIX, ONLINE_PREFIX, system=True),
    )
