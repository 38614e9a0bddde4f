"""Checks of what stands beside the ledger: merged clients, and the texts whose hashes the ledger keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from frontdesk.models import chain
from frontdesk.models.client import client, client_merge
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.verify.checks import DAMAGE, Check, unreadable
from frontdesk.services.views.verify import Finding

_MERGES = sa.select(
    client_merge.c.id, client_merge.c.kind, client_merge.c.client_id, client_merge.c.into_client_id,
    client_merge.c.ends_merge_id,
).order_by(client_merge.c.id)  # fmt: skip
_MERGED = sa.select(client.c.id, client.c.merged_into).where(client.c.merged_into.is_not(None))
#: The use case that writes each kind of row, and the event that it leaves on both cards.
MERGING = {
    "merge": ("frontdesk.services.merging.merge_clients", "merged"),
    "unmerge": ("frontdesk.services.merging.undo_merge", "unmerged"),
}
# The demo studio is made in one go, without a command for each act.
_WRITTEN_BY = " OR ".join(
    f"m.kind = '{kind}' AND (m.recorded_at IN (SELECT c.recorded_at FROM command c"
    f" WHERE c.use_case = '{name}') OR EXISTS (SELECT 1 FROM studio t WHERE t.demo))"
    + "".join(
        f" AND EXISTS (SELECT 1 FROM client_event e WHERE e.kind = '{event}' AND e.client_id = m.{client_id}"
        " AND e.recorded_at = m.recorded_at AND e.staff_id = m.staff_id AND e.desk_id = m.desk_id)"
        for client_id in ("client_id", "into_client_id")
    )
    for kind, (name, event) in MERGING.items()
)
CHECKS = (
    Check(
        "verify.merge_unwritten",
        "SELECT m.client_id AS client_id, m.into_client_id AS into_client_id, m.kind AS kind,"
        f" m.recorded_at AS found_at FROM client_merge m WHERE NOT ({_WRITTEN_BY})",
    ),
)
_NOTES = """
    SELECT o.client_id, o.client_seq, o.note_hash, n.id, n.salt, n.text FROM ledger_op o
    LEFT JOIN note n ON n.id = o.note_id WHERE o.note_hash IS NOT NULL"""


def merge_findings(reading: Reading) -> Iterator[Finding]:
    """Clients whose ``merged_into`` is not what the merges and their undoings come to (D4)."""
    try:
        wrong = wrongly_merged(reading)
    except DAMAGE as error:
        yield unreadable(reading, "verify.merged_into", error)
        return
    for client_id, expected, found in wrong:
        params = {
            "client_id": client_id,
            "expected": "–" if expected is None else expected,
            "found": "–" if found is None else found,
        }
        yield Finding("verify.merged_into", params)


def wrongly_merged(reading: Reading) -> list[tuple[int, int | None, int | None]]:
    """Each client whose card does not say what the merges come to: that, and what it says."""
    expected = _merged_into(reading)
    found = {row.id: row.merged_into for row in reading.connection.execute(_MERGED)}
    # In a forged file an id may be text, which no number can be sorted with.
    ids = sorted(expected.keys() | found.keys(), key=lambda one: (str(type(one)), one))
    return [
        (client_id, expected.get(client_id), found.get(client_id))
        for client_id in ids
        if expected.get(client_id) != found.get(client_id)
    ]


def _merged_into(reading: Reading) -> dict[int, int]:
    """Who each merged client leads to, replayed from the merges."""
    links: dict[int, tuple[int, int]] = {}
    for row in reading.connection.execute(_MERGES):
        if row.kind == "merge":
            links[row.client_id] = (row.id, row.into_client_id)
        elif row.client_id in links and links[row.client_id][0] == row.ends_merge_id:
            del links[row.client_id]
    into = {client_id: target for client_id, (_, target) in links.items()}
    return {client_id: _end(into, client_id) for client_id in into}


def _end(into: Mapping[int, int], client_id: int) -> int:
    seen = {client_id}
    end = into[client_id]
    # A forged ring of merges must not hold the check up.
    while end in into and end not in seen:
        seen.add(end)
        end = into[end]
    return end


def note_findings(reading: Reading) -> Iterator[Finding]:
    """Reasons whose text is not the one that was given; an erased one has neither text nor salt."""
    try:
        for client_id, op, expected, note_id, salt, text in reading.connection.exec_driver_sql(_NOTES):
            params = {"client_id": client_id, "op": op}
            if note_id is None:
                yield Finding("verify.note_missing", params)
            elif (salt is None) != (text is None) or (
                text is not None and chain.note_hash(str(salt), str(text)) != expected
            ):
                yield Finding("verify.note_changed", params)
    except DAMAGE as error:
        yield unreadable(reading, "verify.note_changed", error)
