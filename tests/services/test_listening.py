"""What one desk does, the others hear within a second (section 9 of the rules: several desks)."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator

import psycopg
import pytest

from frontdesk.services.changes import Change, Topic
from frontdesk.services.listening import Listener, decode_changes
from frontdesk.services.office import Office, encode_changes
from tests.builders import build_studio, make_client

on_a_server = pytest.mark.parametrize(
    "databases", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
PATIENCE = 15.0


class Heard:
    """A listener on the office's server, and what it has told so far."""

    def __init__(self, office: Office) -> None:
        self.told: queue.Queue[tuple[Change, ...]] = queue.Queue()
        self.states: queue.Queue[str] = queue.Queue()
        self._listener = Listener(
            office.database.url,
            told=self.told.put,
            reached=lambda: self.states.put("reached"),
            lost=lambda: self.states.put("lost"),
        )

    def __enter__(self) -> Heard:
        self._listener.start()
        assert self.states.get(timeout=PATIENCE) == "reached"
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.stop()


@pytest.fixture
def heard(office: Office) -> Iterator[Heard]:
    """Another desk that listens."""
    with Heard(office) as listening:
        yield listening


@on_a_server
def test_what_one_desk_does_the_others_hear_within_a_second(office: Office, heard: Heard) -> None:
    actor = build_studio(office)
    assert Topic.STUDIO in {change.topic for change in heard.told.get(timeout=PATIENCE)}
    began = time.monotonic()
    client_id = make_client(office, actor)
    assert heard.told.get(timeout=PATIENCE) == (Change(Topic.CLIENTS, (client_id,)),)
    assert time.monotonic() - began < 1


@on_a_server
def test_a_command_that_is_refused_tells_nobody(office: Office, heard: Heard) -> None:
    actor = build_studio(office)
    heard.told.get(timeout=PATIENCE)
    with pytest.raises(Exception, match="invalid"):
        make_client(office, actor, "")
    make_client(office, actor, "Zoë")
    assert [change.topic for change in heard.told.get(timeout=PATIENCE)] == [Topic.CLIENTS]
    assert heard.told.empty()


@on_a_server
def test_a_lost_server_is_told_and_everything_is_read_again_when_it_is_back(
    office: Office, heard: Heard
) -> None:
    url = office.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
    assert heard.states.get(timeout=PATIENCE) == "lost"
    assert heard.states.get(timeout=PATIENCE) == "reached"
    assert heard.told.get(timeout=PATIENCE) == tuple(Change(topic) for topic in Topic)


def test_changes_survive_the_way_over_the_wire() -> None:
    changes = (Change(Topic.CLIENTS, (1, 2)), Change(Topic.STUDIO))
    assert decode_changes(encode_changes(changes)) == changes


def test_a_list_too_long_for_the_wire_means_read_everything_again() -> None:
    changes = (Change(Topic.CREDITS, tuple(range(5_000))),)
    assert len(encode_changes(changes)) < 8_000
    assert decode_changes(encode_changes(changes)) == (Change(Topic.CREDITS),)


def test_a_topic_of_a_newer_program_is_passed_over() -> None:
    assert decode_changes('[["robots",[1]],["clients",[3]]]') == (Change(Topic.CLIENTS, (3,)),)
