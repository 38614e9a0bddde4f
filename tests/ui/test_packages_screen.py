"""The Packages screen on real books: making, publishing, changing, ordering; what survives and what not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QWidget

from frontdesk.models.money import Money
from frontdesk.services.class_types import add_class_type
from frontdesk.services.drafts.class_types import ClassTypeDraft
from frontdesk.services.drafts.packages import PackageDraft
from frontdesk.services.drafts.settings import StudioSettingsDraft
from frontdesk.services.package_lists import package_detail, package_rows
from frontdesk.services.packages import package_draft, save_package
from frontdesk.services.settings import change_studio
from frontdesk.ui.context import UiContext
from frontdesk.ui.i18n import set_right_to_left
from frontdesk.ui.package_words import PackageWords
from frontdesk.ui.screens.packages import PackagesScreen
from frontdesk.ui.theme import Scheme, theme
from frontdesk.ui.widgets.surfaces import Chip, EmptyState
from tests.builders import make_client, make_package, make_sale
from tests.ui.conftest import Show
from tests.ui.desks import ScreenDesk, screen_desk
from tests.ui.walk import assert_accessible, assert_no_clashes, assert_nothing_cut_off


@pytest.fixture
def desk(running: UiContext, _sqlite_template: Path, tmp_path: Path, show: Show) -> Iterator[ScreenDesk]:
    """The window over fresh books."""
    with screen_desk(running, _sqlite_template, tmp_path) as made:
        show(made.window)
        yield made


async def opened(desk: ScreenDesk, *route: object) -> PackagesScreen:
    await desk.in_front()
    desk.window.navigate("packages", *route)
    await desk.settled()
    screen = desk.window.current_screen()
    assert isinstance(screen, PackagesScreen)
    return screen


def write(screen: PackagesScreen, **typed: str) -> None:
    """Types into fields as a person does."""
    for key, text in typed.items():
        field: QLineEdit = screen.editor.form[key]
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)


def pick(screen: PackagesScreen, key: str, value: Any) -> None:
    """Chooses a segment as a person does."""
    field = screen.editor.form[key]
    field.set_value(value)
    field.edited.emit()


async def press(desk: ScreenDesk, dialog: str, key: Qt.Key) -> None:
    QTest.keyClick(desk.find(QDialog, dialog), key)
    await desk.settled()


async def run(desk: ScreenDesk, command: str) -> None:
    desk.context.actions[command].trigger()
    await desk.settled()


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


def text(desk: ScreenDesk, name: str) -> str:
    return desk.find(QLabel, name).text()


def names(desk: ScreenDesk) -> list[str]:
    return [row.name for row in desk.office.read(package_rows)]


async def test_without_packages_the_screen_teaches_and_offers_the_first_one(desk: ScreenDesk) -> None:
    """U6"""
    screen = await opened(desk)
    shown = screen._right.currentWidget()
    assert isinstance(shown, EmptyState) and shown.sentence.plain_text().startswith(
        "A package is what you sell"
    )
    assert shown.button is not None and shown.button.text() == "New package"
    shown.button.click()
    await desk.settled()
    assert screen.editor.key == -1 and screen._right.currentWidget() is screen.editor


async def test_the_pack_of_the_example_is_made_and_put_on_sale_by_keyboard_alone(desk: ScreenDesk) -> None:
    """P1, P2, P3: Buy 10, get 2 free, for 90, within 90 days."""
    screen = await opened(desk)
    QTest.keyClick(screen, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    form = screen.editor.form
    assert form["name"].hasFocus()
    tab = Qt.Key.Key_Tab
    await desk.keys("10-class pack", tab, tab, "10", tab, "2", tab, "90", tab, tab, "90")
    assert screen.editor.words.sentence(form.readable()) == "12 credits for 90.00 USD, use within 90 days"
    QTest.keyClick(form["validity_count"], Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await desk.settled()
    (row,) = desk.office.read(package_rows)
    assert (row.name, row.status, row.credits, row.bonus) == ("10-class pack", "published", 10, 2)
    assert row.price == Money(9000, "USD") and row.validity.count == 90
    assert desk.toast() == "10-class pack is on sale."
    assert not screen.editor.is_touched and screen.editor.status == "published"


async def test_the_sentence_follows_what_is_typed(desk: ScreenDesk) -> None:
    make_package(desk.office, desk.ana)
    screen = await opened(desk)
    assert text(desk, "packageSentence") == "12 credits for 90.00 USD, use within 90 days"
    write(screen, credits="11", price="95.5")
    pick(screen, "validity_kind", "months")
    write(screen, validity_count="3")
    assert text(desk, "packageSentence") == "13 credits for 95.50 USD, use within 3 months"
    pick(screen, "validity_starts", "first_class")
    write(screen, latest_start_days="14", price="0")
    assert text(desk, "packageSentence") == (
        "13 credits, free of charge, use within 3 months of your first class, which is within 14 days"
    )
    pick(screen, "validity_kind", "never")
    assert text(desk, "packageSentence") == "13 credits, free of charge, no end date"


async def test_a_save_on_sale_says_that_sold_lots_stay_and_makes_a_version(desk: ScreenDesk) -> None:
    """P4: changes apply to future sales; N sold packs keep their terms, each counted once with its bonus."""
    package = make_package(desk.office, desk.ana)
    for packs, name in enumerate(("Mira Okafor", "Jonas Weber"), 1):
        make_sale(desk.office, desk.ana, make_client(desk.office, desk.ana, name), package, packs)
    screen = await opened(desk, package)
    write(screen, price="95")
    QTest.keyClick(screen.editor.form["price"], Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    told = text(desk, "savePackageDialogConsequenceText")
    assert told == "Changes apply to future sales; 3 sold packs keep what they were sold with."
    assert desk.office.read(package_detail, package).row.version == 1
    await press(desk, "savePackageDialog", Qt.Key.Key_Return)
    detail = desk.office.read(package_detail, package)
    assert detail.row.version == 2 and detail.row.price == Money(9500, "USD")
    assert detail.versions[0].changed == ("price",) and detail.versions[1].sold == 3
    assert desk.toast() == "Saved as version 2."
    screen.editor.tabs.show_page("versions")
    assert "Price: 90.00 USD → 95.00 USD" in texts(screen.editor.versions)


async def test_esc_in_the_save_dialog_saves_nothing_and_keeps_what_was_typed(desk: ScreenDesk) -> None:
    package = make_package(desk.office, desk.ana)
    screen = await opened(desk, package)
    write(screen, price="95")
    await run(desk, "package.save")
    await press(desk, "savePackageDialog", Qt.Key.Key_Escape)
    assert desk.office.read(package_detail, package).row.version == 1
    assert screen.editor.is_touched and screen.editor.form["price"].text() == "95"


async def test_what_was_typed_survives_other_packages_and_screens_and_is_marked(desk: ScreenDesk) -> None:
    first = make_package(desk.office, desk.ana)
    second = make_package(desk.office, desk.ana, name="Single", credits=1, bonus=0)
    screen = await opened(desk, first)
    write(screen, price="9,x", name="Ten")
    chip = desk.find(Chip, "packageUnsaved")
    assert chip.text() == "Unsaved"
    await opened(desk, second)
    assert screen.editor.form["name"].text() == "Single" and chip.isHidden()
    desk.window.navigate("settings")
    await desk.settled()
    await opened(desk, first)
    assert screen.editor.form["price"].text() == "9,x" and screen.editor.form["name"].text() == "Ten"
    assert screen.editor.is_touched and chip.text() == "Unsaved"
    lines = screen._list._model.rows()
    assert [line.unsaved for line in lines] == [True, False]
    assert names(desk) == ["10-class pack", "Single"]


async def test_a_second_ctrl_s_makes_no_second_package(desk: ScreenDesk) -> None:
    screen = await opened(desk, "new")
    write(screen, name="One", credits="1", price="5", validity_count="30")
    desk.context.actions["package.save"].trigger()
    desk.context.actions["package.save"].trigger()
    await desk.settled()
    assert names(desk) == ["One"]


async def test_packages_that_were_never_saved_wait_in_the_list(desk: ScreenDesk) -> None:
    make_package(desk.office, desk.ana)
    screen = await opened(desk)
    await run(desk, "package.new")
    write(screen, name="One")
    await run(desk, "package.new")
    write(screen, name="Two", credits="1", price="5", validity_count="30")
    lines = screen._list._model.rows()
    assert [line.name for line in lines] == ["10-class pack", "One", "Two"]
    await run(desk, "package.save")
    assert names(desk) == ["10-class pack", "Two"]
    assert desk.toast() == "Saved as a draft. It is not on sale yet."
    screen._list.table.choose(-1)
    await desk.settled()
    assert screen.editor.form["name"].text() == "One" and screen.editor.is_touched


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"name": ""}, "name", "Fill this in to go on."),
        ({"name": "x" * 201}, "name", "longer than"),
        ({"credits": "0"}, "credits", "The least that is possible here is 1"),
        ({"credits": "-3"}, "credits", "The least that is possible here is 1"),
        ({"credits": "ten"}, "credits", "is not a number"),
        ({"bonus": "-1"}, "bonus", "The least that is possible here is 0"),
        ({"price": "9.999"}, "price", "USD has 2 decimals"),
        ({"price": "-5"}, "price", "The least that is possible here is 0.00 USD"),
        ({"price": "cheap"}, "price", "is not an amount"),
        ({"validity_count": ""}, "validity_count", "Fill this in to go on."),
        ({"validity_count": "0"}, "validity_count", "The least that is possible here is 1"),
        ({"per_client_limit": "0"}, "per_client_limit", "The least that is possible here is 1"),
        ({"tax_milli_percent": "a lot"}, "tax_milli_percent", "is not a tax rate"),
    ],
)  # fmt: skip
async def test_bad_input_is_told_beside_its_field_and_nothing_is_saved(
    desk: ScreenDesk, typed: dict[str, str], field: str, sentence: str
) -> None:
    """P6."""
    package = make_package(desk.office, desk.ana)
    screen = await opened(desk, package)
    for key, text in typed.items():
        screen.editor.form[key].setText(text)
        screen.editor.form[key].edited.emit()
    screen.editor.tabs.show_page("versions")
    await run(desk, "package.save")
    assert sentence in screen.editor.form.problem(field)
    assert screen.editor.tabs.current() == "terms" and screen.editor.form[field].hasFocus()
    assert desk.office.read(package_detail, package).row.version == 1


async def test_online_prices_and_empty_choices_are_told_beside_their_fields(desk: ScreenDesk) -> None:
    """P6: below Stripe's minimum when published online; no class type at all."""
    package = make_package(desk.office, desk.ana)
    screen = await opened(desk, package)
    write(screen, price="0.20")
    pick(screen, "online", True)
    pick(screen, "eligible", ())
    await run(desk, "package.save")
    assert "Stripe charges 0.50 USD or more" in screen.editor.form.problem("price")
    assert "Choose at least one class type" in screen.editor.form.problem("eligible")


