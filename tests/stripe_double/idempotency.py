"""What Stripe keeps under an idempotency key, and for how long."""

import threading
from dataclasses import dataclass

from tests.stripe_double.errors import StripeError, invalid, key_in_use

#: After this the key is forgotten, and the same request is carried out again.
KEPT_SECONDS = 24 * 3600


@dataclass
class Stored:
    """The first answer to a key."""

    fingerprint: str
    at: int
    request_id: str
    status: int = 0
    body: bytes = b""


class IdempotencyKeys:
    """Keys by account and mode."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], Stored] = {}

    def begin(self, scope: str, key: str, fingerprint: str, request_id: str, now: int) -> Stored | None:
        """The answer that is kept, or None when the request may begin.

        Raises a 400 when the key was used for something else, and a 409 while it is being worked on.
        """
        if len(key) > 255:
            raise invalid("Idempotency key must be at most 255 characters long.", code="parameter_invalid")
        with self._lock:
            stored = self._kept.get((scope, key))
            if stored is not None and stored.status and now - stored.at >= KEPT_SECONDS:
                stored = None
            if stored is None:
                self._kept[scope, key] = Stored(fingerprint, now, request_id)
                return None
            if stored.fingerprint != fingerprint:
                raise StripeError(
                    400,
                    "Keys for idempotent requests can only be used with the same parameters they were first "
                    f"used with. Try using a key other than '{key}' if you meant another request.",
                    type="idempotency_error",
                )
            if not stored.status:
                raise key_in_use(key)
            return stored

    def keep(self, scope: str, key: str, status: int, body: bytes) -> None:
        """Keeps the answer of a request that began."""
        with self._lock:
            stored = self._kept[scope, key]
            stored.status, stored.body = status, body

    def forget(self, scope: str, key: str) -> None:
        """Keeps nothing: the request never began."""
        with self._lock:
            self._kept.pop((scope, key), None)

    def prune(self) -> None:
        """Forgets everything, as Stripe may after a day."""
        with self._lock:
            self._kept.clear()
