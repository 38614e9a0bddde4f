"""Dates of exports are read as they were meant, and where that is unclear, nobody guesses."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.services.csv_reading.dates import DateColumn, OrderNeeded, read_date, tell_order, tell_orders

NEWEST = date(2060, 12, 31)


@pytest.mark.parametrize(
    "written",
    [
        "2027-04-05", "2027-04-05 18:00:00", "2027-04-05T18:00:00.000Z", "2027-04-05T00:00:00+02:00",
        "2027-04-05 18:00:00 UTC", "2027-04-05 18:00:00 +0200", "2027/4/5", "2027.04.05", "20270405",
        "05.04.2027", "5.4.27", "5. 4. 2027", "5 Apr 2027", "05-Apr-2027", "5-Apr-27", "Apr 5, 2027",
        "April 5th, 2027", "5th of April 2027", "5. April 2027", "5 avril 2027", "5 de abril de 2027",
        "5 aprile 2027", "Mon, 5 Apr 2027", "Monday, April 5, 2027", "Mo., 05.04.2027",
        "05.04.2027, 18:30 Uhr", "APR 5 2027", "46482",
    ],
)  # fmt: skip
def test_a_date_that_reads_one_way_needs_no_order(written: str) -> None:
    """D3"""
    assert read_date(written, None, newest=NEWEST) == date(2027, 4, 5)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1er août 2027", date(2027, 8, 1)),
        ("3. März 2027", date(2027, 3, 3)),
        ("24 déc. 2027", date(2027, 12, 24)),
        ("13/05/2027", date(2027, 5, 13)),
        ("05/13/2027 12:00 AM", date(2027, 5, 13)),
        ("7/7/2027", date(2027, 7, 7)),
        ("12 enero 2027", date(2027, 1, 12)),
        ("31-12-2027", date(2027, 12, 31)),
    ],
)
def test_months_of_many_languages_and_clear_orders_are_read(written: str, day: date) -> None:
    assert read_date(written, None, newest=NEWEST) == day


@pytest.mark.parametrize("written", ["04/05/2027", "4-5-27", "04/05/2027 10:00"])
def test_an_unclear_date_is_asked_about(written: str) -> None:
    """D3: date order asked where it is unclear."""
    with pytest.raises(OrderNeeded):
        read_date(written, None, newest=NEWEST)
    assert read_date(written, "day_first", newest=NEWEST) == date(2027, 5, 4)
    assert read_date(written, "month_first", newest=NEWEST) == date(2027, 4, 5)


@pytest.mark.parametrize(
    "written",
    [
        "", "n/a", "soon", "31/02/2027", "00/00/0000", "0000-00-00", "2027", "5 credits", "2027-13-01",
        "9" * 500, "32.01.2027", "12/2027", "1,5", "Smarch 3, 2027",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(written: str) -> None:
    assert read_date(written, "day_first", newest=NEWEST) is None


def test_a_date_impossible_in_its_column_s_order_is_not_turned_round() -> None:
    assert read_date("05/13/2027", "day_first", newest=NEWEST) is None


def test_two_digit_years_lie_not_beyond_the_newest_date() -> None:
    assert read_date("31.12.85", None, newest=date(2027, 6, 1)) == date(1985, 12, 31)
    assert read_date("31.12.27", None, newest=date(2067, 6, 1)) == date(2027, 12, 31)


def test_one_telling_date_settles_its_column() -> None:
    assert tell_order(["03/04/2027", "13/04/2027", ""]) == DateColumn("day_first", False, ("03/04/2027",))
    assert tell_order(["03/04/2027", "04/13/2027"]) == DateColumn("month_first", False, ("03/04/2027",))


def test_a_column_without_a_telling_date_is_asked_about_with_examples() -> None:
    values = ["01/02/2027", "01/02/2027", "03/04/2027", "05/06/2027", "07/08/2027", "9/9/2027"]
    assert tell_order(values) == DateColumn(None, True, ("01/02/2027", "03/04/2027", "05/06/2027"))


def test_a_column_that_reads_one_way_is_not_asked_about() -> None:
    assert tell_order(["2027-01-02", "1.2.2027", "5 May 2027", "7/7/2027", "never"]) == DateColumn(
        None, False
    )


def test_where_dates_disagree_the_majority_counts() -> None:
    assert tell_order(["13/01/2027", "14/01/2027", "01/15/2027"]).order == "day_first"
    assert tell_order(["01/13/2027", "01/14/2027", "15/01/2027"]).order == "month_first"


def test_a_column_follows_the_one_that_tells() -> None:
    birthdays, expiries = tell_orders(["04/13/1990"], ["01/02/2027"])
    assert birthdays.order == expiries.order == "month_first"
    assert not expiries.asks


@given(st.dates(date(1901, 1, 1), date(2059, 12, 31)))
def test_every_date_written_is_read_back(day: date) -> None:
    for written, order in (
        (day.isoformat(), None),
        (f"{day:%d.%m.%Y}", None),
        (f"{day:%d/%m/%Y}", "day_first"),
        (f"{day:%m/%d/%Y}", "month_first"),
        (f"{day:%d %B %Y}", None),
        (f"{day:%b %d, %Y}", None),
        (f"{day:%Y%m%d}", None),
    ):
        assert read_date(written, order, newest=NEWEST) == day  # type: ignore[arg-type]