async def test_all_problems_are_told_at_once(desk: ScreenDesk) -> None:
    screen = await opened(desk)
    await run(desk, "package.new")
    write(screen, credits="x")
    await run(desk, "package.save")
    form = screen.editor.form
    assert all(form.problem(key) for key in ("name", "credits", "price", "validity_count"))
    assert form["name"].hasFocus()
    assert names(desk) == []


async def test_a_name_that_is_on_sale_is_told_beside_the_name(desk: ScreenDesk) -> None:
    """P6: duplicate names of packages on sale."""
    make_package(desk.office, desk.ana)
    draft = make_package(desk.office, desk.ana, publish=False)
    screen = await opened(desk, draft)
    await run(desk, "package.publish")
    assert "Another package on sale is called 10-class pack" in screen.editor.form.problem("name")
    assert desk.office.read(package_detail, draft).row.status == "draft"


async def test_a_hidden_field_never_stops_a_save(desk: ScreenDesk) -> None:
    package = make_package(desk.office, desk.ana, publish=False)
    screen = await opened(desk, package)
    write(screen, validity_count="soon")
    pick(screen, "validity_kind", "never")
    await run(desk, "package.save")
    assert desk.office.read(package_detail, package).row.validity.kind == "never"


async def test_statuses_go_back_and_forth_with_undo(desk: ScreenDesk) -> None:
    """P2."""
    package = make_package(desk.office, desk.ana)
    screen = await opened(desk, package)

    def status() -> str:
        return desk.office.read(package_detail, package).row.status

    await run(desk, "package.archive")
    assert status() == "archived" and desk.toast() == "10-class pack is archived. Sold credits live on."
    desk.find(QPushButton, "toastAction").click()
    await desk.settled()
    assert status() == "published"
    await run(desk, "package.unpublish")
    assert status() == "draft"
    await run(desk, "package.archive")
    await run(desk, "package.restore")
    assert status() == "draft" and screen.editor.status == "draft"


