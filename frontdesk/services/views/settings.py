"""Views of the studio's settings: the studio, its desks, its staff and its class types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from frontdesk.services.views.desks import DeskRow as DeskRow
from frontdesk.services.views.desks import StaffRow as StaffRow


@dataclass(frozen=True, slots=True)
class Founded:
    """What founding a studio made: the first desk and the owner, which together are the first actor."""

    staff_id: int
    desk_id: int


@dataclass(frozen=True, slots=True)
class StudioView:
    """All settings of the studio. Currency and zone are locked from the first sale on (S9, C4)."""

    name: str
    currency: str
    zone: str
    day_starts_hour: int
    tax_name: str
    tax_rate_milli_percent: int
    prices_include_tax: bool
    receipt_header: str
    receipt_footer: str
    demo: bool
    #: Whether no real money moves: a copy for trying, or an account in Stripe's test mode (A4).
    test_mode: bool
    created_at: datetime
    currency_locked: bool
    zone_locked: bool


@dataclass(frozen=True, slots=True)
class ClassTypeRow:
    """A class type: credits one booking costs (0 is free), and the name of its colour token (C13)."""

    id: int
    name: str
    cost: int
    colour: str
    position: int
    archived: bool = False
