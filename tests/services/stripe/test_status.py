"""Sync as people see it: the outbox with what it is about, and what they decide on what waits (Y4)."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.errors import NotFound, Refused
from frontdesk.models.sync import checkout, outbox
from frontdesk.services.office import Office
from frontdesk.services.packages import publish_package
from frontdesk.services.refund_states import add_state
from frontdesk.services.stripe.kinds import kinds
from frontdesk.services.stripe.outbox import open_ops
from frontdesk.services.stripe.status import (
    FAILED_SHOWN,
    send_now,
    send_without_waiting,
    sync_facts,
    sync_view,
    take_back,
)
from frontdesk.services.unit_of_work import Actor, UnitOfWork
from frontdesk.services.views.sync_status import OutboxRow
from frontdesk.ui.sync_words import operation
from tests.builders import SetClock, make_package
from tests.services.stripe.refund_till import refund_till
from tests.services.stripe.studio import ConnectedStudio
from tools.stripe_rows import waiting_checkout


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


def test_what_stripe_refused_is_left_out_once_the_same_was_done(
    studio: ConnectedStudio, waiting: int
) -> None:
    """Something else that was done for the package, or the same for another one, is no answer to it."""
    studio.do(_set, waiting, "failed")
    first = studio.rows(outbox)[0]
    other = make_package(studio.office, studio.owner, name="Another pack", publish=False, online=True)
    for place, changed in enumerate(
        (
            {"path": "/v1/products/prod_2"},
            {"kind": "catalogue.change_product"},
            {"package_id": other},
            {"state": "failed"},
        )
    ):
        studio.do(_again, first.id, f"other-{place}", changed)
        assert waiting in [row.id for row in studio.see(sync_view).outbox]
    studio.do(_again, first.id, "same", {})
    assert waiting not in [row.id for row in studio.see(sync_view).outbox]


def _again(work: UnitOfWork, outbox_id: int, key: str, changed: dict[str, Any]) -> None:
    """The same work once more, later and done, but for what is changed of it."""
    first = work.connection.execute(sa.select(outbox).where(outbox.c.id == outbox_id)).one()
    again = {name: value for name, value in first._mapping.items() if name != "id"}
    again |= {"op_id": key, "idempotency_key": key, "state": "done", **changed}
    work.connection.execute(sa.insert(outbox), again)


@pytest.mark.parametrize(
    ("state", "left"), [("pending", True), ("failed", True), ("succeeded", False), ("cancelled", False)]
)
def test_what_stripe_refused_of_a_refund_that_is_over_is_left_out(
    office: Office, actor: Actor, clock: SetClock, state: str, left: bool
) -> None:
    """S6: by whatever way it came to its end since."""
    with refund_till(office, actor, clock) as till:
        sold = till.take_by_stripe()
        till.refund(sold, 2700)
        (op,) = till.see(open_ops)
        assert op.transaction_id is not None
        till.do(_set, op.id, "failed")
        assert [row.id for row in till.see(sync_view).outbox] == [op.id]
        till.do(_refund_is, op.transaction_id, sold.sale_id, state)
        assert [row.id for row in till.see(sync_view).outbox] == ([op.id] if left else [])


def _refund_is(work: UnitOfWork, transaction_id: int, sale_id: int, state: str) -> None:
    add_state(work, transaction_id, sale_id, state)


def test_what_stripe_refused_of_a_page_is_left_out_once_its_sale_is_closed(
    studio: ConnectedStudio, waiting: int
) -> None:
    """S4."""
    checkout_id = studio.do(waiting_checkout, studio.client())
    (page,) = (row for row in studio.rows(outbox) if row.checkout_id == checkout_id)
    studio.do(_set, page.id, "failed")
    assert page.id in [row.id for row in studio.see(sync_view).outbox]
    studio.do(_close, checkout_id)
    assert page.id not in [row.id for row in studio.see(sync_view).outbox]


def _close(work: UnitOfWork, checkout_id: int) -> None:
    over = {"state": "cancelled", "closed_at": work.now}
    work.connection.execute(sa.update(checkout).where(checkout.c.id == checkout_id), over)


def test_every_kind_of_operation_has_words() -> None:
    assert [name for name in kinds() if operation(name) == name] == []
