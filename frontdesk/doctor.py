"""``frontdesk doctor``: looks at the computer, the folder and the database, and says what to do."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from frontdesk import __version__
from frontdesk.errors import FrontdeskError
from frontdesk.messages import sentence
from frontdesk.paths import Places
from frontdesk.services.views.keyring import KeyringState

#: Below this a copy before a migration may not fit.
LITTLE_SPACE = 500_000_000
#: The first SQLite whose checkpoints cannot lose another connection's commit.
LEAST_SQLITE = (3, 51, 3)

Verdict = Literal["fine", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; ``advice`` says what to do where it is not fine."""

    name: str
    verdict: Verdict
    found: str
    advice: str = ""


def examine(
    places: Places, keyring_state: Callable[[], KeyringState], stripe_library: Callable[[], str]
) -> tuple[Check, ...]:
    """Look at everything; never raises, and changes nothing but for a probe file in the home folder."""

    def keyring(places: Places) -> Iterator[Check]:
        yield _keyring(keyring_state())

    def stripe(places: Places) -> Iterator[Check]:
        yield Check("stripe", "fine", stripe_library())

    looks: tuple[Callable[[Places], Iterator[Check]], ...] = (
        _program, _qt, _sqlite, _folder, _database, _display, keyring, stripe,
    )  # fmt: skip
    return tuple(check for look in looks for check in _guarded(look, places))


def _guarded(look: Callable[[Places], Iterator[Check]], places: Places) -> Iterator[Check]:
    name = look.__name__.strip("_")
    try:
        yield from look(places)
    except FrontdeskError as error:
        yield Check(name, "wrong", error.code, sentence(error.code, error.params))
    except Exception as error:  # noqa: BLE001  (a look that fails is a finding, not the end of the doctor)
        yield Check(name, "wrong", f"{type(error).__name__}: {error}", "Reinstall Frontdesk.")


def _program(places: Places) -> Iterator[Check]:
    yield Check(
        "program",
        "fine",
        f"Frontdesk {__version__}, Python {platform.python_version()}, {platform.platform()}",
    )


def _qt(places: Places) -> Iterator[Check]:
    import PySide6

    broken = sys.version_info < (3, 12) and PySide6.__version_info__[:2] >= (6, 12)
    advice = "Install PySide6-Essentials 6.11.3, or use Python 3.12 or newer." if broken else ""
    yield Check("qt", "wrong" if broken else "fine", f"PySide6 {PySide6.__version__}", advice)


def _sqlite(places: Places) -> Iterator[Check]:
    from sqlcipher3 import dbapi2

    old = dbapi2.sqlite_version_info < LEAST_SQLITE
    advice = "Install the pinned sqlcipher3: this version can lose a commit." if old else ""
    yield Check("sqlite", "wrong" if old else "fine", f"SQLite {dbapi2.sqlite_version}", advice)


def _folder(places: Places) -> Iterator[Check]:
    home = places.home
    if not home.exists():
        yield Check(
            "folder", "note", f"{home} does not exist yet", "Start Frontdesk, or run “frontdesk new-studio”."
        )
        return
    probe = home / ".frontdesk-probe"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        yield Check(
            "folder", "wrong", f"{home}: {error.strerror}", "Give this user the right to write there."
        )
        return
    free = shutil.disk_usage(home).free
    advice = "Free some space: the copy before an update may not fit." if free < LITTLE_SPACE else ""
    yield Check("folder", "note" if advice else "fine", f"{home}, {free // 1_000_000} MB free", advice)


def _database(places: Places) -> Iterator[Check]:
    import sqlalchemy as sa

    from frontdesk.models.database import Database
    from frontdesk.models.migrate import HEAD, missing_triggers, revision, shown_place
    from frontdesk.opening import refuse_no_file, without_books
    from frontdesk.services.office import storage_error

    no_studio = Check("database", "note", "no studio yet", "Start Frontdesk, or run “frontdesk new-studio”.")
    if places.database_url is None and not places.books.exists():
        yield no_studio
        return
    refuse_no_file(places)
    database = Database.open(places.database)
    try:
        found = revision(database)
    except sa.exc.DBAPIError as error:
        database.close()
        raise storage_error(error) from error
    try:
        if found is None and places.database_url is None:
            raise without_books(places)
        if found is None:
            yield no_studio
            return
        if found != HEAD:
            yield Check(
                "database", "note", f"revision {found}", f"The next start brings it to revision {HEAD}."
            )
            return
        missing = missing_triggers(database)
        advice = "Safeguards are missing. Go back to the newest good copy." if missing else ""
        yield Check(
            "database", "wrong" if missing else "fine", ", ".join(missing) or shown_place(database), advice
        )
    finally:
        database.close()


def _display(places: Places) -> Iterator[Check]:
    if sys.platform in ("win32", "darwin"):
        return
    there = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    advice = "" if there else "Without a display no window opens; the commands of “frontdesk --help” work."
    yield Check("display", "fine" if there else "note", there or "none", advice)


def _keyring(state: KeyringState) -> Check:
    ready = state.kind == "ready"
    advice = "" if ready else "The books need none; Stripe does: unlock or install one."
    return Check("keyring", "fine" if ready else "note", f"{state.kind}: {state.detail}", advice)
