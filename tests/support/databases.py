"""Fresh databases for tests: a copied SQLite file, or a clone of a PostgreSQL template.

Migrating takes a hundred milliseconds, copying a migrated database a few; so each run migrates once.
"""

import itertools
import os
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.support import postgres

Prepare = Callable[[str], None]
"""Makes the empty database at a URL into one with the newest tables."""


class FreshDatabases(Protocol):
    """Makes databases of one kind, each for one test."""

    dialect: str

    def new(self) -> str:
        """URL of a new database with the newest tables."""

    def new_empty(self) -> str:
        """URL of a new database without any tables (on SQLite, of a file that isn't there yet)."""

    def drop_all(self) -> None:
        """Removes all it made."""


class SqliteDatabases:
    """New files in one folder, copied from a template."""

    dialect = "sqlite"

    def __init__(self, template: Path, folder: Path) -> None:
        self._template = template
        self._folder = folder
        self._numbers = itertools.count(1)

    @staticmethod
    def make_template(path: Path, prepare: Prepare) -> Path:
        """Makes the file that all others are copies of."""
        prepare(f"sqlite:///{path}")
        leftover = path.with_name(path.name + "-wal")
        assert not leftover.exists(), "the template was not closed, so a copy would lack its last pages"
        return path

    def new(self) -> str:
        """URL of a copy of the template."""
        path = self._path()
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    def new_empty(self) -> str:
        """URL of a file that is not there yet."""
        return f"sqlite:///{self._path()}"

    def drop_all(self) -> None:
        """Nothing: pytest removes the folder."""

    def _path(self) -> Path:
        return self._folder / f"studio-{next(self._numbers)}.db"


class PostgresDatabases:
    """New databases on one server, cloned from a template."""

    dialect = "postgresql"

    def __init__(self, server: str, template: str) -> None:
        self._server = server
        self._template = template
        self._made: list[str] = []

    @staticmethod
    def make_template(server: str, prepare: Prepare) -> str:
        """Makes the database that all others are clones of, and returns its name."""
        name = f"template_{uuid.uuid4().hex}"
        _execute(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        prepare(_sibling(server, name))
        return name

    def new(self) -> str:
        """URL of a clone of the template."""
        return self._create(self._template)

    def new_empty(self) -> str:
        """URL of a database without tables."""
        return self._create("template0")

    def drop_all(self) -> None:
        """Drops what was made, also while something is still connected to it."""
        for name in self._made:
            _execute(self._server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        self._made.clear()

    def _create(self, template: str) -> str:
        name = f"test_{uuid.uuid4().hex}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        _execute(self._server, statement.format(sql.Identifier(name), sql.Identifier(template)))
        self._made.append(name)
        return _sibling(self._server, name)


def _sibling(server: str, name: str) -> str:
    """URL of another database on the same server."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _execute(server: str, statement: sql.Composed) -> None:
    address = make_url(server).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(statement)


class SharedServer:
    """The one PostgreSQL server of a test run, also when several processes share the work.

    The process that starts the others starts the server in the background and tells them its folder.
    """

    def __init__(self, folder: Path, *, starts_it: bool) -> None:
        self._url_file = folder / "postgres-url"
        self._starts_it = starts_it
        self._server: postgres.ServerInBackground | None = None

    def start(self) -> None:
        """Begins to start the server, without waiting for it; again is nothing."""
        if self._starts_it and self._server is None and postgres.URL_VARIABLE not in os.environ:
            self._server = postgres.ServerInBackground(self._url_file)

    def url(self) -> str:
        """Waits for the server and returns its URL."""
        self.start()
        deadline = time.monotonic() + 60
        while not self._url_file.exists():
            if given := os.environ.get(postgres.URL_VARIABLE):
                return given
            if (self._server and self._server.has_ended()) or time.monotonic() > deadline:
                raise postgres.NoServer("The PostgreSQL server of this test run did not start.")
            time.sleep(0.01)
        return self._url_file.read_text()

    def stop(self) -> None:
        """Stops what `start` started."""
        if self._server is not None:
            self._server.stop()
