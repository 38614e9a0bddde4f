"""Eight processes at once: receipt numbers, the last refundable cent, an offer for each client once (R5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from frontdesk.models.sale import receipt_series, refund, sale
from frontdesk.services.drafts.refunds import RefundDraft
from frontdesk.services.refunds import request_refund
from frontdesk.services.sales import sell
from tests.services.till import Till, till
from tests.support.races import race

__all__ = ["till"]

PROCESSES = 8


def answers(till: Till, use_case: Callable[..., Any], drafts: Sequence[Any]) -> Counter[str]:
    """Run the use case on each draft at one moment; what they came to."""
    acts = [(use_case, (draft,)) for draft in drafts]
    told = race(till.office.database, till.actor, till.clock.at, *acts)
    return Counter(kind if kind == "done" else answer[0] for kind, answer in told)


def test_numbers_have_no_gap_and_no_twin(till: Till) -> None:
    """S1: some of the sales are refused."""
    good = till.draft()
    clients = [till.client(f"Client {place}") for place in range(PROCESSES)]
    drafts = [replace(good, client_id=one) for one in clients]
    drafts[3:8:4] = [replace(good, client_id=one, payments=(till.cash(1),)) for one in clients[3:8:4]]
    for _ in range(2):
        assert answers(till, sell, drafts) == {"done": 6, "draft.invalid": 2}
    with till.office.database.reading() as connection:
        numbers = connection.execute(sa.select(sale.c.number).order_by(sale.c.number)).scalars().all()
        series = sa.select(receipt_series.c.last_number).where(receipt_series.c.series == "D1")
        assert connection.execute(series).scalar_one() == 12
    assert list(numbers) == list(range(1, 13))


def test_the_last_refundable_cent_goes_once(till: Till) -> None:
    """R5, S6."""
    sold = till.take()
    till.refund(sold, 8999, credits=0)
    line = till.line(sold)
    last = RefundDraft(line.sale_line_id, till.money(1), 0, "goodwill")
    told = answers(till, request_refund, [last] * PROCESSES)
    assert told == {"done": 1, "draft.invalid": PROCESSES - 1}
    with till.office.database.reading() as connection:
        assert connection.execute(sa.select(sa.func.sum(refund.c.amount))).scalar_one() == 9000


def test_an_offer_of_once_per_client_is_sold_once(till: Till) -> None:
    """P1."""
    draft = till.draft(till.on_sale("Intro", 1000, per_client_limit=1))
    told = answers(till, sell, [draft] * PROCESSES)
    assert told == {"done": 1, "package.limit_reached": PROCESSES - 1}
