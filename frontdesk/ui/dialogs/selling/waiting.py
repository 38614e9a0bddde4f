"""What is shown while a sale waits for Stripe: the code to scan or the reader, and what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.services.drafts.checkouts import READER
from frontdesk.services.views.checkouts import OVER, CheckoutView, ReaderRow
from frontdesk.ui import checkout_words, sale_words
from frontdesk.ui.dialogs.selling.sold import promise
from frontdesk.ui.tokens import SPACE_2, SPACE_3, SPACE_4, SPACE_5
from frontdesk.ui.widgets.basics import LinkButton, Paragraph
from frontdesk.ui.widgets.fields import Select
from frontdesk.ui.widgets.qr_code import QrCode
from frontdesk.ui.widgets.surfaces import BigNumber, Chip, Icon

if TYPE_CHECKING:
    from datetime import datetime

    from frontdesk.ui.context import UiContext

#: Large enough for the long address of such a page, read from across the desk.
_CODE = 304
_ICON = 64


class WaitingPage(QWidget):
    """Stands where the form was, until it is paid or over."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setObjectName("waitingPage")
        self._context = context
        self._url = ""
        self._until: datetime | None = None
        line = QHBoxLayout(self)
        line.setContentsMargins(0, SPACE_3, 0, SPACE_3)
        line.setSpacing(SPACE_5)
        self.code = QrCode(self.tr("QR code of the page to pay on"), side=_CODE, name="waitingCode")
        self.card = Icon("card", "accent", _ICON)
        for picture in (self.code, self.card):
            line.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
            picture.hide()
        column = QVBoxLayout()
        column.setSpacing(SPACE_3)
        self.amount = BigNumber(name="waitingAmount")
        self.chip = Chip(name="waitingChip")
        self.story = Paragraph("", "body", name="waitingStory")
        self.rest = Paragraph("", "muted", name="waitingRest")
        self.copy_button = LinkButton(
            self.tr("Copy the link"), self.copy_link, name="waitingCopyButton", icon="copy"
        )
        self.readers = Select(name="waitingReader")
        self.readers.setAccessibleName(self.tr("Card reader"))
        column.addWidget(self.amount)
        column.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.story)
        column.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.readers, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(SPACE_2)
        column.addWidget(self.rest)
        column.addStretch(1)
        column.setContentsMargins(0, 0, 0, SPACE_4)
        line.addLayout(column, 1)

    def show_view(self, view: CheckoutView, readers: tuple[ReaderRow, ...]) -> None:
        """Shows how it stands."""
        row = view.row
        self._url = view.url
        self.amount.set(self._context.formats.money(row.amount), row.client)
        self.chip.set(*checkout_words.standing(row))
        self.story.set_text(checkout_words.story(row, view.reader))
        self.rest.set_text("\n".join(self._facts(view)))
        self._until = row.expires_at
        self.code.set_text(view.url)
        self.code.setVisible(bool(view.url))
        self.card.setVisible(row.tender == READER)
        self.copy_button.setVisible(bool(view.url))
        chooses = row.standing == "stopped" and len(readers) > 1
        self.readers.setVisible(chooses)
        if chooses:
            self.readers.set_choices([(one.label, one.id) for one in readers])
            if self.readers.value() is None:
                self.readers.set_value(view.reader_id)

    def copy_link(self) -> None:
        """Puts the link where it can be pasted, e.g. into a message to the client."""
        QApplication.clipboard().setText(self._url)
        self._context.toast(checkout_words.copied(self._context.formats, self._until))

    def _facts(self, view: CheckoutView) -> list[str]:
        """What comes when it is paid, until when it can be, and what was paid otherwise."""
        formats, row = self._context.formats, view.row
        is_over = row.standing in OVER
        told = [] if is_over or row.is_closing else [promise(formats, row.client, view.quote)]
        if view.url and not row.is_closing and row.expires_at is not None:
            words = self.tr("It can be paid until {time}.")
            told.append(words.format(time=formats.time(row.expires_at)))
        if view.others:
            paid = sale_words.parts(formats, [(tender, money.amount) for tender, money in view.others])
            if is_over or row.is_closing:
                words = self.tr("Give back what the client handed over already: {parts}.")
            else:
                words = self.tr("Besides, the client pays {parts}.")
            told.append(words.format(parts=paid))
        return told
