"""Generated studios: as the services would have written them, and the same for the same seed."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from frontdesk.models.base import metadata
from frontdesk.models.database import Database
from frontdesk.models.migrate import check_triggers
from frontdesk.services.office import Office
from frontdesk.services.verify import check_books
from tools import data
from tools.datasets.founding import found_studio
from tools.datasets.sinks import CACHES
from tools.datasets.story import HOUSE_ACCOUNT, SIZES

UNTIL = date(2026, 11, 21)


@pytest.fixture(scope="module")
def bulk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small studio, loaded in bulk."""
    path = tmp_path_factory.mktemp("bulk") / "studio.db"
    data.make(path, "XS", until=UNTIL)
    return path


def rows(path: Path, table: str) -> list[tuple[Any, ...]]:
    """All rows of a table, sorted."""
    connection = dbapi2.connect(str(path))
    try:
        return sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
    finally:
        connection.close()


def one(path: Path, sql: str) -> Any:
    """The first value that a statement gives, None for no row."""
    connection = dbapi2.connect(str(path))
    try:
        found = connection.execute(sql).fetchone()
        return None if found is None else found[0]
    finally:
        connection.close()


def test_every_row_passes_every_trigger_and_gives_the_same_caches(bulk: Path, tmp_path: Path) -> None:
    """C1, C2, C3: written row by row past the guards, all tables come out as the bulk load made them."""
    guarded = tmp_path / "studio.db"
    data.make(guarded, "XS", until=UNTIL, guarded=True)
    for table in sorted(metadata.tables):
        assert rows(guarded, table) == rows(bulk, table), table
    assert all(rows(bulk, table) for table in CACHES)


def test_a_file_loaded_in_bulk_has_all_indexes_triggers_and_relations(bulk: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    found_studio(empty, random.Random(1), UNTIL, "Empty")
    listed = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
    found = []
    for path in (bulk, empty):
        connection = dbapi2.connect(str(path))
        found.append(connection.execute(listed).fetchall())
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
    assert found[0] == found[1]
    database = Database.open(bulk)
    check_triggers(database)
    database.close()


def test_the_same_seed_gives_the_same_rows_and_another_one_does_not(bulk: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again.db", tmp_path / "other.db"
    data.make(again, "XS", until=UNTIL)
    data.make(other, "XS", until=UNTIL, seed=2)
    for table in sorted(metadata.tables):
        assert rows(again, table) == rows(bulk, table), table
    assert rows(other, "client") != rows(bulk, "client")


def test_a_generated_studio_keeps_every_rule_of_the_books(bulk: Path) -> None:
    """R7: balances, terms, money, numbers and every hash chain."""
    database = Database.open(bulk)
    try:
        assert Office(database).read(check_books).findings == ()
    finally:
        database.close()


def test_a_set_has_the_size_it_is_called_by(bulk: Path) -> None:
    size = SIZES["XS"]
    assert one(bulk, "SELECT count(*) FROM client") == size.clients
    for table, wanted in (("ledger_entry", size.entries), ("money_transaction", size.transactions)):
        assert one(bulk, f"SELECT count(*) FROM {table}") == pytest.approx(wanted, rel=0.02)
    house = f"SELECT count(*) FROM ledger_entry WHERE client_id = {HOUSE_ACCOUNT}"
    assert one(bulk, house) == pytest.approx(size.entries // 20, rel=0.3)


def test_a_set_holds_what_happens_in_a_studio(bulk: Path) -> None:
    """Every kind of entry that its acts write, each tender, discounts, split payments, refunds and notes."""
    wanted = {
        "SELECT count(DISTINCT type) FROM ledger_entry": 7,
        "SELECT count(*) FROM lot_hold": 1,
        "SELECT count(*) FROM credit_lot WHERE kind = 'transferred'": 1,
        "SELECT count(DISTINCT tender) FROM money_transaction": 4,
        "SELECT count(*) FROM refund WHERE reason_code <> ''": 20,
        "SELECT count(*) FROM sale WHERE discount > 0": 50,
        "SELECT count(*) FROM note": 10,
        "SELECT count(*) FROM visit_event": 1,
        "SELECT count(*) FROM credit_lot WHERE kind = 'bonus'": 100,
        "SELECT count(*) FROM lot_term WHERE seq > 1": 1,
    }
    for sql, least in wanted.items():
        assert one(bulk, sql) >= least, sql


def test_clients_are_found_by_parts_of_their_names(bulk: Path) -> None:
    """D2: the search index was filled as its trigger would have filled it."""
    name = one(bulk, "SELECT name_folded FROM client WHERE length(name_folded) > 12 ORDER BY id LIMIT 1")
    part = name[4:9].replace('"', "")
    found = f"SELECT count(*) FROM client_search WHERE client_search MATCH '\"{part}\"'"
    assert one(bulk, found) >= 1
    assert one(bulk, "SELECT count(*) FROM client_search") == SIZES["XS"].clients


def test_a_file_that_is_there_is_left_alone(bulk: Path) -> None:
    with pytest.raises(FileExistsError):
        data.make(bulk, "XS", until=UNTIL)
    assert data.main(["XS", str(bulk.parent)]) == 1
