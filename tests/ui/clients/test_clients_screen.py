"""The Clients screen: search as one types, the keyboard, filters, empty states, Ctrl+K."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from frontdesk.models.database import Database
from frontdesk.services.clients import archive_client
from frontdesk.services.office import Cancel, Office
from frontdesk.services.views.clients import ClientFilter
from frontdesk.ui.command_palette import palette_of
from frontdesk.ui.dialogs.sell import SellDialog
from frontdesk.ui.screens.clients import ClientsScreen
from frontdesk.ui.screens.packages import PackagesScreen
from frontdesk.ui.widgets.surfaces import EmptyState
from tests.builders import build_studio, make_package
from tests.support.event_loop import until
from tests.ui.clients.conftest import CTRL, Clients
from tests.ui.walk import assert_accessible, assert_no_clashes, assert_nothing_cut_off


def names(screen: ClientsScreen) -> list[str]:
    return [row.name for row in screen.table._list.rows()]


async def test_list_shows_clients_by_name_with_credits_and_what_expires_first(clients: Clients) -> None:
    clients.client("Ada Dubois")
    screen = await clients.open_list()
    assert names(screen) == ["Ada Dubois", "Mira Okafor"]
    cells = screen._model._cells[1]
    assert [cell.text for cell in cells] == [
        "Mira Okafor",
        "mira@example.com · +44 20 7946 0958",
        "12",
        "in 90 days · 4 Apr 2027",
    ]
    assert cells[0].tag == "Knee injury"


async def test_focus_is_in_the_search_and_the_first_letters_find(clients: Clients) -> None:
    """D2: accents and word order do not count."""
    clients.client("Zoë Ångström")
    screen = await clients.open_list()
    assert QApplication.focusWidget() is screen.search
    await clients.write("angs")
    assert names(screen) == ["Zoë Ångström"]
    assert screen._found.text() == "1 client found"


async def test_more_hits_than_are_shown_are_told_as_such(clients: Clients) -> None:
    """D2"""
    for number in range(41):
        clients.client(f"Zoë Ångström {number}")
    screen = await clients.open_list()
    await clients.write("angs")
    assert len(names(screen)) == 40
    assert screen._found.text() == "The first 40. Type more letters."


async def test_arrows_choose_while_one_types_on_and_enter_opens_the_profile(clients: Clients) -> None:
    clients.client("Mila Berg")
    screen = await clients.open_list()
    await clients.write("mi")
    assert names(screen) == ["Mila Berg", "Mira Okafor"]
    assert screen.table.current().name == "Mila Berg"
    await clients.press(Qt.Key.Key_Down)
    assert QApplication.focusWidget() is screen.search
    assert screen.table.current().name == "Mira Okafor"
    await clients.press(Qt.Key.Key_Return)
    assert clients.open_profile().title() == "Mira Okafor"


async def test_enter_opens_who_was_typed_last_however_fast(clients: Clients) -> None:
    """An answer to older letters is never opened."""
    clients.client("Mila Berg")
    screen = await clients.open_list()
    QTest.keyClicks(screen.search, "mi")
    QTest.keyClicks(screen.search, "ra")
    QTest.keyClick(screen.search, Qt.Key.Key_Return)
    await clients.settled()
    assert clients.open_profile().title() == "Mira Okafor"


async def test_typing_mistakes_are_found_and_said(clients: Clients) -> None:
    """D2."""
    screen = await clients.open_list()
    await clients.write("okafro")
    assert names(screen) == ["Mira Okafor"]
    assert screen._found.text() == "No exact match. These names are close."


async def test_nobody_found_offers_a_new_client_of_that_name(clients: Clients) -> None:
    """U6: one action."""
    await clients.open_list()
    await clients.write("quentin")
    button = clients.find(QPushButton, "clientsNobodyAction")
    assert button.text() == "New client “quentin”"
    clients.click("clientsNobodyAction")
    await clients.settled()
    assert clients.dialogs() == ("newClientDialog",)


async def test_escape_clears_the_search_and_what_was_typed_survives_navigation(clients: Clients) -> None:
    """U2: Esc goes back one step."""
    clients.client("Ada Dubois")
    screen = await clients.open_list()
    await clients.write("mira")
    await clients.press(Qt.Key.Key_Return)
    await clients.press(Qt.Key.Key_Escape)
    assert clients.window.current_screen() is screen
    assert screen.search.text() == "mira"
    assert names(screen) == ["Mira Okafor"]
    await clients.press(Qt.Key.Key_Escape)
    assert names(screen) == ["Ada Dubois", "Mira Okafor"]


async def test_archived_clients_have_a_filter_and_are_marked_in_the_search(clients: Clients) -> None:
    ada = clients.client("Ada Dubois")
    clients.office.write(archive_client, clients.actor, None, ada)
    screen = await clients.open_list()
    assert names(screen) == ["Mira Okafor"]
    screen.segments._clicked(1)
    screen.segments.set_value(ClientFilter.ARCHIVED)
    await clients.settled()
    assert names(screen) == ["Ada Dubois"]
    await clients.write("ada")
    assert screen._model._cells[0][0].tag == "Archived"


async def test_a_list_without_clients_says_how_to_get_some(clients: Clients) -> None:
    """U6."""
    clients.office.write(archive_client, clients.actor, None, clients.mira)
    screen = await clients.open_list()
    assert names(screen) == []
    assert clients.find(QPushButton, "clientsEmptyAction").text() == "Import clients"


async def test_a_new_studio_is_led_to_its_first_package(
    clients: Clients, tmp_path: Path, _sqlite_template: Path
) -> None:
    """U6: the next step, with one action."""
    database = Database.open(f"sqlite:///{shutil.copyfile(_sqlite_template, tmp_path / 'new.db')}")
    try:
        office = Office(database, clients.clock)
        actor = build_studio(office)
        clients.context.tasks.attach_office(office, Cancel, lambda: actor)
        screen = await clients.open_list()
        button = clients.find(QPushButton, "clientsEmptyAction")
        assert button.text() == "Make the first package" and "first sale" in empty_sentence(screen)
        button.click()
        await clients.settled()
        packages = clients.window.current_screen()
        assert isinstance(packages, PackagesScreen)
        assert packages.editor.key == -1
        make_package(office, actor)
        await clients.open_list()
        assert clients.find(QPushButton, "clientsEmptyAction").text() == "Import clients"
    finally:
        await clients.settled()
        database.close()


def empty_sentence(screen: ClientsScreen) -> str:
    found = screen.findChild(EmptyState, "clientsEmpty")
    assert found is not None
    return found.sentence.plain_text()


async def test_a_change_elsewhere_shows_at_once_and_keeps_the_chosen_row(clients: Clients) -> None:
    clients.client("Ada Dubois")
    screen = await clients.open_list()
    await clients.press(Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert screen.table.current().name == "Mira Okafor"
    outcome = clients.office.write(archive_client, clients.actor, None, screen._model.rows()[0].id)
    clients.context.notifier.broadcast(outcome.changes)
    await clients.settled()
    assert names(screen) == ["Mira Okafor"]
    assert screen.table.current().name == "Mira Okafor"


async def test_find_anything_finds_clients_and_opens_their_profile(clients: Clients) -> None:
    """D2: Ctrl+K from anywhere."""
    await clients.open_list()
    await clients.press(Qt.Key.Key_K, held=CTRL)
    await clients.write("oka")
    assert palette_of(clients.window).entries()[0].text == "Mira Okafor"
    await clients.press(Qt.Key.Key_Return)
    assert clients.open_profile().title() == "Mira Okafor"


async def test_a_new_package_is_a_command_of_every_screen_and_stands_there_once(clients: Clients) -> None:
    """D2"""
    await clients.open_list()
    for _ in range(2):
        await clients.press(Qt.Key.Key_K, held=CTRL)
        await clients.write("new package")
        palette = palette_of(clients.window)
        assert [entry.text for entry in palette.entries()] == ["New package"]
        await clients.press(Qt.Key.Key_Return)
        screen = clients.window.current_screen()
        assert isinstance(screen, PackagesScreen) and clients.find(QLineEdit, "packageName").hasFocus()


async def test_a_client_searched_for_is_meant_by_record_visit(clients: Clients) -> None:
    await clients.open_list()
    await clients.write("mira")
    await clients.press(Qt.Key.Key_F3)
    await clients.press(Qt.Key.Key_Return)
    assert clients.account().usable == 11


async def test_a_row_pointed_at_is_meant_by_sell_until_the_list_is_entered_anew(clients: Clients) -> None:
    """By a click, or by the arrows; one that is only left from the last visit means nobody."""
    clients.client("Ada Dubois")
    screen = await clients.open_list()
    assert screen.chosen_client() is None
    await clients.press(Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert screen.chosen_client() == clients.mira
    await clients.open_list()
    assert screen.table.current().id == clients.mira and screen.chosen_client() is None
    place = screen.table.visualRect(screen.table.currentIndex()).center()
    QTest.mouseClick(screen.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    await clients.press(Qt.Key.Key_F2)
    dialog = clients.dialog("sellDialog")
    assert isinstance(dialog, SellDialog)
    await until(lambda: (chosen := dialog.form.picker.client()) is not None and chosen.id == clients.mira)
    dialog.form.is_touched = False
    dialog.reject()


async def test_the_screen_has_names_for_everything_and_nothing_is_cut_off(clients: Clients) -> None:
    """U3."""
    screen = await clients.open_list()
    assert_accessible(screen)
    assert_nothing_cut_off(screen)
    await clients.profile()
    assert_no_clashes(clients.context)
