"""The rows of a sale and of a refund that the ledger's hash covers, so that a changed receipt is found (R7).

An operation of kind ``sale`` keeps the hash of ``subject_rows`` of its sale; those that name a refund keep
the hash of ``refund_subject_rows``. What may change later is left out: a transaction's status has a history
of its own, a note can be erased and is hashed by the operation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from frontdesk.models.sale import money_transaction, refund, refund_line, sale, sale_line

Row = sa.RowMapping | Mapping[str, Any]

SALE = (
    "id", "command_id", "client_id", "desk_id", "staff_id", "sold_at", "business_day", "series", "number",
    "currency", "subtotal", "discount", "tax", "total", "tax_name", "discount_code", "discount_note_id",
)  # fmt: skip
SALE_LINE = (
    "id", "sale_id", "position", "package_id", "package_version_id", "name", "credits", "bonus", "validity",
    "eligible", "list_price", "discount", "tax_milli_percent", "tax_on_top", "tax", "total",
)  # fmt: skip
REFUND = (
    "id", "command_id", "kind", "sale_id", "client_id", "desk_id", "staff_id", "requested_at", "business_day",
    "series", "number", "amount", "reason_code", "note_id",
)  # fmt: skip
REFUND_LINE = ("id", "refund_id", "sale_line_id", "amount", "credits_voided")
TRANSACTION = (
    "id", "kind", "sale_id", "client_id", "refund_id", "payment_id", "tender", "amount", "at", "business_day",
    "staff_id", "desk_id", "receipt", "reference", "cash_given", "cash_change",
)  # fmt: skip

_SALE = sa.select(sale).where(sale.c.id == sa.bindparam("sale_id"))
_SALE_LINES = sa.select(sale_line).where(sale_line.c.sale_id == sa.bindparam("sale_id"))
_PAYMENTS = sa.select(money_transaction).where(
    money_transaction.c.sale_id == sa.bindparam("sale_id"), money_transaction.c.kind == "payment"
)
_REFUND = sa.select(refund).where(refund.c.id == sa.bindparam("refund_id"))
_REFUND_LINES = sa.select(refund_line).where(refund_line.c.refund_id == sa.bindparam("refund_id"))
_PARTS = sa.select(money_transaction).where(money_transaction.c.refund_id == sa.bindparam("refund_id"))


def sale_subject(sale_row: Row, lines: Iterable[Row], payments: Iterable[Row]) -> list[dict[str, Any]]:
    """The hashed rows of a sale, of rows that were read or are being written."""
    return [_of(sale_row, SALE), *_listed(lines, SALE_LINE), *_listed(payments, TRANSACTION)]


def refund_subject(refund_row: Row, lines: Iterable[Row], parts: Iterable[Row]) -> list[dict[str, Any]]:
    """The hashed rows of a refund, of rows that were read or are being written."""
    return [_of(refund_row, REFUND), *_listed(lines, REFUND_LINE), *_listed(parts, TRANSACTION)]


def subject_rows(connection: sa.Connection, sale_id: int) -> list[dict[str, Any]]:
    """The hashed rows of a sale as they stand in the database; empty if there is no such sale."""
    asked = {"sale_id": sale_id}
    found = connection.execute(_SALE, asked).mappings().first()
    if found is None:
        return []
    lines = connection.execute(_SALE_LINES, asked).mappings()
    return sale_subject(found, lines, connection.execute(_PAYMENTS, asked).mappings())


def refund_subject_rows(connection: sa.Connection, refund_id: int) -> list[dict[str, Any]]:
    """The hashed rows of a refund as they stand in the database; empty if there is no such refund."""
    asked = {"refund_id": refund_id}
    found = connection.execute(_REFUND, asked).mappings().first()
    if found is None:
        return []
    lines = connection.execute(_REFUND_LINES, asked).mappings()
    return refund_subject(found, lines, connection.execute(_PARTS, asked).mappings())


def _listed(rows: Iterable[Row], columns: tuple[str, ...]) -> list[dict[str, Any]]:
    return sorted((_of(row, columns) for row in rows), key=lambda row: int(row["id"]))


def _of(row: Row, columns: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in columns}
