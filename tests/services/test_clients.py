"""Clients' cards: what is kept, who changed what, and the list by name (D1, A5, A7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from frontdesk.models.client import client, client_event
from frontdesk.services.changes import Topic
from frontdesk.services.client_group import client_group
from frontdesk.services.client_rows import client_counts, client_page, client_rows_by_id
from frontdesk.services.clients import (
    CODE_LETTERS,
    archive_client,
    change_alert,
    change_notes,
    client_card,
    create_client,
    edit_client,
    restore_client,
    suggest_member_code,
)
from frontdesk.services.credits import adjust
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.drafts.credits import AdjustDraft, FreezeDraft
from frontdesk.services.first_rows import first_rows
from frontdesk.services.freezing import freeze
from frontdesk.services.ledger_writer import NewHold, NewLot, Operation, post
from frontdesk.services.lots import balance, lots_of
from frontdesk.services.merging import merge_clients
from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Actor, Reading, UnitOfWork
from frontdesk.services.views.clients import ClientFilter, ClientKey
from tests.builders import SetClock, make_client, make_package, make_sale
from tests.services.problems import invalid, refused

MIRA = ClientDraft(
    name="Mira Okafor",
    email="mira@example.com",
    phone="+44 20 7946 0018",
    birthday=date(1990, 1, 2),
    notes="prefers mornings",
    alert="knee",
    member_code="MX-1",
)


def hide(office: Office, actor: Actor, client_id: int) -> None:
    """What undoing an import does to a card."""

    def mark(work: UnitOfWork) -> None:
        hidden = sa.update(client).where(client.c.id == client_id).values(hidden_at=work.now)
        work.connection.execute(hidden)

    office.write(mark, actor)


def add_credits(office: Office, actor: Actor, client_id: int, count: int, last: date | None = None) -> None:
    office.write(adjust, actor, None, AdjustDraft(client_id, count, "goodwill", "gift", last_day=last))


def test_a_new_card_holds_what_was_typed_tidied_up(office: Office, actor: Actor) -> None:
    """D1."""
    typed = replace(
        MIRA, name="  Mira   Okafor ", notes="\nprefers mornings \n\n", email=" mira@example.com "
    )
    outcome = office.write(create_client, actor, None, typed)
    assert outcome.changes[0].touches(Topic.CLIENTS, outcome.value.client_id)
    card = office.read(client_card, outcome.value.client_id)
    assert (
        ClientDraft(
            card.name, card.email, card.phone, card.birthday, card.notes, card.alert, card.member_code
        )
        == MIRA
    )
    assert (card.source, card.archived, card.merged) == ("desk", False, ())


def test_a_name_alone_makes_a_client(office: Office, actor: Actor) -> None:
    card = office.read(client_card, make_client(office, actor, "王小明"))
    assert (card.name, card.email, card.member_code, card.birthday) == ("王小明", "", "", None)


@pytest.mark.parametrize("name", ["Robert'); DROP TABLE client;--", "% _ \\ \" '", "👩‍👩‍👧", "محمد علي"])
def test_any_name_comes_back_as_it_was_typed(office: Office, actor: Actor, name: str) -> None:
    assert office.read(client_card, make_client(office, actor, name)).name == name


def test_bad_input_makes_no_client(office: Office, actor: Actor) -> None:
    """A5."""
    bad = ClientDraft(name="", notes="4242 4242 4242 4242")
    assert invalid(office.write, create_client, actor, None, bad) == {
        ("name", "field.required"),
        ("notes", "field.card_number"),
    }
    assert office.read(client_page).rows == ()


def test_a_birthday_lies_in_the_past(office: Office, actor: Actor, clock: SetClock) -> None:
    today = replace(MIRA, birthday=date(2027, 1, 4))
    future = replace(MIRA, birthday=date(2027, 1, 5))
    assert invalid(office.write, create_client, actor, None, future) == {
        ("birthday", "client.birthday_in_future")
    }
    office.write(create_client, actor, None, today)


def test_a_member_code_belongs_to_one_client(office: Office, actor: Actor) -> None:
    """D1: in either case of its letters."""
    mira = office.write(create_client, actor, None, MIRA).value.client_id
    for code in ("MX-1", "mx-1"):
        draft = ClientDraft("Ben", member_code=code)
        assert invalid(office.write, create_client, actor, None, draft) == {
            ("member_code", "client.code_taken")
        }
    office.write(edit_client, actor, None, mira, replace(MIRA, member_code="mx-1"))
    office.write(edit_client, actor, None, mira, replace(MIRA, member_code=""))
    office.write(create_client, actor, None, ClientDraft("Ben", member_code="MX-1"))


def test_a_suggested_member_code_is_fit_to_be_typed(office: Office, actor: Actor) -> None:
    codes = {office.read(suggest_member_code) for _ in range(20)}
    assert len(codes) == 20
    assert all(len(code) == 7 and set(code) <= set(CODE_LETTERS) and not code.isdecimal() for code in codes)


def test_an_edit_says_which_fields_changed_and_keeps_nothing_else(office: Office, actor: Actor) -> None:
    """D1, A7: no personal data in the events."""
    mira = office.write(create_client, actor, None, MIRA).value.client_id
    changed = replace(MIRA, name="Mira Adler", phone="")
    saved = office.write(edit_client, actor, None, mira, changed).value
    assert saved.changed == ("name", "phone")
    assert office.write(edit_client, actor, None, mira, changed).changes == ()

    def events(reading: Reading) -> list[tuple[str, list[str] | None, int | None]]:
        rows = reading.connection.execute(sa.select(client_event).order_by(client_event.c.id))
        return [(row.kind, row.fields, row.staff_id) for row in rows]

    assert office.read(events) == [
        ("created", None, actor.staff_id),
        ("edited", ["name", "phone"], actor.staff_id),
    ]


def test_notes_and_alert_change_by_themselves(office: Office, actor: Actor, clock: SetClock) -> None:
    mira = office.write(create_client, actor, None, MIRA).value.client_id
    clock.pass_time(hours=1)
    office.write(change_notes, actor, None, mira, "one\ntwo")
    office.write(change_alert, actor, None, mira, "back")
    card = office.read(client_card, mira)
    assert (card.notes, card.alert, card.email, card.updated_at) == ("one\ntwo", "back", MIRA.email, clock.at)
    assert invalid(office.write, change_notes, actor, None, mira, "4242424242424242") == {
        ("notes", "field.card_number")
    }
    assert invalid(office.write, change_alert, actor, None, mira, "a" * 501) == {("alert", "field.too_long")}


def test_archiving_takes_a_client_off_the_list_and_back(office: Office, actor: Actor) -> None:
    """D1."""
    mira = make_client(office, actor)
    office.write(archive_client, actor, None, mira)
    assert office.read(client_page).rows == ()
    assert [one.id for one in office.read(client_page, ClientFilter.ARCHIVED).rows] == [mira]
    assert refused(office.write, archive_client, actor, None, mira) == "client.is_archived"
    office.write(restore_client, actor, None, mira)
    assert [one.id for one in office.read(client_page).rows] == [mira]
    assert refused(office.write, restore_client, actor, None, mira) == "client.not_archived"


def test_a_card_of_an_undone_import_is_shown_nowhere(office: Office, actor: Actor) -> None:
    """D3."""
    mira = make_client(office, actor)
    hide(office, actor, mira)
    assert refused(office.read, client_card, mira) == "client.hidden"
    assert refused(office.write, edit_client, actor, None, mira, MIRA) == "client.hidden"
    assert office.read(client_page).rows == ()
    assert office.read(client_counts).active == 0


def test_a_merged_card_cannot_be_edited(office: Office, actor: Actor) -> None:
    """D4."""
    mira, double = make_client(office, actor), make_client(office, actor, "Mira O.")
    office.write(merge_clients, actor, None, double, mira)
    for use_case, more in ((edit_client, (MIRA,)), (archive_client, ()), (change_notes, ("x",))):
        assert refused(office.write, use_case, actor, None, double, *more) == "client.merged"


def test_unknown_clients_are_refused(office: Office, actor: Actor) -> None:
    assert refused(office.read, client_card, 99) == "client.unknown"
    assert refused(office.write, edit_client, actor, None, 99, MIRA) == "client.unknown"
    assert refused(office.write, archive_client, actor, None, 99) == "client.unknown"


# --- The list ----------------------------------------------------------------------------------------


def test_the_list_is_by_name_without_accents_a_page_at_a_time(office: Office, actor: Actor) -> None:
    """D1."""
    for name in ("Zoë", "adler", "Émile", "Ben", "ben", "Łukasz", "Ägidius"):
        make_client(office, actor, name)
    seen: list[str] = []
    key: ClientKey | None = None
    for _ in range(3):
        page = office.read(client_page, ClientFilter.ACTIVE, key, 3)
        seen += [one.name for one in page.rows]
        key = page.more
    assert seen == ["adler", "Ägidius", "Ben", "ben", "Émile", "Łukasz", "Zoë"]
    assert key is None


def test_a_page_that_just_fits_is_the_last_one(office: Office, actor: Actor) -> None:
    make_client(office, actor)
    assert office.read(client_page, ClientFilter.ACTIVE, None, 1).more is None


def test_each_filter_counts_what_it_shows(office: Office, actor: Actor) -> None:
    a, b, _ = (make_client(office, actor, name) for name in ("A", "B", "C"))
    office.write(archive_client, actor, None, a)

    def mark_imported(work: UnitOfWork) -> None:
        work.connection.execute(sa.update(client).where(client.c.id.in_([a, b])).values(source="import"))

    office.write(mark_imported, actor)
    counts = office.read(client_counts)
    assert (counts.active, counts.archived, counts.imported) == (2, 1, 1)
    for which, ids in ((ClientFilter.ARCHIVED, [a]), (ClientFilter.IMPORTED, [b])):
        assert [one.id for one in office.read(client_page, which).rows] == ids


def test_a_row_shows_the_credits_usable_now(office: Office, actor: Actor, clock: SetClock) -> None:
    """C2, C5: the same number as the ledger's balance."""
    mira, ben = make_client(office, actor), make_client(office, actor, "Ben")
    make_sale(office, actor, mira, make_package(office, actor))
    add_credits(office, actor, mira, 3, date(2027, 1, 10))
    add_credits(office, actor, mira, 1)
    row = office.read(client_rows_by_id, [mira, ben])[mira]
    assert (row.credits, row.next_expiry) == (16, date(2027, 1, 10))
    assert office.read(client_rows_by_id, [ben])[ben].credits == 0
    clock.pass_time(days=7)
    row = office.read(client_rows_by_id, [mira])[mira]
    assert (row.credits, row.next_expiry) == (13, date(2027, 4, 4))
    assert row.credits == office.read(balance, [mira])
    clock.pass_time(days=100)
    row = office.read(client_rows_by_id, [mira])[mira]
    assert (row.credits, row.next_expiry) == (1, None)


