"""New clients, their cards, duplicates and merging, and the picker."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from frontdesk.services.clients import client_card
from frontdesk.services.search import search_clients
from frontdesk.ui.dialogs.duplicates import DuplicatesDialog
from frontdesk.ui.dialogs.edit_client import EditClientDialog
from frontdesk.ui.dialogs.merge import MergeDialog
from frontdesk.ui.dialogs.new_client import NewClientDialog
from frontdesk.ui.dialogs.transfer import TransferDialog
from frontdesk.ui.theme import Scheme, theme
from tests.ui.clients.conftest import CTRL, Clients
from tests.ui.walk import assert_accessible, assert_nothing_cut_off

#: Every dialog of the area with what it is asked with; ids are Mira's.
DIALOGS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("adjust", (1,)),
    ("record_visit", ()),
    ("record_visit", (1,)),
    ("extend", (1,)),
    ("extend_many", ()),
    ("freeze", (1,)),
    ("transfer", (1,)),
    ("revive", (1, 2)),
    ("new_client", ()),
    ("edit_client", (1,)),
    ("merge", (1,)),
    ("merge", (1, 2)),
    ("duplicates", ()),
)


async def test_a_new_client_takes_a_name_a_number_and_enter(clients: Clients) -> None:
    """In five seconds, without the mouse."""
    await clients.open_list()
    await clients.press(Qt.Key.Key_F4)
    await clients.write("Zoe Park")
    await clients.press(Qt.Key.Key_Tab)
    await clients.write("0171 5550123")
    await clients.press(Qt.Key.Key_Return)
    assert clients.dialogs() == ()
    screen = clients.open_profile()
    assert screen.title() == "Zoe Park"
    client_id = screen.chosen_client()
    assert client_id is not None
    assert clients.office.read(client_card, client_id).phone == "0171 5550123"


async def test_what_was_searched_for_is_the_new_clients_name(clients: Clients) -> None:
    await clients.open_list()
    await clients.write("zoe park")
    await clients.press(Qt.Key.Key_N, held=CTRL)
    dialog = clients.dialog("newClientDialog")
    assert isinstance(dialog, NewClientDialog)
    assert dialog.form["name"].value() == "Zoe Park"
    assert dialog.form["phone"].hasFocus()


async def test_who_it_may_already_be_is_shown_while_typing_and_can_be_taken(clients: Clients) -> None:
    """D4."""
    await clients.open_list()
    dialog = await clients.ask("new_client")
    assert isinstance(dialog, NewClientDialog)
    await clients.write("Okafor Mira")
    assert [hint.client.id for hint in dialog.similar.hints()] == [clients.mira]
    clients.click(f"similar{clients.mira}")
    await clients.settled()
    assert clients.open_profile().chosen_client() == clients.mira


async def test_problems_stand_beside_their_fields(clients: Clients) -> None:
    """P6."""
    await clients.open_list()
    dialog = await clients.ask("new_client")
    assert isinstance(dialog, NewClientDialog)
    dialog.form["email"].setFocus()
    await clients.write("mira at home")
    await clients.press(Qt.Key.Key_Return)
    assert dialog.form.problem("name") == "Fill this in to go on."
    assert dialog.form.problem("email").startswith("This is not an e-mail address")


async def test_a_card_is_edited_and_keeps_its_notes(clients: Clients) -> None:
    await clients.profile("overview")
    await clients.press(Qt.Key.Key_E, held=CTRL)
    dialog = clients.dialog("editClientDialog")
    assert isinstance(dialog, EditClientDialog)
    await clients.write("Mira O.")
    await clients.press(Qt.Key.Key_Return)
    card = clients.office.read(client_card, clients.mira)
    assert (card.name, card.email, card.alert) == ("Mira O.", "mira@example.com", "Knee injury")
    assert clients.open_profile().title() == "Mira O."


async def test_two_cards_become_one_and_two_again(clients: Clients) -> None:
    """D4: merging can be undone."""
    twin = clients.client("Mira Okafor", email="mira@example.com")
    clients.sell(twin)
    await clients.profile("overview")
    dialog = await clients.ask("merge", clients.mira, twin)
    assert isinstance(dialog, MergeDialog)
    assert "24 credits together" in dialog.consequence.text.text()
    await clients.press(Qt.Key.Key_Return)
    assert clients.account().usable == 24
    clients.click("toastAction")
    await clients.settled()
    assert clients.account().usable == 12


async def test_the_card_that_stays_can_be_chosen(clients: Clients) -> None:
    twin = clients.client("Mira O.", email="mira@example.com")
    await clients.profile("overview")
    dialog = await clients.ask("merge", clients.mira, twin)
    assert isinstance(dialog, MergeDialog)
    QTest.mouseClick(dialog.cards[1].keep, Qt.MouseButton.LeftButton)
    assert dialog.primary.text() == "Merge into Mira O."
    await clients.press(Qt.Key.Key_Return)
    assert clients.office.read(client_card, clients.mira).id == twin


async def test_duplicates_are_merged_one_after_the_other(clients: Clients) -> None:
    """D4."""
    clients.client("Mira Okafor", email="mira@example.com")
    clients.client("Okafor Mira", phone="020 7946 0958")
    await clients.open_list()
    dialog = await clients.ask("duplicates")
    assert isinstance(dialog, DuplicatesDialog)
    assert dialog.pairs.rowCount() == 2
    await clients.press(Qt.Key.Key_Return)
    await clients.press(Qt.Key.Key_Return)
    assert dialog.pairs.rowCount() == 1
    assert clients.dialogs() == ("duplicatesDialog",)


async def test_the_picker_makes_a_new_client_on_the_way(clients: Clients) -> None:
    await clients.profile()
    dialog = await clients.ask("transfer", clients.mira)
    assert isinstance(dialog, TransferDialog)
    await clients.write("Zoe Park")
    await clients.press(Qt.Key.Key_Return)
    assert clients.dialogs() == ("transferDialog", "newClientDialog")
    await clients.press(Qt.Key.Key_Return)
    assert clients.dialogs() == ("transferDialog",)
    chosen = dialog.picker.client()
    assert chosen is not None
    assert chosen.name == "Zoe Park"
    assert [hit.id for hit in clients.office.read(search_clients, "zoe")] == [chosen.id]


async def test_the_picker_shows_the_beginning_of_a_long_name(clients: Clients) -> None:
    name = "Anne-Sophie Wilhelmine Charlotte Elisabeth von und zu Hohenlohe-Waldenburg-Schillingsfürst"
    clients.client(name)
    dialog = await clients.ask("transfer", clients.mira)
    assert isinstance(dialog, TransferDialog)
    await clients.write("anne")
    await clients.press(Qt.Key.Key_Return)
    field = dialog.picker.field
    assert field.text() == name and field.cursorPosition() == 0
    dialog.form.is_touched = False
    dialog.reject()


async def test_the_picker_takes_the_first_hit_however_fast_enter_comes(clients: Clients) -> None:
    clients.client("Ada Dubois")
    await clients.profile()
    dialog = await clients.ask("transfer", clients.mira)
    assert isinstance(dialog, TransferDialog)
    field = dialog.picker.field
    QTest.keyClicks(field, "ada")
    QTest.keyClick(field, Qt.Key.Key_Return)
    await clients.settled()
    chosen = dialog.picker.client()
    assert chosen is not None
    assert chosen.name == "Ada Dubois"
    assert not dialog.picker.popup.isVisible()


async def test_a_name_that_nobody_chose_is_refused_beside_the_field(clients: Clients) -> None:
    await clients.profile()
    dialog = await clients.ask("transfer", clients.mira)
    assert isinstance(dialog, TransferDialog)
    await clients.write("ada")
    await clients.press(Qt.Key.Key_Escape)
    assert not dialog.picker.popup.isVisible()
    QTest.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    await clients.settled()
    assert dialog.form.problem("to_client_id").startswith("No client is chosen yet for “ada”")


async def test_every_dialog_has_names_and_nothing_cut_off_in_both_schemes(clients: Clients) -> None:
    """U3."""
    clients.client("Ada Dubois")
    await clients.profile()
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        theme().set_scheme(scheme)
        for name, asked in DIALOGS:
            dialog = await clients.ask(name, *asked)
            assert_accessible(dialog)
            assert_nothing_cut_off(dialog)
            dialog.reject()
            await clients.settled()
