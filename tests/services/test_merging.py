"""Merging: two cards shown as one, both histories kept, and undone without a trace lost (D4)."""

from __future__ import annotations

from datetime import date
from typing import Any

from frontdesk.services.client_group import client_group, root_of
from frontdesk.services.client_rows import client_page
from frontdesk.services.clients import archive_client, client_card, create_client
from frontdesk.services.credits import adjust
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.drafts.credits import AdjustDraft
from frontdesk.services.duplicates import similar_clients, suggest_duplicates
from frontdesk.services.lots import lots_of
from frontdesk.services.merging import merge_clients, undo_merge
from frontdesk.services.office import Office
from frontdesk.services.unit_of_work import Actor
from tests.builders import make_client
from tests.services.problems import refused
from tests.services.test_clients import hide


def clients(office: Office, actor: Actor, count: int) -> list[int]:
    return [make_client(office, actor, f"Client {number}") for number in range(1, count + 1)]


def merge(office: Office, actor: Actor, gone: int, kept: int) -> int:
    return office.write(merge_clients, actor, None, gone, kept).value.merge_id


def group(office: Office, client_id: int) -> tuple[int, ...]:
    return office.read(client_group, client_id)


def test_a_merged_client_leads_to_the_one_who_stands_for_both(office: Office, actor: Actor) -> None:
    a, b = clients(office, actor, 2)
    merge_id = merge(office, actor, a, b)
    assert office.read(root_of, a) == b
    assert group(office, a) == group(office, b) == (b, a)
    card = office.read(client_card, a)
    assert (card.id, card.name) == (b, "Client 2")
    (merged,) = card.merged
    assert (merged.id, merged.name, merged.merge_id, merged.merged_by) == (a, "Client 1", merge_id, "Ana")
    assert [one.id for one in office.read(client_page).rows] == [b]


def test_a_chain_of_merges_leads_to_its_end(office: Office, actor: Actor) -> None:
    a, b, c, d = clients(office, actor, 4)
    merge(office, actor, a, b)
    merge(office, actor, c, d)
    merge(office, actor, b, d)
    assert group(office, a) == (d, a, b, c)
    assert len(office.read(client_card, a).merged) == 3


def test_merging_a_merged_client_means_the_one_who_stands_for_it(office: Office, actor: Actor) -> None:
    a, b, c, d = clients(office, actor, 4)
    merge(office, actor, a, b)
    merge(office, actor, c, d)
    merge(office, actor, a, c)
    assert group(office, b) == (d, a, b, c)


def test_a_merge_in_the_middle_is_undone(office: Office, actor: Actor) -> None:
    """Whoever was merged into one of the two stays with it."""
    a, b, c = clients(office, actor, 3)
    merge(office, actor, a, b)
    middle = merge(office, actor, b, c)
    office.write(undo_merge, actor, None, middle)
    assert group(office, a) == (b, a)
    assert group(office, c) == (c,)


def test_the_first_merge_of_a_chain_is_undone(office: Office, actor: Actor) -> None:
    a, b, c = clients(office, actor, 3)
    first = merge(office, actor, a, b)
    merge(office, actor, b, c)
    office.write(undo_merge, actor, None, first)
    assert group(office, a) == (a,)
    assert group(office, c) == (c, b)


def test_a_long_chain_is_cut_in_one_place_alone(office: Office, actor: Actor) -> None:
    a, b, c, d = clients(office, actor, 4)
    merge(office, actor, a, b)
    merge(office, actor, b, c)
    last = merge(office, actor, c, d)
    office.write(undo_merge, actor, None, last)
    assert group(office, a) == (c, a, b)
    assert group(office, d) == (d,)


def test_a_client_merged_again_stands_on_the_card_once(office: Office, actor: Actor) -> None:
    a, b = clients(office, actor, 2)
    office.write(undo_merge, actor, None, merge(office, actor, a, b))
    again = merge(office, actor, a, b)
    assert [one.merge_id for one in office.read(client_card, b).merged] == [again]


def test_clients_can_be_merged_parted_and_merged_the_other_way(office: Office, actor: Actor) -> None:
    a, b = clients(office, actor, 2)
    first = merge(office, actor, a, b)
    office.write(undo_merge, actor, None, first)
    second = merge(office, actor, b, a)
    assert group(office, b) == (a, b)
    assert refused(office.write, undo_merge, actor, None, first) == "merge.undone"
    office.write(undo_merge, actor, None, second)
    assert group(office, a) == (a,)


def test_a_client_is_not_merged_with_itself(office: Office, actor: Actor) -> None:
    a, b = clients(office, actor, 2)
    assert refused(office.write, merge_clients, actor, None, a, a) == "merge.with_itself"
    merge(office, actor, a, b)
    assert refused(office.write, merge_clients, actor, None, b, a) == "merge.with_itself"


