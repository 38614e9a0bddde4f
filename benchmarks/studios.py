"""The generated studios that are measured: made once, kept, and copied for what writes into them."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlcipher3 import dbapi2

from frontdesk.models.base import from_micros
from frontdesk.models.database import PRAGMAS, Database
from frontdesk.models.migrate import MIGRATIONS
from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Actor
from tools import data

ACTOR = Actor(1, 1)
DATASETS = Path(data.__file__).parent / "datasets"


class SetClock:
    """The time at the end of a studio's last day, from where each command is a second later."""

    follows_server = False

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The next second."""
        self.at += timedelta(seconds=1)
        return self.at


class Studio:
    """A studio's file, what is in it, and how to open it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def last_instant(self) -> datetime:
        """When its newest operation was recorded."""
        return from_micros(self.value("SELECT max(recorded_at) FROM ledger_op")).astimezone(UTC)

    def value(self, sql: str) -> Any:
        """The first value of a query."""
        return self.rows(sql)[0][0]

    def rows(self, sql: str) -> list[Any]:
        """All rows of a query."""
        connection = dbapi2.connect(str(self.path))
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def sample(self, sql: str, count: int, seed: int = 7) -> list[Any]:
        """So many of the rows of a query (or all), always the same ones in the same order."""
        rows = self.rows(sql)
        return random.Random(seed).sample(rows, min(count, len(rows)))

    @contextmanager
    def office(self) -> Iterator[Office]:
        """The services on this file, at the end of its last day."""
        database = Database.open(self.path)
        try:
            yield Office(database, SetClock(self.last_instant + timedelta(seconds=1)))
        finally:
            database.close()

    @contextmanager
    def bare(self) -> Iterator[dbapi2.Connection]:
        """The driver alone on this file, with the program's PRAGMAs: what floors are measured on."""
        connection = dbapi2.connect(str(self.path), isolation_level=None)
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {value}").fetchall()
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def copy(self) -> Iterator[Studio]:
        """The same in a file of its own, for what writes; gone afterwards."""
        with tempfile.TemporaryDirectory(dir=self.path.parent, prefix="copy-") as folder:
            target = Path(folder) / "studio.db"
            shutil.copyfile(self.path, target)
            # Else the copy is still on its way to the disk while commits are timed.
            with target.open("rb+") as file:
                os.fsync(file.fileno())
            yield Studio(target)


def studio(folder: Path, size: str) -> Studio:
    """The studio of that size in the folder, made if it is not there yet or was made for an older schema."""
    path = folder / f"{size}-{_schema()}" / "studio.db"
    if not path.exists():
        print(f"Making the studio {size} in {path.parent} …", flush=True)
        making = path.with_name("making.db")
        for leftover in path.parent.glob("making.db*"):
            leftover.unlink()
        data.make(making, size)
        os.replace(making, path)
    return Studio(path)


def _schema() -> str:
    """A short mark of the tables and of what makes the rows, so that no older studio is measured."""
    texts = [*sorted(MIGRATIONS.glob("versions/*_sqlite.sql")), *sorted(DATASETS.glob("*.py"))]
    return hashlib.sha256(b"".join(text.read_bytes() for text in texts)).hexdigest()[:8]


def statements_of(office: Office) -> list[tuple[str, Any]]:
    """Every statement that the office sends from now on, with its parameters."""
    sent: list[tuple[str, Any]] = []

    def note(
        connection: sa.Connection,
        cursor: object,
        statement: str,
        parameters: Any,
        context: object,
        many: bool,
    ) -> None:
        sent.append((statement, parameters))

    with office.database.reading() as connection:
        sa.event.listen(connection.engine, "before_cursor_execute", note)
    return sent
