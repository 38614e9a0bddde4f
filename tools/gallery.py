"""Pictures of the widget kit and of the shell, light and dark, to look at: python tools/gallery.py DIR."""

from __future__ import annotations

import os
import sys
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.errors import Problem
from frontdesk.ui.command_palette import palette_of
from frontdesk.ui.context import UiContext, make_context
from frontdesk.ui.main_window import MainWindow
from frontdesk.ui.preferences import Preferences
from frontdesk.ui.screen import Screen, ScreenEntry
from frontdesk.ui.session import Session, StaffFacts, StudioFacts
from frontdesk.ui.tables.paged_table_model import Cell, Column, Page, PagedTableModel, PageRequest
from frontdesk.ui.theme import ARGUMENTS, Scheme, theme
from frontdesk.ui.tokens import SPACE_4, SPACE_5, Tone
from frontdesk.ui.widgets.basics import (
    DangerButton,
    IconButton,
    LinkButton,
    MenuButton,
    PrimaryButton,
    SecondaryButton,
    Text,
)
from frontdesk.ui.widgets.choices import Segments, Tabs
from frontdesk.ui.widgets.fields import (
    CheckField,
    DateField,
    IntField,
    MoneyField,
    SearchField,
    Select,
    TextField,
)
from frontdesk.ui.widgets.form import Form
from frontdesk.ui.widgets.master_detail import MasterDetail
from frontdesk.ui.widgets.sheet_dialog import SheetDialog
from frontdesk.ui.widgets.surfaces import (
    Banner,
    BigNumber,
    Card,
    Chip,
    EmptyState,
    KeyValues,
    PageHeader,
)
from frontdesk.ui.widgets.table_view import PagedTable

SIZES = ((1024, 640), (1920, 1080))
NAMES = ("Mira Okafor", "Jonas Weber", "Amélie Dubois", "Søren Lund", "Priya Nair", "Łukasz Nowak")


