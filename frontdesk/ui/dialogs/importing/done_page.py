"""Last pages of the import wizard: how far it is, and what came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.services.views.imports import Imported
from frontdesk.ui.dialogs.importing.report_page import Numbers
from frontdesk.ui.tokens import SPACE_3, SPACE_4, Tone
from frontdesk.ui.widgets.basics import Paragraph, SecondaryButton, Text
from frontdesk.ui.widgets.surfaces import Banner, BigNumber

if TYPE_CHECKING:
    from frontdesk.ui.context import UiContext


class WorkingPage(QWidget):
    """While the import runs."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setObjectName("importWorkingPage")
        self._formats = context.formats
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_4, 0, 0)
        column.setSpacing(SPACE_3)
        self.number = BigNumber(name="importProgress")
        column.addWidget(self.number)
        column.addWidget(
            Paragraph(self.tr("All of it comes in, or nothing: whatever happens meanwhile, no half is left."))
        )
        column.addStretch(1)

    def begin(self, told: str) -> None:
        """Says what is coming in."""
        self.number.set(self._formats.number(0), told)
        self._told = told

    def show_progress(self, done: int, total: int) -> None:
        """How many clients and packs of how many are written."""
        told = self.tr("of {total} written")
        self.number.set(self._formats.number(done), told.format(total=self._formats.number(total)))


class DonePage(QWidget):
    """What came in, with the way back."""

    take_back = Signal()
    save = Signal()

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setObjectName("importDonePage")
        self._formats = context.formats
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_4)
        self.banner = Banner(name="importDoneBanner", closable=False)
        column.addWidget(self.banner)
        self.numbers = Numbers(context, name="importDoneNumbers")
        column.addWidget(self.numbers)
        self.remarks = Text("", wrap=True, name="importDoneRemarks")
        column.addWidget(self.remarks)
        column.addWidget(
            Text(
                self.tr(
                    "If something is wrong with it, take it back: its clients go off the list and its "
                    "credits are voided, but for what was used or changed since."
                ),
                "muted",
                wrap=True,
            )
        )
        line = QHBoxLayout()
        self.button = SecondaryButton(
            self.tr("Take this import back…"), self.take_back.emit, name="importUndoButton", icon="undo"
        )
        self.report_button = SecondaryButton(
            self.tr("Save report…"), self.save.emit, name="importDoneSaveReport", icon="export"
        )
        line.addWidget(self.report_button)
        line.addWidget(self.button)
        line.addStretch(1)
        column.addLayout(line)
        column.addStretch(1)

    def show_done(self, done: Imported, file_name: str, odd: int) -> None:
        """Shows an import that is in the books now; about `odd` rows of it there is something to say."""
        self.banner.tell(self.tr("{file} is in the books.").format(file=file_name), Tone.GOOD)
        self.numbers.show_numbers(
            created=done.created,
            matched=done.matched,
            packs=done.packs,
            credits=done.credits,
            left_out=done.left_out,
        )
        told = (
            self.tr("1 row was left out or changed. The report names it and says why.")
            if odd == 1
            else self.tr("{count} rows were left out or changed. The report names them and says why.")
        )
        self.remarks.setText(told.format(count=self._formats.number(odd)))
        for widget in (self.remarks, self.report_button):
            widget.setVisible(odd > 0)

    def show_taken_back(self, told: str) -> None:
        """It was taken back since."""
        self.banner.tell(told, Tone.INFO)
        self.button.hide()
