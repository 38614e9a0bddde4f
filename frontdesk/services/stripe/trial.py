"""A copy of the studio to try Stripe in with test keys, so that trying never stains the books (Y7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.models import triggers
from frontdesk.models.database import Database
from frontdesk.models.migrate import check_triggers, copy_to
from frontdesk.models.studio import studio
from frontdesk.models.sync import (
    checkout,
    online_price,
    online_product,
    outbox,
    quarantine,
    stripe_account,
    stripe_customer,
    stripe_event,
    stripe_object,
    stripe_reads,
    sync_state,
)
from frontdesk.services.unit_of_work import Reading

#: The copy's place beneath the folder of the studio.
FOLDER: Final = "trial"
_BOOKS: Final = "studio.db"
#: What names things of the studio's live account, which its test mode does not have.
_OF_THE_ACCOUNT: Final = (
    stripe_object,
    stripe_event,
    quarantine,
    stripe_reads,
    sync_state,
    stripe_customer,
    online_price,
    online_product,
)
#: Keeps an account with payments in its mode. The copy is of the same account, in the other one.
_KEEPS_MODE: Final = "stripe_account_same_account"


def make_trial(reading: Reading, folder: Path) -> Path:
    """Copy the books into ``folder`` as books for trying, in place of a copy that is there; the new file.

    The copy knows the studio's account, so that a test key of another one is refused, but has no key, nothing
    that waits for Stripe, and nothing that Stripe has of the studio.

    Raises:
        Refused: trial.is_copy, trial.on_server, trial.cannot_make.
        StorageFailed: database.copy_failed.
    """
    if reading.studio.trial or reading.studio.demo:
        raise Refused("trial.is_copy")
    if reading.connection.dialect.name != "sqlite":
        raise Refused("trial.on_server")
    made, target = folder / f"{_BOOKS}.new", folder / _BOOKS
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove(made)
        copy_to(reading.connection, made)
        _make_ready(made, reading.now)
        _remove(target)
        made.replace(target)
    except OSError as error:
        raise Refused("trial.cannot_make", path=str(folder), detail=str(error.strerror)) from error
    return target


def trial_made_at(folder: Path) -> datetime | None:
    """When the copy in this folder was made, or changed last; None where there is none."""
    try:
        return datetime.fromtimestamp((folder / _BOOKS).stat().st_mtime, UTC)
    except OSError:
        return None


def _remove(file: Path) -> None:
    """Remove a database with the files that SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _make_ready(file: Path, now: datetime) -> None:
    copy = Database.open(file)
    try:
        with copy.writing() as connection:
            for statement in _changes(now):
                connection.execute(statement)
            with_mode = next(one for one in triggers.statements("sqlite") if f" {_KEEPS_MODE} " in one)
            connection.exec_driver_sql(f"DROP TRIGGER {_KEEPS_MODE}")
            connection.execute(_other_mode(now))
            connection.exec_driver_sql(with_mode)
        check_triggers(copy)
    finally:
        copy.close()


def _changes(now: datetime) -> Iterator[sa.Executable]:
    yield sa.update(studio).values(trial=True)
    over = {"state": "cancelled", "leased_by": "", "leased_until": None, "finished_at": now}
    yield sa.update(outbox).where(outbox.c.finished_at.is_(None)).values(over)
    yield sa.update(checkout).where(checkout.c.closed_at.is_(None)).values(state="cancelled", closed_at=now)
    for table in _OF_THE_ACCOUNT:
        yield sa.delete(table)


def _other_mode(now: datetime) -> sa.Executable:
    """The same account without a key, in its test mode."""
    return sa.update(stripe_account).values(
        livemode=False, secret_name=f"stripe-{uuid4().hex}", facts={}, disconnected_at=now, checked_at=None
    )
