"""Views of sync: its state in one look for every screen, and all that the Sync tab shows (Y5, Y6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from frontdesk.models.money import Money
from frontdesk.services.views.stripe_account import AccountView, ReadsView

#: off: the studio is not connected. no_key: it is, and this computer has no key that works.
Mode = Literal["off", "no_key", "test", "live"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something does not go on: a code with its parameters, as errors carry them."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far something long has come. ``what``: push, poll, sweep or first.

    ``total`` is None where nobody knows it. ``rate`` is things a second, ``left`` the seconds that remain.
    """

    what: str
    done: int
    total: int | None = None
    rate: float = 0.0
    left: int | None = None


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """Sync as it is now. ``online`` is None before Stripe was asked; ``trouble`` says why it is not."""

    mode: Mode = "off"
    online: bool | None = None
    trouble: Trouble | None = None
    synced_at: datetime | None = None
    waiting: int = 0
    progress: SyncProgress | None = None


@dataclass(frozen=True, slots=True)
class SyncFacts:
    """What the books know of it. ``livemode`` is None where no account is connected."""

    livemode: bool | None = None
    synced_at: datetime | None = None
    swept_at: datetime | None = None
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Work for Stripe that it has not confirmed, or refused these days.

    ``about`` names the package, or the client of the checkout or refund; ``amount`` is None for a package.
    """

    id: int
    kind: str
    state: str
    about: str
    amount: Money | None
    moves_money: bool
    created_at: datetime
    next_try_at: datetime | None
    attempts: int
    trouble: Trouble | None

    @property
    def can_send(self) -> bool:
        """Whether a person may say that it shall be sent: it was held, or it waits for its next turn."""
        return self.state in ("held", "waiting", "unknown", "new")

    @property
    def can_take_back(self) -> bool:
        """Whether it was never sent."""
        return self.state == "held" or (self.state == "new" and not self.attempts)


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """An object that could not be applied; everything else goes on."""

    object_id: str
    kind: str
    trouble: Trouble
    attempts: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class SyncView:
    """All that the Sync tab shows of the books. ``complete_at`` and ``swept_at`` are Stripe's time."""

    account: AccountView
    complete_at: datetime | None
    swept_at: datetime | None
    outbox: tuple[OutboxRow, ...]
    quarantine: tuple[QuarantineRow, ...]
    reads: ReadsView

    @property
    def oldest(self) -> datetime | None:
        """Since when the oldest of the open work waits."""
        return min((row.created_at for row in self.outbox if row.state != "failed"), default=None)
