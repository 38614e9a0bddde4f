"""Clients and part-used packs come in from other systems' files, and an import is taken back (D3)."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from frontdesk.errors import NotFound, Refused
from frontdesk.models.base import metadata
from frontdesk.models.calendar import local_day
from frontdesk.models.client import client
from frontdesk.models.imports import import_row
from frontdesk.models.studio import command
from frontdesk.models.text import fold
from frontdesk.services.clients import client_card, edit_client
from frontdesk.services.csv_reading.client_file import ClientFile, draft_of, suggested_mapping
from frontdesk.services.csv_reading.table import read_table
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.drafts.imports import ImportDraft
from frontdesk.services.imports import import_batches, import_clients, plan_import
from frontdesk.services.merging import merge_clients
from frontdesk.services.progress import watching
from frontdesk.services.search import search_clients
from frontdesk.services.undoing_imports import undo_import
from frontdesk.services.unit_of_work import Reading
from frontdesk.services.verify import check_books
from frontdesk.services.views.imports import Imported, ImportUndone
from tests.builders import make_client
from tests.services.credit_desk import BERLIN, CreditDesk
from tests.support.races import race

HEADER = "Name,Email,Phone,Member ID,Package,Credits left,Expires,Notes"
CARD = "4111 1111 1111 1111"


@dataclass
class Importing:
    """A desk that brings files in."""

    desk: CreditDesk

    def draft(self, *lines: str, again: bool = False, name: str = "export.csv") -> ImportDraft:
        """The file of these lines under the usual header, as a dry run reads it."""
        return self.read("\n".join((HEADER, *lines)).encode(), again=again, name=name)

    def read(self, data: bytes, *, again: bool = False, name: str = "export.csv") -> ImportDraft:
        """A file as a dry run reads it."""
        table = read_table(data)
        today = local_day(self.desk.clock.at, BERLIN)
        file = ClientFile(name, data, f"{hash(data):x}")
        return draft_of(file, table, suggested_mapping(table), None, today, again=again)

    def bring(self, *lines: str, **how: Any) -> Imported:
        """Import these lines."""
        return self.desk.do(import_clients, self.draft(*lines, **how))

    def undo(self, imported: Imported) -> ImportUndone:
        """Take it back."""
        return self.desk.do(undo_import, imported.batch_id)

    def found(self, text: str) -> list[str]:
        """Names that a search finds."""
        return [hit.name for hit in self.desk.see(search_clients, text)]

    def the(self, text: str) -> int:
        """The one client that a search finds."""
        hits = self.desk.see(search_clients, text)
        assert len(hits) == 1, f"{len(hits)} clients are found by {text}"
        return hits[0].id

    def holds(self) -> bool:
        """Whether every invariant of the books holds."""
        return self.desk.see(check_books).holds


@pytest.fixture
def importing(desk: CreditDesk) -> Importing:
    """A studio with Mira Okafor, ready to import."""
    return Importing(desk)


# New and matched


def test_a_new_client_comes_with_what_is_left_of_the_pack(importing: Importing) -> None:
    """D3: one lot of what is left, without refund value, usable to the end of its last day."""
    done = importing.bring(
        "Zoë Brönte,zoe@example.com,+49 30 123456,Z1,10-class pack,6,2027-03-01,likes mornings"
    )
    zoe = importing.the("bronte")
    card = importing.desk.see(client_card, zoe)
    (lot,) = importing.desk.account(zoe).lots
    assert (done.created, done.matched, done.left_out, done.packs, done.credits) == (1, 0, 0, 1, 6)
    assert (card.email, card.phone, card.member_code, card.notes) == (
        "zoe@example.com", "+49 30 123456", "Z1", "likes mornings",
    )  # fmt: skip
    assert (lot.title, lot.remaining, lot.kind) == ("10-class pack", 6, "imported")
    assert lot.last_day == date(2027, 3, 1)
    assert importing.holds()


def test_a_dry_run_says_what_the_import_then_does(importing: Importing) -> None:
    """D3."""
    draft = importing.draft(
        "Zoë Brönte,zoe@example.com,,,10-class pack,6,2027-03-01,",
        "Total,1,,,,,,",
        "Tom Ito,,030 55 66 77,,,,,",
    )
    plan = importing.desk.see(plan_import, draft)
    assert importing.found("zoe") == []
    done = importing.desk.do(import_clients, draft)
    assert (plan.created, plan.matched, plan.left_out, plan.packs, plan.credits) == (
        done.created, done.matched, done.left_out, done.packs, done.credits,
    )  # fmt: skip
    assert [row.action for row in plan.rows] == ["created", "left_out", "created"]


@pytest.mark.parametrize(
    "line",
    [
        "mira OKAFOR,Mira@Example.com,,,10-class pack,6,,",
        "Mira Okafor,,020 7946 0958,,10-class pack,6,,",
        "Mira Okafor,other@example.com,,m7,10-class pack,6,,",
    ],
    ids=["by e-mail", "by the end of the phone number", "by member code"],
)
def test_a_row_goes_to_the_client_who_is_there(importing: Importing, line: str) -> None:
    """D3: the name and one of e-mail, phone and member code agree."""
    mira = make_client(
        importing.desk.office, importing.desk.actor, email="mira@example.com", phone="+44 20 7946 0958",
        member_code="M7",
    )  # fmt: skip
    done = importing.bring(line)
    assert (done.created, done.matched) == (0, 1)
    assert importing.desk.usable(mira) == 6
    assert importing.desk.see(client_card, mira).email == "mira@example.com"


def test_one_e_mail_under_another_name_is_another_person(importing: Importing) -> None:
    """Families share an address; the report says so."""
    make_client(importing.desk.office, importing.desk.actor, "Ada Lovelace", email="home@example.com")
    draft = importing.draft("Byron Lovelace,home@example.com,,,,,,")
    (row,) = importing.desk.see(plan_import, draft).rows
    assert [problem.code for problem in row.problems] == ["imports.email_in_use"]
    importing.desk.do(import_clients, draft)
    assert sorted(importing.found("lovelace")) == ["Ada Lovelace", "Byron Lovelace"]


def test_a_member_code_that_somebody_has_is_left_out_of_the_card(importing: Importing) -> None:
    make_client(importing.desk.office, importing.desk.actor, "Ada Lovelace", member_code="A1")
    draft = importing.draft("Tom Ito,,,a1,,,,")
    (row,) = importing.desk.see(plan_import, draft).rows
    importing.desk.do(import_clients, draft)
    assert [problem.code for problem in row.problems] == ["imports.member_code_in_use"]
    assert importing.desk.see(client_card, importing.the("ito")).member_code == ""


def test_further_packs_go_to_the_one_client(importing: Importing) -> None:
    done = importing.bring(
        "Tom Ito,tom@example.com,,,10-class pack,6,2027-03-01,",
        "Tom Ito,tom@example.com,,,Workshop card,2,,",
        "Tom Ito,tom@example.com,,,,,,",
    )
    tom = importing.the("ito")
    assert (done.created, done.packs, done.credits, done.left_out) == (1, 2, 8, 1)
    assert importing.desk.usable(tom) == 8
    assert {lot.title for lot in importing.desk.account(tom).lots} == {"10-class pack", "Workshop card"}


def test_a_merged_clients_pack_goes_to_whom_they_are_now(importing: Importing) -> None:
    """D4."""
    twin = make_client(importing.desk.office, importing.desk.actor, "M. Okafor", email="m@example.com")
    importing.desk.do(merge_clients, twin, importing.desk.mira)
    draft = importing.draft("M. Okafor,m@example.com,,,Pack,3,,")
    assert [row.client_id for row in importing.desk.see(plan_import, draft).rows] == [importing.desk.mira]
    importing.desk.do(import_clients, draft)
    assert importing.desk.usable() == 3


def test_an_unlimited_and_an_expired_pack_bring_the_client_alone(importing: Importing) -> None:
    done = importing.bring(
        "Tom Ito,t@example.com,,,Flat,unlimited,,", "Ada Noe,a@example.com,,,Pack,4,2026-12-31,"
    )
    assert (done.created, done.packs, done.credits) == (2, 0, 0)


def test_a_pack_that_ran_out_since_the_dry_run_stops_the_import(importing: Importing) -> None:
    draft = importing.draft("Tom Ito,t@example.com,,,Pack,4,2027-01-05,")
    importing.desk.clock.pass_time(days=2)
    with pytest.raises(Refused, match=r"imports\.plan_is_old"):
        importing.desk.do(import_clients, draft)
    assert importing.found("ito") == []


# Refused and left out


@pytest.mark.parametrize("place", ["name", "notes", "member code"])
def test_a_row_with_a_card_number_is_left_out_and_the_number_kept_nowhere(
    importing: Importing, place: str
) -> None:
    """A5."""
    cells = {"name": "Tom Ito", "notes": "", "member code": ""} | {place: CARD}
    draft = importing.draft(
        f"{cells['name']},tom@example.com,,{cells['member code']},,,,{cells['notes']}",
        "Ada Noe,a@example.com,,,,,,",
    )
    done = importing.desk.do(import_clients, draft)
    assert (done.created, done.left_out) == (1, 1)
    assert importing.found("tom@example.com") == []
    assert "1111" not in repr(draft.rows) and not _somewhere(importing.desk, "1111 1111")


def test_every_card_that_came_in_can_be_saved_again(importing: Importing) -> None:
    """P6, D1: what a card refuses is left out on its way in."""
    made = importing.bring(
        "Ada Noe,ada@example.com,,AB 12,,,,",
        "\u200d\u200c,bo@example.com,0301234567,B7,,,,",
        ",,0301234568,,,,,",
        ",,4222222222222,,,,,",
    )
    assert (made.created, made.left_out) == (3, 1)
    for name in ("Ada Noe", "bo@example.com", "0301234568"):
        card = importing.desk.see(client_card, importing.the(name))
        draft = ClientDraft(
            card.name, card.email, card.phone, card.birthday, "came by tram", "", card.member_code
        )
        assert importing.desk.do(edit_client, card.id, draft).changed == ("notes",)


def test_what_is_kept_of_rows_is_no_personal_data(importing: Importing) -> None:
    """A7: numbers, codes and ids; the names stand on the cards alone."""
    importing.bring(
        "Tom Ito,broken address,,,Pack,4,2027-05-01,",
        f"Ada Noe,ada@example.com,,,,,,{CARD}",
        "Eve Moss,e@example.com,,,,,,",
    )
    with importing.desk.office.database.reading() as connection:
        rows = connection.execute(sa.select(import_row).order_by(import_row.c.number)).all()
        answers = connection.execute(sa.select(command.c.result)).scalars().all()
    assert [row.problems for row in rows] == [
        [["email", "imports.email_unclear"]], [["notes", "imports.card_number"]], None,
    ]  # fmt: skip
    told = repr(rows) + repr(answers)
    assert not any(word in told for word in ("Ito", "broken", "Ada", "Moss", "example.com"))


def test_the_same_file_comes_in_twice_only_when_asked_for(importing: Importing) -> None:
    line = "Tom Ito,tom@example.com,,,Pack,4,,"
    importing.bring(line)
    with pytest.raises(Refused, match=r"imports\.same_file") as refused:
        importing.bring(line, name="renamed.csv")
    assert refused.value.params["at"] == importing.desk.clock.at
    assert importing.desk.see(plan_import, importing.draft(line)).imported_before == importing.desk.clock.at
    done = importing.bring(line, again=True)
    assert (done.created, done.matched) == (0, 1) and importing.desk.usable(importing.the("ito")) == 8


def test_a_file_that_brings_nothing_is_refused(importing: Importing) -> None:
    make_client(importing.desk.office, importing.desk.actor, "Tom Ito", email="tom@example.com")
    with pytest.raises(Refused, match=r"imports\.nothing_to_do"):
        importing.bring("Tom Ito,tom@example.com,,,,,,")
    assert importing.desk.see(import_batches) == ()


def test_an_import_tells_how_far_it_is(importing: Importing) -> None:
    told: list[tuple[int, int]] = []
    watched = uuid4()
    draft = importing.draft(*(f"Tom Ito{i},t{i}@example.com,,,Pack,{i % 3},," for i in range(3000)))
    with watching(watched, lambda done, total: told.append((done, total))):
        importing.desk.office.write(import_clients, importing.desk.actor, watched, draft)
    assert told == [(2000, 5000), (3000, 5000), (5000, 5000)]


def test_of_desks_that_import_or_take_back_the_same_at_once_one_does(importing: Importing) -> None:
    """D3: nobody comes in twice."""
    desk = importing.desk
    draft = importing.draft(*(f"Tom Ito{number},t{number}@example.com,,,Pack,2,," for number in range(60)))
    answers = race(desk.office.database, desk.actor, desk.clock.at, *[(import_clients, (draft,))] * 3)
    assert sorted(kind for kind, _ in answers) == ["done", "refused", "refused"]
    assert {told[0] for kind, told in answers if kind == "refused"} == {"imports.same_file"}
    (batch,) = desk.see(import_batches)
    answers = race(desk.office.database, desk.actor, desk.clock.at, *[(undo_import, (batch.id,))] * 3)
    assert {told[0] for kind, told in answers if kind == "refused"} == {"imports.undone_already"}
    assert [told.hidden for kind, told in answers if kind == "done"] == [60]


# Taking back


def test_undo_takes_all_of_it_back(importing: Importing) -> None:
    """D3: credits voided, clients hidden, and the books hold."""
    importing.desk.plus(5)
    done = importing.bring(
        "Tom Ito,tom@example.com,,T1,Pack,4,,", "Mira Okafor,,,,Pack,2,,", "Ada Noe,,030 123456,,,,,"
    )
    tom = importing.the("ito")
    undone = importing.undo(done)
    assert (undone.hidden, undone.voided, undone.kept) == (3, 6, ())
    assert importing.found("ito") == [] == importing.found("noe")
    assert importing.desk.account(tom).usable == 0 and importing.desk.usable() == 5
    assert importing.holds()
    (batch,) = importing.desk.see(import_batches)
    assert (batch.undone_at, batch.kept) == (importing.desk.clock.at, 0)


def test_undo_of_a_pack_of_somebody_who_was_here_leaves_them_here(importing: Importing) -> None:
    ada = make_client(importing.desk.office, importing.desk.actor, "Ada Noe", email="ada@example.com")
    done = importing.bring("Ada Noe,ada@example.com,,,Pack,4,,")
    importing.desk.plus(2, ada)
    undone = importing.undo(done)
    assert (undone.hidden, undone.voided, undone.kept) == (0, 4, ())
    assert importing.desk.usable(ada) == 2 and importing.found("noe") == ["Ada Noe"]


def used(importing: Importing, tom: int) -> None:
    importing.desk.visit(client_id=tom)


def bought(importing: Importing, tom: int) -> None:
    importing.desk.sell(tom)


def edited(importing: Importing, tom: int) -> None:
    importing.desk.do(edit_client, tom, ClientDraft("Tom Itō", "tom@example.com"))


def merged(importing: Importing, tom: int) -> None:
    importing.desk.do(merge_clients, tom, importing.desk.mira)


@pytest.mark.parametrize(
    ("act", "why"), [(used, "used"), (bought, "used"), (edited, "edited"), (merged, "merged")]
)
def test_rows_acted_on_since_stay_and_say_why(
    importing: Importing, act: Callable[[Importing, int], None], why: str
) -> None:
    """D3."""
    done = importing.bring(
        "Tom Ito,tom@example.com,,,Pack,4,,",
        "Tom Ito,tom@example.com,,,Card,1,,",
        "Ada Noe,,030 123456,,Pack,3,,",
    )
    tom = importing.the("tom@example.com")
    importing.desk.clock.pass_time(hours=1)
    act(importing, tom)
    undone = importing.undo(done)
    assert (undone.hidden, undone.voided) == (1, 3)
    assert [(row.number, row.client_id, row.why) for row in undone.kept] == [(2, tom, why), (3, tom, why)]
    assert importing.found("tom") != [] and importing.found("noe") == []
    assert importing.holds()


@pytest.mark.parametrize("act", ["used", "extended", "frozen"])
def test_a_pack_of_somebody_who_was_here_stays_once_it_was_touched(importing: Importing, act: str) -> None:
    """D3."""
    ada = make_client(importing.desk.office, importing.desk.actor, "Ada Noe", email="ada@example.com")
    done = importing.bring("Ada Noe,ada@example.com,,,Pack,4,2027-03-01,")
    (lot,) = importing.desk.account(ada).lots
    if act == "used":
        importing.desk.visit(client_id=ada)
    elif act == "extended":
        importing.desk.extend(lot.lot_id, date(2027, 4, 1))
    else:
        importing.desk.freeze(client_id=ada)
    undone = importing.undo(done)
    assert (undone.voided, [row.why for row in undone.kept]) == (0, ["used"])
    assert importing.desk.account(ada).lots[0].remaining == (3 if act == "used" else 4)


def test_credits_that_ran_out_by_themselves_do_not_keep_a_row(importing: Importing) -> None:
    """C5: nobody acted."""
    done = importing.bring("Tom Ito,tom@example.com,,,Pack,4,2027-01-31,")
    importing.desk.clock.pass_time(days=60)
    undone = importing.undo(done)
    assert (undone.hidden, undone.voided, undone.kept) == (1, 0, ())
    assert importing.holds()


def test_what_was_taken_back_can_come_in_again(importing: Importing) -> None:
    """Also the member codes, which are free again."""
    line = "Tom Ito,tom@example.com,,T1,Pack,4,,"
    importing.undo(importing.bring(line))
    done = importing.bring(line)
    assert (done.created, done.matched) == (1, 0)
    assert importing.desk.see(client_card, importing.the("ito")).member_code == "T1"
    assert [batch.undone_at is None for batch in importing.desk.see(import_batches)] == [True, False]


def test_an_import_is_taken_back_once(importing: Importing) -> None:
    done = importing.bring("Tom Ito,tom@example.com,,,Pack,4,,")
    importing.undo(done)
    with pytest.raises(Refused, match=r"imports\.undone_already"):
        importing.undo(done)
    with pytest.raises(NotFound, match=r"imports\.unknown"):
        importing.desk.do(undo_import, 99)


# Real sizes

SYLLABLES = (
    "ma", "né", "rü", "los", "tiñ", "kør", "ça", "we", "bär", "sto", "lî", "gue", "på", "ßen", "dor", "vi",
    "ha", "ou", "fré", "zo",
)  # fmt: skip


def people(count: int) -> list[list[str]]:
    """First name, last name, e-mail, phone, pack, credits, last day; every last name once."""
    rnd = random.Random(7)
    rows = []
    for number, code in enumerate(rnd.sample(range(len(SYLLABLES) ** 4), count)):
        parts = [SYLLABLES[code // len(SYLLABLES) ** place % len(SYLLABLES)] for place in range(4)]
        last = "".join(parts).capitalize()
        email = f"{fold(last)}@example.com" if number % 5 else ""
        pack = ["10-class pack", str(rnd.randint(1, 10)), f"2027-0{rnd.randint(2, 9)}-11"]
        row = [rnd.choice(["Zoë", "José", "Tom"]), last, email, f"+49 30 {2_000_000 + number}"]
        rows.append(row + (pack if number % 3 == 0 else ["", "", ""]))
    return rows


def written(rows: list[list[str]], encoding: str, delimiter: str) -> bytes:
    header = ["First name", "Last name", "Email", "Phone", "Package", "Credits left", "Expires"]
    text = "\r\n".join(delimiter.join(row) for row in [header, *rows])
    return text.encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [
        ("utf-8", ","),
        ("utf-8-sig", ";"),
        ("utf-16", "\t"),
        ("utf-16", ";"),
        ("latin-1", ";"),
        ("latin-1", "\t"),
    ],
)
def test_every_client_of_any_export_is_found(importing: Importing, encoding: str, delimiter: str) -> None:
    """D2, D3: by any part of the name, by phone digits, by e-mail."""
    rows = people(40)
    importing.desk.do(import_clients, importing.read(written(rows, encoding, delimiter)))
    _assert_found(importing, rows)


def test_a_whole_studios_clients_come_in_are_found_and_go_again(importing: Importing) -> None:
    """D3: 20,000 with accents, duplicates, bad rows and part-used packs, and undo takes all of it back."""
    # A server takes four times as long, and a fifth of the rows prove the same of it.
    count = 20_000 if _is_sqlite(importing.desk) else 4_000
    rows = people(count)
    packs = [row for row in rows if row[4]]
    again = [*rows[7][:4], "Workshop card", "2", ""]
    bad = ["Grand total", "20000", "", "", "", "", ""]
    card = ["Eve", f"Moss {CARD}", "", "", "", "", ""]
    encoding, delimiter = ("utf-16", "\t") if _is_sqlite(importing.desk) else ("latin-1", ";")
    draft = importing.read(written([*rows, rows[3], again, bad, card], encoding, delimiter))
    done = importing.desk.do(import_clients, draft)
    assert (done.created, done.matched, done.left_out) == (count, 0, 3)
    assert (done.packs, done.credits) == (len(packs) + 1, sum(int(row[5]) for row in packs) + 2)
    with importing.desk.office.database.reading() as connection:
        names = set(connection.execute(sa.select(client.c.name).where(client.c.source == "import")).scalars())
    assert names == {f"{row[0]} {row[1]}" for row in rows}
    _assert_found(importing, rows[:: len(rows) // 50])
    undone = importing.undo(done)
    assert (undone.hidden, undone.voided, undone.kept) == (count, done.credits, ())
    assert not any(importing.found(row[1]) for row in rows[:: len(rows) // 20])
    assert importing.desk.see(_shown_clients) == 1 and importing.holds()


# Pieces


def _assert_found(importing: Importing, rows: list[list[str]]) -> None:
    for first, last, email, phone, *_ in rows:
        name = f"{first} {last}"
        for asked in (last, fold(last)[1:], fold(last)[:-1].upper(), phone[7:], email):
            assert not asked or name in importing.found(asked), f"{name} is not found by {asked}"


def _shown_clients(reading: Reading) -> int:
    return reading.connection.execute(
        sa.select(sa.func.count()).select_from(client).where(client.c.hidden_at.is_(None))
    ).scalar_one()


def _is_sqlite(desk: CreditDesk) -> bool:
    return desk.office.database.dialect == "sqlite"


def _somewhere(desk: CreditDesk, text: str) -> bool:
    """Whether a text stands in any column of any table."""
    with desk.office.database.reading() as connection:
        return any(
            text in repr(tuple(row))
            for table in metadata.sorted_tables
            for row in connection.execute(sa.select(table))
        )