async def test_archiving_keeps_what_was_typed(desk: ScreenDesk) -> None:
    package = make_package(desk.office, desk.ana)
    screen = await opened(desk, package)
    write(screen, price="95")
    await run(desk, "package.archive")
    assert screen.editor.form["price"].text() == "95" and screen.editor.is_touched


async def test_one_that_was_sold_is_not_deleted_and_the_window_says_why(desk: ScreenDesk) -> None:
    """P2."""
    package = make_package(desk.office, desk.ana)
    make_sale(desk.office, desk.ana, make_client(desk.office, desk.ana), package)
    await opened(desk, package)
    await run(desk, "package.delete")
    assert "so it has to stay in the books. Archive it instead." in desk.window.banner.text()
    assert names(desk) == ["10-class pack"]


async def test_one_that_was_never_sold_is_deleted_after_asking(desk: ScreenDesk) -> None:
    """P2."""
    package = make_package(desk.office, desk.ana)
    make_package(desk.office, desk.ana, name="Single")
    screen = await opened(desk, package)
    await run(desk, "package.delete")
    assert names(desk) == ["10-class pack", "Single"]
    await press(desk, "deletePackageDialog", Qt.Key.Key_Return)
    assert names(desk) == ["Single"] and screen.editor.form["name"].text() == "Single"


