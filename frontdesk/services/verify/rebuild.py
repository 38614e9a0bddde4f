"""Makes the caches of the books anew from what they were made of, once that is proved to be whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models.client import client
from frontdesk.models.search_index import SEARCH_TEXT
from frontdesk.services.changes import Topic
from frontdesk.services.unit_of_work import UnitOfWork
from frontdesk.services.verify import check_books
from frontdesk.services.verify.client_checks import wrongly_merged
from frontdesk.services.verify.ledger_checks import BUCKETS, REPLAY
from frontdesk.services.verify.money_checks import NEWEST_STATE
from frontdesk.services.views.verify import Finding

#: What is wrong with a cache alone, and so is put right by making it anew.
OF_CACHES = frozenset(
    (
        "verify.balance",
        "verify.term",
        "verify.head_behind",
        "verify.status",
        "verify.merged_into",
        "verify.search_index",
    )
)

_MISSING_BALANCES = f"""
    INSERT INTO lot_balance (lot_id, client_id, credits, {", ".join(BUCKETS)})
    SELECT l.id, l.client_id, l.credits, {", ".join(f"r.{bucket}" for bucket in BUCKETS)}
    FROM credit_lot l JOIN ({REPLAY}) r ON r.lot_id = l.id
    WHERE NOT EXISTS (SELECT 1 FROM lot_balance b WHERE b.lot_id = l.id)"""
_WRONG_BALANCES = f"""
    UPDATE lot_balance SET client_id = n.client_id, credits = n.credits,
    {", ".join(f"{bucket} = n.{bucket}" for bucket in BUCKETS)}
    FROM (SELECT l.client_id AS client_id, l.credits AS credits, r.* FROM credit_lot l
    JOIN ({REPLAY}) r ON r.lot_id = l.id) n
    WHERE n.lot_id = lot_balance.lot_id AND (n.client_id <> lot_balance.client_id
    OR n.credits <> lot_balance.credits
    OR {" OR ".join(f"n.{bucket} <> lot_balance.{bucket}" for bucket in BUCKETS)})"""
_WRONG_TERMS = """
    UPDATE lot_balance SET term_seq = t.seq, effective_at = t.effective_at, expires_at = t.expires_at
    FROM lot_term t WHERE t.lot_id = lot_balance.lot_id
    AND t.seq = (SELECT MAX(x.seq) FROM lot_term x WHERE x.lot_id = lot_balance.lot_id)
    AND (t.seq <> lot_balance.term_seq OR t.effective_at IS DISTINCT FROM lot_balance.effective_at
    OR t.expires_at IS DISTINCT FROM lot_balance.expires_at)"""
_NEWEST = """
    SELECT o.client_id AS client_id, o.client_seq AS seq, o.hash AS hash FROM ledger_op o
    JOIN (SELECT client_id, MAX(client_seq) AS last FROM ledger_op GROUP BY client_id) m
    ON m.client_id = o.client_id AND m.last = o.client_seq"""
_MISSING_HEADS = f"""
    INSERT INTO client_head (client_id, seq, hash)
    SELECT c.id, COALESCE(n.seq, 0), COALESCE(n.hash, '') FROM client c
    LEFT JOIN ({_NEWEST}) n ON n.client_id = c.id
    WHERE NOT EXISTS (SELECT 1 FROM client_head h WHERE h.client_id = c.id)"""
_WRONG_HEADS = f"""
    UPDATE client_head SET seq = n.seq, hash = n.hash FROM ({_NEWEST}) n
    WHERE n.client_id = client_head.client_id AND n.seq > client_head.seq"""
_WRONG_STATUS = f"""
    UPDATE money_transaction SET status = {NEWEST_STATE} WHERE status <> {NEWEST_STATE}
    AND EXISTS (SELECT 1 FROM transaction_state s WHERE s.transaction_id = money_transaction.id)"""
_SEARCH = (
    "INSERT INTO client_search (client_search) VALUES ('delete-all')",
    f"INSERT INTO client_search (rowid, text) SELECT id, {SEARCH_TEXT.format('client')} FROM client",
)
_POINT = (
    sa.update(client).where(client.c.id == sa.bindparam("of_id")).values(merged_into=sa.bindparam("into_id"))
)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many rows of each cache were put right; the search index is always made anew as a whole."""

    balances: int
    heads: int
    statuses: int
    merged: int


def rebuild_caches(work: UnitOfWork) -> Rebuilt:
    """Make balances, chain heads, statuses, merges and the search index agree with the ledger.

    A head that is ahead of its chain is left alone: it tells that operations were cut off.

    Raises:
        Refused: verify.cannot_rebuild with how many findings there are besides those of caches.
    """
    _keep_others_out(work)
    _refuse_serious(check_books(work, storage=False).findings)
    balances = _rows(work, _MISSING_BALANCES) + _rows(work, _WRONG_BALANCES) + _rows(work, _WRONG_TERMS)
    heads = _rows(work, _MISSING_HEADS) + _rows(work, _WRONG_HEADS)
    statuses = _rows(work, _WRONG_STATUS)
    merged = _point_merged(work)
    if work.connection.dialect.name == "sqlite":
        for statement in _SEARCH:
            work.connection.exec_driver_sql(statement)
    # Of very many findings only some were seen, and something else may have hidden behind them.
    _refuse_any(check_books(work, chains=False, storage=False).findings)
    for topic in (Topic.CLIENTS, Topic.CREDITS, Topic.PAYMENTS):
        work.changed(topic)
    return Rebuilt(balances, heads, statuses, merged)


def _refuse_serious(findings: Iterable[Finding]) -> None:
    """Let pass what is wrong with caches alone, also where there is more of it than was named."""
    kinds = OF_CACHES | {"verify.head"}
    _refuse_any(
        one
        for one in findings
        if one.code not in OF_CACHES and not (one.code == "verify.more" and one.params["kind"] in kinds)
    )


def _refuse_any(findings: Iterable[Finding]) -> None:
    found = list(findings)
    if found:
        raise Refused("verify.cannot_rebuild", count=len(found), first=found[0].code)


def _keep_others_out(work: UnitOfWork) -> None:
    """Every operation moves a head, so whoever holds those alone is alone."""
    if work.connection.dialect.name == "postgresql":
        work.connection.exec_driver_sql("LOCK TABLE client_head, money_transaction IN EXCLUSIVE MODE")


def _rows(work: UnitOfWork, statement: str) -> int:
    return work.connection.exec_driver_sql(statement).rowcount


def _point_merged(work: UnitOfWork) -> int:
    wrong = [{"of_id": client_id, "into_id": expected} for client_id, expected, _ in wrongly_merged(work)]
    if wrong:
        work.connection.execute(_POINT, wrong)
    return len(wrong)
