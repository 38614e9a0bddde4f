"""Small windows of the start: what takes a moment, and why it cannot go on."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from frontdesk.ui.error_reporter import Report
from frontdesk.ui.tokens import SPACE_3, SPACE_6
from frontdesk.ui.widgets.basics import PrimaryButton, Text
from frontdesk.ui.widgets.surfaces import BusyBar


class Notice(QWidget):
    """Says what is going on for as long as the ``with`` block lasts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setWindowTitle("Frontdesk")
        self.setFixedWidth(360)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_6, SPACE_6, SPACE_6, SPACE_6)
        column.setSpacing(SPACE_3)
        column.addWidget(Text(text, "section", name="noticeText"))
        self._busy = BusyBar()
        column.addWidget(self._busy)

    def __enter__(self) -> Notice:
        self.show()
        _to_the_middle(self)
        self._busy.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._busy.stop()
        self.hide()
        self.deleteLater()


class StopNotice(QWidget):
    """Says why the program cannot start: cause, next step, an id to quote."""

    def __init__(self, report: Report, quit: Callable[[], object]) -> None:
        super().__init__()
        self._quit = quit
        self.setObjectName("stopNotice")
        self.setWindowTitle("Frontdesk")
        self.setFixedWidth(480)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_6, SPACE_6, SPACE_6, SPACE_6)
        column.setSpacing(SPACE_3)
        column.addWidget(Text(self.tr("Frontdesk cannot open the books"), "section"))
        text = Text(report.text, "body", wrap=True, name="stopNoticeText")
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(text)
        column.addWidget(Text(self.tr("Quote {id} when you ask for help.").format(id=report.id), "muted"))
        row = QHBoxLayout()
        row.addStretch(1)
        button = PrimaryButton(self.tr("Quit"), self.close, name="stopNoticeQuitButton")
        row.addWidget(button)
        column.addLayout(row)
        button.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The program ends with this window."""
        super().closeEvent(event)
        self._quit()


def _to_the_middle(widget: QWidget) -> None:
    screen = QGuiApplication.primaryScreen().availableGeometry()
    frame = widget.frameGeometry()
    frame.moveCenter(screen.center())
    widget.move(frame.topLeft())
