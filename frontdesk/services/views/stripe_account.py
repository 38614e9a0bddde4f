"""Views of the studio's Stripe account, of the line to it from this computer, and of the reads it allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

#: off: no account is connected. unasked: nothing was asked yet. no_key: this computer has none.
#: keyring: locked, missing, unsafe or failed. wrong_key: of another account or mode. revoked: Stripe takes it
#: no more. limited: it works, and lacks a permission that was needed. offline: Stripe was not reached.
LineKind = Literal[
    "off", "unasked", "no_key", "keyring", "wrong_key", "revoked", "limited", "offline", "ready"
]
#: What a key is used for: publishing packages and selling, or selling alone.
Use = Literal["owner", "desk"]
Access = Literal["read", "write"]
Verdict = Literal["granted", "missing", "unknown"]


@dataclass(frozen=True, slots=True)
class Probed:
    """What became of one permission of a key: ``label`` is its name on Stripe's page, ``row`` that in slugs.

    ``named`` is the slug that Stripe says is missing, "" otherwise.
    """

    row: str
    label: str
    access: Access
    verdict: Verdict
    named: str = ""


@dataclass(frozen=True, slots=True)
class LineState:
    """What became of the last look at Stripe; ``code`` and ``params`` say why where it is not ready."""

    kind: LineKind
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def works(self) -> bool:
        """Whether calls go through."""
        return self.kind in ("ready", "limited")


@dataclass(frozen=True, slots=True)
class AccountView:
    """The account as Stripe described it last, and what these books may be connected with (Y6, Y7).

    ``wanted`` are Stripe's names for what it still wants of the studio, ``waiting`` counts work that it has
    not confirmed.
    """

    trial: bool
    demo: bool
    connected: bool
    account_id: str = ""
    livemode: bool = False
    name: str = ""
    country: str = ""
    charges_enabled: bool = False
    payouts_enabled: bool = False
    wanted: tuple[str, ...] = ()
    wanted_by: datetime | None = None
    checked_at: datetime | None = None
    waiting: int = 0

    @property
    def takes_test_keys(self) -> bool:
        """Whether a key of the test mode belongs here, or one that moves real money (Y7)."""
        return self.trial or self.demo


@dataclass(frozen=True, slots=True)
class ReadsView:
    """Reads of the last 30 days, and how many Stripe allows in that time (Y3)."""

    used: int
    allowed: int

    @property
    def share(self) -> float:
        """0 to 1 and more."""
        return self.used / self.allowed

    @property
    def is_low(self) -> bool:
        """Whether so much is used that sync slows down."""
        return self.share >= 0.8
