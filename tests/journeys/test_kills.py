"""The real program, killed: what its screen has confirmed is there at the next start (R1)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from frontdesk.models.sale import sale
from frontdesk.opening import open_office
from frontdesk.paths import Places
from frontdesk.services.unit_of_work import Reading
from tests.builders import build_studio, make_client, make_package
from tests.journeys.program import Person, run_program
from tests.support.books import assert_books_hold

ROOT = Path(__file__).parents[2]
KILLS = 4


@pytest.fixture
def studio(places: Places) -> Places:
    """Sunrise with a pack on sale and Mira."""
    office = open_office(places)
    ana = build_studio(office)
    make_package(office, ana)
    make_client(office, ana)
    office.database.close()
    return places


@pytest.mark.kill
def test_a_sale_that_the_screen_has_confirmed_survives_a_kill(studio: Places) -> None:
    """R1: killed right after a confirmation, or a moment later in the midst of the next sale."""
    chance = random.Random(1)
    confirmed: list[str] = []
    for kill in range(KILLS):
        confirmed += killed_after(studio, sales=chance.randrange(1, 4), wait=kill % 2 * chance.random() / 20)
        kept = receipts(studio)
        assert set(confirmed) <= set(kept)
        assert len(kept) <= len(confirmed) + kill + 1, "at most one sale per kill may be there unconfirmed"
    credits = 12 * len(receipts(studio))

    async def look(person: Person) -> None:
        window = await person.window()
        window.navigate("client", 1, "credits")
        await person.settled()
        assert person.text("creditsBalanceNumber") == f"{credits} credits"

    assert run_program(studio, look) == 0


def killed_after(places: Places, sales: int, wait: float) -> list[str]:
    """Lets the program sell, and kills it ``wait`` seconds after so many sales; the confirmed receipts."""
    command = [sys.executable, "-m", "tests.journeys.seller", str(places.home)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        confirmed: list[str] = []
        for line in program.stdout:
            if line.startswith("confirmed "):
                confirmed.append(line.split()[1])
            if len(confirmed) == sales:
                break
        # No wait for something to happen: the length of the moment is what is tried.
        time.sleep(wait)
        os.kill(program.pid, signal.SIGKILL)
        confirmed += [line.split()[1] for line in program.stdout if line.startswith("confirmed ")]
    assert len(confirmed) >= sales, "the program ended before it was killed"
    return confirmed


def receipts(places: Places) -> list[str]:
    """The receipts in the books, without a gap; and the books hold."""
    office = open_office(places)
    try:
        assert_books_hold(office.database)
        return office.read(_receipts)
    finally:
        office.database.close()


def _receipts(reading: Reading) -> list[str]:
    rows = reading.connection.execute(sa.select(sale.c.series, sale.c.number).order_by(sale.c.number))
    found = [f"{series}-{number:06d}" for series, number in rows]
    assert found == [f"{found[0][:-7]}-{number:06d}" for number in range(1, len(found) + 1)]
    return found
