"""A file whose bytes were changed is found, or could not be read at all and says so (R7)."""

import random
from pathlib import Path

import pytest
import sqlalchemy as sa

from frontdesk.errors import StorageFailed
from frontdesk.models.database import Database
from frontdesk.services.office import Office
from frontdesk.services.verify import check_books
from tests.support.desk import busy_studio

#: Texts of the ledger and of receipts as they stand in the file, and what somebody might make of them.
EXCHANGED = {
    b"the heating was off": b"the heating was hot",
    b"10-class pack": b"99-class pack",
    b"moves away": b"moves awry",
    b"adjust_minus": b"adjust_minux",
    b"Yoga only": b"Yoga 0nly",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A busy studio in one closed file, without a log beside it."""
    from frontdesk.models.migrate import migrate

    path = tmp_path / "books.db"
    database = Database.open(path)
    migrate(database)
    busy_studio(database)
    with database.reading() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.close()
    return path


def findings(path: Path) -> int:
    """How much a check finds; a file that cannot be opened as a database counts as one."""
    database = Database.open(path)
    try:
        return len(Office(database).read(check_books).findings)
    except (StorageFailed, sa.exc.DatabaseError):
        return 1
    finally:
        database.close()
        for beside in ("-wal", "-shm"):
            path.with_name(path.name + beside).unlink(missing_ok=True)


def test_the_untouched_file_holds(file: Path) -> None:
    assert findings(file) == 0


@pytest.mark.parametrize("text", EXCHANGED)
def test_an_exchanged_word_is_found_wherever_it_stands_in_the_books(file: Path, text: bytes) -> None:
    """R7"""
    whole = file.read_bytes()
    places = [at for at in range(len(whole)) if whole.startswith(text, at)]
    assert places
    missed = []
    for at in places:
        file.write_bytes(whole[:at] + EXCHANGED[text] + whole[at + len(text) :])
        if not findings(file):
            missed.append(at)
    # What stands in cards, packages and kept answers is no part of a chain; the books have it once more.
    assert len(missed) < len(places)


def test_a_page_of_the_books_that_was_overwritten_is_found(file: Path) -> None:
    """R7: every page in use, one after the other."""
    whole = file.read_bytes()
    missed = []
    for at in range(0, len(whole), 4096):
        file.write_bytes(whole[:at] + b"\xa5" * 4096 + whole[at + 4096 :])
        if not findings(file):
            missed.append(at // 4096)
    assert missed == []


def test_flipped_bits_never_break_the_check_itself(file: Path) -> None:
    """R7: it finds something or nothing, whatever stands in the file, but it always answers."""
    whole = file.read_bytes()
    chance = random.Random(20270104)
    for _ in range(60):
        broken = bytearray(whole)
        for _ in range(3):
            at = chance.randrange(100, len(broken))
            broken[at] ^= 1 << chance.randrange(8)
        file.write_bytes(bytes(broken))
        findings(file)


def test_half_a_file_is_found(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2 // 4096 * 4096])
    assert findings(file)
