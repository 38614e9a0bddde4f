"""The list of packages: name and validity, "10 + 2", price, how often sold, status; filtered by status."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from frontdesk.services.views.packages import PackageRow
from frontdesk.ui.context import UiContext
from frontdesk.ui.package_words import PackageWords
from frontdesk.ui.tables.ordered_list_model import OrderedListModel, no_pages
from frontdesk.ui.tables.paged_table_model import Cell, Column
from frontdesk.ui.tokens import Tone

_TONES = {"published": Tone.GOOD, "draft": Tone.NEUTRAL, "archived": Tone.WARNING}

# Linguist knows calls of this name.
translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class PackageLine:
    """One line. `key` is the package's id, or a number below 0 for one that was never saved."""

    key: int
    name: str
    row: PackageRow | None
    unsaved: bool


def package_list_model(context: UiContext) -> OrderedListModel[PackageLine]:
    """The model of the list; the screen gives it its rows."""
    return OrderedListModel(context.tasks, package_columns(context), no_pages, key=lambda line: line.key)


def package_columns(context: UiContext) -> tuple[Column[PackageLine], ...]:
    """The columns; the price's title names the currency once."""
    words = PackageWords(context.formats)

    translate = QCoreApplication.translate

    def name(line: PackageLine) -> Cell:
        if line.row is None:
            return Cell(line.name, second=translate("PackageList", "not saved yet"))
        told = [translate("PackageList", "Unsaved")] if line.unsaved else []
        told.append(words.validity(line.row.validity))
        quiet = line.row.status == "archived"
        return Cell(line.name, second=" · ".join(told), muted=quiet)

    def credits(line: PackageLine) -> str:
        return words.plus(line.row.credits, line.row.bonus) if line.row else ""

    def price(line: PackageLine) -> str:
        if line.row is None:
            return ""
        return (
            context.formats.amount(line.row.price)
            if line.row.price.amount
            else translate("PackageList", "free")
        )

    def sold(line: PackageLine) -> Cell:
        if line.row is None:
            return Cell("")
        count = line.row.sold
        return Cell(context.formats.number(count), muted=not count)

    def status(line: PackageLine) -> Cell:
        found = line.row.status if line.row else "new"
        return Cell(words.status(found), chip=_TONES.get(found, Tone.ACCENT))

    return (
        Column(translate("PackageList", "Package"), name),
        Column(translate("PackageList", "Status"), status, width=92),
        Column(translate("PackageList", "Credits"), credits, width=76, right=True),
        Column(
            translate("PackageList", "Price, {currency}").format(currency=context.formats.currency),
            price,
            width=92,
            right=True,
        ),
        Column(translate("PackageList", "Sold"), sold, width=60, right=True, hide_below=440),
    )
