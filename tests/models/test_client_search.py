"""The search index follows the cards by triggers, with no function of ours in the schema (D2, A7)."""

from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.models.base import from_micros
from frontdesk.models.client import client
from frontdesk.models.database import Database
from frontdesk.models.search_index import SEARCH_TEXT
from tests.support.books import found_in

CARD: dict[str, Any] = {
    "name": "Ana Šimić",
    "name_folded": "ana simic",
    "email_folded": "ana@example.com",
    "phone_digits": "4930123456",
    "member_code": "MX-77",
    "created_at": from_micros(0),
    "updated_at": from_micros(0),
}


def add(database: Database, **changes: Any) -> int:
    with database.writing() as connection:
        key = connection.execute(sa.insert(client), CARD | changes).inserted_primary_key
    assert key is not None
    return int(key[0])


def found(database: Database, letters: str) -> list[int]:
    """Clients whose card contains the letters, by the index where there is one."""
    with database.reading() as connection:
        if database.dialect == "sqlite":
            asked = "SELECT rowid FROM client_search WHERE client_search MATCH ? ORDER BY rowid"
            return list(connection.exec_driver_sql(asked, (f'"{letters}"',)).scalars())
        asked = f"SELECT id FROM client WHERE {SEARCH_TEXT.format('client')} LIKE %s ORDER BY id"
        return list(connection.exec_driver_sql(asked, (f"%{letters}%",)).scalars())


@pytest.mark.parametrize("letters", ["simi", "ana@ex", "3012", "mx-77"])
def test_a_new_card_is_found_by_any_of_its_parts(database: Database, letters: str) -> None:
    """D2"""
    add(database, name_folded="somebody else", email_folded="", phone_digits="", member_code=None)
    client_id = add(database)
    assert found(database, letters) == [client_id]


def test_a_changed_card_is_found_by_what_it_says_now_alone(database: Database) -> None:
    """D2, A7"""
    client_id = add(database)
    with database.writing() as connection:
        connection.execute(sa.update(client).values(name_folded="ana horvat", member_code=None))
    assert found(database, "horvat") == [client_id]
    assert found(database, "simic") == found(database, "mx-77") == []


def test_the_indexs_own_letters_are_gone_with_the_card(database: Database) -> None:
    """A7: what an erased card said stands nowhere in the file."""
    add(database, name_folded="wvu")  # no other term begins so, and terms share their beginnings
    if database.path is None:
        return
    assert letters_in_index(database, "wvu")
    with database.writing() as connection:
        connection.execute(sa.update(client).values(name_folded="erased"))
    assert not letters_in_index(database, "wvu")


def letters_in_index(database: Database, letters: str) -> int:
    with database.reading() as connection:
        asked = "SELECT COUNT(*) FROM client_search_data WHERE instr(block, CAST(? AS BLOB)) > 0"
        return int(connection.exec_driver_sql(asked, (letters,)).scalar_one())


@pytest.mark.tampers
def test_a_client_whom_the_index_lacks_is_found_by_a_check(database: Database) -> None:
    """D2"""
    client_id = add(database)
    if database.dialect == "postgresql":
        return
    with database.writing() as connection:
        text = f"SELECT 'delete', id, {SEARCH_TEXT.format('client')} FROM client WHERE id = {client_id}"
        connection.exec_driver_sql(f"INSERT INTO client_search (client_search, rowid, text) {text}")
    assert found_in(database) == {"verify.search_index"}