async def test_a_duplicate_is_a_draft_ready_for_its_name(desk: ScreenDesk) -> None:
    package = make_package(desk.office, desk.ana)
    screen = await opened(desk, package)
    await run(desk, "package.duplicate")
    assert names(desk) == ["10-class pack", "10-class pack (copy)"]
    assert screen.editor.form["name"].hasFocus() and screen.editor.status == "draft"


async def test_alt_up_and_dragging_change_the_order_for_good(desk: ScreenDesk) -> None:
    """P1: sort order."""
    for name in ("A", "B", "C"):
        make_package(desk.office, desk.ana, name=name)
    screen = await opened(desk, 3)
    QTest.keyClick(screen._list.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    await desk.settled()
    assert names(desk) == ["A", "C", "B"]
    model = screen._list._model
    data: QMimeData = model.mimeData([model.index(0, 0)])
    model.dropMimeData(data, Qt.DropAction.MoveAction, 3, 0, QModelIndex())
    await desk.settled()
    assert names(desk) == ["C", "B", "A"]
    assert [line.name for line in model.rows()] == ["C", "B", "A"]


async def test_the_filter_shows_one_status_and_order_within_it_keeps_the_others(desk: ScreenDesk) -> None:
    for name, publish in (("A", True), ("B", False), ("C", True)):
        make_package(desk.office, desk.ana, name=name, publish=publish)
    screen = await opened(desk)
    screen._list._filter._group.button(1).click()
    model = screen._list._model
    assert [line.name for line in model.rows()] == ["A", "C"]
    model.move(3, 0)
    await desk.settled()
    assert names(desk) == ["C", "B", "A"]
    screen._list._filter._group.button(3).click()
    assert model.rowCount() == 0 and desk.has("packagesEmpty")
    desk.find(QPushButton, "packagesEmptyAction").click()
    assert model.rowCount() == 3


async def test_what_another_desk_saved_meanwhile_is_told_and_nothing_typed_is_lost(desk: ScreenDesk) -> None:
    package = make_package(desk.office, desk.ana)
    screen = await opened(desk, package)
    write(screen, price="95")
    draft = replace(desk.office.read(package_draft, package), credits=12)
    outcome = desk.office.write(save_package, desk.ben, None, package, draft, 1)
    desk.context.notifier.broadcast(outcome.changes)
    await desk.settled()
    assert screen.editor.banner.text() == "Ben saved version 2 meanwhile. What you typed is still here."
    assert screen.editor.form["price"].text() == "95"
    await run(desk, "package.save")
    await press(desk, "savePackageDialog", Qt.Key.Key_Return)
    assert "was changed at another desk meanwhile" in text(desk, "savePackageDialogBannerText")
    await press(desk, "savePackageDialog", Qt.Key.Key_Escape)
    desk.find(QPushButton, "packageBannerAction").click()
    await desk.settled()
    assert screen.editor.form["credits"].text() == "12" and screen.editor.form["price"].text() == "90.00"


async def test_discarding_can_be_undone(desk: ScreenDesk) -> None:
    package = make_package(desk.office, desk.ana)
    screen = await opened(desk, package)
    write(screen, price="95")
    await run(desk, "package.discard")
    assert screen.editor.form["price"].text() == "90.00" and not screen.editor.is_touched
    desk.find(QPushButton, "toastAction").click()
    await desk.settled()
    assert screen.editor.form["price"].text() == "95" and screen.editor.is_touched


async def test_nothing_changed_is_said_instead_of_ignoring_save(desk: ScreenDesk) -> None:
    """U6: Save is never silently disabled."""
    package = make_package(desk.office, desk.ana)
    screen = await opened(desk, package)
    assert desk.find(QPushButton, "packageSaveButton").isEnabled()
    write(screen, price="90")
    await run(desk, "package.save")
    assert desk.toast() == "Nothing has changed, so there is nothing to save."
    assert not screen.editor.is_touched


async def test_eligible_class_types_are_chosen_and_named(desk: ScreenDesk) -> None:
    yoga = desk.office.write(add_class_type, desk.ana, None, ClassTypeDraft("Yoga")).value
    desk.office.write(add_class_type, desk.ana, None, ClassTypeDraft("Pilates", 2, "orange"))
    package = make_package(desk.office, desk.ana, publish=False)
    screen = await opened(desk, package)
    pick(screen, "eligible", (yoga,))
    assert "for Yoga" in texts(screen.editor)[-0:][0] or any(
        "for Yoga" in text for text in texts(screen.editor)
    )
    await run(desk, "package.save")
    assert desk.office.read(package_draft, package).eligible == (yoga,)


async def test_an_empty_list_teaches_and_its_button_begins_a_package(desk: ScreenDesk) -> None:
    screen = await opened(desk)
    assert desk.has("packagesEmpty")
    desk.find(QPushButton, "packagesEmptyAction").click()
    await desk.settled()
    assert screen.editor.status == "new" and screen.editor.form["name"].hasFocus()


@pytest.mark.parametrize("size", [(1024, 640), (1920, 1080), (760, 560)])
async def test_everything_is_named_and_nothing_is_cut_off(desk: ScreenDesk, size: tuple[int, int]) -> None:
    """U3."""
    desk.office.write(add_class_type, desk.ana, None, ClassTypeDraft("Yoga"))
    package = make_package(desk.office, desk.ana)
    desk.window.resize(*size)
    screen = await opened(desk, package)
    pick(screen, "eligible", ())
    pick(screen, "validity_starts", "first_class")
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        theme().set_scheme(scheme)
        assert_accessible(desk.window)
        assert_nothing_cut_off(desk.window)
    assert_no_clashes(desk.context)


async def test_the_list_tells_how_often_each_was_sold_also_in_the_smallest_window(desk: ScreenDesk) -> None:
    """U3, P4."""
    package = make_package(desk.office, desk.ana)
    make_sale(desk.office, desk.ana, make_client(desk.office, desk.ana, "Mira Okafor"), package)
    desk.window.resize(1024, 640)
    screen = await opened(desk, package)
    table = screen._list.table
    titles = [table.model().headerData(at, Qt.Orientation.Horizontal) for at in range(5)]
    sold = titles.index("Sold")
    assert not table.isColumnHidden(sold) and table.model().index(0, sold).data() == "1"
    assert_nothing_cut_off(table)


async def test_esc_goes_back_to_the_list_where_room_is_short(desk: ScreenDesk) -> None:
    """U2: Esc goes back and never loses typed text."""
    package = make_package(desk.office, desk.ana)
    desk.window.resize(760, 560)
    screen = await opened(desk, package)
    write(screen, price="95")
    await desk.keys(Qt.Key.Key_Escape)
    assert screen._list.table.isVisible() and not screen.editor.isVisible()
    await desk.keys(Qt.Key.Key_Return)
    assert screen.editor.isVisible() and screen.editor.form["price"].text() == "95.00"


async def test_another_currency_reaches_prices_title_and_field(desk: ScreenDesk) -> None:
    """S9: before the first sale packages keep the number on their price tag."""
    make_package(desk.office, desk.ana)
    screen = await opened(desk)
    draft = StudioSettingsDraft("Sunrise", "JPY", "Asia/Tokyo")
    outcome = desk.office.write(change_studio, desk.ana, None, draft)
    session = desk.context.session
    session.update(studio=session.studio._replace(currency="JPY", zone="Asia/Tokyo"))
    desk.context.notifier.broadcast(outcome.changes)
    await desk.settled()
    assert text(desk, "packageSentence") == "12 credits for 90 JPY, use within 90 days"
    assert screen.editor.form["price"].text() == "90"
    assert screen._list._model.headerData(3, Qt.Orientation.Horizontal) == "Price, JPY"


def test_words_tell_what_a_save_changes(context: UiContext) -> None:
    """P4."""
    words = PackageWords(context.formats, {1: "Yoga"})
    before = PackageDraft("Pack", credits=10, price=Money(9000, "USD"), validity_count=90)
    after = replace(
        before, validity_kind="months", validity_count=3, eligible=(1,), per_client_limit=1, bonus=2
    )
    assert words.changes(before, after) == [
        ("Bonus credits", "0", "2"),
        ("Validity", "use within 90 days", "use within 3 months"),
        ("Classes", "for all classes", "for Yoga"),
        ("Limit per client", "none", "once"),
    ]
    assert words.changes(before, before) == []


async def test_rows_can_be_chosen_where_text_runs_from_right_to_left(desk: ScreenDesk) -> None:
    """U7."""
    set_right_to_left(True)
    try:
        for name in ("A", "B"):
            make_package(desk.office, desk.ana, name=name)
        screen = await opened(desk, 2)
        assert screen.editor.form["name"].text() == "B"
        assert_nothing_cut_off(desk.window)
    finally:
        set_right_to_left(False)


async def test_where_only_one_half_has_room_the_list_comes_first(desk: ScreenDesk) -> None:
    """An empty editor is no place to begin; one that is worked in stays when the window gets narrow."""
    make_package(desk.office, desk.ana)
    desk.window.resize(1024, 640)
    theme().set_scale(1.5)
    screen = await opened(desk)
    assert screen._split.is_paged() and screen._list.isVisible()
    assert not screen._right.isVisible() and screen._list.table.hasFocus()
    theme().set_scale(1.0)
    assert not screen._split.is_paged() and screen._list.isVisible() and screen._right.isVisible()
    theme().set_scale(1.5)
    assert screen._list.isVisible()
    theme().set_scale(1.0)
    await run(desk, "package.new")
    theme().set_scale(1.5)
    assert screen._split.is_paged() and not screen._list.isVisible()
    assert screen.editor.form["name"].hasFocus()


async def test_large_text_turns_the_two_halves_into_pages(desk: ScreenDesk) -> None:
    """U3: nothing is cut off at 150 %."""
    package = make_package(desk.office, desk.ana)
    desk.window.resize(1024, 640)
    theme().set_scale(1.5)
    screen = await opened(desk, package)
    assert screen._split.is_paged() and not screen._list.isVisible()
    assert screen.editor.form.width() <= screen.editor._scroll.viewport().width()
    assert_nothing_cut_off(desk.window)