class KitScreen(Screen):
    """One of everything."""

    margin = SPACE_5

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, "kit", name="kitScreen")
        formats = context.formats
        self.body.setSpacing(SPACE_4)
        self.body.addWidget(
            PageHeader(
                "Mira Okafor",
                "mira@example.com · +44 20 7946 0958",
                [
                    PrimaryButton("Sell", icon="payments"),
                    SecondaryButton("Adjust credits"),
                    MenuButton("More"),
                ],
            )
        )
        tabs = Tabs()
        tabs.add("credits", "Credits", self._credits(context))
        for name in ("Overview", "Purchases", "Notes", "History"):
            tabs.add(name, name, QWidget())
        self.body.addWidget(tabs, 1)
        del formats

    def _credits(self, context: UiContext) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, SPACE_4, 0, 0)
        column.setSpacing(SPACE_4)
        banner = Banner()
        column.addWidget(banner)
        banner.tell("This client's pack ends in 3 days.", Tone.WARNING, action="Extend")
        top = QHBoxLayout()
        number = BigNumber()
        number.set(
            "8 credits",
            "next to expire: " + context.formats.date_in_words(context.formats.today() + timedelta(7)),
        )
        top.addWidget(number)
        top.addStretch(1)
        for words, tone in zip(
            ("Draft", "Active", "On sale", "Expiring", "Expired", "Frozen"), Tone, strict=True
        ):
            top.addWidget(Chip(words, tone), 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        cards = QHBoxLayout()
        for title, line in (
            ("Welcome gift · 2 of 2", "adjusted by Ana"),
            ("10-class pack · 6 of 10", "90.00, cash"),
        ):
            card = Card()
            card.body.addWidget(Text(title, "strong"))
            card.body.addWidget(Text(line, "muted"))
            cards.addWidget(card)
        column.addLayout(cards)
        grid = QGridLayout()
        buttons = QHBoxLayout()
        for button in (
            PrimaryButton("Save"),
            SecondaryButton("Cancel"),
            DangerButton("Refund 54.00 USD"),
            LinkButton("Show all"),
            IconButton("print", "Print", outlined=True),
            IconButton("edit", "Edit"),
        ):
            buttons.addWidget(button)
        off = PrimaryButton("Not now")
        off.setEnabled(False)
        buttons.addWidget(off)
        buttons.addStretch(1)
        grid.addLayout(buttons, 0, 0, 1, 2)
        choices = QHBoxLayout()
        choices.addWidget(Segments([("Today", 1), ("Week", 2), ("Month", 3)]))
        choices.addWidget(CheckField("Show archived", True))
        choices.addWidget(CheckField("Sold online"))
        choices.addWidget(Select([("Cash", 1), ("Card terminal", 2)], 1))
        choices.addWidget(SearchField("Search clients"))
        choices.addStretch(1)
        grid.addLayout(choices, 1, 0, 1, 2)
        column.addLayout(grid)
        pairs = KeyValues(right=True)
        pairs.set([("10-class pack", "90.00"), ("Discount", "−5.00"), ("Total", "85.00 USD")], strong="Total")
        pairs.setMaximumWidth(280)
        column.addWidget(pairs)
        column.addStretch(1)
        return page


class ListScreen(Screen):
    """A list with its detail."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, "list", name="listScreen")

        async def nothing(_request: PageRequest[int]) -> Page[int]:
            return Page((), more=False)

        formats = context.formats
        chips = (("On sale", Tone.GOOD), ("Draft", Tone.NEUTRAL), ("Archived", Tone.WARNING))
        columns: list[Column[int]] = [
            Column("Client", lambda n: Cell(NAMES[n % 6], second=f"client {n}", strong=True), sort="name"),
            Column("Status", lambda n: Cell(chips[n % 3][0], chip=chips[n % 3][1]), width=110),
            Column(
                "When", lambda n: formats.date(date(2027, 1, 1) + timedelta(n)), width=120, hide_below=520
            ),
            Column(
                "Amount (USD)",
                lambda n: formats.amount(n * 1234 - 5000),
                width=130,
                right=True,
                sort="amount",
            ),
        ]
        model = PagedTableModel(
            context.tasks, columns, nothing, key=lambda n: n, sort="amount", descending=True
        )
        table = PagedTable(model, name="table", label="Clients", row_height=52)
        model.set_rows(range(40))
        table.selectRow(2)
        form = Form(context.messages)
        form.add("name", "Name", TextField("10-class pack"), required=True, help="Clients see it.")
        form.add("price", "Price", MoneyField(formats, 9000))
        form.add("credits", "Credits", IntField(formats, 10, suffix="credits"))
        form.add("until", "Use until", DateField(formats, date(2027, 4, 4), never="never expires"))
        form.show_problems([Problem("price", "field.too_small", {"least": 1})], focus=False)
        detail = QWidget()
        column = QVBoxLayout(detail)
        column.setContentsMargins(SPACE_5, SPACE_4, SPACE_5, SPACE_4)
        column.setSpacing(SPACE_4)
        column.addWidget(
            PageHeader("10-class pack", "12 credits for 90.00 USD, use within 90 days", kind="section")
        )
        column.addWidget(form)
        column.addStretch(1)
        self.split = MasterDetail(table, detail)
        self.split.show_detail()
        self.body.addWidget(self.split)


class EmptyScreen(Screen):
    """Nothing yet."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context, "empty", name="emptyScreen")
        self.body.addWidget(
            EmptyState(
                "No packages yet. A package is what you sell: a name, credits and a price.",
                "New package",
                icon="packages",
            )
        )


def _window(folder: Path) -> MainWindow:
    session = Session(
        StudioFacts("Sunrise Yoga", "USD", "Europe/Berlin", demo=True),
        desk_id=1,
        desk_name="Desk 1",
        staff=(StaffFacts(1, "Ana"), StaffFacts(2, "Ben")),
        version="0.1.0",
    )
    preferences = Preferences(folder / "preferences.ini")
    context = make_context(session=session, preferences=preferences, theme=theme(), locale=QLocale("en_GB"))
    entries = [
        ScreenEntry("list", "Clients", "clients", "Ctrl+1", ListScreen),
        ScreenEntry("kit", "Kit", "credits", "Ctrl+2", KitScreen),
        ScreenEntry("empty", "Packages", "packages", "Ctrl+3", EmptyScreen),
        ScreenEntry("payments", "Payments", "payments", "Ctrl+4", EmptyScreen),
        ScreenEntry("settings", "Settings", "settings", "Ctrl+,", EmptyScreen, at_bottom=True),
    ]
    return MainWindow(context, entries)


def _dialog(window: MainWindow) -> SheetDialog:
    context = window.context
    dialog = SheetDialog(context, "Refund", name="refundDialog", subtitle="Mira Okafor · receipt D1-000042")
    form = Form(context.messages)
    form.add("amount", "Amount", MoneyField(context.formats, 5400), help="Refundable: 90.00 USD")
    form.add("reason", "Reason", TextField(), required=True)
    dialog.add_form(form)
    dialog.set_primary("Refund 54.00 USD and void 8 credits", lambda: None, name="refundButton", danger=True)
    dialog.set_consequence("54.00 USD go back in cash. 8 unused credits are voided.", Tone.DANGER)
    return dialog


def main(folder: Path) -> None:
    """Writes all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([*ARGUMENTS])
    theme().install(app, Scheme.LIGHT)
    with TemporaryDirectory() as scratch:
        window = _window(Path(scratch))
        for scheme in (Scheme.LIGHT, Scheme.DARK):
            theme().set_scheme(scheme)
            for width, height in SIZES:
                window.resize(width, height)
                window.show()
                for id in ("list", "kit", "empty"):
                    window.navigate(id)
                    app.processEvents()
                    window.grab().save(str(folder / f"{id}-{scheme}-{width}.png"))
            window.open_palette()
            app.processEvents()
            window.grab().save(str(folder / f"palette-{scheme}.png"))
            palette_of(window).close_palette()
            dialog = _dialog(window)
            dialog.open()
            app.processEvents()
            dialog.grab().save(str(folder / f"dialog-{scheme}.png"))
            dialog.done(0)
        window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
