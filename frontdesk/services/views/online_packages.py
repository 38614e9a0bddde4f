"""Views of packages at Stripe: whether one is sold online, what it waits for, and what was changed there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

#: off: not sold online, and nothing of it is on sale at Stripe. not_connected: to be sold online once the
#: studio has connected Stripe. waiting: Stripe has not confirmed all of it. on_sale: it has. failed: it will
#: not, until somebody changes something or tries again.
OnlineStateName = Literal["off", "not_connected", "waiting", "on_sale", "failed"]

DriftField = Literal["name", "description", "default_price", "product", "price", "link", "old_link"]


@dataclass(frozen=True, slots=True)
class Drift:
    """A difference that somebody made in Stripe's dashboard.

    ``ours`` and ``theirs`` are texts; for product, price and links they tell whether they are active. A
    default price is named by what it costs where that is known (Money), else by Stripe's id.
    """

    field: DriftField
    ours: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class OnlineState:
    """A package at Stripe as its editor shows it.

    ``step`` is the kind of the operation that is waited for, or that failed; ``since`` when it was decided.
    ``checking`` says that it was sent and Stripe's answer is not known. ``trouble`` is the code and
    parameters of what is in the way. ``url`` is the Payment Link while it is on
    sale and nobody has closed it in Stripe's dashboard.
    """

    state: OnlineStateName
    step: str = ""
    since: datetime | None = None
    checking: bool = False
    trouble: str = ""
    trouble_params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    url: str = ""
    #: Whether a Payment Link may be out there that a change of what is sold would close.
    has_link: bool = False
    drift: tuple[Drift, ...] = ()
    #: Whether its terms ask for it to be sold online, and only its publication is missing.
    is_draft: bool = False
