"""What the transactions screen asks for: the filter, the order and the place where a page begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class TransactionSort(StrEnum):
    """The column that transactions are sorted by; both run from the top down, id breaking ties."""

    AT = "at"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class TransactionFilter:
    """Which transactions to show; None and "" let everything through.

    Days are business days, both included; ``kind`` is payment or refund. ``tenders`` are those that may come
    in question, ``tender`` is the one that is asked for. Amounts are signed minor units as
    they stand in the list (a refund is negative), both included. ``standing`` is refunded or partly_refunded,
    for payments of which all or some money went back. ``client_id`` takes merged clients in.
    ``text`` finds a receipt number or its beginning, the beginning of a reference, and clients as search
    does.
    """

    from_day: date | None = None
    to_day: date | None = None
    tender: str | None = None
    tenders: tuple[str, ...] | None = None
    kind: str | None = None
    status: str | None = None
    standing: str | None = None
    staff_id: int | None = None
    client_id: int | None = None
    min_amount: int | None = None
    max_amount: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class TransactionKey:
    """The last row of a page, after which the next one begins; ``amount`` in minor units."""

    at: datetime
    amount: int
    id: int
