"""Background work on a real database: reads replace one another, writes end, errors are told."""

import asyncio
from dataclasses import dataclass
from pathlib import PurePosixPath

import pytest
import shiboken6
import sqlalchemy as sa
from PySide6.QtCore import QObject
from qasync import QEventLoop

from frontdesk.errors import Refused
from frontdesk.models.database import Database
from frontdesk.services.changes import Change, Topic
from frontdesk.services.office import Cancel, Office
from frontdesk.services.unit_of_work import Reading, UnitOfWork
from frontdesk.ui.context import UiContext
from frontdesk.ui.error_reporter import Report
from tests.builders import build_studio
from tests.support.event_loop import until
from tests.support.logs import ExpectedLogs


@dataclass
class Desk:
    """The running context with its books."""

    context: UiContext
    office: Office


@pytest.fixture
def desk(running: UiContext, database: Database) -> Desk:
    """Books behind the task runner; Ana writes."""
    office = Office(database)
    ana = build_studio(office)
    running.tasks.attach_office(office, Cancel, lambda: ana)
    return Desk(running, office)


def number(reading: Reading, value: int) -> int:
    """A query that answers at once."""
    return int(reading.connection.execute(sa.select(sa.literal(value))).scalar_one())


def endless(reading: Reading) -> int:
    """A query that only an interrupt ends."""
    if reading.connection.dialect.name == "postgresql":
        return int(reading.connection.exec_driver_sql("SELECT 1 FROM pg_sleep(600)").scalar_one())
    counting = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    return int(reading.connection.exec_driver_sql(counting).scalar_one())


def touch(work: UnitOfWork, client: int) -> int:
    """A use case that says that a client changed."""
    work.changed(Topic.CLIENTS, client)
    return client


def refuse(work: UnitOfWork) -> None:
    """A use case that a rule forbids."""
    raise Refused("field.required")


async def test_a_read_answers(desk: Desk) -> None:
    assert await desk.context.tasks.read(number, 7) == 7


async def test_a_newer_read_interrupts_the_older_of_its_key(desk: Desk) -> None:
    tasks, reports = desk.context.tasks, list[Report]()
    desk.context.errors.reported.connect(reports.append)

    async def look() -> None:
        await tasks.read(endless, latest="search")

    tasks.start(look())
    await asyncio.sleep(0.05)
    assert await tasks.read(number, 3, latest="search") == 3
    await tasks.settled()
    assert not reports


async def test_a_newer_work_cancels_the_older_of_its_key(desk: Desk) -> None:
    tasks = desk.context.tasks
    done: list[str] = []

    async def search(text: str) -> None:
        await tasks.read(endless if text == "m" else number, *([] if text == "m" else [1]))
        done.append(text)

    tasks.start(search("m"), latest="search")
    await asyncio.sleep(0.05)
    tasks.start(search("mi"), latest="search")
    await until(lambda: done)
    await tasks.settled()
    assert done == ["mi"]


async def test_work_ends_with_what_it_was_begun_for(desk: Desk) -> None:
    """Nothing is told when a dialog is closed while it still reads."""
    owner = QObject()
    reached: list[str] = []

    async def read_long() -> None:
        reached.append("began")
        await asyncio.Event().wait()
        reached.append("went on")

    desk.context.tasks.start(read_long(), owner=owner)
    await until(lambda: reached == ["began"])
    shiboken6.delete(owner)
    await desk.context.tasks.settled()
    assert reached == ["began"]


async def test_a_write_tells_what_it_changed(desk: Desk) -> None:
    heard: list[tuple[Change, ...]] = []
    desk.context.notifier.watch(desk.context.session, [Topic.CLIENTS], heard.append)
    assert await desk.context.tasks.write(touch, 5) == 5
    assert heard == [(Change(Topic.CLIENTS, (5,)),)]


async def test_a_write_ends_and_is_told_even_if_its_waiter_gave_up(desk: Desk) -> None:
    heard: list[tuple[Change, ...]] = []
    desk.context.notifier.watch(desk.context.session, [Topic.CLIENTS], heard.append)
    waiter = asyncio.ensure_future(desk.context.tasks.write(touch, 9))
    await asyncio.sleep(0)
    waiter.cancel()
    await until(lambda: heard)
    assert heard == [(Change(Topic.CLIENTS, (9,)),)]


async def test_a_refusal_is_told_in_words(desk: Desk) -> None:
    """U6: cause, next step, and an id to quote."""
    reports: list[Report] = []
    desk.context.errors.reported.connect(reports.append)

    async def sell() -> None:
        await desk.context.tasks.write(refuse)

    desk.context.tasks.start(sell())
    await until(lambda: reports)
    assert reports[0].text == "Fill this in to go on."
    assert not reports[0].bug and len(reports[0].id) == 6


async def test_a_bug_is_told_and_its_trace_logged_under_the_same_id(
    desk: Desk, expected_logs: ExpectedLogs
) -> None:
    reports: list[Report] = []
    desk.context.errors.reported.connect(reports.append)

    async def broken() -> None:
        raise KeyError("a bug")

    expected_logs.expect("^error [2-9A-Z]{6}$")
    desk.context.tasks.start(broken())
    await until(lambda: reports)
    assert reports[0].bug


def test_work_begun_before_the_loop_waits_for_it(context: UiContext, qloop: QEventLoop) -> None:
    done: list[str] = []

    async def late(text: str) -> None:
        done.append(text)

    context.tasks.start(late("first"), latest="one")
    context.tasks.start(late("second"), latest="one")
    context.tasks.start(late("other"))
    assert not done
    context.tasks.attach_loop(qloop)
    qloop.run_until_complete(context.tasks.settled())
    assert done == ["second", "other"]
    qloop.run_until_complete(context.tasks.close())


async def test_a_presenter_is_imported_when_it_is_asked_for(running: UiContext) -> None:
    late = running.tasks.late("pathlib", "PurePosixPath", "a", "b")
    made = await late.get()
    assert made == PurePosixPath("a/b")
    assert await late.get() is made


async def test_closing_ends_what_runs_and_starts_nothing_more(desk: Desk) -> None:
    tasks = desk.context.tasks

    async def forever() -> None:
        await tasks.read(endless)

    tasks.start(forever())
    await asyncio.sleep(0.05)
    await tasks.close()
    ran: list[bool] = []

    async def late() -> None:
        ran.append(True)

    tasks.start(late())
    await asyncio.sleep(0.01)
    assert not ran
