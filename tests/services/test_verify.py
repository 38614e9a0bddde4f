"""The check of the books: silent about good books, quick by its short cut, and able to rebuild caches."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from frontdesk.errors import Refused
from frontdesk.messages import template
from frontdesk.models.base import canonical_json, from_micros
from frontdesk.models.client import client
from frontdesk.models.database import Database
from frontdesk.services import verify
from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.verify import chain_checks, check_books
from frontdesk.services.verify.checks import Check, found_by
from frontdesk.services.verify.client_checks import MERGING
from frontdesk.services.verify.hashed_text import operation_text, writer
from frontdesk.services.verify.ledger_checks import WRITING
from frontdesk.services.verify.rebuild import OF_CACHES, Rebuilt, rebuild_caches
from tests.support.books import found_in, report_on
from tests.support.desk import busy_studio


def test_nothing_is_found_in_good_books(database: Database) -> None:
    busy_studio(database)
    report = report_on(database)
    assert report.holds
    assert report.findings == ()
    assert report.counts["sale"] == 4
    assert report.counts["ledger_op"] > 20


def test_an_empty_database_holds(database: Database) -> None:
    assert report_on(database).holds


def test_the_short_cut_writes_exactly_what_is_hashed(database: Database) -> None:
    """Otherwise every operation would be hashed twice, and a million take minutes."""
    busy_studio(database)
    office = Office(database)
    assert office.read(suspects) == []
    assert office.read(texts)[0].startswith('[["')


def test_the_short_cut_spells_every_sign_as_python_does(database: Database) -> None:
    """Quotes, backslashes, marks outside the first plane, right-to-left letters: all in one title."""
    desk = busy_studio(database)
    odd = "“Tom's” \\ <gift> / 50% ß 🎁 שלום é"
    desk.adjust(1, 2, title=odd, eligible=(1, 2))
    office = Office(database)
    assert office.read(suspects) == []
    assert any(canonical_json(odd) in text for text in office.read(texts))


def suspects(reading: Reading) -> list[tuple[int, int]]:
    return list(chain_checks._suspects(reading, lambda done: None))


def texts(reading: Reading) -> list[str]:
    text, source = operation_text(writer(reading.connection.dialect.name))
    return list(reading.connection.exec_driver_sql(f"SELECT {text} FROM {source} ORDER BY o.id").scalars())


def test_progress_is_told_stage_by_stage(database: Database) -> None:
    busy_studio(database)
    told: list[tuple[str, int, int]] = []
    Office(database).read(check_books, progress=lambda *one: told.append(one))
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages == ["pages", "safeguards", "ledger", "money", "clients", "notes", "chains", "receipts"]
    for stage in stages:
        mine = [(done, total) for name, done, total in told if name == stage]
        assert mine[0][0] == 0
        assert mine[-1][0] == mine[-1][1]


def test_the_short_check_leaves_hashes_and_pages_out(database: Database) -> None:
    told: list[str] = []
    Office(database).read(check_books, chains=False, storage=False, progress=lambda one, *_: told.append(one))
    assert set(told) == {"safeguards", "ledger", "money", "clients"}


def test_every_finding_has_words_that_its_facts_fill(database: Database) -> None:
    """U6: cause and next step."""
    from frontdesk.messages.verify import MESSAGES

    for code in OF_CACHES:
        assert "--rebuild" in str(template(code)), code
    for code, text in MESSAGES.items():
        assert text.count(". ") >= 1 or text.endswith("."), code


def test_every_code_that_a_check_gives_has_words() -> None:
    """U6"""
    from frontdesk.messages.verify import MESSAGES

    folder = Path(verify.__file__).parent
    given = {
        code
        for file in folder.glob("*.py")
        for code in re.findall(r"""['"](verify\.[a-z_]+)['"]""", file.read_text(encoding="utf-8"))
    }
    assert len(given) > 40
    assert given | {"verify.sale_changed", "verify.refund_changed"} == set(MESSAGES)


@pytest.mark.tampers
def test_what_was_found_can_be_put_into_words(database: Database) -> None:
    """Every parameter that a message names is there."""
    busy_studio(database)
    forged = [
        "UPDATE lot_balance SET remaining = remaining + 1, used = used - 1 WHERE used > 0",
        "UPDATE lot_balance SET expires_at = expires_at + 1",
        "UPDATE client_head SET seq = seq + 1",
        "UPDATE client SET merged_into = 1 WHERE id = 4",
    ]
    for statement in forged:
        with database.writing() as connection:
            connection.exec_driver_sql(statement)
    found = report_on(database).findings
    assert {one.code for one in found} >= {
        "verify.balance",
        "verify.term",
        "verify.tail_cut",
        "verify.merged_into",
    }
    for one in found:
        words = str(template(one.code)).format(**one.params)
        assert "{" not in words


def test_the_use_cases_that_must_leave_an_operation_exist() -> None:
    from importlib import import_module

    for name in (*WRITING, *(name for name, _ in MERGING.values())):
        module, _, function = name.rpartition(".")
        assert callable(getattr(import_module(module), function))


# --- Making caches anew ------------------------------------------------------------------------------------

BROKEN_CACHES = (
    "UPDATE lot_balance SET remaining = remaining + 1, used = used - 1 WHERE used > 0",
    "UPDATE lot_balance SET term_seq = term_seq + 1, expires_at = NULL",
    "UPDATE client_head SET seq = 0, hash = '' WHERE seq > 2",
    "UPDATE client SET merged_into = NULL",
    "UPDATE client SET merged_into = 1 WHERE id = 4",
)


