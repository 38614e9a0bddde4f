"""The words of all names in memory: taken in once, kept up, and whole also after an interruption (D2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.models.client import client, client_event
from frontdesk.services.clients import edit_client
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.name_words import NameWords
from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Actor, Reading
from tests.builders import make_client

#: Many share a first name, as they do in a studio; each has a family name of their own.
PEOPLE = [f"Anna Ber{number:05}" for number in range(1, 3_001)]


@pytest.fixture
def people(office: Office, actor: Actor) -> int:
    """A studio of three thousand; the id of the first one."""
    first = make_client(office, actor, PEOPLE[0])
    with office.database.writing() as connection:
        row = dict(connection.execute(sa.select(client)).mappings().one())
        others = [
            {**row, "id": row["id"] + place, "name": name, "name_folded": name.lower()}
            for place, name in enumerate(PEOPLE)
        ]
        connection.execute(sa.insert(client), others[1:])
        made = dict(connection.execute(sa.select(client_event)).mappings().one())
        del made["id"]
        connection.execute(sa.insert(client_event), [{**made, "client_id": one["id"]} for one in others[1:]])
    return first


@contextmanager
def watched(reading: Reading, stop_after: int | None = None) -> Iterator[Callable[[], int]]:
    """Counts SQLite's steps in hundreds; after so many it ends the query, as a cancelled search does."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return int(stop_after is not None and steps > stop_after)

    driver: Any = reading.connection.connection.driver_connection
    driver.set_progress_handler(step, 100)
    try:
        yield lambda: steps
    finally:
        driver.set_progress_handler(None, 100)


def work_of(office: Office, words: NameWords) -> int:
    """What it takes to bring the words up to date."""

    def refresh(reading: Reading) -> int:
        with watched(reading) as steps:
            words.refresh(reading)
        return steps()

    return office.read(refresh)


def near(words: NameWords, *asked: str) -> list[int]:
    return words.near(asked, 10)


def test_an_interrupted_start_goes_on_where_it_was(office: Office, people: int) -> None:
    """F1: the first letters typed cancel it again and again, and nothing is done twice."""
    if office.database.dialect != "sqlite":
        return
    whole = work_of(office, NameWords())
    words = NameWords()
    for _ in range(3):

        def interrupted(reading: Reading) -> None:
            with watched(reading, stop_after=whole // 4), pytest.raises(sa.exc.OperationalError):
                words.refresh(reading)

        office.read(interrupted)
    assert work_of(office, words) < whole // 2
    assert work_of(office, words) < whole // 10
    for place in (0, 700, 1500, 2999):
        assert people + place in near(words, f"bar{place + 1:05}")[:1]


def test_names_that_changed_during_an_interruption_are_found(
    office: Office, actor: Actor, people: int
) -> None:
    """D2: one that was read before, and one that was not."""
    if office.database.dialect != "sqlite":
        return
    words = NameWords()

    def interrupted(reading: Reading) -> None:
        with watched(reading, stop_after=100), pytest.raises(sa.exc.OperationalError):
            words.refresh(reading)

    office.read(interrupted)
    office.write(edit_client, actor, None, people, ClientDraft("Zuzanna Kowalska"))
    office.write(edit_client, actor, None, people + 2_999, ClientDraft("Anna Wisniewska"))
    work_of(office, words)
    assert near(words, "kowalksa") == [people]
    assert near(words, "anna", "wisniefska") == [people + 2_999]


def test_a_client_who_takes_a_common_name_is_among_those_who_have_it_once(
    office: Office, actor: Actor, people: int
) -> None:
    """D2: whatever the order in which names come in, and however often."""
    words = NameWords()
    office.read(words.refresh)
    for name in ("Zoe Bero", "Anna Bero", "Anna Bero-Bero"):
        office.write(edit_client, actor, None, people + 1, ClientDraft(name))
        office.read(words.refresh)
    assert set(words.near(["anna"], 5_000)) == set(range(people, people + len(PEOPLE)))
    assert list(words._clients["anna"]) == list(range(people, people + len(PEOPLE)))
