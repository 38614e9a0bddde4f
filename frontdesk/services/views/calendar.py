"""The studio's calendar, for the ui, which knows services but not models."""

from frontdesk.models.calendar import (
    MAX_VALIDITY_DAYS,
    MAX_VALIDITY_MONTHS,
    Validity,
    available_zones,
    instant_at,
    local_day,
)

__all__ = [
    "MAX_VALIDITY_DAYS",
    "MAX_VALIDITY_MONTHS",
    "Validity",
    "available_zones",
    "instant_at",
    "local_day",
]
