"""Search as one types: by name, e-mail, phone and code, in any order and with mistakes (D2)."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from frontdesk.models.client import client
from frontdesk.services.clients import archive_client, edit_client
from frontdesk.services.credits import adjust
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.drafts.credits import AdjustDraft
from frontdesk.services.merging import merge_clients, undo_merge
from frontdesk.services.office import Office
from frontdesk.services.search import prepare_search, search_clients
from frontdesk.services.unit_of_work import Actor, UnitOfWork
from tests.builders import make_client
from tests.services.test_clients import hide

PEOPLE = {
    "Mira Okafor": {"email": "mira.o@example.com", "phone": "+44 20 7946 0018", "member_code": "MX-0042"},
    "Okan Mirak": {"email": "okan@web.example", "phone": "0171 555 33 22"},
    "Łukasz Żółty": {"email": "lz@example.com"},
    "Søren Müller-Straße": {"phone": "030/998877"},
    "Siobhán O'Connor": {},
    "Katarzyna Nowak": {"member_code": "4006381333931"},
    "王小明": {},
    "محمد علي": {},
    "Ann Lee": {},
    "Anna Bell": {},
    "Joanna Cole": {"email": "ann@cole.example"},
    "Albert Hu": {},
}


BY_ANY_PART = {
    "okaf": "Mira Okafor",
    "OKAFOR": "Mira Okafor",
    "  okafor   mira ": "Mira Okafor",
    "mi ok": "Mira Okafor",
    "ra ok": "Mira Okafor",
    "rt h": "Albert Hu",
    "mira.o@": "Mira Okafor",
    "example.com mira": "Mira Okafor",
    "7946": "Mira Okafor",
    "+44 20 79": "Mira Okafor",
    "020 7946 0018": "Mira Okafor",
    "mx-0042": "Mira Okafor",
    "MX-0042": "Mira Okafor",
    "0171555": "Okan Mirak",
    "(0171) 555-33": "Okan Mirak",
    "lukasz zolty": "Łukasz Żółty",
    "żółty": "Łukasz Żółty",
    "strasse": "Søren Müller-Straße",
    "soren": "Søren Müller-Straße",
    "müller": "Søren Müller-Straße",
    "998877": "Søren Müller-Straße",
    "o'con": "Siobhán O'Connor",
    "O’Connor": "Siobhán O'Connor",
    "4006381333931": "Katarzyna Nowak",
    "王": "王小明",
    "小明": "王小明",
    "محمد": "محمد علي",
}

WITH_MISTAKES = {
    "okafro": "Mira Okafor",
    "mria okafor": "Mira Okafor",
    "katarzina": "Katarzyna Nowak",
    "katarzina nowka": "Katarzyna Nowak",
    "kattarzy": "Katarzyna Nowak",
    "siobahn": "Siobhán O'Connor",
    "oconnor": "Siobhán O'Connor",
    "muler": "Søren Müller-Straße",
    "lukaz": "Łukasz Żółty",
}

NOBODY = (
    "", "   ", "\x00", "\ud800", "%", "_", "\\", '"', "*", "-", "( )", "AND OR NOT", "NEAR(", "text:x",
    "'; DROP TABLE client;--", "zzzzqqqq", "x" * 100_000, "a " * 5_000, "\u200b", "😀", "99999999",
)  # fmt: skip


@pytest.fixture
def people(office: Office, actor: Actor) -> dict[str, int]:
    """A studio's clients by name."""
    return {name: make_client(office, actor, name, **fields) for name, fields in PEOPLE.items()}


def found(office: Office, text: str, **options: bool) -> list[str]:
    return [one.name for one in office.read(search_clients, text, **options)]


def test_a_client_is_found_by_any_part(office: Office, people: dict[str, int]) -> None:
    assert {text: found(office, text)[:1] for text in BY_ANY_PART} == {
        text: [name] for text, name in BY_ANY_PART.items()
    }


