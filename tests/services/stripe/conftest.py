"""What tests of sync have: a studio that is connected to its Stripe account."""

from __future__ import annotations

import pytest

from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Actor
from tests.builders import SetClock
from tests.services.stripe.studio import ConnectedStudio, connect


@pytest.fixture
def studio(office: Office, actor: Actor, clock: SetClock) -> ConnectedStudio:
    """Connected in test mode, counting in USD."""
    return ConnectedStudio(office, clock, actor, connect(office, actor))
