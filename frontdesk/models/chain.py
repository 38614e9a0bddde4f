"""The hash chain of a client's operations: what is hashed, in which order, and how (C1, L2)."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from frontdesk.models.base import canonical_json, to_micros

#: The columns that each hash covers. Row ids that no other row refers to are left out.
OP = (
    "command_id", "client_id", "client_seq", "kind", "effective_at", "recorded_at", "class_type_id",
    "class_at", "staff_id", "desk_id", "reason_code", "note_id", "note_hash", "reverses_op_id",
    "peer_client_id", "sale_id", "refund_id", "subject_hash", "prev_hash",
)  # fmt: skip
LOT = (
    "id", "kind", "complimentary", "title", "credits", "sale_line_id", "parent_lot_id", "origin_lot_id",
    "eligible",
)  # fmt: skip
ENTRY = ("lot_id", "type", "delta", "undoes", "effective_at")
TERM = ("lot_id", "seq", "reason", "effective_at", "expires_at")
HOLD = ("lot_id", "kind", "credits", "starts_at", "ends_at", "closes_hold_id")
VISIT = ("class_type_id", "class_at", "cost", "paid")
VISIT_EVENT = ("visit_id", "kind")

Row = Mapping[str, Any]


def op_hash(
    op: Row,
    *,
    lots: Iterable[Row] = (),
    entries: Iterable[Row] = (),
    terms: Iterable[Row] = (),
    holds: Iterable[Row] = (),
    visits: Iterable[Row] = (),
    visit_events: Iterable[Row] = (),
) -> str:
    """SHA-256 in hex over an operation, all rows it wrote and, by ``prev_hash``, the operation before it."""
    content = [
        _values(op, OP),
        _listed(lots, LOT),
        _listed(entries, ENTRY),
        _listed(terms, TERM),
        _listed(holds, HOLD),
        _listed(visits, VISIT),
        _listed(visit_events, VISIT_EVENT),
    ]
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def subject_hash(rows: Sequence[Row]) -> str:
    """SHA-256 in hex over the rows of a sale or a refund, as ``subject_rows`` of their services give them."""
    content = [
        {name: value if type(value) in _PLAIN else _value(value) for name, value in row.items()}
        for row in rows
    ]
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def new_salt() -> str:
    """A salt for a note's hash: without it an erased reason could be guessed from its hash."""
    return secrets.token_hex(16)


def note_hash(salt: str, text: str) -> str:
    """SHA-256 in hex over a note's salt and text."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def _listed(rows: Iterable[Row], columns: Sequence[str]) -> list[list[Any]]:
    listed = [_values(row, columns) for row in rows]
    return sorted(listed, key=canonical_json) if len(listed) > 1 else listed


def _values(row: Row, columns: Sequence[str]) -> list[Any]:
    found = [row[name] for name in columns]
    return [one if type(one) in _PLAIN else _value(one) for one in found]


#: Most values by far, and what JSON takes as it is.
_PLAIN = frozenset((str, int, bool, type(None)))


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_micros(value)
    return value if value is None or isinstance(value, str | int | bool | list | dict) else str(value)
