"""Random schedules of everything that can go wrong between a studio and Stripe (R4)."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from frontdesk.models.database import Database
from frontdesk.services.office import Office
from tests.builders import SetClock
from tests.services.stripe.direct_stripe import direct_stripe
from tests.services.stripe.world import World
from tests.support.books import found_in
from tests.support.databases import FreshDatabases, SqliteDatabases

#: Schedules in a test run, and in the long run; each part of them is a test.
FEW, MANY = 200, 10_000
_STEPS = 40
#: What has to have happened to many of them, or the schedules prove nothing.
_OFTEN = ("before", "inside", "lost", "crash", "pay", "buy", "refund", "dashboard", "edit", "sweep")


def lived(url: str, seed: int) -> tuple[Counter[str], list[str]]:
    """One schedule from its seed to its end: what happened, and what is wrong afterwards."""
    database = Database.open(url)
    try:
        clock = SetClock()
        with direct_stripe(validate=False, seed=seed) as stripe:
            world = World(Office(database, clock), clock, stripe, seed)
            world.live(_STEPS, rate=(0.0, 0.15, 0.3, 0.5)[seed // 8 % 4])
            world.settle()
            return world.happened, world.differences() + sorted(found_in(database))
    finally:
        database.close()


@pytest.fixture
def sqlite(_sqlite_template: Path, tmp_path: Path) -> Iterator[FreshDatabases]:
    """Fresh files, in memory where there is such a place: what is random here is not the disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        yield SqliteDatabases(_sqlite_template, Path(folder))


@pytest.mark.property
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(8))
def test_whatever_goes_wrong_no_money_and_no_credit_is_lost_or_doubled(
    sqlite: FreshDatabases, part: int
) -> None:
    """R4: timeouts before and after the effect, 409, 429, 500, lost answers, crashes, gaps, two desks."""
    run_all(sqlite, range(part, FEW, 8))


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", range(40))
def test_ten_thousand_schedules(sqlite: FreshDatabases, part: int) -> None:
    """R4: the same, many more of them."""
    run_all(sqlite, range(FEW + part, FEW + MANY, 40))


def run_all(databases: FreshDatabases, seeds: range) -> None:
    """Each schedule ends in agreement, and together they met everything."""
    happened: Counter[str] = Counter()
    for seed in seeds:
        url = databases.new()
        seen, wrong = lived(url, seed)
        assert wrong == [], f"seed {seed}"
        happened += seen
        Path(str(make_url(url).database)).unlink()
    assert all(happened[what] >= len(seeds) // 4 for what in _OFTEN), happened