def test_a_client_is_found_with_typing_mistakes(office: Office, people: dict[str, int]) -> None:
    first = {text: office.read(search_clients, text)[:1] for text in WITH_MISTAKES}
    assert {text: [(one.name, one.match) for one in hits] for text, hits in first.items()} == {
        text: [(name, "typo")] for text, name in WITH_MISTAKES.items()
    }


def test_a_text_that_fits_nobody_finds_nobody(office: Office, people: dict[str, int]) -> None:
    assert {text: found(office, text) for text in NOBODY} == {text: [] for text in NOBODY}


def test_the_best_reason_comes_first(office: Office, actor: Actor) -> None:
    """Code, beginning of a name, words in any order, e-mail, phone, anywhere."""
    anywhere = make_client(office, actor, "Leo Ananna")
    mail = make_client(office, actor, "Joe", email="anna@example.com")
    name = make_client(office, actor, "Bo Annabel")
    whole = make_client(office, actor, "Zoe Anna")
    code = make_client(office, actor, "Zed", member_code="ANNA")
    hits = office.read(search_clients, "anna")
    assert [one.id for one in hits] == [code, whole, name, mail, anywhere]
    assert [one.match for one in hits] == ["code", "name", "name", "email", "text"]


def test_a_word_that_is_whole_comes_before_one_that_goes_on(office: Office, people: dict[str, int]) -> None:
    assert found(office, "ann") == ["Ann Lee", "Anna Bell", "Joanna Cole"]


def test_each_word_asked_for_stands_for_a_word_of_its_own(office: Office, actor: Actor) -> None:
    make_client(office, actor, "Anna Bell")
    twice = make_client(office, actor, "Annabel Zoe Anna")
    best = office.read(search_clients, "anna anna")[0]
    assert (best.id, best.match) == (twice, "words")


def test_a_scanned_code_finds_its_holder_alone(office: Office, actor: Actor, people: dict[str, int]) -> None:
    """D1: though a name is but a mistake away."""
    make_client(office, actor, "Zed", member_code="OKAFRO")
    assert found(office, "okafro") == ["Zed"]


def test_one_and_two_letters_find_beginnings_of_names(office: Office, people: dict[str, int]) -> None:
    assert found(office, "m") == ["Mira Okafor"]
    assert found(office, "so") == ["Søren Müller-Straße"]
    assert set(found(office, "ok")) == {"Mira Okafor", "Okan Mirak"}
    assert found(office, "mira o") == ["Mira Okafor", "Okan Mirak"]


def test_a_number_of_two_digits_finds_no_phone(office: Office, people: dict[str, int]) -> None:
    assert found(office, "79") == []


def test_no_more_are_found_than_asked_for(office: Office, actor: Actor) -> None:
    for number in range(12):
        make_client(office, actor, f"Anna {number:02}")
    assert [one.name for one in office.read(search_clients, "anna", 5)] == [f"Anna {n:02}" for n in range(5)]


def test_an_edited_client_is_found_by_the_new_name_alone(
    office: Office, actor: Actor, people: dict[str, int]
) -> None:
    """D2: the index follows every change, and so do the names kept for mistakes."""
    office.read(prepare_search)
    mira = people["Mira Okafor"]
    office.write(edit_client, actor, None, mira, ClientDraft("Ximena Quispe", phone="077 123"))
    assert found(office, "quispe") == found(office, "quizpe") == found(office, "77123") == ["Ximena Quispe"]
    assert "Ximena Quispe" not in found(office, "okafor") + found(office, "okafro") + found(office, "7946")
    assert found(office, "mx-0042") == []


def test_a_new_client_is_found_with_mistakes_at_once(
    office: Office, actor: Actor, people: dict[str, int]
) -> None:
    office.read(prepare_search)
    make_client(office, actor, "Valentina Rossi")
    assert found(office, "valemtina") == ["Valentina Rossi"]


