"""Several desks at the same moment, each a process of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from datetime import datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

from frontdesk.errors import FrontdeskError
from frontdesk.models.database import Database
from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Actor
from tests.builders import SetClock

#: A use case and its arguments.
Act = tuple[Callable[..., Any], tuple[Any, ...]]
Answer = tuple[str, Any]


def race(database: Database, actor: Actor, at: datetime, *acts: Act) -> list[Answer]:
    """Run the acts at one moment; answers, unordered: ("done", value) or ("refused", (code, params))."""
    # The server has imported everything once, so that a desk is there in milliseconds.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *sorted({act.__module__ for act, _ in acts})])
    start, answers = context.Barrier(len(acts)), context.Queue()
    url = database.url.render_as_string(hide_password=False)
    desks = [context.Process(target=_desk, args=(url, actor, at, act, start, answers)) for act in acts]
    for desk in desks:
        desk.start()
    try:
        return [answers.get(timeout=60) for _ in desks]
    finally:
        for desk in desks:
            desk.join(timeout=30)
        answers.close()


def _desk(url: str, actor: Actor, at: datetime, act: Act, start: Barrier, answers: Queue[Answer]) -> None:
    database = Database.open(url)
    office = Office(database, SetClock(at))
    use_case, args = act
    start.wait(timeout=60)
    try:
        answers.put(("done", office.write(use_case, actor, None, *args).value))
    except FrontdeskError as error:
        answers.put(("refused", (error.code, dict(error.params))))
    finally:
        database.close()
