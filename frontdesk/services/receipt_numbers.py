"""Receipt numbers: given inside the transaction of the sale or refund, so that a series has no gaps (S1)."""

from __future__ import annotations

import sqlalchemy as sa

from frontdesk.errors import NotFound
from frontdesk.models.sale import receipt_series
from frontdesk.services.unit_of_work import UnitOfWork

#: Digits a number is filled up to with zeros, so that numbers sort as they count.
DIGITS = 6

_NEXT = (
    sa.update(receipt_series)
    .where(
        receipt_series.c.desk_id == sa.bindparam("of_desk"), receipt_series.c.kind == sa.bindparam("of_kind")
    )
    .values(last_number=receipt_series.c.last_number + 1)
    .returning(receipt_series.c.series, receipt_series.c.last_number)
)


def next_number(work: UnitOfWork, kind: str) -> tuple[str, int]:
    """The series of this desk for ``kind`` (sale or refund) and its next number.

    On a server other desks are never kept waiting, since each has series of its own; two windows of one desk
    wait for each other here until the first one's transaction ends.

    Raises:
        NotFound: desk.unknown.
    """
    asked = {"of_desk": work.actor.desk_id, "of_kind": kind}
    found = work.connection.execute(_NEXT, asked).first()
    if found is None:
        raise NotFound("desk.unknown")
    return found.series, found.last_number


def receipt_number(series: str, number: int) -> str:
    """The number as it is printed: D1-000042."""
    return f"{series}-{number:0{DIGITS}d}"