def test_unknown_and_hidden_clients_are_not_merged(office: Office, actor: Actor) -> None:
    a, b = clients(office, actor, 2)
    assert refused(office.write, merge_clients, actor, None, a, 99) == "client.unknown"
    assert refused(office.write, undo_merge, actor, None, 99) == "merge.unknown"
    hide(office, actor, b)
    assert refused(office.write, merge_clients, actor, None, a, b) == "client.hidden"
    assert refused(office.write, merge_clients, actor, None, b, a) == "client.hidden"


def test_no_row_of_the_ledger_moves(office: Office, actor: Actor) -> None:
    """D4: merging is an alias."""
    a, b = clients(office, actor, 2)
    for client_id in (a, b):
        office.write(adjust, actor, None, AdjustDraft(client_id, 2, "goodwill", "gift"))
    before = office.read(lots_of, [a, b])
    merge_id = merge(office, actor, a, b)
    assert office.read(lots_of, [a, b]) == before
    office.write(undo_merge, actor, None, merge_id)
    assert office.read(lots_of, [a, b]) == before


# --- Finding them ------------------------------------------------------------------------------------


def test_likely_duplicates_come_first_with_their_reasons(office: Office, actor: Actor) -> None:
    born = date(1990, 1, 2)
    a = make_client(office, actor, "Mira Okafor", email="mira@example.com", phone="+49 30 1234567")
    b = make_client(office, actor, "OKAFOR, Míra", email="Mira@Example.com", phone="030 1234567")
    c = make_client(office, actor, "Ben Adler", birthday=born)
    d = make_client(office, actor, "Bén  Adler", birthday=born)
    e = make_client(office, actor, "Eva Lind", phone="555 123 4567")
    f = make_client(office, actor, "Ole Lind", phone="5551234567")
    make_client(office, actor, "Ben Adler")
    pairs = office.read(suggest_duplicates)
    assert [(one.one.id, one.other.id, one.reasons) for one in pairs] == [
        (a, b, ("email", "phone", "name")),
        (c, d, ("name",)),
        (e, f, ("phone",)),
    ]
    assert len(office.read(suggest_duplicates, 1)) == 1


def test_merged_and_hidden_clients_are_suggested_no_more(office: Office, actor: Actor) -> None:
    a, b, c = (make_client(office, actor, name, email="x@example.com") for name in "ABC")
    merge(office, actor, a, b)
    hide(office, actor, c)
    assert office.read(suggest_duplicates) == ()


def test_an_address_of_a_whole_school_suggests_nobody(office: Office, actor: Actor) -> None:
    for number in range(7):
        make_client(office, actor, f"Pupil {number}", email="office@school.example")
    assert office.read(suggest_duplicates) == ()


def test_a_new_card_tells_who_it_may_be_and_is_made_all_the_same(office: Office, actor: Actor) -> None:
    mira = make_client(office, actor, "Mira Okafor", email="mira@example.com", phone="030 1234567")
    draft = ClientDraft("Okafor Mira", email="MIRA@example.com", phone="+1 555")
    saved = office.write(create_client, actor, None, draft).value
    assert [(one.client.id, one.reasons) for one in saved.similar] == [(mira, ("email", "name"))]
    assert saved.client_id != mira


def test_similar_clients_are_found_while_typing(office: Office, actor: Actor) -> None:
    mira = make_client(office, actor, "Mira Anne Okafor", phone="0049 30 1234567", email="m@example.com")
    gone = make_client(office, actor, "Double", email="double@example.com")
    merge(office, actor, gone, mira)

    def found(**fields: Any) -> list[int]:
        return [one.client.id for one in office.read(similar_clients, ClientDraft(**fields))]

    assert found(name="Okafor, Mira Anne") == [mira]
    assert found(name="x", phone="49 30 1234567") == [mira]
    assert found(name="x", email="double@example.com") == [mira]
    assert found() == found(name="Mira") == found(name="x", phone="12", email="m@example") == []
    assert office.read(similar_clients, ClientDraft("Mira Anne Okafor"), mira) == ()


def test_nobody_leaves_the_list_by_being_merged_into_an_archived_client(office: Office, actor: Actor) -> None:
    a, b, c = clients(office, actor, 3)
    for archived in (b, c):
        office.write(archive_client, actor, None, archived)
    assert refused(office.write, merge_clients, actor, None, a, b) == "merge.into_archived"
    merge(office, actor, c, b)
    merge(office, actor, b, a)
    assert [one.id for one in office.read(client_page).rows] == [a]
