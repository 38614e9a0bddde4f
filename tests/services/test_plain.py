"""Plain data to JSON and back: what use cases take and answer survives being stored (law 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.models.money import Money
from frontdesk.services import plain


class Colour(StrEnum):
    TEAL = "teal"
    PINK = "pink"


@dataclass(frozen=True, slots=True)
class Inner:
    amount: Money
    day: date | None
    colour: Colour = Colour.TEAL


@dataclass(frozen=True, slots=True)
class Answer:
    number: int
    text: str
    yes: bool
    at: datetime
    key: UUID
    parts: tuple[Inner, ...]
    pair: tuple[int, str]
    nothing: None = None
    maybe: tuple[int, ...] | None = None


MONIES = st.builds(Money, st.integers(-(10**15), 10**15), st.sampled_from(("USD", "JPY")))
INNERS = st.builds(Inner, MONIES, st.none() | st.dates(), st.sampled_from(Colour))
ANSWERS = st.builds(
    Answer,
    number=st.integers(),
    text=st.text(),
    yes=st.booleans(),
    at=st.datetimes(timezones=st.just(UTC)),
    key=st.uuids(),
    parts=st.lists(INNERS, max_size=3).map(tuple),
    pair=st.tuples(st.integers(), st.text()),
    maybe=st.none() | st.lists(st.integers(), max_size=3).map(tuple),
)


@given(ANSWERS)
def test_an_answer_comes_back_as_it_was(answer: Answer) -> None:
    assert plain.restored(Answer, plain.stored(answer)) == answer


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int, 3),
        (str, "ß"),
        (bool, True),
        (type(None), None),
        (tuple[Inner, ...], ()),
        (date, date(2027, 1, 4)),
    ],
)
def test_a_bare_value_comes_back_as_it_was(kind: object, value: object) -> None:
    assert plain.restored(kind, plain.stored(value)) == value


@pytest.mark.parametrize("value", [1.5, object(), Inner, {1: 2.5}, b"bytes"])
def test_what_is_not_plain_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="not plain data"):
        plain.to_plain(value)


def test_a_request_hashes_by_its_name_and_all_it_says() -> None:
    at = datetime(2027, 1, 4, tzinfo=UTC)
    base = plain.request_hash("sell", (1, at), {"draft": Money(5, "USD")})
    assert base == plain.request_hash("sell", (1, at), {"draft": Money(5, "USD")})
    others = (
        plain.request_hash("void", (1, at), {"draft": Money(5, "USD")}),
        plain.request_hash("sell", (2, at), {"draft": Money(5, "USD")}),
        plain.request_hash("sell", (1, at), {"draft": Money(5, "EUR")}),
        plain.request_hash("sell", (1, at), {"other": Money(5, "USD")}),
    )
    assert len({base, *others}) == 5


def test_sets_and_mappings_hash_alike_whatever_their_order() -> None:
    assert plain.stored(frozenset((3, 1, 2))) == "[1,2,3]"
    assert plain.request_hash("x", ({"a": 1, "b": 2},), {}) == plain.request_hash(
        "x", ({"b": 2, "a": 1},), {}
    )
