"""Totals of the list and today's takings, each a quiet line of amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from frontdesk.services.views.transactions import Takings, TransactionTotals
from frontdesk.ui import money_words
from frontdesk.ui.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_5
from frontdesk.ui.widgets.basics import ElidedText, Text

if TYPE_CHECKING:
    from frontdesk.ui.formats import Formats


class TotalsLine(QFrame):
    """Beneath the list: how many, in, out and net. It is read apart from the rows."""

    def __init__(self, formats: Formats) -> None:
        super().__init__()
        self.setObjectName("paymentsTotals")
        self._formats = formats
        line = QHBoxLayout(self)
        line.setContentsMargins(SPACE_5, SPACE_2, SPACE_5, SPACE_2)
        line.setSpacing(SPACE_4)
        self.count = ElidedText("", "muted", name="paymentsCount")
        self.received = Text("", "muted", name="paymentsIn")
        self.refunded = Text("", "muted", name="paymentsOut")
        self.net = Text("", "strong", name="paymentsNet")
        line.addWidget(self.count, 1)
        for label in (self.received, self.refunded, self.net):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            line.addWidget(label)

    def show_totals(self, totals: TransactionTotals) -> None:
        """Shows what the filter's transactions come to."""
        formats, all = self._formats, totals.all
        if totals.partial:
            words = self.tr("the newest {count} matches; type more to find the others")
        elif totals.count == 1:
            words = self.tr("1 transaction")
        else:
            words = self.tr("{count} transactions")
        self.count.setText(words.format(count=formats.number(totals.count)))
        self.received.setText(self.tr("in {amount}").format(amount=formats.amount(all.received)))
        self.refunded.setText(self.tr("out {amount}").format(amount=formats.amount(all.refunded)))
        self.net.setText(self.tr("net {amount}").format(amount=formats.money(all.net)))


class TakingsLine(QFrame):
    """Above the filter: what came in today, by tender, and beneath it what disputes took of that."""

    def __init__(self, formats: Formats) -> None:
        super().__init__()
        self.setObjectName("paymentsTakings")
        self.setProperty("kind", "well")
        self._formats = formats
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
        column.setSpacing(SPACE_1)
        line = QHBoxLayout()
        line.setSpacing(SPACE_3)
        column.addLayout(line)
        line.addWidget(Text(self.tr("Today's takings"), "label"))
        self.net = Text("", "strong", name="takingsNet")
        line.addWidget(self.net)
        self.tenders = ElidedText("", "muted", name="takingsTenders")
        self.tenders.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        line.addWidget(self.tenders, 1)
        self.disputed = Text("", "muted", wrap=True, name="takingsDisputed")
        self.disputed.hide()
        column.addWidget(self.disputed)

    def show_takings(self, takings: Takings) -> None:
        """Shows the money of the day."""
        formats, totals = self._formats, takings.totals
        self.net.setText(formats.money(totals.all.net))
        told = [
            self.tr("{tender} {amount}").format(
                tender=money_words.tender(one.tender), amount=formats.amount(one.net)
            )
            for one in totals.tenders
            if one.payments or one.refunds
        ]
        if totals.all.refunded:
            words = self.tr("{received} in, {refunded} out")
            told.append(
                words.format(
                    received=formats.amount(totals.all.received),
                    refunded=formats.amount(totals.all.refunded),
                )
            )
        self.tenders.setText("   ·   ".join(told) or self.tr("nothing yet today"))
        disputed = money_words.not_taken_off(takings.disputed, formats)
        self.disputed.setText(disputed)
        self.disputed.setVisible(bool(disputed))
