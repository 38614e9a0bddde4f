"""The first frame's rows: the same as the list's, without SQLAlchemy, and never in the way."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from frontdesk.models.database import Database
from frontdesk.models.migrate import HEAD
from frontdesk.services import first_rows as module
from frontdesk.services.client_rows import client_page
from frontdesk.services.clients import archive_client
from frontdesk.services.credits import adjust
from frontdesk.services.desks import desk_rows
from frontdesk.services.drafts.credits import AdjustDraft, FreezeDraft
from frontdesk.services.drafts.staff import StaffDraft
from frontdesk.services.first_rows import first_rows
from frontdesk.services.freezing import freeze
from frontdesk.services.merging import merge_clients
from frontdesk.services.office import Office
from frontdesk.services.staff import add_staff, archive_staff, staff_rows
from frontdesk.services.unit_of_work import Actor
from tests.builders import MORNING, SetClock, make_client, make_package, make_sale
from tests.services.test_clients import hide

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture
def file(database: Database) -> Path:
    """The studio's file."""
    assert database.path is not None
    return database.path


def test_the_first_rows_are_those_of_the_list(
    office: Office, actor: Actor, clock: SetClock, file: Path
) -> None:
    mira, double, ben, eva, gone, hidden = (
        make_client(office, actor, name) for name in ("Mira", "Mira O.", "Ben", "Éva", "Gone", "Hidden")
    )
    make_sale(office, actor, mira, make_package(office, actor))
    for client_id, count, last in ((double, 2, date(2027, 1, 9)), (eva, 4, None), (ben, 5, date(2027, 3, 1))):
        office.write(adjust, actor, None, AdjustDraft(client_id, count, "goodwill", "gift", last_day=last))
    office.write(merge_clients, actor, None, double, mira)
    office.write(freeze, actor, None, FreezeDraft(ben, "illness", "flu"))
    office.write(archive_client, actor, None, gone)
    hide(office, actor, hidden)
    for days in (0, 10, 200):
        clock.pass_time(days=days)
        rows = first_rows(file, clock.at)
        assert rows is not None
        assert rows.clients == office.read(client_page).rows
        assert [one.name for one in rows.clients] == ["Ben", "Éva", "Mira"]


def test_the_first_rows_name_studio_desks_and_staff(office: Office, actor: Actor, file: Path) -> None:
    office.write(add_staff, actor, None, StaffDraft("Ágnes"))
    ben = office.write(add_staff, actor, None, StaffDraft("Ben")).value
    office.write(archive_staff, actor, None, ben)
    rows = first_rows(file, MORNING)
    assert rows is not None
    assert (rows.studio_name, rows.currency, rows.zone, rows.demo) == (
        "Sunrise",
        "USD",
        "Europe/Berlin",
        False,
    )
    assert rows.desks == office.read(desk_rows)
    assert rows.staff == tuple(one for one in office.read(staff_rows) if not one.archived)
    assert rows.clients == ()


def test_no_more_clients_are_read_than_asked_for(office: Office, actor: Actor, file: Path) -> None:
    for name in "ABC":
        make_client(office, actor, name)
    rows = first_rows(file, MORNING, 2)
    assert rows is not None
    assert [one.name for one in rows.clients] == ["A", "B"]


def test_there_are_no_first_rows_before_the_studio_is_founded(database: Database, file: Path) -> None:
    assert first_rows(file, MORNING) is None


def test_there_are_no_first_rows_of_what_is_no_studio(database: Database, tmp_path: Path) -> None:
    garbage, empty = tmp_path / "garbage.db", tmp_path / "empty.db"
    garbage.write_bytes(b"this is no database" * 100)
    empty.write_bytes(b"")
    for place in (garbage, empty, tmp_path, tmp_path / "missing #1?.db"):
        assert first_rows(place, MORNING) is None
    assert not (tmp_path / "missing #1?.db").exists()


def test_a_file_of_another_revision_waits_for_its_migration(
    database: Database, office: Office, actor: Actor, file: Path
) -> None:
    assert module.REVISION == HEAD
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert first_rows(file, MORNING) is None


def test_first_rows_are_read_while_another_desk_writes(
    database: Database, office: Office, actor: Actor, file: Path
) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE staff SET name = 'Other'")
        rows = first_rows(file, MORNING)
    assert rows is not None
    assert [one.name for one in rows.staff] == ["Ana"]


def test_reading_leaves_no_file_behind(database: Database, office: Office, actor: Actor, file: Path) -> None:
    database.close()
    before = sorted(one.name for one in file.parent.iterdir())
    assert first_rows(file, MORNING) is not None
    assert sorted(one.name for one in file.parent.iterdir()) == before


def test_the_first_rows_come_without_sqlalchemy(
    database: Database, office: Office, actor: Actor, file: Path
) -> None:
    code = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from frontdesk.services.first_rows import first_rows\n"
        f"assert first_rows(Path({str(file)!r}), datetime.now(UTC)).studio_name == 'Sunrise'\n"
        "assert not {'sqlalchemy', 'alembic', 'psycopg', 'PySide6'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2], timeout=60)
