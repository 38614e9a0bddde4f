"""Payments of which money went back, wholly or in part, as conditions on the list of transactions (F3).

Nothing tells of a payment itself what of it went back; its refunds do, found by an index of their own.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from frontdesk.models.sale import TRANSACTION_STATUSES, VOID_STATUSES
from frontdesk.services.drafts.transactions import TransactionSort
from frontdesk.services.unit_of_work import Reading

#: With so many refunds at most, their payments are gathered and sorted.
FEW_REFUNDS = 5_000
#: So many of the newest payments with refunds tell how frequent a standing is among them.
_SAMPLE: Final = 1_000
#: Of those, so many have to pass for a walk in the order of the page. Amounts are not spread evenly.
_FREQUENT: Final = {TransactionSort.AT: 20, TransactionSort.AMOUNT: 500}
_LIVE: Final = tuple(one for one in TRANSACTION_STATUSES if one not in VOID_STATUSES)
_BY_PAYMENT: Final = "ix_money_transaction_payment_id"


def has_standing(reading: Reading, standing: str) -> str:
    """The condition on a row of ``money_transaction`` to be a payment of this standing: refunded as a whole,
    or partly_refunded, and nothing else under way; a sale that was voided is neither.

    Raises:
        KeyError: there is no such standing.
    """
    # One look at the refunds of a row; with another one under way, or a void, nothing can be compared.
    counts = "CASE WHEN r.status = 'succeeded' AND made.kind <> 'void' THEN 0 ELSE 1 END"
    back = (
        f"(SELECT CASE SUM({counts}) WHEN 0 THEN SUM(-r.amount) END FROM {_refunds(reading)}"
        " JOIN refund AS made ON made.id = r.refund_id WHERE r.payment_id = money_transaction.id"
        f" AND r.status IN ({', '.join(repr(one) for one in _LIVE)}))"
    )
    amounts = {"refunded": f"{back} >= amount", "partly_refunded": f"{back} BETWEEN 1 AND amount - 1"}
    return f"amount > 0 AND {amounts[standing]}"


def has_refunds(reading: Reading) -> str:
    """The condition to be a payment that somebody asked to refund, by which such payments are gathered."""
    return f"id IN (SELECT r.payment_id FROM {_refunds(reading)} WHERE r.payment_id > 0)"


def is_worth_a_walk(reading: Reading, standing: str, sort: TransactionSort) -> bool:
    """Whether a walk through all payments, in the order of a page, soon has enough of this standing."""
    refunds = f"SELECT r.payment_id FROM {_refunds(reading)} WHERE r.payment_id > 0"
    counted = f"SELECT COUNT(*) FROM ({refunds} LIMIT {FEW_REFUNDS + 1}) AS refunds"
    if reading.connection.execute(sa.text(counted)).scalar_one() <= FEW_REFUNDS:
        return False
    newest = f"SELECT payment_id FROM ({refunds} ORDER BY r.payment_id DESC LIMIT {_SAMPLE}) AS newest"
    sample = f"SELECT COUNT(*) FROM money_transaction WHERE id IN ({newest})"
    passing = reading.connection.execute(sa.text(f"{sample} AND {has_standing(reading, standing)}"))
    return int(passing.scalar_one()) >= _FREQUENT[sort]


def _refunds(reading: Reading) -> str:
    """The refunds, on SQLite by their index: only they name a payment."""
    is_sqlite = reading.connection.dialect.name == "sqlite"
    return f"money_transaction AS r{f' INDEXED BY {_BY_PAYMENT}' if is_sqlite else ''}"
