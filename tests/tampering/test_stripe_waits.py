"""What waits for Stripe, with nothing left in the outbox to ask for it, is found and named (R7, Y4)."""

from __future__ import annotations

import pytest

from frontdesk.models.database import Database
from frontdesk.services.office import Office
from frontdesk.services.stripe.checkouts import cancel_checkout, open_checkout
from tests.builders import SetClock, build_studio
from tests.services.stripe.online_till import online_till
from tests.services.stripe.refund_till import refund_till
from tests.tampering.test_rows import Forger, forging, only

#: How somebody with a database tool loses what is to be asked for.
LOSSES = (
    "DELETE FROM outbox",
    "UPDATE outbox SET state = 'done', finished_at = created_at",
    "UPDATE outbox SET state = 'cancelled', finished_at = created_at",
)


def lose(forger: Forger, loss: str) -> None:
    forger.unlock("outbox")
    assert forger.run(loss) == 1


@pytest.mark.parametrize("loss", LOSSES)
def test_a_refund_that_nobody_will_ask_for_is_named(database: Database, loss: str) -> None:
    """S6, Y4: held for a person to decide it is asked for; in a copy for trying it is not to be."""
    clock = SetClock()
    office = Office(database, clock)
    with refund_till(office, build_studio(office), clock) as till:
        till.refund(till.take_by_stripe(), 4500)
        with forging(database) as forger:
            forger.unlock("outbox", "studio")
            forger.run("UPDATE outbox SET state = 'held'")
            assert forger.findings() == []
        with forging(database) as forger:
            lose(forger, loss)
            found = only(forger.findings(), "verify.refund_not_asked").params
            assert (found["client_id"], found["receipt"], found["amount"]) == (till.mira, "D1-R-000001", 4500)
            forger.unlock("studio")
            forger.run("UPDATE studio SET trial = (1 = 1)")
            assert forger.findings() == []
        till.push()
        with forging(database) as forger:
            lose(forger, loss)
            assert forger.findings() == [], "Stripe has answered, and it is not requested any more"


@pytest.mark.parametrize("loss", LOSSES)
def test_a_sale_whose_payment_nobody_will_ask_for_is_named(database: Database, loss: str) -> None:
    """S4, Y4: whatever it waits for, until Stripe has told what it made."""
    clock = SetClock()
    office = Office(database, clock)
    with online_till(office, build_studio(office), clock) as till:
        opened = till.do(open_checkout, till.by_stripe())
        with forging(database) as forger:
            lose(forger, loss)
            found = only(forger.findings(), "verify.checkout_not_asked").params
        assert (found["client_id"], found["checkout_id"], found["amount"]) == (
            till.mira, opened.checkout_id, 9000,
        )  # fmt: skip
        assert found["found_at"] == clock.at
        till.push()
        till.do(cancel_checkout, opened.checkout_id)
        with forging(database) as forger:
            forger.unlock("outbox")
            forger.run(loss)
            assert forger.findings() == [], "it is asked about by the name that it has at Stripe"


@pytest.mark.tampers
@pytest.mark.parametrize("loss", LOSSES)
def test_such_a_sale_can_be_cancelled(database: Database, loss: str) -> None:
    """S4: as the finding says; also where that was tried before."""
    clock = SetClock()
    office = Office(database, clock)
    with online_till(office, build_studio(office), clock) as till:
        first, second = (till.do(open_checkout, till.by_stripe()).checkout_id for _ in range(2))
        with database.writing() as connection:
            forger = Forger(connection)
            forger.unlock("outbox", "checkout")
            forger.run(loss, f"UPDATE checkout SET state = 'closing' WHERE id = {second}")
        for checkout_id in (first, second):
            till.do(cancel_checkout, checkout_id)
            assert till.standing(checkout_id) == "cancelled"
