"""What the Payments screen is asked for, as a person chose it, and how that is kept in the preferences."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any

from frontdesk.services.drafts.sales import DESK_TENDERS, STRIPE_TENDERS

ALL, TODAY, YESTERDAY, WEEK, MONTH, DAYS = "all", "today", "yesterday", "week", "month", "days"
PERIODS = (ALL, TODAY, YESTERDAY, WEEK, MONTH, DAYS)
#: Kinds and statuses that can be looked for, as (kind, status, tenders); None lets all through.
STATES: dict[str, tuple[str | None, str | None, tuple[str, ...] | None]] = {
    "": (None, None, None),
    "payments": ("payment", None, None),
    "refunded": ("payment", None, None),
    "partly_refunded": ("payment", None, None),
    "refunds": ("refund", None, None),
    "requested": ("refund", "requested", None),
    "on_its_way": ("refund", "pending", STRIPE_TENDERS),
    "pending": ("refund", "pending", DESK_TENDERS),
    "failed": ("refund", "failed", None),
}
#: Of these, what money that went back makes of a payment.
STANDINGS = ("refunded", "partly_refunded")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter. `first_day` and `last_day` count for the period DAYS alone; amounts are minor units."""

    period: str = ALL
    first_day: date | None = None
    last_day: date | None = None
    tender: str = ""
    state: str = ""
    staff_id: int = 0
    least: int | None = None
    most: int | None = None
    text: str = ""

    def days(self, today: date, first_weekday: int) -> tuple[date | None, date | None]:
        """The business days from and to, both included; `first_weekday` is 1 for Monday to 7."""
        match self.period:
            case "today":
                return today, today
            case "yesterday":
                return today - timedelta(days=1), today - timedelta(days=1)
            case "week":
                return today - timedelta(days=(today.isoweekday() - first_weekday) % 7), today
            case "month":
                return today.replace(day=1), today
            case "days":
                return self.first_day, self.last_day
        return None, None

    def amounts(self) -> tuple[int | None, int | None]:
        """The signed amounts from and to; where refunds alone are looked for, 50 means −50."""
        if STATES[self.state][0] == "refund":
            signs = [None if one is None else -abs(one) for one in (self.most, self.least)]
            return signs[0], signs[1]
        return self.least, self.most

    def is_plain(self) -> bool:
        """Whether it lets everything through."""
        return self == Wanted()

    def to_text(self) -> str:
        """For the preferences. What was searched for is not kept: it belongs to the moment."""
        return json.dumps(asdict(self) | {"text": ""}, default=str)

    @classmethod
    def from_text(cls, text: str) -> Wanted:
        """Reads what `to_text` wrote; anything else is a filter that lets everything through."""
        try:
            kept: dict[str, Any] = json.loads(text)
            for name in ("first_day", "last_day"):
                kept[name] = date.fromisoformat(kept[name]) if kept.get(name) else None
            known = {one.name for one in fields(cls)}
            wanted = cls(**{name: value for name, value in kept.items() if name in known})
        except (ValueError, TypeError, AttributeError):
            return cls()
        return wanted if wanted.period in PERIODS and wanted.state in STATES else cls()
