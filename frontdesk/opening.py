"""Opens a studio's books: the database, brought to this program's schema, with the office on it."""

from __future__ import annotations

import logging

import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models.database import Database
from frontdesk.models.migrate import HEAD, migrate, revision
from frontdesk.paths import Places
from frontdesk.services.office import Office, storage_error
from frontdesk.services.ports import Clock

log = logging.getLogger("frontdesk.opening")


def open_office(
    places: Places, *, must_exist: bool = False, to_verify: bool = False, clock: Clock | None = None
) -> Office:
    """The office on the books of these places. Imports what is heavy, so never before the first frame.

    ``to_verify`` opens books of this program's schema also where their safeguards are missing, so that the
    check can name all that is wrong with them.

    Raises:
        Refused: where ``must_exist`` or ``to_verify``, home.no_studio without a file, home.books_empty for a
            file without books, studio.missing for such a server (A6: neither becomes new books); else as
            `Database.open`, `migrate`.
        StorageFailed: the database cannot be opened.
    """
    there = must_exist or to_verify
    if there:
        refuse_no_file(places)
    database = Database.open(places.database)
    try:
        found = revision(database) if there else None
        if there and found is None:
            raise without_books(places)
        copy = None if to_verify and found == HEAD else migrate(database)
    except sa.exc.DBAPIError as error:
        database.close()
        raise storage_error(error) from error
    except BaseException:
        database.close()
        raise
    if copy is not None:
        log.info("the books were copied to %s before they were updated", copy)
    return Office(database, clock)


def refuse_no_file(places: Places) -> None:
    """Refuse a missing file and an empty one, before SQLite writes its settings into it.

    Raises:
        Refused: home.no_studio, home.books_empty.
    """
    if places.database_url is not None:
        return
    if not places.books.exists():
        raise Refused("home.no_studio", path=str(places.home))
    if not places.books.stat().st_size:
        raise without_books(places)


def without_books(places: Places) -> Refused:
    """What to say of a file or a server without tables."""
    if places.database_url is not None:
        return Refused("studio.missing")
    return Refused("home.books_empty", path=str(places.books))