def test_archived_clients_are_found_if_asked_for(
    office: Office, actor: Actor, people: dict[str, int]
) -> None:
    office.write(archive_client, actor, None, people["Mira Okafor"])
    for text in ("okafor", "okafro", "mx-0042", "7946 0018"):
        assert "Mira Okafor" not in found(office, text)
        assert found(office, text, archived=True)[0] == "Mira Okafor"
    assert office.read(search_clients, "okafor", archived=True)[0].archived


def test_an_undone_import_is_never_found(office: Office, actor: Actor, people: dict[str, int]) -> None:
    """D3."""
    hide(office, actor, people["Mira Okafor"])
    for text in ("okafor", "okafro", "mx-0042", "7946 0018", "mira.o@example.com"):
        assert "Mira Okafor" not in found(office, text, archived=True)


def test_a_hidden_part_of_a_merged_client_is_not_found(
    office: Office, actor: Actor, people: dict[str, int]
) -> None:
    """D3, D4."""
    mira, ann, okan = people["Mira Okafor"], people["Ann Lee"], people["Okan Mirak"]
    office.write(merge_clients, actor, None, mira, ann)
    office.write(merge_clients, actor, None, okan, people["Anna Bell"])
    hide(office, actor, mira)
    hide(office, actor, people["Anna Bell"])
    assert found(office, "okafor", archived=True) == []
    assert found(office, "okan", archived=True) == []
    assert found(office, "ann lee") == ["Ann Lee"]


def test_a_merged_client_is_found_as_the_one_they_are_now(
    office: Office, actor: Actor, people: dict[str, int]
) -> None:
    """D4: by the old name, code and number too, and only once."""
    mira, ann = people["Mira Okafor"], people["Ann Lee"]
    merge_id = office.write(merge_clients, actor, None, mira, ann).value.merge_id
    for text in ("okafor", "okafro", "mx-0042", "7946 0018", "ann lee"):
        assert found(office, text) == ["Ann Lee"]
    office.write(undo_merge, actor, None, merge_id)
    assert found(office, "okafor") == ["Mira Okafor"]


def test_a_merged_client_of_an_archived_one_is_found_if_asked_for(
    office: Office, actor: Actor, people: dict[str, int]
) -> None:
    office.write(merge_clients, actor, None, people["Mira Okafor"], people["Ann Lee"])
    office.write(archive_client, actor, None, people["Ann Lee"])
    assert "Ann Lee" not in found(office, "okafor")
    assert found(office, "okafor", archived=True) == ["Ann Lee"]


def test_a_hit_shows_what_the_client_has(office: Office, actor: Actor, people: dict[str, int]) -> None:
    """D2, C2."""
    mira = people["Mira Okafor"]
    draft = AdjustDraft(mira, 3, "goodwill", "gift", last_day=date(2027, 2, 1))
    office.write(adjust, actor, None, draft)
    (hit,) = office.read(search_clients, "okafor")
    assert (hit.id, hit.email, hit.phone, hit.member_code, hit.credits, hit.next_expiry) == (
        mira,
        "mira.o@example.com",
        "+44 20 7946 0018",
        "MX-0042",
        3,
        date(2027, 2, 1),
    )


def test_nothing_of_an_erased_name_stays_in_the_index(
    office: Office, actor: Actor, people: dict[str, int]
) -> None:
    """A7: the index follows also where the row is changed behind the services' back."""

    def erase(work: UnitOfWork) -> None:
        blank = {"name": "-", "name_folded": "-", "email_folded": "", "phone_digits": "", "member_code": None}
        work.connection.execute(sa.update(client).where(client.c.id == people["Mira Okafor"]).values(blank))

    office.write(erase, actor)
    for text in ("okafor", "mira.o", "7946", "mx-0042"):
        assert not any(one.id == people["Mira Okafor"] for one in office.read(search_clients, text))
