"""F3: the list of a million transactions: opening it, every filter in every order, totals, query plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import product
from typing import Any

from benchmarks.measuring import Effort, Figure, all_timed, best, best_percentile, percentile
from benchmarks.studios import Studio, statements_of
from frontdesk.models.base import metadata
from frontdesk.models.calendar import local_day
from frontdesk.services.drafts.transactions import TransactionFilter, TransactionSort
from frontdesk.services.office import Office
from frontdesk.services.transactions import takings, transaction_totals, transactions
from frontdesk.services.unit_of_work import Reading

GROUP = "F3 transactions"
_LARGE = frozenset(metadata.tables) - {"studio", "staff", "desk", "class_type", "receipt_series"}
_FLOOR = (
    "SELECT t.*, c.name, s.name FROM money_transaction t JOIN client c ON c.id = t.client_id"
    " JOIN staff s ON s.id = t.staff_id ORDER BY t.id DESC LIMIT 100"
)
_TOTALS_FLOOR = (
    "SELECT tender, kind, status, count(*), sum(amount) FROM money_transaction GROUP BY tender, kind, status"
)


def measure(studio: Studio) -> Iterator[Figure]:
    """The first pages and a page in the middle, each as the screen asks for it."""
    with studio.bare() as connection:
        floor = best_percentile(
            0.95, lambda: all_timed([lambda: connection.execute(_FLOOR).fetchall()] * Effort.times(40))
        )
        totals_floor = best(lambda: connection.execute(_TOTALS_FLOOR).fetchall())
    opened = min(_opening(studio) for _ in range(Effort.runs()))
    yield Figure(GROUP, "open file, first page", opened, "ms", 100, floor, "bare page of 100, p95")
    with studio.office() as office:
        wanted = _filters(studio, office)
        yield from _pages(office, wanted, floor)
        totals = {"everything": "nothing", "a month": "the last month", "one tender": "cash"}
        for what, wish in {**totals, "refunded payments": "refunded payments"}.items():
            value = best(partial(office.read, transaction_totals, wanted[wish]))
            yield Figure(GROUP, f"totals of {what}", value, "ms", 300, totals_floor, "bare sums of all rows")
        yield Figure(GROUP, "today's takings", best(partial(office.read, takings)), "ms", 50)
        yield _plans(office, wanted)


def _orders() -> tuple[tuple[TransactionSort, ...], tuple[bool, ...]]:
    """The columns to sort by, and whether from the top down."""
    return ((TransactionSort.AT,), (True,)) if Effort.quick else (tuple(TransactionSort), (True, False))


def _opening(studio: Studio) -> float:
    def open_it() -> None:
        with studio.office() as office:
            office.read(transactions, TransactionFilter())

    return all_timed([open_it])[0]


def _filters(studio: Studio, office: Office) -> dict[str, TransactionFilter]:
    """What a person may ask for, from one value to several at once."""
    today = office.read(_today)
    client, staff = studio.rows("SELECT client_id, staff_id FROM sale ORDER BY id DESC LIMIT 1")[0]
    name, receipt, reference = studio.rows(
        "SELECT c.name, t.receipt, t.reference FROM money_transaction t JOIN client c ON c.id = t.client_id"
        " WHERE t.reference <> '' ORDER BY t.id LIMIT 1 OFFSET 500"
    )[0]
    month = TransactionFilter(from_day=today - timedelta(days=30), to_day=today)
    return {
        "nothing": TransactionFilter(),
        "today": TransactionFilter(from_day=today, to_day=today),
        "the last month": month,
        "the first month": TransactionFilter(to_day=today - timedelta(days=365 * 3 - 30)),
        "cash": TransactionFilter(tender="cash"),
        "free": TransactionFilter(tender="free"),
        "refunds": TransactionFilter(kind="refund"),
        "pending": TransactionFilter(status="pending"),
        "failed": TransactionFilter(status="failed"),
        "refunded payments": TransactionFilter(standing="refunded"),
        "partly refunded payments": TransactionFilter(standing="partly_refunded"),
        "a staff member": TransactionFilter(staff_id=staff),
        "nobody's": TransactionFilter(staff_id=99),
        "a client": TransactionFilter(client_id=client),
        "the house account": TransactionFilter(client_id=1),
        "an amount": TransactionFilter(min_amount=14_500, max_amount=14_500),
        "large amounts": TransactionFilter(min_amount=25_000),
        "no amount": TransactionFilter(min_amount=10_000_000),
        "a receipt": TransactionFilter(text=receipt),
        "a receipt's beginning": TransactionFilter(text=receipt[:5]),
        "a reference": TransactionFilter(text=reference),
        "a name": TransactionFilter(text=name),
        "no such text": TransactionFilter(text="xqzw"),
        "cash of a month by one": replace(month, tender="cash", staff_id=staff),
        "refunds by transfer, pending": TransactionFilter(
            kind="refund", tender="bank_transfer", status="pending"
        ),
        "small cash refunds": TransactionFilter(kind="refund", tender="cash", min_amount=-500),
        "a month's large card payments": replace(
            month, tender="external_card", kind="payment", min_amount=20_000
        ),
    }


def _today(reading: Reading) -> date:
    return local_day(reading.now, reading.studio.zone)


def _pages(office: Office, wanted: dict[str, TransactionFilter], floor: float) -> Iterator[Figure]:
    slowest: list[tuple[float, str]] = []
    everything: list[float] = []
    for (name, wish), sort, down in product(wanted.items(), *_orders()):
        read = partial(office.read, transactions, wish, sort, descending=down)
        taken = [
            min(one)
            for one in zip(*(all_timed([read] * Effort.times(5)) for _ in range(Effort.runs())), strict=True)
        ]
        everything += taken
        slowest.append((percentile(taken, 0.95), f"{name}, by {sort.value} {'down' if down else 'up'}"))
    note = "slowest: " + "; ".join(f"{what} {value:.1f} ms" for value, what in sorted(slowest)[:-6:-1])
    value = percentile(everything, 0.95)
    what = f"first page, {len(slowest)} filters × orders, p95"
    yield Figure(GROUP, what, value, "ms", 50, floor, "bare page of 100, p95", note=note)
    middle = office.read(transactions, TransactionFilter(to_day=office.read(_today) - timedelta(days=400)))
    read = partial(office.read, transactions, TransactionFilter(), after=middle.more)
    value = best_percentile(0.95, lambda: all_timed([read] * Effort.times(40)))
    yield Figure(GROUP, "a page in the middle, p95", value, "ms", 8, floor, "bare page of 100, p95")


def _plans(office: Office, wanted: dict[str, TransactionFilter]) -> Figure:
    """How many statements read a whole large table, by their query plans."""
    sent = statements_of(office)
    for wish, sort, down in product(wanted.values(), *_orders()):
        office.read(transactions, wish, sort, descending=down)
    full: set[str] = set()
    asked = dict(sent)
    with office.database.reading() as connection:
        for statement, parameters in asked.items():
            if statement.startswith(("SELECT", "WITH")):
                full.update(_scans(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)))
    note = "; ".join(sorted(full))
    what = f"full scans in {len(asked)} statements of the pages"
    return Figure(GROUP, what, len(full), "", 0, note=note)


def _scans(plan: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Steps that read a whole table of the books, row by row."""
    for row in plan:
        words = str(row[3]).split()
        if words[0] == "SCAN" and words[1] in _LARGE and "INDEX" not in words:
            yield str(row[3])
