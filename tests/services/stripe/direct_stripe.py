"""The double of Stripe without the wire: the same state and the same answers, a call being a call.

What the network does on the way is told here, by what the port's adapter makes of it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from frontdesk.services.gateways import stripe_gateway
from frontdesk.services.stripe.wire import Busy, StripeAnswer, StripeCall, StripeTrouble
from tests.services.stripe.studio import allowed
from tests.stripe_double import Fault, StripeDouble
from tests.stripe_double.gateway import Request

#: Runs before a call goes out and after it came back; either may raise.
Disturbance = Callable[[StripeCall], None]


class DirectStripe:
    """A ``PaymentGateway`` on a double that is not listening anywhere."""

    def __init__(self, double: StripeDouble) -> None:
        self.double = double
        mode = "live" if double.account.livemode else "test"
        self.key = double.add_key(f"rk_{mode}_OfTheStudio", permissions=allowed("owner"))
        self.calls: Counter[str] = Counter()
        self.before: Disturbance = _nothing
        self.after: Disturbance = _nothing
        #: What goes wrong inside Stripe at a call; of the double's kinds those that end in an answer.
        self.fault: Callable[[StripeCall], Fault | None] = lambda call: None
        #: Whoever was too fast may try again at once: for tests that wait for nothing.
        self.hurries = False

    def call(self, call: StripeCall) -> StripeAnswer:
        """Carry the request out; raises what the real adapter would."""
        self.calls[f"{call.method} {call.path}"] += 1
        self.before(call)
        response = self.double._gateway.handle(self._request(call), self.fault(call))
        self.after(call)
        body = json.loads(response.body)
        if response.status != 200:
            raise self._refusal(response.status, body["error"], response.headers)
        replayed = response.headers.get("Idempotent-Replayed") == "true"
        now = self.double.clock.time.replace(microsecond=0)
        return StripeAnswer(body, now, replayed, response.headers.get("Request-Id", ""))

    def reads_of(self, path: str) -> int:
        """How often a path that begins so was read."""
        return sum(count for name, count in self.calls.items() if name.startswith(f"get {path}"))

    def _refusal(self, status: int, error: dict[str, Any], headers: dict[str, str]) -> StripeTrouble:
        trouble = stripe_gateway._refusal(status, error, headers)
        if self.hurries and isinstance(trouble, Busy):
            trouble = Busy(trouble.code, **{**trouble.params, "retry_after": 0})
        return trouble

    def _request(self, call: StripeCall) -> Request:
        text = urlencode(list(_flat(call.params)))
        headers = {"authorization": f"Bearer {self.key}", "stripe-version": call.api_version}
        if call.method == "get":
            return Request("GET", f"{call.path}?{text}" if text else call.path, headers)
        headers["idempotency-key"] = call.idempotency_key
        return Request(call.method.upper(), call.path, headers, text.encode())


@contextmanager
def direct_stripe(**settings: Any) -> Iterator[DirectStripe]:
    """A double of its own; what left Stripe's published shapes fails at the end."""
    double = StripeDouble(**settings)
    try:
        yield DirectStripe(double)
    finally:
        double.stop()
    told = "\n".join(str(problem) for problem in double.violations[:10])
    assert not told, f"outside of Stripe's published shapes:\n{told}"


def _nothing(call: StripeCall) -> None:
    """An undisturbed line."""


def _flat(params: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Parameters as forms write them: ``a[b][0]=c``."""
    if isinstance(params, Mapping):
        for key, value in params.items():
            yield from _flat(value, f"{name}[{key}]" if name else str(key))
    elif isinstance(params, list | tuple):
        for place, value in enumerate(params):
            yield from _flat(value, f"{name}[{place}]")
    elif params is not None:
        yield name, str(params).lower() if isinstance(params, bool) else str(params)
