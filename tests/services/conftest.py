"""What tests of services have: an office over a fresh database, a clock to set, a studio with its owner."""

from __future__ import annotations

import pytest

from frontdesk.models.database import Database
from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Actor
from tests.builders import SetClock, build_studio
from tests.services.credit_desk import CreditDesk


@pytest.fixture
def clock() -> SetClock:
    """Stands still until the test moves it."""
    return SetClock()


@pytest.fixture
def office(database: Database, clock: SetClock) -> Office:
    """Runs use cases and queries on a fresh database without a studio."""
    return Office(database, clock)


@pytest.fixture
def actor(office: Office) -> Actor:
    """The owner at the first desk of a studio in Berlin that counts in USD."""
    return build_studio(office)


@pytest.fixture
def desk(office: Office, actor: Actor, clock: SetClock) -> CreditDesk:
    """Short verbs over the use cases of credits, with one client."""
    return CreditDesk(office, actor, clock)
