"""Where Frontdesk keeps its things: one home folder per studio with books, copies, logs and preferences."""

import os
import re
from pathlib import Path
from typing import NamedTuple

from frontdesk.errors import Refused

#: Overrides the home folder, as --home does.
HOME_VARIABLE = "FRONTDESK_HOME"
#: The shared database of several desks, as the setting `database` in frontdesk.toml does.
DATABASE_VARIABLE = "FRONTDESK_DATABASE"
#: In the home folder: where the books are if not in it, and which desk this is.
SETTINGS = "frontdesk.toml"
#: What names a shared database. Anything else would be taken for a file and made where one happens to be.
_SERVER = re.compile(r"postgresql(\+psycopg)?://.+", re.DOTALL)


class Places(NamedTuple):
    """The files and folders of one studio at this computer.

    ``database_url`` is set where the books are on a PostgreSQL server; otherwise they are in ``books``.
    ``desk`` names the desk of this computer among several, None takes the first.
    """

    home: Path
    database_url: str | None = None
    desk: str | None = None

    @property
    def books(self) -> Path:
        """The SQLite file of the studio."""
        return self.home / "studio.db"

    @property
    def database(self) -> str:
        """What ``Database.open`` takes."""
        return self.database_url or str(self.books)

    @property
    def preferences(self) -> Path:
        """Habits of the person at this computer; no books."""
        return self.home / "preferences.ini"

    @property
    def logs(self) -> Path:
        """Rotated log files."""
        return self.home / "logs"

    @property
    def lock(self) -> Path:
        """Held by the running program, so that a second start finds it."""
        return self.home / "frontdesk.lock"

    def make(self) -> "Places":
        """Make the home folder, readable by this user alone.

        Raises:
            Refused: home.cannot_make with the path and the system's word.
        """
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Refused("home.cannot_make", path=str(self.home), detail=str(error.strerror)) from error
        return self


def find_places(home: Path | None = None, *, demo: bool = False, database: str | None = None) -> Places:
    """The places of the studio: --home, else FRONTDESK_HOME, else this user's data folder.

    The demo studio always has a folder of its own beneath. ``frontdesk.toml`` in the home folder may name a
    shared database and this computer's desk::

        database = "postgresql://frontdesk@server/studio"
        desk = "Upstairs"

    Raises:
        Refused: home.bad_settings where that file cannot be read or a database is no PostgreSQL server's;
            home.unusable where there can be no such folder, or it cannot be looked into.
    """
    folder = _usable(home or _home_from_environment() or _default_home())
    if demo:
        return Places(folder / "demo")
    file = folder / SETTINGS
    settings = _settings(file)
    named = {
        "--database": database,
        DATABASE_VARIABLE: os.environ.get(DATABASE_VARIABLE),
        str(file): settings.get("database"),
    }
    source, url = next(((source, url) for source, url in named.items() if url), ("", None))
    if url is not None and not _SERVER.fullmatch(url):
        # Not quoted: a password may stand in it.
        raise Refused("home.bad_settings", path=source, detail="database: no postgresql://server/studio")
    return Places(folder, url, settings.get("desk"))


def _usable(folder: Path) -> Path:
    """The folder's whole path. Whether it is there does not matter, but the system has to be able to tell."""
    try:
        whole = folder.expanduser().absolute()
        # Where this cannot be told, nothing can be told of the other files.
        (whole / SETTINGS).exists()
    except RuntimeError as error:
        # Path's own word for a user whom the system does not know.
        raise Refused("home.unusable", path=str(folder), detail=str(error)) from error
    except OSError as error:
        raise Refused("home.unusable", path=str(folder), detail=str(error.strerror)) from error
    return whole


def _home_from_environment() -> Path | None:
    named = os.environ.get(HOME_VARIABLE)
    return Path(named) if named else None


def _default_home() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("frontdesk", appauthor=False, roaming=False))


def _settings(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    import tomllib

    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused("home.bad_settings", path=str(path), detail=str(error)) from error
    unknown = sorted(read.keys() - {"database", "desk"})
    wrong = [name for name, value in read.items() if not isinstance(value, str)]
    if unknown or wrong:
        raise Refused("home.bad_settings", path=str(path), detail=", ".join([*unknown, *wrong]))
    return read
