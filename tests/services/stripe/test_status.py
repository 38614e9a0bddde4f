"""Sync as people see it: the outbox with what it is about, and what they decide on what waits (Y4)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from frontdesk.errors import NotFound, Refused
from frontdesk.models.sync import outbox
from frontdesk.services.packages import publish_package
from frontdesk.services.stripe.kinds import kinds
from frontdesk.services.stripe.status import (
    FAILED_SHOWN,
    send_now,
    send_without_waiting,
    sync_facts,
    sync_view,
    take_back,
)
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.views.sync_status import OutboxRow
from frontdesk.ui.sync_words import operation
from tests.builders import make_package
from tests.services.stripe.studio import ConnectedStudio


@pytest.fixture
def waiting(studio: ConnectedStudio) -> int:
    """Work for Stripe that was decided and never sent: its id."""
    package_id = make_package(studio.office, studio.owner, publish=False, online=True)
    studio.do(publish_package, package_id)
    return only(studio).id


def only(studio: ConnectedStudio) -> OutboxRow:
    rows: tuple[OutboxRow, ...] = studio.see(sync_view).outbox
    assert len(rows) == 1
    return rows[0]


def _set(work: UnitOfWork, outbox_id: int, state: str) -> None:
    """As an attempt leaves it."""
    over = work.now if state in ("done", "failed") else None
    values = {"state": state, "finished_at": over, "next_try_at": work.now + FAILED_SHOWN}
    work.connection.execute(sa.update(outbox).where(outbox.c.id == outbox_id), values)


def test_what_waits_names_its_package_and_since_when(studio: ConnectedStudio, waiting: int) -> None:
    row = only(studio)
    assert (row.id, row.about, row.state, row.amount) == (waiting, "10-class pack", "new", None)
    assert studio.see(sync_view).oldest == studio.clock.now()
    assert studio.see(sync_facts).waiting == 1 and studio.see(sync_facts).livemode is False


def test_what_waits_for_its_turn_is_sent_at_once_when_asked(studio: ConnectedStudio, waiting: int) -> None:
    for use_case, arguments in ((send_now, (waiting,)), (send_without_waiting, ())):
        studio.do(_set, waiting, "waiting")
        assert only(studio).next_try_at is not None
        studio.do(use_case, *arguments)
        assert only(studio).next_try_at is None


def test_what_was_never_sent_is_taken_back(studio: ConnectedStudio, waiting: int) -> None:
    studio.do(take_back, waiting)
    assert studio.see(sync_facts).waiting == 0
    with pytest.raises(Refused, match=r"outbox\.not_held"):
        studio.do(take_back, waiting)
    with pytest.raises(Refused, match=r"outbox\.finished"):
        studio.do(send_now, waiting)
    with pytest.raises(NotFound, match=r"outbox\.unknown"):
        studio.do(send_now, 99)


def test_what_may_have_reached_stripe_is_not_taken_back(studio: ConnectedStudio, waiting: int) -> None:
    def sent(work: UnitOfWork) -> None:
        attempt = {"state": "unknown", "first_sent_at": work.now, "attempts": 1}
        work.connection.execute(sa.update(outbox).where(outbox.c.id == waiting), attempt)

    studio.do(sent)
    assert not only(studio).can_take_back and only(studio).can_send
    with pytest.raises(Refused, match=r"outbox\.not_held"):
        studio.do(take_back, waiting)


def test_what_stripe_refused_is_shown_for_some_days(studio: ConnectedStudio, waiting: int) -> None:
    studio.do(_set, waiting, "failed")
    row = only(studio)
    assert row.state == "failed" and not row.can_send and not row.can_take_back
    assert studio.see(sync_view).oldest is None
    studio.clock.pass_time(days=8)
    assert studio.see(sync_view).outbox == ()


def test_every_kind_of_operation_has_words() -> None:
    assert [name for name in kinds() if operation(name) == name] == []
