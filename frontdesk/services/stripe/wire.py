"""What goes to Stripe and what comes back, as plain data; and the few ways in which a call can end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from frontdesk.errors import FrontdeskError

#: The version of Stripe's API that every call names: an update of the library changes nothing by itself.
API_VERSION: Final = "2026-10-28.endive"

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StripeCall:
    """One request: ``method`` get, post or delete; ``path`` from /v1/ on; ``params`` nested.

    A post carries the idempotency key under which it may be sent again.
    """

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    idempotency_key: str = ""
    api_version: str = API_VERSION


@dataclass(frozen=True, slots=True)
class StripeAnswer:
    """A 2xx: the object or list as Stripe wrote it, its own time, and whether it answered from memory."""

    body: Body
    server_time: datetime | None = None
    replayed: bool = False
    request_id: str = ""


class StripeTrouble(FrontdeskError):
    """A call to Stripe that did not end in an answer. The subclass says what is known about its effect."""


class Unclear(StripeTrouble):
    """Nobody knows whether it happened: a timeout, a broken connection, a 5xx, a body not of Stripe."""


class NotReached(Unclear):
    """Stripe could not be reached at all: no network, no name, a refused connection."""


class Busy(StripeTrouble):
    """Nothing happened; the same may be sent again later: too many requests, or the same one is under way.

    ``params["retry_after"]`` holds whole seconds where Stripe names them, else None.
    """


class NotAllowed(StripeTrouble):
    """The key is no good for this: revoked (401), or it lacks a permission (403). Nothing happened."""


class Declined(StripeTrouble):
    """Stripe refused for good; nothing happened. ``params``: stripe_code, param, decline_code, said."""