def test_frozen_credits_are_not_shown_as_usable(office: Office, actor: Actor, clock: SetClock) -> None:
    """C6, C11."""
    mira = make_client(office, actor)
    add_credits(office, actor, mira, 5, date(2027, 6, 1))
    office.write(freeze, actor, None, FreezeDraft(mira, "illness", "flu"))
    clock.pass_time(minutes=1)
    row = office.read(client_rows_by_id, [mira])[mira]
    assert (row.credits, row.next_expiry) == (0, None)
    assert office.read(balance, [mira]) == 0


def test_credits_that_are_held_or_start_later_are_not_usable(
    office: Office, actor: Actor, clock: SetClock
) -> None:
    """C2, C6."""
    mira = make_client(office, actor)
    add_credits(office, actor, mira, 5)
    later = clock.at + timedelta(days=3)

    def hold_some(work: UnitOfWork) -> None:
        work.lock_clients([mira])
        hold = NewHold(lots_of(work, [mira])[0].lot_id, "refund", work.now, credits=2)
        lots = (NewLot("manual", "Later", 7, later, complimentary=True),)
        post(work, Operation(client_id=mira, kind="hold", holds=(hold,), lots=lots))

    office.write(hold_some, actor)
    assert office.read(client_rows_by_id, [mira])[mira].credits == office.read(balance, [mira]) == 3
    if office.database.path is not None:
        rows = first_rows(office.database.path, clock.at)
        assert rows is not None
        assert rows.clients[0].credits == 3
    clock.pass_time(days=3)
    assert office.read(client_rows_by_id, [mira])[mira].credits == office.read(balance, [mira]) == 10


def test_a_row_counts_the_credits_of_merged_clients(office: Office, actor: Actor) -> None:
    """D4."""
    mira, double = make_client(office, actor), make_client(office, actor, "Mira O.")
    add_credits(office, actor, mira, 2, date(2027, 6, 1))
    add_credits(office, actor, double, 3, date(2027, 5, 1))
    office.write(merge_clients, actor, None, double, mira)
    row = office.read(client_page).rows[0]
    assert (row.id, row.credits, row.next_expiry) == (mira, 5, date(2027, 5, 1))
    assert office.read(balance, office.read(client_group, mira)) == 5
