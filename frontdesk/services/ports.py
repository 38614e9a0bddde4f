"""The doors to the outside that services walk through: time, Stripe and the keyring."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from frontdesk.services.stripe.wire import StripeAnswer, StripeCall


class Clock(Protocol):
    """Tells the time. Aware UTC instants only."""

    #: Whether a database server's time goes before this clock's: desks' clocks differ, the server's is one.
    follows_server: bool

    def now(self) -> datetime: ...


class SystemClock:
    """The computer's own clock, or the server's where there is one."""

    follows_server = True

    def now(self) -> datetime:
        """The current instant in UTC."""
        return datetime.now(UTC)


class PaymentGateway(Protocol):
    """Stripe, with one key. Safe to use from several threads; every call waits for the network."""

    def call(self, call: StripeCall) -> StripeAnswer:
        """Send a request and wait for its answer.

        Raises:
            StripeTrouble: Unclear, NotReached, Busy, NotAllowed or Declined.
        """


class SecretStore(Protocol):
    """Where secrets are kept: the keyring of this computer and nothing else (A4)."""

    def get(self, name: str) -> str | None:
        """The secret of that name, None where there is none.

        Raises:
            Refused: keyring.missing, keyring.unsafe, keyring.locked, keyring.failed.
        """

    def put(self, name: str, secret: str) -> None:
        """Keep a secret; raises as ``get``."""

    def forget(self, name: str) -> None:
        """Remove a secret, if it is there; raises as ``get``."""
