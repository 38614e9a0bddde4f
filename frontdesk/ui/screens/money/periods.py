"""The periods that the Overview tab offers, as business days."""

from __future__ import annotations

from datetime import date, timedelta

WEEK, THIRTY, NINETY, MONTH, LAST_MONTH = "7", "30", "90", "month", "last_month"
PERIODS = (WEEK, THIRTY, NINETY, MONTH, LAST_MONTH)


def days_of(period: str, today: date) -> tuple[date, date]:
    """The first and the last day, both included; ``today`` is the business day of now."""
    if period == MONTH:
        return today.replace(day=1), today
    if period == LAST_MONTH:
        last = today.replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
    return today - timedelta(days=int(period) - 1), today
