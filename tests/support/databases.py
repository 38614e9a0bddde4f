"""Fresh databases for tests: a copied SQLite file, or a clone of a PostgreSQL template.

Migrating takes a hundred milliseconds, copying a migrated database a few; so each run migrates once.
"""

import itertools
import os
import shutil
import time
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Protocol

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


class _Wipers:
    """Connections that wipe, one to each database: a new one first has to read what all its tables are."""

    def __init__(self) -> None:
        self._kept: dict[str, psycopg.Connection[Any]] = {}

    def wipe(self, url: str, template: str) -> bool:
        """Whether the database holds no rows now, and is as the template is in everything else."""
        try:
            connection = self._open(url)
            with connection.transaction():
                connection.execute(_WIPE)
                return shape(connection) == _shape_of(template)
        except psycopg.Error:
            # Something is still connected to it and holds a lock, or tables are missing.
            return False

    def close(self, url: str) -> None:
        """Gives the connection back, if there is one."""
        if (connection := self._kept.pop(url, None)) is not None:
            connection.close()

    def _open(self, url: str) -> psycopg.Connection[Any]:
        if url in self._kept:
            try:
                self._kept[url].execute("SELECT 1")
            except psycopg.Error:
                # A test ended every connection but its own.
                self.close(url)
        if url not in self._kept:
            self._kept[url] = psycopg.connect(address(url), autocommit=True)
        return self._kept[url]


class PostgresDatabases:
    """New databases on one server, cloned from a template or wiped clean after an earlier test.

    To clone takes half a second, with all the triggers in it; to wipe one takes a tenth of that. What is not
    as the template is after a test is dropped.
    """

    dialect = "postgresql"
    #: Wiped databases by template, for the tests that follow.
    _clean: ClassVar[dict[str, list[str]]] = {}
    _wipers: ClassVar[_Wipers] = _Wipers()

    def __init__(self, server: str, template: str) -> None:
        self._server = server
        self._template = template
        self._made: list[str] = []
        self._given: list[str] = []

    @staticmethod
    def make_template(server: str, prepare: Prepare) -> str:
        """Makes the database that all others are clones of, and returns its name."""
        name = f"template_{uuid.uuid4().hex}"
        _execute(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        prepare(_sibling(server, name))
        return name

    def new(self) -> str:
        """URL of a database as the template is."""
        clean = self._clean.setdefault(self._template, [])
        name = clean.pop() if clean else self._create(self._template)
        self._given.append(name)
        return _sibling(self._server, name)

    def new_empty(self) -> str:
        """URL of a database without tables."""
        name = self._create("template0")
        self._made.append(name)
        return _sibling(self._server, name)

    def drop_all(self) -> None:
        """Wipes what was given out, and drops the rest, also while something is still connected to it."""
        for name in self._given:
            if self._wipers.wipe(_sibling(self._server, name), _sibling(self._server, self._template)):
                self._clean[self._template].append(name)
            else:
                self._made.append(name)
        for name in self._made:
            self._drop(self._server, name)
        self._made.clear()
        self._given.clear()

    @classmethod
    def drop_template(cls, server: str, template: str) -> None:
        """Drops the template and all wiped databases, once no test needs them any more."""
        for name in (*cls._clean.pop(template, ()), template):
            cls._drop(server, name)

    @classmethod
    def _drop(cls, server: str, name: str) -> None:
        cls._wipers.close(_sibling(server, name))
        _execute(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _create(self, template: str) -> str:
        name = f"test_{uuid.uuid4().hex}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        _execute(self._server, statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name


#: Everything that a test may have changed but rows: whatever alters a table, key, index, trigger or function
#: writes its line in a catalog anew, and a clone has its template's lines, each with who wrote it.
_SHAPE = """
    WITH ours AS (SELECT oid, xmin FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    SELECT count(*) || ' ' || sum(hashtextextended(line, 0)) FROM (
        SELECT 'class ' || oid || ' ' || xmin AS line FROM ours
        UNION ALL SELECT 'column ' || a.attrelid || ' ' || a.attnum || ' ' || a.xmin
        FROM pg_attribute a JOIN ours ON ours.oid = a.attrelid
        UNION ALL SELECT 'default ' || d.oid || ' ' || d.xmin
        FROM pg_attrdef d JOIN ours ON ours.oid = d.adrelid
        UNION ALL SELECT 'index ' || i.indexrelid || ' ' || i.xmin
        FROM pg_index i JOIN ours ON ours.oid = i.indrelid
        UNION ALL SELECT 'trigger ' || t.oid || ' ' || t.xmin
        FROM pg_trigger t JOIN ours ON ours.oid = t.tgrelid
        UNION ALL SELECT 'constraint ' || oid || ' ' || xmin
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT 'function ' || oid || ' ' || xmin
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT 'revision ' || version_num FROM alembic_version) lines"""
_WIPE = """
    DO $$ DECLARE name text; BEGIN
        SET LOCAL lock_timeout = '1s';
        SET LOCAL session_replication_role = replica;
        FOR name IN SELECT tablename FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> 'alembic_version'
            LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
        PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence;
    END $$"""


@cache
def _shape_of(url: str) -> str:
    with psycopg.connect(address(url)) as connection:
        return shape(connection)


def shape(connection: psycopg.Connection[Any]) -> str:
    """What the tables of a database are, in short: another text once anything of them was altered."""
    found = connection.execute(_SHAPE).fetchone()
    assert found is not None
    return str(found[0])


def address(url: str) -> str:
    """A database's URL as the driver takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _sibling(server: str, name: str) -> str:
    """URL of another database on the same server."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _execute(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(address(server), autocommit=True) as connection:
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
