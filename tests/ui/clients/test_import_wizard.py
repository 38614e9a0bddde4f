"""The import wizard on real books: file, columns, dry run, import, and the way back (D3)."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton

from frontdesk.services.clients import edit_client
from frontdesk.services.csv_reading.columns import Field
from frontdesk.services.drafts.clients import ClientDraft
from frontdesk.services.imports import import_batches
from frontdesk.services.search import search_clients
from frontdesk.ui.dialogs.import_clients import ImportClientsDialog, Step
from frontdesk.ui.dialogs.importing.choose_page import DropZone
from frontdesk.ui.dialogs.importing.take_back import TakeBackDialog
from frontdesk.ui.tokens import SPACE_3
from tests.support.event_loop import until
from tests.ui.clients.conftest import Clients
from tests.ui.walk import assert_accessible, assert_nothing_cut_off

HEADER = "Client;E-Mail;Mobile;Born;Package;Left;Valid until;Source"
ZOE = "Zoë Brönte;zoe@example.com;+49 30 123456;31.12.1990;10-class pack;6;01.03.2027;a friend"
TOM = "Tom Ito;tom@example;;;;;;saw 4111 1111 1111 1111"
BAD = "Total;2"


class Wizard:
    """The wizard and a folder of exports."""

    def __init__(self, clients: Clients, folder: Path) -> None:
        self.clients = clients
        self.folder = folder
        self.dialog: ImportClientsDialog = None  # type: ignore[assignment]

    def file(
        self, *lines: str, name: str = "export.csv", encoding: str = "cp1252", header: str = HEADER
    ) -> str:
        """An export of another system."""
        path = self.folder / name
        path.write_bytes("\r\n".join((header, *lines)).encode(encoding))
        return str(path)

    async def open(self, *, earlier: bool = False) -> None:
        """The wizard, on its first page."""
        self.dialog = cast(ImportClientsDialog, await self.clients.ask("import_clients", earlier=earlier))

    async def choose(self, path: str) -> None:
        """Goes on to the columns of a file."""
        self.dialog.choose(path)
        await self.clients.settled()

    async def forward(self) -> None:
        """The filled button."""
        await until(self.dialog.is_armed)
        self.dialog.primary.click()
        await self.clients.settled()

    async def to_report(self, path: str) -> None:
        """Opens, chooses and tries out."""
        await self.open()
        await self.choose(path)
        await self.forward()
        assert self.at(Step.REPORT), self.dialog.columns_page.form.problem("order")

    async def imported(self, path: str) -> None:
        """Brings a file in."""
        await self.to_report(path)
        await self.forward()
        assert self.at(Step.DONE)

    def at(self, step: Step) -> bool:
        """Whether that page is shown."""
        return self.dialog.step is step

    def numbers(self) -> dict[str, str]:
        """What the dry run counts."""
        parts = self.dialog.report_page.numbers._numbers
        return {key: number.number.text() for key, number in parts.items()}

    def held(self) -> dict[str, object]:
        """What each column comes in as."""
        page = self.dialog.columns_page
        return {name.text(): select.value() for name, select in zip(page._names, page.selects, strict=True)}

    async def set_column(self, name: str, field: object) -> None:
        """Says what a column holds."""
        select = self.dialog.columns_page.selects[list(self.held()).index(name)]
        select.set_value(cast(str, field))
        select.edited.emit()
        await self.clients.settled()

    async def set_reading(self, key: str, value: object) -> None:
        """Another encoding, delimiter or header row."""
        field = self.dialog.columns_page.form[key]
        field.set_value(value)
        field.edited.emit()
        await self.clients.settled()

    def found(self, text: str) -> list[str]:
        """Names that a search finds."""
        return [hit.name for hit in self.clients.office.read(search_clients, text)]

    def take_back(self) -> TakeBackDialog:
        """The open dialog that takes an import back."""
        return cast(TakeBackDialog, self.clients.dialog("takeBackDialog"))


@pytest.fixture
def wizard(clients: Clients, tmp_path: Path) -> Wizard:
    """Sunrise with Mira, and nothing imported yet."""
    return Wizard(clients, tmp_path)


async def test_a_file_comes_in_step_by_step_and_goes_again(wizard: Wizard) -> None:
    """D3: the numbers first, then the books, then the way back."""
    await wizard.open()
    assert wizard.dialog.choose_page.earlier.isHidden() and wizard.dialog.primary.isHidden()
    await wizard.choose(wizard.file(ZOE, TOM, BAD, "Mira Okafor;mira@example.com;;;Gift;2;;"))
    assert "export.csv" in wizard.dialog.subtitle_label.text()
    await wizard.forward()
    assert wizard.numbers() == {"created": "2", "matched": "1", "packs": "2", "credits": "8", "left_out": "1"}
    assert wizard.found("bronte") == [], "nothing is written yet"
    assert wizard.dialog.primary.text() == "Import 2 clients and 2 packs"
    await wizard.forward()
    assert wizard.at(Step.DONE) and wizard.found("bronte") == ["Zoë Brönte"]
    assert wizard.clients.account().usable == 14
    wizard.clients.click("importUndoButton")
    await until(lambda: wizard.take_back().isActiveWindow())
    told = wizard.take_back().told
    assert "2 clients and 2 packs" in told.plain_text()
    assert told.height() <= told.heightForWidth(told.width()) + 2, "it floats between two gaps"
    await wizard.clients.press(Qt.Key.Key_Return)
    assert wizard.found("bronte") == [] and wizard.clients.account().usable == 12
    assert wizard.clients.toast() == "Taken back: 2 clients and 8 credits."
    assert "Taken back" in wizard.dialog.done_page.banner.text()
    assert wizard.dialog.done_page.button.isHidden()
    await wizard.forward()
    assert wizard.clients.dialogs() == ()


async def test_which_rows_were_left_out_can_be_had_once_it_is_in(wizard: Wizard) -> None:
    """D3: row by row, also for whoever was quick."""
    await wizard.imported(wizard.file(ZOE, TOM, BAD))
    page = wizard.dialog.done_page
    assert wizard.at(Step.DONE) and "2 rows were left out or changed" in page.remarks.text()
    captions = [label.text() for label in page.numbers.findChildren(QLabel)]
    assert captions[-1] == "row left out" and "pack" in captions
    wizard.clients.click("importDoneSaveReport")
    await until(lambda: wizard.clients.find(QFileDialog, "importReportDialog").isVisible())
    target = wizard.folder / "report.csv"
    wizard.clients.find(QFileDialog, "importReportDialog").fileSelected.emit(str(target))
    await until(target.exists)
    wizard.clients.find(QFileDialog, "importReportDialog").reject()
    await wizard.forward()


async def test_a_file_without_remarks_offers_no_report_behind_it(wizard: Wizard) -> None:
    await wizard.imported(wizard.file(ZOE))
    assert wizard.at(Step.DONE)
    assert wizard.dialog.done_page.report_button.isHidden() and wizard.dialog.done_page.remarks.isHidden()
    await wizard.forward()


async def test_the_keyboard_alone_brings_a_file_in(wizard: Wizard) -> None:
    """U1: Enter goes on, Esc goes back."""
    await wizard.open()
    await wizard.choose(wizard.file(ZOE))
    await wizard.clients.press(Qt.Key.Key_Return)
    assert wizard.at(Step.REPORT)
    await wizard.clients.press(Qt.Key.Key_Escape)
    assert wizard.at(Step.COLUMNS)
    await wizard.clients.press(Qt.Key.Key_Return)
    assert QApplication.focusWidget() is wizard.dialog.primary
    await until(wizard.dialog.is_armed)
    await wizard.clients.press(Qt.Key.Key_Return)
    assert wizard.at(Step.DONE)
    await wizard.clients.press(Qt.Key.Key_Return)
    assert wizard.clients.dialogs() == () and wizard.found("bronte") == ["Zoë Brönte"]


async def test_a_double_click_imports_nothing_that_nobody_has_seen(wizard: Wizard) -> None:
    await wizard.open()
    await wizard.choose(wizard.file(ZOE))
    await wizard.forward()
    wizard.dialog.primary.click()
    await wizard.clients.settled()
    assert wizard.at(Step.REPORT) and wizard.found("bronte") == []


# The columns


async def test_packs_that_would_not_come_in_are_said_so_on_top(wizard: Wizard) -> None:
    await wizard.open()
    await wizard.choose(wizard.file(ZOE))
    note = wizard.dialog.columns_page.note
    assert note.isHidden()
    credits = next(name for name, field in wizard.held().items() if field is Field.PACK_CREDITS)
    await wizard.set_column(credits, "")
    assert "clients come in without packs" in note.text()
    assert note.property("tone") == "warning"
    assert note.y() < wizard.dialog.columns_page._grid_box.y()


async def test_what_is_left_may_be_told_by_what_there_was_and_what_is_used(wizard: Wizard) -> None:
    """D3: as soon as there is a column for each."""
    await wizard.open()
    await wizard.choose(wizard.file("Zoë Li;10-class pack;10;4", header="Name;Pass;All;Done"))
    note = wizard.dialog.columns_page.note
    assert "nor one as “Credits in all”" in note.text() and note.property("tone") == "warning"
    for column, field in (("All", Field.PACK_TOTAL), ("Done", Field.PACK_USED)):
        await wizard.set_column(column, field)
    assert note.text() == "“Credits left” of a pack is reckoned as “Credits in all” less “Credits used”."
    assert note.property("tone") == "info"


async def test_columns_are_suggested_with_samples_beside_them(wizard: Wizard) -> None:
    await wizard.open()
    await wizard.choose(wizard.file(ZOE, TOM))
    held = wizard.held()
    assert held["Client"] is Field.FULL_NAME and held["E-Mail"] is Field.EMAIL
    assert held["Valid until"] is Field.PACK_EXPIRES and held["Source"] == ""
    samples = [label.text() for label in wizard.dialog.columns_page._samples]
    assert samples[0] == "Zoë Brönte · Tom Ito"
    assert "4111" not in samples[-1], "A5: a card number is no example"


async def test_a_field_is_in_one_column_and_the_other_gives_way(wizard: Wizard) -> None:
    await wizard.open()
    await wizard.choose(wizard.file(ZOE))
    await wizard.set_column("Source", Field.EMAIL)
    assert (wizard.held()["Source"], wizard.held()["E-Mail"]) == (Field.EMAIL, "")
    await wizard.set_column("Source", "")
    assert wizard.held()["Source"] == ""
    await wizard.set_column("Source", Field.NOTES)
    await wizard.forward()
    await wizard.forward()
    (hit,) = wizard.clients.office.read(search_clients, "bronte")
    assert hit.email == "" and wizard.at(Step.DONE)


async def test_another_encoding_is_read_at_once_and_keeps_what_was_said(wizard: Wizard) -> None:
    """D3: shown and changeable, with a live preview."""
    await wizard.open()
    await wizard.choose(wizard.file(ZOE))
    assert wizard.dialog.columns_page.form["encoding"].value() == "cp1252"
    await wizard.set_column("Source", Field.NOTES)
    await wizard.set_reading("encoding", "cp850")
    assert wizard.dialog.columns_page._samples[0].text() == "ZoÙ Br÷nte"
    assert wizard.held()["Source"] is Field.NOTES
    await wizard.set_reading("encoding", "cp1252")
    assert wizard.dialog.columns_page._samples[0].text() == "Zoë Brönte"


async def test_another_delimiter_makes_other_columns(wizard: Wizard) -> None:
    await wizard.open()
    await wizard.choose(wizard.file(ZOE))
    await wizard.set_reading("delimiter", ",")
    assert len(wizard.dialog.columns_page.selects) == 1
    await wizard.forward()
    assert wizard.at(Step.COLUMNS), "nothing in it names anybody"
    assert "No column names the clients" in wizard.dialog.columns_page.form.problem("encoding")
    await wizard.set_reading("delimiter", ";")
    assert wizard.held()["Client"] is Field.FULL_NAME


async def test_the_row_of_the_names_can_be_said(wizard: Wizard) -> None:
    await wizard.open()
    await wizard.choose(wizard.file(ZOE))
    await wizard.set_reading("header", 0)
    assert (
        next(iter(wizard.held())) == "Column 1" and "Client" in wizard.dialog.columns_page._samples[0].text()
    )
    await wizard.set_reading("header", 1)
    assert next(iter(wizard.held())) == "Client"
    await wizard.set_reading("header", 5)
    assert "no rows" in wizard.dialog.columns_page.form.problem("encoding")
    assert next(iter(wizard.held())) == "Client", "the reading that worked stays"


async def test_dates_are_asked_about_only_where_they_read_both_ways(wizard: Wizard) -> None:
    """D3."""
    await wizard.open()
    await wizard.choose(wizard.file(ZOE))
    order = wizard.dialog.columns_page.form["order"]
    assert not order.isVisible()
    await wizard.choose(wizard.file(ZOE.replace("01.03.2027", "04/05/2027").replace("31.12.1990", "")))
    assert order.isVisible() and order.value() is None
    await wizard.forward()
    assert wizard.at(Step.COLUMNS)
    assert "04/05/2027" in wizard.dialog.columns_page.form.problem("order")
    order.set_value("day_first")
    await wizard.forward()
    await wizard.forward()
    (hit,) = wizard.clients.office.read(search_clients, "bronte")
    (lot,) = wizard.clients.account(hit.id).lots
    assert lot.last_day is not None and lot.last_day.isoformat() == "2027-05-04"


async def test_going_back_and_closing_lose_nothing(wizard: Wizard) -> None:
    """U2: Esc goes back a step; what was said is there again, also after closing."""
    await wizard.open()
    await wizard.choose(wizard.file(ZOE.replace("01.03.2027", "04/05/2027").replace("31.12.1990", "")))
    await wizard.set_column("Source", Field.NOTES)
    wizard.dialog.columns_page.form["order"].set_value("month_first")
    await wizard.forward()
    await wizard.clients.press(Qt.Key.Key_Escape, Qt.Key.Key_Escape)
    assert wizard.at(Step.CHOOSE)
    assert wizard.dialog.primary.text() == "Go on with export.csv"
    await wizard.forward()
    assert wizard.held()["Source"] is Field.NOTES
    assert wizard.dialog.columns_page.order() == "month_first"
    wizard.dialog.cancel_button.click()
    assert wizard.clients.dialogs() == ()
    await wizard.open()
    assert wizard.at(Step.COLUMNS) and wizard.held()["Source"] is Field.NOTES
    assert "here again" in wizard.dialog.banner.text()
    wizard.clients.click("importClientsDialogBannerAction")
    assert wizard.at(Step.CHOOSE) and wizard.dialog.primary.isHidden()


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"PK\x03\x04 workbook", "Excel workbook"), (b"", "The file is empty"), (None, "cannot be read")],
)
async def test_a_file_that_is_none_is_said_to_be_none(
    wizard: Wizard, content: bytes | None, told: str
) -> None:
    """U6."""
    path = wizard.folder / "list.csv"
    if content is not None:
        path.write_bytes(content)
    await wizard.open()
    await wizard.choose(str(path))
    assert wizard.at(Step.CHOOSE) and told in wizard.dialog.banner.text()


async def test_a_file_can_be_dropped(wizard: Wizard) -> None:
    path = wizard.file(ZOE)
    await wizard.open()
    zone = wizard.clients.find(DropZone, "importDropZone")
    for urls, taken in (([path, path], False), ([path], True)):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(one) for one in urls])
        at, copy = QPointF(5, 5), Qt.DropAction.CopyAction
        buttons, held = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        with warnings.catch_warnings():
            # Newer Qt takes the point as a QPointF, older Qt only as a QPoint.
            warnings.simplefilter("ignore", DeprecationWarning)
            enter = QDragEnterEvent(at.toPoint(), copy, data, buttons, held)
        enter.ignore()
        zone.dragEnterEvent(enter)
        assert enter.isAccepted() is taken
        zone.dropEvent(QDropEvent(at, copy, data, buttons, held))
        await wizard.clients.settled()
        assert wizard.at(Step.COLUMNS if taken else Step.CHOOSE)


# The dry run


async def test_the_report_shows_all_rows_or_only_problems_in_sentences(wizard: Wizard) -> None:
    await wizard.to_report(wizard.file(ZOE, TOM, BAD))
    page = wizard.dialog.report_page
    assert [row.number for row in page.model.rows()] == [2, 3, 4]
    QTest.mouseClick(wizard.clients.find(QPushButton, "importFilter1"), Qt.MouseButton.LeftButton)
    await wizard.clients.settled()
    assert [row.number for row in page.model.rows()] == [3, 4]
    page.table.selectRow(0)
    assert page.remark.text().startswith("“tom@example” is not an e-mail address")
    assert wizard.clients.find(QPushButton, "importFilter1").text() == "Only problems 2"


async def test_why_a_row_is_left_out_comes_before_anything_else_about_it(wizard: Wizard) -> None:
    tom = "Tom Ito;tom@example;+49 30 998877;;;;;"
    await wizard.to_report(wizard.file(ZOE, tom + "web", tom + "fair"))
    page = wizard.dialog.report_page
    remarks = [page.model.index(at, 4).data() for at in range(3)]
    assert remarks[1].startswith("“tom@example” is not an e-mail address")
    assert remarks[2].startswith("This row is the same as row 3. It is left out.")
    assert "not an e-mail address" in remarks[2]


async def test_a_long_report_comes_in_pages(wizard: Wizard) -> None:
    await wizard.to_report(wizard.file(*(f"Tom Ito{n};t{n}@example.com;;;;;;" for n in range(250))))
    model = wizard.dialog.report_page.model
    while model.canFetchMore(model.index(-1, -1)):
        model.fetchMore(model.index(-1, -1))
        await wizard.clients.settled()
    assert [row.number for row in model.rows()] == list(range(2, 252))


async def test_the_report_is_saved_as_csv(wizard: Wizard) -> None:
    await wizard.to_report(wizard.file(ZOE, TOM, BAD))
    target = wizard.folder / "report.csv"
    wizard.dialog.report_page.save.emit(str(target))
    await wizard.clients.settled()
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[0] for row in rows] == ["Row", "2", "3", "4"] and "not an e-mail" in rows[2][4]
    assert str(target) in wizard.clients.toast()


async def test_the_same_file_comes_in_again_only_when_that_is_said(wizard: Wizard) -> None:
    path = wizard.file(ZOE)
    await wizard.imported(path)
    await wizard.forward()
    await wizard.to_report(path)
    page = wizard.dialog.report_page
    assert "imported already" in page.before.text() and page.again.isVisible()
    await wizard.forward()
    assert wizard.at(Step.REPORT) and QApplication.focusWidget() is page.again
    assert len(wizard.clients.office.read(import_batches)) == 1
    page.again.click()
    await wizard.forward()
    assert wizard.at(Step.DONE)
    assert len(wizard.clients.office.read(import_batches)) == 2


async def test_a_file_that_brings_nothing_says_so(wizard: Wizard) -> None:
    """U6: the button is there, and says why not."""
    await wizard.to_report(wizard.file("Mira Okafor;mira@example.com;;;;;;"))
    assert "nothing to import" in wizard.dialog.consequence.text.text()
    await wizard.forward()
    assert wizard.at(Step.REPORT) and "brings nobody in" in wizard.dialog.banner.text()


async def test_the_import_tells_how_far_it_is(wizard: Wizard) -> None:
    await wizard.to_report(wizard.file(*(f"Tom Ito{n};t{n}@example.com;;;Pack;2;;" for n in range(30))))
    told: list[tuple[int, int]] = []
    wizard.dialog.progressed.connect(lambda done, total: told.append((done, total)))
    await wizard.forward()
    assert told == [(30, 60), (60, 60)]
    assert wizard.dialog.working.number.caption.text() == "of 60 written"


async def test_what_an_import_brought_in_can_be_read_in_the_list(wizard: Wizard) -> None:
    """U3: a file may have any name."""
    path = wizard.file(ZOE, *(f"Tom Ito{n};t{n}@example.com;;;Pack;2;;" for n in range(1200)), name="e" * 90)
    await wizard.imported(path)
    await wizard.forward()
    await wizard.open(earlier=True)
    table = wizard.dialog.choose_page.table
    assert table.model().index(0, 2).data() == "1,201 clients and 1,201 packs"
    room = table.columnWidth(2) - 2 * SPACE_3
    assert table.fontMetrics().horizontalAdvance("20,000 clients and 20,400 packs") <= room


# Taking back


async def test_earlier_imports_are_listed_and_taken_back_but_for_rows_acted_on(wizard: Wizard) -> None:
    """D3: it says which rows stayed and why."""
    await wizard.imported(wizard.file(ZOE, TOM))
    await wizard.forward()
    (hit,) = wizard.clients.office.read(search_clients, "bronte")
    wizard.clients.clock.pass_time(hours=1)
    draft = ClientDraft("Zoë Brontë", "zoe@example.com")
    wizard.clients.office.write(edit_client, wizard.clients.actor, None, hit.id, draft)
    await wizard.open(earlier=True)
    page = wizard.dialog.choose_page
    assert page.table.hasFocus() and [one.file_name for one in page.model.rows()] == ["export.csv"]
    await wizard.clients.press(Qt.Key.Key_Return)
    await until(lambda: wizard.take_back().isActiveWindow())
    wizard.take_back().primary.click()
    await wizard.clients.settled()
    dialog = wizard.take_back()
    shown = [dialog.model.index(0, at).data() for at in range(3)]
    assert shown == ["2", "Zoë Brontë", "The card was changed since."]
    assert "1 row stayed" in dialog.told.plain_text() and dialog.primary.isHidden()
    dialog.cancel_button.click()
    assert page.back_button.isHidden() and page.model.index(0, 4).data() == "Taken back, 1 row stayed"
    assert wizard.found("ito") == [] and wizard.found("bronte") == ["Zoë Brontë"]


async def test_imports_are_reached_from_the_palette_and_settings(wizard: Wizard) -> None:
    """U2."""
    names = {action.text for action in wizard.clients.context.actions.all()}
    assert {"Import clients", "Imports: take one back"} <= names
    wizard.clients.window.navigate("settings", "data")
    await wizard.clients.settled()
    wizard.clients.click("importClientsButton")
    assert wizard.clients.dialogs() == ("importClientsDialog",)


# Everybody can use it


@pytest.mark.parametrize("step", ["choose", "columns", "report", "done"])
async def test_each_page_is_accessible_and_fits_a_small_screen(wizard: Wizard, step: str) -> None:
    """U3: works from 1024 × 640."""
    path = wizard.file(ZOE, TOM, BAD)
    await wizard.imported(path)
    await wizard.forward()
    await wizard.open()
    go: dict[str, Callable[[], None]] = {"choose": lambda: None}
    go["columns"] = go["report"] = go["done"] = lambda: wizard.dialog.choose(path)
    go[step]()
    await wizard.clients.settled()
    if step in ("report", "done"):
        await wizard.forward()
    if step == "done":
        wizard.dialog.report_page.again.click()
        await wizard.forward()
    assert wizard.dialog.step.name.lower() == step
    assert_accessible(wizard.dialog)
    assert_nothing_cut_off(wizard.dialog)
    assert wizard.dialog.height() <= 640
