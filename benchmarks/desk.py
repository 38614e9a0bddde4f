"""F4: what the desk waits for: a durable sale, a visit, a balance, a profile with a long history."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from benchmarks.measuring import Effort, Figure, all_timed, best, best_percentile, percentile
from benchmarks.studios import ACTOR, Studio
from frontdesk.services.client_group import client_group
from frontdesk.services.client_history import client_history
from frontdesk.services.clients import client_card
from frontdesk.services.credit_account import credit_account
from frontdesk.services.drafts.credits import VisitDraft
from frontdesk.services.drafts.sales import PaymentDraft, SaleDraft, SaleLineDraft
from frontdesk.services.lots import balance
from frontdesk.services.office import Office
from frontdesk.services.package_lists import packages_on_sale
from frontdesk.services.purchases import client_purchases
from frontdesk.services.sales import sell
from frontdesk.services.statement import credit_statement
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.visits import record_visit
from tools.datasets.story import HOUSE_ACCOUNT

GROUP = "F4 the desk"
_TIMES = 300
_BALANCE_FLOOR = (
    "SELECT sum(remaining) FROM lot_balance WHERE client_id = ? AND remaining > 0"
    " AND (expires_at IS NULL OR expires_at > ?)"
)


def measure(studio: Studio) -> Iterator[Figure]:
    """Reads on the studio itself, writes on a copy of it."""
    yield from _profiles(studio)
    with studio.copy() as copy:
        commit, commits = _commit_floor(copy)
        with copy.office() as office:
            yield from _sales(office, copy, commit, commits)
            yield from visits(office, copy, GROUP, 3, commit)


# --- Reading -----------------------------------------------------------------------------------------


def _profiles(studio: Studio) -> Iterator[Figure]:
    with studio.office() as office:
        clients = [
            row[0]
            for row in studio.sample("SELECT DISTINCT client_id FROM lot_balance", Effort.times(_TIMES))
        ]
        floor, query = _balance_floor(studio, clients)
        yield Figure(GROUP, "balance, bare SQL, p99", floor, "ms", 1)
        value = best_percentile(
            0.99, lambda: all_timed(partial(office.read, _usable, one) for one in clients)
        )
        yield Figure(GROUP, "balance through the services, p99", value, "ms", 2, floor, "bare SQL, p99")
        count = studio.value(f"SELECT count(*) FROM ledger_entry WHERE client_id = {HOUSE_ACCOUNT}")
        value = best(lambda: _profile(office, HOUSE_ACCOUNT), 9)
        yield Figure(
            GROUP, f"profile with {count:,} entries, all tabs", value, "ms", 60, query, "bare page of entries"
        )
        value = best_percentile(
            0.99, lambda: all_timed(partial(_profile, office, one) for one in clients[:100])
        )
        yield Figure(GROUP, "any profile, all tabs, p99", value, "ms", 60)


def _balance_floor(studio: Studio, clients: Sequence[int]) -> tuple[float, float]:
    now = int(studio.last_instant.timestamp() * 1_000_000)
    page = (
        "SELECT o.*, e.* FROM ledger_op o JOIN ledger_entry e ON e.op_id = o.id WHERE o.client_id = ?"
        " ORDER BY o.effective_at DESC, o.id DESC LIMIT 100"
    )
    with studio.bare() as connection:

        def remaining(client: int) -> object:
            return connection.execute(_BALANCE_FLOOR, (client, now)).fetchone()

        p99 = best_percentile(0.99, lambda: all_timed(partial(remaining, one) for one in clients))
        return p99, best(lambda: connection.execute(page, (HOUSE_ACCOUNT,)).fetchall(), 9)


def _usable(reading: Reading, client: int) -> int:
    return balance(reading, client_group(reading, client))


def _profile(office: Office, client: int) -> object:
    """Everything that the client profile shows, each tab's first page."""
    return [
        office.read(client_card, client),
        office.read(credit_account, client),
        office.read(credit_statement, client),
        office.read(client_purchases, client),
        office.read(client_history, client),
    ]


# --- Writing -----------------------------------------------------------------------------------------


def _commit_floor(copy: Studio) -> tuple[float, float]:
    """The p99 of one insert with its durable commit, and how many of them a second."""
    with copy.bare() as connection:
        connection.execute("CREATE TABLE scratch (id INTEGER PRIMARY KEY, text TEXT)")

        def insert() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO scratch (text) VALUES ('one row, one commit')")
            connection.execute("COMMIT")

        runs = [all_timed([insert] * Effort.times(_TIMES)) for _ in range(Effort.runs())]
        connection.execute("DROP TABLE scratch")
    return min(percentile(run, 0.99) for run in runs), max(_rate(run) for run in runs)


def _rate(run: Sequence[float]) -> float:
    return 1000 * len(run) / sum(run)


def _sales(office: Office, studio: Studio, commit: float, commits: float) -> Iterator[Figure]:
    clients = itertools.cycle(row[0] for row in studio.sample("SELECT id FROM client WHERE id > 1", 3_000))
    offer = next(one for one in office.read(packages_on_sale) if one.bonus)
    line = (SaleLineDraft(offer.package_id, offer.version_id),)
    payment = (PaymentDraft("cash", offer.price),)

    def one() -> object:
        return office.write(sell, ACTOR, None, SaleDraft(next(clients), line, None, payment))

    all_timed([one] * Effort.times(20))
    runs = [all_timed([one] * Effort.times(_TIMES)) for _ in range(Effort.runs())]
    value = min(percentile(run, 0.99) for run in runs)
    yield Figure(GROUP, "durable sale of 10 + 2, p99", value, "ms", 6, commit, "one row, one commit, p99")
    rate = max(_rate(run) for run in runs)
    yield Figure(GROUP, "sales a second", rate, "/s", 800, commits, "commits of one row a second", True)


def visits(office: Office, studio: Studio, group: str, reach: float, floor: float | None) -> Iterator[Figure]:
    """Recording a visit: the redemption that check-in will be made of."""
    now = int(studio.last_instant.timestamp() * 1_000_000)
    able = studio.sample(
        "SELECT DISTINCT b.client_id FROM lot_balance b JOIN credit_lot l ON l.id = b.lot_id"
        f" WHERE b.remaining > 1 AND l.eligible IS NULL AND COALESCE(b.expires_at, 2e18) > {now} + 86400e6"
        " AND NOT EXISTS (SELECT 1 FROM lot_hold h WHERE h.lot_id = b.lot_id)",
        Effort.runs() * Effort.times(_TIMES),
    )
    class_at = office.read(_instant)
    acts: Iterator[Callable[[], Any]] = (
        partial(office.write, record_visit, ACTOR, None, VisitDraft(client, 1, class_at, 1))
        for (client,) in able
    )
    runs = [all_timed(itertools.islice(acts, len(able) // Effort.runs())) for _ in range(Effort.runs())]
    value = min(percentile(run, 0.99) for run in runs)
    what = "recording a visit (redemption), p99"
    yield Figure(group, what, value, "ms", reach, floor, "one row, one commit, p99" if floor else "")
    yield Figure(group, "visits a second", max(_rate(run) for run in runs), "/s", None, more_is_better=True)


def _instant(reading: Reading) -> datetime:
    return reading.now
