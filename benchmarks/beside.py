"""F4 again: a durable sale at the desk while sync brings in years of sales, beside the same without sync."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.measuring import Effort, Figure, percentile, timed
from frontdesk.services.drafts.sales import PaymentDraft, SaleDraft, SaleLineDraft
from frontdesk.services.package_lists import packages_on_sale
from frontdesk.services.ports import PaymentGateway
from frontdesk.services.sales import sell
from frontdesk.services.stripe.pull import Puller
from tests.services.stripe.studio import ConnectedStudio

GROUP = "F4 the desk while sync runs"
_TIMES = 300
#: Seconds between two sales: nobody is faster, and sync gets to its work.
_BETWEEN = 0.03


def measure(books: ConnectedStudio, gateway: PaymentGateway) -> Iterator[Figure]:
    """``books`` are new, and ``gateway`` has years of sales for them, as fast as they are asked for."""
    one = _sale(books)
    idle = [_sales(one) for _ in range(Effort.runs())]
    floor = min(percentile(run, 0.99) for run in idle)
    with _sync(books, gateway) as runs:
        beside = [_sales(one) for _ in range(Effort.runs())]
        still_runs = runs()
    value, longest = min((percentile(run, 0.99), max(run)) for run in beside)
    note = f"the longest of {len(beside[0])} took {longest:.1f} ms"
    if not still_runs:
        note += "; sync ended before"
    yield Figure(
        GROUP,
        "durable sale while years of sales come in, p99",
        value,
        "ms",
        100,
        floor,
        "without sync",
        note=note,
    )


def _sale(books: ConnectedStudio) -> Callable[[], object]:
    client_id, offer = books.client(), books.see(packages_on_sale)[0]
    line = (SaleLineDraft(offer.package_id, offer.version_id),)
    draft = SaleDraft(client_id, line, None, (PaymentDraft("cash", offer.price),))
    return lambda: books.do(sell, draft)


def _sales(one: Callable[[], object]) -> list[float]:
    # Not without the garbage collector, as other figures are: it is a part of what sync costs.
    found = []
    for _ in range(Effort.times(_TIMES)):
        time.sleep(_BETWEEN)
        found.append(timed(one))
    return found


@contextmanager
def _sync(books: ConnectedStudio, gateway: PaymentGateway) -> Iterator[Callable[[], bool]]:
    """Sync as the window runs it, once it writes: whether it still does."""
    came, over = threading.Event(), threading.Event()

    def pull() -> None:
        office = books.office.giving_way()
        Puller(office, books.online, "bench").poll(gateway, lambda: not over.is_set(), lambda _: came.set())

    thread = threading.Thread(target=pull)
    thread.start()
    try:
        came.wait(30)
        yield thread.is_alive
    finally:
        over.set()
        thread.join()
