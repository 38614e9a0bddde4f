"""The demo studio: whole or not at all, right by every rule, and with something to see on each screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models.client import client
from frontdesk.models.database import Database
from frontdesk.models.migrate import migrate
from frontdesk.models.studio import studio
from frontdesk.services.client_rows import client_page
from frontdesk.services.credit_account import credit_account
from frontdesk.services.decisions import open_decisions
from frontdesk.services.demo import fill_demo
from frontdesk.services.office import Office
from frontdesk.services.package_lists import package_rows
from frontdesk.services.search import search_clients
from frontdesk.services.settings import studio_view
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.verify import check_books
from frontdesk.services.views.credits import CreditAccount
from tests.builders import SetClock

NOON = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


def account(office: Office, name: str) -> CreditAccount:
    """The credits of the client with this name."""
    found = office.read(search_clients, name)
    return office.read(credit_account, found[0].id)


def count(office: Office, sql: str) -> int:
    """What a counting statement says."""
    return office.read(_count, sql)


def _count(reading: Reading, sql: str) -> int:
    return int(reading.connection.exec_driver_sql(sql).scalar_one())


def test_the_demo_studio_is_right_and_shows_something_on_every_screen(database: Database) -> None:
    """Packages in every status, a freeze, an unpaid visit, refunds, a decision, credits running out."""
    office = Office(database, SetClock(NOON))
    fill_demo(office, now=NOON)
    assert office.read(studio_view).demo
    packages = office.read(package_rows)
    assert sorted(one.status for one in packages) == ["archived", "draft", *["published"] * 6]
    assert [one.per_client_limit for one in packages if one.per_client_limit] == [1]
    assert len(office.read(client_page).rows) > 40
    assert account(office, "Jonas Lindqvist").standing == "frozen"
    assert len(account(office, "Zoë Marchetti").unpaid) == 1
    mira = account(office, "Mira Okafor").next_to_expire
    assert mira is not None and mira.days_left == 7
    assert [one.kind for one in office.read(open_decisions)] == ["refund_failed"]
    assert account(office, "Deniz Kaya").usable == 3
    pending = "SELECT count(*) FROM money_transaction WHERE kind = 'refund' AND status = 'pending'"
    assert count(office, pending) == 1
    assert count(office, "SELECT count(*) FROM money_transaction WHERE business_day = '2026-11-22'") >= 5
    rosa = "SELECT count(*) FROM refund WHERE amount = 5400"
    assert count(office, rosa) == 1

    # The same office, since filling it takes two seconds.
    nothing_lies_ahead_of_now(office)
    every_rule_of_the_books_is_kept(office)
    with pytest.raises(Refused, match=r"studio\.exists"):
        fill_demo(office, now=NOON + timedelta(days=1))


def every_rule_of_the_books_is_kept(office: Office) -> None:
    """R7: nothing that the program itself would call wrong."""
    assert office.read(check_books).findings == ()


def nothing_lies_ahead_of_now(office: Office) -> None:
    """No act is dated after the instant at which the demo was asked for."""
    micros = int(NOON.timestamp() * 1_000_000)
    assert count(office, f"SELECT count(*) FROM ledger_op WHERE recorded_at > {micros}") == 0
    assert count(office, f"SELECT count(*) FROM sale WHERE sold_at > {micros}") == 0


@pytest.mark.parametrize(
    ("now", "zone"),
    [
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), "Europe/Berlin"),
        (datetime(2027, 11, 7, 4, 2, tzinfo=UTC), "America/New_York"),
        (datetime(2028, 2, 29, 23, 59, tzinfo=UTC), "Pacific/Apia"),
    ],
)
def test_the_demo_studio_can_be_opened_at_any_time_anywhere(tmp_path: Path, now: datetime, zone: str) -> None:
    """Around midnight, on a leap day and when the clocks change."""
    database = Database.open(tmp_path / "studio.db")
    migrate(database)
    office = Office(database, SetClock(now))
    fill_demo(office, now=now, zone=zone)
    assert office.read(check_books, chains=False).findings == ()
    day = now.astimezone(office.read(_zone)).date()
    assert count(office, f"SELECT count(*) FROM sale WHERE business_day = '{day}'") >= 1
    database.close()


def _zone(reading: Reading) -> ZoneInfo:
    return reading.studio.zone


def test_a_demo_that_fails_half_way_leaves_an_empty_database(database: Database) -> None:
    """Filled in one transaction, so that nobody ever looks around in half a studio."""
    office = Office(database, SetClock(NOON))
    with database.writing() as connection:
        connection.exec_driver_sql("CREATE UNIQUE INDEX one_sale_each ON sale (client_id)")
    with pytest.raises(sa.exc.IntegrityError):
        fill_demo(office, now=NOON)
    with database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(client)).scalar_one() == 0
        assert connection.execute(sa.select(sa.func.count()).select_from(studio)).scalar_one() == 0
