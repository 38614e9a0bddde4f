"""The copy of the studio for trying Stripe: the same books, no key, and no way to the live account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models import triggers
from frontdesk.models.base import metadata
from frontdesk.models.database import Database
from frontdesk.models.migrate import missing_triggers
from frontdesk.models.sync import checkout, outbox, stripe_account, stripe_transaction
from frontdesk.services.first_rows import first_rows
from frontdesk.services.office import Office
from frontdesk.services.settings import studio_view
from frontdesk.services.stripe import trial
from frontdesk.services.stripe.accounts import account_view, connected_account
from frontdesk.services.stripe.trial import make_trial, trial_made_at
from frontdesk.services.unit_of_work import Reading
from tests.support.books import assert_books_hold
from tests.support.databases import SqliteDatabases
from tests.support.desk import Desk, busy_studio


@pytest.fixture
def desk(_sqlite_template: Path, tmp_path: Path) -> Any:
    """A studio in which all has happened, with an account, open checkouts and a full outbox."""
    databases = SqliteDatabases(_sqlite_template, tmp_path)
    opened = Database.open(databases.new())
    made = busy_studio(opened)
    guard = "stripe_account_same_account"
    with opened.writing() as connection:
        # The account of that studio is in test mode; a studio that could be copied has a live one.
        again = next(one for one in triggers.statements("sqlite") if f" {guard} " in one)
        connection.exec_driver_sql(f"DROP TRIGGER {guard}")
        connection.execute(sa.update(stripe_account), {"livemode": True})
        connection.exec_driver_sql(again)
    yield made
    opened.close()


def copy_of(desk: Desk, folder: Path) -> Office:
    return Office(Database.open(desk.office.read(make_trial, folder)), desk.clock)


def rows(reading: Reading, table: sa.Table) -> list[Any]:
    return list(reading.connection.execute(sa.select(table).order_by(*table.primary_key)))


def test_the_copy_has_the_same_books_and_they_hold(desk: Desk, tmp_path: Path) -> None:
    """Y7, R7."""
    copy = copy_of(desk, tmp_path / "trial")
    of_stripe = {one.name for one in trial._OF_THE_ACCOUNT} | {
        "studio", "stripe_account", "outbox", "checkout",
    }  # fmt: skip
    for table in metadata.sorted_tables:
        if table.name not in of_stripe:
            assert copy.read(rows, table) == desk.office.read(rows, table), table.name
    assert missing_triggers(copy.database) == ()
    assert_books_hold(copy.database)
    assert copy.read(account_view).takes_test_keys and not desk.office.read(account_view).takes_test_keys
    assert copy.read(studio_view).name == desk.office.read(studio_view).name
    copy.database.close()


def test_the_first_frame_of_the_copy_says_test_mode_and_that_of_the_studio_does_not(
    desk: Desk, tmp_path: Path
) -> None:
    """A4: before anything of the program is loaded."""
    copy_of(desk, tmp_path / "trial").database.close()
    shown = first_rows(tmp_path / "trial" / "studio.db", desk.clock.now())
    assert shown is not None and shown.test_mode
    assert desk.office.database.path is not None
    shown = first_rows(desk.office.database.path, desk.clock.now())
    assert shown is not None and not shown.test_mode


def test_the_copy_cannot_reach_what_the_studio_reaches(desk: Desk, tmp_path: Path) -> None:
    """Y7: no key, nothing to send, no ids of the live account; but the account it has to be."""
    live = desk.office.read(rows, stripe_account)[0]
    assert live.livemode
    copy = copy_of(desk, tmp_path / "trial")
    assert copy.read(connected_account) is None
    (row,) = copy.read(rows, stripe_account)
    assert row.account_id == live.account_id and row.secret_name != live.secret_name
    assert not row.livemode and row.facts == {}
    assert {one.state for one in copy.read(rows, outbox)} == {"cancelled"}
    assert {one.state for one in copy.read(rows, checkout)} == {"cancelled", "paid"}
    for table in trial._OF_THE_ACCOUNT:
        assert desk.office.read(rows, table) and not copy.read(rows, table), table.name
    assert len(copy.read(rows, stripe_transaction)) == 2, "what came in by Stripe stays what it was"
    copy.database.close()


def test_the_studio_itself_is_not_touched(desk: Desk, tmp_path: Path) -> None:
    before = [desk.office.read(rows, table) for table in metadata.sorted_tables]
    copy_of(desk, tmp_path / "trial").database.close()
    assert [desk.office.read(rows, table) for table in metadata.sorted_tables] == before


def test_a_new_copy_takes_the_place_of_the_old_one(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "trial"
    assert trial_made_at(folder) is None
    copy = copy_of(desk, folder)
    Desk(copy, desk.clock).client("Only in the copy")
    copy.database.close()
    assert trial_made_at(folder) is not None
    again = copy_of(desk, folder)
    names = [one.name for one in again.read(rows, metadata.tables["client"])]
    assert "Only in the copy" not in names
    again.database.close()
    assert [path.name for path in folder.iterdir() if ".new" in path.name] == []


def test_a_copy_is_not_copied_again(desk: Desk, tmp_path: Path) -> None:
    copy = copy_of(desk, tmp_path / "trial")
    with pytest.raises(Refused, match="is_copy"):
        copy.read(make_trial, tmp_path / "further")
    copy.database.close()


def test_a_folder_that_cannot_be_made_is_told(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="cannot_make"):
        desk.office.read(make_trial, tmp_path / "file" / "trial")


@pytest.mark.postgres
def test_books_on_a_server_are_not_copied_into_a_file(
    postgres_server: str, _postgres_template: str, tmp_path: Path
) -> None:
    from tests.support.databases import PostgresDatabases

    databases = PostgresDatabases(postgres_server, _postgres_template)
    opened = Database.open(databases.new())
    try:
        with pytest.raises(Refused, match="on_server"):
            Desk.found(opened).office.read(make_trial, tmp_path)
    finally:
        opened.close()
        databases.drop_all()
