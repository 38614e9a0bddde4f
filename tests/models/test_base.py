"""The column types that all tables share: instants, and JSON of one spelling per value."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.models.base import canonical_json, from_micros, to_micros
from frontdesk.models.database import Database
from frontdesk.models.ledger import note
from frontdesk.models.sale import decision

INSTANTS = st.datetimes(timezones=st.just(UTC))


@given(INSTANTS)
def test_an_instant_survives_as_microseconds(instant: datetime) -> None:
    assert from_micros(to_micros(instant)) == instant


def test_the_same_instant_in_another_zone_is_the_same_number() -> None:
    noon = datetime(2027, 3, 28, 12, tzinfo=UTC)
    assert to_micros(noon.astimezone(timezone(timedelta(hours=9)))) == to_micros(noon)


def test_an_instant_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_micros(datetime(2027, 1, 1))  # noqa: DTZ001


def test_the_database_gives_an_aware_instant_back_to_the_microsecond(database: Database) -> None:
    instant = datetime(2027, 10, 31, 0, 59, 59, 999_999, tzinfo=UTC)
    with database.writing() as connection:
        connection.execute(sa.insert(note), {"salt": "s", "text": "t", "recorded_at": instant})
    with database.reading() as connection:
        assert connection.execute(sa.select(note.c.recorded_at)).scalar_one() == instant


def test_equal_values_have_one_spelling() -> None:
    assert canonical_json({"b": [1, None], "a": "ß"}) == '{"a":"ß","b":[1,null]}'
    assert canonical_json({"a": 1, "b": 2}) == canonical_json({"b": 2, "a": 1})


def test_plain_data_goes_through_a_json_column_unchanged(database: Database) -> None:
    facts = {"lots": [1, 2], "note": "ünïcode “quoted”", "none": None, "deep": {"yes": True}}
    with database.writing() as connection:
        connection.execute(sa.insert(decision), {"kind": "x", "facts": facts, "opened_at": from_micros(0)})
    with database.reading() as connection:
        row = connection.execute(sa.select(decision.c.facts, decision.c.closed_at)).one()
    assert (row.facts, row.closed_at) == (facts, None)
