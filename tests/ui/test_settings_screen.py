"""The Settings screen on real books: forms, lists, look, the check of the books and the export."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QLineEdit, QPushButton, QWidget

from frontdesk.models.money import Money
from frontdesk.services.class_types import class_type_rows
from frontdesk.services.desks import desk_rows, rename_desk
from frontdesk.services.drafts.class_types import COLOURS
from frontdesk.services.settings import studio_view
from frontdesk.services.staff import staff_rows
from frontdesk.ui.context import UiContext
from frontdesk.ui.dialogs.settings import colour_name
from frontdesk.ui.screens.settings import SettingsScreen
from frontdesk.ui.screens.settings_computer import DataSection
from frontdesk.ui.screens.settings_section import FormSection
from frontdesk.ui.theme import Scheme, theme
from frontdesk.ui.tokens import CLASS_COLOURS
from frontdesk.ui.widgets.surfaces import Chip, KeyValues
from tests.builders import make_client, make_package, make_sale
from tests.support.event_loop import until
from tests.ui.conftest import Show
from tests.ui.desks import ScreenDesk, screen_desk
from tests.ui.walk import assert_accessible, assert_no_clashes, assert_nothing_cut_off

SECTIONS = ("studio", "tax", "desks", "staff", "class_types", "receipts", "payments", "look", "data")


@pytest.fixture
def desk(running: UiContext, _sqlite_template: Path, tmp_path: Path, show: Show) -> Iterator[ScreenDesk]:
    """The window over fresh books."""
    with screen_desk(running, _sqlite_template, tmp_path) as made:
        show(made.window)
        yield made


async def opened(desk: ScreenDesk, section: str) -> SettingsScreen:
    await desk.in_front()
    desk.window.navigate("settings", section)
    await desk.settled()
    screen = desk.window.current_screen()
    assert isinstance(screen, SettingsScreen)
    return screen


async def form_of(desk: ScreenDesk, section: str) -> FormSection:
    shown = (await opened(desk, section)).current()
    assert isinstance(shown, FormSection)
    return shown


def write(section: FormSection, **typed: str) -> None:
    """Types into fields as a person does."""
    for key, text in typed.items():
        field = section.form[key]
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)


async def save(desk: ScreenDesk) -> None:
    desk.context.actions["settings.save"].trigger()
    await desk.settled()


async def press(desk: ScreenDesk, dialog: str, key: Qt.Key) -> None:
    QTest.keyClick(desk.find(QDialog, dialog), key)
    await desk.settled()


def text(desk: ScreenDesk, name: str) -> str:
    return desk.find(QLabel, name).text()


async def test_the_studio_is_changed_until_the_first_sale_locks_currency_and_zone(desk: ScreenDesk) -> None:
    """S9, C4."""
    section = await form_of(desk, "studio")
    write(section, name="Moon Yoga", currency="eur", zone="Europe/Lisbon")
    await save(desk)
    view = desk.office.read(studio_view)
    assert (view.name, view.currency, view.zone) == ("Moon Yoga", "EUR", "Europe/Lisbon")
    assert desk.toast() == "Studio: saved."
    package = make_package(desk.office, desk.ana, price=Money(9000, "EUR"))
    make_sale(desk.office, desk.ana, make_client(desk.office, desk.ana), package)
    section = await form_of(desk, "studio")
    assert section.form["currency"].isReadOnly() and section.form["zone"].isReadOnly()
    assert not section.form["name"].isReadOnly()
    assert "Locked since the first sale" in section.form["currency"].accessibleDescription()


@pytest.mark.parametrize(
    ("section", "typed", "field", "sentence"),
    [
        ("studio", {"name": ""}, "name", "Fill this in to go on."),
        ("studio", {"currency": "Taler"}, "currency", "“Taler” is not one of the choices."),
        ("studio", {"zone": "Mordor"}, "zone", "“Mordor” is not one of the choices."),
        ("tax", {"rate_milli_percent": "101"}, "rate_milli_percent", "is not a tax rate"),
        ("tax", {"rate_milli_percent": "19", "name": ""}, "name", "Fill this in to go on."),
    ],
)
async def test_bad_input_is_told_beside_its_field_and_nothing_is_saved(
    desk: ScreenDesk, section: str, typed: dict[str, str], field: str, sentence: str
) -> None:
    before = desk.office.read(studio_view)
    shown = await form_of(desk, section)
    for key, text_typed in typed.items():
        shown.form[key].setText(text_typed)
        shown.form[key].edited.emit()
    await save(desk)
    assert sentence in shown.form.problem(field)
    assert desk.office.read(studio_view) == before


async def test_tax_is_kept_with_its_decimals(desk: ScreenDesk) -> None:
    """S2."""
    section = await form_of(desk, "tax")
    write(section, name="Sales tax", rate_milli_percent="8.875")
    await save(desk)
    view = desk.office.read(studio_view)
    assert (view.tax_name, view.tax_rate_milli_percent) == ("Sales tax", 8875)


async def test_what_is_typed_survives_sections_screens_and_changes_of_others(desk: ScreenDesk) -> None:
    section = await form_of(desk, "studio")
    write(section, name="Moon")
    assert desk.find(Chip, "settingsStudioUnsaved").isVisible()
    await opened(desk, "tax")
    desk.window.navigate("packages")
    await desk.settled()
    outcome = desk.office.write(rename_desk, desk.ben, None, desk.ana.desk_id, "Door")
    desk.context.notifier.broadcast(outcome.changes)
    await desk.settled()
    section = await form_of(desk, "studio")
    assert section.form["name"].text() == "Moon" and section.is_unsaved()
    desk.find(QPushButton, "settingsStudioDiscard").click()
    assert section.form["name"].text() == "Sunrise" and not section.is_unsaved()
    desk.find(QPushButton, "toastAction").click()
    assert section.form["name"].text() == "Moon" and section.is_unsaved()


async def test_the_receipt_follows_what_is_typed(desk: ScreenDesk) -> None:
    """S10."""
    section = await form_of(desk, "receipts")
    assert desk.find(QLabel, "settingsReceiptPreviewHeader").isHidden()
    section.form["header"].setFocus()
    QTest.keyClicks(section.form["header"], "12 Garden Street")
    assert text(desk, "settingsReceiptPreviewHeader") == "12 Garden Street"
    await save(desk)
    assert desk.office.read(studio_view).receipt_header == "12 Garden Street"


async def test_a_desk_is_added_by_keyboard_with_the_next_prefix(desk: ScreenDesk) -> None:
    """S1."""
    screen = await opened(desk, "desks")
    QTest.keyClick(screen, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(desk.find(QLineEdit, "deskName"), "Upstairs")
    await press(desk, "deskDialog", Qt.Key.Key_Return)
    assert [(row.name, row.prefix) for row in desk.office.read(desk_rows)] == [
        ("Front desk", "D1"),
        ("Upstairs", "D2"),
    ]


async def test_a_taken_desk_name_is_told_beside_the_field_and_esc_keeps_the_draft(desk: ScreenDesk) -> None:
    screen = await opened(desk, "desks")
    screen.current().add()
    desk.find(QDialog, "deskDialog").form["name"].setText("front DESK")  # type: ignore[attr-defined]
    await press(desk, "deskDialog", Qt.Key.Key_Return)
    assert "Another desk is called front DESK" in text(desk, "deskNameProblem")
    assert len(desk.office.read(desk_rows)) == 1


async def test_staff_are_added_renamed_archived_and_brought_back(desk: ScreenDesk) -> None:
    screen = await opened(desk, "staff")
    screen.current().add()
    desk.find(QDialog, "staffDialog").form["name"].setText("Chiara")  # type: ignore[attr-defined]
    await press(desk, "staffDialog", Qt.Key.Key_Return)
    assert [row.name for row in desk.office.read(staff_rows)] == ["Ana", "Ben", "Chiara"]
    section = screen.current()
    section.table.choose(desk.ben.staff_id)  # type: ignore[attr-defined]
    desk.find(QPushButton, "settingsStaffArchiveButton").click()
    await desk.settled()
    assert [row.name for row in desk.office.read(staff_rows) if row.archived] == ["Ben"]
    desk.find(QPushButton, "toastAction").click()
    await desk.settled()
    assert not any(row.archived for row in desk.office.read(staff_rows))


async def test_the_last_staff_member_stays_and_the_window_says_why(desk: ScreenDesk) -> None:
    screen = await opened(desk, "staff")
    section = screen.current()
    for id in (desk.ben.staff_id, desk.ana.staff_id):
        section.table.choose(id)  # type: ignore[attr-defined]
        desk.find(QPushButton, "settingsStaffArchiveButton").click()
        await desk.settled()
    assert "Ana is the only staff member" in desk.window.banner.text()


async def test_class_types_are_made_with_cost_and_colour_and_ordered(desk: ScreenDesk) -> None:
    """C13."""
    screen = await opened(desk, "class_types")
    for name, cost, colour in (("Yoga", "1", "teal"), ("Workshop", "3", "orange")):
        screen.current().add()
        form = desk.find(QDialog, "classTypeDialog").form  # type: ignore[attr-defined]
        form["name"].setText(name)
        form["cost"].setText(cost)
        form["colour"].set_value(colour)
        await press(desk, "classTypeDialog", Qt.Key.Key_Return)
        await desk.settled()
    section = screen.current()
    section.table.choose(2)  # type: ignore[attr-defined]
    await desk.in_front()
    section.table.setFocus()  # type: ignore[attr-defined]
    QTest.keyClick(section, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    await desk.settled()
    rows = desk.office.read(class_type_rows)
    assert [(row.name, row.cost, row.colour) for row in rows] == [
        ("Workshop", 3, "orange"),
        ("Yoga", 1, "teal"),
    ]


async def test_an_unreadable_cost_is_told_beside_its_field_with_the_missing_name(desk: ScreenDesk) -> None:
    screen = await opened(desk, "class_types")
    screen.current().add()
    desk.find(QDialog, "classTypeDialog").form["cost"].setText("two")  # type: ignore[attr-defined]
    await press(desk, "classTypeDialog", Qt.Key.Key_Return)
    assert "is not a number" in text(desk, "classTypeCostProblem")
    assert text(desk, "classTypeNameProblem") == "Fill this in to go on."
    assert desk.office.read(class_type_rows) == ()


async def test_colours_and_text_size_change_at_once_and_are_remembered(desk: ScreenDesk) -> None:
    section = (await opened(desk, "look")).current()
    form = section.form  # type: ignore[attr-defined]
    form["scheme"].set_value(Scheme.DARK)
    form["scheme"].edited.emit()
    form["scale"].set_value(1.25)
    form["scale"].edited.emit()
    assert theme().colors.dark and theme().scale == 1.25
    assert desk.context.preferences.scheme is Scheme.DARK and desk.context.preferences.text_scale == 1.25
    desk.context.actions["look.light"].trigger()
    assert form["scheme"].value() is Scheme.LIGHT


async def test_the_check_of_the_books_says_that_they_hold(desk: ScreenDesk) -> None:
    """R7."""
    make_sale(desk.office, desk.ana, make_client(desk.office, desk.ana), make_package(desk.office, desk.ana))
    await opened(desk, "data")
    desk.find(QPushButton, "checkBooksButton").click()
    await desk.settled()
    assert text(desk, "checkBooksBannerText").startswith("The books hold: 1 sales")


async def test_the_check_names_what_was_changed_behind_the_books(desk: ScreenDesk) -> None:
    """R7: one forged balance is named."""
    make_sale(desk.office, desk.ana, make_client(desk.office, desk.ana), make_package(desk.office, desk.ana))
    with desk.office.database.writing() as connection:
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'lot_balance'"
        for name in connection.exec_driver_sql(guards).scalars().all():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql("UPDATE lot_balance SET remaining = remaining - 1, used = used + 1")
    await opened(desk, "data")
    desk.find(QPushButton, "checkBooksButton").click()
    await desk.settled()
    assert "break a rule" in text(desk, "checkBooksBannerText")
    assert "the balance kept says" in text(desk, "checkBooksFindings")


async def test_everything_is_exported_into_a_new_folder_of_the_chosen_one(
    desk: ScreenDesk, tmp_path: Path
) -> None:
    """D3."""
    make_client(desk.office, desk.ana, "Mira Okafor")
    await opened(desk, "data")
    desk.window.resize(1024, 640)
    chosen = tmp_path / "chosen"
    chosen.mkdir()
    button = desk.find(QPushButton, "exportButton")
    button.setFocus()
    button.click()
    chooser = desk.find(QFileDialog, "exportFolderDialog")
    assert chooser.isVisible()
    chooser.fileSelected.emit(str(chosen))
    chooser.reject()
    await desk.settled()
    banner = desk.find(QWidget, "exportBanner")
    await until(lambda: banner.visibleRegion().boundingRect().height() == banner.height())
    assert desk.window.focusWidget() is button, "Enter pressed twice does not close the answer"
    assert desk.context.preferences.text("files/folder") == str(chosen), "the next one opens there"
    (made,) = chosen.iterdir()
    assert made.name.startswith("Sunrise Yoga ") and str(made) in text(desk, "exportBannerText")
    with (made / "csv" / "client.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["name"] for row in csv.DictReader(file)] == ["Mira Okafor"]


async def test_a_folder_that_cannot_be_written_to_is_told(desk: ScreenDesk, tmp_path: Path) -> None:
    section = (await opened(desk, "data")).current()
    assert isinstance(section, DataSection)
    blocked = tmp_path / "a file"
    blocked.write_text("")
    section.export_to(str(blocked))
    await desk.settled()
    assert "The export cannot be written to" in desk.window.banner.text()
    assert desk.find(QPushButton, "exportButton").isEnabled()


async def test_the_data_section_names_the_folder(desk: ScreenDesk, tmp_path: Path) -> None:
    await opened(desk, "data")
    assert desk.find(KeyValues, "settingsDataPlace").value("Folder") == str(tmp_path)


async def test_arrows_walk_through_the_sections(desk: ScreenDesk) -> None:
    screen = await opened(desk, "studio")
    for section in SECTIONS[1:]:
        await desk.keys(Qt.Key.Key_Down)
        assert screen.current() is screen.sections[section]


@pytest.mark.parametrize("size", [(1024, 640), (1920, 1080), (760, 560)])
async def test_everything_is_named_and_nothing_is_cut_off(desk: ScreenDesk, size: tuple[int, int]) -> None:
    """U3."""
    desk.window.resize(*size)
    for section in SECTIONS:
        await opened(desk, section)
        assert_accessible(desk.window)
        assert_nothing_cut_off(desk.window)
    assert_no_clashes(desk.context)


def test_every_colour_of_a_class_type_has_a_name_and_a_place_in_the_look(look: None) -> None:
    assert set(COLOURS) == set(CLASS_COLOURS)
    assert all(colour_name(one) != one for one in COLOURS)
