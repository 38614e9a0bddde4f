"""Whose turn it is to pull: one desk of a studio at a time asks Stripe what happened (Y3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models.sync import sync_state
from frontdesk.services.unit_of_work import Reading, UnitOfWork

#: How long a desk that pulled has its turn; more than the five minutes between two polls.
TURN: Final = timedelta(minutes=10)
#: So much of it has to be left, or it is taken anew first.
_LEFT: Final = timedelta(minutes=2)

_STATE = sa.select(sync_state).where(sync_state.c.id == 1)
_SET = sa.update(sync_state).where(sync_state.c.id == 1)
_SET_MINE = _SET.where(sync_state.c.puller == sa.bindparam("this_lease"))


class TurnLost(Exception):
    """Another desk has taken the turn; what it has begun is not to be done twice."""


def has_turn(reading: Reading, lease: str) -> bool:
    """Whether it is this desk's turn for a while."""
    state = reading.connection.execute(_STATE).first()
    if state is None or state.puller != lease or state.puller_until is None:
        return False
    return bool(state.puller_until > reading.now + _LEFT)


def take_turn(work: UnitOfWork, lease: str, by_force: bool) -> bool:
    """Let this desk pull, unless another one has its turn; ``by_force`` also then.

    Raises:
        Refused: stripe.not_connected.
    """
    state = work.connection.execute(_STATE.with_for_update()).first()
    if state is None:
        raise Refused("stripe.not_connected")
    is_free = state.puller in ("", lease) or state.puller_until is None or state.puller_until <= work.now
    if not is_free and not by_force:
        return False
    work.connection.execute(_SET, {"puller": lease, "puller_until": work.now + TURN})
    return True


def give_up_turn(work: UnitOfWork, lease: str) -> None:
    """Let another desk pull from now on, where it was this one's turn."""
    work.connection.execute(_SET_MINE, {"this_lease": lease, "puller": "", "puller_until": None})


def go_on(work: UnitOfWork, lease: str, marks: dict[str, Any]) -> None:
    """Note how far this desk's turn has come, and lengthen it.

    Raises:
        TurnLost: it is not this desk's turn any more, and nothing is to be written.
    """
    noted = {"this_lease": lease, "puller_until": work.now + TURN, **marks}
    if work.connection.execute(_SET_MINE, noted).rowcount == 0:
        raise TurnLost