def test_broken_caches_are_made_anew_from_the_ledger(database: Database) -> None:
    """C2"""
    desk = busy_studio(database)
    before = {lot.lot_id: lot for lot in desk.lots(1, 2, 3)}
    for statement in BROKEN_CACHES:
        with database.writing() as connection:
            connection.exec_driver_sql(statement)
    assert found_in(database) == {"verify.balance", "verify.term", "verify.head_behind", "verify.merged_into"}
    made: Rebuilt = desk.do(rebuild_caches)
    assert made.balances >= 2
    assert made.heads >= 2
    assert made.merged == 2
    assert {lot.lot_id: lot for lot in desk.lots(1, 2, 3)} == before


def test_more_broken_caches_than_are_named_are_made_anew_too(database: Database) -> None:
    desk = busy_studio(database)
    with database.writing() as connection:
        connection.execute(sa.insert(client), [nameless(index) for index in range(230)])
        connection.exec_driver_sql("UPDATE client SET merged_into = 1 WHERE substr(name, 1, 6) = 'Nobody'")
    if database.dialect == "sqlite":
        with database.writing() as connection:
            connection.exec_driver_sql("INSERT INTO client_search (client_search) VALUES ('delete-all')")
    assert desk.do(rebuild_caches).merged == 230


@pytest.mark.tampers
def test_what_hides_behind_very_many_broken_caches_stops_the_rebuild(database: Database) -> None:
    desk = busy_studio(database)
    with database.writing() as connection:
        connection.execute(sa.insert(client), [nameless(index) for index in range(230)])
        connection.exec_driver_sql(
            "UPDATE client_head SET seq = 7 WHERE client_id = (SELECT MAX(id) FROM client)"
        )
        connection.exec_driver_sql("UPDATE client_head SET hash = 'x' WHERE seq = 0")
    with pytest.raises(Refused, match=r"verify\.cannot_rebuild"):
        desk.do(rebuild_caches)


def nameless(index: int) -> dict[str, Any]:
    name = f"Nobody {index}"
    at = from_micros(0)
    return {"name": name, "name_folded": name.casefold(), "created_at": at, "updated_at": at}


def test_rebuilding_good_caches_changes_nothing(database: Database) -> None:
    desk = busy_studio(database)
    assert desk.do(rebuild_caches) == Rebuilt(0, 0, 0, 0)


@pytest.mark.tampers
def test_a_missing_balance_is_made_anew(database: Database) -> None:
    desk = busy_studio(database)
    with database.writing() as connection:
        on = "" if database.dialect == "sqlite" else " ON lot_balance"
        connection.exec_driver_sql(f"DROP TRIGGER lot_balance_no_delete{on}")
        connection.exec_driver_sql("DELETE FROM lot_balance WHERE lot_id = 1")
    with pytest.raises(Refused):
        # The trigger that let it happen is missing too, and that is for a person to look at.
        desk.do(rebuild_caches)
    from frontdesk.models import triggers

    made = [one for one in triggers.statements(database.dialect) if "TRIGGER lot_balance_no_delete" in one]
    with database.writing() as connection:
        for statement in made:
            connection.exec_driver_sql(statement)
    assert desk.do(rebuild_caches).balances >= 1
    assert found_in(database) == set()


@pytest.mark.tampers
def test_caches_are_not_made_anew_from_a_ledger_that_does_not_hold(database: Database) -> None:
    """A cut tail shows against the head alone: making the head anew would hide it."""
    desk = busy_studio(database)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE client_head SET seq = seq + 1 WHERE client_id = 1")
    with pytest.raises(Refused) as refused:
        desk.do(rebuild_caches)
    assert refused.value.code == "verify.cannot_rebuild"
    assert (refused.value.params["count"], refused.value.params["first"]) == (1, "verify.tail_cut")
    assert "verify.tail_cut" in found_in(database)


def test_a_search_index_that_lost_a_client_is_made_anew(database: Database) -> None:
    desk = busy_studio(database)
    if database.dialect == "sqlite":
        with database.writing() as connection:
            connection.exec_driver_sql("INSERT INTO client_search (client_search) VALUES ('delete-all')")
        assert found_in(database) == {"verify.search_index"}
    desk.do(rebuild_caches)


# --- Rules that only a wrong use case could break -----------------------------------------------------------


def test_an_extension_later_does_not_excuse_a_visit_then(database: Database) -> None:
    """C7: a visit is judged by the terms that were known when it was recorded."""
    desk = busy_studio(database)
    lot = desk.adjust(1, 5, last_day=desk.clock.at.date() + timedelta(days=3))
    assert lot is not None
    desk.visit(1, 1, lot_id=lot)
    desk.extend(lot, desk.clock.at.date() + timedelta(days=30))
    desk.clock.pass_time(days=20)
    desk.visit(1, 1, lot_id=lot)
    assert found_in(database) == set()


def test_a_check_names_the_first_two_hundred_of_a_kind(database: Database) -> None:
    numbers = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {0}) SELECT i AS op FROM n"
    )
    office = Office(database)
    few = office.read(
        lambda reading: list(found_by(reading, Check("verify.op_missing", numbers.format(200))))
    )
    many = office.read(
        lambda reading: list(found_by(reading, Check("verify.op_missing", numbers.format(201))))
    )
    assert [one.code for one in few] == ["verify.op_missing"] * 200
    assert [one.code for one in many[-2:]] == ["verify.op_missing", "verify.more"]
    assert len(many) == 201
