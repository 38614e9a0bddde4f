"""What tests of sync have: a studio that is connected to its Stripe account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Actor
from tests.builders import SetClock
from tests.services.stripe.direct_stripe import DirectStripe, direct_stripe
from tests.services.stripe.pulling import Pulling
from tests.services.stripe.studio import ConnectedStudio, connect


@pytest.fixture
def studio(office: Office, actor: Actor, clock: SetClock) -> ConnectedStudio:
    """Connected in test mode, counting in USD."""
    return ConnectedStudio(office, clock, actor, connect(office, actor))


@pytest.fixture
def stripe() -> Iterator[DirectStripe]:
    """A double of Stripe without the wire, whose clock the test moves."""
    with direct_stripe() as made:
        yield made


@pytest.fixture
def pulling(studio: ConnectedStudio, stripe: DirectStripe) -> Pulling:
    """The studio with its account at that double; nothing was pulled yet."""
    return Pulling(studio, stripe)
