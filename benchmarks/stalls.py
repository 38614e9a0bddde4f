"""F6: how long the window stands still while sync brings in years of sales."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.measuring import Effort, Figure, percentile
from benchmarks.studios import ACTOR, Studio
from frontdesk.models.sync import online_price
from frontdesk.paths import Places
from frontdesk.services.gateways.stripe_gateway import BASE_VARIABLE, StripeGateway
from frontdesk.services.stripe.wire import StripeCall
from frontdesk.services.unit_of_work import UnitOfWork
from tests.services.stripe.studio import connect
from tests.stripe_double import ACCOUNT

GROUP = "F6 the window while sync runs"
_ROOT = Path(__file__).parents[1]
_SALES, _QUICK_SALES = 6_000, 100
_IDLE_SECONDS, _QUICK_IDLE_SECONDS = 5.0, 0.2
#: Of packages that everybody may buy as often as they like: what else they buy waits for a decision.
_VERSIONS = (1, 4, 5)
#: What is on the screen: lists that sync changes all the time.
_SCREENS = {"clients": "Clients", "payments/transactions": "Payments"}


@dataclass(frozen=True, slots=True)
class _Run:
    """One program, from the start of sync to its end: by how many milliseconds each tick was late, and for
    how much of that the program itself was at work.
    """

    late: list[float]
    busy: list[float]
    seconds: float


def measure(studio: Studio) -> Iterator[Figure]:
    """Each run is a program of its own, the server another one; the best run counts."""
    sales = _QUICK_SALES if Effort.quick else _SALES
    with studio.copy() as copy, _served(sales) as server:
        _connect(copy, server)
        idle = [_run(copy, server, "clients", idle=True) for _ in range(Effort.runs())]
        for screen, name in _SCREENS.items():
            runs = [_run(copy, server, screen, idle=False) for _ in range(Effort.runs())]
            yield from _figures(f"with {name} on the screen", sales, idle, runs)


def _figures(where: str, sales: int, idle: list[_Run], runs: list[_Run]) -> Iterator[Figure]:
    floor = min(max(one.late) for one in idle)
    best = min(runs, key=lambda one: max(one.late))
    nearly_all = percentile(best.late, 0.999)
    note = f"{sales:,} sales in {best.seconds:.1f} s; 99.9 % of the ticks {nearly_all:.1f} ms late at most"
    yield Figure(
        GROUP, f"longest stall {where}", max(best.late), "ms", 50, floor, "the idle window", note=note
    )
    floor = min(max(one.busy) for one in idle)
    busy = min(max(one.busy) for one in runs)
    yield Figure(GROUP, "the same while it had a processor", busy, "ms", 50, floor, "the idle window")


def _run(studio: Studio, server: _Server, screen: str, *, idle: bool) -> _Run:
    with tempfile.TemporaryDirectory(dir=studio.path.parent, prefix="home-") as home:
        shutil.copyfile(studio.path, Places(Path(home)).books)
        seconds = _QUICK_IDLE_SECONDS if Effort.quick else _IDLE_SECONDS
        asked = {"screen": screen, "key": "" if idle else server.key, "idle": seconds if idle else 0}
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
            "PYTHONPATH": str(_ROOT),
            BASE_VARIABLE: server.url,
        }
        command = [sys.executable, "-m", "benchmarks.in_sync", home, json.dumps(asked)]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, cwd=_ROOT
        )
    lines = done.stdout.splitlines()
    told: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    if done.returncode or not told or (told["trouble"] and not idle):
        raise RuntimeError(f"the window ended with {done.returncode}, {told.get('trouble')}:\n{done.stderr}")
    return _Run(told["late"], told["busy"], told["seconds"])


# --- Stripe ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Server:
    """The double of Stripe in a process of its own."""

    url: str
    key: str


@contextmanager
def _served(sales: int) -> Iterator[_Server]:
    command = [sys.executable, "-m", "tests.stripe_double", "--sales", str(sales), "--currency", "eur"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    assert process.stdout is not None
    try:
        yield _Server(**json.loads(process.stdout.readline()))
    finally:
        process.communicate()


def _connect(studio: Studio, server: _Server) -> None:
    """The studio's account is that of the server, and what was sold there are packages of the studio."""
    gateway = StripeGateway(server.key, server.url)
    links = gateway.call(StripeCall("get", "/v1/payment_links")).body["data"]
    gateway.close()
    with studio.office() as office:
        connect(office, ACTOR, account_id=ACCOUNT)
        office.write(_note_links, ACTOR, None, [link["id"] for link in links])


def _note_links(work: UnitOfWork, links: list[str]) -> None:
    for version_id, link in zip(_VERSIONS, links, strict=True):
        row = {"package_version_id": version_id, "price_id": f"price_{version_id}", "price_active": True}
        work.connection.execute(sa.insert(online_price), {**row, "link_id": link, "link_active": True})
