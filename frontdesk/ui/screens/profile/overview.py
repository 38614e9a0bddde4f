"""The Overview tab: the balance, what was used and bought last, how to reach the client, what to know."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QVBoxLayout, QWidget

from frontdesk.services.views.clients import ClientCard
from frontdesk.services.views.sales import Purchase
from frontdesk.ui import client_words, credit_words, money_words
from frontdesk.ui.screens.profile.parts import ScrollPage, Section, ShortList
from frontdesk.ui.tokens import SPACE_5, SPACE_6
from frontdesk.ui.widgets.basics import LinkButton, Paragraph, Text, empty
from frontdesk.ui.widgets.surfaces import BigNumber, KeyValues

if TYPE_CHECKING:
    from frontdesk.services.views.credits import CreditAccount
    from frontdesk.ui.context import UiContext
    from frontdesk.ui.presenters.client_profile import Profile

_FEW_LOTS = 4
#: What and how much stand close enough to be read together, on any screen.
_WIDEST = 1120


class OverviewTab(ScrollPage):
    """Fills itself from a Profile. `show_tab` goes to another tab, `unmerge` parts two clients."""

    def __init__(
        self, context: UiContext, show_tab: Callable[[str], object], unmerge: Callable[[int], object]
    ) -> None:
        super().__init__(name="profileOverview")
        self._formats = context.formats
        self._unmerge = unmerge
        self._columns = columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        columns.setSpacing(SPACE_6)
        self._sides = self._left(show_tab), self._right(context, show_tab)
        for side, share in zip(self._sides, (5, 3), strict=True):
            columns.addLayout(side, share)
        holder = QWidget()
        holder.setMaximumWidth(_WIDEST)
        holder.setLayout(columns)
        columns.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(holder, 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Puts the sides one below the other where large text leaves no room for both."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            margins = self.body.contentsMargins()
            needed = sum(side.minimumSize().width() for side in self._sides) + SPACE_6
            fits = needed + margins.left() + margins.right() <= self.viewport().width()
            way = QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom
            if way is not self._columns.direction():
                self._columns.setDirection(way)
        return super().eventFilter(watched, event)

    def show_profile(self, profile: Profile) -> None:
        """Shows a client."""
        formats, account = self._formats, profile.account
        self.balance.set(*credit_words.balance(formats, account))
        self._show_lots(account)
        # Those that were settled since are paid for like any other.
        unpaid = {one.visit_id for one in account.unpaid}
        self.visits.show_rows(
            (
                line.what or self.tr("Class"),
                " · ".join(
                    (
                        self.tr("unpaid")
                        if line.visit_id in unpaid
                        else client_words.credits(formats, line.cost or 0),
                        formats.instant(line.class_at or line.at),
                    )
                ),
            )
            for line in profile.visits
        )
        self.purchases.show_rows(self._purchase(one) for one in profile.purchases)
        self._show_card(profile.card)

    def _left(self, show_tab: Callable[[str], object]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE_5)
        self.balance = BigNumber(name="overviewBalance")
        column.addWidget(self.balance)
        self.lots = ShortList(
            self.tr("Credits"),
            self.tr("No credits that could be used."),
            self.tr("All credits"),
            partial(show_tab, "credits"),
            name="overviewLots",
        )
        self.visits = ShortList(self.tr("Last visits"), self.tr("No visits yet."), name="overviewVisits")
        self.purchases = ShortList(
            self.tr("Last purchases"),
            self.tr("Nothing bought yet."),
            self.tr("All purchases"),
            partial(show_tab, "purchases"),
            name="overviewPurchases",
        )
        for section in (self.lots, self.visits, self.purchases):
            column.addWidget(section)
        column.addStretch(1)
        return column

    def _right(self, context: UiContext, show_tab: Callable[[str], object]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE_5)
        self.contact = Section(
            self.tr("Contact"),
            self.tr("Edit"),
            context.actions["client.edit"].trigger,
            name="overviewContact",
        )
        self.facts = KeyValues(name="overviewFacts")
        self.contact.body.addWidget(self.facts)
        self.notes = Section(
            self.tr("Notes"), self.tr("Edit"), partial(show_tab, "notes"), name="overviewNotes"
        )
        self.note_text = Paragraph("", "body", name="overviewNoteText")
        self.note_text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notes.body.addWidget(self.note_text)
        self.merged = Section(self.tr("Merged into this card"), name="overviewMerged")
        self._merged_rows = _MergedRows()
        self.merged.body.addWidget(self._merged_rows)
        for section in (self.contact, self.notes, self.merged):
            column.addWidget(section)
        column.addStretch(1)
        return column

    def _show_lots(self, account: CreditAccount) -> None:
        """The first few; if one more has room instead of a line about it, that one too."""
        formats, lots = self._formats, account.live_lots
        few = lots if len(lots) <= _FEW_LOTS + 1 else lots[:_FEW_LOTS]
        rows = [
            (
                credit_words.title(lot.title, lot.kind),
                f"{credit_words.left(formats, lot)} · {credit_words.end(formats, lot)}",
            )
            for lot in few
        ]
        rest: tuple[str, str] | None = None
        if len(few) < len(lots):
            left_out = lots[len(few) :]
            told = self.tr("and {count} more").format(count=formats.number(len(left_out)))
            rest = told, client_words.credits(formats, sum(lot.remaining for lot in left_out))
        self.lots.show_rows(rows, rest)

    def _show_card(self, card: ClientCard) -> None:
        formats = self._formats
        birthday = formats.date(card.birthday) if card.birthday else ""
        source = {
            "desk": self.tr("at the desk"),
            "import": self.tr("by an import"),
            "stripe": self.tr("from Stripe"),
        }.get(card.source, card.source)
        came = self.tr("{day}, {how}").format(
            day=formats.date(formats.local_day(card.created_at)), how=source
        )
        facts = [
            (self.tr("E-mail"), card.email),
            (self.tr("Phone"), card.phone),
            (self.tr("Birthday"), birthday),
            (self.tr("Member code"), card.member_code),
            (self.tr("Client since"), came),
        ]
        self.facts.set((name, value) for name, value in facts if value)
        self.note_text.set_text(card.notes or self.tr("No notes yet."))
        self.note_text.set_kind("body" if card.notes else "muted")
        self.merged.setVisible(bool(card.merged))
        self._merged_rows.show_rows(
            [
                (
                    self.tr("{name}, {day} by {staff}").format(
                        name=one.name, day=formats.date(formats.local_day(one.merged_at)), staff=one.merged_by
                    ),
                    one.name,
                    partial(self._unmerge, one.merge_id),
                )
                for one in card.merged
            ]
        )

    def _purchase(self, purchase: Purchase) -> tuple[str, str]:
        formats = self._formats
        what = ", ".join(line.name for line in purchase.lines)
        status, _ = money_words.standing(purchase.status)
        parts = [formats.money(purchase.total), formats.date(formats.local_day(purchase.sold_at))]
        return what, " · ".join(parts if purchase.status == "paid" else [status, *parts])


class _MergedRows(QWidget):
    """Each merged client with the way to part them again."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)

    def show_rows(self, rows: list[tuple[str, str, Callable[[], object]]]) -> None:
        empty(self._grid)
        for at, (told, name, undo) in enumerate(rows):
            link = LinkButton(self.tr("Undo"), undo, name=f"unmerge{at}")
            link.setAccessibleName(self.tr("Undo the merge of {name}").format(name=name))
            self._grid.addWidget(Text(told, "muted", wrap=True), at, 0)
            self._grid.addWidget(link, at, 1)
