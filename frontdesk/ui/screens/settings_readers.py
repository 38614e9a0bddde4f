"""The card readers of the studio's Stripe account, under Settings, Payments."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.services.views.checkouts import ReaderRow
from frontdesk.ui.context import UiContext
from frontdesk.ui.screens.settings_payments_words import reader_words
from frontdesk.ui.tokens import SPACE_3
from frontdesk.ui.widgets.basics import SecondaryButton, Text
from frontdesk.ui.widgets.surfaces import KeyValues


class ReadersBlock(QWidget):
    """Which there are, and the way to one more. Stripe's dashboard renames and removes them."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setObjectName("paymentsReadersBlock")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        column.addWidget(Text(self.tr("Card readers"), "strong", name="paymentsReadersTitle"))
        self.readers = KeyValues(name="paymentsReaders")
        column.addWidget(self.readers)
        self.hint = Text(
            self.tr("In test mode the code simulated-wpe makes a simulated one."),
            "muted",
            wrap=True,
            name="paymentsReadersHint",
        )
        column.addWidget(self.hint)
        line = QHBoxLayout()
        line.addWidget(
            SecondaryButton(
                self.tr("Set up a reader…"),
                lambda: context.ask("register_reader"),
                name="paymentsReaderButton",
                icon="plus",
            )
        )
        line.addStretch(1)
        column.addLayout(line)
        self.hide()

    def show_readers(self, readers: Sequence[ReaderRow], *, in_test_mode: bool) -> None:
        """As they were last seen."""
        self.readers.set((one.label, reader_words(one)) for one in readers)
        self.readers.setVisible(bool(readers))
        self.hint.setVisible(in_test_mode)
