"""A double of Stripe that speaks HTTP on loopback: `with StripeDouble() as stripe: …`."""

from tests.stripe_double.clock import Clock
from tests.stripe_double.double import ACCOUNT, API_VERSION, StripeDouble
from tests.stripe_double.errors import StripeError
from tests.stripe_double.faults import KINDS, RANDOM_KINDS, Fault

__all__ = ["ACCOUNT", "API_VERSION", "KINDS", "RANDOM_KINDS", "Clock", "Fault", "StripeDouble", "StripeError"]
