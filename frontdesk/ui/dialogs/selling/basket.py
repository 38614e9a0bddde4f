"""The packages of a sale: what is on sale, filtered as one types, and the lines chosen from it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from frontdesk.services.drafts.sales import SaleLineDraft
from frontdesk.services.views.packages import PackageOffer
from frontdesk.services.views.sales import QuoteLine
from frontdesk.services.views.text import fold
from frontdesk.ui import sale_words
from frontdesk.ui.tables.ordered_list_model import no_pages
from frontdesk.ui.tables.paged_table_model import Cell, Column, PagedTableModel
from frontdesk.ui.tokens import SPACE_1, SPACE_2, SPACE_3
from frontdesk.ui.widgets.basics import ElidedText, IconButton, LinkButton, Text, empty
from frontdesk.ui.widgets.fields import SearchField
from frontdesk.ui.widgets.surfaces import EmptyState
from frontdesk.ui.widgets.table_view import PagedTable

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext

_ROW = 48
_MOST_ROWS = 4


class _Filter(SearchField):
    """Enter adds the marked package; it is not the dialog's."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if not event.isAutoRepeat():
                self.entered.emit()
        else:
            super().keyPressEvent(event)


class PackageBasket(QWidget):
    """A field of the form; its value is the lines of the sale. The list is open while nothing is chosen.

    What is the only thing on sale to a client is chosen by itself, and one Enter says yes to it.
    """

    edited = Signal()
    #: A package was added by the keyboard or the mouse: the next thing may begin.
    added = Signal()

    def __init__(self, context: UiContext, *, name: str) -> None:
        super().__init__()
        self._formats = context.formats
        self.setObjectName(name)
        self._offers: tuple[PackageOffer, ...] = ()
        self._lines: list[PackageOffer] = []
        self._add_first = False
        self._known = False
        # Somebody looks for more, although there are lines already.
        self._looking = False
        # What stands there was not chosen by anybody yet.
        self._by_itself = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_2)
        self._shown = QVBoxLayout()
        self._shown.setSpacing(SPACE_2)
        column.addLayout(self._shown)
        self.filter = _Filter("", name=f"{name}Filter")
        self.filter.searched.connect(lambda _text: self._show_offers())
        self.filter.entered.connect(self._enter)
        self.more_button = LinkButton(
            self.tr("Add another package"), self.look, name=f"{name}More", icon="plus"
        )
        self.more_button.setToolTip(self.tr("Add another package  Alt+P"))
        column.addWidget(self.filter)
        self.model: PagedTableModel[PackageOffer] = PagedTableModel(
            context.tasks, self._columns(), no_pages, key=lambda offer: offer.package_id
        )
        self.table = PagedTable(
            self.model, name=f"{name}Table", label=self.tr("Packages on sale"), row_height=_ROW, edge=SPACE_3
        )
        self.table.horizontalHeader().hide()
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.table.drive_from(self.filter)
        self.table.opened.connect(self.add)
        self.table.clicked.connect(lambda index: self.add(self.model.row_at(index.row())))
        self._frame = QFrame()
        self._frame.setProperty("kind", "card")
        inside = QVBoxLayout(self._frame)
        inside.setContentsMargins(1, SPACE_1, 1, SPACE_1)
        inside.addWidget(self.table)
        column.addWidget(self._frame)
        self._show_lines()

    # As a field of a form

    def value(self) -> tuple[SaleLineDraft, ...]:
        """The lines of the sale, each in the version that was shown (P4)."""
        return tuple(SaleLineDraft(one.package_id, one.version_id) for one in self._lines)

    def set_value(self, value: Sequence[PackageOffer] | None) -> None:
        """Shows these packages as chosen."""
        self._lines, self._by_itself = list(value or ()), False
        self._show_lines()

    def raw(self) -> tuple[PackageOffer, ...]:
        """The same with all that is shown of them, for keeping a draft; not what nobody said yes to."""
        return () if self._by_itself else tuple(self._lines)

    def set_raw(self, raw: Sequence[PackageOffer]) -> None:
        """Puts back what `raw` gave."""
        self.set_value(raw)

    def setAccessibleName(self, name: str) -> None:
        """The form's label names the filter inside."""
        super().setAccessibleName(name)
        self.filter.setAccessibleName(name)

    # For the dialog

    def lines(self) -> tuple[PackageOffer, ...]:
        """The packages of the sale."""
        return tuple(self._lines)

    def set_offers(self, offers: tuple[PackageOffer, ...]) -> tuple[str, ...]:
        """What is on sale now; names of chosen packages whose terms are others now (they are taken over)."""
        self._offers, self._known = offers, True
        fresh = {one.package_id: one for one in offers}
        changed = [one for one in self._lines if fresh.get(one.package_id, one).version_id != one.version_id]
        self._lines = [fresh.get(one.package_id, one) for one in self._lines]
        self._show_offers()
        if changed:
            self._changed()
        else:
            self._show_lines()
        if self._add_first:
            self._add_first = False
            self._enter()
        return tuple(one.name for one in changed)

    def choose_the_only_one(self) -> bool:
        """Chooses what is the only thing on sale to a client; whether the lines are others now."""
        before = self._lines
        if before and not self._by_itself:
            return False
        possible = [one for one in self._offers if not one.refused]
        self._lines = possible if len(possible) == 1 else []
        self._by_itself = bool(self._lines)
        self._show_offers()
        self._show_lines()
        return self._lines != before

    @property
    def waits_for_yes(self) -> bool:
        """Whether what stands there was chosen by itself, so that Enter has yet to go on from it."""
        return self._by_itself

    def add_by_id(self, package_id: int) -> None:
        """Adds a package that is on sale; nothing happens if it is not."""
        offer = next((one for one in self._offers if one.package_id == package_id), None)
        if offer is not None:
            self.add(offer)

    def add(self, offer: PackageOffer | None) -> None:
        """Adds a line; what was chosen by itself is not there twice because somebody chooses it too."""
        if offer is None:
            return
        if self._by_itself and not self._looking and offer in self._lines:
            self.filter.clear()
            self._go_on()
            return
        self._lines.append(offer)
        self._by_itself = False
        self.filter.clear()
        self.table.clearSelection()
        self._looking = False
        self._changed()
        self.added.emit()

    def look(self) -> None:
        """Opens the list for one more."""
        self._looking = True
        self._open_or_close()
        self.filter.setFocus()

    def remove(self, at: int) -> None:
        """Takes a line out again."""
        del self._lines[at]
        self._by_itself = False
        self._changed()
        (self.more_button if self._lines and not self._looking else self.filter).setFocus()

    def show_quote(self, lines: Sequence[QuoteLine]) -> None:
        """Until when each line may be used, and what it costs, as it would be sold now."""
        for at, line in enumerate(lines):
            row = self._shown.itemAt(at)
            if row is not None:
                told = row.widget()
                assert isinstance(told, _Line)
                told.tell(
                    sale_words.granted(self._formats, line.credits, line.bonus),
                    sale_words.until(self._formats, line.last_day, line.starts_with_first_class),
                    self._formats.amount(line.list_price),
                )

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the list of one who looked for one more; the sale stays open."""
        if event.key() == Qt.Key.Key_Escape and self._looking and self._lines:
            self._looking = False
            self.filter.clear()
            self._open_or_close()
            (self.filter if self._by_itself else self.more_button).setFocus()
        else:
            super().keyPressEvent(event)

    # Pieces

    def _columns(self) -> list[Column[PackageOffer]]:
        return [
            Column(self.tr("Package"), self._name),
            Column(
                self.tr("Price"),
                lambda one: Cell(self._formats.amount(one.price), strong=True, muted=bool(one.refused)),
                width=110,
                right=True,
            ),
        ]

    def _name(self, offer: PackageOffer) -> Cell:
        if offer.refused:
            return Cell(offer.name, second=self.tr("this client has had it already"), muted=True)
        told = (sale_words.granted(self._formats, offer.credits, offer.bonus), self._until(offer))
        return Cell(offer.name, second=" · ".join(told))

    def _until(self, offer: PackageOffer) -> str:
        starts = offer.validity.starts == "first_class"
        return sale_words.until(self._formats, offer.last_day, starts)

    def _enter(self) -> None:
        if not self._known:
            self._add_first = True
            return
        offer = self.table.current() if self._frame.isVisibleTo(self) else None
        if offer is None and self._lines and not self.filter.text():
            # Nothing is marked or looked for: go on to the money.
            self._go_on()
        self.add(offer)

    def _go_on(self) -> None:
        said_yes, self._by_itself = self._by_itself, False
        self._looking = False
        self._open_or_close()
        if said_yes:
            self.edited.emit()
        self.added.emit()

    def _changed(self) -> None:
        self._show_lines()
        self.edited.emit()

    def _show_offers(self) -> None:
        words = fold(self.filter.text()).split()
        found = [one for one in self._offers if all(word in fold(one.name) for word in words)]
        self.model.set_rows(found)
        self.table.set_empty(EmptyState(self._nothing(), name=f"{self.objectName()}Empty"))
        rows = max(2, min(_MOST_ROWS, len(found)))
        self.table.setFixedHeight(rows * _ROW + 2)
        if found and (words or not self._lines):
            self.table.selectRow(0)
        elif self._by_itself:
            self.table.clearSelection()
        self._open_or_close()

    def _nothing(self) -> str:
        if self._offers:
            return self.tr("No package on sale is called that.")
        return self.tr("Nothing is on sale yet. Publish a package first.")

    def _show_lines(self) -> None:
        empty(self._shown)
        for at, offer in enumerate(self._lines):
            line = _Line(offer, partial(self.remove, at), name=f"{self.objectName()}Line{at}")
            granted = sale_words.granted(self._formats, offer.credits, offer.bonus)
            line.tell(granted, self._until(offer), self._formats.amount(offer.price))
            self._shown.addWidget(line)
        self._open_or_close()

    def _open_or_close(self) -> None:
        """The list is there until something is chosen, and whenever one looks for more."""
        is_open = not self._lines or self._looking or self._by_itself
        self.filter.setVisible(is_open)
        self.filter.setPlaceholderText(
            self.tr("Enter goes on to the payment") if self._by_itself else self.tr("Name of the package")
        )
        # A click where it stood must not add a second one, unless that is what somebody looks for.
        is_asked = self._looking or bool(self.filter.text()) or not self._by_itself
        self._frame.setVisible(is_open and is_asked)
        self.more_button.setVisible(not is_open)
        # Tab stops for good before a widget whose proxy is hidden.
        self.setFocusProxy(self.filter if is_open else self.more_button)


class _Line(QFrame):
    """A chosen package: its name, what it gives and until when, its price, and the way out."""

    def __init__(self, offer: PackageOffer, remove: Any, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "well")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_3, SPACE_2, SPACE_1, SPACE_2)
        row.setSpacing(SPACE_3)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(ElidedText(offer.name, "strong"))
        self.facts = Text("", "muted", wrap=True, name=f"{name}Facts")
        words.addWidget(self.facts)
        row.addLayout(words, 1)
        self.price = Text("", "strong", name=f"{name}Price")
        row.addWidget(self.price)
        self.remove = IconButton(
            "close", self.tr("Take {name} out").format(name=offer.name), remove, name=f"{name}Remove"
        )
        row.addWidget(self.remove)

    def tell(self, granted: str, until: str, price: str) -> None:
        self.facts.setText(f"{granted} · {until}")
        self.price.setText(price)
