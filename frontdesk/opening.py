"""Opens a studio's books: the database, brought to this program's schema, with the office on it."""

from __future__ import annotations

import logging

from frontdesk.errors import Refused
from frontdesk.models.database import Database
from frontdesk.models.migrate import migrate
from frontdesk.paths import Places
from frontdesk.services.office import Office

log = logging.getLogger("frontdesk.opening")


def open_office(places: Places, *, must_exist: bool = False) -> Office:
    """The office on the books of these places. Imports what is heavy, so never before the first frame.

    Raises:
        Refused: home.no_studio where ``must_exist`` and there is no file; else as `Database.open`, `migrate`.
        StorageFailed: the database cannot be opened.
    """
    if must_exist and places.database_url is None and not places.books.exists():
        raise Refused("home.no_studio", path=str(places.home))
    database = Database.open(places.database)
    try:
        copy = migrate(database)
    except BaseException:
        database.close()
        raise
    if copy is not None:
        log.info("the books were copied to %s before they were updated", copy)
    return Office(database)
