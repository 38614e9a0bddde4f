"""Money as views and drafts carry it, for the ui, which knows services but not models."""

from frontdesk.models.money import (
    MAX_AMOUNT,
    Currency,
    Money,
    MoneyError,
    currencies,
    currency,
    parse_rate,
    plain_rate,
)

__all__ = [
    "MAX_AMOUNT",
    "Currency",
    "Money",
    "MoneyError",
    "currencies",
    "currency",
    "parse_rate",
    "plain_rate",
]
