"""The hash chain: what it covers, that order does not matter, that a stored one stays as it is (L2)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from frontdesk.models import chain
from frontdesk.models.base import metadata

AT = datetime(2027, 1, 4, 8, tzinfo=UTC)

OP: dict[str, Any] = dict.fromkeys(chain.OP) | {
    "command_id": "00" * 16, "client_id": 7, "client_seq": 3, "kind": "visit", "effective_at": AT,
    "recorded_at": AT, "staff_id": 1, "desk_id": 1, "prev_hash": "ab" * 32,
}  # fmt: skip
LOT: dict[str, Any] = dict.fromkeys(chain.LOT) | {
    "id": 5, "kind": "manual", "complimentary": True, "title": "“Goodwill” for ß", "credits": 3,
    "eligible": [1, 2],
}  # fmt: skip
ENTRY = {"lot_id": 5, "type": "grant", "delta": 3, "undoes": None, "effective_at": AT}
TERM = {"lot_id": 5, "seq": 1, "reason": "grant", "effective_at": AT, "expires_at": None}
HOLD = {
    "lot_id": 5, "kind": "freeze", "credits": None, "starts_at": AT, "ends_at": None, "closes_hold_id": None,
}  # fmt: skip
VISIT = {"class_type_id": 2, "class_at": AT, "cost": 1, "paid": True}
EVENT = {"visit_id": 4, "kind": "undone"}
PARTS: dict[str, Any] = {
    "lots": [LOT], "entries": [ENTRY], "terms": [TERM], "holds": [HOLD], "visits": [VISIT],
    "visit_events": [EVENT],
}  # fmt: skip


def test_a_hash_stays_what_it_was() -> None:
    """A change of what is hashed, or how, would break every chain there is."""
    assert chain.op_hash(OP, **PARTS) == ("d46905bffbc69b483f23994dd78cc3378a4d426b8d59b7b77626e37bf5245a2b")


@pytest.mark.parametrize("column", chain.OP)
def test_every_column_of_the_operation_counts(column: str) -> None:
    assert chain.op_hash(OP | {column: "changed"}, **PARTS) != chain.op_hash(OP, **PARTS)


@pytest.mark.parametrize("part", PARTS)
def test_every_column_of_every_row_it_wrote_counts(part: str) -> None:
    whole = chain.op_hash(OP, **PARTS)
    row = PARTS[part][0]
    for column in row:
        assert chain.op_hash(OP, **(PARTS | {part: [row | {column: "changed"}]})) != whole, column
    assert chain.op_hash(OP, **(PARTS | {part: []})) != whole
    assert chain.op_hash(OP, **(PARTS | {part: [row, row]})) != whole


def test_the_order_in_which_rows_are_read_does_not_count() -> None:
    other = ENTRY | {"lot_id": 6}
    assert chain.op_hash(OP, entries=[ENTRY, other]) == chain.op_hash(OP, entries=[other, ENTRY])


def test_a_row_counts_as_what_it_is() -> None:
    """A hold cannot stand for a term with the same values, nor one list run into the next."""
    assert chain.op_hash(OP, visits=[VISIT]) != chain.op_hash(OP, visit_events=[EVENT])


@pytest.mark.parametrize(
    ("table", "covered", "left_out"),
    [
        # Ids that nothing refers to, and what is the same in the operation itself.
        ("ledger_op", chain.OP, {"id", "hash"}),
        ("credit_lot", chain.LOT, {"op_id", "client_id"}),
        ("ledger_entry", chain.ENTRY, {"id", "op_id", "client_id"}),
        ("lot_term", chain.TERM, {"op_id", "client_id"}),
        ("lot_hold", chain.HOLD, {"id", "op_id", "client_id"}),
        ("visit", chain.VISIT, {"id", "op_id", "client_id"}),
        ("visit_event", chain.VISIT_EVENT, {"id", "op_id", "client_id"}),
    ],
)
def test_no_column_of_the_ledger_is_forgotten(
    table: str, covered: tuple[str, ...], left_out: set[str]
) -> None:
    assert {column.name for column in metadata.tables[table].columns} == {*covered, *left_out}


def test_a_notes_hash_needs_its_salt() -> None:
    salt = chain.new_salt()
    assert len(salt) == 32
    assert salt != chain.new_salt()
    assert chain.note_hash(salt, "moves away") != chain.note_hash(chain.new_salt(), "moves away")
    assert chain.note_hash(salt, "moves away") == chain.note_hash(salt, "moves away")


def test_the_rows_of_a_receipt_hash_alike_whatever_the_order_of_columns() -> None:
    row = {"id": 1, "sold_at": AT, "business_day": AT.date(), "validity": {"kind": "days", "count": 90}}
    assert chain.subject_hash([row]) == chain.subject_hash([dict(reversed(row.items()))])
    assert chain.subject_hash([row]) != chain.subject_hash([row, row])
