"""Two desks and a package that is sold online: one edits while the other speaks to Stripe (L3, Y4)."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from frontdesk.models.money import Money
from frontdesk.models.sync import outbox
from frontdesk.services.stripe.push import Pusher
from tests.builders import MORNING
from tests.services.stripe.catalogue_desk import CatalogueDesk
from tests.services.stripe.direct_stripe import direct_stripe
from tests.services.stripe.studio import ConnectedStudio
from tests.stripe_double import Clock

EDITS = 8
#: On SQLite the whole transaction is the lock.
on_a_server = pytest.mark.parametrize(
    "databases", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def desk(studio: ConnectedStudio) -> Iterator[CatalogueDesk]:
    """The studio and its Stripe, whose clocks agree."""
    with direct_stripe(clock=Clock(MORNING)) as stripe:
        yield CatalogueDesk(studio, stripe)


def test_edits_at_one_desk_while_another_pushes_end_with_the_newest_terms(desk: CatalogueDesk) -> None:
    """L3, P5: whatever came between, one product, one price and link that sell, all others retired."""
    package = desk.package()
    edited = threading.Event()

    def push() -> None:
        pusher = Pusher(desk.studio.office, desk.studio.online, "desk-2")
        while not edited.is_set() or desk.open():
            pusher.push(desk.stripe)

    other = threading.Thread(target=push)
    other.start()
    for number in range(1, EDITS + 1):
        desk.edit(package, price=Money(9000 + 100 * number, "USD"), name=f"Pack {number}")
    edited.set()
    other.join(60)
    assert not other.is_alive()
    (product,) = desk.products
    (sold,) = [one for one in desk.prices if one["active"]]
    (link,) = [one for one in desk.links if one["active"]]
    assert (product["name"], sold["unit_amount"]) == (f"Pack {EDITS}", 9000 + 100 * EDITS)
    assert product["default_price"] == sold["id"]
    assert desk.stripe.double.account.items_of(link["id"])[0]["price"]["id"] == sold["id"]
    assert desk.state(package).state == "on_sale"
    amounts = [one["unit_amount"] for one in desk.prices]
    assert len(amounts) == len(set(amounts))


@on_a_server
def test_an_edit_does_not_wait_for_the_desk_that_is_sending(desk: CatalogueDesk) -> None:
    """L3: nor does it take back what that desk is about to send."""
    package = desk.package()
    with desk.studio.office.database.writing() as connection:
        connection.execute(sa.select(outbox).with_for_update()).all()
        done = threading.Thread(target=desk.edit, args=(package,), kwargs={"name": "Other"})
        done.start()
        done.join(10)
        assert not done.is_alive(), "the edit waits for the network of another desk"
    assert desk.open() == ["create_product"]
    desk.push()
    assert desk.products[0]["name"] == "Other" and desk.state(package).state == "on_sale"
