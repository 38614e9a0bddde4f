"""Trouble in the middle of a sale is told with its cause, keeps what was typed, and can be tried again."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.errors import StorageFailed
from frontdesk.opening import open_office
from frontdesk.paths import Places
from frontdesk.services.office import Office
from frontdesk.services.purchases import client_purchases
from frontdesk.services.unit_of_work import Actor
from frontdesk.ui.dialogs.sell import SellDialog
from frontdesk.ui.widgets.table_view import PagedTable
from tests.builders import SetClock, build_studio, make_client, make_package, make_sale
from tests.journeys.program import Person, run_program
from tests.support.books import assert_books_hold
from tests.support.event_loop import until

MIRA, JONAS, PACK = 1, 2, 1
ANA = Actor(1, 1)


@pytest.fixture
def studio(places: Places) -> Places:
    """Sunrise with a pack on sale, Mira and Jonas."""
    office = open_office(places, clock=SetClock())
    build_studio(office)
    make_package(office, ANA)
    for name in ("Mira Okafor", "Jonas Weber"):
        make_client(office, ANA, name)
    office.database.close()
    return places


async def typed_sale(person: Person) -> SellDialog:
    """A cash sale to Mira, ready to be confirmed."""
    await person.press("F2")
    dialog = await person.dialog(SellDialog)
    await person.write("mir")
    await person.press("Return", "Return")
    await person.write("100")
    await until(dialog.is_armed)
    return dialog


async def confirm_in_vain(person: Person, dialog: SellDialog) -> str:
    """Confirms the sale, which is still there afterwards; what the dialog says."""
    await person.press("Return")
    assert dialog.isVisible() and dialog.result_of_sale is None
    assert dialog.banner.isVisible() and not dialog.is_busy()
    assert dialog.primary.text() == "Take 90.00 USD cash" and dialog.primary.isEnabled()
    return dialog.banner.text()


async def confirm(person: Person, dialog: SellDialog) -> None:
    """The same button again, and now it sells."""
    await person.press("Return")
    await until(lambda: dialog.result_of_sale is not None)
    assert person.text("soldNumberNumber") == "10.00 USD"
    await until(dialog.is_armed)
    await person.press("Return")


def bought(places: Places) -> list[int]:
    """The sales to Mira that are in the books, which hold."""
    office = open_office(places)
    try:
        assert_books_hold(office.database)
        return [one.sale_id for one in office.read(client_purchases, MIRA)]
    finally:
        office.database.close()


def test_a_file_that_vanishes_is_told_of_and_the_sale_goes_on_once_it_is_back(studio: Places) -> None:
    """R1, R2, U6: what is confirmed is in the file that the next start opens."""
    elsewhere = studio.home.with_name("elsewhere")

    async def journey(person: Person) -> None:
        await person.window()
        dialog = await typed_sale(person)
        studio.home.rename(elsewhere)
        told = await confirm_in_vain(person, dialog)
        assert f"{studio.books} was moved, deleted or replaced while Frontdesk was open" in told
        assert "Put it back and try again" in told
        assert not studio.home.exists()
        elsewhere.rename(studio.home)
        await confirm(person, dialog)

    assert run_program(studio, journey, clock=SetClock()) == 0
    assert len(bought(studio)) == 1


def test_a_full_disk_loses_nothing_that_was_typed(studio: Places) -> None:
    """R2, U6."""

    async def journey(person: Person) -> None:
        window = await person.window()
        office: Any = window.context.tasks._office
        _fill_up(office)
        dialog = await typed_sale(person)
        assert "The disk is full, so nothing was saved." in await confirm_in_vain(person, dialog)
        _make_room(office)
        await confirm(person, dialog)

    assert run_program(studio, journey, clock=SetClock()) == 0
    assert len(bought(studio)) == 1


def test_a_backup_tool_that_holds_the_file_is_named(studio: Places) -> None:
    """R2, U6: and once it lets go, the same button sells, once."""
    from sqlcipher3 import dbapi2

    async def journey(person: Person) -> None:
        window = await person.window()
        office: Any = window.context.tasks._office
        _limit(office, "busy_timeout", 20)
        holder = dbapi2.connect(str(studio.books), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        dialog = await typed_sale(person)
        told = await confirm_in_vain(person, dialog)
        assert "Another program holds the studio's file." in told
        holder.execute("ROLLBACK")
        holder.close()
        await confirm(person, dialog)

    assert run_program(studio, journey, clock=SetClock()) == 0
    assert len(bought(studio)) == 1


def _fill_up(office: Office) -> None:
    """Leaves no page free for a further sale, as a full disk does."""
    with office.database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    _limit(office, "max_page_count", pages)
    with pytest.raises(StorageFailed, match="disk_full"):
        while True:
            make_sale(office, ANA, JONAS, PACK)


def _make_room(office: Office) -> None:
    _limit(office, "max_page_count", 1_000_000)


def _limit(office: Office, pragma: str, value: int) -> None:
    """Sets it on every connection there is, and on those to come."""
    engine = office.database._engine
    office.database.close()

    def set_it(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA {pragma} = {value}")

    sa.event.listen(engine, "connect", set_it)


def test_what_the_command_line_brings_in_shows_in_the_open_window(studio: Places) -> None:
    """L3: the window and a command share one file."""
    clients = studio.home / "more.csv"
    clients.write_text("name,email\nZoë Lind,zoe@example.com\n", encoding="utf-8")

    async def journey(person: Person) -> None:
        window = await person.window()
        table = window.findChild(PagedTable, "clientsTable")
        assert table is not None
        await until(lambda: table.model().rowCount() == 2)
        command = [sys.executable, "-m", "frontdesk", "--home", str(studio.home), "import", "clients"]
        process = await asyncio.create_subprocess_exec(*command, str(clients), stdout=subprocess.DEVNULL)
        assert await process.wait() == 0
        await until(lambda: table.model().rowCount() == 3)

    assert run_program(studio, journey, clock=SetClock()) == 0
