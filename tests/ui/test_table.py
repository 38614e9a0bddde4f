"""Lists: pages on demand, order from SQL, selection that stays, an empty state, keys."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from frontdesk.errors import Refused
from frontdesk.ui.context import UiContext
from frontdesk.ui.error_reporter import Report
from frontdesk.ui.formats import Formats
from frontdesk.ui.tables.paged_table_model import Cell, Column, Page, PagedTableModel, PageRequest, State
from frontdesk.ui.theme import theme
from frontdesk.ui.tokens import LIGHT, ROW_HEIGHT, SPACE_3, SPACE_5, Tone
from frontdesk.ui.widgets.basics import tip_lines
from frontdesk.ui.widgets.list_header import HEIGHT
from frontdesk.ui.widgets.surfaces import EmptyState
from frontdesk.ui.widgets.table_view import PagedTable
from tests.support.event_loop import until
from tests.ui.conftest import Show
from tests.ui.walk import assert_accessible


class Shelf:
    """Numbers by keyset pages, as a query would give them."""

    def __init__(self, numbers: range | list[int]) -> None:
        self.numbers = list(numbers)
        self.asked: list[PageRequest[int]] = []
        self.refuses = False

    async def page(self, request: PageRequest[int]) -> Page[int]:
        self.asked.append(request)
        if self.refuses:
            raise Refused("field.required")
        ordered = sorted(self.numbers, reverse=request.descending)
        start = 0 if request.after is None else ordered.index(request.after) + 1
        rows = tuple(ordered[start : start + request.limit])
        return Page(rows, start + len(rows) < len(ordered))


def shelf_model(context: UiContext, shelf: Shelf) -> PagedTableModel[int]:
    columns: list[Column[int]] = [
        Column("Name", lambda n: Cell(f"Client {n}", second="a member"), sort="name"),
        Column("Status", lambda n: Cell("Active", chip=Tone.GOOD), width=100, hide_below=300),
        Column("Amount", lambda n: context.formats.amount(n * 100), width=110, right=True, sort="amount"),
    ]
    return PagedTableModel(context.tasks, columns, shelf.page, key=lambda n: n, sort="name", page=50)


def shelf_table(model: PagedTableModel[int], show: Show) -> PagedTable:
    table = PagedTable(model, name="shelf", label="Clients")
    table.set_empty(EmptyState("No clients yet.", "New client"))
    table.resize(600, 400)
    show(table)
    return table


async def loaded(context: UiContext, model: PagedTableModel[int]) -> None:
    model.load()
    await context.tasks.settled()


async def test_pages_come_when_they_are_scrolled_to(running: UiContext, show: Show) -> None:
    shelf = Shelf(range(130))
    model = shelf_model(running, shelf)
    table = shelf_table(model, show)
    await loaded(running, model)
    assert model.rowCount() == 50
    table.scrollToBottom()
    await until(lambda: model.rowCount() == 100)
    table.scrollToBottom()
    await until(lambda: model.rowCount() == 130)
    assert [request.after for request in shelf.asked] == [None, 49, 99]
    assert not model.canFetchMore(model.index(-1, -1))


async def test_a_click_on_a_title_sorts_in_the_query(running: UiContext, show: Show) -> None:
    shelf = Shelf(range(130))
    model = shelf_model(running, shelf)
    table = shelf_table(model, show)
    await loaded(running, model)
    header = table.horizontalHeader()
    middle = QPoint(header.sectionViewportPosition(2) + 30, 10)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    await running.tasks.settled()
    assert (shelf.asked[-1].sort, shelf.asked[-1].descending) == ("amount", True)
    assert model.row_at(0) == 129
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    await running.tasks.settled()
    assert model.row_at(0) == 0


async def test_a_refresh_keeps_the_selection_and_the_place(running: UiContext, show: Show) -> None:
    shelf = Shelf(range(100, 200))
    model = shelf_model(running, shelf)
    table = shelf_table(model, show)
    await loaded(running, model)
    assert table.choose(130)
    place = table.verticalScrollBar().value()
    assert place > 0
    shelf.numbers.append(131_000)
    shelf.numbers.remove(101)
    chosen: list[int] = []
    table.row_chosen.connect(chosen.append)
    model.refresh()
    await running.tasks.settled()
    assert table.current() == 130
    assert table.verticalScrollBar().value() == place
    assert not chosen


async def test_rows_with_the_same_keys_are_only_redrawn(running: UiContext, show: Show) -> None:
    model = shelf_model(running, Shelf(range(20)))
    shelf_table(model, show)
    await loaded(running, model)
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    model.refresh()
    await running.tasks.settled()
    assert not resets


async def test_a_chosen_row_that_went_is_not_chosen_any_more(running: UiContext, show: Show) -> None:
    shelf = Shelf(range(20))
    model = shelf_model(running, shelf)
    table = shelf_table(model, show)
    await loaded(running, model)
    table.choose(7)
    shelf.numbers.remove(7)
    model.refresh()
    await running.tasks.settled()
    assert table.current() is None


async def test_an_empty_list_says_so_only_when_it_knows(running: UiContext, show: Show) -> None:
    """U6: every list has an empty state."""
    shelf = Shelf([])
    model = shelf_model(running, shelf)
    table = shelf_table(model, show)
    empty = table.findChild(EmptyState)
    assert empty is not None and not empty.isVisible()
    await loaded(running, model)
    assert empty.isVisible()
    shelf.numbers.append(1)
    model.refresh()
    await running.tasks.settled()
    assert not empty.isVisible()


async def test_a_list_that_cannot_be_read_tells_why_and_is_not_called_empty(
    running: UiContext, show: Show
) -> None:
    shelf = Shelf([])
    shelf.refuses = True
    model = shelf_model(running, shelf)
    table = shelf_table(model, show)
    reports: list[Report] = []
    running.errors.reported.connect(reports.append)
    await loaded(running, model)
    empty = table.findChild(EmptyState)
    assert reports and model.state is State.FAILED
    assert empty is not None and not empty.isVisible()


async def test_keys_choose_and_open(running: UiContext, show: Show) -> None:
    model = shelf_model(running, Shelf(range(60)))
    table = shelf_table(model, show)
    await loaded(running, model)
    chosen: list[int] = []
    opened: list[int] = []
    table.row_chosen.connect(chosen.append)
    table.opened.connect(opened.append)
    table.choose_first()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    QTest.keyClick(table, Qt.Key.Key_End)
    assert chosen[:3] == [0, 1, 49]
    assert opened == [1]
    assert_accessible(table)


async def test_a_column_of_less_weight_goes_where_there_is_no_room(running: UiContext, show: Show) -> None:
    table = shelf_table(shelf_model(running, Shelf(range(3))), show)
    assert not table.isColumnHidden(1)
    table.resize(280, 300)
    assert table.isColumnHidden(1)


async def test_columns_follow_the_size_of_the_text_at_once(
    running: UiContext, look: None, show: Show
) -> None:
    """U7: none is pushed out of sight by those that have grown."""
    columns: list[Column[int]] = [
        Column("Client", str),
        Column("Receipt", str, width=120, hide_below=500),
        Column("Amount", str, width=100, right=True),
    ]
    model = PagedTableModel(running.tasks, columns, Shelf([1]).page, key=lambda n: n)
    table = shelf_table(model, show)
    table.resize(560, 300)
    before = table.columnWidth(2)
    try:
        theme().set_scale(1.3)
        assert table.isColumnHidden(1) and table.columnWidth(2) > 1.2 * before
        assert table.horizontalScrollBar().maximum() == 0
    finally:
        theme().set_scale(1.0)
    assert not table.isColumnHidden(1) and table.columnWidth(2) == before


async def test_one_column_stands_in_for_others_where_there_is_no_room(running: UiContext, show: Show) -> None:
    columns: list[Column[int]] = [
        Column("Client", str, hide_below=300),
        Column("Client", lambda n: Cell(str(n), tag="Failed"), hide_from=300),
        Column("Status", str, width=90, hide_below=300),
    ]
    model = PagedTableModel(running.tasks, columns, Shelf([1]).page, key=lambda n: n)
    table = shelf_table(model, show)
    for width, shown in ((400, [0, 2]), (280, [1]), (400, [0, 2])):
        table.resize(width, 300)
        assert [at for at in range(3) if not table.isColumnHidden(at)] == shown
        assert sum(table.columnWidth(at) for at in shown) == table.viewport().width()


def tagged_table(context: UiContext, show: Show) -> PagedTable:
    columns: list[Column[int]] = [
        Column(
            "Client",
            lambda n: Cell("Mira" * n, tag="Knee injury", tag_tone=Tone.WARNING, strong=True),
            share=2,
        ),
        Column("Contact", lambda n: Cell(f"{n}@example.com"), share=3),
        Column("Credits", str, width=90, right=True),
    ]
    model = PagedTableModel(context.tasks, columns, Shelf([]).page, key=lambda n: n)
    table = PagedTable(model, name="shelf", label="Clients")
    table.resize(600, 400)
    show(table)
    model.set_rows([1, 20])
    return table


def test_columns_share_the_rest_of_the_room(context: UiContext, show: Show) -> None:
    table = tagged_table(context, show)
    for width in (600, 801):
        table.resize(width, 400)
        widths = [table.columnWidth(at) for at in range(3)]
        assert sum(widths) == table.viewport().width()
        assert widths[0] == (sum(widths) - widths[2]) * 2 // 5
    table.horizontalHeader().resizeSection(2, 150)
    assert sum(table.columnWidth(at) for at in range(3)) == table.viewport().width()


def test_a_tag_stands_behind_its_name_and_stays_where_the_name_is_long(
    context: UiContext, show: Show
) -> None:
    table = tagged_table(context, show)
    image = table.viewport().grab().toImage()
    for row in range(2):
        y = row * ROW_HEIGHT + ROW_HEIGHT // 2 - 7
        quiet = [
            x for x in range(table.columnWidth(0)) if image.pixelColor(x, y).name() == LIGHT.warning_quiet
        ]
        assert len(quiet) > 40, row
    cell = table.model().index(0, 0)
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "Mira, Knee injury"


def test_a_tag_that_is_to_be_read_whole_is_and_the_name_before_it_gives_way(
    context: UiContext, show: Show
) -> None:
    def client(n: int) -> Cell:
        tag = "Refund requested"
        return Cell("Mira" * n, tag=tag, tag_tone=Tone.WARNING, strong=True, tag_whole=n > 1)

    columns: list[Column[int]] = [Column("Client", client)]
    model = PagedTableModel(context.tasks, columns, Shelf([]).page, key=lambda n: n)
    table = PagedTable(model, name="shelf", label="Clients")
    table.resize(230, 400)
    show(table)
    model.set_rows([1, 20])
    image = table.viewport().grab().toImage()
    lengths = []
    for row in range(2):
        y = row * ROW_HEIGHT + ROW_HEIGHT // 2 - 7
        quiet = [x for x in range(230) if image.pixelColor(x, y).name() == LIGHT.warning_quiet]
        lengths.append(quiet[-1] - quiet[0])
    assert lengths[0] == lengths[1], "behind a short name it is whole in any case"


def test_a_tag_is_seen_on_the_chosen_row(context: UiContext, show: Show) -> None:
    """U3: quiet grounds are all alike, so that of the chosen row is none for a chip."""
    table = tagged_table(context, show)
    table.selectRow(0)
    table.setFocus()
    image = table.viewport().grab().toImage()
    y = ROW_HEIGHT // 2 - 7
    line = {image.pixelColor(x, y).name() for x in range(table.columnWidth(0))}
    assert LIGHT.surface in line and LIGHT.warning_quiet not in line


@pytest.mark.parametrize("rows", [3, 60])
def test_numbers_end_where_the_page_does_with_a_scroll_bar_and_without(
    context: UiContext, show: Show, rows: int
) -> None:
    model = shelf_model(context, Shelf([]))
    table = shelf_table(model, show)
    model.set_rows(list(range(rows)))
    QApplication.processEvents()
    image = table.grab().toImage()
    for y in (HEIGHT // 2, HEIGHT + ROW_HEIGHT // 2):
        inked = [x for x in range(400, 588) if image.pixelColor(x, y).lightness() < 130]
        assert table.width() - SPACE_5 - 5 <= max(inked) < table.width() - SPACE_5


def test_a_long_tooltip_has_lines(look: None) -> None:
    sentence = "The row contains what looks like a card number, so it is left out. " * 4
    lines = tip_lines(sentence.strip() + "\n" + "x" * 300).splitlines()
    assert len(lines) > 6 and max(map(len, lines)) <= 80
    assert " ".join(lines).startswith(sentence.strip())
    assert tip_lines("12 Garden Street\nBerlin") == "12 Garden Street\nBerlin"


def test_rows_are_drawn_with_chip_hairline_and_right_aligned_numbers(context: UiContext, show: Show) -> None:
    model = shelf_model(context, Shelf([]))
    table = shelf_table(model, show)
    model.set_rows([1, 2, 3])
    image = table.viewport().grab().toImage()
    assert image.pixelColor(5, ROW_HEIGHT - 1).name() == LIGHT.hairline
    chip = QPoint(table.columnViewportPosition(1) + 24, ROW_HEIGHT // 2 - 8)
    assert image.pixelColor(chip).name() == LIGHT.good_quiet
    right = table.columnViewportPosition(2)
    inked = [x for x in range(right, right + 110) if image.pixelColor(x, ROW_HEIGHT // 2).lightness() < 120]
    assert inked and max(inked) > right + 85


@pytest.mark.parametrize("first", [0, 7])
def test_known_rows_show_at_once(context: UiContext, show: Show, first: int) -> None:
    """F1: the first frame has real rows before anything is read in the background."""
    model = shelf_model(context, Shelf([]))
    shelf_table(model, show)
    model.set_rows([first, first + 1], more=True)
    assert model.rowCount() == 2
    assert model.index(0, 0).data() == f"Client {first}"
    assert model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == f"Client {first}, a member"


@pytest.mark.parametrize("language", ["en_US", "en_GB", "de_DE", "fi_FI"])
async def test_a_column_of_instants_has_room_for_each_of_them(
    running: UiContext, show: Show, language: str
) -> None:
    """U3: "12 Mar 2027 10:02 PM" is longer than "12 Mar 2027 22:02"."""
    formats = Formats(QLocale(language), "USD", "Europe/Berlin", running.formats.now)
    columns: list[Column[int]] = [
        Column("When", str, width=40, holds=formats.some_instants()),
        Column("Expires", str, width=40, holds=formats.some_dates_in_words()),
        Column("Rest", str),
    ]
    model = PagedTableModel(running.tasks, columns, Shelf([1]).page, key=lambda n: n)
    table = shelf_table(model, show)
    table.resize(900, 300)
    wide = table.fontMetrics().horizontalAdvance
    for month in range(1, 13):
        late = datetime(2027, month, 23, 20, 38, tzinfo=UTC)
        assert table.columnWidth(0) >= wide(formats.instant(late)) + 2 * SPACE_3
        assert table.columnWidth(1) >= wide(f"in 111 days · {formats.date(late.date())}") + 2 * SPACE_3
