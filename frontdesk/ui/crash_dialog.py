"""The dialog for a bug: says what is safe, gives the id to quote, and copies both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.ui.tokens import SPACE_2, SPACE_4, SPACE_5
from frontdesk.ui.widgets.basics import Paragraph, PrimaryButton, SecondaryButton, Text

if TYPE_CHECKING:
    from frontdesk.ui.error_reporter import Report


class CrashDialog(QDialog):
    """Opened by the error reporter; leaves everything behind it as it was."""

    def __init__(self, report: Report, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("crashDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle(self.tr("Something went wrong"))
        self.setMinimumWidth(440)
        self._report = report
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_5, SPACE_4, SPACE_5, SPACE_4)
        column.setSpacing(SPACE_4)
        column.addWidget(Text(self.windowTitle(), "section", name="crashDialogTitle"))
        column.addWidget(Paragraph(report.text, "body", name="crashDialogText"))
        id_line = self.tr("Quote this id when you ask for help: {id}").format(id=report.id)
        shown = Text(id_line, "muted", name="crashDialogId")
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(shown)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addStretch(1)
        row.addWidget(SecondaryButton(self.tr("Copy the id"), self._copy, name="crashDialogCopyButton"))
        close = PrimaryButton(self.tr("Go on"), self.accept, name="crashDialogCloseButton")
        close.setDefault(True)
        row.addWidget(close)
        column.addLayout(row)

    def showEvent(self, event: QShowEvent) -> None:
        """As high as its words are at this width: Qt alone stops at two thirds of a small screen."""
        super().showEvent(event)
        column = self.layout()
        assert column is not None
        self.setMinimumHeight(column.totalHeightForWidth(self.width()))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report.id)
