"""Rate limits as Stripe's: buckets that refill, one for all requests and one for each endpoint."""

import threading
import time
from collections.abc import Callable

from tests.stripe_double.errors import rate_limited


class _Bucket:
    def __init__(self, rate: float, now: float) -> None:
        self.rate, self._left, self._at = rate, rate, now

    def refill(self, now: float) -> bool:
        self._left = min(self.rate, self._left + (now - self._at) * self.rate)
        self._at = now
        return self._left >= 1

    def take(self) -> None:
        self._left -= 1


class Limits:
    """Requests per second; None switches a limit off. Real time, unless another clock is given."""

    def __init__(self) -> None:
        self.clock: Callable[[], float] = time.monotonic
        self._lock = threading.Lock()
        self._overall: float | None = None
        self._each: float | None = None
        self._retry_after: int | None = None
        self._buckets: dict[str, _Bucket] = {}

    def set(
        self, overall: float | None = 25, per_endpoint: float | None = 25, retry_after: int | None = None
    ) -> None:
        """Stripe's are 100 (live) or 25 (sandbox) in all, and 25 for each endpoint."""
        with self._lock:
            self._overall, self._each, self._retry_after = overall, per_endpoint, retry_after
            self._buckets.clear()

    def check(self, endpoint: str) -> None:
        """Counts a request. Raises a 429 when it is one too many."""
        with self._lock:
            now = self.clock()
            wanted = (("", self._overall, "global-rate"), (endpoint, self._each, "endpoint-rate"))
            taken: list[_Bucket] = []
            for name, rate, reason in wanted:
                if rate is None:
                    continue
                bucket = self._buckets.setdefault(name, _Bucket(rate, now))
                if not bucket.refill(now):
                    raise rate_limited(reason, self._retry_after)
                taken.append(bucket)
            for bucket in taken:
                bucket.take()
