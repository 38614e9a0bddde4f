"""How the program starts: the demo studio, a second start, and books that cannot be opened."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from frontdesk.app import open_window
from frontdesk.opening import open_office
from frontdesk.paths import Places, find_places
from frontdesk.ui.widgets.surfaces import Banner
from tests.builders import SetClock, build_studio
from tests.journeys.program import Person, as_it_was, run_program
from tests.support.event_loop import until
from tests.support.strangers import without_rights


def execute(file: Path, *statements: str) -> None:
    """Does to a file what the program never would."""
    from sqlcipher3 import dbapi2

    with closing(dbapi2.connect(str(file))) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.fixture
def studio(places: Places) -> Places:
    """A studio that was founded and closed."""
    office = open_office(places, clock=SetClock())
    build_studio(office)
    office.database.close()
    return places


# --- The demo studio ---------------------------------------------------------------------------------


def test_the_demo_studio_is_full_of_people_marked_and_in_a_folder_of_its_own(places: Places) -> None:
    demo = find_places(places.home, demo=True).make()

    async def look(person: Person) -> None:
        window = await person.window()
        assert person.find(QWidget, "demoMark").isVisible() or person.find(QWidget, "topDemoMark").isVisible()
        assert window.context.studio.demo
        await person.write("a")
        assert person.text("clientsFound").endswith("clients found")

    assert run_program(demo, look, demo=True) == 0
    assert demo.books.exists() and not places.books.exists()
    # There it is again, at once.
    assert run_program(demo, look, demo=True) == 0


def test_the_wizard_leads_to_the_demo_studio_too(places: Places) -> None:
    async def look(person: Person) -> None:
        await person.shown("firstStart")
        await person.press("Tab", "Return")
        assert (await person.window()).context.studio.demo

    assert run_program(places, look) == 0
    assert find_places(places.home, demo=True).books.exists() and not places.books.exists()


def test_closing_the_wizard_leaves_nothing_behind(places: Places) -> None:
    async def look(person: Person) -> None:
        (await person.shown("firstStart")).close()

    assert run_program(places, look) == 0
    assert not places.books.exists()


# --- A second start ----------------------------------------------------------------------------------


def test_a_second_start_brings_the_first_window_to_the_front(studio: Places) -> None:
    def start_again() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "frontdesk", "--home", str(studio.home)]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    async def look(person: Person) -> None:
        window = await person.window()
        window.showMinimized()
        second = await asyncio.get_running_loop().run_in_executor(None, start_again)
        assert second.returncode == 0, second.stderr
        assert "its window is in front now" in second.stdout
        await until(lambda: not window.isMinimized())
        assert window.isVisible()

    assert run_program(studio, look) == 0


def test_a_folder_that_may_not_be_written_to_is_no_other_program(
    places: Places, capfd: pytest.CaptureFixture[str]
) -> None:
    """U6: nothing is open that could be closed."""
    places.home.chmod(0o500)
    with as_it_was(), without_rights():
        assert open_window(places) == 3
    places.home.chmod(0o700)
    told = capfd.readouterr().err
    assert f"cannot write to {places.home}" in told and "Another Frontdesk" not in told


# --- Books that cannot be opened ---------------------------------------------------------------------


def newer(places: Places) -> None:
    """Another desk was updated first."""
    execute(places.books, "UPDATE alembic_version SET version_num = '9999'")


def foreign(places: Places) -> None:
    """Some other program's file."""
    places.books.unlink()
    execute(places.books, "CREATE TABLE recipe (name TEXT)")


def no_database(places: Places) -> None:
    """A picture with the wrong name."""
    places.books.write_bytes(b"\xff\xd8\xff\xe0" + b"JFIF" * 4000)


def folder(places: Places) -> None:
    """A folder stands where the books should."""
    places.books.unlink()
    places.books.mkdir()


@pytest.mark.parametrize(
    ("harm", "cause", "step", "code"),
    [
        (newer, "was written by a newer Frontdesk (revision 9999", "Update Frontdesk on this computer.", 3),
        (foreign, "belongs to another program", "Name another file", 3),
        (no_database, "is damaged", "newest good copy", 4),
        (folder, "is a folder", "Name a file in it", 3),
    ],
)
def test_books_that_cannot_be_opened_are_told_with_cause_and_next_step(
    studio: Places, harm: Callable[[Places], None], cause: str, step: str, code: int
) -> None:
    """U6, A6: and the file stays as it is."""
    harm(studio)
    before = studio.books.read_bytes() if studio.books.is_file() else b""

    async def look(person: Person) -> None:
        await person.shown("stopNotice")
        text = person.find(QLabel, "stopNoticeText").text()
        assert cause in text and step in text
        assert person.field() == "stopNoticeQuitButton"

    assert run_program(studio, look) == code
    assert not studio.books.is_file() or studio.books.read_bytes() == before


def test_books_without_their_safeguards_are_shown_but_not_opened(studio: Places) -> None:
    """U6: what was painted first must not look like open books."""
    execute(studio.books, "DROP TRIGGER ledger_entry_no_update")

    async def look(person: Person) -> None:
        window = await person.shown("mainWindow")
        banner = person.find(Banner, "windowBanner")
        await until(banner.isVisible)
        assert "lack safeguards (ledger_entry_no_update)" in banner.text()
        assert "Go back to the newest good copy." in banner.text()
        assert person.text("dataState") == "The books could not be opened"
        assert window.isVisible()

    run_program(studio, look)
